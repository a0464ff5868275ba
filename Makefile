# One word each: install check test format demo bench soak. Every target does its own set-up in .venv.
.PHONY: install check test format demo bench soak clean
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
WORKERS ?= auto

help:
	@echo "make demo     watch Holdless answer calls on this machine (Ctrl-C leaves)"
	@echo "make test     run the tests"
	@echo "make check    lint, formatting, types and the import rules"
	@echo "make format   put the code into its one format"
	@echo "make bench    what one webhook costs"
	@echo "make soak     a hundred kills on each database; takes long"
	@echo "make clean    remove $(VENV) and what the tools kept"
	@echo "make install  only the set-up in $(VENV), which the others do by themselves"

install: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "Holdless needs Python 3.11 or later; none was found on the PATH." >&2; exit 3; }
	@echo "Setting up $(VENV) (a minute or two, once)"
	@$(PYTHON) -m venv $(VENV) || { \
	echo "This Python cannot make virtual environments; on Debian and Ubuntu: apt install python3-venv" >&2; exit 3; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

test: $(VENV)/.ready
	@$(BIN)/python -m pytest -n $(WORKERS)

check: $(VENV)/.ready
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy --strict
	@$(BIN)/lint-imports

format: $(VENV)/.ready
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

demo: $(VENV)/.ready
	@$(BIN)/holdless demo $(if $(CI),--once)

bench: $(VENV)/.ready
	@$(BIN)/python -m bench.webhook

soak: $(VENV)/.ready
	@HOLDLESS_SOAK=1 $(BIN)/python -m pytest tests/processes -n 0 -m processes

clean:
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
