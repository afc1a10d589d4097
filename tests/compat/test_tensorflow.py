"""The `tf` namespace: TensorFlow's names and arguments over Addax' ops."""

import gzip
import inspect
import struct

import numpy as np
import pytest

import addax
from addax.compat import tensorflow as tf
from addax.compat.tensorflow import names

X = np.array([[1.0, -2.0], [3.0, 4.0]], "float32")


def test_every_op_of_the_tables_exists():
    from addax import ops

    rows = {op for table in names.FUNCTIONS.values() for op, _ in table.values()}
    assert [op for op in sorted(rows) if not hasattr(ops, op)] == []


@pytest.mark.parametrize("path", sorted(names.OBJECTS))
def test_every_object_of_the_tables_exists(path):
    for name in names.OBJECTS[path]:
        tf.find(path, name)


@pytest.mark.parametrize("path", sorted(names.FUNCTIONS))
def test_every_row_of_the_tables_can_be_read(path):
    for name in names.FUNCTIONS[path]:
        assert "name" in inspect.signature(tf.find(path, name)).parameters


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (lambda: tf.reduce_mean(X), X.mean()),
        (lambda: tf.reduce_mean(input_tensor=X, axis=1, keepdims=True), X.mean(1, keepdims=True)),
        (lambda: tf.reduce_sum(X, 0, name="total"), X.sum(0)),
        (lambda: tf.math.exp(x=X), np.exp(X)),
        (lambda: tf.square(X), X**2),
        (lambda: tf.multiply(x=X, y=2.0), 2 * X),
        (lambda: tf.matmul(a=X, b=X), X @ X),
        (lambda: tf.matmul(X, X, transpose_b=True), X @ X.T),
        (lambda: tf.linspace(start=0.0, stop=1.0, num=5), np.linspace(0, 1, 5)),
        (lambda: tf.cast([0, 2], tf.bool), [False, True]),
        (lambda: tf.logical_and([True, False], [True, True]), [True, False]),
        (lambda: tf.equal([1, 2], [1, 3]), [True, False]),
        (lambda: tf.gather(params=[5, 6, 7], indices=[2, 0]), [7, 5]),
        (lambda: tf.argmax(X), X.argmax(0)),
        (lambda: tf.concat([X, X], axis=1), np.concatenate([X, X], 1)),
        (lambda: tf.one_hot([1, 0], 3), np.eye(3)[[1, 0]]),
        (lambda: tf.one_hot([1], 3, on_value=5.0, off_value=-1.0), [[-1, 5, -1]]),
        (lambda: tf.range(3), [0, 1, 2]),
        (lambda: tf.range(1, 7, delta=2), [1, 3, 5]),
        (lambda: tf.constant(2.0, shape=(2, 2)), np.full((2, 2), 2.0)),
        (lambda: tf.clip_by_value(X, -1.0, 1.0), X.clip(-1, 1)),
        (lambda: tf.shape(X), [2, 2]),
        (lambda: tf.pad(X, [[0, 1], [1, 0]]), np.pad(X, [[0, 1], [1, 0]])),
        (lambda: tf.slice(X, [0, 1], [-1, 1]), X[:, 1:2]),
        (lambda: tf.split([1, 2, 3, 4], [1, 3])[1], [2, 3, 4]),
        (lambda: tf.boolean_mask(X, [True, False]), X[:1]),
        (lambda: tf.gather_nd(X, [[0, 1], [1, 0]]), [-2, 3]),
        (lambda: tf.transpose(X), X.T),
        (lambda: tf.where(X > 0, X, 0.0), np.maximum(X, 0)),
        (lambda: tf.nn.relu(X), np.maximum(X, 0)),
        (lambda: tf.nn.l2_normalize(X, axis=1), X / np.linalg.norm(X, axis=1, keepdims=True)),
        (lambda: tf.math.squared_difference(X, 1.0), (X - 1) ** 2),
        (lambda: tf.math.confusion_matrix([0, 1, 1], [0, 1, 0]), [[1, 0], [1, 1]]),
        (lambda: tf.clip_by_norm([3.0, 4.0], 1.0), [0.6, 0.8]),
        (lambda: tf.fill((2,), 7), [7, 7]),
    ],
)
def test_values(call, expected):
    np.testing.assert_allclose(np.asarray(call()), expected, rtol=1e-6)


def test_variable_takes_arguments_as_tensorflow():
    v = tf.Variable(1.0, False, name="v", dtype=tf.float32)
    assert (v.trainable, v.name, v.dtype) == (False, "v", "float32")
    assert float(v.assign(2.0)) == 2
    assert float(v.assign_add(delta=3.0)) == 5
    assert float(v.assign_sub(1.0)) == 4
    assert float(tf.Variable(lambda: 2.0)) == 2


