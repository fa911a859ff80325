"""Who looks at a page, fills in a form or gets a mail: their clock, their day and how their language writes dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Exists
from django.utils import formats, timezone

from django_todos.dates import today_in
from django_todos.models import Preferences, TodoList
from django_todos.models.querysets import known_object_types

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True)
class Viewer:
    """A person, what they prefer, and the moment at which they are asked for."""

    user: AbstractBaseUser
    preferences: Preferences
    now: datetime

    @classmethod
    def of(cls, user: AbstractBaseUser) -> Viewer:
        """The viewer that a user is now; one query."""
        about_objects = TodoList.objects.exclude(object_type=None)
        saved = (
            Preferences.objects.filter(user=user.pk)
            .annotate(objects_exist=Exists(about_objects))
            .first()
        )
        if saved is not None and not saved.objects_exist:
            known_object_types([])  # spares the request a query
        return cls(user, saved or Preferences(user_id=user.pk), timezone.now())

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where their day is."""
        return self.preferences.zone

    @cached_property
    def today(self) -> date:
        """Their day."""
        return today_in(self.now, self.zone)

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self.preferences.theme

    @property
    def shortcuts(self) -> bool:
        """Whether single keys do something."""
        return self.preferences.shortcuts

    @property
    def week_start(self) -> int:
        """The first day of the week, 0 for Monday: as chosen, else as the language has it."""
        chosen = self.preferences.week_start
        return (formats.get_format("FIRST_DAY_OF_WEEK") - 1) % 7 if chosen is None else chosen

    @property
    def reading(self) -> dict[str, Any]:
        """What the reading of words for dates depends on. 1/2 is what the language's short dates make of it."""
        return {
            "now": self.now,
            "tz": self.zone,
            "week_start": self.week_start,
            "day_first": formats.get_format("SHORT_DATE_FORMAT")[:1] not in ("m", "n", "N", "M"),
        }

    @property
    def address(self) -> str:
        """Where mail reaches them, or nothing."""
        name = type(self.user).get_email_field_name()
        return str(getattr(self.user, name, "") or "")

    @property
    def reachable(self) -> bool:
        """Whether there is an account to write to."""
        return bool(self.user.is_active and self.address)
