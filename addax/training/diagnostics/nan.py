"""Finds where the first number that is not finite comes from."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from addax import tree
from addax.core.tensor import raw
from addax.core.variable import functionalize
from addax.data import ArraySource
from addax.engine import engine, xp
from addax.layers.probe import Call, Probe
from addax.training import step as steps

_STREAM_STEPS = 100
_SECONDS = 10.0
# Numbers beyond this in float32 show that training ran away before it broke.
_RUNAWAY = 1e6

_COMMON = (
    "Common causes: a learning rate that is too high, inputs that are not scaled, or targets "
    "outside of what the loss expects."
)
_TERMINATE = " `callbacks.TerminateOnNaN()` stops training when it happens."
_RAN_AWAY = (
    "The numbers grew from step to step until they broke: lower the learning rate, scale the "
    "inputs, or set `clipnorm=1.0` on the optimizer."
)


class _Seen(NamedTuple):
    """What a step showed of a layer call: whether it is finite, and how large it is."""

    name: str
    kind: str
    finite_inputs: bool
    finite_outputs: bool
    largest_input: float


def explain(model: Any, source: Any, epoch: int, start: dict[Any, Any] | None) -> str:
    """Return sentences on why the loss is NaN.

    Data are looked at first. Then the steps of the epoch are done again from the weights that the
    model had before it, with an eye on every layer. The model itself stays as it is.

    Args:
        model: the model.
        source: its data.
        epoch: number of the epoch in the order of the data.
        start: arrays by Variable from before the epoch; None if they were not kept.
    """
    found = _in_data(model, source)
    if found is None and start is not None and _replayable(model):
        try:
            found = _replay(model, source, epoch, start)
        except Exception:  # noqa: BLE001 - no diagnosis must end a training that goes on
            found = None
    return (found or f"{_in_weights(model)}{_COMMON}") + _TERMINATE


def _replayable(model: Any) -> bool:
    return not (model.run_eagerly or model._overrides("train_step") or model.optimizer is None)


# -- data ---------------------------------------------------------------------------------


def _in_data(model: Any, source: Any) -> str | None:
    whole = source.arrays if source.arrays is not None else model._sample
    if whole is None:
        return None
    for what, structure in zip(("inputs", "targets", "sample weights"), whole, strict=True):
        for array in tree.flatten(structure):
            if isinstance(array, np.ndarray) and array.dtype.kind == "f":
                broken = array.size - int(np.isfinite(array).sum())
                if broken:
                    row = int(np.argwhere(~np.isfinite(array))[0][0])
                    return (
                        f"The {what} hold {broken} values that are NaN or infinite, the first in "
                        f"row {row}. Remove or replace them (`np.nan_to_num`)."
                    )
    return None


def _in_weights(model: Any) -> str:
    broken = [v.path for v in model.weights if not np.isfinite(np.asarray(v, "float32")).all()]
    if not broken or len(broken) == len(model.weights):
        return ""
    shown = ", ".join(broken[:3]) + (", ..." if len(broken) > 3 else "")
    return f"These weights are not finite: {shown}. "


# -- replay -------------------------------------------------------------------------------


def _replay(model: Any, source: Any, epoch: int, start: dict[Any, Any]) -> str | None:
    variables = list(start)
    probe = Probe(model, _measured, True, finish=_loss_of(model), more_variables=variables)
    step = engine.jit(functionalize(lambda batch: _train(model, batch), variables))
    values = list(start.values())
    for number, batch in enumerate(_batches(model, source, epoch), start=1):
        batch = engine.place(batch)
        now = dict(zip(variables, values, strict=True))
        calls, loss = probe([now[v] for v in probe.variables], batch[0], batch)
        seen = [_seen(layer, numbers) for layer, numbers in calls]
        if not all(call.finite_outputs for call in seen):
            return _blame_layer(seen, number)
        if not np.isfinite(loss):
            return _blame_loss(model, seen, number)
        _, values = step(values, batch)
    return None


def _train(model: Any, batch: Any) -> None:
    model.train_step(steps.as_data(steps.as_tensors(batch)))


def _batches(model: Any, source: Any, epoch: int) -> Iterator[Any]:
    """Yield the batches of an epoch as it was; of a stream, its first one again and again."""
    if not isinstance(source, ArraySource):
        yield from [model._sample] * _STREAM_STEPS
        return
    order = source.order(epoch)
    end = time.monotonic() + _SECONDS
    for number in range(source.num_batches):
        if time.monotonic() > end:
            return
        yield source.rows(order, number)


def _measured(call: Call) -> Any:
    def finite(arrays: list[Any]) -> Any:
        return xp.all(xp.stack([xp.all(xp.isfinite(a)) for a in arrays] or [xp.array(True)]))

    floats = [a for a in call.inputs if xp.issubdtype(a.dtype, np.floating)]
    outputs = [a for a in call.outputs if xp.issubdtype(a.dtype, np.floating)]
    largest = [xp.max(xp.abs(a)).astype("float32") for a in floats if a.size]
    return finite(floats), finite(outputs), xp.max(xp.stack([*largest, xp.zeros((), "float32")]))


def _seen(layer: Any, numbers: Any) -> _Seen:
    inputs, outputs, largest = numbers
    return _Seen(layer.name, type(layer).__name__, bool(inputs), bool(outputs), float(largest))


def _loss_of(model: Any) -> Any:
    def loss(y_pred: Any, batch: Any) -> Any:
        x, y, weight = steps.as_tensors(batch)
        return raw(model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=weight))

    return loss


def _blame_layer(seen: list[_Seen], number: int) -> str:
    first = next((call for call in seen if call.finite_inputs and not call.finite_outputs), None)
    if first is None:
        first = next(call for call in seen if not call.finite_outputs)
    text = (
        f"The first numbers that are not finite come out of layer '{first.name}' ({first.kind}), "
        f"in step {number}, from inputs of up to {first.largest_input:.3g}. "
    )
    if number > 1:
        return text + _RAN_AWAY
    return text + (
        "It is so with the initial weights: look for a division by 0, `log` or `sqrt` of numbers "
        "below 0, or `exp` of large ones in this layer."
    )


def _blame_loss(model: Any, seen: list[_Seen], number: int) -> str:
    name = getattr(model.loss, "name", None) or getattr(model.loss, "__name__", None) or model.loss
    text = (
        f"All layers put out finite numbers, but the loss '{name}' is not finite, first in step "
        f"{number}. "
    )
    if number > 1 and max(call.largest_input for call in seen) > _RUNAWAY:
        return text + _RAN_AWAY
    return text + (
        "Look for targets outside of its domain, a division by 0, or `log` of numbers that are "
        "not positive."
    )
