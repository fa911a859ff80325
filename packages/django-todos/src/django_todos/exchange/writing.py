"""Writes surveyed records in few statements: lists, labels, todos by level, what hangs on them.

`apply` looks again under the locks of the lists concerned, so that a double click or two browsers
import nothing twice.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Max, Q

from django_todos import limits
from django_todos._compat import batched
from django_todos.exchange.planning import Plan
from django_todos.exchange.records import CompletionRecord, TodoRecord
from django_todos.exchange.survey import Place, Survey, is_uuid, stored_key
from django_todos.exchange.targets import Target
from django_todos.limits import MAX_DEPTH
from django_todos.models import (
    GAP,
    Action,
    ChangedMeanwhile,
    Color,
    Completion,
    ImportedFrom,
    Label,
    Membership,
    Recording,
    Reminder,
    Role,
    Todo,
    TodoList,
    Verb,
    due_columns,
    last_position,
    recording,
    repeat_columns,
    slot_columns,
    start_columns,
)
from django_todos.repeats.occurrences import Repeat

if TYPE_CHECKING:
    from django_todos.repeats.rule import Mode

BATCH = 500


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. ``action`` undoes it, unless it was too large for that."""

    added: int
    edited: int
    same: int
    left_out: int
    lists: tuple[str, ...]
    action: Action | None = None


def apply(plan: Plan, *, at: datetime, accept: Collection[int] = ()) -> Report:
    """Do what the plan says, all of it or nothing.

    ``accept`` holds the indexes of bad rows to import without the part that can't be read. Raises
    ValueError for a file that can't be read, ChangedMeanwhile when its lists change all the time.
    """
    if plan.error:
        raise ValueError(plan.error)
    inbox = TodoList.objects.inbox_of(plan.user)
    lists = set(plan.list_ids) | {inbox.pk}
    for _attempt in range(3):
        with recording(plan.user, Verb.BULK_IMPORT, lists, at=at) as rec:
            survey = plan.survey(inbox, accept)
            needed = survey.list_ids
            if needed <= lists:
                writer = Writer(survey, rec)
                writer.write()
                rec.is_remembered = len(writer.todos) + len(survey.edits) <= limits.MAX_UNDO
                break
        lists |= needed
    else:
        raise ChangedMeanwhile
    return Report(
        added=len(writer.todos),
        edited=len(survey.edits),
        same=plan.same,
        left_out=plan.bad - len(survey.accepted),
        lists=tuple(writer.created_lists),
        action=rec.action,
    )


class Writer:
    """One import. Called within a recording that holds the lists that are there already."""

    def __init__(self, survey: Survey, rec: Recording) -> None:
        self.survey = survey
        self.rec = rec
        self.at = rec.at
        self.user = survey.user
        self.created_lists: list[str] = []
        self._lists: dict[Target, TodoList] = {}
        self.todos: dict[str, Todo] = {}
        self._written: list[tuple[Todo, TodoRecord]] = []

    def prepare(self) -> dict[Target, TodoList]:
        """Lists and labels alone, for an import that is written in parts: into which list each target goes."""
        self._make_lists()
        self._make_labels()
        return self._lists

    def write(self) -> None:
        """All of it."""
        self._make_lists()
        self._make_labels()
        self._make_todos()
        self._edit()
        self._log()
        self._remind()
        self._remember()

    # -- lists and labels

    def _make_lists(self) -> None:
        targets = self.survey.targets
        first = last_position(self.user.pk)
        new = []
        for target in targets:
            if target.todo_list is not None:
                self._lists[target] = target.todo_list
            else:
                self._lists[target] = _list_row(target, self.at)
                new.append(target)
        made = [self._lists[target] for target in new]
        self.rec.add_lists(TodoList.objects.bulk_create(made, batch_size=BATCH))
        Membership.objects.bulk_create(
            [
                Membership(
                    todo_list=self._lists[target],
                    user_id=self.user.pk,
                    role=Role.OWNER,
                    color=_color(target.record.color if target.record else ""),
                    position=first + GAP * number,
                    created_at=self.at,
                )
                for number, target in enumerate(new)
            ],
            batch_size=BATCH,
        )
        self.created_lists = [target.name for target in new]

    def _make_labels(self) -> None:
        """Those of the file's lists; others come with the todos that wear them."""
        names: dict[int, list[str]] = defaultdict(list)
        colors: dict[tuple[int, str], str] = {}
        for target, todo_list in self._lists.items():
            for given in target.record.labels if target.record else ():
                names[todo_list.pk].append(given.name)
                if given.color in Color.values:
                    colors.setdefault((todo_list.pk, Label.key_of(given.name)), given.color)
        for part in batched(names):
            Label.named_in({pk: names[pk] for pk in part}, colors)

    # -- todos

    def _make_todos(self) -> None:
        """Level by level, so that each has its parent's key."""
        ends = self._ends()
        for depth in range(MAX_DEPTH + 1):
            level = [one for one in self.survey.places.values() if one.depth == depth]
            self.rec.add([self._todo(place, ends) for place in level])
        for todo, record in self._written:
            if record.labels:
                self.rec.set_labels(todo, record.labels)

    def _edit(self) -> None:
        """Todos of ours that the file changes."""
        how: dict[str, Any] = {"by": self.user, "at": self.at, "within": self.rec}
        for part in batched(edit.todo.pk for edit in self.survey.edits.values()):
            self.rec.load(Todo.objects.filter(pk__in=part))
        for edit in self.survey.edits.values():
            if edit.values:
                edit.todo.edit(values=edit.values, **how)
            if edit.completes:
                edit.todo.complete(zone=self.survey.tz, **how)

    def _ends(self) -> dict[tuple[int, int | None], int]:
        """The last position in each group of siblings that is there already."""
        places = self.survey.places.values()
        parents = {one.parent.todo.pk for one in places if one.parent and one.parent.todo}
        groups = [
            *(
                Q(todo_list__in=part, parent=None)
                for part in batched(one.pk for one in self._lists.values())
            ),
            *(Q(parent__in=part) for part in batched(parents)),
        ]
        ends: dict[tuple[int, int | None], int] = {}
        for group in groups:
            rows = Todo.objects.filter(group).order_by().values_list("todo_list", "parent")
            for todo_list, parent, last in rows.annotate(last=Max("position")):
                ends[todo_list, parent] = last
        return ends

    def _todo(self, place: Place, ends: dict[tuple[int, int | None], int]) -> Todo:
        record = _record(place)
        todo_list = self._lists[place.target]
        parent = self._made(place.parent)
        todo = Todo(
            uuid=uuid.uuid4(),
            todo_list=todo_list,
            parent=parent,
            depth=place.depth,
            assignee_id=place.assignee_id,
            deleted_top=self._made(place.deleted_top),
            created_by_id=self.user.pk,
            updated_at=self.at,
            **_columns(record, self.at),
        )
        todo.tree = parent.tree if parent is not None else todo.uuid
        group = (todo_list.pk, parent.pk if parent is not None else None)
        todo.position = ends[group] = ends[group] + GAP if group in ends else 0
        self.todos[record.key] = todo
        self._written.append((todo, record))
        return todo

    def _made(self, place: Place | None) -> Todo | None:
        return None if place is None else place.todo or self.todos[place.key]

    # -- what hangs on them

    def _log(self) -> None:
        rows = [row for one in self._written for row in _completions(*one, self.user.pk)]
        Completion.objects.bulk_create(rows, batch_size=BATCH)

    def _remind(self) -> None:
        """Reminders set now: one whose time has passed is not sent."""
        mine = {"user_id": self.user.pk, "created_at": self.at}
        rows = [
            Reminder(todo=todo, remind_at=one.at, minutes_before=one.before, **mine)
            for todo, record in self._written
            for one in dict.fromkeys(record.reminders)
        ]
        Reminder.objects.bulk_create(rows, batch_size=BATCH)

    def _remember(self) -> None:
        """Which todo each line became; or changed, so that the same line again is known."""
        edited = {key: edit.todo for key, edit in self.survey.edits.items() if not is_uuid(key)}
        mine = {"user_id": self.user.pk, "source": self.survey.source, "created_at": self.at}
        rows = [
            ImportedFrom(key=stored_key(key), todo=todo, **mine)
            for key, todo in (self.todos | edited).items()
        ]
        ImportedFrom.objects.bulk_create(rows, batch_size=BATCH)


