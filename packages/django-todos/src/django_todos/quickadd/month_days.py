"""The days that a repeat names: mon-fri, the last friday, the 1st and 15th, jan 5."""

from __future__ import annotations

from dataclasses import replace

from ..repeats.rule import WORKDAYS, Freq, Rule, each
from .calendar_dates import integer, make, month_day, ordinal_number
from .tokens import Context

FREQS: dict[str, Freq] = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
MAX_ITEMS = 31  # of a list of days


def read_dates(c: Context, i: int) -> tuple[list[tuple[int, int]], int]:
    dates: list[tuple[int, int]] = []
    j = i
    while len(dates) < MAX_ITEMS:
        found = month_day(c, j)
        if not found:
            break
        dates.append(found[0])
        end = found[1]
        j = _separator(c, end)
        if j == end:
            return dates, end
    return (dates, end) if dates else ([], i)


def one_rule(dates: list[tuple[int, int]]) -> bool:
    """One rule holds all months × all days: it must mean exactly these dates."""
    months, days = {m for m, _ in dates}, {d for _, d in dates}
    exist = all(make(2000, month, day) for month, day in dates)
    return exist and len(months) * len(days) == len(set(dates))


def yearly(dates: list[tuple[int, int]]) -> Rule:
    months = tuple(sorted({m for m, _ in dates}))
    days = tuple(sorted({d for _, d in dates}))
    if (months, days) == ((2,), (29,)):
        return Rule("YEARLY", by_month=(2,)).on_day(29)
    return Rule("YEARLY", by_month=months, by_month_day=days)


def read_detail(c: Context, rule: Rule, i: int) -> tuple[Rule, int] | None:
    """On mon and thu; on the last friday; on the 1st and 15th; on 5 january."""
    led = c.phrase("on", i)
    if not led:
        return None
    j = led[1]
    if rule.freq == "WEEKLY":
        days = read_weekdays(c, j, "weekdays") or read_weekdays(c, j, "weekday_plurals")
        return (weekly(c, days[0], rule.interval), days[1]) if days else None
    if rule.freq == "MONTHLY":
        j = c.skip("the", j)
        items = read_month_days(c, j) or read_first(c, j)
        return (replace(items[0], interval=rule.interval), items[1]) if items else None
    if rule.freq == "YEARLY":
        dates, end = read_dates(c, j)
        if dates and one_rule(dates):
            return replace(yearly(dates), interval=rule.interval), end
        items = read_month_days(c, c.skip("the", j))
        named = read_of_month(c, *items) if items else None
        return (replace(named[0], interval=rule.interval), named[1]) if named else None
    return None


def read_of_month(c: Context, rule: Rule, i: int) -> tuple[Rule, int] | None:
    """The 2nd sunday of may: such a day of one month, so once a year."""
    month = c.phrase("months", c.skip("of", i))
    return (replace(rule, freq="YEARLY", by_month=(month[0],)), month[1]) if month else None


def read_first(c: Context, i: int) -> tuple[Rule, int] | None:
    """The first, as a word alone: it counts only with "of the month" or after "every month on"."""
    found = c.phrase("ordinals", i)
    return (Rule("MONTHLY", by_month_day=(found[0],)), found[1]) if found else None


def read_yearly(c: Context, i: int) -> tuple[Rule, int] | None:
    """Jan 5; 14 jan and 14 apr, where the days are the same; christmas."""
    holiday = c.phrase("holidays", i)
    if holiday:
        return yearly([holiday[0]]), holiday[1]
    dates, j = read_dates(c, i)
    if not dates or not one_rule(dates) or c.any_low(j) in c.words.measures:
        return None
    return yearly(dates), j


def read_month_end(c: Context, i: int) -> tuple[Rule, int] | None:
    """End of month."""
    lead = c.phrase("end_of", i)
    unit = c.phrase("units", lead[1]) if lead else None
    if unit and unit[0] == ("month", 1):
        return Rule("MONTHLY", by_month_day=(-1,)), unit[1]
    return None


def weekly(c: Context, days: tuple[int, ...], interval: int = 1) -> Rule:
    """With the person's week start, where it makes a difference."""
    week_start = c.week_start if interval > 1 and len(days) > 1 else 0
    return Rule("WEEKLY", interval, by_day=each(days), week_start=week_start)


