"""How todos and their dates are shown on a page, and in a mail. Presentation only: nothing here asks the database.

Names start with ``todos_`` because a host that loads the library beside its own shares one namespace.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join, linebreaks
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from django_todos import limits
from django_todos.conf import settings
from django_todos.dates import Moment, local_now
from django_todos.models import PRIORITY_CHOICES
from django_todos.templatetags import _frame, _remembered, _rows, _widget
from django_todos.wording import people, repeats
from django_todos.wording.dates import (
    MomentWords,
    city_of,
    date_words,
    long_day,
    span_words,
    time_words,
    when_words,
)

if TYPE_CHECKING:
    from django_todos.models import Todo
    from django_todos.viewer import Viewer

register = template.Library()

register.tag("todos_frame", _frame.todos_frame)
for tag in (
    _frame.todos_head,
    _frame.todos_styles,
    _frame.todos_scripts,
    _frame.todos_htmx,
    _widget.todo_list_for,
    _widget.todos_badge,
    _remembered.todos_part,
    _remembered.todos_hole,
    _rows.todos_row,
    _rows.todos_rows,
):
    register.simple_tag(tag, takes_context=True)


@register.simple_tag
def todos_icon(name: str, css: str = "", small: bool = False, turn: bool = False) -> SafeString:
    """A symbol of the sprite. `turn`: an arrow that points the other way in right-to-left text."""
    classes = "todos-i" + " todos-i-s" * small + " todos-i-turn" * turn + (css and f" {css}")
    svg = '<svg class="{}" aria-hidden="true"><use href="#todos-i-{}"></use></svg>'
    return format_html(svg, classes, name)


@register.simple_tag
def todos_limit(name: str) -> int:
    """One of limits.py, by its name."""
    return int(getattr(limits, name))


@register.filter
def todos_count(number: int) -> int | str:
    """A number of todos: “999+” where they were not counted to the last one, and nothing where none was among those."""
    if not getattr(number, "is_more", False):
        return number
    return f"{number_format(number)}+" if number else ""


@register.simple_tag
def todos_setting(name: str) -> Any:
    """One of the settings, by its name without ``TODOS_``."""
    return getattr(settings, name)


@register.simple_tag(takes_context=True)
def todos_due(context: Context, todo: Todo) -> MomentWords:
    """When a todo is due, for the viewer; only the time on pages that already say the day."""
    return _rows.due_words(todo, _viewer(context), str(context.get("view") or ""))


@register.simple_tag(takes_context=True)
def todos_moment(context: Context, moment: Moment) -> MomentWords:
    """Any moment in words, without urgency (a history line, an import report)."""
    viewer = _viewer(context)
    return when_words(moment, viewer.now, viewer.zone, done=True)


@register.simple_tag(takes_context=True)
def todos_instant(context: Context, instant: datetime | None) -> MomentWords:
    """An aware datetime in the viewer's zone, in the same words as due dates."""
    if instant is None:
        return MomentWords()
    return todos_moment(context, Moment.from_datetime(local_now(instant, _viewer(context).zone)))


@register.simple_tag(takes_context=True)
def todos_clock(context: Context, instant: datetime) -> str:
    """The time of day of an instant, for the viewer."""
    return time_words(instant.astimezone(_viewer(context).zone).time())


@register.simple_tag(takes_context=True)
def todos_list_color(context: Context, todo_list_id: int) -> str:
    """The color that the viewer gave to a list: known from the sidebar, so it costs no query."""
    nav = context.get("nav")
    return nav.colors.get(todo_list_id, "grey") if nav else "grey"


@register.simple_tag(takes_context=True)
def todos_query(context: Context, without: str = "", **changes: Any) -> str:
    """This page's query with some values changed (None or empty: taken out), less last action's message."""
    query = context.request.GET.copy()  # type: ignore[attr-defined]  # a host need not have the context processor
    for name in ("done", "undone", "kept", "after", without):
        query.pop(name, None)
    for name, value in changes.items():
        query.pop(name.rstrip("_"), None)
        if value not in (None, ""):
            query[name.rstrip("_")] = str(value)
    # With its path: the browser's address may be that of a todo opened beside the page.
    return context.request.path + (f"?{query.urlencode()}" if query else "")  # type: ignore[attr-defined]


