"""Views across lists that gather todos: search, a label, what is assigned to the viewer."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from django_todos.filters import FilterForm
from django_todos.models import Label, Todo
from django_todos.models.querysets import TodoQuerySet
from django_todos.views.days import editable_lists, open_todos
from django_todos.views.pages import Viewer, is_htmx, page, partial
from django_todos.views.rows import ORDERS, flat_page

LONGEST = 200
"""Characters of a search that are looked at."""


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """Open todos whose title or notes hold every word; with ``completed=1`` those completed too."""
    viewer = Viewer.of(request)
    query = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    todos = Todo.objects.visible_to(viewer.user).alive().search(query)
    if not request.GET.get("completed"):
        todos = todos.open()
    context = {"query": query, "with_completed": bool(request.GET.get("completed"))}
    return _gathered(request, "search", "search", todos, context)


@require_safe
@login_required
def label_detail(request: HttpRequest, name: str) -> HttpResponse:
    """Open todos that carry a label of this name, whatever list they are in."""
    viewer = Viewer.of(request)
    key = Label.key_of(name.replace("\x00", ""))  # PostgreSQL takes none
    label = Label.objects.visible_to(viewer.user).filter(key=key).order_by("pk").first()  # type: ignore[attr-defined]
    if label is None:
        raise Http404
    return _gathered(
        request, "label_detail", "labels", open_todos(viewer).with_label(key), {"label": label}
    )


@require_safe
@login_required
def assigned(request: HttpRequest) -> HttpResponse:
    """Open todos that are the viewer's to do."""
    viewer = Viewer.of(request)
    return _gathered(
        request, "assigned", "assigned", open_todos(viewer).assigned_to(viewer.user), {}
    )


def _gathered(
    request: HttpRequest, template: str, current: str, todos: TodoQuerySet, context: dict[str, Any]
) -> HttpResponse:
    viewer = Viewer.of(request)
    filters = FilterForm(request.GET)
    order = ORDERS[filters.chosen.get("sort", "due")]
    rows = flat_page(
        filters.apply(todos, viewer),
        order,
        request.GET.get("after", ""),
        editable=editable_lists(viewer),
    )
    context |= {"rows": rows, "filters": filters, "select": "select" in request.GET}
    if is_htmx(request) and "after" in request.GET:
        return partial(request, "todo_page", context)
    return page(request, template, current, context)
