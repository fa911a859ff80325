"""Google Tasks: the ``Tasks.json`` of a Takeout archive, as Google's Tasks API names its fields.

``due`` is a date: the API says that its time is discarded. Deleted tasks are in the file too.
"""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from django_todos.dates import Moment
from django_todos.exchange.formats.values import (
    Unreadable,
    Values,
    load_json,
    read_instant,
    reader,
)
from django_todos.exchange.records import ListRecord, Reading, TodoRecord
from django_todos.exchange.tree import Gathered

NAME = "google"


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read all lists of the file."""
    line = 0
    for number, entry in enumerate(Values(load_json(text)).items("items"), 1):
        values = Values(entry)
        key = values.text("id") or str(number)
        found.lists[key] = ListRecord(key, values.text("title"))
        for task in values.items("items"):
            line += 1
            with found.reading(line, task):
                _task(found, Values(task), line, key)


def _task(found: Gathered, values: Values, line: int, list_key: str) -> None:
    due = values.text("due")
    completed = values.text("status") == "completed"
    deleted_at = None
    if values.flag("deleted"):
        deleted_at = read_instant(values.loose("updated"))
        if deleted_at is None:
            raise Unreadable(_("It is deleted, and the file doesn’t say when."))
    try:
        moment = Moment(dt.date.fromisoformat(due[:10])) if due else Moment()
    except ValueError:
        raise Unreadable(_("“%(text)s” is not a date.") % {"text": due[:40]}) from None
    record = TodoRecord(
        key=values.text("id") or f"{list_key}/{line}",
        title=values.text("title"),
        line=line,
        notes=values.text("notes"),
        due=moment,
        list_key=list_key,
        parent_key=values.text("parent"),
        is_completed=completed,
        completed_at=read_instant(values.loose("completed")) if completed else None,
        created_at=read_instant(values.loose("created")),
        deleted_at=deleted_at,
    )
    found.add(record)
