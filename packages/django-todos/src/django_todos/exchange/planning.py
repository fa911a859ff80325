"""What an import would do, row by row, without doing it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment, today_in
from django_todos.exchange.detect import ENCODINGS, Refusal, Text, decode, detect, refuse_bytes
from django_todos.exchange.formats import FORMATS, ical, table, todotxt
from django_todos.exchange.records import ParseResult, Problem, Reading, TodoRecord, clean_text
from django_todos.exchange.survey import Here, Survey
from django_todos.instants import now
from django_todos.models import TodoList
from django_todos.wording.dates import long_date, moment_words

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

Kind = Literal["add", "changed", "edit", "same", "bad"]

#: Formats of which each row is a JSON object.
OBJECTS = ("json", "taskwarrior", "google", "microsoft", "trello")


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the report.

    ``kind``: ``add``; ``changed`` (added, but not quite as written: ``notes`` say what); ``same`` (already here: ``here``
    says since when); ``edit`` (a todo of ours that the line changes: ``notes`` say how); ``bad`` (``reason``, and ``text``
    as it stands in the file). ``choice``, if not empty, is the way to import a bad row nevertheless: pass its ``index`` to
    `apply`. ``record`` has due, labels and the rest for display.
    """

    index: int
    number: int
    kind: Kind
    title: str
    list_name: str = ""
    is_new_list: bool = False
    parent_title: str = ""
    record: TodoRecord | None = None
    notes: tuple[str, ...] = ()
    here: str = ""
    reason: str = ""
    text: str = ""
    choice: str = ""

    @property
    def why(self) -> str:
        """Why it can't be read, what changes on the way, or since when it is here."""
        return self.reason or " ".join(self.notes) or self.here


