"""Old methods, by class: the table that `attach` gives to Addax' own classes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from addax.compat.yaml import to_yaml


def fit_generator(
    self: Any,
    generator: Any,
    steps_per_epoch: int | None = None,
    epochs: int = 1,
    verbose: Any = 1,
    callbacks: Any = None,
    validation_data: Any = None,
    validation_steps: int | None = None,
    validation_freq: int = 1,
    class_weight: Any = None,
    max_queue_size: int = 10,
    workers: int = 1,
    use_multiprocessing: bool = False,
    shuffle: bool = True,
    initial_epoch: int = 0,
) -> Any:
    """Train on batches from a generator: `fit` with Keras 2's old name.

    `max_queue_size`, `workers` and `use_multiprocessing` are accepted and left to `fit`, which
    loads batches while the device computes anyway.
    """
    return self.fit(
        generator,
        steps_per_epoch=steps_per_epoch,
        epochs=epochs,
        verbose=verbose,
        callbacks=callbacks,
        validation_data=validation_data,
        validation_steps=validation_steps,
        validation_freq=validation_freq,
        class_weight=class_weight,
        shuffle=shuffle,
        initial_epoch=initial_epoch,
    )


def evaluate_generator(
    self: Any,
    generator: Any,
    steps: int | None = None,
    callbacks: Any = None,
    max_queue_size: int = 10,
    workers: int = 1,
    use_multiprocessing: bool = False,
    verbose: Any = 0,
) -> Any:
    """Evaluate on batches from a generator: `evaluate` with Keras 2's old name."""
    return self.evaluate(generator, steps=steps, callbacks=callbacks, verbose=verbose)


def predict_generator(
    self: Any,
    generator: Any,
    steps: int | None = None,
    callbacks: Any = None,
    max_queue_size: int = 10,
    workers: int = 1,
    use_multiprocessing: bool = False,
    verbose: Any = 0,
) -> Any:
    """Predict batches from a generator: `predict` with Keras 2's old name."""
    return self.predict(generator, steps=steps, callbacks=callbacks, verbose=verbose)


def predict_classes(self: Any, x: Any, batch_size: int = 32, verbose: Any = 0) -> np.ndarray:
    """Return the most likely class of each row.

    Returns:
        int array: the index of the largest output, `(n,)`, or, for a single sigmoid output,
        `(n, 1)` with 1 where it is above 0.5.
    """
    outputs = np.asarray(self.predict(x, batch_size=batch_size, verbose=verbose))
    if outputs.shape[-1] > 1:
        return outputs.argmax(axis=-1)
    return (outputs > 0.5).astype("int32")


def predict_proba(self: Any, x: Any, batch_size: int = 32, verbose: Any = 0) -> np.ndarray:
    """Return what `predict` returns, the probabilities of a classifier."""
    return self.predict(x, batch_size=batch_size, verbose=verbose)


METHODS: dict[str, dict[str, Callable[..., Any]]] = {
    "models.Model": {
        "evaluate_generator": evaluate_generator,
        "fit_generator": fit_generator,
        "predict_classes": predict_classes,
        "predict_generator": predict_generator,
        "predict_proba": predict_proba,
        "to_yaml": to_yaml,
    },
}
"""class, as a path below `addax` -> old method name -> function."""

ATTRIBUTES: dict[str, dict[str, str]] = {
    "optimizers.Optimizer": {"lr": "learning_rate"},
}
"""class -> old attribute -> new attribute."""


def renamed_attribute(old: str, new: str) -> property:
    """Return a property that reads and writes the attribute `new`."""

    def read(self: Any) -> Any:
        return getattr(self, new)

    def write(self: Any, value: Any) -> None:
        setattr(self, new, value)

    return property(read, write, doc=f"The old name of `{new}`.")


_FIT = {"nb_epoch": "epochs", "nb_worker": "workers", "max_q_size": "max_queue_size"}
_DROPPED = frozenset({"pickle_safe", "max_queue_size", "use_multiprocessing", "workers"})

ARGUMENTS: dict[str, dict[str, dict[str, str]]] = {
    "models.Model": {
        "evaluate": {"val_samples": "steps", **_FIT},
        "fit": _FIT,
        "fit_generator": {
            **_FIT,
            "nb_val_samples": "validation_steps",
            "samples_per_epoch": "steps_per_epoch",
        },
        "predict": _FIT,
    },
}
"""class -> method -> old keyword -> new keyword."""


def with_old_keywords(method: Callable[..., Any], renamed: dict[str, str]) -> Callable[..., Any]:
    """Let a method take old keywords too; without them it costs one dict comparison.

    Args:
        method: the method to wrap.
        renamed: old keyword -> new keyword.
    """
    code = method.__code__  # type: ignore[attr-defined]
    accepted = set(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
    old = (set(renamed) | _DROPPED) - accepted

    @functools.wraps(method)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        if old & kwargs.keys():
            kwargs = {renamed.get(name, name): value for name, value in kwargs.items()}
            kwargs = {k: v for k, v in kwargs.items() if k in accepted or k not in _DROPPED}
        return method(self, *args, **kwargs)

    return wrapped
