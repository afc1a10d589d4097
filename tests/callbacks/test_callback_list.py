import numpy as np
import pytest

from addax.callbacks import (
    Callback,
    CallbackList,
    History,
    LambdaCallback,
    ModelCheckpoint,
    ProgbarLogger,
    TerminateOnNaN,
)
from addax.callbacks.base import BATCH_HOOKS
from tests.callbacks.fakes import FakeModel

ALL_HOOKS = [name for name in vars(Callback) if name.startswith("on_")]


class Recorder(Callback):
    def __init__(self, hooks="exact"):
        super().__init__()
        self.seen = []
        self.hooks = hooks

    def batch_mode(self, mode):
        return self.hooks


def _record(name):
    def hook(self, *args):
        self.seen.append((name, *args[:-1], dict(args[-1])))

    return hook


for _name in ALL_HOOKS:
    if _name not in ("on_batch_begin", "on_batch_end"):
        setattr(Recorder, _name, _record(_name))


def test_every_hook_of_keras_exists():
    import keras

    wanted = {name for name in vars(keras.callbacks.Callback) if name.startswith("on_")}
    assert wanted <= set(ALL_HOOKS)


def test_list_calls_every_hook_of_every_member_in_order():
    seen = []
    for name in ALL_HOOKS:
        first = LambdaCallback(**{name: lambda *args: seen.append(("first", *args))})
        second = LambdaCallback(**{name: lambda *args: seen.append(("second", *args))})
        args = (3,) if "batch" in name or "epoch" in name else ()
        getattr(CallbackList([first, second]), name)(*args, None)
        assert seen == [("first", *args, {}), ("second", *args, {})], name
        seen.clear()


def test_old_batch_names_are_called_by_the_new_ones():
    seen = []

    class Old(Callback):
        def on_batch_begin(self, batch, logs=None):
            seen.append(("begin", batch))

        def on_batch_end(self, batch, logs=None):
            seen.append(("end", batch, logs))

    callbacks = CallbackList(Old())
    callbacks.on_train_batch_begin(0)
    callbacks.on_train_batch_end(0, {"loss": np.float32(0.5)})
    assert seen == [("begin", 0), ("end", 0, {"loss": 0.5})]
    assert callbacks.batch_mode("train") == "exact"


def test_logs_are_plain_sorted_floats_shared_by_the_members():
    adder = LambdaCallback(on_epoch_end=lambda epoch, logs: logs.update(lr=0.1))
    history = History()
    given = {"loss": np.float32(0.5), "acc": np.array(1), "head": {"mae": 2}, "a": np.ones(2)}
    CallbackList([adder, history]).on_epoch_end(0, given)
    assert list(history.history) == ["a", "acc", "mae", "loss", "lr"]
    assert {name: type(values[0]) for name, values in history.history.items()} == {
        "a": np.ndarray, "acc": float, "mae": float, "loss": float, "lr": float,
    }  # fmt: skip
    assert "lr" not in given


def test_outputs_of_predict_stay_arrays():
    seen = []
    callbacks = CallbackList(LambdaCallback(on_predict_batch_end=lambda b, logs: seen.append(logs)))
    outputs = np.ones((1, 1))
    callbacks.on_predict_batch_end(0, {"outputs": outputs})
    assert seen[0]["outputs"] is outputs


def test_defaults_are_added_once():
    history, bar = History(), ProgbarLogger()
    model = FakeModel()
    callbacks = CallbackList([[history], bar], add_history=True, add_progbar=True, model=model)
    assert callbacks.callbacks == [history, bar]
    assert model.history is history
    assert [type(c) for c in CallbackList(add_history=True, add_progbar=True)] == [
        History, ProgbarLogger,
    ]  # fmt: skip


def test_model_and_params_reach_members_and_later_ones():
    model, late = FakeModel(), Callback()
    callbacks = CallbackList([Callback()], model=model, epochs=2, steps=3, verbose=0)
    callbacks.append(late)
    for callback in callbacks:
        assert callback.model is model
        assert callback.params == {"epochs": 2, "steps": 3, "verbose": 0}


def test_lists_in_lists_are_opened():
    inner = CallbackList([Callback()])
    assert CallbackList([inner, (Callback(),)]).callbacks[0] is inner.callbacks[0]


@pytest.mark.parametrize("wrong", ["early", History, 3, print])
def test_what_is_not_a_callback_is_refused(wrong):
    with pytest.raises(TypeError, match=r"must be `Callback` objects .* Received"):
        CallbackList([wrong])


def test_class_instead_of_object_is_explained():
    with pytest.raises(TypeError, match=r"Did you mean `History\(\)`"):
        CallbackList([History])


