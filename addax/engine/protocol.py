"""What an engine must offer; every other package talks to this and not to JAX."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple, Protocol

Array = Any
PyTree = Any


class Spec(NamedTuple):
    """Shape and dtype of an array; a `None` dimension is not known yet."""

    shape: tuple[int | None, ...]
    dtype: str


class Engine(Protocol):
    """Arrays, compilation, differentiation and control flow.

    `xp` has the shape of `numpy`, `nn`, `linalg`, `random`, `fft` and `image`
    hold the array functions of their field. All of them work on raw arrays.
    """

    name: str
    xp: Any
    nn: Any
    linalg: Any
    random: Any
    fft: Any
    image: Any

    def asarray(self, value: Any, dtype: str | None = None) -> Array:
        """Return `value` as an array of this engine, copied only if needed."""
        ...

    def to_numpy(self, array: Array) -> Any:
        """Return `array` as a NumPy array on the host."""
        ...

    def is_array(self, value: Any) -> bool:
        """Say whether `value` is an array or a traced value of this engine."""
        ...

    def is_traced(self, value: Any) -> bool:
        """Say whether `value` stands for an array inside a compiled function."""
        ...

    def register_pytree(self, cls: type, flatten: Callable, unflatten: Callable) -> None:
        """Let instances of `cls` pass through compiled functions."""

    def infer(self, function: Callable[..., list[Array]], specs: Sequence[Spec]) -> list[Spec]:
        """Return the specs of what `function` returns, without computing."""
        ...

    def eager(self) -> AbstractContextManager[None]:
        """Compute at once even while a function is being traced."""
        ...

    def outside_traces(self) -> AbstractContextManager[None]:
        """Run compiled functions as if nothing were being traced."""
        ...

    def jit(self, function: Callable, *, outermost: bool = False, **options: Any) -> Callable:
        """Compile `function`, a pure function of pytrees of arrays.

        `outermost` says that no compiled function ever calls it.
        """
        ...

    def apart(self, function: Callable) -> Callable:
        """Return `function`, to be compiled apart from the code around it where that helps."""
        ...

    def with_updates_in_place(self, function: Callable, values: PyTree) -> Callable:
        """Return `function` with gradient descent on some of `values` in fewer operations."""
        ...

    def vjp(self, function: Callable, *primals: PyTree, has_aux: bool = False) -> tuple:
        """Return the outputs of `function` and the map from cotangents to gradients."""
        ...

    def value_and_grad(self, function: Callable, has_aux: bool = False) -> Callable:
        """Return a function for the value and the gradient of its first argument."""
        ...

    def vmap(self, function: Callable, in_axes: Any = 0, out_axes: Any = 0) -> Callable:
        """Vectorize `function` over an axis of its arguments."""
        ...

    def custom_gradient(self, function: Callable) -> Callable:
        """Use the gradient function that `function` returns with its output."""
        ...

    def stop_gradient(self, array: Array) -> Array:
        """Return `array`, through which no gradient flows."""
        ...

    def cond(self, predicate: Array, true_fn: Callable, false_fn: Callable, *operands: Any) -> Any:
        """Return `true_fn(*operands)` or `false_fn(*operands)`."""
        ...

    def while_loop(self, condition: Callable, body: Callable, initial: PyTree) -> PyTree:
        """Repeat `body` while `condition` holds."""
        ...

    def scan(self, body: Callable, initial: PyTree, inputs: PyTree, **options: Any) -> tuple:
        """Fold `body` over the leading axis of `inputs`."""
        ...

    def fori_loop(self, lower: Any, upper: Any, body: Callable, initial: PyTree) -> PyTree:
        """Repeat `body(i, carry)` for `lower <= i < upper`."""
        ...

    def place(self, tree: PyTree) -> PyTree:
        """Place NumPy arrays on the device; the caller may change its own afterwards."""
        ...

    def place_rows(self, tree: PyTree) -> PyTree:
        """Place arrays of which only rows will be read; large ones stay where they are."""
        ...

    def bytes_to_place(self, tree: PyTree) -> int:
        """Return how many bytes of memory `place_rows` would take."""
        ...

    def map_rows(self, function: Callable, tree: PyTree) -> PyTree:
        """Apply `function` to each array of what `place_rows` returned."""
        ...

    def host_buffer(self, shape: tuple[int, ...], dtype: Any) -> Any:
        """Return NumPy memory that `adopt` need not copy."""
        ...

    def adopt(self, tree: PyTree) -> PyTree:
        """Place NumPy arrays, if possible without a copy; they must not change while used."""
        ...

    def free_memory(self) -> int | None:
        """Return the free bytes of the default device, or None if not known."""
        ...

    def block_until_ready(self, tree: PyTree) -> PyTree:
        """Wait until the arrays of `tree` are computed."""
        ...

    def is_ready(self, array: Any) -> bool:
        """Say whether an array is computed."""
        ...

    # The rest follows the functions of `jax.lax` and `jax.tree` of these names.
    TRACE_ERRORS: tuple[type[Exception], ...]
    scipy: Any
    switch: Callable[..., Any]
    checkpoint: Callable[..., Any]
    custom_vjp: Callable[..., Any]
    jacrev: Callable[..., Any]
    associative_scan: Callable[..., Any]
    map_leading: Callable[..., Any]
    dynamic_slice: Callable[..., Any]
    dynamic_update_slice: Callable[..., Any]
    dynamic_index: Callable[..., Any]
    optimization_barrier: Callable[..., Any]
    tree_map: Callable[..., Any]
    tree_leaves: Callable[..., Any]
    tree_flatten: Callable[..., Any]
    tree_unflatten: Callable[..., Any]
    wait_for_host_calls: Callable[[], None]

    def trace(self, function: Callable, *args: Any) -> tuple[Callable[..., list[Any]], bool]:
        """Return a function of the flat arrays, traced once, and whether it calls the host."""
        ...

    def call_host(self, function: Callable[..., None], *arrays: Any) -> None:
        """Call `function` with the values of `arrays` when they are known."""
        ...

    def eval_shape(self, function: Callable[[], Any]) -> Any:
        """Return the shapes and dtypes of what `function()` returns, without computing."""
        ...

    def specs_of(self, tree: PyTree) -> PyTree:
        """Return shapes and dtypes in place of the arrays of `tree`."""
        ...

    def from_host(self, array: Any) -> Array:
        """Return a copy of a NumPy array on the device, without compiling anything."""
        ...

    def owned_copy(self, tree: PyTree) -> PyTree:
        """Return copies that the engine owns, so that they can be donated."""
        ...

    def rows_at(self, array: Array, start: Any, count: int) -> Array:
        """Return `count` rows of `array` from row `start`."""
        ...

    def take_rows(self, array: Array, indices: Array) -> Array:
        """Return the rows of `array` at `indices`, which must be in range."""
        ...

    def write_rows(self, buffer: Array, start: Any, rows: Array) -> Array:
        """Return `buffer` with `rows` written from row `start` on."""
        ...

    def platform(self) -> str:
        """Return `"cpu"`, `"gpu"` or `"tpu"`."""
        ...

    def devices(self) -> list[Any]:
        """Return the devices of this process."""
        ...
