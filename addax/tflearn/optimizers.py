"""Optimizers with TFLearn's names and defaults."""

from __future__ import annotations

from typing import Any

from addax import errors, optimizers
from addax.optimizers import schedules


class Optimizer:
    """Base class: the settings of an optimizer, from which each `DNN` makes its own.

    Args:
        learning_rate: step size.
        lr_decay: factor of the learning rate every `decay_step` batches; 0 for none.
        decay_step: number of batches.
        staircase: whether the rate falls in steps.
        name: name of the optimizer.
        **options: arguments of the Keras optimizer.
    """

    kind: Any = None

    def __init__(
        self,
        learning_rate: float = 0.001,
        lr_decay: float = 0.0,
        decay_step: int = 100,
        staircase: bool = False,
        name: str | None = None,
        **options: Any,
    ) -> None:
        self.learning_rate = learning_rate
        self.lr_decay = lr_decay
        self.decay_step = decay_step
        self.staircase = staircase
        self.name = name
        self.options = options

    def rate(self) -> Any:
        """Return the learning rate: a number, or a schedule if it decays."""
        if not self.lr_decay:
            return self.learning_rate
        return schedules.ExponentialDecay(
            self.learning_rate, self.decay_step, self.lr_decay, self.staircase
        )

    def build(self, clip_gradients: float | None = None) -> Any:
        """Return the Keras optimizer.

        Args:
            clip_gradients: largest norm of all gradients together; 0 or None for no limit.
        """
        return self.kind(self.rate(), global_clipnorm=clip_gradients or None, **self.options)


class SGD(Optimizer):
    """Stochastic gradient descent.

    Example:
        >>> SGD(learning_rate=0.1, lr_decay=0.96).build().name
        'SGD'
    """

    kind = optimizers.SGD


class Momentum(Optimizer):
    """Gradient descent with momentum.

    Args:
        learning_rate: step size.
        momentum: share of the last step.
        lr_decay: see `Optimizer`.
        decay_step: see `Optimizer`.
        staircase: see `Optimizer`.
        name: name of the optimizer.
    """

    kind = optimizers.SGD
    nesterov = False

    def __init__(
        self,
        learning_rate: float = 0.001,
        momentum: float = 0.9,
        lr_decay: float = 0.0,
        decay_step: int = 100,
        staircase: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, lr_decay, decay_step, staircase, name)
        self.options = {"momentum": momentum, "nesterov": self.nesterov}


class Nesterov(Momentum):
    """Gradient descent with Nesterov's momentum; see `Momentum`."""

    nesterov = True


class RMSProp(Optimizer):
    """RMSProp: steps divided by the root of the mean squared gradient."""

    kind = optimizers.RMSprop

    def __init__(
        self,
        learning_rate: float = 0.001,
        decay: float = 0.9,
        momentum: float = 0.0,
        epsilon: float = 1e-10,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, rho=decay, momentum=momentum, epsilon=epsilon)


class Adam(Optimizer):
    """Adam; Kingma and Ba, 2014."""

    kind = optimizers.Adam

    def __init__(
        self,
        learning_rate: float = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-8,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, beta_1=beta1, beta_2=beta2, epsilon=epsilon)


class AdaGrad(Optimizer):
    """AdaGrad; Duchi et al., 2011."""

    kind = optimizers.Adagrad

    def __init__(
        self,
        learning_rate: float = 0.001,
        initial_accumulator_value: float = 0.1,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, initial_accumulator_value=initial_accumulator_value)


class AdaDelta(Optimizer):
    """AdaDelta; Zeiler, 2012."""

    kind = optimizers.Adadelta

    def __init__(
        self,
        learning_rate: float = 0.001,
        rho: float = 0.1,
        epsilon: float = 1e-8,
        name: str | None = None,
    ) -> None:
        super().__init__(learning_rate, rho=rho, epsilon=epsilon)


_KNOWN: dict[str, type[Optimizer]] = {
    "sgd": SGD, "momentum": Momentum, "nesterov": Nesterov, "rmsprop": RMSProp, "adam": Adam,
    "adagrad": AdaGrad, "adadelta": AdaDelta,
}  # fmt: skip


def get(optimizer: Any, learning_rate: float, clip_gradients: float | None = None) -> Any:
    """Return the Keras optimizer for what `regression` was given.

    Args:
        optimizer: name, TFLearn optimizer (which has its own learning rate), or Keras optimizer.
        learning_rate: step size, for names.
        clip_gradients: largest norm of all gradients together.

    Raises:
        ValueError: for an unknown name.
    """
    if isinstance(optimizer, str):
        if optimizer.lower() not in _KNOWN:
            raise errors.unknown_name("optimizer", optimizer, _KNOWN)
        optimizer = _KNOWN[optimizer.lower()](learning_rate=learning_rate)
    return optimizer.build(clip_gradients) if isinstance(optimizer, Optimizer) else optimizer
