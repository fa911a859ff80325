"""Eight at once, in each of these scenes: nobody gets a 500, and no rule of any list is broken. PostgreSQL only.

`TODOS_RACES` says how often each scene is played (the nightly run: twenty times).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from tests.factories import UTC, Cast, later, make_list, make_many, make_todo, make_user
from tests.models.test_threads import at_once
from tests.views.pages import HTMX

from django_todos.exchange.planning import plan
from django_todos.exchange.writing import apply
from django_todos.models import (
    Action,
    Completion,
    ImportDraft,
    Label,
    Preferences,
    Reminder,
    Role,
    Todo,
    TodoList,
    invariants,
)
from django_todos.repeats.occurrences import Repeat

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one connection"),
]

MANY = 8
ROUNDS = int(os.environ.get("TODOS_RACES", "1"))
Work = Callable[[], Any]
Scene = Generator[list[Work], list[Any], None]
"""Gives what each of the eight does; gets what came of it, and says what must hold then."""


def ask(person: Any, name: str, /, *things: Any, get: bool = False, **data: Any) -> Work:
    """A request of somebody signed in; its answer's status."""
    browser = Client(**HTMX if name in ("todo-complete", "todo-reopen") else {})
    browser.raise_request_exception = False
    browser.force_login(person)
    url = reverse(f"django_todos:{name}", args=[getattr(thing, "uuid", thing) for thing in things])

    def send() -> int:
        status: int = (browser.get if get else browser.post)(url, data).status_code
        return status

    return send


def edit(person: Any, todo: Todo, **data: Any) -> Work:
    """The form of a todo, with what changed in it."""
    return ask(person, "todo-detail", todo, **{"title": todo.title, "priority": "none", **data})


def completing_one(c: Cast) -> Scene:
    todo = make_todo(c.flat)
    yield [ask(c.bob, "todo-complete", todo, occurrence=0)] * MANY
    assert Completion.objects.filter(todo=todo).count() == 1


def completing_an_occurrence(c: Cast) -> Scene:
    todo = make_todo(c.flat, repeat=Repeat("FREQ=DAILY"))
    yield [ask(c.bob, "todo-complete", todo, occurrence=0)] * MANY
    assert Todo.objects.get(pk=todo.pk).occurrence == 1


def completing_and_reopening(c: Cast) -> Scene:
    top = make_todo(c.flat)
    below = make_todo(c.flat, "below", parent=top)
    yield [
        ask(c.bob, name, todo)
        for name in ("todo-complete", "todo-reopen")
        for todo in (top, below)
    ] * 2


def moving_among_each_other(c: Cast) -> Scene:
    todos = make_many(c.flat, MANY)
    yield [
        ask(c.bob, "todo-move", todo, to=to, anchor=todos[place - 3].uuid)
        for place, (todo, to) in enumerate(
            zip(todos, ["under", "before", "after", "in"] * 2, strict=True)
        )
    ]
    assert c.flat.todos.count() == MANY


def moving_between_two_lists(c: Cast) -> Scene:
    trip = make_list(c.alice, "Trip")
    there, back = make_many(c.flat, 4), make_many(trip, 4)
    yield [ask(c.alice, "todo-move", todo, to="list", list=trip.uuid) for todo in there] + [
        ask(c.alice, "todo-move", todo, to="list", list=c.flat.uuid) for todo in back
    ]
    assert (trip.todos.count(), c.flat.todos.count()) == (4, 4)


def many_at_once_on_the_same_todos(c: Cast) -> Scene:
    trip = make_list(c.alice, "Trip")
    picked = [str(todo.uuid) for todo in [*make_many(c.flat, 4), *make_many(trip, 4)]]
    what = [
        {"do": "complete"}, {"do": "move", "list": trip.uuid}, {"do": "label", "label": "new"}, {"do": "delete"},
        {"do": "move", "list": c.flat.uuid}, {"do": "priority", "priority": "high"}, {"do": "duplicate"},
        {"do": "date", "date": "2026-12-01"},
    ]  # fmt: skip
    yield [
        ask(c.alice, "todo-bulk", todo=picked[::step], **one)
        for one, step in zip(what, [1, -1] * 4, strict=True)
    ]


def deleting_the_parent_of_what_is_added(c: Cast) -> Scene:
    top = make_todo(c.flat)
    yield [
        ask(c.alice, "todo-delete", top),
        *[ask(c.bob, "todo-create", text=f"t{n}", parent=top.uuid) for n in range(MANY - 1)],
    ]


