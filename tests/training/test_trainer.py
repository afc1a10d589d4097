"""compile, fit, evaluate, predict: results, log keys, custom steps."""

import numpy as np
import pytest

import addax
from addax import layers


def regression(rows=40, outputs=1):
    rng = np.random.default_rng(1)
    x = rng.normal(size=(rows, 3)).astype("float32")
    return x, (x @ rng.normal(size=(3, outputs))).astype("float32")


def linear(outputs=1, **compile_arguments):
    model = addax.Sequential([addax.Input(shape=(3,)), layers.Dense(outputs)])
    model.compile(**{"optimizer": "sgd", "loss": "mse", **compile_arguments})
    return model


def two_outputs(**compile_arguments):
    x = addax.Input(shape=(3,), name="x")
    hidden = layers.Dense(4, activation="tanh")(x)
    main = layers.Dense(1, name="main")(hidden)
    aux = layers.Dense(1, name="aux")(hidden)
    model = addax.Model(x, [main, aux])
    model.compile(**compile_arguments)
    return model


def test_history_holds_python_floats():
    x, y = regression()
    history = linear().fit(x, y, epochs=2, verbose=0, validation_split=0.25)
    assert set(history.history) == {"loss", "val_loss"}
    assert history.epoch == [0, 1]
    assert all(type(v) is float for values in history.history.values() for v in values)


def test_validation_split_is_the_last_part():
    x, y = regression(40)
    model = linear(optimizer=addax.optimizers.SGD(0.0))
    history = model.fit(x, y, validation_split=0.25, verbose=0)
    expected = np.mean((model.predict(x[30:], verbose=0) - y[30:]) ** 2)
    assert history.history["val_loss"][0] == pytest.approx(expected, rel=1e-5)


def test_evaluate_returns_loss_then_metrics():
    x, y = regression()
    model = linear(metrics=["mae", "mse"])
    loss, mae, mse = model.evaluate(x, y, verbose=0)
    error = model.predict(x, verbose=0) - y
    assert loss == pytest.approx(np.mean(error**2), rel=1e-5)
    assert mae == pytest.approx(np.mean(np.abs(error)), rel=1e-5)
    assert mse == pytest.approx(loss, rel=1e-5)
    named = model.evaluate(x, y, verbose=0, return_dict=True)
    assert list(named) == ["loss", "mae", "mse"]
    assert linear().evaluate(x, y, verbose=0) >= 0


def test_several_outputs_are_weighted_and_named():
    x, y = regression()
    model = two_outputs(
        optimizer="sgd", loss=["mse", "mae"], loss_weights=[0.9, 0.1], metrics=["mse"]
    )
    logs = model.evaluate(x, [y, y], verbose=0, return_dict=True)
    assert list(logs) == ["loss", "main_loss", "aux_loss", "main_mse", "aux_mse"]
    assert logs["loss"] == pytest.approx(0.9 * logs["main_loss"] + 0.1 * logs["aux_loss"])
    assert logs["main_mse"] == pytest.approx(logs["main_loss"], rel=1e-5)


@pytest.mark.parametrize("as_dict", [True, False])
def test_targets_by_name_or_in_order(as_dict):
    x, y = regression()
    model = two_outputs(optimizer="sgd", loss={"main": "mse", "aux": "mae"})
    targets = {"aux": 0 * y, "main": y} if as_dict else [y, 0 * y]
    logs = model.evaluate(x, targets, verbose=0, return_dict=True)
    main, aux = model.predict(x, verbose=0)
    assert logs["main_loss"] == pytest.approx(np.mean((main - y) ** 2), rel=1e-5)
    assert logs["aux_loss"] == pytest.approx(np.mean(np.abs(aux)), rel=1e-5)


def test_sample_and_class_weights_multiply():
    x = np.eye(3, dtype="float32")
    labels = np.array([0, 1, 2])
    model = addax.Sequential([addax.Input(shape=(3,)), layers.Dense(3, activation="softmax")])
    model.compile(addax.optimizers.SGD(0.0), "sparse_categorical_crossentropy")
    history = model.fit(
        x, labels, verbose=0, shuffle=False,
        class_weight={0: 1.0, 1: 2.0, 2: 4.0}, sample_weight=np.array([1.0, 0.5, 0.25]),
    )  # fmt: skip
    p = model.predict(x, verbose=0)[np.arange(3), labels]
    assert history.history["loss"][0] == pytest.approx(np.mean(-np.log(p)), rel=1e-5)


