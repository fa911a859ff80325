"""A release is of what CI tested on main, or it is none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import release
import tested

PROGRAM = """#!/bin/sh
echo "$(basename "$0") $*" >> "$FAKE_LOG"
case "$1 $2" in
  "run list") echo "$FAKE_RUNS" ;;
  "inspect --raw") printf manifest ;;
  "release create") cat >> "$FAKE_LOG" ;;
esac
"""
DIGEST = "sha256:" + hashlib.sha256(b"manifest").hexdigest()


@pytest.fixture
def log(tmp_path: Path, monkeypatch) -> Path:
    """Programs called gh and skopeo that write down what they were asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("gh", "skopeo"):
        (folder / name).write_text(PROGRAM)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("FAKE_LOG", str(tmp_path / "log"))
    monkeypatch.setenv("FAKE_RUNS", '[{"databaseId": 42}]')
    monkeypatch.setenv("IMAGE_NAME", "todos/app")
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "out"))
    monkeypatch.setenv("DOCKER_USERNAME", "u")
    monkeypatch.setenv("DOCKER_PASSWORD", "p")
    return tmp_path / "log"


def test_wheel_and_digest_of_the_tested_commit(log, tmp_path):
    assert tested.main(["abc", "folder"]) == 0
    asked = log.read_text()
    assert "--branch main --commit abc --status success" in asked
    assert "gh run download 42 --name dist --dir folder" in asked
    assert (tmp_path / "out").read_text() == f"digest={DIGEST}\n"


def test_untested_commit_is_no_release(log, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_RUNS", "[]")
    assert tested.main(["abc", "folder"]) == 1
    assert "no good run of abc on main" in capsys.readouterr().err


def test_wrong_usage_says_how():
    with pytest.raises(SystemExit):
        tested.main([])


def test_tags_move_only_forward_in_one_go(log):
    assert release.main(["move", "v1.2.3", f"todos/app@{DIGEST}"]) == 0
    copies = [line.split()[-1] for line in log.read_text().splitlines() if " copy " in line]
    assert [copy.rpartition(":")[2] for copy in copies] == ["1.2.3", "1.2", "latest"]


def test_the_page_has_notes_and_files(log, tmp_path, monkeypatch):
    (tmp_path / "dist").mkdir()
    (tmp_path / "dist" / "x.whl").touch()
    monkeypatch.setattr(release, "section", lambda version: ("2026-12-01", "The notes."))
    assert release.main(["page", "v1.2.3", str(tmp_path / "dist")]) == 0
    asked = log.read_text()
    assert "gh release create v1.2.3 --verify-tag --title 1.2.3 --notes-file -" in asked
    assert "x.whl" in asked and "The notes." in asked and "--prerelease" not in asked
    release.main(["page", "v1.2.3rc1", str(tmp_path / "dist")])
    assert "--prerelease" in log.read_text()
