# Two commands do everything: make run, make test.
PYTHON := .venv/bin/python
HEADLESS := QT_QPA_PLATFORM=offscreen
ARGS ?=

.PHONY: run test lint bench soak pictures setup clean

run: setup ## start the desk on the paper exchange; ARGS="--seed 3", ARGS=--help
	@$(PYTHON) main.py $(ARGS)

test: lint ## the whole suite, headless
	$(HEADLESS) $(PYTHON) -m pytest -q $(ARGS)

lint: setup ## style, types, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup ## all benchmarks, as ratios within one run; writes benchmarks/results/
	$(HEADLESS) $(PYTHON) -m benchmarks $(ARGS)

soak: setup ## long sweeps
	$(HEADLESS) $(PYTHON) -m pytest -q -m soak --timeout 7200 $(ARGS)

pictures: setup ## the pictures of README and docs, taken of the real app
	$(HEADLESS) $(PYTHON) -m docs.take_pictures

setup:
	@.ci/setup

clean: ## forget the environment and all caches
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
