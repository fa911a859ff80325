"""One todo: add, read, edit, tick, move; and undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone

from django_todos import limits
from django_todos.access import can_edit, get_action, get_todo
from django_todos.forms.dates import RescheduleForm, offered
from django_todos.forms.repeat import fold, unfold
from django_todos.forms.todos import QuickAddForm, TodoForm
from django_todos.models import (
    BUCKETS,
    Action,
    ChangedMeanwhile,
    Conflict,
    Reminder,
    Todo,
    TodoList,
    Verb,
    recording,
)
from django_todos.viewer import Viewer
from django_todos.views import adding
from django_todos.views._page import Request, back, is_htmx, next_url, page, partial, signed_in
from django_todos.views._rows import family_of, row_of
from django_todos.views.days import show_today
from django_todos.views.lists import show_list
from django_todos.wording import actions


@signed_in("POST")
def todo_create(request: Request) -> HttpResponse:
    """Add what was typed: a line a todo. What does not hold comes back on the page it was typed on."""
    viewer = request.todos_viewer
    form = QuickAddForm(request.POST)
    todo_list, parent = adding.target(viewer, form)
    lines = adding.read(viewer, form, todo_list, parent) if form.is_valid() else []
    if form.errors:
        return _typed_again(request, todo_list, parent, form)
    action, first = adding.add(viewer, form, lines, todo_list, parent)
    fallback = parent.get_absolute_url() if parent is not None else todo_list.get_absolute_url()
    return back(request, fallback, anchor=first.uuid, done=action.uuid)


def _typed_again(
    request: Request, todo_list: TodoList, parent: Todo | None, form: QuickAddForm
) -> HttpResponse:
    if parent is not None:
        return show_todo(request, parent, quick_add=form, status=422)
    if form.data.get("view") in ("today", "upcoming"):
        return show_today(request, quick_add=form, status=422)
    detailed = TodoList.objects.with_details().get(pk=todo_list.pk)
    return show_list(request, detailed, quick_add=form, status=422)


@signed_in("GET", "POST")
def todo_detail(request: Request, uuid: UUID) -> HttpResponse:
    """A todo's page, or its panel beside a list. A POST saves what changed in the form."""
    viewer = request.todos_viewer
    if request.method != "POST":
        return show_todo(request, get_todo(viewer.user, uuid))
    todo = get_todo(viewer.user, uuid, "edit")
    form = TodoForm(_chosen(request.POST), todo=todo, viewer=viewer)
    if not form.is_valid():
        return show_todo(request, todo, form=form, status=422)
    try:
        action = todo.edit(by=viewer.user, at=viewer.now, initial=form.seen, values=form.values)
    except Conflict as conflict:
        return _conflict(request, todo, form, conflict)
    if is_htmx(request):
        return show_todo(request, get_todo(viewer.user, uuid), saved=action)
    return back(request, todo.get_absolute_url(), done=action and action.uuid)


def _chosen(posted: QueryDict) -> QueryDict:
    """What was posted; where a conflict was settled for the other value (``keep_<field>=theirs``), with that one."""
    data = fold(posted)
    for key in posted:
        if key.startswith("keep_") and posted[key] == "theirs":
            if key == "keep_repeat":
                unfold(data)
            for name in TodoForm.INPUTS.get(key.removeprefix("keep_"), ()):
                data[name] = posted.get(f"initial-{name}", "")
    return data


def _conflict(request: Request, todo: Todo, form: TodoForm, conflict: Conflict) -> HttpResponse:
    """The form again (409): what others changed is merged in; where both changed a field, both values stand to choose.

    The hidden initial values become those that stand now, so that saving again is a deliberate choice.
    """
    viewer = request.todos_viewer
    fresh = get_todo(viewer.user, todo.uuid, "edit")
    now = TodoForm(todo=fresh, viewer=viewer)
    data: QueryDict = form.data.copy()  # type: ignore[attr-defined]
    unfold(data)  # the repeat's text, merged or not, is what the selects show
    # A date of theirs with a time of ours would be neither: the inputs of one value stay together.
    ours = {name for value in conflict.theirs for name in TodoForm.INPUTS[value]}
    for name in form.fields:
        shown = now[name].value()
        current = "" if shown is None else str(shown)
        if name not in ours and data.get(name, "") == data.get(form.add_initial_prefix(name), ""):
            data[name] = current
        data[form.add_initial_prefix(name)] = current
    again = TodoForm(data, todo=fresh, viewer=viewer)
    again.is_valid()
    who = Action.objects.filter(changes__todos__has_key=str(todo.pk)).exclude(user=viewer.user.pk)
    last = who.order_by("-created_at", "-pk").select_related("user").first()
    conflicts = [
        {
            "field": name,
            "theirs": again.as_text(name, conflict.theirs[name]),
            "yours": again.as_text(name, form.values[name]),
        }
        for name in conflict.theirs
    ]
    context: dict[str, Any] = {
        "conflicts": conflicts,
        "changed_by": last.user if last is not None else None,
    }
    return show_todo(request, fresh, form=again, status=409, **context)


