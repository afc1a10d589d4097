"""Scalars, histograms, images and texts as the records that TensorBoard's plugins read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from addax.callbacks.tensorboard.png import encode_png
from addax.callbacks.tensorboard.protos import protos

BUCKETS = 30


def scalar(tag: str, value: Any, description: str | None = None) -> Any:
    """Return the summary of a number."""
    return _summary(tag, "scalars", np.float32(np.asarray(value)), description)


def histogram(tag: str, values: Any, buckets: int = BUCKETS, description: str | None = None) -> Any:
    """Return the summary of the distribution of numbers; those not finite are left out."""
    return _summary(tag, "histograms", bucket_table(values, buckets), description)


def bucket_table(values: Any, buckets: int = BUCKETS) -> np.ndarray:
    """Return left edge, right edge and count of each bucket, shape `(buckets, 3)`.

    Args:
        values: numbers, any shape.
        buckets: how many intervals of equal width there are from minimum to maximum.

    Example:
        >>> bucket_table([0.0, 0.2, 1.0], 2)
        array([[0. , 0.5, 2. ],
               [0.5, 1. , 1. ]])
    """
    flat = np.asarray(values, "float64").ravel()
    flat = flat[np.isfinite(flat)]
    if not flat.size:
        return np.zeros((buckets, 3))
    counts, edges = np.histogram(flat, buckets, (flat.min(), flat.max()))
    if flat.min() == flat.max():
        # NumPy widens an empty range, but TensorBoard shows the one value where it is.
        edges = np.full(buckets + 1, flat[0])
        counts = np.zeros(buckets)
        counts[-1] = flat.size
    return np.stack([edges[:-1], edges[1:], counts], axis=1)


def image(tag: str, images: Any, max_outputs: int = 3, description: str | None = None) -> Any:
    """Return the summary of a batch of images.

    Args:
        tag: the name.
        images: shape `(batch, height, width, channels)`, 1 to 4 channels; uint8, or floats in
            [0, 1], which are clipped to that range.
        max_outputs: how many of them are kept.
        description: text in Markdown.

    Raises:
        ValueError: if the shape is another.
    """
    images = np.asarray(images)
    if images.ndim != 4 or not 1 <= images.shape[-1] <= 4:
        raise ValueError(
            f"Images for TensorBoard must have the shape (batch, height, width, channels) with 1 "
            f"to 4 channels. Received: shape {images.shape} for '{tag}'"
        )
    if images.dtype != np.uint8:
        images = np.round(np.clip(np.nan_to_num(images), 0, 1) * 255).astype("uint8")
    height, width = images.shape[1:3]
    pictures = [encode_png(picture) for picture in images[:max_outputs]]
    texts = [str(width).encode(), str(height).encode(), *pictures]
    return _summary(tag, "images", texts, description)


def text(tag: str, data: Any, description: str | None = None) -> Any:
    """Return the summary of a text in Markdown, or of an array of texts (shown as a table)."""
    array = np.asarray(data, dtype=object)
    summary = _summary(tag, "text", [str(item).encode() for item in array.ravel()], description)
    _set_shape(summary.value[0].tensor, array.shape)
    return summary


def keras_model(tag: str, config: str) -> Any:
    """Return the summary of a model's JSON, which the Graphs tab draws."""
    summary = _summary(tag, "graph_keras_model", [config.encode()], None, content=b"1")
    _set_shape(summary.value[0].tensor, ())
    return summary


def from_bytes(data: Any) -> Any:
    """Return the `Summary` message that was serialized to `data`."""
    summary = protos().Summary()
    summary.ParseFromString(bytes(data))
    return summary


def _summary(
    tag: str,
    plugin: str,
    value: np.ndarray | np.floating | Sequence[bytes],
    description: str | None,
    content: bytes = b"",
) -> Any:
    kinds = protos()
    metadata = kinds.SummaryMetadata(summary_description=description or "")
    metadata.plugin_data.plugin_name = plugin
    metadata.plugin_data.content = content
    summary = kinds.Summary()
    summary.value.add(tag=tag, metadata=metadata, tensor=_tensor(value))
    return summary


def _tensor(value: Any) -> Any:
    kinds = protos()
    if isinstance(value, list):
        tensor = kinds.TensorProto(dtype=kinds.DT_STRING, string_val=value)
        _set_shape(tensor, (len(value),))
        return tensor
    array = np.asarray(value, "float32")
    tensor = kinds.TensorProto(dtype=kinds.DT_FLOAT, tensor_content=array.tobytes())
    _set_shape(tensor, array.shape)
    return tensor


def _set_shape(tensor: Any, shape: Sequence[int]) -> None:
    del tensor.tensor_shape.dim[:]
    for size in shape:
        tensor.tensor_shape.dim.add(size=size)
    tensor.tensor_shape.SetInParent()
