"""Taskwarrior's JSON: what ``task export`` writes (an array) and its hooks speak (lines).

Attributes as Taskwarrior's "JSON Format" request for comments names them; user-defined ones and
all we have no field for are kept under ``extra["taskwarrior"]`` and written out again. A recurring
template and its children are one repeating todo here.

``todos…`` attributes are ours (Taskwarrior keeps unknown attributes): which of the four date cases
it was, the full rule, the parent, the exact priority and labels. Each is believed only while the
attribute it explains is unchanged.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment
from django_todos.exchange.formats.taskwarrior_time import NAME as NAME
from django_todos.exchange.formats.taskwarrior_time import (
    Task,
    merge,
    read_own,
    read_stamp,
    recur_of,
    to_moment,
    write_own,
    write_stamp,
)
from django_todos.exchange.formats.values import Unreadable, Values, check_nesting, reader
from django_todos.exchange.records import (
    Groups,
    LineKeys,
    ListRecord,
    Losses,
    Reading,
    RepeatRecord,
    TodoRecord,
    add_paragraph,
    begin_of,
    clean_text,
    clean_value,
    shorten,
)
from django_todos.exchange.tree import Gathered

PRIORITIES = {"H": 1, "M": 5, "L": 9}
STATUSES = ("pending", "waiting", "recurring", "completed", "deleted")
#: Derived by Taskwarrior itself; there is nothing to keep.
DERIVED = ("id", "urgency", "modified", "mask", "imask", "rtype", "last", "template")
#: Strings, and (1) the bare nan that Taskwarrior 3 writes for a number that is none: no JSON has it so.
_BARE = re.compile(r'"(?:[^"\\]|\\.)*"|(-?\bnan\b)')


class BadDate(Unreadable):
    """A date attribute that is not one; the rest of the task may still make sense."""

    def __init__(self, key: str, value: Any) -> None:
        self.key, self.value = key, shorten(clean_text(str(value)), 60)
        super().__init__(
            _("“%(key)s”: the date %(date)s can’t be read.") % {"key": key, "date": self.value}
        )


class Broken(str):
    """A line that is not JSON."""


def has_keys(keys: set[str]) -> bool:
    """Whether JSON whose first object has these (none: an empty export) is Taskwarrior's."""
    return not keys or "description" in keys and not keys & {"title", "name", "content"}


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read an export; its zone is the one it was written in, which tells dates from times."""
    keys = LineKeys()
    tasks: list[Task] = []
    midnights = [0, 0]
    any_json = False
    for line, entry in _numbered(list(entries(text))):
        if isinstance(entry, Broken):
            found.refuse(line, _("The line is not JSON."), entry)
            continue
        check_nesting(entry, line)
        any_json = True
        _count_midnights(entry, reading.tz, midnights)
        _collect(found, entry, line, keys, reading.tz, tasks)
    if found.problems and not any_json:
        raise Unreadable(found.problems[0].reason, found.problems[0].line)
    for record, notes in merge(tasks, reading.tz):
        found.add(record, *notes)
    if midnights[0] > midnights[1]:
        found.once(_("Most dates lie at midnight UTC: was the file written in the time zone UTC?"))


# -- the file


def entries(text: str) -> Iterator[tuple[int, Any]]:
    """Each task with its line; `Unreadable` when the file is no JSON at all."""
    text = _BARE.sub(lambda match: "NaN" if match[1] else match[0], text.removeprefix("\ufeff"))
    body = text.lstrip()
    if body.startswith("["):
        yield from _array(text)
        return
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        yield from _lines(text)
    else:
        yield text[: len(text) - len(body)].count("\n") + 1, whole


def _numbered(rows: list[tuple[int, Any]]) -> list[tuple[int, Any]]:
    """With the lines of a file that has a task on each, else counted."""
    if len({line for line, _entry in rows}) == len(rows):
        return rows
    return [(number, entry) for number, (_line, entry) in enumerate(rows, 1)]


def _array(text: str) -> Iterator[tuple[int, Any]]:
    decoder = json.JSONDecoder()
    position = text.index("[") + 1
    line, counted = 1, 0
    while True:
        while position < len(text) and text[position] in " \t\r\n,":
            position += 1
        line += text.count("\n", counted, position)
        counted = position
        if position < len(text) and text[position] == "]":
            break
        try:
            entry, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            raise Unreadable(_("The file is not JSON from here on."), line) from None
        yield line, entry
    if text[position + 1 :].strip():
        raise Unreadable(_("The file goes on behind its end."), line)


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        words = line.strip().rstrip(",")
        if not words:
            continue
        try:
            yield number, json.loads(words)
        except (ValueError, RecursionError):
            yield number, Broken(line)


def _count_midnights(entry: Any, tz: ZoneInfo, counts: list[int]) -> None:
    """How many dates look like days to UTC, and how many to the reader's zone."""
    due = entry.get("due") if isinstance(entry, dict) else None
    try:
        instant = read_stamp(due) if isinstance(due, str) else None
    except ValueError:
        return
    if instant is not None:
        local = to_moment(instant, tz).case == "date"
        counts[1] += local
        counts[0] += not local and instant.time() == dt.time()


