"""Repeats in words, as a table of forms: every other tue, every last workday, every! 3 days until 1 june, daily.

What a rule can't say (every 12 hours, every 14 jan and 15 jun, every 3 workdays) is not half read:
those words stay words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..dates import Moment
from ..limits import MAX_COUNT, MAX_INTERVAL
from ..repeats.occurrences import first_occurrence
from ..repeats.rule import EVERY_WORKDAY, WORKDAYS, Freq, Mode, Rule, each, parse
from .dates import (
    CLOCK,
    INTEGER,
    Unit,
    When,
    add,
    in_half,
    make,
    next_day_for,
    read_when,
    same,
    stands,
)
from .result import RepeatRule
from .tokens import Context, Forms, matching

FREQS: dict[str, Freq] = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
Step = tuple[Mode, Rule]


@dataclass(frozen=True, slots=True)
class Said:
    """A repeat as it was said. Start and end are resolved once the due date is known."""

    rule: Rule
    mode: Mode = "due"
    need: str = ""  # what must follow, see `stands`
    time: When = When()
    start: When = When()
    span: tuple[str, int] | None = None  # "for 3 weeks"
    later: date | None = None  # "after 10 days": first due then

    def first(self, c: Context, due: Moment | None = None) -> Moment | None:
        """The first date: the one given, else the rule's first on or after its start."""
        if due and due.date:
            return due
        clock = self.start if self.start.time else self.time
        next_day = next_day_for(c, clock.time, clock.tz) if clock.time else c.today
        unbound = replace(self.rule, interval=1, count=None, until=None)
        start = Moment(self.start.day or self.later or next_day, clock.time, clock.tz)
        return first_occurrence(str(unbound), start)

    def bound(self, first: Moment, pin: bool = True) -> RepeatRule | None:
        """The rule as it starts with that date; None if it has ended before."""
        rule = self.rule
        if self.span:
            last = add(first.date, *self.span) if first.date else None
            rule = replace(rule, until=add(last, "day", -1) if last else None)
        if isinstance(rule.until, date) and first.date and rule.until < first.date:
            return None
        return RepeatRule(str(rule.said_on(first.date, self.mode) if pin else rule), self.mode)


def pinned(repeat: RepeatRule, first: Moment) -> RepeatRule:
    """The rule as it is meant when it starts with that date."""
    return repeat._replace(rrule=str(parse(repeat.rrule).said_on(first.date, repeat.mode)))


# ---- days of a week, a month, a year: rules

matching("JOINED", "-", r"[^-–/]+(?:([-–/])[^-–/]+)(?:\1[^-–/]+){,5}")


def _range(c: Context, first: int, last: int) -> tuple[int, ...]:
    """Mon to fri."""
    return tuple((first + k) % 7 for k in range((last - first) % 7 + 1))


def _week_rule(table: str, name: str) -> None:
    """The forms of weekdays in the words of one table: mon; mon to fri; mon-fri; mon/wed; a list of them."""

    def joined(c: Context, match: re.Match[str]) -> tuple[int, ...] | None:
        known = c.words.tables[table]
        names = match[0].split(match[1])
        days = tuple(known[name] for name in names if name in known)
        if len(days) < len(names):
            return None
        return _range(c, *days) if match[1] != "/" and len(days) == 2 else days

    one = f"{name}_OR_RANGE"
    Forms(one, {table: lambda c, day: (day,), f"{table} .to {table}": _range, "JOINED": joined})
    Forms(name, {f"{one}*": lambda c, some: weekly(day for days in some for day in days)})


def weekly(days: Iterable[int]) -> Rule:
    return Rule("WEEKLY", by_day=each(days))


_week_rule("weekdays", "WEEKDAYS")
_week_rule("weekday_plurals", "PLURALS")

# A day inside a month, as its number and of what: (1, ANY) the 1st, (-1, 4) the last friday.
WORKDAY, ANY = 7, 8
Nth = tuple[int, int]


NTH_DAY = Forms(
    "NTH_DAY",
    {
        ".the? NTH weekdays": lambda c, n, day: (n, day) if n <= 5 else None,
        ".the? NTH .workdays": lambda c, n: (n, WORKDAY) if n <= 23 else None,
        ".the? NTH units": lambda c, n, unit: (n, ANY) if unit == ("day", 1) else None,
        ".the? ORDINAL": lambda c, n: (
            None if c.any_of("weekdays workdays units", c.j) else (n, ANY)
        ),
        "INTEGER": lambda c, n: (n, ANY) if n <= 31 and not c.phrase("months", c.j) else None,
    },
)


