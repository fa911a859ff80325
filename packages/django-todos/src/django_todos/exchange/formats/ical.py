"""iCalendar (RFC 5545): the VTODOs of a file, as Nextcloud Tasks, Tasks.org, Apple Reminders and Thunderbird keep them.

Each component is read for itself by the library ``icalendar`` (the extra ``ical``), so that one that
can't be read refuses its row alone. Parents are RELATED-TO (RFC 5545, 3.8.4.5) in any order. What we
have no field for is kept under ``extra["ical"]`` and written out again.

``X-DJANGO-TODOS-…`` properties are ours: the list's name, and that a repeat counts from completion.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import EARLIEST, LATEST, Moment, local_now, resolve_zone
from django_todos.exchange.formats.values import Unreadable, reader
from django_todos.exchange.records import (
    Groups,
    ListRecord,
    Losses,
    Reading,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
    add_paragraph,
    begin_of,
    clean_line,
)
from django_todos.exchange.tree import Gathered
from django_todos.limits import MAX_REMIND_BEFORE

if TYPE_CHECKING:
    from icalendar import Component

NAME = "ical"
LIST, MODE = "X-DJANGO-TODOS-LIST", "X-DJANGO-TODOS-REPEAT-MODE"
#: Read into fields, or of no worth outside the program that wrote it.
KNOWN = frozenset(
    "UID SUMMARY DESCRIPTION LOCATION URL PRIORITY STATUS COMPLETED PERCENT-COMPLETE DTSTART DUE "
    "DURATION CREATED DTSTAMP LAST-MODIFIED SEQUENCE CATEGORIES RELATED-TO RRULE RECURRENCE-ID "
    f"X-APPLE-SORT-ORDER {LIST} {MODE}".split()
)
#: Properties of one todo that are kept: more is no todo.
MAX_KEPT = 100

_END = "END:VTODO\r\n"
_BLOCK = re.compile(
    r"^BEGIN:(\w+)[ \t]*$|^END:(\w+)[ \t]*$|^X-WR-CALNAME[^:\n]*:(.*)$", re.M | re.I
)


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read all todos of all calendars in the file."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    rows: list[tuple[float, TodoRecord, list[str]]] = []
    children: dict[str, str] = {}
    try:
        for line, name, block in _blocks(text, found):
            with found.reading(line, block):
                order, record, notes = _todo(_component(block), line, name, children, reading)
                rows.append((order, record, notes))
    except ModuleNotFoundError:
        reason = _("Reading iCalendar needs django-todos[ical], on the server.")
        raise Unreadable(reason) from None
    rows.sort(key=lambda row: row[0])
    for _order, record, notes in rows:
        found.add(
            replace(record, parent_key=record.parent_key or children.get(record.key, "")), *notes
        )
    if not rows and not found.problems:
        raise Unreadable(_("The calendar has no todos (VTODO) in it, only other entries."))


def _blocks(text: str, found: Gathered) -> Iterator[tuple[int, str, str]]:
    """Line, calendar's name and text of each VTODO; events and the rest are counted."""
    name, line, counted, start = "", 1, 0, -1
    for match in _BLOCK.finditer(text):
        kind = (match[1] or match[2] or "").upper()
        if match[3] is not None:
            name = match[3].strip()
        elif kind == "VCALENDAR" and match[2]:
            name = ""
        elif kind == "VTODO" and match[1]:
            line += text.count("\n", counted, match.start())
            counted = start = match.start()
        elif kind == "VTODO" and start >= 0:
            yield line, name, text[start : match.end()]
            start = -1
        elif kind in ("VEVENT", "VJOURNAL") and match[1]:
            found.once(_("Events and notes of the calendar were left out: only todos are read."))


def _component(block: str) -> Component:
    from icalendar import Component  # an extra, and a quarter of a second to import

    try:
        return Component.from_ical(block)
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise Unreadable(_("The entry is not iCalendar: %(error)s") % {"error": error}) from None


