# Understudy: the commands of README.
#   make demo            set up everything, run the whole loop on the sample, leave the app running
#   make demo ARGS=--check   the same without a browser: print the table, stop everything, exit 0
#   make test            set up everything and run the test suite against the installed wheel

PYTHON ?= python3
ARGS ?=
TESTS ?= tests
# Tests of one file stay together; each worker has a PostgreSQL, a Redis and an Argilla of its own.
WORKERS ?= 3
BIN := .venv/bin
SUITE := build/suite
SOURCES := $(shell find ui curation training eval storage -type f \
	-not -path '*/__pycache__/*' -not -name '*.pyc' 2>/dev/null)
RUN_SUITE := cd $(SUITE) && UNDERSTUDY_DOCS_DIR="$(CURDIR)/docs" UNDERSTUDY_EXPECT_WHEEL=1 \
	UNDERSTUDY_ARGILLA_PYTHON="$(CURDIR)/.venv-argilla/bin/python" HF_HUB_OFFLINE=1 "$(CURDIR)/$(BIN)/python" -P -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo test check bench soak evidence argilla-suite clean suite

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 15

setup: .setup/app .setup/argilla ## both environments and the wheel, without running anything

demo: setup ## the whole loop on the sample, then the app; ARGS=--check runs it to its end and stops
	@$(BIN)/understudy demo $(ARGS)

test: setup-dev suite ## the full suite against the wheel (not: gpu, soak)
	@$(BIN)/python -P tests/chromium.py
	@$(RUN_SUITE) -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

soak: setup-dev suite ## the long rounds: random kills, many clients
	@$(BIN)/python -P tests/chromium.py
	@$(RUN_SUITE) -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m soak $(TESTS)

check: setup-dev ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup-dev ## the measured comparisons
	@for name in $$(ls tests/benchmarks | sed -n 's/^\([a-z].*\)\.py$$/\1/p'); do \
		$(BIN)/python -m tests.benchmarks.$$name --json || exit 1; done

evidence: setup-dev ## run what "done" means and write command, figure and date to docs/evidence/
	@$(BIN)/python -m tests.evidence

argilla-suite: setup-dev .setup/argilla-suite ## Argilla's own published tests against our search engine
	@UNDERSTUDY_ARGILLA_SUITE_PYTHON="$(CURDIR)/.venv-argilla-suite/bin/python" $(BIN)/python -m tests.argilla_suite.run $(ARGS)

suite: # the tests, away from the sources, so that only the installed wheel can be imported
	@rm -rf $(SUITE) && mkdir -p $(SUITE)
	@cp -R tests pyproject.toml $(SUITE)/

setup-dev: setup .setup/dev

.setup/venv:
	@mkdir -p .setup
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || { \
		echo "Understudy needs Python 3.11 to 3.13; $$($(PYTHON) --version) was found. Name another: make PYTHON=python3.12 …"; exit 2; }
	@$(PYTHON) -m venv .venv || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv"; exit 2; }
	@touch $@

.setup/requirements: .setup/venv pyproject.toml constraints.txt
	@echo "Installing Understudy's packages into .venv (about 2 GB, a few minutes) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check build hatchling
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt ".[train]"
	@touch $@

.setup/app: .setup/requirements $(SOURCES)
	@rm -rf dist && $(BIN)/python -m build --wheel --no-isolation --outdir dist . > .setup/build.log 2>&1 || { \
		cat .setup/build.log; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --force-reinstall dist/*.whl
	@touch $@

.setup/dev: .setup/requirements
	@echo "Installing the tools for tests and checks …"
	@$(PYTHON) tests/extras.py dev > .setup/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt -r .setup/dev.txt
	@touch $@

.setup/argilla: storage/argilla_server/requirements.txt
	@mkdir -p .setup
	@echo "Installing Argilla's server into .venv-argilla …"
	@$(PYTHON) -m venv .venv-argilla
	@.venv-argilla/bin/python -m pip install --quiet --disable-pip-version-check -r storage/argilla_server/requirements.txt
	@touch $@

.setup/argilla-suite: storage/argilla_server/requirements.txt tests/argilla_suite/requirements.txt
	@mkdir -p .setup
	@echo "Installing Argilla's server and its tests' packages into .venv-argilla-suite …"
	@$(PYTHON) -m venv .venv-argilla-suite
	@.venv-argilla-suite/bin/python -m pip install --quiet --disable-pip-version-check \
		-r storage/argilla_server/requirements.txt -r tests/argilla_suite/requirements.txt
	@touch $@

clean: ## remove both environments and all that was built (projects stay)
	@rm -rf .venv .venv-argilla .venv-argilla-suite .setup build dist
