"""The smoke test: sign in, add a todo, tick it, see it done, throw it away. Standard library only.

    docker exec CONTAINER /app/bin/entrypoint smoke     the web in that container, as its proxy would ask it,
                                                        with an account made and removed for this
    deploy/smoke.py https://staging.example.org         any site, as SMOKE_USERNAME with SMOKE_PASSWORD

It does what a browser without JavaScript does. One line and exit 0, or one line saying what failed and exit 1.
"""

from __future__ import annotations

import http.client
import os
import secrets
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import SplitResult, urlencode, urljoin, urlsplit

LOGIN, INBOX = "/accounts/login/", "/inbox/"
LETTERS = "bcdfghjklmnpqrstvwxz"


class SmokeError(Exception):
    """What did not work, in words for an operator."""


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, and its buttons that go elsewhere."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: list[dict[str, str]] = field(default_factory=list)


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append(Form(values.get("action", "")))
        elif not self.forms:
            return
        elif tag == "button" and values.get("formaction"):
            self.forms[-1].buttons.append(values)
        elif (
            tag in ("input", "textarea")
            and values.get("name")
            and values.get("type") != "checkbox"
        ):
            self.forms[-1].fields.setdefault(values["name"], values.get("value", ""))

    def with_field(self, name: str) -> Form:
        """The first form that has a field of this name."""
        for form in self.forms:
            if name in form.fields:
                return form
        raise SmokeError(f"no form with a field {name!r}")

    def with_button(self, verb: str, label: str) -> tuple[Form, dict[str, str]] | None:
        """The button that goes to `…/verb/` and whose label names what it is for."""
        for form in self.forms:
            for button in form.buttons:
                if f"/{verb}/" in button["formaction"] and label in button.get("aria-label", ""):
                    return form, button
        return None


class Browser:
    """The least of a browser: cookies, redirects. `port`: ask 127.0.0.1 with the headers that a proxy sets."""

    def __init__(self, url: str, port: int | None = None) -> None:
        self.site: SplitResult = urlsplit(url)
        self.port = port
        self.cookies: dict[str, str] = {}

    def connect(self) -> http.client.HTTPConnection:
        """A connection for one request."""
        if self.port:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        if self.site.scheme == "https":
            return http.client.HTTPSConnection(self.site.netloc, timeout=30)
        return http.client.HTTPConnection(self.site.netloc, timeout=15)

    def request(
        self, method: str, path: str, data: dict[str, str] | None = None
    ) -> tuple[int, str, str]:
        """Status, Location and body of one request."""
        headers = {
            "Host": self.site.netloc,
            "Referer": f"{self.site.scheme}://{self.site.netloc}{path}",
            "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
        }
        if self.port:
            headers |= {"X-Forwarded-Proto": self.site.scheme, "X-Forwarded-For": "127.0.0.1"}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = self.connect()
        try:
            connection.request(
                method, path, urlencode(data) if data is not None else None, headers
            )
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
            target = urlsplit(urljoin(path, location))
            path, method, data = f"{target.path}?{target.query}".rstrip("?"), "GET", None
        if status != 200:
            raise SmokeError(f"{method} {path} answered {status}")
        return path, body


def walk(browser: Browser, name: str, password: str) -> None:
    """The main job."""
    form = Forms(browser.go("GET", LOGIN)[1]).with_field("password")
    path, _ = browser.go("POST", LOGIN, {**form.fields, "login": name, "password": password})
    if path.startswith(LOGIN) or "sessionid" not in browser.cookies:
        raise SmokeError("signing in did not work")
    title = "Smoke test " + "".join(secrets.choice(LETTERS) for _ in range(10))
    form = Forms(browser.go("GET", INBOX)[1]).with_field("text")
    browser.go("POST", form.action, {**form.fields, "text": title})
    tick = Forms(browser.go("GET", INBOX)[1]).with_button("complete", title)
    if tick is None:
        raise SmokeError("a todo was added and can't be ticked on its page")
    form, button = tick
    browser.go("POST", button["formaction"], {**form.fields, button["name"]: button["value"]})
    if Forms(browser.go("GET", INBOX)[1]).with_button("complete", title):
        raise SmokeError("the todo was ticked and is still open")
    browser.go("POST", button["formaction"].replace("/complete/", "/delete/"), form.fields)


def elsewhere(url: str) -> str:
    """A site anywhere, with the account that exists there for this, if there is one."""
    name, password = (os.environ.get(f"SMOKE_{key}", "") for key in ("USERNAME", "PASSWORD"))
    if name and password:
        walk(Browser(url), name, password)
        return "signed in, added, ticked"
    Forms(Browser(url).go("GET", LOGIN)[1]).with_field("password")
    return "the sign-in page is there; SMOKE_USERNAME or SMOKE_PASSWORD is not set, so nobody signed in"


def here() -> str:
    """The web in this container, with an account of its own that goes with all that belongs to it."""
    sys.path.insert(0, os.getcwd())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from allauth.account.models import EmailAddress
    from django.conf import settings
    from django.contrib.auth import get_user_model

    name, password = f"smoke-{secrets.token_hex(6)}", secrets.token_urlsafe(24)
    user = get_user_model().objects.create_user(name, f"{name}@smoke.invalid", password)
    try:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        walk(Browser(settings.SITE_URL, settings.PORT), name, password)
    finally:
        user.delete()
    return "signed in, added, ticked"


def main() -> int:
    """See the module's own words."""
    try:
        print("smoke test:", elsewhere(sys.argv[1]) if len(sys.argv) > 1 else here())
    except SmokeError as error:
        print(f"smoke test: {error}")
    except (
        Exception
    ) as error:  # whatever it is: the version is not to be trusted, and the reason is to be said
        print(f"smoke test: {type(error).__name__}: {str(error).partition(chr(10))[0]}")
    else:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
