"""Queries that are compiled once: other values each time, the ORM's own rows, and nothing that outlives its thread."""

from __future__ import annotations

import gc
import weakref
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connections
from django.db.models import BigAutoField, QuerySet
from tests.factories import Cast, make_list

from django_todos.models import Membership, TodoList
from django_todos.models.compiled import AnyUser, Compiled, Slot


def _mine(*columns: str) -> QuerySet[Any]:
    found = Membership.objects.filter(user=AnyUser().pk).select_related("todo_list", "user")
    return found.order_by("pk").values_list(*columns) if columns else found.order_by("pk")


def test_values_are_filled_in_and_rows_are_the_orms_own(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    make_list(cast.bob, "Bob's")
    mine: Compiled[QuerySet[Any]] = Compiled(_mine)
    for user in (cast.alice, cast.bob, cast.alice):
        with django_assert_num_queries(1):
            shown = [(one.todo_list.name, one.user) for one in mine({"user": user.pk})]
        usual = Membership.objects.filter(user=user).order_by("pk")
        assert shown == [(one.todo_list.name, user) for one in usual]
        names = mine({"user": user.pk}, "todo_list__uuid")
        assert [one for (one,) in names] == [one.todo_list.uuid for one in usual]


def test_it_is_compiled_once(cast: Cast) -> None:
    calls = []

    def build() -> QuerySet[TodoList]:
        calls.append(1)
        return TodoList.objects.filter(pk=Slot("pk", BigAutoField()))

    found: Compiled[QuerySet[TodoList]] = Compiled(build)
    for _ in range(3):
        assert list(found({"pk": cast.flat.pk})) == [cast.flat]
    assert list(found({"pk": 0})) == [] and len(calls) == 1
    with pytest.raises(KeyError):
        found({})


@pytest.mark.django_db
def test_a_connection_is_let_go() -> None:
    """A connection belongs to a thread: where each request has its own, they must not pile up."""
    other = connections["default"].__class__(connections["default"].settings_dict, alias="other")
    lists: Compiled[QuerySet[TodoList]] = Compiled(TodoList.objects.all)
    with patch.object(type(connections), "__getitem__", return_value=other):
        lists({})
    gone = weakref.ref(other)
    del other
    gc.collect()
    assert gone() is None
