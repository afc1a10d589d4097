"""A max pooling behind a convolution is taken before its bias and ReLU: same results."""

import jax
import numpy as np
import pytest

import addax
from addax import layers, ops
from addax.core.variable import functionalize

_SHAPES = {"channels_last": (7, 9, 3), "channels_first": (3, 7, 9)}


def _model(data_format="channels_last", **options):
    model = addax.Sequential(
        [
            addax.Input(_SHAPES[data_format]),
            layers.Conv2D(
                4, 3, activation="relu", data_format=data_format, bias_initializer="normal"
            ),
            layers.MaxPooling2D(2, data_format=data_format, **options),
        ]
    )
    x = np.random.default_rng(0).normal(size=(2, *_SHAPES[data_format])).astype("float32")
    return model, x


def _by_tape(model, x):
    """Return outputs and gradients; under a tape every layer computes what it is asked for."""
    with addax.GradientTape() as tape:
        y = model(x)
        loss = ops.sum(y * ops.cos(y))
    return [y, *tape.gradient(loss, model.trainable_variables)]


def _compiled(model, x):
    """Return outputs and gradients as `fit` computes them."""

    def loss(x):
        y = model(x)
        return ops.sum(y * ops.cos(y)).raw, y.raw

    pure = functionalize(loss, model.trainable_variables)

    def run(values):
        (value, y), _ = pure(values, x)
        return value, y

    values = [v.current() for v in model.trainable_variables]
    (_, y), gradients = jax.jit(jax.value_and_grad(run, has_aux=True))(values)
    return [y, *gradients]


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [None, 1])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_outputs_and_gradients_are_those_of_one_layer_after_another(data_format, strides, padding):
    model, x = _model(data_format, strides=strides, padding=padding)
    for ours, expected in zip(_compiled(model, x), _by_tape(model, x), strict=True):
        np.testing.assert_allclose(ours, ops.convert_to_numpy(expected), atol=2e-5)


def test_the_convolution_alone_may_be_read_as_well():
    model, x = _model()
    both = addax.Model(model.inputs, [model.layers[0].output, model.output])
    image, pooled = both.predict(x, verbose=0)
    np.testing.assert_allclose(ops.max_pool(image, 2).numpy(), pooled, atol=1e-6)
    assert (image >= 0).all()


def test_a_tape_gives_the_gradient_of_what_is_pooled():
    model, x = _model()

    @addax.function
    def gradient(x):
        with addax.GradientTape() as tape:
            image = model.layers[0](x)
            loss = ops.sum(model.layers[1](image))
        return tape.gradient(loss, image)

    found = gradient(x).numpy()
    assert found.shape == (2, 5, 7, 4)
    assert found.sum() == 2 * 2 * 3 * 4  # one for each window


def test_fewer_large_arrays_are_computed():
    model, x = _model()
    variables = model.trainable_variables
    pure = functionalize(lambda x: model(x).raw, variables)
    program = str(jax.make_jaxpr(pure)([v.current() for v in variables], x))
    # the bias is added to what is pooled; the sum before the pooling is read by nobody
    assert "f32[2,2,3,4] = add" in program


def test_the_bias_is_the_one_that_the_convolution_read():
    model, x = _model()
    conv, pool = model.layers

    class Between(addax.layers.Layer):
        def call(self, x):
            image = conv(x)
            conv.bias.assign(conv.bias + 100)
            return pool(image)

    before = conv.bias.numpy()
    expected = ops.max_pool(conv(x), 2).numpy()
    found = addax.Sequential([Between()]).predict(x, verbose=0)
    np.testing.assert_allclose(found, expected, atol=1e-5)
    conv.bias.assign(before)

    # and its gradient is kept where only the convolution runs on given values
    values = [v.current() for v in conv.variables]
    pure = functionalize(conv, conv.variables)

    def loss(values):
        return ops.sum(pool(pure(values, x)[0])).raw

    _, gradient = jax.grad(loss)(values)
    whole = _compiled_gradient_of_sum(model, x)
    np.testing.assert_allclose(gradient, whole, atol=1e-4)
    assert np.abs(whole).sum() > 0


def _compiled_gradient_of_sum(model, x):
    with addax.GradientTape() as tape:
        loss = ops.sum(model(x))
    return tape.gradient(loss, model.layers[0].bias).numpy()


@pytest.mark.parametrize("layouts", [(0, 1), (1, 0)])
def test_pooling_in_another_layout_comes_after_the_bias(layouts):
    conv_layout, pool_layout = (list(_SHAPES)[i] for i in layouts)
    model = addax.Sequential(
        [
            addax.Input(_SHAPES[conv_layout]),
            layers.Conv2D(
                4, 3, activation="relu", data_format=conv_layout, bias_initializer="normal"
            ),
            layers.MaxPooling2D(2, strides=1, padding="same", data_format=pool_layout),
        ]
    )
    x = np.random.default_rng(0).normal(size=(2, *_SHAPES[conv_layout])).astype("float32")
    np.testing.assert_allclose(model.predict(x, verbose=0), model(x).numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("conv_dtype", "pool_dtype"),
    [("mixed_bfloat16", "bfloat16"), ("mixed_float16", "float32"), ("float32", "mixed_bfloat16")],
)
def test_dtypes_are_those_of_one_layer_after_another(conv_dtype, pool_dtype):
    model = addax.Sequential(
        [
            addax.Input((7, 9, 3)),
            layers.Conv2D(4, 3, dtype=conv_dtype, bias_initializer="normal"),
            layers.MaxPooling2D(2, dtype=pool_dtype, autocast=False),
        ]
    )
    x = np.random.default_rng(0).normal(size=(2, 7, 9, 3)).astype("float32")
    variables = model.variables
    pure = functionalize(lambda x: model(x).raw, variables)
    traced, _ = jax.jit(pure)([v.current() for v in variables], x)
    expected = model(x)
    assert str(traced.dtype) == str(expected.dtype)
    np.testing.assert_array_equal(
        np.asarray(traced, "float32"), np.asarray(expected.raw, "float32")
    )
