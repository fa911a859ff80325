"""Rows: all that one shows as one value, and its text. Registered in `django_todos`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template import Context
from django.utils.safestring import SafeString, mark_safe

from django_todos.models.lists import LabelShown
from django_todos.templatetags._remembered import Remembered, engine_of
from django_todos.wording import people, repeats
from django_todos.wording.dates import MomentWords, when_words

if TYPE_CHECKING:
    from django_todos.models import Label, Todo
    from django_todos.viewer import Viewer
    from django_todos.views._rows import Row

TIMES_ALONE = {"today", "upcoming"}
"""Views that say the day above their rows."""
MOVABLE = {"list", "inbox", "todo", "today", "upcoming"}
WITH_LIST = {"today", "upcoming", "assigned", "label", "search"}
WITH_PEOPLE = {"list", "inbox", "todo"}
_NO_WORDS = MomentWords()
# Markdown's signs, where only words are to be read: of a link its text (1), else what marks a line or a word.
# No bracket within a link's, so that ten thousand that are never closed are read once each.
_MARKS = re.compile(
    r"!?\[([^\[\]]*)\]\([^)\s\[]*\)|^[ \t]*(?:(?:#{1,6}|>|[-*+]|\d+[.)]|\[[ xX]\])[ \t]+)+|^[ \t]*(?:```\w*|[-*_]{3,})[ \t]*$"
    r"|`|\*+(?=\S)|(?<=\S)\*+|~~|\b_+|(?<!\w)_+|_+(?!\w)",
    re.MULTILINE,
)


def _labels_of(todo: Todo) -> Iterable[Label]:
    """As ``todo.labels.all()``, which makes a manager first, where they were fetched with the page."""
    fetched = todo.__dict__.get("_prefetched_objects_cache", {}).get("labels")
    return todo.labels.all() if fetched is None else fetched


class RowData(NamedTuple):
    """All that a row shows, and nothing that it doesn't: two rows that are equal look the same."""

    uuid: str
    title: str
    occurrence: int
    is_completed: bool
    can_edit: bool
    current: bool
    """Whether it is open beside the page."""
    movable: bool
    """Whether it has a grip."""
    picking: bool
    """Whether it has a box to select it, in place of the circle."""
    bucket: str
    """``high``, ``medium``, ``low``, or nothing where no priority is shown."""
    labels: tuple[LabelShown, ...]
    subtask_done: int
    subtask_total: int
    has_notes: bool
    repeat: str
    start: str
    due: MomentWords
    list_name: str
    """Where the page shows several lists."""
    list_color: str
    person: str
    """To whom it is assigned, where the page shows that."""
    initials: str
    query: str
    """What was searched for."""
    snippet: str
    children: tuple[SafeString, ...]
    more: int
    """How many more are below it."""


class _RowWriter:
    """Writes the rows of one page. What is the same for all of them is looked up once."""

    def __init__(self, context: Context) -> None:
        self._part = Remembered(engine_of(context), "todo_row")
        self._viewer: Viewer = context["viewer"]
        self._nav = context.get("nav")
        self._view = str(context.get("view") or "")
        self._query = str(context.get("query") or "")
        self._picking = bool(context.get("select"))
        self._due: dict[Any, MomentWords] = {}

    def text(self, row: Row) -> SafeString:
        """The part ``todo_row`` for a row, with the rows below it."""
        return self._part.text({"row": self._data(row)})

    def _data(self, row: Row) -> RowData:
        todo, view, query = row.todo, self._view, self._query
        can_edit, done = todo.can_edit, todo.is_completed
        person = todo.assignee if view in WITH_PEOPLE and todo.assignee_id else None
        with_list = view in WITH_LIST
        return RowData(
            uuid=str(todo.uuid),
            title=todo.title,
            occurrence=todo.occurrence,
            is_completed=done,
            can_edit=can_edit,
            current=row.current,
            movable=can_edit and not self._picking and view in MOVABLE,
            picking=can_edit and self._picking,
            bucket="" if done or not todo.priority else todo.priority_bucket,
            labels=tuple(LabelShown(label.name, label.color) for label in _labels_of(todo)),
            subtask_done=todo.subtask_done,
            subtask_total=todo.subtask_total,
            has_notes=bool(todo.notes) and not query,
            repeat=repeats.stored(todo.rrule, todo.repeat_mode, repeats.short),
            start=start_words(todo, self._viewer).words if todo.start_date else "",
            due=self._due_words(todo) if todo.due_date else _NO_WORDS,
            list_name=str(todo.todo_list) if with_list else "",
            list_color=self._color(todo.todo_list_id) if with_list else "",
            person=people.display_name(person) if person else "",
            initials=people.initials(person) if person else "",
            query=query,
            snippet=todos_snippet(todo.notes, query) if query else "",
            children=tuple(map(self.text, row.children)),
            more=row.more,
        )

    def _due_words(self, todo: Todo) -> MomentWords:
        # A page is for one person at one moment: what is due at the same time is said the same.
        key = (todo.due_date, todo.due_time, todo.due_tz, todo.is_completed)
        if key not in self._due:
            self._due[key] = due_words(todo, self._viewer, self._view)
        return self._due[key]

    def _color(self, todo_list_id: int) -> str:
        return self._nav.colors.get(todo_list_id, "grey") if self._nav else "grey"


def due_words(todo: Todo, viewer: Viewer, view: str) -> MomentWords:
    """When a todo is due, for the viewer; only the time in views that already say the day."""
    done, time_only = todo.is_completed, view in TIMES_ALONE
    return when_words(todo.due, viewer.now, viewer.zone, done=done, time_only=time_only)


def start_words(todo: Todo, viewer: Viewer) -> MomentWords:
    """When a todo starts; empty once it has started (and on a completed one)."""
    now, zone = viewer.now, viewer.zone
    start = todo.start
    if todo.is_completed or not start or start.is_overdue(now, zone):
        return MomentWords()
    if start.time is None and start.is_today(viewer.today, zone):
        return MomentWords()
    return when_words(start, now, zone, weekday=False)


def todos_snippet(text: str, query: str) -> str:
    """The part of long notes around the first word that was searched for, as text; empty when none is in it."""
    text = " ".join(_MARKS.sub(r"\1", str(text)).split())
    found = [text.lower().find(word.lower()) for word in str(query or "").split()]
    starts = [place for place in found if place >= 0]
    if not starts:
        return ""
    start, end = max(0, min(starts) - 30), min(len(text), min(starts) + 70)
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = text.find(" ", end) if text.find(" ", end) > 0 else len(text)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")


def todos_rows(context: Context, rows: Iterable[Row]) -> SafeString:
    """``{% todos_rows rows %}``: the todos of a list of rows."""
    return mark_safe("".join(map(_RowWriter(context).text, rows or ())))  # nosec B308 B703: parts


def todos_row(context: Context, row: Row) -> SafeString:
    """``{% todos_row row %}``: one of them, after something was done to it."""
    return _RowWriter(context).text(row)
