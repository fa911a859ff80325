"""Repeats in words, as a table of forms: every other tue, every last workday, every! 3 days until 1 june, daily.

What a rule can't say (every 12 hours, every 14 jan and 15 jun, every 3 workdays) is not half read:
those words stay words.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ..dates import Moment
from ..limits import MAX_COUNT, MAX_INTERVAL
from ..repeats.occurrences import first_occurrence
from ..repeats.rule import WORKDAYS, Freq, Mode, Rule, each, parse
from .dates import (
    CLOCK,
    INTEGER,
    MONTHDAY,
    NTH,
    NUMBER,
    ORDINAL,
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
from .tokens import Context, Forms, Reader, reader

FREQS: dict[str, Freq] = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
MONTH = ("month", 1)
Step = tuple[Mode, int, str]
MAX_ITEMS = 31  # of a list of days


@dataclass(frozen=True, slots=True)
class Said:
    """A repeat as it was said. Start and end are resolved once the due date is known."""

    rule: Rule
    mode: Mode = "due"
    need: str = ""  # what must follow, see `stands`
    time: When | None = None
    part: str = ""  # of the day, where `time` only stands for it
    start: When | None = None
    span: tuple[str, int] | None = None  # "for 3 weeks"
    is_later: bool = False  # "after 10 days": first due then

    def first(self, c: Context, due: Moment | None = None) -> Moment | None:
        """The first date: the one given, else the rule's first on or after its start."""
        if due and due.date:
            return due
        start = self._start(c)
        unbound = replace(self.rule, interval=1, count=None, until=None)
        return first_occurrence(str(unbound), start) if start else None

    def _start(self, c: Context) -> Moment | None:
        clock = self.time.time if self.time else None
        tz = self.time.tz if self.time else ""
        if self.start and self.start.day:
            given = self.start.moment(c)
            return Moment(given.date, clock, tz) if clock and not given.time else given
        if self.start and self.start.time:
            clock, tz = self.start.time, self.start.tz
        day: date | None = next_day_for(c, clock, tz) if clock else c.today
        if self.is_later:
            unit = next(name for name, freq in FREQS.items() if freq == self.rule.freq)
            day = add(c.today, unit, self.rule.interval)
        return Moment(day, clock, tz) if day else None

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


# ---- lists of days


def _listed(c: Context, i: int, item: Reader, tight: bool = False) -> tuple[list[Any], int]:
    """Items with a comma, an "and" or both between them: mon, wed and fri; `tight`: or nothing."""
    items: list[Any] = []
    j, end = i, i - 1
    while len(items) < MAX_ITEMS and (tight or j > end) and (found := item(c, j)):
        items.append(found[0])
        end = found[1]
        j = c.skip("and_", end + 1 if c.any_low(end) == "," else end)
    return items, end


def _weekday(c: Context, i: int, table: str) -> tuple[tuple[int, ...], int] | None:
    """Mon; mon to fri; mon-fri; mon/wed."""
    found = c.phrase(table, i)
    if found:
        to = c.phrase("to", found[1])
        last = c.phrase(table, to[1]) if to else None
        return (_range(found[0], last[0]), last[1]) if last else ((found[0],), found[1])
    word, weekdays = c.low(i), c.words.tables[table]
    for sign in "-–/":
        names = word.split(sign)
        if 2 <= len(names) <= 7 and all(name in weekdays for name in names):
            numbers = tuple(weekdays[name] for name in names)
            return (_range(*numbers) if sign != "/" and len(numbers) == 2 else numbers), i + 1
    return None


def _range(first: int, last: int) -> tuple[int, ...]:
    return tuple((first + k) % 7 for k in range((last - first) % 7 + 1))


def _several(c: Context, i: int, table: str) -> tuple[tuple[int, ...], int] | None:
    items, end = _listed(c, i, lambda c, j: _weekday(c, j, table), tight=True)
    return (tuple(day for days in items for day in days), end) if items else None


@reader("WEEKDAYS", "weekdays -")
def _singular(c: Context, i: int) -> tuple[tuple[int, ...], int] | None:
    return _several(c, i, "weekdays")


