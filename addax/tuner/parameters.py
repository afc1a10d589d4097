"""The kinds of hyperparameters: ranges, choices and constants.

Each kind maps its values to the unit interval and back, which is all that a search needs to know:
`from_unit(u)` for u in [0, 1], and `to_unit(value)`, the middle of the interval that leads to it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from addax import errors
from addax.tuner.conditions import Parent

SAMPLINGS = ("linear", "log", "reverse_log")
GRID_POINTS = 10  # of a float range without a step


class HyperParameter:
    """Base of the kinds of hyperparameters.

    Args:
        name: unique within a `HyperParameters`, unless the conditions differ.
        default: value before a search chose one.
        conditions: all of them must hold for the hyperparameter to be active.
    """

    def __init__(
        self, name: str, default: Any = None, conditions: Sequence[Parent] | None = None
    ) -> None:
        self.name = name
        self._default = default
        self.conditions = list(conditions or ())

    @property
    def default(self) -> Any:
        """The value before a search chose one."""
        return self._default

    @property
    def values(self) -> list[Any]:
        """The values that a grid search takes, in order."""
        raise NotImplementedError(f"`{type(self).__name__}` has no values to walk through.")

    def from_unit(self, unit: float) -> Any:
        """Return the value at a place of the unit interval."""
        values = self.values
        return values[min(int(unit * len(values)), len(values) - 1)]

    def to_unit(self, value: Any) -> float:
        """Return a place of the unit interval that leads to `value`."""
        values = self.values
        return (values.index(value) + 0.5) / len(values)

    def suggest(self, trial: Any) -> Any:
        """Return the value that an Optuna trial draws."""
        values = self.values
        if all(isinstance(value, (bool, int, float, str)) for value in values):
            return trial.suggest_categorical(self.name, values)
        return values[trial.suggest_int(self.name, 0, len(values) - 1)]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, as plain Python values."""
        conditions = [condition.get_config() for condition in self.conditions]
        return {"name": self.name, "default": self.default, "conditions": conditions}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> HyperParameter:
        """Return the hyperparameter that `get_config` described."""
        conditions = [Parent.from_config(item) for item in config.get("conditions", ())]
        return cls(**{**config, "conditions": conditions})

    def __repr__(self) -> str:
        shown = {k: v for k, v in self.get_config().items() if k != "conditions"}
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in shown.items())})"


