"""Names of dtypes, and the policy that says what layers compute and store in."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import config, errors
from addax.core.registry import register

ALLOWED = (
    "bfloat16", "float16", "float32", "float64", "int8", "int16", "int32", "int64",
    "uint8", "uint16", "uint32", "uint64", "bool", "complex64", "complex128", "string",
    "float8_e4m3fn", "float8_e5m2",
)  # fmt: skip
_PYTHON_TYPES = {bool: "bool", int: "int32", str: "string"}
_FLOATING = ("bfloat16", "float16", "float32", "float64", "float8_e4m3fn", "float8_e5m2")


def standardize_dtype(dtype: Any) -> str:
    """Return the name of `dtype`; `None` and `float` mean `floatx()`.

    Args:
        dtype: a name, a NumPy dtype or type, a Python type, or anything with a `name`.

    Raises:
        ValueError: if there is no such dtype.

    Example:
        >>> import numpy as np
        >>> standardize_dtype(np.int32), standardize_dtype(None)
        ('int32', 'float32')
    """
    if dtype is None or dtype is float:
        return config.floatx()
    if isinstance(dtype, type) and dtype in _PYTHON_TYPES:
        return _PYTHON_TYPES[dtype]
    name = dtype if isinstance(dtype, str) else getattr(dtype, "name", None)
    if name is None and isinstance(dtype, type):
        name = dtype.__name__
    if name is None or not isinstance(name, str):
        name = str(dtype).rsplit(".", 1)[-1]
    if name in ("bool_",):
        name = "bool"
    if name not in ALLOWED:
        raise ValueError(
            f"Unknown dtype: {dtype!r}.{errors.suggestion(name, ALLOWED)} Expected one of "
            f"{', '.join(ALLOWED)}."
        )
    return name


def is_float(dtype: Any) -> bool:
    """Say whether `dtype` is a floating-point type.

    Example:
        >>> is_float("bfloat16"), is_float("int32")
        (True, False)
    """
    return standardize_dtype(dtype) in _FLOATING


def is_integer(dtype: Any) -> bool:
    """Say whether `dtype` is an integer type (not bool).

    Example:
        >>> is_integer("uint8"), is_integer("bool")
        (True, False)
    """
    return standardize_dtype(dtype).lstrip("u").startswith("int")


def host_dtype(array: np.ndarray) -> str:
    """Return the dtype in which a NumPy array is given to the engine.

    Floats become `floatx()`; 64-bit integers become 32-bit unless `floatx()` is `float64`.
    """
    kind = array.dtype.kind
    if kind == "f" or array.dtype.name == "bfloat16":
        return config.floatx()
    if array.dtype.name in ("int64", "uint64") and config.floatx() != "float64":
        return array.dtype.name.replace("64", "32")
    return standardize_dtype(array.dtype)


@register("dtype_policies")
class DTypePolicy:
    """What a layer computes in and what it stores its weights in.

    Args:
        name: a dtype for both, or `"mixed_bfloat16"` / `"mixed_float16"`: compute in 16
            bits, keep weights in float32. Default: the global policy.

    Example:
        >>> policy = DTypePolicy("mixed_bfloat16")
        >>> policy.compute_dtype, policy.variable_dtype
        ('bfloat16', 'float32')
    """

    def __init__(self, name: str | None = None) -> None:
        name = name or config.floatx()
        self.name = name
        if name.startswith("mixed_"):
            compute = name.removeprefix("mixed_")
            self._compute_dtype = errors.one_of(
                "DTypePolicy", "name", compute, ("bfloat16", "float16")
            )
            self._variable_dtype = "float32"
        else:
            self._compute_dtype = self._variable_dtype = standardize_dtype(name)
        if self._compute_dtype == "float64":
            config.enable_float64()

    @property
    def compute_dtype(self) -> str:
        """The dtype of activations."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of weights."""
        return self._variable_dtype

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments."""
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """Rebuild a policy from `get_config()`."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


_global_policy: DTypePolicy | None = None


def dtype_policy() -> DTypePolicy:
    """Return the policy of layers that are given no `dtype`."""
    return _global_policy or DTypePolicy(config.floatx())


def set_dtype_policy(policy: str | DTypePolicy | None) -> None:
    """Set the policy of layers created from now on; None means `floatx()`.

    Example:
        >>> set_dtype_policy("mixed_bfloat16")
        >>> dtype_policy().compute_dtype
        'bfloat16'
        >>> set_dtype_policy(None)
    """
    global _global_policy
    _global_policy = None if policy is None else get_policy(policy)


def get_policy(identifier: Any) -> DTypePolicy:
    """Return a policy from None, a name, a dtype, a config or a policy."""
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        inner = identifier.get("config", identifier)
        return DTypePolicy(inner.get("name"))
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    return DTypePolicy(standardize_dtype(identifier))


config.more.update(dtype_policy=dtype_policy, set_dtype_policy=set_dtype_policy)
