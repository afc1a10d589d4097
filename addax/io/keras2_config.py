"""Configs that Keras 2 wrote, in the argument names of Keras 3."""

from __future__ import annotations

from typing import Any

# by class: arguments that are gone, where what they said is the only thing there is now
_GONE = {
    "DepthwiseConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "DepthwiseConv1D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv1D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "Conv2DTranspose": ("groups",),
    "Conv1DTranspose": ("groups",),
    "Conv3DTranspose": ("groups",),
    "LSTM": ("implementation", "time_major"),
    "GRU": ("implementation", "time_major"),
    "SimpleRNN": ("implementation", "time_major"),
    "RNN": ("time_major",),
    "Embedding": ("input_length",),
}
_RENAMED = {
    "InputLayer": {"batch_input_shape": "batch_shape"},
    "LeakyReLU": {"alpha": "negative_slope"},
}
_OPTIMIZER_GONE = ("decay", "jit_compile", "is_legacy_optimizer", "lr")


def modernized(config: Any) -> Any:
    """Return a config with the entries that Keras 2 wrote translated, all others as they are.

    Args:
        config: of a model or layer; entries of Keras 2 have no `module`.

    Example:
        >>> modernized({"class_name": "LSTM", "config": {"units": 3, "time_major": False}})
        {'class_name': 'LSTM', 'config': {'units': 3}}
    """
    if isinstance(config, list):
        return [modernized(item) for item in config]
    if not isinstance(config, dict):
        return config
    found = {key: modernized(value) for key, value in config.items()}
    name, inner = found.get("class_name"), found.get("config")
    if isinstance(name, str) and isinstance(inner, dict) and "module" not in found:
        gone, renamed = _GONE.get(name, ()), _RENAMED.get(name, {})
        found["config"] = {
            renamed.get(key, key): _without_dtype(key, value)
            for key, value in inner.items()
            if key not in gone
        }
    return found


def _without_dtype(key: str, value: Any) -> Any:
    """Initializers of early TensorFlow 2 had a dtype."""
    if not key.endswith("_initializer") or not isinstance(value, dict):
        return value
    inner = value.get("config")
    if not isinstance(inner, dict) or "dtype" not in inner:
        return value
    return {**value, "config": {k: v for k, v in inner.items() if k != "dtype"}}


def modern_optimizer(config: Any) -> Any:
    """Return an optimizer's config without what optimizers no longer take.

    Example:
        >>> modern_optimizer({"class_name": "SGD", "config": {"lr": 0.1, "decay": 0.0}})
        {'class_name': 'SGD', 'config': {'learning_rate': 0.1}}
    """
    inner = config.get("config") if isinstance(config, dict) else None
    if not isinstance(inner, dict):
        return config
    kept = {key: value for key, value in inner.items() if key not in _OPTIMIZER_GONE}
    if "lr" in inner:
        kept.setdefault("learning_rate", inner["lr"])
    return {**config, "config": kept}
