"""Export: what a user sees, list by list, in one of the formats."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from django_todos.dates import Moment
from django_todos.exchange.formats import FORMATS, WRITTEN, ical, own_json, todotxt
from django_todos.exchange.records import (
    CompletionRecord,
    LabelRecord,
    ListRecord,
    Losses,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
)
from django_todos.exchange.survey import is_uuid
from django_todos.models import (
    Completion,
    ImportedFrom,
    Label,
    Membership,
    Reminder,
    Role,
    Todo,
    TodoList,
)

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True, slots=True)
class Export:
    """A file in pieces. ``losses`` is complete once the pieces are used up."""

    pieces: Iterator[str]
    losses: Losses
    file_name: str
    content_type: str


def export(
    user: AbstractBaseUser,
    format: str,
    *,
    tz: ZoneInfo,
    lists: Iterable[TodoList] | None = None,
    with_keys: bool = False,
) -> Export:
    """The user's lists (or those of ``lists`` that the user sees) as a file.

    ``with_keys``: each line of a todo.txt says which todo it is, so that its title may be changed elsewhere.

    The trash is part of it where the format can say so; a list in the trash only for its owners.
    One list is in memory at a time.
    """
    chosen = FORMATS[format]
    found = Losses()
    groups = _groups(user, lists, _foreign_keys(user) if format == "taskwarrior" else {})
    if format != own_json.NAME:
        groups = _with_known_days(groups, _undated(user))
    write = WRITTEN[format]
    if with_keys and format == todotxt.NAME:
        write = partial(todotxt.write, with_keys=True)
    return Export(
        pieces=write(groups, tz, found),
        losses=found,
        file_name=f"todos.{chosen.suffix}" if chosen.suffix != "todo.txt" else "todo.txt",
        content_type=chosen.content_type,
    )


def calendar(todo_list: TodoList, name: str, base: str) -> str:
    """The list's open todos with a due date, as events of a calendar; `base` begins their addresses."""
    todos = Todo.objects.filter(todo_list=todo_list, deleted_at=None, is_completed=False)
    dated = todos.exclude(due_date=None).prefetch_related("labels").in_order()
    rows = (
        (
            _record(one, "", {one.pk: str(one.uuid)}, map(str, one.labels.all())),
            f"{base}{one.get_absolute_url()}",
            one.updated_at,
        )
        for one in dated.select_related("assignee")
    )
    return ical.events(name, rows)


def losses(
    user: AbstractBaseUser,
    format: str,
    *,
    tz: ZoneInfo,
    lists: Iterable[TodoList] | None = None,
) -> list[str]:
    """What the format can't hold of it, before anybody downloads."""
    found = export(user, format, tz=tz, lists=lists)
    for _piece in found.pieces:
        pass
    return found.losses.lines()


def _foreign_keys(user: AbstractBaseUser) -> dict[int | None, str]:
    """What Taskwarrior called the todos that came from there, so that they go back as the same."""
    rows = ImportedFrom.objects.filter(user=user.pk, source="taskwarrior").exclude(todo=None)
    return {pk: key for pk, key in rows.values_list("todo_id", "key") if is_uuid(key)}


def _undated(user: AbstractBaseUser) -> set[str]:
    """Todos that were born by an import: their file didn't say when they were created."""
    rows = ImportedFrom.objects.filter(user=user.pk, created_at=F("todo__created_at"))
    return {str(uuid) for uuid in rows.values_list("todo__uuid", flat=True)}


def _with_known_days(
    groups: Iterator[tuple[ListRecord, list[TodoRecord]]], undated: set[str]
) -> Iterator[tuple[ListRecord, list[TodoRecord]]]:
    for todo_list, todos in groups:
        yield (
            todo_list,
            [replace(one, created_at=None) if one.key in undated else one for one in todos],
        )


def _groups(
    user: AbstractBaseUser, lists: Iterable[TodoList] | None, foreign: dict[int | None, str]
) -> Iterator[tuple[ListRecord, list[TodoRecord]]]:
    visible = TodoList.objects.with_rights(user).select_related("object_type")
    visible = visible.filter(Q(deleted_at=None) | Q(role=Role.OWNER))
    if lists is not None:
        visible = visible.filter(pk__in=[one.pk for one in lists])
    memberships = Membership.objects.filter(user=user.pk)
    places = {
        pk: (position, color)
        for pk, position, color in memberships.values_list("todo_list", "position", "color")
    }
    last = (1 << 62, "")
    ordered = sorted(
        visible, key=lambda one: (not one.is_inbox, places.get(one.pk, last)[0], one.pk)
    )
    for todo_list in ordered:
        labels = list(Label.objects.filter(todo_list=todo_list).order_by("pk"))
        color = places.get(todo_list.pk, last)[1]
        yield _list_record(todo_list, labels, color), _records(user, todo_list, labels, foreign)


