"""Taskwarrior's dates, durations and recurring templates, and what they are here.

Taskwarrior (docs/durations.html and docs/dates.html of taskwarrior.org; 2.5 to 3) knows instants
only: a day without a time is stored as midnight in the writer's zone, as UTC. Read back in that
zone, midnight is a date again; every other time is a moment in that zone.

Its recurrences are periods counted from the due date (`recur.cpp`): months and years step by the
calendar and stay at a month's last day, which the rules below say in RFC 5545's words. It keeps an
invisible template (``status:recurring``) and makes a child task of it for each period: ``parent``
names the template, ``imask`` the period. Here one todo repeats: its due date is that of the first
child still open, closed children are its history.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment, local_now, resolve_zone
from django_todos.exchange.records import (
    CompletionRecord,
    RepeatRecord,
    TodoRecord,
    add_paragraph,
    begin_of,
    day_start,
)
from django_todos.repeats.rule import EVERY_WORKDAY, Freq, Rule, RuleError, parse

_STAMP = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)T(\d\d):?(\d\d):?(\d\d)Z", re.ASCII)
_PERIOD = re.compile(r"(\d{0,4})\s*([a-z]+)", re.ASCII)
_ISO_PERIOD = re.compile(r"P(\d{1,4})([YMWD])", re.ASCII)

_UNITS: dict[str, tuple[Freq, int]] = {
    **dict.fromkeys(("daily", "days", "day", "d"), ("DAILY", 1)),
    **dict.fromkeys(("weekly", "weeks", "week", "wks", "wk", "w"), ("WEEKLY", 1)),
    **dict.fromkeys(("biweekly", "fortnight"), ("WEEKLY", 2)),
    **dict.fromkeys(
        ("monthly", "months", "month", "mnths", "mths", "mth", "mos", "mo", "m"), ("MONTHLY", 1)
    ),
    "bimonthly": ("MONTHLY", 2),
    **dict.fromkeys(
        ("quarterly", "quarters", "quarter", "qrtrs", "qrtr", "qtrs", "qtr", "q"), ("MONTHLY", 3)
    ),
    "semiannual": ("MONTHLY", 6),
    **dict.fromkeys(("annual", "yearly", "years", "year", "yrs", "yr", "y"), ("YEARLY", 1)),
    **dict.fromkeys(("biannual", "biyearly"), ("YEARLY", 2)),
}
_ISO_UNITS: dict[str, Freq] = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_WORDS = {"DAILY": "daily", "WEEKLY": "weekly", "MONTHLY": "monthly", "YEARLY": "yearly"}
_PLURALS = {"DAILY": "days", "WEEKLY": "weeks", "MONTHLY": "months", "YEARLY": "years"}


def read_stamp(text: str) -> dt.datetime:
    """``20261215T000000Z`` (some programs write it with hyphens); ValueError for anything else."""
    match = _STAMP.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day, hour, minute, second = (int(part) for part in match.groups())
    return dt.datetime(year, month, day, hour, minute, min(second, 59), tzinfo=dt.UTC)


def write_stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ").rjust(16, "0")


def to_moment(instant: dt.datetime, tz: ZoneInfo) -> Moment:
    """A local midnight is a date; any other time is a moment in ``tz``."""
    wall = local_now(instant, tz)
    if wall.time() == dt.time() or instant == day_start(wall.date(), tz):
        return Moment(wall.date())
    return Moment.from_datetime(wall, tz.key)


def write_own(moment: Moment, tz: ZoneInfo) -> str:
    """Which of the four cases it was, and the zone in which we made an instant of it."""
    return f"{moment.format()}|{tz.key}"


def read_own(text: str, instant: dt.datetime) -> Moment | None:
    """The case we wrote down, unless the date was changed in Taskwarrior since."""
    written, _bar, zone_name = text.partition("|")
    zone = resolve_zone(zone_name)
    try:
        moment = Moment.parse(written)
    except ValueError:
        return None
    return moment if zone and begin_of(moment, zone) == instant else None


def period_of(recur: str) -> tuple[Freq, int] | None:
    """Frequency and interval of a ``recur`` value; None for what RFC 5545 days can't say."""
    recur = recur.strip()
    if match := _ISO_PERIOD.fullmatch(recur):
        number, unit = int(match[1]), (_ISO_UNITS[match[2]], 1)
    elif (match := _PERIOD.fullmatch(recur.lower())) and match[2] in _UNITS:
        number, unit = int(match[1] or 1), _UNITS[match[2]]
    else:
        return None
    return (unit[0], number * unit[1]) if number else None


def rule_of(recur: str, anchor: Moment, until: dt.datetime | None, tz: ZoneInfo) -> str:
    """The RRULE of a recurrence that starts at ``anchor``; empty when there is none."""
    if recur.strip().lower() == "weekdays":
        return str(EVERY_WORKDAY) + _until(anchor, until, tz)
    period = period_of(recur)
    if period is None:
        return ""
    return str(Rule(*period).said_on(anchor.date)) + _until(anchor, until, tz)


def _until(anchor: Moment, until: dt.datetime | None, tz: ZoneInfo) -> str:
    """RFC 5545: of the anchor's own kind, a date for dates, UTC for moments in a zone."""
    if until is None:
        return ""
    wall = local_now(until, tz)
    if anchor.case in ("none", "date"):
        return f";UNTIL={wall:%Y%m%d}"
    if anchor.case == "floating":
        return f";UNTIL={wall:%Y%m%dT%H%M%S}"
    return f";UNTIL={write_stamp(until)}"


