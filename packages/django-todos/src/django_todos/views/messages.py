"""What a page says about the action before it, and whether that can be undone."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from django_todos.limits import MAX_LEVELS
from django_todos.models import Action, Todo, TodoList
from django_todos.wording.dates import date_words, moment_words
from django_todos.wording.repeats import describe

if TYPE_CHECKING:
    from django_todos.viewer import Viewer


@dataclass(frozen=True)
class Toast:
    """A sentence; the action that Undo takes back, if it can be; whether it concerned more than one todo."""

    text: str
    action: uuid.UUID | None = None
    many: bool = False
    url: str = ""
    plain: uuid.UUID | None = None
    """The action whose reading of what was typed can be taken back ("Keep as text")."""


def from_request(request: HttpRequest, viewer: Viewer) -> Toast | None:
    """The message that a redirect carries: ``done=<action>``, ``undone=1``, ``undone=0`` or ``kept=<reason>``."""
    if "undone" in request.GET:
        if request.GET["undone"] == "1":
            return Toast(_("Undone."))
        return Toast(_("Not undone: somebody changed it since."))
    if "kept" in request.GET:
        return Toast(_KEPT.get(request.GET["kept"], _KEPT["same"])())
    try:
        key = uuid.UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    action = Action.objects.visible_to(viewer.user).filter(uuid=key).first()
    return about(action, viewer)


def about(action: Action | None, viewer: Viewer) -> Toast | None:
    """The message about an action just done."""
    if action is None:
        return None
    if action.undone_at is not None:
        return Toast(_("Undone."))
    if action.changes["lists"]:
        return _about_list(action)
    return _about_todos(action, viewer)


def _about_list(action: Action) -> Toast:
    todo_list = TodoList.objects.filter(pk__in=list(action.changes["lists"])).first()
    name = todo_list.name if todo_list is not None else ""
    sentence = {
        "list-edit": _("Saved “%(name)s”."),
        "list-archive": _("Archived “%(name)s”."),
        "list-unarchive": _("“%(name)s” is back."),
        "list-delete": _("Moved “%(name)s” to the trash."),
        "list-restore": _("Restored “%(name)s”."),
    }[action.verb]
    return Toast(sentence % {"name": name}, action.uuid)


def _about_todos(action: Action, viewer: Viewer) -> Toast:
    top, total = _top(action)
    if top is None:
        return Toast(_("Done."))
    verb = action.verb
    if verb.startswith("bulk-"):
        return Toast(_bulk_sentence(verb, total) % {"count": total}, action.uuid, many=total > 1)
    values = {
        "title": top.title,
        "count": total - 1,
        "list": top.todo_list.name,
        "day": _due_day(top, viewer),
    }
    text = _sentence(verb, top, total) % values
    if "typed" not in action.changes:
        return Toast(text, action.uuid, many=total > 1)
    text = " ".join([text, _read(top, viewer)]).strip()
    return Toast(text, action.uuid, url=top.get_absolute_url(), plain=action.uuid)


def _read(todo: Todo, viewer: Viewer) -> str:
    """What quick add read into a todo's fields, so that a mistake shows even without a script."""
    due, start = (moment_words(moment, viewer.today) for moment in (todo.due, todo.start))
    said = [
        due and _("due %(date)s") % {"date": due},
        start and _("starts %(date)s") % {"date": start},
        todo.rrule and describe(todo.rrule, todo.repeat_mode),
        todo.priority and str(_PRIORITIES[todo.priority_bucket]),
        *(f"#{label.name}" for label in todo.labels.all()),
        todo.assignee and f"@{todo.assignee}",
        todo.notes and _("notes"),
    ]
    read = ", ".join(str(one) for one in said if one)
    return _("Read: %(read)s.") % {"read": read} if read else ""


def _due_day(todo: Todo, viewer: Viewer) -> str:
    """The day that a todo is due, where the viewer is."""
    day = todo.due.wall(viewer.zone).date
    return date_words(day, viewer.today) if day is not None else ""


def _top(action: Action) -> tuple[Todo | None, int]:
    """The todo that the action was about, which is the highest of those it changed, and how many these are."""
    todos = list(
        Todo.objects.filter(pk__in=action.todo_ids)
        .select_related("todo_list")
        .order_by("depth", "pk")
    )
    return (todos[0] if todos else None), len(todos)


def _sentence(verb: str, top: Todo, total: int) -> str:
    if verb == "complete" and total > 1 and top.is_completed:
        return ngettext(
            "Completed “%(title)s” and %(count)s subtask.",
            "Completed “%(title)s” and %(count)s subtasks.",
            total - 1,
        )
    if verb in ("complete", "skip") and not top.is_completed and top.due_date is not None:
        sentence = _("Completed “%(title)s”.") if verb == "complete" else _("Skipped “%(title)s”.")
        return f"{sentence} {_('Next: %(day)s.')}"
    if verb == "date" and top.due_date is not None:
        return _("Moved “%(title)s” to %(day)s.")
    return {
        "complete": _("Completed “%(title)s”."),
        "skip": _("Skipped “%(title)s”."),
        "reopen": _("Reopened “%(title)s”."),
        "create": _("Added “%(title)s” to %(list)s."),
        "edit": _("Saved “%(title)s”."),
        "date": _("Saved “%(title)s”."),
        "move": _("Moved “%(title)s”."),
        "delete": _("Moved “%(title)s” to the trash."),
        "restore": _("Restored “%(title)s” in %(list)s."),
    }[verb]


def _bulk_sentence(verb: str, total: int) -> str:
    return {
        "bulk-complete": ngettext(
            "Completed %(count)s todo.", "Completed %(count)s todos.", total
        ),
        "bulk-delete": ngettext(
            "Moved %(count)s todo to the trash.", "Moved %(count)s todos to the trash.", total
        ),
        "bulk-move": ngettext("Moved %(count)s todo.", "Moved %(count)s todos.", total),
        "bulk-create": ngettext("Added %(count)s todo.", "Added %(count)s todos.", total),
        "bulk-import": ngettext("Imported %(count)s todo.", "Imported %(count)s todos.", total),
    }.get(verb, ngettext("Changed %(count)s todo.", "Changed %(count)s todos.", total))


_PRIORITIES = {
    "high": _lazy("High priority"),
    "medium": _lazy("Medium priority"),
    "low": _lazy("Low priority"),
    "none": "",
}
_KEPT = {
    "same": lambda: _("Nothing to change."),
    "done": lambda: _("That was already done."),
    "edge": lambda: _("It can't go any further."),
    "place": lambda: _(
        "It can't go there: at most %(levels)d levels, and open todos only under open ones."
    )
    % {"levels": MAX_LEVELS},
    "changed": lambda: _("Not done: somebody changed it meanwhile. This is how it is now."),
    "none": lambda: _("Choose at least one todo first."),
    "date": lambda: _("That is not a date."),
    "imported": lambda: _("Imported."),
    "reminder": lambda: _("No reminder: choose a time that lies ahead."),
    "preferences": lambda: _("Saved your preferences."),
}
