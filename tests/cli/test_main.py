"""`python -m addax` itself."""

import importlib.metadata

import pytest

import addax
from addax.cli import main


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"addax {addax.__version__}\n"


def test_info_names_versions_and_devices(capsys):
    assert main(["info"]) == 0
    rows = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    assert rows["jax"] == importlib.metadata.version("jax")
    assert {"python", "devices", "cores"} <= rows.keys()


def test_help_without_a_command(capsys):
    assert main([]) == 2
    assert "run" in capsys.readouterr().err


def test_unknown_command(capsys):
    with pytest.raises(SystemExit):
        main(["walk"])
    assert "invalid choice: 'walk'" in capsys.readouterr().err
