# The two commands. Each does its own set-up; a second run starts in seconds.
#   make demo   read the example scans into a SQL database and show what was read
#   make test   lint, type check, and run the tests (make test-fast: those that need no server and not long;
#               make test-ecosystem: with the real OCRmyPDF, in an environment of its own)

.PHONY: demo test suite test-fast test-ecosystem lint format clean

VENV := .venv
export OMP_NUM_THREADS ?= 1
export PREFECT_SERVER_ANALYTICS_ENABLED := false
export DO_NOT_TRACK := 1
# Packages are compiled when they are first imported: without keeping that, each of a thousand processes would do it anew.
unexport PYTHONDONTWRITEBYTECODE

demo:
	@bash scripts/setup.sh
	@$(VENV)/bin/python -m inkfield.flows.commands.demo

test:
	@bash scripts/setup.sh test
	@$(MAKE) --no-print-directory -j 2 lint suite

# Beside the linters, which need half a minute of one core: the first tests wait for servers anyway.
suite:
	$(VENV)/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test-fast:
	@bash scripts/setup.sh test
	$(VENV)/bin/python -m pytest -n 2 --dist loadfile -m fast

test-ecosystem:
	@bash scripts/setup.sh test
	@bash scripts/ecosystem.sh

lint:
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy

format:
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

clean:
	rm -rf $(VENV) demo-output