def test_custom_train_step_with_tape():
    class Own(addax.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)
            self.tracker = addax.metrics.Mean(name="my_loss")

        def call(self, x, training=None):
            return self.dense(x)

        def train_step(self, data):
            x, y = data
            with addax.GradientTape() as tape:
                loss = addax.ops.mean(addax.ops.square(self(x, training=True) - y))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            self.tracker.update_state(loss)
            return {"my_loss": self.tracker.result()}

    x, y = regression()
    model = Own()
    model.compile(optimizer=addax.optimizers.SGD(0.1))
    history = model.fit(x, y, epochs=20, batch_size=8, verbose=0)
    assert list(history.history) == ["my_loss"]
    assert history.history["my_loss"][-1] < 0.01 * history.history["my_loss"][0]
    assert int(model.optimizer.iterations) == 100


def test_custom_compute_loss():
    class Doubled(addax.Sequential):
        def compute_loss(self, **kwargs):
            return 2 * super().compute_loss(**kwargs)

    x, y = regression()
    model = Doubled([addax.Input(shape=(3,)), layers.Dense(1)])
    model.compile(addax.optimizers.SGD(0.0), "mse")
    loss = model.fit(x, y, verbose=0).history["loss"][0]
    expected = 2 * np.mean((model.predict(x, verbose=0) - y) ** 2)
    assert loss == pytest.approx(expected, rel=1e-5)


def test_add_loss_and_add_metric():
    class Penalty(layers.Layer):
        def build(self, input_shape):
            self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

        def call(self, inputs):
            outputs = inputs * self.factor
            self.add_loss(addax.ops.sum(outputs) * 0 + 3.0)
            self.add_metric(addax.ops.mean(outputs), name="mean_in", aggregation="mean")
            return outputs

    x = np.full((8, 3), 2.0, "float32")
    inputs = addax.Input(shape=(3,))
    model = addax.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(Penalty()(inputs)))
    model.compile(addax.optimizers.SGD(0.0), "mse")
    history = model.fit(x, np.zeros((8, 1), "float32"), verbose=0).history
    assert history["loss"][0] == pytest.approx(3.0)
    assert history["mean_in"][0] == pytest.approx(2.0)


def test_regularizer_is_part_of_the_loss():
    model = addax.Sequential(
        [addax.Input(shape=(3,)), layers.Dense(1, kernel_regularizer=addax.regularizers.L2(0.5))]
    )
    model.compile(addax.optimizers.SGD(0.0), "mse")
    x, y = regression()
    loss = model.evaluate(x, y, verbose=0)
    error = np.mean((model.predict(x, verbose=0) - y) ** 2)
    assert loss == pytest.approx(error + 0.5 * np.sum(model.get_weights()[0] ** 2), rel=1e-5)


def test_batch_methods():
    x, y = regression()
    model = linear(metrics=["mae"])
    first = model.test_on_batch(x, y, return_dict=True)
    loss, mae = model.train_on_batch(x, y)
    assert mae > 0
    assert model.test_on_batch(x, y, return_dict=True)["loss"] > 0
    assert set(first) == {"loss", "mae"}
    np.testing.assert_allclose(
        model.predict_on_batch(x), model.predict(x, verbose=0), rtol=1e-5, atol=1e-6
    )
    assert int(model.optimizer.iterations) == 1


@pytest.mark.parametrize("rows", [1, 31, 32, 33, 100, 3000])
def test_predict_equals_the_formula(rows):
    x, _ = regression(rows)
    model = linear(outputs=2)
    kernel, bias = model.get_weights()
    for _ in range(2):  # the second call takes the short way when there is one
        np.testing.assert_allclose(
            model.predict(x, verbose=0), x @ kernel + bias, rtol=1e-4, atol=1e-5
        )


