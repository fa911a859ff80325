"""The formats we read and write, by name. Which of them a file is, `detect` says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_todos.exchange.formats import (
    google_tasks,
    ical,
    markdown,
    microsoft_todo,
    own_json,
    table,
    taskwarrior,
    ticktick,
    todoist,
    todotxt,
    trello,
)
from django_todos.exchange.formats.values import Parse
from django_todos.exchange.records import Groups, Losses

Write = Callable[[Groups, ZoneInfo, Losses], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """What a person calls it, how it is read and written (if it is), how files of it are called, and by what
    `detect` knows it: the names in JSON's first object, or columns without which no table is one of it.
    """

    name: str
    label: str | Promise
    parse: Parse
    write: Write | None = None
    suffix: str = ""
    content_type: str = "text/plain"
    has_keys: Callable[[set[str]], bool] | None = None
    columns: tuple[str, ...] = ()


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            own_json.NAME,
            _("django-todos JSON"),
            own_json.parse,
            own_json.write,
            "json",
            "application/json",
            own_json.has_keys,
        ),
        Format(todotxt.NAME, "todo.txt", todotxt.parse, todotxt.write, "todo.txt"),
        Format(
            taskwarrior.NAME,
            "Taskwarrior",
            taskwarrior.parse,
            taskwarrior.write,
            "taskwarrior.json",
            "application/json",
            taskwarrior.has_keys,
        ),
        Format(ical.NAME, "iCalendar", ical.parse, ical.write, "ics", "text/calendar"),
        Format(markdown.NAME, "Markdown", markdown.parse, markdown.write, "md", "text/markdown"),
        Format(table.NAME, _("Table (CSV)"), table.parse, table.write, "csv", "text/csv"),
        Format(
            todoist.NAME,
            "Todoist",
            todoist.parse,
            has_keys=lambda keys: keys >= {"items", "projects"},
            columns=todoist.COLUMNS,
        ),
        Format(ticktick.NAME, "TickTick", ticktick.parse, columns=ticktick.COLUMNS),
        Format(
            google_tasks.NAME,
            "Google Tasks",
            google_tasks.parse,
            has_keys=lambda keys: keys >= {"kind", "items"},
        ),
        Format(
            microsoft_todo.NAME,
            "Microsoft To Do",
            microsoft_todo.parse,
            has_keys=microsoft_todo.has_keys,
        ),
        Format(
            trello.NAME,
            "Trello",
            trello.parse,
            has_keys=lambda keys: keys >= {"cards", "lists"},
        ),
    )
}
WRITTEN: dict[str, Write] = {one.name: one.write for one in FORMATS.values() if one.write}