# -- one task


def _collect(
    found: Gathered, entry: Any, line: int, keys: LineKeys, tz: ZoneInfo, tasks: list[Task]
) -> None:
    """Read one task into ``tasks``, or name what is wrong; a bad date leaves a choice."""
    text = shorten(json.dumps(entry, ensure_ascii=False), 500)
    aside: list[str] = []
    first: BadDate | None = None
    key = keys.key(text)
    while True:
        try:
            task = _TaskwarriorReader(Values(entry), line, tz).task(key)
            break
        except BadDate as error:
            first = first or error
            aside.append(f"{error.key}: {error.value}")
            entry = {key: value for key, value in entry.items() if key != error.key}
        except Unreadable as error:
            title = entry.get("description") if isinstance(entry, dict) else ""
            found.refuse(line, str(error), text, title)
            return
    if first is None:
        tasks.append(task)
        return
    record = replace(task.record, notes=add_paragraph(task.record.notes, "\n\n".join(aside)))
    choice = _("Import it without this date")
    found.refuse(line, str(first), text, record.title, record, choice)


class _TaskwarriorReader:
    """Reads one task's attributes."""

    def __init__(self, values: Values, line: int, tz: ZoneInfo) -> None:
        self.values, self.line, self.tz = values, line, tz
        self.notes: list[str] = []
        self.extra: dict[str, Any] = {}

    def task(self, key: str) -> Task:
        values = self.values
        status = values.text("status") or "pending"
        if status not in STATUSES:
            raise Unreadable(_("The status “%(s)s” is not known.") % {"s": shorten(status, 40)})
        recur, until, end = values.text("recur"), self.stamp("until"), self.stamp("end")
        template = values.text("parent")
        mode = "completion" if values.loose("rtype") == "chained" else "due"
        mask, index = values.loose("mask"), values.loose("imask")
        record = self.record(key, status, end)
        record = self.with_rule(record, recur, until, template)
        for derived in DERIVED:
            values.loose(derived)
        rest = values.rest()
        for name in [
            key for key, value in rest.items() if value != value
        ]:  # nan alone is not itself
            text = _("“%(key)s” is not a number (nan); it is kept as text.")
            self.notes.append(text % {"key": shorten(name, 40)})
        self.extra |= clean_value(rest)
        if self.extra:
            record = replace(record, extra={NAME: self.extra})
        return Task(
            record=record,
            status=status,
            template=template,
            recur=recur,
            mode=mode,
            until=until,
            mask=mask if isinstance(mask, str) else "",
            index=int(index) if isinstance(index, (int, float)) and 0 <= index < 10**6 else 0,
            end=end,
            notes=tuple(self.notes),
        )

    def record(self, key: str, status: str, end: dt.datetime | None) -> TodoRecord:
        values = self.values
        own_completed = values.stamp("todoscompleted")
        completed = status == "completed" or own_completed is not None
        if status == "deleted":
            self.notes.append(_("It is deleted in Taskwarrior; here it goes to the trash."))
        created = self.stamp("entry")
        deleted_at = end or self.stamp("modified") or created
        if status == "deleted" and deleted_at is None:
            raise Unreadable(_("It is deleted, and the file doesn’t say when."))
        return TodoRecord(
            key=values.text("uuid") or key,
            title=values.text("description", required=True),
            line=self.line,
            notes=self.annotations(),
            priority=self.priority(),
            due=self.moment("due", "todosdue"),
            start=self.start(),
            labels=self.labels(),
            list_key=values.text("project").strip(),
            parent_key=values.text("todosparent"),
            is_completed=completed,
            completed_at=(own_completed or end) if completed else None,
            created_at=created,
            deleted_at=deleted_at if status == "deleted" else None,
        )

    def with_rule(
        self, record: TodoRecord, recur: str, until: dt.datetime | None, template: str
    ) -> TodoRecord:
        """The rule we wrote ourselves, if it still fits; Taskwarrior's own is merged later."""
        values = self.values
        rrule, mode = values.text("todosrrule"), values.text("todosmode") or "due"
        anchor = values.moment("todosanchor")
        self.depends()
        if until is not None and not (recur or template or rrule):
            self.extra["until"] = self.values.text("until")
            self.notes.append(_("It expires in Taskwarrior (until); here it stays."))
        if rrule and mode in ("due", "completion") and (not recur or recur == recur_of(rrule)):
            anchor = anchor or record.due or record.start
            repeat = RepeatRecord(rrule, mode, anchor, values.moment("todosslot"))
            return replace(record, repeat=repeat)
        return record

    def stamp(self, key: str) -> dt.datetime | None:
        value = self.values.loose(key)
        if value in (None, ""):
            return None
        try:
            return read_stamp(value if isinstance(value, str) else "")
        except ValueError:
            raise BadDate(key, value) from None

    def moment(self, key: str, own_key: str = "") -> Moment:
        instant = self.stamp(key)
        own = self.values.text(own_key) if own_key else ""
        if instant is None:
            return Moment()
        return (read_own(own, instant) if own else None) or to_moment(instant, self.tz)

    def start(self) -> Moment:
        """``scheduled``, else ``wait``; ``start`` says since when somebody works on it."""
        start, wait = self.moment("scheduled", "todosstart"), self.moment("wait")
        if start and wait:
            self.extra["wait"] = self.values.text("wait")
            self.notes.append(_("It is both scheduled and waiting; it starts when scheduled."))
        if active := self.values.text("start"):
            self.extra["start"] = active
            self.notes.append(_("That it was being worked on is kept, and not shown."))
        return start or wait

    def priority(self) -> int:
        word = self.values.text("priority")
        own = self.values.number("todospriority", 9)
        if own and word == priority_word(own):
            return own
        if word and word not in PRIORITIES:
            self.extra["priority"] = word
            text = _("Priority %(word)s is not known; it is kept, and set to none.")
            self.notes.append(text % {"word": shorten(word, 20)})
        return PRIORITIES.get(word, 0)

    def labels(self) -> tuple[str, ...]:
        tags = self.values.texts("tags")
        own = [unquote(name) for name in self.values.text("todoslabels").split(",") if name]
        return tuple(own if own and tags == [tag_of(name) for name in own] else tags)

    def annotations(self) -> str:
        """Annotations one after the other; as they were they are kept for the way back."""
        rows = [Values(row) for row in self.values.items("annotations")]
        texts = [row.text("description") for row in rows]
        if len(rows) > 1:
            self.extra["annotations"] = clean_value(self.values.items("annotations"))
        return "\n\n".join(text for text in texts if text)

    def depends(self) -> None:
        """Others that must be done first: a list, or (before 2.6) words with commas."""
        depends = self.values.loose("depends")
        if depends:
            self.extra["depends"] = clean_value(depends)
            self.notes.append(_("What it depends on is kept, and has no effect here."))