@register.simple_tag(takes_context=True)
def todos_view(context: Context) -> str:
    """The name of the view that a row stands in: the page's, or what the page's form said when one row is answered."""
    named = context.get("view")
    request = getattr(context, "request", None)
    return str(named or (request.POST.get("view", "") if request is not None else ""))


@register.simple_tag
def todos_widget(field: BoundField, css: str = "todos-input") -> SafeString:
    """A field's widget with our class, tied to its help and its error (as Django itself does from 5.2 on)."""
    attrs: dict[str, str | bool] = {"class": css}
    described = []
    if field.help_text:
        described.append(f"{field.auto_id}_helptext")
    if field.errors:
        described.append(f"{field.auto_id}_error")
        attrs["aria-invalid"] = "true"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    return field.as_widget(attrs=attrs)


@register.simple_tag
def todos_initial(field: BoundField) -> SafeString:
    """The value that the person saw when the form was shown, travelling with the field that they may change."""
    return field.as_hidden(only_initial=True)


@register.filter
def todos_day(day: date) -> str:
    """Monday 23 November"""
    return long_day(day, day)


@register.simple_tag(takes_context=True)
def todos_log_day(context: Context, day: date) -> str:
    """Today, else “Sunday 22 November”; the year only if it is not this one."""
    today = _viewer(context).today
    return _("Today") if day == today else long_day(day, today)


@register.simple_tag(takes_context=True)
def todos_day_short(context: Context, day: date) -> str:
    """“Wed 2 Dec”, also for days near; the year only if it is not this one."""
    return date_words(day, _viewer(context).today)


@register.simple_tag(takes_context=True)
def todos_span(context: Context, first: date, last: date) -> str:
    """23 – 29 November, 30 November – 6 December; a year only if it is not this one."""
    return span_words(first, last, _viewer(context).today)


@register.filter
def todos_priority(bucket: str) -> str:
    """The word for a priority's bucket."""
    return str(dict(PRIORITY_CHOICES).get(bucket, ""))


@register.filter
def todos_repeat(todo: Todo) -> str:
    """A repeating todo's rule in a word or two."""
    return repeats.stored(todo.rrule, todo.repeat_mode, repeats.short)


@register.simple_tag
def todos_done(rows: Iterable[Any]) -> int:
    """How many of the rows are completed."""
    return sum(1 for row in rows if row.todo.is_completed)


@register.filter
def todos_repeat_long(todo: Todo) -> str:
    """The same as a sentence."""
    return repeats.stored(todo.rrule, todo.repeat_mode)


register.filter("todos_time", time_words)
register.filter("todos_city", city_of)
register.filter("todos_person", people.display_name)
register.filter("todos_initials", people.initials)
register.filter("todos_invitation", people.asks)
register.filter("todos_snippet", _rows.todos_snippet)


@register.filter
def todos_marked(text: str, query: str) -> SafeString:
    """The text with what was searched for in it marked."""
    words = "|".join(re.escape(word) for word in str(query or "").split())
    pieces = re.split(f"({words})", text, flags=re.IGNORECASE) if words else [text]
    marked = (
        (format_html("<mark>{}</mark>", one) if n % 2 else one,) for n, one in enumerate(pieces)
    )
    return format_html_join("", "{}", marked)


@register.filter
@lru_cache(maxsize=128)
def todos_markdown(text: str) -> SafeString:
    """Notes as HTML: Markdown with raw HTML off, then cleaned, so that neither alone must be perfect.

    Remembered by the text, which costs up to half a second where somebody means harm.
    """
    if len(text or "") > limits.MAX_MARKDOWN:
        return mark_safe(linebreaks(text, autoescape=True))  # nosec B308 B703: escaped just there
    # Read by whoever has notes to show: most pages, and most processes at first, have none.
    from django_todos.wording.notes import clean_html

    html = clean_html(text or "")
    return mark_safe(html)  # nosec B308 B703: cleaned just there


def _viewer(context: Context) -> Viewer:
    viewer: Viewer = context["viewer"]
    return viewer
