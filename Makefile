# Everything a newcomer or a developer types. Needs only make, git and Python 3.11 or newer.
# Paths are relative, so a folder with spaces in its name works too.

PYTHON ?= python3
BIN := .venv/bin
PY := $(BIN)/python

.DEFAULT_GOAL := help
.PHONY: help run setup venv dev-venv test lint check format coverage faults fuzz bench triage-figures translations migration

help: ## Show what can be made
	@echo "make <target>:"
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' Makefile | expand -t 17

run: setup ## Set everything up (first time: a minute) and start the whole system
	@exec $(PY) -m helpdesk run

setup: venv ## Environment, database and demo data, without starting
	@$(PY) -m helpdesk setup --demo

venv:
	@$(PYTHON) scripts/venv.py

dev-venv:
	@$(PYTHON) scripts/venv.py dev

test: lint ## All checks and all tests; says what a missing server left out
	@$(PY) -m pytest -n auto --dist worksteal $(ARGS)

lint: dev-venv ## Style, types and the rules of the house, without tests
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m pytest -q -p no:randomly -p no:cacheprovider tests/house -m "not postgres"

check: lint ## The quick round before a commit: lint, and the tests that need no server
	@$(PY) -m pytest -n auto --dist worksteal -m "not (postgres or dovecot or redis or browser or faults)" $(ARGS)

format: dev-venv ## Lay the code out as the checks want it
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

coverage: dev-venv ## All tests, and which lines and branches they reached
	@$(PY) -m pytest -n auto --cov --cov-report=term-missing:skip-covered $(ARGS)

faults: dev-venv ## Break everything on purpose, in full, and look what is left
	@HELPDESK_FAULTS_IN_FULL=1 $(PY) -m pytest -v -m faults $(ARGS)

fuzz: dev-venv ## Damage mails at random and look whether they are still read (ARGS="--minutes 30")
	@$(PY) -m tests.mail.fuzzing $(ARGS)

bench: dev-venv ## Mails a second and page times, as tables (ARGS="--quick" for a first look)
	@$(PY) -m bench $(ARGS)

triage-figures: dev-venv ## How often the starter rules are right on the labelled mails, by language
	@$(PY) scripts/triage_figures.py $(ARGS)

translations: dev-venv ## Collect the texts to translate and update de, fr and sv
	@$(PY) -m helpdesk translations update

migration: dev-venv ## Write a migration from changed models: make migration M="what changed"
	@$(PY) scripts/new_migration.py "$(M)"
