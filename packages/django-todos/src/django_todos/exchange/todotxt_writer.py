"""Writes todo.txt; the reader beside it says what each word means.

Standard words where there are some, keys of our own where the format has none, so that what we
write reads back the same. What no line can hold (notes, history, ...) is counted as a loss.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment, local_now
from django_todos.exchange.records import ListRecord, Losses, TodoRecord
from django_todos.exchange.todotxt import NAME, _kind, escape, project_word, repeat_of

Groups = Iterable[tuple[ListRecord, Iterable[TodoRecord]]]


def write(groups: Groups, *, tz: ZoneInfo, losses: Losses) -> Iterator[str]:
    """Lines of a todo.txt file, list by list, parents before their subtasks."""
    numbers: dict[str, int] = {}
    for todo_list, todos in groups:
        todos = list(todos)
        kept = [todo for todo in todos if not todo.deleted_at and not todo_list.deleted_at]
        _count_list_losses(todo_list, losses)
        losses.add(_("Todos in the trash are not in the file."), len(todos) - len(kept))
        for todo in kept:
            if todo.parent_key and todo.parent_key not in numbers:
                numbers[todo.parent_key] = len(numbers) + 1
        for todo in kept:
            _count_losses(todo, losses, tz)
            yield _line(todo, todo_list, numbers, tz) + "\n"


def _line(todo: TodoRecord, todo_list: ListRecord, numbers: dict[str, int], tz: ZoneInfo) -> str:
    words = [*_head(todo, tz), escape(" ".join(todo.title.split("\t"))), *_dates(todo)]
    if not todo_list.is_inbox and todo_list.name:
        words += _list_words(todo_list.name)
    words += [_label_word(label) for label in todo.labels]
    if todo.key in numbers:
        words.append(f"id:{numbers[todo.key]}")
    if todo.parent_key in numbers:
        words.append(f"p:{numbers[todo.parent_key]}")
    if hidden := _kept(todo).get("h"):
        words.append(f"h:{hidden}")
    return " ".join(words)


def _head(todo: TodoRecord, tz: ZoneInfo) -> list[str]:
    letter = priority_letter(todo)
    created = [_day(todo.created_at, tz)] if todo.created_at else []
    if not todo.is_completed:
        return ([f"({letter})"] if letter else []) + created
    completed = [_day(todo.completed_at, tz)] if todo.completed_at else []
    # The format knows no creation date without one of completion.
    head = ["x", *completed, *(created if completed else [])]
    return head + ([f"({letter})"] if letter else [])


def priority_letter(todo: TodoRecord) -> str:
    """A–I for 1–9; a letter beyond that which was read once comes back."""
    letter = _kept(todo).get("priority", "")
    if (
        todo.priority == 9
        and isinstance(letter, str)
        and len(letter) == 1
        and "J" <= letter <= "Z"
    ):
        return letter
    return "ABCDEFGHI"[todo.priority - 1] if todo.priority else ""


def _kept(todo: TodoRecord) -> dict[str, Any]:
    kept = todo.extra.get(NAME)
    return kept if isinstance(kept, dict) else {}


def _day(moment: dt.datetime, tz: ZoneInfo) -> str:
    return local_now(moment, tz).date().isoformat()


def _dates(todo: TodoRecord) -> list[str]:
    words = [*_moment_words("due", "due", todo.due), *_moment_words("t", "t", todo.start)]
    repeat = todo.repeat
    if repeat is None:
        rec = _kept(todo).get("rec")
        return [*words, f"rec:{rec}"] if rec else words
    usual = todo.due or todo.start
    for rec in _recs(repeat.rrule, "+" if repeat.mode == "due" else ""):
        if repeat.anchor == usual and repeat_of(rec, usual) == repeat:
            return [*words, f"rec:{rec}"]
    words += [f"rrule:{repeat.rrule}", f"rmode:{repeat.mode}"]
    if repeat.anchor != usual:
        words += _moment_words("anchor", "anchor", repeat.anchor)
    return words


def _recs(rrule: str, plus: str) -> list[str]:
    """Candidates for ``rec:``; whichever reads back as the very rule is used."""
    parts = dict(part.partition("=")[::2] for part in rrule.split(";"))
    unit = {"DAILY": "d", "WEEKLY": "w", "MONTHLY": "m", "YEARLY": "y"}.get(parts.get("FREQ", ""))
    return [f"{plus}{parts.get('INTERVAL', '1')}{unit}", f"{plus}1b"] if unit else []


def _moment_words(key: str, prefix: str, moment: Moment) -> list[str]:
    if moment.date is None:
        return []
    words = [f"{key}:{moment.date.isoformat()}"]
    if moment.time is not None:
        seconds = "seconds" if moment.time.second else "minutes"
        words.append(f"{prefix}_time:{moment.time.isoformat(seconds)}")
    if moment.tz:
        words.append(f"{prefix}_tz:{moment.tz}")
    return words


def _list_words(name: str) -> list[str]:
    word = f"+{project_word(name)}"
    projects = [word] if _kind(word, False) == "project" else []
    return projects if projects and word[1:] == name else [*projects, f"list:{quote(name)}"]


def _label_word(name: str) -> str:
    word = f"@{name}"
    if _kind(word, False) == "context" and not any(map(str.isspace, name)):
        return word
    return f"label:{quote(name)}"


def _count_list_losses(todo_list: ListRecord, losses: Losses) -> None:
    if todo_list.description:
        losses.add(_("The description of a list is not in the file."))
    if todo_list.archived_at:
        losses.add(_("That a list is archived is not in the file."))
    if todo_list.color or todo_list.labels:
        losses.add(_("The colours of lists and labels are not in the file."))


def _count_losses(todo: TodoRecord, losses: Losses, tz: ZoneInfo) -> None:
    stamps = [stamp for stamp in (todo.created_at, todo.completed_at) if stamp]
    if any(local_now(stamp, tz).time() != dt.time() for stamp in stamps):
        losses.add(_("Creation and completion keep their day, not their time."))
    if todo.notes:
        losses.add(_("Notes are not in the file."))
    if todo.reminders:
        losses.add(_("Reminders are not in the file."))
    if todo.assignee:
        losses.add(_("To whom a todo is assigned is not in the file."))
    if todo.completions:
        losses.add(_("The history of completions is not in the file."))
    if todo.extra.keys() - {NAME}:
        losses.add(_("What another format had said is not in the file."))
