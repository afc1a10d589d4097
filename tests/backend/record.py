"""Write `keras.npz`: what `keras.backend` of Keras 3 on TensorFlow returns for `cases.py`.

Run it where both are installed: `KERAS_BACKEND=tensorflow python tests/backend/record.py`.
"""

from pathlib import Path


def flat(result):
    """Return the arrays in a nested result."""
    if isinstance(result, (list, tuple)):
        return [array for part in result for array in flat(part)]
    return [result]


def main():
    import numpy as np
    import tensorflow as tf
    from cases import CASES

    recorded = {}
    for name, calls in CASES.items():
        for i, arguments in enumerate(calls):
            tensors = tf.nest.map_structure(
                lambda x: tf.constant(x) if isinstance(x, np.ndarray) else x, arguments
            )
            result = getattr(tf.keras.backend, name)(*tensors)
            for j, array in enumerate(flat(result)):
                recorded[f"{name}/{i}/{j}"] = np.asarray(array)
    np.savez_compressed(Path(__file__).with_name("keras.npz"), **recorded)


if __name__ == "__main__":
    main()
