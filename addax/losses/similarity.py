"""Circle loss: embeddings of one class together, of others apart."""

from __future__ import annotations

from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.engine import engine, xp
from addax.losses.base import LossFunctionWrapper
from addax.ops import math
from addax.ops._arrays import as_array, as_float

_MEAN = "sum_over_batch_size"


@register("losses")
def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Any:
    """Circle loss of embeddings against each other (or against references).

    Args:
        y_true: class numbers, `(batch,)` or `(batch, 1)`.
        y_pred: embeddings of length 1, `(batch, d)`.
        ref_labels: class numbers of `ref_embeddings`; default: `y_true`.
        ref_embeddings: embeddings to compare with; default: `y_pred`.
        remove_diagonal: whether an embedding is not compared with itself.
        gamma: scale.
        margin: in [0, 1]; the smaller, the tighter the classes.

    Returns: `(batch,)`; rows with loss 0 are masked.

    Example:
        >>> circle([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]]).shape
        (3,)

    Reference: Sun et al. 2020, arXiv:2002.10857.
    """
    values = _circle(
        y_true, y_pred, ref_labels, ref_embeddings, bool(remove_diagonal), gamma, margin
    )
    values.mask = math.greater(values, 0)
    return values


@op
def _circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any,
    ref_embeddings: Any,
    remove_diagonal: bool,
    gamma: float,
    margin: float,
) -> Any:
    y_pred = as_float(y_pred)
    labels = xp.ravel(as_array(y_true)).astype("int32")
    others = labels if ref_labels is None else xp.ravel(as_array(ref_labels)).astype("int32")
    references = y_pred if ref_embeddings is None else as_float(ref_embeddings)
    distances = xp.maximum(1.0 - y_pred @ references.T, 0.0)
    same = labels[:, None] == others[None, :]
    different = xp.logical_not(same)
    if remove_diagonal:
        same = xp.logical_and(same, xp.logical_not(xp.eye(*same.shape, dtype=bool)))
    pull = -gamma * (margin + distances) * (margin - distances)
    push = gamma * xp.maximum(1.0 + margin - distances, 0.0) * (1.0 - margin - distances)
    return engine.nn.softplus(_logsumexp(pull, same) + _logsumexp(push, different))


def _logsumexp(values: Any, mask: Any) -> Any:
    return engine.nn.logsumexp(xp.where(mask, values, -xp.inf), axis=1)


circle.integer_targets = True  # type: ignore[attr-defined]


@register("losses")
class Circle(LossFunctionWrapper):
    """Circle loss of embeddings of length 1 against each other.

    Args:
        gamma: scale.
        margin: in [0, 1]; the smaller, the tighter the classes.
        remove_diagonal: whether an embedding is not compared with itself.
        reduction, name, dtype: see `Loss`.

    Example:
        >>> float(Circle()([0, 0, 1], [[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])) > 0
        True
    """

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = _MEAN,
        name: str = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            circle, reduction, name, dtype,
            gamma=gamma, margin=margin, remove_diagonal=remove_diagonal,
        )  # fmt: skip
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal
