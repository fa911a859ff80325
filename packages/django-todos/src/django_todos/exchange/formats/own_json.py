"""Our own format: lossless JSON, version 1 (docs/exchange.md has the schema).

Export → import into another account → export gives the same file but for identities (``uuid``,
``parent``, ``deleted_with``, ``assignee``). One todo is one line, so that files compare well and a
report can name a line. Keys that we don't know are kept under ``extra`` and named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.exchange.formats.values import Unreadable, Values, load_json, reader
from django_todos.exchange.records import (
    CompletionRecord,
    Groups,
    LabelRecord,
    ListRecord,
    Losses,
    Reading,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
    clean_line,
    shorten,
)
from django_todos.exchange.stored import packed
from django_todos.exchange.tree import Gathered
from django_todos.limits import MAX_LIST_DESCRIPTION, MAX_REMIND_BEFORE

NAME = "json"
FORMAT = "django-todos"
VERSION = 1
_CALLED = {"key": "uuid", "parent_key": "parent", "is_inbox": "inbox"}
_LEFT_OUT = ("line", "list_key", "is_completed")


# -- writing


def write(groups: Groups, tz: ZoneInfo, losses: Losses) -> Iterator[str]:
    """The file in pieces, so that a large export needs little memory."""
    yield f'{{"format": "{FORMAT}", "version": {VERSION}, "lists": ['
    for number, (todo_list, todos) in enumerate(groups):
        head = _line(_values(todo_list))
        yield ("," if number else "") + f'\n{head[:-1]}, "todos": ['
        for index, todo in enumerate(todos):
            yield ("," if index else "") + "\n  " + _line(_values(todo))
        yield "]}"
    yield "\n]}\n"


def _line(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _values(record: ListRecord | TodoRecord) -> dict[str, Any]:
    """What it says, by the names of the schema: what is usual is left out."""
    values = packed(record)
    return {_CALLED.get(name, name): values[name] for name in values if name not in _LEFT_OUT}


# -- reading


def has_keys(keys: set[str]) -> bool:
    """Whether JSON whose first object has these is an export of ours."""
    return "format" in keys and bool(keys & {"lists", "version"}) or keys == {"lists"}


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read an export of ours; a row that is not what the schema says is a problem, no more."""
    entries = _lists_of(load_json(text))
    numbers = _line_numbers(text)
    for entry in entries:
        line = _line_of(entry, numbers)
        with found.reading(line, entry):
            values = Values(entry)
            todos = values.items("todos")
            key = _list(found, values, line)
            for todo in todos:
                line = _line_of(todo, numbers)
                with found.reading(line, todo, "title"):
                    _todo(found, Values(todo), line, key)


def _lists_of(data: Any) -> list[Any]:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise Unreadable(_("This is not an export of this program."))
    if data.get("version") != VERSION:
        raise Unreadable(
            _("The file has version %(version)s of the format; this program reads version 1.")
            % {"version": shorten(str(data.get("version")), 20)}
        )
    if not isinstance(data.get("lists"), list):
        raise Unreadable(_("The file has no lists."))
    return list(data["lists"])


def _line_numbers(text: str) -> dict[str, int]:
    """The line on which each uuid is first said as a row's own; in a file of one line, a number."""
    numbers: dict[str, int] = {}
    line, last = 1, 0
    for match in re.finditer(r'"uuid"\s*:\s*"([^"\\]*)"', text):
        line += text.count("\n", last, match.start())
        last = match.start()
        numbers.setdefault(match[1], line)
    if len(set(numbers.values())) < len(numbers):
        return {uuid: number for number, uuid in enumerate(numbers, 1)}
    return numbers


def _line_of(entry: Any, numbers: dict[str, int]) -> int:
    uuid = entry.get("uuid") if isinstance(entry, dict) else ""
    return numbers.get(uuid, 0) if isinstance(uuid, str) else 0


def _list(found: Gathered, values: Values, line: int) -> str:
    """The list's key; what is not kept of it is named."""
    labels = [Values(label) for label in values.items("labels")]
    record = ListRecord(
        key=values.text("uuid", required=True),
        name=values.text("name", required=True),
        description=values.text("description"),
        color=values.text("color"),
        is_inbox=values.flag("inbox"),
        about=values.text("about"),
        labels=tuple(LabelRecord(one.text("name"), one.text("color")) for one in labels),
        archived_at=values.stamp("archived_at"),
        deleted_at=values.stamp("deleted_at"),
        created_at=values.stamp("created_at"),
    )
    named = {"name": shorten(clean_line(record.name), 60)}
    if record.about:
        found.note(0, _("The list “%(name)s” was about something in another project.") % named)
    for key in values.rest():
        text = _("“%(key)s” of a list is not known here; it was left out.")
        found.note(line, text % {"key": shorten(key, 60)})
    if len(record.description) > MAX_LIST_DESCRIPTION:
        found.note(0, _("The description of “%(name)s” is too long; it was cut.") % named)
    found.lists.setdefault(record.key, record)
    return record.key


def _todo(found: Gathered, values: Values, line: int, list_key: str) -> None:
    completed_at = values.stamp("completed_at")
    record = TodoRecord(
        key=values.text("uuid", required=True),
        title=values.text("title", required=True),
        line=line,
        notes=values.text("notes"),
        priority=values.number("priority", 9),
        due=values.moment("due"),
        start=values.moment("start"),
        labels=tuple(values.texts("labels")),
        list_key=list_key,
        parent_key=values.text("parent"),
        assignee=values.text("assignee"),
        is_completed=completed_at is not None,
        completed_at=completed_at,
        completions=tuple(_completion(Values(one)) for one in values.items("completions")),
        reminders=tuple(_reminder(Values(one)) for one in values.items("reminders")),
        repeat=_repeat(values),
        occurrence=values.number("occurrence", 2**31 - 1),
        created_at=values.stamp("created_at"),
        deleted_at=values.stamp("deleted_at"),
        deleted_with=values.text("deleted_with"),
        extra=values.mapping("extra"),
    )
    notes = []
    if unknown := values.rest():
        record.extra[NAME] = record.kept(NAME) | unknown
        names = ", ".join(shorten(key, 60) for key in sorted(unknown)[:10])
        notes.append(_("Not known here, but kept: %(names)s.") % {"names": names})
    found.add(record, *notes)


def _repeat(values: Values) -> RepeatRecord | None:
    mapping = values.mapping("repeat")
    if not mapping:
        return None
    inner = Values(mapping)
    mode = inner.text("mode") or "due"
    if mode not in ("due", "completion"):
        raise Unreadable(_("“mode” is neither “due” nor “completion”."))
    return RepeatRecord(
        rrule=inner.text("rrule", required=True),
        mode=mode,
        anchor=inner.moment("anchor"),
        slot=inner.moment("slot"),
        since=inner.number("since", 2**31 - 1),
    )


def _completion(values: Values) -> CompletionRecord:
    at = values.stamp("at")
    kind = values.text("kind") or "completed"
    if at is None or kind not in ("completed", "skipped"):
        raise Unreadable(_("A completion has no time, or is of an unknown kind."))
    return CompletionRecord(
        at, kind, values.text("key")[:100], values.moment("due"), values.stamp("undone_at")
    )


def _reminder(values: Values) -> ReminderRecord:
    at = values.stamp("at")
    return (
        ReminderRecord(at=at) if at else ReminderRecord(values.number("before", MAX_REMIND_BEFORE))
    )
