"""Distributions, seeds, names and configs, against Keras."""

import keras
import numpy as np
import pytest

from addax import initializers
from addax.core.variable import SeedGenerator, Variable, set_random_seed

RANDOM = [
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
]
FIXED = ["Zeros", "Ones", "Constant", "Identity", "STFT"]


@pytest.mark.parametrize("name", [n for n in RANDOM if n != "Orthogonal"])
@pytest.mark.parametrize("shape", [(200, 300), (3, 3, 50, 80)])
def test_spread_is_that_of_keras(name, shape):
    ours = getattr(initializers, name)(seed=1)(shape)
    theirs = np.asarray(getattr(keras.initializers, name)(seed=1)(shape))
    assert ours.shape == shape
    assert ours.dtype == np.float32
    assert abs(ours.mean()) < 4 * theirs.std() / np.sqrt(ours.size)
    np.testing.assert_allclose(ours.std(), theirs.std(), rtol=0.02)
    np.testing.assert_allclose(np.abs(ours).max(), np.abs(theirs).max(), rtol=0.2)


@pytest.mark.parametrize("mode", ["fan_in", "fan_out", "fan_avg"])
@pytest.mark.parametrize("distribution", ["uniform", "truncated_normal", "untruncated_normal"])
def test_variance_scaling(mode, distribution):
    fans = {"fan_in": 100, "fan_out": 400, "fan_avg": 250}
    values = initializers.VarianceScaling(3.0, mode, distribution, seed=2)((100, 400))
    np.testing.assert_allclose(values.var(), 3.0 / fans[mode], rtol=0.02)


def test_axes_of_variance_scaling():
    init = initializers.VarianceScaling(seed=1, input_axes=(0, 1), output_axes=(2, 3))
    assert abs(init((10, 20, 5, 4)).var() * 200 - 1) < 0.1
    assert initializers.compute_fans((10, 20, 5, 4), (0, 1), (2, 3)) == (200, 20)
    assert initializers.compute_fans((7,)) == (7, 7)
    assert initializers.compute_fans(()) == (1, 1)
    with pytest.raises(ValueError, match="must not overlap"):
        initializers.compute_fans((2, 3), 0, (0, 1))


def test_truncated_normal_stays_within_two_sigma():
    values = initializers.TruncatedNormal(1.0, 0.5, seed=1)((10000,))
    assert np.abs(values - 1).max() <= 1.0
    np.testing.assert_allclose(values.std(), 0.5 * 0.8796, rtol=0.03)


@pytest.mark.parametrize("shape", [(4, 4), (6, 3), (3, 6), (3, 3, 2, 5)])
def test_orthogonal(shape):
    q = initializers.Orthogonal(gain=2.0, seed=1)(shape).reshape(-1, shape[-1])
    product = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
    np.testing.assert_allclose(product, 4 * np.eye(len(product)), atol=1e-5)


def test_fixed_values():
    np.testing.assert_array_equal(initializers.Zeros()((2, 3), "int32"), np.zeros((2, 3), "int32"))
    np.testing.assert_array_equal(initializers.Ones()((2,)), [1, 1])
    np.testing.assert_array_equal(initializers.Constant([1, 2])((2, 2)), [[1, 2], [1, 2]])
    np.testing.assert_array_equal(initializers.Identity(gain=3)((2, 3)), 3 * np.eye(2, 3))


@pytest.mark.parametrize("side", ["real", "imag"])
@pytest.mark.parametrize("scaling", ["density", "spectrum", None])
def test_stft_is_that_of_keras(side, scaling):
    shape = (8, 1, 5)
    ours = initializers.STFT(side, "hann", scaling)(shape)
    theirs = np.asarray(keras.initializers.STFT(side, "hann", scaling)(shape))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


@pytest.mark.parametrize("name", RANDOM)
def test_seeds(name):
    make = getattr(initializers, name)
    one, two = make(seed=3), make(seed=3)
    np.testing.assert_array_equal(one((4, 4)), one((4, 4)))
    np.testing.assert_array_equal(one((4, 4)), two((4, 4)))
    assert not np.array_equal(one((4, 4)), make(seed=4)((4, 4)))
    assert not np.array_equal(make()((4, 4)), make()((4, 4)))
    moving = make(seed=SeedGenerator(3))
    assert not np.array_equal(moving((4, 4)), moving((4, 4)))