def test_stop_training_and_validation_freq():
    x, y = regression()

    class StopAtTwo(addax.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            self.model.stop_training = epoch == 1

    model = linear()
    history = model.fit(
        x, y, epochs=9, verbose=0, callbacks=[StopAtTwo()], validation_data=(x, y),
        validation_freq=2,
    )  # fmt: skip
    assert len(history.history["loss"]) == 2
    assert len(history.history["val_loss"]) == 1


def test_python_branch_on_a_tensor_says_how_to_go_on():
    class Branch(layers.Layer):
        def call(self, inputs):
            return inputs * 2 if addax.ops.sum(inputs) > 0 else inputs

    model = addax.Sequential([layers.Dense(1), Branch()])
    model.compile("sgd", "mse")
    with pytest.raises(Exception, match=r"(?s)bool") as caught:
        model.fit(*regression(), verbose=0)
    notes = "\n".join(getattr(caught.value, "__notes__", []))
    assert "run_eagerly=True" in notes
    assert "ops.cond" in notes


class TestBadInput:
    def test_not_compiled(self):
        model = addax.Sequential([layers.Dense(1)])
        with pytest.raises(RuntimeError, match=r"model\.compile"):
            model.fit(*regression())

    def test_lengths_differ(self):
        x, y = regression()
        with pytest.raises(ValueError, match=r"40.*39|39.*40"):
            linear().fit(x, y[:-1], verbose=0)

    def test_wrong_feature_count_names_layer_and_shapes(self):
        _, y = regression()
        with pytest.raises(ValueError, match=r"\(None, 3\).*\(.*, 4\)"):
            linear().fit(np.zeros((40, 4), "float32"), y, verbose=0)

    def test_wrong_rank(self):
        _, y = regression()
        with pytest.raises(ValueError, match="shape"):
            linear().fit(np.zeros((40, 3, 2), "float32"), y, verbose=0)

    def test_strings(self):
        with pytest.raises((TypeError, ValueError), match="x"):
            linear().fit(np.array([["a", "b", "c"]] * 4), np.zeros((4, 1)), verbose=0)

    def test_nan_targets(self):
        x, y = regression()
        y[7] = np.nan
        with pytest.raises(ValueError, match=r"(?s)y.*7"):
            linear().fit(x, y, verbose=0)

    def test_labels_out_of_range(self):
        model = addax.Sequential([addax.Input(shape=(3,)), layers.Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        with pytest.raises(ValueError, match="3"):
            model.fit(np.zeros((4, 3), "float32"), np.array([0, 1, 2, 3]), verbose=0)

    def test_empty_data(self):
        with pytest.raises(ValueError, match="empty|no rows|at least one|0"):
            linear().fit(np.zeros((0, 3), "float32"), np.zeros((0, 1), "float32"), verbose=0)

    @pytest.mark.parametrize("batch_size", [0, -1, 2.5])
    def test_batch_size(self, batch_size):
        with pytest.raises((ValueError, TypeError), match="batch_size"):
            linear().fit(*regression(), batch_size=batch_size, verbose=0)

    def test_batch_size_larger_than_data_works(self):
        linear().fit(*regression(), batch_size=1000, verbose=0)

    @pytest.mark.parametrize(
        ("arguments", "hint"),
        [
            ({"loss": "mean_squred_error"}, "mean_squared_error"),
            ({"optimizer": "adm"}, "adam"),
            ({"metrics": ["acuracy_"]}, "accuracy"),
        ],
    )
    def test_unknown_names_are_told_at_compile(self, arguments, hint):
        with pytest.raises(ValueError, match=hint):
            linear(**arguments)

    def test_unknown_activation(self):
        with pytest.raises(ValueError, match="relu"):
            layers.Dense(3, activation="rellu")

    def test_generator_that_ends_early(self):
        x, y = regression()
        generator = iter([(x, y)] * 3)
        with pytest.warns(UserWarning, match="steps_per_epoch"):
            history = linear().fit(generator, steps_per_epoch=5, epochs=2, verbose=0)
        assert len(history.history["loss"]) == 1

    def test_loss_that_becomes_nan_warns(self):
        x, y = regression()
        model = linear(optimizer=addax.optimizers.SGD(1e30))
        with pytest.warns(RuntimeWarning, match="NaN"):
            model.fit(x, y, epochs=8, batch_size=4, verbose=0)

    def test_target_missing(self):
        x, _ = regression()
        with pytest.raises(ValueError, match="target|`y`"):
            linear().fit(x, verbose=0)

    def test_loss_for_an_unknown_output(self):
        x, y = regression()
        model = two_outputs(optimizer="sgd", loss={"mian": "mse"})
        with pytest.raises(ValueError, match="main"):
            model.fit(x, [y, y], verbose=0)


def test_inputs_alone_come_to_a_step_as_they_are():
    """As in Keras: an array without a tuple around it, several inputs in one."""
    seen = {}

    class Watching(addax.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x[0] if isinstance(x, (list, tuple)) else x)

        def train_step(self, data):
            seen["train"] = data
            return {"loss": addax.ops.mean(self(data[0] if isinstance(data, tuple) else data))}

    x, _ = regression()
    model = Watching()
    model.compile("sgd")
    model.fit(x, verbose=0)
    assert not isinstance(seen["train"], (tuple, list))
    model.fit([x, x], verbose=0)
    assert isinstance(seen["train"], tuple)
    assert len(seen["train"]) == 1
    assert len(seen["train"][0]) == 2


@pytest.mark.parametrize("takes_training", [True, False])
def test_own_compute_loss_with_and_without_training(takes_training):
    class WithTraining(addax.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return addax.ops.mean(addax.ops.square(y - y_pred)) * (1.0 if training else 10.0)

    class Without(addax.Sequential):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None):
            return addax.ops.mean(addax.ops.square(y - y_pred))

    x, y = regression()
    model = (WithTraining if takes_training else Without)([addax.Input((3,)), layers.Dense(1)])
    model.compile(addax.optimizers.SGD(0.0))
    trained = model.fit(x, y, batch_size=len(x), verbose=0).history["loss"][0]
    factor = 10 if takes_training else 1
    assert model.evaluate(x, y, verbose=0) == pytest.approx(factor * trained, rel=1e-5)


def test_one_target_for_several_outputs_of_a_row():
    """Targets of shape (n,) are a column, as in Keras 2, also where n is the number of outputs."""
    x, _ = regression(10)
    y = np.arange(10, dtype="float32")
    for rows in (4, 10):
        model = linear(10, metrics=["mae"])
        error = model.predict(x[:rows], verbose=0) - y[:rows, None]
        found = model.evaluate(x[:rows], y[:rows], verbose=0)
        np.testing.assert_allclose(found, [(error**2).mean(), abs(error).mean()], rtol=1e-5)


def test_class_numbers_stay_class_numbers():
    x, _ = regression(10)
    model = addax.Sequential([addax.Input((3,)), layers.Dense(4, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    y = model.predict(x, verbose=0).argmax(axis=1)
    assert model.evaluate(x, y, verbose=0)[1] == 1.0


WEIGHT = np.linspace(0, 1, 40).astype("float32")


@pytest.mark.parametrize("targets", [list, tuple, lambda y: {"main": y[0], "aux": y[1]}])
@pytest.mark.parametrize(
    ("given", "main", "aux"),
    [
        ({"aux": WEIGHT}, 1, WEIGHT),
        ({"main": WEIGHT, "aux": 1 - WEIGHT}, WEIGHT, 1 - WEIGHT),
        (WEIGHT, WEIGHT, WEIGHT),
    ],
)
def test_sample_weights_of_several_outputs(targets, given, main, aux):
    x, y = regression()
    model = two_outputs(optimizer="sgd", loss=["mse", "mae"])
    outputs = model.predict(x, verbose=0)
    expected = {
        "main_loss": np.mean((outputs[0] - y)[:, 0] ** 2 * main),
        "aux_loss": np.mean(abs(outputs[1] - y)[:, 0] * aux),
    }
    arguments = {"sample_weight": given, "verbose": 0, "return_dict": True}
    logs = model.evaluate(x, targets([y, y]), **arguments)
    for name, value in expected.items():
        assert logs[name] == pytest.approx(value, rel=1e-5)
    validation = (x, targets([y, y]), given)
    zero = addax.optimizers.SGD(0.0)
    model.compile(zero, ["mse", "mae"])
    history = model.fit(x, targets([y, y]), validation_data=validation, verbose=0).history
    assert history["val_aux_loss"][0] == pytest.approx(expected["aux_loss"], rel=1e-5)


def test_class_weights_by_output():
    x, y = regression()
    labels = (y > 0).astype("float32")
    model = two_outputs(optimizer=addax.optimizers.SGD(0.0), loss=["mse", "mse"])
    outputs = model.predict(x, verbose=0)
    tables = {"main": {0: 3.0, 1: 0.5}}
    expected = np.mean((outputs[0] - labels) ** 2 * np.where(labels > 0, 0.5, 3.0))
    for targets in ([labels, labels], {"main": labels, "aux": labels}):
        logs = model.fit(x, targets, class_weight=tables, verbose=0, batch_size=40).history
        assert logs["main_loss"][0] == pytest.approx(expected, rel=1e-5)


def test_generator_methods_of_keras_2():
    x, y = regression(40)

    def batches():
        while True:
            yield x[:20], y[:20]
            yield x[20:], y[20:]

    model, other = linear(), linear()
    other.set_weights(model.get_weights())
    history = model.fit_generator(
        batches(), steps_per_epoch=2, epochs=3, verbose=0,
        validation_data=batches(), validation_steps=2,
    )  # fmt: skip
    expected = other.fit(
        x, y, batch_size=20, epochs=3, shuffle=False, verbose=0, validation_data=(x, y)
    )
    for name, values in expected.history.items():
        np.testing.assert_allclose(history.history[name], values, rtol=1e-5)
    loss = model.evaluate_generator(batches(), steps=2)
    assert loss == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)
    found = model.predict_generator((batch for batch, _ in batches()), steps=2)
    np.testing.assert_allclose(found, model.predict(x, verbose=0), rtol=1e-5)
