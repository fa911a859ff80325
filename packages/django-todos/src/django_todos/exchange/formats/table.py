"""A table (CSV) of any program: a line names the columns, and which is which of our fields is a choice.

Columns are recognised by the names that programs give them; the report's page lets a person say
otherwise. Ours, as written, has all of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from django_todos.dates import Moment
from django_todos.exchange.formats.values import (
    Unreadable,
    read_instant,
    read_words,
    reader,
    rows_of,
)
from django_todos.exchange.records import (
    Groups,
    LineKeys,
    ListRecord,
    Losses,
    Reading,
    RepeatRecord,
    TodoRecord,
)
from django_todos.exchange.tree import Gathered

NAME = "csv"

#: Our fields: what they are called, and what other programs call them.
FIELDS = {
    "title": (
        gettext_lazy("Title"),
        "title task todo name subject summary content item description",
    ),
    "notes": (gettext_lazy("Notes"), "notes note description details body comment text"),
    "list": (gettext_lazy("List"), "list project category folder board"),
    "due": (gettext_lazy("Due"), "due due_date duedate deadline date"),
    "start": (gettext_lazy("Start"), "start start_date startdate scheduled defer_date"),
    "priority": (gettext_lazy("Priority"), "priority importance"),
    "labels": (gettext_lazy("Labels"), "labels label tags tag context contexts"),
    "assignee": (gettext_lazy("Assignee"), "assignee assigned_to owner responsible"),
    "completed": (gettext_lazy("Completed"), "completed done status state checked"),
    "completed_at": (
        gettext_lazy("Completed at"),
        "completed_at completed_date completion_date done_at date_completed completed_time",
    ),
    "created_at": (gettext_lazy("Created"), "created_at created created_date date_created added"),
    "id": (gettext_lazy("Id"), "id uuid key task_id uid"),
    "parent": (gettext_lazy("Parent"), "parent parent_id parent_task"),
    "repeat": (gettext_lazy("Repeat"), "repeat rrule recurrence repeats"),
}
#: What a spreadsheet would run is written as text (OWASP's page on CSV injection).
_FORMULA = re.compile(r"^'([=+@])")
_DONE = frozenset("x 1 true yes y done completed complete closed finished ✓ ✔ ja oui si".split())
_PRIORITIES = {
    **dict.fromkeys(("high", "highest", "urgent", "critical", "a", "h", "p1", "!!!"), 1),
    **dict.fromkeys(("medium", "normal", "b", "m", "p2", "!!"), 5),
    **dict.fromkeys(("low", "lowest", "c", "l", "p3", "!"), 9),
    **dict.fromkeys(("", "none", "no", "p4"), 0),
}


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row; commas, semicolons or tabs, whichever the first line has most of."""
    delimiter = max(",;\t", key=text.split("\n", 1)[0].count)
    for line, cells in rows_of(text, delimiter):
        yield line, [_FORMULA.sub(r"\1", cell.strip()) for cell in cells]


def names_of(text: str) -> list[str]:
    """The cells of the first line."""
    with suppress(Unreadable):
        return next(_rows(text), (1, []))[1]
    return []