@reader("PLURALS", "weekday_plurals -")
def _plural(c: Context, i: int) -> tuple[tuple[int, ...], int] | None:
    return _several(c, i, "weekday_plurals")


def _nth_day(c: Context, i: int) -> tuple[tuple[str, int, int], int] | None:
    """A day inside a month: ("day", 15, 0) the 15th, ("workday", -1, 0), ("weekday", -1, 4) the last friday."""
    found = NTH.read(c, c.skip("the", i))
    if not found:
        bare = INTEGER.read(c, i)
        is_day = bare and not c.phrase("months", i + 1)
        return (("day", bare[0], 0), i + 1) if bare and is_day and bare[0] <= 31 else None
    n, j = found
    for table, kind, most in (("weekdays", "weekday", 5), ("workdays", "workday", 23)):
        day = c.phrase(table, j)
        if day:
            return ((kind, n, day[0] if kind == "weekday" else 0), day[1]) if n <= most else None
    unit = c.phrase("units", j)
    if unit:
        return (("day", n, 0), unit[1]) if unit[0] == ("day", 1) else None
    return (("day", n, 0), j) if ORDINAL.read(c, j - 1) else None


@reader("DAYS_OF_MONTH", "the 0 last ordinals")
def _days_of_month(c: Context, i: int) -> tuple[Rule, int] | None:
    """A list of such days as one monthly rule; None where one rule can't hold them all."""
    items, end = _listed(c, i, _nth_day)
    rule = _monthly(items) if items else None
    return (rule, end) if rule else None


def _monthly(items: list[tuple[str, int, int]]) -> Rule | None:
    kind, _, weekday = items[-1]
    if kind != "day" and all(k != "day" or 1 <= n <= 5 for k, n, _ in items):
        # the 1st and 3rd thu: the first of them is a Thursday too
        items = [(kind, n, weekday) if k == "day" else (k, n, d) for k, n, d in items]
    kinds = {kind for kind, _, _ in items}
    numbers = tuple(sorted({n for _, n, _ in items}, key=lambda n: (n < 0, n)))
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


@reader("FIRST", "ordinals")
def _first(c: Context, i: int) -> tuple[Rule, int] | None:
    """The first, as a word alone: it counts with "of the month" or after "every month on"."""
    found = c.phrase("ordinals", i)
    return (Rule("MONTHLY", by_month_day=(found[0],)), found[1]) if found else None


@reader("DAYS_OF_YEAR", "MONTHDAY")
def _days_of_year(c: Context, i: int) -> tuple[Rule, int] | None:
    """Jan 5; 14 jan and 14 apr: one rule holds all months × all days, so it must mean exactly these dates."""
    dates, end = _listed(c, i, MONTHDAY.read)
    months, days = {m for m, _ in dates}, {d for _, d in dates}
    exist = all(make(2000, month, day) for month, day in dates)
    if not dates or not exist or len(months) * len(days) != len(set(dates)):
        return None
    if (months, days) == ({2}, {29}):
        return Rule("YEARLY", by_month=(2,)).on_day(29), end
    return Rule("YEARLY", by_month=tuple(sorted(months)), by_month_day=tuple(sorted(days))), end


def weekly(c: Context, days: tuple[int, ...], interval: int = 1) -> Rule:
    """With the person's week start, where it makes a difference."""
    week_start = c.week_start if interval > 1 and len(days) > 1 else 0
    return Rule("WEEKLY", interval, by_day=each(days), week_start=week_start)


# ---- how often


@reader("EACH", "every")
def _each(c: Context, i: int) -> tuple[Mode, int] | None:
    """Every, or every! with the sign right behind it."""
    every = c.phrase("every", i)
    if not every:
        return None
    j = every[1]
    is_done = c.any_low(j) == "!" and c.tokens[j].start == c.tokens[j - 1].end
    return ("completion", j + 1) if is_done else ("due", j)


# Other, second, 2nd, 2, two.
INTERVAL = Forms("INTERVAL", {"other | ordinals | ORDINAL | NUMBER": same})


