"""Puts records into an order a tree can be written in: parents first, at most five levels.

Files come with parents that don't exist, that are themselves, that form a ring, or that lie too
deep. None of that may stop an import and none of it may pass unsaid.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from django_todos.exchange.records import Note, Problem, TodoRecord
from django_todos.limits import MAX_DEPTH, MAX_LEVELS


@dataclass(frozen=True, slots=True)
class Arranged:
    records: tuple[TodoRecord, ...]
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]


def arrange(records: Iterable[TodoRecord]) -> Arranged:
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
            notes.append(_too_deep(known[key], known[parent]))
        placed[key] = parent
        depths[key] = depths[parent] + 1 if parent else 0
    arranged = (replace(known[key], parent_key=placed[key]) for key in depths)
    return Arranged(tuple(arranged), tuple(notes), tuple(problems))


def _unique(records: Iterable[TodoRecord]) -> tuple[dict[str, TodoRecord], list[Problem]]:
    known: dict[str, TodoRecord] = {}
    problems = []
    for record in records:
        if record.key in known:
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


def _too_deep(record: TodoRecord, parent: TodoRecord) -> Note:
    text = _("It lies deeper than %(most)d levels; it is placed under “%(title)s”.")
    return Note(record.line, text % {"most": MAX_LEVELS, "title": parent.title})
