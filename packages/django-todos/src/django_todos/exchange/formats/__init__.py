"""The formats we read and write, by name, and which of them a file is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_todos.exchange.formats import (
    own_json,
    taskwarrior,
    todotxt,
)
from django_todos.exchange.records import ListRecord, Losses, ParseResult, TodoRecord

Groups = Iterable[tuple[ListRecord, Iterable[TodoRecord]]]


@dataclass(frozen=True, slots=True)
class Format:
    """``parse(text, tz)`` and ``write(groups, tz, losses)``, and how files of it are called."""

    name: str
    label: str | Promise
    suffix: str
    content_type: str
    parse: Callable[[str, ZoneInfo], ParseResult]
    write: Callable[[Groups, ZoneInfo, Losses], Iterator[str]]


FORMATS: dict[str, Format] = {
    one.name: one
    for one in (
        Format(
            own_json.NAME,
            _("JSON (everything)"),
            "json",
            "application/json",
            lambda text, tz: own_json.parse(text),
            lambda groups, tz, losses: own_json.write(groups),
        ),
        Format(
            todotxt.NAME,
            "todo.txt",
            "todo.txt",
            "text/plain",
            lambda text, tz: todotxt.parse(text, tz=tz),
            lambda groups, tz, losses: todotxt.write(groups, tz=tz, losses=losses),
        ),
        Format(
            taskwarrior.NAME,
            "Taskwarrior",
            "taskwarrior.json",
            "application/json",
            lambda text, tz: taskwarrior.parse(text, tz=tz),
            lambda groups, tz, losses: taskwarrior.write(groups, tz=tz, losses=losses),
        ),
    )
}


def sniff(text: str) -> str:
    """The name of the format that the text most likely is; any lines of words are todo.txt."""
    body = text.removeprefix("\ufeff").lstrip()
    if body[:1] == "{":
        if re.match(r'\{\s*"format"\s*:', body) or _is_own(body):
            return own_json.NAME
        return taskwarrior.NAME
    if re.match(r"\[\s*([{\[]|\]?\s*$)", body):
        return taskwarrior.NAME
    return todotxt.NAME


def _is_own(body: str) -> bool:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and "lists" in data and "description" not in data