def test_global_seed_repeats_everything():
    draws = []
    for _ in range(2):
        set_random_seed(7)
        draws.append([initializers.GlorotUniform()((3, 3)) for _ in range(2)])
    np.testing.assert_array_equal(draws[0], draws[1])
    assert not np.array_equal(draws[0][0], draws[0][1])


def test_values_do_not_change_between_versions():
    values = initializers.RandomUniform(0.0, 1.0, seed=42)((3,))
    expected = np.random.Generator(np.random.Philox(key=[42, 0])).random(3, dtype="float32")
    np.testing.assert_array_equal(values, expected)


@pytest.mark.parametrize("name", RANDOM + FIXED)
def test_config_is_that_of_keras(name):
    ours, theirs = getattr(initializers, name)(), getattr(keras.initializers, name)()
    expected = theirs.get_config()
    if name == "Identity":
        expected["gain"] = 1.0  # Keras loses it
    assert ours.get_config() == expected
    saved = initializers.serialize(ours)
    assert saved == {**keras.initializers.serialize(theirs), "config": expected}
    again = initializers.deserialize(saved)
    assert type(again) is type(ours)
    assert again.get_config() == expected


def test_config_keeps_the_seed_as_given():
    config = initializers.serialize(initializers.HeNormal(seed=5))
    assert config["config"]["seed"] == 5
    config = initializers.serialize(initializers.HeNormal(seed=SeedGenerator(5)))
    again = initializers.deserialize(config)
    assert isinstance(again.seed, SeedGenerator)
    assert again.seed.seed == 5
    np.testing.assert_array_equal(again.clone()((3,)), again((3,)))


@pytest.mark.parametrize(
    "name",
    [
        *(n for n in dir(keras.initializers) if n[0] != "_"),
        "zero",
        "one",
        "normal",
        "uniform",
    ],
)
def test_names_of_keras(name):
    if name in ("get", "serialize", "deserialize", "Initializer", "Constant", "constant"):
        return
    expected = type(keras.initializers.get(name)).__name__
    assert type(initializers.get(name)).__name__ == expected
    if name not in ("zero", "one"):
        assert getattr(initializers, name).__name__ == expected


def test_other_identifiers():
    init = initializers.HeNormal(seed=1)
    assert initializers.get(init) is init
    assert initializers.get(None) is None
    assert isinstance(initializers.get(initializers.Zeros), initializers.Zeros)
    assert isinstance(initializers.get({"class_name": "Ones", "config": {}}), initializers.Ones)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_dtypes(dtype):
    for name in RANDOM:
        values = getattr(initializers, name)()((2, 2), dtype=dtype)
        assert values.dtype.name == dtype
    assert Variable(initializers.Ones(), (2,), "bfloat16").dtype == "bfloat16"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: initializers.get("glorot"), r"Unknown initializer: 'glorot'.*Did you mean"),
        (lambda: initializers.VarianceScaling(scale=0), "`scale` of `VarianceScaling`"),
        (lambda: initializers.VarianceScaling(mode="fan"), "`mode` of `VarianceScaling`"),
        (lambda: initializers.VarianceScaling(distribution="x"), "`distribution`"),
        (lambda: initializers.RandomNormal(seed="a"), "`seed` of `RandomNormal`"),
        (lambda: initializers.RandomNormal(seed=1.5), "`seed` of `RandomNormal`"),
        (lambda: initializers.Orthogonal()((3,)), "at least 2 sizes"),
        (lambda: initializers.Identity()((3,)), "must have 2 sizes"),
        (lambda: initializers.Zeros()((-1,)), "integers >= 0"),
        (lambda: initializers.HeNormal()((2, 2), "int32"), "floats only"),
        (lambda: initializers.STFT(side="left"), "`side` of `STFT`"),
    ],
)
def test_bad_values(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_unknown_argument():
    with pytest.raises(TypeError, match="`RandomNormal` has no argument `std`.*'stddev'"):
        initializers.RandomNormal(std=1.0)