def priority_word(priority: int) -> str:
    if not priority:
        return ""
    return "H" if priority < 5 else "M" if priority == 5 else "L"


def tag_of(label: str) -> str:
    """A label as the one word that a tag is."""
    return "_".join(label.split()).replace(",", "_")


# -- writing


def write(groups: Groups, tz: ZoneInfo, losses: Losses) -> Iterator[str]:
    """The array in pieces."""
    yield "["
    number = 0
    for todo_list, todos in groups:
        losses.add_list(todo_list)
        for todo in todos:
            _count_losses(todo, losses)
            values = {key: value for key, value in _task(todo, todo_list, tz).items() if value}
            yield (",\n" if number else "\n") + json.dumps(values, ensure_ascii=False)
            number += 1
    yield "\n]\n"


def _task(todo: TodoRecord, todo_list: ListRecord, tz: ZoneInfo) -> dict[str, Any]:
    deleted_at = todo.deleted_at or todo_list.deleted_at
    end = deleted_at or todo.completed_at
    values: dict[str, Any] = {
        "uuid": todo.key,
        "description": todo.title,
        "status": _status(todo, todo_list),
        "entry": todo.created_at and write_stamp(todo.created_at),
        "end": end and write_stamp(end),
        "project": "" if todo_list.is_inbox else todo_list.name,
        "tags": [tag_of(label) for label in todo.labels],
        "annotations": _annotations(todo),
        "todosparent": todo.parent_key,
    }
    values |= _priority(todo) | _moments(todo, tz) | _repeat(todo, values["status"])
    if any(tag_of(label) != label for label in todo.labels):
        values["todoslabels"] = ",".join(quote(label, safe="") for label in todo.labels)
    if deleted_at and todo.completed_at:
        values["todoscompleted"] = todo.completed_at.isoformat()
    kept = {key: value for key, value in todo.kept(NAME).items() if key != "annotations"}
    return kept | {key: value for key, value in values.items() if value}


