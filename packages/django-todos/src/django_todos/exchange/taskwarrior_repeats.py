"""Brings Taskwarrior's recurring templates and their children together.

Taskwarrior keeps an invisible template (``status:recurring``) and makes a child task of it for
each period: ``parent`` names the template, ``imask`` the period. Here one todo repeats: its due
date is that of the first child still open, closed children are its history.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment
from django_todos.exchange.records import (
    CompletionRecord,
    Note,
    RepeatRecord,
    TodoRecord,
    add_paragraph,
)
from django_todos.exchange.taskwarrior_dates import advance, rule_of

NAME = "taskwarrior"


@dataclass(frozen=True, slots=True)
class Task:
    """A record and what is needed to bring a template and its children together."""

    record: TodoRecord
    status: str
    template: str = ""
    recur: str = ""
    mode: str = "due"
    until: dt.datetime | None = None
    mask: str = ""
    index: int = 0
    end: dt.datetime | None = None
    notes: tuple[str, ...] = ()


def merge(tasks: list[Task], tz: ZoneInfo) -> tuple[list[TodoRecord], list[Note]]:
    """Records in the file's order, each family in the place of its first member."""
    templates = {task.record.key: task for task in tasks if task.status == "recurring"}
    families: dict[str, list[Task]] = {}
    for task in tasks:
        if task.template:
            families.setdefault(task.template, []).append(task)
    records, notes = [], []
    done: set[str] = set()
    for task in tasks:
        key = task.record.key if task.status == "recurring" else task.template
        children = families.get(key, [])
        if not key or not (key in templates or any(map(_is_open, children))):
            records.append(_alone(task))
            notes += [Note(task.record.line, note) for note in task.notes]
        elif key not in done:
            done.add(key)
            record, said = _family(key, templates.get(key), children, tz)
            records.append(record)
            notes += said
    return records, notes


def _alone(task: Task) -> TodoRecord:
    """A task outside of a family; a period that it only remembers is kept."""
    if not task.recur or task.record.repeat is not None:
        return task.record
    kept = task.record.extra.get(NAME, {}) | {"recur": task.recur}
    return replace(task.record, extra=task.record.extra | {NAME: kept})


def _is_open(task: Task) -> bool:
    return task.status in ("pending", "waiting")


def _family(
    key: str, template: Task | None, children: list[Task], tz: ZoneInfo
) -> tuple[TodoRecord, list[Note]]:
    children = sorted(children, key=lambda task: (task.index, task.record.line))
    open_ones = [task for task in children if _is_open(task)]
    head = template or open_ones[0]
    shown = open_ones[0] if open_ones else head
    said = list(dict.fromkeys([*head.notes, *shown.notes]))
    anchor = head.record.due
    due = shown.record.due if open_ones else advance(anchor, head.recur, _made(head, children))
    record = replace(
        head.record,
        key=key,
        due=due,
        start=shown.record.start,
        notes=_notes(head, open_ones),
        completions=tuple(_completions(children)),
    )
    if len(open_ones) > 1:
        text = _("%(number)d open occurrences became one, due at the first of them.")
        said.append(text % {"number": len(open_ones)})
    if titles := {one.record.title for one in open_ones} - {record.title}:
        record = replace(record, notes=add_paragraph(record.notes, "\n\n".join(sorted(titles))))
        said.append(_("An occurrence has another title; it is in the notes."))
    record, more = _with_rule(record, head, anchor, tz)
    return record, [Note(record.line, text) for text in [*said, *more]]


def _made(head: Task, children: list[Task]) -> int:
    """How many periods Taskwarrior has made children of."""
    return max(len(head.mask), *(task.index + 1 for task in children), 0)


def _notes(head: Task, open_ones: list[Task]) -> str:
    notes = head.record.notes
    for task in open_ones:
        if task is not head and task.record.notes and task.record.notes not in notes:
            notes = add_paragraph(notes, task.record.notes)
    return notes


def _completions(children: list[Task]) -> list[CompletionRecord]:
    kinds = {"completed": "completed", "deleted": "skipped"}
    closed = [task for task in children if task.status in kinds]
    return [
        CompletionRecord(at=at, kind=kinds[task.status], key=str(number), due=task.record.due)
        for number, task in enumerate(closed)
        if (at := task.end or task.record.deleted_at or task.record.created_at)
    ]


def _with_rule(
    record: TodoRecord, head: Task, anchor: Moment, tz: ZoneInfo
) -> tuple[TodoRecord, list[str]]:
    if record.repeat is not None:
        return record, []
    rrule = rule_of(head.recur, anchor, head.until, tz)
    if rrule:
        return replace(record, repeat=RepeatRecord(rrule, head.mode, anchor)), []
    if not head.recur:
        return record, [_("It recurs in Taskwarrior, but the file doesn’t say how.")]
    kept = record.extra.get(NAME, {}) | {"recur": head.recur}
    text = _("The repeat “%(recur)s” can’t be followed; it is kept and exports.")
    return replace(record, extra=record.extra | {NAME: kept}), [text % {"recur": head.recur}]
