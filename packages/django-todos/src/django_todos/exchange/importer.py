"""Import: read a file, say what would happen row by row, and do it in one transaction.

``plan`` writes nothing. ``apply`` looks again under the locks of the lists concerned, so that a
double click or two browsers import nothing twice. Permission is `editable_by`, nothing else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos import limits
from django_todos.exchange.formats import FORMATS, sniff
from django_todos.exchange.planning import PlannedRow, Survey, fallbacks_of
from django_todos.exchange.records import ParseResult, clean_text, decode
from django_todos.exchange.writing import Writer
from django_todos.models import Action, ChangedMeanwhile, TodoList, Verb, recording

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = ["Plan", "PlannedRow", "Report", "apply", "plan"]

#: An undo loads what it takes back; larger imports are undone by deleting what they made.


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
    def same(self) -> int:
        return sum(row.kind == "same" for row in self.rows)

    @property
    def bad(self) -> int:
        return sum(row.kind == "bad" for row in self.rows)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing in the file to say anything about."""
        return not (self.rows or self.new_lists or self.error)


@dataclass(frozen=True, slots=True)
class Report:
    """What an import did. ``action`` undoes it, unless it was too large for that."""

    added: int
    same: int
    left_out: int
    lists: tuple[str, ...]
    action: Action | None = None


def plan(
    user: AbstractBaseUser,
    data: bytes | str,
    *,
    tz: ZoneInfo,
    format: str = "",
    todo_list: TodoList | None = None,
    most: int | None = None,
) -> Plan:
    """Read a file and say what importing it would do, writing nothing.

    ``format`` is a key of `formats.FORMATS`, empty to find out; ``todo_list`` takes what names no
    list (else the inbox does) and must be one that the user may edit (else PermissionDenied).
    ``most`` refuses files with more rows than a page can bear. Never raises for what is in the file.
    """
    text, guessed = decode(data) if isinstance(data, bytes) else (data, "")
    name = format or sniff(text)
    if most is not None and _rows_at_most(text) > most:
        message = _("The file has more than %(most)d rows; import it in parts, or on the server.")
        result = ParseResult(error=message % {"most": most})
    else:
        result = FORMATS[name].parse(text, tz)
    survey = Survey(user, name, result, tz, todo_list).run()
    return Plan(
        user=user,
        format=name,
        tz=tz,
        todo_list=todo_list,
        result=result,
        rows=tuple(survey.rows()),
        notes=tuple([*([guessed] if guessed else []), *_file_notes(result)]),
        new_lists=tuple(target.name for target in survey.targets if target.is_new),
        list_ids=frozenset(
            one.todo_list.pk for one in survey.targets if one.todo_list is not None
        ),
    )


def _rows_at_most(text: str) -> int:
    """More rows than there are lines or JSON objects no file has."""
    return max(text.count("\n"), text.count("\r"), text.count("{"))


def _file_notes(result: ParseResult) -> list[str]:
    return [clean_text(note.text) for note in result.notes if not note.line]


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
            survey = Survey(
                user=plan.user,
                source=plan.format,
                result=plan.result,
                tz=plan.tz,
                default=plan.todo_list or inbox,
                accepted=tuple(fallbacks_of(plan.rows, accept)),
            ).run()
            needed = {one.todo_list.pk for one in survey.targets if one.todo_list is not None}
            if needed <= lists:
                writer = Writer(survey, rec)
                writer.write()
                rec.is_remembered = len(writer.todos) <= limits.MAX_UNDO
                break
        lists |= needed
    else:
        raise ChangedMeanwhile
    bad = sum(row.kind == "bad" for row in plan.rows)
    return Report(
        added=len(writer.todos),
        same=plan.same,
        left_out=bad - len(survey.accepted),
        lists=tuple(writer.created_lists),
        action=rec.action,
    )
