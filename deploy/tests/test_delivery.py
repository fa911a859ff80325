"""The delivery's own programs, run as the workflows run them: against a registry's tool that knows what a test tells
it, and a host on this machine whose hook brings what it was called with."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
A, B, C = ("sha256:" + letter * 64 for letter in "abc")
OLD, NEW = "1" * 40, "2" * 40
DOCKER = f"""#!{sys.executable}
import json, os, sys
held = json.loads(os.environ["REGISTRY"])
match sys.argv[1:]:
    case ["buildx", "imagetools", "inspect", "--raw", name]:
        print(json.dumps(held[name]))
    case ["buildx", "imagetools", "inspect", name, "--format", "{{{{json .Image}}}}"]:
        print(json.dumps({{"linux/amd64": {{"config": {{"Labels": {{"org.opencontainers.image.revision": held[name]}}}}}}}}))
    case ["buildx", "imagetools", "inspect", name, "--format", "{{{{json .Manifest}}}}"]:
        print(json.dumps({{"digest": held[name]}}))
    case ["buildx", "imagetools", "create", *words]:
        print("create", *words)
    case ["image", "save", name]:
        os.execvp("tar", ["tar", "-cC", held[name], "manifest.json"])
    case ["run", *_, name, "/app/wheel.sha256"]:
        print(held[name])
"""


@pytest.fixture
def run(tmp_path: Path):
    """Run one of the programs; its end, what it said, and the outputs it gave."""
    programs = tmp_path / "bin"
    programs.mkdir()

    def play(
        *command: str,
        docker: dict[str, object] | None = None,
        gh: str = "",
        cwd: Path = ROOT,
        **variables: str,
    ):
        (programs / "docker").write_text(DOCKER)
        (programs / "gh").write_text(f"#!/bin/sh\n{gh}\n")
        for program in programs.iterdir():
            program.chmod(0o755)
        output = tmp_path / "output"
        output.write_text("")
        environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_REPOSITORY": "our/todos",
            "REGISTRY": json.dumps(docker or {}),
            **variables,
        }
        done = subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr, output.read_text()

    return play


# -- who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "fork", "code", "output"),
    [
        ({"DEPLOY_REPOSITORY": "our/todos", "A": "x"}, False, 0, "deploy=true\n"),
        ({"DEPLOY_REPOSITORY": "Our/Todos", "A": "x"}, True, 0, "deploy=true\n"),
        ({"DEPLOY_REPOSITORY": "their/todos"}, False, 0, "deploy=false\n"),
        ({}, True, 0, "deploy=false\n"),
        ({"A": "x"}, False, 1, "DEPLOY_REPOSITORY."),
        ({"DEPLOY_REPOSITORY": "our/todos", "A": ""}, False, 1, "Not set: A."),
    ],
)
def test_allowed(run, tmp_path, variables, fork, code, output):
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"repository": {"fork": fork}}))
    ended, said, given = run("deploy/allowed", "A", GITHUB_EVENT_PATH=str(event), **variables)
    assert ended == code
    assert output == given if code == 0 else output in said


# -- the registry --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("config", "code"), [(A, 0), (B, 1)])
@pytest.mark.parametrize("name", ["blobs/sha256/{}", "{}.json"])
def test_what_was_pushed_is_what_was_tested(run, tmp_path, config, code, name):
    saved = [{"Config": name.format(A.removeprefix("sha256:"))}]
    (tmp_path / "manifest.json").write_text(json.dumps(saved))
    platforms = [
        {"digest": B, "platform": {"architecture": "arm64"}},
        {"digest": C, "platform": {"architecture": "amd64"}},
    ]
    registry = {
        "todos:ci": str(tmp_path),
        f"n/i@{B}": {"manifests": platforms},
        f"n/i@{C}": {"config": {"digest": config}},
    }
    ended, said, _ = run("deploy/image", "same", "todos:ci", f"n/i@{B}", docker=registry)
    assert ended == code, said


def test_newer_by_the_order_of_commits(run, tmp_path):
    def git(*words: str) -> str:
        command = [
            "git",
            "-C",
            str(tmp_path),
            "-c",
            "user.name=t",
            "-c",
            "user.email=t@example.org",
            *words,
        ]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    git("init", "-q")
    commits = []
    for _ in range(2):
        git("commit", "-q", "--allow-empty", "-m", "x")
        commits.append(git("rev-parse", "HEAD"))
    older, later = commits

    def newer(this: str, named: str | None) -> str:
        registry = {"n/i:main": named} if named else {}
        return run(
            str(ROOT / "deploy/image"),
            "newer",
            "n/i:main",
            docker=registry,
            cwd=tmp_path,
            GITHUB_SHA=this,
        )[2]

    assert newer(older, later) == "newer=false\n"
    for this, named in [(later, older), (later, later), (older, None), (older, "f" * 40)]:
        assert newer(this, named) == "newer=true\n"


@pytest.mark.parametrize(
    ("image", "held", "code"),
    [(f"n/i@{A}", A, 0), (f"n/i@{A}", B, 1), ("n/i:main", A, 1), ("n/i@sha256:short", A, 1)],
)
def test_tags_name_the_digest_or_it_fails(run, image, held, code):
    ended, said, _ = run(
        "deploy/image",
        "tag",
        image,
        docker={"n/i:1.2": held, "n/i:latest": held},
        TAGS="n/i:1.2\nn/i:latest",
    )
    assert ended == code, said
    assert (f"create --tag n/i:1.2 --tag n/i:latest n/i@{A}" in said) == (image == f"n/i@{A}")


# -- staging -------------------------------------------------------------------------------------------


class Host(ThreadingHTTPServer):
    """A host with a deploy hook; `good` is what it can run, by imgURL."""

    serves = OLD
    signs_in = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.good: dict[str, str] = {}
        self.called: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Host

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        body = '<form><input name="login"><input name="password"></form>'
        if url.path == "/hook":
            image = parse_qs(url.query)["imgURL"][0]
            self.server.called.append(image)
            self.server.serves = self.server.good.get(image, self.server.serves)
        elif url.path == "/healthz":
            body = f"{self.server.serves}\n"
        self.send_response(
            200 if url.path != "/accounts/login/" or self.server.serves != "3" * 40 else 500
        )
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments: object) -> None:
        """Not on the tests' own output."""


