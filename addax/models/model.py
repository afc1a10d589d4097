"""`Model`: a layer that can be trained, saved and summarized."""

from __future__ import annotations

import inspect
import json
from typing import Any

import numpy as np

from addax import errors, io, tree
from addax.core import registry
from addax.core.graph import replay
from addax.core.host_text import opened
from addax.core.registry import register
from addax.core.tensor import Symbolic, TensorLike
from addax.core.variable import unique_name
from addax.data import holds_texts, map_inputs
from addax.layers import tracking
from addax.layers.base import Layer, without_probe
from addax.models.front import HostOutputs, as_declared, front_of
from addax.models.functional_config import functional_config, read_functional
from addax.models.graph import Graph
from addax.models.summary import print_summary
from addax.training.trainer import Trainer


@register("models", aliases=("Functional",))
class Model(Trainer, Layer):
    """A model: of symbolic inputs and outputs, or a subclass with a `call`.

    Args:
        inputs: symbolic inputs (from `Input`): one, a list, or a dict.
        outputs: symbolic outputs made of them.
        name: default: `"functional"` or the class name, made unique.
        trainable: whether training updates the weights.
        dtype: dtype or policy.

    Example:
        >>> import addax
        >>> x = addax.Input(shape=(3,))
        >>> model = addax.Model(x, addax.layers.Dense(2)(x))
        >>> model.output_shape
        (None, 2)
    """

    _untracked = tracking.UNTRACKED | {"_graph", "_inputs", "_outputs", "_compile_arguments",
                                       "optimizer", "_compile_loss", "_compile_metrics",
                                       "_loss_tracker", "_added_metrics", "history", "loss",
                                       "_output_specs", "_sample", "_front", "_diagnosed",
                                       "_checked_loss"}  # fmt: skip

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Set the model's own state first, so that subclasses can set attributes at once."""
        model = super().__new__(cls)
        model.__dict__.update(_graph=None, _inputs=None, _outputs=None, _graph_layers=[])
        model._init_trainer()
        return model

    def __init__(
        self, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any
    ) -> None:
        if isinstance(inputs, str) and name is None:  # Model("name"), as in Keras 2
            inputs, name = None, inputs
        if name is None and inputs is not None and type(self) is Model:
            name = unique_name("functional")
        super().__init__(name=name, **kwargs)
        if inputs is not None:
            self._set_graph(inputs, outputs)

    # -- graph ------------------------------------------------------------------------

    def _set_graph(self, inputs: Any, outputs: Any) -> None:
        """Become the function from symbolic inputs to symbolic outputs."""
        flat_inputs, flat_outputs = tree.flatten(inputs), tree.flatten(outputs)
        _check_symbols("inputs", flat_inputs)
        _check_symbols("outputs", flat_outputs)
        if len({id(symbol) for symbol in flat_inputs}) != len(flat_inputs):
            raise ValueError("`inputs` of `Model` holds the same tensor twice.")
        self._inputs, self._outputs = inputs, outputs
        self._graph = Graph(flat_inputs, flat_outputs)
        self._graph_layers = [
            operation for operation in self._graph.operations if isinstance(operation, Layer)
        ]
        self._check_names()
        self._front = front_of(self._graph.nodes, flat_inputs, flat_outputs)
        self.built = True

    def _check_names(self) -> None:
        seen: dict[str, Layer] = {}
        for layer in self._graph_layers:
            if seen.setdefault(layer.name, layer) is not layer:
                raise ValueError(
                    f"Layer names in a model must be unique. Two layers are named '{layer.name}'. "
                    "Pass another `name=` to one of them."
                )

    @property
    def inputs(self) -> list[Symbolic] | None:
        """The symbolic inputs, flat; None for a subclassed model."""
        return None if self._graph is None else list(self._graph.inputs)

    @property
    def outputs(self) -> list[Symbolic] | None:
        """The symbolic outputs, flat; None for a subclassed model."""
        return None if self._graph is None else list(self._graph.outputs)

    @property
    def input(self) -> Any:
        """The symbolic inputs, in the structure given."""
        return self._need_graph()._inputs

    @property
    def output(self) -> Any:
        """The symbolic outputs, in the structure given."""
        return self._need_graph()._outputs

    def _need_graph(self) -> Model:
        if self._graph is None:
            raise AttributeError(
                f"Model '{self.name}' has no symbolic inputs and outputs: it is a subclass with "
                "its own `call`, or has not been built yet."
            )
        return self

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        return [_producer(symbol) for symbol in self.inputs or []]

    @property
    def output_names(self) -> list[str] | None:
        """The names of the outputs: those of the layers that make them."""
        if self._graph is None:
            return None
        if isinstance(self._outputs, dict):
            return [str(key) for key in sorted(self._outputs)]
        return [_producer(symbol) for symbol in self._graph.outputs]

    @property
    def layers(self) -> list[Layer]:
        """The layers, in Keras' order."""
        if self._graph is not None:
            return list(self._graph_layers)
        return self._layers

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return a layer by name or by its place in `layers`.

        Raises:
            ValueError: if there is none, or neither argument is given.
        """
        layers = self.layers
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ValueError(
                    f"`index` of `get_layer` must be below the number of layers, {len(layers)}. "
                    f"Received: index={index}"
                )
            return layers[index]
        if name is None:
            raise ValueError("`get_layer` needs a layer's `name` or its `index`.")
        names = [layer.name for layer in layers]
        if name not in names:
            raise ValueError(
                f"Model '{self.name}' has no layer '{name}'.{errors.suggestion(name, names)} "
                f"Layers: {names}"
            )
        return layers[names.index(name)]

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        """Run the graph; subclasses with a `call` of their own define another function."""
        if self._graph is None:
            raise NotImplementedError(
                f"Model '{self.name}' ({type(self).__name__}) has no `call()`. Define it, or "
                "create the model from `inputs` and `outputs`."
            )
        if isinstance(inputs, HostOutputs):
            return tree.pack_like(self._outputs, self._front.after(inputs.values))
        values = self._match_inputs(inputs)
        if mask is not None:
            for value, item in zip(values, tree.flatten(mask), strict=False):
                value.mask = item if item is not None else value.mask
        known = {id(s): v for s, v in zip(self._graph.inputs, values, strict=True)}
        replay(self._graph.nodes, known)
        return tree.map_structure(lambda s: known.get(id(s), s), self._outputs)

    def _converted(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        return super()._converted(opened(args), kwargs)

    def _known_outputs(self, leaves: list[Any], definition: Any) -> Any:
        if self._graph is None or self._front is None:
            return super()._known_outputs(leaves, definition)
        args, kwargs = tree.unflatten(definition, leaves)
        self._match_inputs(args[0] if args else kwargs["inputs"])
        outputs = tree.map_structure(lambda s: Symbolic(s.shape, s.dtype), self._outputs)
        return tree.flatten_with_def(outputs)

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output shape for an input shape, without computing.

        Args:
            *args: input shapes, tuples with None where a size is not known.
            **kwargs: further arguments of `call`.
        """
        if self._front is None:
            return super().compute_output_shape(*args, **kwargs)
        return tree.map_structure(lambda symbol: symbol.shape, self._outputs)

    def _takes_texts(self) -> bool:
        if self._graph is None:
            return any(layer._needs_host for layer in self._flatten_layers(include_self=False))
        return any(symbol.dtype == "string" for symbol in self._graph.inputs)

    def _through_host(self, source: Any, kind: str) -> Any:
        if self._front is None:
            return super()._through_host(source, kind)
        self._front.find_lookups(self._match_inputs(source.peek()[0]))
        return map_inputs(source, lambda x: self._front.before(self._match_inputs(x)))

    def _match_inputs(self, inputs: Any) -> list[Any]:
        """Return one tensor per input, in order, checked and in the declared dtype."""
        symbols = self._graph.inputs
        if isinstance(inputs, dict):
            flat = self._by_name(inputs)
        else:
            single = len(symbols) == 1 and _is_text_list(inputs)
            flat = [inputs] if single else tree.flatten(inputs)
        if len(flat) != len(symbols):
            raise ValueError(
                f"Model '{self.name}' expects {len(symbols)} input(s) {self.input_names}. "
                f"Received: {len(flat)} input(s)"
            )
        return [
            _fit(value, symbol, self.name, name)
            for value, symbol, name in zip(flat, symbols, self.input_names, strict=True)
        ]

    def _by_name(self, inputs: dict[str, Any]) -> list[Any]:
        names = sorted(self._inputs) if isinstance(self._inputs, dict) else self.input_names
        missing = [name for name in names if name not in inputs]
        if missing:
            raise ValueError(
                f"Model '{self.name}' misses the input '{missing[0]}'."
                f"{errors.suggestion(missing[0], inputs)} Received the inputs: {sorted(inputs)}"
            )
        return [inputs[name] for name in names]

    def build(self, input_shape: Any = None) -> None:
        """Make the weights of a subclassed model for an input shape."""
        if self._graph is not None or input_shape is None:
            self.built = True
            return
        self.compute_output_shape(input_shape)
        self.built = True

    def _maybe_build(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        # Layers inside build themselves when they are called.
        if not self.built and type(self).build is not Model.build:
            super()._maybe_build(args, kwargs)
        if self._build_shapes is None and self._graph is None and args:
            self._build_shapes = without_probe(tree.map_structure(_shape_of, args[0]))
        self.built = True

    def __setattr__(self, name: str, value: Any) -> None:
        if "_graph" not in self.__dict__:
            raise RuntimeError("Call `super().__init__()` before setting attributes of a model.")
        super().__setattr__(name, value)

    def reset_states(self) -> None:
        """Reset the states of all stateful layers."""
        for layer in self._flatten_layers(include_self=False):
            reset = getattr(layer, "reset_state", None) or getattr(layer, "reset_states", None)
            if reset is not None and getattr(layer, "stateful", False):
                reset()

    reset_state = reset_states

    # -- config and files -----------------------------------------------------------------

    @classmethod
    def _takes_graph(cls) -> bool:
        """Say whether the constructor takes inputs and outputs, as `Model` does."""
        names = set(inspect.signature(cls.__init__).parameters) - {"self"}
        graph = {"inputs", "outputs"} <= names or {"args", "kwargs"} <= names
        return graph and names <= {"inputs", "outputs", "name", "trainable", "args", "kwargs"}

    def _config_identity(self) -> tuple[str, str, str] | None:
        """Return module, class name and registered name in files, None for the usual."""
        if type(self) is Model and self._graph is not None:
            return "keras.src.models.functional", "Functional", "Functional"
        return None

    def get_config(self) -> dict[str, Any]:
        """Return the graph of a functional model, or the constructor arguments of a subclass.

        Raises:
            NotImplementedError: if an argument of a subclass cannot be written to a config.
        """
        if self._graph is not None and self._takes_graph():
            return functional_config(self)
        return super().get_config()

    get_config.is_default = True  # type: ignore[attr-defined]

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None
    ) -> Any:
        """Make a model, with new weights, from `get_config()`.

        Args:
            config: what `get_config` returned.
            custom_objects: own classes and functions by name.

        Raises:
            ValueError: if the config names something unknown or does not fit together.
        """
        if "layers" not in config or "input_layers" not in config:
            with registry.extra_objects(custom_objects):
                return super().from_config(config)
        inputs, outputs = read_functional(config, custom_objects)
        trainable = config.get("trainable", True)
        return cls(inputs, outputs, name=config.get("name"), trainable=trainable)

    def to_json(self, **kwargs: Any) -> str:
        """Return the architecture as JSON text, for `model_from_json`.

        Args:
            **kwargs: passed on to `json.dumps`, such as `indent=2`.
        """
        return json.dumps(registry.serialize_object(self), **kwargs)

    def save(
        self,
        filepath: Any,
        overwrite: bool = True,
        zipped: bool | None = None,
        save_format: str | None = None,
        include_optimizer: bool = True,
        **kwargs: Any,
    ) -> None:
        """Write the model with its weights, `compile` arguments and optimizer state.

        Args:
            filepath: a name ending in `.keras` (Keras 3), `.h5` or `.hdf5` (Keras 2), or
                without a suffix (a folder).
            overwrite: whether an existing file is replaced.
            zipped: whether the content is one file (default) or a folder.
            save_format: `"keras"`, `"h5"` or `"tf"` (a folder), whatever the name.
            include_optimizer: whether the optimizer goes in.
            **kwargs: arguments of older Keras without a meaning here.

        Raises:
            FileExistsError: if the file exists and `overwrite` is False.
        """
        io.save_model(self, filepath, overwrite, zipped, save_format, include_optimizer, **kwargs)

    def save_weights(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Write the weights alone.

        Args:
            filepath: a name ending in `.weights.h5` (or any other, in the same layout), or in
                `.h5` for the layout of Keras 2.
            overwrite: whether an existing file is replaced.
            **kwargs: arguments of older Keras without a meaning here.
        """
        io.save_weights(self, filepath, overwrite, **kwargs)

    def load_weights(
        self, filepath: Any, skip_mismatch: bool = False, by_name: bool = False, **kwargs: Any
    ) -> None:
        """Set the weights from a file of weights or of a whole model.

        Args:
            filepath: the file.
            skip_mismatch: whether layers that do not fit are skipped, with a warning.
            by_name: for Keras 2's layout: whether layers are matched by name.
            **kwargs: arguments of older Keras without a meaning here.

        Raises:
            FileNotFoundError: if there is no such file.
            ValueError: if it is damaged or does not fit; no weight is changed then.
        """
        io.load_weights(self, filepath, skip_mismatch, by_name, **kwargs)

    def summary(
        self,
        line_length: int | None = None,
        positions: Any = None,
        print_fn: Any = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: Any = None,
    ) -> None:
        """Print a table of the layers, their output shapes and their numbers of weights.

        Args:
            line_length: width of the table in characters; default 76.
            positions: ends of the columns, as shares of the width or in characters.
            print_fn: called with the whole text; default: print it.
            expand_nested: whether the layers of models inside are shown.
            show_trainable: whether a column says which layers are trained.
            layer_range: names (or patterns) of the first and last layer to show.

        Raises:
            ValueError: if `layer_range` does not name two layers.
        """
        print_summary(
            self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range
        )

    def __reduce__(self) -> Any:
        raise TypeError(
            "Pickling a model would store code. Use `model.save('model.keras')` and "
            "`addax.models.load_model`."
        )


def _shape_of(value: Any) -> Any:
    return list(value.shape) if hasattr(value, "shape") else None


def _check_symbols(name: str, values: list[Any]) -> None:
    for value in values:
        if not isinstance(value, Symbolic):
            raise ValueError(
                f"`{name}` of `Model` must be symbolic tensors, from `Input` and layers called on "
                f"them. Received: {value!r}"
            )


def _producer(symbol: Symbolic) -> str:
    return symbol.node.name if symbol.node is not None else symbol.name


def _fit(value: Any, symbol: Symbolic, model: str, name: str) -> Any:
    """Check an input against its symbol; add or drop a last axis of size 1; cast."""
    if _is_text_list(value):
        value = np.asarray(value, dtype=object)
    if not isinstance(value, (TensorLike, np.ndarray)):
        return value
    if symbol.dtype == "string" or isinstance(value, np.ndarray):
        _check_kind(value, symbol, model, name)
    shape, expected = tuple(value.shape), symbol.shape
    if len(shape) == len(expected) - 1 and expected[-1] == 1:
        value = value[..., None]  # type: ignore[index]
    elif len(shape) == len(expected) + 1 and shape[-1] == 1:
        value = value[..., 0]  # type: ignore[index]
    shape = tuple(value.shape)
    fits = len(shape) == len(expected) and all(
        a is None or b is None or a == b for a, b in zip(shape, expected, strict=True)
    )
    if not fits:
        raise ValueError(
            f"Input '{name}' of model '{model}' must have the shape {expected}. "
            f"Received: shape {shape}"
        )
    return value if isinstance(value, Symbolic) else as_declared(value, symbol)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], (str, bytes))


def _check_kind(value: Any, symbol: Symbolic, model: str, name: str) -> None:
    """Raise a ValueError for strings in place of numbers, or numbers in place of strings."""
    text = value.dtype == "string" or (isinstance(value, np.ndarray) and holds_texts(value))
    if text != (symbol.dtype == "string"):
        kinds = ("strings", "numbers") if text else ("numbers", "strings")
        raise ValueError(
            f"Input '{name}' of model '{model}' takes {kinds[1]} (dtype '{symbol.dtype}'). "
            f"Received: {kinds[0]} of dtype {value.dtype}"
        )
