"""`keras.npz` holds what Keras returns for the rows of the tables as they are now."""

import numpy as np
import pytest

from tests.ops import rows, table
from tests.ops.rows import ROWS
from tests.ops.truth import COMMAND, FILE, Truth

TRUTH = Truth.load()


def test_every_row_is_recorded_and_nothing_else():
    answers = [TRUTH.answer(row_id) for row_id in ROWS]
    assert len({id(answer) for answer in answers}) == len(TRUTH), f"out of date: run `{COMMAND}`"


def test_gradients_are_recorded_where_they_are_compared():
    for row_id in ROWS:
        places = rows.float_places(ROWS[row_id][1]) if row_id in rows.DIFFERENTIABLE else []
        assert len(TRUTH.answer(row_id).gradients) == len(places)


@pytest.mark.parametrize(
    ("recorded", "changed"),
    [
        (table.row("clip", table.INTS, 1, 3), table.row("clip", table.INTS, 1, 4)),
        (table.row("cos", table.EDGE), table.row("cos", np.nan_to_num(table.EDGE, nan=2.0))),
        (table.row("cos", table.EDGE), table.row("cos", table.EDGE.astype("float64"))),
        (table.row("cos", table.EDGE), table.row("cos", table.EDGE[::-1])),
        (
            table.row("round", 10 * table.X, decimals=1),
            table.row("round", 10 * table.X + 1e-2, decimals=1),
        ),
        (
            table.row("concatenate", [table.X, table.INTS]),
            table.row("concatenate", [table.X, table.INTS], axis=1),
        ),
    ],
    ids=["number", "nan", "dtype", "order", "data", "keyword"],
)
def test_a_changed_row_asks_for_a_recording(recorded, changed, monkeypatch):
    monkeypatch.setitem(ROWS, "row", recorded)
    assert TRUTH.answer("row").values
    monkeypatch.setitem(ROWS, "row", changed)
    with pytest.raises(LookupError, match=COMMAND):
        TRUTH.answer("row")


def test_same_bytes_whenever_it_is_saved(tmp_path):
    # against each other and not FILE: other releases of Python compress to other bytes
    paths = [tmp_path / name for name in ("first.npz", "second.npz")]
    for path in paths:
        TRUTH.save(path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    with np.load(paths[0]) as saved, np.load(FILE) as kept:
        assert sorted(saved) == sorted(kept)
        for name in kept:
            np.testing.assert_array_equal(saved[name], kept[name])
    assert FILE.stat().st_size < 1_000_000


@pytest.mark.slow
@pytest.mark.parametrize("row_id", ROWS)
def test_keras_returns_what_is_recorded(row_id):
    from tests.ops.record import answer

    recorded, now = TRUTH.answer(row_id), answer(row_id)
    tolerance = ROWS[row_id][3]["tolerance"]
    assert [leaf.dtype for leaf in recorded.values] == [leaf.dtype for leaf in now.values]
    for times, old, new in (
        (1, [leaf.value for leaf in recorded.values], [leaf.value for leaf in now.values]),
        (10, recorded.gradients, now.gradients),
    ):
        for one, two in zip(old, new, strict=True):
            assert one.shape == two.shape
            np.testing.assert_allclose(one, two, rtol=times * tolerance, atol=times * tolerance)