@dataclass(frozen=True, slots=True)
class Plan:
    """What importing a file would do. ``error`` (with ``error_line``) means: nothing at all."""

    user: AbstractBaseUser
    format: str
    tz: ZoneInfo
    todo_list: TodoList | None
    result: ParseResult
    rows: tuple[PlannedRow, ...] = ()
    notes: tuple[str, ...] = ()
    new_lists: tuple[str, ...] = ()
    list_ids: frozenset[int] = frozenset()
    decoded: Text = Text("")
    reading: Reading | None = None

    def survey(self, inbox: TodoList, accept: Collection[int]) -> Survey:
        """The file held against the database once more, to be written; with the bad rows that somebody chose."""
        chosen = [row.record for row in self.rows if row.kind == "bad" and row.index in accept]
        return Survey(
            user=self.user,
            source=self.format,
            result=self.result,
            tz=self.tz,
            default=self.todo_list or inbox,
            accepted=tuple(record for record in chosen if record is not None),
        ).run()

    @property
    def columns(self) -> list[str]:
        """What a table calls its columns."""
        return table.names_of(self.decoded.text)

    @property
    def error(self) -> str:
        return self.result.error

    @property
    def error_line(self) -> int:
        return self.result.error_line

    @property
    def adds(self) -> int:
        """Todos that would be added, those with a change included."""
        return sum(row.kind in ("add", "changed") for row in self.rows)

    @property
    def changed(self) -> int:
        return sum(row.kind == "changed" for row in self.rows)

    @property
    def edits(self) -> int:
        """Todos of ours that the file changes."""
        return sum(row.kind == "edit" for row in self.rows)

    @property
    def same(self) -> int:
        return sum(row.kind == "same" for row in self.rows)

    @property
    def bad(self) -> int:
        return sum(row.kind == "bad" for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in the file to say anything about."""
        return not (self.rows or self.new_lists or self.error)


def plan(
    user: AbstractBaseUser,
    data: bytes | str,
    *,
    tz: ZoneInfo,
    format: str = "",
    todo_list: TodoList | None = None,
    most: int | None = None,
    encoding: str = "",
    columns: Mapping[str, str] | None = None,
    day_first: bool | None = None,
) -> Plan:
    """Read a file and say what importing it would do, writing nothing.

    ``format`` is a key of `formats.FORMATS`, empty to find out; ``todo_list`` takes what names no
    list (else the inbox does) and must be one that the user may edit (else PermissionDenied).
    ``most`` refuses files with more rows than a page can bear; ``encoding`` is a key of
    `detect.ENCODINGS`; ``columns`` (field → column) explains a table, ``day_first`` its dates. Never
    raises for what is in the file.
    """
    words = partial(moment_words, today=today_in(now(), tz))
    reading = Reading(tz, now(), day_first, columns or {}, words)
    decoded, name, result = _read(data, format, encoding, reading, most)
    found = plan_of(user, name, result, tz=tz, todo_list=todo_list, words=words)
    notes = (*_doubts(decoded), *found.notes)
    return replace(found, notes=notes, decoded=decoded, reading=reading)


def plan_of(
    user: AbstractBaseUser,
    source: str,
    result: ParseResult,
    *,
    tz: ZoneInfo,
    todo_list: TodoList | None = None,
    words: Callable[[Moment], str] = Moment.format,
) -> Plan:
    """The same for what was read already."""
    survey = Survey(user, source, result, tz, todo_list, words=words).run()
    return Plan(
        user=user,
        format=source,
        tz=tz,
        todo_list=todo_list,
        result=result,
        rows=tuple(_rows(survey)),
        notes=(
            *(clean_text(note.text) for note in result.notes if not note.line),
            *survey.absent(),
        ),
        new_lists=tuple(target.name for target in survey.targets if target.is_new),
        list_ids=frozenset(survey.list_ids),
    )


def _read(
    data: bytes | str, format: str, encoding: str, reading: Reading, most: int | None
) -> tuple[Text, str, ParseResult]:
    """The file's text, the format's name and what was read; a file that is none of ours is refused."""
    name = format or todotxt.NAME
    if isinstance(data, bytes) and (refusal := refuse_bytes(data)) is not None:
        return Text(""), name, ParseResult(error=_refused(refusal))
    decoded = decode(data, encoding) if isinstance(data, bytes) else Text(data)
    found = format or detect(decoded.text)
    if isinstance(found, Refusal):
        return decoded, name, ParseResult(error=_refused(found))
    if most is not None and _rows_at_most(found, decoded.text) > most:
        message = _("The file has more than %(most)d rows; import it in parts, or on the server.")
        return decoded, name, ParseResult(error=message % {"most": most})
    return decoded, found, FORMATS[found].parse(decoded.text, reading)


def _rows_at_most(format: str, text: str) -> int:
    """More rows than that no such file has: a calendar's todo, or a JSON object, may have many lines."""
    if format == ical.NAME:
        return text.upper().count("BEGIN:VTODO")
    objects = text.count("{")
    return objects if format in OBJECTS else max(text.count("\n"), text.count("\r"), objects)


def _doubts(decoded: Text) -> Iterator[str]:
    if not decoded.is_sure:
        text = _(
            "The file doesn’t say how its letters are encoded; they were read as %(encoding)s."
        )
        yield text % {"encoding": ENCODINGS[decoded.encoding]}


def _refused(refusal: Refusal) -> str:
    readable = ", ".join(str(one.label) for one in FORMATS.values())
    said = [
        _("This seems to be %(what)s, which can’t be read here.") % {"what": refusal.seems},
        str(refusal.advice),
        _("What can be read: %(formats)s.") % {"formats": readable},
    ]
    return " ".join(filter(None, said))


def _rows(survey: Survey) -> Iterator[PlannedRow]:
    """The report, in the order of the file."""
    notes = defaultdict(list)
    for note in survey.result.notes:
        if note.line:
            notes[note.line].append(note.text)
    titles = {record.key: record.title for record in survey.result.records}
    entries: list[TodoRecord | Problem] = [*survey.result.records, *survey.result.problems]
    entries.sort(key=lambda entry: entry.line)
    for index, entry in enumerate(entries):
        record = entry.fallback if isinstance(entry, Problem) else entry
        if record is not None and (row := _known_row(survey, index, record)) is not None:
            yield row
        elif isinstance(entry, Problem):
            yield PlannedRow(
                index=index,
                number=entry.line,
                kind="bad",
                title=clean_text(entry.title),
                record=record,
                reason=clean_text(entry.reason),
                text=clean_text(entry.text),
                choice=entry.choice,
            )
        else:
            said = [*notes[entry.line], *survey.notes[entry.key]]
            place = survey.places[entry.key]
            yield PlannedRow(
                index=index,
                number=entry.line,
                kind="changed" if said else "add",
                title=entry.title,
                list_name=place.target.name,
                is_new_list=place.target.is_new,
                parent_title=titles.get(entry.parent_key, "") if place.parent else "",
                record=place.record,
                notes=tuple(map(clean_text, said)),
            )


def _known_row(survey: Survey, index: int, record: TodoRecord) -> PlannedRow | None:
    """The row of what is here."""
    edit, here = survey.edits.get(record.key), survey.known.get(record.key)
    if edit is not None:
        title = edit.todo.title
        return PlannedRow(index, record.line, "edit", title, record=record, notes=edit.said)
    if here is None:
        return None
    said = _described(here, record, survey.tz)
    return PlannedRow(index, record.line, "same", record.title, here=said, record=record)


def _described(here: Here, record: TodoRecord, tz: ZoneInfo) -> str:
    """The sentence for a row that is not imported again."""
    if here.at is None:
        return _("this very todo")
    values = {"date": long_date(here.at.astimezone(tz).date())}
    todo = here.todo
    if here.todo_id is None:
        return _("imported on %(date)s, deleted since") % values
    if todo is None:
        return _("imported on %(date)s, in a list that you no longer see") % values
    if todo.deleted_at is not None or todo.todo_list.deleted_at is not None:
        return _("imported on %(date)s, in the trash") % values
    one, two = (
        (it.title, it.priority, it.is_completed, it.due.at() or it.due) for it in (todo, record)
    )  # a file read in another zone means the same instant
    if one == two:
        return _("imported on %(date)s, unchanged") % values
    return _("imported on %(date)s, changed since") % values
