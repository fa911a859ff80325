"""What others did, told by mail: to whom, when, and what is not told any more; invitations by mail."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from tests.factories import NOW, Cast, later, make_list, make_todo, make_user

from django_todos import notices, reminders, unsubscribing
from django_todos.mail import Outbox
from django_todos.models import Delivery, Invitation, Notice, Preferences, Role, Tell, TodoList

SOON = later(5)


@pytest.fixture(autouse=True)
def addresses(cast: Cast, settings: Any) -> None:
    settings.TODOS_BASE_URL = "https://todo.example"
    settings.TODOS_VERIFIED_EMAILS = "tests.models.test_sharing.verified"
    for user in (cast.alice, cast.bob, cast.rita, cast.charlie):
        user.email, user.first_name = f"{user.username}@example.org", "verified"
        user.save()


def sent(now: Any = SOON) -> list[tuple[str, str]]:
    """Whom mails went to, and their subjects."""
    mail.outbox.clear()
    for job in (notices.send_notices, notices.send_invitations):
        job(now)
    return [(message.to[0], str(message.subject)) for message in mail.outbox]


def give(cast: Cast, title: str = "Buy milk") -> Any:
    return make_todo(cast.flat, title, by=cast.alice, assignee=cast.bob)


def role(cast: Cast) -> Any:
    return cast.flat.set_role(cast.bob, Role.VIEWER, by=cast.alice, at=NOW)


def remove(cast: Cast) -> Any:
    return cast.flat.remove_member(cast.bob, by=cast.alice, at=NOW)


def invite(cast: Cast, typed: str = "charlie") -> Invitation:
    return Invitation.send(cast.flat, typed, Role.EDITOR, by=cast.alice, at=NOW)[0]


def accept(cast: Cast) -> Any:
    return invite(cast).accept(cast.charlie, at=NOW)


def decline(cast: Cast) -> Any:
    return invite(cast).decline(cast.charlie, at=NOW)


CASES = {
    "assigned": (give, "bob", "verified gave you “Buy milk”"),
    "role": (role, "bob", "verified changed your role in “Flat”: Viewer"),
    "removed": (remove, "bob", "verified took you out of “Flat”"),
    "invited": (invite, "charlie", "verified invites you to “Flat”"),
    "answered": (accept, "alice", "verified joined “Flat”"),
    # Whose account it was is not said: they may have been asked by an address.
    "answered, no": (decline, "alice", "charlie declined your invitation to “Flat”"),
}


@pytest.mark.parametrize("kind", CASES)
def test_a_mail_for_each_case_once_as_one_prefers_and_with_its_way_out(
    cast: Cast, client, kind: str
):
    do, name, subject = CASES[kind]
    user = getattr(cast, name)
    do(cast)
    assert sent(later(0)) == [] or kind == "invited"
    assert sent() == ([] if kind == "invited" else [(user.email, subject)])
    if kind == "invited":
        Invitation.objects.all().delete()
        do(cast)
        assert sent() == [(user.email, subject)]
    message = mail.outbox[0]
    html = message.alternatives[0][0]
    for body in (str(message.body), str(html)):
        assert "https://todo.example/" in body and "Flat" in body
    assert sent() == [] and not Notice.objects.exists()
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    way_out = re.sub("[<>]|https://todo.example", "", message.extra_headers["List-Unsubscribe"])
    assert client.get(way_out).status_code == 200
    assert client.post(way_out).status_code == 200
    assert getattr(Preferences.of(user), f"tell_{kind.split(',')[0]}") == Tell.NEVER


def test_who_has_no_todos_any_more_gets_none_and_stops_nobody_s(cast: Cast, settings: Any):
    settings.TODOS_MAY_USE = "tests.test_notices.everybody_but_bob"
    give(cast)
    make_todo(cast.flat, by=cast.alice, assignee=cast.rita)
    assert [address for address, _subject in sent()] == ["rita@example.org"]
    assert not Notice.objects.exists()


def everybody_but_bob(user: Any) -> bool:
    return str(user.username) != "bob"


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("chosen, gets", [(Tell.NEVER, False), (Tell.NOW, True)])
def test_who_wants_none_gets_none(cast: Cast, kind: str, chosen: str, gets: bool):
    do, name, subject = CASES[kind]
    Preferences.objects.create(user=getattr(cast, name), **{f"tell_{kind.split(',')[0]}": chosen})
    do(cast)
    assert bool(sent()) == gets and not Notice.objects.exists()


# What was done about a todo that was given before the worker came.
OVER: dict[str, Any] = {
    "undone": lambda c, t: t.edit(by=c.alice, at=NOW, initial={"assignee_id": c.bob.pk}, values={"assignee_id": None}),
    "done": lambda c, t: t.complete(by=c.bob, at=NOW, zone=NOW.tzinfo),
    "in the trash": lambda c, t: t.trash(by=c.alice, at=NOW),
    "list in the trash": lambda c, t: c.flat.trash(by=c.alice, at=NOW),
}  # fmt: skip


@pytest.mark.parametrize("how", OVER)
def test_what_is_not_so_any_more_is_not_told(cast: Cast, how: str):
    todo = give(cast)
    OVER[how](cast, todo)
    assert sent() == []


def test_a_removal_that_was_undone_is_not_told(cast: Cast):
    assert remove(cast).undo(at=NOW) and sent() == []


@pytest.mark.parametrize("answer", [accept, decline])
def test_an_answer_is_told_to_who_still_owns_the_list_in_their_language(cast: Cast, answer: Any):
    Preferences.objects.create(user=cast.alice, language="de")
    cast.flat.set_role(cast.bob, Role.OWNER, by=cast.alice, at=NOW)
    answer(cast)
    Notice.objects.exclude(topic="answered").delete()
    [(address, subject)] = sent()
    assert address == "alice@example.org" and "„Flat“" in subject
    Invitation.objects.all().delete()
    cast.flat.memberships.filter(user=cast.charlie).delete()
    answer(cast)
    cast.flat.set_role(cast.alice, Role.EDITOR, by=cast.bob, at=NOW)
    Notice.objects.exclude(topic="answered").delete()
    assert sent() == [] and not Notice.objects.exists()


def test_who_joined_and_went_again_is_not_told(cast: Cast):
    accept(cast)
    cast.flat.leave(by=cast.charlie, at=NOW)
    assert sent() == []


def test_several_make_one_mail(cast: Cast):
    for n in range(3):
        give(cast, f"Todo {n}")
    assert sent() == [("bob@example.org", "3 todos were given to you")]
    assert all(f"Todo {n}" in mail.outbox[0].body for n in range(3))


def test_what_is_wanted_in_the_digest_waits_for_it(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    wanted = {"digest": True, "digest_hour": 7, "tell_assigned": Tell.DIGEST}
    Preferences.objects.create(user=cast.bob, **wanted)
    give(cast)
    assert sent() == [] and not Delivery.objects.exists()
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", None)
        assert reminders.send_digests(SOON).failed == 1
    reminders.send_digests(SOON + timedelta(hours=1))
    [message] = mail.outbox
    assert message.subject == "News of your lists" and "gave you “Buy milk”" in message.body
    mail.outbox.clear()
    reminders.send_digests(SOON + timedelta(days=1))
    assert mail.outbox == [] and sent(SOON + timedelta(days=1)) == []


def test_an_invitation_waits_for_the_digest_of_who_wants_that(cast: Cast):
    wanted = {"digest": True, "digest_hour": 7, "tell_invited": Tell.DIGEST}
    Preferences.objects.create(user=cast.charlie, **wanted)
    invite(cast)
    assert sent() == []
    reminders.send_digests(SOON)
    [message] = mail.outbox
    assert "invites you to “Flat”" in str(message.body) and "/invitations/" in str(message.body)


def test_a_mail_that_fails_is_told_later(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    give(cast)
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", None)
        assert sent() == [] and Notice.objects.exists()
    assert sent(SOON + timedelta(minutes=2)) == [
        ("bob@example.org", "verified gave you “Buy milk”")
    ]


# -- invitations -----------------------------------------------------------------------------------

# Who was typed, and whom a mail goes to: an address gets one whether or not anybody has it.
WRITTEN = [
    ("charlie", ["charlie@example.org"]),
    ("nobody", []),
    ("charlie@example.org", ["charlie@example.org"]),
    ("Dora@example.org", ["dora@example.org"]),
]


@pytest.mark.parametrize("typed, to", WRITTEN)
def test_whom_an_invitation_is_mailed_to(cast: Cast, client, typed: str, to: list[str]):
    invite(cast, typed)
    assert [address for address, _subject in sent()] == to
    assert not Invitation.objects.filter(mail=True, typed="charlie").exists()
    if to:
        [path] = re.findall(r"https://todo.example(/\S*/join/\S+)", mail.outbox[0].body)
        assert client.get(path).status_code == 200 and sent() == []


def test_who_has_no_account_can_end_invitations_to_their_address(cast: Cast, client):
    invite(cast, "dora@example.org")
    assert len(sent()) == 1
    headers = mail.outbox[0].extra_headers
    way_out = re.sub("[<>]|https://todo.example", "", headers["List-Unsubscribe"])
    assert "invitations to this address" in client.get(way_out).content.decode()
    assert Invitation.objects.open(SOON).exists()  # a program that looks ends nothing
    client.post(way_out)
    assert not Invitation.objects.open(SOON).exists()
    invite(cast, "dora@example.org")
    assert sent() == []
    TodoList.objects.filter(pk=cast.flat.pk).erase()
    other = make_list(cast.alice, "Garden")
    Invitation.send(other, "Dora@example.org", Role.EDITOR, by=cast.alice, at=NOW)
    assert sent() == []


def new_link(cast: Cast) -> str:
    """What "New link" shows; its invitation is one that no clock ends."""
    page = reverse("django_todos:list-members", args=[cast.flat.uuid])
    Invitation.objects.update(expires_at=NOW + timedelta(days=9999))
    answer = cast.client("alice").post(page, {"renew": Invitation.objects.get().uuid})
    return str(answer.context["link"]["url"])


def test_a_link_that_was_handed_over_is_not_ended_by_a_mail(cast: Cast, client):
    invite(cast, "dora@example.org")
    link = new_link(cast)
    assert sent() == [] and client.get(link).status_code == 200


def test_nor_by_a_worker_that_had_begun(cast: Cast, client, monkeypatch: pytest.MonkeyPatch):
    invite(cast, "dora@example.org")
    claim, links = Outbox.claim, []

    def slow(outbox: Outbox, keys: Any) -> set[str]:
        links.extend(new_link(cast) for key in keys if key.startswith("invitation"))
        return claim(outbox, keys)

    monkeypatch.setattr(Outbox, "claim", slow)
    assert sent() == [] and client.get(links[0]).status_code == 200
    assert not Invitation.objects.get().mail


def test_a_new_link_ends_the_mailed_one(cast: Cast, client):
    invite(cast, "dora@example.org")
    assert len(sent()) == 1
    [mailed] = re.findall(r"https://todo.example(/\S*/join/\S+)", mail.outbox[0].body)
    link = new_link(cast)
    assert (client.get(mailed).status_code, client.get(link).status_code) == (404, 200)
    assert sent() == []


def test_nobody_is_told_in_lists_of_one_s_own(cast: Cast):
    make_todo(make_list(cast.bob, "Mine"), by=cast.bob, assignee=cast.bob)
    make_user("eve")
    assert sent() == []


def test_a_token_of_something_else_ends_nothing(cast: Cast):
    token = unsubscribing.unsubscribe_token(cast.bob, "everything")  # type: ignore[arg-type]
    assert unsubscribing.read_unsubscribe_token(token) is None
