import numpy as np
import pytest

import addax
from addax import layers
from addax.training.find_lr import LearningRateCurve

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 4)).astype("float32")
Y = X @ np.array([[1.0], [2.0], [-1.0], [0.5]], "float32")


def model(optimizer="sgd", *more):
    network = addax.Sequential([addax.Input((4,)), *more, layers.Dense(1)])
    network.compile(optimizer, "mse", metrics=["mae"])
    return network


def bits(network):
    held = [*network.variables, *network.optimizer.variables, *network.metrics_variables]
    return [np.asarray(variable).tolist() for variable in held]


def test_rates_grow_by_the_factor_of_the_seed():
    curve = model().find_lr(X, Y, steps=500)
    assert curve.rates[0] == pytest.approx(1e-5)
    ratio = curve.rates[1:] / curve.rates[:-1]
    np.testing.assert_allclose(ratio, np.exp(np.log(10**6) / 500))


def test_losses_are_those_of_training_by_hand():
    network, by_hand, losses = model(), model(), []
    by_hand.set_weights(network.get_weights())
    curve = network.find_lr(X, Y, min_lr=1e-2, steps=20, shuffle=False, batch_size=30)
    for step, rate in enumerate(curve.rates):
        by_hand.optimizer.learning_rate = rate
        by_hand.reset_metrics()
        rows = slice(30 * (step % 10), 30 * (step % 10) + 30)
        losses.append(by_hand.train_on_batch(X[rows], Y[rows])[0])
    assert len(losses) > 8
    np.testing.assert_allclose(curve.losses, losses, rtol=1e-5)


def test_suggestion_is_good_for_plain_descent():
    """For least squares the largest stable rate is 2 / (largest eigenvalue of the Hessian)."""
    curve = model().find_lr(X, Y, batch_size=100, steps=300)
    limit = 2 / np.linalg.eigvalsh(2 * np.cov(X.T)).max()
    assert 0.05 * limit < curve.turning_point < 2 * limit
    assert curve.suggestion == pytest.approx(curve.turning_point / 10)
    assert float(curve) == curve.suggestion
    assert len(curve.losses) == len(curve.rates) < 300  # it stopped where the loss exploded


@pytest.mark.parametrize("before", [0, 2])
def test_everything_is_as_it_was(before):
    def trained(look):
        addax.utils.set_random_seed(5)
        np.random.seed(3)
        network = model("adam", layers.BatchNormalization(), layers.Dropout(0.5))
        if before:
            network.fit(X, Y, epochs=before, verbose=0)
        history = network.history
        if look:
            kept = bits(network) if before else None
            network.find_lr(X, Y, steps=60)
            assert network.history is history
            assert kept is None or bits(network) == kept
        values = network.fit(X, Y, epochs=2, verbose=0).history
        return bits(network), values, np.random.rand(), layers.Dense(3)(X[:2]).numpy().tolist()

    assert trained(look=True) == trained(look=False)


def test_optimizer_with_a_schedule_keeps_it():
    schedule = addax.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5)
    network = model(addax.optimizers.Adam(schedule))
    network.fit(X, Y, epochs=1, verbose=0)
    rate = float(network.optimizer.learning_rate)
    network.find_lr(X, Y, steps=40, max_lr=1)
    assert float(network.optimizer.learning_rate) == rate
    network.fit(X, Y, epochs=1, verbose=0)
    assert float(network.optimizer.learning_rate) < rate


def test_generator():
    def batches():
        while True:
            yield X[:50], Y[:50]

    curve = model().find_lr(batches(), steps=30, steps_per_epoch=7)
    assert len(curve.losses) > 20


def test_picture(tmp_path):
    curve = model().find_lr(X, Y, steps=100, path=tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    figure = curve.plot(tmp_path / "again.svg")
    panel = figure.axes[0]
    assert panel.get_xscale() == "log"
    np.testing.assert_allclose(panel.lines[1].get_ydata(), curve.smoothed)


def test_smoothing_is_the_mean_of_the_neighbours():
    losses = RNG.normal(size=100)
    smoothed = LearningRateCurve(np.geomspace(1, 2, 100), losses).smoothed
    for i in (0, 1, 50, 99):
        assert smoothed[i] == pytest.approx(losses[max(0, i - 2) : i + 3].mean())


def test_ends_of_the_sweep_are_warned_of():
    with pytest.warns(UserWarning, match="still falls"):
        model().find_lr(X, Y, steps=60, min_lr=1e-4, max_lr=1e-2, batch_size=300)
    with pytest.warns(UserWarning, match="does not fall"):
        model().find_lr(X, Y, steps=60, min_lr=5, max_lr=50)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (1, 1), (2, 1), (-1, 1)])
def test_rates_out_of_order(low, high):
    with pytest.raises(ValueError, match="0 < min_lr < max_lr"):
        model().find_lr(X, Y, min_lr=low, max_lr=high)


def test_loss_that_is_never_finite():
    with pytest.raises(ValueError, match="not finite at the learning rate"):
        model().find_lr(X * np.nan, Y, steps=10)


def test_not_compiled():
    with pytest.raises(RuntimeError, match="`find_lr` needs a compiled model"):
        addax.Sequential([layers.Dense(1)]).find_lr(X, Y)


def test_step_without_a_loss_and_model_without_an_optimizer():
    class Own(addax.Sequential):
        def train_step(self, data):
            logs = super().train_step(data)
            return {"own": logs["loss"]}

    network = Own([addax.Input((4,)), layers.Dense(1)])
    network.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"needs a log named 'loss'.*Received: \['own'\]"):
        network.find_lr(X, Y)
    network.compile(None, "mse")
    with pytest.raises(ValueError, match="needs an optimizer"):
        network.find_lr(X, Y)


@pytest.mark.parametrize("arguments", [{"run_eagerly": True}, {}])
def test_scaled_loss_and_eager_steps(arguments):
    network = addax.Sequential([addax.Input((4,)), layers.Dense(1)])
    optimizer = addax.optimizers.LossScaleOptimizer(addax.optimizers.SGD(0.25))
    network.compile(optimizer, "mse", **arguments)
    before = bits(network)
    curve = network.find_lr(X, Y, min_lr=1e-3, steps=40)
    assert curve.rates[0] == pytest.approx(1e-3)
    assert float(network.optimizer.learning_rate) == 0.25
    assert bits(network)[:2] == before[:2]
