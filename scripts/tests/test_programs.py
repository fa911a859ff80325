"""The small programs under scripts/: what they promise in their first lines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import checks  # noqa: E402
import env  # noqa: E402
import logged  # noqa: E402
import wheel  # noqa: E402

EVERY = ["py311-django42-sqlite", "py314-django61-postgres", "lint"]


@pytest.fixture
def logs(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(checks, "LOGS", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("=== 2 failed, 581 passed in 41.17s ===", "2 failed, 581 passed"),
        ("12 passed, 1 skipped in 0.5s\nmore", "12 passed, 1 skipped"),
        ("Ran 87 tests in 3.2s\n\nOK", "87 tests"),
        ("Ran 0 tests in 0.0s", "0 tests"),
        ("no tests ran in 0.01s", "no tests"),
    ],
)
def test_tests_are_counted_in_what_the_runner_said(logs, text, said):
    (logs / "x.log").write_text(text)
    assert checks.tests_in("x") == said


def test_a_runner_that_ran_nothing_has_failed(logs):
    result = {"success": True, "duration": 1.0}
    assert checks.read("lint", result).state == "passed"
    (logs / "site.log").write_text("Ran 0 tests in 0.0s")
    assert checks.read("site", result).state == "failed"


def test_what_tox_skipped_has_not_passed(logs, monkeypatch):
    skipped = {"success": True, "skipped": True, "duration": 0.1}
    monkeypatch.setattr(checks, "STRICT", True)
    assert checks.read("x", skipped).state == "failed"
    assert checks.read("x", None).state == "failed"
    monkeypatch.setattr(checks, "STRICT", False)
    assert checks.read("x", skipped).state == "not run"


@pytest.mark.parametrize(
    ("name", "strict", "state"),
    [
        ("py312-django52-sqlite", True, "failed"),
        ("py312-django52-sqlite", False, "not run"),
        ("py314-django61-sqlite", True, "not run"),
    ],
)
def test_a_promised_interpreter_must_be_there(monkeypatch, name, strict, state):
    monkeypatch.setattr(checks, "STRICT", strict)
    monkeypatch.setattr(checks, "PROMISED", ("py311", "py312", "py313"))
    assert checks.missing(name).state == state


def test_matrix_and_interpreter():
    assert checks.matrix(EVERY) == EVERY[:2]
    assert checks.interpreter("py311-django42-sqlite") == "python3.11"
    assert not checks.available("py399-django61-sqlite")


def test_table_and_closing_line(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("CHECKS_REPORT", str(tmp_path / "report"))
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    good = checks.Result("py311-django42-sqlite", "passed", 3.0, "5 passed")
    away = checks.Result("py314-django61-sqlite", "not run", note="python3.14 is not installed")
    checks.remember([good, away])
    assert checks.table(checks.recall(tmp_path / "report"), 4) == 0
    printed = capsys.readouterr().out
    assert printed.endswith("checks: 1 passed, 0 failed\n")
    assert "matrix: 1 environments ran; not run: py314-django61-sqlite" in printed
    assert checks.table([checks.Result("lint", "failed")], 1) == 1
    assert checks.table([away], 1) == 1
    assert checks.table([], 1) == 1


def test_summary_has_the_coverage(logs, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (logs / "coverage.log").write_text("TOTAL 99.1%")
    checks.summarise(["row"])
    assert (tmp_path / "summary.md").read_text() == "```\nrow\n\nTOTAL 99.1%\n```\n"


def test_log_is_a_copy_and_the_exit_code_is_the_commands(tmp_path, capfdbinary):
    code = logged.main(tmp_path / "a" / "x.log", [sys.executable, "-c", "print('hi'); exit(3)"])
    assert code == 3
    assert (tmp_path / "a" / "x.log").read_text() == "hi\n"


def test_env_gets_fresh_secrets_and_is_never_overwritten(tmp_path, capsys):
    (tmp_path / ".env.example").write_text(
        "# c\nSECRET_KEY=\nPOSTGRES_PASSWORD=\nSITE_URL=http://x\n"
    )
    assert env.main(tmp_path) == 0
    text = (tmp_path / ".env").read_text()
    values = dict(line.split("=", 1) for line in text.splitlines()[1:])
    assert len(values["SECRET_KEY"]) >= 50 and values["POSTGRES_PASSWORD"] != values["SECRET_KEY"]
    assert values["SITE_URL"] == "http://x"
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    assert env.main(tmp_path) == 0
    assert (tmp_path / ".env").read_text() == text


def test_dist_holds_the_new_build_alone(tmp_path):
    built, out = tmp_path / "built", tmp_path / "out"
    built.mkdir()
    out.mkdir()
    (built / "new.whl").write_bytes(b"new")
    (out / "old.whl").write_bytes(b"old")
    wheel.publish(built, out)
    assert [path.name for path in out.iterdir()] == ["new.whl"]


def test_ci_says_what_cannot_run_here(monkeypatch):
    monkeypatch.setattr(checks, "environments", lambda: [])
    monkeypatch.setattr(checks, "run", lambda names: [checks.Result(n, "passed") for n in names])
    monkeypatch.setattr(checks, "engine", lambda: False)
    monkeypatch.setattr(checks, "HOSTED", False)
    states = {result.name: result.state for result in checks.pipeline()}
    assert states["audit"] == states["image"] == states["deploy"] == "not run"
    assert states["lint"] == "passed"


def test_rows_are_plain_json(tmp_path, monkeypatch):
    monkeypatch.setenv("CHECKS_REPORT", str(tmp_path / "r"))
    checks.remember([checks.Result("a", "passed")])
    assert json.loads((tmp_path / "r").read_text())["name"] == "a"
