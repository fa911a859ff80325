"""What the commands of import, export and demo share: who, where, and in which time zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from django_todos.access import read_uuid
from django_todos.dates import resolve_zone
from django_todos.models import Preferences, TodoList

if TYPE_CHECKING:
    from django_todos.models.querysets import TodoListQuerySet


def get_user(name: str) -> Any:
    """The account with that user name."""
    users = get_user_model()
    try:
        return users._default_manager.get_by_natural_key(name)
    except users.DoesNotExist:
        raise CommandError(f"There is no user “{name}”.") from None


def get_zone(name: str | None, user: Any) -> ZoneInfo:
    """The zone that was asked for, else the user's."""
    if not name:
        return Preferences.of(user).zone
    zone = resolve_zone(name)
    if zone is None:
        raise CommandError(f"“{name}” is not a time zone, such as Europe/Lisbon.")
    return zone


def get_list(lists: TodoListQuerySet, name: str) -> TodoList:
    """The one list with that name or UUID, out of those given."""
    named = {"uuid": name} if read_uuid(name) else {"name__iexact": name}
    found = list(lists.filter(**named))
    if len(found) == 1:
        return found[0]
    if not found:
        raise CommandError(f"There is no list “{name}” that this user may use.")
    uuids = ", ".join(str(one.uuid) for one in found)
    raise CommandError(f"There are {len(found)} lists “{name}”; name one by its UUID: {uuids}.")
