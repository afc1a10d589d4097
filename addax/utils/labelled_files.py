"""Files in folders, one folder per class: found, numbered, split and read in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from addax import errors
from addax.callbacks.console import write_line
from addax.core.variable import default_seed, host_generator
from addax.data.dataset import Batches
from addax.data.pipeline import Dataset

LABEL_MODES = ("int", "categorical", "binary", None)
_SUBSETS = (None, "training", "validation", "both")
_WORKERS = 4  # threads that read files


@dataclass(frozen=True)
class Request:
    """The arguments that all data sets from folders share.

    Attributes:
        owner: the function, for messages.
        directory: where the files lie.
        labels: `"inferred"` from the folders, None for none, or a list of numbers.
        label_mode: how labels are given.
        class_names: the folders, in the order of the class numbers; None for all, by name.
        batch_size: elements per batch; None for single elements.
        shuffle: whether each pass has an order of its own.
        seed: of the order.
        validation_split: share of the files that is kept for validation.
        subset: which part to return.
        follow_links: whether to go into folders that are links.
        verbose: whether to say how many files there are.
    """

    owner: str
    directory: Any
    labels: Any
    label_mode: str | None
    class_names: Sequence[str] | None
    batch_size: int | None
    shuffle: bool
    seed: int | None
    validation_split: float | None
    subset: str | None
    follow_links: bool
    verbose: bool

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        owner = self.owner
        errors.one_of(owner, "label_mode", self.label_mode, LABEL_MODES)
        errors.one_of(owner, "subset", self.subset, _SUBSETS)
        if self.batch_size is not None:
            errors.positive_int(owner, "batch_size", self.batch_size)
        _check_labels(owner, self.labels, self.class_names)
        share = self.validation_split
        if share and not 0 < share < 1:
            raise ValueError(
                f"`validation_split` of `{owner}` must be in (0, 1). Received: {share}"
            )
        if bool(share) != bool(self.subset):
            raise ValueError(
                f"`validation_split` and `subset` of `{owner}` belong together. "
                f"Received: validation_split={share}, subset={self.subset!r}"
            )
        if share and self.shuffle and self.seed is None:
            raise ValueError(
                f"`{owner}` with `validation_split` and `shuffle` needs a `seed`: both parts must "
                "be cut from one order."
            )


@dataclass(frozen=True)
class Files:
    """Files, and what is known of each."""

    paths: list[str]
    labels: np.ndarray | None
    class_names: list[str] | None

    def part(self, rows: slice) -> Files:
        """Return some of the files."""
        labels = None if self.labels is None else self.labels[rows]
        return replace(self, paths=self.paths[rows], labels=labels)


def _check_labels(owner: str, labels: Any, class_names: Any) -> None:
    if labels == "inferred" if isinstance(labels, str) else labels is None:
        if labels is None and class_names:
            raise ValueError(f"`class_names` of `{owner}` has no use with `labels=None`.")
        return
    if not isinstance(labels, (list, tuple)):
        raise ValueError(
            f'`labels` of `{owner}` must be "inferred", None, or a list with the class number of '
            f"every file, in the order of their paths. Received: {labels!r:.60}"
        )
    if class_names:
        raise ValueError(f'`class_names` of `{owner}` needs `labels="inferred"`.')


def subfolders(directory: Any) -> list[str]:
    """Return the names of the folders in a folder, sorted; hidden ones are left out."""
    with os.scandir(directory) as entries:
        return sorted(e.name for e in entries if e.is_dir() and not e.name.startswith("."))


def find_files(directory: Any, endings: Sequence[str], follow_links: bool = False) -> list[str]:
    """Return the paths of files with given endings below a folder, sorted by folder and name."""
    known = tuple(f".{ending.lstrip('.')}" for ending in endings)
    return [
        os.path.join(folder, name)
        for folder, _, names in sorted(os.walk(directory, followlinks=follow_links))
        for name in sorted(names)
        if name.lower().endswith(known)
    ]


def find(request: Request, endings: Sequence[str]) -> Files:
    """Return the files of a request, in one order for a seed: that of Keras.

    Raises:
        ValueError: if there are none, or labels do not fit them.
    """
    files = _listed(request, endings)
    if not files.paths:
        raise ValueError(
            f"`{request.owner}` finds no files in {request.directory}. "
            f"Looked for: {', '.join(endings)}"
        )
    names = files.class_names
    if request.label_mode == "binary" and names is not None and len(names) != 2:
        raise ValueError(
            f'`label_mode="binary"` of `{request.owner}` needs 2 classes. Received: {names}'
        )
    if request.verbose:
        classes = "" if names is None else f" belonging to {len(names)} classes"
        write_line(f"Found {len(files.paths)} files{classes}.")
    if not request.shuffle:
        return files
    order = np.arange(len(files.paths))
    seed = default_seed() if request.seed is None else request.seed
    np.random.RandomState(seed).shuffle(order)
    labels = None if files.labels is None else files.labels[order]
    return replace(files, paths=[files.paths[i] for i in order], labels=labels)


def _listed(request: Request, endings: Sequence[str]) -> Files:
    inferred = isinstance(request.labels, str)
    if not inferred:
        paths = find_files(request.directory, endings, request.follow_links)
        if request.labels is None or request.label_mode is None:
            return Files(paths, None, None)
        return Files(paths, _given(request, paths), [str(v) for v in sorted(set(request.labels))])
    found = subfolders(request.directory)
    folders = list(request.class_names or found)
    if unknown := set(folders) - set(found):
        raise ValueError(
            f"`class_names` of `{request.owner}` must be folders of {request.directory}, which has "
            f"{found}. Received also: {sorted(unknown)}"
        )
    paths, labels = [], []
    for number, folder in enumerate(folders):
        home = os.path.join(request.directory, folder)
        new = find_files(home, endings, request.follow_links)
        paths += new
        labels += [number] * len(new)
    if request.label_mode is None:
        return Files(paths, None, None)
    return Files(paths, np.array(labels, "int32"), folders)


def _given(request: Request, paths: list[str]) -> np.ndarray:
    if len(request.labels) != len(paths):
        raise ValueError(
            f"`labels` of `{request.owner}` must have one number per file. "
            f"Received: {len(request.labels)} for {len(paths)} files in {request.directory}"
        )
    return np.asarray(request.labels, "int32")


def _encoded(labels: np.ndarray, label_mode: str | None, count: int) -> np.ndarray:
    if label_mode == "binary":
        return labels.astype("float32")[:, None]
    if label_mode == "categorical":
        return np.eye(count, dtype="float32")[labels]
    return labels.astype("int32")


class _Loaded:
    """Elements by number, read by threads ahead of time."""

    workers = _WORKERS
    max_queue_size = 8 * _WORKERS

    def __init__(self, files: Files, load: Callable[[str], Any], label_mode: str | None) -> None:
        self._paths, self._load, self._labels = files.paths, load, None
        if files.labels is not None:
            count = len(files.class_names or ())
            self._labels = _encoded(files.labels, label_mode, count)

    def __getitem__(self, index: int) -> Any:
        element = self._load(self._paths[index])
        return element if self._labels is None else (element, self._labels[index])


def _dataset(files: Files, load: Callable[[str], Any], request: Request) -> Dataset:
    loaded = _Loaded(files, load, request.label_mode)
    seed = default_seed() if request.seed is None else request.seed
    passes = 0

    def elements() -> Any:
        nonlocal passes
        passes += 1
        count = len(files.paths)
        random = host_generator(seed, passes)
        batches = Batches(loaded, random.permutation(count) if request.shuffle else range(count))
        try:
            yield from batches
        finally:
            batches.close()

    return Dataset(elements, len(files.paths))


def datasets(
    request: Request,
    endings: Sequence[str],
    load: Callable[[str], Any],
    batch: Callable[[Dataset, int], Dataset] = Dataset.batch,
) -> Any:
    """Return the data set of a request; two for `subset="both"`.

    Args:
        request: the arguments.
        endings: of the files that count.
        load: reads one file.
        batch: joins elements.
    """
    files = find(request, endings)
    held_out = int((request.validation_split or 0) * len(files.paths))
    first = len(files.paths) - held_out
    parts = {"training": slice(first), "validation": slice(first, None), None: slice(None)}

    def make(subset: str | None, shuffle: bool) -> Dataset:
        part = files.part(parts[subset])
        if subset and request.verbose:
            write_line(f"Using {len(part.paths)} files for {subset}.")
        made = _dataset(part, load, replace(request, shuffle=shuffle))
        if request.batch_size is not None:
            made = batch(made, request.batch_size)
        made.class_names, made.file_paths = part.class_names, part.paths  # type: ignore[attr-defined]
        return made

    if request.subset == "both":
        return make("training", request.shuffle), make("validation", False)
    return make(request.subset, request.shuffle)
