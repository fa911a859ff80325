# Two commands do everything on a fresh machine that has Python 3.11 or newer and make:
#
#   make run     build the package, install the site with it, migrate, serve
#   make test    everything a change must pass, but the browser and the image
#
# A thin face over tox and scripts/; whatever is installed goes to .venv, whatever is stored to data/.

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && echo "$$p" && break; done)
PORT ?= 8000
DATA ?= $(CURDIR)/data

TOOLS := .venv/bin
SITE := .venv/site/bin/python
export UV_PYTHON_DOWNLOADS := never
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run demo test ci wheel env e2e check check-matrix image image-archive sbom install clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: install  ## build the wheel, install the site with it, migrate and serve: PORT=8000 DATA=./data
	@DATA_DIR="$(DATA)" PORT="$(PORT)" exec $(SITE) site/manage.py run

demo: install  ## add an account with lifelike data to the same folder
	@DATA_DIR="$(DATA)" $(SITE) site/manage.py run --prepare
	@DATA_DIR="$(DATA)" LOCAL=true $(SITE) site/manage.py todos_demo

test: .venv/ready  ## what a change must pass; says which of the matrix ran and which could not
	@PATH="$$(scripts/interpreters):$$PATH" $(TOOLS)/python scripts/checks.py test

ci: .venv/ready  ## the stages of the hosted pipeline in its order, with a table at the end
	@PATH="$$(scripts/interpreters):$$PATH" $(TOOLS)/python scripts/checks.py ci

e2e: .venv/ready  ## the browser tests
	@$(TOOLS)/python scripts/checks.py run e2e

check: .venv/ready  ## some tox environments: make check ENVS="lint types"
	@PATH="$$(scripts/interpreters):$$PATH" $(TOOLS)/python scripts/checks.py run $(ENVS)

# DJANGO=5.2 PYTHON_VERSION=3.12: one cell of the matrix on both databases, as the hosted pipeline cuts it
check-matrix: .venv/ready
	@$(TOOLS)/python scripts/checks.py run $(foreach db,sqlite postgres,py$(subst .,,$(PYTHON_VERSION))-django$(subst .,,$(DJANGO))-$(db))

image:  ## the image, for the local engine
	@docker/build

# One OCI archive for both architectures, with SBOM and provenance: what is tested is what is pushed
image-archive:
	@docker/build django-todos:ci --platform linux/amd64,linux/arm64 --sbom=true --provenance=mode=max \
		--cache-from type=local,src=.buildx-cache --cache-to type=local,dest=.buildx-cache,mode=max \
		--output type=oci,dest=image.tar

format: .venv/ready  ## black and isort over everything
	@$(TOOLS)/tox exec -q -e lint -- black --quiet packages site scripts deploy docker
	@$(TOOLS)/tox exec -q -e lint -- isort --quiet packages site scripts deploy docker

wheel: .venv/ready  ## the wheel and the sdist in dist/: equal bytes wherever they are built
	@$(TOOLS)/python scripts/wheel.py dist

# What is inside the site that the wheel is served by, as CycloneDX, beside the wheel
sbom: .venv/ready
	@DIST=dist $(TOOLS)/python scripts/checks.py run sbom

env:  ## write .env with fresh secrets for compose.yaml; never overwrites one
	@$(PYTHON) scripts/env.py

clean:  ## remove what the checks and the builds made; data/ and .env stay
	rm -rf .venv .tox dist coverage

# -- what the targets above stand on ---------------------------------------------------------------

.venv/ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 or newer (with venv) was found; set PYTHON=" >&2; exit 1; }
	@echo "Installing the tools into .venv ..."
	@$(PYTHON) -m venv .venv
	@$(TOOLS)/python -m pip install -qq "pip>=25.1"
	@$(TOOLS)/python -m pip install -qq --group run --group package
	@touch $@

.venv/site/ready: .venv/ready site/requirements.txt
	@echo "Installing the site's locked requirements into .venv/site ..."
	@$(TOOLS)/uv venv --quiet --clear --python "$(TOOLS)/python" .venv/site
	@$(TOOLS)/uv pip install --quiet --python $(SITE) --require-hashes -r site/requirements.txt
	@touch $@

# The package is built and installed anew each time: that takes a second, and what is served is what is here.
install: .venv/site/ready wheel
	@$(TOOLS)/uv pip install --quiet --python $(SITE) --no-deps --reinstall dist/*.whl
