"""Lines of our own that come back: an export, edited elsewhere and imported, changes what it was made of.

A line with a ``uid:`` of ours is that todo. Without one a line is recognised by its title in its list;
it then changes only what it says. What the line says otherwise is an edit, which the report shows
before it is made; what was completed elsewhere completes. Nothing is reopened or deleted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from django_todos.dates import Moment
from django_todos.exchange.records import TodoRecord, shorten
from django_todos.models import Todo, TodoList, priority_bucket
from django_todos.repeats.occurrences import Repeat
from django_todos.repeats.rule import Mode
from django_todos.wording import repeats

#: Formats without ids, and whether they hold times of day.
LINES = {"todotxt": True, "markdown": False}


@dataclass(frozen=True, slots=True)
class Edit:
    """What a line changes of a todo: values as `Todo.edit` takes them, whether it completes it, in words, and whether
    the line is the whole of it."""

    todo: Todo
    values: dict[str, Any]
    completes: bool = False
    said: tuple[str, ...] = ()
    whole: bool = False

    def __bool__(self) -> bool:
        return bool(self.values) or self.completes


class Matches:
    """The todos of some lists by their titles, each for one line."""

    def __init__(self, todos: Iterable[Todo]) -> None:
        self._waiting: dict[tuple[int, str], list[Todo]] = defaultdict(list)
        for todo in todos:
            self._waiting[todo.todo_list_id, todo.title].append(todo)

    def take(self, todo_list_id: int, record: TodoRecord) -> Todo | None:
        """The todo that the line is: in the same state, if there is one; an open line is never a completed todo."""
        waiting = self._waiting[todo_list_id, record.title]
        fitting = [one for one in waiting if record.is_completed or not one.is_completed]
        if not fitting:
            return None
        best = min(
            fitting,
            key=lambda one: (one.is_completed != record.is_completed, one.due != record.due),
        )
        waiting.remove(best)
        return best


#: Todos without a line that are named.
MAX_NAMED = 10


def absent(todos: Iterable[Todo], homes: Iterable[TodoList]) -> Iterator[str]:
    """Of lists that came back (most of what is open in them has a line): what has none, which stays as it is.

    Without the half of its todos a list did not come back: the file only adds to it.
    """
    there = {todo.pk for todo in todos}
    for home in homes:
        opened = Todo.objects.filter(todo_list=home.pk, is_completed=False, deleted_at=None)
        titles = dict(opened.in_order().values_list("pk", "title"))
        missing = [title for pk, title in titles.items() if pk not in there]
        if missing and len(missing) <= len(titles) / 2:
            text = ngettext(
                "%(count)d open todo of “%(list)s” is not in the file; it stays as it is: %(titles)s",
                "%(count)d open todos of “%(list)s” are not in the file; they stay as they are: %(titles)s",
                len(missing),
            )
            named = [shorten(title, 60) for title in missing[:MAX_NAMED]]
            more = ["…"] if len(missing) > MAX_NAMED else []
            said = {"count": len(missing), "list": home, "titles": ", ".join([*named, *more])}
            yield text % said


def edit_of(
    record: TodoRecord,
    todo: Todo,
    source: str,
    *,
    whole: bool,
    words: Callable[[Moment], str] = Moment.format,
) -> Edit:
    """What the line says otherwise. ``whole``: what it doesn't say any more was taken off, and a title may differ."""
    values: dict[str, Any] = {}
    said: list[str] = []
    for name, label in (("due", _("due")), ("start", _("start"))):
        mine, theirs = getattr(todo, name), getattr(record, name)
        if not LINES[source] and mine.date == theirs.date:
            continue
        if not LINES[source] and mine.time and theirs:
            theirs = Moment(theirs.date, mine.time, mine.tz)
        if mine != theirs and (theirs or whole):
            values[name] = theirs
            said.append(_said(label, words(mine), words(theirs)))
    same = priority_bucket if source == "markdown" else int
    if same(todo.priority) != same(record.priority) and (record.priority or whole):
        values["priority"] = record.priority
        said.append(_said(_("priority"), str(todo.priority or ""), str(record.priority or "")))
    labels = [label.name for label in todo.labels.all()]
    known = {name.casefold() for name in labels}
    wanted = [name for name in record.labels if name.casefold() not in known]
    kept = {name.casefold() for name in record.labels}
    labels_now = [name for name in labels if name.casefold() in kept or not whole] + wanted
    if labels_now != labels:
        values["labels"] = labels_now
        said.append(_said(_("labels"), ", ".join(labels), ", ".join(labels_now)))
    if whole and record.title != todo.title:
        values["title"] = record.title
        said.append(_said(_("title"), todo.title, record.title))
    repeat = record.repeat
    rule = (repeat.rrule, repeat.mode) if repeat else ("", todo.repeat_mode)
    rule_now = (todo.rrule, todo.repeat_mode)
    if rule != rule_now and (repeat or whole):
        values["repeat"] = _repeat(record)
        said.append(
            _said(_("repeat"), *(repeats.stored(*one, repeats.short) for one in (rule_now, rule)))
        )
    completes = record.is_completed and not todo.is_completed
    if completes:
        said.append(_("It is completed."))
    return Edit(todo, values, completes, tuple(said), whole)


def _repeat(record: TodoRecord) -> Repeat | None:
    repeat = record.repeat
    if repeat is None:
        return None
    mode: Mode = "completion" if repeat.mode == "completion" else "due"
    return Repeat(repeat.rrule, mode, repeat.anchor or record.due or record.start)


def _said(name: str, before: str, after: str) -> str:
    words = {"name": name, "before": before or _("none"), "after": after or _("none")}
    return _("%(name)s: %(before)s → %(after)s.") % words
