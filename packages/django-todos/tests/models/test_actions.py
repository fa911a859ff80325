"""What undo refuses, what is remembered, and which signals are sent when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from tests.factories import NOW, UTC, Cast, later, make_list, make_todo, make_tree

from django_todos import signals
from django_todos.dates import Moment
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    Completion,
    Label,
    Todo,
    TodoList,
    recording,
)
from django_todos.repeats.occurrences import Repeat


def rename(todo: Todo, cast: Cast, title: str) -> Action | None:
    seen = Todo.objects.get(pk=todo.pk).title
    return todo.edit(by=cast.bob, at=later(), initial={"title": seen}, values={"title": title})


def complete(todo: Todo, cast: Cast) -> Action | None:
    return todo.complete(by=cast.alice, at=later(), zone=UTC)


def relabel(todo: Todo, cast: Cast, *names: str) -> Action | None:
    seen = list(todo.labels.values_list("name", flat=True))
    return todo.edit(
        by=cast.bob, at=later(), initial={"labels": seen}, values={"labels": list(names)}
    )


def move_away(todo: Todo, cast: Cast) -> Action | None:
    trip = TodoList.objects.filter(name="Trip").first() or make_list(cast.alice, "Trip")
    return todo.move(by=cast.alice, at=later(), todo_list=trip)


def purge(todo: Todo, cast: Cast) -> None:
    Todo.objects.get(pk=todo.pk).trash(by=cast.bob, at=later())
    Todo.objects.trashed().purge()


Change = Callable[[Todo, Cast], Any]

# Each: an action, and what somebody does after it, so that it can't be undone any more.
CHANGED: list[tuple[Change, Change]] = [
    (lambda t, c: rename(t, c, "1"), lambda t, c: rename(t, c, "2")),
    (complete, lambda t, c: t.reopen(by=c.bob, at=later())),
    (complete, purge),
    (lambda t, c: relabel(t, c, "a"), lambda t, c: relabel(t, c)),
    (lambda t, c: rename(t, c, "1"), lambda t, c: c.flat.purge()),
    (move_away, lambda t, c: TodoList.objects.get(name="Trip").purge()),
    (
        lambda t, c: t.trash(by=c.bob, at=later()),
        lambda t, c: Todo.objects.get(pk=t.pk).restore(by=c.alice, at=later(2)),
    ),
    (lambda t, c: c.flat.archive(by=c.alice, at=later()), lambda t, c: c.flat.purge()),
    (
        lambda t, c: c.flat.archive(by=c.alice, at=later()),
        lambda t, c: c.flat.unarchive(by=c.alice, at=later()),
    ),
]


@pytest.mark.parametrize("index", range(len(CHANGED)))
def test_what_somebody_changed_since_is_not_undone(cast: Cast, index: int):
    do, meanwhile = CHANGED[index]
    todo = make_todo(cast.flat)
    action = do(todo, cast)
    assert action is not None
    meanwhile(todo, cast)
    before = list(Todo.objects.values()), list(TodoList.objects.values("pk", "archived_at"))
    with pytest.raises(ChangedMeanwhile):
        action.undo(at=later(5))
    after = list(Todo.objects.values()), list(TodoList.objects.values("pk", "archived_at"))
    assert after == before
    assert Action.objects.get(pk=action.pk).undone_at is None


def test_what_was_done_to_users_whose_keys_are_of_another_kind_by_now_is_told_and_not_undone(
    cast: Cast,
):
    todo = make_todo(cast.flat, assignee=cast.bob)
    edited = todo.edit(values={"assignee_id": None}, by=cast.alice, at=later())
    removed = cast.flat.remove_member(cast.bob, by=cast.alice, at=later())
    assert edited is not None and removed is not None
    edited.changes["todos"][str(todo.pk)]["assignee_id"] = ["bob", None]
    removed.changes["members"][0]["user"] = "bob"
    for action in (edited, removed):
        action.save()
        with pytest.raises(ChangedMeanwhile):
            action.undo(at=later(2))
    page = cast.client("alice").get(f"/todos/lists/{cast.flat.uuid}/activity/")
    assert page.content.decode().count("<bdi>somebody<") == 2
    told = cast.client("alice").get("/todos/", {"done": removed.uuid})
    assert "Removed somebody." in told.content.decode()


def test_undone_once_is_undone(cast: Cast):
    todo = make_todo(cast.flat)
    action = complete(todo, cast)
    assert action is not None
    same = Action.objects.get(pk=action.pk)
    assert action.undo(at=later(2)) is True
    assert same.undo(at=later(3)) is False
    assert Action.objects.get(pk=action.pk).undone_at == later(2)


def test_changes_of_other_fields_are_kept_by_undo(cast: Cast):
    todo = make_todo(cast.flat)
    action = complete(todo, cast)
    rename(todo, cast, "Buy oats")
    assert action is not None and action.undo(at=later(2))
    todo.refresh_from_db()
    assert (todo.title, todo.is_completed) == ("Buy oats", False)


def test_undo_where_the_tree_no_longer_has_the_place(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n    c\n")
    action = tree["b"].outdent(by=cast.alice, at=later())
    tree["a"].trash(by=cast.bob, at=later(2))
    assert action is not None
    with pytest.raises(ChangedMeanwhile):
        action.undo(at=later(3))


def test_undoing_an_addition_moves_it_to_the_trash_unless_something_is_below_now(cast: Cast):
    todo = make_todo(cast.flat, by=cast.alice)
    action = Action.objects.get(verb="create")
    below = make_todo(cast.flat, "below", parent=todo)
    with pytest.raises(ChangedMeanwhile):
        action.undo(at=later())
    below.trash(by=cast.bob, at=later())
    assert action.undo(at=later(2))
    assert Todo.objects.trashed().count() == 2


def test_labels_of_a_todo_that_comes_back_are_the_lists_own(cast: Cast):
    todo = make_todo(cast.flat, labels=["shop"])
    action = move_away(todo, cast)
    Label.objects.filter(todo_list=cast.flat).delete()
    assert action is not None and action.undo(at=later(2))
    assert todo.labels.get().todo_list == cast.flat


def test_labels_that_changed_elsewhere_go_back_with_it(cast: Cast):
    todo = make_todo(cast.flat)
    action = move_away(todo, cast)
    TodoList.objects.get(name="Trip").add_member(cast.bob)
    relabel(Todo.objects.get(pk=todo.pk), cast, "new")
    assert action is not None and action.undo(at=later(2))
    assert [(one.name, one.todo_list) for one in todo.labels.all()] == [("new", cast.flat)]


def test_labels_that_others_added_since_stay(cast: Cast):
    todo = make_todo(cast.flat, labels=["mine", "old"])
    action = relabel(todo, cast, "mine", "new")
    relabel(todo, cast, "mine", "new", "theirs")
    assert action is not None and action.undo(at=later(2))
    assert [one.name for one in todo.labels.all()] == ["mine", "old", "theirs"]


def test_a_completion_that_is_gone_or_changed_is_not_revived(cast: Cast):
    todo = make_todo(cast.flat, repeat=Repeat("FREQ=DAILY"), due=Moment(NOW.date()))
    action = complete(todo, cast)
    Completion.objects.update(key=None, undone_at=later())
    assert action is not None
    with pytest.raises(ChangedMeanwhile):
        action.undo(at=later(2))
    Completion.objects.update(key="0", undone_at=None)


@pytest.mark.parametrize("is_copy", [False, True])
def test_what_is_restored_after_its_adding_was_undone_has_its_labels(cast: Cast, is_copy: bool):
    first = make_todo(cast.flat, labels=["shop"])
    with recording(cast.alice, "create", {cast.flat.pk}, at=later()) as rec:
        if is_copy:
            made = first.duplicate(within=rec)
        else:
            made = Todo.add(cast.flat, "x", labels=["shop"], within=rec)
    assert rec.action is not None and rec.action.undo(at=later(2))
    made.restore(by=cast.alice, at=later(3))
    assert [one.name for one in made.labels.all()] == ["shop"]


@pytest.mark.parametrize("is_copy", [False, True])
def test_what_is_new_in_a_recording_can_be_relabelled_and_moved_in_it(cast: Cast, is_copy: bool):
    """Labels that were written before the end of the recording, or past it, are not written once more."""
    first, trip = make_todo(cast.flat, labels=["shop"]), make_list(cast.alice, "Trip")
    how: dict[str, Any] = {"by": cast.alice, "at": later()}
    with recording(cast.alice, "edit", {cast.flat.pk, trip.pk}, at=later()) as rec:
        how["within"] = rec
        todo = (
            first.duplicate(**how) if is_copy else Todo.add(cast.flat, "x", labels=["shop"], **how)
        )
        rec.flush()
        todo.edit(values={"labels": ["shop", "soon"]}, **how)
        assert rec.labels(todo) == ["shop", "soon"]
        todo.move(todo_list=trip, **how)
        todo.edit(values={"labels": ["soon"]}, **how)
    found = todo.labels.values_list("todo_list", "name")
    assert list(found) == [(trip.pk, "soon")]
    assert rec.action is not None and rec.action.undo(at=later(2))
    assert Todo.objects.filter(deleted_at=None).get() == first


def test_within_another_recording_only_its_lists_are_locked(cast: Cast):
    trip, todo = make_list(cast.alice, "Trip"), make_todo(cast.flat)
    with pytest.raises(ChangedMeanwhile):
        with recording(cast.alice, "edit", {trip.pk}, at=NOW) as rec:
            todo.trash(by=cast.alice, at=NOW, within=rec)
    with pytest.raises(ChangedMeanwhile):
        with recording(cast.alice, "edit", {trip.pk}, at=NOW) as rec:
            rec.load([todo])


def test_several_changes_in_one_recording_are_one_action(cast: Cast):
    todos = [make_todo(cast.flat, name) for name in "abc"]
    with recording(cast.alice, "bulk-delete", {cast.flat.pk}, at=later()) as rec:
        for todo in todos:
            rec.reload(todo).trash(by=cast.alice, at=later(), within=rec)
    assert rec.action is not None and rec.action.list_ids == {cast.flat.pk}
    assert str(rec.action) == "bulk-delete" and len(rec.action.todo_ids) == 3
    assert rec.action.undo(at=later(2))
    assert not Todo.objects.trashed().exists()


# -- signals ---------------------------------------------------------------------------------------

SIGNALS: list[tuple[str, Change, list[str]]] = [
    ("complete", complete, ["completed"]),
    ("complete and undo", lambda t, c: complete(t, c).undo(at=later(2)), ["completed", "reopened"]),
    ("reopen", lambda t, c: (complete(t, c), t.reopen(by=c.bob, at=later())), ["completed", "reopened"]),
    ("add", lambda t, c: make_todo(c.flat, by=c.alice), ["created"]),
    ("delete", lambda t, c: t.trash(by=c.alice, at=later()), ["deleted"]),
    ("move", move_away, ["moved"]),
    ("edit", lambda t, c: rename(t, c, "new"), []),
    ("another role", lambda t, c: c.flat.set_role(c.bob, "viewer", by=c.alice, at=later()), []),
    ("add a member", lambda t, c: c.flat.add_member(c.charlie, by=c.alice), ["member_added charlie"]),
    ("leave", lambda t, c: c.flat.leave(by=c.bob, at=later()), ["member_removed bob"]),
    ("remove a member and undo", lambda t, c: c.flat.remove_member(c.rita, by=c.alice).undo(at=later()),
     ["member_removed rita", "member_added rita"]),
]  # fmt: skip


@pytest.fixture
def sent():
    """The names of the signals sent, with what came along."""
    received: list[tuple[str, dict[str, Any]]] = []
    names = (
        "completed", "reopened", "created", "deleted", "moved", "member_added", "member_removed",
    )  # fmt: skip

    def receiver_for(name: str):
        def receive(**kwargs: Any) -> None:
            called = f"{name} {kwargs['member']}" if "member" in kwargs else name
            received.append((called, kwargs))

        return receive

    receivers = {name: receiver_for(name) for name in names}
    for name, receiver in receivers.items():
        getattr(signals, name).connect(receiver)
    yield received
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


@pytest.mark.parametrize("_what, change, expected", SIGNALS)
def test_signals_are_sent_after_the_commit(
    cast: Cast, sent, django_capture_on_commit_callbacks, _what, change: Change, expected
):
    todo = make_todo(cast.flat)
    sent.clear()
    with django_capture_on_commit_callbacks() as callbacks:
        change(todo, cast)
        assert sent == []
    for callback in callbacks:
        callback()
    assert [name for name, _kwargs in sent] == expected
    for _name, kwargs in sent:
        about = kwargs["todo_list" if "member" in kwargs else "todo"]
        assert kwargs["sender"] is type(about) and about.pk
        assert kwargs["user"] in (cast.alice, cast.bob) and isinstance(
            kwargs["action"], Action | None
        )


def test_a_receiver_that_raises_stops_nobody(cast: Cast, django_capture_on_commit_callbacks):
    def receive(**kwargs: Any) -> None:
        raise RuntimeError("mine")

    signals.completed.connect(receive)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            assert complete(make_todo(cast.flat), cast)
    finally:
        signals.completed.disconnect(receive)


def test_what_is_rolled_back_sends_nothing(cast: Cast, sent, django_capture_on_commit_callbacks):
    todo = make_todo(cast.flat)
    with django_capture_on_commit_callbacks(execute=True) as callbacks:
        with pytest.raises(RuntimeError), transaction.atomic():
            complete(todo, cast)
            raise RuntimeError
    assert callbacks == [] and sent == []
