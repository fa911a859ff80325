"""Repeats in words: every other tue, every last workday, every! 3 days until 1 june, daily.

What a rule can't say (every 12 hours, every 14 jan and 15 jun, every 3 workdays) is not half read:
those words stay words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from datetime import time as clock_time

from ..dates import Moment
from ..limits import MAX_COUNT, MAX_INTERVAL
from ..repeats.occurrences import first_occurrence
from ..repeats.rule import WORKDAYS, Freq, Mode, Rule, each, parse
from .dates import add, count, integer, make, month_day, ordinal_number
from .result import RepeatRule
from .times import When, in_half, next_day_for, read_clock, read_when, stands
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
    """Jan 5; 14 jan and 14 apr, where the days are the same."""
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


@dataclass(frozen=True, slots=True)
class Said:
    """A repeat as it was said. Start and end are resolved once the due date is known."""

    rule: Rule
    mode: Mode = "due"
    time: When | None = None
    part: str = ""  # of the day, where `time` only stands for it
    start: When | None = None
    span: tuple[str, int] | None = None  # "for 3 weeks"

    def first(self, c: Context, due: Moment | None = None) -> Moment | None:
        """The first date: the one given, else the rule's first on or after its start."""
        if due and due.date:
            return due
        clock = self.time.time if self.time else None
        tz = self.time.tz if self.time else ""
        start = self._start(c, clock, tz)
        if start is None:
            return None
        unbound = replace(self.rule, interval=1, count=None, until=None)
        return first_occurrence(str(unbound), start)

    def _start(self, c: Context, clock: clock_time | None, tz: str) -> Moment | None:
        if self.start and self.start.day:
            given = self.start.moment(c)
            return Moment(given.date, clock, tz) if clock and not given.time else given
        if self.start and self.start.time:
            clock, tz = self.start.time, self.start.tz
        day = next_day_for(c, clock, tz) if clock else c.today
        if self.mode == "completion" and self.span == ("after", 0):
            ahead = add(c.today, *_unit_of(self.rule))
            return Moment(ahead, clock, tz) if ahead else None
        return Moment(day, clock, tz)

    def bound(self, first: Moment, pin: bool = True) -> RepeatRule | None:
        """The rule as it starts with that date; None if it has ended before."""
        rule = self.rule
        if self.span and self.span[1]:
            last = add(first.date, *self.span) if first.date else None
            rule = replace(rule, until=add(last, "day", -1) if last else None)
        if isinstance(rule.until, date) and first.date and rule.until < first.date:
            return None
        if pin:
            rule = rule.said_on(first.date, self.mode)
        return RepeatRule(str(rule), self.mode)


def _unit_of(rule: Rule) -> tuple[str, int]:
    unit = next(name for name, freq in FREQS.items() if freq == rule.freq)
    return unit, rule.interval


def pinned(repeat: RepeatRule, first: Moment) -> RepeatRule:
    """The rule as it is meant when it starts with that date."""
    return repeat._replace(rrule=str(parse(repeat.rrule).said_on(first.date, repeat.mode)))


Found = tuple[Said, int] | None


def read_repeat(c: Context, i: int) -> Found:
    """A repeat at `i` with its time, start and end; None where the words mean no rule."""
    found = _base(c, i)
    if not found:
        return None
    said, j, need = found
    said, end = _tail(c, said, j)
    if end == j and not stands(c, i, j, need):
        return None
    if c.low(end) in c.words.exceptions or _goes_on(c, end):
        return None
    return said, end


def _goes_on(c: Context, end: int) -> bool:
    """`every mon at 8pm, tue at 9pm` has two times, which one rule can't have."""
    if c.any_low(end) != "," and not c.phrase("and_", end):
        return False
    if c.phrase("weekdays", end + 1):
        return bool(read_when(c, end + 1))
    return bool(read_clock(c, end + 1) or c.phrase("dayparts", end + 1))


# What the beginnings below return: the repeat, where it ends, what must follow it.
Base = tuple[Said, int, str] | None


def _base(c: Context, i: int) -> Base:
    every = c.phrase("every", i)
    if every:
        j = every[1]
        if c.any_low(j) == "!" and c.tokens[j].start == c.tokens[j - 1].end:
            return _every(c, j + 1, "completion")
        return _every(c, j, "due")
    for reader in (_adverb, _after, _plurals, _once, _nth_of_every):
        found = reader(c, i)
        if found:
            return found
    return None


