"""Names, configs and derived `get_config`."""

import numpy as np
import pytest

from addax.core import registry
from addax.core.registry import (
    Configurable,
    CustomObjectScope,
    deserialize,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
    register,
    register_keras_serializable,
    serialize,
    snake_case,
)


@register("losses", aliases=("nearness",))
class DistanceTo(Configurable):
    def __init__(self, target, scale=1.0, *, name=None, inner=None, **kwargs):
        self.target, self.scale = target, scale
        self._hidden = inner
        self.more = kwargs


class Child(DistanceTo):
    pass


class Own(DistanceTo):
    def __init__(self, factor, **kwargs):
        super().__init__(target=factor * 2, **kwargs)
        self.factor = factor

    def get_config(self):
        return {"factor": self.factor}


@pytest.fixture(autouse=True)
def _clean():
    before = dict(get_custom_objects())
    yield
    get_custom_objects().clear()
    get_custom_objects().update(before)


def test_names():
    assert isinstance(registry.get("losses", {"class_name": "DistanceTo", "config": {"target": 1}}),
                      DistanceTo)  # fmt: skip
    for name in ("DistanceTo", "nearness", "distance_to"):
        assert registry.find("losses", name) is DistanceTo
    assert registry.get("losses", None) is None
    assert registry.get("losses", len) is len
    assert registry.get("losses", DistanceTo, instantiate=False) is DistanceTo
    assert "nearness" in registry.names("losses")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Dense", "dense"), ("MaxPooling2D", "max_pooling2d"), ("LSTM", "lstm"),
        ("GRUCell", "gru_cell"), ("Conv2DTranspose", "conv2d_transpose"), ("PReLU", "p_re_lu"),
        ("L1L2", "l1l2"), ("BatchNormalization", "batch_normalization"), ("ReLU", "re_lu"),
        ("GlobalAveragePooling1D", "global_average_pooling1d"), ("AUC", "auc"), ("Add", "add"),
        ("TFSMLayer", "tfsm_layer"), ("SeparableConv1D", "separable_conv1d"),
        ("LeakyReLU", "leaky_re_lu"),
    ],
)  # fmt: skip
def test_snake_case_is_that_of_keras(name, expected):
    from keras.src.utils.naming import to_snake_case

    assert snake_case(name) == expected == to_snake_case(name)


def test_derived_config():
    item = DistanceTo(3, inner=[1, 2], extra=4)
    expected = {"target": 3, "scale": 1.0, "name": None, "inner": [1, 2], "extra": 4}
    assert item.get_config() == expected
    item.scale = 7.0
    again = DistanceTo.from_config(item.get_config())
    assert again.scale == 7.0
    assert again.more == {"extra": 4}


def test_config_of_subclasses():
    assert Child(1).get_config()["target"] == 1
    assert Child(1, scale=2.0).get_config()["scale"] == 2.0
    own = Own(3)
    assert own.get_config() == {"factor": 3}
    assert Own.from_config(own.get_config()).target == 6


def test_saved_form_is_that_of_keras():
    saved = serialize(DistanceTo(np.float32(1.5), inner=DistanceTo(2)))
    assert saved["module"] == "keras.losses"
    assert saved["class_name"] == "DistanceTo"
    assert saved["registered_name"] is None
    assert saved["config"]["target"] == 1.5
    assert saved["config"]["inner"]["class_name"] == "DistanceTo"
    again = deserialize(saved)
    assert isinstance(again._hidden, DistanceTo)
    assert again._hidden.target == 2


def test_own_objects():
    register_keras_serializable("Mine")(Own)
    assert get_registered_name(Own) == "Mine>Own"
    assert get_registered_object("Mine>Own") is Own
    saved = serialize(Own(2))
    assert saved["registered_name"] == "Mine>Own"
    assert saved["module"] is None
    assert deserialize(saved).factor == 2
    assert registry.find("losses", "Own") is Own


def test_custom_objects():
    saved = serialize(Own(2))
    with pytest.raises(ValueError, match="Own"):
        deserialize(saved)
    assert deserialize(saved, custom_objects={"Own": Own}).factor == 2
    with CustomObjectScope({"Own": Own}):
        assert deserialize(saved).factor == 2
        with CustomObjectScope({"Own": Child}):
            assert registry.find("losses", "Own") is Child
        assert registry.find("losses", "Own") is Own
    get_custom_objects()["Own"] = Own
    assert deserialize(saved).factor == 2


def test_class_without_config_is_refused():
    with pytest.raises(ValueError, match="no `get_config"):
        register_keras_serializable()(type("Plain", (), {}))
    with pytest.raises(TypeError, match="Cannot serialize"):
        serialize(object())


def test_lambdas_are_not_loaded():
    saved = serialize(lambda x: x)
    with pytest.raises(ValueError, match="lambda"):
        deserialize(saved)
    keras_form = {"class_name": "__lambda__", "config": {"value": ["4wEA", None, None]}}
    with pytest.raises(ValueError, match="not loaded"):
        deserialize(keras_form)


def test_modules_in_files_are_not_imported():
    saved = {"module": "os", "class_name": "function", "config": "system", "registered_name": "f"}
    with pytest.raises(ValueError, match="Unknown"):
        deserialize(saved)
    saved = {"module": "subprocess", "class_name": "Popen", "config": {"args": "ls"}}
    with pytest.raises(ValueError, match="Unknown"):
        deserialize(saved)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: registry.find("losses", "nearnes"), ValueError, "Did you mean 'nearness'"),
        (lambda: registry.get("losses", 3), ValueError, "A loss must be a name"),
        (lambda: DistanceTo(), TypeError, "DistanceTo: missing a required argument: 'target'"),
        (lambda: Own(1, target=2), TypeError, "target"),
        (lambda: Child(), TypeError, "Child"),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()


def test_unknown_keyword_suggests():
    class Strict(Configurable):
        def __init__(self, negative_slope=0.1):
            self.negative_slope = negative_slope

    with pytest.raises(TypeError, match="`Strict` has no argument `negativ_slope`.*negative_slope"):
        Strict(negativ_slope=0.1)
