"""What is said about an action, and whether that can be undone."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, ngettext_lazy

from django_todos.limits import MAX_LEVELS
from django_todos.models import Action, Invitation, Todo, TodoList, Verb
from django_todos.models.given import key_of
from django_todos.wording.dates import date_words, moment_words
from django_todos.wording.people import display_name
from django_todos.wording.repeats import describe

if TYPE_CHECKING:
    from django_todos.viewer import Viewer


SHOWN = 80
"""Characters of a title that a message shows."""


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
        return Toast(gettext("Undone."))
    if action.changes["lists"]:
        todo_list = TodoList.objects.filter(pk__in=list(action.changes["lists"])).first()
        title = _short(str(todo_list)) if todo_list is not None else ""
        values = {"title": title, "person": person_of(action)}
        is_final = action.verb in (Verb.LIST_JOIN, Verb.LIST_LEAVE, Verb.LIST_TRANSFER)
        return Toast(_sentence(action.verb) % values, None if is_final else action.uuid)
    return _about_todos(action, viewer)


def person_of(action: Action) -> str:
    """Whom an action about people concerns; of an invitation, what was typed."""
    if change := action.member_change:
        model = get_user_model()
        user = model._default_manager.filter(pk=key_of(model, change["user"])).first()
        return display_name(user) or gettext("somebody")
    invitations = Invitation.objects.filter(pk__in=list(action.changes.get("invitations", ())))
    return invitations.values_list("typed", flat=True).first() or gettext("somebody")


def undone(was: bool) -> Toast:
    """The message after Undo."""
    return Toast(gettext("Undone.") if was else gettext("Not undone: somebody changed it since."))


def kept(reason: str) -> Toast:
    """The message where nothing was done, or nothing that could be undone."""
    return Toast(str(_KEPT.get(reason, _KEPT["same"])) % {"levels": MAX_LEVELS})


def _short(name: str) -> str:
    """As much of a title or of a list's name as a message has room for."""
    return Truncator(name).chars(SHOWN)


def _about_todos(action: Action, viewer: Viewer) -> Toast:
    if not action.todos_now:
        return Toast(gettext("Done."))
    top, total = action.todos_now[0], len(action.todos_now)
    verb, many = action.verb, total > 1
    if verb.startswith("bulk-"):
        text = _bulk_sentence(verb, total, _given(action, top, viewer))
        return Toast(text, action.uuid, many)
    sentence = _sentence_about(verb, top, total)
    is_typed = "typed" in action.changes
    read = _read(top, viewer) if is_typed else ""
    day = top.due.wall(viewer.zone).date
    values = {
        "title": _short(top.title),
        "count": total - 1,
        "list": _short(str(top.todo_list)),
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
        due and gettext("due %(date)s") % {"date": due},
        start and gettext("starts %(date)s") % {"date": start},
        todo.rrule and describe(todo.rrule, todo.repeat_mode),
        todo.priority and str(_PRIORITIES[todo.priority_bucket]),
        *(f"#{label.name}" for label in todo.labels.all()),
        todo.assignee and f"@{todo.assignee}",
        todo.notes and gettext("notes"),
    ]
    read = gettext(", ").join(str(one) for one in said if one)
    return gettext("Read: %(read)s.") % {"read": read} if read else ""


def _sentence_about(verb: str, top: Todo, total: int) -> str:
    if verb == "complete" and total > 1 and top.is_completed:
        return ngettext(
            "Completed “%(title)s” and %(count)s subtask.",
            "Completed “%(title)s” and %(count)s subtasks.",
            total - 1,
        )
    if verb in ("complete", "skip") and not top.is_completed and top.due_date is not None:
        return " ".join((_sentence(verb), gettext("Next: %(day)s.")))
    if verb == "date" and top.due_date is not None:
        return gettext("Moved “%(title)s” to %(day)s.")
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
    return gettext("%(verb)s: “%%(title)s”.") % {"verb": words}


def _given(action: Action, top: Todo, viewer: Viewer) -> str:
    """What a bulk action gave all of its todos, in words; nothing where it took something off."""
    changes = action.changes["todos"].values()
    if action.verb == "bulk-move":
        return str(top.todo_list)
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
    nothing = _TAKEN.get(verb) if not given else None
    return str((nothing or _BULK.get(verb, _CHANGED)) % {"count": total, "given": given})


