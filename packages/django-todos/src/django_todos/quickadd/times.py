"""Times of day, and a day and a time put together: 9am, at 9 on friday, tonight, fri 4 dec @ 14:30."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone

from ..dates import Moment, local_now, resolve_zone
from .dates import Day, add, read_day
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


_ISO_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})t(\d{2}):(\d{2})(?::\d{2}(?:\.\d{1,6})?)?(z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class When:
    """What a phrase says: a day, a time, or both."""

    day: date | None = None
    time: time | None = None
    tz: str = ""
    none: bool = False  # "no date"

    def moment(self, c: Context) -> Moment:
        """As a `Moment`. A time alone is its next one: today, or tomorrow when it has passed."""
        if self.none:
            return Moment()
        if self.time is None:
            return Moment(self.day)
        day = self.day or next_day_for(c, self.time, self.tz)
        return Moment(day, self.time, self.tz)


def next_day_for(c: Context, clock: time, tz: str = "") -> date:
    """The day of the next such time, if no day is given for it. Midnight is the coming one."""
    if c.day is not None:
        return c.day
    zone = resolve_zone(tz) if tz else None
    here = local_now(c.instant, zone) if zone else c.now
    if clock > here.time():
        return here.date()
    return add(here.date(), "day", 1) or here.date()


def read_when(c: Context, i: int) -> tuple[When, int] | None:
    """The longest date, time, or both at `i`, a leading "on", "by", "due" or "for" included."""
    found = _read(c, i)
    lead = c.phrase("lead_in", i) if not found else None
    if not lead:
        return found
    return _read(c, lead[1] + 1 if c.any_low(lead[1]) == ":" else lead[1])  # Due: friday


def _read(c: Context, i: int) -> tuple[When, int] | None:
    if not c.low(i):
        return None
    return _iso_time(c, i) or _day_first(c, i) or _clock_first(c, i) or _daypart(c, i)


def _iso_time(c: Context, i: int) -> tuple[When, int] | None:
    """2026-12-15T09:00; with an offset it is an instant, kept in the person's zone."""
    match = _ISO_TIME.fullmatch(c.low(i))
    if not match:
        return None
    try:
        wall = datetime.combine(date.fromisoformat(match[1]), time(int(match[2]), int(match[3])))
        if not match[4]:
            return When(wall.date(), wall.time()), i + 1
        instant = wall.replace(tzinfo=_offset(match[4]))
        wall = local_now(instant.astimezone(timezone.utc), c.zone)
    except (ValueError, OverflowError):
        return None
    return When(wall.date(), wall.time(), c.zone.key), i + 1


def _offset(text: str) -> timezone:
    if text == "z":
        return timezone.utc
    sign = -1 if text[0] == "-" else 1
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone(sign * timedelta(hours=hours, minutes=minutes))


def _day_first(c: Context, i: int) -> tuple[When, int] | None:
    """Tomorrow, tomorrow 9am, fri @ 7pm, tomorrow morning, tonight at 8."""
    short = c.phrase("ends", i)
    if short and short[0] == "day" and (found := read_day(c, short[1])):  # eod friday
        return (When(found[0].day), found[1]) if found[0].day else None
    found = read_day(c, i)
    if not found:
        return None
    day, j = found
    if day.clock or day.none:
        when = When(None if day.none else day.day, day.clock, none=day.none)
        return (when, j) if stands(c, i, j, day.need) else None
    j = _past_its_end(c, j)
    part, k = _part(c, day, j)
    after = k + 1 if c.any_low(k) == "," else k
    clock = read_clock(c, after, after_day=True)
    if clock:
        later = c.phrase("in_daypart", clock[1]) if not part else None
        said = in_half(clock[0], later[0] if later else part)
        return _with_clock(c, day, said, part), later[1] if later else clock[1]
    if k > j or day.part:
        return When(day.day, _part_time(c, day.day, part)), k
    return (When(day.day), j) if stands(c, i, j, day.need) else None


def _past_its_end(c: Context, j: int) -> int:
    """Past "eod" or "end of day": a day ends anyway."""
    short = c.phrase("ends", j)
    if short and short[0] == "day":
        return short[1]
    lead = c.phrase("end_of", j)
    unit = c.phrase("units", lead[1]) if lead else None
    return unit[1] if unit and unit[0] == ("day", 1) else j


def _part(c: Context, day: Day, j: int) -> tuple[str, int]:
    """The part of the day that follows it."""
    for table in ("dayparts", "in_daypart"):
        found = c.phrase(table, j)
        if found:
            return found[0], found[1]
    return day.part, j


def _part_time(c: Context, day: date, part: str) -> time | None:
    """The hour a part of the day stands for; once that has passed the evening is night, and the rest only the day."""
    clock, now = c.words.daypart_times[part], c.now.time()
    if day == c.today and clock <= now and part == "evening":
        clock = c.words.daypart_times["night"]
    return None if day == c.today and clock <= now else clock


def _with_clock(c: Context, day: Day, clock: Clock, part: str) -> When:
    """Midnight "tonight" is the one that ends today; on a named day it is that day's first."""
    at = day.day
    if part and clock.time == time(0) and day.part:
        at = add(at, "day", 1) or at
    return When(at, clock.time, clock.tz)


def _clock_first(c: Context, i: int) -> tuple[When, int] | None:
    """9am, 9am tomorrow, at 9 on friday, 8 in the evening, at 8 tonight."""
    found = read_clock(c, i)
    if not found:
        return None
    clock, j = found
    part = c.phrase("in_daypart", j)
    if part:
        clock, j = in_half(clock, part[0]), part[1]
    k = j + 1 if c.any_low(j) == "," else j
    k = c.skip("on", k)
    day = read_day(c, k)
    if not day or day[0].clock or day[0].none or not stands(c, k, day[1], day[0].need):
        clock = clock if part else in_half(clock, "")
        return When(None, clock.time, clock.tz), j
    said, end = _part(c, day[0], day[1])
    return _with_clock(c, day[0], in_half(clock, said), said), end


def _daypart(c: Context, i: int) -> tuple[When, int] | None:
    """In the morning, this evening; with a time after it, or before (`_clock_first`)."""
    found = c.phrase("in_daypart", i)
    if not found:
        return None
    part, j = found
    clock = read_clock(c, j)
    if clock:
        return When(None, in_half(clock[0], part).time, clock[0].tz), clock[1]
    day = read_day(c, j)
    if (
        day
        and not (day[0].clock or day[0].none or day[0].part)
        and stands(c, j, day[1], day[0].need)
    ):
        return When(day[0].day, c.words.daypart_times[part]), day[1]
    if c.phrase("this", i):
        return When(c.today, _part_time(c, c.today, part)), j
    return (When(None, c.words.daypart_times[part]), j) if c.edge(j) or i == 0 else None


def stands(c: Context, i: int, j: int, need: str) -> bool:
    """Whether what follows lets an ambiguous phrase count."""
    if need == "edge":
        return c.edge(j) or goes_on(c, j)
    if need == "loose":
        return c.loose_edge(j) or goes_on(c, j)
    return True


def goes_on(c: Context, j: int) -> bool:
    """Whether a repeat, its end, or another weekday follows."""
    tables = ("every", "starting", "until", "adverbs", "weekdays")
    return any(c.phrase(table, j) for table in tables)
