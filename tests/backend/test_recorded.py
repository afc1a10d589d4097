"""Functions of tensors against what Keras returned for the same calls."""

from pathlib import Path

import numpy as np
import pytest

from addax import backend as K  # noqa: N812 (as scripts spell it)
from tests.backend.cases import CASES
from tests.backend.record import flat

RECORDED = np.load(Path(__file__).with_name("keras.npz"))


@pytest.mark.parametrize("name", CASES)
def test_same_values(name):
    for i, arguments in enumerate(CASES[name]):
        for j, found in enumerate(flat(getattr(K, name)(*arguments))):
            expected = RECORDED[f"{name}/{i}/{j}"]
            assert np.asarray(found).shape == expected.shape, (i, j)
            np.testing.assert_allclose(found, expected, rtol=5e-5, atol=2e-5, err_msg=f"{i} {j}")
