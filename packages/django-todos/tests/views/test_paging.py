"""Pages continue by keyset: every root exactly once in every order, whatever is equal, deleted or added meanwhile."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.factories import NOW, UTC, Cast, later, make_labels, make_list, make_many, make_todo
from tests.views.pages import get, given, titles

from django_todos import limits
from django_todos.dates import Moment
from django_todos.models import Completion, Todo, TodoList, searching


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven todos a page, and three that a root brings along."""
    monkeypatch.setattr(limits, "PAGE", 7)
    monkeypatch.setattr(limits, "BELOW", 3)


@pytest.fixture
def mixed(cast: Cast) -> list[Todo]:
    """Twenty-three todos with many equal values and gaps."""
    todos = make_many(cast.flat, 23)
    for n, todo in enumerate(todos):
        todo.priority = n % 4
        todo.title = f"Todo {n % 5}"
        todo.position = n // 3
        due = [Moment(), Moment(NOW.date()), Moment.parse("2026-11-23T09:00")][n % 3]
        todo.due_date, todo.due_time = due.date, due.time
    fields = ["priority", "title", "position", "due_date", "due_time"]
    Todo.objects.bulk_update(todos, fields)
    return todos


def pages(client: Client, name: str, *args: Any, **query: Any):
    """One page after the other, as somebody who presses "More" gets them."""
    cursor: str | None = None
    while cursor != "":
        more = {"after": cursor} if cursor is not None else {}
        response = given(client, name, *args, htmx=cursor is not None, **query, **more)
        assert response.status_code == 200
        yield [row.todo for row in response.context["rows"]]
        cursor = response.context["rows"].cursor


ORDERS = {
    "": lambda todo: (todo.position, todo.pk),
    "due": lambda todo: (
        todo.due_date is None,
        todo.due_time is None,
        todo.position,
        todo.pk,
    ),
    "priority": lambda todo: (todo.priority or 10, todo.position, todo.pk),
    "title": lambda todo: (todo.title.lower(), todo.pk),
    "newest": lambda todo: -todo.pk,
}


@pytest.mark.parametrize("filters", [{}, {"assignee": "nobody"}], ids=["tree", "flat"])
@pytest.mark.parametrize("sort", ORDERS)
def test_every_root_once_in_every_order(cast: Cast, mixed, sort: str, filters):
    client = cast.client("rita")
    found = [*pages(client, "list-detail", cast.flat.uuid, sort=sort, **filters)]
    assert [len(page) for page in found] == [7, 7, 7, 2]
    assert [todo.pk for page in found for todo in page] == [
        todo.pk for todo in sorted(mixed, key=ORDERS[sort])
    ]


@pytest.mark.parametrize("sort", ORDERS)
def test_what_goes_or_comes_between_two_pages_makes_nobody_appear_twice(
    cast: Cast, mixed, sort: str
):
    seen: list[int] = []
    for number, page in enumerate(
        pages(cast.client("rita"), "list-detail", cast.flat.uuid, sort=sort)
    ):
        seen += [todo.pk for todo in page]
        page[-1].trash(by=cast.alice, at=later())  # the very row that the cursor names
        if number == 0:
            make_todo(cast.flat, "new")
    old = [pk for pk in seen if pk in {todo.pk for todo in mixed}]
    assert sorted(old) == [todo.pk for todo in mixed]


@pytest.mark.parametrize("name", ["assigned", "today", "search", "label-detail"])
def test_views_across_lists_continue_too(cast: Cast, mixed, name: str):
    Todo.objects.update(assignee=cast.bob, due_date=NOW.date())
    for todo in mixed:
        todo.labels.add(*cast.flat.labels.get_or_create(name="shop", key="shop")[:1])
    args = ["shop"] if name == "label-detail" else []
    query = {"q": "todo"} if name == "search" else {}
    found = [*pages(cast.client("bob"), name, *args, **query)]
    assert [len(page) for page in found] == [7, 7, 7, 2]
    assert len({todo.pk for page in found for todo in page}) == 23


QUERIES = [
    ("search", {"q": "tod"}),
    ("search", {"q": "todo", "completed": "1"}),
    ("search", {"q": "todo", "sort": "title"}),
    ("search", {"q": "todo", "due": "none"}),
    ("search", {"q": "1 todo"}),
    ("search", {"q": "todo 2 #home"}),
    ("search", {"q": "nowhere"}),
    ("search", {"q": "買"}),
    ("label-detail", {}),
    ("assigned", {}),
]


