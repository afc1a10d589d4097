"""Initializers whose spread follows from the number of inputs and outputs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.core.registry import register
from addax.initializers import base

# standard deviation of a standard normal distribution cut off at 2
_TRUNCATED_STDDEV = 0.87962566103423978
_MODES = ("fan_in", "fan_out", "fan_avg")
_DISTRIBUTIONS = ("uniform", "truncated_normal", "untruncated_normal")

Axes = int | Sequence[int] | None


def compute_fans(
    shape: Sequence[int], input_axes: Axes = None, output_axes: Axes = None
) -> tuple[int, int]:
    """Return how many inputs and outputs the weights of this shape connect.

    Args:
        shape: shape of the weights: `(inputs, outputs)`, or with the size of a window
            before these.
        input_axes: axes that are inputs, where that is not the case.
        output_axes: axes that are outputs, likewise.

    Example:
        >>> compute_fans((3, 3, 8, 16))
        (72, 144)
    """
    if input_axes is not None or output_axes is not None:
        return _fans_of_axes(tuple(shape), _as_tuple(input_axes), _as_tuple(output_axes))
    if len(shape) < 2:
        fan = int(shape[0]) if shape else 1
        return fan, fan
    window = math.prod(shape[:-2])
    return int(shape[-2] * window), int(shape[-1] * window)


def _as_tuple(axes: Axes) -> tuple[int, ...] | None:
    return (axes,) if isinstance(axes, int) else None if axes is None else tuple(axes)


def _fans_of_axes(
    shape: tuple[int, ...], inputs: tuple[int, ...] | None, outputs: tuple[int, ...] | None
) -> tuple[int, int]:
    rank = len(shape)
    given_in = None if inputs is None else {axis % rank for axis in inputs}
    given_out = None if outputs is None else {axis % rank for axis in outputs}
    if given_in is None:
        given_in = set(range(rank)) - (given_out or set())
    if given_out is None:
        given_out = set(range(rank)) - given_in
    if given_in & given_out:
        raise ValueError(
            "`input_axes` and `output_axes` must not overlap. "
            f"Received: input_axes={inputs}, output_axes={outputs}"
        )
    window = math.prod(shape[axis] for axis in set(range(rank)) - given_in - given_out)
    fan_in = math.prod(shape[axis] for axis in given_in) * window
    return fan_in, math.prod(shape[axis] for axis in given_out) * window


@register("initializers")
class VarianceScaling(base.RandomInitializer):
    """Variance `scale / n`, where n is the number of inputs, outputs, or their mean.

    Args:
        scale: positive factor.
        mode: `"fan_in"`, `"fan_out"` or `"fan_avg"`: what n is.
        distribution: `"truncated_normal"`, `"untruncated_normal"` or `"uniform"`.
        seed: int, `SeedGenerator` or None.
        input_axes: axes that are inputs; default: the last but one (and the window).
        output_axes: axes that are outputs; default: the last (and the window).

    Raises:
        ValueError: for a scale <= 0 and other modes or distributions.

    Example:
        >>> VarianceScaling(2.0, "fan_out", seed=1)((4, 8)).shape
        (4, 8)
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        input_axes: Axes = None,
        output_axes: Axes = None,
    ) -> None:
        super().__init__(seed)
        if scale <= 0:
            raise ValueError(
                f"`scale` of `VarianceScaling` must be positive. Received: scale={scale}"
            )
        distribution = "truncated_normal" if distribution == "normal" else distribution
        self.scale = scale
        self.mode = errors.one_of("VarianceScaling", "mode", mode, _MODES)
        self.distribution = errors.one_of(
            "VarianceScaling", "distribution", distribution, _DISTRIBUTIONS
        )
        self.input_axes = input_axes
        self.output_axes = output_axes

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return values of this shape."""
        shape = base.check_shape(self, shape)
        wanted = base.float_dtype(self, dtype)
        fans = compute_fans(shape, self.input_axes, self.output_axes)
        count = {"fan_in": fans[0], "fan_out": fans[1], "fan_avg": sum(fans) / 2}[self.mode]
        variance = self.scale / max(1.0, count)
        return np.asarray(self._draw(shape, wanted, variance), wanted)

    def _draw(self, shape: tuple[int, ...], dtype: np.dtype, variance: float) -> np.ndarray:
        generator = self.generator()
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return base.draw_uniform(generator, shape, dtype, -limit, limit)
        if self.distribution == "untruncated_normal":
            return base.draw_normal(generator, shape, dtype) * math.sqrt(variance)
        stddev = math.sqrt(variance) / _TRUNCATED_STDDEV
        return base.draw_truncated(generator, shape, dtype) * stddev


class _Preset(VarianceScaling):
    """`VarianceScaling` with a fixed scale, mode and distribution."""

    _arguments: tuple[float, str, str] = (1.0, "fan_in", "truncated_normal")

    def __init__(self, seed: Any = None, input_axes: Axes = None, output_axes: Axes = None) -> None:
        super().__init__(*self._arguments, seed, input_axes, output_axes)


@register("initializers", aliases=("xavier_uniform",))
class GlorotUniform(_Preset):
    """Uniform in +-sqrt(6 / (inputs + outputs)): the default of dense kernels.

    Args:
        seed: int, `SeedGenerator` or None.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Reference: Glorot and Bengio, AISTATS 2010.

    Example:
        >>> bool((abs(GlorotUniform(seed=1)((3, 3))) <= 1).all())
        True
    """

    _arguments = (1.0, "fan_avg", "uniform")


@register("initializers", aliases=("xavier_normal",))
class GlorotNormal(_Preset):
    """Truncated normal with variance 2 / (inputs + outputs).

    Args:
        seed: int, `SeedGenerator` or None.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Reference: Glorot and Bengio, AISTATS 2010.
    """

    _arguments = (1.0, "fan_avg", "truncated_normal")


@register("initializers")
class HeUniform(_Preset):
    """Uniform in +-sqrt(6 / inputs).

    Args:
        seed: int, `SeedGenerator` or None.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Reference: He et al., 2015 (arXiv:1502.01852).
    """

    _arguments = (2.0, "fan_in", "uniform")


@register("initializers")
class HeNormal(_Preset):
    """Truncated normal with variance 2 / inputs.

    Args:
        seed: int, `SeedGenerator` or None.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Reference: He et al., 2015 (arXiv:1502.01852).
    """

    _arguments = (2.0, "fan_in", "truncated_normal")


@register("initializers")
class LecunUniform(_Preset):
    """Uniform in +-sqrt(3 / inputs).

    Args:
        seed: int, `SeedGenerator` or None.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Reference: Klambauer et al., 2017 (arXiv:1706.02515).
    """

    _arguments = (1.0, "fan_in", "uniform")


@register("initializers")
class LecunNormal(_Preset):
    """Truncated normal with variance 1 / inputs.

    Args:
        seed: int, `SeedGenerator` or None.
        input_axes: see `VarianceScaling`.
        output_axes: see `VarianceScaling`.

    Reference: Klambauer et al., 2017 (arXiv:1706.02515).
    """

    _arguments = (1.0, "fan_in", "truncated_normal")
