"""The image and its stacks on a real container engine; nothing here is simulated.

Needs an engine and a free minute: `deploy/test-image` says so, and starts one where it can. Everything made here
has the label or the project name `todos-test-…` and is removed at the end. Traffic goes to 127.0.0.1 only.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BASE = "python:3.11-slim"
IMAGE = "django-todos:test"
# The engine's own client first: a newer client without buildx may stand before it on PATH.
os.environ.update(
    PATH=f"/usr/bin:{os.environ['PATH']}", DOCKER_BUILDKIT="1", COMPOSE_DOCKER_CLI_BUILD="1"
)
FIGURES: dict[str, str] = {}
SOURCE: dict[str, str] = {}


def run(*command: str, check: bool = True, **options) -> subprocess.CompletedProcess[str]:
    """A command's output as text; its words are shown when it fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=False, **options
    )
    if check and done.returncode:
        raise AssertionError(
            f"{' '.join(command)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
    return done


def docker(*arguments: str, **options) -> str:
    return run("docker", *arguments, **options).stdout.strip()


def wait(what: str, ready: Callable[[], bool], seconds: float = 60, step: float = 0.2) -> float:
    """Wait until it is so; how long it took."""
    began = time.monotonic()
    while not ready():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(step)
    return time.monotonic() - began


def status(url: str, host: str = "", timeout: float = 3) -> int:
    """The status that a URL answers with; 0 when nobody does."""
    request = urllib.request.Request(url, headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Stack:
    """A compose project with an .env of its own."""

    def __init__(self, name: str, folder: Path, *files: str, port: int, **values: str) -> None:
        self.name = f"todos-test-{name}"
        self.files = files or ("compose.yaml",)
        self.env_file = folder / f"{name}.env"
        self.port = port
        self.origin = f"http://localhost:{port}"
        values = {
            "SECRET_KEY": secrets.token_hex(25),
            "POSTGRES_PASSWORD": secrets.token_hex(25),
            "SITE_URL": self.origin,
            "ALLOW_HTTP": "true",
            "TODOS_IMAGE": IMAGE,
            **values,
        }
        self.env_file.write_text("".join(f"{key}={value}\n" for key, value in values.items()))
        self.compose_command = (
            ["docker", "compose"]
            if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode
            == 0
            else ["docker-compose"]
        )

    def compose(self, *arguments: str, check: bool = True, **options):
        files = [part for file in self.files for part in ("-f", file)]
        command = [*self.compose_command, "-p", self.name, "--env-file", str(self.env_file)]
        return run(*command, *files, *arguments, check=check, **options)

    def container(self, service: str) -> str:
        # Newer compose lists what has ended only with -a, which in 1.29 lists `run`'s as well.
        running = self.compose("ps", "-q", service).stdout.split()
        return (running or self.compose("ps", "-a", "-q", service).stdout.split())[0]

    def manage(self, *arguments: str, service: str = "web", **options) -> str:
        return docker(
            "exec", "-i", self.container(service), "python", "manage.py", *arguments, **options
        )

    def psql(self, sql: str) -> str:
        return docker(
            "exec",
            "-i",
            self.container("db"),
            "psql",
            "-qAt",
            "-U",
            "todos",
            "-d",
            "todos",
            "-c",
            sql,
        )

    def is_ready(self) -> bool:
        return status(f"http://127.0.0.1:{self.port}/readyz") == 200

    def down(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--timeout", "3", check=False)
