"""What columns hold: of a todo a priority, a moment and a repeat; of what is secret, a hash."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext_lazy as _

from django_todos.dates import Moment
from django_todos.repeats.occurrences import Repeat

BUCKETS = {"none": 0, "high": 1, "medium": 5, "low": 9}
"""What a priority is stored as when a person chooses it by its word (RFC 5545, 3.8.1.9)."""

PRIORITY_CHOICES = [
    ("none", _("None")),
    ("low", _("Low")),
    ("medium", _("Medium")),
    ("high", _("High")),
]
"""The words of the buckets, for people."""


def hash_of(text: str) -> str:
    """What is kept of an address's token, or of an address."""
    return hashlib.sha256(text.encode()).hexdigest()


def priority_bucket(priority: int) -> str:
    """The word for an RFC 5545 priority: 1–4 high, 5 medium, 6–9 low, 0 none."""
    if priority == 0:
        return "none"
    return "high" if priority < 5 else "medium" if priority == 5 else "low"


def due_columns(moment: Moment) -> dict[str, Any]:
    """The four columns that hold a due moment."""
    return _moment_columns("due", moment) | {"due_at": moment.at()}


def start_columns(moment: Moment) -> dict[str, Any]:
    """The four columns that hold a start moment."""
    return _moment_columns("start", moment) | {"start_at": moment.at()}


def slot_columns(moment: Moment) -> dict[str, Any]:
    """The three columns that hold the date that a rule gave."""
    return _moment_columns("slot", moment)


def repeat_columns(repeat: Repeat | None, occurrence: int = 0) -> dict[str, Any]:
    """The columns that hold a rule, what it counts from, its anchor, and where it begins: there, with `occurrence`."""
    begin = repeat.anchor if repeat is not None else Moment()
    return {
        "rrule": repeat.rrule if repeat is not None else "",
        "repeat_mode": repeat.mode if repeat is not None else "due",
        "repeat_since": occurrence if repeat is not None else 0,
        **_moment_columns("repeat_anchor", begin),
        **slot_columns(begin),
    }


def _moment_columns(name: str, moment: Moment) -> dict[str, Any]:
    held = {"date": moment.date, "time": moment.time, "tz": moment.tz}
    return {f"{name}_{part}": value for part, value in held.items()}
