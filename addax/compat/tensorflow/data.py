"""`tf.data.Dataset`, which lies in `addax.data`."""

from __future__ import annotations

from addax.data.pipeline import AUTOTUNE as AUTOTUNE
from addax.data.pipeline import INFINITE as INFINITE
from addax.data.pipeline import UNKNOWN as UNKNOWN
from addax.data.pipeline import Dataset as Dataset
