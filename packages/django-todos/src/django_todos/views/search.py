"""Views across lists that gather todos: search, a label, what is assigned to the viewer."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse

from django_todos.forms.filters import FilterForm
from django_todos.limits import MAX_SEARCH
from django_todos.models import Label, Todo
from django_todos.models.querysets import TodoQuerySet
from django_todos.views._page import Request, page, signed_in
from django_todos.views._rows import ORDERS, flat_page
from django_todos.views.days import open_todos


@signed_in("GET")
def search(request: Request) -> HttpResponse:
    """Open todos whose title or notes hold every word; with ``completed=1`` those completed too."""
    viewer = request.todos_viewer
    query = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH]
    todos = Todo.objects.visible_to(viewer.user).alive().search(query)
    if not request.GET.get("completed"):
        todos = todos.open()
    context = {"query": query, "with_completed": bool(request.GET.get("completed"))}
    return _gathered(request, "search", "search", todos, context)


@signed_in("GET")
def label_detail(request: Request, name: str) -> HttpResponse:
    """Open todos that carry a label of this name, whatever list they are in."""
    viewer = request.todos_viewer
    key = Label.key_of(name.replace("\x00", ""))  # PostgreSQL takes none
    label = Label.objects.visible_to(viewer.user).filter(key=key).order_by("pk").first()  # type: ignore[attr-defined]
    if label is None:
        raise Http404
    return _gathered(
        request, "label_detail", "labels", open_todos(viewer).with_label(key), {"label": label}
    )


@signed_in("GET")
def assigned(request: Request) -> HttpResponse:
    """Open todos that are the viewer's to do."""
    viewer = request.todos_viewer
    return _gathered(
        request, "assigned", "assigned", open_todos(viewer).assigned_to(viewer.user), {}
    )


def _gathered(
    request: Request, template: str, current: str, todos: TodoQuerySet, context: dict[str, Any]
) -> HttpResponse:
    viewer = request.todos_viewer
    filters = FilterForm(request.GET)
    found = filters.apply(todos, viewer).with_rights(viewer.user)
    order, cursor = ORDERS[filters.chosen.get("sort", "due")], request.GET.get("after", "")
    context |= {
        "rows": flat_page(found, order, cursor),
        "filters": filters,
        "select": "select" in request.GET,
    }
    return page(request, template, current, context, more="todo_page")
