"""Functions of `utils` beside those of Keras 3 and 2."""

import keras
import numpy as np
import pytest

import addax
from addax import utils

LISTS = [[], [1], [1, 2, 3], [4, 5, 6, 7, 8]]


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 3, 1])
def test_pad_sequences(padding, truncating, maxlen):
    options = {"maxlen": maxlen, "padding": padding, "truncating": truncating}
    got = utils.pad_sequences(LISTS, **options)
    expected = keras.utils.pad_sequences(LISTS, **options)
    assert got.dtype == expected.dtype
    np.testing.assert_array_equal(got, expected)


def test_pad_sequences_of_vectors_and_texts():
    vectors = [np.ones((2, 3)), np.zeros((1, 3))]
    got = utils.pad_sequences(vectors, dtype="float32", value=-1.0)
    np.testing.assert_array_equal(
        got, keras.utils.pad_sequences(vectors, dtype="float32", value=-1.0)
    )
    texts = utils.pad_sequences([["a"], ["b", "c"]], dtype=object, value="<pad>")
    assert texts.tolist() == [["<pad>", "a"], ["b", "c"]]
    with pytest.raises(ValueError, match="does not fit"):
        utils.pad_sequences(LISTS, value="x")
    with pytest.raises(ValueError, match="one shape"):
        utils.pad_sequences([np.ones((2, 3)), np.ones((1, 2))])
    with pytest.raises(ValueError, match="list of lists"):
        utils.pad_sequences([1, 2])


def test_config():
    ours, theirs = utils.Config(a=1), keras.utils.Config(a=1)
    for config in (ours, theirs):
        config.b = [2]
        config["c"] = 3
        config.update({"a": 5})
        assert config.pop("c") == 3
        assert config.get("d", 7) == 7
        config.freeze()
        assert config.frozen
        with pytest.raises(ValueError, match="frozen"):
            config.a = 2
        config.unfreeze()
        assert "b" in config
        with pytest.raises(AttributeError):
            config.nothing  # noqa: B018
    assert ours.as_dict() == theirs.as_dict() == {"a": 5, "b": [2]}
    assert ours.to_json() == theirs.to_json()
    assert list(ours.items()) == list(theirs.items())


def test_source_inputs():
    a, b = addax.Input((2,)), addax.Input((2,))
    found = utils.get_source_inputs(addax.layers.Add()([addax.layers.Dense(2)(a), b]))
    assert {id(x) for x in found} == {id(a), id(b)}
    assert utils.get_source_inputs(a)[0] is a


def test_objects_and_configs():
    config = utils.serialize_keras_object(addax.losses.Huber(0.5))
    assert utils.deserialize_keras_object(config).get_config()["delta"] == 0.5
    assert utils.deserialize_keras_object(config=config).name == "huber_loss"
    assert utils.deserialize_keras_object("relu") is addax.activations.relu
    own = {"mine": abs}
    assert utils.deserialize_keras_object("mine", module_objects=own) is abs
    assert utils.legacy.deserialize_keras_object("mine", custom_objects=own) is abs
    with pytest.raises(ValueError, match="Unknown loss function: 'mine'"):
        utils.deserialize_keras_object("mine", printable_module_name="loss function")


def test_session():
    assert utils.is_keras_tensor(addax.Input((2,)))
    assert utils.standardize_dtype(np.float32) == "float32"
    utils.disable_interactive_logging()
    assert not utils.is_interactive_logging_enabled()
    utils.enable_interactive_logging()
    addax.layers.Dense(1)
    utils.clear_session()
    assert addax.layers.Dense(1).name == "dense"
