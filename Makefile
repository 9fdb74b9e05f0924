# Every target sets itself up: a fresh machine needs Python (3.11 or newer), git and make.

BASE_PYTHON := $(shell command -v python3.13 || command -v python3)
PYTHON := .venv/bin/python
UV := .venv/bin/uv
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# The node of this environment runs CDK; jsii would warn of any that it doesn't know.
export JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION := 1

SETUP := build/setup/python build/setup/local-cloud build/setup/cdk
COMPILE := $(UV) pip compile --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-emit-find-links --no-header --quiet
OURS := functions infra layers agent sandbox tests
# More than cores: many tests wait for processes and servers, and not for a processor.
FAST := -n 3 --dist loadgroup
# What counts for coverage; the others try simulators, templates and the whole, and are slow to trace.
COVERED := tests/adapters tests/agent tests/commands tests/functions tests/unit

.DEFAULT_GOAL := help
.PHONY: help setup demo sandbox test coverage faults faults-sabotage fuzz check format lint types contracts dead audit synth deploy agent-wheel bench load lock clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 17

setup: $(SETUP) ## make the environments (each other target does this by itself)

demo: $(SETUP) ## sell some thirty web orders and show storefront and Sage side by side
	$(PYTHON) -m sandbox demo

sandbox: $(SETUP) ## run the whole system on this machine until Ctrl-C; see build/sandbox.json
	$(PYTHON) -m sandbox start

test: $(SETUP) ## run every test
	$(PYTHON) -m pytest $(FAST)

coverage: $(SETUP) ## measure what the tests reach, branches counted; below the limit it fails
	$(PYTHON) -m pytest $(FAST) --cov --cov-report=term $(COVERED)

faults: build/setup/python ## prove that nothing is lost or doubled: HISTORIES=50000, ALL_PAIRS=1; SEED=17 tells one
	$(PYTHON) -m tests.faults $(if $(HISTORIES),--histories $(HISTORIES)) $(if $(ALL_PAIRS),--all-pairs) \
		$(if $(SEED),--seed $(SEED)) $(if $(PLAN),--plan $(PLAN)) $(if $(MODE),--mode $(MODE))

faults-sabotage: build/setup/python ## break protocol and code on purpose: each of it must be caught
	$(PYTHON) -m tests.faults.sabotage

fuzz: build/setup/python ## fuzz the agent's API from its own description, REQUESTS=300 of each kind to each call
	TIEOUT_FUZZ=$(or $(REQUESTS),300) $(PYTHON) -m pytest --quiet -p no:randomly tests/agent/test_fuzz.py

check: lint types contracts dead synth test coverage faults audit ## all gates; CI runs them and the demo

format: build/setup/python ## format and mend what can be mended
	.venv/bin/ruff format $(OURS)
	.venv/bin/ruff check --fix $(OURS)

lint: build/setup/python ## style: ruff, all rules but the reasoned few
	.venv/bin/ruff format --check $(OURS)
	.venv/bin/ruff check $(OURS)

types: build/setup/python ## pyright, strict
	.venv/bin/pyright

contracts: build/setup/python ## who may import whom
	.venv/bin/lint-imports

dead: build/setup/python ## code that nobody calls, packages that nobody uses
	.venv/bin/vulture
	.venv/bin/deptry .
	cd agent && ../.venv/bin/deptry .

audit: build/setup/python ## known weaknesses of what we depend on (needs the advisory service)
	.venv/bin/pip-audit --requirement requirements/runtime.txt --requirement requirements/agent.txt --require-hashes --disable-pip

synth: $(SETUP) ## synthesise the stacks; cdk-nag must find nothing
	node infra/node_modules/aws-cdk/bin/cdk synth --quiet -c customer=example -c stage=dev
	node infra/node_modules/aws-cdk/bin/cdk synth --quiet -c customer=example -c stage=prod

deploy: $(SETUP) ## deploy to AWS: make deploy CUSTOMER=acme STAGE=dev
	@test -n "$(CUSTOMER)" -a -n "$(STAGE)" || \
		{ echo "Say whose and which: make deploy CUSTOMER=acme STAGE=dev"; exit 2; }
	node infra/node_modules/aws-cdk/bin/cdk deploy --all -c customer=$(CUSTOMER) -c stage=$(STAGE)

agent-wheel: build/setup/python ## build the agent's wheel for the Sage server: agent/dist
	$(UV) build --quiet --wheel --no-build-isolation --python $(PYTHON) --out-dir agent/dist agent

bench: $(SETUP) build/setup/runtime synth ## measure speed and size; the table is also in build/bench.json
	$(PYTHON) -m tests.bench

load: $(SETUP) ## forty minutes of load on the sandbox, QUICK=1 three; table also in build/load.json
	$(PYTHON) -m sandbox load $(if $(QUICK),--quick)

lock: build/setup/python ## write requirements/*.txt anew from the two pyproject.toml files
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) agent/pyproject.toml -o requirements/agent.txt
	$(COMPILE) --group local-cloud -o requirements/local-cloud.txt
	$(COMPILE) pyproject.toml agent/pyproject.toml --extra cli --group infra --group sandbox --group dev -o requirements/dev.txt

clean: ## throw away everything that was built
	rm -rf .venv build cdk.out infra/node_modules .coverage .pytest_cache .ruff_cache .import_linter_cache

build/setup/python: requirements/dev.txt pyproject.toml
	@test -x $(PYTHON) || $(BASE_PYTHON) -m venv .venv
	@test -x $(UV) || $(PYTHON) -m pip install --quiet --disable-pip-version-check \
		"$$(grep -o '^uv==[^ ]*' requirements/dev.txt)"
	$(UV) pip sync --quiet --require-hashes requirements/dev.txt
	$(UV) pip install --quiet --no-deps --no-build-isolation --editable .
	@mkdir -p build/setup && touch $@

build/setup/local-cloud: requirements/local-cloud.txt build/setup/python
	@test -x build/local-cloud/bin/python || $(UV) venv --quiet --python $(PYTHON) build/local-cloud
	$(UV) pip sync --quiet --require-hashes --python build/local-cloud/bin/python requirements/local-cloud.txt
	@mkdir -p build/setup && touch $@

build/setup/runtime: requirements/runtime.txt build/setup/python
	@test -x build/runtime/bin/python || $(UV) venv --quiet --python $(PYTHON) build/runtime
	$(UV) pip sync --quiet --require-hashes --python build/runtime/bin/python requirements/runtime.txt
	@mkdir -p build/setup && touch $@

build/setup/cdk: infra/package-lock.json build/setup/python
	npm ci --prefix infra --silent --no-audit --no-fund --ignore-scripts
	@mkdir -p build/setup && touch $@
