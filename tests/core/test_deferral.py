"""Calls of a compiled step that wait for each other cannot be told from calls that do not."""

import copy
import gc
import itertools
import pickle
import sys
import threading
import weakref

import numpy as np
import pytest

import addax
from addax.core import deferral
from addax.core.deferral import Pace
from addax.engine import engine


@pytest.fixture
def eager_to_wait(monkeypatch):
    """Let calls wait from the second one on, four at a time; yields how many ran together."""
    ran = []
    run = deferral.Queue._run_waiting

    def called(self):
        self.wanted = 1 if self.limit > 1 else 0

    def watched(self):
        ran.append(run(self))
        return ran[-1]

    monkeypatch.setattr(Pace, "called", called)
    monkeypatch.setattr(deferral, "_TRIALS", 1)
    monkeypatch.setattr(deferral, "_MOST_CALLS", 4)
    monkeypatch.setattr(deferral, "_SECONDS", 1e6)
    monkeypatch.setattr(deferral.Queue, "_run_waiting", watched)
    return ran


@pytest.fixture
def never_wait(monkeypatch):
    monkeypatch.setattr(deferral, "_MOST_CALLS", 1)


def _batches(count, rows=8):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(count, rows, 5)).astype("float32")
    return list(zip(x, rng.integers(0, 3, (count, rows)), strict=True))


class Training:
    """A model with dropout, an optimizer with slots, a metric and a step."""

    def __init__(self):
        addax.utils.set_random_seed(7)
        self.model = addax.Sequential(
            [
                addax.Input((5,)),
                addax.layers.Dense(300, activation="relu"),  # large enough to be overwritten
                addax.layers.Dropout(0.3),
                addax.layers.Dense(3),
            ]
        )
        self.optimizer = addax.optimizers.Adam(0.01)
        self.loss = addax.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.mean = addax.metrics.Mean()
        self.step = addax.function(self._step)

    def _step(self, x, y):
        with addax.GradientTape() as tape:
            loss = self.loss(y, self.model(x, training=True))
        variables = self.model.trainable_variables
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        self.mean.update_state(loss)
        return {"loss": loss, "twice": 2 * loss}

    def state(self):
        held = [*self.model.weights, *self.optimizer.variables, *self.mean.variables]
        return [variable.numpy() for variable in held]


def _same(found, expected):
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)


def _train(count=23, look_every=1000):
    training, losses = Training(), []
    for i, batch in enumerate(_batches(count)):
        losses.append(training.step(*batch)["loss"])
        if i % look_every == look_every - 1:
            float(training.mean.result())
    return training.state(), [float(loss) for loss in losses]


@pytest.mark.parametrize("look_every", [1000, 7, 5])
def test_same_bits_as_one_call_at_a_time(eager_to_wait, look_every, monkeypatch):
    state, losses = _train(look_every=look_every)
    assert max(eager_to_wait) == 4
    monkeypatch.setattr(deferral, "_MOST_CALLS", 1)
    expected, expected_losses = _train()
    _same(state, expected)
    assert losses == expected_losses


def test_results_are_those_of_plain_python(eager_to_wait):
    _, losses = _train(9)
    addax.run_functions_eagerly(True)
    try:
        _, expected = _train(9)
    finally:
        addax.run_functions_eagerly(False)
    np.testing.assert_allclose(losses, expected, rtol=1e-4)


def _counter():
    total, rate = addax.Variable(0.0), addax.Variable(1.0)

    @addax.function
    def add(x):
        total.assign_add(rate * addax.ops.sum(x))
        return total + 0

    return total, rate, add


def test_what_is_assigned_between_calls_counts_from_then_on(eager_to_wait):
    total, rate, add = _counter()
    ones = np.ones(3, "float32")
    for i in range(20):
        if i == 10:
            rate.assign(10.0)
        if i == 15:
            total.assign(0.0)
        add(ones)
    assert float(total) == 5 * 3 * 10
    assert max(eager_to_wait) > 1


def test_a_result_read_late_is_that_of_its_call(eager_to_wait):
    _, _, add = _counter()
    found = [add(np.float32([1.0, i])) for i in range(12)]
    sums = np.cumsum([1.0 + i for i in range(12)])
    assert [float(found[i]) for i in (11, 0, 5, 3)] == [sums[i] for i in (11, 0, 5, 3)]
    assert found[2].shape == ()
    assert found[2].dtype == "float32"
    np.testing.assert_array_equal(addax.ops.stack(found), sums)


def test_the_caller_may_change_its_array_after_the_call(eager_to_wait):
    total, _, add = _counter()
    x = np.zeros(3, "float32")
    for i in range(10):
        x[:] = i
        add(x)
        x[:] = -1000
    assert float(total) == 3 * 45


