"""Honest dates: no date, a date, a date and time that floats, a date and time in a zone.

Pure: no clock and no model. Whoever asks brings ``now`` (aware) or ``today`` and a zone. "All day"
is never written as midnight: a date is a date, and only a moment in a zone is an instant.

Wall times follow RFC 5545, section 3.3.5: one that a clock change skips is read with the offset
before the gap, so that it moves forward (02:30 becomes 03:30); one that happens twice is the
first of the two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from .limits import MAX_ZONE_NAME

Case = Literal["none", "date", "floating", "zoned"]
Day: TypeAlias = date  # inside Moment the plain names are its fields
Clock: TypeAlias = time

UTC = timezone.utc
# A calendar has no instant before its first midnight; a day is kept free at both ends, so that the
# instant can be shown in every zone.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)

_ZONE_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_+\-]*(?:/[A-Za-z0-9][A-Za-z0-9_+\-]*){0,3}", re.ASCII)
# Files of a zone database that are not places: leap-second copies and the machine's own zone.
_NO_ZONES = {"factory", "localtime", "posixrules"}
_MOMENT = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:T(?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\[(?P<tz>[^\[\]]+)\])?)?",
    re.ASCII,
)


def resolve_zone(name: object) -> ZoneInfo | None:
    """The zone of that IANA name, or None. Never raises, whatever a browser or a file sent."""
    if not isinstance(name, str) or len(name) > MAX_ZONE_NAME or not _ZONE_KEY.fullmatch(name):
        return None
    if name.lower() in _NO_ZONES or name.lower().startswith(("right/", "posix/")):
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # a folder of the database, a missing or a broken file
        return None


def to_instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which clocks in `zone` show `wall` (naive): gap forward, fold first."""
    try:
        instant = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    except OverflowError:
        return EARLIEST if wall.year < 5000 else LATEST
    return min(max(instant, EARLIEST), LATEST)


def local_now(now: datetime, zone: ZoneInfo) -> datetime:
    """What a clock on the wall in `zone` shows at `now`, as a naive datetime."""
    return min(max(now, EARLIEST), LATEST).astimezone(zone).replace(tzinfo=None)


