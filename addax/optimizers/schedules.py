"""Learning rate schedules: functions of the step."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

from addax.core import registry
from addax.core.registry import Configurable, register
from addax.core.tensor import Tensor, raw
from addax.engine import xp

Array = Any

serialize = registry.serialize
deserialize = functools.partial(registry.deserialize, kind="schedules")


class LearningRateSchedule(Configurable):
    """Base class of schedules.

    A subclass gives `__call__(step)`, from the number of updates done so far to the
    learning rate, in operations of `addax.ops`: it is compiled with the training step.

    Example:
        >>> class Halves(LearningRateSchedule):
        ...     def __init__(self, start):
        ...         self.start = start
        ...     def __call__(self, step):
        ...         return self.start / (1 + step)
        >>> Halves(0.5)(1), Halves(0.5).get_config()
        (0.25, {'start': 0.5})
    """

    def __call__(self, step: Any) -> Any:
        """Return the learning rate after `step` updates."""
        raise NotImplementedError(f"{type(self).__name__} does not define `__call__(step)`")


class _Formula(LearningRateSchedule):
    """A schedule given as a formula on raw arrays."""

    def __call__(self, step: Any) -> Tensor:
        """Return the learning rate after `step` updates, a float scalar."""
        return Tensor(self.rate(xp.asarray(raw(step), "float32")))

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array; `step` is one, in float32."""
        raise NotImplementedError


def _positive(owner: Any, name: str, value: Any) -> Any:
    if value <= 0:
        raise ValueError(
            f"`{name}` of `{type(owner).__name__}` must be positive. Received: {name}={value!r}"
        )
    return value


@register("schedules")
class ExponentialDecay(_Formula):
    """`initial_learning_rate * decay_rate^(step / decay_steps)`.

    Args:
        initial_learning_rate: at step 0.
        decay_steps: steps in which it falls to `decay_rate` of what it was.
        decay_rate: factor.
        staircase: whether the exponent is rounded down.
        name: kept in the config.

    Example:
        >>> round(float(ExponentialDecay(0.1, decay_steps=10, decay_rate=0.5)(20)), 6)
        0.025
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "ExponentialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array."""
        periods = step / self.decay_steps
        periods = xp.floor(periods) if self.staircase else periods
        return self.initial_learning_rate * xp.power(self.decay_rate, periods)


