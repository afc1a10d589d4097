"""Connectionist temporal classification as Keras 2 has it: the last class is the blank."""

from __future__ import annotations

from typing import Any

from addax import config, losses, ops

_IMPOSSIBLE = -1e9


def _lengths(values: Any) -> Any:
    return ops.reshape(ops.cast(values, "int32"), (-1, 1))


def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """Return the loss of label sequences whose positions in time are not known.

    Args:
        y_true: class numbers, `(batch, max_labels)`.
        y_pred: probabilities, `(batch, time, classes)`; the last class is the blank.
        input_length: times that count, `(batch, 1)`.
        label_length: labels that count, `(batch, 1)`.

    Returns: `(batch, 1)`.

    Reference: Graves et al. 2006, doi:10.1145/1143844.1143891.
    """
    labels = ops.cast(y_true, "int32")
    places = ops.expand_dims(ops.arange(labels.shape[1], dtype="int32"), 0)
    # the loss has the blank as class 0, and pads labels by it
    labels = ops.where(places < _lengths(label_length), labels + 1, 0)
    scores = ops.roll(ops.log(ops.convert_to_tensor(y_pred) + config.epsilon()), 1, axis=2)
    times = ops.expand_dims(ops.arange(scores.shape[1], dtype="int32"), 0)
    over = ops.expand_dims(times >= _lengths(input_length), -1)
    only_blank = ops.cast(ops.arange(scores.shape[2]) > 0, scores.dtype) * _IMPOSSIBLE
    return ops.expand_dims(losses.ctc(labels, ops.where(over, only_blank, scores)), 1)


def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[Any], Any]:
    """Return the most probable class at each time, without repetitions and blanks.

    Args:
        y_pred: probabilities, `(batch, time, classes)`; the last class is the blank.
        input_length: times that count, `(batch,)`.
        greedy: must be True.
        beam_width: ignored.
        top_paths: ignored.

    Returns: a list of one tensor `(batch, time)` of class numbers, padded by -1, and
        the negative log probabilities `(batch, 1)`.

    Raises:
        NotImplementedError: for a search along beams.
    """
    if not greedy:
        raise NotImplementedError(
            "`ctc_decode` takes the best class at each time only. Received: greedy=False"
        )
    y_pred = ops.convert_to_tensor(y_pred)
    steps, blank = y_pred.shape[1], y_pred.shape[2] - 1
    counts = ops.expand_dims(ops.arange(steps, dtype="int32"), 0) < _lengths(input_length)
    best = ops.cast(ops.argmax(y_pred, axis=-1), "int32")
    before = ops.pad(best[:, :-1], ((0, 0), (1, 0)), constant_values=-1)
    chosen = ops.logical_and(counts, ops.logical_and(best != blank, best != before))
    # stable: what was chosen moves to the front
    order = ops.argsort(ops.cast(ops.logical_not(chosen), "int32"), axis=1)
    path = ops.take_along_axis(ops.where(chosen, best, -1), order, axis=1)
    scores = ops.log(ops.max(y_pred, axis=-1) + config.epsilon())
    cost = -ops.sum(ops.where(counts, scores, 0.0), axis=1, keepdims=True)
    return [path], cost
