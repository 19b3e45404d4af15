# make run: the portal with the demo world. make test: everything that is tested. Both from a bare clone.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run test faults bench security sbom check format lock clean

help:
	@echo 'make run [PORT=8000]  the portal with the demo world on http://127.0.0.1:8000'
	@echo 'make test             the whole suite, on SQLite and on PostgreSQL'
	@echo 'make faults           every fault that it must stand, injected for real, and what came of it; a quarter of an hour'
	@echo 'make bench            the portal beside what a team would take instead, on the same data; within two hours'
	@echo 'make security         scanners, mutation and long races, and the table of requirements; within an hour'
	@echo 'make sbom             what it is made of, as CycloneDX: dist/sbom.json'
	@echo 'make check            lint, format and types'
	@echo 'make format           format the code'
	@echo 'make lock             renew requirements.lock, requirements-dev.lock and requirements-security.lock'
	@echo 'make clean            remove what these commands made (data/ stays)'

run: .venv/run.stamp
	DEMO=1 $(BIN)/portaal migrate
	DEMO=1 $(BIN)/portaal demo
	DEMO=1 BASE_URL=http://127.0.0.1:$(PORT) $(BIN)/portaal serve --host 127.0.0.1 --port $(PORT)

test: .venv/dev.stamp
	tests/prepare
	tests/run

faults: .venv/dev.stamp
	tests/prepare --cluster
	$(BIN)/python -m tests.faults.table

bench: .venv/dev.stamp
	tests/prepare
	$(BIN)/python -m tests.benchmarks.bench --write

security: .venv/dev.stamp .venv-security/stamp
	tests/prepare
	tests/security/run

sbom: .venv/dev.stamp .venv-security/stamp
	$(BIN)/python -m tests.security.sbom dist/sbom.json

check: .venv/dev.stamp
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	DEMO=1 $(BIN)/python -c 'import app.main'
	@if command -v node >/dev/null; then for script in static/app.js static/passkeys.js; do node --check $$script || exit 1; done; else echo 'not checked: scripts (node is missing)'; fi

format: .venv/dev.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links --no-strip-extras --upgrade

# No dependency on the locks as they are: this must work when they cannot be installed.
lock: .venv/bin/python
	$(BIN)/python -m pip install --quiet uv
	$(COMPILE) --group build --output-file requirements.lock pyproject.toml
	$(COMPILE) --group build --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
	$(COMPILE) --group security --output-file requirements-security.lock

clean:
	rm -rf .venv .venv-security build dist tests/quality/node_modules test-results .mypy_cache .ruff_cache .pytest_cache .hypothesis

INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.venv/run.stamp: requirements.lock pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@

.venv/dev.stamp: requirements-dev.lock pyproject.toml | .venv/bin/python
	$(INSTALL) --require-hashes -r requirements-dev.lock
	$(INSTALL) --no-build-isolation --no-deps -e .
	@touch $@ .venv/run.stamp

.venv-security/stamp: requirements-security.lock
	@$(PYTHON) -m venv .venv-security
	.venv-security/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-security.lock
	@touch $@

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed: make … PYTHON=python3.13' >&2; exit 1; }
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
		echo 'Python cannot make a virtual environment (Debian: apt-get install python3-venv)' >&2; exit 1; }
