"""The image itself: its size, its contents, how it starts, refuses and stops."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import time

import pytest
from engine import BASE, FIGURES, ROOT, docker, run, status, wait

LIMIT_MB = 85  # 16 of them are what checks passkeys
SITE_PACKAGES = "/app/venv/lib/python3.11/site-packages"
GOOD = {
    "SECRET_KEY": "not-a-secret-but-long-enough-0123456789-abcdefgh",
    "DATABASE_URL": "postgres://todos:nobody@127.0.0.1:9/todos",
    "SITE_URL": "http://localhost:8000",
    "ALLOW_HTTP": "true",
}


def started(image: str, *command: str, **values: str) -> subprocess.CompletedProcess[str]:
    """One run of the image with these variables, hardened as compose runs it."""
    options = [part for key, value in values.items() for part in ("-e", f"{key}={value}")]
    hard = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--network", "none"]
    return run("docker", "run", "--rm", *hard, *options, image, *command, check=False)


def test_adds_little_to_its_base(image):
    added = (size(image) - size(BASE)) / 1e6
    FIGURES["image over its base"] = f"{added:.1f} MB"
    assert added <= LIMIT_MB


def size(image: str) -> int:
    if run("docker", "image", "inspect", image, check=False).returncode:
        docker("pull", "-q", image)  # a builder elsewhere had it
    return int(docker("image", "inspect", "-f", "{{.Size}}", image))


def test_holds_the_site_and_the_wheel_and_nothing_to_build_with(image):
    script = (
        "for name in gcc cc make git curl wget; do command -v $name && echo FOUND; done;"
        "ls -d /root/.cache /build /app/src 2>/dev/null;"
        "find / -xdev -name 'pyproject.toml' -path '*django-todos*' 2>/dev/null;"
        "find /app \\( ! -user root -o -perm -o+w \\) ! -type l | head -3;"
        f"ls {SITE_PACKAGES} | grep -x pip; true"
    )
    assert docker("run", "--rm", "--entrypoint", "sh", image, "-c", script) == ""
    # Every language of Django's is still there: only the sources of translations are gone.
    count = f"find {SITE_PACKAGES}/django/conf/locale -name django.mo | wc -l"
    assert int(docker("run", "--rm", "--entrypoint", "sh", image, "-c", count)) > 90
    assert "staticfiles.json" in docker("run", "--rm", "--entrypoint", "ls", image, "/app/static")


def test_holds_no_file_that_the_repository_does_not(image):
    """What lies about in a working tree (collected files, caches, a database) stays out."""
    listed = "find /app/site /app/bin -type f ! -name '*.pyc' | sed 's|^/app/bin|docker/bin|; s|^/app/||'"
    inside = docker("run", "--rm", "--entrypoint", "sh", image, "-c", listed).splitlines()
    listing = ("git", "ls-files", "--cached", "--others", "--exclude-standard")
    ours = run(*listing, "site", "docker/bin").stdout.splitlines()
    compiled = {f"{one.removesuffix('.po')}.mo" for one in ours if one.endswith(".po")}
    assert compiled <= set(inside) <= {*ours, *compiled}
    assert not [name for name in inside if name.startswith(("site/tests", "site/e2e"))]


def test_runs_as_a_numbered_user_with_labels_and_a_probe(image):
    config = json.loads(docker("image", "inspect", image))[0]["Config"]
    assert config["User"] == "10001:10001"
    assert docker("run", "--rm", "--entrypoint", "id", image, "-un") == "appuser"
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python"]
    assert config["Cmd"][0] == "gunicorn"
    labels = {key.rpartition(".")[2]: value for key, value in config["Labels"].items()}
    assert {"title", "description", "source", "licenses", "version", "revision", "created"} <= set(
        labels
    )
    assert labels["revision"] == run("git", "rev-parse", "HEAD").stdout.strip()
    assert re.search(
        rf'^version = "{labels["version"]}"',
        (ROOT / "packages/django-todos/pyproject.toml").read_text(),
        re.M,
    )


def test_the_wheel_inside_is_the_one_that_make_wheel_makes(image, tmp_path):
    run("make", "--silent", "wheel", f"DIST={tmp_path}")
    digest, name = docker("run", "--rm", "--entrypoint", "cat", image, "/app/wheel.sha256").split()
    assert digest == hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()


@pytest.mark.parametrize("missing", ["SECRET_KEY", "DATABASE_URL", "SITE_URL"])
@pytest.mark.parametrize("command", [(), ("migrate",), ("python", "manage.py", "check")], ids=str)
def test_refuses_to_start_without(image, missing, command):
    done = started(
        image, *command, **{key: value for key, value in GOOD.items() if key != missing}
    )
    assert done.returncode != 0
    assert [
        line for line in done.stderr.splitlines() if missing in line
    ] == done.stderr.splitlines()
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "values",
    [
        {"SECRET_KEY": "short"},
        {"SITE_URL": "todos"},
        {"SITE_URL": "https://example.org/todos"},  # a sub-path
        {"SITE_URL": "https://todos.example.org"},  # and no proxy that could end TLS
        {"DATABASE_URL": "mysql://todos@db/todos"},
        {"DATABASE_URL": "sqlite:////tmp/db"},
        {"WEB_CONCURRENCY": "many"},
        {"TRUSTED_PROXIES": "-1"},
        {"SECRET_KEY": "", "SECRET_KEY_FILE": "/run/secrets/missing"},
    ],
    ids=lambda values: "-".join(values),
)
def test_bad_values_are_one_line_without_a_traceback(image, values):
    done = started(image, **{**GOOD, **values})
    name = next(iter(values))
    said = [line for line in done.stderr.splitlines() if "warning" not in line]
    assert done.returncode != 0
    assert len(said) == 1 and name in said[0], done.stderr + done.stdout
    assert "Traceback" not in done.stderr + done.stdout


def test_a_full_tmp_is_said(image):
    options = [part for key, value in GOOD.items() for part in ("-e", f"{key}={value}")]
    script = "dd if=/dev/zero of=/tmp/full bs=4k 2>/dev/null; exec /app/bin/entrypoint gunicorn config.wsgi"
    done = run(
        *("docker", "run", "--rm", "--read-only", "--tmpfs", "/tmp:size=64k", *options),
        *("--entrypoint", "sh", image, "-c", script),
        check=False,
    )
    assert done.returncode != 0
    assert done.stderr.count("\n") == 1 and "/tmp" in done.stderr


def test_migrate_waits_for_the_database_with_a_deadline(image):
    began = time.monotonic()
    done = started(image, "migrate", **GOOD, DATABASE_WAIT="2")
    assert done.returncode == 1
    assert 2 <= time.monotonic() - began < 15
    assert "did not answer in time" in done.stderr and "Traceback" not in done.stderr


def test_web_without_a_database_lives_and_is_not_ready(image):
    options = [part for key, value in GOOD.items() for part in ("-e", f"{key}={value}")]
    name = docker(
        "run",
        "-d",
        "--rm",
        "-p",
        "127.0.0.1:18019:8000",
        "--read-only",
        "--tmpfs",
        "/tmp",
        *options,
        image,
    )
    try:
        wait("the web lives", lambda: status("http://127.0.0.1:18019/healthz") == 200, 10)
        assert status("http://127.0.0.1:18019/readyz", timeout=10) == 503
    finally:
        docker("rm", "-f", name)
