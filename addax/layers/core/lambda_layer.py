"""`Lambda`."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any

from addax.core.registry import register
from addax.layers.base import Layer


@register("layers")
class Lambda(Layer):
    """Makes a layer of a function of tensors.

    The function must be one of `addax.ops` and operators on tensors, and must not
    hold weights. A named function can be saved; a `lambda` cannot be loaded again.

    Args:
        function: called with the inputs, and with `mask` and `training` if it has
            such arguments.
        output_shape: kept for Keras code: the shape follows from the function.
        mask: the mask of the output, or a function `(inputs, mask) -> mask`.
        arguments: dict of further keyword arguments of `function`.
        **kwargs: `name`, `dtype`, `input_shape`.

    Example:
        >>> Lambda(lambda x: x * 2)([[1.0, 2.0]]).numpy()
        array([[2., 4.]], dtype=float32)
    """

    _omitted_when_none = ("output_shape", "mask")

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise ValueError(
                f"`function` of `Lambda` must be callable. Received: function={function!r}"
            )
        self.function = function
        self.arguments = arguments or {}
        self.mask = mask
        self._output_shape = output_shape
        self.supports_masking = mask is not None
        self._accepted = _parameter_names(function)

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Return `function(inputs, **arguments)`."""
        given = {"mask": mask, "training": training}
        extra = {name: value for name, value in given.items() if name in self._accepted}
        return self.function(inputs, **{**extra, **self.arguments})

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """Return the mask that was given to the constructor."""
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any, *args: Any, **kwargs: Any) -> Any:
        """Return the shape that was given to the constructor, else that of the result."""
        if self._output_shape is None:
            return super().compute_output_shape(input_shape, *args, **kwargs)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        return (input_shape[0], *self._output_shape)

    @property
    def output_shape(self) -> Any:
        """The shape that was given to the constructor, else that of the first call."""
        given = self._output_shape
        return given if given is not None or not self._inbound_nodes else super().output_shape


def _parameter_names(function: Callable[..., Any]) -> Sequence[str]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()
