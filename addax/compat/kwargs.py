"""Old keywords of constructors: tables, and the one function that reads them.

`core.registry` calls `translate_kwargs` only when a constructor receives a keyword that it does
not know, so scripts in today's spelling never come here.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from addax.compat.decay import time_decay
from addax.compat.tables import words

Kwargs = dict[str, Any]

_KERNEL = {
    "init": "kernel_initializer",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "bias": "use_bias",
}
_WINDOW = {
    "border_mode": "padding",
    "dim_ordering": "data_format",
    "subsample": "strides",
    "subsample_length": "strides",
    "stride": "strides",
}
_CONV = {
    **_KERNEL,
    **_WINDOW,
    "nb_filter": "filters",
    "filter_length": "kernel_size",
    "atrous_rate": "dilation_rate",
    "depthwise_regularizer": "kernel_regularizer",
}
_POOL = {**_WINDOW, "pool_length": "pool_size"}
_RECURRENT = {
    **_KERNEL,
    "output_dim": "units",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "U_regularizer": "recurrent_regularizer",
    "U_constraint": "recurrent_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
}

RENAMED: dict[str, dict[str, dict[str, str]]] = {
    "optimizers": {"*": {"lr": "learning_rate"}},
    "callbacks": {"ReduceLROnPlateau": {"epsilon": "min_delta"}},
    "models": {"*": {"input": "inputs", "output": "outputs"}},
    "layers": {
        "Dense": {**_KERNEL, "output_dim": "units"},
        "Embedding": {
            "init": "embeddings_initializer",
            "W_regularizer": "embeddings_regularizer",
            "W_constraint": "embeddings_constraint",
        },
        "BatchNormalization": {"gamma_init": "gamma_initializer", "beta_init": "beta_initializer"},
        "Dropout": {"p": "rate"},
        "SpatialDropout1D": {"p": "rate"},
        "SpatialDropout2D": {"p": "rate", "dim_ordering": "data_format"},
        "SpatialDropout3D": {"p": "rate", "dim_ordering": "data_format"},
        "GaussianNoise": {"sigma": "stddev"},
        "GaussianDropout": {"p": "rate"},
        "AlphaDropout": {"p": "rate"},
        "LeakyReLU": {"alpha": "negative_slope"},
        "PReLU": {"init": "alpha_initializer"},
        "Bidirectional": {"backward": "backward_layer"},
        "Concatenate": {"concat_axis": "axis"},
        "Dot": {"dot_axes": "axes"},
        "InputLayer": {"input_shape": "shape", "batch_input_shape": "batch_shape"},
        "Flatten": {"dim_ordering": "data_format"},
        **dict.fromkeys(
            ("Conv1D", "Conv2D", "Conv3D", "SeparableConv1D", "SeparableConv2D"), _CONV
        ),
        **dict.fromkeys(("Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _CONV),
        **dict.fromkeys(("LocallyConnected1D", "LocallyConnected2D", "DepthwiseConv2D"), _CONV),
        **dict.fromkeys(("SimpleRNN", "LSTM", "GRU", "ConvLSTM2D"), {**_CONV, **_RECURRENT}),
        **dict.fromkeys(
            [f"{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)], _POOL
        ),
        **dict.fromkeys(
            [f"Global{kind}Pooling{n}D" for kind in ("Max", "Average") for n in (1, 2, 3)], _WINDOW
        ),
        **dict.fromkeys(
            [
                f"{kind}{n}D"
                for kind in ("UpSampling", "ZeroPadding", "Cropping")
                for n in (1, 2, 3)
            ],
            {**_WINDOW, "length": "size"},
        ),
    },
}
"""kind -> class name (`"*"`: all) -> old keyword -> new keyword."""

DROPPED: dict[str, dict[str, frozenset[str]]] = {
    "optimizers": {"*": frozenset({"schedule_decay", "jit_compile"})},
    "callbacks": {
        "ModelCheckpoint": frozenset({"options"}),
        "ProgbarLogger": frozenset({"stateful_metrics"}),
    },
    "layers": {
        "*": words(
            "cell_units consume_less dynamic experimental_autocast forget_bias_init fused "
            "implementation jit_compile renorm renorm_clipping renorm_momentum time_major "
            "virtual_batch_size zero_output_for_mask"
        ),
    },
}
"""Old keywords that choose how something is computed or kept, not what: left out."""

REFUSED: dict[str, str] = {
    "renorm": "batch renormalization does not exist in Addax",
    "virtual_batch_size": "virtual batches do not exist in Addax",
}
"""Of the dropped keywords, those that would change results when set."""

SHOWN: dict[str, tuple[str, ...]] = {
    "layers.Embedding": ("input_length",),
    "layers.GRU": ("implementation",),
    "layers.InputLayer": ("input_shape",),
    "layers.LSTM": ("implementation",),
    "layers.LeakyReLU": ("alpha",),
    "models.Model.fit": ("nb_epoch",),
    "optimizers.Optimizer": ("lr", "decay"),
}
"""Old keywords that `inspect.signature` names, for tools that look before they pass them."""

VALUES: dict[str, dict[Any, Any]] = {
    "data_format": {"tf": "channels_last", "th": "channels_first", "default": None},
}
"""new keyword -> old value -> new value."""


def _table(tables: dict[str, Any], kind: str, cls: type) -> dict[str, Any]:
    """Merge what a table says about a class, its bases and all classes of its kind."""
    by_class = tables.get(kind, {})
    merged: dict[str, Any] = dict.fromkeys(by_class.get("*", ())) if tables is DROPPED else {}
    if tables is RENAMED:
        merged.update(by_class.get("*", {}))
    for base in reversed(cls.__mro__):
        entry = by_class.get(base.__name__, {})
        merged.update(entry if isinstance(entry, dict) else dict.fromkeys(entry))
    return merged


def _rename(cls: type, kwargs: Kwargs, renamed: dict[str, str]) -> Kwargs:
    result: Kwargs = {}
    for name, value in kwargs.items():
        new = renamed.get(name, name)
        if new != name and (new in kwargs or new in result):
            raise TypeError(
                f"`{cls.__name__}` received `{name}`, the old name of `{new}`, and `{new}` too. "
                f"Pass only `{new}`."
            )
        result[new] = VALUES.get(new, {}).get(value, value) if _hashable(value) else value
    return result


def _hashable(value: Any) -> bool:
    return value.__hash__ is not None and not isinstance(value, tuple)


def _drop(cls: type, kwargs: Kwargs, dropped: dict[str, Any], accepted: set[str]) -> Kwargs:
    for name, reason in REFUSED.items():
        if name in dropped and name not in accepted and kwargs.get(name):
            raise ValueError(
                f"`{cls.__name__}`: {reason}. Received: {name}={kwargs[name]!r}. Leave it out."
            )
    return {k: v for k, v in kwargs.items() if k in accepted or k not in dropped}


def _input_shape(cls: type, kwargs: Kwargs, accepted: set[str]) -> Kwargs:
    """Make one `input_shape` of `input_dim` and `input_length`."""
    if "input_length" in accepted or not kwargs.keys() & {"input_dim", "input_length"}:
        return kwargs
    kwargs = dict(kwargs)
    length = kwargs.pop("input_length", None)
    if "input_dim" not in accepted and "input_dim" in kwargs:
        features = kwargs.pop("input_dim")
        is_sequence = length is not None or _reads_sequences(cls)
        shape: tuple[Any, ...] = (length, features) if is_sequence else (features,)
    elif length is not None:
        shape = tuple(length) if isinstance(length, (list, tuple)) else (length,)
    else:
        return kwargs
    return {"input_shape": shape, **kwargs}


def _reads_sequences(cls: type) -> bool:
    return any(base.__name__ in ("RNN", "Bidirectional", "Conv1D") for base in cls.__mro__)


def _kernel_size(cls: type, kwargs: Kwargs, accepted: set[str]) -> Kwargs:
    """Join `nb_row`, `nb_col` (2D) and `kernel_dim1` to `kernel_dim3` (3D)."""
    for names in (("nb_row", "nb_col"), ("kernel_dim1", "kernel_dim2", "kernel_dim3")):
        if all(name in kwargs for name in names):
            rest = {name: value for name, value in kwargs.items() if name not in names}
            return {**rest, "kernel_size": tuple(kwargs[name] for name in names)}
    return kwargs


def _batch_normalization_mode(cls: type, kwargs: Kwargs, accepted: set[str]) -> Kwargs:
    """Accept Keras 1's `mode=0`, the only mode that survived."""
    if any(base.__name__ == "BatchNormalization" for base in cls.__mro__) and "mode" in kwargs:
        if kwargs["mode"] != 0:
            raise ValueError(
                f"`mode` of `{cls.__name__}` must be 0, feature-wise. Received: {kwargs['mode']}"
            )
        return {name: value for name, value in kwargs.items() if name != "mode"}
    return kwargs


