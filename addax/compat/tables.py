"""Where old module names lead: the data behind `modules.py`.

All targets are names below `addax`; several targets are searched in order.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text.

    Example:
        >>> sorted(words("layers models"))
        ['layers', 'models']
    """
    return frozenset(text.split())


KERAS_ROOTS = (
    "keras",
    "keras.api",
    "keras.api._v2.keras",
    "keras.src",
    "tf_keras",
    "tf_keras.src",
    "tensorflow.keras",
    "tensorflow.compat.v1.keras",
    "tensorflow.compat.v2.keras",
    "tensorflow.contrib.keras",
    "tensorflow.python.keras",
    "tensorflow_core.keras",
)
"""Packages that mean Keras, and so `addax`."""

OTHER_ROOTS = {
    "tensorflow": "compat.tensorflow",
    "tensorflow.compat.v2": "compat.tensorflow",
    "tensorflow_core": "compat.tensorflow",
    "keras_tuner": "tuner",
    "keras_tuner.src": "tuner",
    "kerastuner": "tuner",
    "tflearn": "tflearn",
}
"""Packages that mean a part of Addax."""

STAND_INS = {"tensorboard.plugins.hparams.api": "callbacks.tensorboard.hparams"}
"""Modules of other packages that need the real TensorFlow, and what does the same here."""

VERSIONS = {
    "keras": "3.10.0",
    "keras_tuner": "1.4.7",
    "kerastuner": "1.4.7",
    "tensorflow": "2.16.1",
    "tensorflow.keras": "3.10.0",
    "tf_keras": "2.16.0",
    "tflearn": "0.5.0",
}
"""`__version__`, for scripts that compare it: whose names these are."""

PUBLIC = words(
    """activations applications backend callbacks config constraints datasets distribution
    dtype_policies export initializers layers legacy losses metrics mixed_precision models ops
    optimizers preprocessing quantizers random regularizers saving tree utils version
    visualization"""
)
"""The packages of Keras. Whatever else lies below `addax` is not reachable as `keras.X`."""

REAL_SUBMODULES = words(
    """applications backend datasets legacy mixed_precision optimizers.schedules preprocessing
    preprocessing.image preprocessing.sequence preprocessing.text"""
)
"""Packages of Keras whose submodules are modules of their own in Addax too."""

MOVED = {
    "engine": ("models", "layers"),
    "engine.base_layer": ("layers",),
    "engine.base_layer_v1": ("layers",),
    "engine.functional": ("models",),
    "engine.input_layer": ("layers",),
    "engine.input_spec": ("layers",),
    "engine.keras_tensor": ("",),
    "engine.network": ("models",),
    "engine.saving": ("saving", "models"),
    "engine.sequential": ("models",),
    "engine.topology": ("layers", "models"),
    "engine.training": ("models",),
    "initializations": ("initializers",),
    "layers.experimental.preprocessing": ("layers",),
    "legacy.layers": ("layers",),
    "legacy_tf_layers": ("layers",),
    "objectives": ("losses",),
    "optimizer_v1": ("optimizers",),
    "optimizer_v2": ("optimizers",),
    "optimizers.schedules.learning_rate_schedule": ("optimizers.schedules",),
    "preprocessing.image_dataset": ("preprocessing", "utils"),
    "preprocessing.text_dataset": ("preprocessing", "utils"),
    "preprocessing.timeseries": ("preprocessing", "utils"),
    "random": ("random", "ops.random"),
    "trainers": ("models",),
    "wrappers": ("sklearn",),
    "wrappers.scikit_learn": ("sklearn",),
}
"""Modules of Keras 1, 2 and 3 that have no module of the same name here."""

FLATTENED = {
    "backend": "cntk_backend common config load_backend numpy_backend tensorflow_backend "
    "theano_backend",
    "callbacks": "backup_and_restore callback callback_list callbacks csv_logger early_stopping "
    "history lambda_callback learning_rate_scheduler model_checkpoint progbar_logger "
    "reduce_lr_on_plateau remote_monitor tensorboard terminate_on_nan",
    "constraints": "constraints",
    "datasets": "cifar",
    "engine": "",
    "initializers": "constant_initializers initializer initializers initializers_v1 "
    "initializers_v2 random_initializers",
    "layers": "activation activations advanced_activations attention attentions convolutional "
    "convolutional_recurrent core cudnn_recurrent dense_attention einsum_dense embeddings "
    "experimental kernelized local locally_connected merge merging multi_head_attention noise "
    "normalization pooling preprocessing recurrent recurrent_v2 regularization reshaping rnn "
    "serialization wrappers",
    "losses": "loss losses",
    "metrics": "base_metric metrics",
    "mixed_precision": "experimental policy loss_scale_optimizer",
    "models": "cloning functional model sequential",
    "ops": "core image linalg math nn numpy",
    "optimizers": "adadelta adafactor adagrad adam adamax adamw experimental ftrl legacy lion "
    "nadam optimizer optimizer_v1 optimizer_v2 optimizers rmsprop sgd",
    "regularizers": "regularizers",
    "saving": "hdf5_format legacy model_config object_registration save saved_model saving_api "
    "saving_lib serialization serialization_lib",
    "utils": "all_utils conv_utils data_utils dataset_utils generic_utils image_utils io_utils "
    "layer_utils losses_utils metrics_utils multi_gpu_utils np_utils numerical_utils "
    "python_utils test_utils tf_utils training_utils vis_utils",
}
"""Submodules of Keras' packages whose names lie in the package itself here."""

OLD_NAMES = {
    "layers": {
        "AtrousConvolution1D": "layers.Conv1D",
        "AtrousConvolution2D": "layers.Conv2D",
        "Convolution1D": "layers.Conv1D",
        "Convolution2D": "layers.Conv2D",
        "Convolution2DTranspose": "layers.Conv2DTranspose",
        "Convolution3D": "layers.Conv3D",
        "CuDNNGRU": "layers.GRU",
        "CuDNNLSTM": "layers.LSTM",
        "Deconvolution2D": "layers.Conv2DTranspose",
        "Deconvolution3D": "layers.Conv3DTranspose",
        "SeparableConvolution1D": "layers.SeparableConv1D",
        "SeparableConvolution2D": "layers.SeparableConv2D",
        "SyncBatchNormalization": "layers.BatchNormalization",
    },
    "models": {
        "model_from_yaml": "compat.yaml.model_from_yaml",
    },
    "optimizers": {
        "adadelta": "optimizers.Adadelta",
        "adagrad": "optimizers.Adagrad",
        "adam": "optimizers.Adam",
        "adamax": "optimizers.Adamax",
        "ftrl": "optimizers.Ftrl",
        "nadam": "optimizers.Nadam",
        "rmsprop": "optimizers.RMSprop",
        "sgd": "optimizers.SGD",
    },
}
"""Old names that `attach()` gives to a package, unless the package has them itself."""
