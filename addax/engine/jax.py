"""The engine on JAX. With its sibling kernel files the only importer of `jax`."""

from __future__ import annotations

import math
import os
import threading
import warnings
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jax.experimental import io_callback

from addax import config
from addax.engine import activation, cache, convolution, native, pooling, rows, schedule
from addax.engine.apart import apart as compile_apart
from addax.engine.matmul import matmul
from addax.engine.protocol import Spec

# 64-bit integers are 32 bits wide here unless floats are 64 bits wide: known and documented.
warnings.filterwarnings("ignore", message="Explicitly requested dtype .*u?int64")

name = "jax"

_XP_NAMES = """
abs absolute add all amax amin angle any append arange array arccos arccosh arcsin arcsinh arctan
arctan2 arctanh argmax argmin argpartition argsort around array array_split asarray atleast_1d
atleast_2d atleast_3d average bartlett bincount bitwise_and bitwise_invert bitwise_left_shift
bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman block broadcast_shapes
broadcast_to cbrt ceil clip column_stack concatenate conj conjugate copy copysign corrcoef
correlate cos
cosh count_nonzero cross cumprod cumsum deg2rad diag diag_indices diagflat diagonal diff digitize
divide divmod dot dsplit dstack einsum empty empty_like equal exp exp2 expand_dims expm1 eye fabs
finfo flip fliplr flipud float_power floor floor_divide fmax fmin fmod frexp full full_like gcd
geomspace gradient greater greater_equal hamming hanning heaviside histogram hsplit hstack hypot
identity iinfo imag indices inner int32 interp invert isclose isfinite isin isinf isnan isneginf
isposinf isreal issubdtype kaiser kron lcm ldexp left_shift less less_equal lexsort linspace log
log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logspace
matmul max maximum mean median meshgrid min minimum mod moveaxis multiply nan_to_num nanargmax
nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile
nanstd nansum nanvar ndim negative nextafter nonzero not_equal ones ones_like outer pad partition
percentile piecewise polyval positive power prod promote_types ptp quantile rad2deg ravel real
reciprocal remainder repeat reshape result_type right_shift rint roll rot90 round searchsorted
select shape sign signbit sin sinc sinh size sort split sqrt square squeeze stack std subtract sum
swapaxes take take_along_axis tan tanh tensordot tile trace transpose trapezoid tri tril triu
true_divide trunc unique unravel_index unstack vander var vdot vectorize vsplit vstack where zeros
zeros_like inf nan pi newaxis bool_ uint8 uint16 uint32 int8 int16 float16 bfloat16 float32
""".split()  # noqa: SIM905

_NN_NAMES = """
celu elu gelu glu hard_sigmoid hard_tanh leaky_relu log_sigmoid log_softmax logsumexp one_hot
relu6 selu sigmoid silu soft_sign softmax softplus sparse_plus sparse_sigmoid squareplus tanh
""".split()  # noqa: SIM905


def _namespace(module: Any, names: Sequence[str], **more: Any) -> SimpleNamespace:
    members = {item: getattr(module, item) for item in names if hasattr(module, item)}
    return SimpleNamespace(**members, **more)


xp = _namespace(jnp, _XP_NAMES)
xp.matmul = matmul
nn = _namespace(
    jax.nn,
    _NN_NAMES,
    relu=activation.relu,
    conv=convolution.conv,
    conv_transpose=convolution.conv_transpose,
    depthwise_conv=convolution.depthwise_conv,
    separable_conv=convolution.separable_conv,
    max_pool=pooling.max_pool,
    average_pool=pooling.average_pool,
    erf=lax.erf,
    erfinv=lax.erf_inv,
    top_k=lax.top_k,
    rsqrt=lax.rsqrt,
    segment_sum=jax.ops.segment_sum,
    segment_prod=jax.ops.segment_prod,
    segment_max=jax.ops.segment_max,
    segment_min=jax.ops.segment_min,
    bitcast=lax.bitcast_convert_type,
    dot_product_attention=jax.nn.dot_product_attention,
)
linalg: Any = jnp.linalg
fft: Any = jnp.fft
image = SimpleNamespace(resize=jax.image.resize, scale_and_translate=jax.image.scale_and_translate)
random: Any = jax.random
scipy: Any = jax.scipy

