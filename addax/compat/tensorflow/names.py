"""TensorFlow's names, as tables.

A row of `FUNCTIONS` reads: TensorFlow's name, the op of `addax.ops`, and TensorFlow's parameters,
`name` or `name=default`, which go to the op by position; `->name` goes to it by keyword.
"""

from __future__ import annotations

from addax.compat.tables import words
from addax.compat.tensorflow import more

Row = tuple[str, str]


def _each(names: str, parameters: str, ops: dict[str, str] | None = None) -> dict[str, Row]:
    return {name: ((ops or {}).get(name, name), parameters) for name in names.split()}


_REDUCE = "input_tensor axis=None keepdims=False"

MATH: dict[str, Row] = {
    **_each(
        """abs ceil conj cos cosh erf erfinv exp expm1 floor imag log log1p logical_not negative
        real reciprocal round rsqrt sigmoid sign sin sinh sqrt square tan tanh""",
        "x",
    ),
    "acos": ("arccos", "x"),
    "acosh": ("arccosh", "x"),
    "asin": ("arcsin", "x"),
    "asinh": ("arcsinh", "x"),
    "atan": ("arctan", "x"),
    "atanh": ("arctanh", "x"),
    "is_finite": ("isfinite", "x"),
    "is_inf": ("isinf", "x"),
    "is_nan": ("isnan", "x"),
    **_each(
        """add divide equal greater greater_equal less less_equal logical_and logical_or
        logical_xor maximum minimum mod multiply not_equal subtract""",
        "x y",
    ),
    "atan2": ("arctan2", "y x"),
    "divide_no_nan": ("divide_no_nan", "x y"),
    "floordiv": ("floor_divide", "x y"),
    "floormod": ("mod", "x y"),
    "pow": ("power", "x y"),
    "truediv": ("true_divide", "x y"),
    "argmax": ("argmax", "input axis=0"),
    "argmin": ("argmin", "input axis=0"),
    "count_nonzero": ("count_nonzero", "input axis=None"),
    "cumprod": ("cumprod", "x axis=0"),
    "cumsum": ("cumsum", "x axis=0"),
    "in_top_k": ("in_top_k", "targets predictions k"),
    "reduce_all": ("all", _REDUCE),
    "reduce_any": ("any", _REDUCE),
    "reduce_logsumexp": ("logsumexp", _REDUCE),
    "reduce_max": ("max", _REDUCE),
    "reduce_mean": ("mean", _REDUCE),
    "reduce_min": ("min", _REDUCE),
    "reduce_prod": ("prod", _REDUCE),
    "reduce_std": ("std", _REDUCE),
    "reduce_sum": ("sum", _REDUCE),
    "reduce_variance": ("var", _REDUCE),
    "softplus": ("softplus", "features"),
    "top_k": ("top_k", "input k=1 sorted=True"),
}

ARRAYS: dict[str, Row] = {
    "argsort": ("argsort", "values axis=-1"),
    "broadcast_to": ("broadcast_to", "input shape"),
    "clip_by_value": ("clip", "t clip_value_min clip_value_max"),
    "concat": ("concatenate", "values axis"),
    "cond": ("cond", "pred true_fn false_fn"),
    "eye": ("eye", "num_rows num_columns=None ->dtype='float32'"),
    "fill": ("full", "dims value"),
    "gather": ("take", "params indices axis=0"),
    "linspace": ("linspace", "start stop num"),
    "map_fn": ("map", "fn elems"),
    "norm": ("norm", "tensor ->ord=None ->axis=None ->keepdims=False"),
    "ones": ("ones", "shape dtype='float32'"),
    "ones_like": ("ones_like", "input ->dtype=None"),
    "repeat": ("repeat", "input repeats axis=None"),
    "reshape": ("reshape", "tensor shape"),
    "reverse": ("flip", "tensor axis"),
    "roll": ("roll", "input shift axis"),
    "scatter_nd": ("scatter", "indices updates shape"),
    "size": ("size", "input"),
    "sort": ("sort", "values axis=-1"),
    "squeeze": ("squeeze", "input axis=None"),
    "stack": ("stack", "values axis=0"),
    "stop_gradient": ("stop_gradient", "input"),
    "tensordot": ("tensordot", "a b axes"),
    "tile": ("tile", "input multiples"),
    "transpose": ("transpose", "a perm=None"),
    "unstack": ("unstack", "value num=None axis=0"),
    "where": ("where", "condition x=None y=None"),
    "while_loop": ("while_loop", "cond body loop_vars"),
    "zeros": ("zeros", "shape dtype='float32'"),
    "zeros_like": ("zeros_like", "input ->dtype=None"),
}

NN: dict[str, Row] = {
    **{name: MATH[name] for name in ("sigmoid", "softplus", "tanh", "top_k", "in_top_k")},
    "elu": ("elu", "features"),
    "gelu": ("gelu", "features approximate=False"),
    "leaky_relu": ("leaky_relu", "features alpha=0.2"),
    "log_softmax": ("log_softmax", "logits axis=-1"),
    "moments": ("moments", "x axes"),
    "relu": ("relu", "features"),
    "relu6": ("relu6", "features"),
    "selu": ("selu", "features"),
    "silu": ("silu", "features"),
    "softmax": ("softmax", "logits axis=-1"),
    "softsign": ("softsign", "features"),
    "swish": ("silu", "features"),
}

