"""Todos: add, read, edit, tick, move, remind of, several at once; and undo."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.db.models import F, QuerySet, UUIDField
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import Resolver404, resolve, reverse

from django_todos import limits
from django_todos.access import get_action, get_family, get_list, get_todo, get_todos, read_uuid
from django_todos.dates import Moment
from django_todos.forms.adding import QuickAddForm, keep_as_text
from django_todos.forms.dates import DueForm, MoveToDayForm, ReminderForm, offered
from django_todos.forms.todos import BulkForm, TodoForm
from django_todos.models import (
    BUCKETS,
    Action,
    ChangedMeanwhile,
    Conflict,
    NotAllowedHere,
    Recording,
    Reminder,
    Side,
    Todo,
    TodoList,
    Verb,
    recording,
)
from django_todos.models.compiled import AnyUser, Compiled, Slot
from django_todos.models.label_uses import UsedLabel, most_used
from django_todos.viewer import Viewer
from django_todos.views._kept import kept
from django_todos.views._page import (
    Request,
    back,
    back_after,
    current_of,
    is_htmx,
    next_url,
    page,
    part,
    signed_in,
)
from django_todos.views._rows import answer_row, family_of, row_of
from django_todos.wording import actions
from django_todos.wording.chips import chips

# -- adding ----------------------------------------------------------------------------------------


@signed_in("GET", "POST")
def todo_create(request: Request) -> HttpResponse:
    """Add what was typed: a line a todo. What does not hold comes back, every word of it, on a page of its own.

    GET gives the form, for the page that ``next`` names.
    """
    viewer = request.todos_viewer
    if request.method != "POST":
        return _quick_add(request, QuickAddForm(initial=_place(request)), next_url(request, ""))
    form = QuickAddForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return _quick_add(request, form, next_url(request, form.home), status=422)
    action, first = form.save()
    if form.later:
        again = QuickAddForm(initial={**form.cleaned_data, "text": form.later})
        toast = actions.about(action, viewer)
        return _quick_add(request, again, next_url(request, form.home), toast=toast)
    return back_after(action, request, form.home, anchor=first.uuid)


def _place(request: Request) -> dict[str, Any]:
    """What a page (``next``) says of where a new todo lands: its list, its label or its day; ``due`` names a day."""
    day, at = request.GET.get("due", ""), request.GET.get("at", "-over")
    place: dict[str, Any] = {"at": at if is_htmx(request) else ""}
    with suppress(ValueError):
        place["due"] = request.todos_viewer.today if day == "today" else date.fromisoformat(day)
    with suppress(Resolver404):
        match = resolve(urlsplit(next_url(request, "/")).path)
        if match.view_name == "django_todos:list-detail":
            place["list"] = match.kwargs["uuid"]
        elif match.view_name == "django_todos:label-detail":
            place["label"] = match.kwargs["name"]
    return place


def _quick_add(
    request: Request, form: QuickAddForm, here: str, status: int = 200, **context: Any
) -> HttpResponse:
    """Quick add as a page, or for htmx the form. Where it stands by itself, it has the lists to choose from."""
    context |= {"quick_add": form, "here": here}
    if "HX-Request" not in request.headers or form["at"].value() == "-over":
        own = TodoList.objects.editable_by(request.todos_viewer.user)
        lists = list(own.order_by(F("inbox_of").asc(nulls_last=True), "name", "pk"))
        named = [one for one in lists if one.uuid == form.initial.get("list")]
        home = form.lands_in if form.is_bound else next(iter(named or lists), None)
        context |= {"lists": lists, "home": home}
    if is_htmx(request):
        return part(request, "quick_add", context, status=status)
    return page(request, "todo_create", "", context, status=status)


@signed_in("POST")
def todo_preview(request: Request) -> HttpResponse:
    """The chips of what stands in quick add, and what is too much in it. Nothing is written."""
    form = QuickAddForm(request.POST, viewer=request.todos_viewer)
    form.is_valid()
    read = form.lines[0].read if len(form.lines) == 1 else None
    context = {
        "chips": chips(request.todos_viewer, read) if read is not None else [],
        "kept": form.kept if form.lines else [],
        "quick_add": form,
        "home": form.lands_in,
        "at": form.cleaned_data.get("at", ""),
        "oob": True,
    }
    return part(request, "quick_add_chips", context)


@signed_in("POST")
def action_plain(request: Request, uuid: UUID) -> HttpResponse:
    """Keep what was typed as text: the todo stays, without what was read from it."""
    viewer = request.todos_viewer
    action, todo = keep_as_text(viewer, get_action(viewer.user, uuid))
    return back_after(action, request, todo.todo_list.get_absolute_url(), anchor=todo.uuid)


# -- one todo --------------------------------------------------------------------------------------


@Compiled
def _any_reminders() -> QuerySet[Reminder]:
    mine = Reminder.objects.filter(user=AnyUser().pk)
    return mine.filter(todo__uuid=Slot("uuid", UUIDField()))


def _reminders(request: Request, uuid: UUID) -> QuerySet[Reminder]:
    """The viewer's own, of which the list of a todo knows nothing."""
    return _any_reminders({"user": request.todos_viewer.user.pk, "uuid": uuid})


