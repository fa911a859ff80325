"""The grammar of repeats: RFC 5545 RRULE text, read strictly and written in one canonical way.

Only what a todo can mean is taken: FREQ from DAILY to YEARLY (a time of day comes from the due
date, so BYHOUR and its like are refused) and numbers inside the bounds of RFC 5545, section
3.3.10. Parts that the section forbids together are refused rather than guessed at, with a message
for a person. What people mean beyond the standard ("the last such day") is said here too, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Literal

from django.utils.translation import gettext as _

from ..limits import MAX_COUNT, MAX_INTERVAL, MAX_RRULE

Freq = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
FREQS: tuple[Freq, ...] = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
Mode = Literal["due", "completion"]
"""What a repeat counts from."""

DAY_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")  # as date.weekday() counts
WORKDAYS = (0, 1, 2, 3, 4)
WEEKEND = (5, 6)
EVERY_DAY = WORKDAYS + WEEKEND

# Part: largest number, whether a negative one counts from the end.
_NUMBERS = {
    "BYMONTH": (12, False),
    "BYWEEKNO": (53, True),
    "BYYEARDAY": (366, True),
    "BYMONTHDAY": (31, True),
    "BYSETPOS": (366, True),
}
_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST", *_NUMBERS}
_FINER_THAN_DAYS = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_BYDAY = re.compile(r"([+-]?[0-9]{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_UNTIL = re.compile(r"([0-9]{8})(?:T([0-9]{6})(Z?))?")


class RuleError(ValueError):
    """A rule that can't be used; its text is translated and fit for a form."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The parts of one RRULE, sorted, without repeats; ``str()`` writes the canonical text."""

    freq: Freq
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None  # a naive datetime is a wall time, an aware one is UTC
    by_month: tuple[int, ...] = ()
    by_week_no: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()  # (nth or 0 for each, weekday)
    by_set_pos: tuple[int, ...] = ()
    week_start: int = 0

    def __str__(self) -> str:
        numbers = {
            "BYMONTH": self.by_month,
            "BYWEEKNO": self.by_week_no,
            "BYYEARDAY": self.by_year_day,
            "BYMONTHDAY": self.by_month_day,
            "BYDAY": [f"{nth or ''}{DAY_CODES[day]}" for nth, day in self.by_day],
            "BYSETPOS": self.by_set_pos,
        }
        parts = [f"FREQ={self.freq}"]
        if self.interval != 1:
            parts.append(f"INTERVAL={self.interval}")
        if self.count is not None:
            parts.append(f"COUNT={self.count}")
        if self.until is not None:
            parts.append(f"UNTIL={_write_until(self.until)}")
        parts += [f"{name}={','.join(map(str, many))}" for name, many in numbers.items() if many]
        if self.week_start:
            parts.append(f"WKST={DAY_CODES[self.week_start]}")
        return ";".join(parts)

    @property
    def ends(self) -> bool:
        """Whether there is a last time."""
        return self.count is not None or self.until is not None

    @property
    def is_plain(self) -> bool:
        """Nothing but FREQ, INTERVAL and an end: the day comes from the date it starts on."""
        return not (
            self.by_month
            or self.by_week_no
            or self.by_year_day
            or self.by_month_day
            or self.by_day
            or self.by_set_pos
        )

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The weekdays of BYDAY, if none of them is counted (1MO)."""
        return () if any(nth for nth, _day in self.by_day) else tuple(d for _nth, d in self.by_day)

    @property
    def last_such_day(self) -> int | None:
        """What `on_day` was told: 31 for BYMONTHDAY=28,29,30,31;BYSETPOS=-1."""
        days = self.by_month_day
        if len(days) < 2 or days != tuple(range(28, 28 + len(days))):
            return None
        return days[-1] if self.by_set_pos == (-1,) and not self.by_day else None

    def on_day(self, day: int) -> Rule:
        """The rule on that day of its months; on the 29th to 31st, the last day that a shorter one has.

        RFC 5545 skips months without the day, so the rule names each day it may fall on and takes
        the last that exists.
        """
        if not 1 <= day <= 31:
            raise RuleError(_("A month has days 1 to 31."))
        if day <= 28:
            return replace(self, by_month_day=(day,))
        return replace(self, by_month_day=tuple(range(28, day + 1)), by_set_pos=(-1,))

    def said_on(self, day: date | None, mode: Mode = "due") -> Rule:
        """The rule that a person means who says it of that day, rather than what RFC 5545 makes of it.

        "Every month" from the 29th to the 31st, and "every year" from 29 February, fall on the last
        such day. Counted from completion the day of completion decides, and the rule stays open.
        """
        if mode == "completion" or day is None or not self.is_plain:
            return self
        if self.freq == "MONTHLY" and day.day > 28:
            return self.on_day(day.day)
        if self.freq == "YEARLY" and (day.month, day.day) == (2, 29):
            return replace(self, by_month=(2,)).on_day(29)
        return self


def each(weekdays: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """The BYDAY of plain weekdays."""
    return tuple((0, day) for day in sorted(set(weekdays)))


EVERY_WORKDAY = Rule("WEEKLY", by_day=each(WORKDAYS))


@lru_cache(maxsize=1024)
def parse(text: str) -> Rule:
    """Read one RRULE, with or without the name in front; `RuleError` says what is wrong."""
    parts = _split(text)
    freq = _freq(parts)
    rule = Rule(
        freq=freq,
        interval=_number("INTERVAL", parts.get("INTERVAL", "1"), MAX_INTERVAL),
        count=_number("COUNT", parts["COUNT"], MAX_COUNT) if "COUNT" in parts else None,
        until=_until(parts["UNTIL"]) if "UNTIL" in parts else None,
        by_month=_numbers("BYMONTH", parts),
        by_week_no=_numbers("BYWEEKNO", parts),
        by_year_day=_numbers("BYYEARDAY", parts),
        by_month_day=_numbers("BYMONTHDAY", parts),
        by_day=_days(parts["BYDAY"]) if "BYDAY" in parts else (),
        by_set_pos=_numbers("BYSETPOS", parts),
        week_start=_week_start(parts.get("WKST", "MO")),
    )
    _check_together(rule)
    return rule


def _split(text: str) -> dict[str, str]:
    text = text.strip().upper().removeprefix("RRULE:").rstrip(";")
    if not text:
        raise RuleError(_("Enter a repeat rule."))
    if len(text) > MAX_RRULE:
        raise RuleError(_("This repeat rule is too long."))
    parts: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if name in _FINER_THAN_DAYS:
            raise RuleError(_("Todos repeat by days; the time comes from the due date."))
        if name not in _PARTS or not equals:
            raise RuleError(_("“%(part)s” is not part of a repeat rule.") % {"part": part[:40]})
        if name in parts:
            raise RuleError(_("%(part)s stands twice in the repeat rule.") % {"part": name})
        parts[name] = value
    return parts


def _freq(parts: dict[str, str]) -> Freq:
    freq = parts.get("FREQ", "")
    if freq in {"HOURLY", "MINUTELY", "SECONDLY"}:
        raise RuleError(_("Todos repeat by days at the most often, not by hours or minutes."))
    if freq not in FREQS:
        raise RuleError(_("A repeat rule says DAILY, WEEKLY, MONTHLY or YEARLY."))
    return freq


def _refuse(name: str, value: str) -> RuleError:
    return RuleError(
        _("%(part)s of the repeat rule can't be “%(value)s”.")
        % {"part": name, "value": value[:40]}
    )


def _number(name: str, value: str, largest: int, negative: bool = False) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", value, re.ASCII):
        raise _refuse(name, value)
    number = int(value)
    if not 1 <= (abs(number) if negative else number) <= largest:
        raise _refuse(name, value)
    return number


def _numbers(name: str, parts: dict[str, str]) -> tuple[int, ...]:
    if name not in parts:
        return ()
    values = {_number(name, value, *_NUMBERS[name]) for value in parts[name].split(",")}
    # 1, 2, 15, then -2, -1: as a calendar has them.
    return tuple(sorted(values, key=lambda value: (value < 0, value)))


def _days(value: str) -> tuple[tuple[int, int], ...]:
    days = set()
    for item in value.split(","):
        match = _BYDAY.fullmatch(item)
        nth = int(match[1]) if match and match[1] else 0
        if not match or (match[1] and not 1 <= abs(nth) <= 53):
            raise _refuse("BYDAY", item)
        days.add((nth, DAY_CODES.index(match[2])))
    return tuple(sorted(days, key=lambda item: (item[0] < 0, *item)))


def _week_start(value: str) -> int:
    if value not in DAY_CODES:
        raise _refuse("WKST", value)
    return DAY_CODES.index(value)


def _until(value: str) -> date | datetime:
    match = _UNTIL.fullmatch(value)
    if not match:
        raise _refuse("UNTIL", value)
    try:
        if not match[2]:
            return datetime.strptime(match[1], "%Y%m%d").date()
        wall = datetime.strptime(match[1] + match[2], "%Y%m%d%H%M%S")
    except ValueError:
        raise _refuse("UNTIL", value) from None
    return wall.replace(tzinfo=timezone.utc) if match[3] else wall


def _write_until(until: date | datetime) -> str:
    # Not strftime: it doesn't pad the year everywhere.
    text = until.isoformat()[:19].replace("-", "").replace(":", "")
    return text + ("Z" if isinstance(until, datetime) and until.tzinfo else "")


def _check_together(rule: Rule) -> None:
    """What RFC 5545, section 3.3.10, forbids to stand together."""
    if rule.count is not None and rule.until is not None:
        raise RuleError(_("A repeat ends after a number of times or on a date, not both."))
    if rule.by_month_day and rule.freq == "WEEKLY":
        raise RuleError(_("A weekly repeat can't name days of the month."))
    if rule.by_year_day and rule.freq != "YEARLY":
        raise RuleError(_("Only a yearly repeat can name days of the year."))
    if rule.by_week_no and rule.freq != "YEARLY":
        raise RuleError(_("Only a yearly repeat can name weeks of the year."))
    if any(nth for nth, _day in rule.by_day):
        if rule.freq not in ("MONTHLY", "YEARLY") or rule.by_week_no:
            raise RuleError(_("Only a monthly or yearly repeat can count weekdays."))
        most = 53 if rule.freq == "YEARLY" and not rule.by_month else 5
        if any(abs(nth) > most for nth, _day in rule.by_day):
            raise RuleError(
                _("A month has at most 5 of a weekday.")
                if most == 5
                else _("A year has at most 53 of a weekday.")
            )
    if rule.by_set_pos and replace(rule, by_set_pos=()).is_plain:
        raise RuleError(_("BYSETPOS needs another part to choose from."))
