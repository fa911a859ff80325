"""Views across lists that gather todos: search, a label, what is assigned to the viewer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from itertools import chain
from typing import Any, Literal

from django.contrib.auth import get_user_model
from django.http import Http404, HttpResponse

from django_todos import limits
from django_todos.forms.filters import FilterForm, SearchFilterForm
from django_todos.models import Label, Todo, TodoList, searching
from django_todos.models.compiled import Compiled
from django_todos.models.label_uses import most_used
from django_todos.models.orders import ORDERS, Order
from django_todos.models.querysets import TodoListQuerySet, TodoQuerySet, any_member, object_types
from django_todos.viewer import Viewer
from django_todos.views._kept import kept
from django_todos.views._page import Request, page, signed_in
from django_todos.views._rows import Rows, answer_count, count_of, flat_page, is_counting, narrowed

_SIGN = re.compile(r"[#@]\w")
Which = Literal["alive", "active"]
"""Lists that are not in the trash; nor archived."""


@signed_in("GET")
@kept()
def search(request: Request) -> HttpResponse:
    """Open todos whose title or notes hold every word; with ``completed=1`` those completed too.

    ``#label`` and ``@name`` among the words filter.
    """
    viewer, filters = request.todos_viewer, SearchFilterForm(request.GET)
    query = request.GET.get("q", "").replace("\x00", "").strip()[: limits.MAX_SEARCH]
    here = Gathering(viewer, "alive", is_open="completed" not in filters.chosen)
    words = list(dict.fromkeys(query.split()))[: limits.MAX_SEARCH_WORDS]
    todos = Todo.objects.none()
    if query:
        todos = _narrowed_by_signs(request, here, filter(_SIGN.match, words))
    if text := " ".join(word for word in words if not _SIGN.match(word)):
        todos = here.searched(todos, text)
    plain = " ".join(word for word in query.split() if not _SIGN.match(word))
    context = {"query": query, "plain": plain}
    return here.answer(request, "search", "search", todos, context, filters)


def _narrowed_by_signs(request: Request, here: Gathering, signs: Iterable[str]) -> TodoQuerySet:
    """What words behind a sign find: they are a label's or a person's name."""
    todos = here.todos
    for word in signs:
        if word[0] == "#":
            todos = todos.with_label(Label.key_of(word[1:]), here.known)
        elif word[1:].casefold() == "me":
            todos = todos.assigned_to(here.viewer.user)
        else:
            request.todos_kept = False  # anybody may be called so a moment later
            name = f"assignee__{get_user_model().USERNAME_FIELD}__iexact"
            todos = todos.filter(**{name: word[1:]})
    return todos


@signed_in("GET")
@kept()
def label_detail(request: Request, name: str) -> HttpResponse:
    """Open todos that carry a label of this name, whatever list they are in."""
    viewer = request.todos_viewer
    key = Label.key_of(name.replace("\x00", ""))  # PostgreSQL takes none
    label = Label.objects.visible_to(viewer.user).filter(key=key).order_by("pk").first()
    if label is None:
        raise Http404
    here = Gathering(viewer, "active")
    todos = here.todos.with_label(key, here.known)
    return here.answer(request, "label_detail", "labels", todos, {"label": label})


@signed_in("GET")
@kept()
def assigned(request: Request) -> HttpResponse:
    """Open todos that are the viewer's to do."""
    here = Gathering(request.todos_viewer, "active")
    todos = here.todos.assigned_to(here.viewer.user)
    return here.answer(request, "assigned", "assigned", todos, {})


def _first_lists(user: Any, which: Which, count: int) -> TodoListQuerySet:
    lists = TodoList.objects.with_rights(user)
    return (lists.alive() if which == "alive" else lists.active())[: count + 1]


@Compiled
def _anybodys_lists(which: Which, count: int) -> TodoListQuerySet:
    with any_member() as anybody:
        return _first_lists(anybody, which, count)


