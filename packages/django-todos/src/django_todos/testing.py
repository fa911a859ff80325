"""Rows for the tests of a project that has this app: plain functions, each with a default for all that doesn't matter.

The people are always the same: alice owns, bob edits, rita reads, and charlie is a stranger.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.test import Client

from django_todos.instants import now
from django_todos.models import Role, Todo, TodoList


def make_user(username: str = "alice", **fields: Any) -> Any:
    """A user of the project's own model, without a usable password: sign in with ``client.force_login``."""
    model: Any = get_user_model()
    return model.objects.create(**{model.USERNAME_FIELD: username, **fields})


def make_list(
    owner: Any,
    name: str = "Flat",
    *,
    editors: Iterable[Any] = (),
    viewers: Iterable[Any] = (),
    **fields: Any,
) -> TodoList:
    """A list of `owner`'s that these others edit or read."""
    todo_list = TodoList.objects.create_for(owner, name=name, **fields)
    for role, users in ((Role.EDITOR, editors), (Role.VIEWER, viewers)):
        for user in users:
            todo_list.add_member(user, role)
    return todo_list


def make_todo(
    todo_list: TodoList, title: str = "Buy milk", *, at: datetime | None = None, **fields: Any
) -> Todo:
    """One todo, added as people add them: at the top, or as the last subtask of `parent`. `fields` as for `Todo.add`."""
    return Todo.add(todo_list, title, at=at or now(), **{"by": None, **fields})


def make_tree(todo_list: TodoList, text: str, *, at: datetime | None = None) -> dict[str, Todo]:
    """Todos from lines, a subtask two spaces deeper than its todo; by their titles, in the order of the lines."""
    at = at or now()
    made: dict[str, Todo] = {}
    above: list[Todo] = []
    for line in filter(str.strip, textwrap.dedent(text).splitlines()):
        depth = (len(line) - len(line.lstrip())) // 2
        todo = make_todo(
            todo_list, line.strip(), at=at, parent=above[depth - 1] if depth else None
        )
        if not depth:
            todo.move(by=None, at=at, side="after")
        above[depth:] = [todo]
        made[todo.title] = Todo.objects.get(pk=todo.pk)
    return made


@dataclass
class Cast:
    """The people, and the list that three of them share."""

    alice: Any
    bob: Any
    rita: Any
    charlie: Any
    flat: TodoList

    def client(self, name: str) -> Client:
        """A browser in which `name` is signed in; "anonymous" is nobody."""
        client = Client()
        if name != "anonymous":
            client.force_login(getattr(self, name))
        return client


def make_cast() -> Cast:
    """The four, and a list of alice's that bob edits and rita reads."""
    alice, bob, rita, charlie = map(make_user, ("alice", "bob", "rita", "charlie"))
    flat = make_list(alice, editors=[bob], viewers=[rita])
    return Cast(alice, bob, rita, charlie, flat)
