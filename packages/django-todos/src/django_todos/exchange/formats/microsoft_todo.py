"""Microsoft To Do: JSON as Microsoft Graph's ``todoTask`` names it, which is what exporters save.

Lists with ``tasks`` inside, in an array or under ``value`` or ``lists``; or one list's tasks alone.
``dueDateTime`` is a day: Graph keeps the time 00:00 in the zone beside it.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.utils.translation import gettext as _

from django_todos.dates import Moment, resolve_zone
from django_todos.exchange.formats.values import (
    Unreadable,
    Values,
    load_json,
    read_instant,
    reader,
)
from django_todos.exchange.records import (
    ListRecord,
    Reading,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
)
from django_todos.exchange.tree import Gathered

NAME = "microsoft"
PRIORITIES = {"high": 1, "low": 9}

_TAG = re.compile(r"<[^<>]*>")
_DAYS = {
    name: name[:2].upper()
    for name in ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
}
_ORDER = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}


def has_keys(keys: set[str]) -> bool:
    """Whether JSON whose first objects have these comes from Microsoft."""
    own = {"displayName", "dueDateTime", "checklistItems", "wellknownListName", "@odata.context"}
    return bool(keys & own)


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read lists with their tasks, or tasks."""
    line = 0
    for number, entry in enumerate(_entries(load_json(text)), 1):
        values = Values(entry)
        tasks, key = [entry], ""
        if "tasks" in entry:
            tasks, key = values.items("tasks"), values.text("id") or str(number)
            is_default = values.text("wellknownListName") == "defaultList"
            name = values.text("displayName") or values.text("title")
            found.lists[key] = ListRecord(key, name, is_inbox=is_default)
        for task in tasks:
            line += 1
            with found.reading(line, task):
                _task(found, Values(task), line, key)


def _entries(data: Any) -> list[Any]:
    """The lists or tasks, wherever the exporter put them."""
    if isinstance(data, dict):
        data = next((data[name] for name in ("value", "lists", "tasks") if name in data), [data])
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        raise Unreadable(_("The file has no lists."))
    return data


def _task(found: Gathered, values: Values, line: int, list_key: str) -> None:
    notes: list[str] = []
    body = Values(values.mapping("body"))
    text = body.text("content")
    if body.text("contentType").lower() == "html":
        text = _TAG.sub("", re.sub(r"<(?:br|/p|/div|/li)\b[^<>]*>", "\n", text)).strip()
    due = _day(values, "dueDateTime")
    completed = values.text("status") == "completed"
    finished = _moment(values, "completedDateTime").at() if completed else None
    repeat = None
    if recurrence := values.mapping("recurrence"):
        rrule = _rrule(Values(recurrence))
        repeat = RepeatRecord(rrule, "due", due) if rrule and due else None
        if repeat is None:
            notes.append(_("Its repeat can’t be read."))
    remind = _moment(values, "reminderDateTime").at()
    key = values.text("id") or f"{list_key}/{line}"
    record = TodoRecord(
        key=key,
        title=values.text("title", required=True),
        line=line,
        notes=text,
        priority=PRIORITIES.get(values.text("importance"), 0),
        due=due,
        start=_day(values, "startDateTime"),
        labels=tuple(values.texts("categories")),
        list_key=list_key,
        is_completed=completed,
        completed_at=finished,
        created_at=read_instant(values.loose("createdDateTime")),
        repeat=repeat,
        reminders=(ReminderRecord(at=remind),) if remind and not completed else (),
    )
    found.add(record, *notes)
    for number, step in enumerate(values.items("checklistItems") or values.items("steps"), 1):
        item = Values(step)
        done = item.flag("isChecked") or completed
        title = item.text("displayName") or item.text("title")
        found.add(
            TodoRecord(
                f"{key}/{number}",
                title,
                line,
                list_key=list_key,
                parent_key=key,
                is_completed=done,
            )
        )


def _day(values: Values, key: str) -> Moment:
    return Moment(_moment(values, key).date)


def _moment(values: Values, key: str) -> Moment:
    """``{"dateTime": …, "timeZone": …}``; a zone that is not an IANA name is read as UTC."""
    inner = values.mapping(key)
    if not inner:
        return Moment()
    text, zone = str(inner.get("dateTime") or ""), str(inner.get("timeZone") or "")
    try:
        wall = dt.datetime.fromisoformat(text[:19])
    except ValueError:
        raise Unreadable(_("“%(text)s” is not a date.") % {"text": text[:40]}) from None
    home = resolve_zone(zone)
    return Moment.from_datetime(wall, home.key if home else "UTC")


def _rrule(values: Values) -> str:
    """The RRULE of a ``patternedRecurrence``; empty where there is none."""
    pattern = Values(values.mapping("pattern"))
    kind, interval = pattern.text("type"), pattern.number("interval", 999) or 1
    days = [_DAYS[name] for name in pattern.texts("daysOfWeek") if name in _DAYS]
    nth = _ORDER.get(pattern.text("index"), 1)
    day, month = pattern.number("dayOfMonth", 31), pattern.number("month", 12)
    by_day = "BYDAY=" + ",".join(f"{nth}{name}" for name in days)
    parts = {
        "daily": ["FREQ=DAILY"],
        "weekly": ["FREQ=WEEKLY", "BYDAY=" + ",".join(days) if days else ""],
        "absoluteMonthly": ["FREQ=MONTHLY", f"BYMONTHDAY={day}" if day else ""],
        "relativeMonthly": ["FREQ=MONTHLY", by_day if days else ""],
        "absoluteYearly": [
            "FREQ=YEARLY",
            f"BYMONTH={month}" if month else "",
            f"BYMONTHDAY={day}" if day and month else "",
        ],
        "relativeYearly": [
            "FREQ=YEARLY",
            f"BYMONTH={month}" if month else "",
            by_day if days else "",
        ],
    }.get(kind, [])
    if not parts:
        return ""
    if interval > 1:
        parts.insert(1, f"INTERVAL={interval}")
    end = Values(values.mapping("range"))
    if end.text("type") == "endDate" and end.text("endDate"):
        parts.append("UNTIL=" + end.text("endDate").replace("-", ""))
    elif end.text("type") == "numbered":
        parts.append(f"COUNT={end.number('numberOfOccurrences', 999) or 1}")
    return ";".join(filter(None, parts))
