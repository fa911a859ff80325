"""What each page asks of the database and what it weighs: not what it takes, which no test can know."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOW, Cast, make_list, make_many, make_todo
from tests.views.pages import get, post

from django_todos.dates import Moment
from django_todos.models import Todo

ROWS = 20
PAGES = {
    "today": (6, 45_988),
    "upcoming": (8, 51_490),
    "inbox": (7, 30_490),
    "assigned": (4, 27_707),
    "search": (3, 28_444),
    "completed": (4, 23_666),
    "list-index": (4, 25_249),
    "trash": (5, 24_052),
    "list-create": (3, 27_018),
    "version": (3, 0),
}
"""By page: at most so many queries, and so many bytes with `ROWS` rows."""
OPEN_AND_CLOSE = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")


def asked(work: Any) -> tuple[int, Any]:
    """How many queries something asks once it is warm, and its answer."""
    work()
    with CaptureQueriesContext(connection) as queries:
        answer = work()
        said = [one["sql"] for one in queries if not one["sql"].startswith(OPEN_AND_CLOSE)]
    return len(said), answer


@pytest.fixture
def full(cast: Cast) -> Any:
    """A list with rows that are due today, each with a priority."""
    todo_list = make_list(cast.charlie, "Full")
    make_many(todo_list, ROWS, due_date=NOW.date(), priority=1)
    return todo_list


@pytest.mark.parametrize("name", PAGES)
def test_pages_ask_and_weigh_no_more(cast: Cast, full: Any, name: str) -> None:
    client = cast.client("charlie")
    queries, answer = asked(lambda: get(client, name))
    assert queries <= PAGES[name][0] and len(answer.content) <= PAGES[name][1]


def test_a_list_a_todo_and_a_tick_ask_and_weigh_no_more(cast: Cast, full: Any) -> None:
    client, todo = cast.client("charlie"), full.todos.first()
    queries, answer = asked(lambda: get(client, "list-detail", full.uuid))
    assert queries <= 7 and len(answer.content) <= 53_753
    queries, _ = asked(lambda: get(client, "todo-detail", todo.uuid))
    assert queries <= 9
    post(client, "todo-complete", todo.uuid, htmx=True, view="list")
    post(client, "todo-reopen", todo.uuid, htmx=True, view="list")
    queries, answer = asked(
        lambda: post(
            client,
            "todo-reopen" if Todo.objects.get(pk=todo.pk).is_completed else "todo-complete",
            todo.uuid,
            htmx=True,
            view="list",
        )
    )
    assert queries <= 16 and len(answer.content) <= 1_998  # one of them is this test's


def test_a_row_weighs_no_more(cast: Cast) -> None:
    todo_list = make_list(cast.charlie, "Some")
    make_todo(todo_list, "Plain")
    make_todo(todo_list, "Full", priority=1, due=Moment(NOW.date()), labels=["home"])
    page = get(cast.client("charlie"), "list-detail", todo_list.uuid).content
    plain, full = (len(row) for row in re.findall(rb'<li class="todos-row.*?</li>', page, re.S))
    assert plain <= 750 and full <= 1_200
