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
from django_todos.models import GAP, Todo

ROWS = 20
PAGES = {
    "today": (6, 46_046),
    "upcoming": (8, 51_548),
    "inbox": (7, 30_548),
    "assigned": (4, 27_765),
    "search": (3, 28_502),
    "completed": (4, 23_724),
    "list-index": (4, 25_307),
    "trash": (5, 24_110),
    "list-create": (3, 27_076),
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


def test_a_list_and_a_todo_ask_and_weigh_no_more(cast: Cast, full: Any) -> None:
    client, todo = cast.client("charlie"), full.todos.first()
    queries, answer = asked(lambda: get(client, "list-detail", full.uuid))
    assert queries <= 7 and len(answer.content) <= 53_811
    queries, _ = asked(lambda: get(client, "todo-detail", todo.uuid))
    assert queries <= 9


@pytest.fixture
def client(cast: Cast, settings: Any) -> Any:
    """Somebody whose session is in the database, as on most sites: reading it counts."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"
    return cast.client("charlie")


def test_a_tick_asks_and_weighs_no_more(client: Any, full: Any) -> None:
    todo = make_todo(full, "Tick", due=Moment(NOW.date()), labels=["home", "shop"], priority=1)
    below = make_todo(full, "below", parent=todo)

    def send(name: str, one: Todo) -> Any:
        return post(client, f"todo-{name}", one.uuid, htmx=True, view="list")

    for name in ("complete", "reopen"):
        others = iter([below, todo] if name == "complete" else [todo, below])
        said, answer = asked(lambda others=others, name=name: send(name, next(others)))
        assert (said, len(answer.content) <= 3_000) == (10, True), name


MOVES = {"before": 8, "after": 8, "under": 8, "up": 8, "down": 8, "in": 8, "top": 8, "bottom": 8}


@pytest.mark.parametrize("to", MOVES)
def test_a_move_asks_no_more(client: Any, full: Any, to: str) -> None:
    todos = iter(full.todos.in_order()[3::4])
    data = {"to": to, "anchor": full.todos.first().uuid}
    queries, answer = asked(lambda: post(client, "todo-move", next(todos).uuid, htmx=True, **data))
    assert queries == MOVES[to] and "done=" in answer["Location"]


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("count, apart, queries", [(60, 1, 10), (200, 1, 11), (200, GAP, 10)])
def test_making_room_asks_no_more(
    client: Any, cast: Cast, count: int, apart: int, queries: int, side: str
) -> None:
    """Among siblings who all stand close; and where two do, which is all that is looked at."""
    todo_list = make_list(cast.charlie)
    todos = make_many(todo_list, count)
    for place, todo in enumerate(todos):
        todo.position = place * apart - (place in (10, 12)) * (apart - 1)
    Todo.objects.bulk_update(todos, ["position"])
    moved = iter(
        [(todos[30], todos[9 + (side == "before")]), (todos[31], todos[11 + (side == "before")])]
    )

    def move() -> Any:
        todo, anchor = next(moved)
        return post(client, "todo-move", todo.uuid, htmx=True, to=side, anchor=anchor.uuid)

    assert asked(move)[0] == queries


def test_a_row_weighs_no_more(cast: Cast) -> None:
    todo_list = make_list(cast.charlie, "Some")
    make_todo(todo_list, "Plain")
    make_todo(todo_list, "Full", priority=1, due=Moment(NOW.date()), labels=["home"])
    page = get(cast.client("charlie"), "list-detail", todo_list.uuid).content
    plain, full = (len(row) for row in re.findall(rb'<li class="todos-row.*?</li>', page, re.S))
    assert plain <= 750 and full <= 1_200