class Numerical(HyperParameter):
    """Base of the ranges of numbers.

    Args:
        name: unique name.
        min_value: smallest value.
        max_value: largest value, itself included.
        step: distance of the values; the factor between them with `sampling="log"` or
            `"reverse_log"`.
        sampling: `"linear"` (default), `"log"` for equal chances of all scales, or
            `"reverse_log"`, which has most values near `max_value`.
        default: value before a search chose one; `min_value` if None.
        conditions: all of them must hold for the hyperparameter to be active.

    Raises:
        ValueError: if the range is empty, `step` is not positive, or a logarithmic range does
            not begin above 0.
    """

    def __init__(
        self,
        name: str,
        min_value: Any,
        max_value: Any,
        step: Any = None,
        sampling: str | None = None,
        default: Any = None,
        conditions: Sequence[Parent] | None = None,
    ) -> None:
        super().__init__(name, default, conditions)
        self.min_value, self.max_value, self.step = min_value, max_value, step
        self.sampling = (sampling or "linear").lower()
        self._check()

    def _check(self) -> None:
        kind = f"{type(self).__name__} {self.name!r}"
        errors.one_of(kind, "sampling", self.sampling, SAMPLINGS)
        if self.min_value > self.max_value:
            raise ValueError(
                f"`min_value` of `{kind}` must not be above `max_value`. Received: "
                f"min_value={self.min_value}, max_value={self.max_value}"
            )
        if self.sampling != "linear" and self.min_value <= 0:
            raise ValueError(
                f"`min_value` of `{kind}` must be above 0 with sampling={self.sampling!r}. "
                f"Received: min_value={self.min_value}"
            )
        smallest = 0 if self.sampling == "linear" else 1
        if self.step is not None and self.step <= smallest:
            raise ValueError(
                f"`step` of `{kind}` must be above {smallest} with sampling={self.sampling!r}. "
                f"Received: step={self.step}"
            )

    @property
    def default(self) -> Any:
        """The value before a search chose one."""
        return self.min_value if self._default is None else self._default

    def _steps(self) -> int:
        """Return the number of values with a step."""
        if self.sampling == "linear":
            # the tolerance lets 0.1 + 2 * 0.1 reach 0.3
            return int(math.floor((self.max_value - self.min_value) / self.step + 1e-8)) + 1
        ratio = math.log(self.max_value / self.min_value) / math.log(self.step)
        return int(math.floor(ratio + 1e-8)) + 1

    def _at(self, unit: float, low: float, high: float) -> float:
        """Return the place in [low, high] that `sampling` gives to a place in [0, 1]."""
        if self.sampling == "linear":
            return low + unit * (high - low)
        if self.sampling == "log":
            return low * (high / low) ** unit
        return low + high - low * (high / low) ** (1 - unit)

    def _place(self, value: float, low: float, high: float) -> float:
        """Take `_at` back."""
        if high == low:
            return 0.5
        if self.sampling == "linear":
            return (value - low) / (high - low)
        if self.sampling == "log":
            return math.log(value / low) / math.log(high / low)
        return 1 - math.log((low + high - value) / low) / math.log(high / low)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, as plain Python values."""
        names = ("min_value", "max_value", "step", "sampling")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


class Int(Numerical):
    """A range of integers.

    Example:
        >>> Int("units", 16, 64, step=16).values
        [16, 32, 48, 64]
        >>> Int("units", 4, 32, step=2, sampling="log").values
        [4, 8, 16, 32]
    """

    def __init__(
        self, name: str, min_value: int, max_value: int, *args: Any, **kwargs: Any
    ) -> None:
        for key, value in (("min_value", min_value), ("max_value", max_value)):
            if int(value) != value:
                raise ValueError(
                    f"`{key}` of `Int {name!r}` must be an integer. Received: {key}={value!r}"
                )
        super().__init__(name, int(min_value), int(max_value), *args, **kwargs)

    @property
    def values(self) -> list[int]:
        """The values that a grid search takes, in order."""
        if self.step is None:
            return list(range(self.min_value, self.max_value + 1))
        steps = range(self._steps())
        if self.sampling == "linear":
            return [int(self.min_value + i * self.step) for i in steps]
        return [int(self.min_value * self.step**i) for i in steps]

    def from_unit(self, unit: float) -> int:
        """Return the value at a place of the unit interval."""
        if self.step is not None:
            return super().from_unit(unit)
        place = self._at(unit, self.min_value - 0.5, self.max_value + 0.5)
        return min(max(round(place), self.min_value), self.max_value)

    def to_unit(self, value: int) -> float:
        """Return a place of the unit interval that leads to `value`."""
        if self.step is not None:
            return super().to_unit(value)
        return self._place(value, self.min_value - 0.5, self.max_value + 0.5)

    def suggest(self, trial: Any) -> int:
        """Return the value that an Optuna trial draws."""
        if self.step is None and self.sampling != "reverse_log":
            log = self.sampling == "log"
            return trial.suggest_int(self.name, self.min_value, self.max_value, log=log)
        if self.step is None:
            return self.from_unit(trial.suggest_float(self.name, 0.0, 1.0))
        return self.values[trial.suggest_int(self.name, 0, self._steps() - 1)]


class Float(Numerical):
    """A range of real numbers.

    Example:
        >>> Float("rate", 0.1, 0.3, step=0.1).values
        [0.1, 0.2, 0.3]
        >>> round(Float("lr", 1e-4, 1e-2, sampling="log").from_unit(0.5), 6)
        0.001
    """

    def __init__(
        self, name: str, min_value: float, max_value: float, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(name, float(min_value), float(max_value), *args, **kwargs)

    @property
    def values(self) -> list[float]:
        """The values that a grid search takes, in order: ten of them without a step."""
        if self.step is None:
            return [self.from_unit(i / (GRID_POINTS - 1)) for i in range(GRID_POINTS)]
        steps = range(self._steps())
        if self.sampling == "linear":
            # twelve digits hide that 0.1 + 2 * 0.1 is not 0.3
            found = [float(f"{self.min_value + i * self.step:.12g}") for i in steps]
        else:
            found = [float(f"{self.min_value * self.step**i:.12g}") for i in steps]
        return found

    def from_unit(self, unit: float) -> float:
        """Return the value at a place of the unit interval."""
        if self.step is not None:
            return super().from_unit(unit)
        place = self._at(unit, self.min_value, self.max_value)
        return min(max(place, self.min_value), self.max_value)

    def to_unit(self, value: float) -> float:
        """Return a place of the unit interval that leads to `value`."""
        if self.step is not None:
            return super().to_unit(value)
        return self._place(value, self.min_value, self.max_value)

    def suggest(self, trial: Any) -> float:
        """Return the value that an Optuna trial draws."""
        if self.step is None and self.sampling != "reverse_log":
            log = self.sampling == "log"
            return trial.suggest_float(self.name, self.min_value, self.max_value, log=log)
        if self.step is None:
            return self.from_unit(trial.suggest_float(self.name, 0.0, 1.0))
        return self.values[trial.suggest_int(self.name, 0, self._steps() - 1)]


class Choice(HyperParameter):
    """One of several values of one type.

    Args:
        name: unique name.
        values: list of int, float, str or bool.
        ordered: whether their order means something; True for numbers if None.
        default: value before a search chose one; the first value if None.
        conditions: all of them must hold for the hyperparameter to be active.

    Raises:
        ValueError: if `values` is empty, or lacks `default`.
        TypeError: if the values differ in type, or are no plain values.

    Example:
        >>> Choice("optimizer", ["sgd", "adam"]).default
        'sgd'
    """

    def __init__(
        self,
        name: str,
        values: Sequence[Any],
        ordered: bool | None = None,
        default: Any = None,
        conditions: Sequence[Parent] | None = None,
    ) -> None:
        super().__init__(name, default, conditions)
        self._values = list(values)
        if not self._values:
            raise ValueError(f"`values` of `Choice {name!r}` must not be empty.")
        types = {type(value) for value in self._values}
        if types == {int, float}:
            self._values = [float(value) for value in self._values]
        elif len(types) > 1 or not types <= {int, float, str, bool}:
            raise TypeError(
                f"`values` of `Choice {name!r}` must all be int, float, str or bool, and of one "
                f"type. Received: {self._values}"
            )
        if default is not None:
            errors.one_of(f"Choice {name!r}", "default", default, self._values)
        is_number = types <= {int, float}
        self.ordered = is_number if ordered is None else ordered

    @property
    def default(self) -> Any:
        """The value before a search chose one."""
        return self._values[0] if self._default is None else self._default

    @property
    def values(self) -> list[Any]:
        """The values to choose from."""
        return self._values

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, as plain Python values."""
        return {**super().get_config(), "values": self._values, "ordered": self.ordered}


