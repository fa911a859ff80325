"""Moving one todo: within its list, to another list, to another day."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse

from django_todos.access import get_list, get_todo
from django_todos.forms.dates import MoveToDayForm
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    NotAllowedHere,
    Side,
    Todo,
    TodoList,
    Verb,
    due_columns,
    recording,
)
from django_todos.viewer import Viewer
from django_todos.views._page import Request, back, next_url, page, signed_in
from django_todos.views.todos import current_of


@signed_in("GET", "POST")
def todo_move(request: Request, uuid: UUID) -> HttpResponse:
    """Everywhere that a todo can go.

    ``to``: up, down, top, bottom, in (under the one above), out (one level), list (with ``list``), day (with ``day``,
    a date or words), or before/after/under with ``anchor``, another todo of the same list.
    """
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit")
    if request.method != "POST":
        return show_move(request, todo, MoveToDayForm(viewer=viewer))
    to_day = request.POST.get("to") == "day"
    try:
        if to_day:
            form = MoveToDayForm(request.POST, viewer=viewer)
            if not form.is_valid():
                return show_move(request, todo, form, status=422)
            action = _move_to_day(viewer, todo, form)
        else:
            action = _move(request, viewer, todo)
    except NotAllowedHere:
        return back(request, todo.get_absolute_url(), anchor=todo.uuid, kept="place")
    except ChangedMeanwhile:
        return back(request, todo.get_absolute_url(), anchor=todo.uuid, kept="changed")
    unmoved = {"kept": "same" if to_day else "edge"}
    message = {"done": action.uuid} if action is not None else unmoved
    return back(request, todo.todo_list.get_absolute_url(), anchor=todo.uuid, **message)


def show_move(
    request: Request, todo: Todo, form: MoveToDayForm, *, status: int = 200
) -> HttpResponse:
    """The page of the places that a todo can go to; on pages by day (``view``) these are days and lists."""
    viewer = request.todos_viewer
    lists = TodoList.objects.editable_by(viewer.user).exclude(pk=todo.todo_list_id)
    view = (request.POST if request.method == "POST" else request.GET).get("view", "")
    context = {
        "todo": todo,
        "form": form,
        "lists": lists.order_by("name"),
        "above": todo.neighbour("up"),
        "by_day": view in ("today", "upcoming"),
        "view": view,
        "back_url": next_url(request, ""),
    }
    return page(request, "todo_move", current_of(todo, viewer), context, status=status)


def _move_to_day(viewer: Viewer, todo: Todo, form: MoveToDayForm) -> Action | None:
    """Of a repeating todo only the present occurrence moves: its rule keeps counting from where it did."""
    moment = form.cleaned_data["day"]
    with recording(viewer.user, Verb.DATE, {todo.todo_list_id}, at=viewer.now) as rec:
        fresh = rec.reload(todo)
        if moment.time is None:
            fresh.reschedule(moment.date, rec=rec, zone=viewer.zone)
        else:
            rec.update(fresh, **due_columns(moment))
    return rec.action


def _move(request: Request, viewer: Viewer, todo: Todo) -> Action | None:
    to, by, at = request.POST.get("to", ""), viewer.user, viewer.now
    if to in ("up", "down"):
        return todo.move_by_one(by=by, at=at, direction=to)  # type: ignore[arg-type]
    if to == "in":
        return todo.indent(by=by, at=at)
    if to == "out":
        return todo.outdent(by=by, at=at)
    if to in ("top", "bottom"):
        side: Side = "before" if to == "top" else "after"
        return todo.move(by=by, at=at, parent=todo.parent, side=side)  # type: ignore[arg-type]
    if to == "list":
        target = get_list(by, _uuid(request, "list"), "edit")
        return todo.move(by=by, at=at, todo_list=target, side="before")
    anchor = get_todo(by, _uuid(request, "anchor"), "edit")
    if to == "under":
        return todo.move(by=by, at=at, todo_list=anchor.todo_list, parent=anchor, side="before")
    return todo.move(
        by=by,
        at=at,
        todo_list=anchor.todo_list,
        parent=anchor.parent,  # type: ignore[arg-type]
        side="before" if to == "before" else "after",
        anchor=anchor,
    )


def _uuid(request: Request, name: str) -> UUID:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        raise NotAllowedHere("nowhere") from None
