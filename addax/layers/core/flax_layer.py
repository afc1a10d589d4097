"""`FlaxLayer`."""

from __future__ import annotations

import inspect
from typing import Any

from addax.core.registry import register
from addax.layers.core.jax_layer import JaxLayer


@register("layers")
class FlaxLayer(JaxLayer):
    """A layer of a `flax.linen` module.

    Args:
        module: the module; its `__call__` may have the argument `training`.
        method: name or function of the method to call; default: `__call__`.
        variables: weights as `module.init` returns them; default: new ones.
        **kwargs: further arguments of `JaxLayer`, such as `seed`.
    """

    def __init__(
        self, module: Any, method: Any = None, variables: Any = None, **kwargs: Any
    ) -> None:
        self.module = module
        self.method = method
        target = getattr(type(module), method) if isinstance(method, str) else method
        names = inspect.signature(target or type(module).__call__).parameters
        self._takes_training = "training" in names
        params, state = _split(variables) if variables else (None, None)
        super().__init__(
            call_fn=self._apply, init_fn=self._init, params=params, state=state, **kwargs
        )

    def _options(self, training: bool) -> dict[str, Any]:
        options: dict[str, Any] = {"method": self.method}
        if self._takes_training:
            options["training"] = training
        return options

    def _apply(self, params: Any, state: Any, rng: Any, inputs: Any, training: bool) -> Any:
        variables = {**(state or {}), **({"params": params} if params is not None else {})}
        mutable = list(state) if state and training else False
        made = self.module.apply(
            variables, inputs, rngs={"dropout": rng}, mutable=mutable, **self._options(training)
        )
        if mutable is False:
            return made, state
        output, changed = made
        return output, {**(state or {}), **changed}

    def _init(self, rng: Any, inputs: Any, training: bool) -> Any:
        return _split(self.module.init(rng, inputs, **self._options(training)))


def _split(variables: Any) -> tuple[Any, Any]:
    rest = {name: value for name, value in variables.items() if name != "params"}
    return variables.get("params"), rest or None
