"""`Dense`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.input_spec import InputSpec


def refuse_in_place_variants(owner: str, **given: Any) -> None:
    """Raise for arguments that would change a layer's weights into another form.

    Args:
        owner: class name of the layer.
        **given: such as `lora_rank=8`; None is accepted.
    """
    for name, value in given.items():
        if value is not None:
            raise ValueError(
                f"`{name}` of `{owner}` is not supported, it must be None. Received: "
                f"{name}={value!r}"
            )


@register("layers")
class Dense(Layer):
    """`activation(inputs @ kernel + bias)`, over the last axis.

    Args:
        units: size of the output, a positive integer.
        activation: name or function applied to the result; default: none.
        use_bias: whether a bias is added.
        kernel_initializer: initializer of the kernel, `(inputs, units)`.
        bias_initializer: initializer of the bias, `(units,)`.
        kernel_regularizer: regularizer of the kernel.
        bias_regularizer: regularizer of the bias.
        activity_regularizer: regularizer of the output.
        kernel_constraint: constraint of the kernel.
        bias_constraint: constraint of the bias.
        lora_rank: must be None.
        lora_alpha: must be None.
        quantization_config: must be None.
        **kwargs: `name`, `dtype`, `trainable`, `input_shape`.

    Input shape: `(batch, ..., inputs)`.
    Output shape: `(batch, ..., units)`.

    Raises:
        ValueError: if `units` is not a positive integer.

    Example:
        >>> import numpy as np
        >>> Dense(4, activation="relu")(np.ones((2, 3))).shape
        (2, 4)
    """

    _omitted_when_none = ("activity_regularizer", "lora_rank", "lora_alpha")

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        refuse_in_place_variants(
            "Dense", lora_rank=lora_rank, quantization_config=quantization_config
        )
        self.units = errors.positive_int("Dense", "units", units)
        self.use_bias = use_bias
        arguments.resolve(
            self,
            activation=activation,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
        )
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel` and `bias`."""
        inputs = arguments.known_size(self, input_shape, -1)
        self.kernel = self.add_weight(
            name="kernel",
            shape=(inputs, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias",
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: inputs})

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the output for `inputs`."""
        x = ops.matmul(inputs, self.kernel)
        if self.bias is not None:
            x = ops.add(x, self.bias)
        return self.activation(x)
