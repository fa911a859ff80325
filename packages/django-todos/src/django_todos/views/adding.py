"""From what was typed to todos."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django_todos.dates import Moment
from django_todos.models import MAX_TITLE, Action, Todo, TodoList, recording

if TYPE_CHECKING:
    from django_todos.forms import QuickAddForm
    from django_todos.views.pages import Viewer


def add(
    viewer: Viewer, form: QuickAddForm, todo_list: TodoList, parent: Todo | None
) -> tuple[Action, Todo]:
    """Add the lines of a valid form, in their order, as one action. Gives that and the first of the todos.

    On Today they are due today.
    """
    lines = form.cleaned_data["text"].splitlines()
    due = Moment(viewer.today) if form.cleaned_data["view"] == "today" else Moment()
    verb = "create" if len(lines) == 1 else "bulk-create"
    with recording(viewer.user, verb, {todo_list.pk}, at=viewer.now) as rec:
        added = [
            Todo.add(
                todo_list,
                line.strip()[:MAX_TITLE],
                by=viewer.user,
                at=viewer.now,
                parent=parent,
                due=due,
                within=rec,
            )
            for line in (lines if parent is not None else reversed(lines))
        ]
    assert rec.action is not None
    return rec.action, added[0] if parent is not None else added[-1]
