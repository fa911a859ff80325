"""When a repeating todo comes next.

Pure: no clock, no model. A `Repeat` is an RFC 5545 RRULE, what it counts from, and its anchor
(the rule's DTSTART). Days are expanded by ``dateutil.rrule`` in wall time, with naive datetimes,
so that 09:00 stays 09:00 over a clock change; only then does a zone make instants of them.

Four things are not left to dateutil, each for a reason that a test names:

- the anchor is the first occurrence even where it doesn't match the rule (RFC 5545, section
  3.8.5.3: DTSTART "always counts as the first occurrence"), so COUNT counts it;
- UNTIL is read in the anchor's own terms (see `_is_past_until`);
- no search is long: it starts near the date asked for and gives up after a number of periods;
- parts that dateutil reads differently from RFC 5545 are spelled out for it (see `_arguments`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from ..dates import Moment, day_bounds, local_now, to_instant, today_in
from .rule import Freq, Mode, Rule, RuleError, parse

_FREQ: dict[Freq, Literal[0, 1, 2, 3]] = {
    "YEARLY": 0,
    "MONTHLY": 1,
    "WEEKLY": 2,
    "DAILY": 3,
}
"""As dateutil numbers them, which is read by the first that repeats: not by each process that starts."""
# Periods a search may walk through. The calendar repeats itself after 400 years: a yearly or
# monthly rule that named no day by then never will. Days and weeks stop at 54 and 115 years.
MAX_PERIODS: dict[Freq, int] = {"YEARLY": 400, "MONTHLY": 4800, "WEEKLY": 6000, "DAILY": 20000}


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule, what it counts from, and the date that it starts with."""

    rrule: str
    mode: Mode = "due"
    anchor: Moment = Moment()

    def __post_init__(self) -> None:
        if self.mode not in ("due", "completion"):
            raise RuleError(_("A repeat counts from the due date or from completion."))
        parse(self.rrule)

    @property
    def rule(self) -> Rule:
        """The rule, read; `parse` remembers it."""
        return parse(self.rrule)


def parse_rrule(text: str) -> str:
    """The canonical text of a rule; `RuleError` if it can't be used or names no day at all."""
    rule = parse(text)
    sample = replace(rule, interval=1, count=None, until=None)
    # From 1 January of a leap year that no month rule can miss; plain rules take any day.
    if not rule.is_plain and next(_expand(sample, datetime(2000, 1, 1)), None) is None:
        raise RuleError(_("No day fits this repeat rule."))
    return str(rule)


def next_occurrence(
    repeat: Repeat,
    current: Moment,
    now: datetime,
    zone: ZoneInfo,
    occurrence: int = 0,
    *,
    slot: Moment = Moment(),  # noqa: B008  frozen
) -> Moment | None:
    """Where completing `current` at `now` moves a todo: None when that was the last occurrence.

    The first occurrence strictly after the slot (the date that the rule gave; `current` is where it
    was moved to), the current date and now (`zone` says whose now it is, for dates and floating
    times); a plain interval from completion counts from the day of completion alone. `occurrence`
    is the number of completions before this one; it is COUNT's measure when counting from
    completion. Counting from the due date, COUNT means the occurrences since the anchor, missed
    ones included.
    """
    return _next(repeat, (slot, current), now, zone, occurrence + 1, skipped=False)


def skip_occurrence(
    repeat: Repeat,
    current: Moment,
    now: datetime,
    zone: ZoneInfo,
    occurrence: int = 0,
    *,
    slot: Moment = Moment(),  # noqa: B008
) -> Moment | None:
    """Where skipping `current` moves a todo: like completing it, but nothing was completed.

    From completion, the rule counts from the day skipped (from today if that has passed), and
    COUNT isn't used up.
    """
    return _next(repeat, (slot, current), now, zone, occurrence, skipped=True)


def upcoming(
    repeat: Repeat,
    current: Moment,
    now: datetime,
    zone: ZoneInfo,
    count: int = 5,
    occurrence: int = 0,
    *,
    slot: Moment = Moment(),  # noqa: B008
) -> list[Moment]:
    """The dates to show before saving: `current` if it is still ahead, and those that follow.

    From completion, each is taken to be completed on its day.
    """
    dates: list[Moment] = []
    if current and not current.is_overdue(now, zone):
        dates.append(current)
    last: Moment | None = current
    while last is not None and len(dates) < count:
        done_at = max(now, _begins(last, zone) or now) if repeat.mode == "completion" else now
        last = next_occurrence(repeat, last, done_at, zone, occurrence, slot=slot)
        occurrence, slot = occurrence + 1, Moment()
        if last is not None:
            dates.append(last)
    return dates[:count]