@register("schedules")
class PiecewiseConstantDecay(_Formula):
    """`values[i]` up to and including step `boundaries[i]`, the last value after all.

    Args:
        boundaries: rising step numbers.
        values: learning rates, one more than boundaries.
        name: kept in the config.

    Raises:
        ValueError: if the lengths do not fit, or the boundaries do not rise.

    Example:
        >>> schedule = PiecewiseConstantDecay([10, 20], [1.0, 0.5, 0.25])
        >>> [float(schedule(step)) for step in (10, 11, 21)]
        [1.0, 0.5, 0.25]
    """

    def __init__(
        self,
        boundaries: Sequence[float],
        values: Sequence[float],
        name: str = "PiecewiseConstant",
    ) -> None:
        if len(boundaries) != len(values) - 1:
            raise ValueError(
                "`values` of `PiecewiseConstantDecay` must be one longer than `boundaries`. "
                f"Received: boundaries={boundaries} and values={values}"
            )
        if list(boundaries) != sorted(boundaries):
            raise ValueError(
                "`boundaries` of `PiecewiseConstantDecay` must rise. "
                f"Received: boundaries={boundaries}"
            )
        self.boundaries = boundaries
        self.values = values
        self.name = name

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array."""
        passed = sum((step > boundary).astype("int32") for boundary in self.boundaries)
        return xp.asarray([raw(value) for value in self.values], "float32")[passed]


@register("schedules")
class PolynomialDecay(_Formula):
    """From one learning rate to another along `(1 - step / decay_steps)^power`.

    Args:
        initial_learning_rate: at step 0.
        decay_steps: steps until `end_learning_rate`.
        end_learning_rate: kept after that.
        power: 1 is a straight line.
        cycle: whether, past the end, it starts anew with 2, 3, ... times the steps.
        name: kept in the config.

    Example:
        >>> float(PolynomialDecay(1.0, decay_steps=4, end_learning_rate=0.0)(3))
        0.25
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        end_learning_rate: float = 0.0001,
        power: float = 1.0,
        cycle: bool = False,
        name: str = "PolynomialDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.end_learning_rate = end_learning_rate
        self.power = power
        self.cycle = cycle
        self.name = name

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array."""
        total = self.decay_steps
        if self.cycle:
            total = total * xp.maximum(1, xp.ceil(step / total))
        left = 1 - xp.minimum(step, total) / total
        drop = self.initial_learning_rate - self.end_learning_rate
        return drop * xp.power(left, self.power) + self.end_learning_rate


@register("schedules")
class InverseTimeDecay(_Formula):
    """`initial_learning_rate / (1 + decay_rate * step / decay_steps)`.

    Args:
        initial_learning_rate: at step 0.
        decay_steps: how often the decay applies.
        decay_rate: how fast it falls.
        staircase: whether `step / decay_steps` is rounded down.
        name: kept in the config.

    Example:
        >>> float(InverseTimeDecay(0.5, decay_steps=1, decay_rate=0.25)(4))
        0.25
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        decay_rate: float,
        staircase: bool = False,
        name: str = "InverseTimeDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.decay_rate = decay_rate
        self.staircase = staircase
        self.name = name

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array."""
        periods = step / self.decay_steps
        periods = xp.floor(periods) if self.staircase else periods
        return self.initial_learning_rate / (1 + self.decay_rate * periods)


def _cosine(share: Array) -> Array:
    """Half a cosine, from 1 at share 0 to 0 at share 1."""
    return 0.5 * (1 + xp.cos(math.pi * share))


@register("schedules")
class CosineDecay(_Formula):
    """Half a cosine down to `alpha` of the learning rate, after a linear warmup.

    Args:
        initial_learning_rate: at step 0.
        decay_steps: steps of the cosine, after the warmup.
        alpha: what is left in the end, as a share of where the cosine started.
        name: kept in the config.
        warmup_target: learning rate at the end of the warmup; None: no warmup.
        warmup_steps: steps of the warmup.

    Example:
        >>> schedule = CosineDecay(0.0, 100, warmup_target=1.0, warmup_steps=10)
        >>> [round(float(schedule(step)), 4) for step in (5, 10, 60, 110)]
        [0.5, 1.0, 0.5, 0.0]

    Reference: Loshchilov and Hutter 2016, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        decay_steps: float,
        alpha: float = 0.0,
        name: str = "CosineDecay",
        warmup_target: float | None = None,
        warmup_steps: int = 0,
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.decay_steps = _positive(self, "decay_steps", decay_steps)
        self.alpha = alpha
        self.name = name
        self.warmup_target = warmup_target
        self.warmup_steps = warmup_steps

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array."""
        if self.warmup_target is None:
            return self._decayed(step, self.initial_learning_rate)
        rise = self.warmup_target - self.initial_learning_rate
        warm = self.initial_learning_rate + rise * step / max(self.warmup_steps, 1)
        decayed = self._decayed(step - self.warmup_steps, self.warmup_target)
        return xp.where(step < self.warmup_steps, warm, decayed)

    def _decayed(self, step: Array, start: float) -> Array:
        share = xp.clip(step / self.decay_steps, 0, 1)
        return start * ((1 - self.alpha) * _cosine(share) + self.alpha)


@register("schedules")
class CosineDecayRestarts(_Formula):
    """Half cosines one after the other, each `t_mul` times longer, `m_mul` times lower.

    Args:
        initial_learning_rate: at step 0.
        first_decay_steps: steps of the first cosine.
        t_mul: factor on the steps of each next one; at least 1.
        m_mul: factor on the height of each next one.
        alpha: what is left at the end of each, as a share of the first height.
        name: kept in the config.

    Example:
        >>> schedule = CosineDecayRestarts(1.0, first_decay_steps=2)
        >>> [round(float(schedule(step)), 4) for step in range(5)]
        [1.0, 0.5, 1.0, 0.8536, 0.5]

    Reference: Loshchilov and Hutter 2016, arXiv:1608.03983.
    """

    def __init__(
        self,
        initial_learning_rate: float,
        first_decay_steps: float,
        t_mul: float = 2.0,
        m_mul: float = 1.0,
        alpha: float = 0.0,
        name: str = "SGDRDecay",
    ) -> None:
        self.initial_learning_rate = initial_learning_rate
        self.first_decay_steps = _positive(self, "first_decay_steps", first_decay_steps)
        self.t_mul = _positive(self, "t_mul", t_mul)
        self.m_mul = m_mul
        self.alpha = alpha
        self.name = name

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array."""
        done = step / self.first_decay_steps
        if self.t_mul == 1:
            restarts = xp.floor(done)
            share = done - restarts
        else:
            # the first n cosines take (t_mul^n - 1) / (t_mul - 1) times the first one's steps
            grown = 1 - done * (1 - self.t_mul)
            restarts = xp.floor(xp.log(grown) / math.log(self.t_mul))
            length = xp.power(self.t_mul, restarts)
            share = (done - (1 - length) / (1 - self.t_mul)) / length
        height = (1 - self.alpha) * xp.power(self.m_mul, restarts) * _cosine(share)
        return self.initial_learning_rate * (height + self.alpha)


