"""`DNN`: trains and uses a network that ends in `regression`."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from addax import callbacks as keras_callbacks
from addax.core.tensor import Symbolic
from addax.layers import Layer
from addax.models import Model
from addax.tflearn import data_utils, metrics, objectives, optimizers
from addax.tflearn.layers.nodes import DataInput, Estimator
from addax.tflearn.models.batches import AugmentedBatches
from addax.tflearn.models.term_logger import TermLogger

__all__ = ["DNN"]

_SUFFIX = ".weights.h5"


def _path(model_file: str) -> str:
    name = os.fspath(model_file)
    return name if name.endswith(_SUFFIX) else name + _SUFFIX


def _rename_repeated(layers: Iterable[Any]) -> None:
    """Number layers of the same name, which TFLearn allows and a model does not."""
    taken: set[str] = set()
    for layer in layers:
        name = layer.name
        candidates = (f"{name}_{i}" for i in itertools.count(1))
        while layer.name in taken:
            layer.name = next(candidates)
        taken.add(layer.name)


def _network_inputs(output: Symbolic) -> list[Symbolic]:
    """Return the symbolic inputs that a tensor depends on, by the order they were made."""
    layers: dict[int, Layer] = {}
    found: dict[int, Symbolic] = {}
    seen: set[int] = set()
    orders: dict[int, int] = {}
    stack = [output]
    while stack:
        symbol = stack.pop()
        if id(symbol) in seen:
            continue
        seen.add(id(symbol))
        if symbol.node is None or not symbol.node.inputs:
            found[id(symbol)] = symbol
            continue
        layer = symbol.node.operation
        for before in symbol.node.inputs:
            if isinstance(layer, DataInput):
                orders[id(before)] = layer.order
            stack.append(before)
        if isinstance(layer, Layer):
            layers[id(layer)] = layer
    _rename_repeated(reversed(layers.values()))
    return sorted(found.values(), key=lambda symbol: orders.get(id(symbol), -1))


class DNN:
    """A network that can be trained and used.

    Args:
        network: output of `regression`; of another layer for prediction only.
        clip_gradients: largest norm of all gradients together; 0 for no limit. Optimizers that
            are no TFLearn ones have their own limits.
        tensorboard_verbose: accepted, has no effect.
        tensorboard_dir: accepted, has no effect.
        checkpoint_path: start of the paths where `fit` saves the weights after each epoch.
        best_checkpoint_path: path where `fit` saves the weights with the lowest validation loss.
        max_checkpoints: accepted, has no effect: all are kept.
        session: accepted, has no effect.
        best_val_accuracy: accepted, has no effect.

    Raises:
        ValueError: if `network` is not a tensor of a network.

    Example:
        >>> from addax import tflearn
        >>> net = tflearn.fully_connected(tflearn.input_data([None, 2]), 1)
        >>> model = DNN(tflearn.regression(net, loss="mean_square"))
        >>> model.predict([[0.0, 0.0]]).tolist()
        [[0.0]]
    """

    def __init__(
        self,
        network: Any,
        clip_gradients: float | None = 5.0,
        tensorboard_verbose: int = 0,
        tensorboard_dir: str = "/tmp/tflearn_logs/",
        checkpoint_path: str | None = None,
        best_checkpoint_path: str | None = None,
        max_checkpoints: int | None = None,
        session: Any = None,
        best_val_accuracy: float = 0.0,
    ) -> None:
        if not isinstance(network, Symbolic):
            raise ValueError(
                "`network` of `DNN` must be what `regression` returned. Received: "
                f"{type(network).__name__}"
            )
        self.net = network
        self.checkpoint_path = checkpoint_path
        self.best_checkpoint_path = best_checkpoint_path
        inputs = _network_inputs(network)
        self.model = Model(inputs[0] if len(inputs) == 1 else inputs, network)
        entries = [layer for layer in self.model.layers if isinstance(layer, DataInput)]
        self.inputs = sorted(entries, key=lambda layer: layer.order)
        ends = [layer for layer in self.model.layers if isinstance(layer, Estimator)]
        self.estimator = ends[-1] if ends else None
        if self.estimator is not None:
            self._compile(self.estimator.settings, clip_gradients)

    def _compile(self, settings: dict[str, Any], clip_gradients: float | None) -> None:
        metric = metrics.get(settings["metric"])
        self.model.compile(
            optimizer=optimizers.get(
                settings["optimizer"], settings["learning_rate"], clip_gradients
            ),
            loss=objectives.get(settings["loss"]),
            metrics=None if metric is None else [metric],
        )

    def _settings(self, method: str) -> dict[str, Any]:
        if self.estimator is None:
            raise ValueError(
                f"`DNN.{method}` needs to know how to train: pass the network through "
                "`regression` before `DNN`."
            )
        return self.estimator.settings

    def _raw(self, data: Any) -> list[Any]:
        """Return one array or list per input."""
        if isinstance(data, dict):
            return [data[self._key(data, layer.label)] for layer in self.inputs]
        parts = [data] if len(self.inputs) == 1 else list(data)
        if len(parts) != len(self.inputs):
            raise ValueError(
                f"The network has {len(self.inputs)} inputs and needs a list of as many arrays. "
                f"Received: {len(parts)}"
            )
        return parts

    def _prepared(self, parts: list[Any], fitting: bool = False) -> Any:
        """Return the data as the network sees it: an array, or a list of them."""
        arrays = [
            layer.prepare(part, fitting=fitting)
            for layer, part in zip(self.inputs, parts, strict=True)
        ]
        return arrays[0] if len(arrays) == 1 else arrays

    @staticmethod
    def _key(data: dict[Any, Any], label: str) -> Any:
        for key in (label, f"{label}/X"):
            if key in data:
                return key
        if len(data) == 1:
            return next(iter(data))
        raise ValueError(f"There is no data for the input {label!r}. Received: {sorted(data)}")

    def _targets(self, targets: Any, settings: dict[str, Any]) -> np.ndarray:
        if isinstance(targets, dict):
            targets = next(iter(targets.values()))
        if settings["n_classes"]:
            return data_utils.to_categorical(targets, settings["n_classes"])
        return np.asarray(targets, "float32")

    def fit(
        self,
        X_inputs: Any,  # noqa: N803
        Y_targets: Any,  # noqa: N803
        n_epoch: int = 10,
        validation_set: Any = None,
        show_metric: bool = False,
        batch_size: int | None = None,
        shuffle: bool | None = None,
        snapshot_epoch: bool = True,
        snapshot_step: int | None = None,
        excl_trainops: Any = None,
        validation_batch_size: int | None = None,
        run_id: str | None = None,
        callbacks: Any = (),
    ) -> None:
        """Train the network; again to train it further.

        Args:
            X_inputs: samples, an array or nested lists; a list of them for several inputs, or a
                dict by the names of the inputs.
            Y_targets: targets, likewise.
            n_epoch: number of epochs.
            validation_set: `(X, Y)`, or the share of the samples, taken from their end.
            show_metric: whether to print the metric besides the loss.
            batch_size: samples per batch; that of `regression` by default, 64.
            shuffle: whether to shuffle each epoch; as `regression` says by default.
            snapshot_epoch: whether to validate and to save checkpoints after each epoch.
            snapshot_step: accepted, has no effect: snapshots are made after epochs.
            excl_trainops: accepted, has no effect.
            validation_batch_size: samples per batch in validation.
            run_id: name of the run, printed.
            callbacks: Keras callbacks, one or a list.
        """
        settings = self._settings("fit")
        x, y = self._raw(X_inputs), self._targets(Y_targets, settings)
        if isinstance(validation_set, float | int):
            start = len(y) - int(len(y) * validation_set)
            validation_set = ([part[start:] for part in x], y[start:])
            x, y = [part[:start] for part in x], y[:start]
        elif validation_set is not None:
            test_x, test_y = validation_set
            validation_set = (self._raw(test_x), self._targets(test_y, settings))
        data = self._prepared(x, fitting=True)
        if validation_set is not None:
            validation_set = (self._prepared(validation_set[0]), validation_set[1])
        size = batch_size or settings["batch_size"]
        given = list(callbacks) if isinstance(callbacks, list | tuple) else [callbacks]
        if snapshot_epoch:
            given += self._checkpoints(validation_set is not None)
        self.model.fit(
            **self._source(data, y, size, settings["shuffle"] if shuffle is None else shuffle),
            epochs=n_epoch,
            verbose=0,
            validation_data=validation_set if snapshot_epoch or snapshot_step else None,
            validation_batch_size=validation_batch_size
            or settings["validation_batch_size"]
            or size,
            callbacks=[*given, TermLogger(n_epoch, show_metric, run_id)],
        )

    def _source(self, x: Any, y: np.ndarray, batch_size: int, shuffle: Any) -> dict[str, Any]:
        """Return the arguments of `Model.fit` that say where batches come from."""
        changes = [layer.data_augmentation for layer in self.inputs]
        if not any(changes):
            return {"x": x, "y": y, "batch_size": batch_size, "shuffle": bool(shuffle)}
        arrays = x if isinstance(x, list) else [x]
        return {"x": AugmentedBatches(arrays, y, changes, batch_size, bool(shuffle))}

    def _checkpoints(self, validated: bool) -> list[Any]:
        kept: dict[str, Any] = {"save_weights_only": True}
        found = []
        if self.checkpoint_path:
            path = self.checkpoint_path + "-{epoch}" + _SUFFIX
            found.append(keras_callbacks.ModelCheckpoint(path, **kept))
        if self.best_checkpoint_path and validated:
            path = self.best_checkpoint_path + _SUFFIX
            best: dict[str, Any] = {"monitor": "val_loss", "save_best_only": True}
            found.append(keras_callbacks.ModelCheckpoint(path, **kept, **best))
        return found

    def predict(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the outputs for samples, `(samples, ...)`.

        Args:
            X: samples, see `fit`.
        """
        return self.model.predict(self._prepared(self._raw(X)), verbose=0)

    def predict_label(self, X: Any) -> np.ndarray:  # noqa: N803
        """Return the classes for samples, the most probable first."""
        return np.argsort(-self.predict(X), axis=-1, kind="stable")

    def evaluate(self, X: Any, Y: Any, batch_size: int = 128) -> list[float]:  # noqa: N803
        """Return the metric on samples, in a list; the loss for a network without metrics.

        Args:
            X: samples, see `fit`.
            Y: targets.
            batch_size: samples per batch.
        """
        y = self._targets(Y, self._settings("evaluate"))
        x = self._prepared(self._raw(X))
        found = np.atleast_1d(self.model.evaluate(x, y, batch_size=batch_size, verbose=0))
        return [float(value) for value in found[-1:]]

    def save(self, model_file: str) -> None:
        """Save all weights, and the numbers of the preprocessing.

        Args:
            model_file: path; `.weights.h5` is appended.
        """
        for layer in self.inputs:
            layer.store()
        self.model.save_weights(_path(model_file))

    def load(self, model_file: str, weights_only: bool = False, **optargs: Any) -> None:
        """Load what `save` wrote, into a network of the same form.

        Args:
            model_file: path that `save` was given.
            weights_only: accepted, has no effect: weights are all that is saved.
            **optargs: accepted, have no effect.
        """
        self.model.load_weights(_path(model_file))
        for layer in self.inputs:
            layer.restore()
