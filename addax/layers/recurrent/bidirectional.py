"""`Bidirectional`."""

from __future__ import annotations

from typing import Any

from addax import errors, ops, tree
from addax.core.registry import register
from addax.layers.base import Layer

_MERGE_MODES = ("sum", "mul", "concat", "ave", None)


def _copy(layer: Any, **changes: Any) -> Any:
    """Return a new layer with the same arguments, but for `changes`."""
    try:
        return type(layer).from_config({**layer.get_config(), **changes})
    except (NotImplementedError, TypeError, ValueError):
        # an argument, such as a lambda, has no config: take the objects themselves
        return type(layer)(**{**layer._init_arguments, **changes})


@register("layers")
class Bidirectional(Layer):
    """Runs a recurrent layer over a sequence in both directions.

    Args:
        layer: a recurrent layer (`LSTM`, `GRU`, `RNN`, ...); it is copied.
        merge_mode: how the outputs are joined: `"concat"`, `"sum"`, `"mul"`, `"ave"`, or
            None for a tuple of both.
        weights: initial values.
        backward_layer: the layer for the other direction, with `go_backwards=True`;
            default: a copy of `layer`.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Call arguments:
        sequences: `(batch, time, features)`.
        initial_state: list of states: the forward ones, then the backward ones.
        mask: boolean `(batch, time)`.
        training: passed to the layers.

    Output shape: that of the layer; twice the features for `"concat"`. With
        `return_state`, a tuple of it and all states.

    Raises:
        ValueError: if `layer` is no recurrent layer, or the two do not fit together.

    Example:
        >>> import numpy as np, addax
        >>> Bidirectional(addax.layers.LSTM(4))(np.ones((2, 5, 3))).shape
        (2, 8)

    Reference: Schuster & Paliwal 1997, doi:10.1109/78.650093.
    """

    def __init__(
        self,
        layer: Layer,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Layer | None = None,
        **kwargs: Any,
    ) -> None:
        _check_recurrent("layer", layer)
        if backward_layer is not None:
            _check_recurrent("backward_layer", backward_layer)
        super().__init__(weights=weights, **kwargs)
        self.merge_mode = errors.one_of("Bidirectional", "merge_mode", merge_mode, _MERGE_MODES)
        base = layer.name.removeprefix("forward_")
        self.forward_layer = _copy(layer, name=f"forward_{base}")
        if backward_layer is None:
            backwards = not layer.go_backwards
            self.backward_layer = _copy(layer, name=f"backward_{base}", go_backwards=backwards)
        else:
            self.backward_layer = backward_layer
            name = backward_layer.name.removeprefix("backward_")
            backward_layer.name = f"backward_{name}"
        self._check_pair()
        if layer.return_sequences:
            # the two outputs of a masked time would else be of different times
            self.forward_layer.zero_output_for_mask = True
            self.backward_layer.zero_output_for_mask = True
        self.return_sequences = layer.return_sequences
        self.return_state = layer.return_state
        self.stateful = layer.stateful
        self.go_backwards = layer.go_backwards
        self.supports_masking = True
        self.input_spec = layer.input_spec

    @property
    def layer(self) -> Layer:
        """The forward layer."""
        return self.forward_layer

    def _check_pair(self) -> None:
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError(
                "`layer` and `backward_layer` of `Bidirectional` must run in different directions. "
                f"Received: go_backwards={forward.go_backwards} for both"
            )
        for name in ("return_sequences", "return_state", "stateful"):
            if getattr(forward, name) != getattr(backward, name):
                raise ValueError(
                    f"`layer` and `backward_layer` of `Bidirectional` must have the same `{name}`. "
                    f"Received: {getattr(forward, name)} and {getattr(backward, name)}"
                )

    @property
    def states(self) -> Any:
        """The states of stateful layers: forward, then backward."""
        if self.forward_layer.states is None:
            return None
        return [*self.forward_layer.states, *self.backward_layer.states]

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build both layers."""
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)
                layer.built = True

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = None,
    ) -> Any:
        """Return the joined outputs (and states)."""
        starts = self._split(initial_state)
        layers = (self.forward_layer, self.backward_layer)
        results = [
            layer(sequences, initial_state=start, mask=mask, training=training)
            for layer, start in zip(layers, starts, strict=True)
        ]
        states: list[Any] = []
        if self.return_state:
            states = [*results[0][1:], *results[1][1:]]
            results = [result[0] for result in results]
        forward, backward = results
        if self.return_sequences:
            backward = ops.flip(backward, axis=1)
        output = self._merge(forward, backward)
        if not self.return_state:
            return output
        return (*output, *states) if self.merge_mode is None else (output, *states)

    def _split(self, initial_state: Any) -> tuple[Any, Any]:
        if initial_state is None:
            return None, None
        half = len(initial_state) // 2
        if half * 2 != len(initial_state):
            raise ValueError(
                f"`initial_state` of Bidirectional '{self.name}' must hold as many states for the "
                f"backward as for the forward layer. Received: {len(initial_state)} states"
            )
        return list(initial_state[:half]), list(initial_state[half:])

    def _merge(self, forward: Any, backward: Any) -> Any:
        if self.merge_mode == "concat":
            return ops.concatenate([forward, backward], axis=-1)
        if self.merge_mode == "sum":
            return ops.add(forward, backward)
        if self.merge_mode == "ave":
            return ops.divide(ops.add(forward, backward), 2)
        if self.merge_mode == "mul":
            return ops.multiply(forward, backward)
        return forward, backward

    def compute_mask(self, sequences: Any, mask: Any = None) -> Any:
        """Return the mask of the sequence if all outputs are returned, None for states."""
        mask = tree.flatten(mask)[0] if mask is not None else None
        output = mask if self.return_sequences else None
        outputs = [output, output] if self.merge_mode is None else [output]
        if not self.return_state:
            return outputs if self.merge_mode is None else output
        return outputs + [None] * 2 * len(self.forward_layer._sizes)

    def reset_state(self) -> None:
        """Set the states of stateful layers to zero."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    def reset_states(self) -> None:
        """Set the states of stateful layers to zero."""
        self.reset_state()


def _check_recurrent(name: str, layer: Any) -> None:
    needed = ("go_backwards", "return_sequences", "return_state", "stateful")
    if not isinstance(layer, Layer) or not all(hasattr(layer, item) for item in needed):
        raise ValueError(
            f"`{name}` of `Bidirectional` must be a recurrent layer, such as `LSTM(64)`. Received: "
            f"{layer!r}"
        )