@signed_in("GET", "POST")
@kept(_reminders)
def todo_detail(request: Request, uuid: UUID) -> HttpResponse:
    """A todo's page, or its panel beside a list. A POST saves what changed in the form, or ``only`` in some of it."""
    viewer = request.todos_viewer
    if request.method != "POST":
        return _todo_page(request, get_todo(viewer.user, uuid))
    todo = get_todo(viewer.user, uuid, "edit")
    form = TodoForm(request.POST, todo=todo, viewer=viewer)
    if not form.is_valid():
        return _todo_page(request, todo, form=form, status=422)
    try:
        action = todo.edit(by=viewer.user, at=viewer.now, initial=form.seen, values=form.values)
    except Conflict as conflict:
        return _conflict(request, form, conflict)
    if not is_htmx(request):
        return back_after(action, request, todo.get_absolute_url())
    fresh = get_todo(viewer.user, uuid)
    row = row_of(fresh)
    row.current = True
    changed = f"set-{request.POST.get('only', 'title')}"
    return _todo_page(request, fresh, saved=action, saved_set=changed, row=row)


def _conflict(request: Request, form: TodoForm, conflict: Conflict) -> HttpResponse:
    """The form again (409): where both changed a value, both stand to choose."""
    viewer = request.todos_viewer
    fresh = get_todo(viewer.user, form.todo.uuid, "edit")
    again = form.merged(fresh, conflict.theirs)
    # What somebody took back counts: the value before it may be the conflict.
    latest = Action.objects.filter(lists=fresh.todo_list_id).order_by("-pk")[: limits.CONFLICT]
    who = Action.objects.filter(pk__in=latest.values("pk")).exclude(user=viewer.user.pk)
    here = who.filter(changes__todos__has_key=str(fresh.pk)).select_related("user")
    last = here.order_by("-pk").first()
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
        "changed_at": last.created_at if last is not None else None,
    }
    return _todo_page(request, fresh, form=again, status=409, **context)


