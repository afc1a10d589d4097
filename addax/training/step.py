"""One step of training, testing and predicting, as imperative code over Variables.

The loop turns these into pure functions with `functionalize`; models may override
`train_step`, `test_step` and `predict_step` in the same style.
"""

from __future__ import annotations

import inspect
from typing import Any

from addax import tree
from addax.core.differentiate import value_and_grad
from addax.core.host_text import opened
from addax.core.tensor import Tensor, raw
from addax.data import unpack_x_y_sample_weight


def call_model(model: Any, x: Any, training: bool) -> Any:
    """Call the model, with `training` if its `call` takes it."""
    return model(x, training=training)


def loss_of(model: Any, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Any:
    """Return what `compute_loss` does, with `training` if it takes it: older ones do not."""
    parameters = inspect.signature(model.compute_loss).parameters
    options = {"training": training} if "training" in parameters else {}
    return model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, **options)


def train_step(model: Any, data: Any) -> dict[str, Any]:
    """Do one update of the weights and return the logs."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    variables = model.trainable_variables

    def forward() -> tuple[Any, Any]:
        y_pred = call_model(model, x, training=True)
        loss = loss_of(model, x, y, y_pred, sample_weight, training=True)
        return model.optimizer.scale_loss(loss), (y_pred, loss, added_metrics(model))

    if variables:
        _, (y_pred, loss, added), gradients = value_and_grad(forward, variables)
        model.optimizer.apply(gradients, variables)
    else:
        _, (y_pred, loss, added) = forward()
    track_loss(model, loss, x, added)
    return model.compute_metrics(x, y, y_pred, sample_weight)


def test_step(model: Any, data: Any) -> dict[str, Any]:
    """Compute loss and metrics of a batch and return the logs."""
    x, y, sample_weight = unpack_x_y_sample_weight(data)
    y_pred = call_model(model, x, training=False)
    loss = loss_of(model, x, y, y_pred, sample_weight, training=False)
    track_loss(model, loss, x, added_metrics(model))
    return model.compute_metrics(x, y, y_pred, sample_weight)


def predict_step(model: Any, data: Any) -> Any:
    """Return the outputs of a batch."""
    x, _, _ = unpack_x_y_sample_weight(data)
    return call_model(model, x, training=False)


def track_loss(model: Any, loss: Any, x: Any, added: dict[str, Any]) -> None:
    """Add the loss of a batch, weighted by its size, and what layers reported, to the means."""
    rows = next((leaf.shape[0] for leaf in tree.flatten(x) if getattr(leaf, "shape", ())), 1)
    model._loss_tracker.update_state(loss, sample_weight=rows)
    for name, value in added.items():
        model._added_metrics[name].update_state(value)


def added_metrics(model: Any) -> dict[str, Any]:
    """Return what layers reported with `add_metric` in the last call, by name."""
    return {
        name: value
        for layer in model._flatten_layers()
        for name, value in layer._call_metrics.items()
        if name in model._added_metrics
    }


def as_tensors(batch: Any) -> Any:
    """Put the raw arrays of a batch into Tensors."""
    return tree.map_structure(lambda leaf: leaf if leaf is None else Tensor(leaf), batch)


def as_data(batch: Any) -> Any:
    """Return `(x, y, sample_weight)` as steps receive it: without the None at its end.

    Inputs alone come as they are, in a tuple only if they are a tuple or list themselves.
    """
    x, y, sample_weight = batch
    x = opened(x)
    if sample_weight is not None:
        return (x, y, sample_weight)
    if y is not None:
        return (x, y)
    return (x,) if isinstance(x, (tuple, list)) else x


def raw_logs(logs: Any) -> dict[str, Any]:
    """Return a step's logs as raw arrays.

    Raises:
        TypeError: if the step returned no dict.
    """
    if not isinstance(logs, dict):
        raise TypeError(
            "`train_step` and `test_step` must return a dict of metric results by name. "
            f"Received: {type(logs).__name__}"
        )
    return {str(key): raw(value) for key, value in logs.items()}