def _todo(
    component: Component, line: int, list_name: str, children: dict[str, str], reading: Reading
) -> tuple[float, TodoRecord, list[str]]:
    """The component's place among its siblings, its record, and what of it is not as written."""
    uid = _text(component, "UID") or f"line {line}"
    if "RECURRENCE-ID" in component:
        raise Unreadable(
            _("It is one changed occurrence of a repeating todo; the todo itself is read.")
        )
    notes: list[str] = []
    due, start = _moment(component, "DUE", reading.tz), _moment(component, "DTSTART", reading.tz)
    if not due and start and (length := _value(component, "DURATION")):
        due = _later(start, length)
    status = _text(component, "STATUS").upper()
    done = status in ("COMPLETED", "CANCELLED") or "COMPLETED" in component
    if status == "CANCELLED":
        notes.append(_("It was cancelled; here it counts as completed."))
    parent = ""
    for relation in _all(component, "RELATED-TO"):
        kind = str(relation.params.get("RELTYPE", "PARENT")).upper()
        if kind == "PARENT":
            parent = str(relation)
        elif kind == "CHILD":
            children.setdefault(str(relation), uid)
    text = _text(component, "DESCRIPTION")
    for name in ("LOCATION", "URL"):
        if (more := _text(component, name)) and more not in text:
            text = add_paragraph(text, more)
            notes.append(_("Its %(name)s is in the notes.") % {"name": name.lower()})
    name = _text(component, LIST) or list_name
    record = TodoRecord(
        key=uid,
        title=_text(component, "SUMMARY"),
        line=line,
        notes=text,
        priority=_priority(component),
        due=due,
        start=start,
        labels=tuple(label for one in _all(component, "CATEGORIES") for label in _labels(one)),
        list_key=name,
        parent_key=parent,
        is_completed=done,
        completed_at=_instant(component, "COMPLETED", reading.tz) if done else None,
        created_at=_instant(component, "CREATED", reading.tz),
        repeat=_repeat(component, due or start, notes),
        reminders=tuple(_reminders(component, due, reading.tz, notes)),
        extra=_kept(component),
    )
    order = _text(component, "X-APPLE-SORT-ORDER")
    return (float(order) if order.isdecimal() and len(order) < 16 else 0.0), record, notes


def _value(component: Component, name: str) -> Any:
    found = component.get(name)
    found = found[0] if isinstance(found, list) and found else found
    return getattr(found, "dt", None)


def _all(component: Component, name: str) -> list[Any]:
    found = component.get(name, [])
    return found if isinstance(found, list) else [found]


def _text(component: Component, name: str) -> str:
    return str(next(iter(_all(component, name)), ""))


def _labels(categories: Any) -> list[str]:
    cats = getattr(categories, "cats", None)
    return [str(one) for one in cats] if cats is not None else [str(categories)]


def _moment(component: Component, name: str, tz: ZoneInfo) -> Moment:
    """Which of the four cases it is: a date, floating, in its zone; what is in UTC is shown in ``tz``."""
    value = _value(component, name)
    if value is None:
        if name in component:
            raise Unreadable(_("“%(key)s” is not a date.") % {"key": name})
        return Moment()
    if not isinstance(value, dt.datetime):
        return Moment(value)
    if value.tzinfo is None:
        return Moment.from_datetime(value)
    key = getattr(value.tzinfo, "key", "")
    zone = resolve_zone(key) if key not in ("", "UTC") else None
    if zone is not None:
        return Moment.from_datetime(value.replace(tzinfo=None), zone.key)
    if not EARLIEST <= value <= LATEST:
        raise Unreadable(_("“%(key)s” is not a date.") % {"key": name})
    return Moment.from_datetime(local_now(value, tz), tz.key)


def _instant(component: Component, name: str, tz: ZoneInfo) -> dt.datetime | None:
    return begin_of(_moment(component, name, tz), tz)


