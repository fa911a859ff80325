"""What formats share: the frame of a reader, a table's rows, and the fields of one JSON object as the types that a
schema names, or which of them is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos import quickadd
from django_todos.dates import EARLIEST, LATEST, Moment, local_now, resolve_zone
from django_todos.exchange.records import ParseResult, Reading, RepeatRecord, clean_text, shorten
from django_todos.exchange.tree import Gathered
from django_todos.limits import MAX_NESTING


class Unreadable(ValueError):
    """A value that is not what the schema says, or a whole file (at a line): the message is for people."""

    def __str__(self) -> str:
        return str(self.args[0])


Parse = Callable[[str, Reading], ParseResult]


def reader(gather: Callable[[Gathered, str, Reading], None]) -> Parse:
    """A format's ``parse``, of what gathers a file's rows; `Unreadable` outside of them is the whole file's error."""

    @wraps(gather)
    def parse(text: str, reading: Reading) -> ParseResult:
        found = Gathered()
        try:
            gather(found, text, reading)
        except Unreadable as error:
            message, line = (*error.args, 0)[:2]
            return ParseResult(error=message, error_line=line)
        return found.result()

    return parse


def rows_of(text: str, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Each row of a table with the line it begins on."""
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in rows:
            yield line, cells
            line = rows.line_num + 1
    except csv.Error:
        raise Unreadable(_("The table can’t be read from here on."), line) from None


def check_nesting(value: Any, line: int = 0) -> None:
    """What is nested deeper than any todo would end in a RecursionError of whoever walks down it."""
    level = [value]
    for _depth in range(MAX_NESTING):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    if level:
        raise Unreadable(_("The file is nested too deeply."), line)


class Values:
    """One JSON object; remembers which keys were asked for, so that the rest can be named."""

    def __init__(self, entry: Any) -> None:
        if not isinstance(entry, dict):
            raise Unreadable(_("The row is not a JSON object."))
        self._entry: dict[str, Any] = entry
        self._asked: set[str] = set()

    def _get(self, key: str, kind: type | tuple[type, ...]) -> Any:
        self._asked.add(key)
        value = self._entry.get(key)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise Unreadable(_("“%(key)s” is of the wrong type.") % {"key": key})
        return value

    def rest(self) -> dict[str, Any]:
        """What nobody asked for."""
        return {key: value for key, value in self._entry.items() if key not in self._asked}

    def loose(self, key: str) -> Any:
        """A value of whichever type."""
        self._asked.add(key)
        return self._entry.get(key)

    def text(self, key: str, *, required: bool = False) -> str:
        value = clean_text(self._get(key, str) or "")
        if required and not value.strip():
            raise Unreadable(_("“%(key)s” is missing.") % {"key": key})
        return value

    def texts(self, key: str) -> list[str]:
        values = self.items(key)
        if not all(isinstance(value, str) for value in values):
            raise Unreadable(_("“%(key)s” holds something else than text.") % {"key": key})
        return [clean_text(value) for value in values]

    def items(self, key: str) -> list[Any]:
        return list(self._get(key, list) or [])

    def mapping(self, key: str) -> dict[str, Any]:
        return dict(self._get(key, dict) or {})

    def flag(self, key: str) -> bool:
        return bool(self._get(key, bool))

    def number(self, key: str, limit: int) -> int:
        value = int(self._get(key, int) or 0)
        if not 0 <= value <= limit:
            raise Unreadable(
                _("“%(key)s” is not between 0 and %(limit)d.") % {"key": key, "limit": limit}
            )
        return value

    def moment(self, key: str) -> Moment:
        """``2026-12-15``, ``2026-12-15T09:00``, ``2026-12-15T09:00[Europe/Berlin]``."""
        return Moment.parse(self._checked(key, Moment.parse))

    def stamp(self, key: str) -> dt.datetime | None:
        """A point in time: ISO 8601 with an offset."""
        text = self._checked(key, read_stamp)
        return read_stamp(text) if text else None

    def _checked(self, key: str, read: Any) -> str:
        text = str(self._get(key, str) or "")
        try:
            if text:
                read(text)
        except (ValueError, OverflowError):
            shown = {"key": key, "text": shorten(clean_text(text), 40)}
            raise Unreadable(_("“%(key)s”: “%(text)s” is not a date.") % shown) from None
        return text


def read_stamp(text: str) -> dt.datetime:
    """ISO 8601 with an offset, as UTC; ValueError for anything else."""
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return min(max(moment, EARLIEST), LATEST).astimezone(dt.UTC)


def load_json(text: str) -> Any:
    """`json.loads` with every way it can fail as one `Unreadable`."""
    try:
        data = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        where = {"line": error.lineno, "column": error.colno}
        message = _("The file is not JSON: line %(line)d, column %(column)d.") % where
        raise Unreadable(message, error.lineno) from None
    except (ValueError, RecursionError):
        raise Unreadable(_("The file is not JSON that can be read."), 0) from None
    check_nesting(data)
    return data


def read_instant(value: Any) -> dt.datetime | None:
    """A point in time as other programs write it; None for anything else, which is not worth a row."""
    try:
        return read_stamp(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def iso_moment(text: str, tz: ZoneInfo, zone: str = "") -> Moment:
    """A date, a floating time, or (with an offset) a moment in ``zone``, else in ``tz``.

    Unreadable for anything else; empty for an empty text.
    """
    if not text:
        return Moment()
    try:
        if len(text) == 10:
            return Moment(dt.date.fromisoformat(text))
        moment = dt.datetime.fromisoformat(text)
        home = resolve_zone(zone)
        if moment.tzinfo is None:
            return Moment.from_datetime(moment, home.key if home else "")
        return Moment.from_datetime(local_now(moment, home or tz), (home or tz).key)
    except (ValueError, OverflowError):
        shown = shorten(clean_text(text), 40)
        raise Unreadable(_("“%(text)s” is not a date.") % {"text": shown}) from None


def read_words(
    text: str, reading: Reading, language: str = ""
) -> tuple[Moment, RepeatRecord | None]:
    """A date in words, and the repeat in it; empty if any of it is not understood."""
    if not text.strip():
        return Moment(), None
    try:
        return Moment.parse(text.replace(" ", "T")), None
    except ValueError:
        pass
    if language not in ("", "en"):
        return Moment(), None
    due = quickadd.parse_date(text, now=reading.now, tz=reading.tz, day_first=reading.day_first)
    if due is not None:
        return due, None
    line = quickadd.parse(f"x {text}", now=reading.now, tz=reading.tz, day_first=reading.day_first)
    if line.title != "x" or line.start or line.notes or line.labels:
        return Moment(), None
    repeat = line.repeat and RepeatRecord(line.repeat.rrule, line.repeat.mode, line.due)
    return line.due, repeat
