# The only door: every command that people type is here.
PY := .venv/bin/python
DATA ?= var
PORT ?= 8138

.PHONY: run test check fix bench lock messages clean help env env-dev demo-reset

help:            ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

env:
	@python3 tools/env.py run
env-dev:
	@python3 tools/env.py dev

run: env         ## start with the demonstration province on http://127.0.0.1:8138
	@DIABAN_DATA_DIR=$(DATA) $(PY) -m diaban demo --if-empty
	@DIABAN_DATA_DIR=$(DATA) $(PY) -m diaban serve --port $(PORT)

demo-reset: env  ## throw the demonstration database away and make it anew
	@DIABAN_DATA_DIR=$(DATA) $(PY) -m diaban demo --reset

test: env-dev    ## everything: style, types, imports, tests on SQLite and PostgreSQL, browser
	@$(PY) tools/checks.py

check: env-dev   ## style, types and imports only
	@$(PY) tools/checks.py --only check

fix: env-dev     ## let the formatter and the linter mend what they can
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format --quiet .

bench: env-dev   ## print the benchmarks' figures
	@$(PY) tools/bench.py

messages: env-dev ## gather the interface's sentences into the English catalogue and compile it
	@$(PY) tools/messages.py

lock:            ## solve the dependencies anew
	uv pip compile pyproject.toml --extra full --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o locks/run.txt
	uv pip compile pyproject.toml --extra full --extra dask --group dev --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header --quiet -o locks/dev.txt

clean:           ## remove what was made here, not the data
	rm -rf .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis dist
