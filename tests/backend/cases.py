"""Calls of functions of tensors, for `record.py` and `test_recorded.py`."""

import numpy as np


def array(*shape, seed=0):
    return np.random.Generator(np.random.Philox(seed)).normal(size=shape).astype("float32")


X = array(2, 5, 6, 4)
SEQUENCE = array(2, 5, 3, seed=1)
P = np.exp(array(3, 4)) / np.exp(array(3, 4)).sum(1, keepdims=True)
SOFT = np.exp(array(2, 6, 4)) / np.exp(array(2, 6, 4)).sum(2, keepdims=True)
CLASSES = np.array([0, 3, 1])

STATE = np.zeros((2, 3), "float32")
MASK = np.array([[False, True, False, True, True], [True, True, True, False, False]])


def _step(x, states):
    return x + states[0], [x + states[0]]


def _minus(total, x):
    return total - x


def _scaled(x, states):
    return x * states[1], [states[0]]


CASES = {
    "batch_dot": [
        (array(2, 3, 4), array(2, 4, 5)), (array(2, 3, 4), array(2, 3, 4), 1),
        (array(2, 4), array(2, 4)), (array(2, 4), array(2, 4, 3)),
        (array(2, 3, 4), array(2, 5, 4), (2, 2)),
    ],
    "dot": [(array(2, 3), array(3, 4)), (array(2, 5, 3), array(3, 4))],
    "argmax": [(X,), (X, 1)], "argmin": [(X,)], "cumsum": [(X,)], "cumprod": [(X, 1)],
    "mean": [(X,), (X, (1, 2), True)], "std": [(X, -1)], "var": [(X, 0)], "sum": [(X, 1)],
    "max": [(X, 1)], "min": [(X, 1)], "prod": [(X, 1)], "any": [(X > 1, 1)], "all": [(X > 1, 1)],
    "clip": [(X, -0.5, 0.5)], "sqrt": [(X,)], "pow": [(np.abs(X), 1.5)], "square": [(X,)],
    "hard_sigmoid": [(X,)], "relu": [(X,), (X, 0.1), (X, 0.1, 1.0), (X, 0.1, 1.0, 0.5)],
    "elu": [(X,), (X, 0.5)], "softmax": [(X,), (X, 1)], "softplus": [(X,)], "softsign": [(X,)],
    "l2_normalize": [(X, -1), (X,)], "concatenate": [([X, X],), ([X, X], 0)],
    "expand_dims": [(X,), (X, 1)], "squeeze": [(X[:1], 0)], "flatten": [(X,)],
    "batch_flatten": [(X,)], "permute_dimensions": [(X, (0, 3, 1, 2))], "transpose": [(X,)],
    "reverse": [(X, 1), (X, (1, 2))], "repeat": [(array(2, 3), 4)], "stack": [([X, X], 1)],
    "repeat_elements": [(X, 2, 1)], "tile": [(array(2, 3), (2, 1))],
    "gather": [(X, np.array([1, 0, 1]))], "one_hot": [(CLASSES, 4)], "reshape": [(X, (2, -1))],
    "in_top_k": [(P, CLASSES, 2)], "sign": [(X,)], "round": [(X,)], "abs": [(X,)],
    "equal": [(X, X)], "greater_equal": [(X, 0.0)], "maximum": [(X, 0.1)],
    "binary_crossentropy": [(np.ones_like(P), P), (np.ones_like(P), X[0, 0, :3], True)],
    "categorical_crossentropy": [(P, P), (P, array(3, 4, seed=2), True)],
    "sparse_categorical_crossentropy": [(CLASSES, P)],
    "conv1d": [
        (SEQUENCE, array(2, 3, 4)), (SEQUENCE, array(2, 3, 4), 1, "causal", None, 2),
        (SEQUENCE, array(2, 3, 4), 2, "same"),
    ],
    "conv2d": [(X, array(3, 3, 4, 2)), (X, array(3, 3, 4, 2), (2, 2), "same")],
    "conv3d": [(array(1, 4, 4, 4, 2), array(2, 2, 2, 2, 3))],
    "depthwise_conv2d": [(X, array(3, 3, 4, 2))],
    "separable_conv2d": [(X, array(3, 3, 4, 1), array(1, 1, 4, 5))],
    "pool2d": [(X, (2, 2)), (X, (2, 2), (2, 2), "same", None, "avg")],
    "pool3d": [(array(1, 4, 4, 4, 2), (2, 2, 2), (2, 2, 2))],
    "bias_add": [(X, array(4))], "temporal_padding": [(SEQUENCE, (2, 1))],
    "spatial_2d_padding": [(X,), (X, ((1, 0), (0, 2)), "channels_first")],
    "resize_images": [(X, 2, 3, "channels_last")],
    "resize_volumes": [(array(1, 2, 2, 2, 1), 2, 1, 3, "channels_last")],
    "batch_normalization": [(X, array(4), np.abs(array(4)), array(4), array(4))],
    "switch": [(array(2, 3) > 0, array(2, 3), np.zeros((2, 3), "float32"))],
    "ctc_decode": [(np.abs(array(2, 6, 3)), np.array([6, 4]))],
    "ctc_batch_cost": [
        (np.array([[0, 1, 1], [2, 0, 0]]), SOFT, np.array([[6], [4]]), np.array([[3], [1]]))
    ],
    "rnn": [
        (_step, SEQUENCE, [STATE]), (_step, SEQUENCE, [STATE], True),
        (_step, SEQUENCE, [STATE], False, MASK),
        (_step, SEQUENCE, [STATE], False, MASK, None, False, None, False, True),
        (_scaled, SEQUENCE, [STATE], False, None, [np.float32(3)]),
    ],
    "foldl": [(_minus, array(4, 2))], "foldr": [(_minus, array(4, 2))],
}  # fmt: skip