def _todo_page(
    request: Request,
    todo: Todo,
    *,
    form: TodoForm | None = None,
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """The page, or for htmx the panel, of a todo: with the form as it was sent, where that did not hold."""
    viewer, current = request.todos_viewer, current_of(todo.todo_list)
    family, known = family_of(todo), getattr(request, "todos_more", None)
    form = form or TodoForm(todo=family.todo, viewer=viewer)
    if family.todo.rrule and family.todo.slot.time is not None:
        request.todos_kept = False  # its next dates begin behind this very moment
    everything = {
        "todo": family.todo,
        "todo_list": todo.todo_list,
        "form": form,
        "rows": family.below,
        "activity": family.actions,
        "reminders": known if known is not None else _reminders(request, todo.uuid),
        "reminder_choices": offered(todo),
        "breadcrumb": family.above,
        "labels": _labels_of(todo) if "labels" in request.GET else None,
        "back_url": next_url(request, todo.todo_list.get_absolute_url()),
        **context,
    }
    if is_htmx(request):
        return part(request, "todo", everything, current=current, status=status)
    return page(request, "todo_detail", current, everything, status=status)


@signed_in("GET")
def todo_labels(request: Request, uuid: UUID) -> HttpResponse:
    """The labels of a todo's list to choose from, when one asks for them. Without htmx, the todo's page with them."""
    todo = get_todo(request.todos_viewer.user, uuid)
    if not is_htmx(request):
        return HttpResponseRedirect(f"{todo.get_absolute_url()}?labels=#set-labels", status=303)
    return part(request, "label_options", {"labels": _labels_of(todo)})


def _labels_of(todo: Todo) -> list[UsedLabel]:
    """As far as one looks through them."""
    here = TodoList.objects.filter(pk=todo.todo_list_id)
    return most_used(here, limits.LABELS, limits.COUNTED_TO)


@signed_in("GET")
def todo_subtasks(request: Request, uuid: UUID) -> HttpResponse:
    """Everything below a todo: what "n more" fetches. Without htmx, the todo's page."""
    todo = get_todo(request.todos_viewer.user, uuid)
    if not is_htmx(request):
        return _todo_page(request, todo)
    return part(request, "todo_row_update", {"row": row_of(todo)})


@signed_in("POST")
def todo_repeat(request: Request, uuid: UUID) -> HttpResponse:
    """The next five dates of the rule in a todo's form; nothing is saved. Without htmx, the page with the form."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit")
    form = TodoForm(request.POST, todo=todo, viewer=viewer)
    form.preview()
    if is_htmx(request):
        return part(request, "repeat_dates", {"form": form})
    return _todo_page(request, todo, form=form)


@signed_in("POST")
def reminder_create(request: Request, uuid: UUID) -> HttpResponse:
    """Remind the viewer of a todo that they can see. The same reminder twice is one."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid)
    form = ReminderForm(request.POST, viewer=viewer)
    if not form.is_valid():
        return back(request, todo.get_absolute_url(), kept="reminder")
    Reminder.objects.get_or_create(todo=todo, user_id=viewer.user.pk, **form.cleaned_data)
    return back(request, todo.get_absolute_url())


@signed_in("POST")
def reminder_delete(request: Request, uuid: UUID) -> HttpResponse:
    """Take back one of the viewer's own reminders."""
    mine = Reminder.objects.visible_to(request.todos_viewer.user)
    reminder = get_object_or_404(mine.select_related("todo"), uuid=uuid)
    reminder.delete()
    return back(request, reminder.todo.get_absolute_url())


# -- from its row ----------------------------------------------------------------------------------


@signed_in("POST")
def todo_complete(request: Request, uuid: UUID) -> HttpResponse:
    """Tick. ``occurrence`` says what the person saw, so that a second click changes nothing."""
    viewer = request.todos_viewer
    seen = _occurrence(request)
    todo = get_family(viewer.user, uuid)
    action = todo.complete(by=viewer.user, at=viewer.now, zone=viewer.zone, seen=seen)
    return answer_row(request, todo, action)


@signed_in("POST")
def todo_reopen(request: Request, uuid: UUID) -> HttpResponse:
    """Untick."""
    viewer = request.todos_viewer
    todo = get_family(viewer.user, uuid)
    return answer_row(request, todo, todo.reopen(by=viewer.user, at=viewer.now))


@signed_in("POST")
def todo_skip(request: Request, uuid: UUID) -> HttpResponse:
    """Move a repeating todo on without completing it."""
    viewer = request.todos_viewer
    seen = _occurrence(request)
    todo = get_family(viewer.user, uuid)
    action = todo.skip(by=viewer.user, at=viewer.now, zone=viewer.zone, seen=seen)
    return answer_row(request, todo, action)


@signed_in("POST")
def todo_duplicate(request: Request, uuid: UUID) -> HttpResponse:
    """A copy right behind it, with its subtasks."""
    viewer = request.todos_viewer
    todo = get_family(viewer.user, uuid)
    lists, early = {todo.todo_list_id}, todo.early
    with recording(viewer.user, Verb.DUPLICATE, lists, at=viewer.now, early=early) as rec:
        copy = todo.duplicate(by=viewer.user, at=viewer.now, within=rec)
    return back_after(rec.action, request, todo.todo_list.get_absolute_url(), anchor=copy.uuid)


@signed_in("POST")
def todo_set(request: Request, uuid: UUID) -> HttpResponse:
    """Set one thing from a row: ``priority`` by its word, or ``due``, a date or words, empty for none (`DueForm`)."""
    viewer = request.todos_viewer
    todo = get_family(viewer.user, uuid)
    form = DueForm(request.POST, viewer=viewer)
    is_dated = "due" in request.POST and form.is_valid()
    verb = Verb.DATE if is_dated else Verb.EDIT
    lists, early = {todo.todo_list_id}, todo.early
    with recording(viewer.user, verb, lists, at=viewer.now, early=early) as rec:
        fresh = rec.alive(todo)
        if (word := request.POST.get("priority")) in BUCKETS and fresh.priority_bucket != word:
            rec.update(fresh, priority=BUCKETS[word])
        if is_dated:
            _make_due(rec, viewer, fresh, form.cleaned_data["due"], exact=form.has_time)
    return answer_row(request, todo, rec.action, same="same")


def _make_due(
    rec: Recording, viewer: Viewer, todo: Todo, moment: Moment, *, exact: bool = False
) -> None:
    """A day by itself keeps the time of day. Of a repeating todo only the present occurrence moves."""
    day = moment.date if moment.time is None and not exact else None
    todo.reschedule(day or moment, rec=rec, zone=viewer.zone)


def _occurrence(request: Request) -> int | None:
    text = request.POST.get("occurrence", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


# -- moving ----------------------------------------------------------------------------------------


@signed_in("GET", "POST")
def todo_move(request: Request, uuid: UUID) -> HttpResponse:
    """Everywhere that a todo can go.

    ``to``: up, down, top, bottom, in (under the one above), out (one level), list (with ``list``), day (with ``day``,
    a date or words), or before/after/under with ``anchor``, another todo of the same list.
    """
    viewer = request.todos_viewer
    to, beside = request.POST.get("to", ""), read_uuid(request.POST.get("anchor", ""))
    todo = get_family(viewer.user, uuid, to, beside)
    to_day = to == "day"
    form = MoveToDayForm(request.POST if to_day else None, viewer=viewer)
    if request.method != "POST" or to_day and not form.is_valid():
        return _move_page(request, todo, form)
    try:
        action = _move_to_day(viewer, todo, form) if to_day else _move(request, viewer, todo)
    except NotAllowedHere:
        return back(request, todo.get_absolute_url(), anchor=todo.uuid, kept="place")
    except ChangedMeanwhile:
        return back(request, todo.get_absolute_url(), anchor=todo.uuid, kept="changed")
    fallback, same = todo.todo_list.get_absolute_url(), "same" if to_day else "edge"
    return back_after(action, request, fallback, anchor=todo.uuid, same=same)


def _move_page(request: Request, todo: Todo, form: MoveToDayForm) -> HttpResponse:
    """The places that a todo can go to; on pages by day (``view``) these are days and lists."""
    lists = TodoList.objects.editable_by(request.todos_viewer.user).exclude(pk=todo.todo_list_id)
    view = request.POST.get("view") or request.GET.get("view", "")
    context = {
        "todo": todo,
        "form": form,
        "lists": lists.order_by("name"),
        "above": todo.neighbour("up"),
        "by_day": view in ("today", "upcoming"),
        "view": view,
        "back_url": next_url(request, ""),
    }
    current, status = current_of(todo.todo_list), 422 if form.errors else 200
    return page(request, "todo_move", current, context, status=status)


def _move_to_day(viewer: Viewer, todo: Todo, form: MoveToDayForm) -> Action | None:
    lists, early = {todo.todo_list_id}, todo.early
    with recording(viewer.user, Verb.DATE, lists, at=viewer.now, early=early) as rec:
        _make_due(rec, viewer, rec.alive(todo), form.cleaned_data["day"])
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
        return todo.move(by=by, at=at, parent=todo.parent, side=side)
    if to == "list":
        target = get_list(by, _uuid(request, "list"), "edit")
        return todo.move(by=by, at=at, todo_list=target, side="before")
    anchor = _anchor(request, todo)
    if to == "under":
        return todo.move(by=by, at=at, todo_list=anchor.todo_list, parent=anchor, side="before")
    return todo.move(
        by=by,
        at=at,
        todo_list=anchor.todo_list,
        parent=anchor.parent,
        side="before" if to == "before" else "after",
        anchor=anchor,
    )


def _anchor(request: Request, todo: Todo) -> Todo:
    """The other todo: of what was read along, where it is in the same list."""
    uuid = _uuid(request, "anchor")
    near = todo.early.todos if todo.early is not None else []
    alive = (one for one in near if one.uuid == uuid and one.deleted_at is None)
    return next(alive, None) or get_todo(request.todos_viewer.user, uuid, "edit")


def _uuid(request: Request, name: str) -> UUID:
    if (uuid := read_uuid(request.POST.get(name, ""))) is None:
        raise NotAllowedHere("nowhere")
    return uuid


# -- several at once, and undo ---------------------------------------------------------------------


@signed_in("POST")
def todo_bulk(request: Request) -> HttpResponse:
    """Do ``do`` to every todo in ``todo``. Those that are gone are passed over; read-only ones refuse all."""
    viewer = request.todos_viewer
    form = BulkForm(request.POST, viewer=viewer)
    picked = map(read_uuid, request.POST.getlist("todo")[: limits.MAX_PICKED])
    todos = get_todos(viewer.user, [uuid for uuid in picked if uuid is not None])
    if not todos or not form.is_valid():
        return back(request, reverse("django_todos:today"), kept="none" if not todos else "same")
    target = None
    if form.cleaned_data["do"] == "move":
        target = get_list(viewer.user, form.cleaned_data["list"] or UUID(int=0), "edit")
    lists = {todo.todo_list_id for todo in todos} | ({target.pk} if target is not None else set())
    verb = Verb(f"bulk-{form.cleaned_data['do']}")
    with recording(viewer.user, verb, lists, at=viewer.now) as rec:
        rec.load(Todo.objects.filter(pk__in=[todo.pk for todo in todos]))
        for todo in todos:
            _do(rec, viewer, form, todo, target)
    fallback = reverse("django_todos:today")
    return back_after(rec.action, request, fallback, anchor=todos[0].uuid, same="same")


def _do(
    rec: Recording, viewer: Viewer, form: BulkForm, todo: Todo, target: TodoList | None
) -> None:
    do, by, at = form.cleaned_data["do"], viewer.user, viewer.now
    fresh = rec.reload(todo)
    if fresh.deleted_at is not None:
        return
    if do == "complete":
        fresh.complete(by=by, at=at, zone=viewer.zone, seen=todo.occurrence, within=rec)
    elif do == "delete":
        fresh.trash(by=by, at=at, within=rec)
    elif do == "move" and target is not None:
        if fresh.todo_list_id != target.pk:
            fresh.move(by=by, at=at, todo_list=target, within=rec)
    elif do == "duplicate":
        fresh.duplicate(by=by, at=at, within=rec)
    else:
        _give(rec, viewer, form, fresh)


def _give(rec: Recording, viewer: Viewer, form: BulkForm, todo: Todo) -> None:
    do, given = form.cleaned_data["do"], form.cleaned_data
    if do == "date":
        _make_due(rec, viewer, todo, given["date"])
    elif do == "label":
        rec.set_labels(todo, [*rec.labels(todo), *given["label"]])
    elif do == "assign":
        who = given["assignee"]
        if (
            who is None or (todo.todo_list_id, who) in rec.members
        ):  # of several lists, those that they are in
            rec.update(todo, assignee_id=who)
    elif do == "priority" and given["priority"]:
        rec.update(todo, priority=BUCKETS[given["priority"]])


@signed_in("POST")
def action_undo(request: Request, uuid: UUID) -> HttpResponse:
    """Take one of the viewer's actions back."""
    viewer = request.todos_viewer
    action = get_action(viewer.user, uuid)
    try:
        action.undo(at=viewer.now)
    except ChangedMeanwhile:
        return back(request, reverse("django_todos:today"), undone="0")
    standing = Todo.objects.filter(pk__in=action.todo_ids, deleted_at=None)
    first = standing.order_by("depth", "pk").first()
    anchor = first.uuid if first is not None else None
    return back(request, reverse("django_todos:today"), anchor=anchor, undone="1")
