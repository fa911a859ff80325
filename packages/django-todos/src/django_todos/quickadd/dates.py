"""Days: 2026-12-15, 15/12, dec 15th, tomorrow, next fri, in 3 days, end of month."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from ..dates import local_now
from .tokens import Context

MAX_COUNT = 9_999  # "in 99999999 days" is not a date

_INT = re.compile(r"\d{1,4}", re.ASCII)
_YEAR = re.compile(r"(?:19|20|21)\d{2}", re.ASCII)
_ORDINAL = re.compile(r"(\d{1,2})([a-z]+)", re.ASCII)
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?:\2(\d{4}|\d{2})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was said.

    `need`: what must follow it to count ("" anything, "edge", "loose": see `Context`). `part`: of
    the day, with `tonight`. `time`: with "in an hour". `none`: "no date".
    """

    day: date
    need: str = ""
    part: str = ""
    clock: time | None = None
    none: bool = False


Found = tuple[Day, int] | None


def add(day: date, unit: str, count: int) -> date | None:
    """`day` moved by so many days, weeks, months or years; None beyond the calendar."""
    if abs(count) > MAX_COUNT:
        return None
    try:
        if unit in ("day", "week"):
            return day + timedelta(days=count * (7 if unit == "week" else 1))
        months = count * (12 if unit == "year" else 1)
        return day + relativedelta(months=months)
    except (OverflowError, ValueError):
        return None


def make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def week_begin(c: Context, day: date) -> date:
    """The first day of that week, by the person's week start."""
    return add(day, "day", -((day.weekday() - c.week_start) % 7)) or day


def integer(c: Context, i: int, limit: int = MAX_COUNT) -> int | None:
    """The whole number in digits at `i`, from 1 to `limit`."""
    word = c.low(i)
    if _INT.fullmatch(word) and 1 <= int(word) <= limit:
        return int(word)
    return None


def ordinal_number(c: Context, i: int) -> int | None:
    """15 in "15th"."""
    match = _ORDINAL.fullmatch(c.low(i))
    if match and match[2] in c.words.ordinal_endings and 1 <= int(match[1]) <= 31:
        return int(match[1])
    return None


def count(c: Context, i: int) -> tuple[int, int] | None:
    """A number in digits or in words."""
    number = integer(c, i)
    if number is not None:
        return number, i + 1
    return c.phrase("numbers", i)


def at_day(day: date | None, j: int, need: str = "") -> Found:
    return (Day(day, need=need), j) if day else None


def read_iso(c: Context, i: int) -> Found:
    match = _ISO.fullmatch(c.low(i))
    day = make(int(match[1]), int(match[3]), int(match[4])) if match else None
    return (Day(day), i + 1) if day else None


def read_numeric(c: Context, i: int) -> Found:
    """15/12, 15/12/2026, 15.12., 15.12.2026, 15-12-2026; the order by `day_first`."""
    match = _NUMERIC.fullmatch(c.low(i))
    if not match or not c.field and c.any_low(i - 1) in c.words.numbered:
        return None
    first, sign, second, year = int(match[1]), match[2], int(match[3]), match[4]
    dotted = sign == "." and c.low(i).endswith(".")
    if not year and (sign == "-" or sign == "." and not dotted) and not c.field:
        return None
    day_first = c.day_first or sign == "."
    d, m = (first, second) if day_first else (second, first)
    if m > 12 >= d and sign != ".":
        d, m = m, d
    if not year:
        return _yearless(c, d, m, i, sign)
    full = int(year) if len(year) == 4 else 2000 + int(year)
    if len(year) == 2 and not c.field:
        if full < c.today.year or sign != "/" and _is_version(c, i):
            return None
    day = make(full, m, d)
    return (Day(day), i + 1) if day else None


def _is_version(c: Context, i: int) -> bool:
    """Flash firmware 4.11.27: after a name inside the sentence, or where something is installed."""
    is_named = i > 1 and c.tokens[i - 1].text != c.tokens[i - 1].low
    return is_named or c.any_low(0) in c.words.installing


