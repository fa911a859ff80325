"""What a copy of a todo takes over, and what it leaves."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from django_todos import models as tables  # those that stand on this module: there when asked
from django_todos.dates import Moment
from django_todos.models.columns import due_columns, repeat_columns, start_columns
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


def copy_of(todo: Todo, rec: Recording, above: Todo | None) -> Todo:
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
    todos = source.todos.filter(deleted_at=None).order_by("depth", "position", "pk")
    copies: dict[int, Todo] = {}
    for _depth, level in groupby(
        todos if completed else todos.filter(is_completed=False), key=lambda one: one.depth
    ):
        made = {}
        for one in level:
            if one.parent_id is None or one.parent_id in copies:
                made[one.pk] = copy = copy_of(one, rec, copies.get(one.parent_id or 0))
                copy.todo_list_id, copy.assignee_id = target.pk, None
                if not dates:
                    _clear_dates(copy)
        rec.add(list(made.values()))
        copies |= made
    labels = {}
    for label in source.labels.all():
        labels[label.pk] = target.labels.create(name=label.name, color=label.color)
    through = tables.Todo.labels.through
    carried = through._default_manager.filter(todo__in=copies)
    through._default_manager.bulk_create(
        through(todo_id=copies[pk].pk, label_id=labels[label].pk)
        for pk, label in carried.values_list("todo_id", "label_id")
    )


def _clear_dates(todo: Todo) -> None:
    """Without due and start date, and so without the repeat that counts from them."""
    nothing = due_columns(Moment()) | start_columns(Moment()) | repeat_columns(None)
    for name, value in nothing.items():
        setattr(todo, name, value)


def copy_what_hangs_on(copies: dict[int, Todo], rec: Recording) -> None:
    """Labels, and the reminders of the person who copies: nobody else asked to be reminded twice."""
    through = tables.Todo.labels.through
    carried = through._default_manager.filter(todo__in=copies)
    through._default_manager.bulk_create(
        through(todo_id=copies[pk].pk, label_id=label)
        for pk, label in carried.values_list("todo_id", "label_id")
    )
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
