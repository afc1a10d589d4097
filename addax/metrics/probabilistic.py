"""Crossentropies and divergences as metrics."""

from __future__ import annotations

from typing import Any

from addax.core.registry import register
from addax.losses import crossentropy, divergence
from addax.metrics.reduction import MeanMetricWrapper


@register("metrics", aliases=("kld", "KLD", "kullback_leibler_divergence"))
class KLDivergence(MeanMetricWrapper):
    """Mean Kullback-Leibler divergence of the predictions from the targets.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = KLDivergence()
        >>> metric.update_state([[1.0, 0.0]], [[0.5, 0.5]])
        >>> round(float(metric.result()), 4)
        0.6931
    """

    def __init__(self, name: str | None = "kl_divergence", dtype: Any = None) -> None:
        super().__init__(divergence.kl_divergence, name, dtype)


@register("metrics")
class Poisson(MeanMetricWrapper):
    """Mean Poisson loss.

    Args:
        name, dtype: see `Metric`.

    Example:
        >>> metric = Poisson()
        >>> metric.update_state([[2.0]], [[1.0]])
        >>> round(float(metric.result()), 4)
        1.0
    """

    def __init__(self, name: str | None = "poisson", dtype: Any = None) -> None:
        super().__init__(divergence.poisson, name, dtype)


@register("metrics", aliases=("bce", "BCE"))
class BinaryCrossentropy(MeanMetricWrapper):
    """Mean crossentropy of labels 0 and 1.

    Args:
        name, dtype: see `Metric`.
        from_logits: whether predictions are logits, without a sigmoid.
        label_smoothing: in [0, 1]; moves labels towards 0.5.

    Example:
        >>> metric = BinaryCrossentropy()
        >>> metric.update_state([[0], [1]], [[0.5], [0.5]])
        >>> round(float(metric.result()), 4)
        0.6931
    """

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(
            crossentropy.binary_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing


@register("metrics")
class CategoricalCrossentropy(MeanMetricWrapper):
    """Mean crossentropy of one-hot targets.

    Args:
        name, dtype: see `Metric`.
        from_logits: whether predictions are logits, without a softmax.
        label_smoothing: in [0, 1]; the part of the targets that all classes share.
        axis: axis of the classes.

    Example:
        >>> metric = CategoricalCrossentropy()
        >>> metric.update_state([[0, 1]], [[0.5, 0.5]])
        >>> round(float(metric.result()), 4)
        0.6931
    """

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            crossentropy.categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis


@register("metrics")
class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Mean crossentropy of class numbers.

    Args:
        name, dtype: see `Metric`.
        from_logits: whether predictions are logits, without a softmax.
        ignore_class: a class number whose samples do not count, or None.
        axis: axis of the classes.

    Example:
        >>> metric = SparseCategoricalCrossentropy()
        >>> metric.update_state([1], [[0.5, 0.5]])
        >>> round(float(metric.result()), 4)
        0.6931
    """

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            crossentropy.sparse_categorical_crossentropy,
            name,
            dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis
