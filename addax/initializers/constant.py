"""Initializers without chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.core.dtypes import standardize_dtype
from addax.core.registry import register
from addax.core.tensor import raw
from addax.initializers.base import Initializer, check_shape


@register("initializers", aliases=("zero",))
class Zeros(Initializer):
    """All zeros.

    Example:
        >>> Zeros()((2,))
        array([0., 0.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return zeros of this shape."""
        return np.zeros(check_shape(self, shape), standardize_dtype(dtype))


@register("initializers", aliases=("one",))
class Ones(Initializer):
    """All ones.

    Example:
        >>> Ones()((2,))
        array([1., 1.], dtype=float32)
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return ones of this shape."""
        return np.ones(check_shape(self, shape), standardize_dtype(dtype))


@register("initializers")
class Constant(Initializer):
    """One value everywhere, or given values.

    Args:
        value: number, nested list or array that broadcasts to the shape.

    Example:
        >>> Constant(2.0)((2,))
        array([2., 2.], dtype=float32)
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return the value, broadcast to this shape."""
        array = np.asarray(raw(self.value)).astype(standardize_dtype(dtype))
        return np.broadcast_to(array, check_shape(self, shape)).copy()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments; arrays become lists."""
        value = raw(self.value)
        return {"value": value.tolist() if hasattr(value, "tolist") else value}


@register("initializers", aliases=("IdentityInitializer",))
class Identity(Initializer):
    """The identity matrix, times `gain`; for shapes of two dimensions.

    Args:
        gain: number on the diagonal.

    Example:
        >>> Identity()((2, 2))
        array([[1., 0.],
               [0., 1.]], dtype=float32)
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return the matrix.

        Raises:
            ValueError: if the shape has not two dimensions.
        """
        shape = check_shape(self, shape)
        if len(shape) != 2:
            raise ValueError(
                f"`Identity` makes matrices only; `shape` must have 2 sizes. Received: {shape}"
            )
        return (self.gain * np.eye(*shape)).astype(standardize_dtype(dtype))


@register("initializers", aliases=("STFTInitializer",))
class STFT(Initializer):
    """Kernels of a short-time Fourier transform, for a 1D convolution.

    Args:
        side: `"real"` or `"imag"`: which part of the transform.
        window: name of a SciPy window, or None for a rectangle.
        scaling: `"density"`, `"spectrum"` or None.
        periodic: whether the window is periodic (else symmetric).

    The shape is `(frame_length, 1, fft_length // 2 + 1)`.
    """

    def __init__(
        self,
        side: str = "real",
        window: str | None = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        self.side = errors.one_of("STFT", "side", side, ("real", "imag"))
        self.window = window
        self.scaling = errors.one_of("STFT", "scaling", scaling, ("density", "spectrum", None))
        self.periodic = periodic

    def __call__(self, shape: Sequence[int], dtype: Any = None) -> Any:
        """Return the kernels."""
        frame_length, input_channels, bins = check_shape(self, shape)
        frames = np.arange(frame_length)
        length = (bins - 1) * 2
        angles = 2 * np.pi * np.outer(frames, np.arange(bins)) / length
        values = np.cos(angles) if self.side == "real" else -np.sin(angles)
        values = values * self._scaled_window(frame_length)[:, None]
        values = np.repeat(values[:, None, :], input_channels, axis=1)
        return values.astype(standardize_dtype(dtype))

    def _scaled_window(self, length: int) -> np.ndarray:
        window = np.ones(length)
        if self.window is not None:
            from scipy.signal import get_window

            window = get_window(self.window, length, fftbins=self.periodic)
        if self.scaling == "density":
            return window / np.sqrt(np.sum(np.square(window)))
        if self.scaling == "spectrum":
            return window / np.abs(np.sum(window))
        return window
