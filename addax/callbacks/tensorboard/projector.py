"""Embeddings as files that TensorBoard's projector reads."""

from __future__ import annotations

import os
import shutil
from typing import Any

import numpy as np

from addax.callbacks.tensorboard.protos import protos, require

CONFIG_FILE = "projector_config.pbtxt"


def write_projector(
    log_dir: str | os.PathLike[str], tables: dict[str, Any], metadata: Any = None, step: int = 0
) -> None:
    """Write tables of vectors and the configuration that names them.

    Args:
        log_dir: the folder that TensorBoard is started with, or a run in it.
        tables: arrays `(rows, size)` by the name to show.
        metadata: path of a file with a label (or columns of them) per row, or a dict of such
            by name. A file outside of `log_dir` is copied there.
        step: part of the file names.

    Raises:
        ValueError: if an array is no table, or `metadata` names a table that is not there.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> write_projector(folder, {"words": np.eye(3)})
        >>> sorted(os.listdir(folder))
        ['embedding_words-0.tsv', 'projector_config.pbtxt']
    """
    require("The projector")
    from google.protobuf import text_format

    log_dir = os.fspath(log_dir)
    os.makedirs(log_dir, exist_ok=True)
    paths = metadata_paths(metadata, list(tables))
    config = protos().ProjectorConfig()
    for name, table in tables.items():
        table = np.asarray(table, "float32")
        if table.ndim != 2:
            raise ValueError(
                "The projector shows tables of the shape (rows, size). "
                f"Received: shape {table.shape} for '{name}'"
            )
        file_name = f"embedding_{name.replace('/', '_')}-{step}.tsv"
        np.savetxt(os.path.join(log_dir, file_name), table, fmt="%.7g", delimiter="\t")
        entry = config.embeddings.add(tensor_name=name, tensor_path=file_name)
        entry.tensor_shape.extend(table.shape)
        if name in paths:
            entry.metadata_path = _inside(paths[name], log_dir)
    _replace(os.path.join(log_dir, CONFIG_FILE), text_format.MessageToString(config))


def metadata_paths(metadata: Any, names: list[str]) -> dict[str, str]:
    """Return the path of the labels by name of the table.

    Raises:
        ValueError: if a name in `metadata` is none of `names`.
    """
    if not metadata:
        return {}
    if not isinstance(metadata, dict):
        return dict.fromkeys(names, os.fspath(metadata))
    unknown = sorted(set(metadata) - set(names))
    if unknown:
        raise ValueError(
            "`embeddings_metadata` must name embedding layers of the model, which are "
            f"{names}. Received: {unknown}"
        )
    return {name: os.fspath(path) for name, path in metadata.items()}


def _inside(path: str, log_dir: str) -> str:
    """Return the path below `log_dir`; TensorBoard serves nothing from outside of it."""
    folder = os.path.realpath(log_dir)
    source = os.path.realpath(os.path.join(log_dir, path))
    if os.path.exists(source) and os.path.commonpath([folder, source]) == folder:
        return os.path.relpath(source, folder)
    if not os.path.exists(path):
        return path  # it may come later
    name = os.path.basename(path)
    shutil.copyfile(path, os.path.join(log_dir, name))
    return name


def _replace(path: str, content: str) -> None:
    """Write a file so that a reader sees the old one or the new one, never a part."""
    with open(f"{path}.part", "w", encoding="utf-8") as file:
        file.write(content)
    os.replace(f"{path}.part", path)
