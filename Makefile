# Two commands matter: `make demo` and `make test`. Everything lives in .venv.
PYTHON ?= python3
UV_VERSION := 0.13.9

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PINNED := --require-hashes --only-binary=:all:
SECTION = @printf '\n== %s\n'

.DEFAULT_GOAL := help
.PHONY: help install install-test demo app test coverage lint docs bench check lock clean

help:
	@echo "make demo     install what is needed to run, then run the example (results in out/)"
	@echo "make app      open the live app in a browser, on this machine only"
	@echo "make test     format, lint, types, import rules, tests, documentation"
	@echo "make coverage the tests alone, with the lines and branches that they reach"
	@echo "make install  only the environment   make lint   only the static checks"
	@echo "make docs     docs/_build/html       make bench  benchmarks"
	@echo "make check    checks the example scenarios       make clean  remove everything generated"
	@echo "make lock     compile requirements/*.in again (UPGRADE=--upgrade for newer versions)"

# ------------------------------------------------------------------- environment (stamp files)
.venv/created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Zollverein needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1)."; \
	  echo "Fix: make PYTHON=python3.12 ..."; exit 1; }
	@$(PYTHON) -m venv .venv || { \
	  echo "Could not make a virtual environment. Usual cause: the venv module is not installed"; \
	  echo "(Debian, Ubuntu: install python3-venv)."; exit 1; }
	@touch $@

.venv/run: requirements/run.txt | .venv/created
	@echo "Installing pinned requirements into .venv (once) ..."
	@$(PIP) install $(PINNED) -r requirements/run.txt
	@touch $@

.venv/package: pyproject.toml | .venv/run
	@$(PIP) install --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/test: requirements/test.txt | .venv/package
	@echo "Installing pinned test requirements into .venv (once) ..."
	@$(PIP) install $(PINNED) -r requirements/test.txt
	@touch $@

install: .venv/run .venv/package

install-test: install .venv/test

# ------------------------------------------------------------------------------- what it does
demo: install
	@$(BIN)/zollverein run examples/union-under-sanctions.toml --out out

app: install
	@$(BIN)/zollverein app

check: install
	@set -e; for file in examples/*.toml; do $(BIN)/zollverein check $$file; done

lint: install-test
	$(SECTION) "format"
	@$(BIN)/ruff format --check .
	$(SECTION) "lint"
	@$(BIN)/ruff check .
	$(SECTION) "types"
	@$(BIN)/mypy
	$(SECTION) "import rules"
	@$(BIN)/lint-imports

# The browser tests need Chromium, those of the PDF need Pango; they say so and are skipped where it
# cannot be installed.
.PHONY: browser pango
pango: install-test
	@$(BIN)/python -W error -c "import weasyprint" >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing Pango for the tests of the PDF (once) ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	      --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
	      fonts-dejavu-core >/dev/null; \
	  else false; fi; } || echo "Pango could not be installed; the tests of the PDF are skipped."

browser:
	@command -v chromium >/dev/null || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	    echo "Installing chromium for the browser tests (once) ..."; \
	    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
	      --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	  fi; } || echo "Chromium could not be installed; the browser tests are skipped."

# loadfile: the code blocks of one document share a namespace, so they stay on one worker.
test: lint browser pango
	$(SECTION) "tests and documentation code"
	@$(BIN)/pytest -n 2 --dist loadfile
	@$(MAKE) --no-print-directory docs
	$(SECTION) "all checks passed"

# Not part of `make test`: watching every line makes the tests half as long again.
coverage: install-test browser pango
	$(SECTION) "tests and documentation code, with coverage"
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-report=term

docs: install-test
	$(SECTION) "documentation, warnings are errors"
	@$(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html
	@echo "docs/_build/html/index.html"

bench: install-test
	$(SECTION) "benchmarks"
	@$(BIN)/python benchmarks/run.py

# --------------------------------------------------------------------------------- maintenance
.lock-venv/bin/uv:
	@$(PYTHON) -m venv .lock-venv
	@.lock-venv/bin/pip install --quiet uv==$(UV_VERSION)

# One version of each package for every supported Python and platform. test.txt first: Numba
# bounds NumPy, and run.txt must agree with it.
LOCK = .lock-venv/bin/uv pip compile --quiet --universal --fork-strategy fewest \
  --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-header --no-annotate $(UPGRADE)
lock: .lock-venv/bin/uv
	@$(LOCK) requirements/test.in --output-file requirements/test.txt
	@$(LOCK) --constraint requirements/test.txt requirements/run.in --output-file requirements/run.txt

clean:
	rm -rf .venv .lock-venv out dist build docs/_build .coverage .coverage.* htmlcov .hypothesis \
	  .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
