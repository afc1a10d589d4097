"""The parts of the demo; the whole of it runs in `make demo`."""

import io

import numpy as np
from rich.console import Console

from addax.cli import demo


def test_parts_of_the_data():
    x, y, x_validation, y_validation, x_test, y_test = demo._load()
    assert [len(part) for part in (x, x_validation, x_test)] == [1300, 137, 360]
    assert [len(part) for part in (y, y_validation, y_test)] == [1300, 137, 360]
    assert x.shape[1:] == (8, 8, 1)
    assert x.dtype == np.float32
    assert (x.min(), x.max()) == (0, 1)


def test_shifted_copies():
    x = np.arange(64, dtype="float32").reshape(1, 8, 8, 1)
    copies, labels = demo._with_shifted_copies(x, np.array([3]))
    assert labels.tolist() == [3] * 5
    np.testing.assert_array_equal(copies[0], x[0])
    np.testing.assert_array_equal(copies[1][1:], x[0][:-1])
    assert not copies[1][0].any()
    np.testing.assert_array_equal(copies[4][:, :-1], x[0][:, 1:])


def test_drawing_has_two_characters_a_pixel():
    assert demo._drawing(np.array([[0.0, 0.5], [0.25, 1.0]])) == "  ▒▒\n░░██"


def test_gallery_names_prediction_and_truth():
    console = Console(width=80, file=io.StringIO())
    outputs = np.array([[0.1, 0.9], [0.75, 0.25]])
    console.print(demo._gallery(np.ones((2, 8, 8, 1)), np.array([1, 1]), outputs))
    text = console.file.getvalue()
    assert "predicted 1 (90.0%)" in text
    assert "predicted 0 (75.0%)" in text
    assert text.count("truth     1") == 2


def test_model_has_ten_outputs():
    model = demo._model()
    assert model.output_shape == (None, 10)
    assert model.count_params() == 151_306