def _steps(name: str, unit: str) -> None:
    """A reader of "every 2 weeks" and "weekly" for one unit."""

    def read(c: Context, i: int) -> tuple[Step, int] | None:
        adverb, every = c.phrase("adverbs", i), _each(c, i)
        if every:
            times, j = INTERVAL.read(c, every[1]) or (1, every[1])
            found = c.phrase("units", j)
        else:
            found, times = adverb, 1
        if not found or found[0][0] != unit or not 1 <= times * found[0][1] <= MAX_INTERVAL:
            return None
        return (every[0] if every else "due", times * found[0][1], unit), found[1]

    reader(name, "every adverbs")(read)


_steps("DAYS", "day")
_steps("WEEKS", "week")
_steps("MONTHS", "month")
_steps("YEARS", "year")


def _plain(c: Context, step: Step) -> Said:
    """Every 3 days; daily where nothing plain follows, as with "every 3 day"."""
    mode, interval, unit = step
    is_odd = interval > 1 and c.has("singulars", c.j - 1) and INTEGER.read(c, c.j - 2)
    return Said(Rule(FREQS[unit], interval), mode, "edge" if is_odd or not _each(c, c.i) else "")


def _in_month(c: Context, step: Any, rule: Rule, month: int) -> Said | None:
    """Once a year, where nothing like it follows."""
    mode, interval, _unit = step if isinstance(step, tuple) else (step, 1, "")
    rule = replace(rule, freq="YEARLY", interval=interval, by_month=(month,))
    return None if c.any_low(c.j) == "," and _nth_day(c, c.j + 1) else Said(rule, mode)


def _of_month(c: Context, mode: Mode, rule: Rule) -> Said:
    bare = rule.by_month_day and c.low(c.j - 1).isdigit()
    return Said(rule, mode, "loose" if bare else "edge" if rule.by_month_day else "")


def _month_end(c: Context, *said: Any) -> Said | None:
    mode: Mode = said[0] if len(said) > 1 else "due"
    return Said(Rule("MONTHLY", by_month_day=(-1,)), mode) if said[-1] == MONTH else None


def _weekdays(c: Context, mode: Mode, interval: int | None, days: tuple[int, ...]) -> Said:
    return Said(weekly(c, days, interval or 1), mode)


def _part(c: Context, said: Mode | int, part: str) -> Said:
    """Every morning; sunday nights."""
    if isinstance(said, int):
        return Said(weekly(c, (said,)), time=_at(c, part), part=part)
    return Said(Rule("DAILY"), said, time=_at(c, part), part=part)


def _after(c: Context, n: int, unit: Unit) -> Said | None:
    """As Todoist reads it: every! 10 days, first due then."""
    if n * unit[1] > MAX_INTERVAL:
        return None
    return Said(Rule(FREQS[unit[0]], n * unit[1]), "completion", "edge", is_later=True)


def _at(c: Context, part: str) -> When:
    return When(None, c.words.tables["daypart_times"][part])


REPEAT = Forms(
    "REPEAT",
    is_day=True,
    table={
        "DAYS | WEEKS | MONTHS | YEARS": _plain,  # every! 3 days, daily
        "WEEKS .on WEEKDAYS | WEEKS .on PLURALS": lambda c, step, days: Said(
            weekly(c, days, step[1]), step[0]
        ),
        # every month on the last friday, every year on 5 jan
        "MONTHS .on DAYS_OF_MONTH | MONTHS .on .the? FIRST | YEARS .on DAYS_OF_YEAR": (
            lambda c, step, rule: Said(replace(rule, interval=step[1]), step[0])
        ),
        # every year on the 2nd sunday of may, every last sunday of march
        "YEARS .on DAYS_OF_MONTH .of? months | EACH DAYS_OF_MONTH .of? months": _in_month,
        "EACH DAYS_OF_MONTH .of_month? | EACH FIRST .of_month": _of_month,  # every 15th, every last friday
        # on the 1st of every month
        ".on? DAYS_OF_MONTH .of_every_month | .on? .the? FIRST .of_every_month": lambda c, rule: Said(
            rule
        ),
        "EACH DAYS_OF_YEAR": lambda c, mode, rule: Said(rule, mode, "count"),  # every jan 5
        "EACH .end_of units | .lead_in? .end_of .every units": _month_end,  # every end of month
        "EACH other? WEEKDAYS | EACH NUMBER PLURALS": _weekdays,  # every mon, wed and fri
        "EACH .workdays": lambda c, mode: Said(weekly(c, WORKDAYS), mode),
        "EACH INTERVAL? .weekends": lambda c, mode, interval: _weekdays(c, mode, interval, (5,)),
        "EACH dayparts | weekdays daypart_plurals": _part,
        ".on? PLURALS | .on? group_plurals": lambda c, days: Said(weekly(c, days), need="edge"),
        ".after_done NUMBER units": _after,  # after 10 days
        ".once units": lambda c, unit: Said(
            Rule(FREQS[unit[0]], unit[1]), need="edge"
        ),  # once a week
    },
)


