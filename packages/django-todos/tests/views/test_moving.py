"""Moving a todo to another day: from the menu, in words, of a repeating one, and what is wrong or undone."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.http import HttpResponse
from django.utils import translation
from tests.factories import NOW, UTC, Cast, later, make_todo
from tests.views.pages import Page, get, given_at, message, path, post

from django_todos.dates import Moment
from django_todos.models import Action, Preferences, Todo
from django_todos.repeats.occurrences import Repeat

STATUSES = {"alice": 303, "bob": 303, "rita": 403, "charlie": 404, "anonymous": 302}


def again(todo: Todo) -> Todo:
    return Todo.objects.get(pk=todo.pk)


def toast(cast: Cast, response: HttpResponse) -> str:
    """What the page that it redirects to says."""
    shown = given_at(cast.client("alice"), response["Location"]).context["toast"]
    return shown.text if shown is not None else ""


@pytest.mark.parametrize("name, status", STATUSES.items())
def test_who_may_move_to_a_day(cast: Cast, name: str, status: int):
    todo = make_todo(cast.flat)
    response = post(cast.client(name), "todo-move", todo.uuid, to="day", day="2026-11-24")
    assert response.status_code == status
    assert again(todo).due_date == (date(2026, 11, 24) if status == 303 else None)


DAYS = [
    ("", "2026-11-24", "2026-11-24", "Tue 24 Nov"),
    ("2026-11-20", "today", "2026-11-23", "Mon 23 Nov"),
    ("2026-11-20", "fri", "2026-11-27", "Fri 27 Nov"),
    ("2026-11-24T09:00", "in 3 days", "2026-11-26T09:00", "Thu 26 Nov"),
    ("2026-11-24T09:00", "fri 5pm", "2026-11-27T17:00", "Fri 27 Nov"),
    (
        "2026-11-24T09:00[Asia/Tokyo]",
        "2027-01-05",
        "2027-01-05T09:00[Asia/Tokyo]",
        "Tue 5 Jan 2027",
    ),
    ("2026-11-24T01:00", "2024-02-29", "2024-02-29T01:00", "Thu 29 Feb 2024"),
    ("2026-11-23T05:00[Asia/Tokyo]", "2026-11-30", "2026-12-01T05:00[Asia/Tokyo]", "Mon 30 Nov"),
]


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("due, day, expected, words", DAYS)
def test_the_day_changes_and_the_time_stays(
    cast: Cast, due: str, day: str, expected: str, words: str, htmx: bool
):
    """The day is the viewer's: early morning in Tokyo is the evening before in Berlin."""
    Preferences.objects.create(user=cast.alice, time_zone="Europe/Berlin")
    todo = make_todo(cast.flat, due=Moment.parse(due) if due else Moment())
    client, upcoming = cast.client("alice"), "/todos/upcoming/"
    response = post(client, "todo-move", todo.uuid, htmx=htmx, to="day", day=day, next=upcoming)
    assert path(response) == upcoming and response["Location"].endswith(f"#todo-row-{todo.uuid}")
    assert again(todo).due == Moment.parse(expected)
    assert toast(cast, response) == f"Moved “Buy milk” to {words}."


BAD = [
    "",
    " ",
    "31 Feb",
    "2026-02-30",
    "someday",
    "\x00",
    "2026-11-24 2026-11-25",
    "x" * 500,
    "<b>",
]


@pytest.mark.parametrize("day, view", [*((day, "") for day in BAD), ("someday", "upcoming")])
def test_what_is_no_date_comes_back_and_changes_nothing(cast: Cast, day: str, view: str):
    todo = make_todo(cast.flat, due=Moment.parse("2026-11-24T09:00"))
    before = Todo.objects.values().get()
    response = post(
        cast.client("alice"), "todo-move", todo.uuid, to="day", day=day, next="/todos/", view=view
    )
    assert response.status_code == 422
    page, form = Page(response), response.context["form"]
    assert page.faults == [] and form.errors["day"] and form["day"].value() == day
    assert page.values("aria-invalid") == ["true"]
    assert set(page.values("value", "input")) >= {"/todos/", "day"}
    assert Todo.objects.values().get() == before and not Action.objects.filter(verb="date")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
