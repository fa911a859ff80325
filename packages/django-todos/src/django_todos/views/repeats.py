"""What a repeat would do, before it is saved."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from django_todos.access import get_todo
from django_todos.forms.repeat import fold
from django_todos.forms.todos import TodoForm
from django_todos.views._page import Request, is_htmx, partial, signed_in
from django_todos.views.todos import show_todo


@signed_in("POST")
def todo_repeat(request: Request, uuid: UUID) -> HttpResponse:
    """The next five dates of the rule in a todo's form; nothing is saved. Without htmx, the page with the form."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit")
    form = TodoForm(fold(request.POST), todo=todo, viewer=viewer)
    form.is_valid()
    sentence, dates = form.preview()
    context: dict[str, Any] = {"repeat_sentence": sentence, "repeat_dates": dates}
    if is_htmx(request):
        return partial(request, "repeat_dates", {"form": form, "todo": todo, **context})
    return show_todo(request, todo, form=form, **context)
