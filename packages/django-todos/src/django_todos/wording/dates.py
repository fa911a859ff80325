"""Days and times in words, in the reader's language. The year is left out when it is this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from django_todos.dates import Moment, today_in

State = Literal["none", "late", "today", "later", "done"]


@dataclass(frozen=True, slots=True)
class MomentWords:
    """A moment in words: what state it is in for the viewer, and how to say so."""

    state: State = "none"
    words: str = ""
    city: str = ""
    iso: str = ""


def day_words(day: date, today: date, *, weekday: bool = True) -> str:
    """Yesterday, Today, Tomorrow, else “Wed 2 Dec”; the year only if it is not this one."""
    distance = (day - today).days
    near = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}.get(distance)
    return near or date_words(day, today, weekday=weekday)


def date_words(day: date, today: date, *, weekday: bool = True) -> str:
    """“Wed 2 Dec”; the year only if it is not this one."""
    # Translators: PHP-style date format, https://docs.djangoproject.com/en/stable/ref/templates/builtins/#date
    known = pgettext("date with weekday", "D j M") if weekday else pgettext("date", "j M")
    far = (
        pgettext("date with weekday and year", "D j M Y")
        if weekday
        else pgettext("date with year", "j M Y")
    )
    return date_format(day, known if day.year == today.year else far)


def time_words(clock: time) -> str:
    """A time of day as the locale writes it in a list."""
    # Translators: PHP-style time format
    return date_format(clock, pgettext("time", "H:i"))  # type: ignore[arg-type]  # the stubs forget times


def moment_words(moment: Moment, today: date) -> str:
    """“Wed 2 Dec 09:00 Europe/Lisbon”; nothing for no date."""
    if moment.date is None:
        return ""
    clock = time_words(moment.time) if moment.time is not None else ""
    return " ".join(filter(None, (date_words(moment.date, today), clock, moment.tz)))


def span_day(day: date, today: date) -> str:
    """“29 November”; the year only if it is not this one."""
    if day.year == today.year:
        return date_format(day, pgettext("day and month", "j F"))
    return date_format(day, pgettext("day, month and year", "j F Y"))


def when_words(
    moment: Moment,
    now: datetime,
    zone: ZoneInfo,
    *,
    done: bool = False,
    time_only: bool = False,
    weekday: bool = True,
) -> MomentWords:
    """A moment in words for somebody in `zone` at `now`."""
    if moment.date is None:
        return MomentWords()
    today = today_in(now, zone)
    state: State = "later"
    if done:
        state = "done"
    elif moment.is_overdue(now, zone):
        state = "late"
    elif moment.is_today(today, zone):
        state = "today"
    parts = []
    if not time_only or state == "late" and not moment.is_today(today, zone):
        parts.append(day_words(moment.date, today, weekday=weekday))
    if moment.time is not None:
        parts.append(time_words(moment.time))
    city = city_of(moment.tz) if moment.tz and moment.tz != zone.key else ""
    iso = moment.date.isoformat() + (f"T{moment.time:%H:%M}" if moment.time else "")
    return MomentWords(state, " ".join(parts), city, iso)


def city_of(tz: str) -> str:
    """Europe/Lisbon is Lisbon to a reader."""
    return tz.rsplit("/", 1)[-1].replace("_", " ")
