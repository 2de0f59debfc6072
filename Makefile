# Every target does the set-up it needs; the first one makes .venv and takes a few minutes.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
JOBS ?= 2
# The tests' tensors are tiny: two processes with a pool of threads each would wait for one another.
test test-fast test-nightly: export OMP_NUM_THREADS := 1

.PHONY: setup grade test test-fast test-nightly check messages bench clean
.DEFAULT_GOAL := grade
INSTALLED := .venv/.installed
PIP := $(BIN)/python -m pip install --quiet

setup: $(INSTALLED)
	@echo 'Everything is installed. Next: source .venv/bin/activate && autograder start'

# torch first and alone: with another version range in sight, pip may choose a build with gigabytes of CUDA.
# setuptools warns of what every editable installation is like.
$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	@echo 'Installing into .venv, for some minutes: 0.5 GB to download (gigabytes where pip finds a torch with CUDA), 2 GB on disk.'
	@echo '1 of 3: an environment of its own, by $(PYTHON)'
	@$(PYTHON) -m venv .venv
	@$(PIP) --upgrade pip==26.3
	@echo '2 of 3: torch'
	@$(PIP) --constraint constraints.txt torch
	@echo '3 of 3: the autograder, and what else it and its tests need'
	@PYTHONWARNINGS=ignore::UserWarning $(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@

# Some of the sample class fail, as they should, and exit status 1 says so; 2 and 3 are real faults.
grade: $(INSTALLED)
	$(BIN)/autograder grade tests/sample_class --out results --jobs $(JOBS) || [ $$? -eq 1 ]

test: test-fast
	$(BIN)/python -m pytest -m "slow and not nightly" -n $(JOBS) --dist loadgroup

test-fast: $(INSTALLED)
	$(BIN)/python -m pytest -m "not slow and not nightly" -n $(JOBS) --dist loadgroup

test-nightly: $(INSTALLED)
	$(BIN)/python -m pytest -m nightly -n $(JOBS) --dist loadgroup

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/autograder dev check

# What the kit says to people: collected, added to each autograder.po for a translator, compiled.
messages: $(INSTALLED)
	$(BIN)/python -m autograder.locale.update

# A quarter of an hour; it prints the tables of benchmarks/README.md, on a machine that does nothing else.
bench: $(INSTALLED)
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.ratios
	$(BIN)/python -m benchmarks.scaling --submissions 10 100

clean:
	rm -rf .venv results build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
