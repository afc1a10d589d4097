"""What the convolutional LSTMs share."""

from __future__ import annotations

from typing import Any

from addax import ops
from addax.layers.input_spec import InputSpec
from addax.layers.recurrent.conv_lstm_cell import ConvLSTMCell
from addax.layers.recurrent.loop import LoopOptions, run_fused
from addax.layers.recurrent.rnn import RNN


class ConvLSTM(RNN):
    """Base of LSTMs over sequences of images.

    Args:
        rank: number of spatial dimensions.
        cell_arguments: arguments of `ConvLSTMCell`, by name.
        **kwargs: further arguments of `RNN`.
    """

    _more_in_config = ("unroll", "zero_output_for_mask")

    def __init__(self, rank: int, cell_arguments: dict[str, Any], **kwargs: Any) -> None:
        given = dict(cell_arguments)
        names = ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate")
        shape_arguments = {name: given.pop(name) for name in names}
        cell = ConvLSTMCell(
            rank,
            **shape_arguments,
            options=given,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name=f"conv_lstm{rank}d_cell",
        )
        super().__init__(cell, **kwargs)
        self.rank = rank
        self.input_spec = InputSpec(ndim=rank + 3)

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
