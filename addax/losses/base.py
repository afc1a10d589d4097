"""`Loss`: a number per sample, weighted, masked and reduced to one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from addax import config, errors, tree
from addax.core.dtypes import get_policy
from addax.core.graph import op
from addax.core.registry import Configurable, register, snake_case
from addax.core.variable import unique_name
from addax.engine import xp
from addax.losses.shapes import map_tensors, same_rank, squeeze_or_expand_to_same_rank, to_dtype
from addax.ops import math
from addax.ops._arrays import as_array

REDUCTIONS = ("sum", "sum_over_batch_size", "mean", "mean_with_sample_weight", "none")


class Reduction:
    """Names of reductions, as older Keras spells them."""

    AUTO = "auto"
    NONE = "none"
    SUM = "sum"
    SUM_OVER_BATCH_SIZE = "sum_over_batch_size"


def standardize_reduction(reduction: str | None) -> str:
    """Return a known name of a reduction; `"auto"` is the mean and None is `"none"`.

    Raises:
        ValueError: for any other name.

    Example:
        >>> standardize_reduction("auto")
        'sum_over_batch_size'
    """
    if reduction is None:
        return "none"
    if reduction == "auto":
        return "sum_over_batch_size"
    return errors.one_of("Loss", "reduction", reduction, REDUCTIONS)


@register("losses")
class Loss(Configurable):
    """Base class of losses: `call` gives a value per sample, `reduction` does the rest.

    Args:
        name: default: the class name in snake case, made unique.
        reduction: `"sum_over_batch_size"` or `"mean"` (over all values),
            `"mean_with_sample_weight"` (divided by the sum of the weights), `"sum"`,
            or `"none"` (also None) to keep a value per sample.
        dtype: dtype of the computation; default: `floatx()`.

    Example:
        >>> import addax
        >>> class Quartic(addax.losses.Loss):
        ...     def call(self, y_true, y_pred):
        ...         return addax.ops.mean((y_true - y_pred) ** 4, axis=-1)
        >>> float(Quartic()([[1.0], [0.0]], [[3.0], [0.0]]))
        8.0
    """

    def __init__(
        self,
        name: str | None = None,
        reduction: str | None = "sum_over_batch_size",
        dtype: Any = None,
    ) -> None:
        self.name = name or unique_name(snake_case(type(self).__name__))
        self.reduction = standardize_reduction(reduction)
        self.dtype = get_policy(dtype or config.floatx()).compute_dtype

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss of each sample.

        Args:
            y_true: targets, in the dtype of the loss.
            y_pred: predictions, in the dtype of the loss.
        """
        raise NotImplementedError(
            f"`{type(self).__name__}` must define `call(self, y_true, y_pred)`."
        )

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return the reduced loss.

        Args:
            y_true: targets, a tensor or a structure of tensors.
            y_pred: predictions; a mask they carry counts as weights of 0 and 1.
            sample_weight: weights, of shape `(batch,)` or that of the values of `call`.
        """
        y_true = map_tensors(self._convert_target, y_true)
        y_pred = map_tensors(lambda x: to_dtype(x, self.dtype), y_pred)
        values = self.call(y_true, y_pred)
        mask = combine_masks(getattr(y_pred, "mask", None), getattr(values, "mask", None))
        return reduce_weighted(values, sample_weight, mask, self.reduction, self.dtype)

    def _convert_target(self, y_true: Any) -> Any:
        return to_dtype(y_true, self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor arguments; a default `dtype` is left out."""
        settings = super().get_config()
        if self._init_arguments.get("dtype") is None:
            settings.pop("dtype", None)
        return settings


class LossFunctionWrapper(Loss):
    """A loss made of a function `fn(y_true, y_pred, **kwargs)`.

    Args:
        fn: returns a value per sample.
        reduction: see `Loss`.
        name: default: the function's name.
        dtype: see `Loss`.
        **kwargs: passed on to `fn`.

    Example:
        >>> loss = LossFunctionWrapper(lambda y_true, y_pred: y_true - y_pred, name="bias")
        >>> float(loss([3.0, 1.0], [1.0, 1.0]))
        1.0
    """

    def __init__(
        self,
        fn: Callable[..., Any],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name or getattr(fn, "__name__", None), reduction, dtype)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return `fn(y_true, y_pred)`, with targets and predictions of the same rank."""
        if not tree.is_nested(y_true) and not tree.is_nested(y_pred) and y_true is not None:
            y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def _convert_target(self, y_true: Any) -> Any:
        # class numbers stay integers: float32 has none above 2**24
        dtype = "int32" if getattr(self.fn, "integer_targets", False) else self.dtype
        return to_dtype(y_true, dtype)


def combine_masks(mask1: Any, mask2: Any) -> Any:
    """Return where both masks hold; a None mask holds everywhere."""
    if mask1 is None or mask2 is None:
        return mask2 if mask1 is None else mask1
    return math.logical_and(mask1, mask2)


@op
def apply_mask(sample_weight: Any, mask: Any, dtype: str, reduction: str) -> Any:
    """Merge a mask into the weights.

    For a mean over all values the mask is scaled by `total / valid`, which makes it
    the mean over the valid ones.

    Args:
        sample_weight: weights, or None.
        mask: boolean array, or None.
        dtype: dtype of the result.
        reduction: name of the reduction that follows.

    Returns: weights, or None if both are None.
    """
    if mask is None:
        return None if sample_weight is None else xp.asarray(sample_weight, dtype)
    mask = as_array(mask).astype(dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        mask = mask * (mask.size / (xp.sum(mask) + config.epsilon()))
    if sample_weight is None:
        return mask
    mask, sample_weight = same_rank(mask, xp.asarray(sample_weight, dtype))
    return expand_to_rank(sample_weight, mask.ndim) * expand_to_rank(mask, sample_weight.ndim)


def expand_to_rank(x: Any, rank: int) -> Any:
    """Add axes of size 1 at the end, up to `rank`; scalars stay as they are."""
    return xp.reshape(x, x.shape + (1,) * (rank - x.ndim)) if 0 < x.ndim < rank else x


@op
def reduce_weighted(
    values: Any, sample_weight: Any, mask: Any, reduction: str | None, dtype: str
) -> Any:
    """Return the weighted and reduced values of a loss.

    Args:
        values: a value per sample (or per step of each sample).
        sample_weight: weights, of the rank of `values` or less, or None.
        mask: boolean array, True where a value counts, or None.
        reduction: see `Loss`.
        dtype: dtype of the result.
    """
    reduction = standardize_reduction(reduction)
    values = as_array(values).astype(dtype)
    weights = apply_mask.raw(sample_weight, mask, dtype, reduction)  # type: ignore[attr-defined]
    if weights is not None:
        values, weights = same_rank(values, weights)
        values = values * expand_to_rank(weights, values.ndim)
    if reduction == "none" or values.ndim == 0:
        return values
    total = xp.sum(values)
    if reduction == "sum":
        return total
    if reduction == "mean_with_sample_weight" and weights is not None:
        divisor = xp.sum(weights)
        return xp.where(divisor == 0, 0, total / xp.where(divisor == 0, 1, divisor))
    return total / max(values.size, 1)
