# `make demo` and `make test` are all a newcomer needs; both install what they need into .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHARED ?= ../shared

.PHONY: setup demo test lint format bench bench-models soak models schemas docs clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  (echo "mudawwana needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,train]'
	@touch $@

demo: setup
	@$(BIN)/mudawwana demo demo

test: setup lint
	$(BIN)/python -m pytest -n auto -m "not soak"

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup
	$(BIN)/ruff check --fix .

soak: setup
	$(BIN)/python -m pytest -n auto -m soak

schemas: setup
	$(BIN)/python -m schemas.derive

docs: setup schemas
	$(BIN)/python -m typer corpus.cli.app utils docs --name mudawwana --output docs/commands.md
	$(BIN)/python -m bench.readme

models: setup
	$(BIN)/python -m annotation.preannotate.training.entities --shared $(SHARED)
	$(BIN)/python -m annotation.preannotate.training.topics --shared $(SHARED)

bench: setup
	$(BIN)/python -m bench.pipeline --shared $(SHARED)

bench-docs: setup schemas
	$(BIN)/python -m typer corpus.cli.app utils docs --name mudawwana --output docs/commands.md
	$(BIN)/python -m bench.readme

models: setup
	$(BIN)/python -m bench.models --shared $(SHARED)
	$(BIN)/python -m bench.topics --shared $(SHARED)

clean:
	rm -rf demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
