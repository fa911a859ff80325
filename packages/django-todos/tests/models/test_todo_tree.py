"""Places: order, levels, lists. Every case by the outline that a person sees."""

from __future__ import annotations

from typing import Any

import pytest
from tests.factories import (
    NOW,
    UTC,
    Cast,
    later,
    make_list,
    make_many,
    make_todo,
    make_tree,
    outline,
)

from django_todos.limits import MAX_DEPTH
from django_todos.models import (
    GAP,
    ChangedMeanwhile,
    Completion,
    NotAllowedHere,
    Todo,
    TodoList,
    places,
)

TREE = """
    a
      a1
      a2
        a2x
    b
    c
"""


@pytest.fixture
def todos(flat: TodoList) -> dict[str, Todo]:
    made = make_tree(flat, TREE)
    assert outline(flat) == ["a", "  a1", "  a2", "    a2x", "b", "c"]
    return made


def by(cast: Cast) -> dict:
    return {"by": cast.alice, "at": later()}


# Each: what is done to which todo with which other one, and the outline after it.
MOVES = [
    ("c", {"side": "before"}, None, None, "c a a1 a2 a2x b"),
    ("a", {"side": "after"}, None, None, "b c a a1 a2 a2x"),
    ("c", {"side": "before"}, None, "b", "a a1 a2 a2x c b"),
    ("a", {"side": "after"}, None, "b", "b a a1 a2 a2x c"),
    ("c", {"side": "before"}, "a", None, "a c a1 a2 a2x b"),
    ("c", {"side": "after"}, "a", None, "a a1 a2 a2x c b"),
    ("b", {"side": "before"}, "a", "a2", "a a1 b a2 a2x c"),
    ("a2", {"side": "before"}, None, None, "a2 a2x a a1 b c"),
    ("a2x", {"side": "after"}, "a", "a1", "a a1 a2x a2 b c"),
    ("a", {"side": "after"}, None, "b", "b a a1 a2 a2x c"),
]


@pytest.mark.parametrize("title, how, parent, anchor, after", MOVES)
def test_moves_and_their_undoing(cast: Cast, todos, title, how, parent, anchor, after):
    before = outline(cast.flat)
    places = {"parent": todos.get(parent), "anchor": todos.get(anchor)}
    action = todos[title].move(**by(cast), **how, **places)
    assert [line.strip() for line in outline(cast.flat)] == after.split()
    assert action.undo(at=later(2))
    assert outline(cast.flat) == before


def test_one_row_is_written_a_move(cast: Cast, todos, django_assert_max_num_queries):
    others = Todo.objects.exclude(pk=todos["c"].pk).values_list("pk", "position", "version")
    before = list(others)
    todos["c"].move(**by(cast), side="before", anchor=todos["b"])
    assert list(others) == before


STEPS = [
    ("up", "b", "b a a1 a2 a2x c"),
    ("down", "b", "a a1 a2 a2x c b"),
    ("up", "a2", "a a2 a2x a1 b c"),
    ("indent", "b", "a a1 a2 a2x b c"),
    ("indent", "a2", "a a1 a2 a2x b c"),
    ("outdent", "a2", "a a1 a2 a2x b c"),
    ("outdent", "a2x", "a a1 a2 a2x b c"),
]


@pytest.mark.parametrize("step, title, after", STEPS)
def test_steps(cast: Cast, todos, step, title, after):
    before = todos[title].depth
    if step in ("up", "down"):
        action = todos[title].move_by_one(**by(cast), direction=step)
    else:
        action = getattr(todos[title], step)(**by(cast))
    assert [line.strip() for line in outline(cast.flat)] == after.split()
    assert todos[title].depth == before + {"indent": 1, "outdent": -1}.get(step, 0)
    action.undo(at=later(2))
    assert [line.strip() for line in outline(cast.flat)] == "a a1 a2 a2x b c".split()


@pytest.mark.parametrize(
    "step, title",
    [("up", "a"), ("down", "c"), ("indent", "a"), ("indent", "a1"), ("outdent", "b")],
)
def test_at_the_edge_nothing_happens(cast: Cast, todos, step, title):
    if step in ("up", "down"):
        assert todos[title].move_by_one(**by(cast), direction=step) is None
    else:
        assert getattr(todos[title], step)(**by(cast)) is None