def first_occurrence(rrule: str, start: Moment) -> Moment | None:
    """The first day of the rule on or after `start`, at its time: for words that gave no date."""
    if start.date is None:
        return None
    rule, begin = parse(rrule), datetime.combine(start.date, start.time or time())
    found = next((wall for wall in _expand(rule, begin) if wall >= begin), None)
    if found is None or _is_past_until(rule, found, start):
        return None
    return _moment(found, start)


def shift_with(old: Moment, new: Moment, other: Moment) -> Moment:
    """Move `other` (a start, a subtask's date) by the step from `old` to `new`.

    The step is in days: an occurrence that moved to another hour doesn't drag other times along.
    Where the calendar ends, `other` stays.
    """
    if old.date is None or new.date is None or other.date is None:
        return other
    try:
        return other.shift(days=(new.date - old.date).days)
    except OverflowError:
        return other


def _begins(moment: Moment, zone: ZoneInfo) -> datetime | None:
    if moment.case == "date" and moment.date is not None:
        return day_bounds(moment.date, zone)[0]
    return moment.instant(zone)


def _next(
    repeat: Repeat,
    held: tuple[Moment, Moment],
    now: datetime,
    zone: ZoneInfo,
    taken: int,
    *,
    skipped: bool,
) -> Moment | None:
    rule = repeat.rule
    anchor = repeat.anchor or held[0] or held[1] or Moment(today_in(now, zone))
    frame = anchor.zone or zone
    after, after_day = now, date.min
    if repeat.mode == "due" or not rule.is_plain:
        after = max([now, *(one.instant(zone) or now for one in held)])
        after_day = max([date.min, *(one.date for one in held if one.case == "date" and one.date)])
    if anchor.time is None:  # a whole day is after an instant if it begins after that day
        after_day = max(after_day, today_in(after, frame))
    if repeat.mode == "completion":
        if rule.count is not None and taken >= rule.count:
            return None
        day = today_in(now, frame)
        if skipped:
            day = max(day, *(one.wall(frame).date or day for one in held))
        # The day it was completed on is over: every! day at 18:00, done at noon, comes tomorrow.
        after_day = max(after_day, day)
        series = _completion_series(rule, anchor, day)
    else:
        series = _due_series(rule, anchor, _shortly_before(after, after_day, frame))
    for wall in series:
        if _is_past_until(rule, wall, anchor):
            return None
        if wall.date() > after_day and (anchor.time is None or to_instant(wall, frame) > after):
            return _moment(wall, anchor)
    return None


def _shortly_before(after: datetime, after_day: date, frame: ZoneInfo) -> datetime:
    """A wall time that no occurrence after both precedes, whatever the clocks did."""
    wall = local_now(after, frame)
    wall = wall - timedelta(days=2) if wall.year > 1 else wall
    return max(wall, datetime.combine(after_day, time()))


def _moment(wall: datetime, like: Moment) -> Moment:
    """The wall time in `like`'s case; in a zone, one that doesn't exist moves forward."""
    if like.time is None:
        return Moment(wall.date())
    zone = like.zone
    return Moment.from_datetime(local_now(to_instant(wall, zone), zone) if zone else wall, like.tz)


def _due_series(rule: Rule, anchor: Moment, since: datetime) -> Iterator[datetime]:
    """The anchor and what follows it, from about `since` on (COUNT counts from the start)."""
    start = datetime.combine(anchor.date or date.min, anchor.time or time())
    follow = _expand(rule, start, start if rule.count is not None else since)
    following = (wall for wall in follow if wall > start)
    yield start
    yield from islice(following, None if rule.count is None else rule.count - 1)


def _completion_series(rule: Rule, anchor: Moment, day: date) -> Iterator[datetime]:
    """What the rule gives counted from `day`, which is itself no occurrence.

    "Every month" from the 31st means the last such day, and "every year" from 29 February does: a
    day that somebody happened to complete it on must not make the rule skip months (a rule counted
    from completion has no meaning in RFC 5545 to keep).
    """
    start = datetime.combine(day, anchor.time or time())
    return (wall for wall in _expand(rule.said_on(day), start) if wall > start)


def _is_past_until(rule: Rule, wall: datetime, anchor: Moment) -> bool:
    """UNTIL in the anchor's terms, so that it never depends on who looks.

    RFC 5545 wants a date for dates, a local time for floating times and UTC for a zone, but files
    mix them: a date includes its whole day, dates look at the day written, and only a moment in a
    zone can be compared with UTC.
    """
    until = rule.until
    if until is None:
        return False
    if not isinstance(until, datetime):
        return wall.date() > until
    if anchor.time is None:
        return wall.date() > until.date()
    zone = anchor.zone
    if until.tzinfo is None or zone is None:
        return wall > until.replace(tzinfo=None)
    return to_instant(wall, zone) > until


class _OutOfPeriods(Exception):
    pass