@pytest.mark.parametrize("due", ["2026-11-24", "2026-11-24T23:30[Pacific/Auckland]"])
def test_the_ends_of_the_calendar(cast: Cast, day: str, due: str):
    todo = make_todo(cast.flat, due=Moment.parse(due))
    response = post(cast.client("alice"), "todo-move", todo.uuid, to="day", day=day)
    assert response.status_code in (303, 422)
    assert get(cast.client("alice"), "todo-detail", todo.uuid).status_code == 200


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("day, clock", [("0001-01-01", "00:30"), ("9999-12-31", "23:30")])
def test_at_the_ends_of_the_calendar_already(cast: Cast, day: str, clock: str, zone: str):
    """A clock elsewhere shows another day, and the step to this one would leave the calendar."""
    due, client = Moment.parse(f"{day}T{clock}[{zone}]"), cast.client("alice")
    todo = make_todo(cast.flat, due=due)
    for response in (
        post(client, "todo-move", todo.uuid, to="day", day=day),
        post(client, "todo-set", todo.uuid, due=day),
        post(client, "todo-bulk", do="date", date=day, todo=str(todo.uuid)),
    ):
        assert response.status_code == 303
    assert again(todo).due == due
    assert get(client, "todo-detail", todo.uuid).status_code == 200


def test_without_a_day(cast: Cast):
    todo = make_todo(cast.flat)
    assert post(cast.client("alice"), "todo-move", todo.uuid, to="day").status_code == 422


def test_undo_brings_the_day_back(cast: Cast):
    due = Moment(date(2026, 11, 20), time(9), "Europe/Berlin")
    todo, client = make_todo(cast.flat, due=due), cast.client("alice")
    done = message(post(client, "todo-move", todo.uuid, to="day", day="2026-12-01"))["done"]
    assert again(todo).due_date == date(2026, 12, 1)
    assert message(post(client, "action-undo", done)) == {"undone": "1"}
    assert again(todo).due == due


def test_where_it_is_already(cast: Cast):
    todo = make_todo(cast.flat, due=Moment(NOW.date()))
    response = post(cast.client("alice"), "todo-move", todo.uuid, to="day", day="today")
    assert message(response) == {"kept": "same"}
    assert toast(cast, response) == "Nothing to change."


def test_only_this_occurrence_of_a_repeating_todo_moves(cast: Cast):
    monday = Moment(NOW.date())
    todo = make_todo(cast.flat, due=monday, repeat=Repeat("FREQ=WEEKLY"))
    client = cast.client("alice")
    post(client, "todo-move", todo.uuid, to="day", day="2026-11-26")
    moved = again(todo)
    assert (moved.due_date, moved.rrule) == (date(2026, 11, 26), "FREQ=WEEKLY")
    assert moved.repeat_anchor_date == monday.date
    moved.complete(by=cast.alice, at=later(), zone=UTC)
    assert again(todo).due_date == date(2026, 11, 30)


def test_one_that_the_form_made_repeat_has_an_anchor_to_stay_at(cast: Cast):
    client = cast.client("alice")
    post(client, "todo-create", text="Pay rent today every week", list=cast.flat.uuid)
    todo = Todo.objects.get()
    post(client, "todo-move", todo.uuid, to="day", day="2026-11-26")
    again(todo).complete(by=cast.alice, at=later(), zone=UTC)
    assert again(todo).due_date == date(2026, 11, 30)


def test_the_menu_offers_days_and_on_pages_by_day_no_order(cast: Cast):
    todo, client = make_todo(cast.flat), cast.client("alice")
    for view, ordered in (("", True), ("list", True), ("today", False), ("upcoming", False)):
        response = get(client, "todo-move", todo.uuid, view=view)
        page = Page(response)
        assert page.faults == []
        days = [day for day in page.values("value", "button") if day.startswith("2026")]
        assert days == ["2026-11-23", "2026-11-24", "2026-11-30"]
        assert ("up" in page.values("value", "button")) is ordered


@pytest.mark.parametrize("name, grips", [("alice", 1), ("rita", 0)])
@pytest.mark.parametrize("view", ["today", "upcoming"])
def test_pages_by_day_have_a_grip_for_who_may_edit(cast: Cast, view: str, name: str, grips: int):
    make_todo(cast.flat, due=Moment(NOW.date()))
    page = Page(get(cast.client(name), view))
    assert page.values("class").count("todos-grip") == grips
    assert page.values("data-todos-days") == ["2026-11-23"]
    assert "2026-11-23" in page.values("data-todos-day")


def test_the_next_date_after_completing_is_in_words(cast: Cast):
    todo = make_todo(cast.flat, due=Moment(NOW.date()), repeat=Repeat("FREQ=WEEKLY"))
    with translation.override("en"):
        response = post(cast.client("alice"), "todo-complete", todo.uuid)
    assert toast(cast, response) == "Completed “Buy milk”. Next: Mon 30 Nov."
