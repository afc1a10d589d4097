"""`MelSpectrogram`."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import errors, ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class MelSpectrogram(Layer):
    """Turns sound into the strength of bands that the ear tells apart, over time.

    Args:
        fft_length: size of the Fourier transform, in samples.
        sequence_stride: samples from one frame to the next.
        sequence_length: samples of a frame; default: `fft_length`.
        window: name of a window function (`"hann"` or `"hamming"`), or its values; None for
            a rectangle.
        sampling_rate: samples per second.
        num_mel_bins: number of bands.
        min_freq: lower end of the lowest band, in Hertz.
        max_freq: upper end of the highest band; default: half the sampling rate.
        power_to_db: whether the strength is in decibels.
        top_db: how far below the largest one values are cut off, in decibels.
        mag_exp: exponent of the magnitude; 1 for energy, 2 for power.
        min_power: smallest power that is told apart from none.
        ref_power: power of 0 decibels.
        **kwargs: `name`, `dtype`, `input_shape`.

    Input shape: `(batch, samples)`, or `(samples,)`.
    Output shape: `(batch, num_mel_bins, frames)`.

    The mel scale is `2595 log10(1 + f / 700)`; bands are triangles on it.

    Example:
        >>> import numpy as np
        >>> MelSpectrogram(fft_length=64, sequence_stride=32)(np.ones((2, 256))).shape
        (2, 128, 9)
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: int = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        owner = "MelSpectrogram"
        self.fft_length = errors.positive_int(owner, "fft_length", fft_length)
        self.sequence_stride = errors.positive_int(owner, "sequence_stride", sequence_stride)
        self.sequence_length = sequence_length or fft_length
        if self.sequence_length > fft_length:
            raise ValueError(
                f"`sequence_length` of `{owner}` must not be larger than `fft_length`. Received: "
                f"sequence_length={sequence_length}, fft_length={fft_length}"
            )
        self.window = window
        self.sampling_rate = sampling_rate
        self.num_mel_bins = errors.positive_int(owner, "num_mel_bins", num_mel_bins)
        self.min_freq = min_freq
        self.max_freq = max_freq or int(sampling_rate / 2)
        self.power_to_db = power_to_db
        self.top_db = top_db
        self.mag_exp = mag_exp
        self.min_power = min_power
        self.ref_power = ref_power

    def call(self, inputs: Any) -> Any:
        """Return the spectrogram."""
        wide = self.compute_dtype == "float64"
        x = ops.cast(inputs, "float64" if wide else "float32")
        real, imaginary = ops.stft(
            x, self.sequence_length, self.sequence_stride, self.fft_length, window=self.window
        )
        power = ops.add(ops.square(real), ops.square(imaginary))
        strength = ops.power(power, self.mag_exp / 2)
        bands = ops.matmul(strength, self._bands().astype("float64" if wide else "float32"))
        bands = self._decibels(bands) if self.power_to_db else bands
        return ops.cast(ops.swapaxes(bands, -1, -2), self.compute_dtype)

    def _decibels(self, power: Any) -> Any:
        reference = 10 * np.log10(max(abs(self.ref_power), self.min_power))
        level = ops.multiply(ops.log10(ops.maximum(power, self.min_power)), 10.0)
        level = ops.subtract(level, float(reference))
        return ops.maximum(level, ops.subtract(ops.max(level), self.top_db))

    def _bands(self) -> np.ndarray:
        """Return the weight of each frequency in each band; the constant part has none."""
        frequencies = np.linspace(0, self.sampling_rate / 2, self.fft_length // 2 + 1)
        places = _mel(frequencies)[:, None]
        edges = np.linspace(_mel(self.min_freq), _mel(self.max_freq), self.num_mel_bins + 2)
        rising = (places - edges[:-2]) / (edges[1:-1] - edges[:-2])
        falling = (edges[2:] - places) / (edges[2:] - edges[1:-1])
        weights = np.maximum(0, np.minimum(rising, falling))
        weights[0] = 0
        return weights


def _mel(frequency: Any) -> Any:
    """Return the pitch of a frequency in Hertz, in mel."""
    return 1127 * np.log1p(np.asarray(frequency, "float64") / 700)