def _yearless(c: Context, d: int, m: int, i: int, sign: str) -> Found:
    day = coming(c, m, d)
    if day is None:
        return None
    if c.any_low(i + 1) in c.words.measures and not c.field:
        return None
    return Day(day, need="" if sign == "." else "loose"), i + 1


def coming(c: Context, month: int, day: int) -> date | None:
    """The next such day of the year, today included; 29 February waits for a leap year."""
    for year in range(c.today.year, min(c.today.year + 9, 10_000)):
        found = make(year, month, day)
        if found and found >= c.today:
            return found
    return None


def year_after(c: Context, i: int) -> tuple[int, int] | None:
    """2026 after "15 dec", with or without a comma."""
    j = i + 1 if c.any_low(i) == "," else i
    if _YEAR.fullmatch(c.low(j)):
        return int(c.low(j)), j + 1
    return None


def _dated(c: Context, month: int, day: int, j: int) -> Found:
    year = year_after(c, j)
    if year:
        full = make(year[0], month, day)
        return (Day(full), year[1]) if full else None
    found = coming(c, month, day)
    if not found or not c.field and c.any_low(j) in c.words.measures:
        return None
    return Day(found), j


def month_day(c: Context, i: int) -> tuple[tuple[int, int], int] | None:
    """Month and day of "15 dec", "15th of december", "the 15th of dec", "dec 15", "dec 15th"."""
    month = c.phrase("months", i)
    if month:
        dotted = c.any_low(month[1]) == "." and not c.any_low(month[1] - 1).isdigit()
        j = month[1] + 1 if dotted else c.skip("the", month[1])  # Dec. 15
        number = ordinal_number(c, j) or integer(c, j, 31)
        return ((month[0], number), j + 1) if number else None
    j = c.skip("the", i)
    number = ordinal_number(c, j) or integer(c, j, 31)
    if number is None:
        return None
    j += 1
    if c.words.dotted_ordinals and c.any_low(j) == ".":
        j += 1
    month = c.phrase("months", c.skip("of", j))
    return ((month[0], number), month[1]) if month else None


def read_month_day(c: Context, i: int) -> Found:
    found = month_day(c, i)
    if not found:
        return None
    (month, day), j = found
    return _dated(c, month, day, j)


def read_ordinal(c: Context, i: int) -> Found:
    """The 15th: of this month, or of the next that has one."""
    j = c.skip("the", i)
    number = ordinal_number(c, j)
    if number is None and c.field:
        number = integer(c, j, 31)
    if number is None:
        return None
    first = c.today.replace(day=1)
    for ahead in range(13):
        month = add(first, "month", ahead)
        day = make(month.year, month.month, number) if month else None
        if day and day >= c.today:
            return Day(day, need="loose"), j + 1
    return None


_OFFSET = re.compile(r"\+(\d{1,4})([a-z]*)", re.ASCII)
_COUNTED = re.compile(r"(\d{1,4})([a-z]+)", re.ASCII)


def read_day(c: Context, i: int) -> Found:
    """The day said at `i`, of the kinds below, and where its words end."""
    word = c.low(i)
    if not word:
        return None
    if word[0].isdigit():
        readers = _DIGIT_READERS
    elif word[0] == "+":
        readers = (_offset,)
    else:
        readers = _WORD_READERS
    for reader in readers:
        found = reader(c, i)
        if found:
            return found
    return None


def _counted(c: Context, i: int) -> Found:
    """`5 days from now`, `2 weeks ago`; "5 days" in a date field."""
    number = count(c, i)
    unit = c.phrase("units", number[1]) if number else None
    if number and unit:
        return _from(c, number[0] * unit[0][1], unit[0][0], unit[1])
    if number and c.field:
        minutes = c.phrase("clock_units", number[1])
        return _later(c, number[0] * minutes[0], minutes[1]) if minutes else None
    short = _COUNTED.fullmatch(c.low(i))
    if short and c.field and short[2] in c.words.units:
        name, times = c.words.units[short[2]]
        return at_day(add(c.today, name, int(short[1]) * times), i + 1)
    return None


