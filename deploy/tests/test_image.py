"""The archive reaches the registry under its own digest, or the push fails; a fork pushes nothing."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from pathlib import Path

import image
import pytest

MANIFEST = b'{"schemaVersion":2,"manifests":[]}'
DIGEST = "sha256:" + hashlib.sha256(MANIFEST).hexdigest()
SKOPEO = """#!/usr/bin/env python3
import json, os, sys
from pathlib import Path
state = Path(os.environ["FAKE_SKOPEO"])
log = json.loads(state.read_text())
given = sys.stdin.read() if "--password-stdin" in sys.argv else ""
log.append([sys.argv[1:], given])
state.write_text(json.dumps(log))
if os.environ.get("FAKE_FAILS") == sys.argv[1]:
    sys.exit("fatal: unauthorized")
if sys.argv[1] == "inspect":
    sys.stdout.write(os.environ["FAKE_MANIFEST"])
"""


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    path = tmp_path / "image.tar"
    index = json.dumps({"manifests": [{"digest": DIGEST}]}).encode()
    with tarfile.open(path, "w") as content:
        entry = tarfile.TarInfo("index.json")
        entry.size = len(index)
        content.addfile(entry, io.BytesIO(index))
    return path


@pytest.fixture
def skopeo(tmp_path: Path, monkeypatch) -> Path:
    """A program of that name that writes down what it was asked."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "skopeo"
    program.write_text(SKOPEO)
    program.chmod(0o755)
    log = tmp_path / "log.json"
    log.write_text("[]")
    monkeypatch.setenv("PATH", str(folder), prepend=":")
    monkeypatch.setenv("FAKE_SKOPEO", str(log))
    monkeypatch.setenv("FAKE_MANIFEST", MANIFEST.decode())
    monkeypatch.setenv("DOCKER_USERNAME", "todos")
    monkeypatch.setenv("DOCKER_PASSWORD", "very-secret")
    monkeypatch.delenv("GITHUB_OUTPUT", raising=False)
    return log


def test_pushed_is_tested(archive, skopeo, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "out"))
    assert image.main(["push", str(archive), "todos/app", "main", "sha-1"]) == 0
    assert (tmp_path / "out").read_text() == f"digest={DIGEST}\n"
    calls = json.loads(skopeo.read_text())
    copies = [call for call, _ in calls if call[0] == "copy"]
    assert [call[-1] for call in copies] == [
        "docker://docker.io/todos/app:main",
        "docker://docker.io/todos/app:sha-1",
    ]
    assert all("--preserve-digests" in call and "--all" in call for call in copies)
    assert calls[0][1] == "very-secret"
    assert not any("very-secret" in part for call, _ in calls for part in call)
    assert "very-secret" not in capsys.readouterr().out


def test_another_digest_in_the_registry_fails(archive, skopeo, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_MANIFEST", "other")
    assert image.main(["push", str(archive), "todos/app", "main"]) == 1
    assert "tested was" in capsys.readouterr().err


def test_reason_of_a_refusal(archive, skopeo, monkeypatch, capsys):
    monkeypatch.setenv("FAKE_FAILS", "login")
    assert image.main(["push", str(archive), "todos/app", "main"]) == 1
    assert capsys.readouterr().err == "image: skopeo login: fatal: unauthorized\n"


def test_tags_move_to_a_digest_that_is_there(skopeo, capsys):
    assert image.main(["tag", f"todos/app@{DIGEST}", "latest"]) == 0
    assert capsys.readouterr().out == f"todos/app:latest is {DIGEST}\n"
    assert image.main(["tag", f"todos/app@sha256:{'0' * 64}", "latest"]) == 1
    assert image.main(["tag", "todos/app:main", "latest"]) == 1


def test_no_archive(tmp_path, capsys):
    (tmp_path / "x.tar").write_bytes(b"no")
    assert image.main(["digest", str(tmp_path / "x.tar")]) == 1
    assert "no OCI archive" in capsys.readouterr().err


def test_no_skopeo(monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("DOCKER_USERNAME", "a")
    monkeypatch.setenv("DOCKER_PASSWORD", "b")
    assert image.main(["tag", f"todos/app@{DIGEST}", "latest"]) == 1
    assert capsys.readouterr().err == "image: skopeo is not installed\n"


@pytest.mark.parametrize(
    ("repository", "ref", "password", "code", "deploys"),
    [
        ("todos/app", "refs/heads/main", "x", 0, "true"),
        ("fork/app", "refs/heads/main", "", 0, "false"),
        ("todos/app", "refs/heads/develop", "x", 0, "false"),
        ("todos/app", "refs/heads/main", "", 1, ""),
    ],
)
def test_who_may_deploy(monkeypatch, tmp_path, capsys, repository, ref, password, code, deploys):
    output = tmp_path / "out"
    output.touch()
    monkeypatch.setenv("GITHUB_OUTPUT", str(output))
    monkeypatch.setenv("GITHUB_REPOSITORY", repository)
    monkeypatch.setenv("DEPLOY_REPOSITORY", "todos/app")
    monkeypatch.setenv("GITHUB_REF", ref)
    monkeypatch.setenv("DOCKER_USERNAME", "u")
    monkeypatch.setenv("DOCKER_PASSWORD", password)
    assert image.main(["allowed"]) == code
    assert output.read_text() == (f"deploy={deploys}\n" if deploys else "")
    if code:
        assert "DOCKER_PASSWORD not set" in capsys.readouterr().err
