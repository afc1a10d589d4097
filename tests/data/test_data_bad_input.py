import re

import numpy as np
import pytest

from addax.data import as_source, unpack_x_y_sample_weight
from addax.data.weights import match_weights

X = np.zeros((4, 2))
Y = np.zeros(4)


def refused(*parts, error=ValueError):
    return pytest.raises(error, match=".*".join(map(re.escape, parts)))


def test_unequal_lengths():
    with refused("`x` and `y` of `fit`", "same number of samples", "x: 4, y: 3"):
        as_source(X, Y[:3])
    with refused("`x['a']` and `y[1]` of `evaluate`", "x['a']: 4, x['b']: 4, y[0]: 4, y[1]: 3"):
        as_source({"a": X, "b": X}, [Y, Y[:3]], name="evaluate")
    with refused("`x` and `sample_weight`", "sample_weight: 2"):
        as_source(X, Y, np.ones(2))


def test_list_of_samples_gets_a_hint():
    with refused("np.stack"):
        as_source([np.zeros(3), np.zeros(3)], Y)


@pytest.mark.parametrize(
    ("x", "parts"),
    [
        (np.array([["a", "b"]]), ("`x` of `fit` must hold numbers", "<U1", "'a'", "StringLookup")),
        (["a", "b"], ("must hold numbers", "'a'")),
        (np.array([1, "b", 2], dtype=object), ("'b' of type str", "position 1")),
        (np.array([[1, None]], dtype=object), ("None of type NoneType", "position (0, 1)")),
        ({"k": np.array(["a"])}, ("`x['k']` of `fit`",)),
        (np.zeros((3, 1), complex), ("complex128", "real and imaginary")),
        (np.zeros(3, "datetime64[s]"), ("datetime64", "dates")),
        (np.zeros(3, [("a", "f4")]), ("dict of arrays",)),
        ([[1, 2], [3, 4], [5, 6, 7]], ("rectangular", "row 2 has 3 values, expected 2", "pad")),
        ([[1, 2], 3], ("row 1 is a single value, expected 2",)),
        (np.array([2**40]), ("do not fit in int32", str(2**40))),
        (np.array(3.0), ("`x` of `fit` must have a batch axis", "shape ()")),
        (np.zeros((0, 5)), ("`x` of `fit` must hold at least one sample", "length 0")),
        ([], ("at least one sample",)),
        ({}, ("at least one array",)),
        (None, ("`x` of `fit` must be an array", "None of type NoneType")),
        ("data.csv", ("'data.csv'", "Read the file")),
        (lambda: None, ("Call the function",)),
        (3, ("3 of type int",)),
    ],
)
def test_unusable_x(x, parts):
    with refused(*parts):
        as_source(x)


def test_generator_as_y():
    with refused("`y` of `fit` must be an array", "generator"):
        as_source(X, (value for value in Y))


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_targets_that_are_not_finite(bad):
    y = Y.copy()
    y[2] = bad
    with refused("`y` of `fit` must be finite", f"{bad} in row 2 (1 of 4 rows"):
        as_source(X, y)
    with refused("`y['b']`", "row 2"):
        as_source(X, {"a": Y, "b": np.stack([Y, y], 1)})
    with refused("`sample_weight`", "row 2"):
        as_source(X, Y, y)
    assert as_source(X, y, finite_targets=False).num_batches == 1


def test_targets_whose_sum_overflows_are_fine():
    assert as_source(X, np.full(4, 3e38)).num_batches == 1


@pytest.mark.parametrize("batch_size", [0, -1, 2.5, "32", True])
def test_batch_size(batch_size):
    with refused("`batch_size` of `fit` must be a positive integer", f"batch_size={batch_size!r}"):
        as_source(X, Y, batch_size=batch_size)


@pytest.mark.parametrize("steps", [0, -1, 2.5])
def test_steps(steps):
    with refused("`validation_steps` of `validation_data`", repr(steps)):
        as_source(X, Y, steps=steps, name="validation_data")


def test_shuffle():
    with refused("`shuffle` of `fit` must be one of True, False, 'batch'", "'yes'"):
        as_source(X, Y, shuffle="yes")


@pytest.mark.parametrize(
    ("class_weight", "parts"),
    [
        ([1, 2], ("must be a dict", "dict(enumerate(w))")),
        ({"cat": 2.0}, ("class numbers as keys", "'cat'")),
        ({0: "2"}, ("finite numbers as weights", "'2' for class 0")),
        ({0: np.nan}, ("finite numbers",)),
    ],
)
def test_class_weight(class_weight, parts):
    with refused("`class_weight` of `fit`", *parts):
        as_source(X, Y, class_weight=class_weight)


def test_class_weight_without_targets():
    with refused("`class_weight` of `fit` needs targets"):
        as_source(X, class_weight={0: 1.0})


def test_class_weight_of_several_outputs_must_name_them():
    with refused("given by output", "['a', 'b']"):
        as_source(X, {"a": Y, "b": Y}, class_weight={0: 1.0})


def test_weights_that_do_not_match_targets():
    with refused("match `y`, which is one array", "a list of 2 arrays"):
        match_weights(Y, [Y, Y], "fit")
    with refused("a dict with the keys ['a']", "a dict with the keys ['b']"):
        match_weights({"a": Y}, {"b": Y}, "fit")
    with refused("one weight per sample", "(4, 2)"):
        match_weights([Y, Y], X, "fit")


def test_too_many_parts():
    with refused("a tuple of 4 items"):
        unpack_x_y_sample_weight((1, 2, 3, 4))
