"""Connectionist temporal classification: label sequences whose places are not known.

Reference: Graves et al. 2006, doi:10.1145/1143844.1143891.
"""

from __future__ import annotations

from typing import Any

from addax import errors
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float

nn: Any = engine.nn
_LOG_ZERO = -1e30
_NONE = -1


@op
def ctc_loss(
    target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0
) -> Any:
    """`-log` of the probability of the label sequence, summed over all alignments.

    Args:
        target: class numbers, `(batch, max_labels)`.
        output: logits, `(batch, time, classes)`.
        target_length: labels that count, `(batch,)`.
        output_length: times that count, `(batch,)`.
        mask_index: the class that stands for "no label".

    Returns: `(batch,)`.

    Raises:
        ValueError: if the ranks are not 2 and 3.

    Example:
        >>> ctc_loss([[1]], [[[0.0, 0.0]]], [1], [1]).numpy()
        array([0.6931472], dtype=float32)
    """
    labels, scores = as_array(target).astype("int32"), as_float(output)
    if labels.ndim != 2 or scores.ndim != 3:
        raise ValueError(
            "`ctc_loss` needs labels of shape (batch, labels) and logits of shape (batch, time, "
            f"classes). Received: shapes {tuple(labels.shape)} and {tuple(scores.shape)}"
        )
    # blank, label, blank, label, ..., blank
    states = xp.full((labels.shape[0], 2 * labels.shape[1] + 1), mask_index, "int32")
    states = states.at[:, 1::2].set(labels)
    log_probabilities = nn.log_softmax(scores, axis=-1)
    emitted = xp.take_along_axis(log_probabilities, states[:, None, :], axis=2)
    counts = xp.arange(scores.shape[1])[:, None] < as_array(output_length)
    last = 2 * as_array(target_length).astype("int32")
    return -_forward(states, xp.moveaxis(emitted, 1, 0), counts, last, mask_index)


def _forward(states: Any, emitted: Any, counts: Any, last: Any, blank: int) -> Any:
    """Run the forward recursion over time and return the log likelihood.

    Args:
        states: label of each state, `(batch, states)`.
        emitted: its log probability at each time, `(time, batch, states)`.
        counts: which times count, `(time, batch)`.
        last: index of the last state of each sample, `(batch,)`.
        blank: the label of states without one.
    """
    two_before = xp.pad(states, ((0, 0), (2, 0)), constant_values=blank)[:, :-2]
    may_skip = xp.logical_and(states != blank, states != two_before)
    start = xp.arange(states.shape[1]) < 2
    alpha = xp.where(start[None, :], emitted[0], _LOG_ZERO)

    def step(alpha: Any, now: Any) -> tuple[Any, None]:
        emitted_now, go_on = now
        one = xp.pad(alpha, ((0, 0), (1, 0)), constant_values=_LOG_ZERO)[:, :-1]
        two = xp.pad(alpha, ((0, 0), (2, 0)), constant_values=_LOG_ZERO)[:, :-2]
        total = xp.logaddexp(xp.logaddexp(alpha, one), xp.where(may_skip, two, _LOG_ZERO))
        return xp.where(go_on[:, None], total + emitted_now, alpha), None

    alpha, _ = engine.scan(step, alpha, (emitted[1:], counts[1:]))
    final = xp.take_along_axis(alpha, last[:, None], axis=1)[:, 0]
    before = xp.take_along_axis(alpha, xp.maximum(last - 1, 0)[:, None], axis=1)[:, 0]
    return xp.logaddexp(final, xp.where(last > 0, before, _LOG_ZERO))


@op
def ctc_decode(
    inputs: Any,
    sequence_lengths: Any,
    strategy: str = "greedy",
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
    mask_index: int = 0,
) -> tuple[Any, Any]:
    """Find probable label sequences.

    Args:
        inputs: logits, `(batch, time, classes)`.
        sequence_lengths: times that count, `(batch,)`.
        strategy: `"greedy"`, the best class at each time, or `"beam_search"`.
        beam_width: label sequences kept at each time of a beam search.
        top_paths: label sequences returned by a beam search.
        merge_repeated: whether a greedy search takes equal neighbors as one label.
        mask_index: the class that stands for "no label".

    Returns: class numbers `(paths, batch, time)`, filled up by -1, and scores: minus the
        sum of the best logits, `(batch, 1)`, for a greedy search; log probabilities,
        `(batch, top_paths)`, for a beam search.

    Raises:
        ValueError: for another strategy.

    Example:
        >>> paths, scores = ctc_decode([[[0.0, 3.0], [5.0, 0.0], [0.0, 2.0]]], [3])
        >>> paths.numpy(), scores.numpy()
        (array([[[ 1,  1, -1]]], dtype=int32), array([[-10.]], dtype=float32))
    """
    errors.one_of("ctc_decode", "strategy", strategy, ("greedy", "beam_search"))
    inputs, lengths = as_float(inputs), as_array(sequence_lengths)
    counts = xp.arange(inputs.shape[1]) < lengths[:, None]
    if strategy == "greedy":
        return _greedy(inputs, counts, merge_repeated, mask_index)

    def one_sample(scores: Any, counts: Any) -> tuple[Any, Any]:
        return _beam_search(scores, counts, beam_width, top_paths, mask_index)

    paths, scores = engine.vmap(one_sample)(nn.log_softmax(inputs, axis=-1), counts)
    return xp.moveaxis(paths, 1, 0), scores