def making_room_at_one_place(c: Cast) -> Scene:
    todos = make_many(c.flat, MANY + 1)
    for place, todo in enumerate(todos):  # without room between any two
        Todo.objects.filter(pk=todo.pk).update(position=place)
    yield [ask(c.bob, "todo-move", todo, to="after", anchor=todos[0].uuid) for todo in todos[1:]]
    places = list(c.flat.todos.values_list("position", flat=True))
    assert len(set(places)) == len(places)


def removing_who_writes(c: Cast) -> Scene:
    todo = make_todo(c.flat)
    yield [
        lambda: c.flat.remove_member(c.bob),
        edit(c.alice, todo, assignee=c.bob.username),
        edit(c.bob, todo, title="b"),
        *[
            ask(c.bob, "todo-create", text=f"t @{c.bob.username}", list=c.flat.uuid)
            for _ in range(5)
        ],
    ]


def demoting_who_writes(c: Cast) -> Scene:
    todo = make_todo(c.flat)
    yield [
        lambda: c.flat.add_member(c.bob, Role.VIEWER),
        lambda: c.flat.add_member(c.alice, Role.EDITOR),
        lambda: c.flat.add_member(c.rita, Role.OWNER),
        edit(c.bob, todo, title="b"),
        ask(c.alice, "list-archive", c.flat),
        *[ask(c.bob, "todo-complete", todo)] * 3,
    ]


def archiving_what_is_written(c: Cast) -> Scene:
    todo = make_todo(c.flat)
    yield [
        lambda: c.flat.archive(by=c.alice, at=later()),
        lambda: c.flat.unarchive(by=c.alice, at=later(2)),
        ask(c.alice, "list-archive", c.flat),
        edit(c.bob, todo, title="b"),
        *[ask(c.bob, "todo-create", text="t", list=c.flat.uuid)] * 4,
    ]


def undoing_one_action(c: Cast) -> Scene:
    action = make_todo(c.flat).trash(by=c.bob, at=later())
    yield [ask(c.bob, "action-undo", action)] * MANY
    assert c.flat.todos.get().deleted_at is None


def undoing_what_was_done_since(c: Cast) -> Scene:
    todo = make_todo(c.flat)
    todo.complete(by=c.bob, at=later(), zone=UTC)
    todo.move(by=c.bob, at=later(2), todo_list=make_list(c.bob, "Mine"))
    yield [ask(c.bob, "action-undo", action) for action in Action.objects.filter(user=c.bob)] * 4


def importing_one_file(c: Cast) -> Scene:
    text = b"Milk +Flat\nOats +Trip @shop id:1\nRye p:1 +Trip @shop\n"
    draft = ImportDraft.objects.create(user=c.alice, format="todotxt", name="x", content=text)

    def work() -> None:
        apply(plan(c.alice, text, tz=UTC, format="todotxt"), at=later())

    yield [ask(c.alice, "import-draft", draft)] * 4 + [work] * 4
    titles = Todo.objects.visible_to(c.alice).values_list("title", flat=True)
    assert sorted(titles) == ["Milk", "Oats", "Rye"]


def naming_alike(c: Cast) -> Scene:
    todos = make_many(c.flat, 4)
    lists = [make_list(c.alice, f"L{n}") for n in range(2)]
    yield [
        *[edit(c.bob, todo, labels="one, two") for todo in todos],
        *[ask(c.alice, "list-edit", one, name="One", color="red") for one in lists],
        *[
            ask(c.alice, "list-edit", c.flat, name=name, color="red", **{"initial-name": "Flat"})
            for name in "AB"
        ],
    ]
    assert Label.objects.filter(todo_list=c.flat).count() == 2


def deleting_a_person(c: Cast) -> Scene:
    todo = make_todo(c.flat, assignee=c.bob)
    own = make_list(c.bob, "Bob's", editors=[c.alice])
    work = [
        edit(c.alice, todo, title="x"),
        ask(c.alice, "todo-create", text=f"y @{c.bob.username}", list=c.flat.uuid),
        ask(c.alice, "todo-create", text="z", list=own.uuid),
        ask(c.alice, "list-archive", own),
        ask(c.alice, "todo-complete", todo),
        ask(c.alice, "todo-move", todo, to="list", list=own.uuid),
    ]
    yield [c.bob.delete, *work, c.rita.delete]


