"""Puts records into an order a tree can be written in: parents first, at most five levels.

Files come with parents that don't exist, that are themselves, that form a ring, or that lie too
deep. None of that may stop an import and none of it may pass unsaid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from django_todos.exchange.records import (
    ListRecord,
    Note,
    ParseResult,
    Problem,
    TodoRecord,
    fit,
    fit_list,
    shorten,
)
from django_todos.limits import MAX_DEPTH, MAX_LEVELS


@dataclass(slots=True)
class Gathered:
    """What a reader collects on its way through a file; ``result`` is what it returns in the end."""

    records: list[TodoRecord] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    lists: dict[str, ListRecord] = field(default_factory=dict)
    said: dict[str, None] = field(default_factory=dict)

    def add(self, record: TodoRecord, *notes: str) -> None:
        """A row that was read; ``notes`` say what of it is not as it was written."""
        fitted, more = fit(record)
        self.records.append(fitted)
        self.notes += [*(Note(record.line, note) for note in notes), *more]

    def note(self, line: int, text: str) -> None:
        self.notes.append(Note(line, text))

    def once(self, text: str) -> None:
        """Something that is so in many rows and is said once, of the whole file."""
        self.said.setdefault(text)

    def refuse(
        self,
        line: int,
        reason: str,
        entry: Any,
        title: Any = "",
        fallback: TodoRecord | None = None,
        choice: str = "",
    ) -> None:
        """A row that can't be read, as it stands in the file; ``fallback`` is what makes sense of it alone."""
        text = entry if isinstance(entry, str) else json.dumps(entry, ensure_ascii=False)
        title = shorten(title, 200) if isinstance(title, str) else ""
        fitted = fit(fallback)[0] if fallback else None
        self.problems.append(Problem(line, reason, shorten(text, 500), title, fitted, choice))

    @contextmanager
    def reading(self, line: int, entry: Any, title: str = "") -> Iterator[None]:
        """Whatever of the entry can't be read refuses its row alone; its key ``title`` says what it is called."""
        try:
            yield
        except (ValueError, OverflowError) as error:
            said = entry.get(title) if isinstance(entry, dict) else ""
            self.refuse(line, str(error), entry, said)

    def result(self) -> ParseResult:
        """Everything, as a tree; a list that only rows name is named by its key."""
        arranged = arrange(self.records)
        fallbacks = (one.fallback for one in self.problems if one.fallback)
        for key in (record.list_key for record in (*arranged.records, *fallbacks)):
            if key:
                self.lists.setdefault(key, ListRecord(key, key))
        return ParseResult(
            records=arranged.records,
            problems=(*self.problems, *arranged.problems),
            notes=(*(Note(0, text) for text in self.said), *self.notes, *arranged.notes),
            lists=tuple(map(fit_list, self.lists.values())),
        )


def arrange(records: Iterable[TodoRecord]) -> ParseResult:
    """Parents before children, siblings in the file's order, no ring, at most five levels."""
    known, problems = _unique(records)
    notes: list[Note] = []
    parents = _parents(known, notes)
    _break_rings(known, parents, notes)
    depths: dict[str, int] = {}
    placed: dict[str, str] = {}
    for key in _parents_first(known, parents):
        parent = parents[key]
        while parent and depths[parent] >= MAX_DEPTH:
            parent = placed[parent]
        if parent != parents[key]:
            text = _("It lies deeper than %(most)d levels; it is placed under “%(title)s”.")
            said = text % {"most": MAX_LEVELS, "title": known[parent].title}
            notes.append(Note(known[key].line, said))
        placed[key] = parent
        depths[key] = depths[parent] + 1 if parent else 0
    arranged = (replace(known[key], parent_key=placed[key]) for key in depths)
    return ParseResult(tuple(arranged), tuple(problems), tuple(notes))


def _unique(records: Iterable[TodoRecord]) -> tuple[dict[str, TodoRecord], list[Problem]]:
    known: dict[str, TodoRecord] = {}
    problems = []
    for record in records:
        if not record.key:  # the key of what is above all others
            problems.append(Problem(record.line, _("It has no id."), "", record.title))
        elif record.key in known:
            reason = _("Its id is the same as that of line %(line)d.") % {
                "line": known[record.key].line
            }
            problems.append(Problem(record.line, reason, record.key, record.title))
        else:
            known[record.key] = record
    return known, problems


def _parents(known: dict[str, TodoRecord], notes: list[Note]) -> dict[str, str]:
    parents = {}
    for key, record in known.items():
        parent = record.parent_key
        if parent and parent not in known:
            notes.append(Note(record.line, _("Its parent is not in the file.")))
            parent = ""
        parents[key] = parent
    return parents


def _break_rings(known: dict[str, TodoRecord], parents: dict[str, str], notes: list[Note]) -> None:
    """Todos that are each other's parents: the one that closes the ring comes to the top."""
    safe: set[str] = {""}
    for first in known:
        path: dict[str, None] = {}
        key = first
        while key not in safe and key not in path:
            path[key] = None
            key = parents[key]
        if key in path:
            parents[key] = ""
            notes.append(Note(known[key].line, _("It is a subtask of itself in the file.")))
        safe.update(path)


def _parents_first(known: dict[str, TodoRecord], parents: dict[str, str]) -> Iterable[str]:
    """Depth first without recursion, each group of siblings in the file's order."""
    children: dict[str, list[str]] = {}
    for key in known:
        children.setdefault(parents[key], []).append(key)
    waiting = list(reversed(children.get("", [])))
    while waiting:
        key = waiting.pop()
        yield key
        waiting.extend(reversed(children.get(key, [])))
