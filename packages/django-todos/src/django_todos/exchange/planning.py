"""What an import would do, row by row, without doing it. Permission is `editable_by`, nothing else."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment, today_in
from django_todos.exchange.detect import ENCODINGS, Refusal, Text, decode, detect, refuse_bytes
from django_todos.exchange.formats import FORMATS, ical, table, todotxt
from django_todos.exchange.matching import LINES, Edit, Matches, absent, edit_of
from django_todos.exchange.records import ParseResult, Problem, Reading, TodoRecord, clean_text
from django_todos.exchange.targets import Target, Targets
from django_todos.exchange.tree import arrange
from django_todos.instants import now
from django_todos.limits import MAX_DEPTH
from django_todos.models import ImportedFrom, Todo, TodoList
from django_todos.repeats.occurrences import parse_rrule
from django_todos.repeats.rule import RuleError
from django_todos.wording.dates import long_date, moment_words

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

T = TypeVar("T")
Kind = Literal["add", "changed", "edit", "same", "bad"]

#: Formats in which our own exports name todos by their UUID.
UUID_FORMATS = ("json", "taskwarrior", "ical", "csv", "todotxt")

#: Formats of which each row is a JSON object.
OBJECTS = ("json", "taskwarrior", "google", "microsoft", "trello")

#: Values in one SQL statement: older SQLite takes 999.
CHUNK = 900


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row of the report.

    ``kind``: ``add``; ``changed`` (added, but not quite as written: ``notes`` say what); ``same``
    (already here: ``here`` says since when); ``edit`` (a todo of ours that the line changes: ``notes`` say how); ``bad`` (``reason``, and ``text`` as it stands in the
    file). ``choice``, if not empty, is the way to import a bad row nevertheless: pass its ``index``
    to `apply`. ``record`` has due, labels and the rest for display.
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


@dataclass(eq=False, slots=True)
class Place:
    """Where a todo stands or will stand: one of the file (``record``) or one in the database."""

    target: Target
    depth: int
    is_completed: bool
    is_deleted: bool
    key: str = ""
    record: TodoRecord | None = None
    todo: Todo | None = None
    parent: Place | None = None
    deleted_top: Place | None = None
    assignee_id: int | None = None

    def holds(self, record: TodoRecord) -> bool:
        """Whether the tree's rules let that todo be a subtask here."""
        if self.depth >= MAX_DEPTH or (self.is_deleted and not record.deleted_at):
            return False
        at_rest = record.is_completed or record.deleted_at is not None
        return at_rest or self.is_deleted or not self.is_completed


@dataclass(frozen=True, slots=True)
class Here:
    """What became of a row that was imported before; ``at`` is None for a todo of one's own file."""

    todo: Todo | None
    todo_id: int | None
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Decided:
    """What an import that is under way decided when it began: its lists by their keys; todos that were here then,
    by the keys of the file; and which of them a line with a key of ours changes."""

    lists: Mapping[str, int]
    links: Mapping[str, int]
    whole: Collection[str] = ()


