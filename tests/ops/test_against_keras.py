"""Every op beside Keras 3: values, dtypes, symbolic shapes, gradients."""

import functools
import inspect
import warnings

import jax
import keras
import numpy as np
import pytest

import addax
from addax import ops
from tests.ops import table, table_nn, table_shapes

ROWS = [
    *table.ELEMENTWISE, *table.BINARY, *table.REDUCTIONS, *table_shapes.SHAPES,
    *table_shapes.LINALG, *table_shapes.FOURIER, *table_nn.NETWORKS, *table_nn.PICTURES,
    *table_nn.EXTRA,
]  # fmt: skip
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(ROWS)]
pytestmark = pytest.mark.filterwarnings("ignore:::jax", "ignore:::keras")

# Called on functions, or random: tested in `test_control`, `test_random` and below.
ELSEWHERE = {
    "associative_scan", "cond", "custom_gradient", "fori_loop", "jvp", "map", "scan", "switch",
    "vectorize", "vectorized_map", "while_loop", "image.elastic_transform", "array",
    "convert_to_numpy", "convert_to_tensor", "dtype", "empty_like", "is_tensor", "ndim", "shape",
    "sparsemax",  # Keras' does not add up to 1
}  # fmt: skip


def find(namespace, name):
    return functools.reduce(getattr, name.split("."), namespace)


def leaves(result):
    if isinstance(result, (tuple, list)):
        return [leaf for part in result for leaf in leaves(part)]
    return [result]


def is_data(x):
    return isinstance(x, np.ndarray) and x.ndim > 0


def dtype_of(x):
    return keras.backend.standardize_dtype(x.dtype)


@pytest.mark.parametrize(("name", "args", "kwargs", "options"), ROWS, ids=IDS)
def test_values_and_dtypes(name, args, kwargs, options):
    expected = leaves(find(keras.ops, name)(*args, **kwargs))
    got = leaves(find(ops, name)(*args, **kwargs))
    assert len(got) == len(expected)
    for one, two in zip(got, expected, strict=True):
        assert tuple(np.shape(one)) == tuple(np.shape(two))
        if hasattr(two, "dtype"):
            assert dtype_of(one) == dtype_of(two)
        compare(np.asarray(one), np.asarray(two), options["tolerance"])


def compare(one, two, tolerance):
    if two.dtype.name == "bfloat16":
        one, two = one.astype("float32"), two.astype("float32")
    np.testing.assert_allclose(one, two, rtol=tolerance, atol=tolerance)


def symbolic(x, make):
    if isinstance(x, (tuple, list)) and any(is_data(item) for item in x):
        return type(x)(symbolic(item, make) for item in x)
    return make(x.shape, str(x.dtype)) if is_data(x) else x


FIRSTS = {}
for _id, _row in zip(IDS, ROWS, strict=True):
    FIRSTS.setdefault(_row[0], (_id, _row))
SYMBOLIC = [pair for pair in FIRSTS.values() if pair[1][3]["symbolic"]]


@pytest.mark.parametrize(
    ("name", "args", "kwargs"), [row[:3] for _, row in SYMBOLIC], ids=[i for i, _ in SYMBOLIC]
)
def test_symbolic_is_eager(name, args, kwargs):
    expected = leaves(find(ops, name)(*args, **kwargs))
    given = symbolic(list(args), lambda shape, dtype: addax.KerasTensor(shape, dtype))
    if not any(isinstance(leaf, addax.KerasTensor) for leaf in leaves(given)):
        return
    got = leaves(find(ops, name)(*given, **kwargs))
    assert [(x.shape, dtype_of(x)) for x in got] == [(x.shape, dtype_of(x)) for x in expected]
    assert all(isinstance(x, addax.KerasTensor) for x in got)


BATCHED = [
    row
    for row in (*table_nn.NETWORKS, *table_nn.PICTURES, *table_shapes.FOURIER)
    if row[3]["symbolic"]
    and is_data(row[1][0])
    and row[1][0].shape[0] == 2
    # these take no batch
    and not row[0].startswith(("image.map_", "image.scale_and", "sparse_", "ctc_"))
]


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    list({row[0]: row[:3] for row in BATCHED}.values()),
    ids=list(dict.fromkeys(row[0] for row in BATCHED)),
)
def test_unknown_batch(name, args, kwargs):
    first, *rest = args
    if any(np.ndim(x) > 1 and np.shape(x)[0] == 2 for x in rest):
        return  # two batches
    expected = leaves(find(ops, name)(*args, **kwargs))
    symbol = addax.KerasTensor((None, *first.shape[1:]), str(first.dtype))
    got = leaves(find(ops, name)(symbol, *rest, **kwargs))
    assert [x.shape for x in got] == [(None, *x.shape[1:]) for x in expected]


def float_places(args):
    return [i for i, x in enumerate(args) if is_data(x) and x.dtype == np.float32]


DIFFERENTIABLE = [
    pair for pair in FIRSTS.values() if pair[1][3]["grad"] and float_places(pair[1][1])
]


@pytest.mark.parametrize(
    ("name", "args", "kwargs", "options"),
    [row for _, row in DIFFERENTIABLE],
    ids=[i for i, _ in DIFFERENTIABLE],
)
def test_gradients(name, args, kwargs, options):
    places = float_places(args)

    def weighted(result, cast):
        total = 0.0
        for leaf in leaves(result):
            if "float" in dtype_of(leaf):
                weights = np.cos(np.arange(np.size(leaf), dtype="float32")).reshape(leaf.shape)
                total = total + cast(leaf * weights)
        return total

    def theirs(*values):
        filled = list(args)
        for place, value in zip(places, values, strict=True):
            filled[place] = value
        return weighted(find(keras.ops, name)(*filled, **kwargs), keras.ops.sum)

    values = [args[i] for i in places]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = jax.grad(theirs, tuple(range(len(values))))(*values)
    tensors = [addax.ops.convert_to_tensor(value) for value in values]
    filled = list(args)
    for place, tensor in zip(places, tensors, strict=True):
        filled[place] = tensor
    with addax.GradientTape() as tape:
        for tensor in tensors:
            tape.watch(tensor)
        loss = weighted(find(ops, name)(*filled, **kwargs), ops.sum)
    got = [None] * len(tensors) if isinstance(loss, float) else tape.gradient(loss, tensors)
    for one, two in zip(got, expected, strict=True):
        one = np.zeros_like(two) if one is None else np.asarray(one)
        compare(one, np.asarray(two), 10 * options["tolerance"])


def public(module):
    return {name for name in dir(module) if not name.startswith("_")}


@pytest.mark.parametrize("part", ["", "numpy", "nn", "linalg", "image"])
def test_nothing_of_keras_is_missing(part):
    theirs, ours = (find(space, part) if part else space for space in (keras.ops, ops))
    assert public(theirs) <= public(ours)


def test_every_op_has_a_row():
    have = {row[0] for row in ROWS} | ELSEWHERE
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
