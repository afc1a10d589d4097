"""Warnings before the first step, and none where all is well."""

import warnings

import numpy as np
import pytest

import addax
from addax import layers
from addax.utils import TrainingWarning

RNG = np.random.Generator(np.random.Philox(11))
X = RNG.normal(size=(32, 4)).astype("float32")
CLASSES = RNG.integers(0, 3, 32)
ONE_HOT = np.eye(3, dtype="float32")[CLASSES]
BINARY = (CLASSES > 0).astype("float32")
NUMBER = RNG.normal(size=(32, 1)).astype("float32")


def model_of(*parts, loss="mse"):
    model = addax.Sequential([addax.Input((4,)), *parts])
    model.compile("sgd", loss)
    return model


def fit(model, y, x=X, **options):
    model.fit(x, y, verbose=0, **options)


def test_one_unit_with_softmax():
    model = model_of(layers.Dense(1, activation="softmax", name="out"), loss="binary_crossentropy")
    with pytest.warns(TrainingWarning, match="Layer 'out' has softmax and a single unit"):
        fit(model, BINARY)


@pytest.mark.parametrize(
    ("units", "activation", "loss", "y", "message"),
    [
        (1, None, "binary_crossentropy", BINARY, "needs probabilities: use activation='sigmoid'"),
        (1, "tanh", "binary_crossentropy", BINARY, "'tanh' of the output layer 'out'"),
        (3, "softmax", "binary_crossentropy", ONE_HOT, "use 'categorical_crossentropy'"),
        (3, None, "categorical_crossentropy", ONE_HOT, "activation='softmax', or `from_logits"),
        (3, "sigmoid", "sparse_categorical_crossentropy", CLASSES, "add up to 1"),
    ],
)
def test_output_and_loss_that_do_not_match(units, activation, loss, y, message):
    model = model_of(layers.Dense(units, activation=activation, name="out"), loss=loss)
    with pytest.warns(TrainingWarning, match=message):
        fit(model, y)


def test_activation_applied_twice():
    loss = addax.losses.SparseCategoricalCrossentropy(from_logits=True)
    model = model_of(layers.Dense(3), layers.Softmax(name="out"), loss=loss)
    with pytest.warns(TrainingWarning, match=r"Leave out `from_logits=True`"):
        fit(model, CLASSES)


@pytest.mark.parametrize(
    ("activation", "loss", "y", "message"),
    [
        ("sigmoid", "mse", NUMBER * 3, "'sigmoid' of the output layer 'out'"),
        ("tanh", "mae", NUMBER * 3, r"only values in \[-1, 1\]"),
        ("relu", "huber", NUMBER * 3, r"only values in \[0, inf\]"),
        ("sigmoid", "binary_crossentropy", 2 * BINARY - 1, "the loss 'binary_crossentropy'"),
    ],
)
def test_targets_out_of_reach(activation, loss, y, message):
    model = model_of(layers.Dense(1, activation=activation, name="out"), loss=loss)
    with pytest.warns(TrainingWarning, match=message):
        fit(model, y)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_pixels_that_are_not_scaled(dtype):
    images = RNG.integers(0, 256, (32, 6, 6)).astype(dtype)
    model = addax.Sequential([addax.Input((6, 6)), layers.Flatten(), layers.Dense(1, name="first")])
    model.compile("sgd", "mse")
    model.optimizer.learning_rate = 1e-9
    with pytest.warns(TrainingWarning, match="inputs of layer 'first' are not scaled.*255"):
        fit(model, NUMBER, images)


def test_unscaled_inputs_are_found_inside_nested_models():
    inner = addax.Sequential([addax.Input((4,)), layers.Dense(2, name="deep")])
    a, b = addax.Input((4,), name="a"), addax.Input((4,), name="b")
    model = addax.Model([a, b], layers.Dense(1)(layers.Concatenate()([inner(a), b])))
    model.compile(addax.optimizers.SGD(1e-9), "mse")
    with pytest.warns(TrainingWarning, match="inputs of layer 'deep' are not scaled"):
        fit(model, NUMBER, {"a": X * 1000, "b": X})


def test_each_is_told_once_per_model():
    model = model_of(layers.Dense(1, activation="softmax", name="out"), loss="mse")
    with pytest.warns(TrainingWarning) as caught:
        model.fit(X, BINARY, epochs=3, verbose=0)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    fit(model, BINARY)  # warnings are errors in tests
    model.compile("sgd", "mse")
    fit(model, BINARY)


def _good_models():
    yield model_of(layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy"), BINARY, X
    smooth = BINARY * 0.95 + 0.1  # smoothed and noisy labels
    yield model_of(layers.Dense(1, activation="sigmoid"), loss="binary_crossentropy"), smooth, X
    logits = addax.losses.BinaryCrossentropy(from_logits=True)
    yield model_of(layers.Dense(1), loss=logits), BINARY, X
    yield (
        model_of(layers.Dense(3, activation="softmax"), loss="categorical_crossentropy"),
        ONE_HOT,
        X,
    )
    multi = (RNG.normal(size=(32, 3)) > 0).astype("float32")
    yield model_of(layers.Dense(3, activation="sigmoid"), loss="binary_crossentropy"), multi, X
    yield model_of(layers.Dense(1), loss="mse"), NUMBER * 1000, X
    yield model_of(layers.Dense(1, activation="relu"), loss="mse"), abs(NUMBER), X
    yield model_of(layers.Rescaling(1 / 1000), layers.Dense(1), loss="mse"), NUMBER, X * 1000
    yield model_of(layers.BatchNormalization(), layers.Dense(1), loss="mse"), NUMBER, X * 1000
    custom = model_of(layers.Dense(1, activation="sigmoid"), loss=lambda y, p: (y - 9 * p) ** 2)
    yield custom, NUMBER * 9, X
    tokens = addax.Sequential(
        [addax.Input((4,), dtype="int32"), layers.Embedding(5000, 2), layers.Flatten(),
         layers.Dense(1)]
    )  # fmt: skip
    tokens.compile("sgd", "mse")
    yield tokens, NUMBER, RNG.integers(0, 5000, (32, 4))
    masked = model_of(layers.Dense(1, activation="sigmoid"), loss="mse")
    yield masked, (BINARY - 5, np.zeros(32)), X  # weights leave targets out


@pytest.mark.parametrize("number", range(12))
def test_no_false_alarm(number):
    model, y, x = list(_good_models())[number]
    weight = y[1] if isinstance(y, tuple) else None
    y = y[0] if isinstance(y, tuple) else y
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(model, y, x, sample_weight=weight)


def test_a_subclassed_model_is_left_alone():
    class Own(addax.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, inputs):
            return addax.ops.sigmoid(self.dense(inputs))

    model = Own()
    model.compile("sgd", "binary_crossentropy")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fit(model, BINARY)
