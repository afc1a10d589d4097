"""Helpers for data, names, seeds and files."""

from __future__ import annotations

from addax.callbacks.progbar import Progbar as Progbar
from addax.core.registry import CustomObjectScope as CustomObjectScope
from addax.core.registry import custom_object_scope as custom_object_scope
from addax.core.registry import deserialize as deserialize_keras_object
from addax.core.registry import get_custom_objects as get_custom_objects
from addax.core.registry import get_registered_name as get_registered_name
from addax.core.registry import get_registered_object as get_registered_object
from addax.core.registry import register_keras_serializable as register_keras_serializable
from addax.core.registry import serialize as serialize_keras_object
from addax.core.tensor import Symbolic as KerasTensor
from addax.core.variable import set_random_seed as set_random_seed
from addax.data import PyDataset as PyDataset
from addax.data import Sequence as Sequence
from addax.data import pack_x_y_sample_weight as pack_x_y_sample_weight
from addax.data import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from addax.utils.arrays import normalize as normalize
from addax.utils.arrays import to_categorical as to_categorical
from addax.utils.arrays import to_ordinal as to_ordinal

__all__ = ["KerasTensor", "deserialize_keras_object", "serialize_keras_object"]
