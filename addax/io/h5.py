"""Whole models and weights in Keras 2's HDF5 layout, which Keras 3 still reads.

Arrays are matched by the order of layers and of the weights in them, or by layer names.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from addax.core import registry
from addax.core.variable import Variable
from addax.io import atomic
from addax.io import h5_access as access
from addax.io.h5_access import BadFileError
from addax.io.keras2_config import modern_optimizer
from addax.io.snapshot import (
    model_config,
    model_variables,
    optimizer_variables,
    restore_model,
)

if TYPE_CHECKING:
    import h5py

_VERSION = "3.15.0"
_NAMES_PER_ATTRIBUTE = 1000
_TOP = "top_level_model_weights"

# -- writing --------------------------------------------------------------------------------


def write_model(path: Path, model: Any, include_optimizer: bool = True) -> None:
    """Write a whole model.

    Args:
        path: the file; it appears whole or not at all.
        model: the model.
        include_optimizer: whether the arguments of `compile` and the optimizer's state go in.
    """
    config = model_config(model, include_optimizer)
    compile_config = config.pop("compile_config", None)
    with atomic.new_file(path) as temporary, access.created(temporary) as file:
        file.attrs["keras_version"] = _VERSION
        file.attrs["backend"] = "jax"
        file.attrs["model_config"] = json.dumps(config)
        if compile_config:
            file.attrs["training_config"] = json.dumps(_training_config(compile_config))
            _write_optimizer(file, model)
        _write_layers(file.create_group("model_weights"), model)


def write_weights(path: Path, model: Any) -> None:
    """Write the weights of a model."""
    with atomic.new_file(path) as temporary, access.created(temporary) as file:
        _write_layers(file, model)


def _training_config(compile_config: dict[str, Any]) -> dict[str, Any]:
    config = dict(compile_config)
    config["optimizer_config"] = config.pop("optimizer", None)
    return config


def _write_layers(parent: h5py.Group, model: Any) -> None:
    parent.attrs["keras_version"] = _VERSION
    parent.attrs["backend"] = "jax"
    _write_names(parent, "layer_names", [layer.name for layer in model.layers])
    for layer in model.layers:
        _write_arrays(parent.create_group(layer.name), _layer_variables(layer))
    _write_arrays(parent.create_group(_TOP), model_variables(model))


def _write_optimizer(file: h5py.File, model: Any) -> None:
    if model.optimizer is not None:
        _write_arrays(file.create_group("optimizer_weights"), optimizer_variables(model.optimizer))


def _write_arrays(parent: h5py.Group, variables: list[Variable]) -> None:
    names: list[str] = []
    for variable in variables:
        name, count = variable.path, 1
        while name in names:
            name, count = f"{variable.path}_{count}", count + 1
        names.append(name)
        access.write(parent, name, np.asarray(variable))
    _write_names(parent, "weight_names", names)


def _write_names(item: h5py.Group, attribute: str, names: list[str]) -> None:
    """Write a list of names, split where one attribute would be too large for HDF5."""
    text = access.text_type()
    if len(names) <= _NAMES_PER_ATTRIBUTE:
        item.attrs.create(attribute, np.array(names, object), dtype=text)
        return
    for index, start in enumerate(range(0, len(names), _NAMES_PER_ATTRIBUTE)):
        part = np.array(names[start : start + _NAMES_PER_ATTRIBUTE], object)
        item.attrs.create(f"{attribute}{index}", part, dtype=text)


def _layer_variables(layer: Any) -> list[Variable]:
    return [*layer.trainable_weights, *layer.non_trainable_weights]


# -- reading ----------------------------------------------------------------------------------


def is_keras2(path: Path) -> bool:
    """Say whether an HDF5 file has Keras 2's layout."""
    with access.opened(path, f"'{path.name}'") as file:
        return "model_weights" in file or access.texts(file, "layer_names") is not None


def read_model(path: Path, custom_objects: dict[str, Any] | None, compile: bool) -> Any:
    """Return the model of a file.

    Args:
        path: the file.
        custom_objects: own classes and functions by name.
        compile: whether to compile the model as it was.

    Raises:
        ValueError: if it holds weights only, is damaged, or names something unknown.
    """
    with access.opened(path, f"'{path.name}'") as file:
        text = access.text(file, "model_config")
        if text is None:
            raise BadFileError(
                f"'{path.name}' holds no model, perhaps weights only. Build the model in code and "
                "call its `load_weights`."
            )
        model = restore_model(_parse(text, path.name), custom_objects, compile=False)
        training = access.text(file, "training_config")
        pending = _layer_pending(_weights_group(file, path.name), model, False, False)
        if compile and training is not None:
            _compile(model, _parse(training, path.name), custom_objects)
            pending += _optimizer_pending(file, model)
    _assign(pending)
    return model


