"""The persistent compilation cache: private to the user, and used by the next process."""

import os
import subprocess
import sys

import pytest

from addax.engine import cache

posix = pytest.mark.skipif(not hasattr(os, "getuid"), reason="needs POSIX permissions")


def test_folder_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("ADDAX_CACHE_DIR", str(tmp_path))
    assert cache.cache_folder() == tmp_path
    monkeypatch.setenv("ADDAX_CACHE_DIR", "")
    assert cache.cache_folder() is None
    monkeypatch.delenv("ADDAX_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    if sys.platform.startswith("linux"):
        assert cache.cache_folder() == tmp_path / "addax" / "compiled"


@posix
def test_new_folder_is_private(tmp_path):
    assert cache._prepare(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


@posix
def test_folder_others_can_write_is_refused(tmp_path):
    tmp_path.chmod(0o777)
    with pytest.warns(UserWarning, match="can be written by others"):
        assert not cache._prepare(tmp_path)


def test_file_in_the_way_switches_the_cache_off(tmp_path):
    (tmp_path / "file").write_text("")
    assert not cache._prepare(tmp_path / "file" / "below")


def test_fit_fills_the_cache(tmp_path):
    # what compiles within a tenth of a second is not kept, so it must be no small model
    script = (
        "import numpy as np, addax\n"
        "from addax import layers\n"
        "model = addax.Sequential([addax.Input(shape=(6, 6, 2))])\n"
        "for _ in range(4):\n"
        "    model.add(layers.Conv2D(3, 3, padding='same', activation='gelu'))\n"
        "model.add(layers.Reshape((36, 3)))\n"
        "model.add(layers.LSTM(4))\n"
        "model.compile('adam', 'mse')\n"
        "model.fit(np.zeros((8, 6, 6, 2)), np.zeros((8, 4)), verbose=0)\n"
    )
    environment = dict(os.environ, ADDAX_CACHE_DIR=str(tmp_path / "cache"))
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    assert list((tmp_path / "cache").iterdir())
