#!/usr/bin/env python3
"""The smoke test from outside: sign in, add a todo, tick it. One line, and exit 0 or 1.

    deploy/smoke.py https://staging.example.org

SMOKE_USERNAME and SMOKE_PASSWORD name an account that exists for this alone (docker/bin/smoke.py does the same
from inside a container, with an account that it makes and removes). Without them the sign-in page is looked at,
and the line says that no more was done.
"""

from __future__ import annotations

import http.cookiejar
import importlib.util
import os
import re
import secrets
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode, urljoin

# What reads forms is the container's own smoke test's: one reader, by its path because it is called `smoke` too.
INSIDE = Path(__file__).resolve().parent.parent / "docker" / "bin" / "smoke.py"
_spec = importlib.util.spec_from_file_location("smoke_inside", INSIDE)
assert _spec and _spec.loader  # nosec B101
_inside = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_inside)
Forms, SmokeError = _inside.Forms, _inside.SmokeError


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, site: str) -> None:
        self.site = site
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(jar)

    def go(self, path: str, data: dict[str, str] | None = None) -> tuple[str, str]:
        """Address and text of the page at which a request ends."""
        url = urljoin(self.site, path)
        if not url.startswith(("https://", "http://")):
            raise SmokeError(f"not an http address: {url}")
        body = None if data is None else urlencode(data).encode()
        request = urllib.request.Request(url, body, {"Referer": url})  # noqa: S310
        try:
            with self.opener.open(request, timeout=20) as response:
                return response.url, response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            raise SmokeError(f"{path} answered {error.code}") from error
        except OSError as error:
            raise SmokeError(f"{path}: {type(error).__name__}") from error


def walk(visitor: Visitor, name: str, password: str) -> None:
    """The main job."""
    login = "/accounts/login/"
    form = Forms(visitor.go(login)[1]).with_field("password")
    address, _ = visitor.go(login, {**form["fields"], "login": name, "password": password})
    if address.endswith(login):
        raise SmokeError("signing in did not work")
    title = f"Smoke test {secrets.token_hex(4)}"
    form = Forms(visitor.go("/inbox/")[1]).with_field("title")
    visitor.go(form["action"] or "/inbox/", {**form["fields"], "title": title})
    page = visitor.go("/inbox/")[1]
    if title not in page:
        raise SmokeError("a todo was added and is not there")
    action, fields = tick(page, title)
    visitor.go(action, fields)
    if title in re.sub(r"<details.*?</details>", "", visitor.go("/inbox/")[1], flags=re.DOTALL):
        after = visitor.go(action.replace("complete/", ""))[1]
        if "reopen/" not in after:
            raise SmokeError("the todo was ticked and is still open")


def tick(page: str, title: str) -> tuple[str, dict[str, str]]:
    """Where the row's box goes, and what its form holds: the nearest one before the title."""
    before = page[: page.index(title)]
    found = re.findall(r"/todos/[0-9a-f-]{36}/complete/", before)
    for form in Forms(page).forms:
        if found and found[-1] in [form["action"], *form["buttons"]]:
            return found[-1], form["fields"]
    raise SmokeError("the todo can't be ticked on its page")


def main(arguments: list[str]) -> int:
    """One line and an exit code."""
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    name, password = os.environ.get("SMOKE_USERNAME"), os.environ.get("SMOKE_PASSWORD")
    visitor = Visitor(arguments[0])
    try:
        if name and password:
            walk(visitor, name, password)
            print("smoke test: signed in, added, ticked")
        else:
            Forms(visitor.go("/accounts/login/")[1]).with_field("password")
            print("smoke test: the sign-in page is there; SMOKE_USERNAME, SMOKE_PASSWORD not set")
    except SmokeError as error:
        print(f"smoke test: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