# ---- the time, start and end after it


def read_repeat(c: Context, i: int) -> tuple[Said, int] | None:
    """A repeat at `i` with its time, start and end; None where the words mean no rule."""
    found = REPEAT.read(c, i)
    if not found:
        return None
    said, j = found
    end = j
    for _ in range(3):
        k = end + 1 if c.any_low(end) == "," else end
        more = _time(c, said, k) or _beginning(c, said, k) or _ending(c, said, k)
        if not more:
            break
        said, end = more
        c.day_ends.add(end)
    if end == j and not stands(c, j, said.need) or c.has("exceptions", end) or _goes_on(c, end):
        return None
    return said, end


def _goes_on(c: Context, end: int) -> bool:
    """`every mon at 8pm, tue at 9pm` has two times, which one rule can't have."""
    if c.any_low(end) != "," and not c.phrase("and_", end):
        return False
    if c.phrase("weekdays", end + 1):
        return bool(read_when(c, end + 1))
    return bool(CLOCK.read(c, end + 1) or c.phrase("dayparts", end + 1))


def _time(c: Context, said: Said, i: int) -> tuple[Said, int] | None:
    """At 9am; in the morning."""
    if said.time and not said.part:
        return None
    clock = CLOCK.read(c, i)
    if clock:
        at = in_half(clock[0], said.part)
        return replace(said, time=When(None, at.time, at.tz), part=""), clock[1]
    part = c.phrase("dayparts", i) or c.phrase("in_daypart", i)
    if said.time or not part:
        return None
    return replace(said, time=_at(c, part[0]), part=part[0]), part[1]


def _beginning(c: Context, said: Said, i: int) -> tuple[Said, int] | None:
    """Starting friday."""
    lead = c.phrase("starting", i) if not said.start else None
    when = read_when(c, lead[1]) if lead else None
    return (replace(said, start=when[0]), when[1]) if when and not when[0].none else None


def _ending(c: Context, said: Said, i: int) -> tuple[Said, int] | None:
    """Until 1 june; for 5 times; for 3 weeks."""
    if said.rule.ends or said.span:
        return None
    lead = c.phrase("until", i) or (c.phrase("to", i) if said.start else None)
    if lead:
        # "ending in 6 months", where "ending in" was taken together
        when = read_when(c, lead[1]) or (
            read_when(c, lead[1] - 1) if c.phrase("in_", lead[1] - 1) else None
        )
        if not when or not when[0].day:
            return None
        return replace(said, rule=replace(said.rule, until=when[0].day)), when[1]
    j = c.skip("for_", i)
    counted = NUMBER.read(c, j)
    if not counted or j == i and not c.low(j).isdigit():
        return None
    times, unit = c.phrase("times", counted[1]), c.phrase("units", counted[1])
    if times and counted[0] <= MAX_COUNT:
        return replace(said, rule=replace(said.rule, count=counted[0])), times[1]
    if unit and j > i:
        return replace(said, span=(unit[0][0], counted[0] * unit[0][1])), unit[1]
    return None
