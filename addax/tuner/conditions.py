"""When a hyperparameter is active: conditions on other hyperparameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Parent:
    """The condition that another hyperparameter has one of some values.

    Args:
        name: of the other hyperparameter.
        values: one value or a list of them.

    Example:
        >>> Parent("kind", ["cnn"]).is_active({"kind": "cnn"})
        True
    """

    def __init__(self, name: str, values: Any) -> None:
        self.name = name
        self.values = list(values) if isinstance(values, (list, tuple)) else [values]

    def is_active(self, values: Mapping[str, Any]) -> bool:
        """Say whether the condition holds under these values."""
        return self.name in values and values[self.name] in self.values

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Parent):
            return NotImplemented
        return (self.name, self.values) == (other.name, other.values)

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.values)))

    def get_config(self) -> dict[str, Any]:
        """Return what `from_config` needs, as plain Python values."""
        return {"name": self.name, "values": self.values}

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Parent:
        """Return the condition that `get_config` described."""
        return cls(config["name"], config["values"])