config.float64_hooks.append(lambda: jax.config.update("jax_enable_x64", True))


def asarray(value: Any, dtype: str | None = None) -> Any:
    """Return `value` as a JAX array; a NumPy array is copied, an engine's array is not."""
    return jnp.asarray(value, dtype=dtype)


def to_numpy(array: Any) -> Any:
    """Return `array` as a NumPy array on the host."""
    return np.asarray(array)


def is_array(value: Any) -> bool:
    """Say whether `value` is a JAX array or tracer."""
    return isinstance(value, jax.Array)


def is_traced(value: Any) -> bool:
    """Say whether `value` is a JAX tracer."""
    return isinstance(value, jax.core.Tracer)


def register_pytree(cls: type, flatten: Callable, unflatten: Callable) -> None:
    """Register `cls` as a JAX pytree node."""
    jax.tree_util.register_pytree_node(cls, flatten, unflatten)


# Unknown dimensions are probed with two sizes each; a result dimension that
# changes between the probes is unknown. Highly divisible sizes let models that
# halve and double images keep their skip connections equal. Against symbolic
# dimensions this measured 5 to 8 times faster, and Python branches on a shape work.
BATCH_PROBE = 240
_PROBES = ({0: BATCH_PROBE}, {0: 480})
OTHER_PROBE = 960
_PROBE_OTHER = (OTHER_PROBE, 2880)  # products and ratios with the first axis change too


def _probe(
    function: Callable[..., list[Any]], specs: Sequence[Spec], which: int
) -> list[jax.ShapeDtypeStruct]:
    def size(axis: int, given: int | None) -> int:
        return _PROBES[which].get(axis, _PROBE_OTHER[which]) if given is None else given

    structs = [
        jax.ShapeDtypeStruct(tuple(size(i, d) for i, d in enumerate(spec.shape)), spec.dtype)
        for spec in specs
    ]
    return jax.eval_shape(function, *structs)


def infer(function: Callable[..., list[Any]], specs: Sequence[Spec]) -> list[Spec]:
    """Return the specs of what `function` returns, without computing."""
    first = _probe(function, specs, 0)
    if not any(d is None for spec in specs for d in spec.shape):
        return [Spec(tuple(s.shape), str(s.dtype)) for s in first]
    second = _probe(function, specs, 1)
    return [
        Spec(
            tuple(a if a == b else None for a, b in zip(one.shape, two.shape, strict=True)),
            str(one.dtype),
        )
        for one, two in zip(first, second, strict=True)
    ]


def eager() -> AbstractContextManager[None]:
    """Compute at once even while a function is being traced."""
    return jax.ensure_compile_time_eval()


def outside_traces() -> AbstractContextManager[None]:
    """Run compiled functions as if nothing were being traced.

    What was compiled before is found again, which `eager` would compile anew.
    """
    return jax.core.eval_context()


def jit(function: Callable, *, outermost: bool = False, **options: Any) -> Callable:
    """Compile `function`; the persistent compilation cache is set up on first use.

    `outermost` says that no compiled function calls it: then XLA is told how to order it.
    """
    cache.enable()
    if outermost:
        options["compiler_options"] = schedule.compiler_options()
    return jax.jit(function, **options)


def apart(function: Callable) -> Callable:
    """Return `function`; on a CPU, what is being traced calls it instead of taking it over."""

    def call(*args: Any) -> Any:
        separate = platform() == "cpu" and any(map(is_traced, args))
        return (compile_apart(function) if separate else function)(*args)

    return call