@register("schedules")
class OneCycle(_Formula):
    """A straight line up, one down again, and a last one to nearly nothing.

    Args:
        max_learning_rate: at the top, halfway to `total_steps - last_steps`.
        total_steps: steps of the cycle with its end; then the last learning rate is kept.
        initial_learning_rate: at step 0 and at the foot of the other side; default: a tenth
            of `max_learning_rate`.
        last_steps: steps at the end in which it falls to `last_learning_rate`; default: a
            tenth of `total_steps`, and one.
        last_learning_rate: default: a thousandth of `initial_learning_rate`.
        name: kept in the config.

    Raises:
        ValueError: if no steps are left for the cycle.

    Example:
        >>> schedule = OneCycle(1.0, total_steps=100, last_steps=20)
        >>> [round(float(schedule(step)), 4) for step in (0, 20, 40, 80, 100)]
        [0.1, 0.55, 1.0, 0.1, 0.0001]

    Reference: Smith 2018, arXiv:1803.09820 (the learning rate; the momentum stays).
    """

    def __init__(
        self,
        max_learning_rate: float,
        total_steps: int,
        initial_learning_rate: float | None = None,
        last_steps: int | None = None,
        last_learning_rate: float | None = None,
        name: str = "OneCycle",
    ) -> None:
        first = max_learning_rate / 10 if initial_learning_rate is None else initial_learning_rate
        self.max_learning_rate = max_learning_rate
        self.total_steps = _positive(self, "total_steps", total_steps)
        self.initial_learning_rate = first
        self.last_steps = total_steps // 10 + 1 if last_steps is None else last_steps
        self.last_learning_rate = first / 1000 if last_learning_rate is None else last_learning_rate
        self.name = name
        if total_steps - self.last_steps < 2:
            raise ValueError(
                "`total_steps` of `OneCycle` must be at least 2 more than `last_steps`. "
                f"Received: total_steps={total_steps}, last_steps={self.last_steps}"
            )

    def rate(self, step: Array) -> Array:
        """Return the learning rate as a raw array."""
        half = (self.total_steps - self.last_steps) // 2
        share = 1 - xp.abs(step - half) / half
        cycle = self.initial_learning_rate + share * (
            self.max_learning_rate - self.initial_learning_rate
        )
        done = xp.clip((step - 2 * half) / (self.total_steps - 2 * half), 0, 1)
        drop = self.initial_learning_rate - self.last_learning_rate
        return xp.where(step < 2 * half, cycle, self.initial_learning_rate - done * drop)
