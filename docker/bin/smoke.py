"""The smoke test: sign in, add a todo, tick it, see it done, throw it away. Standard library only.

    docker exec CONTAINER /app/bin/entrypoint smoke     the web in that container, as its proxy would ask it,
                                                        with an account made and removed for this
    python3 docker/bin/smoke.py https://example.org     any site, as SMOKE_USERNAME with SMOKE_PASSWORD;
                                                        without them only its sign-in page is looked at

It does what a browser without JavaScript does. One line and exit 0, or one line saying what failed and exit 1.
"""

from __future__ import annotations

import os
import secrets
import sys
import urllib.error
import urllib.request
from html.parser import HTMLParser
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlencode, urlsplit

LOGIN, INBOX = "/accounts/login/", "/inbox/"
LETTERS = "bcdfghjklmnpqrstvwxz"  # none of them makes a date, a person or a label of what is added


class SmokeError(Exception):
    """What did not work, in words for an operator."""


class Form:
    """A form of a page: where it goes, what it holds, and its buttons that go elsewhere."""

    def __init__(self, action: str) -> None:
        self.action = action
        self.fields: dict[str, str] = {}
        self.buttons: list[dict[str, str]] = []


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
        elif self.forms and tag == "button" and values.get("formaction"):
            self.forms[-1].buttons.append(values)
        elif self.forms and tag in ("input", "textarea") and values.get("type") != "checkbox":
            self.forms[-1].fields.setdefault(values.get("name", ""), values.get("value", ""))

    def with_field(self, name: str) -> Form:
        """The first form that has a field of this name."""
        if found := [form for form in self.forms if name in form.fields]:
            return found[0]
        raise SmokeError(f"no form with a field {name!r}")

    def with_button(self, verb: str, label: str) -> tuple[Form, dict[str, str]] | None:
        """The button that goes to `…/verb/` and whose label names what it is for."""
        for form in self.forms:
            for button in form.buttons:
                if f"/{verb}/" in button["formaction"] and label in button.get("aria-label", ""):
                    return form, button
        return None


class Browser:
    """The least of a browser. `at`: the address to connect to instead, with the headers that a proxy sets."""

    def __init__(self, site: str, at: str = "") -> None:
        parts = urlsplit(site)
        self.site, self.at = f"{parts.scheme}://{parts.netloc}", at or site.rstrip("/")
        self.headers = {"Host": parts.netloc, "X-Forwarded-Proto": parts.scheme} if at else {}
        # Behind the proxy the cookies are "secure", and we speak http.
        self.cookies = CookieJar(DefaultCookiePolicy(secure_protocols=("https", "http")))
        cookies = urllib.request.HTTPCookieProcessor(self.cookies)
        # No proxy of this machine's environment: what is asked is the site.
        direct = urllib.request.ProxyHandler({})
        self.open = urllib.request.build_opener(cookies, direct).open

    def go(self, path: str, data: dict[str, str] | None = None) -> tuple[str, str]:
        """Path and body of the page at which a request ends; an error is a SmokeError."""
        body = urlencode(data).encode() if data is not None else None
        headers = {**self.headers, "Referer": self.site + path}
        request = urllib.request.Request(self.at + path, body, headers)
        try:
            with self.open(request, timeout=30) as response:
                return urlsplit(response.url).path, response.read().decode(errors="replace")
        except urllib.error.HTTPError as error:
            raise SmokeError(f"{request.get_method()} {path} answered {error.code}") from None


def walk(browser: Browser, name: str, password: str) -> None:
    """The main job."""
    form = Forms(browser.go(LOGIN)[1]).with_field("password")
    path, _ = browser.go(LOGIN, {**form.fields, "login": name, "password": password})
    if path.startswith(LOGIN) or not any("sessionid" in one.name for one in browser.cookies):
        raise SmokeError("signing in did not work")
    title = "Smoke test " + "".join(secrets.choice(LETTERS) for _ in range(10))
    form = Forms(browser.go(INBOX)[1]).with_field("text")
    browser.go(form.action, {**form.fields, "text": title})
    tick = Forms(browser.go(INBOX)[1]).with_button("complete", title)
    if tick is None:
        raise SmokeError("a todo was added and can't be ticked on its page")
    form, button = tick
    browser.go(button["formaction"], {**form.fields, button["name"]: button["value"]})
    if Forms(browser.go(INBOX)[1]).with_button("complete", title):
        raise SmokeError("the todo was ticked and is still open")
    browser.go(button["formaction"].replace("/complete/", "/delete/"), form.fields)


def elsewhere(url: str) -> str:
    """A site anywhere, with the account that exists there for this, if there is one."""
    name, password = (os.environ.get(f"SMOKE_{key}", "") for key in ("USERNAME", "PASSWORD"))
    if name and password:
        walk(Browser(url), name, password)
        return "signed in, added, ticked"
    Forms(Browser(url).go(LOGIN)[1]).with_field("password")
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
    user: Any = get_user_model().objects.create_user(name, f"{name}@smoke.invalid", password)
    try:
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        address = f"http://127.0.0.1:{settings.PORT}"
        walk(Browser(settings.CSRF_TRUSTED_ORIGINS[0], address), name, password)
    finally:
        user.delete()
    return "signed in, added, ticked"


if __name__ == "__main__":
    try:
        print("smoke test:", elsewhere(sys.argv[1]) if len(sys.argv) > 1 else here())
    except Exception as error:  # whatever it is: not to be trusted, and the reason is to be said
        kind = "" if isinstance(error, SmokeError) else f"{type(error).__name__}: "
        print(f"smoke test: {kind}{str(error).partition(chr(10))[0]}")
        sys.exit(1)
