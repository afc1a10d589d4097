"""`StackedRNNCells`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class StackedRNNCells(Layer):
    """Several cells one after the other, as one cell.

    Args:
        cells: list of cells; the output of each is the input of the next.
        **kwargs: `name`, `dtype`, `trainable`.

    Example:
        >>> import numpy as np, addax
        >>> cells = StackedRNNCells([addax.layers.GRUCell(3), addax.layers.LSTMCell(4)])
        >>> addax.layers.RNN(cells)(np.ones((2, 5, 6))).shape
        (2, 4)
    """

    def __init__(self, cells: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not cells:
            raise ValueError("`cells` of `StackedRNNCells` must hold a cell or more. Received: []")
        for cell in cells:
            for name in ("call", "state_size"):
                if not hasattr(cell, name):
                    raise ValueError(
                        f"Each of `cells` of `StackedRNNCells` must have `{name}`. Received: {cell}"
                    )
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """One state size, or list of them, per cell."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> Any:
        """The size of the last cell's output."""
        return _output_size(self.cells[-1])

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Build all cells."""
        shape = tuple(input_shape)
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(shape)
                cell.built = True
            size = _output_size(cell)
            shape = (shape[0], *(size if isinstance(size, (list, tuple)) else (size,)))

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return the initial states of all cells."""
        states = []
        for cell in self.cells:
            if hasattr(cell, "get_initial_state"):
                states.append(cell.get_initial_state(batch_size=batch_size))
                continue
            size: Any = cell.state_size
            zeros = [
                ops.zeros((batch_size, n), self.compute_dtype)
                for n in (size if isinstance(size, (list, tuple)) else [size])
            ]
            states.append(zeros if isinstance(size, (list, tuple)) else zeros[0])
        return states

    def call(
        self, inputs: Any, states: Sequence[Any], training: bool | None = False, **kwargs: Any
    ) -> Any:
        """Return the last cell's output and the new states of all."""
        new_states = []
        for cell, state in zip(self.cells, states, strict=True):
            given = list(state) if isinstance(state, (list, tuple)) else [state]
            if isinstance(cell, Layer):
                inputs, after = cell(inputs, given, training=training)
            else:
                inputs, after = cell(inputs, given)
            after = list(after) if isinstance(after, (list, tuple)) else [after]
            new_states.append(after if isinstance(state, (list, tuple)) else after[0])
        return inputs, new_states


def _output_size(cell: Any) -> Any:
    size = getattr(cell, "output_size", None)
    if size is not None:
        return size
    state = cell.state_size
    return state[0] if isinstance(state, (list, tuple)) else state
