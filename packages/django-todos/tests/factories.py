"""Plain functions that make rows, and the cast: alice owns, bob edits, rita reads, charlie is a stranger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import F
from django.test import Client

from django_todos.models import GAP, Role, Todo, TodoList, invariants

NOW = datetime(2026, 11, 23, 10, tzinfo=timezone.utc)
"""A Monday. What happens in tests happens then, or so many minutes `later`."""

UTC = ZoneInfo("UTC")


def later(minutes: int = 1) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def make_user(username: str = "alice", **fields: Any) -> Any:
    """A user without a usable password: tests log in by `client_of`."""
    return get_user_model().objects.create(username=username, **fields)


def make_list(owner: Any, name: str = "Flat", **fields: Any) -> TodoList:
    """A list of `owner`'s."""
    return TodoList.objects.create_for(owner, name=name, **fields)


def make_todo(todo_list: TodoList, title: str = "Buy milk", **fields: Any) -> Todo:
    """One todo, added as people add them: at the top, or as the last subtask of `parent`."""
    return Todo.add(
        todo_list, title, **{"by": None, "at": NOW, **fields}
    )  # type: ignore[arg-type]


def make_tree(todo_list: TodoList, text: str) -> dict[str, Todo]:
    """Todos from indented lines, by their titles, in the order of the lines."""
    made: dict[str, Todo] = {}
    above: list[Todo] = []
    for line in filter(str.strip, text.splitlines()):
        depth = (len(line) - len(line.lstrip())) // 2 - 2
        parent = above[depth - 1] if depth > 0 else None
        todo = make_todo(todo_list, line.strip(), parent=parent)
        if parent is None:
            todo.move(by=None, at=NOW, side="after")  # type: ignore[arg-type]
        above[max(depth, 0) :] = [todo]
        made[todo.title] = Todo.objects.get(pk=todo.pk)
    return made


def make_many(todo_list: TodoList, count: int, **fields: Any) -> list[Todo]:
    """So many open todos at the top level, in one statement and in the order made."""
    todos = [
        Todo(todo_list=todo_list, title=f"Todo {n}", position=n * GAP, **fields)
        for n in range(1, count + 1)
    ]
    for todo in todos:
        todo.tree = todo.uuid
    Todo.objects.bulk_create(todos)
    TodoList.objects.filter(pk=todo_list.pk).update(open_count=F("open_count") + count)
    todo_list.refresh_from_db()
    return todos


def outline(todo_list: TodoList) -> list[str]:
    """The open todos of a list as a person sees them: in order, subtasks indented."""
    alive = list(todo_list.todos.filter(deleted_at=None).order_by("position", "pk"))

    def below(parent: int | None, indent: str) -> list[str]:
        lines = []
        for todo in alive:
            if todo.parent_id == parent:
                lines.append(f"{indent}{'✓ ' if todo.is_completed else ''}{todo.title}")
                lines += below(todo.pk, indent + "  ")
        return lines

    return below(None, "")


@dataclass
class Cast:
    """The people, and the list that three of them share."""

    alice: Any
    bob: Any
    rita: Any
    charlie: Any
    flat: TodoList

    def client(self, name: str) -> Client:
        """A browser in which `name` is logged in; "anonymous" is nobody."""
        client = Client()
        if name != "anonymous":
            client.force_login(getattr(self, name))
        return client


NAMES = ("alice", "bob", "rita", "charlie", "anonymous")


def make_cast() -> Cast:
    """The four, and a list of alice's that bob edits and rita reads."""
    alice, bob, rita, charlie = (make_user(name) for name in NAMES[:4])
    flat = make_list(alice)
    flat.add_member(bob, Role.EDITOR)
    flat.add_member(rita, Role.VIEWER)
    return Cast(alice, bob, rita, charlie, flat)


def faults() -> list[str]:
    """What is wrong with any list in the database."""
    return [fault for todo_list in TodoList.objects.all() for fault in invariants(todo_list)]
