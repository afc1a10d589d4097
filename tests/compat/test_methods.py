"""Old methods, keywords and names on Addax' own classes."""

import inspect

import numpy as np
import pytest

import addax
from addax.compat.attach import attach

X = np.random.Generator(np.random.Philox(0)).random((32, 3)).astype("float32")
Y = (X.sum(axis=1, keepdims=True) > 1.5).astype("float32")


def small_model(outputs=1, activation="sigmoid"):
    model = addax.Sequential([addax.layers.Dense(outputs, activation=activation, input_dim=3)])
    model.compile(loss="mse", optimizer="sgd")
    return model


def batches():
    while True:
        yield X[:16], Y[:16]


def test_generator_methods():
    model = small_model()
    history = model.fit_generator(
        batches(), steps_per_epoch=2, epochs=3, verbose=0, validation_data=batches(),
        validation_steps=1, max_queue_size=10, workers=2, use_multiprocessing=False,
    )  # fmt: skip
    assert len(history.history["val_loss"]) == 3
    loss = model.evaluate_generator(batches(), steps=2, workers=1)
    assert loss == pytest.approx(model.evaluate(X[:16], Y[:16], verbose=0), rel=1e-5)
    assert model.predict_generator(batches(), steps=3).shape == (48, 1)


def test_nb_epoch():
    model = small_model()
    assert len(model.fit(X, Y, nb_epoch=2, verbose=0).epoch) == 2
    assert len(model.fit(X, Y, epochs=3, verbose=0, workers=4, max_q_size=3).epoch) == 3


def test_unknown_keywords_stay_errors():
    with pytest.raises(TypeError, match="epoch"):
        small_model().fit(X, Y, epoch=2)


def test_signatures_are_those_of_the_methods_themselves():
    assert "validation_split" in inspect.signature(addax.Model.fit).parameters
    assert addax.Model.fit.__doc__


def test_predict_classes_and_proba():
    model = small_model()
    outputs = model.predict(X, verbose=0)
    np.testing.assert_array_equal(model.predict_proba(X), outputs)
    np.testing.assert_array_equal(model.predict_classes(X), (outputs > 0.5).astype("int32"))
    many = small_model(4, "softmax")
    expected = many.predict(X, verbose=0).argmax(axis=1)
    np.testing.assert_array_equal(many.predict_classes(X), expected)


def test_yaml_round_trip():
    model = small_model()
    text = model.to_yaml()
    again = addax.models.model_from_yaml(text)
    assert again.count_params() == model.count_params()
    assert again.to_json() == model.to_json()


def test_old_optimizers():
    assert addax.optimizers.sgd is addax.optimizers.SGD
    optimizer = addax.optimizers.rmsprop(lr=0.25)
    assert float(optimizer.lr) == 0.25
    optimizer.lr = 0.5
    assert float(optimizer.learning_rate) == 0.5
    decaying = addax.optimizers.SGD(lr=0.5, decay=0.5)
    assert float(decaying.lr) == pytest.approx(0.5)
    v = addax.Variable(0.0)
    for expected in (-0.5, -0.5 - 0.5 / 1.5):
        decaying.apply_gradients([(1.0, v)])
        assert float(v) == pytest.approx(expected)


def test_a_model_trains_with_decay():
    model = small_model()
    model.compile(loss="mse", optimizer=addax.optimizers.SGD(lr=0.1, decay=1e-3))
    losses = model.fit(X, Y, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_old_layers():
    model = addax.Sequential()
    model.add(addax.layers.Dense(output_dim=4, init="zeros", input_dim=3))
    model.add(addax.layers.Dropout(p=0.5))
    assert model.output_shape == (None, 4)
    assert not model.layers[0].get_weights()[0].any()
    assert model.layers[1].rate == 0.5


def test_embedding_with_weights_and_length():
    table = np.arange(8, dtype="float32").reshape(4, 2)
    model = addax.Sequential([addax.layers.Embedding(4, 2, input_length=3, weights=[table])])
    assert model.output_shape == (None, 3, 2)
    np.testing.assert_array_equal(model.predict([[1, 0, 3]], verbose=0), [table[[1, 0, 3]]])


def test_old_keywords_leave_no_trace_in_configs():
    layer = addax.layers.Dense(output_dim=4, init="zeros")
    assert {"output_dim", "init"}.isdisjoint(layer.get_config())
    assert type(layer).from_config(layer.get_config()).units == 4


def test_unknown_keywords_of_layers_are_named():
    with pytest.raises(TypeError, match="unts"):
        addax.layers.Dense(unts=3)


def test_attaching_again_changes_nothing():
    before = addax.Model.fit
    attach()
    assert addax.Model.fit is before
