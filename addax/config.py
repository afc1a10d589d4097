"""Process-wide numeric defaults: float type, fuzz factor and image layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import errors

_FLOAT_TYPES = ("bfloat16", "float16", "float32", "float64")
_IMAGE_LAYOUTS = ("channels_last", "channels_first")

_floatx = "float32"
_epsilon = 1e-7
_image_data_format = "channels_last"

# Called when 64-bit floats are asked for: engines that default to 32 bits switch.
float64_hooks: list[Callable[[], None]] = []

# Settings that higher layers hold, such as the dtype policy: they put their functions here,
# and users find them as `config.dtype_policy` and so on.
more: dict[str, Callable[..., Any]] = {}


def __getattr__(name: str) -> Any:
    if name in more:
        return more[name]
    raise AttributeError(f"module 'addax.config' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *more})


def floatx() -> str:
    """Return the default float type of weights and data.

    Returns: one of `"bfloat16"`, `"float16"`, `"float32"` (the default), `"float64"`.

    Example:
        >>> floatx()
        'float32'
    """
    return _floatx


def set_floatx(value: str) -> None:
    """Set the default float type of weights and data created from now on.

    Args:
        value: `"bfloat16"`, `"float16"`, `"float32"` or `"float64"`.

    Raises:
        ValueError: for any other value.

    Example:
        >>> set_floatx("float32")
    """
    global _floatx
    _floatx = errors.one_of("set_floatx", "value", value, _FLOAT_TYPES)
    if _floatx == "float64":
        enable_float64()


def enable_float64() -> None:
    """Let the engine compute with 64-bit floats and integers."""
    for hook in float64_hooks:
        hook()


def epsilon() -> float:
    """Return the fuzz factor that keeps divisions and logarithms finite.

    Example:
        >>> epsilon()
        1e-07
    """
    return _epsilon


def set_epsilon(value: float) -> None:
    """Set the fuzz factor used in numeric expressions.

    Args:
        value: a small positive number; the default is 1e-7.

    Example:
        >>> set_epsilon(1e-7)
    """
    global _epsilon
    _epsilon = float(value)


def image_data_format() -> str:
    """Return the default layout of images, `"channels_last"` or `"channels_first"`.

    Example:
        >>> image_data_format()
        'channels_last'
    """
    return _image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set the default layout of images.

    Args:
        data_format: `"channels_last"` `(batch, height, width, channels)` or
            `"channels_first"` `(batch, channels, height, width)`.

    Raises:
        ValueError: for any other value.

    Example:
        >>> set_image_data_format("channels_last")
    """
    global _image_data_format
    _image_data_format = errors.one_of(
        "set_image_data_format", "data_format", data_format, _IMAGE_LAYOUTS
    )


def standardize_data_format(data_format: str | None) -> str:
    """Return `data_format`, or the process-wide default for `None`.

    Raises:
        ValueError: if it is neither `"channels_last"` nor `"channels_first"`.
    """
    if data_format is None:
        return image_data_format()
    return errors.one_of("this layer", "data_format", str(data_format).lower(), _IMAGE_LAYOUTS)