def test_batches_of_other_sizes_come_in_order(eager_to_wait):
    total, rate, add = _counter()
    seen = []
    for i in range(30):
        add(np.ones(2 if i % 10 == 9 else 3, "float32"))
        if i % 10 == 9:
            seen.append(float(total))
    assert seen == [29.0, 58.0, 87.0]


def test_two_functions_over_the_same_variables_alternate(eager_to_wait):
    v = addax.Variable(1.0)

    @addax.function
    def double(x):
        v.assign(2 * v * x)

    @addax.function
    def increment(x):
        v.assign_add(x)
        return v + 0

    expected, one = 1.0, np.float32(1)
    for _ in range(12):
        double(one)
        increment(one)
        expected = 2 * expected + 1
    assert float(v) == expected


def test_other_functions_and_eager_code_see_what_waited(eager_to_wait):
    total, _, add = _counter()
    overwrite = addax.function(lambda x: total.assign(x))
    read = addax.function(lambda x: total + x)
    ones = np.ones(3, "float32")
    for _ in range(8):
        add(ones)
    assert float(read(np.float32(1))) == 25
    for _ in range(6):
        add(ones)
    overwrite(np.float32(5))
    add(ones)
    assert float(total * 1.0) == 8
    add(ones)
    with addax.GradientTape() as tape:
        y = total * total
    assert float(tape.gradient(y, total)) == 22


def test_arrays_of_the_device_and_numbers(eager_to_wait):
    total, _, add = _counter()
    for i in range(10):
        add(addax.ops.ones((3,)) * i)
    assert float(total) == 3 * 45
    counter = addax.Variable(0)

    @addax.function
    def count():
        counter.assign_add(2)

    for _ in range(11):
        count()
    assert int(counter) == 22


@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy])
def test_copies_of_a_variable_have_what_waited(eager_to_wait, duplicate):
    total, _, add = _counter()
    for _ in range(7):
        add(np.ones(3, "float32"))
    other = duplicate(total)
    add(np.ones(3, "float32"))
    assert float(other) == 21
    assert float(total) == 24


def test_pending_results_can_be_stored(eager_to_wait):
    _, _, add = _counter()
    results = [add(np.ones(3, "float32")) for _ in range(6)]
    assert float(copy.copy(results[-1])) == 18
    assert float(np.asarray(results[4])) == 15
    assert pickle.loads(pickle.dumps(results[3].numpy())) == 12
    with pytest.raises(AttributeError, match="'Tensor' object has no attribute 'foo'"):
        results[5].foo  # noqa: B018


def test_another_thread_reads_what_waited(eager_to_wait):
    total, _, add = _counter()
    for _ in range(7):
        add(np.ones(3, "float32"))
    found = []
    thread = threading.Thread(target=lambda: found.append(float(total)))
    thread.start()
    thread.join()
    assert found == [21.0]


def test_training_goes_on_with_fit_and_save(eager_to_wait, tmp_path):
    training = Training()
    for batch in _batches(7):
        training.step(*batch)
    training.model.save(tmp_path / "model.keras")
    _same([w.numpy() for w in training.model.weights], [*training.model.get_weights()])
    loaded = addax.models.load_model(tmp_path / "model.keras")
    _same(loaded.get_weights(), training.model.get_weights())
    for batch in _batches(6):
        training.step(*batch)
    assert int(training.optimizer.iterations) == 13
    training.model.compile(training.optimizer, training.loss)
    x, y = _batches(1)[0]
    training.model.fit(x, y, verbose=0)
    assert int(training.optimizer.iterations) == 14


def _interrupted(*_):
    raise KeyboardInterrupt


def _counted(times):
    """Return a counter that was called so often and then looked at, its function and argument."""
    total, _, add = _counter()
    ones = np.ones(3, "float32")
    for _ in range(times):
        add(ones)
    float(total)
    return total, add, ones


def test_an_interrupted_call_says_so(eager_to_wait, monkeypatch):
    total, _, add = _counter()
    for _ in range(8):
        result = add(np.ones(3, "float32"))

    monkeypatch.setattr(deferral.Queue, "_store", _interrupted)
    with pytest.raises(KeyboardInterrupt):
        float(result)
    with pytest.raises(RuntimeError, match="interrupted"):
        float(result)
    assert np.isfinite(float(total))  # there is a value, of a moment before


def _call_four_times(add, x):
    for _ in range(4):
        add(x)


