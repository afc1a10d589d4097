"""The models of the benchmark in plain JAX, without any layer library."""

import jax
import jax.numpy as jnp
import numpy as np


def dense(rng, n_in, n_out):
    limit = (6 / (n_in + n_out)) ** 0.5
    return {
        "w": rng.uniform(-limit, limit, (n_in, n_out)).astype("float32"),
        "b": np.zeros(n_out, "float32"),
    }


def linear(p, x):
    return x @ p["w"] + p["b"]


class MLP:
    rows, batch = 55_000, 32
    x_shape, y_dtype = (784,), "int32"

    def params(self, rng):
        return [dense(rng, 784, 300), dense(rng, 300, 100), dense(rng, 100, 10)]

    def data(self, rng):
        return rng.random((self.rows, 784), "float32"), rng.integers(0, 10, self.rows, "int32")

    def predict(self, p, x):
        x = jax.nn.relu(linear(p[0], x))
        return linear(p[2], jax.nn.relu(linear(p[1], x)))

    def loss(self, logits, y):
        picked = jnp.take_along_axis(jax.nn.log_softmax(logits), y[:, None], axis=1)
        return -jnp.mean(picked)

    def hits(self, logits, y):
        return jnp.sum((jnp.argmax(logits, -1) == y).astype("float32"))

    def slots(self, p):
        return ()

    def update(self, p, g, slots, step):
        return jax.tree.map(lambda p, g: p - 0.01 * g, p, g), slots


class WideDeep(MLP):
    rows, batch = 11_610, 32

    def params(self, rng):
        return [dense(rng, 8, 30), dense(rng, 30, 30), dense(rng, 38, 1)]

    def data(self, rng):
        return rng.random((self.rows, 8), "float32"), rng.random((self.rows, 1), "float32")

    mean, scale = np.float32(0.5), np.float32(12**0.5)  # of uniform numbers, as the norm layer

    def predict(self, p, x):
        x = (x - self.mean) * self.scale
        deep = jax.nn.relu(linear(p[1], jax.nn.relu(linear(p[0], x))))
        return linear(p[2], jnp.concatenate([x, deep], -1))

    def loss(self, out, y):
        return jnp.mean((out - y) ** 2)

    def hits(self, out, y):
        return jnp.sum(jnp.abs(out - y))

    def slots(self, p):
        return jax.tree.map(np.zeros_like, p), jax.tree.map(np.zeros_like, p)

    def update(self, p, g, slots, step):
        t = (step + 1).astype("float32")
        rate = 1e-3 * jnp.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        m = jax.tree.map(lambda m, g: m + 0.1 * (g - m), slots[0], g)
        v = jax.tree.map(lambda v, g: v + 0.001 * (g * g - v), slots[1], g)
        p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v) + 1e-7), p, m, v)
        return p, (m, v)


class Wide10000(WideDeep):
    rows, batch = 15_000, 512

    def params(self, rng):
        return [dense(rng, 10_000, 16), dense(rng, 16, 16), dense(rng, 16, 1)]

    def data(self, rng):
        x = np.zeros((self.rows, 10_000), "float32")
        for row in x:
            row[rng.integers(0, 10_000, 120)] = 1
        return x, rng.integers(0, 2, (self.rows, 1)).astype("float32")

    def predict(self, p, x):
        x = jax.nn.relu(linear(p[0], x))
        return linear(p[2], jax.nn.relu(linear(p[1], x)))

    def loss(self, z, y):
        return jnp.mean(jnp.maximum(z, 0) - z * y + jnp.log1p(jnp.exp(-jnp.abs(z))))

    def hits(self, z, y):
        return jnp.sum(((z > 0) == (y > 0.5)).astype("float32"))

    def slots(self, p):
        return jax.tree.map(np.zeros_like, p)

    def update(self, p, g, slots, step):
        v = jax.tree.map(lambda v, g: 0.9 * v + 0.1 * g * g, slots, g)
        p = jax.tree.map(lambda p, g, v: p - 1e-3 * g / (jnp.sqrt(v) + 1e-7), p, g, v)
        return p, v


MODELS = {"mlp": MLP, "wide": WideDeep, "dense": Wide10000}
