"""Calls of every op; data are seeded.

A row is `(name, arguments, keyword arguments, options)`. The first row of each name is also
differentiated and called on symbolic tensors, unless its options say no.
"""

import numpy as np

RNG = np.random.Generator(np.random.Philox(5))


def normal(*shape):
    return RNG.normal(size=shape).astype("float32")


def positive(*shape):
    return RNG.uniform(0.1, 3.0, shape).astype("float32")


def unit(*shape):
    return RNG.uniform(-0.95, 0.95, shape).astype("float32")


def ints(*shape, low=0, high=7):
    return RNG.integers(low, high, shape).astype("int32")


def words(text):
    return text.split()


def row(name, *args, grad=True, symbolic=True, tolerance=2e-5, **kwargs):
    return name, args, kwargs, {"grad": grad, "symbolic": symbolic, "tolerance": tolerance}


X = normal(3, 4)
Y = normal(3, 4)
INTS, MORE_INTS = ints(3, 4), ints(3, 4, low=1)
BOOLS = X > 0
BATCH = normal(2, 3, 4)
SQUARE = normal(2, 3, 3)
DEFINITE = SQUARE @ np.swapaxes(SQUARE, -1, -2) + 2 * np.eye(3, dtype="float32")
LOWER = np.tril(SQUARE) + 2 * np.eye(3, dtype="float32")
NANS = np.where(np.abs(X) > 1, np.float32("nan"), X)
EDGE = np.array([-np.inf, -1e30, -1.0, -0.0, 0.0, 1.0, 1e30, np.inf, np.nan], "float32")
IMAGES = RNG.uniform(size=(2, 7, 6, 3)).astype("float32")
COMPLEX = (X + 1j * Y).astype("complex64")

_UNARY = words(
    """arctan arcsinh cos cosh exp exp2 expm1 negative sin sinh square tanh absolute abs ceil
    floor sign trunc round rad2deg deg2rad sinc fabs cbrt relu relu6 sigmoid silu swish
    softplus softsign log_sigmoid leaky_relu elu selu celu gelu hard_sigmoid hard_silu
    hard_swish hard_tanh hard_shrink soft_shrink tanh_shrink squareplus sparse_plus
    sparse_sigmoid softmax log_softmax erf erfc i0 stop_gradient copy"""
)
_POSITIVE = words("log log10 log1p log2 sqrt rsqrt reciprocal")
_UNIT = words("arccos arcsin arctanh erfinv tan")
_TESTS = words("isfinite isinf isnan isneginf isposinf isreal logical_not signbit")
_BINARY = words(
    """add subtract multiply maximum minimum arctan2 logaddexp logaddexp2 hypot fmax fmin"""
)
_DIVISIONS = words("divide true_divide mod floor_divide fmod divide_no_nan")
_COMPARE = words(
    """equal not_equal greater greater_equal less less_equal logical_and logical_or
    logical_xor isclose allclose"""
)
_BITS = ["bitwise_and", "bitwise_or", "bitwise_xor"]
_SHIFTS = words("left_shift right_shift bitwise_left_shift bitwise_right_shift")
_REDUCE = words("sum mean prod std var max min amax amin median ptp")
_NAN = words("nansum nanmean nanmax nanmin nanprod nanstd nanvar nanmedian")
_NOT_SMOOTH = {"floor_divide", "i0", "mod", "fmod"}

ELEMENTWISE = [
    *(row(name, X) for name in _UNARY),
    *(row(name, positive(3, 4)) for name in _POSITIVE),
    *(row(name, unit(3, 4)) for name in _UNIT),
    *(row(name, EDGE, grad=False) for name in [*_UNARY, *_POSITIVE, *_TESTS] if name != "i0"),
    *(row(name, X) for name in _TESTS),
    row("arccosh", positive(4) + 1),
    row("glu", X),
    row("threshold", X, 0.5, 0.1, grad=False),
    row("bitwise_not", INTS),
    row("bitwise_invert", INTS),
    row("angle", COMPLEX, grad=False, symbolic=False),
    row("real", COMPLEX, grad=False, symbolic=False),
    row("imag", COMPLEX, grad=False, symbolic=False),
    row("conj", COMPLEX, grad=False, symbolic=False),
    row("conjugate", X),
    row("nan_to_num", EDGE, grad=False),
    row("nan_to_num", EDGE, nan=1.0, posinf=2.0, neginf=-2.0, grad=False),
    row("clip", X, -0.5, 0.5),
    row("clip", INTS, 1, 3),
    row("cast", X, "int32"),
    row("saturate_cast", 300 * X, "uint8", grad=False),
    row("saturate_cast", 300 * X, "float16", grad=False),
    row("view", X, dtype="int32", grad=False),
    row("view", INTS, dtype="float32", grad=False),
    row("round", 10 * X, decimals=1, grad=False),
]

