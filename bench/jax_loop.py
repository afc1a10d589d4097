"""The hand-written peer: one jitted scan per epoch, shuffled by index, state donated."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from bench.plain_models import MODELS


class PlainModel:
    """A plain JAX model with just enough of `fit` to be timed like the others."""

    def __init__(self, name):
        self.model = MODELS[name]()
        params = self.model.params(np.random.default_rng(0))
        state = (params, self.model.slots(params), np.int32(0))
        self.state = jax.tree.map(jnp.array, state)
        self._placed = None, None

    @partial(jax.jit, static_argnums=0, donate_argnums=1)
    def _epoch(self, state, x, y, order):
        def step(carry, index):
            params, slots, count = carry
            batch, target = x[index], y[index]

            def objective(p):
                return self.model.loss(self.model.predict(p, batch), target)

            loss, grads = jax.value_and_grad(objective)(params)
            params, slots = self.model.update(params, grads, slots, count)
            return (params, slots, count + 1), loss

        state, losses = lax.scan(step, state, order)
        return state, jnp.mean(losses)

    def _place(self, data):
        """Put the data on the device once, as whoever writes this loop by hand would."""
        if self._placed[0] is not data[0]:
            self._placed = data[0], jax.block_until_ready(jax.device_put(data))
        return self._placed[1]

    def fit(self, x, y, epochs, batch_size):
        rng = np.random.default_rng(0)
        x, y = self._place((x, y))
        steps = len(x) // batch_size
        for _ in range(epochs):
            order = rng.permutation(len(x))[: steps * batch_size].astype("int32")
            order = order.reshape(steps, batch_size)
            self.state, loss = self._epoch(self.state, x, y, order)
            float(loss)
