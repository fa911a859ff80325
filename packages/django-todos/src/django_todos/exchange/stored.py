"""Records as JSON: in our own format, and while an import is under way. What has its usual value is left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from django_todos.dates import Moment
from django_todos.exchange.records import (
    CompletionRecord,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
)

_MOMENTS = ("due", "start", "anchor", "slot")
_STAMPS = ("completed_at", "created_at", "deleted_at", "undone_at", "at")
_INNER = {"completions": CompletionRecord, "reminders": ReminderRecord}


def packed(record: Any) -> dict[str, Any]:
    """The record's fields that say something, as JSON has them."""
    return {
        one.name: _plain(value)
        for one in fields(record)
        if (value := getattr(record, one.name))
        or (one.default_factory is MISSING and value != one.default)
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Moment):
        return value.format()
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return packed(value) if is_dataclass(value) else value


def unpacked(values: dict[str, Any]) -> TodoRecord:
    """The record that `packed` was given."""
    return TodoRecord(**{name: _value(name, value) for name, value in values.items()})


def _value(name: str, value: Any) -> Any:
    if name in _MOMENTS:
        return Moment.parse(value)
    if name in _STAMPS:
        return dt.datetime.fromisoformat(value)
    if name in _INNER:
        inner = _INNER[name]
        return tuple(inner(**{key: _value(key, one) for key, one in row.items()}) for row in value)
    if name == "repeat":
        return RepeatRecord(**{key: _value(key, one) for key, one in value.items()})
    return tuple(value) if name == "labels" else value
