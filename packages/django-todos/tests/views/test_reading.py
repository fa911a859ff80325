"""What a page reads does not grow with what it doesn't show: the database's own account of it, never a clock."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Mod
from django.test.utils import CaptureQueriesContext
from tests.factories import NOW, Cast, make_list, make_many
from tests.views.pages import get, given

from django_todos import limits
from django_todos.models import Label, Todo, TodoList, compiled

MANY = 1000
TIMES = 20
"""So many are in a list; on PostgreSQL so many times as many, which reads all of a small table, and rightly so."""


reads_little = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="others look through all of a list"
)


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven todos a page, and of no more than twenty it is said how many there are."""
    monkeypatch.setattr(limits, "PAGE", 7)
    monkeypatch.setattr(limits, "COUNTED_TO", 20)
    monkeypatch.setattr(compiled, "known", {})  # with other limits


@pytest.fixture
def much(cast: Cast) -> Cast:
    """A large list of alice and bob, with others beside it; every order of it is a different one."""
    make_many(cast.flat, MANY)
    make_many(make_list(cast.charlie, "Other"), MANY)
    place = Mod(F("id") * 7919, MANY)
    Todo.objects.update(priority=Mod(F("id"), 10), position=place)
    for day in range(5):
        Todo.objects.annotate(day=Mod(F("id"), 7)).filter(day=day).update(
            due_date=NOW.date() + timedelta(days=day)
        )
    if connection.vendor == "postgresql":
        multiply()
    return cast


def multiply() -> None:
    """Makes `TIMES` todos of each, and lets the database count them."""
    columns = [one.column for one in Todo._meta.concrete_fields if one.column != "id"]
    copied = ("u" if one in ("uuid", "tree") else one for one in columns)
    sql = f"""INSERT INTO django_todos_todo ({", ".join(columns)}) SELECT {", ".join(copied)} FROM (
        SELECT *, gen_random_uuid() u FROM django_todos_todo, generate_series(2, {TIMES}) OFFSET 0) many ORDER BY u"""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        cursor.execute("ANALYZE")
    TodoList.objects.update(open_count=F("open_count") * TIMES)


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A plan's steps."""
    yield plan
    for one in plan.get("Plans", []):
        yield from nodes(one)


def effort(work: Callable[[], Any]) -> int:
    """How many rows of todos PostgreSQL reads for it, or how many hundred steps SQLite takes."""
    if connection.vendor != "postgresql":
        steps: list[None] = []
        connection.connection.set_progress_handler(lambda: steps.append(None), 100)
        try:
            work()
        finally:
            connection.connection.set_progress_handler(None, 0)
        return len(steps)
    with CaptureQueriesContext(connection) as queries:
        work()
    rows = 0
    for one in [one["sql"] for one in queries if "django_todos_todo" in one["sql"]]:
        if not one.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {one}")
            (plan,) = cursor.fetchone()[0:1]
        for node in nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]):
            if node.get("Relation Name") == "django_todos_todo":
                read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
                rows += read * node["Actual Loops"]
    return rows


@pytest.mark.parametrize("sort", ["", "due", "priority", "title", "newest"])
def test_a_list_in_any_order(much: Cast, sort: str) -> None:
    client, few = much.client("bob"), make_list(much.bob, "Few")
    make_many(few, 30, priority=1)

    def page(todo_list: TodoList, cursor: str = "") -> str:
        answer = given(client, "list-detail", todo_list.uuid, sort=sort, after=cursor)
        assert len(answer.context["rows"]) == limits.PAGE
        return answer.context["rows"].cursor

    begun, here = page(few), page(much.flat)
    assert effort(lambda: page(much.flat)) <= effort(lambda: page(few)) * 1.1
    assert effort(lambda: page(much.flat, here)) <= effort(lambda: page(few, begun)) * 1.1


FILTERS = [{"priority": "high"}, {"priority": "none"}, {"due": "none"}, {"assignee": "nobody"}]


@reads_little
def test_what_a_filter_leaves_of_a_list(much: Cast) -> None:
    page = functools.partial(given, much.client("bob"), "list-detail", much.flat.uuid)
    for filters in FILTERS:
        for sort in ("", "title", "newest"):
            cursor = page(sort=sort, **filters).context["rows"].cursor
            for after in ("", cursor):
                shown = functools.partial(page, sort=sort, after=after, **filters)
                assert effort(shown) < MANY, (filters, sort, after)


@reads_little
def test_pages_beside_many_that_are_due(much: Cast) -> None:
    client = much.client("bob")
    assert effort(lambda: get(client, "trash-empty")) < 100
    for after in ("", given(client, "today").context["rows"].cursor):
        shown = functools.partial(get, client, "today", after=after)
        assert len(shown().context["rows"]) == limits.PAGE
        assert effort(shown) < 100


GATHERED = [
    ("label-detail", ["home"], {}),
    ("label-detail", ["seldom"], {}),
    ("assigned", [], {}),
    ("search", [], {"q": "todo"}),
    ("search", [], {"q": "to"}),
    ("search", [], {"q": "todo 7"}),
    ("search", [], {"q": "77"}),
]


@reads_little
def test_what_pages_gather_from_a_large_list(much: Cast) -> None:
    mine = Todo.objects.filter(todo_list=much.flat)
    for name, some in (("home", mine.filter(priority__lt=3)), ("seldom", mine[:9])):
        label = Label.objects.create(todo_list=much.flat, name=name, key=name)
        label.todos.add(*some.values_list("pk", flat=True))
    mine.filter(priority__lt=5).update(assignee=much.bob)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for name, args, query in GATHERED:
        for sort in ("", "newest"):
            page = functools.partial(given, much.client("bob"), name, *args, sort=sort, **query)
            for after in ("", page().context["rows"].cursor):
                assert effort(functools.partial(page, after=after)) < MANY, (name, query, sort)
