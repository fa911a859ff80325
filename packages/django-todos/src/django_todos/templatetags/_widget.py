"""Lists and counts on pages of the host. Registered in `django_todos`."""

from __future__ import annotations

from typing import Any

from django.conf import settings as project
from django.db.models import Model
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from django_todos.api import open_counts
from django_todos.models.querysets import object_types_remembered
from django_todos.templatetags._remembered import engine_of
from django_todos.views.embed import part_about, viewer_of
from django_todos.wording.dates import written


def todo_list_for(
    context: Context, obj: Model, title: str = "", readonly: bool = False
) -> SafeString:
    """The list about an object of the host, to be read, added to and ticked; nothing for who may not see it.

    The list is made with its first todo: reading writes nothing.
    """
    request = context.request  # type: ignore[attr-defined]  # of every page that a view renders with its request
    with object_types_remembered():
        shown = part_about(request, obj, title)
        if shown is None:
            return _nothing(request.user)
        engine = engine_of(context)
        with written(viewer_of(request).style), context.push(**shown, readonly=readonly):
            part = engine.get_template("django_todos/parts/todo_list.html").render(context)
        if hasattr(request, "_todos_icons"):
            return part
        request._todos_icons = True
        icons = engine.get_template("django_todos/parts/icons.html").render(context)
        return format_html("{}{}", icons, part)


def _nothing(user: Any) -> SafeString:
    """Nothing; to a superuser who tries it out, and would look for the fault in vain, why."""
    is_tried = project.DEBUG and not hasattr(project, "TODOS_OBJECT_ACCESS")
    if not (is_tried and getattr(user, "is_superuser", False)):
        return SafeString("")
    why = "DEBUG: superusers see no lists about objects. Sign in as another user, or set TODOS_OBJECT_ACCESS."
    return format_html('<p class="todos todos-widget">{}</p>', why)


def todos_badge(context: Context, user: Any) -> SafeString:
    """How many todos are open, the overdue ones marked; nothing where there is none."""
    counts = open_counts(user)
    if not counts.open:
        return SafeString("")
    words = ngettext("%(n)s open todo", "%(n)s open todos", counts.open) % {"n": counts.open}
    if counts.overdue:
        late = ngettext("%(n)s overdue", "%(n)s overdue", counts.overdue) % {"n": counts.overdue}
        words = f"{words}, {late}"
    css = "todos-badge todos-badge-late" if counts.overdue else "todos-badge"
    html = '<span class="{}" role="img" aria-label="{}" title="{}">{}</span>'
    return format_html(html, css, words, words, counts.open)
