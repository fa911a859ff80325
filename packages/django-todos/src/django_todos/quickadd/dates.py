"""Days, times, and both together, as tables of forms: 2026-12-15, dec 15th, next fri, in 3 days, tonight at 8."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

from ..dates import Moment, local_now, resolve_zone
from .tokens import READERS, Context, Forms, matching

MAX_COUNT = 9_999  # "in 99999999 days" is not a date
Unit = tuple[str, int]  # as the language's `units` have them
Span = tuple[int, Unit]
WEEK: Unit = ("week", 1)

matching("DIGITS", "0", r"\d{1,4}")
matching("FOUR", "0", r"(?:19|20|21)\d{2}")
matching("SUFFIXED", "0", r"(\d{1,2})([a-z]+)")
matching("ISO", "0", r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
matching("DOTTED", "0", r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2})?)?")
matching("PLUS", "+", r"\+\d{1,4}")
matching("PLUS_SHORT", "+", r"\+(\d{1,4})([a-z]+)")
matching("SHORT", "0", r"(\d{1,4})([a-z]+)")
matching("TIME", "0@", r"(@?)(\d{1,2})(?:[:.](\d{2})(?::\d{2})?)?(am|pm)?")
matching("HOUR_H", "0", r"(\d{1,2})h(\d{2})?")
matching("MILITARY", "0", r"([01]\d|2[0-3])([0-5]\d)")
matching("ISO_TIME", "0", r"\d{4}-\d\d-\d\dt\d\d:\d\d(:\d\d(\.\d{1,6})?)?(z|[+-]\d\d:?\d\d)?")


class When(NamedTuple):
    """What a phrase says: a day, a time, or both; or that there is none."""

    day: date | None = None
    time: time | None = None
    tz: str = ""
    none: bool = False
    need: str = ""  # what must follow the day for it to count, see `stands`
    part: str = ""  # of the day, with "tonight"
    open: bool = False  # 8 may still become 20 ("tonight at 8")
    bare: bool = False  # the time is an hour alone

    def moment(self, c: Context) -> Moment:
        """As a `Moment`. A time alone is its next one: today, or tomorrow when it has passed."""
        if self.none or self.time is None:
            return Moment() if self.none else Moment(self.day)
        return Moment(self.day or next_day_for(c, self.time, self.tz), self.time, self.tz)


def on(day: date | None, need: str = "") -> When | None:
    return When(day, need=need) if day else None


def stands(c: Context, j: int, need: str) -> bool:
    """Whether what follows lets a phrase count: "count" no measure, "loose" a joint at most, "edge" nothing plain."""
    if not need or c.in_field:
        return True
    if need == "count":
        return not c.has("measures", j)
    ends = c.edge(j) if need == "edge" else c.loose_edge(j)
    return ends or c.any_of("every starting until adverbs weekdays", j)


def add(day: date, unit: str, count: int) -> date | None:
    """`day` moved by so many days, weeks, months or years; None beyond the calendar."""
    from dateutil.relativedelta import relativedelta

    days, months = {"day": (1, 0), "week": (7, 0), "month": (0, 1), "year": (0, 12)}[unit]
    try:
        step = relativedelta(days=count * days, months=count * months)
        return day + step if abs(count) <= MAX_COUNT else None
    except (OverflowError, ValueError):
        return None


def make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _next(c: Context, days: Iterable[date | None]) -> date | None:
    """The first of them that is not past."""
    return next((day for day in days if day and day >= c.today), None)


def _months(c: Context) -> Iterator[date]:
    """The first days of this month and of the next two years'."""
    from dateutil.relativedelta import relativedelta

    return (c.today.replace(day=1) + relativedelta(months=n) for n in range(25))


def _coming(c: Context, said: tuple[int, int], year: int | None = None) -> date | None:
    """That day of the year given, else the next, today included; 29 February waits for a leap year."""
    if year:
        return make(year, *said)
    return _next(c, (make(c.today.year + n, *said) for n in range(9)))


def _end(unit: str, begin: date) -> date:
    """The last day of the week, month or year that begins then."""
    return (add(begin, unit, 1) or begin) - timedelta(days=1)


def _begin(c: Context, unit: str) -> date:
    """The first day of the one that it is in; of a week by the person's week start."""
    month = c.today.replace(day=1)
    week = c.today - timedelta(days=(c.today.weekday() - c.week_start) % 7)
    return {"day": c.today, "week": week, "year": month.replace(month=1)}.get(unit, month)


# ---- numbers


def same(c: Context, value: Any) -> Any:
    return value


