# Two commands do everything: make run, make test.
PYTHON := .venv/bin/python
HEADLESS := QT_QPA_PLATFORM=offscreen
ARGS ?=

.PHONY: run test lint bench soak pictures translations sbom audit release setup clean

run: setup ## start the desk on the paper exchange; ARGS="--seed 3", ARGS=--help
	@$(PYTHON) main.py $(ARGS)

test: lint ## the whole suite, headless
	$(HEADLESS) $(PYTHON) -m pytest -q -n 4 --dist loadfile --no-loadscope-reorder -m "not soak" $(ARGS)

lint: setup ## style, types, import contracts
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

bench: setup ## all benchmarks, as ratios within one run; writes benchmarks/results/
	$(HEADLESS) $(PYTHON) -m benchmarks $(ARGS)

soak: setup ## long sweeps
	$(HEADLESS) $(PYTHON) -m pytest -q -m soak --timeout 7200 --hypothesis-profile explore $(ARGS)

pictures: setup ## the pictures of README and docs, taken of the real app
	rm -rf build/pictures && mkdir -p build/pictures/light
	echo '{"theme": "light"}' > build/pictures/light/settings.json
	$(HEADLESS) $(PYTHON) main.py --data-dir build/pictures --screenshot docs/pictures/main-window.png --after 90
	$(HEADLESS) $(PYTHON) main.py --data-dir build/pictures/light --screenshot docs/pictures/main-window-light.png --after 30
	$(PYTHON) -m tests.gui.pictures docs/pictures
	$(HEADLESS) $(PYTHON) -m tests.gui.dialogs.look_keys docs/pictures

translations: setup ## bring resources/i18n up to date with the texts in gui/; says what has no translation yet
	@$(PYTHON) .ci/translations.py

sbom: setup ## what the desk is made of: build/sbom.json (CycloneDX) and build/licences.txt
	mkdir -p build
	.tools/bin/uv export --frozen --no-dev --format cyclonedx1.5 --preview-features sbom-export --output-file build/sbom.json >/dev/null
	$(PYTHON) .ci/licences.py build/sbom.json > build/licences.txt

audit: ## known vulnerabilities of what is locked, asked of the OSV database; no answer is red
	python3 .ci/audit.py uv.lock --must-answer

release: sbom ## build/release: sources, SBOM, licences, checksums; signed with KEY=<an SSH private key>
	.ci/release build/release build/sbom.json build/licences.txt

setup:
	@.ci/setup

clean: ## forget the environment and all caches
	rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build
