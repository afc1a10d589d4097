import keras
import numpy as np
import pytest

import addax
from addax.callbacks import BackupAndRestore, SwapEMAWeights

X = np.linspace(-1, 1, 40).reshape(20, 2).astype("float32")
Y = X.sum(axis=1, keepdims=True) * 2 + 1


def trained(library, swap_on_epoch, epochs=3, extra=()):
    """Return all that can be seen of averages in training, evaluation and prediction."""
    model = library.Sequential([library.Input((2,)), library.layers.Dense(1)])
    model.set_weights([np.array([[0.3], [-0.2]], "float32"), np.array([0.1], "float32")])
    optimizer = library.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.8)
    model.compile(optimizer, "mse")
    at_ends = []

    class Look(library.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            at_ends.append(float(self.model.get_weights()[1][0]))

    swap = library.callbacks.SwapEMAWeights
    fit = {"epochs": epochs, "batch_size": 10, "shuffle": False, "verbose": 0}
    fit["callbacks"] = [swap(swap_on_epoch=swap_on_epoch), Look(), *extra]
    history = model.fit(X, Y, validation_data=(X, Y), **fit).history
    tested = model.evaluate(X, Y, verbose=0, callbacks=[swap()])
    predicted = model.predict(X[:1], verbose=0, callbacks=[swap()])[0, 0]
    return [history["loss"], history["val_loss"], at_ends, tested, predicted], model.get_weights()


@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_as_keras_does(swap_on_epoch):
    seen, weights = trained(addax, swap_on_epoch)
    expected, keras_weights = trained(keras, swap_on_epoch)
    for ours, theirs in zip([*seen, *weights], [*expected, *keras_weights], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-5)


@pytest.mark.parametrize("swap_on_epoch", [False, True])
def test_training_is_resumed_with_the_averages(swap_on_epoch, tmp_path):
    def backup(name):
        return [BackupAndRestore(tmp_path / name, delete_checkpoint=False)]

    whole = trained(addax, swap_on_epoch, 4, backup("whole"))
    trained(addax, swap_on_epoch, 2, backup("parts"))
    seen, weights = trained(addax, swap_on_epoch, 4, backup("parts"))
    np.testing.assert_array_equal(weights[0], whole[1][0])
    assert seen[:2] == whole[0][:2]


def test_optimizer_without_averages():
    model = addax.Sequential([addax.Input((2,)), addax.layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match="needs an optimizer that keeps averages"):
        model.fit(X, Y, callbacks=[SwapEMAWeights()], verbose=0)
