"""Several people at once, in threads with connections of their own: PostgreSQL only, where writers really meet."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, connections
from tests.factories import UTC, Cast, faults, later, make_list, make_todo, outline

from django_todos.models import (
    ChangedMeanwhile,
    Completion,
    NotAllowedHere,
    Todo,
    TodoList,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one connection"),
]

MANY = 8


def at_once(work: Callable[[int], Any], count: int = MANY) -> list[Any]:
    """Run `work` in so many threads that all begin together; gives what each returned or was refused with."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        try:
            barrier.wait(timeout=20)
            return work(number)
        except (ChangedMeanwhile, NotAllowedHere) as refused:
            return type(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_many_who_complete_one_todo_one_does(cast: Cast):
    todo = make_todo(cast.flat)
    done = at_once(
        lambda n: Todo.objects.get(pk=todo.pk).complete(by=cast.bob, at=later(), zone=UTC, seen=0)
    )
    assert sum(action is not None for action in done) == 1
    assert Completion.objects.count() == 1


def test_many_first_requests_make_one_inbox(cast: Cast):
    found = at_once(lambda n: TodoList.objects.inbox_of(cast.charlie).pk)
    assert len(set(found)) == 1 and TodoList.objects.count() == 2


def test_many_moves_at_once_lose_nothing_and_break_no_rule(cast: Cast):
    todos = [make_todo(cast.flat, f"t{n}") for n in range(MANY)]

    def shuffle(number: int) -> None:
        for step in range(4):
            one = Todo.objects.get(pk=todos[number].pk)
            other = Todo.objects.get(pk=todos[(number + step + 1) % MANY].pk)
            place: dict[str, Any] = {"parent": other} if step % 2 else {"anchor": other}
            try:
                one.move(by=cast.bob, at=later(step), side="before", **place)
            except (ChangedMeanwhile, NotAllowedHere):
                continue

    at_once(shuffle)
    assert sorted(line.strip() for line in outline(cast.flat)) == [f"t{n}" for n in range(MANY)]
    assert faults() == []


def test_moves_between_two_lists_in_both_directions_do_not_wait_for_each_other(cast: Cast):
    trip = make_list(cast.alice, "Trip")
    there = [make_todo(cast.flat, f"f{n}") for n in range(MANY // 2)]
    back = [make_todo(trip, f"t{n}") for n in range(MANY // 2)]

    def swap(number: int) -> None:
        todo = (there + back)[number]
        target = trip if number < MANY // 2 else cast.flat
        Todo.objects.get(pk=todo.pk).move(by=cast.alice, at=later(), todo_list=target)

    at_once(swap)
    assert {line[0] for line in outline(trip)} == {"f"}
    assert {line[0] for line in outline(cast.flat)} == {"t"}
    assert faults() == []


def test_undo_and_a_change_at_once_are_one_or_the_other(cast: Cast):
    todo = make_todo(cast.flat)
    action = todo.edit(
        by=cast.alice, at=later(), initial={"title": "Buy milk"}, values={"title": "A"}
    )
    assert action is not None

    def work(number: int) -> Any:
        if number:
            return action.undo(at=later(2))
        edit = {"initial": {"title": "A"}, "values": {"title": "B"}}
        return Todo.objects.get(pk=todo.pk).edit(by=cast.bob, at=later(2), **edit)

    try:
        at_once(work, 2)
    except Exception as conflict:  # the undo was first: the edit saw a value that is no more
        assert type(conflict).__name__ == "Conflict"
    assert Todo.objects.get().title in ("Buy milk", "B")


def test_additions_keep_the_count_true(cast: Cast):
    at_once(lambda n: make_todo(cast.flat, f"t{n}"))
    assert TodoList.objects.get(pk=cast.flat.pk).open_count == MANY
