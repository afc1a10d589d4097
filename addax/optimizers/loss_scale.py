"""LossScaleOptimizer: 16-bit floats without underflow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.core.registry import register
from addax.core.tensor import Tensor, raw
from addax.core.variable import Variable
from addax.engine import xp
from addax.optimizers.base import Optimizer, assign_if


@register("optimizers", aliases=("loss_scale_optimizer",))
class LossScaleOptimizer(Optimizer):
    """Multiply the loss, so that small gradients do not vanish in 16-bit floats.

    A step whose gradients are not all finite is left out and halves the scale;
    `dynamic_growth_steps` good steps in a row double it.

    Args:
        inner_optimizer: does the updates.
        initial_scale: first factor on the loss.
        dynamic_growth_steps: good steps until the factor is doubled.
        name: default: the class name in snake case.

    Example:
        >>> import addax
        >>> optimizer = LossScaleOptimizer(addax.optimizers.SGD(0.5), initial_scale=8.0)
        >>> float(optimizer.scale_loss(1.0))
        8.0
        >>> v = addax.Variable(1.0)
        >>> _ = optimizer.apply_gradients([(8.0, v)])
        >>> float(v)
        0.5

    Reference: Micikevicius et al. 2017, arXiv:1710.03740.
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
    ) -> None:
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(
                "`inner_optimizer` of `LossScaleOptimizer` must be an optimizer. "
                f"Received: {inner_optimizer!r}"
            )
        self.inner_optimizer = inner_optimizer
        super().__init__(learning_rate=0.0, name=name)
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = errors.positive_int(
            "LossScaleOptimizer", "dynamic_growth_steps", dynamic_growth_steps
        )
        self._counter = self.add_variable((), "zeros", "int32", "step_counter")
        self._scale = self.add_variable((), "zeros", "float32", "dynamic_scale")
        self._scale.assign(float(initial_scale))

    def build(self, variables: Sequence[Variable]) -> None:
        """Make the inner optimizer's state."""
        self.inner_optimizer.build(variables)
        self._parameters = self.inner_optimizer._parameters
        self.built = True

    @property
    def variables(self) -> list[Variable]:
        """The state of the scale, then that of the inner optimizer."""
        return [*super().variables, *self.inner_optimizer.variables]

    @property
    def dynamic_scale(self) -> Variable:
        """The factor on the loss."""
        return self._scale

    @property
    def iterations(self) -> Any:
        """The number of updates done."""
        return self.inner_optimizer.iterations

    @iterations.setter
    def iterations(self, variable: Any) -> None:
        self.inner_optimizer.iterations = variable

    @property
    def learning_rate(self) -> Any:
        """The inner optimizer's learning rate."""
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    def scale_loss(self, loss: Any) -> Any:
        """Return the loss that is to be differentiated."""
        return self.inner_optimizer.scale_loss(loss * Tensor(self._scale.raw))

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Update Variables by gradients of the scaled loss, if all are finite."""
        variables = self._parameters if trainable_variables is None else trainable_variables
        self.build([v for g, v in zip(grads, variables, strict=False) if g is not None])
        arrays = [None if gradient is None else xp.asarray(raw(gradient)) for gradient in grads]
        checks = [xp.all(xp.isfinite(gradient)) for gradient in arrays if gradient is not None]
        finite = xp.all(xp.stack(checks)) if checks else True
        scale = self._scale.raw
        unscaled = [
            None if gradient is None else gradient.astype("float32") / scale for gradient in arrays
        ]
        assign_if(
            finite,
            [*variables, *self.inner_optimizer.variables],
            lambda: self.inner_optimizer.apply(unscaled, variables),
        )
        self._rescale(finite)

    def _rescale(self, finite: Any) -> None:
        good = self._counter.raw + 1
        grow = good >= self.dynamic_growth_steps
        growth = xp.where(grow, 2.0, 1.0)
        self._scale.assign(self._scale.raw * xp.where(finite, growth, 0.5))
        self._counter.assign(xp.where(finite & ~grow, good, 0))

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Let the inner optimizer overwrite the Variables by their averages."""
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        config = super().get_config()
        del config["learning_rate"]
        return config
