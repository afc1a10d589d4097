"""Small compiled models with data, each written once for Addax and Keras.

A row is a function of the module (`addax` or `keras`) that returns a compiled model, with
what `fit` gets. Nothing in them is random but the initial weights, which the tests copy.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

ROWS = 50  # with a fifth for validation and batches of 16: the last one is smaller
rng = np.random.default_rng(0)


@dataclass(frozen=True)
class Row:
    """One model: how to make it, and what to train it on."""

    build: Callable[[Any], Any]
    x: Any
    y: Any
    fit: dict[str, Any] = field(default_factory=dict)
    in_files: bool = True

    @property
    def name(self):
        return self.build.__name__


ALL: list[Row] = []


def row(x, y, in_files=True, **fit):
    def add(build):
        ALL.append(Row(build, x, y, fit, in_files))
        return build

    return add


def floats(*shape):
    return rng.normal(size=(ROWS, *shape)).astype("float32")


def labels(classes, *shape):
    return rng.integers(0, classes, (ROWS, *shape)).astype("int32")


def bits():
    return rng.integers(0, 2, (ROWS, 1)).astype("float32")


@row(floats(5), labels(3))
def mlp_softmax(k):
    dense = k.layers.Dense
    model = k.Sequential(
        [k.Input((5,)), dense(8, activation="relu"), dense(3, activation="softmax")]
    )
    sgd = k.optimizers.SGD(0.1, momentum=0.9, nesterov=True)
    model.compile(sgd, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


REGRESSION = 3.0 + 2.0 * floats(4)


@row(REGRESSION, floats(1))
def regression(k):
    norm = k.layers.Normalization()
    norm.adapt(REGRESSION)
    dense = k.layers.Dense
    model = k.Sequential([k.Input((4,)), norm, dense(6, activation="tanh"), dense(1)])
    metrics = [k.metrics.RootMeanSquaredError(name="rmse"), "mae"]
    model.compile(k.optimizers.Adam(0.01), "mse", metrics=metrics)
    return model


@row([floats(3), floats(4)], floats(1))
def wide_and_deep(k):
    wide, deep = k.Input((3,), name="wide"), k.Input((4,), name="deep")
    hidden = k.layers.Dense(6, activation="selu")(deep)
    hidden = k.layers.Dense(5, activation="gelu")(hidden)
    output = k.layers.Dense(1)(k.layers.Concatenate()([wide, hidden]))
    model = k.Model([wide, deep], output)
    model.compile("nadam", k.losses.Huber(0.5), metrics=["mean_absolute_error"])
    return model


@row({"a": floats(4)}, {"value": floats(1), "kind": labels(3)})
def several_outputs(k):
    a = k.Input((4,), name="a")
    hidden = k.layers.Dense(6, activation="elu")(a)
    outputs = {
        "value": k.layers.Dense(1, name="value")(hidden),
        "kind": k.layers.Dense(3, name="kind")(hidden),
    }
    model = k.Model({"a": a}, outputs)
    model.compile(
        k.optimizers.Adagrad(0.1),
        loss={
            "value": "mse",
            "kind": k.losses.SparseCategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"value": 0.3, "kind": 2.0},
        metrics={"value": ["mae"], "kind": ["accuracy"]},
    )
    return model


@row(floats(9, 9, 2), np.eye(3, dtype="float32")[labels(3)])
def cnn(k):
    model = k.Sequential(
        [
            k.Input((9, 9, 2)),
            # A bias before BatchNormalization has gradient 0: Adam would scale rounding noise.
            k.layers.Conv2D(4, 3, padding="same", strides=2, use_bias=False),
            k.layers.BatchNormalization(momentum=0.8),
            k.layers.ReLU(),
            k.layers.SeparableConv2D(5, 2, activation="relu"),
            k.layers.MaxPooling2D(padding="same"),
            k.layers.Flatten(),
            k.layers.Dense(3, activation="softmax"),
        ]
    )
    loss = k.losses.CategoricalCrossentropy(label_smoothing=0.1)
    model.compile(k.optimizers.Adam(0.003), loss, metrics=["accuracy", k.metrics.AUC(name="auc")])
    return model


@row(labels(8, 6) * (np.arange(6) < 1 + labels(6, 1)), bits())
def masked_lstm(k):
    model = k.Sequential(
        [
            k.Input((6,), dtype="int32"),
            k.layers.Embedding(8, 4, mask_zero=True),
            k.layers.Bidirectional(k.layers.LSTM(5, return_sequences=True)),
            k.layers.LSTM(3),
            k.layers.Dense(1, activation="sigmoid"),
        ]
    )
    metrics = ["accuracy", k.metrics.Precision(name="precision"), k.metrics.Recall(name="recall")]
    model.compile(k.optimizers.Adam(0.01), "binary_crossentropy", metrics=metrics)
    return model


@row(floats(6, 3), floats(6, 1))
def gru_sequence(k):
    x = k.Input((6, 3))
    h = k.layers.GRU(4, return_sequences=True)(x)
    h = k.layers.LayerNormalization()(h)
    model = k.Model(x, k.layers.TimeDistributed(k.layers.Dense(1))(h))
    model.compile(k.optimizers.SGD(0.05, clipvalue=0.02), "mae", metrics=["mse"])
    return model


IMAGES = rng.random((ROWS, 12)).astype("float32")


@row(IMAGES, IMAGES)
def autoencoder(k):
    encoder = k.Sequential([k.Input((12,)), k.layers.Dense(4, activation="relu")])
    decoder = k.Sequential([k.Input((4,)), k.layers.Dense(12, activation="sigmoid")])
    x = k.Input((12,))
    model = k.Model(x, decoder(encoder(x)))
    model.compile("adamax", "binary_crossentropy", metrics=["mse"])
    return model


@row(floats(5), floats(2), in_files=False)
def subclassed(k):
    class Residual(k.Model):
        def __init__(self):
            super().__init__()
            self.blocks = [k.layers.Dense(5, activation="swish") for _ in range(2)]
            self.norm = k.layers.BatchNormalization()
            self.head = k.layers.Dense(2)

        def call(self, inputs, training=False):
            x = inputs
            for block in self.blocks:
                x = x + block(x)
            x = self.norm(x, training=training)
            self.add_loss(0.01 * k.ops.mean(k.ops.square(x)))
            return self.head(x)

    model = Residual()
    model.compile("rmsprop", "mse", metrics=[k.metrics.MeanSquaredError(name="error")])
    return model


@row([floats(4), floats(4)], bits())
def siamese(k):
    left, right = k.Input((4,)), k.Input((4,))
    shared = k.Sequential([k.Input((4,)), k.layers.Dense(6, activation="relu")])
    distance = k.ops.absolute(shared(left) - shared(right))
    model = k.Model([left, right], k.layers.Dense(1, activation="sigmoid")(distance))
    model.compile("adamw", "binary_crossentropy", metrics=["binary_accuracy"])
    return model


@row(floats(5), labels(3))
def regularized(k):
    hidden = k.layers.Dense(
        8,
        activation="relu",
        kernel_regularizer=k.regularizers.L1L2(0.01, 0.02),
        bias_regularizer="l1",
        activity_regularizer=k.regularizers.L2(0.01),
        kernel_constraint=k.constraints.MaxNorm(1.0),
    )
    model = k.Sequential([k.Input((5,)), hidden, k.layers.Dense(3)])
    loss = k.losses.SparseCategoricalCrossentropy(from_logits=True)
    rmsprop = k.optimizers.RMSprop(0.01, momentum=0.5, centered=True, clipnorm=0.1)
    model.compile(rmsprop, loss, metrics=["sparse_categorical_accuracy"])
    return model


@row(floats(5), floats(2), sample_weight=rng.random(ROWS).astype("float32"))
def sample_weights(k):
    model = k.Sequential([k.Input((5,)), k.layers.Dense(4, activation="tanh"), k.layers.Dense(2)])
    model.compile(
        k.optimizers.Adam(0.01, amsgrad=True, global_clipnorm=0.5),
        "mse",
        metrics=["mae"],
        weighted_metrics=[k.metrics.MeanAbsoluteError(name="weighted")],
    )
    return model


@row(floats(5), labels(3), class_weight={0: 0.5, 1: 3.0, 2: 1.0})
def class_weights(k):
    model = k.Sequential([k.Input((5,)), k.layers.Dense(3, activation="softmax")])
    rate = k.optimizers.schedules.ExponentialDecay(0.3, 4, 0.8)
    model.compile(
        k.optimizers.SGD(rate), "sparse_categorical_crossentropy", weighted_metrics=["accuracy"]
    )
    return model


@row(floats(6), floats(1))
def frozen(k):
    base = k.Sequential(
        [k.Input((6,)), k.layers.Dense(5, activation="relu"), k.layers.BatchNormalization()]
    )
    base.trainable = False
    model = k.Sequential([k.Input((6,)), base, k.layers.BatchNormalization(), k.layers.Dense(1)])
    model.compile(k.optimizers.Adam(0.02, weight_decay=0.01), "log_cosh", metrics=["mse"])
    return model


@row(floats(8, 3), labels(4))
def attention(k):
    x = k.Input((8, 3))
    h = k.layers.Conv1D(4, 3, padding="causal", activation="relu")(x)
    h = h + k.layers.MultiHeadAttention(num_heads=2, key_dim=3)(h, h)
    h = k.layers.GlobalAveragePooling1D()(k.layers.LayerNormalization()(h))
    model = k.Model(x, k.layers.Dense(4, activation="softmax")(h))
    top = k.metrics.SparseTopKCategoricalAccuracy(2, name="top")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy", top])
    return model
