"""`TensorBoard`: training as files that TensorBoard shows."""

from __future__ import annotations

import os
import time
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.callbacks.base import BatchMode, Callback, Logs, Mode
from addax.callbacks.tensorboard import summaries
from addax.callbacks.tensorboard.graph import model_graph
from addax.callbacks.tensorboard.inspection import Inspection, weight_images
from addax.callbacks.tensorboard.profile import Profile
from addax.callbacks.tensorboard.projector import metadata_paths, write_projector
from addax.callbacks.tensorboard.protos import require
from addax.callbacks.tensorboard.writer import SummaryWriter


class TensorBoard(Callback):
    """Writes what TensorBoard shows: curves, histograms, the graph, images, embeddings.

    Training goes to the run `train` below `log_dir`, validation to `validation`. Look at it with
    `tensorboard --logdir logs`. TensorFlow is not needed, the package `tensorboard` is.

    Args:
        log_dir: the folder.
        histogram_freq: every so many epochs the distributions of weights and of the layers'
            outputs for the first batch are written; 0 for never.
        batch_size: rows per call when `embeddings_data` are put through the model.
        write_graph: whether the graph of the layers is written.
        write_grads: whether histograms come with those of the gradients for the first batch.
        write_images: whether histograms of weights come with images of them.
        write_steps_per_second: whether steps per second are written as curves.
        update_freq: `"epoch"`; or `"batch"` or a number N to write loss and metrics every N
            batches as well, as `batch_...`. Training keeps its compiled loop with both.
        profile_batch: number of the batch, counted from 1, or a pair first and last (also as
            text `"10,20"`), to be recorded by the profiler; 0 for none. While it is set, training
            does one step per call.
        embeddings_freq: every so many epochs the embeddings are written; 0 for never.
        embeddings_layer_names: layers to write; default: all `Embedding` layers.
        embeddings_metadata: file with the labels of the rows, or a dict of files by layer name.
        embeddings_data: inputs; if given, what the layers put out for them is written in the
            place of their weights.

    Raises:
        ImportError: if the package `tensorboard` is not installed.
        ValueError: for frequencies or batches that are none.

    Example:
        >>> import tempfile
        >>> import addax
        >>> folder = tempfile.mkdtemp()
        >>> model = addax.Sequential([addax.Input((4,)), addax.layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> board = TensorBoard(folder, update_freq="batch")
        >>> _ = model.fit(np.ones((8, 4)), np.ones(8), callbacks=[board], verbose=0)
        >>> sorted(os.listdir(folder))
        ['train']
    """

    batch_hooks = "replay"

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        batch_size: int = 32,
        write_graph: bool = True,
        write_grads: bool = False,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_layer_names: Sequence[str] | None = None,
        embeddings_metadata: Any = None,
        embeddings_data: Any = None,
    ) -> None:
        super().__init__()
        require("`TensorBoard`")
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = errors.non_negative_int(
            "TensorBoard", "histogram_freq", histogram_freq
        )
        self.batch_size = batch_size
        self.write_graph = write_graph
        self.write_grads = write_grads
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq = _every(update_freq)
        self.embeddings_freq = errors.non_negative_int(
            "TensorBoard", "embeddings_freq", embeddings_freq
        )
        self.embeddings_layer_names = embeddings_layer_names
        self.embeddings_metadata = embeddings_metadata
        self.embeddings_data = embeddings_data
        self._profile = Profile(profile_batch, self.log_dir)
        self._writers: dict[str, SummaryWriter] = {}
        self._inspection: Inspection | None = None
        self._drawn: Any = None
        self._fitting = False
        self._counting = False
        self._step = 0
        self._clock = (0, 0.0)
        self._call = (0, 0.0, 0.0)

    def state_dict(self) -> dict[str, Any]:
        """Return the number of batches; files and clocks are those of the process."""
        return {"_step": self._step}

    def batch_mode(self, mode: Mode) -> BatchMode:
        """Return how often the batch hooks are needed, which depends on what is written."""
        wish = super().batch_mode(mode)
        if mode == "train" and self._profile.wanted:
            return "exact"
        return "none" if wish == "replay" and self.update_freq is None else wish

    # -- runs -----------------------------------------------------------------------------

    def _writer(self, run: str) -> SummaryWriter:
        if run not in self._writers:
            self._writers[run] = SummaryWriter(os.path.join(self.log_dir, run))
        return self._writers[run]

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers = {}

    def set_model(self, model: Any) -> None:
        """Take the model."""
        if model is not self._model:
            self._inspection = None
        super().set_model(model)

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Write the graph, and check the names of embedding layers."""
        self._fitting = True
        self._counting = False
        if self.write_graph and self._drawn is not self._model:
            self._drawn = self._model  # TensorBoard complains of a run with several graphs
            self._write_graph()
        if self.embeddings_freq:
            metadata_paths(self.embeddings_metadata, [x.name for x in self._embedding_layers()])

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Close the files."""
        self._profile.stop()
        self._fitting = False
        self._close()

    def _iterations(self) -> int:
        optimizer = getattr(self._model, "optimizer", None)
        return int(getattr(optimizer, "iterations", 0))

    def _write_graph(self) -> None:
        writer = self._writer("train")
        writer.graph(model_graph(self._model))
        try:
            config = self._model.to_json()
        except (NotImplementedError, TypeError, ValueError) as error:
            # the layers side by side are all there is of a model without a config
            if getattr(self._model, "_graph", None) is not None:
                warnings.warn(
                    f"TensorBoard shows no conceptual graph of '{self._model.name}': {error}",
                    stacklevel=2,
                )
            return
        if getattr(self._model, "_graph", None) is not None:
            writer.summary(summaries.keras_model("keras", config), step=0)

    # -- batches --------------------------------------------------------------------------

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Start the profiler if it is time."""
        self._profile.step_begin(self._step + 1)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Write loss and metrics of the epoch so far, every `update_freq` batches."""
        self._step += 1
        self._profile.step_end(self._step)
        if self.update_freq is None or self._step % self.update_freq:
            return
        writer = self._writer("train")
        for name, value in (logs or {}).items():
            if np.ndim(value) == 0:
                writer.scalar(f"batch_{name}", value, self._step)
        if self.write_steps_per_second:
            writer.scalar("batch_steps_per_second", self._rate(), self._step)

    def _rate(self) -> float:
        """Return steps per second in the compiled call that ran this step."""
        done, now = self._iterations(), time.perf_counter()
        before, then, rate = self._call
        # Steps of one call are told after it, one by one, and nothing runs in between.
        if done != before:
            rate = (done - before) / max(now - then, 1e-9)
            self._call = (done, now, rate)
        return rate

    # -- epochs ---------------------------------------------------------------------------

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Begin to measure the time, and in the first epoch to count the batches."""
        if not self._counting:
            # Not when training begins: what resumes it sets the number of steps only then.
            self._counting = True
            self._step = self._iterations()
        self._clock = (self._iterations(), time.perf_counter())
        self._call = (*self._clock, 0.0)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write loss and metrics, and what is due of the rest."""
        logs = dict(logs or {})
        validation = {k: v for k, v in logs.items() if k.startswith("val_")}
        training = {k: v for k, v in logs.items() if k not in validation}
        training.update(self._learning_rate())
        if self.write_steps_per_second:
            before, then = self._clock
            seconds = max(time.perf_counter() - then, 1e-9)
            training["steps_per_second"] = (self._iterations() - before) / seconds
        self._scalars("train", {f"epoch_{k}": v for k, v in training.items()}, epoch)
        self._scalars("validation", {f"epoch_{k[4:]}": v for k, v in validation.items()}, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_histograms(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._write_embeddings(epoch)
        for writer in self._writers.values():
            writer.flush()

    def on_test_end(self, logs: Logs | None = None) -> None:
        """Write the results of an evaluation by the number of training steps."""
        found = {f"evaluation_{k}_vs_iterations": v for k, v in (logs or {}).items()}
        self._scalars("validation", found, self._iterations())
        if not self._fitting:
            self._close()

    def _scalars(self, run: str, values: dict[str, Any], step: int) -> None:
        for name, value in values.items():
            if np.ndim(value) == 0 and not isinstance(value, str):
                self._writer(run).scalar(name, value, step)

    def _learning_rate(self) -> dict[str, float]:
        rate = getattr(getattr(self._model, "optimizer", None), "learning_rate", None)
        return {} if rate is None else {"learning_rate": float(rate)}

    # -- histograms, images, embeddings ------------------------------------------------------

    def _write_histograms(self, epoch: int) -> None:
        writer = self._writer("train")
        for variable in self._model.weights:
            name, value = _tag(variable), np.asarray(variable)
            writer.histogram(f"{name}/histogram", value, epoch)
            if self.write_images:
                pictures = weight_images(value)
                if pictures is not None:
                    writer.image(f"{name}/image", pictures, epoch)
        if self._inspection is None:
            self._inspection = Inspection(self._model)
        for name, value in self._inspection.activations():
            writer.histogram(f"{name}/activations", value, epoch)
        if self.write_grads:
            for variable, value in self._inspection.gradients():
                writer.histogram(f"{_tag(variable)}/gradient", value, epoch)

    def _embedding_layers(self) -> list[Any]:
        layers = self._model._flatten_layers(include_self=False)
        if self.embeddings_layer_names is None:
            return [x for x in layers if type(x).__name__ == "Embedding"]
        by_name = {layer.name: layer for layer in layers}
        for name in self.embeddings_layer_names:
            if name not in by_name:
                raise ValueError(
                    "`embeddings_layer_names` must name layers of the model."
                    f"{errors.suggestion(name, by_name)} Received: {name!r}"
                )
        return [by_name[name] for name in self.embeddings_layer_names]

    def _write_embeddings(self, epoch: int) -> None:
        layers = self._embedding_layers()
        if self.embeddings_data is None:
            tables = {layer.name: np.asarray(layer.weights[0]) for layer in layers}
        else:
            inspection = Inspection(self._model)
            tables = inspection.outputs_for(self.embeddings_data, layers, self.batch_size)
        if tables:
            write_projector(self.log_dir, tables, self.embeddings_metadata, epoch)


def _every(update_freq: Any) -> int | None:
    """Return every how many batches curves are written, None for not at all."""
    if update_freq == "epoch":
        return None
    if update_freq == "batch":
        return 1
    return errors.positive_int("TensorBoard", "update_freq", update_freq)


def _tag(variable: Any) -> str:
    return variable.path.replace(":", "_")
