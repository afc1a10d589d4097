"""Penalties, names and configs, against Keras."""

import keras
import numpy as np
import pytest

from addax import ops, regularizers

X = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")
CASES = [
    ("L1", {"l1": 0.1}),
    ("L2", {"l2": 0.2}),
    ("L1L2", {"l1": 0.1, "l2": 0.3}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "rows"}),
    ("OrthogonalRegularizer", {"factor": 0.5, "mode": "columns"}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_penalty_and_config_of_keras(name, arguments):
    ours = getattr(regularizers, name)(**arguments)
    theirs = getattr(keras.regularizers, name)(**arguments)
    np.testing.assert_allclose(ours(X), theirs(keras.ops.array(X)), rtol=1e-5)
    np.testing.assert_allclose(
        ours(ops.convert_to_tensor(X)), theirs(keras.ops.array(X)), rtol=1e-5
    )
    assert ours.get_config() == pytest.approx(theirs.get_config())
    saved = regularizers.serialize(ours)
    assert saved["class_name"] == name
    assert saved["module"] == "keras.regularizers"
    assert regularizers.deserialize(saved).get_config() == ours.get_config()


@pytest.mark.parametrize(
    "name", ["l1", "L1", "l2", "L2", "l1l2", "L1L2", "l1_l2", "orthogonal_regularizer"]
)
def test_names(name):
    assert isinstance(regularizers.get(name), regularizers.Regularizer)


def test_functions_and_defaults():
    assert regularizers.l1().get_config() == {"l1": 0.01}
    assert regularizers.l2(0.5).get_config() == {"l2": 0.5}
    assert regularizers.l1_l2(0.1, 0.2).get_config() == {"l1": 0.1, "l2": 0.2}
    assert regularizers.L1(None).get_config() == {"l1": 0.01}
    assert regularizers.get(None) is None
    assert regularizers.get("l2")(X) == pytest.approx(0.01 * (X**2).sum(), rel=1e-5)


@pytest.mark.parametrize("value", [-1, "a", float("nan"), float("inf"), [1]])
@pytest.mark.parametrize("name", ["L1", "L2"])
def test_bad_factor(name, value):
    with pytest.raises(ValueError, match=f"`{name.lower()}` of `{name}`"):
        getattr(regularizers, name)(value)


def test_bad_values():
    with pytest.raises(ValueError, match="Unknown regularizer: 'l3'"):
        regularizers.get("l3")
    with pytest.raises(ValueError, match="`mode`"):
        regularizers.OrthogonalRegularizer(mode="diagonal")
    with pytest.raises(ValueError, match="takes matrices"):
        regularizers.OrthogonalRegularizer()(np.ones(3, "float32"))
