"""Todoist: the CSV template that a project exports to and imports from, and the JSON of its sync API.

Columns as Todoist's help page "Import or export a project as a CSV file" names them: a row is a
task, a section or a note; INDENT places a task below the one before; PRIORITY 1 is the highest. The
JSON (``items`` and ``projects``, in which 4 is the highest) is what backup programs store.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from django_todos.dates import Moment
from django_todos.exchange.formats.values import (
    Values,
    iso_moment,
    load_json,
    read_instant,
    read_words,
    reader,
    rows_of,
)
from django_todos.exchange.records import (
    LineKeys,
    ListRecord,
    Reading,
    TodoRecord,
    add_paragraph,
    shorten,
)
from django_todos.exchange.tree import Gathered

NAME = "todoist"
#: Without these no table is one of Todoist's.
COLUMNS = ("type", "content", "priority", "indent")
PRIORITIES = {"1": 1, "2": 5, "3": 9, "4": 0}

_LABEL = re.compile(r"(?:^|(?<=\s))@([^\s@]+)")
_PERSON = re.compile(r"\s*\(\d+\)\s*$")


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read one project's CSV, or a backup in JSON."""
    if text.lstrip("\ufeff \r\n\t")[:1] == "{":
        _read_json(found, text, reading)
        return
    rows = rows_of(text)
    _line, names = next(rows, (1, []))
    table = _TableReader(found, [name.strip().lower() for name in names], reading)
    for line, cells in rows:
        table.row(line, cells)
    table.close()


class _TableReader:
    """Reads row by row: what a row means depends on those before."""

    def __init__(self, found: Gathered, columns: list[str], reading: Reading) -> None:
        self.found, self.columns, self.reading = found, columns, reading
        self.keys = LineKeys()
        self.path: list[str] = []
        self.last: tuple[TodoRecord, list[str]] | None = None

    def row(self, line: int, cells: list[str]) -> None:
        values = dict(zip(self.columns, map(str.strip, cells), strict=False))
        kind = values.get("type", "").lower()
        if kind == "task":
            self.close()
            self.last = self._task(line, values)
        elif kind == "section":
            self.close()
            said = _("Section “%(name)s”: there are no sections here; its todos keep their order.")
            self.found.note(0, said % {"name": shorten(values.get("content", ""), 60)})
        elif kind == "note" and self.last is not None:
            record, notes = self.last
            self.last = (
                replace(record, notes=add_paragraph(record.notes, values.get("content", ""))),
                notes,
            )
        elif kind not in ("", "meta") or (not kind and any(values.values())):
            reason = _("The row is neither a task nor a section nor a note.")
            self.found.refuse(line, reason, ",".join(cells), values.get("content", ""))

    def close(self) -> None:
        """The notes of the last task are complete."""
        if self.last is not None:
            self.found.add(self.last[0], *self.last[1])
            self.last = None

    def _task(self, line: int, values: dict[str, str]) -> tuple[TodoRecord, list[str]]:
        notes: list[str] = []
        level = int(values["indent"]) if values.get("indent", "") in set("12345") else 1
        key = self.keys.key("\t".join([*self.path[: level - 1], values.get("content", "")]))
        del self.path[level - 1 :]
        parent = self.path[-1] if self.path else ""
        self.path.append(key)
        title, labels = _labels(values.get("content", ""))
        text = values.get("description", "")
        said = values.get("date", "")
        due, repeat = read_words(said, self.reading, values.get("date_lang", ""))
        if said and not due:
            text = add_paragraph(text, said)
            notes.append(
                _("The date “%(text)s” can’t be read; it is in the notes.") % {"text": said}
            )
        due, text = _deadline(values.get("deadline", ""), due, text, notes)
        if values.get("duration"):
            length = f"{values['duration']} {values.get('duration_unit', '')}".strip()
            notes.append(_("Its duration (%(text)s) has no place here.") % {"text": length})
        priority = values.get("priority", "")
        if priority and priority not in PRIORITIES:
            notes.append(_("Priority %(word)s is not known.") % {"word": shorten(priority, 20)})
        record = TodoRecord(
            key=key,
            title=title,
            line=line,
            notes=text,
            priority=PRIORITIES.get(priority, 0),
            due=due,
            labels=labels,
            parent_key=parent,
            assignee=_PERSON.sub("", values.get("responsible", "")),
            repeat=repeat,
        )
        return record, notes


def _labels(content: str) -> tuple[str, tuple[str, ...]]:
    """The title without its ``@labels``."""
    labels = tuple(match[1] for match in _LABEL.finditer(content))
    title = " ".join(_LABEL.sub("", content).split()) if labels else content
    return title or content, labels


def _deadline(text: str, due: Moment, notes: str, said: list[str]) -> tuple[Moment, str]:
    """A deadline is the due date where there is no other."""
    if not text:
        return due, notes
    try:
        deadline = Moment.parse(text)
    except ValueError:
        deadline = Moment()
    if deadline and not due:
        return deadline, notes
    said.append(_("Its deadline is in the notes: a todo has one due date."))
    return due, add_paragraph(notes, _("Deadline: %(date)s") % {"date": text})


# -- the JSON


def _read_json(found: Gathered, text: str, reading: Reading) -> None:
    values = Values(load_json(text))
    projects = {one.loose("id"): one for one in map(Values, values.items("projects"))}
    remarks: dict[Any, list[str]] = {}
    for one in map(Values, values.items("notes")):
        remarks.setdefault(one.loose("item_id"), []).append(one.text("content"))
    for line, entry in enumerate(values.items("items"), 1):
        with found.reading(line, entry):
            _item(found, Values(entry), line, projects, remarks, reading)


def _item(
    found: Gathered,
    values: Values,
    line: int,
    projects: dict[Any, Values],
    remarks: dict[Any, list[str]],
    reading: Reading,
) -> None:
    title, labels = _labels(values.text("content", required=True))
    identity = values.loose("id")
    project = projects.get(values.loose("project_id"))
    list_key = ""
    if project is not None and not project.loose("inbox_project"):
        list_key = str(project.loose("id"))
        found.lists.setdefault(list_key, ListRecord(list_key, project.text("name")))
    text, notes = values.text("description"), []
    for remark in remarks.get(identity, ()):
        text = add_paragraph(text, remark)
    due = values.mapping("due")
    moment, repeat = Moment(), None
    if due:
        said = str(due.get("string") or "")
        moment = iso_moment(str(due.get("date") or ""), reading.tz, str(due.get("timezone") or ""))
        if due.get("is_recurring"):
            first, repeat = read_words(said, reading, str(due.get("lang") or ""))
            if repeat is None:
                text = add_paragraph(text, said)
                said_so = _("The repeat “%(text)s” can’t be read; it is in the notes.")
                notes.append(said_so % {"text": shorten(said, 60)})
            else:
                moment = moment or first
                repeat = replace(repeat, anchor=moment)
    number = values.loose("priority")
    completed_at = values.loose("completed_at") or values.loose("date_completed")
    record = TodoRecord(
        key=str(identity or line),
        title=title,
        line=line,
        notes=text,
        priority=PRIORITIES[str(5 - number)] if number in (1, 2, 3, 4) else 0,
        due=moment,
        labels=(*labels, *(str(name) for name in values.items("labels"))),
        list_key=list_key,
        parent_key=str(values.loose("parent_id") or ""),
        is_completed=bool(values.loose("checked") or completed_at),
        completed_at=read_instant(completed_at),
        created_at=read_instant(values.loose("added_at") or values.loose("date_added")),
        repeat=repeat,
    )
    found.add(record, *notes)