def _checkpoint_period(cls: type, kwargs: Kwargs, accepted: set[str]) -> Kwargs:
    """Accept `period=1` of ModelCheckpoint, which is `save_freq="epoch"`."""
    if "period" in accepted or kwargs.get("period", 1) != 1:
        return kwargs
    return {name: value for name, value in kwargs.items() if name != "period"}


def _decay(cls: type, kwargs: Kwargs, accepted: set[str]) -> Kwargs:
    """Make a schedule of `learning_rate` and `decay`."""
    if "decay" in accepted or "decay" not in kwargs:
        return kwargs
    kwargs = dict(kwargs)
    decay = kwargs.pop("decay")
    if not decay:
        return kwargs
    default = inspect.signature(cls).parameters.get("learning_rate")
    rate = kwargs.get("learning_rate", default.default if default else 0.01)
    if not isinstance(rate, (int, float)):
        raise ValueError(
            f"`decay` of `{cls.__name__}` needs a number as `learning_rate`. "
            f"Received: learning_rate={rate!r}, decay={decay!r}"
        )
    return {**kwargs, "learning_rate": time_decay(float(rate), float(decay))}


Step = Callable[[type, Kwargs, set[str]], Kwargs]
STEPS: dict[str, tuple[Step, ...]] = {
    "layers": (_kernel_size, _batch_normalization_mode, _input_shape),
    "callbacks": (_checkpoint_period,),
    "optimizers": (_decay,),
}
"""What no plain renaming can say, by kind."""


