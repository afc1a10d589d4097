"""Names of dtypes and policies."""

import jax.numpy as jnp
import numpy as np
import pytest

from addax import config
from addax.core.dtypes import (
    DTypePolicy,
    dtype_policy,
    get_policy,
    host_dtype,
    set_dtype_policy,
    standardize_dtype,
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, "float32"), (float, "float32"), (int, "int32"), (bool, "bool"), (str, "string"),
        ("float16", "float16"), (np.float64, "float64"), (np.dtype("int8"), "int8"),
        (jnp.bfloat16, "bfloat16"), (np.bool_, "bool"), (jnp.zeros(1).dtype, "float32"),
    ],
)  # fmt: skip
def test_standardize(given, expected):
    assert standardize_dtype(given) == expected


def test_unknown_dtype():
    with pytest.raises(ValueError, match=r"Unknown dtype: 'flot32'. Did you mean 'float32'"):
        standardize_dtype("flot32")


def test_host_dtypes():
    assert host_dtype(np.zeros(1)) == "float32"
    assert host_dtype(np.zeros(1, "int64")) == "int32"
    assert host_dtype(np.zeros(1, "uint8")) == "uint8"


def test_policies():
    mixed = DTypePolicy("mixed_float16")
    assert (mixed.compute_dtype, mixed.variable_dtype) == ("float16", "float32")
    assert get_policy("float16") == DTypePolicy("float16")
    assert get_policy({"class_name": "DTypePolicy", "config": {"name": "mixed_bfloat16"}}).name == (
        "mixed_bfloat16"
    )
    assert get_policy(jnp.bfloat16).name == "bfloat16"
    assert DTypePolicy.from_config(mixed.get_config()) == mixed
    assert len({mixed, DTypePolicy("mixed_float16")}) == 1
    with pytest.raises(ValueError, match="`name` of `DTypePolicy`"):
        DTypePolicy("mixed_int8")


def test_global_policy():
    assert get_policy(None).name == config.floatx()
    set_dtype_policy("mixed_bfloat16")
    try:
        assert dtype_policy().name == get_policy(None).name == "mixed_bfloat16"
    finally:
        set_dtype_policy(None)
