# Two commands do everything: `make run` and `make test`. The rest is for maintainers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOME_DIR ?= .evnews
Q ?= What did Honda and Nissan agree to study?

.PHONY: run ask test check clean

run: $(VENV)/.ready  ## set up, put the starter library in place, open the program
	@$(BIN)/evnews start --home $(HOME_DIR)

ask: $(VENV)/.ready  ## one question, one cited answer: make ask Q="..."
	@$(BIN)/evnews start --home $(HOME_DIR) --only-prepare
	@$(BIN)/evnews ask "$(Q)" --home $(HOME_DIR)

test: $(VENV)/.ready-dev  ## set up and run the tests
	$(BIN)/python -m pytest

check: $(VENV)/.ready-dev  ## style, types and the import contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# The stamps make a second `make run` start at once: pip runs again only after a change of the
# pinned versions.
$(VENV)/.ready: pyproject.toml constraints.txt
	@echo "Setting up (once, a few minutes) ..."
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed; name one with: make $(MAKECMDGOALS) PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:  ## remove what `make` made (not your library)
	rm -rf $(VENV) build *.egg-info
