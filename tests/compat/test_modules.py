"""The import finder: which names lead where, and what is said of names that lead nowhere."""

import importlib
import subprocess
import sys

import pytest

import addax
from addax import compat
from addax.compat import modules, tables


def forget_real_ones():
    """Take real Keras and its kin, which other tests import, out of `sys.modules`."""
    taken = {}
    for name in list(sys.modules):
        if name.partition(".")[0] in modules.TOP_LEVEL:
            taken[name] = sys.modules.pop(name)
    return taken


@pytest.fixture
def installed():
    taken = forget_real_ones()
    compat.install()
    yield
    compat.uninstall()
    sys.modules.update(taken)


def run(code):
    """Run code in a process of its own; return its output, or the last line of its error."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("from keras.layers import Dense as it", "layers.Dense"),
        ("from keras.layers.core import Dense as it", "layers.Dense"),
        ("from keras.layers.core.dense import Dense as it", "layers.Dense"),
        ("from keras.layers.convolutional import Conv2D as it", "layers.Conv2D"),
        ("from keras.layers.recurrent import LSTM as it", "layers.LSTM"),
        ("from keras.layers.convolutional import Convolution2D as it", "layers.Conv2D"),
        ("from keras.engine.topology import Layer as it", "layers.Layer"),
        ("from keras.engine import Layer as it", "layers.Layer"),
        ("from keras.engine.training import Model as it", "models.Model"),
        ("from keras.src.layers.core.dense import Dense as it", "layers.Dense"),
        ("from keras.api.models import Sequential as it", "models.Sequential"),
        ("from keras import Sequential as it", "models.Sequential"),
        ("from keras.optimizers import adam as it", "optimizers.Adam"),
        ("from keras.optimizers.sgd import SGD as it", "optimizers.SGD"),
        ("from keras.objectives import mean_squared_error as it", "losses.mean_squared_error"),
        ("from keras.callbacks import EarlyStopping as it", "callbacks.EarlyStopping"),
        ("from keras.datasets.digits import load_data as it", "datasets.digits.load_data"),
        ("from tensorflow.keras.layers import Dense as it", "layers.Dense"),
        ("from tensorflow.python.keras.layers import Dense as it", "layers.Dense"),
        ("from tensorflow.python.keras.engine.training import Model as it", "models.Model"),
        ("from tensorflow import keras; it = keras.layers.Dense", "layers.Dense"),
        ("import tensorflow as tf; it = tf.keras.Model", "models.Model"),
        ("import tensorflow as tf; it = tf.compat.v1.keras.Model", "models.Model"),
        ("import keras; it = keras.layers.core.Dense", "layers.Dense"),
        ("import keras.layers as L; it = L.Dense", "layers.Dense"),
        ("from tf_keras.models import Model as it", "models.Model"),
    ],
)
def test_old_names_lead_to_the_same_object(installed, statement, expected):
    names = {}
    exec(statement, names)
    package, _, name = expected.rpartition(".")
    assert names["it"] is getattr(importlib.import_module(f"addax.{package}"), name)


def test_star_import_gives_the_public_names(installed):
    names = {}
    exec("from keras.layers import *", names)
    assert names["Dense"] is addax.layers.Dense
    assert "core" not in names


def test_addax_itself_is_not_touched(installed):
    before = dict(vars(addax.layers))
    import keras.layers.convolutional  # noqa: F401

    assert addax.__name__ == "addax"
    assert addax.__spec__.name == "addax"
    assert vars(addax.layers).keys() == before.keys()
    assert all(vars(addax.layers)[name] is value for name, value in before.items())


def test_versions(installed):
    import keras
    import tensorflow

    assert keras.__version__ == tables.VERSIONS["keras"]
    assert tensorflow.__version__.startswith("2.16")


@pytest.mark.parametrize(
    ("statement", "kind", "message"),
    [
        ("from keras.layers import Dens", ImportError, "no keras.layers.Dens .yet.*'Dense'"),
        ("import keras.laiers", ModuleNotFoundError, "no keras.laiers .yet.*'layers'"),
        ("import keras; keras.layers.Dnse", AttributeError, "keras.layers.Dnse .yet.*'Dense'"),
        ("import tensorflow as tf; tf.keras.layer", AttributeError, "no tf.keras.layer .yet.*ers'"),
        ("import tensorflow as tf; tf.reduce_men", AttributeError, "tf.reduce_men.*'reduce_mean'"),
        ("import tensorflow as tf; tf.math.foo", AttributeError, "no tf.math.foo .yet"),
        ("import tensorflow.lite", ModuleNotFoundError, "no tf.lite .yet"),
        ("import keras.engine.nothing", ModuleNotFoundError, "no keras.engine.nothing .yet"),
        ("import keras.training", ModuleNotFoundError, "no keras.training .yet"),
        ("import keras; keras.core", AttributeError, "no keras.core .yet"),
        ("import keras; keras.compat", AttributeError, "no keras.compat .yet"),
    ],
)
def test_missing_names(installed, statement, kind, message):
    with pytest.raises(kind, match=message):
        exec(statement, {})


def test_install_is_idempotent(installed):
    compat.install()
    assert sum(isinstance(finder, modules.Finder) for finder in sys.meta_path) == 1


def test_uninstall_forgets_everything():
    taken = forget_real_ones()
    compat.install()
    importlib.import_module("keras.layers")
    compat.uninstall()
    assert not any(isinstance(module, modules.Alias) for module in sys.modules.values())
    assert not any(isinstance(finder, modules.Finder) for finder in sys.meta_path)
    compat.uninstall()
    sys.modules.update(taken)


def test_refuses_beside_real_keras():
    code = "import sys, types; sys.modules['keras'] = types.ModuleType('keras'); import addax; "
    assert "'keras' was imported before" in run(code + "addax.install()")


def test_other_modules_are_left_alone(installed):
    assert modules.split_root("kerasomething") is None
    assert modules.targets("numpy") == ()
    import colorsys

    assert not isinstance(colorsys, modules.Alias)


def test_every_target_of_the_tables_is_a_module_or_missing_as_a_whole():
    for path in tables.MOVED:
        for target in tables.MOVED[path]:
            top = target.partition(".")[0]
            if top and modules._load(top):
                assert modules._load(target), path
