"""What the next date of a repeat costs, as ratios: `python benchmarks/bench_recurrence.py`
where the package is installed.

Absolute times say more about the machine than about the code; a ratio can be compared anywhere. The
unit is one search for the next day of FREQ=DAILY that starts this week.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime, timezone
from time import perf_counter
from zoneinfo import ZoneInfo

import django
from dateutil import rrule as du
from django.conf import settings

from django_todos.dates import Moment
from django_todos.repeats.occurrences import Repeat, next_occurrence, parse_rrule
from django_todos.repeats.rule import RuleError, parse
from django_todos.wording.repeats import describe

NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
ZONE = ZoneInfo("Europe/Berlin")


def search(rrule: str, anchor: str) -> Callable[[], object]:
    repeat, moment = Repeat(rrule, "due", Moment.parse(anchor)), Moment.parse(anchor)
    return lambda: next_occurrence(repeat, moment, NOW, ZONE)


def walk(rrule: str, anchor: str) -> Callable[[], object]:
    """The same with dateutil alone, which walks from the anchor."""
    start = datetime.fromisoformat(anchor)
    return lambda: du.rrulestr(rrule, dtstart=start).after(NOW.replace(tzinfo=None))


def refused(rrule: str) -> Callable[[], object]:
    def run() -> object:
        parse.cache_clear()
        try:
            return parse_rrule(rrule)
        except RuleError as error:
            return error

    return run


CASES = {
    "daily, from this week": search("FREQ=DAILY", "2026-11-20"),
    "daily, from 1970": search("FREQ=DAILY", "1970-01-01"),
    "daily, from 1970, dateutil alone": walk("FREQ=DAILY", "1970-01-01"),
    "weekly on two days, in a zone": search(
        "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-19T09:00[Europe/Berlin]"
    ),
    "last Friday of every month": search("FREQ=MONTHLY;BYDAY=-1FR", "2026-10-30"),
    "last Friday, from 1970": search("FREQ=MONTHLY;BYDAY=-1FR", "1970-01-30"),
    "last Friday, from 1970, dateutil alone": walk("FREQ=MONTHLY;BYDAY=-1FR", "1970-01-30"),
    "yearly on 29 February": search("FREQ=YEARLY", "1972-02-29"),
    "daily, COUNT=5000, used up": search("FREQ=DAILY;COUNT=5000", "2000-01-01"),
    "30 February, yearly: refused": refused("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
    "30 February, daily: refused": refused("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
    "a rule in words": lambda: describe("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270601"),
}


def best(case: Callable[[], object], rounds: int = 5) -> float:
    """Seconds a call, the best of some rounds of about a twentieth of a second."""
    start = perf_counter()
    case()
    calls = max(1, int(0.05 / max(perf_counter() - start, 1e-6)))
    times = []
    for _round in range(rounds):
        start = perf_counter()
        for _call in range(calls):
            case()
        times.append((perf_counter() - start) / calls)
    return min(times)


def main() -> None:
    settings.configure(USE_I18N=True, LANGUAGE_CODE="en")
    django.setup()
    seconds = {name: best(case) for name, case in CASES.items()}
    unit = next(iter(seconds.values()))
    width = max(map(len, seconds))
    print(f"python {sys.version.split()[0]}, unit {unit * 1e6:.0f} µs")
    for name, value in seconds.items():
        print(f"{name:<{width}}  {value / unit:8.1f} ×")


if __name__ == "__main__":
    main()
