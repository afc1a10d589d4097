"""`tf.io`: files of this machine, and images through Pillow."""

from __future__ import annotations

import glob as _glob
import io
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from addax import ops
from addax.compat.tensorflow.types import as_dtype
from addax.data.pipeline import Dataset

GFile = open
exists, isdir, listdir, remove = os.path.exists, os.path.isdir, os.listdir, os.remove
rmtree: Callable[..., Any] = shutil.rmtree


def glob(pattern: str) -> list[str]:
    """Return the files that match a pattern."""
    return sorted(_glob.glob(pattern))


def makedirs(path: str) -> None:
    """Make a folder and those above it."""
    os.makedirs(path, exist_ok=True)


def _plain(value: Any) -> Any:
    """Return a str or bytes out of an array."""
    return value.item() if isinstance(value, np.ndarray) else value


def read_file(filename: Any, name: str | None = None) -> bytes:
    """Return a file's bytes."""
    with open(_plain(filename), "rb") as stream:
        return stream.read()


def write_file(filename: Any, contents: Any, name: str | None = None) -> None:
    """Write bytes or text to a file."""
    data = _plain(contents)
    with open(_plain(filename), "wb") as stream:
        stream.write(data.encode() if isinstance(data, str) else data)


def decode_raw(input_bytes: Any, out_type: Any, **kwargs: Any) -> Any:
    """Return the numbers that bytes hold."""
    dtype = as_dtype(out_type).as_numpy_dtype
    return ops.convert_to_tensor(np.frombuffer(_plain(input_bytes), dtype))


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError as error:
        raise ImportError("Images need Pillow: pip install pillow") from error
    return Image


def decode_image(
    contents: Any, channels: int | None = 0, dtype: Any = "uint8", name: Any = None, **kwargs: Any
) -> Any:
    """Return the pixels `(height, width, channels)` of an encoded image."""
    picture = _pillow().open(io.BytesIO(_plain(contents)))
    mode = {1: "L", 3: "RGB", 4: "RGBA"}.get(channels or 0)
    if mode is None and picture.mode not in ("L", "RGB", "RGBA"):
        mode = "RGB"
    pixels = np.asarray(picture.convert(mode) if mode else picture)
    pixels = pixels[..., None] if pixels.ndim == 2 else pixels
    whole = ops.convert_to_tensor(np.array(pixels))
    return whole if as_dtype(dtype) == "uint8" else ops.cast(whole, "float32") / 255


def decode_png(contents: Any, channels: int = 0, dtype: Any = "uint8", name: Any = None) -> Any:
    """Return the pixels of a PNG image."""
    return decode_image(contents, channels, dtype)


def decode_jpeg(contents: Any, channels: int = 0, **kwargs: Any) -> Any:
    """Return the pixels of a JPEG image."""
    return decode_image(contents, channels)


def _encode(image: Any, **options: Any) -> bytes:
    pixels = np.asarray(image).astype("uint8")
    stream = io.BytesIO()
    _pillow().fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).save(stream, **options)
    return stream.getvalue()


def encode_png(image: Any, compression: int = -1, name: str | None = None) -> bytes:
    """Return a PNG file's bytes."""
    return _encode(image, format="PNG")


def encode_jpeg(image: Any, format: str = "", quality: int = 95, **kwargs: Any) -> bytes:
    """Return a JPEG file's bytes."""
    return _encode(image, format="JPEG", quality=quality)


def TextLineDataset(filenames: Any, **kwargs: Any) -> Any:
    """Return a data set of the lines of text files."""
    paths = [filenames] if isinstance(filenames, (str, os.PathLike)) else list(filenames)

    def lines() -> Iterator[Any]:
        for path in paths:
            with open(path, encoding="utf-8") as stream:
                yield from (np.array(line.rstrip("\r\n")) for line in stream)

    return Dataset.from_generator(lines)
