# Every command does its own set-up. Settings pass through: DIGLOT_READ_PORT=9000 make run
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Test files run side by side: they wait for servers more than they compute. Set 0 to run them one by one.
TEST_WORKERS ?= 3
STAMP := $(VENV)/.installed
# The other libraries that bench/stage runs, apart because they want older versions of what we use.
PEERS := .bench/venv
PEERS_STAMP := $(PEERS)/.installed
# What `make bench` runs, each a module of bench/.
BENCHES ?= pipeline stage slots latency soak gate claims names
UV := $(shell grep -o 'uv==[0-9.]*' pyproject.toml)

.PHONY: help run test test-fast check format docs lock bench clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): pyproject.toml locks/dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; set PYTHON=..."; exit 1; }
	@test -x $(BIN)/python || { echo "Set-up: creating $(VENV)"; $(PYTHON) -m venv $(VENV); }
	@echo "Set-up: installing $(UV)"
	@$(BIN)/python -m pip install -q --disable-pip-version-check $(UV)
	@echo "Set-up: installing up to $$(grep -c '^[a-z].*==' locks/dev.txt) packages (locks/dev.txt); this may take a minute"
	@$(BIN)/uv pip sync -q --python $(BIN)/python --require-hashes locks/dev.txt
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@
	@echo "Set-up: done"

run: $(STAMP)  ## start everything on this machine and submit the samples
	@$(BIN)/diglot run --samples

test: $(STAMP)  ## all tests
	@tools/test_programs.sh
	@$(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadfile

test-fast: $(STAMP)  ## unit tests only: no servers
	@$(BIN)/python -m pytest tests/unit -q -n $(TEST_WORKERS)

check: $(STAMP)  ## all linters and the type checker
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@PYTHONPATH=. $(BIN)/lint-imports

format: $(STAMP)  ## format the code
	@$(BIN)/ruff check --fix -q .
	@$(BIN)/ruff format .

docs: $(STAMP)  ## write the generated files in docs/
	@$(BIN)/python -m tools.generate_docs

lock: $(STAMP)  ## resolve the dependencies again
	@tools/lock.sh

$(PEERS_STAMP): $(STAMP) locks/bench.txt
	@echo "Set-up: installing the peers of the benchmark (locks/bench.txt)"
	@test -x $(PEERS)/bin/python || $(BIN)/uv venv -q --python $(BIN)/python $(PEERS)
	@$(BIN)/uv pip sync -q --python $(PEERS)/bin/python --require-hashes locks/bench.txt
	@touch $@

bench: $(STAMP) $(PEERS_STAMP)  ## the benchmarks of docs/performance.md; some: BENCHES="stage slots"
	@set -e; for name in $(BENCHES); do echo "== bench.$$name"; $(BIN)/python -m bench.$$name; done

clean:  ## remove everything that the commands above made
	rm -rf $(VENV) .diglot .bench .kafka .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