@pytest.fixture
def host() -> Iterator[Host]:
    with Host() as server:
        threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        yield server
        server.shutdown()


def staged(run, host: Host, revision: str = NEW, **variables: str) -> tuple[int, str]:
    """Bring C, which says that it is `revision`; A is what the tag of the old revision names."""
    settings = {
        "STAGING_URL": host.url,
        "STAGING_DEPLOY_HOOK": f"{host.url}/hook?key=k",
        "STAGING_PATIENCE": "1",
    }
    registry = {f"n/i@{C}": revision, f"n/i:sha-{OLD}": A}
    return run(
        "deploy/staging",
        f"n/i@{C}",
        docker=registry,
        **{**settings, "STAGING_PAUSE": "0.1", **variables},
    )[:2]


def test_staging_gets_the_digest_by_every_hook_and_is_looked_at(run, host):
    host.good = {f"docker.io/n/i@{C}": NEW}
    code, said = staged(
        run, host, STAGING_DEPLOY_HOOK=f"{host.url}/hook?key=web\n{host.url}/hook?key=worker"
    )
    assert (code, host.called) == (0, [f"docker.io/n/i@{C}"] * 2), said
    assert "sign-in page" in said


@pytest.mark.parametrize("revision", [NEW, "3" * 40], ids=["never comes", "comes and is bad"])
def test_a_bad_version_goes_back_by_itself(run, host, revision):
    host.good = {
        f"docker.io/n/i@{A}": OLD,
        f"docker.io/n/i@{C}": revision if revision != NEW else OLD,
    }
    code, said = staged(run, host, revision)
    assert (code, host.serves) == (1, OLD), said
    assert host.called == [f"docker.io/n/i@{C}", f"docker.io/n/i@{A}"]


def test_a_way_back_that_fails_too_needs_a_person(run, host):
    host.good = {f"docker.io/n/i@{C}": "3" * 40}
    code, said = staged(run, host, "3" * 40)
    assert code == 2 and "staging is broken" in said


@pytest.mark.parametrize(("missing", "code"), [("STAGING_URL", 0), ("STAGING_DEPLOY_HOOK", 2)])
def test_staging_is_optional_but_not_half_set_up(run, host, missing, code):
    ended, said = staged(run, host, **{missing: ""})
    assert (ended, host.called) == (code, []) and missing in said


def test_the_patience_fits_the_limit_of_the_job():
    patience = int(re.search(r"STAGING_PATIENCE:-(\d+)", (ROOT / "deploy/staging").read_text())[1])
    flow = (ROOT / ".github/workflows/staging.yml").read_text()
    assert 2 * (patience + 120) < 60 * int(re.search(r"timeout-minutes: (\d+)", flow)[1])


# -- releases ------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A repository with the program, a version and its changelog."""
    root = tmp_path / "repository"
    (root / "packages" / "django-todos").mkdir(parents=True)
    (root / "deploy").mkdir()
    (root / "deploy" / "release").symlink_to(ROOT / "deploy" / "release")
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def describe(
    root: Path,
    version: str = "1.2.3",
    heading: str = "## [1.2.3] - 2026-11-26",
    text: str = "- New.",
) -> None:
    folder = root / "packages" / "django-todos"
    (folder / "pyproject.toml").write_text(f'[project]\nname = "x"\nversion = "{version}"\n')
    (folder / "CHANGELOG.md").write_text(
        f"# Changelog\n\n{heading}\n\n{text}\n\n## [1.2.2] - 2026-01-01\n\n- Old.\n"
    )


