"""What every exchange format is read into and written from.

A format module turns text into a :class:`ParseResult` and records into text; it knows nothing of
the database. The importer turns records into rows. Nothing is dropped silently on the way: what a
field can't hold moves to another field and a :class:`Note` says so, a row that can't be read is a
:class:`Problem` with its line, its reason and its text.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment, to_instant
from django_todos.limits import (
    MAX_LABEL,
    MAX_LIST_DESCRIPTION,
    MAX_LIST_NAME,
    MAX_NOTES,
    MAX_TITLE,
)


@dataclass(frozen=True, slots=True)
class LabelRecord:
    name: str
    color: str = ""


@dataclass(frozen=True, slots=True)
class CompletionRecord:
    """One line of a todo's history; ``key`` is the number of the occurrence, empty when undone."""

    at: dt.datetime
    kind: str = "completed"
    key: str = ""
    due: Moment = field(default_factory=Moment)
    undone_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ReminderRecord:
    """The importing person's own reminder: minutes before due, or a point in time."""

    before: int | None = None
    at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class RepeatRecord:
    """RRULE text as the file means it; only the importer judges whether we can follow it."""

    rrule: str
    mode: str = "due"
    anchor: Moment = field(default_factory=Moment)
    slot: Moment = field(default_factory=Moment)
    """The date that the rule gave, where the todo was moved to another one."""
    since: int = 0


@dataclass(frozen=True, slots=True)
class ListRecord:
    key: str
    name: str
    description: str = ""
    color: str = ""
    is_inbox: bool = False
    about: str = ""
    labels: tuple[LabelRecord, ...] = ()
    archived_at: dt.datetime | None = None
    deleted_at: dt.datetime | None = None
    created_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class TodoRecord:
    """One todo. ``key`` is the format's id, else a hash of its line and the n-th repeat of it.

    ``completed_at`` may be missing on a completed todo (``is_completed``): some formats tick
    without saying when. ``list_key`` is empty for the inbox.
    """

    key: str
    title: str
    line: int = 0
    notes: str = ""
    priority: int = 0
    due: Moment = field(default_factory=Moment)
    start: Moment = field(default_factory=Moment)
    labels: tuple[str, ...] = ()
    list_key: str = ""
    parent_key: str = ""
    assignee: str = ""
    is_completed: bool = False
    completed_at: dt.datetime | None = None
    completions: tuple[CompletionRecord, ...] = ()
    reminders: tuple[ReminderRecord, ...] = ()
    repeat: RepeatRecord | None = None
    occurrence: int = 0
    created_at: dt.datetime | None = None
    deleted_at: dt.datetime | None = None
    deleted_with: str = ""
    extra: dict[str, Any] = field(default_factory=dict)

    def kept(self, name: str) -> dict[str, Any]:
        """What that format had said of it and we have no field for."""
        kept = self.extra.get(name)
        return kept if isinstance(kept, dict) else {}


Groups = Iterable[tuple[ListRecord, Iterable[TodoRecord]]]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is read: in which zone, at what time ("tomorrow"), in which order of day and month,
    (for a table of unknown columns) which column is which of our fields, and how its reader writes dates.
    """

    tz: ZoneInfo
    now: dt.datetime
    day_first: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Callable[[Moment], str] = Moment.format


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was read, but not as it was written; ``line`` 0 speaks of the whole file."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that can't be read. ``fallback`` is the row without the part that is to blame, if the
    rest makes sense alone; ``choice`` is the sentence that offers it."""

    line: int
    reason: str
    text: str = ""
    title: str = ""
    fallback: TodoRecord | None = None
    choice: str = ""


