"""Training states: what goes in comes out, and nothing else can be made to come out."""

import hashlib
import json

import ml_dtypes
import numpy as np
import pytest

from addax.io import checkpoint


def same(left, right):
    if isinstance(left, np.ndarray | np.generic):
        return left.dtype == right.dtype and np.array_equal(left, right, equal_nan=True)
    if isinstance(left, list | tuple):
        pairs = zip(left, right, strict=True)
        return type(left) is type(right) and all(same(a, b) for a, b in pairs)
    if isinstance(left, dict):
        return list(left) == list(right) and all(same(left[k], right[k]) for k in left)
    return type(left) is type(right) and (left == right or left != left)


VALUES = [
    None, True, 3, -(2**70), 0.1, float("nan"), float("inf"), "text", "\u00e4 \n", [], (), {},
    [1, (2, [3.5])], {"a": {"b": (1,)}, 2: None, (1, 2): "tuple"}, {"dict": 1, "array": 0},
    np.arange(6, dtype="int32").reshape(2, 3), np.zeros((0, 4), "float32"), np.float32(0.1),
    np.array(True), np.arange(3).astype(ml_dtypes.bfloat16), np.arange(8.0)[::2],
    [np.ones((2, 2), "float16"), np.uint32(7)], np.array([1 + 2j], "complex64"),
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=lambda value: str(value)[:20])
def test_what_goes_in_comes_out(value, tmp_path):
    checkpoint.write(tmp_path / "state", value)
    found = checkpoint.read(tmp_path / "state")
    assert same(value, found)
    if isinstance(found, np.ndarray):
        assert found.flags.writeable


@pytest.mark.parametrize("value", [object(), {1, 2}, [print], np.array(["a"]), b"bytes"])
def test_other_things_are_refused_and_leave_the_file_alone(value, tmp_path):
    path = tmp_path / "state"
    checkpoint.write(path, 1)
    assert not checkpoint.is_plain(value)
    with pytest.raises(TypeError, match="cannot hold"):
        checkpoint.write(path, value)
    assert checkpoint.read(path) == 1
    assert [p.name for p in tmp_path.iterdir()] == ["state"]


def test_every_changed_byte_is_noticed(tmp_path):
    path = tmp_path / "state"
    checkpoint.write(path, {"weights": np.arange(3.0)})
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        path.write_bytes(changed)
        with pytest.raises(ValueError, match="damaged"):
            checkpoint.read(path)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="damaged"):
            checkpoint.read(path)


def forged(header, arrays=b""):
    """Return a file with any header and the right hash."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    rest = len(text).to_bytes(8, "little") + text + arrays
    return b"ADDAXCP1" + hashlib.sha256(rest).digest() + rest


@pytest.mark.parametrize(
    "header",
    [
        b"not json",
        b"[" * 100_000,
        [],
        {"content": 1},
        {"content": {"array": 0}, "arrays": []},
        {"content": {"run": "code"}, "arrays": []},
        {"content": {"tuple": [], "dict": []}, "arrays": []},
        {"content": {"dict": [[[], 1]]}, "arrays": []},
        {"content": {"array": 0}, "arrays": [["float32", [2**40, 2**40]]]},
        {"content": {"array": 0}, "arrays": [["float32", [-1]]]},
        {"content": {"array": 0}, "arrays": [["float32", [1.5]]]},
        {"content": {"array": 0}, "arrays": [["object", [1]]]},
        {"content": {"array": 0}, "arrays": [["V8", [1]]]},
        {"content": {"array": 0}, "arrays": [[["float32"], [1]]]},
        {"content": {"array": 0}, "arrays": 5},
    ],
    ids=lambda header: str(header)[:50],
)
def test_forged_headers(header, tmp_path):
    path = tmp_path / "state"
    path.write_bytes(forged(header, bytes(64)))
    with pytest.raises(ValueError, match="does not describe a training state"):
        checkpoint.read(path)


def test_header_longer_than_the_file(tmp_path):
    rest = (2**62).to_bytes(8, "little") + b"{}"
    (tmp_path / "state").write_bytes(b"ADDAXCP1" + hashlib.sha256(rest).digest() + rest)
    with pytest.raises(ValueError, match="does not describe a training state"):
        checkpoint.read(tmp_path / "state")
