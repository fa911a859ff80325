"""What nobody reads to the end is not read to the end: counts stop, and say so."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from tests.factories import NOW, Cast, make_labels, make_list, make_many, make_todo
from tests.views.pages import HTMX, get, post

from django_todos import limits
from django_todos.dates import Moment
from django_todos.models import Todo, TodoList
from django_todos.models.counting import Counted
from django_todos.templatetags._remembered import memory

TODAY = NOW.date()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three are counted, and two are a page."""
    monkeypatch.setattr(limits, "COUNTED_TO", 3)
    monkeypatch.setattr(limits, "PAGE", 2)


def words(response) -> str:
    """What a page says, in one line."""
    return " ".join(re.sub("<[^>]*>", " ", response.content.decode()).split())


def make_closed(todo_list: TodoList, count: int, **fields: Any) -> None:
    """So many that are not open, as `fields` say."""
    make_many(todo_list, count, **fields)
    TodoList.objects.filter(pk=todo_list.pk).update(open_count=F("open_count") - count)


def test_a_thousand_and_one_are_many(cast: Cast):
    make_many(cast.flat, 1001, due_date=TODAY)
    make_closed(cast.flat, 1001, is_completed=True, completed_at=NOW)
    page = get(cast.client("bob"), "list-detail", cast.flat.uuid)
    assert "Today 999+" in words(page) and "Completed 999+" in words(page)
    for todo in Todo.objects.filter(is_completed=False)[:2]:
        todo.complete(by=cast.bob, at=NOW)
    assert "Today 999 " in words(get(cast.client("bob"), "today"))


def test_the_sidebar_of_many_is_remembered(cast: Cast, few, monkeypatch):
    make_many(cast.flat, 4, due_date=TODAY)
    client = cast.client("bob")
    get(client, "list-detail", cast.flat.uuid)
    made = []
    put = memory.put
    monkeypatch.setattr(memory, "put", lambda key, *args: (made.append(key), put(key, *args)))
    # Another page of the same sidebar: what was made of it is found again, by a count that is equal.
    get(client, "list-detail", cast.flat.uuid, sort="due")
    assert not [key for key in made if "NavData" in repr(key)]
    assert Counted.of(4) == Counted.of(4) != Counted.of(3) == 3 != Counted.of(4)


def test_todays_headings_count_what_the_page_shows_and_say_that_more_follows(cast: Cast, few):
    def headings() -> list[tuple[str, str]]:
        page = get(cast.client("bob"), "today").content.decode()
        return re.findall(r"(Overdue|Today)</h2>\s*<span class=\"todos-count\">(.*)</span>", page)

    make_many(cast.flat, 2, due_date=TODAY - timedelta(days=1))
    assert headings() == [("Overdue", "2"), ("Today", "0")]
    make_many(cast.flat, 1, due_date=TODAY)
    assert headings() == [("Overdue", "2+"), ("Today", "")]
    Todo.objects.filter(pk=Todo.objects.all()[0].pk).update(due_date=TODAY)
    assert headings() == [("Overdue", "1"), ("Today", "1+")]


def test_the_sidebar_counts_exactly_as_soon_as_it_can(cast: Cast, few):
    todos = make_many(cast.flat, 5, due_date=TODAY)
    client = cast.client("bob")
    counts = [Counted.of(len(todos))]
    for todo in todos[:3]:
        row = client.post(f"{todo.get_absolute_url()}complete/", **HTMX)
        said = re.search(r'id="count-today"[^>]*>([^<]*)<', row.content.decode())
        counts.append(row.context["nav"].today_count)
        assert said and said[1] == ("3+" if counts[-1].is_more else f"{counts[-1]}")
    assert [(int(one), one.is_more) for one in counts] == [
        (3, True), (3, True), (3, False), (2, False),
    ]  # fmt: skip


@pytest.mark.parametrize("found, said", [(2, "2 of 6 todos"), (3, "3 of 6 todos"), (4, "3+ of 6")])
def test_how_many_a_filter_leaves(cast: Cast, few, found: int, said: str):
    make_many(cast.flat, found, priority=1)
    make_many(cast.flat, 6 - found)
    client = cast.client("rita")
    page = get(client, "list-detail", cast.flat.uuid, priority="high")
    assert said in words(page)
    # How many more there are is known where both numbers are.
    assert ("don't match" in page.content.decode().replace("&#x27;", "'")) == (found < 4)
    answer = get(client, "list-detail", cast.flat.uuid, priority="high", count="1", htmx=True)
    assert f"Show {said.split()[0]} todos" in words(answer)


def test_the_last_page_says_how_many_there_are_in_all(cast: Cast, few):
    make_many(cast.flat, 3, priority=1)
    make_many(cast.flat, 2)
    client = cast.client("rita")
    first = get(client, "list-detail", cast.flat.uuid, priority="high")
    after = first.context["rows"].cursor
    last = get(client, "list-detail", cast.flat.uuid, priority="high", after=after)
    assert "3 of 5 todos" in words(first) and "3 of 5 todos" in words(last)


def test_a_label_across_lists(cast: Cast, few):
    trip = make_list(cast.alice, "Trip")
    for n in range(5):
        make_todo(trip if n % 2 else cast.flat, labels=["home"], priority=n % 4)
    page = get(cast.client("alice"), "label-detail", "home", priority="high")
    assert "3 of 3+ todos" in words(page) and page.context["hidden"] == 0


def test_the_trash_is_emptied_of_many(cast: Cast, few):
    make_closed(cast.flat, 4, deleted_at=NOW)
    assert "3+ todos will be gone for ever" in words(get(cast.client("bob"), "trash-empty"))
    post(cast.client("bob"), "trash-empty")
    assert not Todo.objects.exists()


def test_upcoming_says_what_is_late(cast: Cast, few):
    make_many(cast.flat, 4, due_date=Moment.parse("2026-11-20").date)
    assert "3+ todos are overdue" in words(get(cast.client("bob"), "upcoming"))


def test_labels_are_counted_in_what_is_due_next(cast: Cast, few):
    soon, late = make_labels(cast.flat, "soon", "late")
    for day, label in ((24, soon), (25, soon), (26, soon), (27, late), (28, late)):
        todo = make_todo(cast.flat, due=Moment.parse(f"2026-11-{day}"))
        todo.labels.add(label)
    make_todo(cast.flat, labels=["never"]).complete(by=cast.bob, at=NOW)
    client, todo = cast.client("bob"), Todo.objects.filter(is_completed=False)[0]
    said = words(get(client, "todo-labels", todo.uuid, htmx=True))
    is_short = connection.vendor == "postgresql"  # elsewhere all are read, and counted
    assert ("soon 3+ late never" if is_short else "soon 3 late 2 never 0") in said
