"""The smoke test: sign in, add a todo, tick it, see it gone, against the web in this very container.

    docker exec CONTAINER /app/bin/entrypoint smoke

It speaks to 127.0.0.1 as the proxy would, with an account of its own, which it removes afterwards with all
that belongs to it. One line and exit 0, or one line saying what failed and exit 1.
"""

from __future__ import annotations

import http.client
import os
import secrets
import sys
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit


class SmokeError(Exception):
    """What did not work, in words for an operator."""


class Forms(HTMLParser):
    """The forms of a page: where each goes, what it holds, and its buttons that go elsewhere."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.forms.append({"action": values.get("action") or "", "fields": {}, "buttons": []})
        elif not self.forms:
            return
        elif tag == "button" and values.get("formaction"):
            self.forms[-1]["buttons"].append(values["formaction"])
        elif tag in ("input", "textarea") and values.get("name"):
            self.forms[-1]["fields"].setdefault(values["name"], values.get("value") or "")

    def with_field(self, name: str) -> dict[str, Any]:
        """The first form that has a field of this name."""
        for form in self.forms:
            if name in form["fields"]:
                return form
        raise SmokeError(f"no form with a field {name!r}")


class Browser:
    """The least of a browser: cookies, redirects, the headers that a proxy sets."""

    def __init__(self, site_url: str, port: int) -> None:
        self.site = urlsplit(site_url)
        self.port = port
        self.cookies: dict[str, str] = {}

    def request(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, Location and body of one request."""
        origin = f"{self.site.scheme}://{self.site.netloc}"
        headers = {
            "Host": self.site.netloc,
            "X-Forwarded-Proto": self.site.scheme,
            "X-Forwarded-For": "127.0.0.1",
            "Referer": f"{origin}{path}",
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
        }
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, urlencode(data) if data is not None else None, headers)
            response = connection.getresponse()
            for header in response.headers.get_all("Set-Cookie") or []:
                for key, morsel in SimpleCookie(header).items():
                    self.cookies[key] = morsel.value
            body = response.read().decode(errors="replace")
            return response.status, response.headers.get("Location", ""), body
        finally:
            connection.close()

    def go(self, method: str, path: str, data: dict[str, str] | None = None) -> tuple[str, str]:
        """Path and body of the page at which a request ends; an error is a SmokeError."""
        for _ in range(5):
            status, location, body = self.request(method, path, data)
            if status not in (301, 302, 303, 307):
                break
            path, method, data = urlsplit(urljoin(path, location)).path, "GET", None
        if status != 200:
            raise SmokeError(f"{method} {path} answered {status}")
        return path, body


def walk(browser: Browser, name: str, password: str) -> None:
    """The main job, as a browser without JavaScript does it."""
    from django.urls import reverse
    from django_todos.models import Todo

    login = reverse("account_login")
    form = Forms(browser.go("GET", login)[1]).with_field("password")
    path, _ = browser.go("POST", login, {**form["fields"], "login": name, "password": password})
    if path == login or "sessionid" not in browser.cookies:
        raise SmokeError("signing in did not work")
    inbox = reverse("todos:inbox")
    title = f"Smoke test {secrets.token_hex(4)}"
    form = Forms(browser.go("GET", inbox)[1]).with_field("title")
    browser.go("POST", form["action"] or inbox, {**form["fields"], "title": title})
    page = browser.go("GET", inbox)[1]
    todo = Todo.objects.filter(title=title).first()
    if todo is None or title not in page:
        raise SmokeError("a todo was added and is not there")
    complete = reverse("todos:todo-complete", args=[todo.uuid])
    for form in Forms(page).forms:
        if complete in [form["action"], *form["buttons"]]:
            browser.go("POST", complete, form["fields"])
            break
    else:
        raise SmokeError("the todo can't be ticked on its page")
    todo.refresh_from_db()
    if not todo.is_completed:
        raise SmokeError("the todo was ticked and is still open")


def main() -> int:
    """See the module's own words."""
    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from allauth.account.models import EmailAddress
    from config.environment import Environment
    from django.conf import settings
    from django.contrib.auth import get_user_model

    name, password = f"smoke-{secrets.token_hex(6)}", secrets.token_urlsafe(24)
    users = get_user_model().objects
    try:
        user = users.create_user(name, f"{name}@smoke.invalid", password)
        try:
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            walk(Browser(Environment().text("SITE_URL"), settings.PORT), name, password)
        finally:
            user.delete()
    except SmokeError as error:
        print(f"smoke test: {error}")
    except Exception as error:  # whatever it is: the version is not to be trusted, and the reason is to be said
        print(f"smoke test: {type(error).__name__}: {str(error).partition(chr(10))[0]}")
    else:
        print("smoke test: signed in, added, ticked")
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
