"""What quick add reads, shown while it is typed; and the reading taken back after it was saved."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from django_todos.access import get_action
from django_todos.forms.todos import QuickAddForm
from django_todos.limits import MAX_KEPT
from django_todos.models import ChangedMeanwhile, Label, color_for, priority_bucket
from django_todos.quickadd import ParsedTodo, Part
from django_todos.templatetags.django_todos import todos_priority
from django_todos.viewer import Viewer
from django_todos.views import adding
from django_todos.views._page import Request, back, part, signed_in
from django_todos.wording.dates import time_words, when_words
from django_todos.wording.repeats import describe

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


@signed_in("POST")
def todo_preview(request: Request) -> HttpResponse:
    """The chips of what stands in quick add. Nothing is written."""
    viewer = request.todos_viewer
    form = QuickAddForm(request.POST)
    context: dict[str, Any] = {"chips": [], "kept": []}
    todo_list, parent = adding.target(viewer, form)
    if form.is_valid():
        plain = _still_there(request.POST.getlist("plain"), form.cleaned_data["text"])
        lines = adding.Reader(viewer, todo_list, parent).lines(form.cleaned_data["text"], plain)
        context["kept"] = plain
        if len(lines) == 1:
            context["chips"] = chips(viewer, lines[0].read)
    return part(request, "quick_add_chips", context)


def _still_there(plain: Iterable[str], text: str) -> list[str]:
    """The phrases turned back that the text still has; each once."""
    words = " ".join(text.split()).casefold()
    kept = {" ".join(phrase.split()): None for phrase in plain if phrase.strip()}
    return [phrase for phrase in list(kept)[:MAX_KEPT] if phrase.casefold() in words]


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
        return todos_priority(priority_bucket(part.value)), _("Priority: %(value)s.")
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


@signed_in("POST")
def action_plain(request: Request, uuid: UUID) -> HttpResponse:
    """Keep what was typed as text: the todo stays, without what was read from it."""
    viewer = request.todos_viewer
    action = get_action(viewer.user, uuid)
    try:
        done, todo = adding.keep_as_text(viewer, action)
    except ChangedMeanwhile:
        return back(request, reverse("django_todos:today"), kept="changed")
    fallback = todo.todo_list.get_absolute_url()
    return back(request, fallback, anchor=todo.uuid, done=done and done.uuid)
