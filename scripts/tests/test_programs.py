"""The small programs under scripts/: what they promise in their first lines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(SCRIPTS))
import ci  # noqa: E402

JOB = {
    "name": "Test ${{ matrix.python }}",
    "env": {"DATABASE_URL": "postgres://${{ github.run_id }}"},
}


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"run": "make check"}, ""),
        ({"run": "make push", "env": {"WORD": "${{ secrets.WORD }}"}}, "hosted"),
        ({"run": "make push", "if": "needs.build.result == 'success'"}, "hosted"),
        ({"run": "sudo scripts/packages"}, "installs"),
        ({"run": "make check ENVS=audit"}, "advisory"),
    ],
)
def test_make_ci_says_what_cannot_run_here(step, says):
    read = ci.read(JOB, {"python": "3"}, step)
    assert (says in read.obstacle) if says else (read.obstacle == "")
    assert (read.job, read.given) == ("Test 3", {})


def test_make_ci_names_an_interpreter_and_an_engine_that_are_missing(monkeypatch):
    assert ci.obstacle("make check", {"python": "3.99"}) == "python3.99 is not here"
    monkeypatch.setattr(ci, "works", lambda *command: False)
    assert ci.obstacle("make check ENVS=image", {}) == "needs a container engine"


@pytest.mark.parametrize(
    ("commands", "code", "says"),
    [
        (["exit 0", "exit 0"], 0, "2 passed, 0 failed"),
        (["exit 1", "exit 0"], 1, "1 passed, 1 failed"),
        (["sudo true"], 1, "0 passed, 0 failed"),
    ],
)
def test_make_ci_ends_with_its_sum(tmp_path, monkeypatch, capfd, commands, code, says):
    steps = "".join(f"      - run: {command}\n" for command in commands)
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "ci.yml").write_text(f"jobs:\n  a:\n    name: A\n    steps:\n{steps}")
    monkeypatch.setattr(ci, "ROOT", tmp_path)
    assert ci.main() == code
    assert capfd.readouterr().out.splitlines()[-1] == says


def postgres(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    outer = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "CI")
    }
    program = [sys.executable, str(SCRIPTS / "postgres.py"), *command]
    return subprocess.run(program, env=outer | environment, capture_output=True, text=True)


def test_postgres_gives_a_server_and_the_commands_exit_code():
    show = "import os, sys; print(os.environ['DATABASE_URL']); sys.exit(3)"
    done = postgres(sys.executable, "-c", show)
    assert done.returncode == 3, done.stderr
    version, url = done.stdout.splitlines()
    assert version.startswith("PostgreSQL ") and url.startswith("postgres://todos@//")
    assert not Path(url.removeprefix("postgres://todos@/")).parent.exists()
    mine = postgres(sys.executable, "-c", show, DATABASE_URL="postgres://mine/x")
    assert (mine.returncode, mine.stdout) == (3, "postgres://mine/x\n")


def test_env_gets_fresh_secrets_and_is_never_overwritten(tmp_path):
    (tmp_path / "scripts").mkdir()
    for name in ("Makefile", ".env.example", "scripts/env.py"):
        shutil.copy(SCRIPTS.parent / name, tmp_path / name)
    command = ["make", "--silent", "-C", str(tmp_path), "env"]
    assert subprocess.run(command, capture_output=True).returncode == 0
    text = (tmp_path / ".env").read_text()
    values = dict(line.split("=", 1) for line in text.splitlines() if re.match("[A-Z_]+=", line))
    secrets = {
        values[name] for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "POSTGRES_WEB_PASSWORD")
    }
    assert len(secrets) == 3 and min(map(len, secrets)) >= 50
    assert values["SITE_URL"] == "http://localhost:8000"
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert b"not touched" in subprocess.run(command, capture_output=True).stdout
    assert (tmp_path / ".env").read_text() == text
