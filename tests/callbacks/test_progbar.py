import re

import pytest

from addax.callbacks import CallbackList, ProgbarLogger, console
from addax.callbacks import progbar as our_module
from addax.callbacks.progbar import Progbar
from tests.callbacks.fakes import Clock, Terminal


@pytest.fixture
def twins(monkeypatch):
    """Our Progbar and Keras', under the same clock, each printing to a terminal."""
    from keras.src.utils import progbar as keras_module

    def run(steps, *args, **kwargs):
        texts = []
        for module in (our_module, keras_module):
            clock, terminal = Clock(), Terminal()
            monkeypatch.setattr(module, "time", clock)
            monkeypatch.setattr("sys.stdout", terminal)
            bar = module.Progbar(*args, **kwargs)
            for seconds, call in steps:
                clock.now += seconds
                call(bar)
            texts.append(terminal.getvalue())
        monkeypatch.undo()
        return texts

    return run


def _epoch(total, seconds, values=lambda i: [("accuracy", i / 7), ("loss", 1e-5 * i)]):
    steps = [(seconds, lambda bar, i=i: bar.update(i, values(i))) for i in range(1, total)]
    return [*steps, (seconds, lambda bar: bar.update(total, values(total), finalize=True))]


@pytest.mark.parametrize("verbose", [0, 1, 2])
@pytest.mark.parametrize("seconds", [1e-5, 0.004, 0.3, 7.0, 900.0])
@pytest.mark.parametrize("total", [1, 9, 120])
def test_same_bytes_as_keras(twins, verbose, seconds, total):
    ours, theirs = twins(_epoch(total, seconds), total, verbose=verbose)
    assert ours == theirs
    assert bool(ours) == bool(verbose)


@pytest.mark.parametrize(
    "options", [{"stateful_metrics": ["loss"]}, {"stateless_metrics": ["loss"]}, {}]
)
def test_same_averages_as_keras(twins, options):
    ours, theirs = twins(_epoch(12, 0.2), 12, unit_name="sample", width=31, interval=0, **options)
    assert ours == theirs


def test_unknown_target_as_keras(twins):
    steps = [(0.1, lambda bar, n=n: bar.add(n, [("a", n)])) for n in (1, 2, 5)]
    ours, theirs = twins(steps, None, unit_name="file")
    assert ours == theirs
    assert "      3/Unknown" in ours


def test_time_of_a_first_update_of_many_steps_is_left_out(monkeypatch, capsys):
    clock = Clock()
    monkeypatch.setattr(our_module, "time", clock)
    bar = Progbar(30, verbose=2)
    for seconds, current in ((10.0, 10), (0.1, 20), (0.1, 30)):
        clock.now += seconds
        bar.update(current)
    assert capsys.readouterr().out == "30/30 - 10s - 10ms/step\n"


def test_shorter_line_covers_the_longer_one(twins):
    steps = [
        (1.0, lambda bar: bar.update(1, [("a", 1e-5)])),
        (1.0, lambda bar: bar.update(2, [("a", 3.0)])),
        (1.0, lambda bar: bar.update(3, [("a", 3.0)])),
    ]
    ours, theirs = twins(steps, 3, stateful_metrics=["a"])
    assert ours == theirs


def test_both_kinds_of_metrics_are_refused():
    with pytest.raises(ValueError, match="not both"):
        Progbar(3, stateful_metrics=["a"], stateless_metrics=["b"])