_CHANGED = ngettext_lazy("Changed %(count)s todo.", "Changed %(count)s todos.", "count")
_MOVED = ngettext_lazy(
    "Moved %(count)s todo to %(given)s.", "Moved %(count)s todos to %(given)s.", "count"
)
_BULK = {
    "bulk-complete": ngettext_lazy(
        "Completed %(count)s todo.", "Completed %(count)s todos.", "count"
    ),
    "bulk-delete": ngettext_lazy(
        "Moved %(count)s todo to the trash.", "Moved %(count)s todos to the trash.", "count"
    ),
    "bulk-duplicate": ngettext_lazy("Added %(count)s copy.", "Added %(count)s copies.", "count"),
    "bulk-move": _MOVED,
    "bulk-date": _MOVED,
    "bulk-priority": ngettext_lazy(
        "Set %(count)s todo to %(given)s.", "Set %(count)s todos to %(given)s.", "count"
    ),
    "bulk-label": ngettext_lazy(
        "Added %(given)s to %(count)s todo.", "Added %(given)s to %(count)s todos.", "count"
    ),
    "bulk-assign": ngettext_lazy(
        "Gave %(count)s todo to %(given)s.", "Gave %(count)s todos to %(given)s.", "count"
    ),
    "bulk-create": ngettext_lazy("Added %(count)s todo.", "Added %(count)s todos.", "count"),
    "bulk-import": ngettext_lazy("Imported %(count)s todo.", "Imported %(count)s todos.", "count"),
}
"""What was done to how many; of some verbs with what they were given."""
_TAKEN = {
    "bulk-date": ngettext_lazy(
        "Took the date off %(count)s todo.", "Took the date off %(count)s todos.", "count"
    ),
    "bulk-priority": ngettext_lazy(
        "Took the priority off %(count)s todo.", "Took the priority off %(count)s todos.", "count"
    ),
    "bulk-assign": ngettext_lazy(
        "Took %(count)s todo from its person.", "Took %(count)s todos from their people.", "count"
    ),
}
"""The same where they were given nothing."""
_PRIORITIES = {
    "high": _("High priority"),
    "medium": _("Medium priority"),
    "low": _("Low priority"),
    "none": "",
}
_DONE = {
    "complete": _("Completed “%(title)s”."),
    "skip": _("Skipped “%(title)s”."),
    "reopen": _("Reopened “%(title)s”."),
    "duplicate": _("Duplicated “%(title)s”."),
    "create": _("Added “%(title)s” to %(list)s."),
    "edit": _("Saved “%(title)s”."),
    "date": _("Saved “%(title)s”."),
    "move": _("Moved “%(title)s”."),
    "delete": _("Moved “%(title)s” to the trash."),
    "restore": _("Restored “%(title)s” in %(list)s."),
    "list-edit": _("Saved “%(title)s”."),
    "list-archive": _("Archived “%(title)s”."),
    "list-unarchive": _("“%(title)s” is back."),
    "list-delete": _("Moved “%(title)s” to the trash."),
    "list-restore": _("Restored “%(title)s”."),
    "list-invite": _("Invited %(person)s to %(title)s."),
    "list-withdraw": _("Took back the invitation of %(person)s."),
    "list-join": _("You are in %(title)s now."),
    "list-role": _("Changed the role of %(person)s."),
    "list-transfer": _("Handed “%(title)s” over to %(person)s."),
    "list-remove": _("Removed %(person)s."),
    "list-leave": _("You left “%(title)s”."),
}
_KEPT = {
    "same": _("Nothing to change."),
    "done": _("That was already done."),
    "edge": _("It can't go any further."),
    "place": _(
        "It can't go there: at most %(levels)d levels, and open todos only under open ones."
    ),
    "changed": _("Not done: somebody changed it meanwhile. This is how it is now."),
    "replaced": _("Not done: there is a newer list about the same thing."),
    "none": _("Choose at least one todo first."),
    "date": _("That is not a date."),
    "imported": _("Imported."),
    "reminder": _("No reminder: choose a time that lies ahead."),
    "preferences": _("Saved"),
    "owner": _("The last owner can't leave: make somebody else the owner first."),
    "declined": _("Declined."),
    "many": _("Not sent: that were many invitations for one day. Try again tomorrow."),
    "copied": _("This is the copy."),
}
