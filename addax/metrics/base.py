"""`Metric`: a number accumulated over batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from addax import config, initializers
from addax.core.dtypes import get_policy
from addax.core.registry import Configurable, register, snake_case
from addax.core.variable import Variable, functionalize, name_scope, unique_name
from addax.engine import engine
from addax.layers import tracking


@register("metrics")
class Metric(Configurable):
    """Base class of metrics: `update_state` adds a batch, `result` says the value so far.

    Args:
        name: key in logs; default: the class name in snake case, made unique.
        dtype: dtype of the Variables; default: `floatx()`.

    Example:
        >>> import addax
        >>> class Largest(addax.metrics.Metric):
        ...     def __init__(self, name="largest", **kwargs):
        ...         super().__init__(name=name, **kwargs)
        ...         self.value = self.add_weight(name="value", initializer="zeros")
        ...     def update_state(self, y_true, y_pred, sample_weight=None):
        ...         self.value.assign(addax.ops.maximum(self.value, addax.ops.max(y_pred)))
        ...     def result(self):
        ...         return self.value
        >>> metric = Largest()
        >>> metric.update_state([0.0, 0.0], [1.0, 3.0])
        >>> float(metric.result())
        3.0
    """

    _own_variables: list[Variable]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:  # noqa: D102
        metric = object.__new__(cls)
        # Set here and not in __init__, since subclasses may add Variables first.
        metric.__dict__["_own_variables"] = []
        return metric

    def __init__(self, name: str | None = None, dtype: Any = None) -> None:
        self.name = name or unique_name(snake_case(type(self).__name__))
        self.dtype = get_policy(dtype or config.floatx()).compute_dtype

    def add_variable(
        self,
        shape: Any = (),
        initializer: Any = None,
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """Make a Variable that belongs to this metric.

        Args:
            shape: tuple of ints.
            initializer: name or initializer; default: zeros.
            dtype: default: the metric's.
            aggregation: kept for Keras.
            name: name of the Variable.
        """
        if isinstance(shape, str):  # TensorFlow's order: (name, shape)
            shape, name = (), shape
        with name_scope(getattr(self, "name", "metric")):
            variable = Variable(
                initializers.get("zeros" if initializer is None else initializer),
                shape=(shape,) if isinstance(shape, int) else tuple(shape),
                dtype=dtype or getattr(self, "dtype", None),
                trainable=False,
                aggregation=aggregation,
                name=name,
            )
        self._own_variables.append(variable)
        return variable

    def add_weight(
        self,
        shape: Any = (),
        initializer: Any = None,
        dtype: Any = None,
        name: str | None = None,
        aggregation: str = "sum",
    ) -> Variable:
        """Make a Variable that belongs to this metric; see `add_variable`."""
        return self.add_variable(shape, initializer, dtype, aggregation, name)

    @property
    def variables(self) -> list[Variable]:
        """The Variables of this metric and of the metrics in its attributes."""
        found = [*self._own_variables, *tracking.own_variables(self)]
        for metric in tracking.own_items(self, lambda item: isinstance(item, Metric)):
            found += metric.variables
        return tracking.unique(iter(found))

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """Add a batch, usually `(y_true, y_pred, sample_weight=None)`."""
        raise NotImplementedError(f"`{type(self).__name__}` must define `update_state`.")

    def result(self) -> Any:
        """Return the value so far, a scalar tensor (or a dict of them)."""
        raise NotImplementedError(f"`{type(self).__name__}` must define `result`.")

    def reset_state(self) -> None:
        """Start again: set all Variables to 0."""
        if type(self).reset_states is not Metric.reset_states:
            self.reset_states()  # a subclass that overrides the old name
        else:
            self._set_to_zero()

    def reset_states(self) -> None:
        """Start again, as older Keras calls it."""
        if type(self).reset_states is Metric.reset_states:
            self.reset_state()
        else:
            self._set_to_zero()

    def _set_to_zero(self) -> None:
        for variable in self.variables:
            variable.assign(np.zeros(variable.shape, variable.dtype))

    def build_from_shapes(self, y_true_shape: Any, y_pred_shape: Any) -> None:
        """Make Variables whose shapes depend on the data; most metrics have none.

        Args:
            y_true_shape: shape of the targets, with the batch axis.
            y_pred_shape: shape of the predictions, with the batch axis.
        """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add a batch and return the value so far."""
        self.update_state(*args, **kwargs)
        return self.result()

    def stateless_update_state(
        self, metric_variables: Sequence[Any], *args: Any, **kwargs: Any
    ) -> list[Any]:
        """Return the new values of the Variables after a batch; nothing is assigned.

        Args:
            metric_variables: values in the order of `variables`.
            *args: passed on to `update_state`.
            **kwargs: passed on to `update_state`.
        """
        return self._stateless(self.update_state, metric_variables, *args, **kwargs)[1]

    def stateless_result(self, metric_variables: Sequence[Any]) -> Any:
        """Return the result for given values of the Variables."""
        return self._stateless(self.result, metric_variables)[0]

    def stateless_reset_state(self) -> list[Any]:
        """Return the values of the Variables after a reset; nothing is assigned."""
        return self._stateless(self.reset_state, [v.raw for v in self.variables])[1]

    def _stateless(
        self, method: Callable[..., Any], values: Sequence[Any], *args: Any, **kwargs: Any
    ) -> tuple[Any, list[Any]]:
        variables = self.variables
        if len(values) != len(variables):
            raise ValueError(
                f"`metric_variables` of '{self.name}' must hold one value for each of its "
                f"{len(variables)} variables. Received: {len(values)} values"
            )
        raw_values = [engine.asarray(getattr(value, "raw", value)) for value in values]
        return functionalize(method, variables)(raw_values, *args, **kwargs)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
