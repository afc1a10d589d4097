"""Hashes of strings that are the same everywhere: FarmHash 64, SipHash-2-4, and crosses.

References: https://github.com/google/farmhash and https://www.131002.net/siphash/siphash.pdf.
"""

from __future__ import annotations

from collections.abc import Sequence

_MASK = 2**64 - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_CROSS = 0xC6A4A7935BD1E995
_CROSS_KEY = 0xDECAFCAFFE
Pair = tuple[int, int]


def farm_hash(data: bytes) -> int:
    """Return the 64-bit FarmHash fingerprint of bytes.

    Example:
        >>> farm_hash(b"a") % (2**31 - 1)
        493484721
    """
    if len(data) > 64:
        return _hash_long(data)
    mul = (_K2 + 2 * len(data)) & _MASK
    if len(data) > 32:
        return _hash_33_to_64(data, mul)
    return _hash_17_to_32(data, mul) if len(data) > 16 else _hash_to_16(data, mul)


def _word(data: bytes, at: int) -> int:
    at = at if at >= 0 else len(data) + at
    return int.from_bytes(data[at : at + 8], "little")


def _rotate(value: int, by: int) -> int:
    """Rotate 64 bits to the right."""
    value &= _MASK
    return (value >> by | value << (64 - by)) & _MASK


def _shifted(value: int) -> int:
    value &= _MASK
    return value ^ value >> 47


def _mix(u: int, v: int, mul: int) -> int:
    a = _shifted(((u ^ v) & _MASK) * mul)
    return _shifted((v & _MASK ^ a) * mul) * mul & _MASK


def _hash_to_16(data: bytes, mul: int) -> int:
    size = len(data)
    if size >= 8:
        a, b = _word(data, 0) + _K2, _word(data, -8)
        return _mix(_rotate(b, 37) * mul + a, (_rotate(a, 25) + b) * mul, mul)
    if size >= 4:
        first, last = (int.from_bytes(part, "little") for part in (data[:4], data[-4:]))
        return _mix(size + (first << 3), last, mul)
    if not size:
        return _K2
    low = data[0] + (data[size >> 1] << 8)
    return _shifted(low * _K2 ^ (size + (data[-1] << 2)) * _K0) * _K2 & _MASK


def _hash_17_to_32(data: bytes, mul: int) -> int:
    a, b = _word(data, 0) * _K1, _word(data, 8)
    c, d = _word(data, -8) * mul, _word(data, -16) * _K2
    first = _rotate(a + b, 43) + _rotate(c, 30) + d
    return _mix(first, a + _rotate(b + _K2, 18) + c, mul)


def _hash_33_to_64(data: bytes, mul: int) -> int:
    a, b = _word(data, 0) * _K2, _word(data, 8)
    c, d = _word(data, -8) * mul, _word(data, -16) * _K2
    y = _rotate(a + b, 43) + _rotate(c, 30) + d
    z = _mix(y, a + _rotate(b + _K2, 18) + c, mul)
    e, f = _word(data, 16) * mul, _word(data, 24)
    g, h = (y + _word(data, -32)) * mul, (z + _word(data, -24)) * mul
    first = _rotate(e + f, 43) + _rotate(g, 30) + h
    return _mix(first, e + _rotate(f + a, 18) + g, mul)


def _pair(data: bytes, at: int, a: int, b: int) -> Pair:
    """Mix 32 bytes into two words."""
    w, x, y, z = (_word(data, at + 8 * i) for i in range(4))
    a += w
    total = a + x + y
    return (total + z) & _MASK, (_rotate(b + a + z, 21) + _rotate(total, 44) + a) & _MASK


def _round(
    data: bytes, at: int, x: int, y: int, z: int, v: Pair, w: Pair, mul: int, weight: int
) -> tuple[int, int, int, Pair, Pair]:
    """Mix 64 bytes into seven words."""
    x = _rotate(x + y + v[0] + _word(data, at + 8), 37) * mul
    y = _rotate(y + v[1] + _word(data, at + 48), 42) * mul
    x = (x ^ w[1] * weight) & _MASK
    y = (y + v[0] * weight + _word(data, at + 40)) & _MASK
    z = _rotate(z + w[0], 33) * mul & _MASK
    v = _pair(data, at, v[1] * mul, x + w[0])
    w = _pair(data, at + 32, z + w[1], y + _word(data, at + 16))
    return z, y, x, v, w


def _hash_long(data: bytes) -> int:
    seed = 81
    y = (seed * _K1 + 113) & _MASK
    z = _shifted(y * _K2 + 113) * _K2 & _MASK
    x = (seed * _K2 + _word(data, 0)) & _MASK
    v: Pair = (0, 0)
    w: Pair = (0, 0)
    for at in range(0, (len(data) - 1) // 64 * 64, 64):
        x, y, z, v, w = _round(data, at, x, y, z, v, w, _K1, 1)
    mul = (_K1 + ((z & 255) << 1)) & _MASK
    w = (w[0] + (len(data) - 1 & 63), w[1])
    v = (v[0] + w[0], v[1])
    w = (w[0] + v[0], w[1])
    x, y, z, v, w = _round(data, len(data) - 64, x, y, z, v, w, mul, 9)
    first = _mix(v[0], w[0], mul) + _shifted(y) * _K0 + z
    return _mix(first, _mix(v[1], w[1], mul) + x, mul)


def sip_hash(data: bytes, key: Sequence[int]) -> int:
    """Return SipHash-2-4 of bytes, for a key of two integers."""
    k0, k1 = (part & _MASK for part in key)
    state = [
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    ]
    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for at in range(0, len(padded), 8):
        word = int.from_bytes(padded[at : at + 8], "little")
        state[3] ^= word
        _sip_rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xFF
    _sip_rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _sip_rounds(state: list[int], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a, c = (a + b) & _MASK, (c + d) & _MASK
        b, d = _rotate(b, 51) ^ a, _rotate(d, 48) ^ c
        a = _rotate(a, 32)
        c, a = (c + b) & _MASK, (a + d) & _MASK
        b, d = _rotate(b, 47) ^ c, _rotate(d, 43) ^ a
        c = _rotate(c, 32)
    state[:] = a, b, c, d


def cross_hash(values: Sequence[int | str | bytes]) -> int:
    """Return the hash of several features together, in their order."""
    total = _CROSS_KEY
    for value in values:
        number = int(value) if isinstance(value, int) else farm_hash(_as_bytes(value))
        total = _joined(total, number & _MASK)
    return total


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _joined(first: int, second: int) -> int:
    result = (first ^ _CROSS ^ _shifted(second * _CROSS) * _CROSS) & _MASK
    return _shifted(_shifted(result * _CROSS) * _CROSS)
