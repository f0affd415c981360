# Everything a newcomer needs: `make demo` and `make test`. Python 3.11 and make are all that must be there.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEMO := demo
IMAGE ?= finops
COMPILE := $(BIN)/uv pip compile --quiet --python-version 3.11 --no-build --generate-hashes --no-header --no-annotate
# Trees of SQL are many things that stay: Python's looking for what to throw away takes two fifths of the time.
SQLFLUFF := $(BIN)/python -c "import gc; gc.disable(); from sqlfluff.cli.commands import cli; cli()"

.DEFAULT_GOAL := help
.PHONY: help setup demo screenshots test test-fast test-athena athena-smoke lint lint-code lint-sql lint-terraform format lock package image clean

help:  ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "make %-14s %s\n", $$1, $$2}'

setup: $(READY)  ## A virtual environment with the locked packages

# uv comes through pip; it then installs the rest in seconds. Both check every hash.
$(READY): requirements.lock requirements-build.lock pyproject.toml
	@echo "Installing the locked packages into $(VENV), once; this may take a minute."
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@$(BIN)/uv pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements.lock
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@

demo: $(READY)  ## The whole pipeline on a bill it invents: two months, five accounts, and a page to look at
	@rm -rf $(DEMO)/bills
	@$(BIN)/finops --quiet synth --out $(DEMO)/bills
	@$(BIN)/finops --lake $(DEMO)/lake run --bills $(DEMO)/bills

screenshots: $(READY)  ## Pictures of the page for docs/screenshots, of five months that it invents; needs a Chromium
	@rm -rf $(DEMO)/shown
	@mkdir -p $(DEMO)/shown/lake/settings
	@cp tests/dashboards/drivers.csv $(DEMO)/shown/lake/settings/
	@$(BIN)/finops --quiet synth --out $(DEMO)/shown/bills --months 5 --wide --surprises
	@$(BIN)/finops --quiet --lake $(DEMO)/shown/lake run --bills $(DEMO)/shown/bills
	@$(BIN)/python -m tests.dashboards.screenshots --page $(DEMO)/shown/lake/dashboards/index.html --to docs/screenshots

test: $(READY)  ## Lint and every test
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target lint
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder

test-fast: $(READY)  ## The tests that run no other program
	@$(BIN)/python -m pytest -n 2 -m "not slow and not terraform"

test-athena: $(READY)  ## The tests of the profile aws, against a local AWS: dbt, quality, landing, readers, the job
	@$(BIN)/python -m pytest -n 2 --dist loadgroup tests/athena tests/local_aws tests/container tests/lake \
		tests/quality/test_athena.py tests/dbt_project/test_periods.py

athena-smoke: $(READY)  ## One bill through Athena in a real account: make athena-smoke LAKE=s3://bucket/prefix
	@test -n "$(LAKE)" || { echo "Say where it may write: make athena-smoke LAKE=s3://bucket/prefix" >&2; exit 2; }
	@$(BIN)/python -m tests.athena.smoke --lake $(LAKE)

lint: lint-code lint-sql  ## Style, types, imports between rooms, SQL, security, the Dockerfile

lint-code: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml ingestion dbt_project quality lambdas dashboards lake finops.py
	@$(BIN)/hadolint Dockerfile

lint-sql: $(READY)
	@mkdir -p $(VENV)/lint/engine
	@FINOPS_LAKE=$(CURDIR)/$(VENV)/lint $(SQLFLUFF) lint --disable-progress-bar dbt_project/models dbt_project/tests

# Checkov wants a boto3 of its own, so it has an environment of its own. What is waived says why, where it is.
lint-terraform: $(READY)  ## Checkov on the Terraform files, in an environment of its own
	@test -x $(VENV)-checkov/bin/checkov || { $(PYTHON) -m venv $(VENV)-checkov && $(VENV)-checkov/bin/pip install --quiet checkov==3.3.30; }
	@$(VENV)-checkov/bin/checkov --directory terraform --framework terraform --quiet --compact --skip-download

format: $(READY)  ## Put the code in order
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .
	@mkdir -p $(VENV)/lint/engine
	@FINOPS_LAKE=$(CURDIR)/$(VENV)/lint $(SQLFLUFF) fix --quiet dbt_project/models dbt_project/tests

lock: $(READY)  ## Resolve the dependencies anew: all of them, what runs in a container, and what builds the package
	@$(COMPILE) --upgrade --group dev -o requirements.lock pyproject.toml
	@$(COMPILE) --upgrade -c requirements.lock -o requirements-runtime.lock pyproject.toml
	@$(COMPILE) --upgrade -c requirements.lock --group build -o requirements-build.lock

package: $(READY)  ## The zip of the actions, for Lambda
	@$(BIN)/python -m lambdas.packing dist/actions.zip

image:  ## The container image, where there is Docker: one task that runs everything on AWS
	@docker build --tag $(IMAGE) --build-arg REVISION="$$(git rev-parse HEAD)" \
		--build-arg VERSION="$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)" .

clean:  ## Remove what was made
	@rm -rf $(DEMO) dist dbt_project/target dbt_project/logs .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
