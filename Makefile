# The verbs of the day; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CORPUS := $(BIN)/corpus
NAME ?= newscorpus-seeds
DATASET := build/dataset
SECONDS_EACH ?= 60
SCHEDULES ?= 200
ROUNDS ?= 10
TASKS ?= 10000
VERSIONS ?= 1.22.0 1.20.0 1.16.0 1.13.1
RELEASES := build/releases
OLDEST := build/oldest
OLD_ROOMS := model export comparison readers annotation agreement duplicates exchange upgrading releases
FIRST := build/first

.PHONY: help install browser run releases stop test test-quick search fuzz test-oldest test-readers test-faults test-servers test-postgres check schemas needs screenshot picture bench bench-labelstudio clean

help: ## List these verbs
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-18s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Make .venv with everything a developer needs

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	@echo "== making $(VENV) (a few minutes the first time)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[labelstudio,dev]'
	@touch $@

run: install releases ## The whole job on seeds/: build, release, local Label Studio with tasks
	@echo "== starting Label Studio on this machine (minutes the first time: it is installed and its database made)"
	@$(CORPUS) labelstudio server start
	@$(CORPUS) labelstudio push --from $(DATASET) --project $(NAME)
	@echo
	@echo "The dataset:      $(RELEASES)/$(NAME)-0.2.0   (load_dataset opens this folder)"
	@$(CORPUS) labelstudio server status --show-password
	@echo "Pull back what was annotated: $(CORPUS) labelstudio pull     End the server: make stop"

releases: install ## Build seeds/ and make its two releases: 0.1.0, and 0.2.0 after corrections
	@mkdir -p $(FIRST)/annotations
	@grep '"revision":1[,}]' annotations/hand-1.jsonl > $(FIRST)/annotations/hand-1.jsonl  # the versions of before the corrections
	@echo "== cleaning, describing and packaging seeds/"
	@$(CORPUS) build seeds --annotations $(FIRST)/annotations --out $(FIRST)/dataset --name $(NAME)
	@$(CORPUS) build seeds --out $(DATASET) --name $(NAME)
	@echo "== releasing"
	@test -d $(RELEASES)/$(NAME)-0.1.0 || $(CORPUS) release 0.1.0 --from $(FIRST)/dataset --out $(RELEASES) --date 2026-11-22
	@$(CORPUS) release 0.2.0 --from $(DATASET) --out $(RELEASES) --date 2026-11-22 \
	  || { test -d $(RELEASES)/$(NAME)-0.2.0 && echo "   The data changed since; release them with: $(CORPUS) release --from $(DATASET) --out $(RELEASES)"; }
	@$(CORPUS) verify $(RELEASES)/$(NAME)-0.1.0
	@$(CORPUS) verify $(RELEASES)/$(NAME)-0.2.0

stop: ## End the Label Studio server that `make run` started
	@if [ -x $(CORPUS) ]; then $(CORPUS) labelstudio server stop; else echo "nothing to stop: nothing is installed"; fi

browser: install ## Find a Chromium or Chrome for the browser tests, or install one
	@$(BIN)/python tests/browser/find_browser.py --install

check: install ## Lint, format and types
	@$(BIN)/ruff check corpus tests benchmarks
	@$(BIN)/ruff format --check corpus tests benchmarks
	@$(BIN)/mypy

test: check browser ## Everything: checks, unit tests, real-server and real-browser tests; always in one order
	@$(CORPUS) schemas --check --guideline annotations/guidelines.md
	@echo "== installing Label Studio where it is not yet (minutes the first time)"
	@$(CORPUS) labelstudio server install
	@$(BIN)/python -m pytest -n 2 --dist loadfile --randomly-seed=0

test-quick: install ## Only the tests that need no server, in another order each time
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m 'not server and not browser'

