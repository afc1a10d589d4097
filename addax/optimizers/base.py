"""`Optimizer`: one leaf's update rule, and the chain around it that all share."""

from __future__ import annotations

import inspect
import numbers
import re
import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from addax import errors, initializers
from addax.core import packing, registry
from addax.core.registry import Configurable, snake_case
from addax.core.tape import GradientTape
from addax.core.tensor import Tensor, raw
from addax.core.variable import Variable, functionalize, name_scope, outside
from addax.engine import engine, xp
from addax.optimizers import gradients as chain

Array = Any
Slots = dict[str, Array]

# Larger parameters are updated one by one: to join their gradients would cost more.
_LARGEST_PACKED = 4096
_LEAST_PACKED = 3

# Slots that do not belong to one update rule; in `variables` they come first.
_SHARED_SLOTS = ("average", "gradient_accumulator")


def assign_if(condition: Array, variables: Sequence[Variable], update: Callable[[], None]) -> None:
    """Call `update`, and keep what it assigned to `variables` only where `condition` holds."""
    before = [variable.raw for variable in variables]
    update()
    for variable, old in zip(variables, before, strict=True):
        variable.assign(xp.where(condition, variable.raw, old))


def time_of(step: Array, parameter: Array) -> Array:
    """Return the number of this update, from 1, as a float of at least 32 bits."""
    return (step + 1).astype(xp.promote_types(parameter.dtype, "float32"))


def _takes_argument(function: Callable[..., Any]) -> bool:
    try:
        inspect.signature(function).bind(0)
    except (TypeError, ValueError):
        return False
    return True


def _optional_count(owner: str, name: str, value: Any) -> int | None:
    return None if value is None else errors.positive_int(owner, name, value)


def _check_clipping(
    owner: str, clipnorm: float | None, clipvalue: float | None, global_clipnorm: float | None
) -> None:
    given = [value for value in (clipnorm, clipvalue, global_clipnorm) if value is not None]
    if len(given) > 1:
        raise ValueError(
            f"Only one of `clipnorm`, `clipvalue`, `global_clipnorm` of `{owner}` can be set. "
            f"Received: clipnorm={clipnorm}, clipvalue={clipvalue}, "
            f"global_clipnorm={global_clipnorm}"
        )
    if any(value <= 0 for value in given):
        raise ValueError(f"A clipping value of `{owner}` must be positive. Received: {given[0]}")


