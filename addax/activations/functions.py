"""The activation functions of layers, known by name."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.core.registry import register


@register("activations")
def relu(x: Any, negative_slope: float = 0.0, max_value: Any = None, threshold: float = 0.0) -> Any:
    """`max(x, 0)`, optionally leaky, capped, or with another threshold.

    Args:
        x: float tensor of any shape.
        negative_slope: slope below the threshold.
        max_value: largest value, or None.
        threshold: below it the function is `negative_slope * (x - threshold)`.

    Returns: tensor of the shape and dtype of `x`.

    Example:
        >>> relu([-1.0, 2.0]).numpy()
        array([0., 2.], dtype=float32)
    """
    if threshold == 0 and max_value is None:
        return ops.leaky_relu(x, negative_slope) if negative_slope else ops.relu(x)
    if threshold == 0 and max_value == 6 and not negative_slope:
        return ops.relu6(x)
    return _general_relu(x, negative_slope, max_value, threshold)


def _general_relu(x: Any, negative_slope: float, max_value: Any, threshold: float) -> Any:
    x = ops.convert_to_tensor(x)
    below = negative_slope * (x - threshold) if negative_slope else ops.zeros_like(x)
    result = ops.where(x > threshold, x, below)
    if max_value is None:
        return result
    return ops.minimum(result, ops.cast(max_value, x.dtype))


@register("activations", aliases=("leakyrelu",))
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """`x` where positive, else `negative_slope * x`."""
    return ops.leaky_relu(x, negative_slope=negative_slope)


@register("activations")
def relu6(x: Any) -> Any:
    """`min(max(x, 0), 6)`."""
    return ops.relu6(x)


@register("activations")
def softmax(x: Any, axis: Any = -1) -> Any:
    """`exp(x) / sum(exp(x))` along `axis`: positive numbers that sum to 1.

    Args:
        x: float tensor; layers give it at least two dimensions.
        axis: int or ints; default: the last axis.

    Example:
        >>> softmax([[0.0, 0.0]]).numpy()
        array([[0.5, 0.5]], dtype=float32)
    """
    return ops.softmax(x, axis=axis)


@register("activations")
def log_softmax(x: Any, axis: int = -1) -> Any:
    """Logarithm of the softmax along `axis`."""
    return ops.log_softmax(x, axis=axis)


@register("activations")
def sparsemax(x: Any, axis: int = -1) -> Any:
    """Projection onto the probability simplex along `axis`: like softmax, with zeros.

    Reference: Martins and Astudillo, "From Softmax to Sparsemax", ICML 2016.
    """
    return ops.sparsemax(x, axis=axis)


@register("activations")
def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, else `alpha * (exp(x) - 1)`."""
    return ops.elu(x, alpha=alpha)


@register("activations")
def celu(x: Any, alpha: float = 1.0) -> Any:
    """`x` where positive, else `alpha * (exp(x / alpha) - 1)`."""
    return ops.celu(x, alpha=alpha)


@register("activations")
def selu(x: Any) -> Any:
    """Scaled elu that keeps mean 0 and variance 1; use with `lecun_normal` kernels.

    Reference: Klambauer et al., "Self-Normalizing Neural Networks", 2017.
    """
    return ops.selu(x)


@register("activations")
def gelu(x: Any, approximate: bool = False) -> Any:
    """`x * P(X <= x)` for a standard normal X.

    Args:
        x: float tensor.
        approximate: whether to use the tanh approximation.

    Reference: Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
    """
    return ops.gelu(x, approximate=approximate)


@register("activations")
def glu(x: Any, axis: int = -1) -> Any:
    """`a * sigmoid(b)` for the two halves `a`, `b` of `x` along `axis`."""
    return ops.glu(x, axis=axis)


@register("activations")
def softplus(x: Any) -> Any:
    """`log(1 + exp(x))`."""
    return ops.softplus(x)


@register("activations")
def softsign(x: Any) -> Any:
    """`x / (1 + |x|)`."""
    return ops.softsign(x)


@register("activations", aliases=("swish",))
def silu(x: Any) -> Any:
    """`x * sigmoid(x)`, also known as swish."""
    return ops.silu(x)


@register("activations")
def squareplus(x: Any, b: float = 4) -> Any:
    """`(x + sqrt(x^2 + b)) / 2`."""
    return ops.squareplus(x, b=b)


@register("activations")
def sparse_plus(x: Any) -> Any:
    """0 up to -1, `(x + 1)^2 / 4` up to 1, and `x` from there."""
    return ops.sparse_plus(x)


@register("activations")
def sparse_sigmoid(x: Any) -> Any:
    """`clip((x + 1) / 2, 0, 1)`."""
    return ops.sparse_sigmoid(x)


@register("activations")
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` moved towards 0 by `threshold`, and 0 within it."""
    return ops.soft_shrink(x, threshold=threshold)


@register("activations")
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """`x` where `|x| > threshold`, else 0."""
    return ops.hard_shrink(x, threshold=threshold)


@register("activations")
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """`x` where `x > threshold`, else `default_value`."""
    return ops.threshold(x, threshold, default_value)


@register("activations")
def tanh(x: Any) -> Any:
    """Hyperbolic tangent."""
    return ops.tanh(x)


@register("activations")
def tanh_shrink(x: Any) -> Any:
    """`x - tanh(x)`."""
    return ops.tanh_shrink(x)


@register("activations")
def hard_tanh(x: Any) -> Any:
    """`clip(x, -1, 1)`."""
    return ops.hard_tanh(x)


@register("activations")
def sigmoid(x: Any) -> Any:
    """`1 / (1 + exp(-x))`.

    Example:
        >>> sigmoid([0.0]).numpy()
        array([0.5], dtype=float32)
    """
    return ops.sigmoid(x)


@register("activations")
def log_sigmoid(x: Any) -> Any:
    """`log(1 / (1 + exp(-x)))`."""
    return ops.log_sigmoid(x)


@register("activations")
def hard_sigmoid(x: Any) -> Any:
    """`clip(x / 6 + 1 / 2, 0, 1)`."""
    return ops.hard_sigmoid(x)


@register("activations", aliases=("hard_swish",))
def hard_silu(x: Any) -> Any:
    """`x * hard_sigmoid(x)`, also known as hard swish.

    Reference: Howard et al., "Searching for MobileNetV3", 2019.
    """
    return ops.hard_silu(x)


@register("activations")
def mish(x: Any) -> Any:
    """`x * tanh(softplus(x))`.

    Reference: Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019.
    """
    return ops.mish(x)


@register("activations")
def exponential(x: Any) -> Any:
    """`exp(x)`."""
    return ops.exp(x)


@register("activations")
def linear(x: Any) -> Any:
    """`x` as it is."""
    return x


swish = silu
hard_swish = hard_silu
