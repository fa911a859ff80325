"""The factories that hosts may use."""

from __future__ import annotations

import pytest
from tests.factories import outline

from django_todos.models import Todo, TodoList, invariants
from django_todos.testing import make_cast, make_list, make_todo, make_tree, make_user

pytestmark = pytest.mark.django_db


def test_the_cast_may_what_its_names_say() -> None:
    cast = make_cast()
    sees = {
        name: TodoList.objects.visible_to(getattr(cast, name)).filter(pk=cast.flat.pk).exists()
        for name in ("alice", "bob", "rita", "charlie")
    }
    assert sees == {"alice": True, "bob": True, "rita": True, "charlie": False}
    assert TodoList.objects.editable_by(cast.bob).get() == cast.flat
    assert not TodoList.objects.editable_by(cast.rita).exists()
    assert TodoList.objects.owned_by(cast.alice).get() == cast.flat
    assert cast.client("bob").get(cast.flat.get_absolute_url()).status_code == 200
    assert cast.client("anonymous").get(cast.flat.get_absolute_url()).status_code == 302


def test_lines_make_a_tree() -> None:
    flat = make_list(make_user("dora"), "Garden", color="green")
    todos = make_tree(
        flat,
        """
        Dig
          Fetch the spade
            Find the key
        Plant
        """,
    )
    assert outline(flat) == ["Dig", "  Fetch the spade", "    Find the key", "Plant"]
    assert todos["Find the key"].parent == todos["Fetch the spade"]
    assert make_todo(flat, labels=["shop"]) == Todo.objects.get(title="Buy milk")
    assert invariants(flat) == []
