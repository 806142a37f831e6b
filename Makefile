# `make demo` and `make test` are all a newcomer needs; both install what they need into .venv first.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SHARED ?= ../shared

.PHONY: bench-text bench-peers setup labelstudio chromium bench-labelstudio screenshots demo test test-transformers lint format bench bench-models soak models schemas docs clean

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

setup: $(VENV)/.ready

# What the demo needs is what a user installs; the tests need more.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  (echo "mudawwana needs Python 3.11 or newer; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing mudawwana into $(VENV) …"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.ready: $(VENV)/.installed
	@echo "Installing what the tests need into $(VENV) …"
	@$(PIP) --editable '.[labelstudio,test,train]'
	@touch $@

demo: $(VENV)/.installed
	@$(BIN)/mudawwana demo demo

# Label Studio pins many libraries, so it has a folder of its own; with a server's database that tests start from.
.venv-labelstudio/template/keys.json: $(VENV)/.ready annotation/labelstudio/server-constraints.txt
	@echo "Preparing Label Studio for the tests in .venv-labelstudio (about 1 GB, once) …"
	@test -x /usr/bin/chromium -a -x /usr/bin/chromedriver || $(MAKE) --no-print-directory chromium
	@$(BIN)/python -m tests.annotation.labelstudio.prepare .venv-labelstudio
	@touch $@

chromium:
	@if test "$$(id -u)" = 0 && command -v apt-get > /dev/null; then \
	  apt-get update --quiet=2 && DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes \
	    --no-install-recommends chromium chromium-driver fonts-noto-core fonts-hosny-amiri > /dev/null; \
	else echo "the browser tests need Debian's chromium and chromium-driver; install them as root"; fi

labelstudio: .venv-labelstudio/template/keys.json

test: setup labelstudio lint
	$(BIN)/python -m pytest -n auto -m "not soak and not transformers"

# torch takes gigabytes, so it has a folder of its own.
.venv-transformers/.ready: pyproject.toml constraints.txt
	@test -x .venv-transformers/bin/python || $(PYTHON) -m venv .venv-transformers
	@echo "Installing torch and transformers into .venv-transformers …"
	@.venv-transformers/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt \
	  --editable '.[transformers]' hypothesis pytest
	@touch $@

test-transformers: .venv-transformers/.ready
	.venv-transformers/bin/python -m pytest tests/transformers

lint: setup
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: setup
	$(BIN)/ruff check --fix .

soak: setup labelstudio
	$(BIN)/python -m pytest -n auto -m soak

schemas: setup
	$(BIN)/python -m schemas.derive

docs: setup schemas
	$(BIN)/python -m typer corpus.cli.app utils docs --name mudawwana --output docs/commands.md
	$(BIN)/python -m bench.readme

models: setup
	$(BIN)/python -m annotation.preannotate.training.entities --shared $(SHARED)
	$(BIN)/python -m annotation.preannotate.training.topics --shared $(SHARED)

# The peers of `bench-text` have a folder of their own; PyICU needs Debian's libicu-dev, pkg-config and a compiler.
.venv-bench/.ready: bench/text.py
	@test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check \
	  blingfire nltk numpy pyarabic pysbd spacy unicodedata2 emoji
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --no-deps camel-tools
	-.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check PyICU
	@touch $@

bench-text: .venv-bench/.ready
	.venv-bench/bin/python -m bench.text --shared $(SHARED)

bench: setup
	$(BIN)/python -m bench.pipeline --shared $(SHARED)

bench-models: setup
	$(BIN)/python -m bench.models --shared $(SHARED) --own-labels
	$(BIN)/python -m bench.topics --shared $(SHARED) --cross

# Needs torch, so it runs where the tests of the transformers do.
bench-peers: .venv-transformers/.ready
	.venv-transformers/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt python-crfsuite
	OPENBLAS_NUM_THREADS=1 .venv-transformers/bin/python -m bench.peers --shared $(SHARED)

bench-labelstudio: setup labelstudio
	$(BIN)/python -m bench.labelstudio

screenshots: setup labelstudio
	$(BIN)/python -m tests.annotation.labelstudio.screenshots docs

clean:
	rm -rf demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
