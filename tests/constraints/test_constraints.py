"""Projections, names and configs, against Keras."""

import keras
import numpy as np
import pytest

from addax import constraints

W = np.random.default_rng(0).normal(size=(5, 4)).astype("float32") * 3
CASES = [
    ("MaxNorm", {}),
    ("MaxNorm", {"max_value": 1.5, "axis": 1}),
    ("NonNeg", {}),
    ("UnitNorm", {}),
    ("UnitNorm", {"axis": [0, 1]}),
    ("MinMaxNorm", {}),
    ("MinMaxNorm", {"min_value": 6.0, "max_value": 7.0, "rate": 0.3, "axis": 1}),
]


@pytest.mark.parametrize(("name", "arguments"), CASES)
def test_projection_and_config_of_keras(name, arguments):
    ours = getattr(constraints, name)(**arguments)
    theirs = getattr(keras.constraints, name)(**arguments)
    np.testing.assert_allclose(ours(W), theirs(W), rtol=1e-5, atol=1e-6)
    assert ours.get_config() == theirs.get_config()
    saved = constraints.serialize(ours)
    assert saved == keras.constraints.serialize(theirs)
    assert constraints.deserialize(saved).get_config() == ours.get_config()


@pytest.mark.parametrize("name", ["MaxNorm", "NonNeg", "UnitNorm", "MinMaxNorm"])
def test_names(name):
    lower = {"MaxNorm": "max_norm", "NonNeg": "non_neg", "UnitNorm": "unit_norm"}
    lower = lower.get(name, "min_max_norm")
    for identifier in (name, lower):
        assert type(constraints.get(identifier)).__name__ == name
    assert getattr(constraints, lower) is getattr(constraints, name)


def test_bad_name():
    assert constraints.get(None) is None
    with pytest.raises(ValueError, match=r"Unknown constraint: 'maxnorm'.*'max_norm'"):
        constraints.get("maxnorm")
