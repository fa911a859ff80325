"""What is read before the lock: the same is done with it as without, and where somebody wrote since, it is not used."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import (
    NOW,
    UTC,
    Cast,
    faults,
    later,
    make_list,
    make_todo,
    make_tree,
    outline,
)
from tests.views.pages import post

from django_todos.access import get_family
from django_todos.models import Action, ChangedMeanwhile, Conflict, Role, Todo, TodoList, recording
from django_todos.models.early import BESIDE, NEIGHBOUR, PLACES, UNDER

TREE = """
    a
      a1
      a2
        a2x
      a3
    b
      b1
      b2
    c
    d
    e
"""


def planted(cast: Cast, name: str) -> dict[str, Todo]:
    """A list with two todos that it doesn't show where they stand: one completed, one in the trash."""
    todos = make_tree(make_list(cast.alice, name, editors=[cast.bob]), TREE)
    todos["c"].complete(by=cast.alice, at=NOW, zone=UTC)
    todos["b1"].trash(by=cast.alice, at=NOW)
    return {title: Todo.objects.get(pk=todo.pk) for title, todo in todos.items()}


def plainly(cast: Cast, todo: Todo, to: str, beside: Todo | None) -> None:
    """The same without anything that was read early."""
    how: dict[str, Any] = {"by": cast.bob, "at": later()}
    if to in ("up", "down"):
        todo.move_by_one(**how, direction=to)
    elif to in ("in", "out"):
        todo.indent(**how) if to == "in" else todo.outdent(**how)
    elif to in UNDER:
        todo.move(**how, parent=beside, side="before")
    elif to in BESIDE:
        todo.move(**how, parent=beside.parent, side=to, anchor=beside)
    else:
        todo.move(**how, parent=todo.parent, side=PLACES[to])


@pytest.mark.parametrize("to", PLACES)
@pytest.mark.parametrize(
    "title, beside",
    [("a", "d"), ("d", "b"), ("e", "a3"), ("a3", "a1"), ("b2", "a2x"), ("a2", "b")],
)
def test_a_place_is_the_same_as_without(cast: Cast, to: str, title: str, beside: str):
    plain, early = planted(cast, "Plain"), planted(cast, "Early")
    plainly(cast, plain[title], to, plain[beside])
    client = cast.client("bob")
    data = {"to": to} | (
        {"anchor": early[beside].uuid} if to in ("before", "after", "under") else {}
    )
    assert post(client, "todo-move", early[title].uuid, htmx=True, **data).status_code == 303
    lists = [TodoList.objects.get(name=name) for name in ("Plain", "Early")]
    places = [
        list(
            one.todos.order_by("title").values_list("title", "position", "depth", "parent__title")
        )
        for one in lists
    ]
    assert places[0] == places[1] and outline(lists[0]) == outline(lists[1])
    assert Action.objects.filter(verb="move", lists=lists[1]).count() == (
        Action.objects.filter(verb="move", lists=lists[0]).count()
    )
    assert faults() == []


