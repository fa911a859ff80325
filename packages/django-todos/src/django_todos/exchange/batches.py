"""A large import, part by part: each in a transaction of its own, so that nobody waits longer than for one.

`begin` makes the lists and keeps what is to be written; each `step` writes the next part, or takes the last one back.
Whoever asks moves it on: there is no worker, and who stops asking has paused it. Rights are asked for each part anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F, QuerySet

from django_todos import limits
from django_todos._compat import batched
from django_todos.exchange.planning import Plan
from django_todos.exchange.records import ParseResult, TodoRecord
from django_todos.exchange.stored import packed, unpacked
from django_todos.exchange.survey import Decided, Survey
from django_todos.exchange.targets import ListLost
from django_todos.exchange.writing import Writer
from django_todos.models import (
    ChangedMeanwhile,
    ImportDraft,
    ImportPart,
    Todo,
    TodoList,
    Verb,
    recording,
)

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


def is_large(plan: Plan, accept: Collection[int]) -> bool:
    """Whether it is too much for one transaction."""
    return plan.adds + plan.edits + len(accept) > limits.IMPORT_BATCH


def begin(plan: Plan, draft: ImportDraft, *, at: datetime, accept: Collection[int] = ()) -> None:
    """Make the lists of the file, and keep what is to be written; once, however often it is asked."""
    inbox = TodoList.objects.inbox_of(plan.user)
    survey = plan.survey(inbox, accept)
    closing = {}
    for target in survey.targets:
        record = target.record
        if target.is_new and record and (record.archived_at or record.deleted_at):
            closing[target] = (record.archived_at, record.deleted_at)
            target.record = replace(record, archived_at=None, deleted_at=None)
    parts = list(_parts(survey, draft))
    with recording(plan.user, Verb.BULK_IMPORT, survey.list_ids, at=at) as rec:
        rec.is_remembered = False
        waiting = ImportDraft.objects.filter(pk=draft.pk, begun_at=None)
        if not waiting.update(begun_at=at, content=b"", format=plan.format, zone=plan.tz.key):
            return
        made = Writer(survey, rec).prepare()
        lists = {key: made[one].pk for key, one in survey.lists.items() if one in made}
        ends = {
            made[one].pk: [day and day.isoformat() for day in days]
            for one, days in closing.items()
        }
        ImportDraft.objects.filter(pk=draft.pk).update(
            lists=lists,
            closing=ends,
            total=sum(len(part.records) for part in parts),
            same=plan.same,
            left_out=plan.bad - len(survey.accepted),
        )
        ImportPart.objects.bulk_create(parts, batch_size=20)


def _parts_of(draft: ImportDraft) -> QuerySet[ImportPart]:
    return ImportPart.objects.filter(draft=draft)


def _parts(survey: Survey, draft: ImportDraft) -> Iterator[ImportPart]:
    """What is to be written, in the order of the tree; where a parent is, is decided by now."""
    rows = [one for one in survey.records if one.key in survey.places or one.key in survey.edits]
    for number, some in enumerate(batched(rows, limits.IMPORT_BATCH)):
        part = ImportPart(draft=draft, number=number)
        for record in some:
            part.records.append(packed(_settled(record, survey, part)))
        yield part


def _settled(record: TodoRecord, survey: Survey, part: ImportPart) -> TodoRecord:
    edit = survey.edits.get(record.key)
    if edit is not None:
        part.links[record.key] = edit.todo.pk
        part.whole += [record.key] if edit.whole else []
        return record
    place = survey.places[record.key]
    above = place.parent
    if above is not None and above.todo is not None:
        part.links[above.key] = above.todo.pk
    return replace(place.record or record, parent_key=above.key if above is not None else "")


def step(draft: ImportDraft, user: AbstractBaseUser, *, at: datetime) -> None:
    """Write the next part, or take back the last one that is written; at the end say so."""
    if draft.is_undoing:
        _take_back(draft, at)
    elif draft.done < _parts_of(draft).count():
        _write(draft, user, at)
    else:
        _close(draft, user, at)
    draft.refresh_from_db()


def _write(draft: ImportDraft, user: AbstractBaseUser, at: datetime) -> None:
    part = _parts_of(draft).get(number=draft.done)
    records = tuple(map(unpacked, part.records))
    usual = draft.lists.get("")
    homes = {draft.lists.get(record.list_key, usual) for record in records} - {None}
    linked = Todo.objects.filter(pk__in=part.links.values())
    lists = {pk for pk in homes if pk} | set(linked.values_list("todo_list", flat=True))
    try:
        for _attempt in range(3):
            needed = _write_within(draft, part, records, user, lists, at)
            if needed <= lists:
                return
            lists |= needed
        raise ChangedMeanwhile
    except (ChangedMeanwhile, ListLost):
        if _is_writable(draft, user, lists):
            raise ChangedMeanwhile from None
        draft.move(undoing=False, ending=ImportDraft.Outcome.LOST)


def _write_within(
    draft: ImportDraft,
    part: ImportPart,
    records: tuple[TodoRecord, ...],
    user: AbstractBaseUser,
    lists: set[int],
    at: datetime,
) -> set[int]:
    """The part, if these are the lists that it needs and nobody was quicker. Returns those that it needs."""
    moved = False
    with transaction.atomic():
        with recording(user, Verb.BULK_IMPORT, lists, at=at) as rec:
            survey = Survey(
                user=user,
                source=draft.format,
                result=ParseResult(records),
                tz=ZoneInfo(draft.zone),
                decided=Decided(draft.lists, part.links, part.whole),
            ).run()
            needed = survey.list_ids
            if needed <= lists:
                added, edited = len(survey.places), len(survey.edits)
                moved = draft.move(
                    undoing=False,
                    done=F("done") + 1,
                    added=F("added") + added,
                    edited=F("edited") + edited,
                    same=F("same") + len(records) - added - edited,
                )
            if moved:
                Writer(survey, rec).write()
        if moved:
            here = ImportPart.objects.filter(pk=part.pk)
            here.update(action=rec.action, records=[], links={}, whole=[])
    return needed


def _is_writable(draft: ImportDraft, user: AbstractBaseUser, lists: set[int]) -> bool:
    wanted = lists | set(draft.lists.values())
    return TodoList.objects.editable_by(user).filter(pk__in=wanted).count() == len(wanted)


def _close(draft: ImportDraft, user: AbstractBaseUser, at: datetime) -> None:
    """All is written: lists that are archived or in the trash in the file are so now."""
    with suppress(ChangedMeanwhile), transaction.atomic():
        _set_times(draft, user, at, close=True)
    draft.move(undoing=False, ending=ImportDraft.Outcome.WRITTEN)


def _set_times(draft: ImportDraft, user: AbstractBaseUser, at: datetime, *, close: bool) -> None:
    lists = {int(pk) for pk in draft.closing}
    if not lists:
        return
    verb = Verb.LIST_ARCHIVE if close else Verb.LIST_UNARCHIVE
    with recording(user, verb, lists, at=at) as rec:
        rec.is_remembered = False
        for pk, times in draft.closing.items():
            archived, deleted = (
                datetime.fromisoformat(one) if one and close else None for one in times
            )
            rec.update_list(int(pk), archived_at=archived, deleted_at=deleted)


def begin_undo(draft: ImportDraft, user: AbstractBaseUser, *, at: datetime) -> None:
    """From now on each step takes a part back."""
    if draft.is_undoing or draft.begun_at is None:
        return
    with suppress(ChangedMeanwhile), transaction.atomic():
        _set_times(draft, user, at, close=False)
    draft.move(undoing=False, is_undoing=True, ending="")


def _take_back(draft: ImportDraft, at: datetime) -> None:
    """The last part that is written: its todos go to the trash, but for those that were changed since."""
    if not draft.done:
        draft.move(undoing=True, ending=ImportDraft.Outcome.UNDONE)
        return
    part = _parts_of(draft).select_related("action").get(number=draft.done - 1)
    action = part.action
    todos = len(action.todo_ids) if action is not None else 0
    with transaction.atomic():
        if action is not None:  # lists are locked before the draft, as in writing
            TodoList.objects.lock(action.list_ids)
        if not draft.move(undoing=True, done=F("done") - 1):
            return
        stayed = todos
        if action is not None:
            with suppress(ChangedMeanwhile), transaction.atomic():
                action.undo(at=at, partly=True)
                stayed = action.left
        here = ImportDraft.objects.filter(pk=draft.pk)
        here.update(taken_back=F("taken_back") + todos - stayed, stayed=F("stayed") + stayed)
