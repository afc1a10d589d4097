"""What `Conv1D`, `Conv2D` and `Conv3D` share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.dtypes import is_float
from addax.core.tensor import Tensor
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec

Sizes = int | Sequence[int]
_KINDS = ("initializer", "regularizer", "constraint")


def as_float(inputs: Any, dtype: str) -> Any:
    """Return integer inputs (such as images in bytes) as floats."""
    return inputs if is_float(inputs.dtype) else ops.cast(inputs, dtype)


def add_bias(x: Any, bias: Any, layout: str) -> Any:
    """Add a bias per channel to `x`."""
    if bias is None:
        return x
    shape = tuple(bias.shape)
    if layout == "channels_first":
        shape = (1, -1, *(1,) * (len(x.shape) - 2))
    # an op, which reads the Variable here, once, for what is pooled first as well
    per_channel = ops.reshape(bias, shape)
    output = ops.add(x, per_channel)
    if isinstance(x, Tensor) and len(bias.shape) == 1:
        output.note_increasing(x, lambda pooled: ops.add(pooled, per_channel), layout)
    return output


class ConvBase(Layer):
    """Base of convolutions: strides, kernels and the axis of the channels.

    Args:
        rank: number of spatial dimensions.
        kernel_size: integer, or one per dimension.
        strides: integer, or one per dimension.
        padding: `"valid"`, `"same"`, or what else `paddings` lists.
        data_format: layout of the images.
        dilation_rate: integer, or one per dimension.
        activation: name or function.
        use_bias: whether a bias is added.
        **kwargs: further arguments of `Layer`, and the initializer, regularizer and constraint
            of each part, such as `kernel_initializer`.
    """

    paddings: tuple[str, ...] = ("valid", "same")
    _parts: tuple[str, ...] = ("kernel", "bias")

    def __init__(
        self,
        rank: int,
        kernel_size: Sizes,
        strides: Sizes,
        padding: str,
        data_format: str | None,
        dilation_rate: Sizes,
        activation: Any,
        use_bias: bool,
        **kwargs: Any,
    ) -> None:
        names = [f"{part}_{kind}" for part in self._parts for kind in _KINDS]
        resolved = {name: kwargs.pop(name) for name in names}
        super().__init__(**kwargs)
        owner = type(self).__name__
        self.rank = rank
        self.kernel_size = arguments.int_tuple(owner, "kernel_size", kernel_size, rank)
        self.strides = arguments.int_tuple(owner, "strides", strides, rank)
        self.dilation_rate = arguments.int_tuple(owner, "dilation_rate", dilation_rate, rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ValueError(
                f"`strides` and `dilation_rate` of `{owner}` cannot both be more than 1. Received: "
                f"strides={strides}, dilation_rate={dilation_rate}"
            )
        self.padding = arguments.padding_mode(owner, padding, self.paddings)
        self.data_format = arguments.data_format(owner, data_format)
        self.use_bias = use_bias
        arguments.resolve(self, activation=activation, **resolved)
        self.input_spec = InputSpec(ndim=rank + 2)

    @property
    def _channel_axis(self) -> int:
        return arguments.channel_axis(self.data_format)

    def _channels(self, input_shape: Sequence[int | None]) -> int:
        """Return the channels of the input, and expect them from now on."""
        if len(input_shape) != self.rank + 2:
            raise ValueError(
                f"{type(self).__name__} '{self.name}' expects an input of rank {self.rank + 2}. "
                f"Received: input shape {tuple(input_shape)}"
            )
        channels = arguments.known_size(self, input_shape, self._channel_axis)
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={self._channel_axis: channels})
        self._check_covers(input_shape)
        return channels

    def _check_covers(self, input_shape: Sequence[int | None]) -> None:
        if self.padding != "valid" or not self._shrinks:
            return
        spatial = input_shape[1:-1] if self._channel_axis == -1 else input_shape[2:]
        for size, kernel, step in zip(spatial, self.kernel_size, self.dilation_rate, strict=True):
            if size is not None and size < (kernel - 1) * step + 1:
                raise ValueError(
                    f"The input of {type(self).__name__} '{self.name}' is smaller than its kernel. "
                    f"Received: input shape {tuple(input_shape)}, kernel_size={self.kernel_size}, "
                    f"dilation_rate={self.dilation_rate}. Use `padding='same'` or a smaller kernel."
                )

    _shrinks = True

    def _add_part(self, name: str, shape: tuple[int, ...]) -> Any:
        """Make a weight whose initializer, regularizer and constraint carry its name."""
        prefix = name.removesuffix("_kernel") if name != "kernel" else name
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=getattr(self, f"{prefix}_initializer"),
            regularizer=getattr(self, f"{prefix}_regularizer"),
            constraint=getattr(self, f"{prefix}_constraint"),
        )

    def _enter(self, inputs: Any) -> tuple[Any, str]:
        """Return the inputs as floats, and the padding that is left to the kernel to do."""
        inputs = as_float(inputs, self.compute_dtype)
        if self.padding != "causal":
            return inputs, self.padding
        before = (self.kernel_size[0] - 1) * self.dilation_rate[0]
        time = 1 if self.data_format == "channels_last" else 2
        widths = [(before, 0) if axis == time else (0, 0) for axis in range(3)]
        return ops.pad(inputs, widths), "valid"

    def _finish(self, x: Any) -> Any:
        return self.activation(add_bias(x, self.bias, self.data_format))


class Conv(ConvBase):
    """Base of convolutions with one kernel for all channels of a group.

    Args:
        rank: number of spatial dimensions.
        filters: number of output channels.
        groups: number of groups of channels that do not see each other.
        **kwargs: of `ConvBase`.
    """

    def __init__(self, rank: int, filters: int, groups: int, **kwargs: Any) -> None:
        super().__init__(rank, **kwargs)
        owner = type(self).__name__
        self.filters = errors.positive_int(owner, "filters", filters)
        self.groups = errors.positive_int(owner, "groups", groups)
        if self.filters % self.groups:
            raise ValueError(
                f"`filters` of `{owner}` must be a multiple of `groups`. Received: "
                f"filters={filters}, groups={groups}"
            )

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel` and `bias`."""
        channels = self._channels(input_shape)
        if channels % self.groups:
            raise ValueError(
                f"`groups` of {type(self).__name__} '{self.name}' must divide the channels of its "
                f"input. Received: groups={self.groups}, {channels} channels"
            )
        self.kernel = self._add_part(
            "kernel", (*self.kernel_size, channels // self.groups, self.filters)
        )
        self.bias = self._add_part("bias", (self.filters,)) if self.use_bias else None

    def call(self, inputs: Any) -> Any:
        """Return the convolved inputs."""
        inputs, padding = self._enter(inputs)
        x = ops.conv(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=padding,
            data_format=self.data_format,
            dilation_rate=self.dilation_rate,
        )
        return self._finish(x)
