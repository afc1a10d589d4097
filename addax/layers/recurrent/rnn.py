"""`RNN`."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from addax import ops, tree
from addax.core.registry import register
from addax.core.tensor import raw
from addax.core.variable import Variable
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec
from addax.layers.recurrent.cell import Cell
from addax.layers.recurrent.loop import Holder, LoopOptions, run_any, run_fused
from addax.layers.recurrent.stacked_cells import StackedRNNCells

_STATEFUL = (
    "{} '{}' is stateful, so it must know the batch size. Give the model's input a fixed one, with "
    "`Input(batch_shape=(batch, time, features))`."
)


@register("layers")
class RNN(Layer):
    """Runs a cell over the time steps of a sequence.

    Args:
        cell: a cell, or a list of cells that are stacked. A cell is a layer with
            `call(inputs, states) -> (output, new_states)`, `state_size` (an integer or
            a list of them), and optionally `output_size` and
            `get_initial_state(batch_size)`.
        return_sequences: whether all outputs are returned, else the last one.
        return_state: whether the last states are returned, too.
        go_backwards: whether the sequence is run from its end; the outputs are in the
            order in which they are computed.
        stateful: whether each sample starts from the state in which the sample at the
            same place of the batch before ended.
        unroll: whether the loop is written out: slower to compile, sometimes faster.
        zero_output_for_mask: whether outputs at masked times are 0, else those of the
            time before.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Call arguments:
        sequences: `(batch, time, ...)`.
        initial_state: list of states; default: the cell's initial state.
        mask: boolean `(batch, time)`; False: the step is skipped.
        training: passed to the cell.

    Output shape: `(batch, units)`, or `(batch, time, units)` with `return_sequences`;
        with `return_state`, a tuple of it and the states.

    Example:
        >>> import numpy as np, addax
        >>> class Sum(addax.layers.Layer):
        ...     state_size = 2
        ...     def call(self, inputs, states):
        ...         total = states[0] + inputs
        ...         return total, [total]
        >>> RNN(Sum())(np.ones((1, 5, 2))).numpy()
        array([[5., 5.]], dtype=float32)
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        cell = StackedRNNCells(cell) if isinstance(cell, (list, tuple)) else cell
        for name in ("call", "state_size"):
            if not hasattr(cell, name):
                raise ValueError(
                    f"`cell` of `{type(self).__name__}` must have `{name}`. Received: cell={cell!r}"
                )
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.supports_masking = True
        self.input_spec = InputSpec(min_ndim=3)
        self.states: list[Variable] | None = None

    @property
    def state_size(self) -> Any:
        """The cell's `state_size`."""
        return self.cell.state_size

    @property
    def _sizes(self) -> list[Any]:
        size = self.cell.state_size
        return list(size) if isinstance(size, (list, tuple)) else [size]

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build the cell, and make the states of a stateful layer."""
        shape = tuple(sequences_shape)
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build((shape[0], *shape[2:]))
            self.cell.built = True
        if self.stateful and self.states is None:
            if shape[0] is None:
                raise ValueError(_STATEFUL.format(type(self).__name__, self.name))
            self.states = [
                Variable(np.asarray(raw(state)), trainable=False, name="state")
                for state in tree.flatten(self.get_initial_state(shape[0]))
            ]

    def get_initial_state(self, batch_size: Any) -> Any:
        """Return the states that a sequence starts from.

        Args:
            batch_size: number of samples.
        """
        make = getattr(self.cell, "get_initial_state", None)
        if make is not None:
            states = make(batch_size=batch_size)
            return list(states) if isinstance(states, (list, tuple)) else [states]
        return [
            ops.zeros((batch_size, *(size if hasattr(size, "__iter__") else (size,))),
                      self.compute_dtype)
            for size in self._sizes
        ]  # fmt: skip

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = False,
    ) -> Any:
        """Return the outputs (and states) for `sequences`."""
        states = self._start(sequences, initial_state)
        mask = tree.flatten(mask)[0] if mask is not None else None
        arguments.check_shape(self, "mask", mask, tree.flatten(sequences)[0].shape[:2])
        options = LoopOptions(
            self.go_backwards, self.unroll, self.zero_output_for_mask, self.return_sequences
        )
        run = self._run_fused if isinstance(self.cell, Cell) else self._run_any
        last, outputs, states = run(sequences, states, mask, options, training)
        if self.stateful:
            for variable, state in zip(self.states or (), tree.flatten(states), strict=True):
                variable.assign(state)
        output = outputs if self.return_sequences else last
        return (output, *states) if self.return_state else output

    def _start(self, sequences: Any, initial_state: Any) -> list[Any]:
        if initial_state is None:
            if self.stateful and self.states is not None:
                pattern = self.get_initial_state(self.states[0].shape[0])
                return tree.pack_like(pattern, [variable.value for variable in self.states])
            first = tree.flatten(sequences)[0]
            return self.get_initial_state(first.shape[0])
        given = initial_state if isinstance(initial_state, (list, tuple)) else [initial_state]
        if len(given) != len(self._sizes):
            raise ValueError(
                f"`initial_state` of {type(self).__name__} '{self.name}' must hold "
                f"{len(self._sizes)} states. Received: {len(given)}"
            )
        for state, size in zip(given, self._sizes, strict=True):
            if isinstance(size, int) and isinstance(self.cell, Cell) and self.cell.splits:
                arguments.check_shape(self, "initial_state", state, (None, size))
        return list(given)

    def _run_fused(
        self, sequences: Any, states: Any, mask: Any, options: LoopOptions, training: Any
    ) -> Any:
        input_drop, state_drop = self.cell.draw_masks(sequences.shape[0], training)
        weights = self.cell.cell_weights()
        return run_fused(
            self.cell, sequences, states, weights, mask, input_drop, state_drop, options
        )

    def _run_any(
        self, sequences: Any, states: Any, mask: Any, options: LoopOptions, training: Any
    ) -> Any:
        variables = list(getattr(self.cell, "variables", ()))
        cells = [c for c in getattr(self.cell, "cells", ()) if isinstance(c, Cell)]
        batch = tree.flatten(sequences)[0].shape[0]
        keywords = {"training": training} if isinstance(self.cell, Layer) else {}
        for cell in cells:
            cell.hold_masks(batch, training)
        values = [variable.value for variable in variables]
        try:
            last, outputs, states, changed = run_any(
                self.cell, keywords, [Holder(v) for v in variables], sequences, states, values,
                mask, options,
            )  # fmt: skip
        finally:
            for cell in cells:
                cell.release_masks()
        changing = [variable for variable in variables if not variable.trainable]
        for variable, value in zip(changing, changed, strict=True):
            variable.assign(value)
        return last, outputs, states

    def compute_mask(self, sequences: Any, mask: Any = None) -> Any:
        """Return the mask of the sequence if all outputs are returned, None for states."""
        mask = tree.flatten(mask)[0] if mask is not None else None
        output = mask if self.return_sequences else None
        return [output, *[None] * len(self._sizes)] if self.return_state else output

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zero."""
        for variable in self.states or ():
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def reset_states(self, states: Any = None) -> None:
        """Set the states of a stateful layer, to zero by default."""
        if states is None:
            self.reset_state()
            return
        for variable, state in zip(self.states or (), tree.flatten(states), strict=True):
            variable.assign(state)


def with_cell(cell_class: Any, name: str, local: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of `RNN`, the cell among them, of those of a layer like `LSTM`.

    Args:
        cell_class: class of the cell.
        name: name of the cell.
        local: `locals()` of the layer's constructor.
    """
    values = arguments.given(local)
    values.pop("use_cudnn", None)
    shared = {key: values[key] for key in ("dtype", "trainable") if key in values}
    own = {key: values.pop(key) for key in cell_arguments(cell_class) if key in values}
    return {"cell": cell_class(**own, **shared, name=name), **values}


def cell_arguments(cell_class: Any) -> list[str]:
    """Return the names of a cell's own arguments."""
    parameters = inspect.signature(cell_class.__init__).parameters.values()
    return [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]


def delegate(cell_class: Any) -> Callable[[type], type]:
    """Let the attributes named like the cell's arguments be those of the cell."""

    def decorate(cls: type) -> type:
        for name in (*cell_arguments(cell_class), "state_size"):
            setattr(cls, name, property(operator.attrgetter(f"cell.{name}")))
        return cls

    return decorate