@pytest.mark.parametrize(
    ("tag", "changes", "said"),
    [
        ("v1.2.3", {}, "- New."),
        ("v1.2.3rc1", {"version": "1.2.3rc1", "heading": "## [1.2.3rc1] - 2026-11-26"}, "- New."),
        ("1.2.3", {}, "no release tag"),
        ("v1.2", {}, "no release tag"),
        ("v1.2.4", {}, "pyproject.toml says 1.2.3"),
        ("v1.2.3", {"heading": "## [1.2.3] - Unreleased"}, "no section of 1.2.3 with a date"),
        ("v1.2.3", {"heading": "## [1x2.3] - 2026-11-26"}, "no section of 1.2.3"),
        ("v1.2.3", {"text": " "}, "says nothing about 1.2.3"),
    ],
)
def test_version_tag_and_changelog_agree(run, package, tag, changes, said):
    describe(package, **changes)
    code, text, _ = run("deploy/release", "check", tag, cwd=package)
    assert (code == 0) == (said == "- New.")
    assert said in text and "Old" not in text


@pytest.mark.parametrize(
    ("others", "line", "latest"),
    [
        (["v1.2.2"], True, True),
        (["v1.2.10"], False, False),
        (["v1.10.0"], True, False),
        (["v2.0.0rc1", "v1.2.4rc1", "vnext"], True, True),
    ],
)
def test_only_the_newest_moves_the_tags(run, package, others, line, latest):
    describe(package)
    words = ["git", "-C", str(package), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run([*words, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    for tag in ["v1.2.3", *others]:
        subprocess.run([*words, "tag", tag], check=True)
    code, said, given = run(
        *("deploy/release", "tested", "v1.2.3"),
        cwd=package,
        gh="echo 7",
        docker={f"n/i:sha-{NEW}": A},
        IMAGE_NAME="n/i",
        GITHUB_SHA=NEW,
    )
    expected = {"run": "7", "digest": A, "line": str(line).lower(), "latest": str(latest).lower()}
    assert (code, dict(row.split("=") for row in given.splitlines())) == (0, expected), said


def test_what_ci_has_not_tested_is_not_released(run, package):
    describe(package)
    code, said, _ = run(
        "deploy/release",
        "tested",
        "v1.2.3",
        cwd=package,
        gh="true",
        IMAGE_NAME="n/i",
        GITHUB_SHA=NEW,
    )
    assert code == 1 and f"no good run of {NEW}" in said


@pytest.mark.parametrize(("content", "code"), [("wheel", 0), ("another", 1)])
def test_the_released_wheel_is_the_one_inside_the_image(run, package, content, code):
    describe(package)
    (package / "dist").mkdir()
    (package / "dist" / "x.whl").write_text(content)
    known = hashlib.sha256(b"wheel").hexdigest()
    assert (
        run("deploy/release", "wheel", "n/i", cwd=package, docker={"n/i": f"{known}  ./x.whl"})[0]
        == code
    )


# -- notices -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("conclusion", "before", "subject"),
    [
        ("failure", "", "django-todos: CI on main: failure (Image, Lint)"),
        ("cancelled", "", "django-todos: CI on main: cancelled (Image, Lint)"),
        ("success", "failure", "django-todos: CI on main works again"),
        ("success", "cancelled", "django-todos: CI on main works again"),
        ("success", "success", None),
        ("success", "null", None),
    ],
)
def test_a_failure_is_told_and_its_end(run, tmp_path, conclusion, before, subject):
    event = tmp_path / "event.json"
    ended = {
        "name": "CI",
        "head_branch": "main",
        "conclusion": conclusion,
        "id": 5,
        "run_number": 9,
        "workflow_id": 2,
    }
    event.write_text(json.dumps({"workflow_run": {**ended, "html_url": "https://example.org/5"}}))
    gh = f'case "$*" in *runs/5/jobs*) echo "Image, Lint" ;; *workflows/2/runs*) echo "{before}" ;; esac'
    code, said, given = run(
        "deploy/notice",
        gh=gh,
        GITHUB_EVENT_PATH=str(event),
        SLACK_WEBHOOK_URL="https://hook.example.org",
    )
    assert code == 0, said
    answers = dict(row.split("=", 1) for row in given.splitlines())
    assert answers.get("subject") == subject
    if subject:
        assert (answers["text"], answers["slack"], answers["mail"]) == (
            f"{subject}: https://example.org/5",
            "true",
            "false",
        )
        assert "No notice by mail: SMTP_URL NOTIFY_EMAIL_TO NOTIFY_EMAIL_FROM not set." in said