vjp = jax.vjp
jvp = jax.jvp
vmap = jax.vmap
jacrev = jax.jacrev
checkpoint = jax.checkpoint
stop_gradient = lax.stop_gradient
cond = lax.cond
switch = lax.switch
while_loop = lax.while_loop
scan = lax.scan
associative_scan = lax.associative_scan
fori_loop = lax.fori_loop
map_leading = lax.map
dynamic_slice = lax.dynamic_slice
dynamic_update_slice = lax.dynamic_update_slice
dynamic_index = lax.dynamic_index_in_dim
optimization_barrier = lax.optimization_barrier
tree_map = jax.tree.map
tree_leaves = jax.tree.leaves
tree_flatten = jax.tree.flatten
tree_unflatten = jax.tree.unflatten
wait_for_host_calls = jax.effects_barrier
block_until_ready = jax.block_until_ready


def is_ready(array: Any) -> bool:
    """Say whether an array is computed."""
    return array.is_ready()


def with_updates_in_place(function: Callable, values: Any) -> Callable:
    """Return `function` with gradient descent on some of `values` in fewer operations.

    Where none of them is a kernel for which there is such an operation, that is `function`.
    """
    serves = any(native.is_kernel(leaf) for leaf in jax.tree.leaves(values))
    return native.merge_updates(function) if serves else function


def value_and_grad(function: Callable, has_aux: bool = False) -> Callable:
    """Return a function for the value and the gradient of its first argument."""
    return jax.value_and_grad(function, has_aux=has_aux)


def custom_gradient(function: Callable) -> Callable:
    """Use the gradient function that `function` returns with its output."""
    return jax.custom_gradient(function)


def custom_vjp(function: Callable[..., Any], forward: Any, backward: Any) -> Callable[..., Any]:
    """Use `forward` and `backward` in place of the derived gradient of `function`.

    Args:
        function: the function.
        forward: takes its arguments, returns `(output, residuals)`.
        backward: takes `(residuals, cotangents)`, returns a cotangent per argument.
    """
    wrapped = jax.custom_vjp(function)
    wrapped.defvjp(forward, backward)
    return wrapped


def host_number(function: Callable[[], float], dtype: str) -> Any:
    """Return what `function()` returns each time the compiled code comes to this place."""

    def call() -> np.ndarray:
        return np.asarray(function(), dtype)

    return io_callback(call, jax.ShapeDtypeStruct((), dtype), ordered=False)


def host_buffer(shape: tuple[int, ...], dtype: Any) -> np.ndarray:
    """Return uninitialized NumPy memory that `adopt` need not copy."""
    nbytes = math.prod(shape) * np.dtype(dtype).itemsize
    memory = np.empty(nbytes + rows.ALIGNMENT, "uint8")
    offset = -memory.ctypes.data % rows.ALIGNMENT
    return memory[offset : offset + nbytes].view(dtype).reshape(shape)


def adopt(tree: Any) -> Any:
    """Place NumPy arrays without copying them where the device can read them as they are.

    The caller must not change them until what was computed from them is there.
    """
    placed = jax.device_put(tree)
    return placed if platform() == "cpu" else jax.block_until_ready(placed)


def _aligned_copy(array: np.ndarray) -> np.ndarray:
    """Return a copy at an address the runtime can use, made by two threads.

    NumPy asks for huge pages, which the runtime's own copy does not: 172 MB took 10 ms
    against 75 ms, and gathering rows from huge pages is quicker, too.
    """
    copy = host_buffer(array.shape, array.dtype)
    middle = len(array) // 2
    first = threading.Thread(target=np.copyto, args=(copy[:middle], array[:middle]))
    first.start()
    np.copyto(copy[middle:], array[middle:])
    first.join()
    return copy


def _unshared(array: np.ndarray) -> np.ndarray:
    """Return a copy, since the runtime may take over the memory of what it is given.

    It does so whenever the address happens to be aligned; a later write of the caller
    to its own array would then be seen by the engine.
    """
    return _aligned_copy(array) if array.nbytes >= rows.LARGE_BYTES else array.copy()


def place(tree: Any) -> Any:
    """Place NumPy arrays on the default device; the caller may change its own afterwards."""
    if platform() != "cpu":
        return jax.device_put(tree)
    return jax.tree.map(lambda array: jax.device_put(_unshared(array)), tree)