def _adverb(c: Context, i: int) -> Base:
    """Daily; weekly on mondays; monthly on the 15th."""
    found = c.phrase("adverbs", i)
    if not found:
        return None
    (unit, number), j = found
    rule = Rule(FREQS[unit], number)
    detailed = read_detail(c, rule, j)
    if detailed:
        return Said(detailed[0]), detailed[1], ""
    return Said(rule), j, "edge"


def _after(c: Context, i: int) -> Base:
    """After 10 days, which Todoist reads as every! 10 days, first due then."""
    if c.low(i) not in c.words.after_done:
        return None
    number = count(c, i + 1)
    unit = c.phrase("units", number[1]) if number else None
    if not number or not unit or number[0] * unit[0][1] > MAX_INTERVAL:
        return None
    rule = Rule(FREQS[unit[0][0]], number[0] * unit[0][1])
    return Said(rule, "completion", span=("after", 0)), unit[1], "edge"


def _plurals(c: Context, i: int) -> Base:
    """On mondays and thursdays, weekdays, on weekends."""
    led = c.phrase("on", i)
    j = led[1] if led else i
    found = read_weekdays(c, j, "weekday_plurals")
    days, need = (found[0], "edge") if found else (None, "edge")
    for table, meaning in (("workday_plurals", WORKDAYS), ("weekend_plurals", (5,))):
        plural = c.phrase(table, j) if not found else None
        if plural:
            days, found = meaning, (meaning, plural[1])
    if not found or days is None:
        return _plural_parts(c, j)
    return Said(weekly(c, days)), found[1], need


def _plural_parts(c: Context, i: int) -> Base:
    """Sunday nights."""
    weekday = c.phrase("weekdays", i)
    part = c.phrase("daypart_plurals", weekday[1]) if weekday else None
    if not weekday or not part:
        return None
    at = When(None, c.words.daypart_times[part[0]])
    return Said(weekly(c, (weekday[0],)), time=at, part=part[0]), part[1], ""


def _once(c: Context, i: int) -> Base:
    found = c.phrase("once", i)
    unit = c.phrase("units", found[1]) if found else None
    return (Said(Rule(FREQS[unit[0][0]], unit[0][1])), unit[1], "edge") if unit else None


def _nth_of_every(c: Context, i: int) -> Base:
    """On the 1st of every month, the last friday of each month."""
    end_of = c.phrase("end_of", c.skip("lead_in", i))
    every = c.phrase("every", end_of[1]) if end_of else None
    if every and c.phrase("units", every[1]) == (("month", 1), every[1] + 1):
        return Said(Rule("MONTHLY", by_month_day=(-1,))), every[1] + 1, ""
    j = c.skip("the", c.skip("on", i))
    found = read_month_days(c, j) or read_first(c, j)
    every = c.phrase("of_every_month", found[1]) if found else None
    return (Said(found[0]), every[1], "") if found and every else None


# ---- every ...


def _every(c: Context, i: int, mode: Mode) -> Base:
    for reader in (_every_part, _every_units, _every_weekdays, _every_nth, _every_date):
        found = reader(c, i, mode)
        if found:
            return found
    return None


def _every_part(c: Context, i: int, mode: Mode) -> Base:
    """Every morning."""
    found = c.phrase("dayparts", i)
    if not found:
        return None
    at = When(None, c.words.daypart_times[found[0]])
    return Said(Rule("DAILY"), mode, time=at, part=found[0]), found[1], ""


def _interval(c: Context, i: int) -> tuple[int, int]:
    """Every other, every 2, every two, every second; 1 where none of them stands."""
    for table in ("other", "ordinals"):
        found = c.phrase(table, i)
        if found:
            return found
    number = ordinal_number(c, i)
    if number:
        return number, i + 1
    return count(c, i) or (1, i)


def _every_units(c: Context, i: int, mode: Mode) -> Base:
    """Every day, every 2 weeks on mon and thu, every third month on the 15th, every workday."""
    interval, j = _interval(c, i)
    for table, days in (("workdays", WORKDAYS), ("weekends", (5,))):
        found = c.phrase(table, j)
        if found:
            takes = j == i or table == "weekends"
            return (Said(weekly(c, days, interval), mode), found[1], "") if takes else None
    unit = c.phrase("units", j)
    if not unit:
        return None
    name, times = unit[0]
    if not 1 <= interval * times <= MAX_INTERVAL:
        return None
    rule = Rule(FREQS[name], interval * times)
    detailed = read_detail(c, rule, unit[1])
    if detailed:
        return Said(detailed[0], mode), detailed[1], ""
    need = "edge" if interval > 1 and j > i and c.any_low(unit[1] - 1) in c.words.singulars else ""
    if need and (c.phrase("other", i) or not c.low(i)[:1].isdigit() or ordinal_number(c, i)):
        need = ""
    return Said(rule, mode), unit[1], need