def test_up_and_down_pass_over_what_the_list_does_not_show(cast: Cast, todos):
    todos["b"].complete(by=cast.alice, at=NOW, zone=UTC)
    todos["c"].move_by_one(**by(cast), direction="up")
    assert outline(cast.flat)[0] == "c"
    todos["c"].refresh_from_db()
    todos["a"].refresh_from_db()
    todos["a"].trash(by=cast.alice, at=NOW)
    assert todos["c"].neighbour("down") is None
    assert todos["c"].neighbour("up") is None


@pytest.mark.parametrize("title, parent", [("a", "a"), ("a", "a2x"), ("a", "a1")])
def test_nothing_goes_below_itself(cast: Cast, todos, title, parent):
    with pytest.raises(NotAllowedHere, match="inside itself"):
        todos[title].move(**by(cast), parent=todos[parent])


def test_five_levels_and_no_more_counted_with_what_is_below(cast: Cast, todos):
    deep = todos["a2x"]
    for level in range(deep.depth + 1, MAX_DEPTH + 1):
        deep = make_todo(cast.flat, f"level {level}", parent=deep)
    with pytest.raises(NotAllowedHere, match="too deep"):
        make_todo(cast.flat, "six", parent=deep)
    with pytest.raises(NotAllowedHere, match="too deep"):
        todos["b"].move(**by(cast), parent=deep)
    with pytest.raises(NotAllowedHere, match="too deep"):
        todos["a"].move(**by(cast), parent=todos["b"])


def test_an_open_todo_does_not_go_under_a_completed_one(cast: Cast, todos):
    todos["b"].complete(by=cast.alice, at=NOW, zone=UTC)
    with pytest.raises(NotAllowedHere, match="completed"):
        todos["c"].move(**by(cast), parent=todos["b"])
    todos["c"].complete(by=cast.alice, at=NOW, zone=UTC)
    assert todos["c"].move(**by(cast), parent=todos["b"])


def anchor_elsewhere(cast: Cast, todos) -> dict:
    return {"anchor": todos["a1"]}


def anchor_itself(cast: Cast, todos) -> dict:
    return {"anchor": todos["c"]}


def anchor_in_another_list(cast: Cast, todos) -> dict:
    return {"anchor": make_todo(make_list(cast.alice, "Trip"))}


def parent_in_the_trash(cast: Cast, todos) -> dict:
    todos["b"].trash(by=cast.alice, at=NOW)
    return {"parent": todos["b"]}


def parent_gone(cast: Cast, todos) -> dict:
    todos["b"].trash(by=cast.alice, at=NOW)
    Todo.objects.trashed().purge()
    return {"parent": todos["b"]}


def itself_in_the_trash(cast: Cast, todos) -> dict:
    Todo.objects.get(pk=todos["c"].pk).trash(by=cast.alice, at=NOW)
    return {"side": "before"}


def itself_in_another_list(cast: Cast, todos) -> dict:
    trip = make_list(cast.alice, "Trip")
    Todo.objects.get(pk=todos["c"].pk).move(by=cast.alice, at=NOW, todo_list=trip)
    return {"side": "before"}


def target_list_gone(cast: Cast, todos) -> dict:
    trip = make_list(cast.alice, "Trip")
    TodoList.objects.get(pk=trip.pk).purge()
    return {"todo_list": trip}


@pytest.mark.parametrize(
    "meanwhile",
    [
        anchor_elsewhere, anchor_itself, anchor_in_another_list, parent_in_the_trash, parent_gone,
        itself_in_the_trash, itself_in_another_list, target_list_gone,
    ],
)  # fmt: skip
def test_a_place_that_changed_meanwhile_moves_nothing(cast: Cast, todos, meanwhile):
    place = meanwhile(cast, todos)
    before = outline(cast.flat)
    with pytest.raises(ChangedMeanwhile):
        todos["c"].move(**by(cast), **place)
    assert outline(cast.flat) == before


