"""Lists, members, labels, inboxes."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories import NOW, Cast, later, make_labels, make_list, make_todo, make_user

from django_todos.models import (
    GAP,
    Action,
    Conflict,
    Label,
    Membership,
    Role,
    TodoList,
    invariants,
)


def names_of(user) -> list[str]:
    """The user's lists in the user's own order."""
    mine = Membership.objects.filter(user=user).order_by("position", "pk")
    return [one.todo_list.name for one in mine]


def test_a_new_list_is_its_makers_and_the_last_in_their_order(cast: Cast):
    trip = make_list(cast.alice, "Trip", color="teal")
    membership = trip.memberships.get()
    assert (membership.user, membership.role, membership.color) == (cast.alice, "owner", "teal")
    assert names_of(cast.alice) == ["Flat", "Trip"]
    assert trip.get_absolute_url() == f"/todos/lists/{trip.uuid}/"
    assert [str(trip), str(membership)] == ["Trip", "alice · Trip"]


def test_everybody_gets_one_inbox_on_first_need(cast: Cast):
    inbox = TodoList.objects.inbox_of(cast.alice)
    assert TodoList.objects.inbox_of(cast.alice) == inbox
    assert inbox.is_inbox and inbox.get_absolute_url() == "/todos/inbox/"
    assert TodoList.objects.inbox_of(cast.bob) != inbox


def test_of_two_requests_that_need_the_inbox_at_once_the_second_takes_the_first_ones(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    inbox = TodoList.objects.inbox_of(cast.alice)
    manager = type(TodoList.objects)
    ask = manager.filter
    monkeypatch.setattr(  # as it was a moment ago, to the first question only
        manager, "filter", lambda self, **kwargs: monkeypatch.undo() or ask(self, pk=None)
    )
    assert TodoList.objects.inbox_of(cast.alice) == inbox


@pytest.mark.parametrize("change", ["archive", "trash"])
def test_an_inbox_is_not_shared_archived_or_deleted(cast: Cast, change: str):
    inbox = TodoList.objects.inbox_of(cast.alice)
    with pytest.raises(ValueError, match="inbox"):
        inbox.add_member(cast.bob)
    with pytest.raises(ValueError, match="inbox"):
        getattr(inbox, change)(by=cast.alice, at=NOW)
    assert invariants(inbox) == []


def test_a_member_who_is_let_in_again_only_gets_the_new_role(cast: Cast):
    before = cast.flat.memberships.get(user=cast.bob)
    assert cast.flat.add_member(cast.bob, Role.OWNER) == before
    assert cast.flat.memberships.get(user=cast.bob).role == "owner"


def test_who_is_taken_out_loses_their_assignments_there(cast: Cast):
    todo = make_todo(cast.flat, assignee=cast.bob)
    cast.flat.remove_member(cast.bob)
    todo.refresh_from_db()
    assert todo.assignee is None
    assert not cast.flat.memberships.filter(user=cast.bob).exists()


def test_the_last_owner_cant_leave_but_one_of_two_can(cast: Cast):
    with pytest.raises(ValueError, match="last owner"):
        cast.flat.remove_member(cast.alice)
    cast.flat.add_member(cast.bob, Role.OWNER)
    cast.flat.remove_member(cast.alice)
    assert cast.flat.memberships.get(role="owner").user == cast.bob


def test_name_and_description_change_as_one_action_that_can_be_undone(cast: Cast):
    seen = {"name": "Flat", "description": ""}
    values = {"name": "House", "description": "Bigger"}
    action = cast.flat.edit(by=cast.alice, at=NOW, initial=seen, values=values)
    assert action.changes["lists"] == {
        str(cast.flat.pk): {"name": ["Flat", "House"], "description": ["", "Bigger"]}
    }
    assert action.undo(at=later())
    cast.flat.refresh_from_db()
    assert (cast.flat.name, cast.flat.description) == ("Flat", "")


def test_two_who_call_a_list_the_same_agree_and_the_second_writes_nothing(cast: Cast):
    edit = {"initial": {"name": "Flat"}, "values": {"name": "Home"}, "at": NOW}
    assert cast.flat.edit(by=cast.alice, **edit)
    with CaptureQueriesContext(connection) as asked:
        assert cast.flat.edit(by=cast.alice, **edit) is None
    assert not [one for one in asked if 'SET "name"' in one["sql"]]


def test_two_edits_of_a_list_are_merged_or_conflict(cast: Cast):
    seen = {"name": "Flat", "description": ""}
    cast.flat.add_member(cast.bob, Role.OWNER)
    cast.flat.edit(by=cast.bob, at=NOW, initial=seen, values={"name": "Home", "description": ""})
    with pytest.raises(Conflict) as conflict:
        cast.flat.edit(
            by=cast.alice, at=NOW, initial=seen, values={"name": "House", "description": ""}
        )
    assert conflict.value.theirs == {"name": "Home"}
    cast.flat.edit(
        by=cast.alice, at=NOW, initial=seen, values={"name": "Flat", "description": "Ours"}
    )
    cast.flat.refresh_from_db()
    assert (cast.flat.name, cast.flat.description) == ("Home", "Ours")


@pytest.mark.parametrize(
    "do, back, field",
    [("archive", "unarchive", "archived_at"), ("trash", "restore", "deleted_at")],
)
def test_away_and_back_and_twice_changes_nothing(cast: Cast, do: str, back: str, field: str):
    flat = cast.flat
    assert getattr(flat, back)(by=cast.alice, at=NOW) is None
    assert getattr(flat, do)(by=cast.alice, at=NOW)
    assert getattr(flat, do)(by=cast.alice, at=later()) is None
    flat.refresh_from_db()
    assert getattr(flat, field) == NOW
    action = getattr(flat, back)(by=cast.alice, at=later())
    assert action.undo(at=later(2))
    flat.refresh_from_db()
    assert getattr(flat, field) == NOW


def test_purging_takes_everything_along(cast: Cast):
    make_todo(cast.flat, labels=["shop"])
    cast.flat.trash(by=cast.alice, at=NOW)
    cast.flat.purge()
    assert not TodoList.objects.exists() and not Label.objects.exists()
    assert Action.objects.exists()


def test_a_list_moves_in_its_viewers_own_order_only(cast: Cast):
    for name in ("Trip", "Work"):
        make_list(cast.alice, name).add_member(cast.bob)
    by_name = {one.todo_list.name: one for one in cast.alice.todos_memberships.all()}
    by_name["Work"].place(after=None)
    assert names_of(cast.alice) == ["Work", "Flat", "Trip"]
    by_name["Work"].place(after=by_name["Flat"])
    assert names_of(cast.alice) == ["Flat", "Work", "Trip"]
    assert names_of(cast.bob) == ["Flat", "Trip", "Work"]
    assert [one.position for one in cast.alice.todos_memberships.order_by("position")] == [
        GAP,
        2 * GAP,
        3 * GAP,
    ]


def test_a_list_about_an_object_is_made_once_and_anew_when_it_is_in_the_trash(cast: Cast):
    about = TodoList.objects.create_about(cast.charlie, name="About charlie")
    assert TodoList.objects.create_about(cast.charlie, name="Again") == about
    assert list(TodoList.objects.for_object(cast.charlie)) == [about]
    about.trash(by=None, at=NOW)
    assert TodoList.objects.create_about(cast.charlie, name="Again") != about
    assert not TodoList.objects.for_object(make_user("dora")).exists()


def test_labels_are_one_by_their_casefolded_name(cast: Cast):
    todo = make_todo(cast.flat, labels=["Straße", "shop", " STRASSE ", "shop", ""])
    assert sorted(label.name for label in todo.labels.all()) == ["Straße", "shop"]
    again = make_labels(cast.flat, "STRASSE", "Shop")
    assert {label.pk for label in again} == set(todo.labels.values_list("pk", flat=True))


def test_a_label_that_is_renamed_keeps_a_true_key_and_a_word_its_colour(cast: Cast):
    label = make_labels(cast.flat, "shop")[0]
    label.name = "Shopping"
    label.save(update_fields=["name"])
    label.refresh_from_db()
    assert (label.name, label.key, str(label)) == ("Shopping", "shopping", "Shopping")
    trip = make_list(cast.alice, "Trip")
    assert make_labels(trip, "SHOP")[0].color == label.color