@dataclass(slots=True)
class Survey:
    """The file held against the database; or a part of it, of which all but the writing is ``decided``."""

    user: AbstractBaseUser
    source: str
    result: ParseResult
    tz: ZoneInfo
    default: TodoList | None = None
    accepted: tuple[TodoRecord, ...] = ()
    words: Callable[[Moment], str] = Moment.format
    decided: Decided | None = None
    known: dict[str, Here] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    more_lists: list[Target] = field(default_factory=list)
    edits: dict[str, Edit] = field(default_factory=dict)

    def run(self) -> Survey:
        """Look up what is here, and find a place for all that is not."""
        if self.decided is not None:
            return self._go_on(self.decided)
        arranged = arrange([*self.result.records, *self.accepted])
        self.records = arranged.records
        fallbacks = [one.fallback for one in self.result.problems if one.fallback]
        keys = [record.key for record in (*self.records, *fallbacks)]
        self.known = _known(self.user, self.source, keys)
        self._targets = Targets(self.user, self.default, self.result.lists, self._homes())
        if self.source in LINES:
            self._recognise(self.records)
        for record in self.records:
            if record.key not in self.known:
                self._place(record)
        used = {record.list_key for record in (*self.records, *fallbacks)}
        self.more_lists = [*self._targets.inbox(), *self._targets.empty(used)]
        return self

    def _go_on(self, decided: Decided) -> Survey:
        """The same for a part: nothing is arranged or recognised anew. Raises ListLost."""
        self.records = self.result.records
        near = {one for record in self.records for one in (record.parent_key, record.deleted_with)}
        keys = dict.fromkeys([*(record.key for record in self.records), *(near - {""})])
        done = _known(self.user, self.source, list(keys))
        visible = Todo.objects.visible_to(self.user).prefetch_related("labels")
        linked = visible.in_bulk(decided.links.values())
        self.known = {
            key: Here(linked[pk], pk, None) for key, pk in decided.links.items() if pk in linked
        } | done
        self._targets = Targets(self.user, self.default, (), {}, decided.lists)
        for record in self.records:
            here = self.known.get(record.key)
            if here is None:
                self._place(record)
            elif here.at is None and here.todo is not None and not here.todo.deleted_at:
                if record.key in decided.links:
                    self._edit(record, here.todo, whole=record.key in decided.whole)
        return self

    @property
    def lists(self) -> dict[str, Target]:
        """Where the todos of each of the file's lists go."""
        return self._targets.keys()

    records: tuple[TodoRecord, ...] = field(init=False, default=())
    _targets: Targets = field(init=False)

    @property
    def targets(self) -> list[Target]:
        """Every list that something is written into, in the order of the file."""
        return list(
            dict.fromkeys([*(one.target for one in self.places.values()), *self.more_lists])
        )

    @property
    def list_ids(self) -> set[int]:
        """Lists that are there and written into: their locks are needed."""
        lists = {one.todo_list.pk for one in self.targets if one.todo_list is not None}
        return lists | {edit.todo.todo_list_id for edit in self.edits.values()}

    def _recognise(self, records: Iterable[TodoRecord]) -> None:
        """Lines of our own: those with a key, and those whose title is in their list."""
        rest = []
        for record in records:
            here = self.known.get(record.key)
            if here is None:
                rest.append(record)
            elif here.at is None and here.todo is not None and not here.todo.deleted_at:
                self._edit(record, here.todo, whole=True)
        if not rest:
            return
        homes = {one.key: self._targets.of(one.list_key).todo_list for one in rest}
        lists = {one.pk for one in homes.values() if one is not None}
        taken = {here.todo_id for here in self.known.values()}
        there = Todo.objects.filter(todo_list__in=lists, deleted_at=None).in_order()
        found = [
            todo
            for titles in chunks(sorted({one.title for one in rest}))
            for todo in there.filter(title__in=titles).prefetch_related("labels")
            if todo.pk not in taken
        ]
        matches = Matches(found)
        for record in rest:
            home = homes[record.key]
            todo = matches.take(home.pk, record) if home is not None else None
            if todo is not None:
                self.known[record.key] = Here(todo, todo.pk, None)
                self._edit(record, todo, whole=False)

    def _edit(self, record: TodoRecord, todo: Todo, *, whole: bool) -> None:
        if self._targets.existing(todo.todo_list_id) is None:
            return  # it can be read, not changed
        edit = edit_of(_with_rule(record)[0], todo, self.source, whole=whole, words=self.words)
        if edit:
            self.edits[record.key] = edit

    def absent(self) -> Iterator[str]:
        """What a person took out of a file of lines that comes back: it is said, not deleted."""
        if self.source not in LINES:
            return
        todos = [here.todo for here in self.known.values() if here.todo is not None]
        lists = {todo.todo_list_id for todo in todos}
        homes = [one for pk, one in self._targets.editable.items() if pk in lists]
        yield from absent(todos, homes)

    def _homes(self) -> dict[str, Counter[int]]:
        homes: dict[str, Counter[int]] = defaultdict(Counter)
        for record in self.result.records:
            here = self.known.get(record.key)
            if here is not None and here.todo is not None and record.list_key:
                homes[record.list_key][here.todo.todo_list_id] += 1
        return homes

    def _place(self, record: TodoRecord) -> None:
        record, notes = _with_rule(record)
        parent = self._parent(record, notes)
        target = parent.target if parent is not None else self._targets.of(record.list_key)
        if parent is not None and not target.is_same(self._targets.of(record.list_key)):
            text = _("It goes to “%(list)s”, where its parent is.")
            notes.append(text % {"list": target.name})
        assignee_id = self._targets.member(target, record.assignee) if record.assignee else None
        if record.assignee and assignee_id is None:
            text = _("“%(name)s”, to whom it was assigned, is not a member of the list.")
            notes.append(text % {"name": record.assignee})
        self.places[record.key] = Place(
            target=target,
            depth=parent.depth + 1 if parent is not None else 0,
            is_completed=record.is_completed,
            is_deleted=record.deleted_at is not None,
            key=record.key,
            record=record,
            parent=parent,
            deleted_top=self._deleted_top(record, parent),
            assignee_id=assignee_id,
        )
        self.notes[record.key] += notes

    def _parent(self, record: TodoRecord, notes: list[str]) -> Place | None:
        """The nearest place above that the tree's rules allow, else the top level."""
        if not record.parent_key:
            return None
        wanted = place = self.places.get(record.parent_key) or self._there(record.parent_key)
        while place is not None and not place.holds(record):
            place = place.parent
        if place is not wanted or place is None:
            notes.append(_("It can’t be under its parent as that is now, and was moved up."))
        return place

    def _there(self, key: str) -> Place | None:
        """The place of a parent that was imported before and can still be edited."""
        here = self.known.get(key)
        todo = here.todo if here else None
        target = self._targets.existing(todo.todo_list_id) if todo else None
        if todo is None or target is None:
            return None
        deleted = todo.deleted_at is not None
        return Place(target, todo.depth, todo.is_completed, deleted, key, todo=todo)

    def _deleted_top(self, record: TodoRecord, parent: Place | None) -> Place | None:
        """The todo above with which it went to the trash: its parent, or that with which its parent went."""
        if (
            not record.deleted_with
            or parent is None
            or not (record.deleted_at and parent.is_deleted)
        ):
            return None
        top = parent.deleted_top or parent
        if parent.todo is not None and parent.todo.deleted_top_id is not None:
            there = self._there(record.deleted_with)
            is_it = there and there.todo and there.todo.pk == parent.todo.deleted_top_id
            return there if is_it else None
        return top if top.key == record.deleted_with else None

    def rows(self) -> list[PlannedRow]:
        """The report, in the order of the file."""
        by_line = defaultdict(list)
        for note in self.result.notes:
            by_line[note.line].append(note.text)
        titles = {record.key: record.title for record in self.result.records}
        entries: list[TodoRecord | Problem] = [*self.result.records, *self.result.problems]
        entries.sort(key=lambda entry: entry.line)
        rows = []
        for index, entry in enumerate(entries):
            notes = by_line[entry.line] if entry.line else []
            if isinstance(entry, Problem):
                rows.append(self._problem_row(index, entry))
            else:
                rows.append(self._row(index, entry, notes, titles.get(entry.parent_key, "")))
        return rows

    def _row(
        self, index: int, record: TodoRecord, notes: list[str], parent_title: str
    ) -> PlannedRow:
        here = self.known.get(record.key)
        edit = self.edits.get(record.key)
        if edit is not None:
            return PlannedRow(
                index, record.line, "edit", edit.todo.title, record=record, notes=edit.said
            )
        if here is not None:
            said = describe_here(here, record, self.tz)
            return PlannedRow(index, record.line, "same", record.title, here=said, record=record)
        place = self.places[record.key]
        notes = [*notes, *self.notes[record.key]]
        return PlannedRow(
            index=index,
            number=record.line,
            kind="changed" if notes else "add",
            title=record.title,
            list_name=place.target.name,
            is_new_list=place.target.is_new,
            parent_title=parent_title if place.parent is not None else "",
            record=place.record,
            notes=tuple(map(clean_text, notes)),
        )

    def _problem_row(self, index: int, problem: Problem) -> PlannedRow:
        record = problem.fallback
        here = self.known.get(record.key) if record is not None else None
        if record is not None and here is not None:
            said = describe_here(here, record, self.tz)
            return PlannedRow(index, problem.line, "same", record.title, here=said, record=record)
        return PlannedRow(
            index=index,
            number=problem.line,
            kind="bad",
            title=clean_text(problem.title),
            record=record,
            reason=clean_text(problem.reason),
            text=clean_text(problem.text),
            choice=problem.choice,
        )


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
        rows=tuple(survey.rows()),
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