class Boolean(HyperParameter):
    """True or False.

    Example:
        >>> Boolean("normalize").values
        [False, True]
    """

    def __init__(
        self, name: str, default: bool = False, conditions: Sequence[Parent] | None = None
    ) -> None:
        super().__init__(
            name, errors.one_of(f"Boolean {name!r}", "default", default, (True, False))
        )
        self.conditions = list(conditions or ())

    @property
    def values(self) -> list[bool]:
        """False and True."""
        return [False, True]


class Fixed(HyperParameter):
    """A value that no search changes.

    Example:
        >>> Fixed("epochs", 5).from_unit(0.7)
        5
    """

    def __init__(self, name: str, value: Any, conditions: Sequence[Parent] | None = None) -> None:
        if not isinstance(value, (bool, int, float, str)):
            raise TypeError(
                f"`value` of `Fixed {name!r}` must be int, float, str or bool. Received: {value!r}"
            )
        super().__init__(name, value, conditions)
        self.value = value

    @property
    def values(self) -> list[Any]:
        """The one value."""
        return [self.value]

    def suggest(self, trial: Any) -> Any:
        """Return the value."""
        return self.value

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, as plain Python values."""
        config = super().get_config()
        return {"name": self.name, "value": self.value, "conditions": config["conditions"]}


KINDS: dict[str, type[HyperParameter]] = {
    kind.__name__: kind for kind in (Int, Float, Choice, Boolean, Fixed)
}


def serialize(parameter: HyperParameter) -> dict[str, Any]:
    """Return a hyperparameter as plain Python values."""
    return {"class_name": type(parameter).__name__, "config": parameter.get_config()}


def deserialize(config: dict[str, Any]) -> HyperParameter:
    """Return the hyperparameter that `serialize` described."""
    return KINDS[
        errors.one_of("deserialize", "class_name", config["class_name"], KINDS)
    ].from_config(config["config"])
