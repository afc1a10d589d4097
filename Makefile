# Every target works from a clean clone: it makes its own virtual environment, installs what it
# needs, and leaves a stamp so that the next run skips what is done.
PYTHON ?= $(firstword $(foreach p,python3 python3.14 python3.13 python3.12 python3.11,\
	$(if $(shell $(p) -c 'import sys; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(p))))
VENV := .venv
BENCH := .venv-bench
PIP := -m pip install --quiet --disable-pip-version-check

.PHONY: help demo test lint bench clean
.DELETE_ON_ERROR:

help:
	@echo 'make demo   train, save and explain a small model (no network once installed)'
	@echo 'make test   the test suite, on two processes'
	@echo 'make lint   ruff and mypy'
	@echo 'make bench  Addax beside Keras on JAX, PyTorch and TensorFlow (about 10 minutes)'
	@echo 'make clean  remove the environments and all caches'

demo: $(VENV)/.stamp-plot
	$(VENV)/bin/python -m addax demo

test: $(VENV)/.stamp-test
	$(VENV)/bin/python -m pytest -n 2 -q

lint: $(VENV)/.stamp-dev
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy addax

bench: $(BENCH)/.stamp
	$(BENCH)/bin/python -m bench

clean:
	rm -rf $(VENV) $(BENCH) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.stamp-venv $(BENCH)/.stamp-venv:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed: make PYTHON=/path/to/python'; exit 1; }
	$(PYTHON) -m venv $(@D)
	touch $@

$(VENV)/.stamp-%: $(VENV)/.stamp-venv pyproject.toml
	$(VENV)/bin/python $(PIP) -e '.[$*]'
	touch $@

# `dev` holds `test`, so after it there is nothing left to install.
$(VENV)/.stamp-dev: $(VENV)/.stamp-venv pyproject.toml
	$(VENV)/bin/python $(PIP) -e '.[dev]'
	touch $(VENV)/.stamp-test $@

# PyTorch: the CPU build where pip can find one, else the default build. TensorFlow is optional.
$(BENCH)/.stamp: $(BENCH)/.stamp-venv pyproject.toml
	$(BENCH)/bin/python $(PIP) -e . 'keras>=3.10'
	$(BENCH)/bin/python $(PIP) 'torch==2.13.0+cpu' 2>/dev/null || $(BENCH)/bin/python $(PIP) torch
	$(BENCH)/bin/python $(PIP) tensorflow-cpu || echo 'TensorFlow did not install; measuring without it.'
	touch $@
