"""Invitations on the site: by confirmed addresses, and as the only way in where sign-up is for who is invited."""

import re
from html import unescape
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from django_todos.models import Invitation, Role, TodoList

from .base import PASSWORD, SecureClient

pytestmark = pytest.mark.django_db

DORA = "dora@harbour.example"


@pytest.fixture
def link(alice: User) -> str:
    """The link of an invitation to dora's address."""
    flat = TodoList.objects.create_for(alice, name="Flat")
    now = timezone.now()
    invitation, _action = Invitation.send(flat, DORA, Role.EDITOR, by=alice, at=now)
    return reverse("django_todos:invitation-link", args=[invitation.renew_token(now)])


@pytest.fixture
def invited_only(settings: Any) -> None:
    settings.SIGNUP = "invited"


def sign_up(client: SecureClient, link: str, email: str) -> Any:
    new = {"username": "dora", "email": email, "password1": PASSWORD, "password2": PASSWORD}
    return client.post("/accounts/signup/", {**new, "next": link})


def test_the_invited_address_alone_makes_an_account(client, link: str, invited_only):
    card = client.get(link)
    assertContains(card, f"/accounts/signup/?next={link}")
    [way] = re.findall(r'href="(/accounts/signup/[^"]+)"', card.content.decode())
    assertContains(client.get(unescape(way)), f'value="{DORA}"')
    for wrong in ("other@harbour.example", ""):
        assert sign_up(client, link, wrong).status_code == 200
    assert User.objects.count() == 1
    assert sign_up(client, link, DORA).status_code == 302
    assert User.objects.get(username="dora").email == DORA


@pytest.mark.parametrize("place", ["", "/join/forged/", "/", "https://elsewhere.example/join/x/"])
def test_without_an_invitation_nobody_signs_up(client, link: str, invited_only, place: str):
    assertContains(client.get(f"/accounts/signup/?next={place}"), "No new accounts")
    sign_up(client, place, DORA)
    assert User.objects.count() == 1


def test_an_invitation_that_is_over_or_to_a_name_opens_nothing(client, link: str, invited_only):
    Invitation.objects.update(key="dora")
    assertNotContains(client.get(link), "/accounts/signup/")
    Invitation.objects.update(key=DORA, ending="withdrawn")
    sign_up(client, link, DORA)
    assert User.objects.count() == 1


def test_an_address_finds_its_invitation_once_it_is_confirmed(client, link: str, bob: User):
    address = EmailAddress.objects.create(user=bob, email=DORA, verified=False)
    client.force_login(bob)
    assertContains(client.get("/invitations/"), "No invitations")
    address.verified = True
    address.save()
    assertContains(client.get("/invitations/"), "alice invites you to")


def test_what_a_deletion_takes_along_is_told_in_numbers(client, alice: User, bob: User):
    shared = TodoList.objects.create_for(alice, name="Shared")
    shared.add_member(bob)
    TodoList.objects.create_for(alice, name="Mine")
    client.force_login(alice)
    page = client.get("/accounts/delete/")
    assertContains(page, "1 list that only you see goes with the account")
    assertContains(page, "with 0 todos in all")
    assertContains(page, "bob becomes its owner")


def test_the_admin_says_what_goes_with_an_account(client, alice: User, bob: User):
    shared = TodoList.objects.create_for(alice, name="Shared")
    shared.add_member(bob)
    TodoList.objects.create_for(alice, name="Mine")
    client.force_login(User.objects.create_superuser("root"))
    page = client.get(f"/admin/auth/user/{alice.pk}/delete/")
    assertContains(page, "Mine, with 0 todos")
    assertContains(page, "“Shared” stays; bob becomes its owner")
    assert client.post(f"/admin/auth/user/{alice.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(TodoList.objects.filter(inbox_of=None)) == [shared]
