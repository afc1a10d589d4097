"""Ops in the config of a functional model: Keras' form where it has the op, else our own.

A node of an op is written as Keras writes it, the static arguments in `config` and the
tensors in `inbound_nodes`. Reading looks the class name up in the same table; no name
of a file is ever imported.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from addax import activations, ops, tree
from addax.core import registry
from addax.core.graph import Node, apply
from addax.core.registry import serialize
from addax.core.tensor import Symbolic

# Keras' class, then the arguments that it takes in its constructor. The op's name is that of
# the class in lower case and without underscores.
_KERAS = {
    "numpy": """
        Rot90 k axes | Absolute | Abs | Add | All axis keepdims | Any axis keepdims |
        Amax axis keepdims | Amin axis keepdims | Append axis | Arccos | Arccosh | Arcsin |
        Arcsinh | Arctan | Arctan2 | Arctanh | Argmax axis keepdims | Argmin axis keepdims |
        Argsort axis | Average axis | BitwiseAnd | BitwiseInvert | BitwiseNot | BitwiseOr |
        BitwiseXor | BitwiseLeftShift | LeftShift | BitwiseRightShift | RightShift |
        BroadcastTo shape | Ceil | Clip x_min x_max | Concatenate axis | Conjugate | Conj | Copy |
        Cos | Cosh | CountNonzero axis | Cross axisa axisb axisc axis | Cumprod axis dtype |
        Cumsum axis dtype | Diag k | Diagonal offset axis1 axis2 | Diff n axis | Digitize | Dot |
        Einsum subscripts | Equal | Exp | Exp2 | ExpandDims axis | Expm1 | Flip axis | Floor |
        FullLike dtype | GetItem | Greater | GreaterEqual | Hstack | Hypot | Imag |
        Isclose equal_nan | Isfinite | Isinf | Isnan | Kron | Less | LessEqual | Log | Log10 |
        Log1p | Log2 | Logaddexp | Logaddexp2 | LogicalAnd | LogicalNot | LogicalOr | LogicalXor |
        Matmul | Max axis keepdims initial | Maximum | Median axis keepdims |
        Meshgrid indexing | Min axis keepdims initial | Minimum | Mod | Moveaxis source destination
        | NanToNum nan posinf neginf | NotEqual | OnesLike dtype | ZerosLike dtype | Outer |
        Pad pad_width mode | Prod axis keepdims dtype | Quantile axis method keepdims | Ravel |
        Real | Reciprocal | Repeat repeats axis | Reshape newshape | Roll shift axis |
        Round decimals | Sign | Signbit | Sin | Sinh | Sort axis |
        Split indices_or_sections axis | Stack axis | Std axis keepdims | Swapaxes axis1 axis2 |
        Take axis | TakeAlongAxis axis | Tan | Tanh | Tensordot axes | Tile repeats |
        Trace offset axis1 axis2 | Tril k | Triu k | Trunc | Vdot | Inner | Vstack | Where |
        Subtract | Multiply | Divide | DivideNoNan | TrueDivide | Power | Negative | Square | Sqrt |
        Squeeze axis | Transpose axes | Mean axis keepdims | Var axis keepdims | Sum axis keepdims |
        FloorDivide | Select""",
    "nn": """
        Relu | Relu6 | Sigmoid | SparseSigmoid | Softplus | Softsign | SoftShrink threshold |
        SparsePlus | Silu | Squareplus b | LogSigmoid | LeakyRelu negative_slope | HardSigmoid |
        HardSilu | Elu alpha | Selu | Gelu approximate | Celu alpha | Glu axis | TanhShrink |
        HardTanh | HardShrink threshold | Threshold threshold default_value | Softmax axis |
        LogSoftmax axis | Sparsemax axis | MaxPool pool_size strides padding data_format |
        AveragePool pool_size strides padding data_format |
        OneHot num_classes axis dtype sparse | MultiHot num_classes axis dtype sparse |
        Normalize axis order epsilon | Conv strides padding data_format dilation_rate |
        DepthwiseConv strides padding data_format dilation_rate |
        ConvTranspose strides padding output_padding data_format dilation_rate""",
    "image": """
        RGBToGrayscale data_format | Resize size interpolation antialias crop_to_aspect_ratio
        pad_to_aspect_ratio fill_mode fill_value data_format""",
    "math": "TopK k sorted | InTopK k | Logsumexp axis keepdims | Rsqrt | Erf | Erfinv",
    "linalg": "Det | Inv | Norm ord axis keepdims | Solve",
    "core": "StopGradient | Unstack num axis | Cast dtype",
}
# ops behind operators and methods of tensors
_OTHER_NAMES = {"_cast_raw": "cast", "_reshape_op": "reshape", "_transpose": "transpose"}
_OWN_MODULE = "addax.ops"


@functools.cache
def _keras_classes() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """Return (module, class, constructor arguments) by the class name in lower case."""
    found = {}
    for module, text in _KERAS.items():
        for row in text.split("|"):
            name, *arguments = row.split()
            found[name.lower()] = (f"keras.src.ops.{module}", name, tuple(arguments))
    return found


@functools.cache
def _known_ops() -> dict[str, Callable[..., Any]]:
    """Return the ops by name: what `@op` made, in `ops` and `activations`, and nothing else."""
    found = {}
    for package in (activations, ops.image, ops):
        found.update({k: v for k, v in vars(package).items() if hasattr(v, "raw")})
    return found


@functools.cache
def _compact_names() -> dict[str, str]:
    return {name.replace("_", ""): name for name in _known_ops()}


def op_name(node: Node) -> str:
    """Return the name under which the op of a node is known."""
    name = getattr(node.operation, "__name__", "op")
    return _OTHER_NAMES.get(name, name)


def op_class(node: Node) -> str:
    """Return the class name that Keras shows for the op of a node, such as `Multiply`."""
    name = op_name(node)
    known = _keras_classes().get(name.replace("_", ""))
    return known[1] if known else "".join(part.capitalize() for part in name.split("_"))


def op_config(node: Node, name: str, encode: Callable[[Any], Any]) -> dict[str, Any]:
    """Return the entry of an op among the `layers` of a functional config.

    Args:
        node: the node of the op.
        name: its name in the config.
        encode: turns an argument into JSON-ready values, tensors into references.

    Raises:
        ValueError: if the op is not one of Addax, nor registered.
    """
    args, kwargs = node.arguments()
    known = _keras_classes().get(op_name(node).replace("_", ""))
    split = None if known is None else _split(node.operation, args, kwargs, known[2])
    entry: dict[str, Any] = {}
    if known is not None and split is not None:
        config, call, kwargs = split
        entry.update(module=known[0], class_name=known[1], registered_name=known[1])
    else:
        config, call = {}, list(args)
        registered = _own_name(node)
        entry.update(module=_OWN_MODULE, class_name=registered, registered_name=registered)
    entry["config"] = {"name": name, **serialize(config)}
    entry["name"] = name
    entry["inbound_nodes"] = [{"args": encode(call), "kwargs": encode(kwargs)}]
    return entry


def _split(
    function: Callable[..., Any], args: Any, kwargs: Any, static: tuple[str, ...]
) -> tuple[dict[str, Any], list[Any], dict[str, Any]] | None:
    """Split a call into Keras' constructor arguments and the others, None if it cannot be."""
    parameters = inspect.signature(function).parameters
    bound = inspect.signature(function).bind(*args, **kwargs)
    bound.apply_defaults()
    config, call = {}, []
    for name, value in bound.arguments.items():
        if name in static:
            if any(isinstance(leaf, Symbolic) for leaf in tree.flatten(value)):
                return None
            config[name] = value
        elif parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
            call.extend(value)
        elif parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
            if value:
                return None
        elif value is not parameters[name].default:  # `empty` for arguments without one
            call.append(value)
    return config, call, {}


