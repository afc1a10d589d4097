"""Batches of sounds out of folders."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from addax import errors
from addax.data.pipeline import Dataset
from addax.utils.images import optional
from addax.utils.labelled_files import Request, datasets

_OWNER = "audio_dataset_from_directory"


def audio_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    sampling_rate: int | None = None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Return a data set of `.wav` files (PCM) in folders, one folder per class.

    Args:
        directory: folder with one folder per class; with other `labels`, of any form.
        labels: as for `image_dataset_from_directory`, as are the arguments without a text here.
        label_mode: `"int"`, `"categorical"`, `"binary"` or None.
        class_names: the folders, in the order of the class numbers.
        batch_size: sounds per batch; None for single sounds.
        sampling_rate: in Hz, that sounds are brought to; default: their own. Needs SciPy.
        output_sequence_length: samples that are kept of a sound; shorter ones end in zeros.
            Default: those of the longest in a batch.
        ragged: False: sounds in a batch have one length.
        shuffle: whether each pass has an order of its own.
        seed: of the order; default: drawn from the global seed.
        validation_split: share of the files that is kept for validation.
        subset: `"training"`, `"validation"` or `"both"`.
        follow_links: whether to go into folders that are links.
        verbose: whether to say how many files there are.

    Returns: data set of sounds `(batch, samples, channels)` float32 in [-1, 1], or of pairs of
        them and labels; two data sets for `subset="both"`.

    Raises:
        ValueError: for other arguments, or if there are no files.
    """
    if ragged:
        raise ValueError(
            f"`ragged=True` of `{_OWNER}` is not there: sounds in a batch have one length. Pass "
            "`output_sequence_length`, or `batch_size=None` for single sounds."
        )
    for name, value in (("sampling_rate", sampling_rate),
                        ("output_sequence_length", output_sequence_length)):  # fmt: skip
        if value is not None:
            errors.positive_int(_OWNER, name, value)

    def load(path: str) -> np.ndarray:
        sound = _read(path, sampling_rate)
        length = output_sequence_length
        return sound if length is None else _lengthened(sound[:length], length)

    request = Request(
        _OWNER, directory, labels, label_mode, class_names, batch_size, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return datasets(request, (".wav",), load, _padded_batches)


def _read(path: str, sampling_rate: int | None) -> np.ndarray:
    """Return the samples of a file, `(samples, channels)`, float32 in [-1, 1]."""
    import wave  # slow to import, and seldom used

    with wave.open(path, "rb") as file:
        width, rate, channels = file.getsampwidth(), file.getframerate(), file.getnchannels()
        raw = np.frombuffer(file.readframes(file.getnframes()), "uint8")
    sound = _decoded(raw, width).reshape(-1, channels)
    if sampling_rate is None or sampling_rate == rate:
        return sound
    signal = optional("scipy.signal", "SciPy", _OWNER)
    common = math.gcd(sampling_rate, rate)
    return signal.resample_poly(sound, sampling_rate // common, rate // common).astype("float32")


def _decoded(raw: np.ndarray, width: int) -> np.ndarray:
    """Return PCM of 1 byte (from 0 up) or of 2 to 4 bytes (with a sign) as float32."""
    if width == 1:
        return (raw.astype("float32") - 128) / 128
    # The bytes of a number go to the upper end of 4 bytes, so that its sign is right.
    wide = np.zeros((len(raw) // width, 4), "uint8")
    wide[:, 4 - width :] = raw[: len(wide) * width].reshape(-1, width)
    return (wide.view("<i4")[:, 0] / 2**31).astype("float32")


def _lengthened(sound: np.ndarray, length: int) -> np.ndarray:
    return np.pad(sound, [(0, length - len(sound)), (0, 0)])


def _padded_batches(dataset: Dataset, batch_size: int) -> Dataset:
    """Join sounds to batches; shorter ones end in zeros."""

    def batches() -> Iterator[Any]:
        elements = dataset.as_numpy_iterator()
        while group := list(itertools.islice(elements, batch_size)):
            pairs = isinstance(group[0], tuple)
            sounds = [element[0] for element in group] if pairs else group
            longest = max(map(len, sounds))
            joined = np.stack([_lengthened(sound, longest) for sound in sounds])
            yield (joined, np.stack([element[1] for element in group])) if pairs else joined

    return Dataset(batches, -(-len(dataset) // batch_size))
