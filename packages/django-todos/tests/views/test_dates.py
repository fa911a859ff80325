"""The date popover: what it reads, offers and marks; and what a date that comes from it does."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from tests.factories import NOW, UTC, Cast, make_todo
from tests.views.pages import Page, get, message, post

from django_todos.dates import Moment
from django_todos.models import Preferences, Todo


def ask(cast: Cast, name: str = "alice", **query: Any) -> HttpResponse:
    """The popover, a fault in which fails."""
    response = get(cast.client(name), "date-picker", htmx=True, **query)
    assert response.status_code == 200
    assert not Page(response).faults
    return response


def inside(response: HttpResponse, element_id: str) -> str:
    """The text of a span of the popover."""
    found = re.search(
        rf'<span id="{element_id}"[^>]*>(.*?)</span>', response.content.decode(), re.S
    )
    assert found
    return " ".join(unescape(found[1]).split())


@pytest.mark.parametrize(
    "text, said, data",
    [
        ("fri 9am", "Fri 27 Nov", ("2026-11-27", "09:00", "")),
        ("tomorrow", "Tomorrow", ("2026-11-24", "", "")),
        ("fri 9am Europe/Lisbon", "Lisbon", ("2026-11-27", "09:00", "Europe/Lisbon")),
        ("no date", "No date", ("", "", "")),
        (" blurp ", "Not a date", None),
        ("<b>", "Not a date", None),
        ("x" * 500, "Not a date", None),
        ("", "For example", None),
    ],
)
def test_a_text_is_read_back(cast: Cast, text: str, said: str, data):
    response = ask(cast, text=text)
    assert said in inside(response, "todos-date-read")
    page = Page(response)
    assert page.values("data-text") == [text]
    found = [page.values(f"data-{part}") for part in ("date", "time", "zone")]
    assert found == ([[one] for one in data] if data else [[], [], []])


@pytest.mark.parametrize(
    "day, week_start, days",
    [
        (23, 0, ["2026-11-23", "2026-11-24", "2026-11-28", "2026-11-30", ""]),
        (23, 6, ["2026-11-23", "2026-11-24", "2026-11-28", "2026-11-29", ""]),
        (28, 0, ["2026-11-28", "2026-11-29", "2026-12-05", "2026-11-30", ""]),
        (29, 6, ["2026-11-29", "2026-11-30", "2026-12-05", "2026-12-06", ""]),
    ],
)
def test_presets_lie_ahead(cast: Cast, day: int, week_start, days: list[str]):
    Preferences.objects.update_or_create(user=cast.alice, defaults={"week_start": week_start})
    with time_machine.travel(NOW.replace(day=day), tick=False):
        assert Page(ask(cast)).values("data-todos-day") == days


def test_days_with_something_open_are_marked(cast: Cast):
    make_todo(cast.flat, due=Moment.parse("2026-11-24"))
    make_todo(cast.flat, due=Moment.parse("2026-11-24T09:00"))
    make_todo(cast.flat, due=Moment.parse("2026-12-01T00:30[Europe/Berlin]"))
    make_todo(cast.flat, due=Moment.parse("2026-12-06"))
    make_todo(cast.flat, due=Moment.parse("2026-12-07"))
    done = make_todo(cast.flat, due=Moment.parse("2026-11-25"))
    done.complete(by=cast.bob, at=NOW, zone=UTC)
    make_todo(cast.flat, due=Moment.parse("2026-11-26")).trash(by=cast.bob, at=NOW)
    Preferences.objects.update_or_create(user=cast.alice, defaults={"time_zone": "UTC"})
    first = "2026-10-26"
    busy = inside(ask(cast, first=first), "todos-date-busy")
    assert busy == "2026-11-24 2026-11-30 2026-12-06"
    assert inside(ask(cast, "charlie", first=first), "todos-date-busy") == ""


@pytest.mark.parametrize("first", ["", "never", "9999-12-31", "0001-01-01"])
def test_a_month_that_is_none_has_no_marks(cast: Cast, first: str):
    assert inside(ask(cast, first=first), "todos-date-busy") == ""


@pytest.mark.parametrize(
    "data, due",
    [
        ({"due": "2026-12-01"}, "2026-12-01T09:00[Europe/Berlin]"),
        ({"due": "fri 8am"}, "2026-11-27T08:00"),
        (
            {"due": "2026-12-01", "due_time": "14:30", "due_tz": "Europe/Lisbon"},
            "2026-12-01T14:30[Europe/Lisbon]",
        ),
        ({"due": "2026-12-01", "due_time": "14:30", "due_tz": ""}, "2026-12-01T14:30"),
        ({"due": "2026-12-01", "due_time": "", "due_tz": ""}, "2026-12-01"),
        ({"due": "", "due_time": "14:30"}, ""),
        ({"due": "2026-12-01", "due_time": "25:00"}, "2026-11-23T09:00[Europe/Berlin]"),
        ({"due": "2026-12-01", "due_tz": "Nowhere"}, "2026-11-23T09:00[Europe/Berlin]"),
    ],
)
def test_a_row_takes_a_day_and_a_time(cast: Cast, data: dict[str, str], due: str):
    todo = make_todo(cast.flat, due=Moment.parse("2026-11-23T09:00[Europe/Berlin]"))
    message(post(cast.client("bob"), "todo-set", todo.uuid, **data))
    assert str(Todo.objects.get(pk=todo.pk).due) == due


def test_many_take_the_time_that_comes_with_the_day(cast: Cast):
    todos = [make_todo(cast.flat, due=Moment.parse(text)) for text in ("2026-11-23T09:00", "")]
    data = {"do": "date", "date": "2026-12-01T14:30", "todo": [one.uuid for one in todos]}
    message(post(cast.client("bob"), "todo-bulk", **data))
    assert {str(one.due) for one in Todo.objects.filter(pk__in=[t.pk for t in todos])} == {
        "2026-12-01T14:30"
    }