class Gathering:
    """The lists that a page gathers todos from: read once, and then named one by one, where there are not too many.

    So the database knows how large each of them is, and needs no join.
    """

    def __init__(self, viewer: Viewer, which: Which, *, is_open: bool = True) -> None:
        self.viewer = viewer
        self.which: Which = which
        self.is_open = is_open

    @cached_property
    def known(self) -> dict[int, TodoList]:
        """They by primary key, with the viewer's rights; none where they are too many."""
        if object_types():
            lists = _first_lists(self.viewer.user, self.which, limits.MANY_LISTS)
        else:
            lists = _anybodys_lists({"user": self.viewer.user.pk}, self.which, limits.MANY_LISTS)
        known = list(lists)
        return {one.pk: one for one in known if len(known) <= limits.MANY_LISTS}

    @property
    def todos(self) -> TodoQuerySet:
        """What is not in the trash, and open unless completed todos are wanted, too, in whatever lists."""
        todos = Todo.objects.filter(deleted_at=None)
        return todos.open() if self.is_open else todos

    def parts(self, todos: TodoQuerySet) -> list[TodoQuerySet]:
        """Those in these lists: of each large list by itself, whose orders have indexes, and of all others together."""
        if not self.known:
            lists = TodoList.objects.visible_to(self.viewer.user)
            return [todos.in_lists(lists.alive() if self.which == "alive" else lists.active())]
        large = [pk for pk, one in self.known.items() if one.open_count > limits.NEAR]
        others = todos.filter(todo_list__in=self.known.keys() - {*large})
        return [*(todos.filter(todo_list=pk) for pk in large), others]

    @cached_property
    def is_large(self) -> bool:
        """Whether there is more in them than the database should look through, and it has something better to do."""
        is_much = (
            sum(one.open_count for one in self.known.values()) > limits.NEAR or not self.is_open
        )
        return is_much and searching.is_indexed(Todo.objects.all())

    def searched(self, todos: TodoQuerySet, text: str) -> TodoQuerySet:
        """Those that hold every word of a text."""
        if not self.known:
            return todos.search(text)
        rare: list[str] = []
        if self.is_large:  # what is open can be read in its order until there is a page
            rare = searching.rare_of(Todo.objects.all(), text, 0 if self.is_open else 1)
        return todos.search(text, self.known, rare)

    def answer(
        self,
        request: Request,
        template: str,
        current: str,
        todos: TodoQuerySet,
        context: dict[str, Any],
        filters: FilterForm | None = None,
    ) -> HttpResponse:
        """The page with these todos of its lists, as far as the filters of the address leave them."""
        filters = filters or FilterForm(request.GET)
        found = filters.apply(todos, self.viewer, self.known)
        order, cursor = ORDERS[filters.chosen.get("sort", "due")], request.GET.get("after", "")
        if is_counting(request):
            lists = TodoList.objects.visible_to(self.viewer.user)
            each = limits.NEAR // max(1, len(self.known)) + 1
            labels = most_used(lists, limits.SUGGESTIONS, each)
            return answer_count(request, self.parts(found), labels)
        rows = self._rows(found, order, cursor)
        if filters.filters:
            total = count_of(self.parts(todos))
            context |= narrowed(self.parts(found), rows, order, cursor, total)
        context |= {
            "rows": rows,
            "filters": filters,
            "select": "select" in request.GET,
        }
        return page(request, template, current, context, more="todo_page")

    def _rows(self, found: TodoQuerySet, order: Order, cursor: str) -> Rows:
        if found.query.is_empty():
            return Rows([])
        parts = self.parts(found)
        if len(parts) > 1:
            first = (order.of(one, cursor).values_list("pk", flat=True) for one in parts)
            keys = chain.from_iterable(some[: limits.PAGE + 1] for some in first)
            parts = [Todo.objects.filter(pk__in=list(keys))]
        rows = flat_page(parts[0], order, cursor, None if self.known else self.viewer.user)
        for row in rows if self.known else ():
            row.todo.todo_list = self.known[row.todo.todo_list_id]
        return rows