def _own_name(node: Node) -> str:
    name = op_name(node)
    known = _known_ops().get(name)
    if known is not None and name in (_OTHER_NAMES.get(node.operation.__name__), known.__name__):
        return name
    for key, value in registry.get_custom_objects().items():
        if getattr(value, "raw", value) is node.operation:
            return key
    raise ValueError(
        f"The op '{node.name}' calls `{name}`, which is not an op of `addax.ops`, so it cannot be "
        "written to a file. Put it in the `call` of a Layer, or register it with "
        "`register_keras_serializable`."
    )


def is_op_entry(entry: dict[str, Any]) -> bool:
    """Say whether an entry of a functional config is an op and not a layer."""
    module = str(entry.get("module") or "")
    if module:
        return module == _OWN_MODULE or module.startswith("keras.src.ops.")
    # Keras 3's `.h5` files name no modules; only layers have `trainable`
    is_layer = "trainable" in (entry.get("config") or {})
    return not is_layer and str(entry["class_name"]).lower() in _keras_classes()


def call_op(entry: dict[str, Any], args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Call the op of an entry on symbolic arguments.

    Raises:
        ValueError: if Addax has no such op, or nothing symbolic is given to it.
    """
    class_name = str(entry["class_name"])
    if not any(isinstance(leaf, Symbolic) for leaf in tree.flatten((args, kwargs))):
        raise ValueError(f"The op {class_name!r} in the file has no symbolic tensor as argument.")
    if entry.get("module") == _OWN_MODULE:
        function = _known_ops().get(class_name)
        if function is None:
            function = registry.find_anywhere(class_name)
        if not hasattr(function, "raw"):
            raise ValueError(f"{class_name!r} in the file is not an op.")
        return function(*args, **kwargs)
    known = _keras_classes().get(class_name.lower())
    name = _compact_names().get(class_name.lower())
    if known is None or name is None:
        raise ValueError(
            f"The file uses Keras' op {class_name!r}, which Addax does not read. Call "
            "the op in the `call` of a Layer instead."
        )
    function = _known_ops()[name]
    static = {k: v for k, v in (entry.get("config") or {}).items() if k != "name"}
    accepted = inspect.signature(function).parameters
    unknown = [key for key, value in static.items() if key not in accepted and value]
    if unknown:
        raise ValueError(f"`ops.{name}` has no argument `{unknown[0]}`, which the file gives.")
    if class_name == "GetItem" and isinstance(args[1], list):
        args = [args[0], tuple(args[1])]
    if class_name == "Einsum":
        return function(static["subscripts"], *args)
    return function(*args, **kwargs, **{k: v for k, v in static.items() if k in accepted})


def rerun(node: Node, args: Any, kwargs: Any) -> Any:
    """Call the op of a node on other arguments."""
    return apply(node.operation, args, kwargs)
