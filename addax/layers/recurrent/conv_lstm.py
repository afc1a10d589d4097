"""What the convolutional LSTMs share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.layers.input_spec import InputSpec
from addax.layers.recurrent.conv_lstm_cell import (
    ConvLSTM1DCell,
    ConvLSTM2DCell,
    ConvLSTM3DCell,
    ConvLSTMCell,
)
from addax.layers.recurrent.loop import LoopOptions, run_fused
from addax.layers.recurrent.rnn import RNN, delegate, with_cell

_CELLS: dict[int, type[ConvLSTMCell]] = {1: ConvLSTM1DCell, 2: ConvLSTM2DCell, 3: ConvLSTM3DCell}


@delegate(ConvLSTMCell)
class ConvLSTM(RNN):
    """Base of LSTMs over sequences of images, with convolutions in place of products.

    The arguments are those of `ConvLSTM2D`.
    """

    rank = 2
    _more_in_config = ("unroll", "zero_output_for_mask")

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(**with_cell(_CELLS[self.rank], f"conv_lstm{self.rank}d_cell", locals()))
        self.input_spec = InputSpec(ndim=self.rank + 3)

    def get_initial_state(self, batch_size: Any) -> Any:
        """Return the states that a sequence starts from; needs a built layer."""
        return [ops.zeros((batch_size, *self._state_shape), self.compute_dtype) for _ in range(2)]

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build the cell, and make the states of a stateful layer."""
        self._set_state_shape(tuple(sequences_shape))
        super().build(sequences_shape, initial_state_shape)

    def _set_state_shape(self, shape: tuple[Any, ...]) -> None:
        cell = self.cell
        last = cell.data_format == "channels_last"
        spatial = shape[2:-1] if last else shape[3:]
        sizes = [
            _size_after(size, kernel, step, dilation, cell.padding)
            for size, kernel, step, dilation in zip(
                spatial, cell.kernel_size, cell.strides, cell.dilation_rate, strict=True
            )
        ]
        self._state_shape = (*sizes, cell.filters) if last else (cell.filters, *sizes)

    def call(
        self,
        sequences: Any,
        initial_state: Any = None,
        mask: Any = None,
        training: bool | None = False,
    ) -> Any:
        """Return the outputs (and states) for `sequences`."""
        self._set_state_shape(tuple(sequences.shape))
        return super().call(sequences, initial_state, mask, training)

    def _run_fused(
        self, sequences: Any, states: Any, mask: Any, options: LoopOptions, training: Any
    ) -> Any:
        image = (sequences.shape[0], *sequences.shape[2:])
        input_drop, state_drop = self.cell.image_masks(image, states[0].shape, training)
        weights = self.cell.cell_weights()
        return run_fused(
            self.cell, sequences, states, weights, mask, input_drop, state_drop, options
        )


def _size_after(size: int | None, kernel: int, step: int, dilation: int, padding: str) -> Any:
    if size is None:
        return None
    if padding == "same":
        return -(-size // step)
    return (size - (kernel - 1) * dilation - 1) // step + 1
