"""What a file of a model holds: its config, and its arrays under the paths of Keras 3.

Formats see models only through this module.
"""

from __future__ import annotations

import dataclasses
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from addax.core import registry
from addax.core.variable import SeedGenerator, Variable
from addax.io import assets
from addax.layers import tracking
from addax.layers.base import Layer
from addax.optimizers import Optimizer

# how Keras groups the slots of an optimizer: each group goes over all parameters in turn
_SLOT_GROUPS: dict[str, list[tuple[str, ...]]] = {
    "Adam": [("momentum", "velocity"), ("velocity_hat",)],
    "AdamW": [("momentum", "velocity"), ("velocity_hat",)],
    "RMSprop": [("velocity",), ("momentum",), ("average_gradient",)],
}
# where Keras' file names are not those of our classes and attributes
_CLASS_NAMES = {"GroupQueryAttention": "GroupedQueryAttention"}
_ATTRIBUTES = {
    ("MultiHeadAttention", f"_{name}_dense"): f"{name}_dense"
    for name in ("query", "key", "value", "output", "gate")
}
_FIRST_SLOTS = [("average",), ("gradient_accumulator",)]
SEEDS = "seed_generators"


@dataclasses.dataclass(frozen=True)
class Group:
    """The variables that one layer or optimizer holds itself.

    Attributes:
        path: where they are, such as `layers/dense`; empty for the model itself.
        name: name of the layer or optimizer.
        variables: in Keras' order.
        optional: whether a file may lack them, or hold others: the optimizer's state.
        owner: the layer, None for an optimizer.
    """

    path: str
    name: str
    variables: list[Variable]
    optional: bool = False
    owner: Layer | None = None

    def overrides(self, method: str) -> bool:
        """Say whether the layer does the work of a method of `Layer` itself."""
        return self.owner is not None and getattr(type(self.owner), method) is not getattr(
            Layer, method
        )

    def arrays(self) -> dict[str, np.ndarray]:
        """Return what a file holds of it."""
        if not self.overrides("save_own_variables"):
            return {str(i): np.asarray(v) for i, v in enumerate(self.variables)}
        store: dict[str, Any] = {}
        self.owner.save_own_variables(store)  # type: ignore[union-attr]
        return {str(name): np.asarray(value) for name, value in store.items()}


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """A model as plain values.

    Attributes:
        config: what `registry.serialize` gives, with `compile_config`.
        groups: (path, name, arrays by name), in order.
        assets: contents of further files, by path, such as `layers/text/vocabulary.txt`.
    """

    config: dict[str, Any]
    groups: list[tuple[str, str, dict[str, np.ndarray]]]
    assets: dict[str, bytes] = dataclasses.field(default_factory=dict)


def snapshot(model: Any, include_optimizer: bool = True) -> Snapshot:
    """Return the config and the arrays of a model.

    Args:
        model: the model.
        include_optimizer: whether the arguments of `compile` and the optimizer's state
            are wanted.

    Raises:
        NotImplementedError: if a layer has no config.
    """
    config = model_config(model, include_optimizer)
    found = groups(model, include_optimizer)
    return Snapshot(config, [(g.path, g.name, g.arrays()) for g in found], assets.collect(found))


def model_config(model: Any, include_optimizer: bool = True) -> dict[str, Any]:
    """Return the serialized model with the arguments of `compile`."""
    config = registry.serialize_object(model)
    _warn_of_code(config, model.name)
    compile_config = model.get_compile_config() if include_optimizer else None
    if compile_config is not None:
        config["compile_config"] = compile_config
    return config


def _warn_of_code(config: Any, owner: str) -> None:
    """Warn where a layer holds a function without a name, which no file can hold."""
    if isinstance(config, list):
        for item in config:
            _warn_of_code(item, owner)
    elif isinstance(config, dict):
        inner = config.get("config")
        if config.get("class_name") == "__lambda__":
            warnings.warn(
                f"'{owner}' holds a Python lambda. Files hold no code, so the model cannot be "
                "loaded from the file, only its weights. Give the function a name and register it "
                "with `register_keras_serializable`.",
                stacklevel=6,
            )
            return
        if isinstance(inner, dict) and isinstance(inner.get("name"), str):
            owner = inner["name"]
        for item in config.values():
            _warn_of_code(item, owner)


def restore_model(
    config: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True
) -> Any:
    """Return the model of a config, built and compiled where the config says how.

    Args:
        config: the `config` of a `Snapshot`.
        custom_objects: own classes and functions by name.
        compile: whether to compile it.

    Raises:
        ValueError: if the config is not one of a model, or names something unknown.
    """
    with registry.extra_objects(custom_objects):
        model = registry.deserialize(config)
        if not isinstance(model, Layer) or not hasattr(model, "compile_from_config"):
            raise ValueError(f"The file does not hold a model. Received: {type(model).__name__}")
        compile_config = config.get("compile_config")
        if compile and compile_config:
            _compile(model, compile_config)
    return model


def _compile(model: Any, compile_config: dict[str, Any]) -> None:
    try:
        model.compile_from_config(compile_config)
    except (TypeError, ValueError, AttributeError) as error:
        error.add_note(
            "The model's loss, metrics or optimizer could not be restored. Pass them in "
            "`custom_objects`, or load with `compile=False` and compile again."
        )
        raise


# -- where the variables are ---------------------------------------------------------------