class _CountedInterval(int):
    """An INTERVAL that counts the periods dateutil walks through.

    dateutil looks for the next day of a rule until the year 9999 and checks UNTIL and COUNT only
    when it has found one; but it adds the interval once a period, and this is where it can be
    stopped.
    """

    left: int

    def __new__(cls, interval: int, periods: int) -> _CountedInterval:
        self = super().__new__(cls, interval)
        self.left = periods
        return self

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise _OutOfPeriods

    def __radd__(self, other: int) -> int:
        self._spend()
        return other + int(self)

    def __mul__(self, other: int) -> int:  # the weekly branch multiplies by 7 first
        self._spend()
        return int(self) * other


def _expand(rule: Rule, start: datetime, since: datetime | None = None) -> Iterator[datetime]:
    """The rule's wall times for a series that starts at `start`, from the period of `since` on.

    Begins with the whole period (some times may lie before `start`) and ends quietly where the
    calendar, the number of periods or dateutil's wits do.
    """
    from dateutil import rrule as du

    try:
        begin = _period_start(rule, start, max(since or start, start))
        interval = _CountedInterval(rule.interval, MAX_PERIODS[rule.freq])
        for wall in du.rrule(
            _FREQ[rule.freq], dtstart=begin, interval=interval, **_arguments(rule, start)
        ):
            if not rule.by_week_no or _is_in_weeks(rule, wall):
                yield wall
    except (_OutOfPeriods, ArithmeticError, LookupError, ValueError):
        return  # whatever dateutil makes of a stored rule: it ends here


def _is_in_weeks(rule: Rule, wall: datetime) -> bool:
    """Whether a day is in one of the rule's weeks: dateutil counts a week 53 where a year has 52."""
    number, of_year = _week_of(wall.date(), rule.week_start)
    last, _year = _week_of(date(of_year, 12, 28), rule.week_start)
    return any(number == (week if week > 0 else last + 1 + week) for week in rule.by_week_no)


def _week_of(day: date, week_start: int) -> tuple[int, int]:
    """Number and year of its week: the first of a year is that which has four days in it (ISO 8601, RFC 5545)."""
    middle = day - timedelta(days=(day.weekday() - week_start) % 7 - 3)
    return (middle.timetuple().tm_yday - 1) // 7 + 1, middle.year


def _period_start(rule: Rule, start: datetime, since: datetime) -> datetime:
    """The first day of the last period at or before `since`, a whole number of intervals on.

    A whole period, because BYSETPOS chooses among all its days: dateutil's first week begins at
    DTSTART and so would choose another one.
    """
    step = rule.interval
    if rule.freq in ("DAILY", "WEEKLY"):
        days = 1 if rule.freq == "DAILY" else 7
        into_week = (start.weekday() - rule.week_start) % 7 if days == 7 else 0
        first = start - timedelta(days=into_week)
        return first + timedelta(days=(since - first).days // (days * step) * days * step)
    months = 1 if rule.freq == "MONTHLY" else 12
    first_month = start.year * 12 + (start.month - 1 if months == 1 else 0)
    month = since.year * 12 + since.month - 1
    month = first_month + (month - first_month) // (months * step) * months * step
    return start.replace(year=month // 12, month=month % 12 + 1, day=1)


def _arguments(rule: Rule, start: datetime) -> dict[str, Any]:
    """The rule in dateutil's words, with what DTSTART implies spelled out.

    Besides the usual day and month: BYWEEKNO alone means DTSTART's weekday (RFC 5545 takes what is
    missing from DTSTART; dateutil takes the whole week), and a BYDAY that mixes counted and plain
    days (1MO,FR) means either (dateutil wants both).
    """
    from dateutil import rrule as du

    months, month_days, days = rule.by_month, rule.by_month_day, rule.by_day
    if not (month_days or days or rule.by_year_day):
        if rule.freq == "WEEKLY" or rule.by_week_no:
            days = ((0, start.weekday()),)
        elif rule.freq in ("MONTHLY", "YEARLY"):
            month_days = (start.day,)
            months = months or ((start.month,) if rule.freq == "YEARLY" else ())
    if any(nth for nth, _day in days) and not all(nth for nth, _day in days):
        most = 53 if rule.freq == "YEARLY" and not months else 5
        days = tuple((n, day) for nth, day in days for n in ([nth] if nth else range(1, most + 1)))
    return {
        "wkst": rule.week_start,
        "bymonth": months or None,
        "byweekno": rule.by_week_no or None,
        "byyearday": rule.by_year_day or None,
        "bymonthday": month_days or None,
        "byweekday": [du.weekdays[day](nth) if nth else du.weekdays[day] for nth, day in days]
        or None,
        "bysetpos": rule.by_set_pos or None,
    }
