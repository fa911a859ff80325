"""The repeat form's fields and the RRULE they stand for, in both directions.

The form speaks of what people repeat: every N days, weeks, months or years; weekdays; a day of the
month, or a counted weekday; an end. A rule that says more has no fields ("custom"), and is kept as
it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.utils.translation import gettext as _

from .limits import MAX_COUNT, MAX_INTERVAL
from .repeats.rule import (
    EVERY_DAY,
    FREQS,
    WEEKEND,
    WORKDAYS,
    Freq,
    Rule,
    RuleError,
    each,
    parse,
)

Ends = Literal["never", "until", "count"]
# What a counted weekday may be: a day of the week, or one of these.
WORKING_DAY, WEEKEND_DAY, ANY_DAY = 7, 8, 9
_GROUPS = {WORKING_DAY: WORKDAYS, WEEKEND_DAY: WEEKEND, ANY_DAY: EVERY_DAY}
NTHS = (1, 2, 3, 4, 5, -1, -2)


@dataclass(frozen=True, slots=True)
class RepeatFields:
    """One repeat as the form shows it.

    ``weekdays`` belongs to WEEKLY; ``month_day`` (1 to 31, -1 the last) or ``nth`` with
    ``weekday`` to MONTHLY and YEARLY; ``month`` to YEARLY. What isn't given comes from the due
    date.
    """

    freq: Freq = "WEEKLY"
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth: int | None = None
    weekday: int | None = None
    month: int | None = None
    ends: Ends = "never"
    until: date | None = None
    count: int | None = None


def build(fields: RepeatFields) -> str:
    """The canonical RRULE of the fields; `RuleError` where they make none.

    Days 29 to 31 mean "or the last day of a shorter month", as who fills in a form expects.
    """
    if fields.freq not in FREQS:
        raise RuleError(_("Choose days, weeks, months or years."))
    if not 1 <= fields.interval <= MAX_INTERVAL:
        raise RuleError(_("Enter a number from 1 to %(most)d.") % {"most": MAX_INTERVAL})
    by_day, by_month_day, by_set_pos = _days(fields)
    rule = Rule(
        fields.freq,
        fields.interval,
        count=_count(fields),
        until=_until(fields),
        by_month=(fields.month,) if fields.freq == "YEARLY" and fields.month else (),
        by_month_day=by_month_day,
        by_day=by_day,
        by_set_pos=by_set_pos,
    )
    return str(parse(str(rule)))


def _count(fields: RepeatFields) -> int | None:
    if fields.ends != "count":
        return None
    if fields.count is None or not 1 <= fields.count <= MAX_COUNT:
        raise RuleError(_("Enter how many times, from 1 to %(most)d.") % {"most": MAX_COUNT})
    return fields.count


def _until(fields: RepeatFields) -> date | None:
    if fields.ends != "until":
        return None
    if fields.until is None:
        raise RuleError(_("Enter the last day."))
    return fields.until


_Days = tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]


def _days(fields: RepeatFields) -> _Days:
    """BYDAY, BYMONTHDAY and BYSETPOS."""
    if fields.freq == "WEEKLY":
        if not set(fields.weekdays) <= set(range(7)):
            raise RuleError(_("Choose weekdays from Monday to Sunday."))
        return each(fields.weekdays), (), ()
    if fields.freq == "DAILY":
        return (), (), ()
    if fields.nth is not None or fields.weekday is not None:
        return _counted(fields)
    if fields.month_day is None:
        return (), (), ()
    if fields.freq == "YEARLY" and fields.month is None:
        raise RuleError(_("Choose the month."))
    return _month_day(fields.month_day, fields.month if fields.freq == "YEARLY" else None)


def _counted(fields: RepeatFields) -> _Days:
    nth, weekday = fields.nth, fields.weekday
    if nth not in NTHS or weekday is None or not 0 <= weekday <= ANY_DAY:
        raise RuleError(_("Choose which weekday of the month."))
    if fields.freq == "YEARLY" and fields.month is None:
        raise RuleError(_("Choose the month."))
    if weekday in _GROUPS:
        return each(_GROUPS[weekday]), (), (nth,)
    return ((nth, weekday),), (), ()


def _month_day(day: int, month: int | None) -> _Days:
    if day == -1:
        return (), (day,), ()
    rule = Rule("MONTHLY").on_day(day)
    if day > {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month or 0, 31):
        raise RuleError(_("That month has no such day."))
    if month and month != 2:  # only February is shorter in some years than in others
        return (), (day,), ()
    return (), rule.by_month_day, rule.by_set_pos


def fields_of(rrule: str) -> RepeatFields | None:
    """The form's fields of a rule, or None if they couldn't say all of it."""
    rule = parse(rrule)
    until = rule.until.date() if isinstance(rule.until, datetime) else rule.until
    counted = rule.by_day and rule.freq in ("MONTHLY", "YEARLY")
    nth, weekday = _counted_of(rule) if counted else (None, None)
    fields = RepeatFields(
        freq=rule.freq,
        interval=rule.interval,
        weekdays=rule.weekdays if rule.freq == "WEEKLY" else (),
        month_day=rule.by_month_day[-1] if rule.by_month_day else None,
        nth=nth,
        weekday=weekday,
        month=rule.by_month[0] if rule.by_month else None,
        ends="count" if rule.count else "until" if until else "never",
        until=until,
        count=rule.count,
    )
    try:  # the fields say all of it if they make the same rule again
        return fields if build(fields) == str(rule) else None
    except RuleError:
        return None


def _counted_of(rule: Rule) -> tuple[int | None, int | None]:
    if len(rule.by_set_pos) == 1:
        group = {days: code for code, days in _GROUPS.items()}.get(rule.weekdays)
        return rule.by_set_pos[0], group
    return rule.by_day[0]
