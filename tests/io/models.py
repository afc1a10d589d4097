"""Small models with data, written once for Addax and Keras."""

import numpy as np

rng = np.random.default_rng(0)


def floats(*shape):
    return rng.random(shape).astype("float32")


def mlp(k):
    model = k.Sequential(
        [
            k.layers.Input((6,)),
            k.layers.Dense(8, activation="relu", kernel_regularizer="l2"),
            k.layers.Dense(3, activation="softmax"),
        ]
    )
    return model, floats(16, 6), rng.integers(0, 3, 16), "sparse_categorical_crossentropy"


def cnn(k):
    model = k.Sequential(
        [
            k.Input((8, 8, 1)),
            k.layers.Conv2D(4, 3, activation="relu"),
            k.layers.BatchNormalization(),
            k.layers.MaxPooling2D(),
            k.layers.Dropout(0.25, seed=1),
            k.layers.Flatten(),
            k.layers.Dense(3, activation="softmax"),
        ]
    )
    return model, floats(16, 8, 8, 1), rng.integers(0, 3, 16), "sparse_categorical_crossentropy"


def several(k):
    a, b = k.Input((4,), name="a"), k.Input((3,), name="b")
    hidden = k.layers.Dense(5, activation="tanh")(a)
    both = k.layers.Concatenate()([hidden, b])
    outputs = [k.layers.Dense(1, name="one")(both), k.layers.Dense(2, name="two")(hidden)]
    x = {"a": floats(16, 4), "b": floats(16, 3)}
    return k.Model({"a": a, "b": b}, outputs), x, [floats(16, 1), floats(16, 2)], ["mse", "mae"]


def recurrent(k):
    tokens = k.Input((5,), dtype="int32")
    x = k.layers.Embedding(10, 4, mask_zero=True)(tokens)
    x = k.layers.Bidirectional(k.layers.LSTM(3, return_sequences=True))(x)
    x = k.layers.GRU(2)(x)
    model = k.Model(tokens, k.layers.Dense(1, activation="sigmoid")(x))
    x, y = rng.integers(0, 10, (16, 5)).astype("int32"), rng.integers(0, 2, (16, 1))
    return model, x, y.astype("float32"), "binary_crossentropy"


def nested(k):
    dense = k.layers.Dense
    inner = k.Sequential(
        [k.Input((4,)), dense(5, activation="relu"), k.layers.BatchNormalization()], name="inner"
    )
    j = k.Input((4,))
    graph = k.Model(j, dense(3)(j) * 2 + 1, name="inner_graph")
    i = k.Input((4,))
    joined = k.layers.Concatenate()([inner(i), graph(i)])
    return k.Model(i, dense(1)(joined)), floats(16, 4), floats(16, 1), "mse"


def shared(k):
    a, b = k.Input((4,)), k.Input((4,))
    layer = k.layers.Dense(3, activation="relu")
    x = k.layers.Add()([layer(a), layer(b)])
    x = x[:, :2] - k.ops.mean(x, axis=-1, keepdims=True)
    x = k.ops.concatenate([x, 1.0 / (1.0 + k.ops.exp(-x))], axis=1)
    model = k.Model([a, b], k.layers.Dense(1)(x))
    return model, [floats(16, 4), floats(16, 4)], floats(16, 1), "mse"


ALL = [mlp, cnn, several, recurrent, nested, shared]


def trained(make, k, optimizer="adam"):
    """Return a model after two epochs, with its data."""
    model, x, y, loss = make(k)
    model.compile(optimizer, loss)
    model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0)
    return model, x, y


def train_on(model, x, y):
    return model.fit(x, y, epochs=2, batch_size=8, shuffle=False, verbose=0).history["loss"]


def predicted(model, x):
    out = model.predict(x, verbose=0)
    return out if isinstance(out, list) else [out]
