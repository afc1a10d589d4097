"""What layers compute in and store: `addax.dtype_policies`."""

from __future__ import annotations

from typing import Any

from addax.core import registry
from addax.core.dtypes import DTypePolicy as DTypePolicy
from addax.core.dtypes import get_policy

__all__ = ["DTypePolicy", "FloatDTypePolicy", "deserialize", "get", "serialize"]

FloatDTypePolicy = DTypePolicy


def get(identifier: Any) -> DTypePolicy | None:
    """Return a policy from a name, a dtype, a config or a policy; None stays None.

    Example:
        >>> get("mixed_bfloat16").compute_dtype
        'bfloat16'
    """
    return None if identifier is None else get_policy(identifier)


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Return the config of a policy."""
    return registry.serialize(dtype_policy)


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """Return the policy of a config."""
    return registry.deserialize(config, custom_objects, kind="dtype_policies")
