# The everyday commands; README.md explains each.
.PHONY: demo test lint format messages lock bench clean

demo:   ## set up what is missing and run the demonstration on this machine
	@.ci/setup run
	.venv/bin/voting demo

test:   ## set up what is missing and run every test
	@.ci/setup dev
	node --test $$(ls tests/js/*.test.js)
	.venv/bin/pytest -n 2 --dist loadscope

lint:   ## format, types, templates, import contracts
	@.ci/setup dev
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint templates

format: ## put every file into the house's form
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

messages: ## bring the Welsh catalogue up to date with the sentences in the code, and compile it
	@.ci/setup dev
	mkdir -p build
	.venv/bin/pybabel -q extract -F babel.cfg -k marked -k translate -k phrase -k phrase_many:1,2 --omit-header --no-wrap --sort-by-file --add-location=file -o build/messages.pot .
	.venv/bin/pybabel -q update -i build/messages.pot -d voting/translations -l cy --no-wrap --no-fuzzy-matching --ignore-obsolete
	.venv/bin/pybabel compile -d voting/translations

lock:   ## write both lock files anew from pyproject.toml (hashes, no index addresses)
	.venv/bin/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --strip-extras --no-header --output-file requirements.lock pyproject.toml
	.venv/bin/pip-compile -q --generate-hashes --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options --strip-extras --no-header --allow-unsafe --extra dev -c requirements.lock --output-file requirements-dev.lock pyproject.toml

bench:  ## the measurements of benchmarks/README.md (long; never part of the tests)
	@.ci/setup dev
	.venv/bin/python -m benchmarks

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