def _list_record(todo_list: TodoList, labels: list[Label], color: str) -> ListRecord:
    about = todo_list.object_type
    return ListRecord(
        key=str(todo_list.uuid),
        name=todo_list.name,
        description=todo_list.description,
        color="" if todo_list.is_inbox else color,
        is_inbox=todo_list.is_inbox,
        about=f"{about.app_label}.{about.model} {todo_list.object_id}" if about else "",
        labels=tuple(LabelRecord(label.name, label.color) for label in labels),
        archived_at=todo_list.archived_at,
        deleted_at=todo_list.deleted_at,
        created_at=None if todo_list.is_inbox else todo_list.created_at,
    )


def _records(
    user: AbstractBaseUser,
    todo_list: TodoList,
    labels: list[Label],
    foreign: dict[int | None, str],
) -> list[TodoRecord]:
    """The list's todos, parents before their subtasks, siblings in order."""
    todos = list(Todo.objects.filter(todo_list=todo_list).select_related("assignee").in_order())
    names = {label.pk: label.name for label in labels}
    worn: dict[int, list[str]] = defaultdict(list)
    through = Todo.labels.through._default_manager.filter(todo__todo_list=todo_list)
    for todo_id, label_id in through.order_by("pk").values_list("todo_id", "label_id"):
        worn[todo_id].append(names[label_id])
    logged: dict[int, list[Completion]] = defaultdict(list)
    for completion in Completion.objects.filter(todo__todo_list=todo_list).order_by("at", "pk"):
        logged[completion.todo_id].append(completion)
    reminded: dict[int, list[ReminderRecord]] = defaultdict(list)
    mine = Reminder.objects.filter(user=user.pk, todo__todo_list=todo_list)
    for reminder in mine:
        one = ReminderRecord(reminder.minutes_before, reminder.remind_at)
        reminded[reminder.todo_id].append(one)
    keys: dict[int | None, str] = {todo.pk: str(todo.uuid) for todo in todos}
    keys |= {pk: foreign[pk] for pk in keys.keys() & foreign.keys()}
    list_key = str(todo_list.uuid)
    return [
        _record(todo, list_key, keys, worn[todo.pk], logged[todo.pk], reminded[todo.pk])
        for todo in _as_tree(todos)
    ]


def _as_tree(todos: list[Todo]) -> Iterator[Todo]:
    children: dict[int | None, list[Todo]] = defaultdict(list)
    for todo in todos:
        children[todo.parent_id].append(todo)
    waiting = children[None][::-1]
    while waiting:
        todo = waiting.pop()
        yield todo
        waiting += children[todo.pk][::-1]


def _record(
    todo: Todo,
    list_key: str,
    keys: dict[int | None, str],
    labels: Iterable[str],
    completions: Iterable[Completion] = (),
    reminders: Iterable[ReminderRecord] = (),
) -> TodoRecord:
    repeat = None
    if todo.rrule:
        slot = todo.slot if todo.slot != todo.repeats_by else Moment()
        anchor, since = todo.repeat_anchor, todo.repeat_since
        repeat = RepeatRecord(todo.rrule, todo.repeat_mode, anchor, slot, since)
    return TodoRecord(
        key=keys[todo.pk],
        title=todo.title,
        notes=todo.notes,
        priority=todo.priority,
        due=todo.due,
        start=todo.start,
        labels=tuple(labels),
        list_key=list_key,
        parent_key=keys.get(todo.parent_id, ""),
        assignee=todo.assignee.get_username() if todo.assignee else "",
        is_completed=todo.is_completed,
        completed_at=todo.completed_at,
        completions=tuple(map(_completion, sorted(completions, key=_standing_first))),
        reminders=tuple(sorted(reminders, key=_before_first)),
        repeat=repeat,
        occurrence=todo.occurrence,
        created_at=todo.created_at,
        deleted_at=todo.deleted_at,
        deleted_with=keys.get(todo.deleted_top_id, ""),
        extra=todo.extra,
    )


def _before_first(record: ReminderRecord) -> tuple[int, str]:
    return (-1 if record.before is None else record.before, str(record.at))


def _standing_first(completion: Completion) -> tuple[bool, int]:
    return (completion.key is None, int(completion.key or 0))


def _completion(completion: Completion) -> CompletionRecord:
    return CompletionRecord(
        at=completion.at,
        kind=completion.kind,
        key=completion.key or "",
        due=completion.due,
        undone_at=completion.undone_at,
    )
