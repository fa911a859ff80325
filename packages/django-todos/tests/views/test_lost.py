"""A list that is lost between two statements, as far as no lock holds it: taken from who looks, or gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from tests.factories import Cast, later, make_todo
from tests.views.pages import get, post

from django_todos.models import TodoList

LOSSES: dict[str, Callable[[Cast], Any]] = {
    "taken": lambda cast: cast.flat.memberships.filter(user=cast.bob).delete(),
    "gone": lambda cast: TodoList.objects.filter(pk=cast.flat.pk).erase(),
}


@contextmanager
def lost(cast: Cast, how: str, place: int) -> Iterator[list[str]]:
    """The list is lost before that statement, and back afterwards. What was asked."""
    asked: list[str] = []

    def run(execute: Any, sql: str, *rest: Any) -> Any:
        if "SAVEPOINT" not in sql:
            asked.append(sql)
            if len(asked) == place:
                LOSSES[how](cast)
                del asked[place:]
        return execute(sql, *rest)

    with transaction.atomic():
        with connection.execute_wrapper(run):
            yield asked
        transaction.set_rollback(True)


def try_each_place(cast: Cast, how: str, ask: Callable[[], HttpResponse]) -> None:
    for place in count(1):
        with lost(cast, how, place) as asked:
            assert ask().status_code in (200, 303, 403, 404), asked[place - 1]
        if len(asked) < place or asked[place - 1].startswith("UPDATE"):  # which locks it
            return


@pytest.mark.parametrize("how", LOSSES)
def test_no_page_breaks(cast: Cast, how: str):
    make_todo(cast.flat, due="today", labels=["home"], by=cast.bob)
    make_todo(cast.flat).complete(by=cast.bob, at=later())
    client = cast.client("bob")
    for name in ("today", "upcoming", "completed"):
        try_each_place(
            cast, how, partial(get, client, name, undone="1")
        )  # such a page is not kept


@pytest.mark.parametrize("how", LOSSES)
def test_nothing_that_is_done_breaks(cast: Cast, how: str):
    todo, client = make_todo(cast.flat, due="today", by=cast.bob), cast.client("bob")
    picked = {"todo": str(todo.uuid), "do": "date", "date": "tomorrow"}
    try_each_place(cast, how, partial(post, client, "todo-bulk", **picked))
    for name in ("todo-complete", "todo-set", "todo-delete"):
        try_each_place(cast, how, partial(post, client, name, todo.uuid, due="tomorrow"))