def _monthly(c: Context, items: list[Nth]) -> Rule | None:
    """A list of such days as one rule; None where one rule can't hold them all."""
    last = items[-1][1]
    if last != ANY and all(day != ANY or 1 <= n <= 5 for n, day in items):
        # the 1st and 3rd thu: the first of them is a Thursday too
        items = [(n, last if day == ANY else day) for n, day in items]
    days = {day for _, day in items}
    pairs = sorted(set(items), key=lambda item: (item[0] < 0, *item))
    numbers = tuple(n for n, _ in pairs)
    if days == {ANY}:
        is_one = len(numbers) == 1 and numbers[0] > 0
        rule = Rule("MONTHLY", by_month_day=numbers)
        return rule.on_day(numbers[0]) if is_one else rule
    if days == {WORKDAY}:
        return Rule("MONTHLY", by_day=each(WORKDAYS), by_set_pos=numbers)
    by_day = tuple((n, day) for n, day in pairs if day in range(7))
    return Rule("MONTHLY", by_day=by_day) if len(by_day) == len(pairs) else None


def _yearly(c: Context, dates: list[tuple[int, int]]) -> Rule | None:
    """Jan 5; 14 jan and 14 apr: one rule holds all months × all days, so it must mean exactly these dates."""
    months, days = {m for m, _ in dates}, {d for _, d in dates}
    exist = all(make(2000, month, day) for month, day in dates)
    if not exist or len(months) * len(days) != len(set(dates)):
        return None
    if (months, days) == ({2}, {29}):
        return Rule("YEARLY", by_month=(2,)).on_day(29)
    return Rule("YEARLY", by_month=tuple(sorted(months)), by_month_day=tuple(sorted(days)))


Forms("DAYS_OF_MONTH", {"NTH_DAY+": _monthly})
# The first, as a word alone, counts with "of the month" or after "every month on".
Forms("FIRST", {".the? ordinals": lambda c, n: Rule("MONTHLY").on_day(n)})
Forms("DAYS_OF_YEAR", {"MONTHDAY+": _yearly})


# ---- how often


def _done(c: Context, every: bool) -> Mode | None:
    """Every! with the sign right behind it."""
    return "completion" if c.tokens[c.j - 1].start == c.tokens[c.j - 2].end else None


def plain_rule(n: int, unit: Unit) -> Rule | None:
    """Every so many days, weeks, months or years."""
    name, times = unit
    return Rule(FREQS[name], n * times) if 1 <= n * times <= MAX_INTERVAL else None


def _step(c: Context, mode: Mode, times: int | None, unit: Unit) -> Step | None:
    rule = plain_rule(times or 1, unit)
    return (mode, rule) if rule else None


Forms("EACH", {"every": lambda c, every: "due", "every .!": _done})
Forms("INTERVAL", {"other | ordinals | ORDINAL | NUMBER": same})  # other, second, 2nd, 2, two
Forms(
    "STEP",
    {"EACH INTERVAL? units": _step, "adverbs": lambda c, unit: ("due", plain_rule(1, unit))},
)


def _plain(c: Context, step: Step) -> Said:
    """Every 3 days; daily where nothing plain follows, as with "every 3 day"."""
    mode, rule = step
    is_odd = rule.interval > 1 and c.has("singulars", c.j - 1) and INTEGER.read(c, c.j - 2)
    return Said(rule, mode, "edge" if is_odd or not c.phrase("every", c.i) else "")


def _on(c: Context, step: Step, rule: Rule) -> Said | None:
    """The days, every so many weeks, months or years; with the person's week start, where it makes a difference."""
    mode, every = step
    is_several = rule.freq == "WEEKLY" and every.interval > 1 and len(rule.by_day) > 1
    week_start = c.week_start if is_several else 0
    rule = replace(rule, interval=every.interval, week_start=week_start)
    return Said(rule, mode) if rule.freq == every.freq else None


def _every_week(c: Context, mode: Mode, times: int | None, rule: Rule) -> Said | None:
    return _on(c, (mode, Rule("WEEKLY", times or 1)), rule)


def _in_month(c: Context, step: Step, rule: Rule, month: int) -> Said | None:
    """Once a year, where nothing like it follows."""
    mode, every = step
    if every.freq != "YEARLY" or c.any_lows[c.j] == "," and NTH_DAY.read(c, c.j + 1):
        return None
    return Said(replace(rule, freq="YEARLY", interval=every.interval, by_month=(month,)), mode)


def _of_month(c: Context, mode: Mode, rule: Rule) -> Said:
    bare = rule.by_month_day and c.lows[c.j - 1].isdigit()
    return Said(rule, mode, "loose" if bare else "edge" if rule.by_month_day else "")


def _after(c: Context, n: int, unit: Unit) -> Said | None:
    """As Todoist reads it: every! 10 days, first due then."""
    rule, begin = plain_rule(n, unit), add(c.today, unit[0], n * unit[1])
    return Said(rule, "completion", "edge", later=begin) if rule and begin else None


def _at(c: Context, part: str) -> When:
    """The time that stands for a part of the day until one is said."""
    return When(None, c.words.tables["daypart_times"][part], part=part)


