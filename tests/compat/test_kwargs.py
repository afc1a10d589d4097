"""Old keywords of constructors, on stand-ins for Addax' classes."""

import pytest

from addax.compat.kwargs import accepted_names, translate_kwargs


def make(kind, name, arguments, base=object):
    """Return a class `name` whose constructor takes `arguments` and `**kwargs`."""
    scope = {}
    exec(f"def __init__(self, {arguments}, **kwargs): ...", scope)
    return type(name, (base,), {"__init__": scope["__init__"], "_registry_kind": kind})


Layer = make("layers", "Layer", "*, input_shape=None, name=None, weights=None")
Dense = make("layers", "Dense", "units, activation=None, kernel_initializer=None", Layer)
Conv1D = make("layers", "Conv1D", "filters, kernel_size, strides=1, padding='valid'", Layer)
Conv2D = make("layers", "Conv2D", "filters, kernel_size, data_format=None", Layer)
Embedding = make("layers", "Embedding", "input_dim, output_dim", Layer)
RNN = make("layers", "RNN", "cell=None", Layer)
LSTM = make("layers", "LSTM", "units, recurrent_activation=None", RNN)
BatchNormalization = make("layers", "BatchNormalization", "axis=-1, momentum=0.99", Layer)
LeakyReLU = make("layers", "LeakyReLU", "negative_slope=0.3", Layer)
SGD = make("optimizers", "SGD", "learning_rate=0.01")
ReduceLROnPlateau = make("callbacks", "ReduceLROnPlateau", "min_delta=1e-4")
ModelCheckpoint = make("callbacks", "ModelCheckpoint", "filepath, save_freq='epoch'")
Model = make("models", "Model", "*args")


@pytest.mark.parametrize(
    ("cls", "old", "new"),
    [
        (SGD, {"lr": 0.1}, {"learning_rate": 0.1}),
        (SGD, {"lr": 0.1, "decay": 0.0}, {"learning_rate": 0.1}),
        (LeakyReLU, {"alpha": 0.2}, {"negative_slope": 0.2}),
        (Dense, {"output_dim": 3, "init": "zero"}, {"units": 3, "kernel_initializer": "zero"}),
        (Dense, {"units": 3, "input_dim": 4}, {"units": 3, "input_shape": (4,)}),
        (Dense, {"units": 3, "name": "a"}, {"units": 3, "name": "a"}),
        (Dense, {"units": 3, "unit": 4}, {"units": 3, "unit": 4}),
        (Conv1D, {"nb_filter": 3, "filter_length": 5, "border_mode": "same", "subsample_length": 2},
         {"filters": 3, "kernel_size": 5, "padding": "same", "strides": 2}),
        (Conv2D, {"nb_filter": 3, "nb_row": 5, "nb_col": 4, "dim_ordering": "th"},
         {"filters": 3, "kernel_size": (5, 4), "data_format": "channels_first"}),
        (Embedding, {"input_dim": 9, "output_dim": 2, "input_length": 7},
         {"input_dim": 9, "output_dim": 2, "input_shape": (7,)}),
        (Embedding, {"input_dim": 9, "output_dim": 2, "weights": [1]},
         {"input_dim": 9, "output_dim": 2, "weights": [1]}),
        (LSTM, {"units": 3, "input_dim": 4, "input_length": 7},
         {"units": 3, "input_shape": (7, 4)}),
        (LSTM, {"units": 3, "input_dim": 4}, {"units": 3, "input_shape": (None, 4)}),
        (LSTM, {"output_dim": 3, "inner_activation": "tanh", "implementation": 2},
         {"units": 3, "recurrent_activation": "tanh"}),
        (BatchNormalization, {"mode": 0, "axis": 1, "fused": True}, {"axis": 1}),
        (ReduceLROnPlateau, {"epsilon": 0.1}, {"min_delta": 0.1}),
        (ModelCheckpoint, {"filepath": "a", "period": 1}, {"filepath": "a"}),
        (Model, {"input": 1, "output": 2}, {"inputs": 1, "outputs": 2}),
    ],
)  # fmt: skip
def test_old_keywords(cls, old, new):
    given = dict(old)
    assert translate_kwargs(cls, given) == new
    assert given == old


@pytest.mark.parametrize(("kwargs", "start"), [({"lr": 0.5}, 0.5), ({}, 0.01)])
def test_decay_becomes_a_schedule(kwargs, start):
    new = translate_kwargs(SGD, {**kwargs, "decay": 0.25})
    assert new.keys() == {"learning_rate"}
    assert float(new["learning_rate"](0)) == pytest.approx(start)
    assert float(new["learning_rate"](4)) == pytest.approx(start / 2)


def test_decay_of_a_schedule_is_refused():
    with pytest.raises(ValueError, match="needs a number as `learning_rate`"):
        translate_kwargs(SGD, {"lr": lambda step: 0.1, "decay": 0.1})


def test_subclasses_of_a_user_inherit_the_table():
    mine = make("layers", "MyDense", "size=1", Dense)
    assert translate_kwargs(mine, {"init": "one", "input_dim": 2}) == {
        "kernel_initializer": "one",
        "input_shape": (2,),
    }


def test_a_keyword_of_the_class_itself_is_never_renamed():
    mine = make("optimizers", "Mine", "lr=0.1", SGD)
    assert translate_kwargs(mine, {"lr": 0.1, "other": 1}) == {"lr": 0.1, "other": 1}


@pytest.mark.parametrize(
    ("cls", "kwargs", "error", "message"),
    [
        (SGD, {"lr": 1, "learning_rate": 2}, TypeError, "`lr`, the old name of `learning_rate`"),
        (BatchNormalization, {"mode": 1}, ValueError, "`mode` of `BatchNormalization` must be 0"),
        (BatchNormalization, {"renorm": True}, ValueError, "batch renormalization"),
    ],
)
def test_what_cannot_be_honoured_is_refused(cls, kwargs, error, message):
    with pytest.raises(error, match=message):
        translate_kwargs(cls, kwargs)


def test_accepted_names_of_all_bases():
    assert {"units", "input_shape", "weights"} <= accepted_names(Dense)
