"""The site as a person meets it: served from the wheel by its own command, driven in Chromium.

One server for the whole run, on a fresh data folder; every test signs up people of its own, so that no test sees what
another left. Chromium is the system's: nothing is downloaded.
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
from dataclasses import dataclass
from pathlib import Path

import pytest
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
_addresses = itertools.count(1)


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the site answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        "PORT": str(port),
        "TRUSTED_PROXIES": "1",
    }
    log = (tmp_path_factory.mktemp("log") / "site.log").open("w+")
    server = subprocess.Popen(
        [sys.executable, str(SITE / "manage.py"), "run"],
        env=environment,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    url = f"http://localhost:{port}"
    try:
        _wait(f"{url}/readyz", server)
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
    """Somebody with an account and a browser."""

    name: str
    context: BrowserContext
    page: Page
    problems: list[str]

    def go(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(path)


class People:
    """Signs people up, each in a browser of their own."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.everybody: list[Person] = []

    def anonymous(self, **options: object) -> Person:
        """Somebody without an account. `options` go to the browser context: viewport, color_scheme, …

        Everybody comes from an address of their own, so that the limit of sign-ups from one stays as it is.
        """
        number = next(_addresses)
        context = self.browser.new_context(
            base_url=self.address,
            extra_http_headers={"X-Forwarded-For": f"10.0.{number // 250}.{number % 250 + 1}"},
            **(USUAL | options),  # type: ignore[arg-type]
        )
        page = context.new_page()
        person = Person("", context, page, [])
        page.on("pageerror", lambda error: person.problems.append(f"script: {error}"))
        page.on("console", lambda line: _note(person, line.type, line.text))
        page.on(
            "response",
            lambda r: person.problems.append(f"{r.status} {r.url}") if r.status >= 500 else None,
        )
        self.everybody.append(person)
        return person

    def sign_up(self, **options: object) -> Person:
        """Somebody who has just signed up through the page."""
        person = self.anonymous(**options)
        person.name = f"person{next(_people)}"
        page = person.page
        page.goto("/accounts/signup/")
        page.get_by_label("Username").fill(person.name)
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.get_by_role("button", name="Create account").click()
        expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
        page.wait_for_load_state()  # with the scripts that keys need
        return person


def _note(person: Person, kind: str, text: str) -> None:
    """A console line is a problem when the page's own policy or a script caused it."""
    expected = ("409", "422", "403", "404")
    if kind == "error" and not any(f"status of {code}" in text for code in expected):
        person.problems.append(text)


@pytest.fixture
def people(browser: Browser, address: str) -> Iterator[People]:
    """Makes people; at the end none of their pages may have raised an error or broken the policy."""
    people = People(browser, address)
    yield people
    for person in people.everybody:
        person.context.close()
    assert not [problem for person in people.everybody for problem in person.problems]
