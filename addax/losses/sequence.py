"""Connectionist temporal classification: labels without positions."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.losses.base import LossFunctionWrapper
from addax.ops import convert_to_tensor, ctc_loss, not_equal, sum, zeros_like

_MEAN = "sum_over_batch_size"


@register("losses")
def ctc(y_true: Any, y_pred: Any) -> Any:
    """`-log` of the probability of the label sequence, summed over all alignments.

    Args:
        y_true: class numbers, `(batch, max_labels)`, padded with 0.
        y_pred: logits, `(batch, time, classes)`; class 0 is the blank.

    Returns: `(batch,)`.

    Raises:
        ValueError: if the ranks are not 2 and 3.

    Example:
        >>> ctc([[1]], [[[0.0, 0.0]]]).numpy()
        array([0.6931472], dtype=float32)

    Reference: Graves et al. 2006, doi:10.1145/1143844.1143891.
    """
    labels, scores = convert_to_tensor(y_true), convert_to_tensor(y_pred)
    if labels.ndim != 2 or scores.ndim != 3:
        raise ValueError(
            "`ctc` needs y_true of shape (batch, labels) and y_pred of shape (batch, time, "
            f"classes). Received: shapes {tuple(labels.shape)} and {tuple(scores.shape)}"
        )
    label_length = sum(not_equal(labels, 0), axis=1)
    return ctc_loss(labels, scores, label_length, zeros_like(label_length) + scores.shape[1])


ctc.integer_targets = True  # type: ignore[attr-defined]


@register("losses")
class CTC(LossFunctionWrapper):
    """Loss of label sequences whose positions in time are not known.

    Args:
        reduction, name, dtype: see `Loss`.

    Example:
        >>> round(float(CTC()([[1]], [[[0.0, 0.0]]])), 4)
        0.6931
    """

    def __init__(self, reduction: str | None = _MEAN, name: str = "ctc", dtype: Any = None) -> None:
        super().__init__(ctc, reduction, name, dtype)