def recur_of(rrule: str) -> str:
    """The period that comes closest to a rule, for ``recur``; empty when there is none."""
    try:
        rule = replace(parse(rrule), until=None)
    except RuleError:
        return ""
    if rule == EVERY_WORKDAY:
        return "weekdays"
    # A month's last day is what periods mean anyway.
    if rule.ends or not (rule.is_plain or rule.last_such_day):
        return ""
    return _WORDS[rule.freq] if rule.interval == 1 else f"{rule.interval}{_PLURALS[rule.freq]}"


def advance(anchor: Moment, recur: str, steps: int) -> Moment:
    """The moment ``steps`` periods after ``anchor``, as Taskwarrior counts them."""
    period = period_of(recur)
    if anchor.date is None or period is None or not steps:
        return anchor
    freq, interval = period
    day = anchor.date
    try:
        if freq in ("DAILY", "WEEKLY"):
            day += dt.timedelta(days=steps * interval * (7 if freq == "WEEKLY" else 1))
        else:
            day = _add_months(day, steps * interval * (12 if freq == "YEARLY" else 1))
    except (OverflowError, ValueError):
        return anchor
    return Moment(day, anchor.time, anchor.tz)


def _add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = dt.date(year, month + 1, 1)
    last = (first.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


# -- a template and its children

NAME = "taskwarrior"


@dataclass(frozen=True, slots=True)
class Task:
    """A record and what is needed to bring a template and its children together."""

    record: TodoRecord
    status: str
    template: str = ""
    recur: str = ""
    mode: str = "due"
    until: dt.datetime | None = None
    mask: str = ""
    index: int = 0
    end: dt.datetime | None = None
    notes: tuple[str, ...] = ()


def merge(tasks: list[Task], tz: ZoneInfo) -> Iterator[tuple[TodoRecord, Iterable[str]]]:
    """Records in the file's order with what is said of them, each family in the place of its first member."""
    templates = {task.record.key: task for task in tasks if task.status == "recurring"}
    families: dict[str, list[Task]] = {}
    for task in tasks:
        if task.template:
            families.setdefault(task.template, []).append(task)
    done: set[str] = set()
    for task in tasks:
        key = task.record.key if task.status == "recurring" else task.template
        children = families.get(key, [])
        if not key or not (key in templates or any(map(_is_open, children))):
            yield _alone(task), task.notes
        elif key not in done:
            done.add(key)
            yield _family(key, templates.get(key), children, tz)


def _alone(task: Task) -> TodoRecord:
    """A task outside of a family; a period that it only remembers is kept."""
    kept = task.recur and task.record.repeat is None
    return _with_recur(task.record, task.recur) if kept else task.record


def _with_recur(record: TodoRecord, recur: str) -> TodoRecord:
    return replace(record, extra=record.extra | {NAME: record.kept(NAME) | {"recur": recur}})


def _is_open(task: Task) -> bool:
    return task.status in ("pending", "waiting")


def _family(
    key: str, template: Task | None, children: list[Task], tz: ZoneInfo
) -> tuple[TodoRecord, list[str]]:
    children = sorted(children, key=lambda task: (task.index, task.record.line))
    open_ones = [task for task in children if _is_open(task)]
    head = template or open_ones[0]
    shown = open_ones[0] if open_ones else head
    said = list(dict.fromkeys([*head.notes, *shown.notes]))
    anchor = head.record.due
    due = shown.record.due if open_ones else advance(anchor, head.recur, _made(head, children))
    record = replace(
        head.record,
        key=key,
        due=due,
        start=shown.record.start,
        notes=_notes(head, open_ones),
        completions=tuple(_completions(children)),
    )
    if len(open_ones) > 1:
        text = _("%(number)d open occurrences became one, due at the first of them.")
        said.append(text % {"number": len(open_ones)})
    if titles := {one.record.title for one in open_ones} - {record.title}:
        record = replace(record, notes=add_paragraph(record.notes, "\n\n".join(sorted(titles))))
        said.append(_("An occurrence has another title; it is in the notes."))
    record, more = _with_rule(record, head, anchor, tz)
    return record, [*said, *more]


def _made(head: Task, children: list[Task]) -> int:
    """How many periods Taskwarrior has made children of."""
    return max(len(head.mask), *(task.index + 1 for task in children), 0)


def _notes(head: Task, open_ones: list[Task]) -> str:
    notes = head.record.notes
    for task in open_ones:
        if task is not head and task.record.notes and task.record.notes not in notes:
            notes = add_paragraph(notes, task.record.notes)
    return notes


def _completions(children: list[Task]) -> list[CompletionRecord]:
    kinds = {"completed": "completed", "deleted": "skipped"}
    closed = [task for task in children if task.status in kinds]
    return [
        CompletionRecord(at=at, kind=kinds[task.status], key=str(number), due=task.record.due)
        for number, task in enumerate(closed)
        if (at := task.end or task.record.deleted_at or task.record.created_at)
    ]


def _with_rule(
    record: TodoRecord, head: Task, anchor: Moment, tz: ZoneInfo
) -> tuple[TodoRecord, list[str]]:
    if record.repeat is not None:
        return record, []
    rrule = rule_of(head.recur, anchor, head.until, tz)
    if rrule:
        return replace(record, repeat=RepeatRecord(rrule, head.mode, anchor)), []
    if not head.recur:
        return record, [_("It recurs in Taskwarrior, but the file doesn’t say how.")]
    text = _("The repeat “%(recur)s” can’t be followed; it is kept and exports.")
    return _with_recur(record, head.recur), [text % {"recur": head.recur}]
