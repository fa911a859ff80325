"""What people did: the history of a todo, and what the history of a list shares with it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse

from django_todos import limits
from django_todos.access import get_list, get_todo, read_uuid
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


@signed_in("GET")
def list_activity(request: Request, uuid: UUID) -> HttpResponse:
    """What was done in a list, latest first: by everybody, or by one of its members."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    members = todo_list.memberships.select_related("user").order_by("created_at", "pk")
    people = [one.user for one in members]
    by = next((one for one in people if one.get_username() == request.GET.get("by")), None)
    actions = Action.objects.told_in(todo_list.pk)
    if by is not None:
        actions = actions.filter(user=by.pk)
    context = {"todo_list": todo_list, "members": people, "by": by}
    context |= history(request, actions, todo_list)
    return page(request, "list_activity", current_of(todo_list), context)


def history(request: Request, actions: ActionQuerySet, about: Todo | TodoList) -> dict[str, Any]:
    """A page of a history, by days: what parts/activity.html shows. ``after`` names the action that it continues after."""
    viewer = request.todos_viewer
    rows = _after(actions, request.GET.get("after", "")).select_related("user")
    some = list(rows.order_by("-pk")[: limits.ACTIVITY + 1])
    lines = told(some[: limits.ACTIVITY], viewer, about)
    has_more = len(some) > limits.ACTIVITY
    if not has_more and isinstance(about, Todo):
        older = Completion.objects.told_of(about, viewer.now).order_by("-at", "-pk")
        lines += completed(older[: limits.ACTIVITY], viewer)
    cursor = str(some[limits.ACTIVITY - 1].uuid) if has_more else ""
    return {"days": by_day(lines, viewer), "cursor": cursor}


def _after(actions: ActionQuerySet, cursor: str) -> ActionQuerySet:
    """The actions before the one that `cursor` names; all of them where it names none."""
    uuid = read_uuid(cursor)
    last = actions.filter(uuid=uuid).first() if uuid is not None else None
    return actions.filter(pk__lt=last.pk) if last is not None else actions
