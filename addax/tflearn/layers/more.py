"""Merging, embedding, recurrent layers and normalization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, layers, ops
from addax.core.tensor import Symbolic
from addax.tflearn import initializations
from addax.tflearn.activations import get as get_activation

_MERGES = {
    "elemwise_sum": ops.add,
    "elemwise_mul": ops.multiply,
}
_REDUCTIONS = {"sum": ops.sum, "mean": ops.mean, "prod": ops.prod, "max": ops.max, "min": ops.min}


def merge(
    tensors_list: Sequence[Symbolic], mode: str, axis: int = 1, name: str | None = None
) -> Any:
    """Return one tensor made of several.

    Args:
        tensors_list: the tensors.
        mode: `"concat"`; `"elemwise_sum"` or `"elemwise_mul"`; or `"sum"`, `"mean"`, `"prod"`,
            `"max"` or `"min"` along `axis` of the joined tensors.
        axis: along which tensors are joined.
        name: accepted, has no effect.

    Raises:
        ValueError: for another mode.

    Example:
        >>> merge([layers.Input((2,)), layers.Input((3,))], "concat").shape
        (None, 5)
    """
    if mode in _MERGES:
        found = tensors_list[0]
        for tensor in tensors_list[1:]:
            found = _MERGES[mode](found, tensor)
        return found
    errors.one_of("merge", "mode", mode, ("concat", *_MERGES, *_REDUCTIONS))
    joined = ops.concatenate(list(tensors_list), axis=axis)
    return joined if mode == "concat" else _REDUCTIONS[mode](joined, axis=axis)


def embedding(
    incoming: Symbolic,
    input_dim: int,
    output_dim: int,
    validate_indices: bool = False,
    weights_init: Any = "truncated_normal",
    trainable: bool = True,
    restore: bool = True,
    reuse: bool = False,
    scope: str | None = None,
    name: str | None = None,
) -> Any:
    """Return a learned vector for each integer.

    Args:
        incoming: tensor of integers (of any dtype), `(batch, length)`.
        input_dim: number of different integers.
        output_dim: size of the vectors.
        validate_indices: accepted, has no effect.
        weights_init: initializer of the vectors.
        trainable: whether they are trained.
        restore: accepted; all weights are restored.
        reuse: accepted, has no effect.
        scope: accepted, has no effect.
        name: name of the layer.

    Example:
        >>> embedding(layers.Input((7,)), 100, 16).shape
        (None, 7, 16)
    """
    start = initializations.get(weights_init)
    layer = layers.Embedding(
        input_dim, output_dim, embeddings_initializer=start, trainable=trainable, name=name
    )
    return layer(ops.cast(incoming, "int32"))


def _recurrent(
    kind: Any, incoming: Symbolic, n_units: int, outer: Any, inner: Any, dropout: Any, **rest: Any
) -> Any:
    """Return a recurrent layer's output; `dropout` has shares that are kept."""
    keep = (1.0, 1.0) if dropout is None else dropout
    before, after = (keep, keep) if isinstance(keep, float | int) else keep
    layer = kind(
        n_units,
        activation=get_activation(outer),
        recurrent_activation=get_activation(inner),
        dropout=1 - before,
        **rest,
    )
    output = layer(incoming)
    return output if after == 1 else layers.Dropout(1 - after)(output)


def lstm(
    incoming: Symbolic,
    n_units: int,
    activation: Any = "tanh",
    inner_activation: Any = "sigmoid",
    dropout: float | tuple[float, float] | None = None,
    bias: bool = True,
    weights_init: Any = None,
    forget_bias: float = 1.0,
    return_seq: bool = False,
    return_state: bool = False,
    initial_state: Any = None,
    dynamic: bool = False,
    trainable: bool = True,
    restore: bool = True,
    reuse: bool = False,
    scope: str | None = None,
    name: str | None = None,
) -> Any:
    """Return the last output (or all) of a long short-term memory.

    Args:
        incoming: tensor, `(batch, length, features)`.
        n_units: size of the state.
        activation: of the output.
        inner_activation: of the gates.
        dropout: share of inputs and outputs that is kept, or one share for each.
        bias: whether a bias is added.
        weights_init: initializer of the kernel; uniform by Glorot's rule by default.
        forget_bias: 1 for a bias of the forget gate that starts at 1, 0 for one at 0.
        return_seq: whether to return all outputs, `(batch, length, n_units)`.
        return_state: must be False.
        initial_state: must be None.
        dynamic: accepted, has no effect.
        trainable: whether the weights are trained.
        restore: accepted; all weights are restored.
        reuse: accepted, has no effect.
        scope: accepted, has no effect.
        name: name of the layer.

    Example:
        >>> lstm(layers.Input((7, 3)), 5, dropout=0.8).shape
        (None, 5)
    """
    _refuse("lstm", return_state=return_state, initial_state=initial_state)
    return _recurrent(
        layers.LSTM, incoming, n_units, activation, inner_activation, dropout, use_bias=bias,
        kernel_initializer=initializations.get(weights_init or "xavier"),
        unit_forget_bias=bool(forget_bias), return_sequences=return_seq, trainable=trainable,
        name=name,
    )  # fmt: skip


def gru(
    incoming: Symbolic,
    n_units: int,
    activation: Any = "tanh",
    inner_activation: Any = "sigmoid",
    dropout: float | tuple[float, float] | None = None,
    bias: bool = True,
    weights_init: Any = None,
    return_seq: bool = False,
    return_state: bool = False,
    initial_state: Any = None,
    dynamic: bool = False,
    trainable: bool = True,
    restore: bool = True,
    reuse: bool = False,
    scope: str | None = None,
    name: str | None = None,
) -> Any:
    """Return the last output (or all) of a gated recurrent unit; arguments as for `lstm`."""
    _refuse("gru", return_state=return_state, initial_state=initial_state)
    return _recurrent(
        layers.GRU, incoming, n_units, activation, inner_activation, dropout, use_bias=bias,
        kernel_initializer=initializations.get(weights_init or "xavier"),
        return_sequences=return_seq, trainable=trainable, name=name,
    )  # fmt: skip


def _refuse(owner: str, **given: Any) -> None:
    for name, value in given.items():
        if value is not None and value is not False:
            raise ValueError(
                f"`{name}` of `{owner}` is not supported; build such a network with "
                f"`addax.layers`. Received: {name}={value!r}"
            )


def batch_normalization(
    incoming: Symbolic,
    beta: float = 0.0,
    gamma: float = 1.0,
    epsilon: float = 1e-5,
    decay: float = 0.9,
    stddev: float = 0.002,
    trainable: bool = True,
    restore: bool = True,
    reuse: bool = False,
    scope: str | None = None,
    name: str | None = None,
) -> Any:
    """Normalize each channel over the batch.

    Args:
        incoming: tensor, channels last.
        beta: first offset.
        gamma: mean of the first scales.
        epsilon: added to the variance.
        decay: share of the moving averages that stays at each batch.
        stddev: standard deviation of the first scales.
        trainable: whether offset and scale are trained.
        restore: accepted; all weights are restored.
        reuse: accepted, has no effect.
        scope: accepted, has no effect.
        name: name of the layer.

    Example:
        >>> batch_normalization(layers.Input((4, 4, 3))).shape
        (None, 4, 4, 3)
    """
    return layers.BatchNormalization(
        momentum=decay,
        epsilon=epsilon,
        beta_initializer=initializations.initializers.Constant(beta),
        gamma_initializer=initializations.normal(gamma, stddev),
        trainable=trainable,
        name=name,
    )(incoming)