def test_subclass_may_forget_to_call_init():
    class Forgetful(Callback):
        def __init__(self):
            self.mine = 1

    assert Forgetful().model is None
    assert Forgetful().params is None


@pytest.mark.parametrize("mode", ["train", "test", "predict"])
def test_batch_mode_sees_overrides_on_class_and_instance(mode):
    for name in BATCH_HOOKS[mode]:
        on_class = type("Mine", (Callback,), {name: lambda self, batch, logs=None: None})()
        on_instance = Callback()
        setattr(on_instance, name, lambda batch, logs=None: None)
        for callback in (on_class, on_instance, LambdaCallback(**{name: print})):
            assert callback.batch_mode(mode) == "exact"
            others = {"train", "test", "predict"} - {mode}
            assert {callback.batch_mode(other) for other in others} == {"none"}


def test_batch_mode_of_the_built_in_ones():
    bar = ProgbarLogger()
    bar.set_params({"verbose": 1, "epochs": 1, "steps": 3})
    table = {
        "none": [Callback(), History(), ModelCheckpoint("x"), LambdaCallback(on_epoch_end=print)],
        "chunk": [bar],
        "replay": [TerminateOnNaN()],
        "exact": [ModelCheckpoint("x", save_freq=2), LambdaCallback(on_batch_end=print)],
    }
    for mode, callbacks in table.items():
        assert [c.batch_mode("train") for c in callbacks] == [mode] * len(callbacks)
    assert CallbackList([bar, TerminateOnNaN()]).batch_mode("train") == "replay"
    assert CallbackList(bar).batch_mode("train") == "chunk"
    assert CallbackList().batch_mode("train") == "none"


def test_overriding_a_patient_callback_makes_it_exact():
    class Mine(TerminateOnNaN):
        def on_train_batch_end(self, batch, logs=None):
            super().on_train_batch_end(batch, logs)

    class Patient(Mine):
        batch_hooks = "chunk"

        def on_train_batch_end(self, batch, logs=None): ...

    assert Mine().batch_mode("train") == "exact"
    # `Patient` speaks for its own hook; the inherited `on_batch_end` still wants a replay.
    assert Patient().batch_mode("train") == "replay"


def test_callbacks_of_another_library_see_every_batch():
    import keras

    assert CallbackList([keras.callbacks.Callback()]).batch_mode("train") == "exact"


def test_after_chunk_gives_each_what_it_asked_for():
    none, chunk, replay = Recorder("none"), Recorder("chunk"), Recorder("replay")
    callbacks = CallbackList([none, chunk, replay], model=FakeModel())
    logs = [{"loss": np.float32(i)} for i in (4, 3, 2)]
    callbacks.after_chunk("train", 5, 7, logs, logs[-1])
    begin, end = "on_train_batch_begin", "on_train_batch_end"
    assert none.seen == []
    assert chunk.seen == [(begin, 7, {}), (end, 7, {"loss": 2.0})]
    assert replay.seen == [
        (begin, 5, {}), (end, 5, {"loss": 4.0}),
        (begin, 6, {}), (end, 6, {"loss": 3.0}),
        (begin, 7, {}), (end, 7, {"loss": 2.0}),
    ]  # fmt: skip


def test_after_chunk_without_logs_per_step():
    chunk = Recorder("chunk")
    CallbackList(chunk).after_chunk("test", 0, 9, None, {"loss": 1})
    assert chunk.seen == [("on_test_batch_begin", 9, {}), ("on_test_batch_end", 9, {"loss": 1.0})]


def test_after_chunk_ends_an_announced_step_for_everyone():
    exact, chunk = Recorder("exact"), Recorder("chunk")
    callbacks = CallbackList([exact, chunk])
    for batch in range(2):
        callbacks.on_test_batch_begin(batch)
        callbacks.after_chunk("test", batch, batch, None, {"loss": batch})
    expected = [
        ("on_test_batch_begin", 0, {}), ("on_test_batch_end", 0, {"loss": 0.0}),
        ("on_test_batch_begin", 1, {}), ("on_test_batch_end", 1, {"loss": 1.0}),
    ]  # fmt: skip
    assert exact.seen == chunk.seen == expected


def test_replay_ends_when_a_callback_stops_training(capsys):
    model = FakeModel()
    callbacks = CallbackList(TerminateOnNaN(), model=model)
    callbacks.after_chunk("train", 0, 3, [{"loss": 1.0}] + [{"loss": np.nan}] * 3, {})
    assert model.stop_training
    assert capsys.readouterr().out == "Batch 1: Invalid loss, terminating training\n"
