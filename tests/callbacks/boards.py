"""Reads event files back with TensorBoard's own reader."""

import pathlib

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader


def run(folder):
    accumulator = EventAccumulator(str(folder), size_guidance={"tensors": 0})
    accumulator.Reload()
    return accumulator


def tags(folder):
    return run(folder).Tags()["tensors"]


def curve(folder, tag):
    """Return steps and values of a scalar."""
    events = run(folder).Tensors(tag)
    return [e.step for e in events], [_array(e.tensor_proto).item() for e in events]


def table(folder, tag, index=-1):
    return _array(run(folder).Tensors(tag)[index].tensor_proto)


def texts(folder, tag, index=-1):
    return list(run(folder).Tensors(tag)[index].tensor_proto.string_val)


def plugin(folder, tag):
    return run(folder).SummaryMetadata(tag).plugin_data


def events(folder):
    return [e for path in sorted(pathlib.Path(folder).iterdir()) for e in _load(path)]


def _load(path):
    return list(EventFileLoader(str(path)).Load()) if "tfevents" in path.name else []


def _array(tensor):
    from tensorboard.util import tensor_util

    return np.asarray(tensor_util.make_ndarray(tensor))
