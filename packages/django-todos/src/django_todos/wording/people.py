"""What people are called. Any user model will do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos.conf import settings

if TYPE_CHECKING:
    from django_todos.models import Invitation, Notice


Names = tuple[str, str]
"""What somebody is called, and by what they sign in."""

_noted: ContextVar[dict[Any, Names | None] | None] = ContextVar("noted", default=None)


@contextmanager
def names_noted() -> Iterator[dict[Any, Names | None]]:
    """Notes whose names are read within, by primary key; None where somebody got another name meanwhile."""
    noted: dict[Any, Names | None] = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def names_of(user: Any) -> Names:
    """Those of a user."""
    return str(settings.USER_DISPLAY(user) or ""), user.get_username()


def display_name(user: Any) -> str:
    """As the host says (``TODOS_USER_DISPLAY``), else the full name, else the user name; nothing for nobody."""
    if not user:
        return ""
    names = names_of(user)
    if (noted := _noted.get()) is not None and noted.setdefault(user.pk, names) != names:
        noted[user.pk] = None
    return names[0]


def asks(invitation: Invitation) -> str:
    """Who asks one into which list."""
    values = {"who": display_name(invitation.invited_by), "list": invitation.todo_list.name}
    if values["who"]:
        return gettext("%(who)s invites you to “%(list)s”") % values
    return gettext("You are invited to “%(list)s”") % values


def news(notice: Notice, role: str) -> str:
    """What somebody did that concerns another, told to that one."""
    topic, invitation, action = notice.topic, notice.invitation, notice.action
    who = display_name(action.user) if action is not None else ""
    if invitation is not None:  # whose account it was that said no stays unsaid
        topic = invitation.ending
        who = who or invitation.typed
    values = {
        "who": who or gettext("Somebody"),
        "list": notice.todo_list.name,
        "todo": notice.todo.title if notice.todo is not None else "",
        "role": role,
    }
    return str(_NEWS[topic]) % values


_NEWS = {
    "assigned": _("%(who)s gave you “%(todo)s”"),
    "removed": _("%(who)s took you out of “%(list)s”"),
    "accepted": _("%(who)s joined “%(list)s”"),
    "declined": _("%(who)s declined your invitation to “%(list)s”"),
    "role": _("%(who)s changed your role in “%(list)s”: %(role)s"),
}


def initials(user: Any) -> str:
    """Two letters for the round mark: first and last name, else the first two of the only one."""
    words = re.findall(r"\w+", display_name(user))
    if not words:
        return ""
    return words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]