@pytest.mark.parametrize(("where", "expected"), [("_keep", 15.0), ("_wait_for_last", 27.0)])
def test_an_interrupt_elsewhere_leaves_whole_calls(eager_to_wait, monkeypatch, where, expected):
    total, add, ones = _counted(5)
    with monkeypatch.context() as patch:
        patch.setattr(deferral.Queue, where, _interrupted)
        with pytest.raises(KeyboardInterrupt):
            _call_four_times(add, ones)
    assert float(total) == expected
    add(ones)
    assert float(total) == expected + 3


def test_a_kept_result_does_not_keep_the_model(eager_to_wait):
    training = Training()
    results = [training.step(*batch)["loss"] for batch in _batches(7)]
    float(results[-1])
    model = weakref.ref(training.model)
    del training
    gc.collect()
    assert model() is None
    assert float(results[3]) > 0


def test_functions_that_write_nothing_run_at_once(eager_to_wait):
    square = addax.function(lambda x: x * x)
    for i in range(6):
        assert float(square(np.float32(i))) == i * i
    assert not eager_to_wait


def test_large_results_are_not_collected(eager_to_wait, monkeypatch):
    monkeypatch.setattr(deferral, "_MOST_BYTES", 1000)
    v = addax.Variable(0.0)

    @addax.function
    def step(x):
        v.assign_add(1.0)
        return x * v

    found = [step(np.ones(200, "float32")) for _ in range(6)]
    assert not eager_to_wait
    assert float(found[3][0]) == 4


