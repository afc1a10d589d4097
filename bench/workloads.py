"""The models that are timed, written once against the Keras API; `keras` may be Addax."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Workload:
    """One model with its data: what is trained, how often, and what is asked of Addax.

    `required` is the least acceptable speed-up over the best Keras backend.
    """

    name: str
    rows: int
    batch: int
    epochs: int
    required: float

    def data(self):
        rng = np.random.default_rng(0)
        return getattr(self, f"_{self.name}_data")(rng)

    def model(self, keras, steps_per_execution=1):
        model, options = getattr(self, f"_{self.name}_model")(keras)
        model.compile(steps_per_execution=steps_per_execution, **options)
        return model

    @property
    def steps(self) -> int:
        """Batches in one epoch, the last partial one included."""
        return -(-self.rows // self.batch)

    def _mlp_data(self, rng):
        return rng.random((self.rows, 784), "float32"), rng.integers(0, 10, self.rows, "int32")

    def _mlp_model(self, keras) -> tuple[Any, dict]:
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((784,)),
                layers.Dense(300, activation="relu"),
                layers.Dense(100, activation="relu"),
                layers.Dense(10, activation="softmax"),
            ]
        )
        return model, {
            "loss": "sparse_categorical_crossentropy",
            "optimizer": "sgd",
            "metrics": ["accuracy"],
        }

    def _wide_data(self, rng):
        x = rng.random((self.rows, 8), "float32")
        return x, x.sum(axis=1, keepdims=True) / 8

    def _wide_model(self, keras) -> tuple[Any, dict]:
        layers = keras.layers
        inputs = keras.Input((8,))
        norm = layers.Normalization()
        norm.adapt(self.data()[0])
        normal = norm(inputs)
        deep = layers.Dense(30, activation="relu")(normal)
        deep = layers.Dense(30, activation="relu")(deep)
        output = layers.Dense(1)(layers.Concatenate()([normal, deep]))
        return keras.Model(inputs, output), {"loss": "mse", "optimizer": "adam"}

    def _dense_data(self, rng):
        x = np.zeros((self.rows, 10_000), "float32")
        for row in x:
            row[rng.integers(0, 10_000, 120)] = 1
        return x, rng.integers(0, 2, (self.rows, 1)).astype("float32")

    def _dense_model(self, keras) -> tuple[Any, dict]:
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((10_000,)),
                layers.Dense(16, activation="relu"),
                layers.Dense(16, activation="relu"),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
        return model, {
            "loss": "binary_crossentropy",
            "optimizer": "rmsprop",
            "metrics": ["accuracy"],
        }

    def _cnn_data(self, rng):
        x = rng.random((self.rows, 32, 32, 3), "float32")
        return x, rng.integers(0, 10, self.rows, "int32")

    def _cnn_model(self, keras) -> tuple[Any, dict]:
        layers = keras.layers

        def conv(filters):
            return layers.Conv2D(filters, 3, padding="same", activation="relu")

        model = keras.Sequential(
            [
                keras.Input((32, 32, 3)),
                conv(32),
                layers.MaxPooling2D(2),
                conv(64),
                conv(64),
                layers.MaxPooling2D(2),
                layers.Flatten(),
                layers.Dense(512, activation="relu"),
                layers.Dropout(0.5),
                layers.Dense(10, activation="softmax"),
            ]
        )
        return model, {"loss": "sparse_categorical_crossentropy", "optimizer": "adam"}

    def _resnet_data(self, rng):
        return self._cnn_data(rng)

    def _resnet_model(self, keras) -> tuple[Any, dict]:
        """ResNet-8: three stages of one block, as in MLPerf Tiny."""
        layers = keras.layers

        def conv(x, filters, size=3, strides=1):
            x = layers.Conv2D(filters, size, strides, padding="same", use_bias=False)(x)
            return layers.BatchNormalization()(x)

        inputs = keras.Input((32, 32, 3))
        x = layers.ReLU()(conv(inputs, 16))
        for filters, strides in ((16, 1), (32, 2), (64, 2)):
            inner = conv(layers.ReLU()(conv(x, filters, 3, strides)), filters)
            shortcut = x if strides == 1 else conv(x, filters, 1, strides)
            x = layers.ReLU()(layers.Add()([inner, shortcut]))
        x = layers.GlobalAveragePooling2D()(x)
        outputs = layers.Dense(10, activation="softmax")(x)
        options = {"loss": "sparse_categorical_crossentropy", "optimizer": "adam"}
        return keras.Model(inputs, outputs), options

    def _bilstm_data(self, rng):
        x = rng.integers(0, 10_000, (self.rows, 100), "int32")
        return x, rng.integers(0, 2, (self.rows, 1)).astype("float32")

    def _bilstm_model(self, keras) -> tuple[Any, dict]:
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((100,), dtype="int32"),
                layers.Embedding(10_000, 128),
                layers.Bidirectional(layers.LSTM(64)),
                layers.Dense(1, activation="sigmoid"),
            ]
        )
        return model, {"loss": "binary_crossentropy", "optimizer": "adam"}

    def _text_data(self, rng):
        x = rng.integers(0, 20_000, (self.rows, 1_000), "int32")
        return x, rng.integers(0, 20, self.rows, "int32")

    def _text_model(self, keras) -> tuple[Any, dict]:
        """Convolutions over fixed word vectors, as with pretrained ones."""
        layers = keras.layers
        model = keras.Sequential(
            [
                keras.Input((1_000,), dtype="int32"),
                layers.Embedding(20_000, 100, trainable=False),
                layers.Conv1D(128, 5, activation="relu"),
                layers.MaxPooling1D(5),
                layers.Conv1D(128, 5, activation="relu"),
                layers.MaxPooling1D(5),
                layers.Conv1D(128, 5, activation="relu"),
                layers.GlobalMaxPooling1D(),
                layers.Dense(128, activation="relu"),
                layers.Dropout(0.5),
                layers.Dense(20, activation="softmax"),
            ]
        )
        return model, {"loss": "sparse_categorical_crossentropy", "optimizer": "rmsprop"}


WORKLOADS = {
    w.name: w
    for w in (
        Workload("mlp", rows=55_000, batch=32, epochs=2, required=1.7),
        Workload("wide", rows=11_610, batch=32, epochs=10, required=5.0),
        Workload("dense", rows=15_000, batch=512, epochs=10, required=1.5),
        Workload("cnn", rows=1_024, batch=64, epochs=2, required=1.0),
        Workload("resnet", rows=1_024, batch=64, epochs=2, required=1.0),
        Workload("bilstm", rows=1_024, batch=32, epochs=2, required=1.1),
        Workload("text", rows=512, batch=32, epochs=2, required=1.2),
    )
}
