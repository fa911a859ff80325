"""Who comes into a list, as what, who goes and what goes with them; and invitations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from tests.factories import NOW, Cast, later, make_list, make_todo, make_user

from django_todos import limits
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    Invitation,
    LastOwner,
    Notice,
    Reminder,
    Role,
    TodoList,
    TooManyInvitations,
)


def roles(cast: Cast) -> dict[str, str]:
    return dict(cast.flat.memberships.values_list("user__username", "role"))


def invite(cast: Cast, typed: str = "charlie", role: str = Role.EDITOR, **more: Any) -> Invitation:
    return Invitation.send(cast.flat, typed, role, **{"by": cast.alice, "at": NOW} | more)[0]


def test_undoing_a_removal_brings_back_role_place_assignments_and_reminders(cast: Cast):
    mine = make_todo(cast.flat, "mine", assignee=cast.bob)
    given = make_todo(cast.flat, "given on", assignee=cast.bob)
    Reminder.objects.create(todo=mine, user=cast.bob, minutes_before=15)
    Reminder.objects.create(todo=mine, user=cast.bob, remind_at=later(99))
    cast.flat.memberships.filter(user=cast.bob).update(color="teal", position=7)
    before = cast.flat.memberships.values("role", "color", "position", "created_at").get(
        user=cast.bob
    )
    action = cast.flat.remove_member(cast.bob, by=cast.alice, at=later())
    assert not Reminder.objects.exists() and "bob" not in roles(cast)
    given.edit(
        by=cast.alice,
        at=later(2),
        initial={"assignee_id": None},
        values={"assignee_id": cast.rita.pk},
    )
    assert action is not None and action.undo(at=later(3))
    after = cast.flat.memberships.values("role", "color", "position", "created_at").get(
        user=cast.bob
    )
    assert after == before and Reminder.objects.filter(user=cast.bob).count() == 2
    names = dict(cast.flat.todos.values_list("title", "assignee__username"))
    assert names == {"mine": "bob", "given on": "rita"}


def removed(cast: Cast) -> Action | None:
    return cast.flat.remove_member(cast.bob, by=cast.alice, at=NOW)


def promoted(cast: Cast) -> Action | None:
    return cast.flat.set_role(cast.bob, Role.OWNER, by=cast.alice, at=NOW)


def demoted(cast: Cast) -> Action | None:
    return cast.flat.set_role(cast.bob, Role.VIEWER, by=cast.alice, at=NOW)


# What was done, what happened since, and why it is not taken back.
NOT_UNDONE: list[tuple[Callable[[Cast], Any], Callable[[Cast], Any]]] = [
    (removed, lambda c: c.flat.add_member(c.bob, Role.VIEWER)),
    (removed, lambda c: c.bob.delete()),
    (removed, lambda c: c.flat.transfer(c.rita, by=c.alice, at=later())),
    (demoted, lambda c: c.flat.remove_member(c.bob)),
    (demoted, lambda c: c.flat.add_member(c.bob, Role.OWNER)),
    (promoted, lambda c: c.flat.set_role(c.alice, Role.EDITOR, by=c.bob, at=later())),
]


@pytest.mark.parametrize("do, since", NOT_UNDONE)
def test_what_changed_since_is_not_taken_back(cast: Cast, do: Any, since: Any):
    action = do(cast)
    since(cast)
    before = roles(cast)
    with pytest.raises(ChangedMeanwhile):
        action.undo(at=later(2))
    assert roles(cast) == before


@pytest.mark.parametrize("do", [removed, promoted, demoted])
def test_what_an_owner_did_is_taken_back(cast: Cast, do: Any):
    before = roles(cast)
    assert do(cast).undo(at=later())
    assert roles(cast) == before


def test_handing_over(cast: Cast):
    action = cast.flat.transfer(cast.rita, by=cast.alice, at=NOW)
    assert roles(cast) == {"alice": "editor", "bob": "editor", "rita": "owner"}
    with pytest.raises(ChangedMeanwhile):  # what is given away is not taken back
        action.undo(at=later())
    for other in (cast.charlie, cast.rita):
        with pytest.raises(ChangedMeanwhile):
            cast.flat.transfer(other, by=cast.rita, at=NOW)


@pytest.mark.parametrize("name", ["alice", "bob", "rita", "charlie"])
def test_leaving(cast: Cast, name: str):
    todo = make_todo(cast.flat, assignee=None if name == "charlie" else getattr(cast, name))
    expected = {"alice": LastOwner, "charlie": ChangedMeanwhile}.get(name)
    if expected:
        with pytest.raises(expected):
            cast.flat.leave(by=getattr(cast, name), at=NOW)
        return
    action = cast.flat.leave(by=getattr(cast, name), at=NOW)
    todo.refresh_from_db()
    assert name not in roles(cast) and todo.assignee is None
    with pytest.raises(ChangedMeanwhile):  # nobody lets themselves in again
        action.undo(at=later())


# Everything that only owners decide about people.
DECISIONS: dict[str, Callable[[Cast, Any], Any]] = {
    "add": lambda c, by: c.flat.add_member(c.charlie, by=by, at=NOW),
    "remove": lambda c, by: c.flat.remove_member(c.rita, by=by, at=NOW),
    "role": lambda c, by: c.flat.set_role(c.rita, Role.EDITOR, by=by, at=NOW),
    "transfer": lambda c, by: c.flat.transfer(c.rita, by=by, at=NOW),
    "invite": lambda c, by: invite(c, by=by),
    "withdraw": lambda c, by: Invitation.objects.get(key="dora").withdraw(by=by, at=NOW),
}


@pytest.mark.parametrize("decision", DECISIONS)
def test_only_owners_decide_about_people(cast: Cast, decision: str):
    invite(cast, "dora")
    for user in (cast.bob, cast.rita, cast.charlie):
        with pytest.raises(ChangedMeanwhile):
            DECISIONS[decision](cast, user)
    assert DECISIONS[decision](cast, cast.alice)


def test_the_last_owner_stays_one(cast: Cast):
    for lose in (
        lambda: cast.flat.set_role(cast.alice, Role.EDITOR, by=cast.alice, at=NOW),
        lambda: cast.flat.remove_member(cast.alice, by=cast.alice, at=NOW),
        lambda: cast.flat.add_member(cast.alice, Role.VIEWER),
    ):
        with pytest.raises(LastOwner):
            lose()
    assert roles(cast)["alice"] == "owner"


def test_an_inbox_is_shared_with_nobody(cast: Cast):
    inbox = TodoList.objects.inbox_of(cast.alice)
    with pytest.raises(ChangedMeanwhile):
        Invitation.send(inbox, "bob", Role.EDITOR, by=cast.alice, at=NOW)
    with pytest.raises(LastOwner):
        inbox.leave(by=cast.alice, at=NOW)


# -- invitations -----------------------------------------------------------------------------------


def verified(user: Any) -> list[str]:
    return [user.email] if user.first_name == "verified" else []


@pytest.fixture
def checked(settings: Any) -> None:
    settings.TODOS_VERIFIED_EMAILS = f"{__name__}.verified"


# What was typed; the username, the address and whether it is verified; whether the app shows the invitation to them,
# and whether its mailed link is theirs.
FOR_WHOM = [
    ("dora", "dora", "", False, True, True),
    ("Dora ", "dora", "", False, True, True),
    ("dora", "dorA", "", False, True, True),
    ("dora", "dorado", "dora@example.org", True, False, False),
    ("dora@example.org", "d", "Dora@example.org", True, True, True),
    ("dora@example.org", "d", "dora@example.org", False, False, True),
    ("dora@example.org", "d", "other@example.org", True, False, False),
    ("dora@example.org", "dora@example.org", "", False, False, False),
    ("dora@example.org", "dora@example.org", "x@example.org", True, False, False),
]


@pytest.mark.parametrize("typed, name, address, is_verified, in_app, by_link", FOR_WHOM)
def test_whom_an_invitation_is_for(
    cast: Cast, checked: None, typed: str, name: str, address: str, is_verified: bool, in_app: bool, by_link: bool
):  # fmt: skip
    user = make_user(name, email=address, first_name="verified" if is_verified else "")
    invitation = invite(cast, typed)
    assert (invitation.is_for(user), invitation.is_for(user, with_link=True)) == (in_app, by_link)
    assert Invitation.objects.to(user).open(NOW).exists() == in_app
    if by_link:
        assert invitation.accept(user, at=NOW, with_link=True)
        assert cast.flat.memberships.get(user=user).role == "editor"
        return
    for answer in (invitation.accept, invitation.decline):
        with pytest.raises(ChangedMeanwhile):
            answer(user, at=NOW, with_link=True)


ENDED: dict[str, Callable[[Cast, Invitation], Any]] = {
    "accepted": lambda c, i: i.accept(c.charlie, at=NOW),
    "declined": lambda c, i: i.decline(c.charlie, at=NOW),
    "withdrawn": lambda c, i: i.withdraw(by=c.alice, at=NOW),
    "replaced": lambda c, i: invite(c),
    "expired": lambda c, i: Invitation.objects.update(expires_at=NOW),
    "in the trash": lambda c, i: c.flat.trash(by=c.alice, at=NOW),
}


@pytest.mark.parametrize("how", ENDED)
def test_an_invitation_that_ended_lets_nobody_in(cast: Cast, how: str):
    invitation = invite(cast)
    ENDED[how](cast, invitation)
    before = roles(cast)
    for answer in (invitation.accept, invitation.decline):
        with pytest.raises(ChangedMeanwhile):
            answer(cast.charlie, at=NOW)
    assert roles(cast) == before and not invitation.is_open(NOW)


def test_of_a_link_only_the_hash_is_kept_and_a_new_one_ends_the_old(cast: Cast):
    invitation = invite(cast)
    first = invitation.renew_token(NOW)
    old = Invitation.by_token(first)
    assert old is not None and first not in str(vars(old))
    second = invitation.renew_token(NOW)
    assert Invitation.by_token(first) is None and Invitation.by_token(second) == invitation
    with pytest.raises(
        ChangedMeanwhile
    ):  # somebody looked at the first one, and presses its button now
        old.accept(cast.charlie, at=NOW, with_link=True)
    assert Invitation.by_token("") is None


def test_who_is_a_member_already_keeps_the_higher_role(cast: Cast):
    invite(cast, "bob", Role.VIEWER).accept(cast.bob, at=NOW)
    invite(cast, "rita", Role.EDITOR).accept(cast.rita, at=NOW)
    assert roles(cast) == {"alice": "owner", "bob": "editor", "rita": "editor"}


def test_undo_of_inviting_and_of_taking_it_back(cast: Cast):
    invitation, invited = Invitation.send(cast.flat, "dora", Role.VIEWER, by=cast.alice, at=NOW)
    assert invited is not None and invited.undo(at=later()) and not invitation.is_open(NOW)
    again, _action = Invitation.send(cast.flat, "dora", Role.VIEWER, by=cast.alice, at=NOW)
    withdrawn = again.withdraw(by=cast.alice, at=later())
    assert withdrawn is not None and withdrawn.undo(at=later(2)) and again.is_open(NOW)
    assert (
        again.withdraw(by=cast.alice, at=later())
        and again.withdraw(by=cast.alice, at=later()) is None
    )
    dora = make_user("dora")
    third, action = Invitation.send(cast.flat, "dora", Role.VIEWER, by=cast.alice, at=NOW)
    third.accept(dora, at=later())
    with pytest.raises(ChangedMeanwhile):  # it was answered
        action.undo(at=later(2))
    assert roles(cast)["dora"] == "viewer"


def test_one_person_and_one_address_have_a_limit_a_day(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "MAX_INVITATIONS", 3)
    monkeypatch.setattr(limits, "MAX_INVITED_AGAIN", 2)
    mine = make_list(cast.bob, "Mine")
    for _ in range(2):
        invite(cast, "dora")
    for by, todo_list in ((cast.alice, cast.flat), (cast.bob, mine)):
        with pytest.raises(TooManyInvitations):  # enough for dora, whoever asks
            Invitation.send(todo_list, "Dora", Role.EDITOR, by=by, at=NOW)
    invite(cast, "emil")
    with pytest.raises(TooManyInvitations):  # enough from alice
        invite(cast, "fred")
    cast.flat.purge()
    with pytest.raises(TooManyInvitations):  # a new list is no new beginning
        Invitation.send(make_list(cast.alice, "Next"), "fred", Role.EDITOR, by=cast.alice, at=NOW)
    Invitation.send(mine, "fred", Role.EDITOR, by=cast.bob, at=NOW + timedelta(days=1, seconds=1))
    assert Invitation.objects.in_lists().get().typed == "fred"


def test_answered_ones_are_kept_for_counting_and_pruned_in_the_end(cast: Cast):
    invite(cast, "dora")
    invite(cast, "emil").withdraw(by=cast.alice, at=NOW)
    assert Invitation.objects.prune(NOW + timedelta(days=44)) == 0
    assert Invitation.objects.prune(NOW + timedelta(days=44, minutes=1)) == 2


# -- what is told ----------------------------------------------------------------------------------


def test_who_is_concerned_is_noted_and_nobody_hears_of_their_own_deeds(cast: Cast):
    todo = make_todo(cast.flat, by=cast.alice, assignee=cast.bob)
    make_todo(cast.flat, "own", by=cast.bob, assignee=cast.bob)
    cast.flat.set_role(cast.bob, Role.VIEWER, by=cast.alice, at=NOW)
    cast.flat.remove_member(cast.rita, by=cast.alice, at=NOW)
    cast.flat.leave(by=cast.bob, at=NOW)
    invite(cast).accept(cast.charlie, at=NOW)
    noted = list(Notice.objects.order_by("pk").values_list("user__username", "topic", "todo"))
    assert noted == [
        ("bob", "assigned", todo.pk),
        ("bob", "role", None),
        ("rita", "removed", None),
        ("alice", "answered", None),
    ]


def test_the_history_of_a_list_is_what_was_done_in_it(cast: Cast):
    other = make_list(cast.alice, "Other")
    todo = make_todo(cast.flat, by=cast.alice)
    todo.move(by=cast.alice, at=later(), todo_list=other)
    cast.flat.set_role(cast.bob, Role.VIEWER, by=cast.alice, at=NOW)
    make_todo(other, by=cast.alice)

    def verbs(todo_list: TodoList) -> list[str]:
        return list(todo_list.actions.order_by("pk").values_list("verb", flat=True))

    assert verbs(cast.flat) == ["create", "move", "list-role"]
    assert verbs(other) == ["move", "create"]