def test_file_gets_plain_lines_and_few_of_them(monkeypatch, capsys):
    clock = Clock()
    monkeypatch.setattr(our_module, "time", clock)
    bar = Progbar(100)
    for i in range(1, 101):
        clock.now += 0.25
        bar.update(i, [("loss", 0.5)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("/")[0].strip() for line in lines] == ["40", "80", "100"]
    assert lines[-1] == "100/100 " + "━" * 20 + " 25s 250ms/step - loss: 0.5000"
    assert "\x1b" not in "".join(lines)


def test_console_without_the_bar_character(monkeypatch):
    class Ascii(Terminal):
        encoding = "ascii"

        def write(self, text):
            text.encode("ascii")
            return super().write(text)

    terminal = Ascii()
    monkeypatch.setattr("sys.stdout", terminal)
    Progbar(1).update(1)
    assert "1/1" in terminal.getvalue()
    assert "=" * 20 in terminal.getvalue()


def test_logging_instead_of_printing(capsys, caplog):
    console.disable_interactive_logging()
    try:
        with caplog.at_level("INFO", logger="addax"):
            Progbar(1).update(1, [("loss", 2.0)])
    finally:
        console.enable_interactive_logging()
    assert capsys.readouterr().out == ""
    assert "loss: 2.0000" in caplog.text


# -- ProgbarLogger ---------------------------------------------------------------------------


def _plain(text):
    return re.sub(r"\d+s \d+(s|ms|us)/", "TIME/", text)


def _fit(callbacks, epochs=2, steps=3):
    callbacks.on_train_begin()
    for epoch in range(epochs):
        callbacks.on_epoch_begin(epoch)
        callbacks.after_chunk("train", 0, steps - 1, None, {"loss": 0.5, "accuracy": 1})
        callbacks.on_test_begin()
        callbacks.after_chunk("test", 0, 1, None, {"loss": 0.25})
        callbacks.on_test_end({"loss": 0.25})
        callbacks.on_epoch_end(epoch, {"val_loss": 0.25, "loss": 0.5, "accuracy": 1})
    callbacks.on_train_end({})


@pytest.mark.parametrize(
    ("verbose", "line"),
    [
        (1, "3/3 ━━━━━━━━━━━━━━━━━━━━ TIME/step"),
        ("auto", "3/3 ━━━━━━━━━━━━━━━━━━━━ TIME/step"),
        (2, "3/3 - 0s - 0s/step"),
    ],
)
@pytest.mark.parametrize("steps", [3, None])
def test_transcript_of_fit(monkeypatch, capsys, verbose, line, steps):
    monkeypatch.setattr(our_module, "time", Clock())
    _fit(CallbackList(add_progbar=True, verbose=verbose, epochs=2, steps=steps))
    line += " - accuracy: 1.0000 - loss: 0.5000 - val_loss: 0.2500"
    expected = f"Epoch 1/2\n{line}\nEpoch 2/2\n{line}\n"
    assert _plain(capsys.readouterr().out) == expected


def test_silent(capsys):
    _fit(CallbackList(ProgbarLogger(), verbose=0, epochs=2, steps=3))
    assert capsys.readouterr().out == ""


def test_one_epoch_has_no_headline(capsys):
    _fit(CallbackList(ProgbarLogger(), verbose=1, epochs=1, steps=3), epochs=1)
    assert capsys.readouterr().out.startswith("3/3 ")


def test_fit_transcript_equals_keras(monkeypatch):
    from keras.callbacks import CallbackList as KerasList
    from keras.src.utils import progbar as keras_module

    texts = []
    for module, make in ((our_module, CallbackList), (keras_module, KerasList)):
        terminal = Terminal()
        monkeypatch.setattr("sys.stdout", terminal)
        monkeypatch.setattr(module, "time", Clock())
        callbacks = make(add_progbar=True, verbose=1, epochs=2, steps=2)
        callbacks.on_train_begin()
        for epoch in range(2):
            callbacks.on_epoch_begin(epoch)
            for batch in range(2):
                callbacks.on_train_batch_begin(batch)
                callbacks.on_train_batch_end(batch, {"loss": 1 / (batch + 1), "acc": 0.5})
            callbacks.on_epoch_end(epoch, {"loss": 0.5, "acc": 0.5, "val_loss": 0.6})
        callbacks.on_train_end({"loss": 0.5})
        texts.append(terminal.getvalue())
    monkeypatch.undo()
    assert texts[0] == texts[1]


def test_evaluate_and_predict(monkeypatch, capsys):
    monkeypatch.setattr(our_module, "time", Clock())
    callbacks = CallbackList(ProgbarLogger(), verbose=1, epochs=1, steps=4)
    callbacks.on_test_begin()
    assert callbacks.batch_mode("test") == "chunk"
    callbacks.after_chunk("test", 0, 3, None, {"loss": 0.5})
    callbacks.on_test_end({"loss": 0.5})
    callbacks.on_predict_begin()
    callbacks.after_chunk("predict", 0, 3, None, {"outputs": [1, 2]})
    callbacks.on_predict_end()
    bar = "4/4 ━━━━━━━━━━━━━━━━━━━━ TIME/step"
    assert _plain(capsys.readouterr().out) == f"{bar} - loss: 0.5000\n{bar}\n"


def test_validation_in_fit_needs_no_batches():
    bar = ProgbarLogger()
    bar.set_params({"verbose": 1, "epochs": 1, "steps": 4})
    bar.on_train_begin()
    assert bar.batch_mode("test") == "none"
    bar.on_train_end()
    assert bar.batch_mode("test") == "chunk"


@pytest.mark.parametrize(
    ("verbose", "steps", "expected"),
    [(0, 3, "none"), (2, 3, "none"), (2, None, "chunk"), (0, None, "none"), (1, None, "chunk")],
)
def test_batches_are_asked_for_only_where_shown(verbose, steps, expected):
    bar = ProgbarLogger()
    bar.set_params({"verbose": verbose, "epochs": 1, "steps": steps})
    assert bar.batch_mode("train") == expected


def test_count_mode_samples(capsys):
    callbacks = CallbackList(
        ProgbarLogger(count_mode="samples", stateful_metrics=None),
        verbose=1, epochs=1, steps=3, samples=10, batch_size=4,
    )  # fmt: skip
    _fit(callbacks, epochs=1)
    out = capsys.readouterr().out
    assert out.startswith("10/10 ")
    assert "/sample - " in out


def test_epoch_that_was_ended_early_shows_how_far_it_came(capsys):
    callbacks = CallbackList(ProgbarLogger(), verbose=1, epochs=1, steps=40)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(0)
    callbacks.after_chunk("train", 0, 9, None, {"loss": 0.5})
    callbacks.on_epoch_end(0, {"loss": 0.5})
    assert capsys.readouterr().out.startswith("10/40 ━━━━━                ")


def test_bad_count_mode():
    with pytest.raises(ValueError, match="Unknown `count_mode`: 'bananas'"):
        ProgbarLogger(count_mode="bananas")
