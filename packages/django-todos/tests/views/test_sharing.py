"""The people of a list and invitations, as pages show and change them."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from tests.factories import NOW, Cast, later, make_list, make_todo, make_user

from django_todos import limits
from django_todos.models import Invitation, Membership, Role, TodoList

pytestmark = pytest.mark.usefixtures("today")


@pytest.fixture
def today() -> Any:
    with time_machine.travel(later(), tick=False):
        yield


def url(name: str, *args: Any) -> str:
    return reverse(f"django_todos:{name}", args=args)


def text(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", response.content.decode())).split())


def invite(cast: Cast, typed: str, role: str = "editor") -> Any:
    members = url("list-members", cast.flat.uuid)
    return cast.client("alice").post(members, {"typed": typed, "invite_role": role}, follow=True)


def toast(response: Any) -> str:
    return re.sub(r"\s+", " ", response.context["toast"].text)


def link(cast: Cast) -> str:
    return url("invitation-link", Invitation.objects.get(ending="").renew_token(later()))


def test_the_answer_is_the_same_whether_or_not_there_is_an_account(cast: Cast, settings):
    settings.TODOS_VERIFIED_EMAILS = "tests.models.test_sharing.verified"
    make_user("emil", email="emil@example.org", first_name="verified")
    pages = {}
    for typed in ("charlie", "nobody", "emil@example.org", "nobody@example.org"):
        page = text(invite(cast, typed))
        pages[typed] = page.replace(typed, "X").replace(f" {typed[0].upper()} ", " A ")
        Invitation.objects.all().delete()
    tokens = {re.sub(r"[\w-]{64}|[0-9a-f-]{36}", "", page) for page in pages.values()}
    assert len(tokens) == 1 and "Invited X to Flat." in tokens.pop()


# What is typed, and what stands at the field.
REFUSED = [
    ("", "required"),
    ("@", "valid email"),
    ("x" * 255, "at most 254"),
    ("bob", "is in this list already"),
    ("BOB", "is in this list already"),
]


@pytest.mark.parametrize("typed, said", REFUSED)
def test_what_can_t_be_invited_is_said_and_kept_in_the_field(cast: Cast, typed: str, said: str):
    answer = invite(cast, typed)
    assert answer.status_code == 422 and said in text(answer)
    assert f'value="{typed}"' in answer.content.decode() or not typed
    assert not Invitation.objects.exists()


def test_enough_for_today_is_said_at_the_field(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(limits, "MAX_INVITED_AGAIN", 1)
    invite(cast, "dora")
    answer = invite(cast, "dora")
    assert answer.status_code == 422 and "Try again tomorrow" in text(answer)
    resend = url("invitation-resend", Invitation.objects.get().uuid)
    assert "Not sent" in toast(cast.client("alice").post(resend, follow=True))


def test_an_invitation_in_the_app_from_the_count_to_the_list(cast: Cast):
    invite(cast, "charlie", "viewer")
    client, bob = cast.client("charlie"), cast.client("bob")
    assert client.get(url("today")).context["nav"].invitation_count == 1
    assert bob.get(url("today")).context["nav"].invitation_count == 0
    page = text(client.get(url("invitation-index")))
    assert "alice invites you to “Flat”" in page and "You could read the todos." in page
    answer = client.post(url("invitation-accept", Invitation.objects.get().uuid), follow=True)
    assert answer.redirect_chain[-1][0].startswith(cast.flat.get_absolute_url())
    assert toast(answer) == "You are in Flat now." and answer.context["toast"].action is None
    assert answer.context["nav"].invitation_count == 0 and answer.context["nav"].is_shared
    again = client.post(url("invitation-accept", Invitation.objects.get().uuid), follow=True)
    assert "Not done" in toast(again)


def test_declined_it_is_over(cast: Cast):
    invite(cast, "charlie")
    client = cast.client("charlie")
    answer = client.post(url("invitation-decline", Invitation.objects.get().uuid), follow=True)
    assert toast(answer) == "Declined." and "No invitations" in text(answer)
    assert not cast.flat.memberships.filter(user=cast.charlie).exists()


def test_the_link_shows_by_get_and_lets_in_by_post_once(cast: Cast):
    invite(cast, "charlie")
    path = link(cast)
    for name, said in (
        ("anonymous", "Sign in to join"),
        ("bob", "signed in as bob"),
        ("charlie", "Join the list"),
    ):
        page = cast.client(name).get(path)
        assert (
            page.status_code == 200 and said in text(page) and page["Cache-Control"] == "no-store"
        )
    assert "Join the list" not in text(cast.client("bob").get(path))
    assert cast.client("bob").post(path).status_code == 403
    assert cast.client("anonymous").post(path)["Location"].endswith(f"?next={path}")
    assert Membership.objects.filter(todo_list=cast.flat).count() == 3
    client = cast.client("charlie")
    assert client.post(path)["Location"] == cast.flat.get_absolute_url()
    assert cast.flat.memberships.get(user=cast.charlie).role == "editor"
    for answer in (client.post(path), cast.client("anonymous").get(path)):
        assert answer.status_code == 410 and "Ask alice for a new one" in text(answer)


def test_a_link_that_nobody_made_and_one_that_was_declined(cast: Cast, settings):
    assert cast.client("charlie").get(url("invitation-link", "forged")).status_code == 404
    invite(cast, "charlie")
    path, client = link(cast), cast.client("charlie")
    settings.TODOS_SHARING = False
    assert client.get(path).status_code == 404
    settings.TODOS_SHARING, settings.TODOS_MAY_USE = True, "tests.test_hooks.only_alice"
    assert client.post(path).status_code == 403 and Invitation.objects.get().ending == ""
    settings.TODOS_MAY_USE = None
    assert client.post(path, {"decline": "1"})["Location"] == url("today")
    assert client.get(path).status_code == 410


def test_a_new_link_is_shown_once_and_ends_the_old_one(cast: Cast):
    invite(cast, "dora@example.org")
    invitation, old, client = Invitation.objects.get(), link(cast), cast.client("alice")
    members = url("list-members", cast.flat.uuid)
    answer = client.post(members, {"renew": invitation.uuid})
    [new] = re.findall(r'value="http://testserver(/todos/join/[^"]+)"', answer.content.decode())
    assert answer.status_code == 200 and answer["Cache-Control"] == "no-store"
    assert (client.get(old).status_code, client.get(new).status_code) == (404, 200)
    assert "/join/" not in client.get(members).content.decode()
    for bad in ("", "x", cast.flat.uuid):
        assert client.post(members, {"renew": bad}).status_code == 404


def test_of_pending_invitations_and_controls_members_see_nothing(cast: Cast):
    invite(cast, "dora@example.org")
    for name in ("bob", "rita"):
        page = cast.client(name).get(url("list-members", cast.flat.uuid)).content.decode()
        main = page.split("<main")[1].split("</main")[0]
        assert "dora" not in main and "<form" not in main and "list-leave" not in main
        activity = text(cast.client(name).get(url("list-activity", cast.flat.uuid)))
        assert "alice invited somebody as editor" in activity and "dora" not in activity


def test_roles_removal_and_undo(cast: Cast):
    client = cast.client("alice")
    bob = cast.flat.memberships.get(user=cast.bob)
    todo = make_todo(cast.flat, assignee=cast.bob)
    answer = client.post(url("member-role", bob.uuid), {"role": "viewer"}, follow=True)
    assert toast(answer) == "Changed the role of bob."
    answer = client.post(url("member-remove", bob.uuid), follow=True)
    assert toast(answer) == "Removed bob." and answer.context["members"][0].user == cast.alice
    undo = url("action-undo", answer.context["toast"].action)
    client.post(undo)
    todo.refresh_from_db()
    assert todo.assignee == cast.bob
    assert cast.flat.memberships.get(user=cast.bob).role == "viewer"
    for wrong in ({"role": "king"}, {}):
        bob = cast.flat.memberships.get(user=cast.bob)
        assert "Nothing to change" in toast(
            client.post(url("member-role", bob.uuid), wrong, follow=True)
        )


def test_to_make_an_owner_is_asked_first(cast: Cast):
    client, rita = cast.client("alice"), cast.flat.memberships.get(user=cast.rita)
    ask = client.post(url("member-role", rita.uuid), {"role": "owner"})["Location"]
    assert ask == url("member-transfer", rita.uuid)
    assert "Make rita an owner of “Flat”?" in text(client.get(ask))
    client.post(ask)
    roles = cast.flat.memberships.values_list("user__username", "role")
    assert {"alice": "owner", "rita": "owner"}.items() <= dict(roles).items()
    answer = client.post(ask, {"hand-over": "1"}, follow=True)
    assert (
        toast(answer) == "Handed “Flat” over to rita." and answer.context["toast"].action is None
    )
    assert dict(roles.all())["alice"] == "editor"


def test_leaving_is_asked_first_and_the_last_owner_stays(cast: Cast):
    leave = url("list-leave", cast.flat.uuid)
    client = cast.client("bob")
    assert "Leave “Flat”?" in text(client.get(leave))
    answer = client.post(leave, follow=True)
    assert toast(answer) == "You left “Flat”." and answer.context["toast"].action is None
    assert client.get(cast.flat.get_absolute_url()).status_code == 404
    answer = cast.client("alice").post(leave, follow=True)
    assert "last owner" in toast(answer) and cast.flat.memberships.count() == 2


def test_an_inbox_has_no_people_and_no_door(cast: Cast):
    inbox = TodoList.objects.inbox_of(cast.alice)
    client = cast.client("alice")
    for name in ("list-members", "list-leave"):
        assert client.get(url(name, inbox.uuid)).status_code == 403
    assert "list-members" not in client.get(url("inbox")).content.decode()
    invite = client.post(
        url("list-members", inbox.uuid), {"typed": "bob", "invite_role": "editor"}
    )
    assert invite.status_code == 403


def test_the_way_to_share_and_assigned_to_me_come_with_the_first_others(cast: Cast):
    client = cast.client("charlie")
    mine = make_list(cast.charlie, "Mine")
    page = text(client.get(mine.get_absolute_url()))
    assert "Share" in page and "Assigned to me" not in page
    mine.add_member(cast.bob)
    page = text(client.get(mine.get_absolute_url()))
    assert "Members: charlie, bob" in page and "Assigned to me" in page


def test_people_of_other_lists_are_suggested(cast: Cast):
    make_list(cast.alice, "Trip", editors=[cast.charlie, cast.bob])
    page = cast.client("alice").get(url("list-members", cast.flat.uuid)).content.decode()
    assert re.findall(r'<option value="(\w+)" label', page) == ["charlie"]


def test_a_list_is_a_template(cast: Cast):
    top = make_todo(cast.flat, "Pack", labels=["bag"], assignee=cast.bob, due=due())
    make_todo(cast.flat, "Socks", parent=top)
    done = make_todo(cast.flat, "Tickets")
    done.complete(by=cast.alice, at=NOW, zone=NOW.tzinfo)  # type: ignore[arg-type]
    client, path = cast.client("rita"), url("list-duplicate", cast.flat.uuid)
    assert 'value="Flat (copy)"' in client.get(path).content.decode()
    assert client.post(path, {"name": ""}).status_code == 422
    client.post(path, {"name": "Next trip", "dates": "clear", "completed": "on"})
    client.post(path, {"name": "The same", "dates": "keep"})
    cleared, kept = (TodoList.objects.get(name=name) for name in ("Next trip", "The same"))
    columns = ("title", "parent__title", "assignee", "is_completed", "due_date")
    assert sorted(cleared.todos.values_list(*columns), key=str) == [
        ("Pack", None, None, False, None),
        ("Socks", "Pack", None, False, None),
        ("Tickets", None, None, False, None),
    ]
    assert set(kept.todos.values_list("title", "due_date")) == {
        ("Pack", due().date),
        ("Socks", None),
    }
    assert [label.todo_list for label in kept.todos.get(title="Pack").labels.all()] == [kept]
    assert kept.memberships.get().user == cast.rita and kept.memberships.get().role == Role.OWNER
    assert (cleared.open_count, kept.open_count) == (3, 2)


def due() -> Any:
    from django_todos.dates import Moment

    return Moment(NOW.date())


def test_the_history_of_a_list_page_by_page_and_of_one_person(cast: Cast, monkeypatch):
    monkeypatch.setattr(limits, "ACTIVITY", 3)
    for n in range(3):
        make_todo(cast.flat, f"t{n}", by=cast.bob, at=later(n * 5))
    cast.flat.set_role(cast.rita, Role.EDITOR, by=cast.alice, at=later(60))
    cast.flat.leave(by=cast.rita, at=later(70))
    client, path = cast.client("alice"), url("list-activity", cast.flat.uuid)
    first = client.get(path)
    said = [line.text for day in first.context["days"] for line in day.lines]
    plain = [re.sub(r"<[^>]*>", "", line) for line in said]
    assert plain == [
        "rita left the list",
        "You changed the role of rita from viewer to editor",
        "bob added t2",
    ]
    rest = client.get(path, {"after": first.context["cursor"]})
    assert "bob added t1" in text(rest) and rest.context["cursor"] == ""
    assert "bob added" not in text(client.get(path, {"by": "alice"}))
    assert client.get(path, {"by": "nobody", "after": "x"}).status_code == 200
    assert Client().get(path).status_code == 302
