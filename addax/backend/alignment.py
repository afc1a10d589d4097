"""Connectionist temporal classification as Keras 2 has it: the last class is the blank."""

from __future__ import annotations

from typing import Any

from addax import config, ops


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
    scores = ops.log(ops.convert_to_tensor(y_pred) + config.epsilon())
    labels, times = (
        ops.reshape(ops.cast(length, "int32"), (-1,)) for length in (label_length, input_length)
    )
    loss = ops.ctc_loss(y_true, scores, labels, times, scores.shape[-1] - 1)
    return ops.expand_dims(loss, 1)


def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[Any], Any]:
    """Return probable label sequences.

    Args:
        y_pred: probabilities, `(batch, time, classes)`; the last class is the blank.
        input_length: times that count, `(batch,)`.
        greedy: whether to take the best class at each time; else the best sequences of a
            beam search over all their alignments.
        beam_width: sequences kept at each time of a beam search.
        top_paths: sequences returned by a beam search.

    Returns: a list of tensors `(batch, time)` of class numbers, padded by -1, one for each
        path; and the negative log probabilities `(batch, 1)` of a greedy search, or the log
        probabilities `(batch, top_paths)` of a beam search.
    """
    scores = ops.log(ops.convert_to_tensor(y_pred) + config.epsilon())
    paths, costs = ops.ctc_decode(
        scores,
        ops.reshape(ops.cast(input_length, "int32"), (-1,)),
        strategy="greedy" if greedy else "beam_search",
        beam_width=beam_width,
        top_paths=top_paths,
        mask_index=scores.shape[-1] - 1,
    )
    return ops.unstack(paths), costs
