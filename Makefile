PYTHON := .venv/bin/python
UV := .venv/bin/uv
COMPILE := $(UV) pip compile --universal --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header --quiet

lock: ## write requirements/*.txt anew from the two pyproject.toml files
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) agent/pyproject.toml -o requirements/agent.txt
	$(COMPILE) --group local-cloud -o requirements/local-cloud.txt
	$(COMPILE) pyproject.toml agent/pyproject.toml --extra cli --group infra --group sandbox --group dev -o requirements/dev.txt
