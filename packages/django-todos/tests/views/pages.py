"""What tests of views share: asking as somebody, with and without htmx, and reading what comes back."""

from __future__ import annotations

from datetime import time
from html.parser import HTMLParser
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, urlsplit

from django.forms import Form, MultiWidget
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import reverse

from django_todos.views import _kept, _page

HTMX = {"HTTP_HX_REQUEST": "true"}

SAVEPOINT = 2
"""Statements of a request that is inside of a transaction, as in a test or with ATOMIC_REQUESTS: one, and its release."""

VOID = {"area", "br", "col", "hr", "img", "input", "link", "meta", "use", "path", "wbr"}


def get(
    client: Client, name: str, /, *args: Any, htmx: bool = False, **query: Any
) -> HttpResponse:
    """GET one of our URLs."""
    headers = HTMX if htmx else {}
    return client.get(reverse(f"django_todos:{name}", args=args), query, **headers)


def given(client: Client, name: str, /, *args: Any, **query: Any) -> HttpResponse:
    """`get`, but for the page itself: only what its template was given, as `context`: a third to two thirds of its cost."""
    htmx = query.pop("htmx", False)
    return given_at(client, reverse(f"django_todos:{name}", args=args), query, htmx=htmx)


def given_at(
    client: Client, url: str, query: dict[str, Any] | None = None, *, htmx: bool = False
) -> HttpResponse:
    """What is `given` at an address, as one that a redirect leads to."""
    with (
        mock.patch.object(_page, "render", _unrendered),
        mock.patch.object(_kept, "_room", lambda request: 0),
    ):
        response = client.get(url, query, **(HTMX if htmx else {}))
    response.context = vars(response)["given"]
    return response


def _unrendered(
    request: HttpRequest, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    response = HttpResponse(status=status)
    vars(response)["given"] = context
    return response


def post(
    client: Client, name: str, /, *args: Any, htmx: bool = False, **data: Any
) -> HttpResponse:
    """POST to one of our URLs."""
    headers = HTMX if htmx else {}
    return client.post(reverse(f"django_todos:{name}", args=args), data, **headers)


def message(response: HttpResponse) -> dict[str, str]:
    """What a redirect tells the page it goes to."""
    assert response.status_code == 303, response.status_code
    query = parse_qs(urlsplit(response["Location"]).query)
    return {key: values[0] for key, values in query.items()}


def path(response: HttpResponse) -> str:
    """Where a redirect goes."""
    assert response.status_code == 303, response.status_code
    return urlsplit(response["Location"]).path


def untouched(form: Form) -> dict[str, Any]:
    """The form of a todo's page as it is sent back by somebody who changed nothing. Without the repeat's selects:
    like a client of its own, which writes words or rules.
    """
    data = {}
    for field in form:
        value, widget = field.value(), field.field.widget
        if isinstance(widget, MultiWidget):
            parts: Any = value if isinstance(value, list) else widget.decompress(value)
            value = parts[0]
        shown = (
            f"{value:%H:%M}" if isinstance(value, time) else "" if value is None else str(value)
        )
        data[field.name] = shown
        data[f"initial-{field.name}"] = form.data.get(f"initial-{field.name}", shown)
    return data


class Page(HTMLParser):
    """A page taken apart: its faults (tags that don't match, ids and attributes twice, code inside), links and rows."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(response.content.decode())
        self.faults += [f"<{tag}> is not closed" for tag in self.stack]
        self.faults += [f"id {one} twice" for one in set(self.ids) if self.ids.count(one) > 1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remembers what is open."""
        names = [name for name, _value in attrs]
        self.faults += [f"{name} twice in <{tag}>" for name in names if names.count(name) > 1]
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")
            if name.startswith("on") or name == "style" or "javascript:" in (value or "").lower():
                self.faults.append(f"code in {name} of <{tag}>")
        if tag == "style" or tag == "script" and "src" not in names:
            self.faults.append(f"inline <{tag}>")
        if tag == "form" and "form" in self.stack:
            self.faults.append("a form in a form")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element that closes itself."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        """Must close what was opened last."""
        if tag in VOID:
            return
        if not self.stack or self.stack[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.stack[-1:]} at {self.getpos()}")
        if tag in self.stack:
            while self.stack.pop() != tag:
                pass

    def values(self, attribute: str, tag: str = "") -> list[str]:
        """Every value of an attribute, of all elements or those of one name."""
        return [v for t, name, v in self.attributes if name == attribute and tag in ("", t)]


def titles(response: HttpResponse) -> list[str]:
    """The titles of the rows that a page shows, in order, taken from what the template was given."""
    shown: list[str] = []
    todo = list(response.context["rows"])
    while todo:
        row = todo.pop(0)
        shown.append(row.todo.title)
        todo = [*row.children, *todo]
    return shown
