"""Every op beside Keras 3: values, dtypes, symbolic shapes, gradients.

What Keras returns is recorded in `keras.npz`, see `record.py`.
"""

import inspect

import jax
import keras
import numpy as np
import pytest

import addax
from addax import ops
from tests.ops import table, table_nn, table_shapes
from tests.ops.rows import (
    DIFFERENTIABLE,
    FIRSTS,
    ROWS,
    filled,
    find,
    float_places,
    is_data,
    leaves,
    weighted,
)
from tests.ops.truth import Truth
from tests.quick import QUICK

TRUTH = Truth.load()
pytestmark = pytest.mark.filterwarnings("ignore:::jax", "ignore:::keras")

# Called on functions, or random: tested in `test_control`, `test_random` and below.
ELSEWHERE = {
    "associative_scan", "cond", "custom_gradient", "fori_loop", "jvp", "map", "scan", "switch",
    "vectorize", "vectorized_map", "while_loop", "image.elastic_transform", "array",
    "convert_to_numpy", "convert_to_tensor", "dtype", "empty_like", "is_tensor", "ndim", "shape",
    "sparsemax",  # Keras' does not add up to 1
}  # fmt: skip


def dtype_of(x):
    return keras.backend.standardize_dtype(x.dtype)


def compare(one, two, tolerance):
    one = np.asarray(one)
    one = one.astype("float32") if one.dtype.name == "bfloat16" else one
    np.testing.assert_allclose(one, two, rtol=tolerance, atol=tolerance)


def check_values(found, expected, tolerance):
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        assert tuple(np.shape(one)) == two.value.shape
        assert two.dtype is None or dtype_of(one) == two.dtype
        compare(one, two.value, tolerance)


@pytest.mark.parametrize("row_id", ROWS)
def test_values_and_dtypes(row_id):
    name, args, kwargs, options = ROWS[row_id]
    got = leaves(find(ops, name)(*args, **kwargs))
    check_values(got, TRUTH.answer(row_id).values, options["tolerance"])


def symbolic(x, make):
    if isinstance(x, (tuple, list)) and any(is_data(item) for item in x):
        return type(x)(symbolic(item, make) for item in x)
    return make(x.shape, str(x.dtype)) if is_data(x) else x


@pytest.mark.parametrize("row_id", [i for i in FIRSTS.values() if ROWS[i][3]["symbolic"]])
def test_symbolic_is_eager(row_id):
    name, args, kwargs, _ = ROWS[row_id]
    given = symbolic(list(args), lambda shape, dtype: addax.KerasTensor(shape, dtype))
    if not any(isinstance(leaf, addax.KerasTensor) for leaf in leaves(given)):
        return
    got = leaves(find(ops, name)(*given, **kwargs))
    # the recording: eager Addax is compared with it above
    expected = [(x.value.shape, x.dtype) for x in TRUTH.answer(row_id).values]
    assert [(x.shape, dtype_of(x)) for x in got] == expected
    assert all(isinstance(x, addax.KerasTensor) for x in got)


def takes_batch(row):
    name, args, _, options = row
    return (
        options["symbolic"]
        and is_data(args[0])
        and args[0].shape[0] == 2
        # these take no batch
        and not name.startswith(("image.map_", "image.scale_and", "sparse_", "ctc_"))
    )


_NAMES = {row[0] for row in (*table_nn.NETWORKS, *table_nn.PICTURES, *table_shapes.FOURIER)}
BATCHED = {row[0]: i for i, row in ROWS.items() if row[0] in _NAMES and takes_batch(row)}


@pytest.mark.parametrize("row_id", BATCHED.values(), ids=BATCHED)
def test_unknown_batch(row_id):
    name, (first, *rest), kwargs, _ = ROWS[row_id]
    if any(np.ndim(x) > 1 and np.shape(x)[0] == 2 for x in rest):
        return  # two batches
    symbol = addax.KerasTensor((None, *first.shape[1:]), str(first.dtype))
    got = leaves(find(ops, name)(symbol, *rest, **kwargs))
    expected = [(None, *leaf.value.shape[1:]) for leaf in TRUTH.answer(row_id).values]
    assert [x.shape for x in got] == expected


@pytest.mark.parametrize("row_id", DIFFERENTIABLE)
def test_gradients(row_id):
    """One compiled program gives the op's values again and the gradients of its arguments."""
    name, args, kwargs, options = ROWS[row_id]
    places = float_places(args)

    @lambda run: jax.jit(run, compiler_options=QUICK)
    def step(values):
        tensors = list(map(ops.convert_to_tensor, values))
        with addax.GradientTape() as tape:
            for tensor in tensors:
                tape.watch(tensor)
            result = find(ops, name)(*filled(args, places, tensors), **kwargs)
            loss = weighted(result, ops.sum, dtype_of)
        if isinstance(loss, float):
            return leaves(result), list(map(ops.zeros_like, tensors))
        return leaves(result), tape.gradient(loss, tensors, unconnected_gradients="zero")

    result, got = step([args[i] for i in places])
    expected = TRUTH.answer(row_id)
    check_values(result, expected.values, options["tolerance"])
    assert len(got) == len(expected.gradients) > 0
    for one, two in zip(got, expected.gradients, strict=True):
        assert one.shape == two.shape
        compare(one, two, 10 * options["tolerance"])


