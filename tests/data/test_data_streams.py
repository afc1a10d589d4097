import itertools
import threading
import warnings

import numpy as np
import pytest

from addax.data import ADAPTERS, PyDataset, Sequence, as_source


def firsts(source):
    """The first value of each batch of one epoch."""
    source.on_epoch_begin()
    found = [int(np.ravel(x)[0]) for x, _, _ in source]
    source.on_epoch_end()
    return found


def generate(count):
    for i in range(count):
        yield np.full((4, 3), i, "float64"), np.full(4, i)


def endless():
    for i in itertools.count():
        yield np.full((4, 3), i), np.full(4, i)


class Dataset(PyDataset):
    def __init__(self, count=4, **kwargs):
        super().__init__(**kwargs)
        self.count = count
        self.asked = []
        self.events = []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        self.asked.append(index)
        return np.full((4, 3), index), np.full(4, index)

    def on_epoch_end(self):
        self.events.append("end")


def test_generator_without_steps_is_read_to_its_end():
    source = as_source(generate(3))
    assert source.num_batches is None
    assert source.arrays is None
    assert source.peek()[0].dtype == "float32"
    assert source.batch_size == 4
    assert firsts(source) == [0, 1, 2]
    assert source.num_batches == 3
    assert source.exhausted
    with pytest.warns(UserWarning, match=r"no batches left for epoch 2.*`steps_per_epoch`"):
        assert firsts(source) == []


def test_generator_with_steps_goes_on_in_the_next_epoch():
    source = as_source(endless(), steps=3)
    assert source.num_batches == 3
    source.peek()
    assert firsts(source) == [0, 1, 2]
    assert firsts(source) == [3, 4, 5]


def test_generator_that_ends_early_warns():
    source = as_source(generate(5), steps=3)
    assert firsts(source) == [0, 1, 2]
    with pytest.warns(UserWarning, match=r"in epoch 2: 2 of 3 batches came.*`steps_per_epoch`"):
        assert firsts(source) == [3, 4]
    assert source.exhausted


def test_no_warning_when_all_is_well():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = as_source(generate(6), steps=3)
        firsts(source)
        firsts(source)


def test_epoch_that_is_broken_off_starts_again():
    source = as_source(Dataset())
    next(iter(source))
    assert firsts(source) == [0, 1, 2, 3]


def test_empty_generator():
    with pytest.raises(ValueError, match="`x` of `predict` must give at least one batch"):
        as_source(generate(0), name="predict").peek()


@pytest.mark.parametrize(
    ("item", "shapes"),
    [
        (np.zeros((2, 3)), ((2, 3), None, None)),
        ((np.zeros((2, 3)),), ((2, 3), None, None)),
        ([np.zeros((2, 3)), [1, 2]], ((2, 3), (2,), None)),
        ((np.zeros((2, 3)), np.zeros(2), np.ones(2)), ((2, 3), (2,), (2,))),
        ((np.zeros((2, 3)), None), ((2, 3), None, None)),
    ],
)
def test_forms_of_batches(item, shapes):
    batch = as_source(iter([item])).peek()
    assert tuple(None if part is None else part.shape for part in batch) == shapes


def test_batches_of_structures():
    x, y, w = as_source(iter([({"a": [1, 2]}, (np.zeros(2), np.ones(2)), [3.0, 4.0])])).peek()
    assert x["a"].tolist() == [1, 2]
    assert isinstance(y, tuple)
    assert [part.tolist() for part in w] == [[3.0, 4.0], [3.0, 4.0]]


def test_bad_batch_is_named():
    items = [(np.zeros((2, 3)), np.zeros(2)), (np.zeros((2, 3)), np.zeros(1))]
    with pytest.raises(ValueError, match=r"same number of samples in batch 1.*x: 2, y: 1"):
        firsts(as_source(iter(items)))
    with pytest.raises(ValueError, match="`y` of `fit` must hold numbers"):
        as_source(iter([(np.zeros((2, 3)), np.array(["a", "b"]))])).peek()


@pytest.mark.parametrize("x", [generate(1), Dataset()], ids=["generator", "dataset"])
@pytest.mark.parametrize("argument", ["y", "sample_weight"])
def test_streams_own_targets_and_weights(x, argument):
    with pytest.raises(ValueError, match=rf"`{argument}` of `fit` must not be given with a"):
        as_source(x, **{argument: np.zeros(4)})


def test_batch_size_of_streams_is_ignored_with_a_warning():
    with pytest.warns(UserWarning, match="`batch_size` of `fit` is ignored with a generator"):
        as_source(generate(1), batch_size=8)