def _greedy(inputs: Any, counts: Any, merge: bool, blank: int) -> tuple[Any, Any]:
    best = xp.argmax(inputs, axis=-1).astype("int32")
    chosen = xp.logical_and(counts, best != blank)
    if merge:
        before = xp.pad(best[:, :-1], ((0, 0), (1, 0)), constant_values=blank)
        chosen = xp.logical_and(chosen, best != before)
    # stable: what was chosen moves to the front
    order = xp.argsort(xp.logical_not(chosen), axis=1)
    path = xp.take_along_axis(xp.where(chosen, best, _NONE), order, axis=1)
    scores = xp.where(counts, xp.max(inputs, axis=-1), 0.0)
    return path[None], -xp.sum(scores, axis=1, keepdims=True)


def _beam_search(
    scores: Any, counts: Any, width: int, top_paths: int, blank: int
) -> tuple[Any, Any]:
    """Search the label sequences of one sample, each with all its alignments.

    Args:
        scores: log probabilities, `(time, classes)`.
        counts: which times count, `(time,)`.
        width: label sequences kept.
        top_paths: label sequences returned.
        blank: class that stands for no label.

    Returns: `(top_paths, time)` class numbers and `(top_paths,)` log probabilities.
    """
    paths = xp.full((width, scores.shape[0]), _NONE, "int32")
    empty_only = xp.where(xp.arange(width) == 0, 0.0, -xp.inf).astype(scores.dtype)
    nothing = xp.full(width, -xp.inf, scores.dtype)
    start = (paths, xp.zeros(width, "int32"), empty_only, nothing)

    def step(beam: Any, now: Any) -> tuple[Any, None]:
        new = _extend(beam, now[0], blank)
        return tuple(xp.where(now[1], a, b) for a, b in zip(new, beam, strict=True)), None

    (paths, _, after_blank, after_label), _ = engine.scan(step, start, (scores, counts))
    best, which = nn.top_k(xp.logaddexp(after_blank, after_label), top_paths)
    return paths[which], best


def _extend(beam: Any, now: Any, blank: int) -> tuple[Any, ...]:
    """Go on by one time.

    Args:
        beam: paths `(width, time)`, their lengths, and the log probabilities of the
            alignments that end without a label and with one, each `(width,)`.
        now: log probabilities of the classes.
        blank: class that stands for no label.
    """
    paths, lengths, after_blank, after_label = beam
    width, classes = len(lengths), len(now)
    tails = xp.where(
        lengths > 0,
        xp.take_along_axis(paths, xp.maximum(lengths - 1, 0)[:, None], axis=1)[:, 0],
        _NONE,
    )
    total = xp.logaddexp(after_blank, after_label)
    stay_blank = total + now[blank]
    stay_label = xp.where(lengths > 0, after_label + now[tails], -xp.inf)
    # a label that repeats the last one starts anew only after a blank
    repeats = tails[:, None] == xp.arange(classes)
    grown = xp.where(repeats, after_blank[:, None], total[:, None]) + now
    grown = xp.where(xp.arange(classes) == blank, -xp.inf, grown)
    # a longer path may be in the beam already: then it takes over the score
    longer = xp.where(xp.arange(paths.shape[1]) == lengths[:, None] - 1, _NONE, paths)
    is_parent = xp.all(longer[:, None] == paths[None], axis=-1) & (lengths > 0)[:, None]
    is_parent &= lengths[:, None] == lengths[None] + 1
    is_parent &= xp.isfinite(total)[:, None]
    from_parent = xp.where(is_parent, grown[:, tails].T, -xp.inf)
    stay_label = xp.logaddexp(stay_label, nn.logsumexp(from_parent, axis=1))
    known = xp.any(is_parent[:, :, None] & repeats[:, None, :], axis=0)
    grown = xp.where(known, -xp.inf, grown)
    candidates = xp.concatenate([xp.logaddexp(stay_blank, stay_label), grown.ravel()])
    _, which = nn.top_k(candidates, width)
    stays = which < width
    source = xp.where(stays, which, (which - width) // classes)
    label = xp.where(stays, _NONE, (which - width) % classes).astype("int32")
    grown_score = grown.ravel()[xp.maximum(which - width, 0)]
    end = xp.arange(paths.shape[1]) == lengths[source][:, None]
    return (
        xp.where(end, label[:, None], paths[source]),
        (lengths[source] + ~stays).astype("int32"),
        xp.where(stays, stay_blank[source], -xp.inf),
        xp.where(stays, stay_label[source], grown_score),
    )
