"""The cells of the convolutional LSTMs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.engine import engine, xp
from addax.layers import arguments
from addax.layers.recurrent.cell import Cell, apply_raw
from addax.layers.regularization.dropout import drop


class ConvLSTMCell(Cell):
    """An LSTM cell whose products are convolutions.

    Args:
        filters: number of output channels.
        kernel_size: size of the kernels, an integer or one per dimension.
        strides: step of the convolution of the inputs.
        padding: `"valid"` or `"same"`, for the convolution of the inputs.
        data_format: `"channels_last"` or `"channels_first"`; default:
            `image_data_format()`.
        dilation_rate: dilation of the convolution of the inputs.
        activation: activation of the candidate and of the cell state.
        recurrent_activation: activation of the gates.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of the kernel of the inputs.
        recurrent_initializer: initializer of the kernel of the state.
        bias_initializer: initializer of the bias, `(4 * filters,)`.
        unit_forget_bias: whether the bias of the forget gate starts at 1.
        kernel_regularizer: regularizer of the kernel of the inputs.
        recurrent_regularizer: regularizer of the kernel of the state.
        bias_regularizer: regularizer of the bias.
        kernel_constraint: constraint of the kernel of the inputs.
        recurrent_constraint: constraint of the kernel of the state.
        bias_constraint: constraint of the bias.
        dropout: share of the inputs to drop in training.
        recurrent_dropout: share of the state to drop in training.
        seed: integer, for repeatable dropout.
        **kwargs: `name`, `dtype`, `trainable`.
    """

    gates = 4
    splits = False
    rank = 2

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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        values = arguments.given(locals())
        names = ("unit_forget_bias", "kernel_size", "strides", "padding", "data_format")
        for name in (*names, "dilation_rate"):
            values.pop(name)
        owner = f"ConvLSTM{self.rank}D"
        errors.positive_int(owner, "filters", values.pop("filters"))
        super().__init__(filters, **values)
        self.filters = filters
        self.unit_forget_bias = unit_forget_bias
        rank = self.rank
        self.kernel_size = arguments.int_tuple(owner, "kernel_size", kernel_size, rank)
        self.strides = arguments.int_tuple(owner, "strides", strides, rank)
        self.padding = arguments.padding_mode(owner, padding)
        self.data_format = arguments.data_format(owner, data_format)
        self.dilation_rate = arguments.int_tuple(owner, "dilation_rate", dilation_rate, rank)
        self.state_size = [filters, filters]

    @property
    def _axis(self) -> int:
        return arguments.channel_axis(self.data_format)

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel`, `recurrent_kernel` and `bias`."""
        channels = arguments.known_size(self, input_shape, self._axis)
        width = 4 * self.filters
        shapes = {
            "kernel": (*self.kernel_size, channels, width),
            "recurrent_kernel": (*self.kernel_size, self.filters, width),
            "bias": (width,),
        }
        self._add_weights(shapes)

    def project(self, x: Any, weights: Any) -> Any:
        """Return the convolution of the inputs, for all times (if there are several)."""
        kernel, _, bias = weights
        lead = x.shape[: x.ndim - self.rank - 1]
        flat = x.reshape((-1, *x.shape[len(lead) :]))
        z = engine.nn.conv(
            flat, kernel, self.strides, self.padding, self.data_format, self.dilation_rate
        )
        if bias is not None:
            first = self.data_format == "channels_first"
            z = z + (bias.reshape((-1, *(1,) * self.rank)) if first else bias)
        return z.reshape((*lead, *z.shape[1:]))

    def step(self, z: Any, states: Any, weights: Any, state_drop: Any) -> tuple[Any, Any]:
        """Return the output and the new `h, c` for convolved inputs at one time."""
        h, c = states
        recurrent = h if state_drop is None else h * state_drop
        z = z + engine.nn.conv(recurrent, weights[1], 1, "same", self.data_format, 1)
        i, f, g, o = xp.split(z, 4, axis=self._axis)
        i, f, o = (apply_raw(self.recurrent_activation, part) for part in (i, f, o))
        c = f * c + i * apply_raw(self.activation, g)
        h = o * apply_raw(self.activation, c)
        return h, [h, c]

    def image_masks(self, shape: Any, state_shape: Any, training: bool | None) -> tuple[Any, Any]:
        """Return the dropout factors of one image and of the state, None for none."""
        if not training:
            return None, None
        pairs = ((shape, self.dropout), (state_shape, self.recurrent_dropout))
        return tuple(  # type: ignore[return-value]
            drop(ops.ones(size, self.compute_dtype), self.seed_generator.next(), rate)
            if rate > 0
            else None
            for size, rate in pairs
        )


@register("layers")
class ConvLSTM1DCell(ConvLSTMCell):
    """The cell of `ConvLSTM1D`; the arguments are those of `ConvLSTMCell`."""

    rank = 1


@register("layers")
class ConvLSTM2DCell(ConvLSTMCell):
    """The cell of `ConvLSTM2D`; the arguments are those of `ConvLSTMCell`.

    Example:
        >>> ConvLSTM2DCell(4, 3).state_size
        [4, 4]
    """


@register("layers")
class ConvLSTM3DCell(ConvLSTMCell):
    """The cell of `ConvLSTM3D`; the arguments are those of `ConvLSTMCell`."""

    rank = 3
