"""A project of a stranger, made by `startproject` in a folder of its own, which installs the app as its README says."""

from __future__ import annotations

import importlib
import os
import re
import socket
import subprocess
import sys
import textwrap
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

VISIT = Path(__file__).with_name("visit.py")
DOCS = Path(__file__).parents[2] / "docs"
BEGIN = """
from datetime import datetime, timezone
from zoneinfo import ZoneInfo
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from django_todos.models import *
UTC, now = ZoneInfo("UTC"), datetime.now(timezone.utc)
make_user = get_user_model().objects.create_user
client = Client()
client.force_login(get_user_model().objects.get())
"""
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "PYTHONPATH", "PYTHONPYCACHEPREFIX", "VIRTUAL_ENV")


class Host:
    """A project made by `startproject`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment["PYTHONWARNINGS"] = "error"
        if source := self.environment.get("PYTHONPATH"):
            paths = source.split(os.pathsep)
            self.environment["PYTHONPATH"] = os.pathsep.join(
                str(Path(one).resolve()) for one in paths
            )
        call_command("startproject", "mine", folder)

    def run(self, *arguments: str, given: str = "", fails: bool = False) -> str:
        """A command of the project's Python; what it said."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    def write(self, name: str, text: str) -> None:
        """A file of the project, and the package it is in."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".py"):
            (path.parent / "__init__.py").touch()
        path.write_text(textwrap.dedent(text))

    def edit(self, name: str, old: str, new: str) -> None:
        """One place of a file that `startproject` wrote."""
        path = self.folder / "mine" / name
        text = path.read_text()
        assert old in text, f"{name} has no {old!r}"
        path.write_text(text.replace(old, new, 1))

    def install(self, prefix: str = "todos/") -> None:
        """The README's lines: two apps, one include, a login page."""
        apps = '    "django_htmx",\n    "django_todos",\n'
        self.edit("settings.py", "INSTALLED_APPS = [\n", "INSTALLED_APPS = [\n" + apps)
        self.edit(
            "urls.py", "from django.urls import path", "from django.urls import include, path"
        )
        self.add_url(f'path("{prefix}", include("django_todos.urls"))')
        self.settings('LOGIN_URL = "admin:login"')

    def add_url(self, pattern: str) -> None:
        """One more pattern, behind the others."""
        path = self.folder / "mine" / "urls.py"
        path.write_text(re.sub(r"\]\s*$", f"    {pattern},\n]\n", path.read_text()))

    def urls(self, text: str) -> None:
        """Lines above the patterns, like imports."""
        self.edit("urls.py", "urlpatterns = [", textwrap.dedent(text) + "\nurlpatterns = [")

    def settings(self, text: str) -> None:
        """Lines behind the settings."""
        with (self.folder / "mine" / "settings.py").open("a") as file:
            file.write("\n" + textwrap.dedent(text))

    def visit(self, script: str = "", *, prefix: str = "/todos/", app: str = "") -> None:
        """Everything that visit.py does: no warning, nothing inline, whatever the policy.

        Then the script, for what this host alone is asked. `app` is one of the host's own, without migrations.
        """
        said = self.run(str(VISIT), prefix, *app.split(), given=BEGIN + textwrap.dedent(script))
        assert "no issues" in said and "No changes" in said and "visited" in said, said

    @contextmanager
    def served(self, *command: str) -> Iterator[str]:
        """The address of the project, served by this command, where `{port}` is the port."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        log = (self.folder / "server.log").open("w+")
        arguments = [sys.executable, *(part.format(port=port) for part in command)]
        server = subprocess.Popen(
            arguments, cwd=self.folder, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )
        address = f"http://127.0.0.1:{port}"
        try:
            _wait(address, server, log.name)
            yield address
        finally:
            server.terminate()
            server.wait(20)
            log.close()
        said = Path(log.name).read_text()
        assert "Traceback" not in said and "Warning" not in said, said


def _wait(address: str, server: subprocess.Popen[bytes], log: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            urllib.request.urlopen(f"{address}/admin/login/", timeout=5).close()
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(Path(log).read_text())


def sample(page: str, file: str) -> str:
    """What a page of the documentation shows as the content of that file."""
    text = (DOCS / page).read_text(encoding="utf-8")
    for block in re.findall(r"```(?:python|html\+django)[^\n]*\n(.*?)```", text, re.DOTALL):
        first, _newline, rest = block.partition("\n")
        if file in first and first.startswith(("#", "{#")):
            return str(rest)
    raise AssertionError(f"{page} has no {file}")


def needs(module: str) -> Any:
    """The module, which a host is made with. Where it was promised (tox -e hosts) it is there, or the test fails."""
    promised = os.environ.get("TOX_ENV_NAME", "").startswith("hosts")
    return importlib.import_module(module) if promised else pytest.importorskip(module)