def _ordinal(c: Context, match: re.Match[str]) -> int | None:
    is_ordinal = match[2] in c.words.tables["ordinal_endings"] and 1 <= int(match[1]) <= 31
    return int(match[1]) if is_ordinal else None


INTEGER = Forms("INTEGER", {"DIGITS": lambda c, match: int(match[0]) or None})
ORDINAL = Forms("ORDINAL", {"SUFFIXED": _ordinal})  # 15th
Forms("NUMBER", {"INTEGER | numbers": same})
Forms("NTH", {"last | ordinals | ORDINAL": same})  # last, second, 2nd
Forms("DAYNUMBER", {"INTEGER": lambda c, n: n if n <= 31 else None, "ORDINAL": same})
Forms("YEAR", {".,? FOUR": lambda c, match: int(match[0])})  # 2026 after "15 dec", or ", 2026"


# ---- days of the calendar


def _numeric(c: Context, match: re.Match[str]) -> When | None:
    """15/12, 15/12/2026, 15.12., 15.12.2026, 15-12-2026; the order by `day_first`, with dots always so."""
    sign, year = match[2], match[4]
    if not c.in_field:
        is_date = year or sign == "/" or sign == "." and match[0].endswith(".")
        if not is_date or c.has("numbered", c.i - 1):
            return None
    day, month = int(match[1]), int(match[3])
    if sign != "." and (day <= 12 and not c.day_first or c.day_first and month > 12 >= day):
        day, month = month, day
    if not year:
        return on(_coming(c, (month, day)), "count" if sign == "." else "loose")
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if len(year) == 2 and not c.in_field and (full < c.today.year or _is_version(c, sign)):
        return None
    return on(make(full, month, day))


def _is_version(c: Context, sign: str) -> bool:
    """Flash firmware 4.11.27: after a name inside the sentence, or where something is installed."""
    is_named = c.i > 1 and c.tokens[c.i - 1].text != c.tokens[c.i - 1].low
    return sign != "/" and (is_named or c.has("installing", 0))


def _nth_weekday(c: Context, n: int, weekday: int, month: int | None = None) -> date | None:
    """The first monday of january, the last friday of the month: the next one."""
    from dateutil.relativedelta import relativedelta
    from dateutil.relativedelta import weekday as weekday_of

    step = relativedelta(day=31 if n < 0 else 1, weekday=weekday_of(weekday, n))
    days = ((begin.month, begin + step) for begin in _months(c))
    return _next(c, (d for of, d in days if d.month == of and month in (None, of)))


# A month and a day of it.
Forms(
    "MONTHDAY",
    {
        # 15 dec, the 15th of december, 15. Dezember
        ".the? DAYNUMBER .of? months | DAYNUMBER .. months": lambda c, day, month: (month, day),
        # dec 15, Dec. 15
        "months .the? DAYNUMBER | months .. DAYNUMBER": lambda c, month, day: (month, day),
    },
)

# Days that a calendar names.
Forms(
    "CALENDAR",
    {
        # dec 15, 2027
        "MONTHDAY YEAR?": lambda c, said, year: on(
            _coming(c, said, year), "" if year else "count"
        ),
        "ISO": lambda c, match: on(make(int(match[1]), int(match[3]), int(match[4]))),
        "DOTTED": _numeric,
    },
)


# ---- days from today


def _weak(c: Context) -> str:
    """What must follow a word that is an ordinary one too, but for "eod sun"."""
    return "edge" if c.has("weak", c.i) and not c.phrase("ends", c.i - 1) else ""


def _from_today(c: Context, ahead: int) -> When | None:
    token = c.tokens[c.i]
    is_name = token.low in c.words.tables["lower_only"] and token.text != token.low
    return None if is_name else on(c.today + timedelta(days=ahead), _weak(c))


def _weekday(c: Context, weekday: int) -> When | None:
    """The next such day after today; the SAT is an exam."""
    text = c.tokens[c.i].text
    is_exam = len(text) == 3 and text.isupper() and not c.text.isupper()
    ahead = (weekday - c.today.weekday() - 1) % 7 + 1
    return None if is_exam else on(c.today + timedelta(days=ahead), _weak(c))


def _next_weekday(c: Context, *said: Any) -> date | None:
    """Next friday, friday next week, next week on friday: of the week after this one."""
    weekday = next(one for one in said if isinstance(one, int))
    is_week = len(said) == 1 or WEEK in said
    ahead = timedelta(days=7 + (weekday - c.week_start) % 7)
    return _begin(c, "week") + ahead if is_week else None