def reads(work: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as queries:
        work()
    return [one["sql"] for one in queries if one["sql"].startswith("SELECT")]


def test_nothing_is_read_again_where_nobody_wrote(cast: Cast):
    top = make_todo(cast.flat, "a")
    make_todo(cast.flat, "b", parent=top)
    early = get_family(cast.bob, top.uuid)
    assert reads(lambda: early.complete(by=cast.bob, at=later(), zone=UTC)) == []
    assert TodoList.objects.get(pk=cast.flat.pk).open_count == 0 and faults() == []
    early = get_family(cast.bob, early.early.todos[1].uuid)
    early.reopen(by=cast.bob, at=later(2))
    assert TodoList.objects.get(pk=cast.flat.pk).open_count == 2 and faults() == []


MEANWHILE: dict[str, Callable[[Cast, Todo], Any]] = {
    "a subtask": lambda c, todo: make_todo(c.flat, "b", parent=todo),
    "it is done": lambda c, todo: todo.complete(by=c.alice, at=NOW, zone=UTC),
    "it is gone": lambda c, todo: todo.trash(by=c.alice, at=NOW),
    "he is out": lambda c, todo: c.flat.remove_member(c.bob),
    "he reads": lambda c, todo: c.flat.set_role(c.bob, Role.VIEWER, by=c.alice, at=NOW),
    "archived": lambda c, todo: c.flat.archive(by=c.alice, at=NOW),
    "elsewhere": lambda c, todo: todo.move(by=c.alice, at=NOW, todo_list=make_list(c.alice)),
}
REFUSED = {"he is out", "he reads", "archived", "elsewhere"}


@pytest.mark.parametrize("what", MEANWHILE)
def test_what_somebody_wrote_meanwhile_counts(cast: Cast, what: str):
    todo = make_todo(cast.flat, "a")
    early = get_family(cast.bob, todo.uuid)
    MEANWHILE[what](cast, todo)
    if what in REFUSED:
        with pytest.raises(ChangedMeanwhile):
            early.complete(by=cast.bob, at=later(), zone=UTC, seen=0)
    else:
        done = early.complete(by=cast.bob, at=later(), zone=UTC, seen=0)
        assert (done is None) == what.startswith("it is")
    assert faults() == []


@pytest.mark.parametrize("who", ["alice", None])
def test_it_is_for_the_one_who_asked(cast: Cast, who: str | None):
    early = get_family(cast.bob, make_todo(cast.flat).uuid)
    someone = cast.alice if who else None
    assert reads(lambda: early.complete(by=someone, at=later(), zone=UTC)) != []
    assert faults() == []


def test_it_is_for_once(cast: Cast):
    """What was done with it and did not come to be is forgotten."""
    early = get_family(cast.bob, make_todo(cast.flat).uuid)
    with pytest.raises(Conflict):
        with recording(cast.bob, "edit", {cast.flat.pk}, early=early.early) as rec:
            rec.update(rec.reload(early), title="never")
            raise Conflict({})
    early.edit(by=cast.bob, at=later(), values={"priority": 1})
    assert Todo.objects.get().title == early.title == "Buy milk"


@pytest.mark.parametrize("seen, count", [(0, 2), (1, 3)])
def test_what_was_expected_and_did_not_come_is_counted(cast: Cast, seen: int, count: int):
    """A repeating todo goes on, and with it what is done below; of one, another occurrence was seen."""
    once, again = make_todo(cast.flat, "a"), make_todo(cast.flat, "b", repeat="FREQ=DAILY")
    make_todo(cast.flat, "below", parent=again).complete(by=cast.alice, at=NOW, zone=UTC)
    for todo, occurrence in ((once, seen), (again, 0)):
        early = get_family(cast.bob, todo.uuid)
        early.complete(by=cast.bob, at=later(), zone=UTC, seen=occurrence)
    assert TodoList.objects.get(pk=cast.flat.pk).open_count == count and faults() == []


def test_neighbours_are_named_by_where_it_goes(cast: Cast):
    todos = planted(cast, "Early")
    for to, direction in NEIGHBOUR.items():
        early = get_family(cast.bob, todos["b"].uuid, to=to)
        assert early.early.neighbours == {direction: todos["a" if direction == "up" else "d"]}


def test_who_moves_it_again_goes_by_where_it_stands_by_then(cast: Cast):
    todos = planted(cast, "Early")
    early = get_family(cast.bob, todos["d"].uuid, to="up")
    for minute in (1, 2):
        early.move_by_one(by=cast.bob, at=later(minute), direction="up")
    early.refresh_from_db()
    assert early.position < Todo.objects.get(pk=todos["a"].pk).position


def test_its_list_is_as_it_was_left(cast: Cast):
    early = get_family(cast.bob, make_todo(cast.flat).uuid)
    early.complete(by=cast.bob, at=later(), zone=UTC)
    left = TodoList.objects.get(pk=cast.flat.pk)
    known = early.todo_list
    assert (known.version, known.open_count) == (left.version, left.open_count)
