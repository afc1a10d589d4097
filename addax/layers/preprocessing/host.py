"""`HostLayer`: what is computed in NumPy, before the data reach compiled code."""

from __future__ import annotations

from typing import Any

from addax import tree
from addax.core.host_text import HostText
from addax.core.tensor import Symbolic, Tensor
from addax.engine import engine
from addax.layers.base import Layer


class HostLayer(Layer):
    """Base of layers that compute on the host, such as those that read strings.

    A model that has them before its other layers computes them on its data, and compiles
    the rest. Subclasses say what comes out, in `compute_output_shape` and `output_dtype`.
    """

    _on_host = True

    @property
    def _needs_host(self) -> bool:  # type: ignore[override]
        return True

    def output_dtype(self) -> str:
        """Return the dtype of the output."""
        return "int32"

    def _known_outputs(
        self, leaves: list[Any], definition: tree.TreeDef
    ) -> tuple[list[Any], tree.TreeDef]:
        args, kwargs = tree.unflatten(definition, leaves)
        inputs = args[0] if args else next(iter(kwargs.values()))
        shape = self.compute_output_shape(tree.map_structure(lambda t: t.shape, inputs))
        output = Symbolic(shape, self.output_dtype())
        return tree.flatten_with_def(output)

    def _invoke(self, *args: Any, **kwargs: Any) -> Any:
        if args and isinstance(args[0], HostText):
            return args[0].output_of(self, super()._invoke)
        if self._needs_host:
            for leaf in tree.flatten((args, kwargs)):
                self._refuse_traced(leaf)
        return super()._invoke(*args, **kwargs)

    def _refuse_traced(self, value: Any) -> None:
        if isinstance(value, Tensor) and engine.is_traced(value.raw):
            raise ValueError(
                f"Layer '{self.name}' ({type(self).__name__}) computes on the host, and was called "
                "in code that is being compiled. Put it before all layers with weights in a "
                "functional or Sequential model, apply it to the data beforehand, or pass "
                "`run_eagerly=True` to `compile()`."
            )