def _from(c: Context, number: int, unit: str, j: int) -> Found:
    ahead = c.phrase("from_now", j)
    if ahead:
        return at_day(add(c.today, unit, number), ahead[1])
    ago = c.phrase("ago", j)
    if ago:
        return at_day(add(c.today, unit, -number), ago[1], need="edge")
    return at_day(add(c.today, unit, number), j) if c.field else None


def _relative(c: Context, i: int) -> Found:
    evening = c.phrase("evening_days", i)
    if evening:
        return Day(c.today, part=evening[0]), evening[1]
    found = c.phrase("days", i)
    if not found:
        return None
    token = c.tokens[i]
    if token.low in c.words.lower_only and token.text != token.low:
        return None
    day = add(c.today, "day", found[0])
    return at_day(day, found[1], need="edge" if c.weak(i, found[1]) else "")


def _weekday(c: Context, i: int) -> Found:
    """Fri is the next Friday after today; next fri is the one of next week; this fri may be today.

    A date may follow: fri 4 dec, when the two agree.
    """
    for table in ("next", "this"):
        lead = c.phrase(table, i)
        found = c.phrase("weekdays", lead[1]) if lead else None
        if found:
            return at_day(_led_weekday(c, table, found[0]), found[1])
    found = c.phrase("weekdays", i)
    if not found:
        return None
    number, j = found
    after = j + 1 if c.any_low(j) in (",", ".") else j
    dated = read_month_day(c, after) or read_numeric(c, after) or read_iso(c, after)
    if dated and dated[0].day.weekday() == number:
        return dated
    following = c.phrase("next", j)
    if following and c.phrase("units", following[1]) == (("week", 1), following[1] + 1):
        return at_day(_led_weekday(c, "next", number), following[1] + 1)  # friday next week
    if len(c.tokens[i].text) == 3 and c.tokens[i].text.isupper() and not c.text.isupper():
        return None  # the SAT is an exam
    day = add(c.today, "day", (number - c.today.weekday() - 1) % 7 + 1)
    return at_day(day, j, need="edge" if c.weak(i, j) else "")


def _led_weekday(c: Context, lead: str, number: int) -> date | None:
    if lead == "this":
        return add(c.today, "day", (number - c.today.weekday()) % 7)
    monday = add(week_begin(c, c.today), "week", 1)
    return add(monday, "day", (number - c.week_start) % 7) if monday else None