def test_dataset():
    source = as_source(Dataset())
    assert source.num_batches == 4
    assert firsts(source) == firsts(source) == [0, 1, 2, 3]
    assert isinstance(Dataset(), Sequence)


def test_peeked_batch_of_a_dataset_is_loaded_once():
    dataset = Dataset()
    source = as_source(dataset)
    source.peek()
    assert dataset.asked == [0]
    firsts(source)
    assert dataset.asked == [0, 1, 2, 3]
    assert dataset.events == ["end"]


def test_hook_that_changes_the_data_before_the_epoch():
    class Moving(Dataset):
        shift = 0

        def on_epoch_begin(self):
            self.shift += 10

        def __getitem__(self, index):
            return np.full((1, 1), index + self.shift)

    source = as_source(Moving(2))
    source.peek()
    assert firsts(source) == [10, 11]
    assert firsts(source) == [20, 21]


def test_dataset_shuffles_batches():
    orders = []
    for _ in range(2):
        source = as_source(Dataset(20), shuffle=True, seed=3)
        source.peek()
        orders.append([firsts(source), firsts(source)])
    assert orders[0] == orders[1]
    assert orders[0][0] != orders[0][1]
    assert sorted(orders[0][0]) == list(range(20))


def test_seed_set_after_peeking_counts():
    source = as_source(Dataset(20), shuffle=True)
    source.peek()
    source.seed = 3
    assert firsts(source) == firsts(as_source(Dataset(20), shuffle=True, seed=3))


def test_dataset_with_fewer_steps():
    source = as_source(Dataset(), steps=3)
    assert firsts(source) == [0, 1, 2]
    with pytest.warns(UserWarning, match="1 of 3"):
        assert firsts(source) == [3]
    assert firsts(source) == [0, 1, 2]


@pytest.mark.parametrize("kwargs", [{"workers": 3}, {"use_multiprocessing": True}])
def test_workers_keep_the_order(kwargs):
    gate = threading.Barrier(2, timeout=10)

    class Slow(Dataset):
        def __getitem__(self, index):
            if index in (1, 2):
                gate.wait()  # Passes only if two batches are loaded at once.
            return super().__getitem__(index)

    source = as_source(Slow(9, max_queue_size=3, **kwargs))
    assert firsts(source) == list(range(9))
    iterator = iter(source)
    next(iterator)
    iterator.close()
    source._close()
    assert not [t for t in threading.enumerate() if t.name.startswith("addax-data")]


def test_error_of_a_worker_is_raised():
    class Broken(Dataset):
        def __getitem__(self, index):
            if index == 2:
                raise KeyError("lost")
            return super().__getitem__(index)

    with pytest.raises(KeyError, match="lost"):
        firsts(as_source(Broken(workers=2)))


def test_endless_dataset_needs_steps():
    class Endless(PyDataset):
        @property
        def num_batches(self):
            return None

        def __getitem__(self, index):
            return np.full((2, 1), index)

    with pytest.raises(ValueError, match=r"`steps` of `predict` must be given with a `PyDataset`"):
        as_source(Endless(), name="predict")
    source = as_source(Endless(workers=2), steps=3)
    assert firsts(source) == [0, 1, 2]
    assert firsts(source) == [3, 4, 5]
    source._close()
    assert list(itertools.islice(iter(Endless()), 2))[1].tolist() == [[1], [1]]


def test_dataset_without_super_init():
    class Old(Dataset):
        def __init__(self):
            self.count, self.asked, self.events = 2, [], []

    assert firsts(as_source(Old())) == [0, 1]


def test_dataset_that_lacks_methods():
    with pytest.raises(NotImplementedError, match="must define `__len__"):
        _ = PyDataset().num_batches
    with pytest.raises(NotImplementedError, match="must define `__getitem__"):
        PyDataset()[0]
    with pytest.raises(ValueError, match="`max_queue_size` of `PyDataset`"):
        PyDataset(max_queue_size=0)


def test_foreign_sequences_are_known_by_their_methods():
    class Foreign:
        ended = 0

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return np.full((1, 1), index)

        def on_epoch_end(self):
            self.ended += 1

    data = Foreign()
    source = as_source(data)
    assert firsts(source) == firsts(source) == [0, 1]
    assert data.ended == 2


def test_iterable_with_a_length():
    class Loader:
        def __len__(self):
            return 3

        def __iter__(self):
            return endless()

    source = as_source(Loader())
    assert source.num_batches == 3
    assert firsts(source) == firsts(source) == [0, 1, 2]


