# Everything from nothing; each target makes what it needs. Documented in CONTRIBUTING.md.
PYTHON ?= python3
PORT ?= 8000
DEMO ?= 1
export PORT
bin := .venv/bin
vendor := web/static/vendor/.made
flask := $(bin)/flask --app app

.PHONY: run test check bench prove assets format servers translations \
        check-format check-lint check-types check-imports check-house check-templates check-translations check-database

run: export DEMO := $(DEMO)
run: .venv/.runs assets translations
	$(flask) database upgrade
ifeq ($(DEMO),1)
	$(flask) demo load
endif
	$(flask) worker & worker=$$!; trap 'kill $$worker' EXIT INT TERM; \
	$(bin)/gunicorn --workers 2 --threads 4 --bind 127.0.0.1:$(PORT) 'app:create_app()'

# What a worker has compiled serves the other, the programs that tests start, and the next run.
test: export PYTHONDONTWRITEBYTECODE :=
test: servers .venv/.develops assets translations
	$(bin)/python -m pytest -q --numprocesses auto --maxprocesses 4 --dist worksteal

check: check-format check-lint check-types check-imports check-house check-templates check-translations check-database

check-format: .venv/.develops
	$(bin)/ruff format --check

check-lint: .venv/.develops
	$(bin)/ruff check

check-types: .venv/.develops
	$(bin)/mypy

check-imports: .venv/.develops
	$(bin)/lint-imports

check-house: .venv/.develops
	$(bin)/python -m checks.house

check-templates: .venv/.develops
	$(bin)/python -m checks.templates

check-translations: .venv/.develops
	$(bin)/python -m web.translate

check-database: servers .venv/.develops
	$(bin)/python -m checks.migrations

bench: .venv/.develops assets translations
	$(bin)/python -m bench

prove: servers .venv/.develops assets translations
	$(bin)/python -m bench.prove

format: .venv/.develops
	$(bin)/ruff check --fix-only --quiet
	$(bin)/ruff format

assets: $(vendor)

translations: .venv/.runs
	$(bin)/pybabel --quiet compile --directory web/translations

servers:
	@sh checks/servers

.venv/.runs: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12")'
	$(PYTHON) -m venv .venv
	$(bin)/pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

.venv/.develops: .venv/.runs requirements-dev.txt
	$(bin)/pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

# The npm of the virtual environment: a machine with Python alone can make the assets.
$(vendor): package.json package-lock.json web/assets.json .venv/.runs
	PATH="$(CURDIR)/$(bin):$$PATH" $(bin)/npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	$(bin)/python -m checks.assets
	@touch $@
