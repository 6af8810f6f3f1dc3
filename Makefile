# Every target does its own set-up; `make` alone lists them.
SHELL := /bin/sh
py := .venv/bin/python
code := $(wildcard lms_core sync_server desktop_lms)
SEEDS ?= 200
DATA ?= build/hub

.DEFAULT_GOAL := help
.PHONY: help ready run test cover demo-sync check format screens bench simulate serve soak requirements lock clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-22s %s\n", $$1, $$2 }'

ready:
	@sh scripts/setup.sh

run: ready ## start a demo server and the app signed in; without a screen a tour
	@$(py) main.py --demo $(ARGS)

test: ready ## run the tests; ARGS="tests/core -k merge" runs some
	@$(py) -m pytest $(ARGS)

cover: ready ## the tests with the branches they take
	@$(py) -m pytest --cov --cov-report=term:skip-covered $(ARGS)

demo-sync: ready ## two windows and a server: one paragraph written twice, decided; pictures in build/demo-sync
	@$(py) main.py --demo-sync build/demo-sync $(ARGS)

check: ready ## format, lint, types, import contracts, migrations on their own, requirements
	@$(py) -m ruff format --check .
	@$(py) -m ruff check .
	@$(py) -m mypy $(code)
	@.venv/bin/lint-imports --no-logo
	@$(py) -m pytest -q -n0 tests/architecture/test_contracts.py -k migration
	@$(py) -m tests.architecture.catalogue > /dev/null

format: ready ## format the code and mend what ruff can
	@$(py) -m ruff format .
	@$(py) -m ruff check --fix .

screens: ready ## render every screen to build/screens
	@QT_QPA_PLATFORM=offscreen $(py) -m tests.screens $(ARGS)

bench: ready ## measure; ONLY=name for one, FULL=1 for full size
	@QT_QPA_PLATFORM=offscreen $(py) -m bench $(if $(ONLY),--only $(ONLY)) $(if $(FULL),--full) $(ARGS)

simulate: ready ## play random histories of devices and failures, then without each rule in turn; SEEDS=n
	@$(py) -m tests.simulator --both --seeds $(SEEDS) $(ARGS)

serve: ready ## start a server on this machine; DATA=folder
	@.venv/bin/lms-server serve --data "$(DATA)" $(ARGS)

soak: ready ## the tests that take longer than five minutes
	@$(py) -m pytest -m soak -o faulthandler_timeout=0 $(ARGS)

requirements: ready ## count the requirements that tests prove; ARGS="--run SEC" runs the tests of an area
	@$(py) -m tests.architecture.catalogue $(ARGS)

lock: ready ## write requirements.lock anew from pyproject.toml (needs uv)
	@sh scripts/lock.sh

clean: ## remove what the build made, keep data
	@rm -rf .venv build/demo-sync build/screens build/bench.json build/.coverage* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis *.egg-info
