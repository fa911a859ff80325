"""Passwords: how often one may be tried, by whom, and what the time that it takes gives away."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import User
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from .base import PASSWORD, SecureClient

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
ANOTHER = {"password1": "another horse battery", "password2": "another horse battery"}
OFTEN = "Too many failed login attempts."


def tried(client: Client, path: str, **data: str) -> list[str]:
    """What is said to six attempts."""
    said = []
    for _attempt in range(6):
        html = client.post(path, data).content.decode()
        said.append(OFTEN if OFTEN in html else "wrong" if 'role="alert"' in html else "done")
    return said


FORMS = [
    (LOGIN, {"login": "alice", "password": "x"}),
    ("/accounts/reauthenticate/", {"password": "x"}),
]


@pytest.mark.parametrize(("path", "data"), FORMS)
def test_one_throttle_for_signing_in_and_for_is_it_you(client, alice, path, data):
    if path != LOGIN:
        client.force_login(alice)
    assert tried(client, path, **data) == ["wrong"] * 5 + [OFTEN]
    # Nor may the right one be tried in another form, by name or by address, from there.
    for name in (alice.username, alice.email):
        right = {"login": name, "password": PASSWORD}
        assertContains(SecureClient().post(LOGIN, right), OFTEN)
    # Another process knows what is in the database, and nothing else.
    assert type(caches["default"]).__name__ == "DatabaseCache"
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM site_cache")
        assert cursor.fetchone()[0] > 0


def test_changing_a_password_takes_as_few_tries(client, alice):
    client.force_login(alice)
    wrong = {"oldpassword": "x", **ANOTHER}
    assert tried(client, "/accounts/password/change/", **wrong)[:5] == ["wrong"] * 5
    right = {"oldpassword": PASSWORD, **ANOTHER}
    assert client.post("/accounts/password/change/", right).status_code == 429


def test_a_stranger_locks_nobody_out(alice):
    stranger = SecureClient(HTTP_X_FORWARDED_FOR="203.0.113.9")
    assert tried(stranger, LOGIN, login="alice", password="x")[-1] == OFTEN
    answer = SecureClient().post(LOGIN, {"login": "alice", "password": PASSWORD})
    assertRedirects(answer, "/")


def test_an_address_tries_ten_accounts_a_minute(alice):
    """Whoever walks through names with one password is stopped by where they are."""
    for number in range(10):
        SecureClient().post(LOGIN, {"login": f"name{number}", "password": "x"})
    assertContains(SecureClient().post(LOGIN, {"login": "alice", "password": PASSWORD}), OFTEN)


def test_codes_of_the_second_step_are_counted_too(client, alice):
    TOTP.activate(alice, "JBSWY3DPEHPK3PXP")
    client.post(LOGIN, {"login": "alice", "password": PASSWORD})
    assert tried(client, "/accounts/2fa/authenticate/", code="000000")[-1] == OFTEN


@pytest.mark.parametrize(
    "login",
    [
        *("alice", "ALICE", "nobody", "alice@harbour.example", "nobody@harbour.example"),
        *("shared@harbour.example", "gone", "alice@harbour.example.", "no-password"),
    ],
)
def test_signing_in_takes_one_hash_whoever_is_named(client, alice, bob, monkeypatch, login):
    EmailAddress.objects.create(user=alice, email=alice.email, primary=True, verified=True)
    for user in (alice, bob):
        EmailAddress.objects.create(user=user, email="shared@harbour.example")
    User.objects.create_user("gone", is_active=False, password=PASSWORD)
    User.objects.create_user("no-password")
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def count(self: Any, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", count)
    answer = client.post(LOGIN, {"login": login, "password": "x"})
    assertContains(answer, "not correct.")
    assert len(hashed) == 1


def test_names_that_look_alike_are_one(client):
    """As Unicode has it (NFKC): full-width letters are letters."""
    new = {"username": "ａｌｉｃｅ", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", new)
    assert User.objects.get().username == "alice"
    again = SecureClient().post("/accounts/signup/", {**new, "username": "alic\u212f"})
    assertContains(again, "id_username_error")
    answer = SecureClient().post(LOGIN, {"login": "ａｌｉｃｅ", "password": PASSWORD})
    assertRedirects(answer, "/")


def test_the_first_administrator_by_one_command(client, settings, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command(
        "createsuperuser",
        interactive=False,
        username="root",
        email="Root@harbour.example",
        verbosity=0,
    )
    address = EmailAddress.objects.get()
    assert (address.email, address.verified, address.primary) == (
        "root@harbour.example",
        True,
        True,
    )
    assert User.objects.get().is_superuser
    assertRedirects(client.post(LOGIN, {"login": "root", "password": PASSWORD}), "/")


def test_the_admin_takes_no_password_of_its_own(client, alice):
    User.objects.update(is_staff=True)
    client.force_login(alice)
    answer = client.get("/admin/password_change/")
    assertRedirects(answer, "/accounts/password/change/")
    assertNotContains(client.get("/admin/", follow=True), 'type="password"')
