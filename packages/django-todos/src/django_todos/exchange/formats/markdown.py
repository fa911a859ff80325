"""Markdown checklists: ``- [ ]`` items (GitHub's task lists), a heading above them names their list.

Dates, priorities and repeats as the Obsidian plugin Tasks writes them behind a title (📅 due, 🛫 start,
✅ done, ➕ created, 🔁 repeat, 🔺 ⏫ 🔼 🔽 ⏬), and ``#labels``. Text indented below an item is its notes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment, local_now
from django_todos.exchange.formats.values import reader
from django_todos.exchange.records import (
    Groups,
    LineKeys,
    Losses,
    Reading,
    RepeatRecord,
    TodoRecord,
    day_start,
    lines_of,
)
from django_todos.exchange.tree import Gathered
from django_todos.quickadd import parse_repeat

NAME = "markdown"

ITEM = re.compile(r"([ \t]*)(?:[-*+]|\d{1,4}[.)]) \[(.)\](?: +(.*))?$")
_HEADING = re.compile(r" {0,3}#{1,6} +(.*?)(?: +#+)?$")
_LABEL = re.compile(r"(?:^|(?<=\s))#([^\s#]*[^\W\d][^\s#]*)")
_PRIORITIES = {"🔺": 1, "⏫": 1, "🔼": 5, "🔽": 9, "⏬": 9}
_SIGNS = "📅🛫⏳✅➕❌🔁" + "".join(_PRIORITIES)
_SIGN = re.compile(rf"\s*([{_SIGNS}])\ufe0f?\s*([^{_SIGNS}]*)")


@reader
def parse(found: Gathered, text: str, reading: Reading) -> None:
    """Read the items of a page; other lines are named, but for empty ones and headings."""
    keys = LineKeys()
    heading = ""
    path: list[tuple[int, str]] = []
    record: TodoRecord | None = None
    notes: list[str] = []
    for number, line in lines_of(text):
        if match := ITEM.match(line):
            _finish(found, record, notes)
            indent = len(match[1].expandtabs(4))
            while path and path[-1][0] >= indent:
                path.pop()
            parent = path[-1][1] if path else ""
            key = keys.key(f"{heading}\t{parent}\t{match[3]}")
            record = _item(found, match, number, key, reading)
            record = replace(record, list_key=heading, parent_key=parent)
            path.append((indent, key))
            notes = []
        elif match := _HEADING.match(line):
            _finish(found, record, notes)
            record, path = None, []
            heading = match[1].strip()
        elif not line.strip():
            notes += [""] if record is not None else []
        elif record is not None and line[:1] in " \t":
            notes.append(line.strip())
        else:
            _finish(found, record, notes)
            record, path = None, []
            found.refuse(number, _("The line is no item of a checklist."), line)
    _finish(found, record, notes)


def _finish(found: Gathered, record: TodoRecord | None, notes: list[str]) -> None:
    if record is not None:
        found.add(replace(record, notes="\n".join(notes).strip()))


def _item(
    found: Gathered, match: re.Match[str], line: int, key: str, reading: Reading
) -> TodoRecord:
    title, marks = match[3] or "", {}
    if first := _SIGN.search(title):
        marks = {one[1]: one[2].strip() for one in _SIGN.finditer(title, first.start())}
        title = title[: first.start()]
        trailing = " ".join(_LABEL.findall(" ".join(marks.values())))
        title += "".join(f" #{name}" for name in trailing.split())
        marks = {sign: _LABEL.sub("", text).strip() for sign, text in marks.items()}
    labels = tuple(_LABEL.findall(title))
    title = " ".join(_LABEL.sub("", title).split()) or title.strip()
    days = {
        sign: _day(found, line, sign, text) for sign, text in marks.items() if sign in "📅🛫⏳✅➕"
    }
    due, start = days.get("📅"), days.get("🛫") or days.get("⏳")
    done = match[2] in "xX-"
    if match[2] == "-" or "❌" in marks:
        found.note(line, _("It was cancelled; here it counts as completed."))
    repeat = None
    if said := marks.get("🔁"):
        words, done_first = said.removesuffix(" when done"), said.endswith(" when done")
        order = reading.day_first
        rule = due and parse_repeat(
            words, now=reading.now, tz=reading.tz, day_first=order, due=Moment(due)
        )
        if rule:
            mode = "completion" if done_first else rule.mode
            repeat = RepeatRecord(rule.rrule, mode, Moment(due))
        else:
            found.note(line, _("The repeat “%(text)s” can’t be read.") % {"text": said[:60]})
    return TodoRecord(
        key=key,
        title=title,
        line=line,
        priority=next((_PRIORITIES[sign] for sign in marks if sign in _PRIORITIES), 0),
        due=Moment(due),
        start=Moment(start),
        labels=labels,
        is_completed=done,
        completed_at=day_start(days.get("✅"), reading.tz) if done else None,
        created_at=day_start(days.get("➕"), reading.tz),
        repeat=repeat,
    )


def _day(found: Gathered, line: int, sign: str, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        found.note(line, _("“%(text)s” can’t be read.") % {"text": f"{sign} {text[:40]}"})
        return None


# -- writing


def write(groups: Groups, tz: ZoneInfo, losses: Losses) -> Iterator[str]:
    """A heading a list, an item a todo; the rest of what a todo has is counted as lost."""
    for number, (todo_list, todos) in enumerate(groups):
        depths: dict[str, int] = {}
        yield ("\n" if number else "") + f"# {todo_list.name}\n\n"
        losses.add_list(todo_list)
        for todo in losses.outside_trash(todo_list, todos):
            depth = depths[todo.parent_key] + 1 if todo.parent_key in depths else 0
            depths[todo.key] = depth
            _count_losses(todo, losses)
            yield _written(todo, "  " * depth, tz)


def _written(todo: TodoRecord, indent: str, tz: ZoneInfo) -> str:
    words = [f"{indent}- [{'x' if todo.is_completed else ' '}] {' '.join(todo.title.split())}"]
    words += ["#" + "_".join(label.split()) for label in todo.labels]
    sign = (
        ""
        if not todo.priority
        else "⏫" if todo.priority < 5 else "🔼" if todo.priority == 5 else "🔽"
    )
    words += [sign] if sign else []
    for mark, day in (
        ("➕", todo.created_at and local_now(todo.created_at, tz).date()),
        ("🛫", todo.start.date),
        ("📅", todo.due.date),
        ("✅", todo.completed_at and local_now(todo.completed_at, tz).date()),
    ):
        words += [f"{mark} {day.isoformat()}"] if day else []
    body = "".join(
        f"{indent}  {line}\n" if line.strip() else "\n" for line in todo.notes.splitlines()
    )
    return " ".join(words) + "\n" + body


def _count_losses(todo: TodoRecord, losses: Losses) -> None:
    losses.add_todo(todo, kept=("notes",))
    if todo.due.time or todo.start.time:
        losses.add(_("Times of day are not in the file."))
    if todo.repeat:
        losses.add(_("Repeats are not in the file."))
    if any(len(label.split()) > 1 for label in todo.labels):
        losses.add(_("Labels of several words are written as one."))
