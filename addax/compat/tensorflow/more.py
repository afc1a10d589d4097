"""More of TensorFlow's names, by topic: tables like those in `names`."""

from __future__ import annotations

Row = tuple[str, str]

MATH: dict[str, Row] = {
    "angle": ("angle", "input"),
    "bincount": ("bincount", "arr ->weights=None ->minlength=0"),
    "erfc": ("erfc", "x"),
    "log_sigmoid": ("log_sigmoid", "x"),
    "log_softmax": ("log_softmax", "logits axis=-1"),
    "rint": ("round", "x"),
    "softsign": ("softsign", "features"),
}

FUNCTIONS: dict[str, dict[str, Row]] = {
    "": {
        "realdiv": ("true_divide", "x y"),
        "searchsorted": ("searchsorted", "sorted_sequence values side='left'"),
        "vectorized_map": ("vectorized_map", "fn elems"),
    },
    "math": MATH,
    "nn": {
        "depth_to_space": ("depth_to_space", "input block_size"),
        "space_to_depth": ("space_to_depth", "input block_size"),
    },
    "linalg": {
        "lstsq": ("lstsq", "matrix rhs"),
        "pinv": ("pinv", "a"),
        "slogdet": ("slogdet", "input"),
        "tensordot": ("tensordot", "a b axes"),
    },
    "bitwise": {
        **{f"bitwise_{name}": (f"bitwise_{name}", "x y") for name in ("and", "or", "xor")},
        "invert": ("bitwise_invert", "x"),
        "left_shift": ("bitwise_left_shift", "x y"),
        "right_shift": ("bitwise_right_shift", "x y"),
    },
}


def _own(file: str, names: str) -> dict[str, str]:
    return {name: f"{file}.{name}" for name in names.split()}


_SEGMENTS = "segment_sum segment_mean unsorted_segment_sum"
_FLIPS = "flip_left_right flip_up_down"
_DECODE = "decode_image decode_jpeg decode_png encode_jpeg encode_png"
_FOLDS = "foldl foldr scan"

OBJECTS: dict[str, dict[str, str]] = {
    "": {
        **_own(
            "toplevel",
            """add_n case ensure_shape gradients identity_n numpy_function py_function
            sequence_mask strided_slice switch_case tensor_scatter_nd_update
            tensor_scatter_nd_add unique timestamp get_static_value"""
            + f" {_FOLDS}",
        ),
        **_own("sizes", "concat stack reduce_prod constant"),
        "complex": "maths.complex",
        "initializers": "addax.initializers",
        "losses": "addax.losses",
        "metrics": "addax.metrics",
        "optimizers": "addax.optimizers",
    },
    "math": {
        **_own(
            "maths",
            """lgamma multiply_no_nan reduce_euclidean_norm xlogy zero_fraction polyval"""
            + f" {_SEGMENTS}",
        ),
        "add_n": "toplevel.add_n",
        "l2_normalize": "functions.l2_normalize",
    },
    "nn": _own(
        "kernels",
        """avg_pool avg_pool2d batch_normalization conv1d conv2d_transpose crelu
        depthwise_conv2d l2_loss local_response_normalization lrn max_pool
        weighted_cross_entropy_with_logits""",
    )
    | {"zero_fraction": "maths.zero_fraction"},
    "linalg": _own("maths", "adjoint band_part eigvalsh matvec normalize set_diag")
    | _own("maths", "triangular_solve"),
    "image": _own(
        "pictures",
        """adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_saturation
        central_crop convert_image_dtype crop_to_bounding_box grayscale_to_rgb
        pad_to_bounding_box per_image_standardization psnr random_brightness random_contrast
        random_crop random_flip_left_right random_flip_up_down random_hue random_saturation
        resize_with_crop_or_pad resize_with_pad rgb_to_grayscale rot90 total_variation
        transpose"""
        + f" {_FLIPS}",
    )
    | _own("files", _DECODE),
    "io": _own("files", "read_file write_file decode_raw " + _DECODE),
    "io.gfile": _own("files", "GFile exists glob isdir listdir makedirs remove rmtree"),
    "strings": _own(
        "strings_",
        """as_string join length lower reduce_join regex_replace split strip substr to_number
        unicode_split upper""",
    ),
    "random": _own("draws", "Generator gamma poisson stateless_normal stateless_uniform")
    | {"get_global_generator": "draws.get_global_generator"},
    "distribute": _own("strategies", "MirroredStrategy OneDeviceStrategy get_strategy Strategy"),
    "data": {"TextLineDataset": "files.TextLineDataset"},
    "lookup": _own("lookups", "KeyValueTensorInitializer StaticHashTable"),
    "debugging": {
        "assert_near": "toplevel.assert_near",
        "check_numerics": "toplevel.check_numerics",
        "enable_check_numerics": "functions.no_op",
        "set_log_device_placement": "functions.no_op",
    },
    "errors": {"OutOfRangeError": "builtins.StopIteration", "NotFoundError": "builtins.OSError"},
    "experimental": {"numpy": "addax.ops.numpy"},
    "nest": {
        "flatten": "addax.tree.flatten",
        "is_nested": "addax.tree.is_nested",
        "map_structure": "addax.tree.map_structure",
        "pack_sequence_as": "addax.tree.pack_like",
    },
}

_MODELS = "Save models with `model.save('name.keras')` and read them with `load_model`."
_PADDED = "Pad to equal lengths (`pad_sequences`, `padded_batch`) and use a mask instead."
_DENSE = "Use dense tensors instead."
REFUSED = {
    "RaggedTensor": _PADDED,
    "ragged": _PADDED,
    "sparse": _DENSE,
    "SparseTensor": _DENSE,
    "estimator": "Build a `Model` and call `fit` instead.",
    "feature_column": "Use preprocessing layers, such as `Normalization`, instead.",
    "lite": "Export the model with `model.export` instead.",
    "data.TFRecordDataset": "Store arrays as `.npy` and use `Dataset.from_tensor_slices` instead.",
    "io.parse_single_example": "Store arrays as `.npy` and read them with NumPy instead.",
    "io.TFRecordWriter": "Store arrays with `numpy.save` instead.",
    "saved_model": _MODELS,
    "train.Checkpoint": "Use `model.save_weights` and `model.load_weights` instead.",
    "train.CheckpointManager": "Use the callbacks `ModelCheckpoint` or `BackupAndRestore` instead.",
    "train.latest_checkpoint": "Use the path given to `ModelCheckpoint` instead.",
}
"""What Addax has not, and what to use instead."""
