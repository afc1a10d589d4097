"""Weights in Keras 3's HDF5 layout: `<path>/vars/<number>`."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from addax.core.variable import Variable
from addax.io import h5_access as h5
from addax.io.snapshot import SEEDS, Group, Snapshot, groups, seed_states

if TYPE_CHECKING:
    import h5py

Pending = list[tuple[Variable, np.ndarray]]


def write(target: Any, snapshot: Snapshot, seeds: list[np.ndarray]) -> None:
    """Write the arrays of a snapshot.

    Args:
        target: a path or a file object.
        snapshot: of the model.
        seeds: states of the random generators, which only Addax reads back.
    """
    with h5.created(target) as file:
        for path, name, arrays in snapshot.groups:
            inside = file.create_group(f"{path}/vars" if path else "vars")
            inside.attrs["name"] = name
            for key, array in arrays.items():
                h5.write(inside, key, array)
        if seeds:
            inside = file.create_group(f"{SEEDS}/vars")
            for index, array in enumerate(seeds):
                h5.write(inside, str(index), array)


def read(
    source: Any, name: str, model: Any, skip_mismatch: bool = False, whole: bool = False
) -> None:
    """Set the variables of a model; all are read and checked before the first is set.

    Args:
        source: a path or a file object.
        name: what messages call the file.
        model: a built model.
        skip_mismatch: whether layers that do not fit are left as they are, with a warning.
        whole: whether the file is one of the whole model, whose optimizer's state is missed
            when it does not fit.

    Raises:
        ValueError: if the file is damaged or does not fit the model.
    """
    with h5.opened(source, name) as file:
        pending: Pending = []
        own: list[tuple[Any, dict[str, np.ndarray]]] = []
        for item in groups(model):
            try:
                if item.overrides("load_own_variables"):
                    own.append((item.owner, _stored(file, item)))
                    continue
                pending += _read_group(file, item, name, model, whole)
            except h5.BadFileError as error:
                if not skip_mismatch:
                    raise
                warnings.warn(
                    f"Weights of '{item.name}' are left as they are: {error}", stacklevel=3
                )
        pending += _read_seeds(file, model)
    for variable, value in pending:
        variable.assign(value)
    for layer, store in own:
        layer.load_own_variables(store)


def _stored(file: h5py.File, item: Group) -> dict[str, np.ndarray]:
    """Return all arrays of a layer that knows itself what they are."""
    inside = h5.group(file, f"{item.path}/vars" if item.path else "vars")
    names = [] if inside is None else list(inside)
    return {name: h5.read_any(h5.dataset(inside, name), item.name) for name in names}


def _optional(count: int, name: str, whole: bool) -> Pending:
    """Weights are often loaded without the optimizer they were trained with."""
    if whole and count:
        warnings.warn(
            f"The optimizer's state in {name} does not fit the model's optimizer, which "
            "starts anew.",
            stacklevel=6,
        )
    return []


def _read_group(file: h5py.File, item: Group, name: str, model: Any, whole: bool) -> Pending:
    inside = h5.group(file, f"{item.path}/vars" if item.path else "vars")
    count = 0 if inside is None else len(inside)
    variables = item.variables
    if item.optional and 0 < count <= 2:
        variables = variables[:count]  # saved before its first step
    if count != len(variables):
        if item.optional:
            return _optional(count, name, whole)
        raise h5.BadFileError(_wrong_count(item, count, name, model))
    pending = []
    for index, variable in enumerate(variables):
        dataset = h5.dataset(inside, str(index))
        try:
            value = h5.read(dataset, variable.shape, variable.path)
        except h5.ShapeError as error:
            if item.optional:
                return _optional(count, name, whole)
            raise h5.ShapeError(f"{error} (layer '{item.name}', {name}).") from None
        pending.append((variable, value))
    return pending


def _wrong_count(item: Group, count: int, name: str, model: Any) -> str:
    hint = ""
    if not item.variables and count:
        hint = (
            " The layer has not been built: call the model on data, or `build(input_shape)` it, "
            "before loading."
        )
    elif not count:
        hint = " The file is of another model, or its layers are in another order."
    what = f"Layer '{item.name}'" if item.path else f"Model '{model.name}' itself"
    return (
        f"{what} has {len(item.variables)} weights, and {name} holds {count} for it "
        f"under '{item.path or 'vars'}'.{hint}"
    )


def _read_seeds(file: h5py.File, model: Any) -> Pending:
    """Read the states of random generators where the file has those of this model."""
    inside = h5.group(file, f"{SEEDS}/vars")
    states = seed_states(model)
    if inside is None or len(inside) != len(states):
        return []
    return [
        (state, h5.read(h5.dataset(inside, str(i)), state.shape, state.path))
        for i, state in enumerate(states)
    ]
