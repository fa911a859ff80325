"""Which labels there are to choose from: those first that are used most."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Max, Min, Value

from django_todos.models.counting import Counted
from django_todos.models.lists import Label
from django_todos.models.orders import ORDERS
from django_todos.models.querysets import TodoListQuerySet
from django_todos.models.searching import is_indexed
from django_todos.models.todos import Todo


class UsedLabel(NamedTuple):
    """A label of one list or of several, with how many open todos carry it."""

    name: str
    color: str
    uses: Counted


def most_used(lists: TodoListQuerySet, count: int, each: int) -> list[UsedLabel]:
    """Labels of these lists. Of a list with more than `each` open todos so many are looked at, those due first."""
    todos = Todo.objects.filter(deleted_at=None).open()
    first = ORDERS["due"].keys_in(lists, todos, each)
    used = Todo.labels.through._default_manager.filter(todo__in=first).values("label__key")
    found = list(
        used.annotate(n=Count("*"), most=Max("label__todo_list__open_count"))
        .order_by("-n", "label__key")
        .values_list("label__key", Min("label__name"), Min("label__color"), "n", "most")[:count]
    )
    if len(found) < count:
        others = Label.objects.in_lists(lists).exclude(key__in=[key for key, *_ in found])
        found += (
            others.values("key")
            .annotate(n=Value(0), most=Max("todo_list__open_count"))
            .order_by("key")
            .values_list("key", Min("name"), Min("color"), "n", "most")[: count - len(found)]
        )
    is_short = is_indexed(todos)  # elsewhere all are looked at
    return [
        UsedLabel(name, color, Counted(uses).or_more(is_short and most > each))
        for _key, name, color, uses, most in found
    ]