def _status(todo: TodoRecord, todo_list: ListRecord) -> str:
    if todo.deleted_at or todo_list.deleted_at:
        return "deleted"
    if todo.completed_at:
        return "completed"
    recur = recur_of(todo.repeat.rrule) if todo.repeat else todo.kept(NAME).get("recur")
    return "recurring" if recur and todo.due else "pending"


def _annotations(todo: TodoRecord) -> list[dict[str, Any]]:
    """As they were read, if the notes are still those; else the notes as one annotation."""
    if not todo.notes:
        return []
    kept = todo.kept(NAME).get("annotations")
    if isinstance(kept, list) and all(isinstance(row, dict) for row in kept):
        texts = [row.get("description") for row in kept]
        if "\n\n".join(text for text in texts if isinstance(text, str)) == todo.notes:
            return kept
    row = {"description": todo.notes}
    return [({"entry": write_stamp(todo.created_at)} if todo.created_at else {}) | row]


def _priority(todo: TodoRecord) -> dict[str, Any]:
    word = priority_word(todo.priority)
    exact = todo.priority if todo.priority not in (0, 1, 5, 9) else 0
    return {"priority": word, "todospriority": exact}


def _moments(todo: TodoRecord, tz: ZoneInfo) -> dict[str, str]:
    values: dict[str, str] = {}
    for key, own, moment in (
        ("due", "todosdue", todo.due),
        ("scheduled", "todosstart", todo.start),
    ):
        instant = begin_of(moment, tz)
        if instant is not None:
            values |= {key: write_stamp(instant), own: write_own(moment, tz)}
    return values


def _repeat(todo: TodoRecord, status: str) -> dict[str, str]:
    repeat = todo.repeat
    if repeat is None:
        return {}
    values = {"todosrrule": repeat.rrule, "todosmode": repeat.mode}
    if repeat.anchor != todo.due:
        values["todosanchor"] = repeat.anchor.format()
    if repeat.slot:
        values["todosslot"] = repeat.slot.format()
    if status == "recurring":
        values["recur"] = recur_of(repeat.rrule)
        values["rtype"] = "chained" if repeat.mode == "completion" else "periodic"
    return values


def _count_losses(todo: TodoRecord, losses: Losses) -> None:
    losses.add_todo(todo, own=NAME, kept=("notes",))
    if todo.parent_key:
        losses.add(_("Taskwarrior has no subtasks; only this program reads whose they are."))
    if todo.repeat and not recur_of(todo.repeat.rrule):
        losses.add(_("Taskwarrior can’t follow a repeat; only this program reads it."))