@dataclass(frozen=True, slots=True)
class ParseResult:
    """``error`` means that the file as a whole is not what it claims: nothing of it is used."""

    records: tuple[TodoRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()
    lists: tuple[ListRecord, ...] = ()
    error: str = ""
    error_line: int = 0


@dataclass(frozen=True, slots=True)
class Losses:
    """What a written file can't hold: a sentence, and the number of todos that it speaks of."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, sentence: str, number: int = 1) -> None:
        if number:
            self.counts[sentence] += number

    def add_list(self, todo_list: ListRecord) -> None:
        """What a list has beside its name."""
        if todo_list.description:
            self.add(_("The description of a list is not in the file."))
        if todo_list.archived_at:
            self.add(_("That a list is archived is not in the file."))
        if todo_list.color or todo_list.labels:
            self.add(_("The colours of lists and labels are not in the file."))

    def add_todo(self, todo: TodoRecord, *, own: str = "", kept: Collection[str] = ()) -> None:
        """What most formats lack. ``kept`` are the fields that this one has; ``own`` is its part of ``extra``."""
        lacking = {
            "notes": (todo.notes, _("Notes are not in the file.")),
            "reminders": (todo.reminders, _("Reminders are not in the file.")),
            "assignee": (todo.assignee, _("To whom a todo is assigned is not in the file.")),
            "completions": (
                len(todo.completions) > bool(todo.is_completed),
                _("The history of completions is not in the file."),
            ),
            "extra": (
                todo.extra.keys() - {own},
                _("What another format had said is not in the file."),
            ),
        }
        for name, (value, sentence) in lacking.items():
            if value and name not in kept:
                self.add(sentence)

    def outside_trash(
        self, todo_list: ListRecord, todos: Iterable[TodoRecord]
    ) -> Iterator[TodoRecord]:
        """For a format that has no trash: the todos that are not in it."""
        for todo in todos:
            if todo.deleted_at or todo_list.deleted_at:
                self.add(_("Todos in the trash are not in the file."))
            else:
                yield todo

    def lines(self) -> list[str]:
        return [f"{sentence} ({number})" for sentence, number in sorted(self.counts.items())]


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Numbered lines. Only line ends count (not ``str.splitlines``' form feeds and separators)."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    return enumerate(text.split("\n"), 1)


_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean_text(text: str) -> str:
    """Without what a database can't store (NUL, half surrogates), with plain line ends."""
    return _UNSTORABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n")


def clean_line(text: str) -> str:
    return " ".join(clean_text(text).splitlines()).strip()


def clean_value(value: Any) -> Any:
    """The same for any depth of JSON, for ``extra``."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_value(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_value(item) for key, item in value.items()}
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return str(value)
    return value


def shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def add_paragraph(text: str, more: str) -> str:
    return f"{text}\n\n{more}" if text and more else text or more


def day_start(day: dt.date | None, tz: ZoneInfo) -> dt.datetime | None:
    """The instant a day begins in ``tz``: what a format's bare day becomes as a timestamp."""
    return to_instant(dt.datetime.combine(day, dt.time()), tz) if day else None


def begin_of(moment: Moment, tz: ZoneInfo) -> dt.datetime | None:
    """The instant of a moment, of a bare day its beginning, to somebody in ``tz``."""
    return moment.instant(tz) or day_start(moment.date, tz)


class LineKeys:
    """Keys for lines without an id: the line's hash, and the number of times it was seen."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def key(self, line: str) -> str:
        digest = hashlib.sha256(line.strip().encode("utf-8", "replace")).hexdigest()[:40]
        self._seen[digest] += 1
        return f"{digest}:{self._seen[digest]}"


def fit(record: TodoRecord) -> tuple[TodoRecord, list[Note]]:
    """The record within the limits of our fields; every text that had to move is named."""
    notes: list[str] = []
    title, text = clean_line(record.title), clean_text(record.notes)
    if "\x00" in record.title + record.notes or _UNSTORABLE.search(record.title + record.notes):
        notes.append(_("Characters that can’t be stored were left out."))
    if not title:
        title = _("(no title)")
        notes.append(_("It has no title."))
    if len(title) > MAX_TITLE:
        text = add_paragraph(title, text)
        title = shorten(title, MAX_TITLE)
        said = _("The title is longer than %(most)d characters; its whole text is in the notes.")
        notes.append(said % {"most": MAX_TITLE})
    labels, text, dropped = _fit_labels(record.labels, text)
    if dropped:
        said = _("A label is longer than %(most)d characters; it was written into the notes.")
        notes.append(said % {"most": MAX_LABEL})
    extra = clean_value(record.extra)
    if len(text) > MAX_NOTES:
        extra = extra | {"notes_rest": text[MAX_NOTES:]}
        text = text[:MAX_NOTES]
        notes.append(_("The notes are too long; what didn’t fit was kept aside and exports."))
    fitted = replace(record, title=title, notes=text, labels=labels, extra=extra)
    return fitted, [Note(record.line, note) for note in notes]


def _fit_labels(names: Iterable[str], text: str) -> tuple[tuple[str, ...], str, bool]:
    """Labels once each (by casefolded name), in order; too long ones go into the text."""
    labels: dict[str, str] = {}
    dropped = False
    for name in map(clean_line, names):
        if len(name) > MAX_LABEL:
            text = add_paragraph(text, name)
            dropped = True
        elif name:
            labels.setdefault(name.casefold(), name)
    return tuple(labels.values()), text, dropped


def fit_list(record: ListRecord) -> ListRecord:
    """A list within our limits; a name that is too long continues in the description."""
    name, description = clean_line(record.name), clean_text(record.description)
    if len(name) > MAX_LIST_NAME:
        description = add_paragraph(name, description)
        name = shorten(name, MAX_LIST_NAME)
    labels, _text, _dropped = _fit_labels((label.name for label in record.labels), "")
    colors = {clean_line(label.name): label.color for label in record.labels}
    return replace(
        record,
        name=name or _("(no name)"),
        description=shorten(description, MAX_LIST_DESCRIPTION),
        labels=tuple(LabelRecord(label, colors.get(label, "")) for label in labels),
    )