def accepted_names(cls: type, bases: bool = True) -> set[str]:
    """Return the keywords that the constructors of a class and its bases name.

    Args:
        cls: the class.
        bases: False for the keywords of its own constructor (or the one it inherits) only.

    Example:
        >>> class Layer:
        ...     def __init__(self, units, activation=None, **kwargs): ...
        >>> sorted(accepted_names(Layer))
        ['activation', 'units']
    """
    names: set[str] = set()
    for base in cls.__mro__:
        init = vars(base).get("__init__")
        code = getattr(getattr(init, "__wrapped__", init), "__code__", None)
        if code is not None:
            names.update(code.co_varnames[1 : code.co_argcount + code.co_kwonlyargcount])
            if not bases:
                break
    return names


def translate_kwargs(cls: type, kwargs: Kwargs) -> Kwargs:
    """Return `kwargs` in today's spelling; what no table knows stays as it is.

    Args:
        cls: the class that is constructed.
        kwargs: its keyword arguments, at least one unknown to it.

    Raises:
        TypeError: if an old and its new spelling are both given.
        ValueError: for an old option that Addax cannot honour.
    """
    kind = getattr(cls, "_registry_kind", "")
    accepted = accepted_names(cls)
    own = accepted_names(cls, bases=False)
    renamed = {k: v for k, v in _table(RENAMED, kind, cls).items() if k not in own}
    kwargs = _rename(cls, kwargs, renamed)
    for step in STEPS.get(kind, ()):
        kwargs = step(cls, kwargs, accepted)
    return _drop(cls, kwargs, _table(DROPPED, kind, cls), accepted)
