"""What is said about an action, and whether that can be undone."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from django_todos.limits import MAX_LEVELS
from django_todos.models import Action, Todo, TodoList
from django_todos.wording.dates import date_words, moment_words
from django_todos.wording.people import display_name
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


def about(action: Action | None, viewer: Viewer) -> Toast | None:
    """The message about an action just done."""
    if action is None:
        return None
    if action.undone_at is not None:
        return Toast(_("Undone."))
    if action.changes["lists"]:
        todo_list = TodoList.objects.filter(pk__in=list(action.changes["lists"])).first()
        values = {"title": todo_list.name if todo_list is not None else ""}
        return Toast(_sentence(action.verb) % values, action.uuid)
    return _about_todos(action, viewer)


def undone(was: bool) -> Toast:
    """The message after Undo."""
    return Toast(_("Undone.") if was else _("Not undone: somebody changed it since."))


def kept(reason: str) -> Toast:
    """The message where nothing was done, or nothing that could be undone."""
    return Toast(str(_KEPT.get(reason, _KEPT["same"])) % {"levels": MAX_LEVELS})


def _about_todos(action: Action, viewer: Viewer) -> Toast:
    top, total = _top(action)
    if top is None:
        return Toast(_("Done."))
    verb, many = action.verb, total > 1
    if verb.startswith("bulk-"):
        text = _bulk_sentence(verb, total, _given(action, top, viewer))
        return Toast(text, action.uuid, many)
    sentence = _sentence_about(verb, top, total)
    is_typed = "typed" in action.changes
    read = _read(top, viewer) if is_typed else ""
    day = top.due.wall(viewer.zone).date
    values = {
        "title": top.title,
        "count": total - 1,
        "list": top.todo_list.name,
        "day": date_words(day, viewer.today) if day is not None else "",
    }
    text = f"{sentence % values} {read}".strip()
    if not is_typed:
        return Toast(text, action.uuid, many)
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


def _top(action: Action) -> tuple[Todo | None, int]:
    """The todo that the action was about, which is the highest of those it changed, and how many these are.

    Those that only made room for it don't count.
    """
    changes = action.changes["todos"].items()
    changed = [int(pk) for pk, change in changes if change.keys() != {"position"}]
    todos = list(
        Todo.objects.filter(pk__in=changed or action.todo_ids)
        .select_related("todo_list")
        .order_by("depth", "pk")
    )
    return (todos[0] if todos else None), len(todos)


def _sentence_about(verb: str, top: Todo, total: int) -> str:
    if verb == "complete" and total > 1 and top.is_completed:
        return ngettext(
            "Completed “%(title)s” and %(count)s subtask.",
            "Completed “%(title)s” and %(count)s subtasks.",
            total - 1,
        )
    if verb in ("complete", "skip") and not top.is_completed and top.due_date is not None:
        return f"{_sentence(verb)} {_('Next: %(day)s.')}"
    if verb == "date" and top.due_date is not None:
        return _("Moved “%(title)s” to %(day)s.")
    if verb == "duplicate" and total > 1:
        return ngettext(
            "Duplicated “%(title)s” and %(count)s subtask.",
            "Duplicated “%(title)s” and %(count)s subtasks.",
            total - 1,
        )
    return _sentence(verb)


def _sentence(verb: str) -> str:
    """What was done; a verb of the host's own, which has no sentence, as it reads."""
    if verb in _DONE:
        return str(_DONE[verb])
    words = capfirst(re.sub(r"[\W_]+", " ", verb).strip())
    return _("%(verb)s: “%%(title)s”.") % {"verb": words}


def _given(action: Action, top: Todo, viewer: Viewer) -> str:
    """What a bulk action gave all of its todos, in words; nothing where it took something off."""
    changes = action.changes["todos"].values()
    if action.verb == "bulk-move":
        return top.todo_list.name
    if action.verb == "bulk-date":
        day = top.due.wall(viewer.zone).date
        return date_words(day, viewer.today) if day is not None else ""
    if action.verb == "bulk-priority":
        return str(_PRIORITIES[top.priority_bucket])
    if action.verb == "bulk-assign":
        return display_name(top.assignee) if top.assignee is not None else ""
    labels = {name for one in changes if "labels" in one for name in one["labels"][1]}
    kept = {name for one in changes if "labels" in one for name in one["labels"][0]}
    return " ".join(f"#{name}" for name in sorted(labels - kept or labels))


