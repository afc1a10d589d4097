"""`GradientTape`: records Nodes, and differentiates by replaying them.

The recorded nodes between sources and target are replayed as one pure function
under `engine.vjp`: no op needs gradient code, and since the gradient is itself one
op, an outer tape differentiates it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors, tree
from addax.core import variable as variable_module
from addax.core.dtypes import is_float
from addax.core.graph import Node, active_tapes, apply, carries_gradients
from addax.core.replay import Replay
from addax.core.tensor import Tensor, TensorLike, raw
from addax.core.variable import Variable
from addax.engine import engine, xp

_USED_UP = (
    "A non-persistent GradientTape gives gradients once. Use `GradientTape(persistent=True)` to "
    "call `gradient` or `jacobian` more often."
)


class GradientTape:
    """Record what is computed in its block, for differentiation.

    Args:
        persistent: whether gradients can be taken more than once.
        watch_accessed_variables: whether trainable Variables are watched by themselves.

    Example:
        >>> import addax
        >>> x = addax.Variable(3.0)
        >>> with GradientTape() as tape:
        ...     y = x * x
        >>> float(tape.gradient(y, x))
        6.0
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_variables = watch_accessed_variables
        self._recording = False
        self._used = False
        self.reset()

    def reset(self) -> None:
        """Forget everything recorded."""
        self._nodes: list[Node] = []
        self._reads: dict[Variable, list[Tensor]] = {}
        self._watched_ids: set[int] = set()
        self._watched_variables: list[Variable] = []
        self._keep: list[Any] = []
        # ids of what depends on something watched
        self._live: set[int] = set()

    def __enter__(self) -> GradientTape:
        if self._recording:
            raise ValueError("This GradientTape is already recording.")
        self._start()
        return self

    def __exit__(self, *exception: object) -> None:
        if self._recording:
            self._stop()

    def _start(self) -> None:
        self._recording = True
        active_tapes.set((*active_tapes.get(), self))
        listeners = variable_module.read_listeners
        listeners.set((*listeners.get(), self._on_read))

    def _stop(self) -> None:
        """Stop listening; other tapes, also those that started later, go on."""
        self._recording = False
        active_tapes.set(tuple(tape for tape in active_tapes.get() if tape is not self))
        listeners = variable_module.read_listeners
        listeners.set(tuple(f for f in listeners.get() if f != self._on_read))

    def stop_recording(self) -> _Paused:
        """Return a context in which nothing is recorded."""
        return _Paused(self)

    def append(self, node: Node) -> None:
        """Record a node; called by `apply`."""
        self._nodes.append(node)
        if any(id(leaf) in self._live for leaf in node.leaves):
            self._live.update(id(out) for out in node.outputs if carries_gradients(out))

    def traced(self, leaves: Sequence[Any]) -> list[int]:
        """Return the positions of leaves that gradients may flow to; none in eager code."""
        live = [i for i, leaf in enumerate(leaves) if id(leaf) in self._live]
        return live if any(engine.is_traced(raw(leaves[i])) for i in live) else []

    def _on_read(self, variable: Variable, tensor: Tensor) -> None:
        self._reads.setdefault(variable, []).append(tensor)
        if is_float(tensor.dtype) and self._is_watched(variable):
            self._live.add(id(tensor))

    def watch(self, tensor: Any) -> None:
        """Make gradients with respect to a tensor (or nested tensors) available.

        Args:
            tensor: a float Tensor or Variable, or a structure of them.

        Raises:
            ValueError: for anything that is not a tensor, or an integer one.
        """
        for item in tree.flatten(tensor):
            if not isinstance(item, TensorLike):
                raise ValueError(
                    f"`tensor` of `GradientTape.watch` must be a tensor. Received: {item!r}. "
                    "Convert it first, with `ops.convert_to_tensor`."
                )
            if not is_float(item.dtype):
                raise ValueError(
                    "`tensor` of `GradientTape.watch` must be of a float dtype. "
                    f"Received: dtype {item.dtype}"
                )
            if isinstance(item, Variable):
                self._watched_variables.append(item)
            else:
                self._watched_ids.add(id(item))
                self._live.add(id(item))
                self._keep.append(item)

    def watched_variables(self) -> tuple[Variable, ...]:
        """Return the Variables whose gradients can be asked for."""
        read = [v for v in self._reads if self._is_watched(v)]
        return tuple(dict.fromkeys([*read, *self._watched_variables]))

    def _is_watched(self, source: Any) -> bool:
        if isinstance(source, Variable):
            automatic = self._watch_variables and source.trainable
            return automatic or any(v is source for v in self._watched_variables)
        produced = (id(out) for node in self._nodes for out in node.outputs)
        return id(source) in self._watched_ids or id(source) in set(produced)

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = "none",
    ) -> Any:
        """Return the gradient of `target` (its sum) with respect to `sources`.

        Args:
            target: a tensor, or a structure of them (their gradients are added).
            sources: a Variable or watched tensor, or a structure of them.
            output_gradients: the gradient that flows into each target; default: ones.
            unconnected_gradients: `"none"`, or `"zero"` for zeros in place of None.

        Returns: gradients in the structure of `sources`; None where the target does
            not depend on the source.

        Raises:
            RuntimeError: on the second call of a non-persistent tape.
        """
        errors.one_of(
            "GradientTape.gradient",
            "unconnected_gradients",
            unconnected_gradients,
            ("none", "zero"),
        )
        targets = [t for t in tree.flatten(target) if isinstance(t, TensorLike)]
        seeds = _seeds(target, targets, output_gradients)
        flat, definition = tree.flatten_with_def(sources)
        plan = self._plan(targets, flat)
        gradients = plan.gradients(seeds)
        if unconnected_gradients == "zero":
            gradients = [
                Tensor(xp.zeros(s.shape, s.dtype)) if g is None else g
                for g, s in zip(gradients, flat, strict=True)
            ]
        self._finish()
        return tree.unflatten(definition, gradients)

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: str = "none",
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Return d target / d source, of shape `target.shape + source.shape`, per source."""
        flat, definition = tree.flatten_with_def(sources)
        plan = self._plan([target], flat)
        jacobians = plan.jacobians(target)
        if unconnected_gradients == "zero":
            jacobians = [
                Tensor(xp.zeros((*target.shape, *s.shape), s.dtype)) if j is None else j
                for j, s in zip(jacobians, flat, strict=True)
            ]
        self._finish()
        return tree.unflatten(definition, jacobians)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: str = "none",
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Return d target[i] / d source[i], `(batch, *target.shape[1:], *source.shape[1:])`."""
        if not target.shape or not source.shape or target.shape[0] != source.shape[0]:
            raise ValueError(
                "`target` and `source` of `batch_jacobian` must have the same first dimension. "
                f"Received: shapes {target.shape} and {source.shape}"
            )
        full = self.jacobian(target, source, unconnected_gradients)
        if full is None:
            return None
        rank = len(target.shape)
        return apply(lambda j: xp.moveaxis(xp.diagonal(j, axis1=0, axis2=rank), -1, 0), (full,), {})

    def _finish(self) -> None:
        if not self._persistent:
            self._used = True
            self.reset()

    def _plan(self, targets: Sequence[Any], sources: Sequence[Any]) -> Replay:
        if self._used:
            raise RuntimeError(_USED_UP)
        for source in sources:
            if not isinstance(source, TensorLike):
                raise ValueError(
                    "`sources` of `GradientTape` must be Variables or watched tensors. "
                    f"Received: {source!r}"
                )
        recording = self._recording
        if recording:
            self._stop()
        try:
            return Replay(self, targets, sources)
        finally:
            if recording:
                self._start()

    def tensors_of(self, source: Any) -> list[Tensor]:
        """Return the recorded tensors that stand for `source`."""
        if not self._is_watched(source):
            return []
        return self._reads.get(source, []) if isinstance(source, Variable) else [source]

    @property
    def nodes(self) -> list[Node]:
        """What was recorded, in order."""
        return self._nodes


def _seeds(target: Any, targets: Sequence[Any], output_gradients: Any) -> list[Any]:
    """Return what flows into each target; None stands for ones."""
    if output_gradients is None:
        return [None] * len(targets)
    if isinstance(target, TensorLike):
        return [output_gradients]
    seeds = tree.flatten(output_gradients)
    if len(seeds) != len(targets):
        raise ValueError(
            "`output_gradients` must have the structure of `target`. "
            f"Received: {len(seeds)} gradients for {len(targets)} targets"
        )
    return seeds


class _Paused:
    """Suspends a tape; see `GradientTape.stop_recording`."""

    def __init__(self, tape: GradientTape) -> None:
        self._tape = tape

    def __enter__(self) -> None:
        if not self._tape._recording:
            raise ValueError("This GradientTape is not recording.")
        self._tape._stop()

    def __exit__(self, *exception: object) -> None:
        self._tape._start()