def show_todo(
    request: Request,
    todo: Todo,
    *,
    form: TodoForm | None = None,
    saved: Action | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    viewer = request.todos_viewer
    editable = can_edit(todo)
    family = family_of(todo, can_edit=editable)
    form = form or TodoForm(todo=family.todo, viewer=viewer)
    everything = {
        "todo": family.todo,
        "todo_list": todo.todo_list,
        "form": form,
        "repeat_dates": form.saved_dates(),
        "rows": family.below,
        "completions": todo.completions.filter(undone_at=None)
        .select_related("user")
        .order_by("-at", "-pk")[: limits.COMPLETIONS],
        "reminders": Reminder.objects.visible_to(viewer.user).filter(todo=todo),  # type: ignore[attr-defined]
        "reminder_choices": offered(todo),
        "breadcrumb": family.above,
        "can_edit": editable,
        "quick_add": QuickAddForm(initial={"parent": todo.uuid, "view": "todo"}),
        "back_url": next_url(request, todo.todo_list.get_absolute_url()),
        **context,
    }
    if is_htmx(request):
        if saved is not None:
            everything |= {
                "row": row_of(todo, can_edit=editable),
                "toast": actions.about(saved, viewer),
            }
        return partial(
            request, "todo", everything, current=current_of(todo, viewer), status=status
        )
    return page(request, "todo_detail", current_of(todo, viewer), everything, status=status)


def current_of(todo: Todo, viewer: Viewer) -> str:
    """What the sidebar marks on a todo's page."""
    return "inbox" if todo.todo_list.inbox_of_id == viewer.user.pk else str(todo.todo_list.uuid)


@signed_in("GET")
def todo_subtasks(request: Request, uuid: UUID) -> HttpResponse:
    """Everything below a todo: what "n more" fetches. Without htmx, the todo's page."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid)
    if not is_htmx(request):
        return show_todo(request, todo)
    return partial(request, "todo_row", {"row": row_of(todo, can_edit=can_edit(todo))})


@signed_in("POST")
def todo_complete(request: Request, uuid: UUID) -> HttpResponse:
    """Tick. ``occurrence`` says what the person saw, so that a second click changes nothing."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit")
    action = todo.complete(
        by=viewer.user, at=viewer.now, zone=viewer.zone, seen=_occurrence(request)
    )
    return _row(request, todo, action)


@signed_in("POST")
def todo_reopen(request: Request, uuid: UUID) -> HttpResponse:
    """Untick."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit")
    return _row(request, todo, todo.reopen(by=viewer.user, at=viewer.now))


@signed_in("POST")
def todo_skip(request: Request, uuid: UUID) -> HttpResponse:
    """Move a repeating todo on without completing it."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit")
    action = todo.skip(by=viewer.user, at=viewer.now, zone=viewer.zone, seen=_occurrence(request))
    return _row(request, todo, action)


@signed_in("POST")
def todo_set(request: Request, uuid: UUID) -> HttpResponse:
    """Set one thing from a row: ``priority`` by its word, or ``due`` as a day (ISO 8601, or empty for none)."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit")
    with recording(viewer.user, Verb.EDIT, {todo.todo_list_id}, at=viewer.now) as rec:
        fresh = rec.reload(todo)
        if (word := request.POST.get("priority")) in BUCKETS and fresh.priority_bucket != word:
            rec.update(fresh, priority=BUCKETS[word])  # type: ignore[index]
        form = RescheduleForm({"date": request.POST.get("due", "")}, viewer=viewer)
        if "due" in request.POST and form.is_valid():
            fresh.reschedule(form.cleaned_data["date"].date, rec=rec, zone=viewer.zone)
    return _row(request, todo, rec.action, same="same")


def _occurrence(request: Request) -> int | None:
    text = request.POST.get("occurrence", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _row(
    request: Request, todo: Todo, action: Action | None, *, same: str = "done"
) -> HttpResponse:
    """After something was done to one row: the row as it is now for htmx, else back to it."""
    if not is_htmx(request):
        message = {"done": action.uuid} if action is not None else {"kept": same}
        return back(request, todo.todo_list.get_absolute_url(), anchor=todo.uuid, **message)
    viewer = request.todos_viewer
    fresh = get_todo(viewer.user, todo.uuid)
    context = {
        "row": row_of(fresh, can_edit=can_edit(fresh)),
        "toast": actions.about(action, viewer),
    }
    return partial(
        request, "todo_row_update", context, current=request.headers.get("Todos-Current", "")
    )


@signed_in("POST")
def action_undo(request: Request, uuid: UUID) -> HttpResponse:
    """Take one of the viewer's actions back."""
    viewer = request.todos_viewer
    action = get_action(viewer.user, uuid)
    try:
        action.undo(at=timezone.now())
    except ChangedMeanwhile:
        return back(request, reverse("django_todos:today"), undone="0")
    first = (
        Todo.objects.filter(pk__in=action.todo_ids, deleted_at=None)
        .order_by("depth", "pk")
        .first()
    )
    return back(
        request,
        reverse("django_todos:today"),
        anchor=first.uuid if first is not None else None,
        undone="1",
    )