def _every_weekdays(c: Context, i: int, mode: Mode) -> Base:
    """Every mon, wed and fri; every other tue; every mon-fri; every 2 mondays."""
    found = c.phrase("other", i)
    number = integer(c, i, MAX_INTERVAL)
    interval, j = found or ((number, i + 1) if number else (1, i))
    table = "weekday_plurals" if number and c.phrase("weekday_plurals", j) else "weekdays"
    if number and table == "weekdays":
        return None
    days = read_weekdays(c, j, table)
    return (Said(weekly(c, days[0], interval), mode), days[1], "") if days else None


def _every_nth(c: Context, i: int, mode: Mode) -> Base:
    """Every last friday, every 15th, every 2, 15, 27, every last day, every first workday."""
    found = read_month_days(c, i)
    if not found:
        first = read_first(c, i)
        end = c.phrase("of_month", first[1]) if first else None
        return (Said(first[0], mode), end[1], "") if first and end else None
    rule, j = found
    named = read_of_month(c, rule, j)
    if named:
        several = c.any_low(named[1]) == "," and read_nth(c, named[1] + 1)
        return (Said(named[0], mode), named[1], "") if not several else None
    j = c.skip("of_month", j)
    bare = rule.by_month_day and not ordinal_number(c, j - 1) and c.low(j - 1).isdigit()
    return Said(rule, mode), j, "loose" if bare else ("edge" if rule.by_month_day else "")


def _every_date(c: Context, i: int, mode: Mode) -> Base:
    """Every jan 5, every end of month."""
    found = read_yearly(c, i) or read_month_end(c, i)
    return (Said(found[0], mode), found[1], "") if found else None


# ---- the time, start and end after it


def _tail(c: Context, said: Said, i: int) -> tuple[Said, int]:
    """At 9am, starting friday, until 1 june, for 5 times, for 3 weeks; in any order, each once."""
    j = i
    for _ in range(3):
        k = j + 1 if c.any_low(j) == "," else j
        found = _tail_time(c, said, k) or _tail_start(c, said, k) or _tail_end(c, said, k)
        if not found:
            break
        said, j = found
    return said, j


def _tail_time(c: Context, said: Said, i: int) -> Found:
    if said.time and not said.part:
        return None
    clock = read_clock(c, i, after_day=True)
    if clock:
        at = in_half(clock[0], said.part)
        return replace(said, time=When(None, at.time, at.tz), part=""), clock[1]
    if said.time:
        return None
    for table in ("dayparts", "in_daypart"):
        part = c.phrase(table, i)
        if part:
            at_part = When(None, c.words.daypart_times[part[0]])
            return replace(said, time=at_part, part=part[0]), part[1]
    return None


def _tail_start(c: Context, said: Said, i: int) -> Found:
    lead = c.phrase("starting", i) if not said.start else None
    when = read_when(c, lead[1]) if lead else None
    return (replace(said, start=when[0]), when[1]) if when and not when[0].none else None


def _tail_end(c: Context, said: Said, i: int) -> Found:
    if said.rule.ends or said.span and said.span[1]:
        return None
    lead = c.phrase("until", i) or (c.phrase("to", i) if said.start else None)
    if lead:
        when = read_when(c, lead[1]) or _read_in(c, lead[1] - 1)
        if not when or not when[0].day:
            return None
        return replace(said, rule=replace(said.rule, until=when[0].day)), when[1]
    j = c.skip("for_", i)
    number = count(c, j)
    if not number or j == i and not c.low(j).isdigit():
        return None
    times = c.phrase("times", number[1])
    if times and number[0] <= MAX_COUNT:
        return replace(said, rule=replace(said.rule, count=number[0])), times[1]
    unit = c.phrase("units", number[1])
    if unit and j > i:
        span = (unit[0][0], number[0] * unit[0][1])
        return replace(said, span=span), unit[1]
    return None


def _read_in(c: Context, i: int) -> tuple[When, int] | None:
    """`ending in 6 months`, where "ending in" was taken together."""
    return read_when(c, i) if c.phrase("in_", i) else None