def emptying_the_trash(c: Cast) -> Scene:
    trip = make_list(c.alice, "Trip", editors=[c.bob])
    for todo_list in (c.flat, trip, make_list(c.bob, "Old", editors=[c.alice])):
        top = make_todo(todo_list, "gone", labels=["a"])
        make_todo(todo_list, "below", parent=top)
        top.trash(by=None, at=later())
    trip.trash(by=c.alice, at=later())
    yield [ask(c.alice, "trash-empty"), ask(c.bob, "trash-empty")] * 3 + [
        ask(c.bob, "todo-restore", c.flat.todos.get(depth=0)),
        ask(c.alice, "list-restore", trip),
    ]


def deleting_restoring_and_purging_a_list(c: Cast) -> Scene:
    todo = make_todo(c.flat)
    yield [ask(c.alice, f"list-{name}", c.flat) for name in ("delete", "restore", "purge")] * 2 + [
        edit(c.bob, todo, title="b"),
        ask(c.bob, "todo-delete", todo),
    ]


def making_what_there_is_one_of(c: Cast) -> Scene:
    todo = make_todo(c.flat)
    yield [
        *[ask(c.charlie, "inbox", get=True)] * 2,
        *[ask(c.charlie, "time-zone", zone="Europe/Berlin")] * 2,
        *[ask(c.rita, "reminder-create", todo, before=15)] * 2,
        *[ask(c.rita, "keyboard", shortcuts="on")] * 2,
    ]
    assert TodoList.objects.filter(inbox_of=c.charlie).count() == 1
    assert Reminder.objects.filter(todo=todo).count() == 1
    assert Preferences.objects.filter(user=c.rita).count() == 1


def lists_about_one_object(c: Cast) -> Scene:
    group = Group.objects.create(name=c.alice.username)
    older = TodoList.objects.create_about(group, name="Older")
    older.add_member(c.alice, Role.OWNER)
    older.trash(by=c.alice, at=later())
    yield [lambda: TodoList.objects.create_about(group, name="New").name] * 4 + [
        ask(c.alice, "list-restore", older)
    ] * 4
    assert TodoList.objects.for_object(group).alive().count() == 1


def copying_what_goes(c: Cast) -> Scene:
    top = make_todo(c.flat, labels=["a"])
    make_todo(c.flat, "below", parent=top)
    yield [
        ask(c.bob, f"todo-{name}", top) for name in ("duplicate", "delete", "duplicate", "restore")
    ] * 2


SCENES = [
    completing_one, completing_an_occurrence, completing_and_reopening, moving_among_each_other, moving_between_two_lists,
    many_at_once_on_the_same_todos, deleting_the_parent_of_what_is_added, making_room_at_one_place, removing_who_writes,
    demoting_who_writes, archiving_what_is_written, undoing_one_action, undoing_what_was_done_since, importing_one_file,
    naming_alike, deleting_a_person, emptying_the_trash, deleting_restoring_and_purging_a_list, making_what_there_is_one_of,
    lists_about_one_object, copying_what_goes,
]  # fmt: skip


def play(scene: Callable[[Cast], Scene], number: int) -> list[str]:
    """One scene, with people of its own; what went wrong in it."""
    people = [make_user(f"{name}{number}") for name in ("alice", "bob", "rita", "charlie")]
    alice, bob, rita, charlie = people
    first = TodoList.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    flat = make_list(alice, editors=[bob], viewers=[rita])
    playing = scene(Cast(alice, bob, rita, charlie, flat))
    work = next(playing)
    assert len(work) == MANY

    def done(place: int) -> Any:
        try:
            return work[place]()
        except DatabaseError as error:  # of a call of a model; what a view raises is a 500
            return error

    came = at_once(done, MANY)
    with pytest.raises(StopIteration):
        playing.send(came)
    wrong = [
        one
        for one in came
        if isinstance(one, DatabaseError) or isinstance(one, int) and one >= 500
    ]
    for todo_list in TodoList.objects.filter(pk__gt=first):
        wrong += invariants(todo_list)
    return [f"{scene.__name__}: {fault!r:.200}" for fault in wrong]


def test_eight_at_once(db: None):
    """One test, so that the database is emptied once."""
    played = [play(SCENES[number % len(SCENES)], number) for number in range(ROUNDS * len(SCENES))]
    print(f"{len(SCENES)} scenes, {len(played)} times {MANY} at once")
    assert sum(played, []) == []
