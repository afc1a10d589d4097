"""`Optimizer`: one leaf's update rule, and the chain around it that all share."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from addax import errors
from addax.core import registry
from addax.core.registry import Configurable, snake_case
from addax.core.tape import GradientTape
from addax.core.tensor import Tensor, raw
from addax.core.variable import Variable, name_scope
from addax.engine import engine, xp
from addax.optimizers import gradients as chain

Array = Any
Slots = dict[str, Array]


class Optimizer(Configurable):
    """Base class of optimizers.

    A subclass gives `slots`, the state of one parameter, and `update`, a pure
    function for one parameter. (Subclasses in the style of Keras 3, with `build` and
    `update_step`, work as well.)

    Args:
        learning_rate: a number, or a schedule of the step.
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
        >>> addax.optimizers.SGD(learning_rate=0.1).apply_gradients([(2.0, v)])
        >>> float(v)
        0.800000011920929
    """

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
        given = [n for n in (clipnorm, clipvalue, global_clipnorm) if n is not None]
        if len(given) > 1:
            raise ValueError(
                f"Only one of `clipnorm`, `clipvalue`, `global_clipnorm` of `{owner}` can be set. "
                f"Received: clipnorm={clipnorm}, clipvalue={clipvalue}, "
                f"global_clipnorm={global_clipnorm}"
            )
        if any(value <= 0 for value in given):
            raise ValueError(f"A clipping value of `{owner}` must be positive. Received: {given[0]}")
        if gradient_accumulation_steps is not None:
            errors.positive_int(owner, "gradient_accumulation_steps", gradient_accumulation_steps)
        self.name = snake_case(owner) if name is None else name
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = errors.in_interval(owner, "ema_momentum", ema_momentum, 0, 1)
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built = False
        self._no_decay: list[str] = []
        self._no_decay_variables: set[int] = set()
        self._parameters: list[Variable] = []
        self._slots: dict[Variable, dict[str, Variable]] = {}
        self._extra: list[Variable] = []
        with name_scope(self.name):
            self._iterations = Variable(0, dtype="int32", trainable=False, name="iteration")
        self._schedule: Callable[[Any], Any] | None = None
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
        raise NotImplementedError(f"{type(self).__name__} defines neither `update` nor `update_step`")

    # -- state ---------------------------------------------------------------------

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the state of the parameters."""
        for parameter in variables:
            if parameter not in self._slots:
                self._add_parameter(parameter)
        self.built = True

    def _add_parameter(self, parameter: Variable) -> None:
        self._parameters.append(parameter)
        values = self.slots(parameter.raw)
        if self.use_ema:
            values["average"] = parameter.raw
        if self.gradient_accumulation_steps:
            values["gradient_accumulator"] = xp.zeros_like(parameter.raw)
        prefix = parameter.path.replace("/", "_")
        with name_scope(self.name):
            self._slots[parameter] = {
                name: Variable(
                    engine.owned_copy(value),  # type: ignore[attr-defined]
                    dtype=str(value.dtype),
                    trainable=False,
                    name=f"{prefix}_{name}",
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
        from_name = {"zeros": xp.zeros, "ones": xp.ones}
        start = from_name.get(initializer, initializer)
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
            reference.shape if shape is None else shape, initializer, reference.dtype, name
        )

    add_slot = add_variable_from_reference

    @property
    def variables(self) -> list[Variable]:
        """All state: step counter, learning rate, then the slots by parameter."""
        found = [self._iterations]
        if self._learning_rate is not None:
            found.append(self._learning_rate)
        for slots in self._slots.values():
            found.extend(slots.values())
        return [*found, *self._extra]

    @property
    def iterations(self) -> Variable:
        """The number of updates done."""
        return self._iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        self._iterations.assign(variable)

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
            return
        value = float(value)
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

    def _current_learning_rate(self) -> Any:
        if self._schedule is not None:
            return self._schedule(self._iterations)
        return self._learning_rate

    # -- update ----------------------------------------------------------------------

    def apply_gradients(
        self, grads_and_vars: Iterable[tuple[Any, Variable]], **kwargs: Any
    ) -> Variable:
        """Update Variables by their gradients.

        Args:
            grads_and_vars: pairs of gradient and Variable.

        Returns: `iterations`.
        """
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def apply(self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None) -> None:
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
        self._iterations.assign_add(1)

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
        return pairs

    def _update_all(self, pairs: list[tuple[Array, Variable]]) -> None:
        gradients = chain.unscale([g for g, _ in pairs], self.loss_scale_factor)
        gradients = chain.clip(gradients, self.clipnorm, self.clipvalue, self.global_clipnorm)
        learning_rate = raw(self._current_learning_rate())
        for gradient, (_, variable) in zip(gradients, pairs, strict=True):
            rate = xp.asarray(learning_rate, variable.dtype)
            if self.weight_decay and self._decays(variable):
                variable.assign(variable.raw * (1 - rate * self.weight_decay))
            self.update_step(gradient, variable, rate)
        for _, variable in pairs:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable))
            if self.use_ema:
                self._update_average(variable)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """Update one Variable in place."""
        held = self._slots[variable]
        names = [name for name in held if name not in ("average", "gradient_accumulator")]
        new, slots = self.update(
            raw(gradient),
            variable.raw,
            {name: held[name].raw for name in names},
            raw(learning_rate),
            self._iterations.raw,
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
            total.assign_add(gradient / count)
        touched = [v for _, v in pairs] + [s for _, v in pairs for s in self._slots[v].values()]
        before = [variable.raw for variable in touched]
        self._update_all([(total.raw, v) for total, (_, v) in zip(totals, pairs, strict=True)])
        for total in totals:
            total.assign(xp.zeros_like(total.raw))
        due = (self._iterations.raw + 1) % count == 0
        for variable, old in zip(touched, before, strict=True):
            variable.assign(xp.where(due, variable.raw, old))

    def exclude_from_weight_decay(
        self,
        var_list: Sequence[Variable] | None = None,
        var_names: Sequence[str] | None = None,
    ) -> None:
        """Spare Variables from weight decay, by themselves or by a part of their path."""
        self._no_decay_variables.update(id(v) for v in var_list or ())
        self._no_decay.extend(var_names or ())

    def _decays(self, variable: Variable) -> bool:
        if id(variable) in self._no_decay_variables:
            return False
        return not any(part in variable.path for part in self._no_decay)

    def _update_average(self, variable: Variable) -> None:
        average = self._slots[variable]["average"]
        # the average starts from the first updated weights
        momentum = xp.where(self._iterations.raw == 0, 0.0, self.ema_momentum)
        momentum = xp.asarray(momentum, variable.dtype)
        average.assign(momentum * average.raw + (1 - momentum) * variable.raw)
        if self.ema_overwrite_frequency:
            due = (self._iterations.raw + 1) % self.ema_overwrite_frequency == 0
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
        config = super().get_config()
        if self._schedule is not None:
            config["learning_rate"] = registry.serialize(self._schedule)
        else:
            config["learning_rate"] = float(self._learning_rate)  # type: ignore[arg-type]
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Rebuild an optimizer from `get_config()`."""
        return cls(**{k: registry.deserialize(v, custom_objects) for k, v in config.items()})

    def get_weights(self) -> list[Any]:
        """Return the state as NumPy arrays."""
        return [variable.numpy() for variable in self.variables]

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the state from what `get_weights` returned."""
        for variable, value in zip(self.variables, weights, strict=True):
            variable.assign(value)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