def public(module):
    return {name for name in dir(module) if not name.startswith("_")}


@pytest.mark.parametrize("part", ["", "numpy", "nn", "linalg", "image"])
def test_nothing_of_keras_is_missing(part):
    theirs, ours = (find(space, part) if part else space for space in (keras.ops, ops))
    assert public(theirs) <= public(ours)


def test_every_op_has_a_row():
    have = {*FIRSTS, *ELSEWHERE}
    wanted = public(keras.ops) - {"image", "linalg", "nn", "numpy"}
    wanted |= {f"image.{name}" for name in public(keras.ops.image)}
    assert wanted - have == set()


def test_blur_with_channels_last_is_that_with_channels_first():
    images = table.IMAGES
    expected = ops.image.gaussian_blur(np.moveaxis(images, -1, 1), data_format="channels_first")
    got = ops.image.gaussian_blur(images)
    np.testing.assert_allclose(got, np.moveaxis(expected.numpy(), 1, -1), rtol=1e-5)


def test_blur_along_height_and_width():
    point = np.zeros((9, 9, 1), "float32")
    point[4, 4] = 1
    got = ops.image.gaussian_blur(point, (5, 3), (0.7, 2.0)).numpy()[2:7, 3:6, 0]
    bells = [np.exp(-0.5 * (np.arange(-n, n + 1) / s) ** 2) for n, s in ((2, 0.7), (1, 2.0))]
    np.testing.assert_allclose(got, np.outer(*(b / b.sum() for b in bells)), rtol=1e-5)


def test_elastic_transform():
    images = table.IMAGES
    same = ops.image.elastic_transform(images, alpha=0.0, seed=1)
    np.testing.assert_allclose(same, images, rtol=1e-6)
    moved = ops.image.elastic_transform(images, seed=1)
    assert moved.shape == images.shape
    assert 0 <= moved.numpy().min() <= moved.numpy().max() <= 1
    np.testing.assert_array_equal(moved, ops.image.elastic_transform(images, seed=1))
    assert np.abs(moved - ops.image.elastic_transform(images, seed=2)).max() > 0.01
    first = ops.image.elastic_transform(
        np.moveaxis(images, -1, 1), seed=1, data_format="channels_first"
    )
    np.testing.assert_allclose(np.moveaxis(first.numpy(), 1, -1), moved, rtol=1e-5)


def test_inverse_of_stft():
    signal = table.normal(2, 64)
    for window in ("hann", "hamming", None):
        spectrum = ops.stft(signal, 8, 2, 16, window=window)
        np.testing.assert_allclose(
            ops.istft(spectrum, 8, 2, 16, window=window), signal, rtol=1e-4, atol=1e-5
        )


def test_calls_of_functions():
    value, slope = ops.jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 0.5))
    assert (float(value), float(slope)) == (6.0, 4.0)
    *_, other = ops.linalg.jvp(lambda x: (x * x, x + 1), (2.0,), (1.0,), has_aux=True)
    assert float(other) == 3.0
    product = ops.vectorize(lambda m, v: ops.matmul(m, v), signature="(m,n),(n)->(m)")
    matrices, vector = table.normal(5, 2, 3), table.normal(3)
    np.testing.assert_allclose(product(matrices, vector), matrices @ vector, rtol=1e-5)
    kept = ops.vectorize(lambda x, n: x * n, excluded={1})
    np.testing.assert_array_equal(kept(np.arange(3), 2), [0, 2, 4])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ops.rearrange(np.ones((2, 3)), "a b c -> a b"), "name each axis once"),
        (lambda: ops.rearrange(np.ones((2, 3)), "(a b) c -> a b c"), "cannot split"),
        (lambda: ops.fft(np.ones(3)), "pair of tensors"),
        (lambda: ops.stft(np.ones(9, "float32"), 4, 2, 3), "fft_length"),
        (lambda: ops.image.crop_images(np.ones((4, 4, 1)), 1), "exactly two"),
        (lambda: ops.image.pad_images(np.ones((4, 4, 1)), 1, 1, 1, -1), "negative"),
        (lambda: ops.ctc_loss([1], [[0.0]], [1], [1]), "ctc_loss"),
        (lambda: ops.ctc_decode([[[0.0]]], [1], strategy="best"), "strategy"),
        (lambda: ops.depth_to_space(np.ones((2, 2)), 2), "rank 4"),
        (lambda: ops.image.rgb_to_hsv(np.ones((2, 2, 3), int)), "float dtype"),
        (lambda: ops.view_as_complex(np.ones(3)), "size 2"),
        (lambda: ops.image.map_coordinates([1.0], [[0.5]], 3), "order"),
    ],
)
def test_errors(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_signatures():
    for name in sorted(public(keras.ops) - {"image", "linalg", "nn", "numpy"}):
        theirs = inspect.signature(getattr(keras.ops, name)).parameters.values()
        ours = inspect.signature(getattr(ops, name)).parameters
        wanted = [p.name for p in theirs if p.kind is not p.VAR_KEYWORD]
        assert [p for p in ours if p in wanted] == wanted, name