test-oldest: install ## A build and the tests of its files with the oldest libraries, of extras too, that pyproject.toml allows
	@test -x $(OLDEST)/bin/python || $(PYTHON) -m venv $(OLDEST)
	@$(BIN)/python tests/oldest.py > $(OLDEST)/oldest.txt
	@$(OLDEST)/bin/python -m pip install --quiet --disable-pip-version-check --requirement $(OLDEST)/oldest.txt --editable .
	@$(OLDEST)/bin/corpus labelstudio --help > $(OLDEST)/help.txt
	@$(OLDEST)/bin/corpus build seeds --out $(OLDEST)/dataset
	@$(OLDEST)/bin/corpus verify $(OLDEST)/dataset
	@$(OLDEST)/bin/python -m pytest -q -n 2 --dist loadfile -m 'not server and not browser' -W ignore::DeprecationWarning $(addprefix tests/,$(OLD_ROOMS)) \
	  --deselect tests/export/test_json_schema.py::test_every_schema_is_valid_and_up_to_date  # pydantic words it otherwise

test-readers: install ## Open a release with other versions of datasets and with DuckDB, each in an environment of its own (minutes)
	@$(BIN)/python tests/export/run_readers.py

test-faults: install ## Break the sync in SCHEDULES=200 ways, on a real server, and count what is lost (minutes)
	@$(CORPUS) labelstudio server install
	@$(BIN)/python tests/faults/run_schedules.py --schedules $(SCHEDULES)

test-servers: install ## The sync's tests on other versions of the server, VERSIONS="1.22.0 1.8.2" (a quarter of an hour each)
	@$(CORPUS) labelstudio server install
	@for version in $(VERSIONS); do echo "== Label Studio $$version"; \
	  NEWSCORPUS_TEST_SERVER=$$version $(BIN)/python -m pytest -q -m server tests/labelstudio --ignore tests/labelstudio/test_server.py --randomly-seed=0; done

test-postgres: install ## The sync's tests and SCHEDULES=200 schedules of faults with Label Studio on PostgreSQL, if it is installed
	@$(CORPUS) labelstudio server install
	@NEWSCORPUS_TEST_POSTGRES=1 $(BIN)/python -m pytest -q -m server tests/labelstudio tests/faults --randomly-seed=0
	@NEWSCORPUS_TEST_POSTGRES=1 $(BIN)/python tests/faults/run_schedules.py --schedules $(SCHEDULES)

search: install ## Draw new examples for every property that the suite holds to, ROUNDS times (10)
	@for round in $$(seq $(ROUNDS)); do $(BIN)/python -m pytest -q -n 2 -m 'hypothesis and not server' --hypothesis-profile=search; done

fuzz: install ## Fuzz the readers of pages and web archives, SECONDS_EACH long (60)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[fuzz]'
	@$(BIN)/python tests/fuzz/fuzz_html.py -max_total_time=$(SECONDS_EACH)
	@$(BIN)/python tests/fuzz/fuzz_warc.py -max_total_time=$(SECONDS_EACH)

screenshot: install browser ## Draw the pictures of Label Studio in docs/ anew, from build/dataset
	@$(BIN)/python tests/browser/take_screenshot.py $(DATASET) docs

picture: install browser ## Draw docs/cleaning.png anew, a seed as received and cleaned
	@$(BIN)/python tests/browser/draw_cleaning.py seeds/004_2582ff4afcd3cfad.txt docs/cleaning.png

schemas: install ## Write the generated files of schemas/ and the tables of the guideline anew
	@$(CORPUS) schemas --guideline annotations/guidelines.md

needs: install ## Read off anew what the patterns of the rules need, after a rule was added or changed
	@$(BIN)/python -m corpus.cleaning.patterns.needs

bench: install ## Measure the cleaner on invented pages; with DATA=pages.parquet on those, beside its speed
	@$(BIN)/python benchmarks/$(if $(DATA),cleaning.py --data $(DATA),invented_scores.py)

bench-labelstudio: install ## Measure the sync with TASKS=10000 on a real Label Studio (a quarter of an hour)
	@$(BIN)/python benchmarks/labelstudio.py --tasks $(TASKS)

clean: stop ## Remove what was built here (not .venv, not annotations)
	@rm -rf build dist