_PAIRS = [(X, Y[0]), (INTS, MORE_INTS), (3, X)]  # dtypes: `test_promotion`
BINARY = [
    *(row(name, *pair) for name in _BINARY for pair in _PAIRS),
    *(row(name, *pair, grad=name not in _NOT_SMOOTH) for name in _DIVISIONS for pair in _PAIRS),
    *(row(name, *pair) for name in _COMPARE for pair in _PAIRS),
    *(row(name, INTS, MORE_INTS) for name in _BITS + _SHIFTS),
    *(row(name, BOOLS, ~BOOLS) for name in _BITS),
    row("add", BOOLS, BOOLS),
    row("sum", BOOLS, axis=0),
    row("power", positive(3, 4), Y),
    row("power", INTS, 2),
    row("divide_no_nan", X, np.where(BOOLS, X, 0)),
    row("gcd", INTS, MORE_INTS),
    row("lcm", INTS, MORE_INTS),
    row("heaviside", X, Y, grad=False),
    row("ldexp", X, MORE_INTS, grad=False),
    row("nextafter", X, Y, grad=False),
    row("matmul", X, Y.T),
    row("matmul", INTS, MORE_INTS.T),
    row("matmul", BATCH, normal(4, 2)),
    row("matmul", X, Y[0]),
    row("dot", BATCH, normal(4, 2)),
    row("dot", X, 2.0),
    row("vdot", X, Y),
    row("inner", X, Y),
    row("outer", X[0], Y[1]),
    row("kron", X, Y),
    row("tensordot", BATCH, normal(3, 4, 2)),
    row("tensordot", BATCH, normal(3, 5), axes=[[1], [0]]),
    row("einsum", "bij,bkj->bik", BATCH, BATCH, symbolic=False),
    row("cross", X[:, :3], Y[:, :3]),
    row("polar", positive(3), X[0, :3], grad=False),
    row("psnr", IMAGES, IMAGES * 0.9, 1.0),
    row("cdist", X, normal(5, 4)),
    row("correlate", X[0], Y[0, :2], symbolic=False),
    row("correlate", X[0], Y[0, :3], mode="same", symbolic=False),
    row("correlate", INTS[0], Y[0, :3], mode="full", symbolic=False),
    row("where", BOOLS, X, Y),
    row("where", BOOLS, X, 0),
    row("where", BOOLS, INTS, X),
    row("select", [BOOLS, ~BOOLS], [X, Y], 1.0, symbolic=False),
    row("logical_and", INTS, BOOLS),
]

REDUCTIONS = [
    *(row(name, X) for name in _REDUCE),
    *(row(name, INTS, axis=1) for name in _REDUCE),
    *(row(name, BATCH, axis=(0, 2), keepdims=True) for name in _REDUCE if name != "median"),
    *(row(name, NANS, axis=1, grad=False) for name in _NAN),
    *(row(name, BOOLS, axis=0) for name in ("all", "any", "count_nonzero")),
    *(row(name, X, axis=1) for name in ("argmax", "argmin", "all", "any", "count_nonzero")),
    *(row(name, X, keepdims=True) for name in ("argmax", "argmin")),
    *(row(name, NANS, axis=1, grad=False) for name in ("nanargmax", "nanargmin")),
    *(row(name, X, axis=0) for name in ("cumsum", "cumprod", "sort", "argsort", "diff")),
    *(row(name, INTS, axis=1) for name in ("cumsum", "cumprod", "sort", "argsort", "diff")),
    *(row(name, X) for name in ("argmax", "argmin", "trapezoid", "logsumexp")),
    *(row(name, NANS, axis=1, grad=False) for name in ("nancumsum", "nancumprod")),
    row("max", X, axis=0, initial=0.5, grad=False),
    row("min", X, axis=0, initial=-0.5, grad=False),
    row("prod", X, dtype="float16", tolerance=1e-2, grad=False),
    row("cumsum", BOOLS, dtype="int32"),
    row("average", X, axis=0, weights=positive(3, 4)),
    row("average", INTS, axis=1),
    row("logsumexp", 1000 * X, axis=1, keepdims=True),
    row("quantile", X, 0.3),
    row("quantile", X, [0.1, 0.9], axis=1, method="lower", grad=False),
    row("percentile", X, [10, 50], axis=0, keepdims=True),
    row("nanquantile", NANS, 0.3, grad=False),
    row("nanpercentile", NANS, [20.0, 80.0], axis=0, grad=False),
    row("corrcoef", X),
    row("norm", X),
    row("norm", X, ord=1, axis=0),
    row("norm", X, ord="nuc", grad=False, tolerance=1e-4),
    row("norm", X, ord=np.inf, axis=1, keepdims=True),
    row("bincount", INTS[0], symbolic=False),
    row("bincount", INTS[0], weights=positive(4), minlength=9, symbolic=False, grad=False),
    row("histogram", X[0], bins=5, symbolic=False, grad=False),
    row("histogram", X[0], bins=4, range=(-1.0, 1.0), symbolic=False),
    row("digitize", X, np.array([-1.0, 0.0, 1.0], "float32"), symbolic=False),
    row("searchsorted", np.sort(X[0]), Y[0]),
    row("searchsorted", np.sort(X[0]), Y[0], side="right"),
    row("isin", INTS, MORE_INTS[0], symbolic=False),
    row("unique", INTS, symbolic=False),
    row("unique", INTS, return_inverse=True, return_counts=True, symbolic=False),
    row("unique", INTS, size=9, fill_value=-1, symbolic=False),
    row("nonzero", INTS, symbolic=False),
    row("argpartition", X[0], 0, symbolic=False),
    row("top_k", X, 2),
    row("in_top_k", ints(3, high=4), X, 2),
    row("segment_sum", X, np.array([0, 1, 1]), 3),
    row("segment_prod", X, np.array([0, 1, 1]), 3, grad=False),
    row("segment_max", X, np.array([0, 1, 1]), 2),
    row("segment_min", X, np.array([0, 1, 1]), 2, grad=False),
    row("moments", BATCH, [0, 1]),
]
