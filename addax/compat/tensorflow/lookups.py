"""`tf.lookup`: tables on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from addax import ops


class KeyValueTensorInitializer:
    """Keys and values of a table.

    Args:
        keys: texts or ints.
        values: as many values.
        key_dtype: accepted for compatibility.
        value_dtype: accepted for compatibility.
    """

    def __init__(self, keys: Any, values: Any, key_dtype: Any = None, value_dtype: Any = None):
        self.pairs = dict(zip(np.asarray(keys).tolist(), np.asarray(values).tolist(), strict=True))


class StaticHashTable:
    """A table from keys to values.

    Args:
        initializer: a `KeyValueTensorInitializer`.
        default_value: for keys that are not there.
    """

    def __init__(self, initializer: Any, default_value: Any, **kwargs: Any) -> None:
        self._pairs, self._default = initializer.pairs, np.asarray(default_value).item()

    def lookup(self, keys: Any, name: str | None = None) -> Any:
        """Return the values of keys (eagerly)."""
        array = np.asarray(keys)
        found = [self._pairs.get(key, self._default) for key in array.ravel().tolist()]
        values = np.array(found, object if isinstance(self._default, str) else None)
        values = values.reshape(array.shape)
        return values if values.dtype.kind in "OSU" else ops.convert_to_tensor(values)

    __getitem__ = lookup

    def size(self, name: str | None = None) -> int:
        """Return the number of keys."""
        return len(self._pairs)
