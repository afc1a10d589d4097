"""What is looked at between epochs: a loss that is NaN, and one that does not move."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from addax.engine import engine, xp
from addax.layers.probe import Call, Probe
from addax.training.diagnostics import first_batch
from addax.training.diagnostics.nan import explain
from addax.training.diagnostics.structure import activation_of
from addax.training.diagnostics.warning import warn_once

# Weights of this size are copied before the first epoch, to look for the cause of a NaN in it.
_KEPT_BYTES = 64 * 2**20
# An epoch that changes the loss by less than this share is no progress.
_PROGRESS = 0.02
_DEAD = 0.75
_ENOUGH_ROWS = 8


class Watch:
    """Looks after one `fit`, outside of its compiled steps.

    Args:
        model: the model, built and compiled.
        source: its data.
    """

    def __init__(self, model: Any, source: Any) -> None:
        self._model = model
        self._source = source
        self._epoch = source.epoch
        self._previous = math.inf
        self._biases: dict[str, np.ndarray] = {}
        self._looked = False
        self._stuck = 0  # epochs without progress so far
        self._start: dict[Any, Any] | None = None
        state = model.__dict__
        if state.get("_checked_loss", self) is not model._compile_loss:  # once per `compile`
            state["_checked_loss"] = model._compile_loss
            first_batch.check(model, source)
            self._start = _copies(model)

    def after_epoch(self, epoch: int, logs: dict[str, Any]) -> None:
        """Look at the loss of an epoch; costs nothing as long as it goes down."""
        loss = logs.get("loss")
        if isinstance(loss, float):
            if math.isnan(loss):
                cause = explain(self._model, self._source, self._epoch, self._start)
                before = f", after {self._previous:.4g}" if np.isfinite(self._previous) else ""
                text = f"The loss became NaN in epoch {epoch + 1}{before}. {cause}"
                warn_once(self._model, "nan", text)
            elif abs(loss - self._previous) < abs(loss) * _PROGRESS and not self._looked:
                self._stuck += 1
                if self._stuck & (self._stuck - 1) == 0:  # 1, 2, 4, ...: who looks must wait
                    self._look_for_dead_units()
            self._previous = loss
        self._start = None

    def _look_for_dead_units(self) -> None:
        """Compare the biases of ReLU layers with those of the last look.

        A bias that is the same bit for bit got no gradient in at least a whole epoch. Only then
        are the outputs of the layers looked at.
        """
        before, self._biases = self._biases, _relu_biases(self._model)
        for name, now in self._biases.items():
            if name in before and np.mean(before[name] == now) >= _DEAD:
                self._looked = True
        if self._looked:
            _warn_of_dead_units(self._model)


def _relu_biases(model: Any) -> dict[str, np.ndarray]:
    return {
        layer.name: np.array(layer.bias)
        for layer in model._flatten_layers()
        if getattr(layer, "bias", None) is not None
        and layer.trainable
        and activation_of(layer) == "relu"
    }


def _copies(model: Any) -> dict[Any, Any] | None:
    """Return copies of all arrays that training changes, by Variable; None if they are large."""
    variables = [*model.variables, *model.metrics_variables]
    if model.optimizer is not None:
        variables += model.optimizer.variables
    arrays = [variable.current() for variable in variables]
    if sum(array.nbytes for array in arrays) > _KEPT_BYTES:
        return None
    return dict(zip(variables, engine.owned_copy(arrays), strict=True))


def _warn_of_dead_units(model: Any) -> None:
    """Warn of layers whose ReLU gives 0 for the whole first batch."""
    x = None if model._sample is None else model._sample[0]
    if x is None or first_batch.rows(x) < _ENOUGH_ROWS:
        return

    def share(call: Call) -> Any:
        output = call.outputs[0] if call.outputs else xp.ones(1)
        return xp.mean(xp.all(output <= 0, axis=tuple(range(output.ndim - 1))))

    try:
        probe = Probe(model, share)
        found, _ = probe([v.current() for v in probe.variables], engine.place(x))
    except Exception:  # noqa: BLE001 - a user's own `call` may not be traceable a second time
        return
    dead = {
        layer.name: float(np.asarray(value))
        for layer, value in found
        if activation_of(layer) == "relu"
    }
    dead = {name: value for name, value in dead.items() if value >= _DEAD}
    if dead:
        names = ", ".join(f"'{name}' ({value:.0%})" for name, value in dead.items())
        warn_once(
            model,
            "dead",
            "The loss does not go down, and most ReLU units are dead: they give 0 for every sample "
            f"of a batch, so no gradient reaches their weights. Layers: {names}. Start again with "
            "a lower learning rate or scaled inputs, or use 'leaky_relu', 'elu' or 'gelu'.",
        )
