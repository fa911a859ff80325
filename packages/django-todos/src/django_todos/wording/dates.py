"""Days and times in words, in the reader's language. The year is left out when it is this one.

How they are written (the order of day and month, 12 or 24 hours) is the reader's choice. It is in force like a
language is: `written` sets it for a request or a mail, so that no sentence can forget it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from django_todos.dates import Moment, today_in

State = Literal["none", "late", "today", "later", "done"]


@dataclass(frozen=True, slots=True)
class Style:
    """How somebody writes dates and times: 27 Nov or Nov 27, 14:05 or 2:05 PM."""

    day_first: bool = True
    twelve_hours: bool = False


_PLAIN = Style()
_style = ContextVar("django_todos_style", default=_PLAIN)


def style_in_force() -> Style:
    """How dates and times are written now."""
    return _style.get()


@contextmanager
def written(style: Style) -> Iterator[None]:
    """Dates and times are written like this meanwhile."""
    token = _style.set(style)
    try:
        yield
    finally:
        _style.reset(token)


# Translators: PHP-style date formats, https://docs.djangoproject.com/en/stable/ref/templates/builtins/#date
_FORMATS = {
    "date": (pgettext_lazy("date", "j M"), pgettext_lazy("date, month first", "M j")),
    "date year": (
        pgettext_lazy("date with year", "j M Y"),
        pgettext_lazy("date with year, month first", "M j, Y"),
    ),
    "day": (
        pgettext_lazy("date with weekday", "D j M"),
        pgettext_lazy("date with weekday, month first", "D, M j"),
    ),
    "day year": (
        pgettext_lazy("date with weekday and year", "D j M Y"),
        pgettext_lazy("date with weekday and year, month first", "D, M j, Y"),
    ),
    "long": (
        pgettext_lazy("day and month", "j F"),
        pgettext_lazy("day and month, month first", "F j"),
    ),
    "long year": (
        pgettext_lazy("day, month and year", "j F Y"),
        pgettext_lazy("day, month and year, month first", "F j, Y"),
    ),
    "long day": (
        pgettext_lazy("long date", "l j F"),
        pgettext_lazy("long date, month first", "l, F j"),
    ),
    "long day year": (
        pgettext_lazy("long date with year", "l j F Y"),
        pgettext_lazy("long date with year, month first", "l, F j, Y"),
    ),
}
"""By name: with the day first, and with the month first."""


def _date(day: date, name: str, *, year: bool = False) -> str:
    first, second = _FORMATS[f"{name} year" if year else name]
    return date_format(day, str(first if _style.get().day_first else second))


@dataclass(frozen=True, slots=True)
class MomentWords:
    """A moment in words: what state it is in for the viewer, and how to say so."""

    state: State = "none"
    words: str = ""
    city: str = ""
    iso: str = ""

    @property
    def line(self) -> str:
        """The whole of it for a mail, which has no colours: “Overdue: Fri 20 Nov”, “Today, 09:00 (Lisbon time)”."""
        line = (
            _("Overdue: %(when)s") % {"when": self.words} if self.state == "late" else self.words
        )
        return (
            _("%(when)s (%(city)s time)") % {"when": line, "city": self.city}
            if self.city
            else line
        )


def day_words(day: date, today: date, *, weekday: bool = True) -> str:
    """Yesterday, Today, Tomorrow, else “Wed 2 Dec”; the year only if it is not this one."""
    distance = (day - today).days
    if abs(distance) > 1:
        return date_words(day, today, weekday=weekday)
    return {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}[distance]


def date_words(day: date, today: date, *, weekday: bool = True) -> str:
    """“Wed 2 Dec”; the year only if it is not this one."""
    return _date(day, "day" if weekday else "date", year=day.year != today.year)


def weekday_words(day: date, today: date) -> str:
    """“Tue” for today and tomorrow, “Sat 28” for days after: what a button adds to its name."""
    if (day - today).days < 2:
        return date_format(day, "D")
    return date_format(day, pgettext("weekday and day of the month", "D j"))


def time_words(clock: time) -> str:
    """“14:05”, or “2:05 PM”."""
    # Translators: PHP-style time formats
    half, whole = pgettext("time of 12 hours", "g:i A"), pgettext("time", "H:i")
    return date_format(clock, half if _style.get().twelve_hours else whole)  # type: ignore[arg-type]  # the stubs forget times


def moment_words(moment: Moment, today: date) -> str:
    """“Wed 2 Dec, 09:00 Europe/Lisbon”; nothing for no date."""
    if moment.date is None:
        return ""
    return f"{at(date_words(moment.date, today), moment.time)} {moment.tz}".strip()


def at(day: str, clock: time | None) -> str:
    """A day in words and the time on it, if it has one."""
    if clock is None:
        return day
    values = {"day": day, "time": time_words(clock)}
    return pgettext("a day and a time", "%(day)s, %(time)s") % values if day else values["time"]


def long_date(day: date, today: date | None = None) -> str:
    """“29 November”; the year only if it is not this one."""
    return _date(day, "long", year=today is None or day.year != today.year)


def long_day(day: date, today: date) -> str:
    """“Monday 23 November”; the year only if it is not this one."""
    return _date(day, "long day", year=day.year != today.year)


def month_day(month: int, day: int) -> str:
    """“29 February”, of whatever year."""
    return _date(date(2000, month, day), "long")


def span_words(first: date, last: date, today: date) -> str:
    """23 – 29 November, 30 November – 6 December; a year only if it is not this one."""
    start, end = long_date(first, last if first.year == last.year else today), long_date(
        last, today
    )
    if (first.year, first.month) == (last.year, last.month):
        alone = long_date(last, last)
        if start.startswith(str(first.day)) and alone.startswith(str(last.day)):
            start = str(first.day)
        elif alone.endswith(f" {last.day}"):  # not where a word follows the day: 11月29日
            end = end.replace(alone, str(last.day))
    return _("%(first)s – %(last)s") % {"first": start, "last": end}


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
    needs_day = not time_only or state == "late" and not moment.is_today(today, zone)
    day = day_words(moment.date, today, weekday=weekday) if needs_day else ""
    city = city_of(moment.tz) if moment.tz and moment.tz != zone.key else ""
    iso = moment.date.isoformat() + (f"T{moment.time:%H:%M}" if moment.time else "")
    return MomentWords(state, at(day, moment.time), city, iso)


def city_of(tz: str) -> str:
    """Europe/Lisbon is Lisbon to a reader."""
    return tz.rsplit("/", 1)[-1].replace("_", " ")