def _next_unit(c: Context, unit: Unit) -> date | None:
    """The first day of next month, quarter or year, the first working day of next week."""
    name, times = unit
    if unit == WEEK:
        begin = _begin(c, "week") + timedelta(days=7)
        return begin + timedelta(days=(7 - begin.weekday()) % 7 if begin.weekday() > 4 else 0)
    begin = _begin(c, name)
    if times == 3:
        begin = begin.replace(month=(begin.month - 1) // 3 * 3 + 1)
    return add(begin, name, times) if name in ("month", "year") else None


def _weekend(c: Context, which: Any) -> date:
    """Saturday; the weekend that is on counts as this one."""
    ahead = 0 if c.today.weekday() == 6 else (5 - c.today.weekday()) % 7
    if which == "next":
        ahead = 6 if c.today.weekday() == 6 else ahead + 7
    return c.today + timedelta(days=ahead)


def _short(c: Context, match: re.Match[str]) -> Span | None:
    """3d, +3d; +3m is months, where 3m alone may be minutes."""
    name = c.words.tables["short_units"].get(match[2]) if match[0][0] == "+" else None
    unit = (name, 1) if name else c.words.tables["units"].get(match[2])
    return (int(match[1]), unit) if unit else None


def _in_units(c: Context, span: Span, ago: bool | None = None) -> When | None:
    """In 3 days, two weeks from now, +5 days, 2 days ago; "in 3 day" only where nothing follows."""
    n, (unit, times) = span
    day = add(c.today, unit, (-n if ago else n) * times)
    is_odd = ago or n > 1 and c.has("singulars", c.j - 1)
    return on(day, "edge" if is_odd else "")


def _in_month(c: Context, month: int, year: int | None) -> When | None:
    """In january: its first day, where nothing follows; start of january; mid january, the 15th."""
    day = _coming(c, (month, 15 if c.phrase("middle", c.i) else 1), year)
    return on(day, "edge" if c.phrase("in_", c.i) and not year else "")


def _end_of_unit(c: Context, following: bool | None, unit: Unit) -> When | None:
    """End of month, end of next week; "by end of day please", but not "end of day report"."""
    begin = add(_begin(c, unit[0]), unit[0], 1 if following else 0)
    need = "edge" if unit[0] == "day" and not c.has("lead_in", c.i - 1) else ""
    return on(_end(unit[0], begin), need) if begin and unit[1] == 1 else None


Forms("SPAN", {"NUMBER units": lambda c, n, unit: (n, unit), "SHORT": _short})
Forms("MORE", {"PLUS units": lambda c, more, unit: (int(more[0]), unit), "PLUS_SHORT": _short})
DAY = Forms(
    "DAY",
    is_day=True,
    table={
        "CALENDAR": same,
        # fri, 4 dec, when the two agree
        "weekdays .,? CALENDAR | weekdays .. CALENDAR": lambda c, weekday, said: (
            said.day if said.day.weekday() == weekday else None
        ),
        # the 15th: of this month, or of the next that has one
        ".the? ORDINAL | =.the? DAYNUMBER": lambda c, n: on(
            _next(c, (make(begin.year, begin.month, n) for begin in _months(c))), "loose"
        ),
        # the last friday of the month, the first monday of january
        ".the? NTH weekdays .of? months | .the? NTH weekdays .of_month": _nth_weekday,
        "days": _from_today,  # tomorrow
        "evening_days": lambda c, part: When(c.today, part=part),  # tonight
        "weekdays": _weekday,  # fri
        ".this weekdays": lambda c, day: c.today + timedelta(days=(day - c.today.weekday()) % 7),
        ".next weekdays | weekdays .next units | .next units .on? weekdays": _next_weekday,
        ".start_of? .next units | next_units": _next_unit,  # next week, beginning of next year
        "weekend_day | =weekends": _weekend,
        ".later_this_week": lambda c: min(
            c.today + timedelta(days=2), _end("week", _begin(c, "week"))
        ),
        ".in_ SPAN | SPAN .from_now | =SPAN | MORE | .in_ MORE | SPAN ago": _in_units,
        ".in_ months YEAR? | .middle months YEAR? | .start_of months YEAR?": _in_month,
        ".end_of months YEAR?": lambda c, month, year: _end(
            "month", date(year or c.today.year + (month < c.today.month), month, 1)
        ),
        ".end_of next? units": _end_of_unit,
        "ends": lambda c, unit: _end(unit, _begin(c, unit)),  # eom
    },
)


# ---- times


def _zone(c: Context, i: int) -> tuple[str, int] | None:
    """UTC, or an IANA name with a slash."""
    name = c.tokens[i].text if c.lows[i] else ""
    if name in ("UTC", "GMT", "Z"):
        return "UTC", i + 1
    is_zone = "/" in name and name[0].isupper() and resolve_zone(name)
    return (name, i + 1) if is_zone else None


READERS["ZONE"] = (_zone, "")
_DAYS = "days evening_days weekdays weekday_plurals dayparts"


def _follows_day(c: Context, i: int) -> bool:
    """Whether a day or a repeat ends before `i`."""
    return (i - 1 if c.any_lows[i - 1] == "," else i) in c.day_ends


def _named(c: Context, at: bool | None, clock: time, zone: str | None) -> When | None:
    """Noon, at midnight."""
    is_alone = c.j == c.i + 1 and c.has("weak", c.i)
    is_weak = is_alone and not (c.edge(c.j) or c.any_of("days weekdays next", c.j))
    return None if is_weak else When(time=clock, tz=zone or "")


def _military(c: Context, at: bool, match: re.Match[str], zone: str | None) -> When | None:
    """At 1900."""
    is_clear = _follows_day(c, c.i) or c.loose_edge(c.j)
    return When(time=time(int(match[1]), int(match[2])), tz=zone or "") if is_clear else None


def _digits(
    c: Context, at: Any, match: re.Match[str], half: str | None, oclock: Any, zone: str | None
) -> When | None:
    """9am, 9:30 pm, at 9, @ 14:30, @7pm, 4 o'clock; a bare hour only where the words around allow it."""
    hour, minute = int(match[2]), int(match[3] or 0)
    half = (match[4] or half or "")[:1]
    is_full = bool(match[3]) and (":" in match[0] or bool(match[1]))
    if match[1] and not (is_full or half) or half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59 or not c.in_field and c.has("numbered", c.i - (not at)):
        return None
    if (
        not half
        and not (is_full and stands(c, c.j, "count"))
        and not _may_be_hour(c, at, match, oclock)
    ):
        return None
    is_open = not half and 1 <= hour <= 11 and not match[2].startswith("0")
    at_hour = time(hour, minute)
    return When(None, at_hour, zone or "", open=is_open, bare=match[3] is None)


def _with_h(c: Context, at: bool | None, match: re.Match[str]) -> When | None:
    """9h, 14h30: a time where the language writes so, else a number of hours."""
    hour, minute = int(match[1]), int(match[2] or 0)
    is_time = hour < 24 and minute < 60 and c.words.tables["hour_marks"]
    follows = at or _follows_day(c, c.i) or c.any_of(_DAYS, c.j)
    return When(time=time(hour, minute)) if is_time and (follows or c.in_field) else None


def _may_be_hour(c: Context, at: Any, match: re.Match[str], oclock: Any) -> bool:
    """A number alone is an hour after "at", or at the end right after a day, where the sentence ends or a joint follows."""
    if not at and not oclock:
        follows = c.i in c.day_ends and not match[3] and c.any_of(_DAYS, c.i - 1)
        return follows and c.edge(c.j) and 1 <= int(match[2]) <= 12
    if at and _follows_day(c, c.i):  # but "tomorrow at 5 Main Street"
        return c.in_field or not (c.has("measures", c.j) or c.has("measures", c.j + 1))
    return c.loose_edge(c.j) or bool(at) and c.any_of(f"in_daypart next {_DAYS}", c.j)


CLOCK = Forms(
    "CLOCK",
    {
        "at? clocks ZONE?": _named,
        # 12 noon
        "TIME .half? clocks": lambda c, twelve, clock: (
            When(time=clock) if twelve[2] == "12" else None
        ),
        "at MILITARY ZONE?": _military,
        "at? HOUR_H": _with_h,
        "at? TIME half? oclock? ZONE?": _digits,
    },
)


def in_half(clock: When, part: str) -> When:
    """8 in the evening is 20:00; an hour from 1 to 6 alone is the afternoon's."""
    assert clock.time
    is_afternoon = not part and clock.bare and clock.time.hour <= 6
    if clock.open and (is_afternoon or part in ("afternoon", "evening", "night")):
        return clock._replace(time=clock.time.replace(hour=clock.time.hour + 12), open=False)
    return clock


def next_day_for(c: Context, clock: time, tz: str = "") -> date:
    """The day of the next such time, if no day is given for it. Midnight is the coming one."""
    if c.day is not None:
        return c.day
    zone = resolve_zone(tz) if tz else None
    here = local_now(c.instant, zone) if zone else c.now
    return here.date() + timedelta(days=clock <= here.time())


# ---- both together


Forms("PART", {"dayparts | in_daypart": same}, is_day=True)
# Eod, end of day: a day ends anyway.
Forms(
    "DAY_END",
    {
        "ends": lambda c, unit: unit == "day" or None,
        ".end_of units": lambda c, unit: unit == ("day", 1) or None,
    },
)


def _part_time(c: Context, day: date | None, part: str) -> time | None:
    """The hour a part of the day stands for; once that has passed the evening is night, and the rest only the day."""
    times, now = c.words.tables["daypart_times"], c.now.time()
    clock: time = times[part]
    if day == c.today and clock <= now and part == "evening":
        clock = times["night"]
    return None if day == c.today and clock <= now else clock


def _together(c: Context, *said: Any) -> When | None:
    """A day, a part of it and a time, in any order; where it ends with the day, what that needs must follow."""
    given = [When(one) if isinstance(one, date) else one for one in said if one is not None]
    whens = [one for one in given if isinstance(one, When)]
    day = next((one for one in whens if one.day), When())
    clock = next((one for one in whens if one.time), None)
    part = next((one for one in given if isinstance(one, str)), day.part)
    if given[-1] is day and not stands(c, c.j, day.need):
        return None
    if clock is None:
        return When(day.day, _part_time(c, day.day, part) if part else None)
    # midnight "tonight" is the one that ends today; on a named day it is that day's first
    at = in_half(clock, part)
    is_tonight = day.part and at.time == time(0)
    return at._replace(day=day.day + timedelta(days=1) if day.day and is_tonight else day.day)


def _part_alone(c: Context, part: str) -> When | None:
    if c.phrase("this", c.i):
        return When(c.today, _part_time(c, c.today, part))
    return When(None, _part_time(c, None, part)) if c.edge(c.j) or c.i == 0 else None


def _later(c: Context, minutes: int = 0) -> When | None:
    """What the wall will show after so much real time, without seconds; "in a minute" is a manner of speaking."""
    if minutes == 1 and c.has("numbers", c.j - 2):
        return None
    try:
        wall = local_now(c.instant + timedelta(minutes=minutes), c.zone)
    except OverflowError:
        return None
    return When(wall.date(), wall.time().replace(second=0, microsecond=0))


def _iso_time(c: Context, match: re.Match[str]) -> When | None:
    """2026-12-15T09:00; with an offset it is an instant, kept in the person's zone."""
    try:
        said = datetime.fromisoformat(match[0].upper()).replace(second=0, microsecond=0)
        wall = local_now(said.astimezone(timezone.utc), c.zone) if said.tzinfo else said
    except (ValueError, OverflowError):
        return None
    return When(wall.date(), wall.time(), c.zone.key if said.tzinfo else "")


Forms("MINUTES", {"NUMBER clock_units": lambda c, n, unit: n * unit})
Forms("PLUS_MINUTES", {"PLUS clock_units": lambda c, more, unit: int(more[0]) * unit})
Forms(
    "SHORT_MINUTES",
    {
        "SHORT": lambda c, match: int(match[1]) * c.words.tables["clock_units"].get(match[2], 0)
        or None
    },
)
WHEN = Forms(
    "WHEN",
    {
        # tomorrow, friday eod, eod friday, tomorrow morning, in the afternoon tomorrow
        "DAY DAY_END? | .DAY_END DAY | DAY PART | in_daypart DAY": _together,
        # tomorrow 9am, fri @ 7pm, tonight at 8, friday evening at 8; 9am tomorrow, at 9 on friday
        "DAY .DAY_END? PART? .,? CLOCK in_daypart? | CLOCK in_daypart? .,? .on? DAY PART?": _together,
        "CLOCK in_daypart? | in_daypart CLOCK": _together,  # 5 in the afternoon, this evening at 7
        "in_daypart": _part_alone,  # in the morning, this evening
        # in 2 hours, in 2h, in half an hour
        ".in_ MINUTES | =MINUTES | .in_ SHORT_MINUTES | =SHORT_MINUTES": _later,
        "PLUS_MINUTES | in_minutes | =.now": _later,
        ".no_date": lambda c: When(none=True) if stands(c, c.j, "edge") else None,
        "ISO_TIME": _iso_time,
    },
)


# A leading "on", "by", "due" or "for" included; Due: friday.
DATE = Forms("DATE", {"WHEN | .lead_in .:? WHEN": same})
read_when = DATE.read


def read_field(c: Context) -> Moment | None:
    """The date that the whole text of a field says."""
    found = read_when(c, 0) if c.tokens else None
    return found[0].moment(c) if found and found[1] == len(c.tokens) else None
