"""What another project's code asks on behalf of a person: their day, their way to write dates, their rights.

Beside it stand the methods of the models, which need nobody: `Todo.add`, `TodoList.objects.create_for`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import QueryDict

from django_todos.conf import settings
from django_todos.forms.adding import QuickAddForm
from django_todos.models import Todo, TodoList
from django_todos.models.querysets import object_types_remembered
from django_todos.viewer import Viewer


def quick_add(user: Any, line: str, *, todo_list: TodoList | None = None) -> Todo:
    """Add what a line says, as the quick-add field would: into `todo_list`, else where the line says, else the inbox.

    Several lines make several todos, and the first is returned. Raises ValidationError for what can't be added,
    Http404 or PermissionDenied for a list that `user` can't see or can't change.
    """
    data = QueryDict(mutable=True)
    data["text"] = line
    if todo_list is not None:
        data["list"] = str(todo_list.uuid)
    form = QuickAddForm(data, viewer=Viewer.of(user))
    if not form.is_valid():
        raise ValidationError({name: list(errors) for name, errors in form.errors.items()})
    return form.save()[1]


@dataclass(frozen=True)
class OpenCounts:
    """How much somebody has to do."""

    open: int = 0
    overdue: int = 0


def open_counts(user: Any) -> OpenCounts:
    """How many todos are open, and overdue, in the lists that `user` may read; one query beside that for their day."""
    if not (user and user.is_authenticated and settings.MAY_USE(user)):
        return OpenCounts()
    with object_types_remembered():
        viewer = Viewer.of(user)
        todos = Todo.objects.visible_to(user).active().open()
        overdue = Q(pk__in=Todo.objects.all().overdue(viewer.now, viewer.zone).values("pk"))
    return OpenCounts(**todos.aggregate(open=Count("pk"), overdue=Count("pk", filter=overdue)))
