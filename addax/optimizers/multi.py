"""Several optimizers, each for some of the parameters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any

from addax.core import registry
from addax.core.registry import register
from addax.core.variable import Variable
from addax.optimizers.base import Optimizer
from addax.optimizers.loss_scale import LossScaleOptimizer

_NO_RATE = (
    "`MultiOptimizer` has no learning rate of its own. Use those of its `optimizers`, such as "
    "`optimizer.optimizers[0].learning_rate`."
)


def _checked(optimizer: Any) -> Optimizer:
    if not isinstance(optimizer, Optimizer) or isinstance(
        optimizer, (LossScaleOptimizer, MultiOptimizer)
    ):
        raise ValueError(
            "A part of `MultiOptimizer` must be an optimizer, and neither a `LossScaleOptimizer` "
            f"nor a `MultiOptimizer`. Received: {optimizer!r}"
        )
    return optimizer


@register("optimizers")
class OptimizerMap(MutableMapping[str, Optimizer]):
    """Optimizers by the path of a Variable, or by a regular expression for it.

    Args:
        default_optimizer: for Variables that no key fits.
        optimizer_map: optimizers by path or expression; a path goes first.

    Example:
        >>> import addax
        >>> found = OptimizerMap(addax.optimizers.SGD(), {"encoder/.*": addax.optimizers.Adam()})
        >>> found["encoder/dense/kernel"].name, found["decoder/kernel"].name
        ('adam', 'SGD')
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: dict[str, Optimizer] | None = None
    ) -> None:
        self.default_optimizer = _checked(default_optimizer)
        self.optimizer_map = {k: _checked(v) for k, v in (optimizer_map or {}).items()}

    def __getitem__(self, key: str) -> Optimizer:
        if key in self.optimizer_map:
            return self.optimizer_map[key]
        fitting = [pattern for pattern in self.optimizer_map if re.fullmatch(pattern, key)]
        if len(fitting) > 1:
            raise ValueError(f"Several keys of `OptimizerMap` fit the Variable {key!r}: {fitting}")
        return self.optimizer_map[fitting[0]] if fitting else self.default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        if key in self.optimizer_map:
            raise ValueError(f"`OptimizerMap` has an optimizer for {key!r} already.")
        self.optimizer_map[key] = _checked(optimizer)

    def __delitem__(self, key: str) -> None:
        del self.optimizer_map[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.optimizer_map)

    def __len__(self) -> int:
        return len(self.optimizer_map)

    def __call__(self, variable: Variable) -> Optimizer:
        """Return the optimizer of a Variable."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {
            "default_optimizer": registry.serialize(self.default_optimizer),
            "optimizer_map": registry.serialize(self.optimizer_map),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> OptimizerMap:
        """Rebuild a map from `get_config()`."""
        return cls(**{k: registry.deserialize(v, custom_objects) for k, v in config.items()})


@register("optimizers", aliases=("multioptimizer",))
class MultiOptimizer(Optimizer):
    """Give each parameter to one of several optimizers.

    Args:
        optimizer_map: an `OptimizerMap`, or a function from a Variable to its optimizer.
        loss_scale_factor: factor on the loss, for 16-bit floats; taken out of gradients.
        name: default: the class name in snake case.

    Example:
        >>> import addax
        >>> slow, fast = addax.optimizers.SGD(0.1), addax.optimizers.SGD(0.5)
        >>> v, w = addax.Variable(1.0, name="v"), addax.Variable(1.0, name="w")
        >>> optimizer = MultiOptimizer(lambda variable: slow if variable is v else fast)
        >>> optimizer.apply([1.0, 1.0], [v, w])
        >>> round(float(v), 4), round(float(w), 4)
        (0.9, 0.5)
    """

    def __init__(
        self,
        optimizer_map: OptimizerMap | Callable[[Variable], Optimizer],
        loss_scale_factor: float | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate=0.0, name=name)
        self.loss_scale_factor = loss_scale_factor
        self.optimizer_map = optimizer_map
        self.optimizers: list[Optimizer] = []
        self._chosen: dict[Variable, Optimizer] = {}
        if isinstance(optimizer_map, OptimizerMap):
            for part in (*optimizer_map.optimizer_map.values(), optimizer_map.default_optimizer):
                self._add_part(part)

    def _add_part(self, part: Optimizer) -> None:
        if not any(part is known for known in self.optimizers):
            part.loss_scale_factor = self.loss_scale_factor
            self.optimizers.append(part)

    def build(self, variables: Sequence[Variable]) -> None:
        """Choose the optimizer of each parameter, and make their state."""
        for variable in variables:
            if variable not in self._chosen:
                self._chosen[variable] = _checked(self.optimizer_map(variable))
                self._add_part(self._chosen[variable])
                self._parameters.append(variable)
        for part in self.optimizers:
            part.build([v for v in variables if self._chosen[v] is part])
        self.built = True

    @property
    def variables(self) -> list[Variable]:
        """The step counter and an unused rate, as in Keras' files; then each optimizer's."""
        return [*super().variables, *(v for part in self.optimizers for v in part.variables)]

    @property
    def learning_rate(self) -> Any:
        """Not there: each part has its own."""
        raise AttributeError(_NO_RATE)

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        raise AttributeError(_NO_RATE)

    def apply(
        self, grads: Sequence[Any], trainable_variables: Sequence[Variable] | None = None
    ) -> None:
        """Let each optimizer update its own Variables."""
        variables = self._parameters if trainable_variables is None else trainable_variables
        self.build(variables)
        pairs = list(zip(grads, variables, strict=True))
        for part in self.optimizers:
            own = [(g, v) for g, v in pairs if self._chosen[v] is part and g is not None]
            if own:
                part.apply([g for g, _ in own], [v for _, v in own])
        self._iterations.assign_add(1)

    def finalize_variable_values(self, var_list: Sequence[Variable]) -> None:
        """Let each optimizer overwrite its Variables by their averages."""
        for part in self.optimizers:
            part.finalize_variable_values([v for v in var_list if self._chosen.get(v) is part])

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {
            "optimizer_map": registry.serialize(self.optimizer_map),
            "loss_scale_factor": self.loss_scale_factor,
            "name": self.name,
        }
