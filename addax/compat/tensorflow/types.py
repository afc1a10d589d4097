"""What TensorFlow's types are here: small classes over strings and tuples."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np

from addax.core.dtypes import standardize_dtype
from addax.data.pipeline import TensorSpec as TensorSpec

VERSION = "2.16.1"
"""The version of TensorFlow whose names these are, for scripts that compare it."""

newaxis = None


class UnconnectedGradients(StrEnum):
    """What `GradientTape.gradient` gives where the target does not depend on a source."""

    NONE = "none"
    ZERO = "zero"


class DType(str):
    """A dtype: the name that Addax uses, with TensorFlow's properties.

    Example:
        >>> DType("float32").is_floating, DType("float32") == "float32"
        (True, True)
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name, such as `"float32"`."""
        return str(self)

    @property
    def as_numpy_dtype(self) -> Any:
        """The scalar type of NumPy; `object` for strings."""
        return object if self == "string" else np.dtype(standardize_dtype(str(self))).type

    @property
    def is_floating(self) -> bool:
        """Whether it is a float type."""
        return "float" in self

    @property
    def is_integer(self) -> bool:
        """Whether it is an integer type."""
        return "int" in self

    @property
    def is_bool(self) -> bool:
        """Whether it is `bool`."""
        return self == "bool"

    @property
    def min(self) -> Any:
        """The smallest value."""
        return (np.finfo if self.is_floating else np.iinfo)(self.as_numpy_dtype).min

    @property
    def max(self) -> Any:
        """The largest value."""
        return (np.finfo if self.is_floating else np.iinfo)(self.as_numpy_dtype).max


def as_dtype(value: Any) -> DType:
    """Return the dtype of a name, a NumPy dtype or a Python type.

    Example:
        >>> as_dtype(np.float32)
        'float32'
    """
    return DType(value if value == "string" else standardize_dtype(value))


class TensorShape(tuple):
    """A shape: a tuple with TensorFlow's methods.

    Example:
        >>> TensorShape([None, 3]).as_list()
        [None, 3]
    """

    __slots__ = ()

    def as_list(self) -> list[int | None]:
        """Return the sizes as a list."""
        return list(self)

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self)

    ndims = rank

    def num_elements(self) -> int | None:
        """Return the product of the sizes; None if one is not known."""
        return None if None in self else int(np.prod(self))

    def is_fully_defined(self) -> bool:
        """Return whether all sizes are known."""
        return None not in self