def _later(start: Moment, length: Any) -> Moment:
    if not isinstance(length, dt.timedelta) or start.date is None:
        return Moment()
    wall = dt.datetime.combine(start.date, start.time or dt.time()) + length
    return Moment.from_datetime(wall, start.tz) if start.time else Moment(wall.date())


def _priority(component: Component) -> int:
    text = _text(component, "PRIORITY")
    return int(text) if text in set("0123456789") else 0


def _repeat(component: Component, anchor: Moment, notes: list[str]) -> RepeatRecord | None:
    rules = _all(component, "RRULE")
    for name in ("RDATE", "EXDATE", "EXRULE"):
        if name in component:
            notes.append(_("%(name)s is kept, and has no effect here.") % {"name": name})
    if not rules:
        return None
    if len(rules) > 1:
        notes.append(_("It has several repeats; the first is read."))
    mode = "completion" if _text(component, MODE) == "completion" else "due"
    return RepeatRecord(rules[0].to_ical().decode(), mode, anchor)


def _reminders(
    component: Component, due: Moment, tz: ZoneInfo, notes: list[str]
) -> Iterator[ReminderRecord]:
    """VALARMs: before the due date, or at a point in time (RFC 5545, 3.8.6.3)."""
    for alarm in component.walk("VALARM"):
        trigger = alarm.get("TRIGGER")
        value = getattr(trigger, "dt", None)
        if isinstance(value, dt.datetime):
            at = value if value.tzinfo else value.replace(tzinfo=tz)
            yield ReminderRecord(at=at.astimezone(dt.timezone.utc))
        elif isinstance(value, dt.timedelta) and due.time and value <= dt.timedelta():
            minutes = int(-value.total_seconds()) // 60
            if minutes <= MAX_REMIND_BEFORE:
                yield ReminderRecord(minutes)
        else:
            notes.append(
                _("A reminder can’t be kept: it needs a due time, and to come before it.")
            )


def _kept(component: Component) -> dict[str, Any]:
    """What has no field of ours, line by line."""
    own = takewhile(
        lambda line: not line.startswith(("BEGIN:", "END:")), component.content_lines()[1:]
    )
    kept = [
        str(line) for line in own if re.split("[;:]", line, maxsplit=1)[0].upper() not in KNOWN
    ]
    return {NAME: kept[:MAX_KEPT]} if kept else {}


# -- writing


def write(groups: Groups, tz: ZoneInfo, losses: Losses) -> Iterator[str]:
    """One calendar, a VTODO a todo, the time zones that it names."""
    zones: set[str] = set()
    yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//django-todos//django-todos//EN\r\n"
    for todo_list, todos in groups:
        losses.add_list(todo_list)
        for place, todo in enumerate(losses.outside_trash(todo_list, todos), 1):
            losses.add_todo(todo, own=NAME, kept=("notes", "reminders"))
            if todo.repeat and todo.repeat.mode == "completion":
                losses.add(
                    _("That a repeat counts from completion is read by this program alone.")
                )
            zones |= {todo.due.tz, todo.start.tz} - {""}
            yield _written(todo, todo_list, place)
    yield from _zones(zones)
    yield "END:VCALENDAR\r\n"


