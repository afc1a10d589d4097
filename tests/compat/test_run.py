"""`python -m addax run`: a script notices no difference, but for Keras being Addax."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def addax(*arguments, cwd):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "addax", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
    )


def script(folder, text, name="script.py"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_script_sees_itself(tmp_path):
    script(tmp_path, "value = 7", "beside.py")
    path = script(
        tmp_path,
        "import sys, beside\n"
        "print(__name__, sys.argv, beside.value, sys.modules['__main__'].beside is beside)\n"
        "print(__file__, __doc__)",
    )
    done = addax("run", path, "-x", "--epochs", "3", cwd="/")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        f"__main__ ['{path}', '-x', '--epochs', '3'] 7 True",
        f"{path} None",
    ]


def test_keras_is_addax(tmp_path):
    path = script(
        tmp_path,
        "import addax, keras, tensorflow as tf\n"
        "from keras.layers.core import Dense\n"
        "print(Dense is addax.layers.Dense, tf.keras.layers.Dense is Dense)",
    )
    assert addax("run", path, cwd=tmp_path).stdout == "True True\n"


@pytest.mark.parametrize(
    ("text", "code"),
    [("pass", 0), ("import sys; sys.exit(3)", 3), ("raise SystemExit", 0), ("1 / 0", 1)],
)
def test_exit_status(tmp_path, text, code):
    assert addax("run", script(tmp_path, text), cwd=tmp_path).returncode == code


def test_exit_with_text(tmp_path):
    done = addax("run", script(tmp_path, "import sys; sys.exit('enough')"), cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, "enough\n")


def test_traceback_is_that_of_plain_python(tmp_path):
    path = script(tmp_path, "def f():\n    raise ValueError('no')\nf()\n")
    plain = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
    assert addax("run", path, cwd=tmp_path).stderr == plain.stderr


def test_syntax_errors_show_only_the_script(tmp_path):
    path = script(tmp_path, "x = (\n")
    plain = subprocess.run([sys.executable, str(path)], capture_output=True, text=True, check=False)
    done = addax("run", path, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == plain.stderr


def test_own_excepthook_is_called(tmp_path):
    path = script(tmp_path, "import sys; sys.excepthook = lambda *e: print('mine', e[1])\n1 / 0")
    assert addax("run", path, cwd=tmp_path).stdout == "mine division by zero\n"


def test_missing_script(tmp_path):
    done = addax("run", "nothing.py", cwd=tmp_path)
    assert done.returncode == 2
    assert "cannot open 'nothing.py': No such file" in done.stderr


def test_module(tmp_path):
    script(tmp_path, "import sys, keras; print(__name__, sys.argv[1:], keras)", "mine.py")
    done = addax("run", "-m", "mine", "a", cwd=tmp_path)
    assert done.stdout.startswith("__main__ ['a'] <module 'keras'")
