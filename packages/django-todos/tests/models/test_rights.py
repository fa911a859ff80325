"""What was taken away meanwhile is not written: rights, the list's state and who is a member, asked under the lock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOW, UTC, Cast, later, make_list, make_todo

from django_todos.exchange.planning import plan
from django_todos.exchange.writing import apply
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    ImportedFrom,
    Role,
    Todo,
    TodoList,
    Verb,
    recording,
)
from django_todos.repeats.occurrences import Repeat

Step = Callable[[], Any]

# Each: what happens between the moment when bob's request looked and the moment when it writes.
TAKEN: dict[str, Callable[[Cast], Any]] = {
    "removed": lambda c: c.flat.remove_member(c.bob),
    "demoted": lambda c: c.flat.add_member(c.bob, Role.VIEWER),
    "archived": lambda c: c.flat.archive(by=c.alice, at=later()),
    "in the trash": lambda c: c.flat.trash(by=c.alice, at=later()),
    "gone": lambda c: c.flat.purge(),
}


def bulk(cast: Cast) -> Step:
    todo = make_todo(cast.flat)

    def write() -> None:
        with recording(cast.bob, Verb.BULK_PRIORITY, {cast.flat.pk}, at=later(2)) as rec:
            rec.update(rec.reload(todo), priority=1)

    return write


def undo(cast: Cast) -> Step:
    action = make_todo(cast.flat).trash(by=cast.bob, at=NOW)
    assert action is not None
    return lambda: action.undo(at=later(2))


def restore(cast: Cast) -> Step:
    todo = make_todo(cast.flat)
    todo.trash(by=cast.bob, at=NOW)
    return lambda: todo.restore(by=cast.bob, at=later(2))


def bring_in(cast: Cast) -> Step:
    found = plan(cast.bob, "a\nb", tz=UTC, format="todotxt", todo_list=cast.flat)
    return lambda: apply(found, at=later(2))


def of_todo(write: Callable[[Todo, Cast], Any], **fields: Any) -> Callable[[Cast], Step]:
    def prepare(cast: Cast) -> Step:
        todo = make_todo(cast.flat, **fields)
        return lambda: write(todo, cast)

    return prepare


def move_in(cast: Cast) -> Step:
    """From a list of bob's own, where nobody can take anything away, into the one that is shared."""
    mine = make_todo(make_list(cast.bob, "Mine"))
    return lambda: mine.move(by=cast.bob, at=later(2), todo_list=cast.flat)


WRITES: dict[str, Callable[[Cast], Step]] = {
    "add": of_todo(lambda t, c: make_todo(c.flat, "new", by=c.bob)),
    "complete": of_todo(lambda t, c: t.complete(by=c.bob, at=later(2), zone=UTC)),
    "skip": of_todo(lambda t, c: t.skip(by=c.bob, at=later(2), zone=UTC), repeat=Repeat("FREQ=DAILY")),
    "reopen": of_todo(lambda t, c: t.reopen(by=c.bob, at=later(2)), is_completed=True, completed_at=NOW),
    "edit": of_todo(lambda t, c: t.edit(by=c.bob, at=later(2), initial={"notes": ""}, values={"notes": "x"})),
    "duplicate": of_todo(lambda t, c: t.duplicate(by=c.bob, at=later(2))),
    "delete": of_todo(lambda t, c: t.trash(by=c.bob, at=later(2))),
    "move in": move_in,
    "move out": of_todo(lambda t, c: t.move(by=c.bob, at=later(2), todo_list=make_list(c.bob, "Mine"))),
    "restore": restore,
    "undo": undo,
    "bulk": bulk,
    "import": bring_in,
}  # fmt: skip


def rows() -> tuple[Any, ...]:
    return (
        list(Todo.objects.filter(todo_list__name="Flat").order_by("pk").values()),
        list(Action.objects.exclude(verb__startswith="list-").order_by("pk").values()),
        ImportedFrom.objects.count(),
    )


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("write", WRITES)
def test_what_was_taken_away_meanwhile_is_not_written(cast: Cast, write: str, taken: str):
    do = WRITES[write](cast)
    TAKEN[taken](cast)
    before = rows()
    with pytest.raises(ChangedMeanwhile):
        do()
    assert rows() == before


@pytest.mark.parametrize("write", WRITES)
def test_the_same_is_written_while_nothing_is_taken_away(cast: Cast, write: str):
    do = WRITES[write](cast)
    before = rows()
    do()
    assert write == "reopen" or rows() != before


# What only owners decide: bob is one until he isn't.
OWNERS: dict[str, Callable[[Cast], Any]] = {
    "edit": lambda c: c.flat.edit(by=c.bob, at=NOW, initial={"name": "Flat"}, values={"name": "F"}),
    "archive": lambda c: c.flat.archive(by=c.bob, at=NOW),
    "trash": lambda c: c.flat.trash(by=c.bob, at=NOW),
}  # fmt: skip


