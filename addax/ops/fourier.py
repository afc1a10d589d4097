"""Fourier transforms of the last axes; complex tensors are pairs of real ones."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import errors
from addax.core.graph import op
from addax.engine import engine, xp
from addax.ops._arrays import as_array, as_float

Pair = tuple[Any, Any]
_kernels: Any = engine.fft


def _complex(name: str, x: Any) -> Any:
    if not isinstance(x, (tuple, list)) or len(x) != 2:
        raise ValueError(
            f"`x` of `{name}` must be a pair of tensors, real and imaginary part. Received: {x!r}"
        )
    real, imaginary = (as_float(part) for part in x)
    if real.shape != imaginary.shape:
        raise ValueError(
            f"Real and imaginary part of `x` of `{name}` must have the same shape. "
            f"Received: shapes {tuple(real.shape)} and {tuple(imaginary.shape)}"
        )
    return real + 1j * imaginary


def _pair(z: Any) -> Pair:
    return xp.real(z), xp.imag(z)


@op
def fft(x: Pair) -> Pair:
    """Discrete Fourier transform along the last axis.

    Args:
        x: real and imaginary part, tensors of one shape.

    Returns: real and imaginary part of the transform.

    Example:
        >>> real, imaginary = fft(([1.0, 1.0], [0.0, 0.0]))
        >>> real.numpy(), imaginary.numpy()
        (array([2., 0.], dtype=float32), array([0., 0.], dtype=float32))
    """
    return _pair(_kernels.fft(_complex("fft", x)))


@op
def fft2(x: Pair) -> Pair:
    """Discrete Fourier transform over the last two axes.

    Args:
        x: real and imaginary part, tensors of one shape.

    Returns: real and imaginary part of the transform.
    """
    return _pair(_kernels.fft2(_complex("fft2", x)))


@op
def ifft2(x: Pair) -> Pair:
    """Inverse of `fft2`.

    Args:
        x: real and imaginary part, tensors of one shape.

    Returns: real and imaginary part of the inverse transform.
    """
    return _pair(_kernels.ifft2(_complex("ifft2", x)))


@op
def rfft(x: Any, fft_length: int | None = None) -> Pair:
    """Fourier transform of real numbers along the last axis, without its mirrored half.

    Args:
        x: float tensor `(..., n)`.
        fft_length: `x` is cut or padded with zeros to so many entries first.

    Returns: real and imaginary part, each `(..., fft_length // 2 + 1)`.
    """
    return _pair(_kernels.rfft(as_float(x), n=fft_length))


@op
def irfft(x: Pair, fft_length: int | None = None) -> Any:
    """Inverse of `rfft`.

    Args:
        x: real and imaginary part, each `(..., m)`.
        fft_length: entries of the result; default: `2 * (m - 1)`.

    Returns: float tensor `(..., fft_length)`.
    """
    return _kernels.irfft(_complex("irfft", x), n=fft_length)


@op
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Any:
    """Cut the last axis into sequences, which may overlap.

    Args:
        x: tensor `(..., n)`.
        sequence_length: entries of each sequence.
        sequence_stride: entries from the start of one to that of the next.

    Returns: tensor `(..., count, sequence_length)`.

    Example:
        >>> extract_sequences([1, 2, 3, 4, 5, 6], 3, 2).numpy()
        array([[1, 2, 3],
               [3, 4, 5]], dtype=int32)
    """
    return _frames(as_array(x), sequence_length, sequence_stride)


def _frames(x: Any, length: int, stride: int) -> Any:
    errors.positive_int("extract_sequences", "sequence_length", length)
    errors.positive_int("extract_sequences", "sequence_stride", stride)
    starts = np.arange(0, x.shape[-1] - length + 1, stride)
    return xp.take(x, starts[:, None] + np.arange(length), axis=-1)


def _window(window: Any, length: int, size: int, dtype: Any) -> Any:
    """Return the window in the middle of `size` entries.

    Args:
        window: `"hann"`, `"hamming"`, a tensor `(length,)`, or None for no window.
        length: its entries.
        size: entries of the result; the others are 0.
        dtype: of the result.
    """
    if window is None:
        return xp.ones(size, dtype)
    if isinstance(window, str):
        errors.one_of("stft", "window", window, ("hann", "hamming"))
        base = 0.5 if window == "hann" else 0.54
        window = base - (1 - base) * np.cos(2 * np.pi * np.arange(length) / length)
    window = as_array(window).astype(dtype)
    if window.shape != (length,):
        raise ValueError(
            f"`window` must have `sequence_length` = {length} entries. "
            f"Received: shape {tuple(window.shape)}"
        )
    before = (size - length) // 2
    return xp.pad(window, (before, size - length - before))


@op
def stft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> Pair:
    """Fourier transforms of overlapping sequences of the last axis.

    Args:
        x: float tensor `(..., n)`.
        sequence_length: entries of each sequence.
        sequence_stride: entries from the start of one to that of the next.
        fft_length: entries of each transform; at least `sequence_length`.
        window: `"hann"`, `"hamming"`, a tensor `(sequence_length,)`, or None.
        center: whether `x` is padded by reflection, so that sequence `t` has its center
            at `t * sequence_stride`.

    Returns: real and imaginary part, each `(..., count, fft_length // 2 + 1)`.

    Raises:
        TypeError: if `x` is not of a float dtype.
        ValueError: if `fft_length` is less than `sequence_length`.
    """
    x = as_array(x)
    if x.dtype.kind != "f":
        raise TypeError(f"`x` of `stft` must be a float tensor. Received: dtype {x.dtype}")
    if fft_length < sequence_length:
        raise ValueError(
            "`fft_length` of `stft` must not be less than `sequence_length`. "
            f"Received: fft_length={fft_length}, sequence_length={sequence_length}"
        )
    weights = _window(window, sequence_length, fft_length, x.dtype)
    if center:
        margin = (fft_length // 2, fft_length // 2)
        x = xp.pad(x, [(0, 0)] * (x.ndim - 1) + [margin], mode="reflect")
    return _pair(_kernels.rfft(_frames(x, fft_length, sequence_stride) * weights))


@op
def istft(
    x: Pair,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Any:
    """Inverse of `stft`: the signal of least squared distance to the given transforms.

    Args:
        x: real and imaginary part, each `(..., count, fft_length // 2 + 1)`.
        sequence_length: as given to `stft`, like the next two and the last two.
        sequence_stride: see above.
        fft_length: see above.
        length: entries of the result; default: all that there are.
        window: see above.
        center: see above.

    Returns: float tensor `(..., n)`.

    Reference: Griffin and Lim 1984, doi:10.1109/TASSP.1984.1164317.
    """
    frames = _kernels.irfft(_complex("istft", x), n=fft_length)
    if frames.ndim < 2:
        raise ValueError(f"`x` of `istft` must be of rank 2 or more. Received: rank {frames.ndim}")
    weights = _window(window, sequence_length, fft_length, frames.dtype)
    places = np.arange(frames.shape[-2])[:, None] * sequence_stride + np.arange(fft_length)
    total = fft_length + sequence_stride * (frames.shape[-2] - 1)
    signal = xp.zeros((*frames.shape[:-2], total), frames.dtype)
    signal = signal.at[..., places].add(frames * weights)
    power = xp.zeros(total, frames.dtype).at[places].add(xp.square(weights))
    signal = signal / xp.where(power > 1e-10, power, 1.0)
    start = fft_length // 2 if center else 0
    end = total - start if length is None else start + length
    return signal[..., start:end]


def _window_function(name: str, formula: str) -> Any:
    kernel = getattr(xp, name)

    def call(x: Any) -> Any:
        return kernel(int(x)).astype(xp.float32)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = (
        f"Return the {name.capitalize()} window, `{formula}`.\n\nArgs:\n"
        "    x: number of entries, N.\n\nReturns: float32 tensor `(N,)`."
    )
    return op(call)


bartlett = _window_function("bartlett", "1 - |2n / (N - 1) - 1|")
blackman = _window_function("blackman", "0.42 - 0.5 cos(a) + 0.08 cos(2a), a = 2 pi n / (N - 1)")
hamming = _window_function("hamming", "0.54 - 0.46 cos(2 pi n / (N - 1))")
hanning = _window_function("hanning", "0.5 - 0.5 cos(2 pi n / (N - 1))")


@op
def kaiser(x: int, beta: float) -> Any:
    """Return the Kaiser window, `I0(beta sqrt(1 - (2n / (N - 1) - 1)^2)) / I0(beta)`.

    Args:
        x: number of entries, N.
        beta: shape; larger is narrower.

    Returns: float32 tensor `(N,)`.
    """
    return xp.kaiser(int(x), beta).astype(xp.float32)
