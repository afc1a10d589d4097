"""Memory-mapped files: right rows, and little of the file stays in memory."""

from pathlib import Path

import numpy as np
import pytest

from addax.data import as_source, convert, lazy

_STATM = Path("/proc/self/statm")


def resident():
    """Bytes of this process that are in memory."""
    return int(_STATM.read_text().split()[1]) * 4096


@pytest.fixture
def mapped(tmp_path):
    path = tmp_path / "x.npy"
    rows = np.lib.format.open_memmap(path, "w+", "float32", (16_384, 2048))  # 128 MiB
    rows[:, 0] = np.arange(len(rows))
    rows.flush()
    return np.load(path, mmap_mode="r")


@pytest.mark.skipif(not _STATM.exists(), reason="reads /proc")
@pytest.mark.parametrize("shuffle", [True, False])
def test_a_pass_keeps_little_in_memory(mapped, shuffle, monkeypatch):
    monkeypatch.setattr(lazy, "_GIVE_BACK_AFTER", 2**23)
    monkeypatch.setattr(lazy, "_SCATTERED_ROWS", 4)
    monkeypatch.setattr(convert, "IN_MEMORY_LIMIT", 2**20)
    source = as_source(mapped, batch_size=256, shuffle=shuffle)
    before, peak, seen = resident(), 0, []
    for x, _, _ in source:
        peak = max(peak, resident())
        seen.append(x[:, 0].copy())
    assert peak - before < 48 * 2**20
    seen = np.concatenate(seen)
    assert np.array_equal(seen, np.arange(len(mapped))) is not shuffle
    np.testing.assert_array_equal(np.sort(seen), np.arange(len(mapped)))