def _bulk_sentence(verb: str, total: int, given: str) -> str:
    many, nothing = {
        "bulk-complete": (
            ngettext("Completed %(count)s todo.", "Completed %(count)s todos.", total),
            "",
        ),
        "bulk-delete": (
            ngettext(
                "Moved %(count)s todo to the trash.", "Moved %(count)s todos to the trash.", total
            ),
            "",
        ),
        "bulk-duplicate": (
            ngettext("Added %(count)s copy.", "Added %(count)s copies.", total),
            "",
        ),
        "bulk-move": (
            ngettext(
                "Moved %(count)s todo to %(given)s.", "Moved %(count)s todos to %(given)s.", total
            ),
            "",
        ),
        "bulk-date": (
            ngettext(
                "Moved %(count)s todo to %(given)s.", "Moved %(count)s todos to %(given)s.", total
            ),
            ngettext(
                "Took the date off %(count)s todo.", "Took the date off %(count)s todos.", total
            ),
        ),
        "bulk-priority": (
            ngettext(
                "Set %(count)s todo to %(given)s.", "Set %(count)s todos to %(given)s.", total
            ),
            ngettext(
                "Took the priority off %(count)s todo.",
                "Took the priority off %(count)s todos.",
                total,
            ),
        ),
        "bulk-label": (
            ngettext(
                "Added %(given)s to %(count)s todo.", "Added %(given)s to %(count)s todos.", total
            ),
            "",
        ),
        "bulk-assign": (
            ngettext(
                "Gave %(count)s todo to %(given)s.", "Gave %(count)s todos to %(given)s.", total
            ),
            ngettext(
                "Took %(count)s todo from its person.",
                "Took %(count)s todos from their people.",
                total,
            ),
        ),
        "bulk-create": (ngettext("Added %(count)s todo.", "Added %(count)s todos.", total), ""),
        "bulk-import": (
            ngettext("Imported %(count)s todo.", "Imported %(count)s todos.", total),
            "",
        ),
    }.get(verb, (ngettext("Changed %(count)s todo.", "Changed %(count)s todos.", total), ""))
    return (many if given or not nothing else nothing) % {"count": total, "given": given}


_PRIORITIES = {
    "high": _lazy("High priority"),
    "medium": _lazy("Medium priority"),
    "low": _lazy("Low priority"),
    "none": "",
}
_DONE = {
    "complete": _lazy("Completed “%(title)s”."),
    "skip": _lazy("Skipped “%(title)s”."),
    "reopen": _lazy("Reopened “%(title)s”."),
    "duplicate": _lazy("Duplicated “%(title)s”."),
    "create": _lazy("Added “%(title)s” to %(list)s."),
    "edit": _lazy("Saved “%(title)s”."),
    "date": _lazy("Saved “%(title)s”."),
    "move": _lazy("Moved “%(title)s”."),
    "delete": _lazy("Moved “%(title)s” to the trash."),
    "restore": _lazy("Restored “%(title)s” in %(list)s."),
    "list-edit": _lazy("Saved “%(title)s”."),
    "list-archive": _lazy("Archived “%(title)s”."),
    "list-unarchive": _lazy("“%(title)s” is back."),
    "list-delete": _lazy("Moved “%(title)s” to the trash."),
    "list-restore": _lazy("Restored “%(title)s”."),
}
_KEPT = {
    "same": _lazy("Nothing to change."),
    "done": _lazy("That was already done."),
    "edge": _lazy("It can't go any further."),
    "place": _lazy(
        "It can't go there: at most %(levels)d levels, and open todos only under open ones."
    ),
    "changed": _lazy("Not done: somebody changed it meanwhile. This is how it is now."),
    "none": _lazy("Choose at least one todo first."),
    "date": _lazy("That is not a date."),
    "imported": _lazy("Imported."),
    "reminder": _lazy("No reminder: choose a time that lies ahead."),
    "preferences": _lazy("Saved"),
}
