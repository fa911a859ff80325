"""Writes what ``task import`` reads: a JSON array, one task a line.

A repeating todo becomes a recurring template where a period says it, else a plain task with the
rule in an attribute of ours. What no attribute can hold is counted as a loss.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.exchange.records import ListRecord, Losses, TodoRecord
from django_todos.exchange.taskwarrior import NAME, priority_word, tag_of
from django_todos.exchange.taskwarrior_dates import (
    recur_of,
    to_stamp,
    write_own,
    write_stamp,
)

Groups = Iterable[tuple[ListRecord, Iterable[TodoRecord]]]


def write(groups: Groups, *, tz: ZoneInfo, losses: Losses) -> Iterator[str]:
    """The array in pieces."""
    yield "["
    number = 0
    for todo_list, todos in groups:
        _count_list_losses(todo_list, losses)
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
    kept = {key: value for key, value in _kept(todo).items() if key != "annotations"}
    return kept | {key: value for key, value in values.items() if value}


def _kept(todo: TodoRecord) -> dict[str, Any]:
    kept = todo.extra.get(NAME)
    return kept if isinstance(kept, dict) else {}


def _status(todo: TodoRecord, todo_list: ListRecord) -> str:
    if todo.deleted_at or todo_list.deleted_at:
        return "deleted"
    if todo.completed_at:
        return "completed"
    recur = recur_of(todo.repeat.rrule) if todo.repeat else _kept(todo).get("recur")
    return "recurring" if recur and todo.due else "pending"


def _annotations(todo: TodoRecord) -> list[dict[str, Any]]:
    """As they were read, if the notes are still those; else the notes as one annotation."""
    if not todo.notes:
        return []
    kept = _kept(todo).get("annotations")
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
        instant = to_stamp(moment, tz)
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
    if status == "recurring":
        values["recur"] = recur_of(repeat.rrule)
        values["rtype"] = "chained" if repeat.mode == "completion" else "periodic"
    return values


def _count_list_losses(todo_list: ListRecord, losses: Losses) -> None:
    if todo_list.description:
        losses.add(_("The description of a list is not in the file."))
    if todo_list.color or todo_list.labels:
        losses.add(_("The colours of lists and labels are not in the file."))
    if todo_list.archived_at:
        losses.add(_("That a list is archived is not in the file."))


def _count_losses(todo: TodoRecord, losses: Losses) -> None:
    if todo.parent_key:
        losses.add(_("Taskwarrior has no subtasks; only this program reads whose they are."))
    if todo.repeat and not recur_of(todo.repeat.rrule):
        losses.add(_("Taskwarrior can’t follow a repeat; only this program reads it."))
    if todo.reminders:
        losses.add(_("Reminders are not in the file."))
    if todo.assignee:
        losses.add(_("To whom a todo is assigned is not in the file."))
    if len(todo.completions) > bool(todo.is_completed):
        losses.add(_("The history of completions is not in the file."))
    if todo.extra.keys() - {NAME}:
        losses.add(_("What another format had said is not in the file."))
