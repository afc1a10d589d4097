"""Session, values and variables of `addax.backend`."""

import numpy as np
import pytest

import addax
from addax import backend as K  # noqa: N812 (as scripts spell it)


def test_names_start_again():
    K.clear_session()
    assert [addax.layers.Dense(1).name for _ in range(3)] == ["dense", "dense_1", "dense_2"]
    K.clear_session()
    assert addax.layers.Dense(1).name == "dense"
    K.reset_uids()
    assert (K.get_uid("dense"), K.get_uid("dense")) == (1, 2)


def test_learning_phase():
    K.set_learning_phase(1)
    assert K.learning_phase() == 1
    assert K.in_train_phase(lambda: "train", "test") == "train"
    with K.learning_phase_scope(0):
        assert K.in_test_phase(lambda: "test", "train") == "test"
    K.clear_session()
    assert K.learning_phase() == 0
    with pytest.raises(ValueError, match="must be one of 0, 1"):
        K.set_learning_phase(2)


def test_learning_phase_inside_a_layer():
    seen = []

    class Look(addax.layers.Layer):
        def call(self, x, training=None):
            seen.append(K.learning_phase())
            return x

    for training in (True, False, None):
        Look()(np.zeros((1, 1)), training=training)
    assert seen == [1, 0, 0]


def test_learning_phase_reaches_layers():
    x = np.ones((1, 100), "float32")
    layer = addax.layers.Dropout(0.5)
    with K.learning_phase_scope(1):
        assert (np.asarray(layer(x)) == 0).any()
    K.set_learning_phase(1)
    assert (np.asarray(layer(x)) == 0).any()
    K.set_learning_phase(0)
    np.testing.assert_array_equal(layer(x), x)
    K.clear_session()


def test_is_keras_tensor():
    x = addax.Input((3,))
    assert K.is_keras_tensor(x)
    assert K.is_keras_tensor(addax.layers.Dense(2)(x))
    assert K.is_keras_tensor(K.placeholder(shape=(2, 4, 5)))
    assert not K.is_keras_tensor(K.variable([1, 2]))
    assert not K.is_keras_tensor(K.constant(1.0))
    with pytest.raises(ValueError, match="must be a tensor"):
        K.is_keras_tensor(np.array([1, 2]))
    assert K.is_tensor(x)
    assert not K.is_tensor([1])


def test_settings():
    assert (K.floatx(), K.epsilon(), K.image_data_format()) == ("float32", 1e-7, "channels_last")
    for setter in (K.set_floatx, K.set_image_data_format):
        with pytest.raises(ValueError, match="must be one of"):
            setter("int32")


def test_variables():
    v = K.variable([[1, 2], [3, 4]], name="v")
    assert (v.dtype, K.int_shape(v), K.ndim(v), K.count_params(v)) == ("float32", (2, 2), 2, 4)
    K.update_add(v, np.ones((2, 2)))
    K.update_sub(v, 2 * np.ones((2, 2)))
    assert K.get_value(v).tolist() == [[0, 1], [2, 3]]
    K.set_value(v, np.zeros((2, 2)))
    K.moving_average_update(v, np.ones((2, 2)), 0.75)
    assert K.eval(v * 2).tolist() == [[0.5, 0.5], [0.5, 0.5]]
    w = K.ones((2,))
    K.batch_set_value([(w, [5.0, 6.0]), (v, K.eye(2))])
    assert [x.tolist() for x in K.batch_get_value([w, v])] == [[5, 6], [[1, 0], [0, 1]]]
    assert K.eval(K.constant(2, shape=(2,), dtype="int32")).tolist() == [2, 2]


def test_random_numbers():
    assert K.eval(K.random_uniform((4,), 2.0, 3.0, seed=1)).min() >= 2
    assert set(K.eval(K.random_bernoulli((50,), 0.5, seed=1)).tolist()) == {0.0, 1.0}
    assert np.abs(K.eval(K.truncated_normal((100,), seed=1))).max() <= 2
    assert K.random_normal_variable((2, 3), 0.0, 1.0, seed=1).shape == (2, 3)
    assert K.random_uniform_variable((2,), 0.0, 1.0, seed=1).shape == (2,)


def test_function_of_a_model():
    x = addax.Input((2,))
    hidden = addax.layers.Dense(50, kernel_initializer="ones")(x)
    model = addax.Model(x, addax.layers.Dropout(0.5)(hidden))
    value = np.ones((4, 2), "float32")
    first = K.function([model.input, K.learning_phase()], [hidden, model.output])
    inner, output = first([value, 0])
    np.testing.assert_allclose(inner, output)
    np.testing.assert_allclose(K.function(model.input, model.output)(value), model.predict(value))
    trained = K.function([model.input, K.learning_phase()], [model.output])([value, 1])[0]
    assert 0 < (trained == 0).mean() < 1


def test_gradients_point_to_the_tape():
    with pytest.raises(RuntimeError, match="GradientTape"):
        K.gradients(K.variable(1.0), [])


def test_placeholder_needs_a_shape():
    assert K.int_shape(K.placeholder(ndim=2)) == (None, None)
    with pytest.raises(ValueError, match="`shape` or `ndim`"):
        K.placeholder()
