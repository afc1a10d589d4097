"""What the built-in recurrent cells share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from addax import errors, ops
from addax.core.graph import op
from addax.core.tensor import raw
from addax.core.variable import SeedGenerator
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.regularization.dropout import drop


def apply_raw(function: Any, x: Any) -> Any:
    """Apply an activation to a raw array, and return a raw array."""
    return raw(getattr(function, "raw", function)(x))


def _is_resolved(name: str) -> bool:
    kinds = ("activation", "initializer", "regularizer", "constraint")
    return name.endswith(kinds) and name != "activity_regularizer"


@op
def _one_step(
    cell: Any, inputs: Any, states: Any, weights: Any, input_drop: Any, state_drop: Any
) -> Any:
    x = inputs if input_drop is None else inputs * input_drop
    return cell.step(cell.project(x, weights), list(states), weights, state_drop)


class Cell(Layer):
    """Base of the built-in cells.

    A cell splits into `project`, a product that does not depend on the states and so
    can be done for all times at once, and `step`, the rest. Both work on raw arrays.

    Args:
        units: size of the state.
        use_bias: whether biases are added.
        dropout: share of the inputs to drop.
        recurrent_dropout: share of the state to drop where it enters the product.
        seed: integer, for repeatable dropout.
        **kwargs: activations, initializers, regularizers and constraints, and further
            arguments of `Layer`.
    """

    gates = 1
    # whether `step` is `enter`, one product of the first state, and `react`, elementwise
    splits = True
    unit_forget_bias = False  # of LSTMs: whether their forget gates start open

    def __init__(
        self,
        units: int,
        use_bias: bool,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
        **kwargs: Any,
    ) -> None:
        resolved = {name: kwargs.pop(name) for name in [*kwargs] if _is_resolved(name)}
        super().__init__(**kwargs)
        owner = type(self).__name__.removesuffix("Cell")
        self.units = errors.positive_int(owner, "units", units)
        self.use_bias = use_bias
        self.dropout = arguments.rate(owner, dropout, "dropout")
        self.recurrent_dropout = arguments.rate(owner, recurrent_dropout, "recurrent_dropout")
        self.seed = seed
        if self.dropout or self.recurrent_dropout:
            self.seed_generator = SeedGenerator(seed)
        arguments.resolve(self, **resolved)
        self.state_size: Any = self.units
        self.output_size = self.units
        self._masks: tuple[Any, Any] | None = None

    def _add_matrices(self, input_shape: Sequence[int | None], bias_shape: Any) -> None:
        """Make `kernel`, `recurrent_kernel` and `bias`."""
        width = self.gates * self.units
        shapes = {
            "kernel": (arguments.known_size(self, input_shape, -1), width),
            "recurrent_kernel": (self.units, width),
            "bias": bias_shape,
        }
        self._add_weights(shapes)

    def _add_weights(self, shapes: Mapping[str, Any]) -> None:
        """Make the weights of these names and shapes, with their initializers and so on."""
        for name, shape in shapes.items():
            prefix = "recurrent" if name == "recurrent_kernel" else name
            weight = None
            if name != "bias" or self.use_bias:
                weight = self.add_weight(
                    name=name,
                    shape=shape,
                    initializer=self._initializer(name),
                    regularizer=getattr(self, f"{prefix}_regularizer"),
                    constraint=getattr(self, f"{prefix}_constraint"),
                )
            setattr(self, name, weight)

    def _initializer(self, name: str) -> Any:
        if name == "bias" and self.unit_forget_bias:
            return self._forgetful_bias
        prefix = "recurrent" if name == "recurrent_kernel" else name
        return getattr(self, f"{prefix}_initializer")

    def _forgetful_bias(self, shape: Sequence[int], dtype: Any = None) -> Any:
        bias = np.array(self.bias_initializer(tuple(shape), dtype=dtype))
        bias[self.units : 2 * self.units] = 1
        return bias

    def cell_weights(self) -> tuple[Any, ...]:
        """Return the Variables in the order that `project` and `step` expect."""
        return self.kernel, self.recurrent_kernel, self.bias

    def project(self, x: Any, weights: Any) -> Any:
        """Return what the inputs contribute to all gates."""
        raise NotImplementedError

    def enter(self, z: Any, states: Any, weights: Any, state_drop: Any) -> tuple[Any, Any]:
        """Return what enters the gates: of the inputs and of the state, or their sum and None.

        Args:
            z: what `project` gave.
            states: list of states.
            weights: the cell's weights.
            state_drop: factor of the state where it enters the product, or None.
        """
        state = states[0] if state_drop is None else states[0] * state_drop
        return z + xp.matmul(state, weights[1]), None

    def react(self, z: Any, inner: Any, states: Any) -> tuple[Any, Any]:
        """Return the output and the new states for what `enter` gave, elementwise."""
        raise NotImplementedError

    def step(self, z: Any, states: Any, weights: Any, state_drop: Any) -> tuple[Any, Any]:
        """Return the output and the new states for projected inputs at one time.

        Args:
            z: what `project` gave.
            states: list of states.
            weights: the cell's weights.
            state_drop: factor of the state where it enters the product, or None.
        """
        return self.react(*self.enter(z, states, weights, state_drop), states)

    def _gate(self, z: Any) -> Any:
        """Return the recurrent activation of what enters a gate."""

        def activate(z: Any) -> Any:
            return apply_raw(self.recurrent_activation, z)

        # with all gates in one loop, a CPU computes element by element: 30 us a step, not 7
        return engine.apart(activate)(z)  # type: ignore[attr-defined]

    def inner_bias_gradient(self, bias: Any, flow: Any) -> Any:
        """Return the gradient of what `enter` takes of the bias: nothing.

        Args:
            bias: the bias.
            flow: gradient of the product of the state, `(time, batch, width)`.
        """
        return xp.zeros_like(bias)

    def call(self, inputs: Any, states: Sequence[Any], training: bool | None = False) -> Any:
        """Return the output and the new states for one time.

        Args:
            inputs: `(batch, features)`.
            states: list of `(batch, units)`.
            training: whether to drop.
        """
        nested = isinstance(states, (list, tuple))
        given = list(states) if nested else [states]
        drops = self._masks or self.draw_masks(inputs.shape[0], training)
        output, new = _one_step(self, inputs, given, self.cell_weights(), *drops)
        return output, list(new) if nested else new[0]

    def draw_masks(self, batch_size: int, training: bool | None) -> tuple[Any, Any]:
        """Return the dropout factors of the inputs and of the state, None for none."""
        if not training:
            return None, None
        sizes = (self.kernel.shape[0], self.units)
        return tuple(  # type: ignore[return-value]
            drop(ops.ones((batch_size, size), self.compute_dtype), self.seed_generator.next(), rate)
            if rate > 0
            else None
            for size, rate in zip(sizes, (self.dropout, self.recurrent_dropout), strict=True)
        )

    def hold_masks(self, batch_size: int, training: bool | None) -> None:
        """Use the same dropout factors at every time from now on."""
        self._masks = self.draw_masks(batch_size, training)

    def release_masks(self) -> None:
        """Draw new dropout factors at the next call."""
        self._masks = None

    def get_initial_state(self, batch_size: Any = None) -> list[Any]:
        """Return states of zeros."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), self.compute_dtype) for size in sizes]
