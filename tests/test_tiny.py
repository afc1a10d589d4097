"""The whole path in a few seconds; runs before each commit."""

import numpy as np
import pytest

import addax as keras


def make_model():
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((4,)),
            keras.layers.Dense(8, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.Adam(0.02),
        metrics=["accuracy"],
    )
    return model


@pytest.fixture(scope="module")
def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(150, 4)).astype("float32")
    return x, x[:, :3].argmax(axis=1).astype("int32")


@pytest.fixture(scope="module")
def trained(data):
    model = make_model()
    history = model.fit(*data, epochs=20, batch_size=32, validation_split=0.2, verbose=0)
    return model, history.history


def test_fit_learns(trained):
    _, history = trained
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    assert history["val_accuracy"][-1] > 0.8


def test_evaluate_agrees_with_predict(trained, data):
    model, _ = trained
    x, y = data
    probabilities = model.predict(x, verbose=0)
    loss, accuracy = model.evaluate(x, y, verbose=0)
    assert accuracy == pytest.approx(np.mean(probabilities.argmax(axis=1) == y), abs=1e-6)
    assert loss == pytest.approx(-np.log(probabilities[np.arange(len(y)), y]).mean(), rel=1e-4)


def test_weights_do_not_depend_on_how_steps_are_grouped(data):
    class EachStep(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            pass

    found = []
    for callbacks in ([], [EachStep()]):
        model = make_model()
        model.fit(*data, epochs=2, batch_size=32, verbose=0, callbacks=callbacks)
        found.append(model.get_weights())
    for together, apart in zip(*found, strict=True):
        np.testing.assert_array_equal(together, apart)


def test_a_saved_model_predicts_the_same(trained, data, tmp_path):
    model, _ = trained
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    x = data[0]
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))


def test_gradient_tape():
    v = keras.Variable(3.0)
    with keras.GradientTape() as tape:
        y = v * v * v
    assert float(tape.gradient(y, v)) == pytest.approx(27.0)
