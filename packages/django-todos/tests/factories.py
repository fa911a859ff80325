"""What the package offers to other projects' tests, at a fixed time, and what only its own need."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db.models import F

from django_todos import testing
from django_todos.models import GAP, Label, Membership, Role, Todo, TodoList, invariants
from django_todos.testing import Cast, make_list, make_user

__all__ = [
    "NAMES", "NOW", "UTC", "Cast", "faults", "later", "make_cast", "make_labels", "make_list", "make_many", "make_todo", "make_tree",
    "make_user", "outline",
]  # fmt: skip

NOW = datetime(2026, 11, 23, 10, tzinfo=timezone.utc)
"""A Monday. What happens in tests happens then, or so many minutes `later`."""

UTC = ZoneInfo("UTC")


def later(minutes: int = 1) -> datetime:
    """So many minutes after NOW."""
    return NOW + timedelta(minutes=minutes)


def make_cast() -> Cast:
    """The same rows that `testing.make_cast` makes, by three statements: nearly every test begins with them."""
    people: Any = get_user_model()._default_manager
    names = ("alice", "bob", "rita", "charlie")
    alice, bob, rita, charlie = people.bulk_create(people.model(username=name) for name in names)
    flat = TodoList.objects.create(name="Flat")
    Membership.objects.bulk_create(
        Membership(todo_list=flat, user=user, role=role, position=GAP)
        for user, role in ((alice, Role.OWNER), (bob, Role.EDITOR), (rita, Role.VIEWER))
    )
    return Cast(alice, bob, rita, charlie, flat)


def make_todo(todo_list: TodoList, title: str = "Buy milk", **fields: Any) -> Todo:
    """One todo, made at NOW."""
    return testing.make_todo(todo_list, title, **{"at": NOW, **fields})


def make_tree(todo_list: TodoList, text: str) -> dict[str, Todo]:
    """Todos from indented lines, made at NOW."""
    return testing.make_tree(todo_list, text, at=NOW)


def make_labels(todo_list: TodoList, *names: str) -> list[Label]:
    """The labels of a list with these names, made where missing."""
    labels = Label.named_in({todo_list.pk: names})
    return [labels[todo_list.pk, Label.key_of(name)] for name in names]


def make_many(todo_list: TodoList, count: int, **fields: Any) -> list[Todo]:
    """So many open todos at the top level, in one statement and in the order made."""
    todos = [
        Todo(todo_list=todo_list, title=f"Todo {n}", position=n * GAP, **fields)
        for n in range(1, count + 1)
    ]
    for todo in todos:
        todo.tree = todo.uuid
    Todo._base_manager.bulk_create(todos)
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


NAMES = ("alice", "bob", "rita", "charlie", "anonymous")


def faults() -> list[str]:
    """What is wrong with any list in the database."""
    return [fault for todo_list in TodoList.objects.all() for fault in invariants(todo_list)]
