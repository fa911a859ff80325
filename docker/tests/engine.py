"""What the tests of image and stacks use; nothing here is simulated.

Everything made here has the label or the project name `todos-test-…` and is removed at the end. Traffic goes to
127.0.0.1 only.
"""

from __future__ import annotations

import json
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
IMAGE = os.environ.get("TODOS_TEST_IMAGE") or "django-todos:test"
# The engine's own client first: a newer client without buildx may stand before it on PATH.
os.environ.update(
    PATH=f"/usr/bin:{os.environ['PATH']}", DOCKER_BUILDKIT="1", COMPOSE_DOCKER_CLI_BUILD="1"
)
FIGURES: dict[str, str] = {}


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


def stand_ins() -> bool:
    """Whether the base images are local ones, which have no digest that compose.yaml could name."""
    return docker("image", "inspect", "-f", "{{len .RepoDigests}}", BASE, check=False) == "0"


def wait(what: str, ready: Callable[[], bool], seconds: float = 60, step: float = 0.2) -> float:
    """Wait until it is so; how long it took."""
    began = time.monotonic()
    while not ready():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"{what}: not within {seconds:.0f} s")
        time.sleep(step)
    return time.monotonic() - began


def status(url: str, timeout: float = 3) -> int:
    """The status that a URL answers with; 0 when nobody does."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


class Stack:
    """A compose project with an .env of its own, which names the files, as a host's does."""

    def __init__(
        self,
        name: str,
        folder: Path,
        *overlays: str,
        port: int,
        **values: str,
    ) -> None:
        self.name = f"todos-test-{name}"
        self.env_file = folder / f"{name}.env"
        self.port = port
        self.origin = f"http://localhost:{port}"
        files = ["compose.yaml", *(overlays or ["compose.override.yaml"])]
        if stand_ins():
            images: dict[str, dict[str, object]] = {"db": {"image": "postgres:15-alpine"}}
            if "docker/compose.proxy.yaml" in files:
                # Debian's Caddy is 2.6.2, which has an older word for it.
                text = (ROOT / "docker" / "Caddyfile").read_text()
                (folder / "Caddyfile").write_text(
                    text.replace("request_buffers 1MiB", "buffer_requests")
                )
                mounted = [f"{folder}/Caddyfile:/etc/caddy/Caddyfile:ro"]
                images["proxy"] = {"image": "caddy:2-alpine", "volumes": mounted}
            (folder / "stand-ins.yaml").write_text(json.dumps({"services": images}))
            files.append(str(folder / "stand-ins.yaml"))
        self.values = {
            "SECRET_KEY": secrets.token_hex(25),
            "POSTGRES_PASSWORD": secrets.token_hex(20) + "@/#:%&?",
            "POSTGRES_WEB_PASSWORD": secrets.token_hex(20) + "@/#:%&?",
            "SITE_URL": self.origin,
            "WEB_PORT": str(port),
            "ALLOW_HTTP": "true",
            "TODOS_IMAGE": IMAGE,
            "COMPOSE_FILE": ":".join(files),
            **values,
        }
        self.write()
        self.command = (
            ["docker", "compose"]
            if run("docker", "compose", "version", check=False).returncode == 0
            else ["docker-compose"]
        )

    def write(self, **changes: str) -> None:
        """Other values in its .env."""
        self.values |= changes
        self.env_file.write_text("".join(f"{key}={value}\n" for key, value in self.values.items()))

    @property
    def environment(self) -> dict[str, str]:
        """For the programs in deploy/."""
        return {
            **os.environ,
            "ENV_FILE": str(self.env_file),
            "COMPOSE_PROJECT_NAME": self.name,
        }

    def compose(self, *arguments: str, check: bool = True, **options):
        command = [*self.command, "-p", self.name, "--env-file", str(self.env_file)]
        return run(*command, *arguments, check=check, **options)

    def up(self, **options) -> float:
        """Start it; how long it took until it was ready."""
        began = time.monotonic()
        self.compose("up", "-d", "--no-build", **options)
        wait("the site is ready", self.is_ready)
        return time.monotonic() - began

    def container(self, service: str) -> str:
        labels = {"project": self.name, "service": service, "oneoff": "False"}
        filters = [f"--filter=label=com.docker.compose.{key}={labels[key]}" for key in labels]
        return docker("ps", "-aq", *filters).partition("\n")[0]

    def manage(self, *arguments: str, service: str = "web", **options) -> str:
        return docker(
            "exec", "-i", self.container(service), "python", "manage.py", *arguments, **options
        )

    def add_people(self, **passwords: str) -> None:
        make = "from django.contrib.auth.models import User; " + "; ".join(
            f"User.objects.create_user({name.replace('_', '-')!r}, '', {password!r})"
            for name, password in passwords.items()
        )
        self.manage("shell", "-c", make)

    def psql(self, sql: str, user: str = "todos") -> str:
        db = self.container("db")
        return docker("exec", "-i", db, "psql", "-qAt", "-U", user, "-d", "todos", "-c", sql)

    def is_ready(self) -> bool:
        return status(f"http://127.0.0.1:{self.port}/readyz") == 200

    def down(self) -> None:
        """Nothing of it is left, whatever its files say by now."""
        self.compose(
            *("--profile", "rollout", "down", "--volumes", "--remove-orphans", "--timeout", "3"),
            check=False,
        )
        mine = f"label=com.docker.compose.project={self.name}"
        if left := docker("volume", "ls", "-q", "--filter", mine).split():
            docker("volume", "rm", *left)  # of files that a run before this one named
