"""Any sequence of actions keeps every rule, and undoing all of them backwards gives exactly what was."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.factories import NOW, UTC, Cast, faults, make_list, make_todo, make_tree

from django_todos.dates import Moment
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    Completion,
    NotAllowedHere,
    Todo,
    TodoList,
    repeat_columns,
)
from django_todos.repeats.occurrences import Repeat

START = """
    a
      b
        c
          d
      e
    f
      g
    h
    i
"""

numbers = st.integers(0, 30)
steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "subtask", "up", "down", "in", "out", "under", "beside", "away", "complete"]
            + ["complete", "reopen", "skip", "trash", "restore", "edit", "undo"]
        ),
        numbers,
        numbers,
    ),
    min_size=1,
    max_size=25,
)


def snapshot() -> Any:
    """Everything that undo must put back. When and how often a row was written does not count."""
    todos = Todo.objects.filter(deleted_at=None).order_by("pk")
    columns = [
        field.attname
        for field in Todo._meta.concrete_fields
        if field.name not in ("version", "updated_at")
    ]
    labels = [sorted(one.labels.values_list("name", flat=True)) for one in todos]
    lists = list(TodoList.objects.order_by("pk").values("name", "open_count", "archived_at"))
    standing = list(Completion.objects.filter(undone_at=None).order_by("pk").values("pk", "key"))
    return list(todos.values(*columns)), labels, lists, standing


class Person:
    """Does things to todos picked by number, as somebody would by hand."""

    took_along = False
    """Whether an undo moved todos that its action had not moved, since they came below one that it had."""

    def __init__(self, cast: Cast, trip: TodoList) -> None:
        self.cast, self.trip, self.at = cast, trip, NOW

    def pick(self, number: int, **filters: Any) -> Todo | None:
        found = list(Todo.objects.filter(**filters).order_by("pk"))
        return found[number % len(found)] if found else None

    def do(self, verb: str, number: int, other: int) -> None:
        """One step, as one transaction; what the app refuses is refused whole."""
        self.at += timedelta(minutes=1)
        todo = self.pick(number, deleted_at=None)
        with suppress(NotAllowedHere, ChangedMeanwhile), transaction.atomic():
            if verb == "restore":
                todo = self.pick(number, deleted_at__isnull=False, deleted_top=None)
            if verb == "add":
                make_todo(self.cast.flat, f"new {number}", by=self.cast.alice, at=self.at)
            elif todo is not None:
                getattr(self, verb)(todo, other)

    @property
    def how(self) -> dict[str, Any]:
        return {"by": self.cast.alice, "at": self.at}

    def subtask(self, todo: Todo, other: int) -> None:
        make_todo(todo.todo_list, f"below {other}", parent=todo, labels=["x"], **self.how)

    def up(self, todo: Todo, other: int) -> None:
        todo.move_by_one(**self.how, direction="up")

    def down(self, todo: Todo, other: int) -> None:
        todo.move_by_one(**self.how, direction="down")

    def out(self, todo: Todo, other: int) -> None:
        todo.outdent(**self.how)

    def under(self, todo: Todo, other: int) -> None:
        parent = self.pick(other, deleted_at=None)
        assert parent is not None
        todo.move(**self.how, todo_list=parent.todo_list, parent=parent)

    def beside(self, todo: Todo, other: int) -> None:
        anchor = self.pick(other, deleted_at=None)
        assert anchor is not None
        side: Any = "before" if other % 2 else "after"
        place = {"todo_list": anchor.todo_list, "parent": anchor.parent, "anchor": anchor}
        todo.move(**self.how, **place, side=side)

    def away(self, todo: Todo, other: int) -> None:
        todo.move(**self.how, todo_list=self.trip if other % 2 else self.cast.flat)

    def complete(self, todo: Todo, other: int) -> None:
        todo.complete(**self.how, zone=UTC, seen=todo.occurrence)

    def skip(self, todo: Todo, other: int) -> None:
        todo.skip(**self.how, zone=UTC)

    def reopen(self, todo: Todo, other: int) -> None:
        todo.reopen(**self.how)

    def trash(self, todo: Todo, other: int) -> None:
        todo.trash(**self.how)

    def restore(self, todo: Todo, other: int) -> None:
        todo.restore(**self.how)

    def edit(self, todo: Todo, other: int) -> None:
        seen = sorted(todo.labels.values_list("name", flat=True))
        values = {"title": f"{todo.title[0]}{other}", "labels": [f"l{other % 3}"]}
        todo.edit(**self.how, initial={"title": todo.title, "labels": seen}, values=values)

    def undo(self, todo: Todo, other: int) -> None:
        done = Action.objects.filter(undone_at=None).order_by("-pk")[other % 3 : other % 3 + 1]
        for action in done:
            others = Todo.objects.exclude(pk__in=action.todo_ids).order_by("pk")
            before = list(others.values("tree", "depth", "todo_list"))
            action.undo(at=self.at)
            self.took_along |= list(others.values("tree", "depth", "todo_list")) != before


setattr(Person, "in", lambda self, todo, other: todo.indent(**self.how))


@pytest.fixture
def person(cast: Cast) -> Person:
    tree = make_tree(cast.flat, START)
    Todo.objects.filter(title__in="fh").update(
        **repeat_columns(Repeat("FREQ=WEEKLY", "due", Moment(NOW.date()))), due_date=NOW.date()
    )
    trip = make_list(cast.alice, "Trip")
    make_todo(trip, "z", labels=["l1"])
    Todo.objects.filter(pk=tree["g"].pk).update(due_date=NOW.date())
    Action.objects.all().delete()
    return Person(cast, trip)


@given(steps=steps)
@example(
    steps=[("out", 1, 0), ("under", 8, 1), ("undo", 0, 1)]
)  # the undo takes “i” along with “b”
@example(
    steps=[("trash", 1, 0), ("complete", 0, 0), ("restore", 0, 0)]
)  # “b” comes back elsewhere, and goes to the trash again with what is below it
@settings(
    max_examples=settings.default.max_examples // 3,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_rules_hold_and_everything_is_undone_backwards(person: Person, steps):
    with transaction.atomic():
        before, person.took_along = snapshot(), False
        for step in steps:
            person.do(*step)
            assert faults() == []
        person.at += timedelta(hours=1)
        refused = False
        for action in Action.objects.filter(undone_at=None).order_by("-pk"):
            try:
                with transaction.atomic():
                    assert action.undo(at=person.at)
            except ChangedMeanwhile:
                # What came below a todo since goes along when its move is undone before later ones. It stands on
                # another level then than where it was put, and what put it there is not undone over that.
                assert person.took_along
                refused = True
            assert faults() == []
        assert refused or snapshot() == before
        transaction.set_rollback(True)