def groups(model: Any, include_optimizer: bool = True) -> list[Group]:
    """Return the variables of a model, its layers and its optimizer under Keras' paths."""
    found: list[Group] = []
    _visit(model, "", found, set(), include_optimizer)
    return found


def _visit(owner: Any, path: str, found: list[Group], seen: set[int], optimizer: bool) -> None:
    if id(owner) in seen:
        return
    seen.add(id(owner))
    if isinstance(owner, Optimizer):
        found.append(Group(path, owner.name, optimizer_variables(owner), optional=True))
        inner = getattr(owner, "inner_optimizer", None)
        if inner is not None:  # Keras writes its state twice
            _visit(inner, f"{path}/inner_optimizer", found, seen, optimizer)
        return
    found.append(Group(path, owner.name, model_variables(owner), owner=owner))
    for name, child in _children(owner, optimizer):
        inner = f"{path}/{name}" if path else name
        if isinstance(child, (list, tuple, set, dict)):
            _visit_container(child, inner, found, seen, optimizer)
        else:
            _visit(child, inner, found, seen, optimizer)


def _visit_container(
    container: Any, path: str, found: list[Group], seen: set[int], optimizer: bool
) -> None:
    items = list(container.values()) if isinstance(container, dict) else list(container)
    counts: dict[str, int] = {}
    for item in items:
        nested = isinstance(item, (list, tuple, set, dict))
        if not nested and not isinstance(item, (Layer, Optimizer)):
            continue
        name = "container" if nested else registry.snake_case(_class_name(item))
        count = counts.get(name, 0)
        counts[name] = count + 1
        inner = f"{path}/{name}_{count}" if count else f"{path}/{name}"
        if nested:
            _visit_container(item, inner, found, seen, optimizer)
        else:
            _visit(item, inner, found, seen, optimizer)


def _class_name(item: Any) -> str:
    identity = getattr(item, "_config_identity", lambda: None)()
    name = type(item).__name__ if identity is None else identity[1]
    return _CLASS_NAMES.get(name, name)


def _children(owner: Any, optimizer: bool) -> Iterator[tuple[str, Any]]:
    """Yield what a layer holds, by attribute, in the order in which Keras saves it."""
    hidden = getattr(type(owner), "_untracked", tracking.UNTRACKED)
    children = {
        _saved_name(owner, name): value
        for name, value in vars(owner).items()
        if name not in hidden and not name.startswith("__") and name not in _base_names(owner)
    }
    if hasattr(owner, "compile_from_config"):
        if getattr(owner, "_graph", None) is not None:
            yield "layers", owner.layers
        else:
            children["layers"] = owner.layers
        if optimizer and isinstance(getattr(owner, "optimizer", None), Optimizer):
            children["optimizer"] = owner.optimizer
    for name in sorted(children):
        if isinstance(children[name], (Layer, Optimizer, list, tuple, set, dict)):
            yield name, children[name]


def _saved_name(owner: Any, name: str) -> str:
    """Return the public name of an attribute that a property shows, as Keras does."""
    known = next((c.__name__ for c in type(owner).__mro__ if (c.__name__, name) in _ATTRIBUTES), "")
    public = _ATTRIBUTES.get((known, name), name.lstrip("_"))
    shown = isinstance(getattr(type(owner), public, None), property)
    return (
        public if known or (shown and getattr(owner, public, None) is vars(owner)[name]) else name
    )


def _base_names(owner: Any) -> frozenset[str]:
    """Return the attributes that every model (or layer) has."""
    return _MODEL_NAMES if hasattr(owner, "compile_from_config") else _LAYER_NAMES


_LAYER_NAMES = frozenset(vars(Layer.__new__(Layer)))
_MODEL_NAMES = _LAYER_NAMES | {"_graph_layers", "_stack", "_symbol"}


def model_variables(layer: Any) -> list[Variable]:
    """Return the variables that a layer or model holds itself, those made to be trained first."""
    return tracking.saved_variables(layer)


def _own_seeds(layer: Any) -> list[SeedGenerator]:
    return tracking.own_items(layer, lambda item: isinstance(item, SeedGenerator))


def seed_states(model: Any) -> list[Variable]:
    """Return the states of all random generators in a model, in a fixed order."""
    found = [g.state for layer in model._flatten_layers() for g in _own_seeds(layer)]
    return tracking.unique(iter(found))


def optimizer_variables(optimizer: Optimizer) -> list[Variable]:
    """Return the state of an optimizer in Keras' order."""
    inner = getattr(optimizer, "inner_optimizer", None)
    if inner is not None:
        theirs = {id(v) for v in inner.variables}
        own = [v for v in optimizer.variables if id(v) not in theirs]
        return [*own, *optimizer_variables(inner)]
    variables = optimizer.variables
    held = list(optimizer._slots.values())
    slots = {id(v) for by_name in held for v in by_name.values()}
    extra = {id(v) for v in optimizer._extra}
    ordered = [v for v in variables if id(v) not in slots and id(v) not in extra]
    last = [v for v in variables if id(v) in extra]
    taken: set[int] = set()
    for names in [*_FIRST_SLOTS, *_SLOT_GROUPS.get(type(optimizer).__name__, ())]:
        for by_name in held:
            chosen = [by_name[n] for n in names if n in by_name and id(by_name[n]) not in taken]
            taken.update(map(id, chosen))
            ordered += chosen
    rest = [v for by_name in held for v in by_name.values() if id(v) not in taken]
    return [*ordered, *rest, *last]
