"""`Layer`: weights, and a function of tensors that uses them."""

from __future__ import annotations

import contextlib
import functools
import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from addax import constraints, errors, initializers, regularizers, tree
from addax.core import registry
from addax.core.dtypes import get_policy, is_float, standardize_dtype
from addax.core.graph import Node, no_strings, record, wrap
from addax.core.host_text import infer_with_texts
from addax.core.registry import Configurable, snake_case
from addax.core.tensor import Symbolic, Tensor, TensorLike
from addax.core.tracing import ambient
from addax.core.variable import Variable, autocast, name_scope, unique_name
from addax.engine import engine
from addax.layers import tracking
from addax.layers.input_spec import check_inputs


class CallContext:
    """What the outermost layer call knows: whether this is training."""

    def __init__(self, training: bool | None) -> None:
        self.training = training


_context: ContextVar[CallContext | None] = ContextVar("call_context", default=None)


@functools.lru_cache(maxsize=512)
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(inspect.signature(function).parameters)[1:]


class _ShapesByName(dict[str, Any]):
    """Shapes of a `build` with several arguments."""


def _given_shapes(build: Callable[..., None], args: Any, kwargs: dict[str, Any]) -> Any:
    given = {**dict(zip(_parameters(build), args, strict=False)), **kwargs}
    given = {name: without_probe(shape) for name, shape in given.items()}
    if len(given) == 1:
        return next(iter(given.values()))
    return _ShapesByName(given) if given else None


def without_probe(shapes: Any) -> Any:
    """Return shapes with None for a batch axis that only stands in for any size."""
    if isinstance(shapes, dict):
        return {name: without_probe(shape) for name, shape in shapes.items()}
    if not isinstance(shapes, (list, tuple)):
        return shapes
    if not _is_shape(shapes):
        return type(shapes)(map(without_probe, shapes))
    if not shapes or shapes[0] != engine.BATCH_PROBE:  # type: ignore[attr-defined]
        return shapes
    return type(shapes)((None, *shapes[1:]))


def _building(build: Callable[..., None]) -> Callable[..., None]:
    """Wrap `build`: weights get the layer's name as prefix, and `built` is set."""

    @functools.wraps(build)
    def wrapped(self: Layer, *args: Any, **kwargs: Any) -> None:
        if self.__dict__.get("_in_build"):
            build(self, *args, **kwargs)
            return
        self._in_build = True
        try:
            with name_scope(self.name), engine.eager():
                build(self, *args, **kwargs)
        finally:
            del self._in_build
        if self._build_shapes is None:
            self._build_shapes = _given_shapes(build, args, kwargs)
        self.built = True

    return wrapped


