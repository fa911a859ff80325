"""TickTick: the CSV of its backup.

Lines about the file stand before the header; a status is 0 open, 1 completed, 2 archived; priorities
are 0, 1, 3 and 5; times are in UTC, of which an all-day date is the midnight in ``Timezone``. A
checklist's items stand in ``Content``, each behind ▫ (open) or ▪ (done). Reminders are ISO 8601
durations before the due date, repeats are RRULEs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from django_todos.dates import Moment, local_now, resolve_zone
from django_todos.exchange.formats.values import Unreadable, read_instant, reader, rows_of
from django_todos.exchange.records import (
    LineKeys,
    ListRecord,
    Reading,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
    shorten,
)
from django_todos.exchange.tree import Gathered
from django_todos.limits import MAX_REMIND_BEFORE

NAME = "ticktick"
#: Without these no table is one of TickTick's.
COLUMNS = ("list name", "title", "is check list", "status")
PRIORITIES = {"": 0, "0": 0, "1": 9, "3": 5, "5": 1}

_ITEM = re.compile(r"[▫▪]")
_BEFORE = re.compile(
    r"(?:TRIGGER:)?(-)?P(?:(\d{1,3})W)?(?:(\d{1,3})D)?(?:T(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:\d+S)?)?"
)


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read a backup; a cell may have several lines."""
    keys = LineKeys()
    tasks: list[tuple[int, dict[str, str]]] = []
    columns: list[str] = []
    for line, cells in rows_of(text):
        if not columns:
            names = [cell.strip().lower() for cell in cells]
            columns = names if set(COLUMNS) <= set(names) else []
        elif any(cells):
            values = dict.fromkeys(columns, "") | dict(zip(columns, cells, strict=False))
            tasks.append((line, {name: cell.strip() for name, cell in values.items()}))
    if not columns:
        raise Unreadable(_("The line with the names of the columns is missing."))
    known = {values["taskid"]: _key(values) for _line, values in tasks if values.get("taskid")}
    for line, values in tasks:
        with found.reading(line, list(values.values())):
            key = _key(values) or keys.key("\t".join([values["list name"], values["title"]]))
            parent = known.get(values.get("parentid", ""), values.get("parentid", ""))
            _task(found, key, parent, line, values, reading)


def _key(values: dict[str, str]) -> str:
    """A task's number begins anew in some backups: when it was created belongs to it."""
    number = values.get("taskid", "")
    return f"{number} {values.get('created time', '')}".strip() if number else ""


def _task(
    found: Gathered, key: str, parent: str, line: int, values: dict[str, str], reading: Reading
) -> None:
    title, notes = values["title"], []
    due, start = _dates(values, reading)
    repeat, reminders = _repeat(values, due), _reminders(values)
    if values.get("reminder") and not reminders:
        notes.append(_("Its reminder can’t be read."))
    if reminders and due.time is None:
        reminders = ()
        notes.append(_("Its reminder needs a due time, and was left out."))
    for name, said in (
        ("folder name", _("Folder “%(name)s”: there are no folders here.")),
        ("column name", _("Section “%(name)s”: there are no sections here.")),
    ):
        if values.get(name):
            found.once(said % {"name": shorten(values[name], 60)})
    name = values["list name"]
    list_key = (
        "" if name.casefold() in ("", "inbox") else "/".join([values.get("folder name", ""), name])
    )
    if list_key:
        found.lists.setdefault(list_key, ListRecord(list_key, name))
    completed = values["status"] in ("1", "2")
    items = list(_items(values)) if values.get("kind") == "CHECKLIST" else []
    found.add(
        TodoRecord(
            key=key,
            title=title,
            line=line,
            notes=_text(values) if items else values.get("content", ""),
            priority=PRIORITIES.get(values.get("priority", ""), 0),
            due=due,
            start=start,
            labels=tuple(filter(None, map(str.strip, values.get("tags", "").split(",")))),
            list_key=list_key,
            parent_key=parent,
            is_completed=completed,
            completed_at=read_instant(values.get("completed time")) if completed else None,
            created_at=read_instant(values.get("created time")),
            repeat=repeat,
            reminders=reminders,
        ),
        *notes,
    )
    for number, (item, done) in enumerate(items, 1):
        done = done or completed
        found.add(
            TodoRecord(
                f"{key}/{number}", item, line, list_key=list_key, parent_key=key, is_completed=done
            )
        )


def _dates(values: dict[str, str], reading: Reading) -> tuple[Moment, Moment]:
    """Due and start. One that starts when it is due only says when it is due."""
    zone = resolve_zone(values.get("timezone")) or reading.tz
    moments = []
    for name in ("due date", "start date"):
        instant = read_instant(values.get(name))
        if instant is None:
            moments.append(Moment())
            continue
        wall = local_now(instant, zone)
        if values.get("is all day") == "true":
            moments.append(Moment(wall.date()))
        else:
            floats = values.get("is floating") == "true"
            moments.append(Moment.from_datetime(wall, "" if floats else zone.key))
    due, start = moments
    if not due:
        return start, Moment()
    return due, Moment() if start == due else start


def _repeat(values: dict[str, str], due: Moment) -> RepeatRecord | None:
    rrule = values.get("repeat", "").removeprefix("RRULE:")
    return RepeatRecord(rrule, "due", due) if rrule else None


def _reminders(values: dict[str, str]) -> tuple[ReminderRecord, ...]:
    found = []
    for word in re.split(r"[\s,]+", values.get("reminder", "")):
        if word and (match := _BEFORE.fullmatch(word)):
            weeks, days, hours, minutes = (int(number or 0) for number in match.groups()[1:])
            before = ((weeks * 7 + days) * 24 + hours) * 60 + minutes
            if before <= MAX_REMIND_BEFORE:
                found.append(ReminderRecord(before))
    return tuple(found)


def _items(values: dict[str, str]) -> Iterator[tuple[str, bool]]:
    """The items of a checklist, and whether each is done."""
    content = values.get("content", "")
    marks = list(_ITEM.finditer(content))
    for index, mark in enumerate(marks):
        end = marks[index + 1].start() if index + 1 < len(marks) else None
        item = content[mark.end() : end].strip()
        if item:
            yield item, mark[0] == "▪"


def _text(values: dict[str, str]) -> str:
    """What stands before the first item."""
    return _ITEM.split(values.get("content", ""), maxsplit=1)[0].strip()
