"""`InputSpec`: what a layer expects of its inputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import tree
from addax.core.dtypes import standardize_dtype


class InputSpec:
    """Rank, shape and dtype that an input of a layer must have.

    Args:
        dtype: name of the dtype, or None for any.
        shape: expected shape, None for sizes that do not matter.
        ndim: exact rank.
        max_ndim: largest rank.
        min_ndim: smallest rank.
        axes: required size by axis, such as `{-1: 784}`.
        allow_last_axis_squeeze: whether a last axis of size 1 may be missing.
        name: name of the input, for dicts.
        optional: whether None is accepted.

    Example:
        >>> InputSpec(min_ndim=2, axes={-1: 3}).problem((None, 4))
        'expected size 3 in axis -1, received shape (None, 4)'
    """

    def __init__(
        self,
        dtype: str | None = None,
        shape: Sequence[int | None] | None = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: dict[int, int] | None = None,
        allow_last_axis_squeeze: bool = False,
        name: str | None = None,
        optional: bool = False,
    ) -> None:
        self.dtype = None if dtype is None else standardize_dtype(dtype)
        self.shape = None if shape is None else tuple(shape)
        self.ndim = len(self.shape) if self.shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        self.allow_last_axis_squeeze = allow_last_axis_squeeze
        self.name = name
        self.optional = optional

    def problem(self, shape: tuple[int | None, ...]) -> str | None:
        """Return what is wrong with an input of this shape, or None."""
        rank = len(shape)
        received = f"received shape {shape}"
        if self.ndim is not None and rank != self.ndim and not self.allow_last_axis_squeeze:
            return f"expected rank {self.ndim}, {received}"
        if self.max_ndim is not None and rank > self.max_ndim:
            return f"expected rank at most {self.max_ndim}, {received}"
        if self.min_ndim is not None and rank < self.min_ndim:
            return f"expected rank at least {self.min_ndim}, {received}"
        for axis, size in self.axes.items():
            given = shape[axis] if -rank <= axis < rank else None
            if size is not None and given is not None and given != size:
                return f"expected size {size} in axis {axis}, {received}"
        if self.shape is not None and not self.allow_last_axis_squeeze:
            for expected, given in zip(self.shape, shape, strict=True):
                if expected is not None and given is not None and expected != given:
                    return f"expected shape {self.shape}, {received}"
        return None

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return dict(vars(self))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """Rebuild a spec from `get_config()`."""
        return cls(**config)


def check_inputs(layer_name: str, specs: Any, inputs: Any) -> None:
    """Raise a ValueError naming the layer if `inputs` do not fit `specs`."""
    flat_specs = tree.flatten(specs)
    flat_inputs = tree.flatten(inputs)
    if len(flat_specs) != len(flat_inputs):
        raise ValueError(
            f"Layer '{layer_name}' expects {len(flat_specs)} input(s). "
            f"Received: {len(flat_inputs)} input(s)"
        )
    for spec, value in zip(flat_specs, flat_inputs, strict=True):
        if spec is None or not hasattr(value, "shape"):
            continue
        problem = spec.problem(tuple(value.shape))
        if problem:
            which = f" '{spec.name}'" if spec.name else ""
            raise ValueError(f"Input{which} of layer '{layer_name}' does not fit: {problem}")