class Clock:
    """Time that passes when told to."""

    now = 0.0

    def perf_counter(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(deferral, "time", clock)
    return clock


def _call_at_once(pace, clock, calls, seconds):
    for i in range(calls):
        clock.now += 2.0 if i == 0 and pace._calls == 0 else seconds  # the first compiles
        pace.called()
        if pace.wanted:
            return i
    return None


def test_pace_waits_until_the_calls_took_as_long_as_compilation(clock):
    pace = Pace(limit=64)
    assert _call_at_once(pace, clock, 1000, 0.5) == 15


def test_pace_collects_what_runs_in_its_time(clock):
    pace = Pace(limit=64)
    _call_at_once(pace, clock, 1000, 0.02)
    for _ in range(8):
        assert pace.wanted == 1
        clock.now += 0.02
        pace.passed()
    assert (pace.wanted, pace.capacity) == (15, 16)
    pace.took(0.6, 15)  # the machine slowed down
    assert pace.wanted == 7
    pace.took(0.001, 7)
    assert pace.wanted == 16


def test_pace_leaves_alone_who_looks_at_each_result(clock):
    pace, waits = Pace(limit=64), []
    for _ in range(4):
        waits.append(_call_at_once(pace, clock, 10_000, 0.5))
        pace.looked(1)
        assert pace.wanted == 0
    assert waits[1:] == [30, 62, 126]


def test_pace_gives_up_when_collected_calls_are_looked_at_one_by_one(clock):
    pace = Pace(limit=64)
    _call_at_once(pace, clock, 1000, 0.02)
    for _ in range(8):
        clock.now += 0.02
        pace.passed()
    pace.looked(5)
    assert pace.wanted == 15
    for _ in range(8):
        pace.looked(1)
    assert (pace.wanted, pace.capacity) == (0, 1)


def test_pace_leaves_long_calls_alone(clock):
    pace = Pace(limit=64)
    _call_at_once(pace, clock, 1000, 1.0)
    for _ in range(8):
        clock.now += 1.0
        pace.passed()
    assert pace.wanted == 0


def test_assigned_without_being_read_by_a_function_that_cannot_wait(eager_to_wait):
    total, _, add = _counter()

    @addax.function
    def overwrite(x):
        total.assign(x)

    for _ in range(8):
        add(np.ones(3, "float32"))
    overwrite(np.float32(5))
    add(np.ones(3, "float32"))
    assert float(total) == 8


def _inside_of_function(use):
    return addax.function(lambda y: y * use())(np.ones(2, "float32"))


def _inside_of_map(use):
    return addax.ops.map(lambda y: y * use(), np.ones(2, "float32"))


def _inside_of_model(use):
    inputs = addax.Input((2,))
    model = addax.Model(inputs, addax.layers.Lambda(lambda y: y * use())(inputs))
    return model.predict(np.ones((1, 2)), verbose=0)[0]


@pytest.mark.parametrize("inside", [_inside_of_function, _inside_of_map, _inside_of_model])
@pytest.mark.parametrize("calls", [7, 12])
def test_what_waits_runs_while_something_else_is_traced(eager_to_wait, inside, calls):
    total, _, add = _counter()
    results = [add(np.ones(3, "float32")) for _ in range(calls)]
    np.testing.assert_array_equal(inside(lambda: results[-1]), [3.0 * calls] * 2)
    add(np.ones(3, "float32"))
    np.testing.assert_array_equal(inside(lambda: total), [3.0 * calls + 3] * 2)
    assert float(total) == 3 * calls + 3


def test_a_pending_result_can_be_pickled(eager_to_wait):
    _, _, add = _counter()
    results = [add(np.ones(3, "float32")) for _ in range(7)]
    assert float(pickle.loads(pickle.dumps(results[6]))) == 21
    assert float(copy.deepcopy(results)[5]) == 18


def _in_threads(*works):
    """Run functions in threads that change often; return what they raised."""
    errors, started = [], threading.Barrier(len(works))

    def run(work):
        started.wait()
        try:
            work()
        except Exception as error:
            errors.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    return errors


def test_many_threads_read_the_same_results(eager_to_wait):
    _, _, add = _counter()
    for _ in range(20):
        results = [add(np.ones(3, "float32")) for _ in range(7)]
        assert not _in_threads(*[lambda found=results: list(map(float, found))] * 4)


@pytest.mark.parametrize("waits", [True, False])
def test_threads_read_a_variable_while_it_is_overwritten(eager_to_wait, waits, monkeypatch):
    monkeypatch.setattr(deferral, "_MOST_CALLS", 4 if waits else 1)
    total, done, seen = addax.Variable(np.zeros((100, 100), "float32")), threading.Event(), []

    @addax.function
    def add(x):
        total.assign_add(x + addax.ops.zeros_like(total))

    def train():
        for _ in range(200):
            add(np.float32(1))
        done.set()

    def read():
        while not done.is_set():
            seen.append(total.numpy())

    assert not _in_threads(train, read)
    assert all((value == value[0, 0]).all() for value in seen)
    assert (np.diff([value[0, 0] for value in seen]) >= 0).all()
    assert (total.numpy() == 200).all()


def test_threads_call_functions_over_the_same_variables(eager_to_wait):
    total, _, add = _counter()
    other = addax.Variable(0.0)

    @addax.function
    def add_both(x):
        other.assign_add(x)
        total.assign_add(3 * x)

    def call(function, x):
        return lambda: [function(x) for _ in range(50)]

    ones, one = np.ones(3, "float32"), np.float32(1)
    assert not _in_threads(call(add, ones), call(add_both, one), call(add, ones))
    assert (float(total), float(other)) == (450, 50)


def test_a_kept_variable_does_not_keep_the_model(eager_to_wait):
    training = Training()
    for batch in _batches(7):
        training.step(*batch)
    kept = training.mean.variables
    float(kept[0])
    model = weakref.ref(training.model)
    del training
    gc.collect()
    assert model() is None


def test_a_schedule_on_the_host_reads_what_waited(eager_to_wait):
    total, _, add = _counter()

    optimizer = addax.optimizers.SGD(lambda: 0.5 * float(result))
    weight = addax.Variable(0.0)

    @addax.function
    def step(x):
        optimizer.apply_gradients([(x, weight)])

    for i in range(3):
        for _ in range(7):
            result = add(np.ones(3, "float32"))
        step(np.float32(1))
        assert float(total) == 21 * (i + 1)
    assert float(weight) == -0.5 * 21 * (1 + 2 + 3)


@pytest.mark.parametrize("where", ["_hold", "_keep", "_wait_for_last", "_run_program"])
def test_a_signal_handler_may_read_values(eager_to_wait, monkeypatch, where):
    total, _, add = _counter()
    seen, turns, method = [], itertools.count(), getattr(deferral.Queue, where)

    def handled(self, *args):
        if next(turns) % 3:
            return method(self, *args)
        with monkeypatch.context() as patch:  # the handler is not interrupted itself
            patch.setattr(deferral.Queue, where, method)
            seen.append(float(total))
            found = method(self, *args)
            seen.append(float(total))
        return found

    monkeypatch.setattr(deferral.Queue, where, handled)
    for _ in range(30):
        add(np.ones(3, "float32"))
    assert float(total) == 90
    assert seen
    assert all(value % 3 == 0 for value in seen)
    assert seen == sorted(seen)


def test_keys_among_the_results(eager_to_wait):
    v = addax.Variable(0.0)

    @addax.function
    def step(x):
        v.assign_add(x)
        return engine.random.wrap_key_data(engine.asarray([0, 1], "uint32"))

    for _ in range(6):
        step(np.float32(1))
    assert float(v) == 6


def test_interrupts_before_collected_calls_run(eager_to_wait, monkeypatch):
    total, add, ones = _counted(9)
    for _ in range(6):
        with monkeypatch.context() as patch:
            patch.setattr(deferral.Queue, "_run_waiting", _interrupted)
            with pytest.raises(KeyboardInterrupt):
                _call_four_times(add, ones)
    assert float(total) == 39
    _call_four_times(add, ones)
    assert float(total) == 51