def test_to_another_list_with_everything_below_labels_by_name_and_members_assignments(cast: Cast):
    todos = make_tree(cast.flat, TREE)
    trip = make_list(cast.alice, "Trip")
    trip.add_member(cast.bob)
    for title, person in [("a", cast.bob), ("a2x", cast.rita)]:
        values = {"assignee_id": person.pk, "labels": ["Shop"]}
        empty = {"assignee_id": None, "labels": []}
        todos[title].edit(by=cast.alice, at=NOW, initial=empty, values=values)
    action = todos["a"].move(**by(cast), todo_list=trip, side="before")
    assert outline(trip) == ["a", "  a1", "  a2", "    a2x"]
    assert outline(cast.flat) == ["b", "c"]
    moved = {todo.title: todo for todo in trip.todos.all()}
    assert (moved["a"].assignee, moved["a2x"].assignee) == (cast.bob, None)
    assert [label.todo_list for label in moved["a2x"].labels.all()] == [trip]
    assert [TodoList.objects.get(pk=pk).open_count for pk in (cast.flat.pk, trip.pk)] == [2, 4]
    assert action.undo(at=later(2))
    assert outline(cast.flat) == ["a", "  a1", "  a2", "    a2x", "b", "c"]
    back = Todo.objects.get(title="a2x")
    assert (back.assignee, back.labels.get().todo_list) == (cast.rita, cast.flat)


def test_what_was_completed_goes_along_to_another_list_and_back(cast: Cast):
    todos, trip = make_tree(cast.flat, TREE), make_list(cast.alice, "Trip")
    todos["a1"].complete(**by(cast))
    assert Completion.objects.get().todo_list == cast.flat
    action = todos["a"].move(**by(cast), todo_list=trip)
    assert Completion.objects.get().todo_list == trip
    assert action.undo(at=later(2))
    assert Completion.objects.get().todo_list == cast.flat


def test_a_gap_that_is_used_up_is_made_again_and_undoing_all_of_it_too(cast: Cast):
    todos = make_tree(cast.flat, "    a\n    b\n    c\n    d\n")
    before = outline(cast.flat)
    order, actions = ["c", "d"], []
    for step in range(70):
        title = order[step % 2]
        fresh = Todo.objects.get(pk=todos[title].pk)
        anchor = Todo.objects.get(pk=todos["b"].pk)
        actions.append(fresh.move(**by(cast), side="before", anchor=anchor))
    positions = list(cast.flat.todos.in_order().values_list("position", flat=True))
    assert len(set(positions)) == 4 and max(positions) < 40 * GAP
    assert outline(cast.flat) == ["a", "c", "d", "b"]
    for action in reversed(actions):
        assert action.undo(at=later(2))
    assert outline(cast.flat) == before


@pytest.mark.parametrize("side", ["before", "after"])
@pytest.mark.parametrize("apart", [0, 1, 2, 3, GAP])
def test_where_there_is_no_room_it_is_made(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, side: Any, apart: int
):
    """In a row that is as narrow for farther than is looked at first, or as wide but for one gap."""
    monkeypatch.setattr(places, "NEAR", 4)
    todos = make_many(cast.flat, 12)
    for place, todo in enumerate(todos):
        todo.position = place * apart - (apart == GAP and place > 5) * (GAP - 1)
    Todo.objects.bulk_update(todos, ["position"])
    before = dict(Todo.objects.values_list("pk", "position"))
    titles = outline(cast.flat)
    action = todos[0].move(**by(cast), side=side, anchor=todos[6 - (side == "after")])
    assert outline(cast.flat) == [*titles[1:6], titles[0], *titles[6:]]
    positions = dict(Todo.objects.values_list("pk", "position"))
    assert len({*positions.values()}) == 12 or apart == 0
    moved = {pk for pk, position in positions.items() if position != before[pk]}
    if apart == GAP:  # no more than what stood too near
        assert moved == {todos[0].pk, todos[6].pk}
    assert action.undo(at=later(2))
    assert dict(Todo.objects.values_list("pk", "position")) == before


def test_equal_positions_are_told_apart(cast: Cast):
    todos = make_tree(cast.flat, "    a\n    b\n    c\n    d\n")
    Todo.objects.update(position=7)
    fresh = {todo.title: todo for todo in Todo.objects.all()}
    assert outline(cast.flat) == ["a", "b", "c", "d"]
    assert fresh["c"].neighbour("up") == fresh["b"]
    assert fresh["b"].neighbour("down") == fresh["c"]
    fresh["d"].move(**by(cast), side="before", anchor=fresh["b"])
    assert outline(cast.flat) == ["a", "d", "b", "c"]
    Todo.objects.get(pk=todos["a"].pk).move(
        **by(cast), side="after", anchor=Todo.objects.get(pk=todos["b"].pk)
    )
    assert outline(cast.flat) == ["d", "b", "a", "c"]


def test_descendants(todos):
    assert [one.title for one in todos["a"].descendants()] == ["a1", "a2", "a2x"]
    assert [one.title for one in todos["a2"].siblings()] == ["a1"]
