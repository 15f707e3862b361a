# make run: set everything up and open Toward.  make test: set everything up and run every check.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin

.PHONY: run dev test test-fast check coverage faults lint types imports unit fix bench dist clean

run: $(VENV)/.run
	@$(BIN)/toward

dev: $(VENV)/.dev
	@$(BIN)/textual run --dev tracker.tui.app:TowardApp

test: lint types imports unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

imports: $(VENV)/.dev
	$(BIN)/lint-imports

unit: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist worksteal

# The inner loop: everything that is quick, and of each layer the tests that find most.
FAST := tests/unit tests/cli/test_golden.py tests/cli/test_logging.py tests/services/test_entries.py \
	tests/services/test_shape.py tests/services/test_views.py tests/tui/test_frames.py
test-fast: lint types imports
	$(BIN)/pytest -n 2 --dist worksteal $(FAST)

# One test file, or what else pytest takes: make check FILE="tests/unit/test_weeks.py -k empty"
check: lint types
	$(BIN)/pytest $(FILE)

coverage: $(VENV)/.dev
	$(BIN)/pytest -n 2 --dist worksteal --cov=tracker --cov-report=term-missing:skip-covered $(FILE)

# The long version of every attack on the store and the terminal, with a table of what was tried; FAULTS says how much.
FAULTS ?= 8
faults: $(VENV)/.dev
	FAULTS=$(FAULTS) $(BIN)/pytest -n 2 --dist worksteal tests/faults tests/property/test_store_bytes.py \
		tests/property/test_store_devices.py tests/property/test_store_merge.py tests/property/test_store_purge.py \
		tests/services/test_hostile_import.py tests/cli/test_canary.py tests/cli/test_hostile_terminal.py \
		tests/tui/test_crash.py tests/tui/test_hostile.py tests/tui/test_signals.py tests/tui/test_replies.py \
		tests/tui/test_drafts.py tests/tui/test_unsafe_answers.py tests/services/test_consents.py

fix: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(VENV)/.dev
	$(BIN)/python -m bench

dist: $(VENV)/.dev
	rm -rf dist
	$(BIN)/python -m build --outdir dist .

$(VENV)/.pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Toward needs Python 3.11 or newer; name one with: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	@touch $@

$(VENV)/.run: $(VENV)/.pip pyproject.toml
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.run pyproject.toml
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage dist