def columns_of(names: Iterable[str]) -> dict[str, str]:
    """Which column is which field, by its name; each column once, the surest name first."""
    columns: dict[str, str] = {}
    words = {name: re.sub(r"\W+", "_", name.strip().lower()).strip("_") for name in names}
    best = {
        field: min(
            (known.split().index(word), name)
            for name, word in words.items()
            if word in known.split()
        )
        for field, (_label, known) in FIELDS.items()
        if set(words.values()) & set(known.split())
    }
    for field, (_rank, name) in sorted(best.items(), key=lambda row: row[1][0]):
        if name not in columns.values():
            columns[field] = name
    return columns


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read a table by ``reading.columns`` (field → column), else by the names of its columns."""
    keys = LineKeys()
    rows = _rows(text)
    _line, names = next(rows, (1, []))
    columns = dict(reading.columns) or columns_of(names)
    if "title" not in columns:
        raise Unreadable(_("No column is called “title”, “task” or “name”."))
    places = {field: names.index(name) for field, name in columns.items() if name in names}
    for line, cells in rows:
        if any(cells):
            values = {field: cells[at] for field, at in places.items() if at < len(cells)}
            with found.reading(line, cells):
                _row(found, keys, line, values, reading)


def _row(
    found: Gathered, keys: LineKeys, line: int, values: Mapping[str, str], reading: Reading
) -> None:
    notes = []
    title = values.get("title", "")
    if not title:
        raise Unreadable(_("It has no title."))
    due, repeat = _when(values.get("due", ""), reading)
    start, _none = _when(values.get("start", ""), reading)
    if rrule := values.get("repeat"):
        mode = "completion" if rrule.startswith("completion:") else "due"
        if "FREQ=" in rrule.upper():
            repeat = RepeatRecord(rrule.removeprefix("completion:"), mode, due or start)
        else:
            first, repeat = read_words(rrule, reading)
            due = due or first
    word = values.get("priority", "").strip().lower()
    priority = int(word) if word.isdecimal() and len(word) == 1 else _PRIORITIES.get(word)
    if priority is None:
        notes.append(_("Priority %(word)s is not known.") % {"word": word[:20]})
    completed_at = values.get("completed_at", "")
    done = values.get("completed", "").strip().lower() in _DONE or bool(completed_at)
    found.add(
        TodoRecord(
            key=values.get("id") or keys.key("\t".join(values.values())),
            title=title,
            line=line,
            notes=values.get("notes", ""),
            priority=priority or 0,
            due=due,
            start=start,
            labels=tuple(filter(None, map(str.strip, values.get("labels", "").split(",")))),
            list_key=values.get("list", ""),
            parent_key=values.get("parent", ""),
            assignee=values.get("assignee", ""),
            is_completed=done,
            completed_at=read_instant(completed_at),
            created_at=read_instant(values.get("created_at")),
            repeat=repeat,
        ),
        *notes,
    )


def _when(text: str, reading: Reading) -> tuple[Moment, RepeatRecord | None]:
    moment, repeat = read_words(text, reading)
    if text and not moment:
        raise Unreadable(_("“%(text)s” is not a date.") % {"text": text[:40]})
    return moment, repeat


# -- writing


def write(groups: Groups, tz: ZoneInfo, losses: Losses) -> Iterator[str]:
    """A row a todo, with a name for each column, in UTF-8 with the mark that spreadsheets look for."""
    yield "\ufeff" + _line(FIELDS)
    for todo_list, todos in groups:
        losses.add_list(todo_list)
        for todo in losses.outside_trash(todo_list, todos):
            losses.add_todo(todo, kept=("notes", "assignee"))
            if any("," in label for label in todo.labels):
                losses.add(_("A label with a comma is read back as two."))
            yield _line(_cells(todo, todo_list))


def _cells(todo: TodoRecord, todo_list: ListRecord) -> Iterable[str]:
    repeat = todo.repeat
    mode = "completion:" if repeat and repeat.mode == "completion" else ""
    values = {
        "title": todo.title,
        "notes": todo.notes,
        "list": "" if todo_list.is_inbox else todo_list.name,
        "due": todo.due.format(),
        "start": todo.start.format(),
        "priority": str(todo.priority or ""),
        "labels": ", ".join(todo.labels),
        "assignee": todo.assignee,
        "completed": "x" if todo.is_completed else "",
        "completed_at": todo.completed_at.isoformat() if todo.completed_at else "",
        "created_at": todo.created_at.isoformat() if todo.created_at else "",
        "id": todo.key,
        "parent": todo.parent_key,
        "repeat": f"{mode}{repeat.rrule}" if repeat else "",
    }
    return ["'" + value if value[:1] in ("=", "+", "@") else value for value in values.values()]


def _line(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()
