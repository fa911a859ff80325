"""Times of day: 9am, 14:30, at 9, noon, and the zone that may follow one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time

from ..dates import resolve_zone
from .tokens import Context

_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::\d{2})?)?(am|pm)?", re.ASCII)
_MILITARY = re.compile(r"([01]\d|2[0-3])([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Clock:
    """A time as it was said. `open`: 8 may still become 20 ("tonight at 8"); `bare`: it is an hour alone."""

    time: time
    tz: str = ""
    open: bool = False
    bare: bool = False


def read_clock(c: Context, i: int, after_day: bool = False) -> tuple[Clock, int] | None:
    """A time at `i`, with its zone: 9am, 9:30 pm, at 9, @ 14:30, noon, 15:00 Europe/Berlin.

    After a day, "at 10" needs nothing around it: "today at 10 stand up".
    """
    after_at = c.phrase("at", i)
    j = after_at[1] if after_at else i
    found = c.phrase("clocks", j)
    if found:
        if c.weak(j, found[1]) and not (after_at or c.edge(found[1]) or _a_day(c, found[1])):
            return None
        return _zoned(c, Clock(found[0]), found[1])
    named = c.phrase("clocks", j + 1) if c.low(j) == "12" else None
    if named:  # 12 noon
        return _zoned(c, Clock(named[0]), named[1])
    if c.low(j)[:1].isdigit():
        return _digits(c, j, bool(after_at), after_day)
    glued = c.low(i)[1:] if c.low(i).startswith("@") else ""
    return _glued(c, glued, i) if glued[:1].isdigit() else None


def _glued(c: Context, word: str, i: int) -> tuple[Clock, int] | None:
    """`@7pm`, without the space."""
    match = _TIME.fullmatch(word)
    if not match or not (match[2] or match[3]):
        return None
    clock = _make(c, match, match[3] or "")
    return _zoned(c, clock, i + 1) if clock else None


def _digits(c: Context, i: int, after_at: bool, after_day: bool) -> tuple[Clock, int] | None:
    word = c.low(i)
    match = _TIME.fullmatch(word)
    if not match:
        military = _MILITARY.fullmatch(word) if after_at else None
        if military and (after_day or c.loose_edge(i + 1)):
            return _zoned(c, Clock(time(int(military[1]), int(military[2]))), i + 1)
        return None
    if c.any_low(i - 1) in c.words.numbered and not c.field:
        return None
    half, j = _half_of_day(c, match[3], i + 1)
    if not half and c.phrase("oclock", j):
        j = c.skip("oclock", j)
        if not (after_at or c.loose_edge(j)):
            return None
    elif not half and not (match[2] and ":" in word) and not _bare_hour(c, after_at, after_day, j):
        return None
    if not half and c.any_low(j) in c.words.measures and not c.field:
        return None
    clock = _make(c, match, half)
    named = c.phrase("clocks", j)
    if clock and named and named[0] == clock.time:  # 12:00 noon
        j = named[1]
    return _zoned(c, clock, j) if clock else None


def _bare_hour(c: Context, after_at: bool, after_day: bool, j: int) -> bool:
    """A number alone is an hour after "at", where the sentence ends or goes on with a joint."""
    if after_at and after_day:
        return c.any_low(j + 1) not in c.words.measures  # tomorrow at 5 Main Street
    return after_at and (c.loose_edge(j) or _a_day(c, j))


def _a_day(c: Context, j: int) -> bool:
    """Whether a day follows."""
    tables = ("days", "evening_days", "in_daypart", "weekdays", "next")
    return any(c.phrase(table, j) for table in tables)


def _half_of_day(c: Context, suffix: str | None, j: int) -> tuple[str, int]:
    if suffix:
        return suffix[0], j
    for name in ("am", "pm"):
        found = c.phrase(name, j)
        if found:
            return name[0], found[1]
    return "", j


def _make(c: Context, match: re.Match[str], half: str) -> Clock | None:
    hour, minute = int(match[1]), int(match[2] or 0)
    half = half[:1]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 23 or minute > 59:
        return None
    is_open = not half and 1 <= hour <= 11 and not match[1].startswith("0")
    return Clock(time(hour, minute), open=is_open, bare=match[2] is None)


def _zoned(c: Context, clock: Clock, j: int) -> tuple[Clock, int]:
    """With the zone that follows: UTC, or an IANA name with a slash."""
    if j >= len(c.tokens) or not c.tokens[j].free:
        return clock, j
    name = c.tokens[j].text
    if name in ("UTC", "GMT", "Z"):
        name = "UTC"
    elif "/" not in name or not name[0].isupper() or resolve_zone(name) is None:
        return clock, j
    return replace(clock, tz=name), j + 1


def in_half(clock: Clock, part: str) -> Clock:
    """8 in the evening is 20:00; an hour from 1 to 6 alone is the afternoon's."""
    is_afternoon = not part and clock.bare and clock.time.hour <= 6
    if clock.open and (is_afternoon or part in ("afternoon", "evening", "night")):
        return Clock(clock.time.replace(hour=clock.time.hour + 12), clock.tz)
    return clock
