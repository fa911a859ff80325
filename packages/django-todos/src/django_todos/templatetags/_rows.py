"""Rows: all that one shows as one value, and its text. Registered in `django_todos`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.template import Context
from django.utils.safestring import SafeString

from django_todos.templatetags._remembered import engine_of, remembered
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


class RowLabel(NamedTuple):
    """A label as a row shows it."""

    name: str
    color: str


def _labels_of(todo: Todo) -> Iterable[Label]:
    """As ``todo.labels.all()``, which makes a manager first, where they were fetched with the page."""
    fetched = todo.__dict__.get("_prefetched_objects_cache", {}).get("labels")
    return todo.labels.all() if fetched is None else fetched


@dataclass(frozen=True, slots=True)
class RowData:
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
    labels: tuple[RowLabel, ...]
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

    @classmethod
    def of(cls, row: Row, context: Context) -> RowData:
        """What a row shows on this page."""
        from django_todos.templatetags.django_todos import todos_snippet

        todo, viewer, nav = row.todo, context["viewer"], context.get("nav")
        view, query = str(context.get("view") or ""), str(context.get("query") or "")
        can_edit, done = todo.can_edit, todo.is_completed
        picking = bool(context.get("select"))
        with_list = view in WITH_LIST
        person = todo.assignee if view in WITH_PEOPLE and todo.assignee_id else None
        return cls(
            uuid=str(todo.uuid),
            title=todo.title,
            occurrence=todo.occurrence,
            is_completed=done,
            can_edit=can_edit,
            current=row.current,
            movable=can_edit and not picking and view in MOVABLE,
            picking=can_edit and picking,
            bucket="" if done or not todo.priority else todo.priority_bucket,
            labels=tuple(RowLabel(label.name, label.color) for label in _labels_of(todo)),
            subtask_done=todo.subtask_done,
            subtask_total=todo.subtask_total,
            has_notes=bool(todo.notes) and not query,
            repeat=repeats.stored(todo, repeats.short) if todo.rrule else "",
            start=start_words(todo, viewer).words if todo.start_date else "",
            due=due_words(todo, viewer, view) if todo.due_date else MomentWords(),
            list_name=str(todo.todo_list) if with_list else "",
            list_color=(
                (nav.colors.get(todo.todo_list_id, "grey") if nav else "grey") if with_list else ""
            ),
            person=people.display_name(person),
            initials=people.initials(person),
            query=query,
            snippet=todos_snippet(todo.notes, query) if query else "",
            children=tuple(text_of(child, context) for child in row.children),
            more=row.more,
        )


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


def text_of(row: Row, context: Context) -> SafeString:
    """The part ``todo_row`` for a row, with the rows below it."""
    engine = engine_of(context)
    return remembered(engine, "todo_row", {"row": RowData.of(row, context)})


def todos_row(context: Context, row: Any) -> SafeString:
    """``{% todos_row row %}``: a todo of a list of rows."""
    return text_of(row, context)
