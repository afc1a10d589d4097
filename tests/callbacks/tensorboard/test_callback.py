"""The callback in `fit`, its files read back with TensorBoard's reader."""

import json

import numpy as np
import pytest

pytest.importorskip("tensorboard")
import addax
from addax.callbacks import TensorBoard
from tests.callbacks import boards

RNG = np.random.Generator(np.random.Philox(7))
X = RNG.normal(size=(64, 8)).astype("float32")
Y = (X.sum(1) > 0).astype("float32")


def small_model():
    model = addax.Sequential(
        [
            addax.Input((8,)),
            addax.layers.Dense(4, activation="relu", name="hidden"),
            addax.layers.Dense(1, activation="sigmoid", name="out"),
        ]
    )
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    return model


def fit(callback, epochs=2, **options):
    model = small_model()
    history = model.fit(
        X, Y, batch_size=16, epochs=epochs, callbacks=[callback], verbose=0, **options
    )
    return model, history.history


def test_curves_of_epochs(tmp_path):
    _, history = fit(TensorBoard(tmp_path), validation_data=(X[:32], Y[:32]))
    for run, prefix in (("train", ""), ("validation", "val_")):
        for name in ("loss", "accuracy"):
            steps, values = boards.curve(tmp_path / run, f"epoch_{name}")
            assert steps == [0, 1]
            np.testing.assert_allclose(values, history[prefix + name], rtol=1e-6)
    steps, rates = boards.curve(tmp_path / "train", "epoch_learning_rate")
    np.testing.assert_allclose(rates, [0.01, 0.01], rtol=1e-6)
    steps, values = boards.curve(tmp_path / "validation", "evaluation_loss_vs_iterations")
    assert steps == [4, 8]
    np.testing.assert_allclose(values, history["val_loss"], rtol=1e-6)


def test_tags_are_those_of_keras(tmp_path):
    fit(TensorBoard(tmp_path, histogram_freq=1, update_freq="batch"), validation_split=0.25)
    assert {
        "keras", "batch_loss", "batch_accuracy", "epoch_loss", "epoch_accuracy",
        "epoch_learning_rate", "hidden/kernel/histogram", "out/bias/histogram",
    } <= set(boards.tags(tmp_path / "train"))  # fmt: skip
    assert set(boards.tags(tmp_path / "validation")) == {
        "epoch_loss", "epoch_accuracy",
        "evaluation_loss_vs_iterations", "evaluation_accuracy_vs_iterations",
    }  # fmt: skip


def test_batch_curves_without_leaving_the_compiled_loop(tmp_path):
    model, _ = fit(TensorBoard(tmp_path / "often", update_freq="batch"), epochs=3, shuffle=False)
    seen = []
    per_batch = addax.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(logs["loss"])
    )
    other, _ = fit(per_batch, epochs=3, shuffle=False)
    steps, losses = boards.curve(tmp_path / "often" / "train", "batch_loss")
    assert steps == list(range(1, 13))
    assert model._counts.dispatches < other._counts.dispatches
    # both models begin with other weights, so only the numbers of records can be compared
    assert len(seen) == len(losses)


def test_update_freq_counts_on_over_epochs_and_fits(tmp_path):
    callback = TensorBoard(tmp_path, update_freq=3)
    model, _ = fit(callback, epochs=2)
    model.fit(X, Y, batch_size=16, callbacks=[callback], verbose=0)
    assert boards.curve(tmp_path / "train", "batch_loss")[0] == [3, 6, 9, 12]


def test_epoch_mode_asks_for_no_batches(tmp_path):
    assert TensorBoard(tmp_path).batch_mode("train") == "none"
    assert TensorBoard(tmp_path, update_freq=10).batch_mode("train") == "replay"
    assert TensorBoard(tmp_path, profile_batch=2).batch_mode("train") == "exact"

    class Own(TensorBoard):
        def on_test_batch_end(self, batch, logs=None): ...

    assert Own(tmp_path).batch_mode("test") == "exact"