REPEAT = Forms(
    "REPEAT",
    is_day=True,
    table={
        "STEP": _plain,  # every! 3 days, daily
        # every 2 weeks on mon and thu, every month on the last friday, every year on 5 jan
        "STEP .on WEEKDAYS | STEP .on PLURALS | STEP .on DAYS_OF_MONTH | STEP .on FIRST"
        " | STEP .on DAYS_OF_YEAR": _on,
        # every year on the 2nd sunday of may, every last sunday of march
        "STEP .on DAYS_OF_MONTH .of? months": _in_month,
        "EACH DAYS_OF_MONTH .of? months": lambda c, mode, rule, month: _in_month(
            c, (mode, Rule("YEARLY")), rule, month
        ),
        "EACH DAYS_OF_MONTH .of_month? | EACH FIRST .of_month": _of_month,  # every 15th, every last friday
        # on the 1st of every month
        ".on? DAYS_OF_MONTH .of_every_month | .on? FIRST .of_every_month": lambda c, rule: Said(
            rule
        ),
        "EACH DAYS_OF_YEAR": lambda c, mode, rule: Said(rule, mode, "count"),  # every jan 5
        # every end of month, end of every month
        "EACH .end_of units | .lead_in? .end_of EACH units": lambda c, mode, unit: (
            Said(Rule("MONTHLY", by_month_day=(-1,)), mode) if unit == ("month", 1) else None
        ),
        "EACH other? WEEKDAYS | EACH NUMBER PLURALS": _every_week,  # every mon, wed and fri
        "EACH .workdays": lambda c, mode: Said(EVERY_WORKDAY, mode),
        "EACH INTERVAL? .weekends": lambda c, mode, n: _every_week(c, mode, n, weekly([5])),
        "EACH dayparts": lambda c, mode, part: Said(Rule("DAILY"), mode, time=_at(c, part)),
        # sunday nights
        "weekdays daypart_plurals": lambda c, day, part: Said(weekly([day]), time=_at(c, part)),
        ".on? PLURALS": lambda c, rule: Said(rule, need="edge"),
        ".on? group_plurals": lambda c, days: Said(weekly(days), need="edge"),
        ".after_done NUMBER units": _after,  # after 10 days
        # once a week
        ".once units": lambda c, unit: Said(Rule(FREQS[unit[0]], unit[1]), need="edge"),
    },
)


# ---- the time, start and end after it

TAIL = Forms(
    "TAIL",
    {
        "CLOCK": lambda c, clock: ("clock", clock),
        "dayparts | in_daypart": lambda c, part: ("part", part),
        ".starting DATE": lambda c, when: None if when.none else ("start", when),
        ".until DATE": lambda c, when: ("until", when.day) if when.day else None,
        ".to DATE": lambda c, when: ("to", when.day) if when.day else None,
        "INTEGER .times | .for_ NUMBER .times": lambda c, n: (
            ("count", n) if n <= MAX_COUNT else None
        ),
        ".for_ NUMBER units": lambda c, n, unit: ("span", (unit[0], n * unit[1])),
    },
)


def read_repeat(c: Context, i: int) -> tuple[Said, int] | None:
    """A repeat at `i` with its time, start and end; None where the words mean no rule."""
    found = REPEAT.read(c, i)
    if not found:
        return None
    said, j = found
    end = j
    for _ in range(3):
        tail = TAIL.read(c, end + 1 if c.any_lows[end] == "," else end)
        more = _with(c, said, *tail[0]) if tail else None
        if not tail or not more:
            break
        said, end = more, tail[1]
        c.day_ends.add(end)
    if end == j and not stands(c, j, said.need) or c.has("exceptions", end) or _goes_on(c, end):
        return None
    return said, end


def _with(c: Context, said: Said, kind: str, value: Any) -> Said | None:
    """The repeat with one more thing said of it; None where that was said before."""
    if kind == "clock" and (said.time.part or not said.time.time):
        return replace(said, time=in_half(value, said.time.part))
    if kind == "part" and not said.time.time:
        return replace(said, time=_at(c, value))
    if kind == "start" and said.start == When():
        return replace(said, start=value)
    if said.rule.ends or said.span or kind == "to" and said.start == When():
        return None
    if kind == "span":
        return replace(said, span=value)
    if kind in ("until", "to", "count"):
        return replace(said, rule=replace(said.rule, **{kind.replace("to", "until"): value}))
    return None


def _goes_on(c: Context, end: int) -> bool:
    """`every mon at 8pm, tue at 9pm` has two times, which one rule can't have."""
    if c.any_lows[end] != "," and not c.phrase("and_", end):
        return False
    if c.phrase("weekdays", end + 1):
        return bool(read_when(c, end + 1))
    return bool(CLOCK.read(c, end + 1) or c.phrase("dayparts", end + 1))
