"""`HyperParameters`: what may be tuned, and the values of one trial."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from addax.tuner import parameters
from addax.tuner.conditions import Parent as Parent
from addax.tuner.parameters import Boolean as Boolean
from addax.tuner.parameters import Choice as Choice
from addax.tuner.parameters import Fixed as Fixed
from addax.tuner.parameters import Float as Float
from addax.tuner.parameters import HyperParameter as HyperParameter
from addax.tuner.parameters import Int as Int
from addax.tuner.parameters import deserialize as deserialize
from addax.tuner.parameters import serialize as serialize

_UNKNOWN = "There is no hyperparameter {name!r}. Known: {known}"


class HyperParameters:
    """A space of hyperparameters together with one value for each.

    `Int`, `Float`, `Choice`, `Boolean` and `Fixed` return the value of the hyperparameter of that
    name; when there is none yet, they first add it, with its default.

    Example:
        >>> hp = HyperParameters()
        >>> hp.Int("units", 16, 64)
        16
        >>> hp.values["units"] = 32
        >>> hp.Int("units", 16, 64)
        32
    """

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._space: list[HyperParameter] = []
        self._conditions: list[Parent] = []
        self._prefix: list[str] = []

    @property
    def space(self) -> list[HyperParameter]:
        """All hyperparameters, active or not, in the order they were added."""
        return list(self._space)

    def Int(  # noqa: N802
        self,
        name: str,
        min_value: int,
        max_value: int,
        step: int | None = None,
        sampling: str | None = None,
        default: int | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> int:
        """Return the value of an integer between `min_value` and `max_value`, both included.

        Args:
            name: unique name.
            min_value: smallest value.
            max_value: largest value.
            step: distance of the values; the factor between them if `sampling` is not linear.
            sampling: `"linear"`, `"log"` or `"reverse_log"`; linear if None.
            default: value before a search chose one; `min_value` if None.
            parent_name: hyperparameter that this one depends on.
            parent_values: values of the parent under which this one is active.

        Returns: the value; None where the hyperparameter is not active.
        """
        with self._parent(parent_name, parent_values):
            return self._declare(Int, name, min_value, max_value, step, sampling, default)

    def Float(  # noqa: N802
        self,
        name: str,
        min_value: float,
        max_value: float,
        step: float | None = None,
        sampling: str | None = None,
        default: float | None = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> float:
        """Return the value of a number between `min_value` and `max_value`; see `Int`."""
        with self._parent(parent_name, parent_values):
            return self._declare(Float, name, min_value, max_value, step, sampling, default)

    def Choice(  # noqa: N802
        self,
        name: str,
        values: Any,
        ordered: bool | None = None,
        default: Any = None,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> Any:
        """Return one of `values`; the first if there is no `default`."""
        with self._parent(parent_name, parent_values):
            return self._declare(Choice, name, values, ordered, default)

    def Boolean(  # noqa: N802
        self,
        name: str,
        default: bool = False,
        parent_name: str | None = None,
        parent_values: Any = None,
    ) -> bool:
        """Return True or False."""
        with self._parent(parent_name, parent_values):
            return self._declare(Boolean, name, default)

    def Fixed(  # noqa: N802
        self, name: str, value: Any, parent_name: str | None = None, parent_values: Any = None
    ) -> Any:
        """Return `value`, which no search changes."""
        with self._parent(parent_name, parent_values):
            return self._declare(Fixed, name, value)

    @contextlib.contextmanager
    def conditional_scope(self, parent_name: str, parent_values: Any) -> Iterator[None]:
        """What is added in this scope is active under some values of another hyperparameter.

        The code of the scope runs in any case; hyperparameters that are not active are None.

        Args:
            parent_name: the other hyperparameter.
            parent_values: its value, or list of values.

        Raises:
            ValueError: if there is no such hyperparameter.

        Example:
            >>> hp = HyperParameters()
            >>> kind = hp.Choice("kind", ["mlp", "cnn"])
            >>> with hp.conditional_scope("kind", ["cnn"]):
            ...     filters = hp.Int("filters", 8, 32)
            >>> filters is None
            True
        """
        full = self._full_name(parent_name)
        if not any(found.name == full for found in self._space):
            raise ValueError(_UNKNOWN.format(name=full, known=sorted(self.values)))
        self._conditions.append(Parent(full, parent_values))
        try:
            yield
        finally:
            self._conditions.pop()

    @contextlib.contextmanager
    def name_scope(self, name: str) -> Iterator[None]:
        """Put `name/` before the names of what is added in this scope."""
        self._prefix.append(name)
        try:
            yield
        finally:
            self._prefix.pop()

    def _parent(self, name: str | None, values: Any) -> contextlib.AbstractContextManager[None]:
        return self.conditional_scope(name, values) if name else contextlib.nullcontext()

    def _full_name(self, name: str) -> str:
        return "/".join([*self._prefix, str(name)])

    def _declare(self, kind: Any, name: str, *args: Any) -> Any:
        full = self._full_name(name)
        return self.add(kind(full, *args, conditions=list(self._conditions)))

    def add(self, parameter: HyperParameter) -> Any:
        """Add a hyperparameter unless it is there, and return its value; None if not active."""
        if not self._has(parameter):
            self._space.append(parameter)
        if not self.is_active(parameter):
            return None
        return self.values.setdefault(parameter.name, parameter.default)

    def _has(self, parameter: HyperParameter) -> bool:
        return any(
            found.name == parameter.name and found.conditions == parameter.conditions
            for found in self._space
        )

    def is_active(self, parameter: HyperParameter | str) -> bool:
        """Say whether the conditions of a hyperparameter (or of one of that name) hold."""
        if isinstance(parameter, str):
            return any(self.is_active(p) for p in self._space if p.name == parameter)
        return all(condition.is_active(self.values) for condition in parameter.conditions)

    def ensure_active_values(self) -> None:
        """Give active hyperparameters a value, and take it from those that are not."""
        old, self.values = self.values, {}
        for parameter in self._space:
            if self.is_active(parameter) and parameter.name not in self.values:
                self.values[parameter.name] = old.get(parameter.name, parameter.default)

    def get(self, name: str) -> Any:
        """Return the value of a hyperparameter.

        Raises:
            KeyError: if there is none of that name.
            ValueError: if it is not active.
        """
        if name in self.values:
            return self.values[name]
        if any(found.name == name for found in self._space):
            raise ValueError(f"The hyperparameter {name!r} is not active: {self.values}")
        raise KeyError(_UNKNOWN.format(name=name, known=sorted(self.values)))

    def __getitem__(self, name: str) -> Any:
        return self.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def copy(self) -> HyperParameters:
        """Return a copy: the same hyperparameters, values of its own."""
        return type(self).from_config(self.get_config())

    def merge(self, other: HyperParameters, overwrite: bool = True) -> None:
        """Add the hyperparameters and values of `other`.

        Args:
            other: what to add.
            overwrite: whether its values replace those that are here.
        """
        for parameter in other.space:
            if not self._has(parameter):
                self._space.append(parameter)
        kept = {**self.values, **other.values} if overwrite else {**other.values, **self.values}
        self.values = kept

    def get_config(self) -> dict[str, Any]:
        """Return the space and the values as plain Python values."""
        return {
            "space": [parameters.serialize(parameter) for parameter in self._space],
            "values": dict(self.values),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> HyperParameters:
        """Return what `get_config` described."""
        new = cls()
        new._space = [parameters.deserialize(item) for item in config["space"]]
        new.values = dict(config["values"])
        return new
