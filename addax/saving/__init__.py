"""`addax.saving`: models, weights and configs in files, and the registry of own classes."""

from addax.core import registry as _registry
from addax.core.registry import CustomObjectScope as CustomObjectScope
from addax.core.registry import custom_object_scope as custom_object_scope
from addax.core.registry import get_custom_objects as get_custom_objects
from addax.core.registry import get_registered_name as get_registered_name
from addax.core.registry import get_registered_object as get_registered_object
from addax.core.registry import register_keras_serializable as register_keras_serializable
from addax.io import load_model as load_model
from addax.io import load_weights as load_weights
from addax.io import save_model as save_model
from addax.io import save_weights as save_weights

deserialize_keras_object = _registry.deserialize
serialize_keras_object = _registry.serialize
