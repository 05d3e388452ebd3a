# Each target first makes the environment .venv, or mends it, as scripts/environment says.
PORT ?= 8000
HOST = 127.0.0.1
UV ?= uv
VENV_PYTHON = .venv/bin/python
CHECKS = check-style check-format check-types check-templates check-imports check-translations
COMPILE = UV_CUSTOM_COMPILE_COMMAND='make locks' $(UV) pip compile --quiet --universal \
  --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links

# Says nothing when a command succeeds, and everything it said when it fails.
quietly = @said=$$($(1) 2>&1) || { printf '%s\n' "$$said"; exit 1; }

# What Python compiles lies in __pycache__, which git leaves alone: every start is faster.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup develop run test check bench translations locks $(CHECKS)

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile | expand -t 22

setup: ## make the environment .venv with what is needed to run
	@scripts/environment run

develop:
	@scripts/environment dev

run: setup ## start Farolito with its demonstration (PORT=8001 for another port)
	@$(VENV_PYTHON) -m app serve --demonstration --host $(HOST) --port $(PORT)

test: develop ## run every test (ARGS="tests/commons -k keys" for some of them)
	@$(VENV_PYTHON) -m pytest -n auto $(ARGS)

check: develop ## run every check of style, types, templates, imports and translations
	@$(MAKE) --no-print-directory -k -j2 $(CHECKS)
	@echo "Every check passes."

check-style:
	$(call quietly,$(VENV_PYTHON) -m ruff check .)
check-format:
	$(call quietly,$(VENV_PYTHON) -m ruff format --check .)
check-types:
	$(call quietly,$(VENV_PYTHON) -m mypy)
check-templates:
	$(call quietly,$(VENV_PYTHON) -m djlint templates --lint)
check-imports:
	$(call quietly,.venv/bin/lint-imports)
check-translations:
	$(call quietly,$(VENV_PYTHON) -m app translations check)

bench: develop ## measure the figures we claim (ROW=name for one of them)
	@$(VENV_PYTHON) -m benchmarks $(ROW)

translations: develop ## gather the marked sentences into every language's catalogue
	@$(VENV_PYTHON) -m app translations update

locks: ## write requirements/*.txt anew from pyproject.toml (needs uv)
	@$(COMPILE) pyproject.toml -o requirements/run.txt
	@$(COMPILE) pyproject.toml --group dev -c requirements/run.txt -o requirements/dev.txt
	@echo hatchling | $(COMPILE) - -c requirements/dev.txt -o requirements/build.txt
