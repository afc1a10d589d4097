"""Records of hyperparameters, read back as the HPARAMS tab does."""

import numpy as np
import pytest

pytest.importorskip("tensorboard")
from tensorboard.plugins.hparams import plugin_data_pb2

import addax
from addax.callbacks.tensorboard import SummaryWriter
from addax.callbacks.tensorboard import hparams as hp
from tests.callbacks import boards


def records(folder):
    return {
        tag: plugin_data_pb2.HParamsPluginData.FromString(boards.plugin(folder, tag).content)
        for tag in boards.tags(folder)
        if boards.plugin(folder, tag).plugin_name == "hparams"
    }


def test_a_trial_in_fit(tmp_path):
    units = hp.HParam("units", hp.Discrete([8, 16]))
    model = addax.Sequential([addax.layers.Dense(1)])
    model.compile("sgd", "mse")
    values = {units: 8, "rate": np.float32(0.5), "optimizer": "sgd", "deep": True}
    callback = hp.KerasCallback(tmp_path, values, trial_id="first")
    model.fit(np.ones((4, 2)), np.ones(4), callbacks=[callback], verbose=0)
    found = records(tmp_path)
    start = found["_hparams_/session_start_info"].session_start_info
    assert start.group_name == "first"
    assert start.hparams["units"].number_value == 8
    assert start.hparams["rate"].number_value == 0.5
    assert start.hparams["optimizer"].string_value == "sgd"
    assert start.hparams["deep"].bool_value is True
    assert found["_hparams_/session_end_info"].session_end_info.status == 1  # success


def test_an_experiment(tmp_path):
    with SummaryWriter(tmp_path) as writer, writer.as_default():
        hp.hparams_config(
            hparams=[hp.HParam("rate", hp.RealInterval(0.0, 1.0))],
            metrics=[hp.Metric("epoch_loss", group="validation", display_name="loss")],
        )
    experiment = records(tmp_path)["_hparams_/experiment"].experiment
    assert experiment.hparam_infos[0].domain_interval.max_value == 1
    assert experiment.metric_infos[0].name.group == "validation"


def test_without_a_writer_it_says_so():
    with pytest.raises(ValueError, match="`hparams` has no writer"):
        hp.hparams({"a": 1})


def test_wrong_values_are_told_at_once(tmp_path):
    with pytest.raises(TypeError, match="unsupported type"):
        hp.KerasCallback(tmp_path, {"a": [1]})