def fallbacks_of(rows: Iterable[PlannedRow], accept: Iterable[int]) -> Iterator[TodoRecord]:
    """The records of the bad rows that somebody chose to import nevertheless."""
    chosen = set(accept)
    for row in rows:
        if row.kind == "bad" and row.index in chosen and row.record is not None:
            yield row.record


def stored_key(key: str) -> str:
    """A key as `ImportedFrom` holds it: an id that is too long is hashed."""
    if len(key) <= 200:
        return key
    return "sha256:" + hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _known(user: AbstractBaseUser, source: str, keys: list[str]) -> dict[str, Here]:
    """By key, what is here: imported once (whatever became of it), or a todo of this very export."""
    stored = {stored_key(key): key for key in keys}
    imported: dict[str, tuple[int | None, datetime]] = {}
    mine = ImportedFrom.objects.filter(user=user.pk, source=source)
    for chunk in chunks(list(stored)):
        for key, pk, at in mine.filter(key__in=chunk).values_list("key", "todo_id", "created_at"):
            imported[stored[key]] = (pk, at)
    visible = Todo.objects.visible_to(user).select_related("todo_list").defer("notes", "extra")
    todos: dict[int, Todo] = {}
    for ids in chunks([pk for pk, _at in imported.values() if pk is not None]):
        todos |= visible.in_bulk(ids)
    known = {key: Here(todos.get(pk or 0), pk, at) for key, (pk, at) in imported.items()}
    if source in UUID_FORMATS:
        rest = [key for key in keys if key not in known and is_uuid(key)]
        for part in chunks(rest):
            for todo in visible.filter(uuid__in=part).prefetch_related("labels"):
                known[str(todo.uuid)] = Here(todo, todo.pk, None)
    return known


