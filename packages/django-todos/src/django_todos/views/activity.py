"""What people did: the history of a todo, and what the history of a list shares with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse

from django_todos import limits
from django_todos.access import get_todo
from django_todos.models import Action, Completion, Todo, TodoList
from django_todos.models.querysets import ActionQuerySet
from django_todos.views._page import Request, current_of, is_htmx, page, part, signed_in
from django_todos.wording.activity import by_day, completed, told


@signed_in("GET")
def todo_activity(request: Request, uuid: UUID) -> HttpResponse:
    """What was done to a todo, latest first: a fold of its page, or a page of its own."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid)
    context = {"todo": todo, **history(request, Action.objects.told_of(todo), todo)}
    if is_htmx(request):
        return part(request, "activity", context)
    return page(request, "todo_activity", current_of(todo.todo_list), context)


def history(request: Request, actions: ActionQuerySet, about: Todo | TodoList) -> dict[str, Any]:
    """A page of a history, by days: what parts/activity.html shows. ``after`` names the action that it continues after."""
    viewer = request.todos_viewer
    rows = _after(actions, request.GET.get("after", "")).select_related("user")
    some = list(rows.order_by("-created_at", "-pk")[: limits.ACTIVITY + 1])
    lines = told(some[: limits.ACTIVITY], viewer, about)
    has_more = len(some) > limits.ACTIVITY
    if not has_more and isinstance(about, Todo):
        older = Completion.objects.told_of(about, viewer.now).order_by("-at", "-pk")
        lines += completed(older[: limits.ACTIVITY], viewer)
    cursor = str(some[limits.ACTIVITY - 1].uuid) if has_more else ""
    return {"days": by_day(lines, viewer), "cursor": cursor}


def _after(actions: ActionQuerySet, cursor: str) -> ActionQuerySet:
    """The actions before the one that `cursor` names; all of them where it names none."""
    try:
        last = actions.filter(uuid=UUID(cursor)).first()
    except ValueError:
        last = None
    if last is None:
        return actions
    at = last.created_at
    return actions.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=last.pk))
