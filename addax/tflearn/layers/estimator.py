"""`regression`: how a network is trained."""

from __future__ import annotations

from typing import Any

from addax.core.tensor import Symbolic
from addax.tflearn.layers.nodes import Estimator

__all__ = ["regression"]


def regression(
    incoming: Symbolic,
    placeholder: Any = "default",
    optimizer: Any = "adam",
    loss: Any = "categorical_crossentropy",
    metric: Any = "default",
    learning_rate: float = 0.001,
    dtype: Any = "float32",
    batch_size: int | None = 64,
    shuffle_batches: bool = True,
    to_one_hot: bool = False,
    n_classes: int | None = None,
    trainable_vars: Any = None,
    restore: bool = True,
    op_name: str | None = None,
    validation_monitors: Any = None,
    validation_batch_size: int | None = None,
    name: str | None = None,
) -> Any:
    """Note how a network is trained; the output stays what it is.

    Args:
        incoming: output of the network.
        placeholder: accepted, has no effect.
        optimizer: name or object.
        loss: name or function `(y_pred, y_true)`.
        metric: name or object; accuracy by default, None for none.
        learning_rate: step size, if `optimizer` is a name.
        dtype: accepted, has no effect.
        batch_size: samples per batch, unless `fit` says otherwise.
        shuffle_batches: whether `fit` shuffles, unless it says otherwise.
        to_one_hot: whether targets are class numbers.
        n_classes: number of classes, with `to_one_hot`; default: size of the output.
        trainable_vars: must be None.
        restore: accepted; all weights are restored.
        op_name: accepted, has no effect.
        validation_monitors: accepted, has no effect.
        validation_batch_size: samples per batch in validation; `batch_size` by default.
        name: name by which `fit` may get the targets, in a dict.

    Raises:
        ValueError: for `trainable_vars`.

    Example:
        >>> from addax.tflearn import fully_connected, input_data
        >>> net = fully_connected(input_data([None, 4]), 2, activation="softmax")
        >>> regression(net, optimizer="sgd", learning_rate=0.1).shape
        (None, 2)
    """
    if trainable_vars is not None:
        raise ValueError(
            "`trainable_vars` of `regression` must be None. Pass `trainable=False` to the layers "
            "that are not to be trained."
        )
    settings = {
        "optimizer": optimizer,
        "loss": loss,
        "metric": metric,
        "learning_rate": learning_rate,
        "batch_size": batch_size or 64,
        "shuffle": shuffle_batches,
        "n_classes": (n_classes or incoming.shape[-1]) if to_one_hot else None,
        "validation_batch_size": validation_batch_size,
        "name": name,
    }
    return Estimator(settings)(incoming)
