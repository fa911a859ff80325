"""One thing done to several todos at once: one action, one undo."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from django_todos.access import get_list
from django_todos.dates import Moment
from django_todos.forms.todos import BulkForm
from django_todos.limits import MAX_PICKED
from django_todos.models import (
    BUCKETS,
    Recording,
    Todo,
    TodoList,
    Verb,
    due_columns,
    recording,
)
from django_todos.viewer import Viewer
from django_todos.views._page import Request, back, signed_in


@signed_in("POST")
def todo_bulk(request: Request) -> HttpResponse:
    """Do ``do`` to every todo in ``todo``. Those that are gone are passed over; read-only ones refuse all."""
    viewer = request.todos_viewer
    form = BulkForm(request.POST, viewer=viewer)
    todos = _picked(request, viewer)
    if not todos or not form.is_valid():
        return back(request, reverse("django_todos:today"), kept="none" if not todos else "same")
    target = None
    if form.cleaned_data["do"] == "move":
        target = get_list(viewer.user, form.cleaned_data["list"] or UUID(int=0), "edit")
    lists = {todo.todo_list_id for todo in todos} | ({target.pk} if target is not None else set())
    with recording(
        viewer.user, Verb(f"bulk-{form.cleaned_data['do']}"), lists, at=viewer.now
    ) as rec:
        for todo in todos:
            _do(rec, viewer, form, todo, target)
    message = {"done": rec.action.uuid} if rec.action is not None else {"kept": "same"}
    return back(request, reverse("django_todos:today"), anchor=todos[0].uuid, **message)


def _picked(request: Request, viewer: Viewer) -> list[Todo]:
    """The todos that were picked and are there, highest first, so that a subtask goes with the todo above it."""
    uuids = []
    for text in request.POST.getlist("todo")[:MAX_PICKED]:
        try:
            uuids.append(UUID(text))
        except ValueError:
            continue
    visible = Todo.objects.visible_to(viewer.user).alive().filter(uuid__in=uuids)
    todos = list(visible.order_by("depth", "position", "pk"))
    editable = set(
        Todo.objects.editable_by(viewer.user).filter(uuid__in=uuids).values_list("pk", flat=True)
    )
    if any(todo.pk not in editable for todo in todos):
        raise PermissionDenied(_("You can read this list, but not change it."))
    return todos


def _do(
    rec: Recording, viewer: Viewer, form: BulkForm, todo: Todo, target: TodoList | None
) -> None:
    do, by, at = form.cleaned_data["do"], viewer.user, viewer.now
    fresh = rec.reload(todo)
    if do == "complete":
        fresh.complete(by=by, at=at, zone=viewer.zone, seen=todo.occurrence, within=rec)
    elif do == "delete":
        fresh.trash(by=by, at=at, within=rec)
    elif do == "move" and target is not None:
        if fresh.todo_list_id != target.pk:
            fresh.move(by=by, at=at, todo_list=target, within=rec)
    elif do == "date":
        day = form.cleaned_data["date"].date
        if day is None:
            rec.update(fresh, **due_columns(Moment()))
        else:
            fresh.reschedule(day, rec=rec, zone=viewer.zone)
    elif do == "label":
        names = rec.labels(fresh)
        rec.set_labels(fresh, [*names, *form.cleaned_data["label"]])
    elif do == "priority" and form.cleaned_data["priority"]:
        rec.update(fresh, priority=BUCKETS[form.cleaned_data["priority"]])  # type: ignore[index]
