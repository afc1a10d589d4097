"""Connectionist temporal classification: labels without positions."""

from __future__ import annotations

from typing import Any

from addax.core.graph import op
from addax.core.registry import register
from addax.engine import engine, xp
from addax.losses.base import LossFunctionWrapper
from addax.ops._arrays import as_array, as_float

_MEAN = "sum_over_batch_size"
_LOG_ZERO = -1e30


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
    return _ctc(y_true, y_pred)


ctc.integer_targets = True  # type: ignore[attr-defined]


@op
def _ctc(y_true: Any, y_pred: Any) -> Any:
    labels, scores = as_array(y_true).astype("int32"), as_float(y_pred)
    if labels.ndim != 2 or scores.ndim != 3:
        raise ValueError(
            "`ctc` needs y_true of shape (batch, labels) and y_pred of shape (batch, time, "
            f"classes). Received: shapes {tuple(labels.shape)} and {tuple(scores.shape)}"
        )
    # blank, label, blank, label, ..., blank
    states = xp.zeros((labels.shape[0], 2 * labels.shape[1] + 1), "int32").at[:, 1::2].set(labels)
    log_probabilities = engine.nn.log_softmax(scores, axis=-1)
    emitted = xp.take_along_axis(log_probabilities, states[:, None, :], axis=2)
    last = 2 * xp.sum(labels != 0, axis=1)
    return -_forward(states, xp.moveaxis(emitted, 1, 0), last)


def _forward(states: Any, emitted: Any, last: Any) -> Any:
    """Run the forward recursion over time and return the log likelihood.

    Args:
        states: label of each state, `(batch, states)`.
        emitted: its log probability at each time, `(time, batch, states)`.
        last: index of the last state of each sample, `(batch,)`.
    """
    two_before = xp.pad(states, ((0, 0), (2, 0)), constant_values=0)[:, :-2]
    may_skip = xp.logical_and(states != 0, states != two_before)
    start = xp.arange(states.shape[1]) < 2
    alpha = xp.where(start[None, :], emitted[0], _LOG_ZERO)

    def step(alpha: Any, now: Any) -> tuple[Any, None]:
        one = xp.pad(alpha, ((0, 0), (1, 0)), constant_values=_LOG_ZERO)[:, :-1]
        two = xp.pad(alpha, ((0, 0), (2, 0)), constant_values=_LOG_ZERO)[:, :-2]
        total = xp.logaddexp(xp.logaddexp(alpha, one), xp.where(may_skip, two, _LOG_ZERO))
        return total + now, None

    alpha, _ = engine.scan(step, alpha, emitted[1:])
    final = xp.take_along_axis(alpha, last[:, None], axis=1)[:, 0]
    before = xp.take_along_axis(alpha, xp.maximum(last - 1, 0)[:, None], axis=1)[:, 0]
    return xp.logaddexp(final, xp.where(last > 0, before, _LOG_ZERO))


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
