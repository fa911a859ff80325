"""The file held against the database: what of it is here already, and where the rest would stand.

Permission is `editable_by`, nothing else.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos._compat import batched
from django_todos.access import read_uuid
from django_todos.dates import Moment
from django_todos.exchange.matching import LINES, Edit, Matches, absent, edit_of
from django_todos.exchange.records import ParseResult, TodoRecord
from django_todos.exchange.targets import Target, Targets
from django_todos.exchange.tree import arrange
from django_todos.limits import MAX_DEPTH
from django_todos.models import ImportedFrom, Todo, TodoList
from django_todos.repeats.occurrences import parse_rrule
from django_todos.repeats.rule import RuleError

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


#: Formats in which our own exports name todos by their UUID.
UUID_FORMATS = ("json", "taskwarrior", "ical", "csv", "todotxt")


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
    assignee_id: Any = None

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

    @property
    def own(self) -> Todo | None:
        """A living todo that the file names by its own key: a line may change it."""
        is_own = self.at is None and self.todo is not None and not self.todo.deleted_at
        return self.todo if is_own else None


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
    records: tuple[TodoRecord, ...] = field(init=False, default=())
    _targets: Targets = field(init=False)

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
            elif here.own is not None and record.key in decided.links:
                self._edit(record, here.own, whole=record.key in decided.whole)
        return self

    @property
    def lists(self) -> dict[str, Target]:
        """Where the todos of each of the file's lists go."""
        return self._targets.keys()

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
            elif here.own is not None:
                self._edit(record, here.own, whole=True)
        if not rest:
            return
        homes = {one.key: self._targets.of(one.list_key).todo_list for one in rest}
        lists = {one.pk for one in homes.values() if one is not None}
        taken = {here.todo_id for here in self.known.values()}
        there = Todo.objects.filter(todo_list__in=lists, deleted_at=None).in_order()
        found = [
            todo
            for titles in batched(sorted({one.title for one in rest}))
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
    for chunk in batched(stored):
        for key, pk, at in mine.filter(key__in=chunk).values_list("key", "todo_id", "created_at"):
            imported[stored[key]] = (pk, at)
    visible = Todo.objects.visible_to(user).select_related("todo_list").defer("notes", "extra")
    todos: dict[int, Todo] = {}
    for ids in batched(pk for pk, _at in imported.values() if pk is not None):
        todos |= visible.in_bulk(ids)
    known = {key: Here(todos.get(pk or 0), pk, at) for key, (pk, at) in imported.items()}
    if source in UUID_FORMATS:
        rest = [key for key in keys if key not in known and is_uuid(key)]
        for part in batched(rest):
            for todo in visible.filter(uuid__in=part).prefetch_related("labels"):
                known[str(todo.uuid)] = Here(todo, todo.pk, None)
    return known


def is_uuid(text: str) -> bool:
    """Whether the text is a UUID as we write it."""
    uuid = read_uuid(text)
    return uuid is not None and str(uuid) == text


def _with_rule(record: TodoRecord) -> tuple[TodoRecord, list[str]]:
    """A rule in our canonical words; one that we can't follow is kept as text."""
    repeat = record.repeat
    if repeat is None:
        return record, []
    if record.due or record.start or repeat.anchor:
        try:
            rule = parse_rrule(repeat.rrule)
            return replace(record, repeat=replace(repeat, rrule=rule)), []
        except RuleError as error:
            text = _("The repeat “%(rule)s” is kept as text: %(error)s")
            note = text % {"rule": repeat.rrule[:100], "error": error}
    else:
        note = _("Its repeat needs a date to begin with; it is kept as text.")
    kept = {"rrule": repeat.rrule, "rrule_mode": repeat.mode}
    return replace(record, repeat=None, extra=record.extra | kept), [note]
