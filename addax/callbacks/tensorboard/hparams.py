"""Records for TensorBoard's HPARAMS tab, with the names of its own API.

`HParam`, `Metric`, `Discrete`, `IntInterval` and `RealInterval` are TensorBoard's classes;
`hparams`, `hparams_config` and `KerasCallback`, which there need TensorFlow, are made here.

Example:
    >>> import tempfile
    >>> from addax.callbacks.tensorboard import SummaryWriter, hparams as hp
    >>> units = hp.HParam("units", hp.Discrete([16, 32]))
    >>> with SummaryWriter(tempfile.mkdtemp()) as writer:
    ...     hp.hparams_config([units], [hp.Metric("epoch_loss", group="train")], writer=writer)
    ...     hp.hparams({units: 16}, writer=writer)
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from addax.callbacks.base import Callback, Logs
from addax.callbacks.tensorboard import default_writer
from addax.callbacks.tensorboard.protos import protos
from addax.callbacks.tensorboard.writer import SummaryWriter

_OWN_CLASSES = ("HParam", "Metric", "Domain", "Discrete", "IntInterval", "RealInterval")

__all__ = ["KerasCallback", "hparams", "hparams_config", "hparams_config_pb", "hparams_pb"]
__all__ += _OWN_CLASSES


def _library() -> Any:
    protos()
    from tensorboard.plugins.hparams import summary_v2

    return summary_v2


def __getattr__(name: str) -> Any:
    if name in _OWN_CLASSES:
        return getattr(_library(), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def hparams_pb(
    hparams: Mapping[Any, Any], trial_id: str | None = None, start_time_secs: float | None = None
) -> Any:
    """Return the record of one trial's hyperparameters, a `Summary` message.

    Args:
        hparams: values (bool, int, float, str or NumPy scalars) by name or by `HParam`.
        trial_id: name of the trial; default: made from the values.
        start_time_secs: seconds since 1970; default: now.
    """
    return _library().hparams_pb(dict(hparams), trial_id, start_time_secs)


def hparams_config_pb(
    hparams: Sequence[Any], metrics: Sequence[Any], time_created_secs: float | None = None
) -> Any:
    """Return the record that describes an experiment, a `Summary` message.

    Args:
        hparams: the `HParam`s with their domains.
        metrics: the `Metric`s to show.
        time_created_secs: seconds since 1970; default: now.
    """
    return _library().hparams_config_pb(hparams, metrics, time_created_secs)


def hparams(
    hparams: Mapping[Any, Any],
    trial_id: str | None = None,
    start_time_secs: float | None = None,
    writer: SummaryWriter | None = None,
) -> None:
    """Write the hyperparameters of a trial into its run.

    Args:
        hparams: values by name or by `HParam`.
        trial_id: name of the trial; default: made from the values.
        start_time_secs: seconds since 1970; default: now.
        writer: where to; default: the writer in whose `as_default()` block this is called.

    Raises:
        ValueError: if no writer is given and none is the default.
    """
    summary = hparams_pb(hparams, trial_id, start_time_secs)
    default_writer.chosen(writer, "hparams").summary(summary, step=0)


def hparams_config(
    hparams: Sequence[Any],
    metrics: Sequence[Any],
    time_created_secs: float | None = None,
    writer: SummaryWriter | None = None,
) -> None:
    """Describe an experiment, in the folder that holds the folders of its trials.

    Args:
        hparams: the `HParam`s with their domains.
        metrics: the `Metric`s to show; `group` is the subfolder, such as `"validation"`.
        time_created_secs: seconds since 1970; default: now.
        writer: where to; default: the writer in whose `as_default()` block this is called.

    Raises:
        ValueError: if no writer is given and none is the default.
    """
    summary = hparams_config_pb(hparams, metrics, time_created_secs)
    default_writer.chosen(writer, "hparams_config").summary(summary, step=0)


class KerasCallback(Callback):
    """Writes the hyperparameters of a run before training and its status after it.

    Args:
        writer: folder of the run, the same as that of `TensorBoard`; or a `SummaryWriter`.
        hparams: values by name or by `HParam`.
        trial_id: name of the trial; default: made from the values.

    Example:
        >>> import tempfile
        >>> callback = KerasCallback(tempfile.mkdtemp(), {"units": 16})
        >>> callback.on_train_begin()
        >>> callback.on_train_end()
    """

    def __init__(
        self,
        writer: str | os.PathLike[str] | SummaryWriter,
        hparams: Mapping[Any, Any],
        trial_id: str | None = None,
    ) -> None:
        super().__init__()
        hparams_pb(hparams, trial_id)  # wrong values are told at once
        self._hparams = dict(hparams)
        self._trial_id = trial_id
        self._owned = not isinstance(writer, SummaryWriter)
        self._writer = writer if isinstance(writer, SummaryWriter) else SummaryWriter(writer)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Write the hyperparameters."""
        hparams(self._hparams, self._trial_id, writer=self._writer)
        self._writer.flush()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Write that the trial came to its end."""
        self._writer.summary(_session_end_pb(), step=0)
        if self._owned:
            self._writer.close()
        else:
            self._writer.flush()


def _session_end_pb() -> Any:
    """Return the record of a trial that came to its end."""
    from tensorboard.plugins.hparams import api_pb2, metadata, plugin_data_pb2

    end = plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=time.time())
    summary = protos().Summary()
    summary.value.add(
        tag=metadata.SESSION_END_INFO_TAG,
        metadata=metadata.create_summary_metadata(
            plugin_data_pb2.HParamsPluginData(session_end_info=end)
        ),
        tensor=metadata.NULL_TENSOR,
    )
    return summary


def plain_value(value: Any) -> bool | int | float | str:
    """Return a hyperparameter as the tab can show it: others than numbers become texts.

    Example:
        >>> plain_value(np.float64(0.5)), plain_value((3, 3))
        (0.5, '(3, 3)')
    """
    if isinstance(value, np.generic):
        value = value.item()
    return value if isinstance(value, bool | int | float | str) else str(value)