LINALG: dict[str, Row] = {
    "cholesky": ("cholesky", "input"),
    "det": ("det", "input"),
    "diag": ("diag", "diagonal"),
    "diag_part": ("diagonal", "input"),
    "eigh": ("eigh", "tensor"),
    "eye": ARRAYS["eye"],
    "inv": ("inv", "input"),
    "norm": ARRAYS["norm"],
    "qr": ("qr", "input"),
    "solve": ("solve", "matrix rhs"),
    "svd": ("svd", "tensor"),
    "trace": ("trace", "x"),
}

FUNCTIONS: dict[str, dict[str, Row]] = {
    "": {**MATH, **ARRAYS},
    "math": {**MATH, "softmax": NN["softmax"]},
    "nn": NN,
    "linalg": LINALG,
    "random": {},
}
"""namespace -> TensorFlow's name -> (op, parameters)."""

DTYPES = words(
    """bfloat16 bool complex64 complex128 float16 float32 float64 int8 int16 int32 int64 uint8
    uint16 uint32 uint64 string"""
)


def _own(file: str, names: str) -> dict[str, str]:
    return {name: f"{file}.{name}" for name in names.split()}


_RANDOM = "categorical normal set_seed shuffle truncated_normal uniform"

OBJECTS: dict[str, dict[str, str]] = {
    "": {
        **_own(
            "functions",
            """Variable assert_equal boolean_mask clip_by_global_norm clip_by_norm constant
            convert_to_tensor custom_gradient einsum executing_eagerly function gather_nd
            get_logger global_norm group identity is_tensor matmul meshgrid no_op one_hot pad print
            cast range rank shape slice split""",
        ),
        **_own("texts", "expand_dims"),
        **_own("types", "DType TensorShape TensorSpec UnconnectedGradients as_dtype"),
        **_own("devices", "device init_scope name_scope"),
        "GradientTape": "addax.GradientTape",
        "Module": "addax.layers.Layer",
        "Tensor": "addax.core.tensor.Tensor",
        "constant_initializer": "addax.initializers.Constant",
        "keras": "addax",
        "newaxis": "types.newaxis",
        "ones_initializer": "addax.initializers.Ones",
        "random_normal_initializer": "addax.initializers.RandomNormal",
        "random_uniform_initializer": "addax.initializers.RandomUniform",
        "zeros_initializer": "addax.initializers.Zeros",
        # TensorFlow 1 had these at the top
        "random_normal": "randomness.normal",
        "random_uniform": "randomness.uniform",
        "set_random_seed": "randomness.set_seed",
        "truncated_normal": "randomness.truncated_normal",
    },
    "autograph.experimental": {"do_not_convert": "functions.function"},
    "compat.v1": {
        **_own("devices", "disable_eager_execution disable_v2_behavior"),
        "enable_eager_execution": "functions.no_op",
        "enable_v2_behavior": "functions.no_op",
        "global_variables_initializer": "functions.no_op",
        "set_random_seed": "randomness.set_seed",
    },
    "compat.v1.logging": {
        "ERROR": "logging.ERROR",
        "FATAL": "logging.FATAL",
        "INFO": "logging.INFO",
        "WARN": "logging.WARNING",
        "set_verbosity": "devices.set_verbosity",
    },
    "config": {
        **_own(
            "devices",
            """get_visible_devices list_logical_devices list_physical_devices
            set_soft_device_placement set_visible_devices""",
        ),
        "functions_run_eagerly": "addax.functions_run_eagerly",
        "run_functions_eagerly": "addax.run_functions_eagerly",
    },
    "config.experimental": _own(
        "devices", "enable_op_determinism list_physical_devices set_memory_growth"
    ),
    "config.optimizer": _own("devices", "set_jit"),
    "config.threading": _own(
        "devices", "set_inter_op_parallelism_threads set_intra_op_parallelism_threads"
    ),
    "data": _own("data", "AUTOTUNE Dataset"),
    "data.experimental": _own("data", "AUTOTUNE"),
    "debugging": _own("functions", "assert_equal"),
    "dtypes": _own("types", "DType as_dtype"),
    "errors": {"InvalidArgumentError": "builtins.ValueError", "OpError": "builtins.RuntimeError"},
    "examples.tutorials.mnist.input_data": _own("tutorials", "read_data_sets"),
    "image": {"resize": "addax.ops.image.resize"},
    "linalg": _own("functions", "einsum matmul"),
    "math": _own("functions", "confusion_matrix squared_difference"),
    "nn": _own(
        "functions",
        """bias_add conv2d dropout embedding_lookup l2_normalize max_pool2d
        sigmoid_cross_entropy_with_logits softmax_cross_entropy_with_logits
        sparse_softmax_cross_entropy_with_logits""",
    ),
    "random": _own("randomness", _RANDOM),
    "summary": _own(
        "tensorboard",
        """create_file_writer flush histogram image record_if scalar should_record_summaries text
        trace_export trace_off trace_on""",
    )
    | {"SummaryWriter": "addax.callbacks.tensorboard.SummaryWriter"},
    "summary.experimental": _own("tensorboard", "get_step set_step write_raw_pb"),
    "test": _own("devices", "gpu_device_name is_built_with_cuda is_gpu_available"),
    "version": {"VERSION": "types.VERSION"},
}
"""namespace -> TensorFlow's name -> object, here (`file.name`) or by its full path."""

for _path, _table in more.FUNCTIONS.items():
    FUNCTIONS[_path] = {**FUNCTIONS.get(_path, {}), **_table}
for _path, _objects in more.OBJECTS.items():
    OBJECTS[_path] = {**OBJECTS.get(_path, {}), **_objects}