def today_in(now: datetime, zone: ZoneInfo) -> date:
    """The day it is in `zone` at `now`."""
    return local_now(now, zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first instant of `day` in `zone` and the first of the day after, both UTC.

    Days begin at 00:00 but where a clock change skips it; a day skipped whole (Samoa, 30 December
    2011) is empty: both bounds are the same.
    """
    following = day + timedelta(days=1) if day < date.max else day
    return _day_start(day, zone), _day_start(following, zone)


def _day_start(day: date, zone: ZoneInfo) -> datetime:
    midnight = datetime.combine(day, time())
    late = to_instant(midnight, zone)
    if local_now(late, zone) == midnight or late in (EARLIEST, LATEST):
        return late
    # Midnight lies in a gap: read with the offset after it, it comes before the clock change.
    early = midnight.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if local_now(middle, zone).date() < day:
            early = middle
        else:
            late = middle
    return late


@dataclass(frozen=True, slots=True)
class Moment:
    """One of the four date cases; an empty one is falsy."""

    date: date | None = None
    time: time | None = None
    tz: str = ""

    def __post_init__(self) -> None:
        if isinstance(self.date, datetime) or not isinstance(self.date, (date, type(None))):
            raise ValueError(_("Enter a date."))
        if self.time is not None:
            if self.date is None:
                raise ValueError(_("A time needs a date."))
            if self.time.tzinfo is not None:
                raise ValueError(_("A time is written without an offset; name the zone."))
            plain = self.time.replace(microsecond=0, fold=0)
            object.__setattr__(self, "time", plain)
        if self.tz and self.time is None:
            raise ValueError(_("A time zone needs a time."))
        if self.tz and resolve_zone(self.tz) is None:
            raise ValueError(_("“%(zone)s” is not a known time zone.") % {"zone": self.tz})

    @classmethod
    def stored(cls, day: Day | None, clock: Clock | None = None, tz: str = "") -> Moment:
        """What a database row says, read without raising.

        A zone that this machine's zone database lacks makes the moment float: its wall time is
        what the person typed, and a page that can't be opened would help nobody.
        """
        if day is None:
            return cls()
        if clock is None:
            return cls(day)
        return cls(day, clock, tz if tz and resolve_zone(tz) else "")

    @classmethod
    def from_datetime(cls, wall: datetime, tz: str = "") -> Moment:
        """The moment of a naive wall time, floating or in the zone `tz`."""
        return cls(wall.date(), wall.time(), tz)

    @classmethod
    def parse(cls, text: str) -> Moment:
        """The inverse of `format`; ValueError for anything else."""
        if text == "":
            return cls()
        match = _MOMENT.fullmatch(text)
        if not match:
            raise ValueError(_("“%(text)s” is not a date.") % {"text": text[:64]})
        clock = time.fromisoformat(match["time"]) if match["time"] else None
        return cls(date.fromisoformat(match["date"]), clock, match["tz"] or "")

    def format(self) -> str:
        """Canonical text: ``2026-12-15``, ``2026-12-15T09:00[Europe/Berlin]``, or empty."""
        if self.date is None:
            return ""
        if self.time is None:
            return self.date.isoformat()
        clock = self.time.isoformat("seconds" if self.time.second else "minutes")
        return f"{self.date.isoformat()}T{clock}" + (f"[{self.tz}]" if self.tz else "")

    def __str__(self) -> str:
        return self.format()

    def __bool__(self) -> bool:
        return self.date is not None

    @property
    def case(self) -> Case:
        """Which of the four it is."""
        if self.date is None:
            return "none"
        if self.time is None:
            return "date"
        return "zoned" if self.tz else "floating"

    @property
    def zone(self) -> ZoneInfo | None:
        """Where the clock hangs that its time is read from; None where that is wherever one is."""
        return resolve_zone(self.tz) if self.tz else None

    @property
    def naive(self) -> datetime | None:
        """The wall time as written; None without a time."""
        if self.date is None or self.time is None:
            return None
        return datetime.combine(self.date, self.time)

    def at(self) -> datetime | None:
        """The instant in UTC, for a moment in a zone; the other cases aren't one."""
        zone, naive = self.zone, self.naive
        return to_instant(naive, zone) if zone and naive else None

    def instant(self, zone: ZoneInfo) -> datetime | None:
        """The instant it is for somebody in `zone`: like `at`, and floating times read there."""
        naive = self.naive
        return to_instant(naive, self.zone or zone) if naive else None

    def wall(self, zone: ZoneInfo) -> Moment:
        """As seen on the wall in `zone`: a moment in a zone is converted, the others stay."""
        instant = self.at()
        if instant is None:
            return self
        return Moment.from_datetime(local_now(instant, zone), zone.key or "")

    def is_overdue(self, now: datetime, zone: ZoneInfo) -> bool:
        """Before now; for a date, before today in `zone`."""
        if self.date is None:
            return False
        instant = self.instant(zone)
        return instant < now if instant else self.date < today_in(now, zone)

    def is_today(self, today: Day, zone: ZoneInfo) -> bool:
        """Whether it falls on `today`, the viewer's day."""
        return self.date is not None and self.wall(zone).date == today

    def sort_key(self, zone: ZoneInfo) -> tuple[bool, Day, bool, Clock]:
        """Orders moments for a viewer in `zone`: by day, times before whole days, no date last."""
        wall = self.wall(zone)
        return (
            wall.date is None,
            wall.date or date.max,
            wall.time is None,
            wall.time or time.max,
        )

    def shift(self, delta: timedelta | None = None, *, days: int = 0) -> Moment:
        """Moved in wall time: 09:00 stays 09:00 over a clock change. A date moves by whole days.

        OverflowError where the calendar ends.
        """
        if self.date is None:
            return self
        delta = (delta or timedelta()) + timedelta(days=days)
        naive = self.naive
        if naive is None:
            return Moment(self.date + timedelta(days=delta.days))
        return Moment.from_datetime(naive + delta, self.tz)


def on_day(moment: Moment, day: Day, zone: ZoneInfo) -> Moment:
    """On a day as it is in `zone`, at the time of day that the moment has."""
    shown = moment.wall(zone).date
    if shown is None:
        return Moment(day)
    try:
        return moment.shift(days=(day - shown).days)
    except OverflowError:  # the calendar ends there: the day as its own zone has it
        return replace(moment, date=day)