class Layer(Configurable):
    """Base class of layers: `build` makes the weights, `call` uses them.

    Args:
        activity_regularizer: regularizer of the output, its mean over the batch is
            added to the loss.
        trainable: whether training updates the weights.
        dtype: dtype or `DTypePolicy`, such as `"mixed_bfloat16"`; default: the
            global policy.
        autocast: whether float inputs are cast to the policy's compute dtype.
        name: default: the class name in snake case, made unique.
        input_shape: shape of the input without the batch axis, for the first
            layer of a `Sequential`.
        batch_input_shape: the same with the batch axis.
        weights: initial values, in the order of `get_weights()`.

    Example:
        >>> import addax
        >>> class Scale(addax.layers.Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")
        ...     def call(self, inputs):
        ...         return inputs * self.factor
        >>> Scale()([[1.0, 2.0]]).numpy()
        array([[1., 2.]], dtype=float32)
    """

    supports_masking: bool = False
    built: bool
    _own_weights: list[Variable]
    _inbound_nodes: list[Node]
    _call_losses: list[Any]
    _call_metrics: dict[str, Any]
    _build_shapes: Any
    _trainable: bool
    _in_build: bool
    input_spec: Any = None
    _on_host = False  # whether `call` gets NumPy arrays as they are
    _needs_host = False  # whether `call` cannot be compiled
    _untracked = tracking.UNTRACKED
    # where the config differs from the constructor's arguments, to match Keras' files
    _not_in_config: tuple[str, ...] = ()
    _omitted_when_none: tuple[str, ...] = ()
    _more_in_config: tuple[str, ...] = ()

    if TYPE_CHECKING:  # weights and arguments that `build` and constructors set by name

        def __getattr__(self, name: str) -> Any: ...

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _building(cls.__dict__["build"])  # type: ignore[method-assign]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        """Make the layer with empty state, before any constructor runs."""
        layer = object.__new__(cls)
        # Set here and not in __init__, since subclasses may set attributes first.
        layer.__dict__.update(
            _own_weights=[], _inbound_nodes=[], _call_losses=[], _call_metrics={},
            _build_shapes=None, _trainable=True, built=False,
        )  # fmt: skip
        return layer

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        input_shape: Sequence[int | None] | None = None,
        batch_input_shape: Sequence[int | None] | None = None,
        weights: Sequence[Any] | None = None,
        **unknown: Any,
    ) -> None:
        if unknown:
            raise ValueError(_unknown_arguments(type(self), unknown))
        self.name = unique_name(snake_case(type(self).__name__)) if name is None else str(name)
        self.dtype_policy = get_policy(dtype)
        self.autocast = autocast
        self._trainable = bool(trainable)
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._initial_weights = None if weights is None else list(weights)
        self._declared_shape = _declared_shape(input_shape, batch_input_shape)

    # -- weights ---------------------------------------------------------------

    def build(self, input_shape: Any) -> None:
        """Make the weights; called once, before the first `call`.

        Args:
            input_shape: shape of the input with the batch axis, a tuple (or a
                structure of tuples), None where a size is not known.
        """
        self.built = True

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str = "none",
        name: str | None = None,
        **kwargs: Any,
    ) -> Variable:
        """Make a Variable that belongs to this layer.

        Args:
            shape: tuple of ints; default `()`.
            initializer: name or initializer; default Glorot uniform for float
                weights of rank > 0 and zeros otherwise.
            dtype: default: the policy's variable dtype.
            trainable: whether training updates it.
            autocast: whether a 16-bit policy reads it in 16 bits.
            regularizer: its value is added to the loss.
            constraint: applied after every update.
            aggregation: kept for configs of Keras.
            name: name, used in files.
            **kwargs: `initializer`, when name and shape come first, as in Keras 2.

        Returns: the Variable.
        """
        if isinstance(shape, str):  # Keras 2 order: (name, shape)
            shape, name = initializer, shape
            initializer = kwargs.pop("initializer", None)
        shape = () if shape is None else (shape,) if isinstance(shape, int) else tuple(shape)
        if any(size is None for size in shape):
            raise ValueError(
                f"A weight of layer '{self.name}' needs a shape that is known. Received: {shape}. "
                "Give the input's size, e.g. with `Input(shape=...)`."
            )
        dtype = standardize_dtype(dtype or self.variable_dtype)
        if initializer is None:
            initializer = "glorot_uniform" if is_float(dtype) and shape else "zeros"
        variable = Variable(
            initializers.get(initializer),
            shape=shape,
            dtype=dtype,
            trainable=trainable,
            autocast=autocast,
            aggregation=aggregation,
            name=name,
        )
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.trainable = trainable and self._trainable
        self._own_weights.append(variable)
        return variable

    @property
    def _layers(self) -> list[Layer]:
        """Layers held in attributes (also in lists and dicts), in order."""
        return tracking.own_items(self, lambda item: isinstance(item, Layer) and item is not self)

    def _flatten_layers(self, include_self: bool = True) -> list[Layer]:
        """Return this layer and all layers below it, each once."""
        found = [self] if include_self else []
        for layer in self._layers:
            found.extend(layer._flatten_layers())
        return tracking.unique(iter(found))

    @property
    def variables(self) -> list[Variable]:
        """All Variables: weights, and states of seed generators."""
        held = tracking.attributes(self)
        found = tracking.variables_among(held)
        for item in held:
            if isinstance(item, Layer) and item is not self:
                found.extend(item.variables)
        return tracking.unique(found)

    @property
    def weights(self) -> list[Variable]:
        """The Variables that `get_weights` returns: all but the states of seeds."""
        return [v for v in self.variables if v.dtype != "uint32" or "seed" not in v.name]

    @property
    def trainable_variables(self) -> list[Variable]:
        """Variables that training updates."""
        return [v for v in self.variables if v.trainable] if self.trainable else []

    @property
    def non_trainable_variables(self) -> list[Variable]:
        """Variables that training leaves alone."""
        return [v for v in self.variables if not v.trainable] if self.trainable else self.variables

    @property
    def trainable_weights(self) -> list[Variable]:
        """Weights that training updates."""
        return [v for v in self.weights if v.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self) -> list[Variable]:
        """Weights that training leaves alone."""
        return [v for v in self.weights if not v.trainable] if self.trainable else self.weights

    @property
    def trainable(self) -> bool:
        """Whether training updates the weights; setting it reaches all layers inside."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        for variable in tracking.own_variables(self):
            if variable.parameter:
                variable.trainable = self._trainable
        for layer in self._layers:
            layer.trainable = value

    def get_weights(self) -> list[np.ndarray]:
        """Return the weights as NumPy arrays, in Keras' order."""
        return [np.asarray(variable) for variable in self.weights]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the weights from arrays in the order of `get_weights()`.

        Raises:
            ValueError: if the number of arrays or a shape differs; nothing is changed then.
        """
        variables = self.weights
        if len(variables) != len(weights):
            raise ValueError(
                f"Layer '{self.name}' has {len(variables)} weights. `set_weights` received: "
                f"{len(weights)} arrays"
            )
        for variable, value in zip(variables, weights, strict=True):
            if tuple(np.shape(value)) != variable.shape:
                raise ValueError(
                    f"Weight '{variable.path}' of layer '{self.name}' has shape {variable.shape}. "
                    f"`set_weights` received: shape {np.shape(value)}"
                )
        for variable, value in zip(variables, weights, strict=True):
            variable.assign(value)

    def count_params(self) -> int:
        """Return the number of numbers in the weights.

        Raises:
            ValueError: if the layer is not built yet.
        """
        if not self.built:
            raise ValueError(
                f"Layer '{self.name}' has no weights yet, so they cannot be counted. Call it on "
                "data or call `build(input_shape)` first."
            )
        return sum(variable.size for variable in self.weights)

    # -- dtype -----------------------------------------------------------------

    @property
    def dtype(self) -> str:
        """The dtype of the weights."""
        return self.dtype_policy.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of the weights."""
        return self.dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        """The dtype of the computation."""
        return self.dtype_policy.compute_dtype

    # -- call ------------------------------------------------------------------

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; subclasses define it."""
        raise NotImplementedError(f"Layer '{self.name}' ({type(self).__name__}) has no `call()`.")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Convert, check, build, and call.

        Args:
            *args: tensors, arrays, or structures of them.
            **kwargs: `training` and `mask` as well as arguments of `call`.
        """
        args, kwargs = self._converted(args, kwargs)
        inputs = args[0] if args else next(iter(kwargs.values()), None)
        try:
            if self.input_spec is not None:
                check_inputs(self.name, self.input_spec, inputs)
            self._maybe_build(args, kwargs)
            leaves, definition = tree.flatten_with_def((args, kwargs))
            if any(isinstance(leaf, Symbolic) for leaf in leaves):
                return self._record(leaves, definition)
            return self._invoke(*args, **kwargs)
        except Exception as error:
            self._explain(error, inputs)
            raise

    def _explain(self, error: Exception, inputs: Any) -> None:
        if not getattr(error, "_addax_layer", False):
            shapes = tree.map_structure(lambda t: getattr(t, "shape", t), inputs)
            error.add_note(f"while calling {type(self).__name__} '{self.name}' with {shapes}")
            with contextlib.suppress(AttributeError):
                error._addax_layer = True  # type: ignore[attr-defined]
            if not isinstance(error, ValueError):
                self._explain_strings(error, inputs)

    def _explain_strings(self, error: Exception, inputs: Any) -> None:
        own = type(self).__module__.startswith("addax.") and not self._on_host
        for leaf in tree.flatten(inputs) if own else ():
            text = isinstance(leaf, np.ndarray) and leaf.dtype.kind in "OSU"
            if text or (isinstance(leaf, TensorLike) and leaf.dtype == "string"):
                name = f"Layer '{self.name}' ({type(self).__name__})"
                raise ValueError(no_strings(name, leaf.shape)) from error

    def _converted(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Make tensors of arrays and lists, in the policy's compute dtype."""
        dtype = self.compute_dtype if self.autocast else None
        if args and isinstance(args[0], (list, tuple)) and _is_plain_data(args[0]):
            args = (np.asarray(args[0]), *args[1:])

        def convert(leaf: Any) -> Any:
            if isinstance(leaf, Variable):
                leaf = leaf.read()
            elif (known := isinstance(leaf, (np.ndarray, np.generic))) or engine.is_array(leaf):
                if known and (self._on_host or leaf.dtype.kind in "OSU"):
                    return leaf
                leaf = Tensor(engine.asarray(leaf))
            if dtype and isinstance(leaf, TensorLike) and is_float(leaf.dtype):
                return leaf if leaf.dtype == dtype else _cast_keeping_mask(leaf, dtype)
            return leaf

        args = tree.map_structure(convert, args)
        return args, {k: tree.map_structure(convert, v) for k, v in kwargs.items()}

    def _maybe_build(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if self.built:
            return
        shapes = [_shapes(arg) for arg in args]
        names = _parameters(type(self).build)
        if len(names) > 1:
            by_name = dict(zip(_parameters(type(self).call), shapes, strict=False))
            by_name.update({name: _shapes(value) for name, value in kwargs.items()})
            wanted = {n: by_name.get(n.removesuffix("_shape")) for n in names}
            self.build(**{k: v for k, v in wanted.items() if v is not None})
        else:
            self.build(shapes[0] if shapes else _shapes(next(iter(kwargs.values()), None)))
        self.built = True
        if self._initial_weights is not None:
            self.set_weights(self._initial_weights)
            self._initial_weights = None

    def _record(self, leaves: list[Any], definition: tree.TreeDef) -> Any:
        def invoke(*args: Any, **kwargs: Any) -> Any:
            return self._invoke(*args, **kwargs)

        known = self._known_outputs(leaves, definition)
        result = record(invoke, leaves, definition, operation=self, name=self.name, known=known)
        node = next((out.node for out in tree.flatten(result) if isinstance(out, Symbolic)), None)
        if node is not None:
            self._inbound_nodes.append(node)
        return result

    def _known_outputs(
        self, leaves: list[Any], definition: tree.TreeDef
    ) -> tuple[list[Any], tree.TreeDef] | None:
        """Return the symbolic outputs of a call; None if they can be inferred from the inputs."""
        if not any(isinstance(leaf, Symbolic) and leaf.dtype == "string" for leaf in leaves):
            return None
        if not any(layer._needs_host for layer in self._flatten_layers(include_self=False)):
            return None

        def call(filled: list[Any]) -> Any:
            args, kwargs = tree.unflatten(definition, filled)
            return self._invoke(*args, **kwargs)

        return infer_with_texts(call, leaves)

    def _invoke(self, *args: Any, **kwargs: Any) -> Any:
        """Call with tensors, inside the context of training, masks and dtype."""
        outer = _context.get()
        names = _parameters(type(self).call)
        training = self._training(kwargs, outer, names)
        previous_mask = self._previous_mask(args, kwargs, names)
        if outer is None:
            self._clear_call_results()
        token = _context.set(CallContext(training))
        policy = self.dtype_policy
        cast_to = policy.compute_dtype if policy.compute_dtype != policy.variable_dtype else None
        try:
            with autocast(cast_to):
                outputs = wrap(self.call(*args, **kwargs))
        finally:
            _context.reset(token)
        self._set_masks(args[0] if args else None, outputs, previous_mask)
        if self.activity_regularizer is not None:
            for output in tree.flatten(outputs):
                self.add_loss(self.activity_regularizer(output) / output.shape[0])
        return outputs

    def _training(
        self, kwargs: dict[str, Any], outer: CallContext | None, names: tuple[str, ...]
    ) -> bool | None:
        training = kwargs.get("training")
        if training is None and outer is not None:
            training = outer.training
        if "training" in names:
            if training is not None:  # else the default of `call` holds
                kwargs["training"] = training
        elif "kwargs" not in names:
            kwargs.pop("training", None)
        return None if training is None else training

    def _previous_mask(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], names: tuple[str, ...]
    ) -> Any:
        if kwargs.get("mask") is not None:
            return kwargs["mask"]
        self._name_masks(args, kwargs, names)
        if not args:
            return None
        masks = tree.map_structure(_mask_of, args[0])
        if all(mask is None for mask in tree.flatten(masks)):
            return None
        if "mask" in names:
            kwargs["mask"] = masks
        elif not self.supports_masking and type(self).compute_mask is Layer.compute_mask:
            _warn_mask_lost(type(self).__name__, self.name)
        return masks

    def _name_masks(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], names: tuple[str, ...]
    ) -> None:
        """Give `call` the masks it names, such as `query_mask` for `query`."""
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        for name in names:
            source = name.removesuffix("_mask")
            if source != name and given.get(name) is None and source in given:
                mask = getattr(given[source], "mask", None)
                if mask is not None:
                    kwargs[name] = mask

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """Return the mask of the output: by default that of the input, where supported."""
        return previous_mask if self.supports_masking else None

    def _set_masks(self, inputs: Any, outputs: Any, previous_mask: Any) -> None:
        overridden = type(self).compute_mask is not Layer.compute_mask
        if not overridden and (previous_mask is None or not self.supports_masking):
            return
        masks = tree.flatten(self.compute_mask(inputs, previous_mask))
        for output, mask in zip(tree.flatten(outputs), masks, strict=False):
            if isinstance(output, Tensor) and mask is not None and output.mask is None:
                output.mask = mask

    # -- losses and metrics of a call --------------------------------------------

    def add_loss(self, loss: Any) -> None:
        """Add a scalar (or scalars) computed in `call` to what training minimizes."""
        self._call_losses.extend(item for item in tree.flatten(loss) if item is not None)

    def add_metric(self, value: Any, name: str | None = None, aggregation: str = "mean") -> None:
        """Report the mean of a scalar computed in `call` under `name` during training."""
        if name is None:
            raise ValueError(f"`name` of `add_metric` of layer '{self.name}' must be given.")
        self._call_metrics[name] = value

    def _clear_call_results(self) -> None:
        for layer in self._flatten_layers():
            layer._call_losses.clear()
            layer._call_metrics.clear()

    @property
    def losses(self) -> list[Any]:
        """Scalars from `add_loss` of the last call, and those of weight regularizers."""
        found = []
        for layer in self._flatten_layers():
            found.extend(layer._call_losses)
        for variable in self.trainable_variables:
            if variable.regularizer is not None:
                found.append(variable.regularizer(variable))
        return found

    # -- files -----------------------------------------------------------------------

    def save_own_variables(self, store: dict[str, Any]) -> None:
        """Put the layer's own variables (not those of layers inside) into `store`.

        Override it and `load_own_variables` to write other arrays, or other names.

        Args:
            store: gets arrays by name; by default the names are "0", "1", ...
        """
        for index, variable in enumerate(tracking.saved_variables(self)):
            store[str(index)] = np.asarray(variable)

    def load_own_variables(self, store: Mapping[str, Any]) -> None:
        """Set the layer's own variables from what `save_own_variables` put into `store`."""
        variables = tracking.saved_variables(self)
        if len(store) != len(variables):
            raise ValueError(
                f"Layer '{self.name}' has {len(variables)} weights of its own. "
                f"`load_own_variables` received: {len(store)} arrays"
            )
        for index, variable in enumerate(variables):
            variable.assign(store[str(index)])

    def save_assets(self, dir_path: str) -> None:
        """Write files, such as a vocabulary, into the folder `dir_path`; by default none."""

    def load_assets(self, dir_path: str) -> None:
        """Read what `save_assets` wrote into the folder `dir_path`; by default nothing."""

    # -- shapes, config ------------------------------------------------------------

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output shape for an input shape, without computing.

        Args:
            *args: input shapes, tuples with None where a size is not known.
            **kwargs: further arguments of `call`.
        """
        symbols = [_symbols(shape, self.compute_dtype) for shape in args]
        output = self.compute_output_spec(*symbols, **kwargs)
        return tree.map_structure(lambda t: t.shape, output)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return symbolic outputs for symbolic inputs, without recording a node."""
        count = len(self._inbound_nodes)
        output = self(*args, **kwargs)
        del self._inbound_nodes[count:]
        return output

    def _first_node(self) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(
                f"Layer '{self.name}' has not been called on a symbolic input, so it has no "
                "`input` and `output`. Build a functional or Sequential model with an `Input`."
            )
        return self._inbound_nodes[0]

    @property
    def input(self) -> Any:
        """The symbolic input of the first symbolic call."""
        node = self._first_node()
        args, kwargs = node.arguments()
        return args[0] if args else next(iter(kwargs.values()))

    @property
    def output(self) -> Any:
        """The symbolic output of the first symbolic call."""
        return self._first_node().result()

    @property
    def input_shape(self) -> Any:
        """The shape of `input`."""
        return _shapes(self.input)

    @property
    def output_shape(self) -> Any:
        """The shape of `output`."""
        return _shapes(self.output)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments as plain, serializable values."""
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": registry.serialize(self.dtype_policy),
        }
        overridden = not getattr(type(self).get_config, "is_default", False)
        skipped = ("name", "trainable", "dtype", "weights", "input_shape", "batch_input_shape")
        arguments = {**dict.fromkeys(self._more_in_config), **self._init_arguments}
        for name, recorded in arguments.items():
            if name in skipped or name in self._not_in_config:
                continue
            value = getattr(self, name, recorded)
            if value is None and name in self._omitted_when_none:
                continue
            try:
                config[name] = registry.serialize(value)
            except TypeError as error:
                if not overridden:
                    raise NotImplementedError(
                        f"Argument `{name}` of {type(self).__name__} cannot be written to a config "
                        f"({error}). Override `get_config()`."
                    ) from error
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make a layer from `get_config()`.

        What every layer has (name, trainable, dtype) is set afterwards where the constructor
        of a subclass does not take it, and None for an unknown argument is ignored.
        """
        values = {name: registry.deserialize(value) for name, value in config.items()}
        accepted = registry.constructor_arguments(cls)
        late = {
            name: values.pop(name)
            for name in ("name", "trainable", "dtype")
            if name in values and name not in accepted
        }
        layer = cls(**{k: v for k, v in values.items() if v is not None or k in accepted})
        layer.name = late.get("name", layer.name)
        if "dtype" in late:
            layer.dtype_policy = get_policy(late["dtype"])
        if late.get("trainable") is False:
            layer.trainable = False
        return layer

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what `build` was called with, or None before that."""
        if self._build_shapes is None:
            return None
        if isinstance(self._build_shapes, _ShapesByName):
            return {"shapes_dict": dict(self._build_shapes)}
        return {"input_shape": self._build_shapes}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Build with what `get_build_config` returned."""
        shapes = config.get("shapes_dict")
        if shapes and not self.built:
            self.build(**{name: _as_tuples(shape) for name, shape in shapes.items()})
            self.built = True
        shape = config.get("input_shape")
        if shape is not None and not self.built:
            self.build(_as_tuples(shape))
            self.built = True

    def __repr__(self) -> str:
        state = f", built={self.built}"
        return f"<{type(self).__name__} name={self.name}{state}>"


