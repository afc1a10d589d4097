"""Reads and writes `keras.npz`: what Keras 3 on JAX returns for every row of the tables.

An entry is found by the call as text (`add(float32[3,4], 3)`) and by one number for each array
in it, so that rows can move, and a row whose data changed has no entry. Those numbers are
compared with a tolerance, since the last bits of the data may depend on the machine.
"""

import json
from pathlib import Path

import numpy as np

from tests.ops.rows import DIFFERENTIABLE, ROWS, Answer, Leaf

FILE = Path(__file__).with_name("keras.npz")
COMMAND = "python tests/ops/record.py"
FORMAT = 1


def spell(x):
    """Return an argument as text, an array by its dtype and shape."""
    if isinstance(x, np.ndarray):
        return f"{x.dtype}{list(x.shape)}".replace(" ", "")
    if isinstance(x, (tuple, list)):
        inner = ", ".join(map(spell, x))
        return f"({inner})" if isinstance(x, tuple) else f"[{inner}]"
    return repr(x)


def call_text(row):
    name, args, kwargs, _ = row
    return f"{name}({', '.join([*map(spell, args), *(f'{k}={spell(kwargs[k])}' for k in kwargs)])})"


def number(array):
    """Return a number that differs between arrays that differ by more than rounding."""
    flat = np.atleast_1d(array).ravel()
    flat = np.concatenate([flat.real, flat.imag]) if flat.dtype.kind == "c" else flat
    flat = flat.astype("float64")
    size = np.log1p(np.abs(np.nan_to_num(flat, nan=1e50, posinf=1e60, neginf=-1e60)))
    signed = np.copysign(size + 1e-2, np.where(np.isnan(flat), 1.0, flat))
    return float(signed @ np.cos(1 + 0.7 * np.arange(flat.size)))


def numbers(x):
    """Return `number` of every array in a structure."""
    if isinstance(x, dict):
        return numbers(list(x.values()))
    if isinstance(x, (tuple, list)):
        return [n for part in x for n in numbers(part)]
    return [number(x)] if isinstance(x, np.ndarray) else []


def print_of(row):
    return [round(n, 6) for n in numbers([*row[1], row[2]])]


def wanted(row_id):
    """Return the call as text, with a mark where gradients are recorded too."""
    row = ROWS[row_id]
    return call_text(row) + (" and gradients" if row_id in DIFFERENTIABLE else "")


class Truth:
    """Recorded answers by row; `versions` says which Keras and JAX gave them."""

    def __init__(self, versions=None):
        self.versions = versions or {}
        self._entries = {}

    def add(self, row_id, answer):
        """Add the answer for a row, once where rows are the same."""
        if self._find(row_id) is None:
            entry = (print_of(ROWS[row_id]), answer)
            self._entries.setdefault(wanted(row_id), []).append(entry)

    def _find(self, row_id):
        given = print_of(ROWS[row_id])
        for found, answer in self._entries.get(wanted(row_id), ()):
            if len(found) == len(given) and np.allclose(found, given, rtol=0, atol=1e-4):
                return answer
        return None

    def answer(self, row_id):
        """Return the answer for a row.

        Raises:
            LookupError: where none is recorded for this call with these data.
        """
        answer = self._find(row_id)
        if answer is None:
            raise LookupError(
                f"{FILE.name} holds no answer of Keras to {wanted(row_id)} with these data. "
                f"Record it: `{COMMAND}`."
            )
        return answer

    def __len__(self):
        return sum(map(len, self._entries.values()))

    def save(self, path=FILE):
        """Write everything to one compressed file, the same bytes for the same answers."""
        index, chunks = [], []
        for text, entries in self._entries.items():
            for found, answer in entries:
                arrays = [*(leaf.value for leaf in answer.values), *answer.gradients]
                chunks += [np.ascontiguousarray(a).tobytes() for a in arrays]
                layout = [(a.dtype.str, a.shape) for a in arrays]
                index.append((text, found, [leaf.dtype for leaf in answer.values], layout))
        header = json.dumps({"format": FORMAT, "versions": self.versions, "index": index})
        parts = {"header": header.encode(), "data": b"".join(chunks)}
        np.savez_compressed(path, **{k: np.frombuffer(v, "uint8") for k, v in parts.items()})

    @classmethod
    def load(cls, path=FILE):
        with np.load(path) as file:
            header, data = json.loads(file["header"].tobytes()), file["data"].tobytes()
        if header["format"] != FORMAT:
            raise ValueError(f"{path} has format {header['format']}. Record again: `{COMMAND}`.")
        truth, start = cls(header["versions"]), 0
        for text, found, dtypes, layout in header["index"]:
            arrays = []
            for dtype, shape in layout:
                count = int(np.prod(shape))
                array = np.frombuffer(data, dtype, count, start).reshape(shape)
                start += array.nbytes
                arrays.append(array)
            values = [Leaf(*pair) for pair in zip(arrays, dtypes, strict=False)]
            entry = (found, Answer(values, arrays[len(dtypes) :]))
            truth._entries.setdefault(text, []).append(entry)
        return truth