def chunks(values: list[T]) -> Iterator[list[T]]:
    """Slices that fit into one statement."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID as we write it."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _with_rule(record: TodoRecord) -> tuple[TodoRecord, list[str]]:
    """A rule in our canonical words; one that we can't follow is kept as text."""
    repeat = record.repeat
    if repeat is None:
        return record, []
    if not (record.due or record.start or repeat.anchor):
        kept = {"rrule": repeat.rrule, "rrule_mode": repeat.mode}
        note = _("Its repeat needs a date to begin with; it is kept as text.")
        return replace(record, repeat=None, extra=record.extra | kept), [note]
    try:
        rule = parse_rrule(repeat.rrule)
    except RuleError as error:
        kept = {"rrule": repeat.rrule, "rrule_mode": repeat.mode}
        text = _("The repeat “%(rule)s” is kept as text: %(error)s")
        note = text % {"rule": repeat.rrule[:100], "error": error}
        return replace(record, repeat=None, extra=record.extra | kept), [note]
    return replace(record, repeat=replace(repeat, rrule=rule)), []


def _instant(moment: Moment) -> datetime | Moment:
    """A moment for comparing: files read in another zone mean the same instant."""
    return moment.at() or moment


def describe_here(here: Here, record: TodoRecord, tz: ZoneInfo) -> str:
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
    same = (todo.title, todo.priority) == (record.title, record.priority)
    if (
        same
        and _instant(todo.due) == _instant(record.due)
        and todo.is_completed == record.is_completed
    ):
        return _("imported on %(date)s, unchanged") % values
    return _("imported on %(date)s, changed since") % values
