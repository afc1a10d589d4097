"""`HyperModel`: how a model is built and trained from hyperparameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax.tuner.hyperparameters import HyperParameters


class HyperModel:
    """Base of classes that build, and may train, a model from hyperparameters.

    Args:
        name: of the model.
        tunable: whether its hyperparameters are searched; if not, they keep their defaults.

    Example:
        >>> class Doubled(HyperModel):
        ...     def build(self, hp):
        ...         return 2 * hp.Int("units", 1, 9)
        >>> Doubled().build(HyperParameters())
        2
    """

    # Of subclasses too whose `__init__` does not call this one.
    name: str | None = None
    tunable = True

    def __init__(self, name: str | None = None, tunable: bool = True) -> None:
        self.name = name
        self.tunable = tunable

    def build(self, hp: HyperParameters) -> Any:
        """Return a compiled model. To be overridden.

        Args:
            hp: declares hyperparameters and returns their values.
        """
        raise NotImplementedError(f"`{type(self).__name__}` must override `build(self, hp)`.")

    def fit(self, hp: HyperParameters, model: Any, *args: Any, **kwargs: Any) -> Any:
        """Train the model.

        Args:
            hp: declares hyperparameters and returns their values.
            model: what `build` returned.
            *args: as passed to `search`.
            **kwargs: as passed to `search`. Pass `callbacks` on to `model.fit`: they save the best
                weights.

        Returns: a `History`, a dict of metrics, or the value of the objective, to be minimized.
        """
        return model.fit(*args, **kwargs)

    def declare_hyperparameters(self, hp: HyperParameters) -> None:
        """Declare hyperparameters before the first build. May be overridden."""


class FunctionHyperModel(HyperModel):
    """A `HyperModel` from a function that builds the model.

    Args:
        build: takes a `HyperParameters` and returns a compiled model.
    """

    def __init__(self, build: Callable[[HyperParameters], Any]) -> None:
        super().__init__(getattr(build, "__name__", None))
        self._build = build

    def build(self, hp: HyperParameters) -> Any:
        """Return what the function returns."""
        return self._build(hp)


def as_hypermodel(hypermodel: Any) -> HyperModel | None:
    """Return a `HyperModel` from one, a function, or None.

    Raises:
        ValueError: if it is none of them.
    """
    if hypermodel is None or isinstance(hypermodel, HyperModel):
        return hypermodel
    if not callable(hypermodel):
        raise ValueError(
            "`hypermodel` must be a `HyperModel` or a function that takes `hp` and returns a "
            f"compiled model. Received: {hypermodel!r}"
        )
    return FunctionHyperModel(hypermodel)