def _written(todo: TodoRecord, todo_list: ListRecord, place: int) -> str:
    import icalendar

    repeat = todo.repeat
    component = icalendar.Todo()
    values = {
        "UID": todo.key,
        "DTSTAMP": todo.created_at or dt.datetime(2000, 1, 1, tzinfo=dt.timezone.utc),
        "SUMMARY": todo.title,
        "DESCRIPTION": todo.notes,
        "DTSTART": _dated(todo.start),
        "DUE": _dated(todo.due),
        "PRIORITY": todo.priority,
        "CATEGORIES": list(todo.labels),
        "RELATED-TO": todo.parent_key,
        "STATUS": "COMPLETED" if todo.is_completed else "NEEDS-ACTION",
        "COMPLETED": todo.completed_at,
        "CREATED": todo.created_at,
        "RRULE": repeat and icalendar.vRecur.from_ical(repeat.rrule),
        MODE: repeat and repeat.mode == "completion" and "completion",
        LIST: not todo_list.is_inbox and todo_list.name,
        "X-APPLE-SORT-ORDER": str(place),
    }
    for name, value in values.items():
        if value:
            component.add(name, value)
    for reminder in todo.reminders:
        component.add_component(_alarm(todo, reminder))
    return component.to_ical().decode().removesuffix(_END) + "".join(_kept_lines(todo)) + _END


def events(name: str, rows: Iterable[tuple[TodoRecord, str, dt.datetime]]) -> str:
    """A calendar of todos with a due date, each with its address and when it changed: programs show no VTODO.

    A day is a whole day, a time has no length, and neither makes anybody busy.
    """
    import icalendar

    calendar, zones = icalendar.Calendar(), set()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//django-todos//django-todos//EN")
    calendar.add("X-WR-CALNAME", name)
    calendar.add(
        "REFRESH-INTERVAL",
        icalendar.vDuration(dt.timedelta(hours=1)),
        parameters={"VALUE": "DURATION"},
    )
    for todo, link, changed in rows:
        zones |= {todo.due.tz} - {"", "UTC"}
        calendar.add_component(_event(todo, link, changed))
    for zone in sorted(zones):
        calendar.add_component(icalendar.Timezone.from_tzid(zone))
    return calendar.to_ical().decode()


def _event(todo: TodoRecord, link: str, changed: dt.datetime) -> Component:
    import icalendar

    event, repeat = icalendar.Event(), todo.repeat
    values = {
        "UID": todo.key,
        "DTSTAMP": changed,
        "DTSTART": _dated(todo.due),
        "SUMMARY": todo.title,
        "DESCRIPTION": todo.notes,
        "CATEGORIES": list(todo.labels),
        "PRIORITY": todo.priority,
        "URL": link,
        "TRANSP": "TRANSPARENT",
    }
    # From completion nobody knows the next but one; a moved one and COUNT don't count from here.
    if repeat and repeat.mode == "due" and not repeat.slot and "COUNT" not in repeat.rrule:
        values["RRULE"] = icalendar.vRecur.from_ical(repeat.rrule)
    for name, value in values.items():
        if value:
            event.add(name, value)
    return event


def _kept_lines(todo: TodoRecord) -> Iterator[str]:
    """What another program said, folded as RFC 5545, 3.1 asks."""
    kept = todo.extra.get(NAME, [])
    for line in kept if isinstance(kept, list) else []:
        if isinstance(line, str) and ":" in line:
            text = clean_line(line)
            yield "\r\n ".join(text[at : at + 70] for at in range(0, len(text), 70)) + "\r\n"


def _alarm(todo: TodoRecord, reminder: ReminderRecord) -> Component:
    import icalendar

    alarm = icalendar.Alarm()
    alarm.add("ACTION", "DISPLAY")
    alarm.add("DESCRIPTION", todo.title)
    if reminder.at:
        alarm.add("TRIGGER", reminder.at)
    else:
        before = dt.timedelta(minutes=-(reminder.before or 0))
        alarm.add("TRIGGER", before, parameters={"RELATED": "END"})
    return alarm


def _dated(moment: Moment) -> dt.date | dt.datetime | None:
    if moment.date is None or moment.time is None:
        return moment.date
    wall = dt.datetime.combine(moment.date, moment.time)
    return wall.replace(tzinfo=ZoneInfo(moment.tz)) if moment.tz else wall


def _zones(names: Iterable[str]) -> Iterator[str]:
    import icalendar

    for name in sorted(names):
        if name != "UTC":
            yield icalendar.Timezone.from_tzid(name).to_ical().decode()
