"""Views across lists that gather todos: search, a label, what is assigned to the viewer."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth import get_user_model
from django.http import Http404, HttpResponse

from django_todos.forms.filters import FilterForm, SearchFilterForm
from django_todos.limits import MAX_SEARCH, MAX_SEARCH_WORDS
from django_todos.models import Label, Todo
from django_todos.models.querysets import TodoQuerySet
from django_todos.viewer import Viewer
from django_todos.views._page import Request, page, signed_in
from django_todos.views._rows import ORDERS, answer_count, flat_page, is_counting, narrowed
from django_todos.views.days import open_todos

_SIGN = re.compile(r"[#@]\w")


@signed_in("GET")
def search(request: Request) -> HttpResponse:
    """Open todos whose title or notes hold every word; with ``completed=1`` those completed too.

    ``#label`` and ``@name`` among the words filter.
    """
    viewer, filters = request.todos_viewer, SearchFilterForm(request.GET)
    query = request.GET.get("q", "").replace("\x00", "").strip()[:MAX_SEARCH]
    todos = _narrowed_by_signs(query, viewer)
    if "completed" not in filters.chosen:
        todos = todos.open()
    plain = " ".join(word for word in query.split() if not _SIGN.match(word))
    context = {"query": query, "plain": plain}
    return _gathered(request, "search", "search", todos, context, filters)


def _narrowed_by_signs(query: str, viewer: Viewer) -> TodoQuerySet:
    """What the words of a search find: those behind a sign are a label's or a person's name."""
    todos = Todo.objects.visible_to(viewer.user).alive()
    plain = []
    for word in list(dict.fromkeys(query.split()))[:MAX_SEARCH_WORDS]:
        if not _SIGN.match(word):
            plain.append(word)
        elif word[0] == "#":
            todos = todos.with_label(Label.key_of(word[1:]))
        elif word[1:].casefold() == "me":
            todos = todos.assigned_to(viewer.user)
        else:
            name = f"assignee__{get_user_model().USERNAME_FIELD}__iexact"
            todos = todos.filter(**{name: word[1:]})
    is_search = plain or not query
    return todos.search(" ".join(plain)) if is_search else todos


@signed_in("GET")
def label_detail(request: Request, name: str) -> HttpResponse:
    """Open todos that carry a label of this name, whatever list they are in."""
    viewer = request.todos_viewer
    key = Label.key_of(name.replace("\x00", ""))  # PostgreSQL takes none
    label = Label.objects.visible_to(viewer.user).filter(key=key).order_by("pk").first()
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
    request: Request,
    template: str,
    current: str,
    todos: TodoQuerySet,
    context: dict[str, Any],
    filters: FilterForm | None = None,
) -> HttpResponse:
    viewer = request.todos_viewer
    filters = filters or FilterForm(request.GET)
    found = filters.apply(todos, viewer)
    if is_counting(request):
        return answer_count(request, found, Label.objects.visible_to(viewer.user))
    order, cursor = ORDERS[filters.chosen.get("sort", "due")], request.GET.get("after", "")
    rows = flat_page(found, order, cursor, viewer.user)
    if filters.filters:
        context |= narrowed(found, rows, todos.count())
    context |= {
        "rows": rows,
        "filters": filters,
        "select": "select" in request.GET,
    }
    return page(request, template, current, context, more="todo_page")
