"""Who looks at a page, fills in a form or gets a mail: their clock, their day and how they write dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.db.models import DateField, Exists, QuerySet, TimeField
from django.utils import formats, translation

from django_todos.conf import settings
from django_todos.dates import day_bounds, today_in
from django_todos.instants import InstantField, now
from django_todos.models import DayOrder, HourCycle, Preferences, TodoList
from django_todos.models.compiled import AnyUser, Compiled, Slot
from django_todos.models.querysets import first_near, known_object_types, last_near
from django_todos.quickadd.languages import words_for
from django_todos.wording.dates import Style
from django_todos.wording.languages import may_be
from django_todos.wording.regions import MONTH_FIRST, TWELVE_HOURS, WEEK_STARTS, region_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True)
class Viewer:
    """A person, what they prefer, and the moment at which they are asked for."""

    user: AbstractBaseUser
    preferences: Preferences
    now: datetime
    region: str = ""
    """Where their browser says that they live, where there is one to ask."""

    @classmethod
    def of(cls, user: AbstractBaseUser, accept_language: str = "") -> Viewer:
        """The viewer that a user is now, with the header that their browser sent; one query."""
        found: Any = next(iter(_saved({"user": user.pk})), None)
        if found is not None and not found.objects_exist:
            known_object_types([])  # spares the request a query
        preferences = getattr(found, "todos_preferences", None) or Preferences(user_id=user.pk)
        region = region_of(accept_language) or preferences.seen_region
        return cls(user, preferences, now(), region)

    @classmethod
    def of_each(cls, users: set[Any], now: datetime) -> dict[Any, Viewer]:
        """The viewers that these users are in their mails, by primary key; one query."""
        saved = {one.user_id: one for one in Preferences.objects.filter(user__in=users)}
        known = {user: saved.get(user.pk) or Preferences(user_id=user.pk) for user in users}
        return {user.pk: cls(user, one, now, one.seen_region) for user, one in known.items()}

    @cached_property
    def zone(self) -> ZoneInfo:
        """Where their day is."""
        return self.preferences.zone

    @cached_property
    def today(self) -> date:
        """Their day."""
        return today_in(self.now, self.zone)

    @property
    def language(self) -> str:
        """The language that they chose, else the one in force."""
        chosen = self.preferences.language
        return chosen if may_be(chosen) else translation.get_language() or project.LANGUAGE_CODE

    @property
    def mail_language(self) -> str:
        """The language of their mails: chosen, else their browser's last, else the project's. Never the sender's."""
        asked = (self.preferences.language, self.preferences.seen_language)
        return next(filter(may_be, asked), project.LANGUAGE_CODE)

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
        """The first day of the week, 0 for Monday: as chosen, else as in their region, else as the language has it."""
        chosen = self.preferences.week_start
        if chosen is None and self.region:
            return WEEK_STARTS.get(self.region, 0)
        return (formats.get_format("FIRST_DAY_OF_WEEK") - 1) % 7 if chosen is None else chosen

    @property
    def day_first(self) -> bool:
        """Whether the day comes before the month: as chosen, else as people in their region write."""
        chosen = self.preferences.day_order
        return chosen == DayOrder.DAY if chosen else self.region not in MONTH_FIRST

    @property
    def twelve_hours(self) -> bool:
        """Whether it is 2:05 PM, not 14:05: as chosen, else as people in their region write."""
        chosen = self.preferences.hour_cycle
        return chosen == HourCycle.HALF_DAY if chosen else self.region in TWELVE_HOURS

    @property
    def style(self) -> Style:
        """How dates and times are written for them."""
        return Style(self.day_first, self.twelve_hours)

    @property
    def reading(self) -> dict[str, Any]:
        """What the reading of words for dates depends on. 1/2 is read in the order that dates are written in."""
        return {
            "now": self.now,
            "tz": self.zone,
            "week_start": self.week_start,
            "day_first": self.day_first,
            "words": words_for(self.language),
        }

    @property
    def instants(self) -> dict[str, Any]:
        """Their moment and their day as queries ask for them: what `ANY_INSTANTS` stands for."""
        local = self.now.astimezone(self.zone)
        return {
            "now": self.now,
            "today": self.today,
            "end": day_bounds(self.today, self.zone)[1],
            "since": first_near(self.today),
            "near": last_near(self.today),
            "day": local.date(),
            "time": local.time(),
        }

    @property
    def address(self) -> str:
        """Where mail reaches them, or nothing."""
        name = type(self.user).get_email_field_name()
        return str(getattr(self.user, name, "") or "")

    @property
    def reachable(self) -> bool:
        """Whether there is an account to write to, of somebody who has todos here."""
        return bool(self.user.is_active and self.address and settings.MAY_USE(self.user))


ANY_INSTANTS = {
    "now": Slot("now", InstantField()),
    "today": Slot("today", DateField()),
    "end": Slot("end", InstantField()),
    "since": Slot("since", DateField()),
    "near": Slot("near", DateField()),
    "day": Slot("day", DateField()),
    "time": Slot("time", TimeField()),
}
"""Anybody's, while a query is built that is compiled once."""


@Compiled
def _saved() -> QuerySet[Any]:
    """By way of the user, who is there also where nothing was saved."""
    about_objects = TodoList.objects.exclude(object_type=None)
    user = get_user_model()._base_manager.filter(pk=AnyUser().pk)
    saved = user.select_related("todos_preferences")
    return saved.annotate(objects_exist=Exists(about_objects))