def test_steps_per_second_are_positive(tmp_path):
    fit(TensorBoard(tmp_path, write_steps_per_second=True, update_freq=1))
    for tag in ("batch_steps_per_second", "epoch_steps_per_second"):
        assert min(boards.curve(tmp_path / "train", tag)[1]) > 0


def test_histograms_of_weights_outputs_and_gradients(tmp_path):
    callback = TensorBoard(tmp_path, histogram_freq=2, write_grads=True, write_images=True)
    model, _ = fit(callback, epochs=3)
    folder = tmp_path / "train"
    kernel = np.asarray(model.get_layer("hidden").kernel)
    found = boards.table(folder, "hidden/kernel/histogram")
    assert [e.step for e in boards.run(folder).Tensors("hidden/kernel/histogram")] == [0, 2]
    assert found[:, 2].sum() == kernel.size
    np.testing.assert_allclose([found[0, 0], found[-1, 1]], [kernel.min(), kernel.max()])
    outputs = boards.table(folder, "hidden/activations")
    assert outputs[:, 2].sum() == 16 * 4  # the first batch
    assert outputs[0, 0] >= 0
    assert boards.table(folder, "hidden/kernel/gradient")[:, 2].sum() == kernel.size
    assert boards.texts(folder, "hidden/kernel/image")[:2] == [b"8", b"4"]


def test_watching_changes_no_bit(tmp_path):
    def weights(*callbacks):
        addax.utils.set_random_seed(3)
        model = small_model()
        model.fit(X, Y, batch_size=16, epochs=2, callbacks=list(callbacks), verbose=0)
        return model.get_weights()

    board = TensorBoard(tmp_path, histogram_freq=1, write_grads=True, update_freq=1)
    for watched, alone in zip(weights(board), weights(), strict=True):
        np.testing.assert_array_equal(watched, alone)


def test_evaluate_alone_writes_and_closes(tmp_path):
    model, _ = fit(TensorBoard(tmp_path / "a"))
    callback = TensorBoard(tmp_path / "b")
    model.evaluate(X, Y, callbacks=[callback], verbose=0)
    assert boards.curve(tmp_path / "b" / "validation", "evaluation_loss_vs_iterations")[0] == [8]
    assert not callback._writers


def test_the_config_for_the_conceptual_graph(tmp_path):
    model, _ = fit(TensorBoard(tmp_path))
    assert json.loads(boards.texts(tmp_path / "train", "keras")[0]) == json.loads(model.to_json())
    assert boards.plugin(tmp_path / "train", "keras").plugin_name == "graph_keras_model"
    fit(TensorBoard(tmp_path / "without", write_graph=False))
    assert "keras" not in boards.tags(tmp_path / "without" / "train")


def test_a_subclassed_model_is_no_hindrance(tmp_path):
    class Own(addax.Model):
        def __init__(self):
            super().__init__()
            self.dense = addax.layers.Dense(1, name="only")

        def call(self, inputs):
            return self.dense(inputs)

    model = Own()
    model.compile("sgd", "mse")
    board = TensorBoard(tmp_path, histogram_freq=1, write_grads=True)
    model.fit(X, Y, callbacks=[board], verbose=0)
    assert "only/activations" in boards.tags(tmp_path / "train")
    assert boards.run(tmp_path / "train").Tags()["graph"]


def test_the_profiler_writes_what_the_profile_tab_opens(tmp_path):
    fit(TensorBoard(tmp_path, profile_batch=(2, 3)))
    assert list(tmp_path.glob("plugins/profile/*/*.xplane.pb"))


@pytest.mark.parametrize("wrong", [-1, (3, 2), "a", (1, 2, 3)])
def test_a_wrong_profile_batch_is_told(wrong):
    with pytest.raises(ValueError, match="`profile_batch` of `TensorBoard` must be"):
        TensorBoard(profile_batch=wrong)


def test_a_wrong_update_freq_is_told():
    with pytest.raises(ValueError, match="`update_freq` of `TensorBoard` must be a positive"):
        TensorBoard(update_freq=0)