class Optimizer(Configurable):
    """Base class of optimizers.

    A subclass gives `slots`, the state of one parameter, and `update`, a pure
    function for one parameter. (Subclasses in the style of Keras 3, with `build` and
    `update_step`, work as well.)

    Args:
        learning_rate: a number, a schedule of the step, or a function without arguments,
            which is asked at every step.
        weight_decay: fraction of the weight taken off per step, times the learning rate.
        clipnorm: largest norm of each gradient.
        clipvalue: largest absolute value in each gradient.
        global_clipnorm: largest norm of all gradients together.
        use_ema: whether to keep a running average of the weights.
        ema_momentum: momentum of that average.
        ema_overwrite_frequency: steps between overwriting the weights by it; None: never.
        loss_scale_factor: factor on the loss, for 16-bit floats; taken out of gradients.
        gradient_accumulation_steps: number of steps whose gradients are averaged for
            one update.
        name: default: the class name in snake case.

    Example:
        >>> import addax
        >>> v = addax.Variable(1.0)
        >>> _ = addax.optimizers.SGD(learning_rate=0.1).apply_gradients([(2.0, v)])
        >>> float(v)
        0.800000011920929
    """

    # Whether `update` treats each element alone, so that parameters may be joined.
    elementwise: ClassVar[bool] = False

    # Slots that `variables` lists after all others, as Keras' files have them.
    _late_slots: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        learning_rate: Any = 0.001,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
    ) -> None:
        owner = type(self).__name__
        _check_clipping(owner, clipnorm, clipvalue, global_clipnorm)
        self.name = snake_case(owner) if name is None else name
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = errors.in_interval(owner, "ema_momentum", ema_momentum, 0, 1)
        self.ema_overwrite_frequency = _optional_count(
            owner, "ema_overwrite_frequency", ema_overwrite_frequency
        )
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = _optional_count(
            owner, "gradient_accumulation_steps", gradient_accumulation_steps
        )
        self.built = False
        self._no_decay: list[str] = []
        self._no_decay_variables: set[int] = set()
        self._parameters: list[Variable] = []
        self._slots: dict[Variable, dict[str, Variable]] = {}
        self._extra: list[Variable] = []
        with name_scope(self.name):
            self._iterations = Variable(0, dtype="int32", trainable=False, name="iteration")
        self._schedule: Callable[..., Any] | None = None
        self._learning_rate: Variable | None = None
        self._set_learning_rate(learning_rate)

    # -- what a subclass defines -------------------------------------------------

    def slots(self, parameter: Array) -> Slots:
        """Return the initial state of one parameter, arrays by name."""
        return {}

    def update(
        self, gradient: Array, parameter: Array, slots: Slots, learning_rate: Array, step: Array
    ) -> tuple[Array, Slots]:
        """Return the new parameter and its new state.

        Args:
            gradient: of the loss with respect to the parameter.
            parameter: its current value.
            slots: its current state, as `slots` made it.
            learning_rate: scalar, in the parameter's dtype.
            step: scalar int, 0 at the first update.
        """
        raise NotImplementedError(
            f"{type(self).__name__} defines neither `update` nor `update_step`"
        )

    # -- state ---------------------------------------------------------------------

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state of the parameters."""
        for parameter in variables:
            if parameter not in self._slots:
                self._add_parameter(parameter)
        self.built = True

    def _initial_slots(self, parameter: Variable) -> Slots:
        """Return the initial state of a parameter, for rules that need more than its value."""
        return self.slots(parameter.raw)

    def _add_parameter(self, parameter: Variable) -> None:
        self._parameters.append(parameter)
        with outside():  # a step that is being compiled may be the first to come here
            values = self._initial_slots(parameter)
            if self.use_ema:
                values["average"] = parameter.raw
            if self.gradient_accumulation_steps:
                values["gradient_accumulator"] = xp.zeros_like(parameter.raw)
            values = {k: engine.owned_copy(v) for k, v in values.items()}  # type: ignore[attr-defined]
        prefix = parameter.path.replace("/", "_")
        with name_scope(self.name):
            self._slots[parameter] = {
                name: Variable(
                    value, dtype=str(value.dtype), trainable=False, name=f"{prefix}_{name}"
                )
                for name, value in values.items()
            }

    def add_variable(
        self,
        shape: Sequence[int] = (),
        initializer: Any = "zeros",
        dtype: Any = None,
        name: str | None = None,
        **_: Any,
    ) -> Variable:
        """Make a Variable of state that belongs to no parameter."""
        start = initializers.get(initializer) if isinstance(initializer, str) else initializer
        with name_scope(self.name):
            variable = Variable(start, shape=shape, dtype=dtype, trainable=False, name=name)
        self._extra.append(variable)
        return variable

    def add_variable_from_reference(
        self,
        reference_variable: Variable,
        name: str | None = None,
        initializer: Any = "zeros",
        model_variable: Variable | None = None,
        variable_name: str | None = None,
        shape: Any = None,
        initial_value: Any = None,
        **_: Any,
    ) -> Variable:
        """Make a Variable of state in the shape of a parameter."""
        reference = model_variable if reference_variable is None else reference_variable
        name = f"{reference.path.replace('/', '_')}_{name or variable_name or 'slot'}"
        return self.add_variable(
            reference.shape if shape is None else shape,
            initializer if initial_value is None else initial_value,
            reference.dtype,
            name,
        )

    add_slot = add_variable_from_reference

    def add_optimizer_variables(
        self, trainable_variables: Sequence[Variable], name: Any, initializer: Any = "zeros"
    ) -> Any:
        """Make Variables of state for several parameters, for subclasses in the style of Keras.

        Args:
            trainable_variables: the parameters.
            name: of the state, or a sequence of names.
            initializer: its start, or one for each name.

        Returns: a list in the order of the parameters, or a tuple of one list per name.
        """
        if isinstance(name, str):
            return [
                self.add_variable_from_reference(v, name, initializer) for v in trainable_variables
            ]
        each = [initializer] * len(name) if isinstance(initializer, str) else initializer
        rows = [
            [self.add_variable_from_reference(v, *pair) for pair in zip(name, each, strict=True)]
            for v in trainable_variables
        ]
        return tuple(list(column) for column in zip(*rows, strict=True))

    def _get_variable_index(self, variable: Variable) -> int:
        """Return the position of a parameter, for subclasses in the style of Keras."""
        return next(i for i, known in enumerate(self._parameters) if known is variable)

    @property
    def variables(self) -> list[Variable]:
        """All state: step counter, learning rate, then the slots, in Keras' order."""
        found = [self._iterations]
        if self._learning_rate is not None:
            found.append(self._learning_rate)
        held = self._slots.values()
        apart = (*_SHARED_SLOTS, *self._late_slots)
        for name in _SHARED_SLOTS:
            found.extend(slots[name] for slots in held if name in slots)
        for slots in held:
            found.extend(variable for name, variable in slots.items() if name not in apart)
        for name in self._late_slots:
            found.extend(slots[name] for slots in held if name in slots)
        return [*found, *self._extra]

    @property
    def iterations(self) -> Any:
        """The number of updates done."""
        if self.gradient_accumulation_steps:
            return Tensor(self._updates())
        return self._iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        self._iterations.assign(variable)

    def _updates(self) -> Array:
        """Return the number of updates done, which steps that only accumulate are not."""
        return self._iterations.raw // (self.gradient_accumulation_steps or 1)

    @property
    def learning_rate(self) -> Any:
        """The current learning rate; assign a number (or a schedule) to change it."""
        return self._current_learning_rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self._set_learning_rate(value)

    def _set_learning_rate(self, value: Any) -> None:
        if isinstance(value, dict):
            value = registry.deserialize(value, kind="schedules")
        if callable(value) and not isinstance(value, (Variable, Tensor)):
            self._schedule, self._learning_rate = value, None
            self._schedule_takes_step = _takes_argument(value)
            return
        value = self._rate_as_float(value)
        if self._learning_rate is not None:
            self._learning_rate.assign(value)
            return
        if self._schedule is not None and self.built:
            raise TypeError(
                "This optimizer was created with a learning rate schedule, so its "
                "`learning_rate` cannot be set to a number. Create it with a number instead."
            )
        self._schedule = None
        with name_scope(self.name):
            self._learning_rate = Variable(value, trainable=False, name="learning_rate")

    def _rate_as_float(self, value: Any) -> float:
        try:
            return float(value)
        except (TypeError, ValueError):
            raise ValueError(
                f"`learning_rate` of `{type(self).__name__}` must be a number, a schedule or a "
                f"function. Received: learning_rate={value!r}"
            ) from None

    def _current_learning_rate(self) -> Any:
        if self._schedule is None:
            return self._learning_rate
        if self._schedule_takes_step:
            return self._schedule(self._iterations)
        value = self._schedule()
        if not isinstance(value, numbers.Real) or not engine.is_traced(self._iterations.raw):
            return value
        # a number, so compiled code would keep what it was at first: ask anew at every step
        return engine.host_number(self._schedule, "float32")  # type: ignore[attr-defined]

    # -- update ----------------------------------------------------------------------

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[Any, Variable]], **kwargs: Any
    ) -> Variable:
        """Update Variables by their gradients.

        Args:
            grads_and_vars: pairs of gradient and Variable.
            **kwargs: accepted and ignored.

        Returns: `iterations`.
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Update Variables by gradients in the same order.

        Raises:
            ValueError: if no gradient is given, or the numbers differ.
        """
        if trainable_variables is None:
            trainable_variables = self._parameters
        if len(grads) != len(trainable_variables):
            raise ValueError(
                f"`{self.name}` needs one gradient per variable. Received: {len(grads)} gradients "
                f"for {len(trainable_variables)} variables"
            )
        pairs = self._with_gradients(grads, trainable_variables)
        if not self.built or any(variable not in self._slots for _, variable in pairs):
            self.build([variable for _, variable in pairs])
        if self.gradient_accumulation_steps:
            self._accumulate(pairs)
        else:
            self._update_all(pairs)
        for _, variable in pairs:
            if self.use_ema:
                self._update_average(variable)
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))
        self._iterations.assign_add(1)

    def stateless_apply(
        self,
        optimizer_variables: Sequence[Any],
        grads: Sequence[Any],
        trainable_variables: Sequence[Any],
    ) -> tuple[list[Any], list[Any]]:
        """Return the new values of parameters and state; the Variables stay as they are.

        Args:
            optimizer_variables: values of `variables`, in order.
            grads: gradients, in the order of the parameters it was built with.
            trainable_variables: values of the parameters, in the same order.

        Returns: the new values of the parameters, and those of `variables`.

        Raises:
            ValueError: if the optimizer is not built, or a number of values differs.
        """
        if not self.built:
            raise ValueError("Call `optimizer.build(variables)` before `stateless_apply`.")
        state = [*self._parameters, *self.variables]
        values = [raw(value) for value in (*trainable_variables, *optimizer_variables)]
        if len(values) != len(state) or len(trainable_variables) != len(self._parameters):
            raise ValueError(
                f"`stateless_apply` of `{self.name}` needs {len(self._parameters)} parameters and "
                f"{len(self.variables)} values of state. Received: {len(trainable_variables)} and "
                f"{len(optimizer_variables)}"
            )
        _, new = functionalize(self.apply, state)(values, grads, self._parameters)
        count = len(self._parameters)
        return new[:count], new[count:]

    def _with_gradients(
        self, grads: Sequence[Any], variables: Sequence[Variable]
    ) -> list[tuple[Array, Variable]]:
        pairs = [
            (xp.asarray(raw(g), v.dtype), v)
            for g, v in zip(grads, variables, strict=True)
            if g is not None
        ]
        if not pairs:
            raise ValueError(
                "No gradients were given for any variable: the loss does not depend on "
                f"{[v.path for v in variables]}."
            )
        without = [v.path for g, v in zip(grads, variables, strict=True) if g is None]
        if without:
            warnings.warn(
                f"The loss does not depend on the variables {without}; they stay as they are.",
                stacklevel=4,
            )
        gradients = chain.unscale([gradient for gradient, _ in pairs], self.loss_scale_factor)
        return [(gradient, v) for gradient, (_, v) in zip(gradients, pairs, strict=True)]

    def _update_all(self, pairs: list[tuple[Array, Variable]]) -> None:
        gradients = [gradient for gradient, _ in pairs]
        gradients = chain.clip(gradients, self.clipnorm, self.clipvalue, self.global_clipnorm)
        learning_rate = raw(self._current_learning_rate())
        self._begin_update()
        done = self._update_packed(gradients, [v for _, v in pairs], learning_rate)
        for gradient, (_, variable) in zip(gradients, pairs, strict=True):
            if variable in done:
                continue
            rate = xp.asarray(learning_rate, variable.dtype)
            decay = self._decay_of(variable)
            if decay:
                variable.assign(variable.raw * (1 - rate * decay))
            self.update_step(gradient, variable, rate)

    def parameters_without_slots(self) -> list[Variable]:
        """Return the parameters that change by their gradient and nothing that was kept."""
        return [variable for variable in self._parameters if not self._slots.get(variable)]

    def packing_group(self, variables: Iterable[Variable]) -> packing.Group | None:
        """Return the small parameters among `variables` that one call of `update` may serve."""
        cls = type(self)
        rule = next(c for c in cls.__mro__ if "update" in vars(c))
        if (
            # a subclass with a rule of its own must say so again
            not vars(rule).get("elementwise")
            or cls.update_step is not Optimizer.update_step
            or self.weight_decay
            or self.use_ema
            or self.gradient_accumulation_steps
        ):
            return None
        small = [v for v in variables if self._slots.get(v) and self._is_small(v)]
        if len(small) < _LEAST_PACKED:
            return None
        names = list(self._slots[small[0]])
        columns = {name: tuple(self._slots[v][name] for v in small) for name in names}
        if any(s.shape != v.shape for c in columns.values() for v, s in zip(small, c, strict=True)):
            return None
        return packing.Group({packing.PARAMETER: tuple(small), **columns})

    @staticmethod
    def _is_small(variable: Variable) -> bool:
        plain = variable.trainable and variable.dtype == "float32" and variable.constraint is None
        return plain and 0 < variable.size <= _LARGEST_PACKED

    def _update_packed(
        self, gradients: list[Array], variables: list[Variable], learning_rate: Array
    ) -> frozenset[Variable]:
        """Update the parameters that the loop has joined, if any; returns which these are."""
        packed = packing.packed_among(variables)
        if packed is None:
            return frozenset()
        by_variable = dict(zip(variables, gradients, strict=True))
        parameters = packed.group.parameters
        flats = dict(packed.flats)
        flats[packing.PARAMETER], slots = self.update(
            xp.concatenate([xp.ravel(by_variable[v]) for v in parameters]),
            flats.pop(packing.PARAMETER),
            flats,
            xp.asarray(learning_rate, parameters[0].dtype),
            self._updates(),
        )
        packed.set({**flats, **slots})
        for variable, piece in packed.pieces.items():
            variable.assign(piece)
        return frozenset(parameters)

    def _begin_update(self) -> None:
        """Update state that all parameters share; called once, before theirs."""

    def _decay_of(self, variable: Variable) -> float | None:
        """Return the weight decay of a parameter."""
        return None if self._is_spared(variable) else self.weight_decay

    def _is_spared(self, variable: Variable) -> bool:
        """Say whether a parameter is excluded from weight decay."""
        by_name = any(re.search(pattern, variable.name) for pattern in self._no_decay)
        return by_name or id(variable) in self._no_decay_variables

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Update one Variable in place."""
        held = self._slots[variable]
        names = [name for name in held if name not in _SHARED_SLOTS]
        new, slots = self.update(
            raw(gradient),
            variable.raw,
            {name: held[name].raw for name in names},
            raw(learning_rate),
            self._updates(),
        )
        variable.assign(new)
        for name, value in slots.items():
            held[name].assign(value)

    def assign(self, variable: Variable, value: Any) -> None:
        """Assign, for subclasses in the style of Keras."""
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        """Add in place, for subclasses in the style of Keras."""
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        """Subtract in place, for subclasses in the style of Keras."""
        variable.assign_sub(value)

    def _accumulate(self, pairs: list[tuple[Array, Variable]]) -> None:
        """Average the gradients of several steps and update at the last of them."""
        count = self.gradient_accumulation_steps
        totals = [self._slots[v]["gradient_accumulator"] for _, v in pairs]
        for total, (gradient, _) in zip(totals, pairs, strict=True):
            total.assign_add(gradient)
        touched = [v for _, v in pairs] + [s for _, v in pairs for s in self._slots[v].values()]

        def update() -> None:
            means = [total.raw / count for total in totals]
            self._update_all([(mean, v) for mean, (_, v) in zip(means, pairs, strict=True)])
            for total in totals:
                total.assign(xp.zeros_like(total.raw))

        due = (self._iterations.raw + 1) % count == 0
        assign_if(due, [*touched, *self._extra], update)

    def exclude_from_weight_decay(
        self,
        var_list: Sequence[Variable] | None = None,
        var_names: Sequence[str] | None = None,
    ) -> None:
        """Spare Variables from weight decay.

        Args:
            var_list: Variables.
            var_names: regular expressions to look for in the names of Variables.

        Example:
            >>> Optimizer(weight_decay=0.01).exclude_from_weight_decay(var_names=["bias"])
        """
        self._no_decay_variables.update(id(v) for v in var_list or ())
        self._no_decay.extend(var_names or ())

    def _update_average(self, variable: Variable) -> None:
        average = self._slots[variable]["average"]
        # the average starts from the first updated weights
        momentum = xp.where(self._updates() == 0, 0.0, self.ema_momentum)
        momentum = xp.asarray(momentum, variable.dtype)
        average.assign(momentum * average.raw + (1 - momentum) * variable.raw)
        if self.ema_overwrite_frequency:
            due = (self._updates() + 1) % self.ema_overwrite_frequency == 0
            variable.assign(xp.where(due, average.raw, variable.raw))

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Overwrite the Variables by their running averages, when `use_ema` is on."""
        if self.use_ema:
            for variable in var_list:
                if variable in self._slots:
                    variable.assign(self._slots[variable]["average"].raw)

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss that is to be differentiated."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def minimize(
        self, loss: Any, var_list: Any, tape: GradientTape | None = None, **kwargs: Any
    ) -> Variable:
        """Do one update that lowers `loss`.

        Args:
            loss: a function without arguments, or a tensor recorded by `tape`.
            var_list: Variables, or a function that returns them.
            tape: needed when `loss` is a tensor.
            **kwargs: accepted and ignored.

        Returns: `iterations`.

        Raises:
            ValueError: if `loss` is a tensor and no tape is given.
        """
        if callable(loss) and not isinstance(loss, Tensor):
            with GradientTape() as tape:
                loss = loss()
        elif tape is None:
            raise ValueError("`tape` of `minimize` must be given when `loss` is a tensor.")
        variables = var_list() if callable(var_list) else list(var_list)
        return self.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))

    # -- config -----------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments, with the learning rate as it is now."""
        rate = self._learning_rate if self._schedule is None else self._schedule
        now = {"learning_rate": float(rate) if isinstance(rate, Variable) else rate}
        recorded = {**self._init_arguments, **now}
        return {
            name: registry.serialize(now[name] if name in now else getattr(self, name, value))
            for name, value in recorded.items()
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Rebuild an optimizer from `get_config()`."""
        return cls(**{k: registry.deserialize(v, custom_objects) for k, v in config.items()})

    def get_weights(self) -> list[Any]:
        """Return the state as NumPy arrays."""
        return [variable.numpy() for variable in self.variables]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the state from what `get_weights` returned."""
        variables = self.variables
        if len(weights) != len(variables):
            raise ValueError(
                f"`set_weights` of `{self.name}` needs {len(variables)} arrays, one for each of "
                f"`variables`. Received: {len(weights)}"
            )
        for variable, value in zip(variables, weights, strict=True):
            variable.assign(value)

    def save_own_variables(self, store: Any) -> None:
        """Put the state into a mapping, under the names `"0"`, `"1"`, ..."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Set the state from what `save_own_variables` stored."""
        if len(store.keys()) != len(self.variables):
            warnings.warn(
                f"The state of optimizer '{self.name}' is not loaded: it has "
                f"{len(self.variables)} variables, and {len(store.keys())} were saved.",
                stacklevel=2,
            )
            return
        self.set_weights([store[str(i)] for i in range(len(self.variables))])

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