def _next_unit(c: Context, i: int) -> Found:
    """Next week, month, quarter, year: the first day of it."""
    lead = c.phrase("next", i)
    unit = c.phrase("units", lead[1]) if lead else None
    if not unit or unit[0] == ("day", 1):
        return None
    name, number = unit[0]
    if (name, number) == ("week", 1):
        weekday = c.phrase("weekdays", c.skip("on", unit[1]))
        if weekday:  # next week on friday
            return at_day(_led_weekday(c, "next", weekday[0]), weekday[1])
        begin = add(week_begin(c, c.today), "week", 1)
        if begin and begin.weekday() >= 5:  # its first working day
            begin = add(begin, "day", 7 - begin.weekday())
        return at_day(begin, unit[1])
    if name == "week":
        return None
    start = c.today.replace(day=1)
    if name == "year":
        start = start.replace(month=1)
    if number == 3:
        start = start.replace(month=(start.month - 1) // 3 * 3 + 1)
    return at_day(add(start, name, number), unit[1])


def _weekend(c: Context, i: int) -> Found:
    """Saturday; the weekend that is on counts as this one."""
    found = c.phrase("weekend_day", i)
    if not found and c.field:
        bare = c.phrase("weekends", i)
        found = ("this", bare[1]) if bare else None
    if found:
        ahead = (5 - c.today.weekday()) % 7
        if c.today.weekday() == 6:
            ahead = 0
        if found[0] == "next":
            ahead = (5 - c.today.weekday()) % 7 + (0 if c.today.weekday() == 6 else 7)
        return at_day(add(c.today, "day", ahead), found[1])
    later = c.phrase("later_this_week", i)
    if not later:
        return None
    last = add(week_begin(c, c.today), "day", 6) or c.today
    return at_day(min(add(c.today, "day", 2) or last, last), later[1])


def _in_units(c: Context, i: int) -> Found:
    """In 3 days, in two weeks, in an hour; and in january, its first day."""
    said = c.phrase("in_minutes", i)
    if said:
        return _later(c, said[0], said[1])
    lead = c.phrase("in_", i)
    if not lead:
        return None
    number = count(c, lead[1])
    if not number:
        return _in_short(c, lead[1]) or _in_month(c, lead[1])
    unit = c.phrase("units", number[1])
    j = unit[1] if unit else number[1]
    if (
        c.low(j) in c.words.index["of"]
        and c.low(j) != c.low(i)
        or c.any_low(i - 1) in c.words.how_often
    ):
        return None  # "in 10 minutes of play", "once in a week"
    singular = number[0] > 1 and c.any_low(j - 1) in c.words.singulars
    need = "edge" if singular else ""  # "in 3 day intensive"
    if unit:
        return at_day(add(c.today, unit[0][0], number[0] * unit[0][1]), unit[1], need)
    minutes = c.phrase("clock_units", number[1])
    if not minutes or c.low(minutes[1]) in c.words.index["of"]:
        return None
    if number[0] == 1 and minutes[0] == 1 and not c.low(lead[1]).isdigit():
        return None  # "in a minute"
    return _later(c, number[0] * minutes[0], minutes[1])


def _in_short(c: Context, i: int) -> Found:
    """2h, 30min, 3d after "in"."""
    match = _COUNTED.fullmatch(c.low(i))
    if not match or ordinal_number(c, i):
        return None
    number, name = int(match[1]), match[2]
    if name in c.words.clock_units:
        return _later(c, number * c.words.clock_units[name], i + 1)
    unit = c.words.units.get(name)
    return at_day(add(c.today, unit[0], number * unit[1]), i + 1) if unit else None


def _in_month(c: Context, i: int) -> Found:
    month = c.phrase("months", i)
    if not month:
        return None
    year = year_after(c, month[1])
    if year:
        return at_day(make(year[0], month[0], 1), year[1])
    return at_day(coming(c, month[0], 1), month[1], need="edge")


def _later(c: Context, minutes: int, j: int) -> Found:
    """So many minutes of real time from now, as the wall will show them; seconds are dropped."""
    try:
        instant = c.instant + timedelta(minutes=minutes)
    except OverflowError:
        return None
    wall: datetime = local_now(instant, c.zone)
    return Day(wall.date(), clock=wall.time().replace(second=0, microsecond=0)), j


def _offset(c: Context, i: int) -> Found:
    """+5 days, +3d."""
    match = _OFFSET.fullmatch(c.low(i))
    if not match:
        return None
    number = int(match[1])
    if match[2]:
        name = c.words.short_units.get(match[2])
        return at_day(add(c.today, name, number), i + 1) if name else None
    unit = c.phrase("units", i + 1)
    if unit:
        return at_day(add(c.today, unit[0][0], number * unit[0][1]), unit[1])
    minutes = c.phrase("clock_units", i + 1)
    return _later(c, number * minutes[0], minutes[1]) if minutes else None


def _middle(c: Context, i: int) -> Found:
    """Mid january (the 15th), start of may, end of month, end of next week, eom."""
    short = c.phrase("ends", i)
    if short:
        return at_day(_end(c, short[0], c.today), short[1])
    for table in ("middle", "start_of", "end_of"):
        lead = c.phrase(table, i)
        if not lead:
            continue
        month = c.phrase("months", lead[1])
        if month:
            return _part_of_month(c, table, month[0], month[1])
        if table == "end_of":
            return _end_of(c, lead[1], led=c.any_low(i - 1) in c.words.index["lead_in"])
        after = c.phrase("next", lead[1])
        if table == "start_of" and after:
            return _next_unit(c, lead[1])
    return None


def _part_of_month(c: Context, table: str, month: int, j: int) -> Found:
    number = {"middle": 15, "start_of": 1, "end_of": 1}[table]
    year = year_after(c, j)
    j = year[1] if year else j
    if table != "end_of":
        day = make(year[0], month, number) if year else coming(c, month, number)
        return at_day(day, j)
    start = make(year[0] if year else c.today.year, month, 1)
    last = _end(c, "month", start) if start else None
    if last and last < c.today and not year:
        last = _end(c, "month", start.replace(year=start.year + 1)) if start else None
    return at_day(last, j)


def _end_of(c: Context, i: int, led: bool) -> Found:
    lead = c.phrase("next", i)
    unit = c.phrase("units", lead[1] if lead else i)
    if not unit or unit[0][1] != 1:
        return None
    base = add(c.today.replace(day=min(c.today.day, 28)), unit[0][0], 1) if lead else c.today
    # "by end of day please", but not "end of day report"
    need = "edge" if unit[0][0] == "day" and not led else ""
    return at_day(_end(c, unit[0][0], base) if base else None, unit[1], need)


def _end(c: Context, unit: str, base: date) -> date | None:
    """The last day of the week, month or year that holds `base`; of a day, itself."""
    if unit == "day":
        return base
    if unit == "week":
        return add(week_begin(c, base), "day", 6)
    if unit == "year":
        return make(base.year, 12, 31)
    following = add(base.replace(day=1), "month", 1)
    return add(following, "day", -1) if following else make(base.year, 12, 31)


def _nth_weekday(c: Context, i: int) -> Found:
    """The first monday of january, the last friday of the month: the next one."""
    j = c.skip("the", i)
    named = c.phrase("last", j) or c.phrase("ordinals", j)
    nth, j = named or (ordinal_number(c, j), j + 1)
    weekday = c.phrase("weekdays", j) if nth else None
    if not nth or not weekday or nth > 5:
        return None
    month = c.phrase("months", c.skip("of", weekday[1]))
    end = month or c.phrase("of_month", weekday[1])
    if not end:
        return None
    first = c.today.replace(day=1)
    for ahead in range(25):
        start = add(first, "month", ahead)
        if start and (not month or start.month == month[0]):
            day = _nth_in(start, nth, weekday[0])
            if day and day >= c.today:
                return at_day(day, end[1])
    return None


def _nth_in(start: date, nth: int, weekday: int) -> date | None:
    """The nth such weekday of the month that begins with `start`; the last for -1."""
    begin = start if nth > 0 else start + timedelta(days=31)
    if nth < 0:
        begin = begin.replace(day=1) - timedelta(days=1)
        return begin - timedelta(days=(begin.weekday() - weekday) % 7)
    day = start + timedelta(days=(weekday - start.weekday()) % 7 + 7 * (nth - 1))
    return day if day.month == start.month else None


def _no_date(c: Context, i: int) -> Found:
    found = c.phrase("no_date", i)
    return (Day(c.today, need="edge", none=True), found[1]) if found else None


Reader = Callable[[Context, int], Found]
_DIGIT_READERS: tuple[Reader, ...] = (
    read_iso,
    read_numeric,
    _nth_weekday,
    read_month_day,
    _counted,
    read_ordinal,
)
_WORD_READERS: tuple[Reader, ...] = (
    _relative, _weekday, _nth_weekday, read_month_day, _in_units, _next_unit, _weekend, _middle,
    _counted, read_ordinal, _no_date,
)  # fmt: skip