def test_iterable_without_a_length():
    class Loader:
        def __iter__(self):
            return generate(2)

    source = as_source(Loader())
    assert firsts(source) == firsts(source) == [0, 1]
    assert source.num_batches == 2


def test_endless_iterators_need_steps():
    with pytest.raises(ValueError, match="`steps_per_epoch` of `fit` must be given"):
        as_source(itertools.cycle([np.zeros((2, 2))]))


class FakeTfData:
    def __init__(self, cardinality):
        self.count = cardinality

    def cardinality(self):
        return self.count

    def as_numpy_iterator(self):
        return generate(3)


def test_tf_data():
    assert firsts(as_source(FakeTfData(3))) == [0, 1, 2]
    assert as_source(FakeTfData(3)).num_batches == 3
    assert as_source(FakeTfData(-2)).num_batches is None
    with pytest.raises(ValueError, match=r"`tf.data.Dataset` that never ends"):
        as_source(FakeTfData(-1))


def test_torch_data_loader():
    torch = pytest.importorskip("torch")
    data = torch.utils.data.TensorDataset(torch.arange(6.0)[:, None], torch.arange(6))
    source = as_source(torch.utils.data.DataLoader(data, batch_size=2))
    assert source.num_batches == 3
    assert firsts(source) == firsts(source) == [0, 2, 4]
    with pytest.raises(ValueError, match="`y` of `fit` must not be given with a `DataLoader`"):
        as_source(torch.utils.data.DataLoader(data), np.zeros(6))
    with pytest.raises(ValueError, match="Wrap a data set of single samples"):
        as_source(data)


def test_grain():
    grain = pytest.importorskip("grain")
    data = grain.MapDataset.source(np.arange(6.0)).batch(2)
    assert firsts(as_source(data)) == [0, 2, 4]
    assert firsts(as_source(data.to_iter_dataset())) == [0, 2, 4]
    with pytest.raises(ValueError, match="never ends"):
        as_source(data.repeat())


def test_keras_datasets():
    keras = pytest.importorskip("keras")

    class Theirs(keras.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return np.full((1, 1), index), np.zeros(1)

    source = as_source(Theirs(workers=2, use_multiprocessing=False))
    source.peek()
    assert firsts(source) == [0, 1]


def test_table_has_one_row_per_format():
    names = [adapter.name for adapter in ADAPTERS]
    assert len(names) == len(set(names))


def test_batches_like_one_before_are_served_as_they_are():
    items = [(np.full((2, 3), i, "float32"), np.full(2, i, "int32")) for i in range(3)]
    served = list(as_source(iter(items)))
    assert all(
        x is item[0] and y is item[1] and weight is None
        for (x, y, weight), item in zip(served, items, strict=True)
    )


@pytest.mark.parametrize("kind", [np.ma.masked_array, np.memmap])
def test_another_class_of_array_is_not_like_one_before(kind, tmp_path):
    x = np.ones((2, 3), "float32")
    if kind is np.memmap:
        x.tofile(tmp_path / "x")
        other = np.memmap(tmp_path / "x", "float32", shape=(2, 3))
    else:
        other = kind(x)
    plain, converted = (x for x, _, _ in as_source(iter([(x,), (other,)])))
    assert type(plain) is np.ndarray
    np.testing.assert_array_equal(converted, plain)


def test_types_and_lengths_are_looked_at_in_every_batch():
    x, y = np.ones((2, 3), "float32"), np.ones(2, "int32")
    items = [(x, y), (x.astype("float64"), y.astype("int64")), (x, y, y), (x, None), (x,), (x, y)]
    served = list(as_source(iter(items)))
    assert {a.dtype.name for a, _, _ in served} == {"float32"}
    assert {b.dtype.name for _, b, _ in served if b is not None} == {"int32"}
    assert [w is None for _, _, w in served] == [True, True, False, True, True, True]
    source = iter(as_source(iter([(x, y), (x, y[:1])])))
    next(source)
    with pytest.raises(ValueError, match=r"same number of samples in batch 1"):
        next(source)


def test_class_weights_are_folded_into_every_batch():
    x, y = np.ones((2, 3), "float32"), np.array([0, 1], "int32")
    source = as_source(iter([(x, y)] * 3), class_weight={0: 2.0, 1: 3.0})
    assert [weight.tolist() for _, _, weight in source] == [[2.0, 3.0]] * 3