def _unknown_arguments(cls: type, unknown: dict[str, Any]) -> str:
    name = next(iter(unknown))
    hint = errors.suggestion(name, registry.constructor_arguments(cls))
    return f"`{cls.__name__}` has no argument `{name}`.{hint} Received: {unknown}"


Layer.build = _building(Layer.build)  # type: ignore[method-assign]


def _declared_shape(
    input_shape: Sequence[int | None] | int | None,
    batch_input_shape: Sequence[int | None] | None,
) -> tuple[int | None, ...] | None:
    if batch_input_shape is not None:
        return tuple(batch_input_shape)
    if input_shape is None:
        return None
    return (None, input_shape) if isinstance(input_shape, int) else (None, *input_shape)


def _is_plain_data(value: Sequence[Any]) -> bool:
    """Say whether a list holds numbers or texts (or lists of them) and no tensors or arrays."""
    return bool(value) and all(
        _is_plain_data(item)
        if isinstance(item, (list, tuple))
        else isinstance(item, (int, float, bool, str, bytes, np.number))
        for item in value
    )


def _cast_keeping_mask(tensor: Any, dtype: str) -> Any:
    cast = tensor.astype(dtype)
    cast.mask = tensor.mask
    if isinstance(tensor, Tensor) and tensor.logits is not None:
        cast.logits = tensor.logits.astype(dtype)  # type: ignore[attr-defined]
    return cast


