"""Writes surveyed records in few statements: lists, labels, todos by level, what hangs on them.

`apply` looks again under the locks of the lists concerned, so that a double click or two browsers
import nothing twice.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Max

from django_todos import limits
from django_todos.exchange.planning import Plan
from django_todos.exchange.records import CompletionRecord, TodoRecord
from django_todos.exchange.survey import Place, Survey, chunks, is_uuid, stored_key
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
    color_for,
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

    def prepare(self) -> dict[Target, TodoList]:
        """Lists and labels alone, for an import that is written in parts: into which list each target goes."""
        self._make_lists()
        self._make_labels()
        return self._lists

    def write(self) -> None:
        """All of it."""
        self._make_lists()
        labels = self._make_labels()
        self._make_todos()
        self._edit()
        self._hang_labels(labels)
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

    def _make_labels(self) -> dict[tuple[int, str], Label]:
        """Labels by list and key, made where missing: those of the file's lists, and those worn."""
        wanted: dict[tuple[int, str], Label] = {}
        for target, todo_list in self._lists.items():
            for given in target.record.labels if target.record else ():
                self._want(wanted, todo_list, given.name, given.color)
        for place in self.survey.places.values():
            for name in _record(place).labels:
                self._want(wanted, self._lists[place.target], name, "")
        lists = [one.pk for one in self._lists.values()]
        for part in chunks(lists):
            for label in Label.objects.filter(todo_list__in=part):
                if (label.todo_list_id, label.key) in wanted:
                    wanted[label.todo_list_id, label.key] = label
        new = [label for label in wanted.values() if label.pk is None]
        Label.objects.bulk_create(new, batch_size=BATCH)
        return wanted

    @staticmethod
    def _want(
        wanted: dict[tuple[int, str], Label], todo_list: TodoList, name: str, color: str
    ) -> None:
        key = Label.key_of(name)
        if key and (todo_list.pk, key) not in wanted:
            color = color if color in Color.values else color_for(key)
            label = Label(todo_list=todo_list, name=name.strip(), key=key, color=color)
            wanted[todo_list.pk, key] = label

    # -- todos

    def _make_todos(self) -> None:
        """Level by level, so that each has its parent's key."""
        ends = self._ends()
        levels: dict[int, list[Place]] = defaultdict(list)
        for place in self.survey.places.values():
            levels[place.depth].append(place)
        made: dict[str, Todo] = {}
        for depth in range(MAX_DEPTH + 1):
            todos = [self._todo(place, made, ends) for place in levels[depth]]
            self.rec.add(todos)
        self.todos = {key: made[key] for key in self.survey.places}

    def _edited(self) -> Iterator[tuple[str, Todo]]:
        """The lines that changed a todo: the same line again is known."""
        for key, edit in self.survey.edits.items():
            if not is_uuid(key):
                yield key, edit.todo

    def _edit(self) -> None:
        """Todos of ours that the file changes."""
        how: dict[str, Any] = {"by": self.user, "at": self.at, "within": self.rec}
        for edit in self.survey.edits.values():
            if edit.values:
                edit.todo.edit(values=edit.values, **how)
            if edit.completes:
                edit.todo.complete(zone=self.survey.tz, **how)

    def _ends(self) -> dict[tuple[int, int | None], int]:
        """The last position in each group of siblings that is there already."""
        ends: dict[tuple[int, int | None], int] = {}
        for part in chunks([one.pk for one in self._lists.values()]):
            rows = Todo.objects.filter(todo_list__in=part, parent=None).values("todo_list")
            for row in rows.annotate(last=Max("position")).order_by():
                ends[row["todo_list"], None] = row["last"]
        places = self.survey.places.values()
        parents = {one.parent.todo.pk for one in places if one.parent and one.parent.todo}
        for part in chunks(list(parents)):
            rows = Todo.objects.filter(parent__in=part).values("todo_list", "parent")
            for row in rows.annotate(last=Max("position")).order_by():
                ends[row["todo_list"], row["parent"]] = row["last"]
        return ends

    def _todo(
        self, place: Place, made: dict[str, Todo], ends: dict[tuple[int, int | None], int]
    ) -> Todo:
        record = _record(place)
        todo_list = self._lists[place.target]
        parent = _made(place.parent, made)
        todo = Todo(
            uuid=uuid.uuid4(),
            todo_list=todo_list,
            parent=parent,
            depth=place.depth,
            assignee_id=place.assignee_id,
            deleted_top=_made(place.deleted_top, made),
            created_by_id=self.user.pk,
            updated_at=self.at,
            **_columns(record, self.at),
        )
        todo.tree = parent.tree if parent is not None else todo.uuid
        group = (todo_list.pk, parent.pk if parent is not None else None)
        todo.position = ends[group] = ends[group] + GAP if group in ends else 0
        made[record.key] = todo
        return todo

    # -- what hangs on them

    def _hang_labels(self, labels: dict[tuple[int, str], Label]) -> None:
        through = Todo.labels.through
        rows = []
        for key, todo in self.todos.items():
            for name in _record(self.survey.places[key]).labels:
                label = labels[todo.todo_list_id, Label.key_of(name)]
                rows.append(through(todo_id=todo.pk, label_id=label.pk))
        through._default_manager.bulk_create(rows, batch_size=BATCH)

    def _log(self) -> None:
        rows: list[Completion] = []
        for key, todo in self.todos.items():
            rows += _completions(todo, _record(self.survey.places[key]), self.user.pk)
        Completion.objects.bulk_create(rows, batch_size=BATCH)

    def _remind(self) -> None:
        """Reminders set now: one whose time has passed is not sent."""
        rows = []
        for key, todo in self.todos.items():
            for one in dict.fromkeys(_record(self.survey.places[key]).reminders):
                rows.append(
                    Reminder(
                        todo=todo,
                        user_id=self.user.pk,
                        remind_at=one.at,
                        minutes_before=one.before,
                        created_at=self.at,
                    )
                )
        Reminder.objects.bulk_create(rows, batch_size=BATCH)

    def _remember(self) -> None:
        ImportedFrom.objects.bulk_create(
            [
                ImportedFrom(
                    user_id=self.user.pk,
                    source=self.survey.source,
                    key=stored_key(key),
                    todo=todo,
                    created_at=self.at,
                )
                for key, todo in (*self.todos.items(), *self._edited())
            ],
            batch_size=BATCH,
        )


def _record(place: Place) -> TodoRecord:
    if place.record is None:  # only places in the database have none, and those aren't written
        raise TypeError(place)
    return place.record


def _made(place: Place | None, made: dict[str, Todo]) -> Todo | None:
    if place is None:
        return None
    return place.todo or made[_record(place).key]


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


def _completions(todo: Todo, record: TodoRecord, user_id: Any) -> Iterable[Completion]:
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
