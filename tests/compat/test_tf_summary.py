"""`tf.summary` writes what TensorBoard reads."""

import numpy as np
import pytest

pytest.importorskip("tensorboard")
from addax.compat import tensorflow as tf
from tests.callbacks import boards


def test_records_by_default_writer(tmp_path):
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        assert tf.summary.scalar("a", tf.constant(2.0), step=1)
        tf.summary.image("i", np.zeros((1, 2, 2, 3)), step=1)
        tf.summary.histogram("h", tf.constant([1.0, 2.0]), step=1)
        tf.summary.text("t", "hello", step=1)
        with tf.summary.record_if(lambda: False):
            assert not tf.summary.scalar("a", 9.0, step=9)
    with writer.as_default(step=4):
        tf.summary.scalar("a", 3.0)
    writer.close()
    assert boards.curve(tmp_path, "a") == ([1, 4], [2.0, 3.0])
    assert boards.tags(tmp_path) == ["a", "i", "h", "t"]


def test_without_a_writer_nothing_is_written():
    assert tf.summary.scalar("a", 1.0, step=0) is False


def test_a_step_is_needed(tmp_path):
    with (
        tf.summary.create_file_writer(tmp_path).as_default(),
        pytest.raises(ValueError, match="`tf.summary.scalar` needs a step"),
    ):
        tf.summary.scalar("a", 1.0)


def test_hparams_of_tensorboard_are_stood_in_for(monkeypatch):
    import sys

    import addax
    from addax.callbacks.tensorboard import hparams

    monkeypatch.delitem(sys.modules, "tensorboard.plugins.hparams.api", raising=False)
    for name in [m for m in sys.modules if m.split(".")[0] in ("keras", "tensorflow")]:
        monkeypatch.delitem(sys.modules, name)
    addax.install()
    try:
        from tensorboard.plugins.hparams import api

        assert api.KerasCallback is hparams.KerasCallback
        assert api.HParam("a").name == "a"
    finally:
        addax.uninstall()
