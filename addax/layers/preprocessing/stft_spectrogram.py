"""`STFTSpectrogram`."""

from __future__ import annotations

from typing import Any

from addax import config, errors, initializers, ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


@register("layers")
class STFTSpectrogram(Layer):
    """Short-time Fourier transform of each channel, as a trained convolution.

    Args:
        mode: `"log"` or `"magnitude"` (of the transform), `"psd"` (power density), `"real"`,
            `"imag"`, `"angle"`, or `"stft"` (real and imaginary parts).
        frame_length: samples of a frame.
        frame_step: samples from one frame to the next; default: half of `frame_length`.
        fft_length: size of the transform; default: the next power of two.
        window: name of a SciPy window, or None for a rectangle.
        periodic: whether the window is periodic (else symmetric).
        scaling: `"density"`, `"spectrum"` or None.
        padding: `"valid"` or `"same"`.
        expand_dims: whether frequencies have an axis of their own, as images need it.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, samples, channels)`.
    Output shape: `(batch, frames, channels * frequencies)`, or
        `(batch, frames, frequencies, channels)` with `expand_dims`.

    Example:
        >>> import numpy as np
        >>> STFTSpectrogram(frame_length=16, expand_dims=True)(np.ones((2, 64, 1))).shape
        (2, 7, 9, 1)
    """

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: str | None = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = "STFTSpectrogram"
        self.mode = errors.one_of(owner, "mode", mode, _MODES)
        self.frame_length = errors.positive_int(owner, "frame_length", frame_length)
        if frame_step is not None and not 1 <= frame_step <= frame_length:
            raise ValueError(
                f"`frame_step` of `{owner}` must be from 1 to `frame_length`. Received: "
                f"frame_step={frame_step}, frame_length={frame_length}"
            )
        if fft_length is not None and fft_length < frame_length:
            raise ValueError(
                f"`fft_length` of `{owner}` must not be less than `frame_length`. Received: "
                f"fft_length={fft_length}, frame_length={frame_length}"
            )
        self.frame_step = frame_step
        self.fft_length = fft_length
        self.window = window
        self.periodic = periodic
        self.scaling = errors.one_of(owner, "scaling", scaling, ("density", "spectrum", None))
        self.padding = arguments.padding_mode(owner, padding)
        self.expand_dims = expand_dims
        self.data_format = arguments.data_format(owner, data_format)
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Any) -> None:
        """Make the kernels, sines and cosines under the window."""
        length = self.fft_length or 1 << (self.frame_length - 1).bit_length()
        sides = {"imag": ("imag",), "real": ("real",)}.get(self.mode, ("real", "imag"))
        for side in sides:
            kernel = self.add_weight(
                name=f"{side}_kernel",
                shape=(self.frame_length, 1, length // 2 + 1),
                initializer=initializers.STFT(side, self.window, self.scaling, self.periodic),
            )
            setattr(self, f"{side}_kernel", kernel)

    def call(self, inputs: Any) -> Any:
        """Return the spectrogram."""
        x = inputs
        if self.data_format == "channels_first":
            x = ops.transpose(x, (0, 2, 1))
        if self.mode in ("real", "imag"):
            return self._arranged(self._convolved(x, getattr(self, f"{self.mode}_kernel")))
        real, imaginary = (self._convolved(x, k) for k in (self.real_kernel, self.imag_kernel))
        if self.mode == "angle":
            return self._arranged(ops.arctan2(imaginary, real))
        if self.mode == "stft":
            return self._arranged(ops.concatenate([real, imaginary], axis=-1))
        power = ops.add(ops.square(real), ops.square(imaginary))
        if self.mode == "psd":  # all frequencies but the first and the last stand for two
            inner = ops.pad(power[..., 1:-1], [(0, 0)] * 3 + [(1, 1)])
            return self._arranged(ops.add(power, inner))
        magnitude = self._arranged(ops.sqrt(ops.maximum(power, config.epsilon())))
        if self.mode == "magnitude":
            return magnitude
        return ops.log(ops.maximum(magnitude, config.epsilon()))

    def _convolved(self, x: Any, kernel: Any) -> Any:
        """Return `(batch, channels, frames, frequencies)` of `(batch, samples, channels)`."""
        batch, samples, channels = x.shape
        rows = ops.reshape(ops.transpose(x, (0, 2, 1)), (batch * channels, samples, 1))
        step = self.frame_step or max(self.frame_length // 2, 1)
        out = ops.conv(
            rows, ops.cast(kernel, x.dtype), step, self.padding, data_format="channels_last"
        )
        return ops.reshape(out, (batch, channels, *out.shape[1:]))

    def _arranged(self, x: Any) -> Any:
        if self.data_format == "channels_first" and self.expand_dims:
            return x
        if self.data_format == "channels_first":
            x = ops.transpose(x, (0, 1, 3, 2))
            return ops.reshape(x, (x.shape[0], x.shape[1] * x.shape[2], x.shape[3]))
        if self.expand_dims:
            return ops.transpose(x, (0, 2, 3, 1))
        x = ops.transpose(x, (0, 2, 1, 3))
        return ops.reshape(x, (x.shape[0], x.shape[1], x.shape[2] * x.shape[3]))