def test_every_variable_is_a_tf_variable():
    assert isinstance(addax.Variable(1.0), tf.Variable)
    assert not isinstance(tf.constant(1.0), tf.Variable)
    assert tf.is_tensor(tf.constant(1.0))


def test_gradient_tape():
    v = tf.Variable(3.0)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.square(v))
    assert float(tape.gradient(y, v)) == 6


def test_function_is_a_decorator_with_and_without_arguments():
    @tf.function
    def one():
        return 1

    @tf.function(jit_compile=True)
    def two():
        return 2

    assert (one(), two()) == (1, 2)


def test_random_numbers_follow_the_seed():
    tf.random.set_seed(3)
    first = np.asarray(tf.random.normal((4,)))
    tf.random.set_seed(3)
    np.testing.assert_array_equal(first, np.asarray(tf.random.normal((4,))))
    numbers = np.asarray(tf.random.uniform((100,), 2, 5, dtype=tf.int32))
    assert set(numbers.tolist()) == {2, 3, 4}
    with pytest.raises(ValueError, match="maxval"):
        tf.random.uniform((1,), dtype=tf.int32)


def test_dtypes():
    assert tf.float32 == "float32"
    assert tf.float32.as_numpy_dtype is np.float32
    assert tf.int32.max == 2**31 - 1
    assert tf.constant([1.0]).dtype == tf.float32
    assert tf.as_dtype(np.int32).is_integer


def test_devices_and_switches():
    assert tf.config.list_physical_devices("CPU")[0].device_type == "CPU"
    assert isinstance(tf.test.is_gpu_available(), bool)
    assert tf.executing_eagerly()
    tf.config.experimental.set_memory_growth(None, True)
    with tf.device("/GPU:0"):
        pass
    with pytest.raises(NotImplementedError, match="no graph mode"):
        tf.compat.v1.disable_eager_execution()


def test_print_shows_values(capsys):
    tf.print("loss:", tf.constant(1.5))
    assert capsys.readouterr().out == "loss: 1.5\n"


def test_wrong_arguments_name_the_function():
    with pytest.raises(TypeError, match="tf.square.*nothing"):
        tf.square(X, nothing=1)


def write_idx(path, array):
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(head + array.tobytes()))


@pytest.fixture
def mnist_folder(tmp_path):
    for part, n in (("train", 30), ("t10k", 10)):
        labels = (np.arange(n) % 10).astype("uint8")
        images = np.broadcast_to(labels[:, None, None] * 25, (n, 28, 28))
        write_idx(tmp_path / f"{part}-images-idx3-ubyte.gz", images)
        write_idx(tmp_path / f"{part}-labels-idx1-ubyte.gz", labels)
    return tmp_path


def test_read_data_sets(mnist_folder):
    read = tf.examples.tutorials.mnist.input_data.read_data_sets
    data = read(str(mnist_folder), validation_size=5, one_hot=True)
    counts = [part.num_examples for part in (data.train, data.validation, data.test)]
    assert counts == [25, 5, 10]
    assert data.train.images.shape == (25, 784)
    assert data.train.images.max() == np.float32(225 / 255)
    assert data.train.labels[0].tolist() == np.eye(10)[5].tolist()
    images, labels = data.train.next_batch(20)
    np.testing.assert_allclose(images[:, 0], labels.argmax(1) * 25 / 255, rtol=1e-6)
    data.train.next_batch(20)
    assert data.train.epochs_completed == 1


def test_read_data_sets_without_files(tmp_path):
    with pytest.raises(FileNotFoundError, match="train-images"):
        tf.examples.tutorials.mnist.input_data.read_data_sets(tmp_path)


def test_shape_is_known_while_a_step_is_compiled():
    """`tf.random.normal((tf.shape(x)[0], n))` is the first line of many a `train_step`."""

    class Noisy(addax.Sequential):
        def train_step(self, data):
            x, y = data
            batch, width = tf.shape(x)
            noise = tf.random.normal(shape=(tf.shape(x)[0], width)) + tf.zeros((batch, 3))
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean(tf.square(self(x + 0.0 * noise) - y))
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss / tf.cast(tf.shape(x)[0], tf.float32)}

    model = Noisy([addax.Input((3,)), addax.layers.Dense(1)])
    model.compile("sgd")
    history = model.fit(np.ones((8, 3)), np.ones((8, 1)), epochs=2, verbose=0)
    assert history.history["loss"][1] < history.history["loss"][0]
    sizes = tf.shape(np.zeros((4, 5)))
    assert sizes.numpy().tolist() == [4, 5]
    assert (sizes[1:] * 2).numpy().tolist() == [10]
    assert sizes[0].numpy() == 4
