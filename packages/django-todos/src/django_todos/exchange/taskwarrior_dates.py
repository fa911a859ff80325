"""Taskwarrior's dates and durations, and what they are here.

Taskwarrior (docs/durations.html and docs/dates.html of taskwarrior.org; 2.5 to 3) knows instants
only: a day without a time is stored as midnight in the writer's zone, as UTC. Read back in that
zone, midnight is a date again; every other time is a moment in that zone.

Its recurrences are periods counted from the due date (`recur.cpp`): months and years step by the
calendar and stay at a month's last day, which the rules below say in RFC 5545's words.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from django_todos.dates import Moment, local_now, resolve_zone, to_instant
from django_todos.repeats.rule import EVERY_WORKDAY, Freq, Rule, RuleError, parse

_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)Z", re.ASCII)
_PERIOD = re.compile(r"(\d{0,4})\s*([a-z]+)", re.ASCII)
_ISO_PERIOD = re.compile(r"P(\d{1,4})([YMWD])", re.ASCII)

_UNITS: dict[str, tuple[Freq, int]] = {
    **dict.fromkeys(("daily", "days", "day", "d"), ("DAILY", 1)),
    **dict.fromkeys(("weekly", "weeks", "week", "wks", "wk", "w"), ("WEEKLY", 1)),
    **dict.fromkeys(("biweekly", "fortnight"), ("WEEKLY", 2)),
    **dict.fromkeys(
        ("monthly", "months", "month", "mnths", "mths", "mth", "mos", "mo", "m"), ("MONTHLY", 1)
    ),
    "bimonthly": ("MONTHLY", 2),
    **dict.fromkeys(
        ("quarterly", "quarters", "quarter", "qrtrs", "qrtr", "qtrs", "qtr", "q"), ("MONTHLY", 3)
    ),
    "semiannual": ("MONTHLY", 6),
    **dict.fromkeys(("annual", "yearly", "years", "year", "yrs", "yr", "y"), ("YEARLY", 1)),
    **dict.fromkeys(("biannual", "biyearly"), ("YEARLY", 2)),
}
_ISO_UNITS: dict[str, Freq] = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_WORDS = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}
_PLURALS = {"DAILY": "days", "WEEKLY": "weeks", "MONTHLY": "months", "YEARLY": "years"}


def read_stamp(text: str) -> dt.datetime:
    """``20261215T000000Z`` (some programs write it with hyphens); ValueError for anything else."""
    match = _STAMP.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    return dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=dt.UTC)


def write_stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ").rjust(16, "0")


def to_moment(instant: dt.datetime, tz: ZoneInfo) -> Moment:
    """A local midnight is a date; any other time is a moment in ``tz``."""
    wall = local_now(instant, tz)
    if wall.time() == dt.time() or instant == _midnight(wall.date(), tz):
        return Moment(wall.date())
    return Moment.from_datetime(wall, tz.key)


def _midnight(day: dt.date, tz: ZoneInfo) -> dt.datetime:
    return to_instant(dt.datetime.combine(day, dt.time()), tz)


def to_stamp(moment: Moment, tz: ZoneInfo) -> dt.datetime | None:
    """The instant Taskwarrior shows as this moment to somebody in ``tz``."""
    if moment.date is None:
        return None
    return moment.instant(tz) or _midnight(moment.date, tz)


def write_own(moment: Moment, tz: ZoneInfo) -> str:
    """Which of the four cases it was, and the zone in which we made an instant of it."""
    return f"{moment.format()}|{tz.key}"


def read_own(text: str, instant: dt.datetime) -> Moment | None:
    """The case we wrote down, unless the date was changed in Taskwarrior since."""
    written, _bar, zone_name = text.partition("|")
    zone = resolve_zone(zone_name)
    try:
        moment = Moment.parse(written)
    except ValueError:
        return None
    return moment if zone and to_stamp(moment, zone) == instant else None


def period_of(recur: str) -> tuple[Freq, int] | None:
    """Frequency and interval of a ``recur`` value; None for what RFC 5545 days can't say."""
    recur = recur.strip()
    if match := _ISO_PERIOD.fullmatch(recur):
        number, unit = int(match[1]), (_ISO_UNITS[match[2]], 1)
    elif (match := _PERIOD.fullmatch(recur.lower())) and match[2] in _UNITS:
        number, unit = int(match[1] or 1), _UNITS[match[2]]
    else:
        return None
    return (unit[0], number * unit[1]) if number else None


def rule_of(recur: str, anchor: Moment, until: dt.datetime | None, tz: ZoneInfo) -> str:
    """The RRULE of a recurrence that starts at ``anchor``; empty when there is none."""
    if recur.strip().lower() == "weekdays":
        return str(EVERY_WORKDAY) + _until(anchor, until, tz)
    period = period_of(recur)
    if period is None:
        return ""
    return str(Rule(*period).said_on(anchor.date)) + _until(anchor, until, tz)


def _until(anchor: Moment, until: dt.datetime | None, tz: ZoneInfo) -> str:
    """RFC 5545: of the anchor's own kind, a date for dates, UTC for moments in a zone."""
    if until is None:
        return ""
    wall = local_now(until, tz)
    if anchor.case in ("none", "date"):
        return f";UNTIL={wall:%Y%m%d}"
    if anchor.case == "floating":
        return f";UNTIL={wall:%Y%m%dT%H%M%S}"
    return f";UNTIL={write_stamp(until)}"


def recur_of(rrule: str) -> str:
    """The period that comes closest to a rule, for ``recur``; empty when there is none."""
    try:
        rule = replace(parse(rrule), until=None)
    except RuleError:
        return ""
    if rule == EVERY_WORKDAY:
        return "weekdays"
    # A month's last day is what periods mean anyway.
    if rule.ends or not (rule.is_plain or rule.last_such_day):
        return ""
    return _WORDS[rule.freq] if rule.interval == 1 else f"{rule.interval}{_PLURALS[rule.freq]}"


def advance(anchor: Moment, recur: str, steps: int) -> Moment:
    """The moment ``steps`` periods after ``anchor``, as Taskwarrior counts them."""
    period = period_of(recur)
    if anchor.date is None or period is None or not steps:
        return anchor
    freq, interval = period
    day = anchor.date
    try:
        if freq in ("DAILY", "WEEKLY"):
            day += dt.timedelta(days=steps * interval * (7 if freq == "WEEKLY" else 1))
        else:
            day = _add_months(day, steps * interval * (12 if freq == "YEARLY" else 1))
    except (OverflowError, ValueError):
        return anchor
    return Moment(day, anchor.time, anchor.tz)


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = dt.date(year, month + 1, 1)
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))
