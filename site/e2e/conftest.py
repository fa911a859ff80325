"""The site as a person meets it: served from the wheel by its own command, driven in Chromium.

One server for the whole run, on a fresh data folder; every test has people of its own, so that no test sees what
another left. They come by a side door, signed in and with todos already: signing up is one test's matter. Chromium is
the system's: nothing is downloaded.
"""

from __future__ import annotations

import itertools
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import django
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

SITE = Path(__file__).parent.parent
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
USUAL = {"viewport": DESKTOP, "timezone_id": "Europe/Berlin", "locale": "en-GB"}
PASSWORD = secrets.token_urlsafe(12)

expect.set_options(timeout=10_000)
_people = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "nightly: what else a long walk sees; make nightly")


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site answers. This process has the same settings, and so the same database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    os.environ |= {
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LOCAL": "true",
        "PORT": str(port),
    }
    log = (tmp_path_factory.mktemp("log") / "site.log").open("w+")
    command = [sys.executable, str(SITE / "manage.py"), "run"]
    server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    url = f"http://localhost:{port}"
    try:
        _wait(f"{url}/readyz", server)
        django.setup()
        yield url
    finally:
        server.terminate()
        server.wait(20)
    log.seek(0)
    errors = [line for line in log if " ERROR " in line]
    assert not errors, "".join(errors[:20])


def _wait(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(url, timeout=2)  # noqa: S310
            return
        except OSError:
            if server.poll() is not None:
                raise RuntimeError("The site did not start.") from None
            time.sleep(0.1)
    raise RuntimeError("The site was not ready in time.")


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """The system's Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    assert path, "Chromium is missing: install it, or name it in CHROMIUM."
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


@dataclass
class Person:
    """Somebody with a browser, and perhaps an account."""

    context: BrowserContext
    page: Page
    problems: list[str]
    client: Client = field(default_factory=Client)

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(path)

    def add(self, *lines: str) -> None:
        """Todos in the inbox, as quick add reads these lines; without the browser."""
        answer = self.client.post("/todos/new/", {"text": "\n".join(lines)})
        assert answer.status_code == 303

    def todo(self, title: str) -> str:
        """The address of a todo."""
        from django_todos.models import Todo

        me = self.client.session["_auth_user_id"]
        return Todo.objects.get(title=title, created_by=me).get_absolute_url()


class People:
    """Makes people, each in a browser of their own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.everybody: list[Person] = []

    def anonymous(self, **options: object) -> Person:
        """Somebody without an account. `options` go to the browser context: viewport, color_scheme, …"""
        context = self.browser.new_context(base_url=self.address, **(USUAL | options))  # type: ignore[arg-type]
        page = context.new_page()
        person = Person(context, page, [])
        page.on("pageerror", lambda error: person.problems.append(f"script: {error}"))
        page.on("console", lambda line: _note(person, line.type, line.text))
        page.on(
            "response",
            lambda r: person.problems.append(f"{r.status} {r.url}") if r.status >= 500 else None,
        )
        self.everybody.append(person)
        return person

    def somebody(self, *lines: str, at: str = "", **options: object) -> Person:
        """Somebody signed in, whose browser has told its zone, with these todos in the inbox; `at` a page of the site."""
        from django.contrib.auth import get_user_model

        from django_todos.models import Preferences

        told = USUAL | options
        person = self.anonymous(**options)
        name = f"person{next(_people)}"
        user = get_user_model().objects.create(username=name, password=_hash())
        Preferences.objects.create(user=user, seen_time_zone=told["timezone_id"])
        person.client = Client(
            headers={"Accept-Language": told["locale"]}, SERVER_NAME="localhost"
        )
        person.client.force_login(user)
        session = person.client.cookies[settings.SESSION_COOKIE_NAME]
        cookie = {"name": session.key, "value": session.value, "url": self.address}
        person.context.add_cookies([cookie])  # type: ignore[list-item]
        if lines:
            person.add(*lines)
        if at:
            person.go(at)
        return person


def violations(page: Page, options: dict[str, Any] | None = None) -> list[dict[str, Any]]:
    """What axe finds once nothing moves: half way between two colours everything is too faint."""
    for _look in range(40):
        if not page.evaluate(
            "document.getAnimations().some((one) => one.playState === 'running')"
        ):
            break
        page.wait_for_timeout(50)
    found: list[dict[str, Any]] = Axe().run(page, options=options).response["violations"]
    return found


@cache
def _hash() -> str:
    """Of everybody's password: each one would take half a second."""
    return make_password(PASSWORD)


def _note(person: Person, kind: str, text: str) -> None:
    """A console line is a problem when the page's own policy or a script caused it."""
    expected = ["status of 409", "status of 422", "status of 403", "status of 404"]
    expected += [
        "htmx:afterRequest",
        "htmx:sendAbort",
    ]  # what was typed was added before it was read
    if kind == "error" and not any(one in text for one in expected):
        person.problems.append(text)


@pytest.fixture
def people(browser: Browser, address: str) -> Iterator[People]:
    """Makes people; at the end none of their pages may have raised an error or broken the policy."""
    people = People(browser, address)
    yield people
    for person in people.everybody:
        person.context.close()
    assert not [problem for person in people.everybody for problem in person.problems]