def _mask_of(value: Any) -> Any:
    # `mask` of a pandas Series or a NumPy masked array is something else
    return getattr(value, "mask", None) if isinstance(value, TensorLike) else None


def _shapes(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return type(value)(_shapes(item) for item in value) if value else ()
    if isinstance(value, dict):
        return {key: _shapes(item) for key, item in value.items()}
    return tuple(value.shape) if hasattr(value, "shape") else None


def _is_shape(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(
        item is None or isinstance(item, (int, np.integer)) for item in value
    )


def _symbols(shape: Any, dtype: str) -> Any:
    if _is_shape(shape):
        return Symbolic(tuple(shape), dtype)
    if isinstance(shape, dict):
        return {key: _symbols(item, dtype) for key, item in shape.items()}
    return [_symbols(item, dtype) for item in shape]


def _as_tuples(shape: Any) -> Any:
    if _is_shape(shape):
        return tuple(shape)
    if isinstance(shape, dict):
        return {key: _as_tuples(item) for key, item in shape.items()}
    return [_as_tuples(item) for item in shape]


@functools.lru_cache(maxsize=1024)
def _warn_mask_lost(class_name: str, name: str) -> None:
    warnings.warn(
        f"Layer '{name}' ({class_name}) does not support masks, and the mask of its input is lost. "
        "Set `self.supports_masking = True` if the layer can pass it on.",
        stacklevel=4,
    )


def learning_phase() -> bool | None:
    """Return whether the surrounding layer call is training, None outside of one."""
    context = _context.get()
    return None if context is None else context.training


ambient.append(learning_phase)


@contextlib.contextmanager
def training_context(training: bool | None) -> Iterator[None]:
    """Let layers called inside the block know whether this is training."""
    token = _context.set(CallContext(training))
    try:
        yield
    finally:
        _context.reset(token)


get = functools.partial(registry.get, "layers")
