"""`JaxLayer`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from addax import tree
from addax.core.graph import wrap
from addax.core.registry import register
from addax.core.tensor import raw
from addax.core.variable import SeedGenerator, Variable
from addax.layers.base import Layer

_CALL = ("params", "state", "rng", "inputs", "training")


@register("layers")
class JaxLayer(Layer):
    """A layer of functions written in JAX, without state of their own.

    Args:
        call_fn: function of JAX arrays, its arguments chosen by name among `params`, `state`,
            `rng`, `inputs` and `training`. It returns the output, with `state` as an argument
            `(output, new state)`.
        init_fn: function of `rng`, `inputs` and perhaps `training` that returns `params`, or
            `(params, state)`.
        params: nested dicts and lists of arrays, the trained weights; default: of `init_fn`.
        state: the same of weights that are not trained.
        seed: integer, for repeatable numbers.
        native_serialization_platforms: kept for Keras code.
        **kwargs: `name`, `dtype`, `trainable`.

    Functions are not written to files: give them in `custom_objects`.

    Example:
        >>> import numpy as np
        >>> def call(params, inputs):
        ...     return inputs * params["scale"]
        >>> layer = JaxLayer(call, params={"scale": np.float32(3.0)})
        >>> layer(np.ones(2)).numpy()
        array([3., 3.], dtype=float32)
    """

    _not_in_config = ("native_serialization_platforms",)

    def __init__(
        self,
        call_fn: Callable[..., Any],
        init_fn: Callable[..., Any] | None = None,
        params: Any = None,
        state: Any = None,
        seed: int | None = None,
        native_serialization_platforms: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if init_fn is None and params is None and state is None:
            raise ValueError("`JaxLayer` needs `init_fn`, or `params` and `state`.")
        self.call_fn = call_fn
        self.init_fn = init_fn
        self.seed = seed
        self.generator = SeedGenerator(seed)
        names = tuple(inspect.signature(call_fn).parameters)
        unknown = [name for name in names if name not in _CALL]
        if unknown or "inputs" not in names:
            raise ValueError(
                f"`call_fn` of `JaxLayer` must have the argument `inputs` and no others than "
                f"{_CALL}. Received: arguments {names}"
            )
        self._names = names
        self._given = (params, state)
        if params is not None or state is not None:
            self._make_variables(params, state)

    def build(self, input_shape: Any = None) -> None:
        """Make the weights that `init_fn` returns, from inputs of ones."""
        if self.built or self.params is not None or self.state is not None:
            return
        shapes = input_shape if isinstance(input_shape, (dict, list)) else [input_shape]
        filled = [np.ones([size or 1 for size in shape], "float32") for shape in shapes]
        inputs = filled if isinstance(input_shape, list) else filled[0]
        self._initialize(inputs)

    def _initialize(self, inputs: Any) -> None:
        if self.init_fn is None:
            return
        names = inspect.signature(self.init_fn).parameters
        given = {"rng": raw(self.generator.next()), "inputs": inputs, "training": True}
        made = self.init_fn(**{name: given[name] for name in names if name in given})
        pair = made if "state" in self._names else (made, None)
        self._make_variables(*pair)

    params: Any = None
    state: Any = None

    def _make_variables(self, params: Any, state: Any) -> None:
        def variables(values: Any, trainable: bool) -> Any:
            def make(value: Any) -> Variable | None:
                if value is None:
                    return None
                array = np.asarray(value)
                return self.add_weight(
                    shape=array.shape,
                    dtype=str(array.dtype),
                    trainable=trainable and array.dtype.kind not in "iub",
                    initializer=lambda shape, dtype=None: array,
                )

            return tree.map_structure(make, _plain(values))

        self.params = variables(params, True)
        self.state = variables(state, False)

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Return the output of `call_fn`."""
        given = {
            "params": _values(self.params),
            "state": _values(self.state),
            "inputs": tree.map_structure(raw, inputs),
            "training": bool(training),
        }
        if "rng" in self._names:
            given["rng"] = raw(self.generator.next())
        output = self.call_fn(**{name: given[name] for name in self._names})
        if "state" in self._names:
            output, state = output
            pairs = zip(tree.flatten(self.state), tree.flatten(_plain(state)), strict=True)
            for variable, value in pairs:
                variable.assign(value)
        return wrap(output)


def _plain(values: Any) -> Any:
    """Return nested mappings as dicts."""
    if hasattr(values, "items"):
        return {name: _plain(value) for name, value in values.items()}
    if isinstance(values, (list, tuple)):
        return type(values)(map(_plain, values))
    return values


def _values(variables: Any) -> Any:
    def read(variable: Any) -> Any:
        return raw(variable.read()) if isinstance(variable, Variable) else variable

    return tree.map_structure(read, variables)