def place_rows(tree: Any) -> Any:
    """Place arrays of which only rows will be read, with `rows_at` and `take_rows`.

    On the CPU large arrays are read where they are: the caller should not change them
    until what was computed from them is there.
    """
    if platform() != "cpu":
        return jax.device_put(tree)
    return jax.tree.map(lambda a: rows.adopt(a) if rows.can_adopt(a) else place(a), tree)


def bytes_to_place(tree: Any) -> int:
    """Return how many bytes of memory `place_rows` would take."""
    on_cpu = platform() == "cpu"
    return sum(a.nbytes for a in jax.tree.leaves(tree) if not (on_cpu and rows.can_adopt(a)))


def map_rows(function: Callable, tree: Any) -> Any:
    """Apply `function` to each array of what `place_rows` returned."""
    return jax.tree.map(function, tree, is_leaf=rows.is_adopted)


def owned_copy(tree: Any) -> Any:
    """Return copies that the engine owns, so that they can be donated.

    On the CPU the copy goes through the host, since a copying program would have to
    be compiled for every shape.
    """
    if platform() == "cpu":
        return jax.tree.map(lambda leaf: from_host(np.asarray(leaf)), tree)
    return jax.tree.map(lambda leaf: jnp.array(leaf, copy=True), tree)


def from_host(array: np.ndarray) -> Any:
    """Return a copy of a NumPy array on the device, without compiling anything."""
    return jax.device_put(_unshared(array))


def platform() -> str:
    """Return `"cpu"`, `"gpu"` or `"tpu"`."""
    return jax.default_backend()


def devices() -> list[Any]:
    """Return the devices of this process."""
    return list(jax.local_devices())


def free_memory() -> int | None:
    """Return the free bytes of the default device, or None if not known."""
    if platform() == "cpu":
        try:
            return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (ValueError, OSError, AttributeError):
            return None
    stats = jax.local_devices()[0].memory_stats()
    return None if not stats else stats["bytes_limit"] - stats["bytes_in_use"]


def trace(function: Callable, *args: Any) -> tuple[Callable[..., list[Any]], bool]:
    """Trace `function` once, without computing.

    Returns: a function of the flat arrays in `args` that computes the flat result (what
        it does not need may be replaced by anything), and whether it calls the host.
    """
    from jax.extend.core import jaxpr_as_fun  # takes as long to import as all of our engine

    closed = native.merged(jax.make_jaxpr(function)(*args))
    return jaxpr_as_fun(closed), bool(closed.effects)


def call_host(function: Callable[..., None], *arrays: Any) -> None:
    """Call `function` with the values of `arrays` when they are known."""
    jax.debug.callback(function, *arrays)


TRACE_ERRORS: tuple[type[Exception], ...] = (
    jax.errors.TracerBoolConversionError,
    jax.errors.TracerArrayConversionError,
    jax.errors.TracerIntegerConversionError,
    jax.errors.ConcretizationTypeError,
)


def eval_shape(function: Callable[[], Any]) -> Any:
    """Return the shapes and dtypes of what `function()` returns, without computing."""
    return jax.eval_shape(function)


def rows_at(array: Any, start: Any, count: int) -> Any:
    """Return `count` rows of `array` from row `start`."""
    if rows.is_adopted(array):
        return array.take(start + jnp.arange(count, dtype=jnp.int32))
    return lax.dynamic_slice_in_dim(array, start, count, axis=0)


def take_rows(array: Any, indices: Any) -> Any:
    """Return the rows of `array` at `indices`, which must be in range."""
    if rows.is_adopted(array):
        return array.take(indices)
    return array.at[indices].get(mode="promise_in_bounds")


def write_rows(buffer: Any, start: Any, values: Any) -> Any:
    """Return `buffer` with `values` written from row `start` on."""
    return lax.dynamic_update_slice_in_dim(buffer, values, start, axis=0)


def specs_of(tree: Any) -> Any:
    """Return shapes and dtypes in place of the arrays of `tree`."""
    return jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape, leaf.dtype), tree)