@pytest.mark.parametrize("name, query", QUERIES)
def test_whoever_has_much_finds_the_same_in_the_same_order(
    cast: Cast, mixed, monkeypatch, name: str, query: dict
):
    trip = make_list(cast.alice, "Trip")
    make_todo(trip, "Todo 1 買い物", due=Moment(NOW.date()), labels=["home"])
    make_todo(make_list(cast.charlie, "Other"), "Todo 1 買い物", due=Moment(NOW.date()))
    label = make_labels(cast.flat, "home")[0]
    for n, todo in enumerate(mixed):
        todo.labels.set([label] if n % 2 else [])
    Todo.objects.filter(title__in=["Todo 1", "Todo 3"]).update(assignee=cast.alice)
    mixed[4].complete(by=cast.alice, at=NOW)
    mixed[11].trash(by=cast.alice, at=NOW)
    args = ["home"] if name == "label-detail" else []

    def shown() -> list[list[Todo]]:
        return list(pages(cast.client("alice"), name, *args, **query))

    here = shown()
    for near, many in ((1, 1000), (9, 1000), (1000, 1)):
        monkeypatch.setattr(limits, "NEAR", near)
        monkeypatch.setattr(limits, "MANY_LISTS", many)
        assert shown() == here
    monkeypatch.setattr(limits, "MANY_LISTS", 1000)
    monkeypatch.setattr(limits, "NEAR", 9)
    for rare in (
        lambda _todos, text, at_least: [],
        lambda _todos, text, at_least: searching.words_of(text),
    ):
        monkeypatch.setattr(searching, "rare_of", rare)  # whatever the statistics say
        assert shown() == here
    assert all(row.todo_list.role == "owner" for page in shown() for row in page)


def test_completed_todos_of_a_list_continue_latest_first(cast: Cast):
    for n in range(9):
        make_todo(cast.flat, str(n)).complete(by=cast.bob, at=later(n // 2), zone=UTC)
    found = [*pages(cast.client("rita"), "list-completed", cast.flat.uuid)]
    assert [[todo.title for todo in page] for page in found] == [list("8765432"), list("10")]


def test_the_logbook_continues_by_days(cast: Cast):
    for n in range(16):
        at = NOW - timedelta(hours=9 * n)
        make_todo(cast.flat, str(n), at=at).complete(by=cast.bob, at=at, zone=UTC)
    client, cursor, log = cast.client("rita"), "", []
    for size in (7, 7, 2):
        response = given(
            client, "completed", htmx=bool(cursor), **({"after": cursor} if cursor else {})
        )
        entries = [(day.date, one) for day in response.context["days"] for one in day.completions]
        assert len(entries) == size
        assert all(day == one.at.date() for day, one in entries)
        log += [one.todo.title for _day, one in entries]
        cursor = response.context["cursor"]
    assert log == [str(n) for n in range(16)] and cursor == ""
    assert Completion.objects.count() == 16


def test_the_trash_continues_by_pages(cast: Cast):
    for n in range(9):
        make_todo(cast.flat, str(n)).trash(by=cast.bob, at=later(n))
    client = cast.client("rita")
    first = given(client, "trash")
    assert [row.todo.title for row in first.context["rows"]] == list("8765432")
    second = given(client, "trash", after=first.context["rows"].cursor)
    assert [row.todo.title for row in second.context["rows"]] == list("10")
    assert second.context["rows"].cursor == ""


def test_a_root_brings_so_many_along_and_says_how_many_more(cast: Cast):
    top = make_todo(cast.flat, "top")
    for n in range(5):
        make_todo(cast.flat, f"below {n}", parent=top)
    client = cast.client("rita")
    response = given(client, "list-detail", cast.flat.uuid)
    assert titles(response) == ["top", "below 0", "below 1", "below 2"]
    (row,) = response.context["rows"]
    assert row.more == 2
    everything = given(client, "todo-subtasks", top.uuid, htmx=True).context["row"]
    assert len(everything.children) == 5


@pytest.mark.parametrize("cursor", ["x", "", "\x00", "WzFd:x:y", "a:b:c:d"])
def test_a_cursor_that_nobody_gave_out_is_the_beginning(cast: Cast, mixed, cursor: str):
    client = cast.client("rita")
    for name, args in [("list-detail", [cast.flat.uuid]), ("today", []), ("completed", [])]:
        assert get(client, name, *args, after=cursor).status_code == 200
    response = given(client, "list-detail", cast.flat.uuid, after=cursor)
    assert response.context["rows"].rows[0].todo.pk == mixed[0].pk


def test_a_cursor_of_another_order_is_the_beginning(cast: Cast, mixed):
    client = cast.client("rita")
    cursor = get(client, "list-detail", cast.flat.uuid, sort="title").context["rows"].cursor
    for sort in ("", "due", "priority", "newest"):
        response = given(client, "list-detail", cast.flat.uuid, sort=sort, after=cursor)
        expected = sorted(mixed, key=ORDERS[sort])[0].pk
        assert response.context["rows"].rows[0].todo.pk == expected
    assert TodoList.objects.count() == 2  # rita's inbox came with her first page
