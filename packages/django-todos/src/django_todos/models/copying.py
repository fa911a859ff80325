"""What a copy of a todo takes over, and what it leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from django_todos import models as tables  # those that stand on this module: there when asked
from django_todos.dates import Moment
from django_todos.models.columns import due_columns, repeat_columns, start_columns
from django_todos.models.places import position
from django_todos.models.writer import Recording

if TYPE_CHECKING:
    from django_todos.models.lists import TodoList
    from django_todos.models.todos import Todo

COPIED = (
    "todo_list_id", "depth", "position", "title", "notes", "priority", "assignee_id",
    "due_date", "due_time", "due_tz", "due_at", "start_date", "start_time", "start_tz", "start_at",
    "rrule", "repeat_mode", "repeat_anchor_date", "repeat_anchor_time", "repeat_anchor_tz",
    "slot_date", "slot_time", "slot_tz",
)  # fmt: skip
"""What a copy takes over. Not what happened to the todo, nor what an import knows it by."""


def _copies(
    todos: Iterable[Todo], rec: Recording, settle: Callable[[Todo, Todo], None]
) -> dict[int, Todo]:
    """All of them once more, parents before their subtasks and with their labels, by what they are copies of; `settle`
    changes a copy.
    """
    copies: dict[int, Todo] = {}
    for _depth, level in groupby(todos, key=lambda one: one.depth):
        made = {}
        for one in level:
            if not copies or one.parent_id in copies:
                made[one.pk] = copy = _copy_of(one, rec, copies.get(one.parent_id or 0))
                settle(copy, one)
        rec.add(list(made.values()))
        copies |= made
    for pk, names in tables.Label.names_of(list(copies)).items():
        if names:
            rec.set_labels(copies[pk], names)
    return copies


def _copy_of(todo: Todo, rec: Recording, above: Todo | None) -> Todo:
    """It once more, open, not stored yet: under `above`, or beside the todo itself."""
    copy = type(todo)(
        **{name: getattr(todo, name) for name in COPIED},
        parent_id=above.pk if above is not None else todo.parent_id,
        created_by_id=rec.user_id,
        created_at=rec.at,
        updated_at=rec.at,
    )
    is_root = copy.parent_id is None
    copy.tree = copy.uuid if is_root else above.tree if above is not None else todo.tree
    return copy


def copy_list(
    source: TodoList, target: TodoList, rec: Recording, *, completed: bool, dates: bool
) -> None:
    """The todos of a list once more in a new one, all open, in their order and with their labels; nobody's to do."""
    nothing = {"todo_list_id": target.pk, "assignee_id": None}
    if not dates:  # and so without the repeat that counts from them
        nothing |= due_columns(Moment()) | start_columns(Moment()) | repeat_columns(None)

    def settle(copy: Todo, _one: Todo) -> None:
        for name, value in nothing.items():
            setattr(copy, name, value)

    todos = source.todos.filter(deleted_at=None).order_by("depth", "position", "pk")
    for label in source.labels.all():
        target.labels.create(name=label.name, color=label.color)
    _copies(todos if completed else todos.filter(is_completed=False), rec, settle)


def copy_family(todo: Todo, rec: Recording) -> Todo:
    """It once more right behind it, with all below it that is not in the trash.

    Of the reminders, those of the person who copies: nobody else asked to be reminded twice.
    """

    def settle(copy: Todo, one: Todo) -> None:
        if one is todo:
            copy.position = position(rec, copy, "after", todo)

    family = [todo, *(one for one in todo.descendants() if one.deleted_at is None)]
    copies = _copies(family, rec, settle)
    own = tables.Reminder.objects.filter(todo__in=copies, user=rec.user_id)
    tables.Reminder.objects.bulk_create(
        tables.Reminder(
            todo=copies[one.todo_id],
            user_id=one.user_id,
            remind_at=one.remind_at,
            minutes_before=one.minutes_before,
            created_at=rec.at,
        )
        for one in own
    )
    return copies[todo.pk]
