# Every target does the set-up it needs; the first one makes .venv and takes a few minutes.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
JOBS ?= 2
# The tests' tensors are tiny: two processes with a pool of threads each would wait for one another.
test test-fast: export OMP_NUM_THREADS := 1

.PHONY: setup grade test test-fast check messages bench clean
.DEFAULT_GOAL := grade

setup: .venv/.installed

# torch first and alone: with another version range in sight, pip may choose a build with gigabytes of CUDA.
.venv/.installed: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=...")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip==26.3
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $@

# Some of the sample class fail, as they should, and exit status 1 says so; 2 and 3 are real faults.
grade: setup
	$(BIN)/autograder grade tests/sample_class --out results --jobs $(JOBS) || [ $$? -eq 1 ]

test: test-fast
	$(BIN)/python -m pytest -m slow -n $(JOBS) --dist loadgroup

test-fast: setup
	$(BIN)/python -m pytest -m "not slow" -n $(JOBS) --dist loadgroup

check: setup
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/autograder dev check

# What the kit says to people: collected, added to each autograder.po for a translator, compiled.
messages: setup
	$(BIN)/python -m autograder.locale.update

# A quarter of an hour; it prints the tables of benchmarks/README.md, on a machine that does nothing else.
bench: setup
	$(BIN)/python -m benchmarks.startup
	$(BIN)/python -m benchmarks.ratios
	$(BIN)/python -m benchmarks.scaling --submissions 10 100

clean:
	rm -rf .venv results build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
