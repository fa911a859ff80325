"""What quick add read from a line, part by part, in words: shown as chips while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from django_todos.models import PRIORITY_CHOICES, Label, color_for, priority_bucket
from django_todos.wording.dates import time_words, when_words
from django_todos.wording.repeats import describe

if TYPE_CHECKING:
    from django_todos.quickadd import ParsedTodo, Part
    from django_todos.viewer import Viewer

ICONS = {"due": "calendar", "time": "clock", "start": "upcoming", "repeat": "repeat"}
SIGNS = {"label": "#", "assignee": "@", "list": "+"}


@dataclass(frozen=True)
class Chip:
    """A part as the page shows it: its sign or icon, its value in words, and the text that it came from."""

    words: str
    about: str
    plain: str
    end: int
    icon: str = ""
    sign: str = ""
    color: str = ""
    bucket: str = ""


def chips(viewer: Viewer, todo: ParsedTodo) -> list[Chip]:
    """A chip for each part that was read."""
    return [_chip(viewer, todo, part) for part in todo.spans if part.kind != "escape"]


def _chip(viewer: Viewer, todo: ParsedTodo, part: Part) -> Chip:
    words, about = _in_words(viewer, todo, part)
    return Chip(
        words=words,
        about=about % {"value": words},
        plain=part.text,
        end=part.end,
        icon="notes" if part.kind == "notes" else ICONS.get(part.kind, ""),
        sign=SIGNS.get(part.kind, ""),
        color=color_for(Label.key_of(part.value)) if part.kind == "label" else "",
        bucket=priority_bucket(part.value) if part.kind == "priority" else "",
    )


def _in_words(viewer: Viewer, todo: ParsedTodo, part: Part) -> tuple[str, str]:
    """The value in words, and what a screen reader says of it."""
    if part.kind in ("due", "start"):
        said = when_words(part.value, viewer.now, viewer.zone, done=True)
        words = " ".join(filter(None, (said.words, said.city))) or _("No date")
        return words, _("Due: %(value)s.") if part.kind == "due" else _("Starts: %(value)s.")
    if part.kind == "time":
        return time_words(part.value), _("Time: %(value)s.")
    if part.kind == "repeat":
        return _repeat_words(viewer, todo, part), _("Repeats: %(value)s.")
    if part.kind == "priority":
        return str(dict(PRIORITY_CHOICES)[priority_bucket(part.value)]), _("Priority: %(value)s.")
    return (
        Truncator(part.value).chars(60),
        {
            "label": _("Label: %(value)s."),
            "assignee": _("Assigned to: %(value)s."),
            "list": _("List: %(value)s."),
            "notes": _("Notes: %(value)s."),
        }[part.kind],
    )


def _repeat_words(viewer: Viewer, todo: ParsedTodo, part: Part) -> str:
    """The rule; and the first date, where no other chip says it."""
    words = describe(part.value.rrule, part.value.mode)
    if any(other.kind == "due" for other in todo.spans):
        return words
    first = when_words(todo.due, viewer.now, viewer.zone, done=True).words
    return _("%(rule)s, first %(date)s") % {"rule": words, "date": first}
