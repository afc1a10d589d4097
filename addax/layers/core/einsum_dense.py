"""`EinsumDense`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from addax import ops
from addax.core.registry import register
from addax.layers import arguments
from addax.layers.base import Layer
from addax.layers.core.dense import refuse_in_place_variants


@register("layers")
class EinsumDense(Layer):
    """`activation(einsum(equation, inputs, kernel) + bias)`.

    Args:
        equation: Einstein notation with the input and the kernel, such as
            `"ab,bc->ac"` (`Dense`) or `"...x,xy->...y"`.
        output_shape: shape of the output without the batch axis (and without the axes
            of `...`); None for sizes that are those of the input.
        activation: name or function applied to the result; default: none.
        bias_axes: letters of the output's axes that the bias has, such as `"c"`;
            default: no bias.
        kernel_initializer: initializer of the kernel.
        bias_initializer: initializer of the bias.
        kernel_regularizer: regularizer of the kernel.
        bias_regularizer: regularizer of the bias.
        kernel_constraint: constraint of the kernel.
        bias_constraint: constraint of the bias.
        lora_rank: must be None.
        lora_alpha: must be None.
        gptq_unpacked_column_size: must be None.
        quantization_config: must be None.
        **kwargs: `name`, `dtype`, `trainable`, `activity_regularizer`.

    Raises:
        ValueError: if the equation does not fit the shapes.

    Example:
        >>> import numpy as np
        >>> layer = EinsumDense("abc,cde->abde", output_shape=(None, 4, 5), bias_axes="e")
        >>> layer(np.ones((2, 3, 6))).shape
        (2, 3, 4, 5)
    """

    _omitted_when_none = ("lora_rank", "lora_alpha", "gptq_unpacked_column_size")
    _more_in_config = ("activity_regularizer",)

    def __init__(
        self,
        equation: str,
        output_shape: int | Sequence[int | None],
        activation: Any = None,
        bias_axes: str | None = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: int | None = None,
        lora_alpha: float | None = None,
        gptq_unpacked_column_size: int | None = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        refuse_in_place_variants(
            "EinsumDense", lora_rank=lora_rank, quantization_config=quantization_config
        )
        self.equation = equation
        sizes = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.partial_output_shape: tuple[int | None, ...] = sizes
        self.bias_axes = bias_axes
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

    @property
    def output_shape(self) -> Any:
        """The shape given to the constructor."""
        return self.partial_output_shape

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Make `kernel` and `bias`."""
        sizes, kernel, output = self._sizes(tuple(input_shape))
        self.kernel = self.add_weight(
            name="kernel",
            shape=tuple(sizes[letter] for letter in kernel),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        self.bias = None
        if self.bias_axes is not None:
            self.bias = self.add_weight(
                name="bias",
                shape=_bias_shape(self.bias_axes, output, sizes),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _sizes(self, shape: tuple[int | None, ...]) -> tuple[dict[str, int | None], str, str]:
        """Return the size of each letter, and the letters of the kernel and the output."""
        match = re.fullmatch(
            r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?",
            self.equation.replace(" ", ""),
        )
        if match is None:
            self._refuse(shape)
        before, inputs, after, kernel, _, output, _ = match.groups()  # type: ignore[union-attr]
        fixed = self.partial_output_shape
        if before:
            shape = shape[len(shape) - len(inputs) :]
            out_shape: tuple[int | None, ...] = fixed
            aligned = output[-len(fixed) :] if fixed else ""
        elif after:
            shape = shape[: len(inputs)]
            out_shape, aligned = (shape[0], *fixed), output[: len(fixed) + 1]
        else:
            out_shape, aligned = (shape[0], *fixed), output
        if len(shape) != len(inputs) or len(out_shape) != len(aligned):
            self._refuse(shape)
        sizes = dict(zip(inputs, shape, strict=True))
        for letter, size in zip(aligned, out_shape, strict=True):
            known = sizes.get(letter)
            if size is not None and known is not None and size != known:
                self._refuse(shape)
            if letter not in sizes or known is None:
                sizes[letter] = size
        if any(sizes.get(letter) is None for letter in kernel):
            self._refuse(shape)
        return sizes, kernel, output

    def _refuse(self, shape: Any) -> None:
        raise ValueError(
            f"`equation` and `output_shape` of EinsumDense '{self.name}' do not fit its input. "
            f"Received: equation={self.equation!r}, output_shape={self.partial_output_shape}, "
            f"input shape {shape}"
        )

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the output for `inputs`."""
        x = ops.einsum(self.equation, inputs, self.kernel)
        if self.bias is not None:
            x = ops.add(x, self.bias)
        return self.activation(x)


def _bias_shape(axes: str, output: str, sizes: dict[str, int | None]) -> tuple[Any, ...]:
    unknown = set(axes) - set(output)
    if unknown:
        raise ValueError(
            f"`bias_axes` of `EinsumDense` must be letters of the output, {output!r}. Received: "
            f"bias_axes={axes!r}"
        )
    first = min(output.index(letter) for letter in axes)
    return tuple(sizes[letter] if letter in axes else 1 for letter in output[first:])