@pytest.mark.parametrize("write", OWNERS)
def test_an_owner_no_more_decides_no_more(cast: Cast, write: str):
    cast.flat.add_member(cast.bob, Role.OWNER)
    cast.flat.add_member(cast.bob, Role.EDITOR)
    with pytest.raises(ChangedMeanwhile):
        OWNERS[write](cast)
    cast.flat.add_member(cast.bob, Role.OWNER)
    assert OWNERS[write](cast) is not None


def test_of_a_list_in_the_trash_neither_name_nor_archive_change(cast: Cast):
    cast.flat.trash(by=cast.alice, at=NOW)
    for write in ("edit", "archive"):
        cast.flat.add_member(cast.bob, Role.OWNER)
        with pytest.raises(ChangedMeanwhile):
            OWNERS[write](cast)


def test_the_system_may_do_everything(cast: Cast):
    todo = make_todo(cast.flat)
    cast.flat.archive(by=None, at=NOW)
    assert todo.complete(by=None, at=later(), zone=UTC) is not None


def test_what_an_archived_list_lost_comes_back_elsewhere(cast: Cast):
    todo, inbox = make_todo(cast.flat), TodoList.objects.inbox_of(cast.alice)
    todo.trash(by=cast.bob, at=NOW)
    cast.flat.archive(by=cast.alice, at=NOW)
    with pytest.raises(ChangedMeanwhile):  # an editor takes nothing out of the others' sight
        todo.restore(by=cast.bob, at=later(), fallback=TodoList.objects.inbox_of(cast.bob))
    assert todo.restore(by=cast.alice, at=later(), fallback=inbox)
    todo.refresh_from_db()
    assert (todo.todo_list, todo.deleted_at) == (inbox, None)


def test_asking_again_costs_one_query_beside_the_lock(cast: Cast):
    todo = make_todo(cast.flat)
    with CaptureQueriesContext(connection) as of_system:
        todo.edit(by=None, at=NOW, initial={"title": "Buy milk"}, values={"title": "1"})
    with CaptureQueriesContext(connection) as of_bob:
        todo.edit(by=cast.bob, at=NOW, initial={"title": "1"}, values={"title": "2"})
    assert len(of_bob) <= len(of_system) + 1  # which models of the host lists are about


# -- assignees -------------------------------------------------------------------------------------


def assign(todo: Todo, by: Any, who: Any) -> Action | None:
    seen = Todo.objects.get(pk=todo.pk).assignee_id
    return todo.edit(
        by=by,
        at=later(),
        initial={"assignee_id": seen, "priority": 0},
        values={"assignee_id": who and who.pk, "priority": 1},
    )


def test_a_todo_is_given_to_members_alone(cast: Cast):
    todo = make_todo(cast.flat)
    cast.flat.remove_member(cast.bob)
    with pytest.raises(ChangedMeanwhile):
        assign(todo, cast.alice, cast.bob)
    with pytest.raises(ChangedMeanwhile):
        make_todo(cast.flat, "new", by=cast.alice, assignee=cast.bob)
    assert not Todo.objects.exclude(assignee=None).exists()
    assert assign(todo, cast.alice, cast.rita)


GONE: dict[str, Callable[[Cast], Any]] = {
    "removed": lambda c: c.flat.remove_member(c.bob),
    "deleted": lambda c: c.bob.delete(),
}


@pytest.mark.parametrize("gone", GONE)
def test_undo_brings_back_all_but_a_person_who_is_gone(cast: Cast, gone: str):
    todo = make_todo(cast.flat, assignee=cast.bob)
    action = assign(todo, cast.alice, None)
    GONE[gone](cast)
    assert action is not None and action.undo(at=later(2))
    todo.refresh_from_db()
    assert (todo.assignee, todo.priority) == (None, 0)


def test_undo_leaves_behind_who_is_no_member_where_the_todo_goes_back_to(cast: Cast):
    trip, todo = make_list(cast.alice, "Trip"), make_todo(cast.flat)
    trip.add_member(cast.charlie)
    action = todo.move(by=cast.alice, at=NOW, todo_list=trip)
    assign(Todo.objects.get(), cast.alice, cast.charlie)
    assert action is not None and action.undo(at=later(2))
    todo.refresh_from_db()
    assert (todo.todo_list, todo.assignee, todo.priority) == (cast.flat, None, 1)


# -- for ever --------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["todo", "list"])
def test_what_is_restored_meanwhile_is_not_deleted_for_ever(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, what: str
):
    thing: Any = make_todo(cast.flat) if what == "todo" else cast.flat
    thing.trash(by=cast.alice, at=NOW)
    trashed: Any = Todo.objects.trashed() if what == "todo" else TodoList.objects.trashed()

    def meanwhile(self: Any, *args: Any) -> Any:
        monkeypatch.undo()
        thing.restore(by=cast.alice, at=later())
        return TodoList.objects.lock(*args)

    monkeypatch.setattr(type(TodoList.objects), "lock", meanwhile)
    assert trashed.purge() == 0
    assert type(thing).objects.get(pk=thing.pk).deleted_at is None
