"""Activations by their TFLearn names."""

from __future__ import annotations

from typing import Any

from addax import activations, errors
from addax import ops as ops_
from addax.core.tensor import Symbolic
from addax.layers import PReLU


def linear(x: Any) -> Any:
    """Return `x` as it is."""
    return x


def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent."""
    return ops_.tanh(x)


def sigmoid(x: Any) -> Any:
    """Return `1 / (1 + exp(-x))`."""
    return activations.sigmoid(x)


def softmax(x: Any) -> Any:
    """Return probabilities along the last axis."""
    return activations.softmax(x)


def softplus(x: Any) -> Any:
    """Return `log(1 + exp(x))`."""
    return ops_.softplus(x)


def softsign(x: Any) -> Any:
    """Return `x / (1 + |x|)`."""
    return ops_.softsign(x)


def relu(x: Any) -> Any:
    """Return `max(x, 0)`."""
    return ops_.relu(x)


def relu6(x: Any) -> Any:
    """Return `min(max(x, 0), 6)`."""
    return ops_.relu6(x)


def leaky_relu(x: Any, alpha: float = 0.1, name: str | None = None) -> Any:
    """Return `x` where positive, else `alpha * x`.

    Example:
        >>> [round(float(v), 2) for v in leaky_relu([-2.0, 3.0]).numpy()]
        [-0.2, 3.0]
    """
    return ops_.leaky_relu(x, alpha)


def prelu(x: Any, name: str | None = None) -> Any:
    """Return `x` where positive, else a learned factor times `x`."""
    return PReLU(name=name)(x)


def elu(x: Any) -> Any:
    """Return `x` where positive, else `exp(x) - 1`."""
    return ops_.elu(x)


def selu(x: Any) -> Any:
    """Return the scaled exponential linear unit."""
    return ops_.selu(x)


def crelu(x: Any) -> Any:
    """Return `relu(x)` and `relu(-x)`, joined along the last axis."""
    return ops_.concatenate([ops_.relu(x), ops_.relu(-x)], axis=-1)


def hard_sigmoid(x: Any) -> Any:
    """Return `0.2 x + 0.5`, kept between 0 and 1."""
    return ops_.clip(0.2 * x + 0.5, 0.0, 1.0)


_KNOWN = {
    function.__name__: function
    for function in (
        linear, tanh, sigmoid, softmax, softplus, softsign, relu, relu6, leaky_relu, prelu, elu,
        selu, crelu, hard_sigmoid,
    )
}  # fmt: skip


def get(activation: Any) -> Any:
    """Return the function of an activation.

    Args:
        activation: its name, a function, or None for `linear`.

    Raises:
        ValueError: for an unknown name.

    Example:
        >>> get("relu").__name__
        'relu'
    """
    if activation is None:
        return linear
    if callable(activation):
        return activation
    name = str(activation).lower()
    if name not in _KNOWN:
        raise errors.unknown_name("activation", activation, _KNOWN)
    return _KNOWN[name]


def activation(incoming: Symbolic, activation: Any = "linear", name: str | None = None) -> Any:
    """Apply an activation, given by name or as a function.

    Args:
        incoming: tensor.
        activation: name or function.
        name: accepted; functions have no name in the graph.
    """
    return get(activation)(incoming)