def read_weights(path: Path, model: Any, skip_mismatch: bool, by_name: bool) -> None:
    """Set the weights of a model; all are read and checked before the first is set.

    Args:
        path: the file.
        model: a built model.
        skip_mismatch: whether layers that do not fit are left as they are, with a warning.
        by_name: whether layers are matched by name instead of order.

    Raises:
        ValueError: if the file is damaged or does not fit.
    """
    with access.opened(path, f"'{path.name}'") as file:
        pending = _layer_pending(_weights_group(file, path.name), model, skip_mismatch, by_name)
    _assign(pending)


Pending = list[tuple[Variable, np.ndarray]]


def _assign(pending: Pending) -> None:
    for variable, value in pending:
        variable.assign(value)


def _parse(text: str, name: str) -> Any:
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadFileError(f"The config in '{name}' is not JSON: {error}") from None
    if not isinstance(config, dict):
        raise BadFileError(f"The config in '{name}' does not describe a model.")
    return config


def _weights_group(file: h5py.File, name: str) -> h5py.Group:
    if access.texts(file, "layer_names") is not None:
        return file
    found = access.group(file, "model_weights")
    if found is None:
        raise BadFileError(f"'{name}' holds no weights.")
    return found


def _layer_pending(parent: h5py.Group, model: Any, skip: bool, by_name: bool) -> Pending:
    stored = _stored_layers(parent)
    layers = [(layer.name, _layer_variables(layer)) for layer in model.layers]
    layers = [(name, variables) for name, variables in layers if variables]
    if by_name:
        pairs = [(name, variables, stored[name]) for name, variables in layers if name in stored]
    else:
        if len(stored) != len(layers):
            raise BadFileError(
                f"Model '{model.name}' has {len(layers)} layers with weights, the file has "
                f"{len(stored)}: {list(stored)}. Pass `by_name=True` to load those whose names "
                "fit, or build the model first if it has no weights yet."
            )
        pairs = [
            (name, variables, item)
            for (name, variables), item in zip(layers, stored.values(), strict=True)
        ]
    top = access.group(parent, _TOP)
    if top is not None and access.texts(top, "weight_names"):
        pairs.append((model.name, model_variables(model), top))
    pending: Pending = []
    for name, variables, item in pairs:
        try:
            pending += _matched(item, variables, name)
        except BadFileError as error:
            if not skip:
                raise
            warnings.warn(f"Weights of '{name}' are left as they are: {error}", stacklevel=4)
    return pending


def _stored_layers(parent: h5py.Group) -> dict[str, h5py.Group]:
    """Return the groups of the layers that have weights, in order."""
    found = {}
    for name in access.texts(parent, "layer_names") or []:
        item = access.group(parent, name)
        if item is None:
            raise BadFileError(f"The file names a layer '{name}' that it does not hold.")
        if access.texts(item, "weight_names"):
            found[name] = item
    return found


def _matched(item: h5py.Group, variables: list[Variable], name: str) -> Pending:
    names = access.texts(item, "weight_names") or []
    if len(names) != len(variables):
        raise BadFileError(
            f"Layer '{name}' has {len(variables)} weights, the file has {len(names)} for it: "
            f"{names}"
        )
    return [
        (variable, access.read(access.dataset(item, path), variable.shape, variable.path))
        for path, variable in zip(names, variables, strict=True)
    ]


def _compile(model: Any, training: dict[str, Any], custom_objects: dict[str, Any] | None) -> None:
    """Compile as the file says; Keras 2 wrote some things that have no equal today."""
    from_file = ("loss", "loss_weights", "metrics", "weighted_metrics")
    config = {key: training[key] for key in from_file if key in training}
    config["optimizer"] = modern_optimizer(training.get("optimizer_config"))
    try:
        with registry.extra_objects(custom_objects):
            model.compile_from_config(config)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        warnings.warn(
            f"The model was loaded without its `compile` arguments, which could not be restored: "
            f"{error}. Call `compile` before training it on.",
            stacklevel=5,
        )


def _optimizer_pending(file: h5py.File, model: Any) -> Pending:
    item = access.group(file, "optimizer_weights")
    if item is None or getattr(model, "optimizer", None) is None:
        return []
    variables = optimizer_variables(model.optimizer)
    names = access.texts(item, "weight_names") or []
    if len(names) <= 2:
        variables = variables[: len(names)]  # saved before its first step
    try:
        return _matched(item, variables, model.optimizer.name)
    except BadFileError as error:
        warnings.warn(f"The optimizer starts anew: {error}", stacklevel=5)
        return []