def _record(place: Place) -> TodoRecord:
    if place.record is None:  # only places in the database have none, and those aren't written
        raise TypeError(place)
    return place.record


def _color(name: str) -> str:
    return name if name in Color.values else Color.GREY


def _list_row(target: Target, at: datetime) -> TodoList:
    record = target.record
    if record is None:
        return TodoList(name=target.name, created_at=at, updated_at=at)
    return TodoList(
        name=record.name,
        description=record.description,
        archived_at=record.archived_at,
        deleted_at=record.deleted_at,
        created_at=record.created_at or at,
        updated_at=at,
    )


def _columns(record: TodoRecord, at: datetime) -> dict[str, Any]:
    """The plain columns of a record. A moment of completion that no file gave is now."""
    repeat = record.repeat
    values: dict[str, Any] = {
        "title": record.title,
        "notes": record.notes,
        "priority": record.priority,
        "is_completed": record.is_completed,
        "completed_at": (record.completed_at or at) if record.is_completed else None,
        "created_at": record.created_at or at,
        "deleted_at": record.deleted_at,
        "extra": record.extra,
        "occurrence": len(_standing(record)),
        **due_columns(record.due),
        **start_columns(record.start),
    }
    if repeat is not None:
        usual = record.due or record.start
        rule = Repeat(repeat.rrule, cast("Mode", repeat.mode), repeat.anchor or usual)
        values |= repeat_columns(rule, min(repeat.since, values["occurrence"]))
        values |= slot_columns(repeat.slot or usual)
    return values


def _standing(record: TodoRecord) -> list[CompletionRecord | None]:
    """Completions that were not taken back, in order; None is the one that a completed todo lacks."""
    standing: list[CompletionRecord | None] = [
        one for one in sorted(record.completions, key=_number) if one.undone_at is None
    ]
    return [None] if record.is_completed and not standing else standing


def _number(record: CompletionRecord) -> tuple[int, datetime]:
    return (int(record.key) if record.key.isdecimal() and len(record.key) < 10 else 0, record.at)


def _completions(todo: Todo, record: TodoRecord, user_id: Any) -> Iterator[Completion]:
    """History: what stands is numbered from 0, as completing does; what was undone has no number."""
    for number, one in enumerate(_standing(record)):
        if one is None:
            one = CompletionRecord(at=todo.completed_at or todo.updated_at, due=record.due)
        yield _completion(todo, one, user_id, str(number))
    for one in record.completions:
        if one.undone_at is not None:
            yield _completion(todo, one, user_id, None)


def _completion(todo: Todo, record: CompletionRecord, user_id: Any, key: str | None) -> Completion:
    return Completion(
        todo=todo,
        todo_list_id=todo.todo_list_id,
        key=key,
        kind=record.kind,
        user_id=user_id,
        at=record.at,
        due_date=record.due.date,
        due_time=record.due.time,
        due_tz=record.due.tz,
        undone_at=record.undone_at,
    )
