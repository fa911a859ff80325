"""Days of the calendar: 2026-12-15, 15/12, 15.12., 15 dec, december 15th 2026, the 15th."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

from dateutil.relativedelta import relativedelta

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
