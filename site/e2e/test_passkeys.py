"""Passkeys, with an authenticator that Chromium plays: added, used after the password and in its place."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

from .conftest import PASSWORD, People, Person


def play_authenticator(page: Page) -> None:
    """A device that keeps keys and says yes."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")


def enter(person: Person) -> None:
    """Name and password of whoever was made last."""
    name = get_user_model().objects.latest("pk").get_username()
    person.page.get_by_label("Username or email").fill(name)
    person.page.get_by_label("Password").fill(PASSWORD)
    person.page.get_by_role("button", name="Sign in", exact=True).click()


def add(page: Page, alone: bool) -> None:
    page.goto("/preferences/#security")
    page.get_by_role("link", name="Add…").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Add a passkey")).to_be_visible()
    if alone:
        page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


@pytest.mark.parametrize("alone", [True, False])
def test_a_passkey_signs_in(people: People, alone: bool) -> None:
    person = people.somebody()
    page = person.page
    play_authenticator(page)
    add(page, alone)
    sign_out(page)
    if alone:
        page.get_by_role("button", name="Sign in with a passkey").click()
    else:
        enter(person)
        page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()


def test_without_a_key_it_says_so_and_the_password_still_works(people: People) -> None:
    person = people.somebody()
    page = person.page
    sign_out(page)
    play_authenticator(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_have_text("That didn’t work. Try again, or another way.")
    enter(person)
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
