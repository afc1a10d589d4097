"""Helpers for data, names, seeds and files."""

from __future__ import annotations

from addax.backend.session import clear_session as clear_session
from addax.backend.session import is_keras_tensor as is_keras_tensor
from addax.callbacks.console import disable_interactive_logging as disable_interactive_logging
from addax.callbacks.console import enable_interactive_logging as enable_interactive_logging
from addax.callbacks.console import (
    is_interactive_logging_enabled as is_interactive_logging_enabled,
)
from addax.callbacks.progbar import Progbar as Progbar
from addax.core import tensor as _tensor
from addax.core.dtypes import standardize_dtype as standardize_dtype
from addax.core.registry import CustomObjectScope as CustomObjectScope
from addax.core.registry import custom_object_scope as custom_object_scope
from addax.core.registry import get_custom_objects as get_custom_objects
from addax.core.registry import get_registered_name as get_registered_name
from addax.core.registry import get_registered_object as get_registered_object
from addax.core.registry import register_keras_serializable as register_keras_serializable
from addax.core.variable import set_random_seed as set_random_seed
from addax.data import PyDataset as PyDataset
from addax.data import Sequence as Sequence
from addax.data import pack_x_y_sample_weight as pack_x_y_sample_weight
from addax.data import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from addax.training.diagnostics import TrainingWarning as TrainingWarning
from addax.utils import legacy as legacy
from addax.utils.arrays import normalize as normalize
from addax.utils.arrays import to_categorical as to_categorical
from addax.utils.arrays import to_ordinal as to_ordinal
from addax.utils.audio_dataset import (
    audio_dataset_from_directory as audio_dataset_from_directory,
)
from addax.utils.diagram import model_to_dot as model_to_dot
from addax.utils.diagram import plot_model as plot_model
from addax.utils.downloads import get_file as get_file
from addax.utils.image_dataset import (
    image_dataset_from_directory as image_dataset_from_directory,
)
from addax.utils.images import array_to_img as array_to_img
from addax.utils.images import img_to_array as img_to_array
from addax.utils.images import load_img as load_img
from addax.utils.images import save_img as save_img
from addax.utils.inputs import get_source_inputs as get_source_inputs
from addax.utils.legacy import deserialize_keras_object as deserialize_keras_object
from addax.utils.legacy import serialize_keras_object as serialize_keras_object
from addax.utils.named_values import Config as Config
from addax.utils.sequences import pad_sequences as pad_sequences
from addax.utils.split_dataset import split_dataset as split_dataset
from addax.utils.text_dataset import text_dataset_from_directory as text_dataset_from_directory
from addax.utils.timeseries_dataset import (
    timeseries_dataset_from_array as timeseries_dataset_from_array,
)

KerasTensor = _tensor.Symbolic
