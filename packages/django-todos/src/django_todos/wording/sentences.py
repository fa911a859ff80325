"""The sentences in which a history is told, by the kind of what was done.

Each is whole, for a language puts its parts in other orders. Who it was stands for `who`, the todo for `todo`; `old` and
`new` are what was there before and after.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from django_todos.models import Verb

_COMPLETED_ONE = (
    _("%(who)s completed the %(old)s occurrence"),
    _("%(who)s completed the %(old)s occurrence of %(todo)s"),
)
_SKIPPED_ONE = (
    _("%(who)s skipped the %(old)s occurrence"),
    _("%(who)s skipped the %(old)s occurrence of %(todo)s"),
)

# Each of these twice: in a todo's own history, and in that of its list.
DONE = {
    "add": (_("%(who)s created it"), _("%(who)s added %(todo)s")),
    "import": (_("%(who)s imported it"), _("%(who)s imported %(todo)s")),
    "complete": (_("%(who)s completed it"), _("%(who)s completed %(todo)s")),
    "pass": (_("%(who)s completed it"), _("%(who)s completed %(todo)s")),
    "skip": (_("%(who)s skipped it"), _("%(who)s skipped %(todo)s")),
    "reopen": (_("%(who)s reopened it"), _("%(who)s reopened %(todo)s")),
    "delete": (_("%(who)s moved it to the trash"), _("%(who)s moved %(todo)s to the trash")),
    "restore": (_("%(who)s restored it"), _("%(who)s restored %(todo)s")),
    "order": (_("%(who)s moved it up or down"), _("%(who)s moved %(todo)s up or down")),
    "out": (_("%(who)s moved it to the top level"), _("%(who)s moved %(todo)s to the top level")),
    "notes": (_("%(who)s changed the notes"), _("%(who)s changed the notes of %(todo)s")),
    "edit": (_("%(who)s changed it"), _("%(who)s changed %(todo)s")),
    Verb.LIST_ARCHIVE: (_("%(who)s archived the list"),) * 2,
    Verb.LIST_UNARCHIVE: (_("%(who)s brought the list back from the archive"),) * 2,
    Verb.LIST_DELETE: (_("%(who)s moved the list to the trash"),) * 2,
    Verb.LIST_RESTORE: (_("%(who)s restored the list"),) * 2,
    Verb.LIST_WITHDRAW: (_("%(who)s took back the invitation of %(person)s"),) * 2,
    Verb.LIST_TRANSFER: (_("%(who)s handed the list over to %(person)s"),) * 2,
    Verb.LIST_REMOVE: (_("%(who)s removed %(person)s"),) * 2,
    Verb.LIST_LEAVE: (_("%(who)s left the list"),) * 2,
    "list-description": (_("%(who)s changed the description of the list"),) * 2,
}
MANY = {
    "add": ngettext_lazy("%(who)s added %(count)s todo", "%(who)s added %(count)s todos", "count"),
    "import": ngettext_lazy(
        "%(who)s imported %(count)s todo", "%(who)s imported %(count)s todos", "count"
    ),
    "complete": ngettext_lazy(
        "%(who)s completed %(count)s todo", "%(who)s completed %(count)s todos", "count"
    ),
    "reopen": ngettext_lazy(
        "%(who)s reopened %(count)s todo", "%(who)s reopened %(count)s todos", "count"
    ),
    "delete": ngettext_lazy(
        "%(who)s moved %(count)s todo to the trash",
        "%(who)s moved %(count)s todos to the trash",
        "count",
    ),
    "restore": ngettext_lazy(
        "%(who)s restored %(count)s todo", "%(who)s restored %(count)s todos", "count"
    ),
    "order": ngettext_lazy(
        "%(who)s moved %(count)s todo up or down",
        "%(who)s moved %(count)s todos up or down",
        "count",
    ),
}
"""What is told in one line of several todos."""
WITH_SUBTASKS = (
    ngettext_lazy(
        "%(who)s completed it with %(count)s subtask",
        "%(who)s completed it with %(count)s subtasks",
        "count",
    ),
    ngettext_lazy(
        "%(who)s completed %(todo)s with %(count)s subtask",
        "%(who)s completed %(todo)s with %(count)s subtasks",
        "count",
    ),
)
# The same three times: something new, one for another, what was there gone.
CHANGED = {
    Verb.LIST_INVITE: ((_("%(who)s invited %(person)s as %(new)s"),) * 2,) * 3,
    Verb.LIST_JOIN: ((_("%(who)s joined as %(new)s"),) * 2,) * 3,
    Verb.LIST_ROLE: (
        (_("%(who)s added %(person)s as %(new)s"),) * 2,
        (_("%(who)s changed the role of %(person)s from %(old)s to %(new)s"),) * 2,
        (_("%(who)s changed the role of %(person)s"),) * 2,
    ),
    "pass": (
        (_("%(who)s completed it"), _("%(who)s completed %(todo)s")),
        *[_COMPLETED_ONE] * 2,
    ),
    "skip": (
        (_("%(who)s skipped it"), _("%(who)s skipped %(todo)s")),
        *[_SKIPPED_ONE] * 2,
    ),
    "move": (
        (_("%(who)s moved it to %(new)s"), _("%(who)s moved %(todo)s to %(new)s")),
        (
            _("%(who)s moved it from %(old)s to %(new)s"),
            _("%(who)s moved %(todo)s from %(old)s to %(new)s"),
        ),
        (_("%(who)s moved it from %(old)s"), _("%(who)s moved %(todo)s from %(old)s")),
    ),
    "under": (
        (
            _("%(who)s made it a subtask of %(new)s"),
            _("%(who)s made %(todo)s a subtask of %(new)s"),
        ),
        (
            _("%(who)s moved it from %(old)s to %(new)s"),
            _("%(who)s moved %(todo)s from %(old)s to %(new)s"),
        ),
        (_("%(who)s moved it to the top level"), _("%(who)s moved %(todo)s to the top level")),
    ),
    "title": (
        (_("%(who)s changed the title to %(new)s"), _("%(who)s named it %(new)s")),
        (
            _("%(who)s changed the title from %(old)s to %(new)s"),
            _("%(who)s renamed %(old)s to %(new)s"),
        ),
        (_("%(who)s changed the title"), _("%(who)s renamed %(todo)s")),
    ),
    "priority": (
        (
            _("%(who)s set the priority to %(new)s"),
            _("%(who)s set the priority of %(todo)s to %(new)s"),
        ),
        (
            _("%(who)s changed the priority from %(old)s to %(new)s"),
            _("%(who)s changed the priority of %(todo)s from %(old)s to %(new)s"),
        ),
        (
            _("%(who)s took the priority %(old)s off"),
            _("%(who)s took the priority %(old)s off %(todo)s"),
        ),
    ),
    "due": (
        (
            _("%(who)s set the due date to %(new)s"),
            _("%(who)s set the due date of %(todo)s to %(new)s"),
        ),
        (
            _("%(who)s changed the due date from %(old)s to %(new)s"),
            _("%(who)s changed the due date of %(todo)s from %(old)s to %(new)s"),
        ),
        (
            _("%(who)s took the due date %(old)s off"),
            _("%(who)s took the due date %(old)s off %(todo)s"),
        ),
    ),
    "start": (
        (
            _("%(who)s set the start to %(new)s"),
            _("%(who)s set the start of %(todo)s to %(new)s"),
        ),
        (
            _("%(who)s changed the start from %(old)s to %(new)s"),
            _("%(who)s changed the start of %(todo)s from %(old)s to %(new)s"),
        ),
        (
            _("%(who)s took the start %(old)s off"),
            _("%(who)s took the start %(old)s off %(todo)s"),
        ),
    ),
    "time": (
        (_("%(who)s set the time to %(new)s"), _("%(who)s set the time of %(todo)s to %(new)s")),
        (
            _("%(who)s changed the time from %(old)s to %(new)s"),
            _("%(who)s changed the time of %(todo)s from %(old)s to %(new)s"),
        ),
        (_("%(who)s took the time %(old)s off"), _("%(who)s took the time %(old)s off %(todo)s")),
    ),
    "repeat": (
        (
            _("%(who)s set the repeat to %(new)s"),
            _("%(who)s set the repeat of %(todo)s to %(new)s"),
        ),
        (
            _("%(who)s changed the repeat from %(old)s to %(new)s"),
            _("%(who)s changed the repeat of %(todo)s from %(old)s to %(new)s"),
        ),
        (
            _("%(who)s took the repeat %(old)s off"),
            _("%(who)s took the repeat %(old)s off %(todo)s"),
        ),
    ),
    "labels": (
        (_("%(who)s added %(new)s"), _("%(who)s added %(new)s to %(todo)s")),
        (
            _("%(who)s changed the labels from %(old)s to %(new)s"),
            _("%(who)s changed the labels of %(todo)s from %(old)s to %(new)s"),
        ),
        (_("%(who)s took %(old)s off"), _("%(who)s took %(old)s off %(todo)s")),
    ),
    "assignee_id": (
        (_("%(who)s assigned it to %(new)s"), _("%(who)s assigned %(todo)s to %(new)s")),
        (
            _("%(who)s handed it over from %(old)s to %(new)s"),
            _("%(who)s handed %(todo)s over from %(old)s to %(new)s"),
        ),
        (_("%(who)s took it from %(old)s"), _("%(who)s took %(todo)s from %(old)s")),
    ),
    "list-name": ((_("%(who)s renamed the list from %(old)s to %(new)s"),) * 2,) * 3,
}