def _separator(c: Context, j: int) -> int:
    """Past a comma, an "and", or both."""
    k = j + 1 if c.any_low(j) == "," else j
    return c.skip("and_", k)


def read_weekdays(c: Context, i: int, table: str) -> tuple[tuple[int, ...], int] | None:
    """Weekdays: mon, wed and fri; mon-fri; mon/wed; mon to fri."""
    days: list[int] = []
    j = end = i
    while len(days) < MAX_ITEMS:
        found = _one_weekday(c, j, table)
        if not found:
            break
        days += found[0]
        end = found[1]
        j = _separator(c, end)  # or none: every mon wed fri
    return (tuple(days), end) if days else None


def _one_weekday(c: Context, i: int, table: str) -> tuple[tuple[int, ...], int] | None:
    found = c.phrase(table, i)
    if found:
        to = c.phrase("to", found[1])
        last = c.phrase(table, to[1]) if to else None
        if last:
            return _range(found[0], last[0]), last[1]
        return (found[0],), found[1]
    word, weekdays = c.low(i), getattr(c.words, table)
    for sign in ("-", "–", "/"):
        names = word.split(sign)
        if 2 <= len(names) <= 7 and all(name in weekdays for name in names):
            numbers = tuple(weekdays[name] for name in names)
            return (_range(*numbers) if sign != "/" and len(numbers) == 2 else numbers), i + 1
    return None


def _range(first: int, last: int) -> tuple[int, ...]:
    return tuple((first + k) % 7 for k in range((last - first) % 7 + 1))


# A day inside a month: ("day", 15, 0), ("workday", -1, 0), ("weekday", -1, 4).
Nth = tuple[str, int, int]


def read_nth(c: Context, i: int) -> tuple[Nth, int] | None:
    j = c.skip("the", i)
    found = c.phrase("last", j) or c.phrase("ordinals", j)
    number, j = found or (ordinal_number(c, j), j + 1)
    if not number:
        return None
    weekday = c.phrase("weekdays", j)
    if weekday:
        return (("weekday", number, weekday[0]), weekday[1]) if number <= 5 else None
    workday = c.phrase("workdays", j)
    if workday:
        return (("workday", number, 0), workday[1]) if number <= 23 else None
    unit = c.phrase("units", j)
    if unit and unit[0] == ("day", 1):
        return ("day", number, 0), unit[1]
    return (("day", number, 0), j) if not found and not unit else None


def read_month_days(c: Context, i: int) -> tuple[Rule, int] | None:
    """A list of such days as one monthly rule; None where one rule can't hold them all."""
    items: list[Nth] = []
    j = end = i
    while len(items) < MAX_ITEMS:
        found = read_nth(c, j)
        number = None if found else integer(c, j, 31)
        if number and not c.phrase("months", j + 1):
            found = ("day", number, 0), j + 1
        if not found:
            break
        items.append(found[0])
        end = found[1]
        j = _separator(c, end)
        if j == end:
            break
    rule = _monthly(items) if items else None
    return (rule, end) if rule else None


def _spread(items: list[Nth]) -> list[Nth]:
    """The 1st and 3rd thu: the first of them is a Thursday too."""
    kind, _, weekday = items[-1]
    if kind == "day" or any(k == "day" and not 1 <= n <= 5 for k, n, _ in items):
        return items
    return [(kind, n, weekday) if k == "day" else (k, n, d) for k, n, d in items]


def _monthly(items: list[Nth]) -> Rule | None:
    items = _spread(items)
    kinds = {kind for kind, _, _ in items}
    numbers = tuple(sorted({number for _, number, _ in items}, key=lambda n: (n < 0, n)))
    if kinds == {"workday"}:
        return Rule("MONTHLY", by_day=each(WORKDAYS), by_set_pos=numbers)
    if kinds == {"weekday"}:
        pairs = sorted({(n, d) for _, n, d in items}, key=lambda p: (p[0] < 0, *p))
        return Rule("MONTHLY", by_day=tuple(pairs))
    if kinds != {"day"}:
        return None
    if len(numbers) == 1 and numbers[0] > 28:
        return Rule("MONTHLY").on_day(numbers[0])
    return Rule("MONTHLY", by_month_day=numbers)
