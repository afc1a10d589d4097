"""Dtypes of results for every pair of dtypes, as Keras 3 has them; nothing is computed."""

import itertools

import jax
import keras
import numpy as np
import pytest

import addax
from addax import ops
from tests.ops.table import words

DTYPES = ("bool", "uint8", "int8", "uint32", "int32", "float16", "bfloat16", "float32")
BINARY = words(
    """add subtract multiply divide true_divide floor_divide mod power maximum minimum
    arctan2 logaddexp hypot equal less logical_and matmul dot outer inner tensordot where
    append fmax fmin divide_no_nan cross kron vdot"""
)
UNARY = words(
    """abs negative square sqrt exp log sin tanh floor ceil round sign trunc reciprocal isnan
    logical_not sum mean max min prod std var any all argmax argsort sort cumsum cumprod
    median count_nonzero average diff ravel transpose zeros_like ones_like stack
    concatenate nan_to_num clip relu softmax sigmoid gelu leaky_relu log_softmax normalize
    logsumexp expm1 log1p arcsin cosh trace tril flip nanmean nansum quantile conj real
    imag isfinite rad2deg"""
)
# What Keras refuses, or answers with a type that the values do not have.
REFUSED = (TypeError, ValueError)
NUMBERS = (True, 2, 2.5)
# A Python number takes the width of the tensor here as everywhere; in Keras it widens these.
WIDER_IN_KERAS = {"arctan2", "logaddexp"}
pytestmark = pytest.mark.filterwarnings("ignore:(invalid value|overflow) encountered in cast")


def kwargs_of(name):
    return {"x_min": 0, "x_max": 1} if name == "clip" else {}


def arguments(name, *values):
    if name in ("stack", "concatenate", "append") and len(values) == 1:
        return ([values[0], values[0]],)
    if name == "where":
        return (np.array([[True, False, True]] * 3), *values)
    return (*values, 0.5) if name == "quantile" else values


def theirs(name, *dtypes):
    structs = [jax.ShapeDtypeStruct((3, 3), d) for d in dtypes if isinstance(d, str)]

    def call(*arrays):
        given = iter(arrays)
        values = [next(given) if isinstance(d, str) else d for d in dtypes]
        result = getattr(keras.ops, name)(*arguments(name, *values), **kwargs_of(name))
        return result[0] if isinstance(result, (list, tuple)) else result

    return keras.backend.standardize_dtype(jax.eval_shape(call, *structs).dtype)


def ours(name, *dtypes):
    values = [addax.KerasTensor((3, 3), d) if isinstance(d, str) else d for d in dtypes]
    result = getattr(ops, name)(*arguments(name, *values), **kwargs_of(name))
    return (result[0] if isinstance(result, (list, tuple)) else result).dtype


def differences(name, combinations):
    found = []
    for dtypes in combinations:
        try:
            expected = theirs(name, *dtypes)
        except REFUSED:
            continue
        got = ours(name, *dtypes)
        if got != expected:
            found.append((dtypes, got, expected))
    return found


@pytest.mark.parametrize("name", BINARY)
def test_pairs(name):
    assert differences(name, itertools.product(DTYPES, DTYPES)) == []


_PRODUCTS = words("dot matmul tensordot outer inner vdot cross kron append")


@pytest.mark.parametrize("name", [name for name in BINARY if name not in _PRODUCTS])
def test_numbers(name):
    first = [(d, number) for d in DTYPES for number in NUMBERS]
    last = [(number, d) for d in DTYPES for number in NUMBERS]
    found = [d for d in differences(name, first + last) if name not in WIDER_IN_KERAS]
    assert found == []


@pytest.mark.parametrize("name", UNARY)
def test_one(name):
    assert differences(name, [(d,) for d in DTYPES]) == []
