"""What a host sets: what people are called, who has todos, what is switched off, who mails come from."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy
from tests.factories import NOW, Cast, make_todo

from django_todos import reminders
from django_todos.dates import Moment
from django_todos.models import Preferences
from django_todos.wording.people import display_name, initials


def shout(user: Any) -> str:
    """A host's own way to call people."""
    return f"{user.get_username().upper()} of sales"


def unnamed(user: Any) -> Any:
    """Nobody has a name, in the reader's language."""
    return gettext_lazy("Somebody")


def only_alice(user: Any) -> bool:
    """A host's own rule."""
    return bool(user.get_username() == "alice")


def person(full: str, first: str | None, last: str | None, name: str | None = "sam") -> Any:
    return SimpleNamespace(
        pk=7,
        get_full_name=lambda: full,
        first_name=first,
        last_name=last,
        get_username=lambda: name,
    )


@pytest.mark.parametrize(
    "user, called",
    [
        (person("Sam Smith", "Sam", "Smith"), "Sam Smith"),
        (person("None None", None, None), "sam"),
        (person("Sam None", "Sam", None), "Sam"),
        (person("", "", ""), "sam"),
        (person("None None", None, None, None), "7"),
        (person("Ms None", "Ms", "None"), "Ms None"),
    ],
)
def test_names_that_are_none_are_no_words(user: Any, called: str):
    assert display_name(user) == called


def test_a_host_says_what_people_are_called(settings, cast: Cast):
    settings.TODOS_USER_DISPLAY = "tests.test_hooks.shout"
    assert (display_name(cast.bob), initials(cast.bob)) == ("BOB of sales", "Bs")
    page = cast.client("alice").get(cast.flat.get_absolute_url()).content.decode()
    assert "BOB of sales" in page
    settings.TODOS_USER_DISPLAY = "tests.test_hooks.unnamed"
    with translation.override("de"):
        assert (display_name(cast.bob), initials(cast.bob)) == ("Jemand", "Je")


def test_a_host_says_who_has_todos(settings, cast: Cast):
    settings.TODOS_MAY_USE = "tests.test_hooks.only_alice"
    url = cast.flat.get_absolute_url()
    assert cast.client("alice").get(url).status_code == 200
    assert cast.client("bob").get(url).status_code == 403
    assert cast.client("anonymous").get(url).status_code == 302


def test_without_import_nothing_leads_there(settings, cast: Cast):
    settings.TODOS_IMPORT = False
    alice, url = cast.client("alice"), reverse("django_todos:import")
    assert alice.get(url).status_code == 404
    for page in (cast.flat.get_absolute_url(), reverse("django_todos:preferences"), "/todos/"):
        assert url not in alice.get(page).content.decode()


def test_without_sharing_nothing_leads_there(settings, cast: Cast):
    """Neither to those who are in a list, nor to invitations; who was in it stays in it."""
    settings.TODOS_SHARING = False
    alice = cast.client("alice")
    urls = {
        reverse(f"django_todos:{name}", args=args)
        for name, args in (("list-members", [cast.flat.uuid]), ("invitation-index", []))
    }
    assert {alice.get(url).status_code for url in urls} == {404}
    for page in (cast.flat.get_absolute_url(), reverse("django_todos:list-index"), "/todos/"):
        html = alice.get(page).content.decode()
        assert [url for url in urls if url in html] == [], page
    assert cast.client("bob").get(cast.flat.get_absolute_url()).status_code == 200


def test_mails_come_from_whom_the_host_says(settings, cast: Cast):
    settings.TODOS_BASE_URL = "https://todo.example"
    settings.TODOS_FROM_EMAIL = "Todos <todos@example.org>"
    type(cast.alice).objects.filter(pk=cast.alice.pk).update(email="alice@example.org")
    Preferences.objects.create(user=cast.alice, digest=True, digest_hour=NOW.hour, time_zone="UTC")
    make_todo(cast.flat, due=Moment(NOW.date()))
    reminders.send_digests(NOW)
    assert [one.from_email for one in mail.outbox] == ["Todos <todos@example.org>"]


def with_nonce(get_response: Any) -> Any:
    """What django-csp does to a request."""

    def middleware(request: Any) -> Any:
        request.csp_nonce = "n0nce"
        return get_response(request)

    return middleware


def test_whatever_is_loaded_carries_the_nonce_of_the_page(settings, cast: Cast):
    settings.MIDDLEWARE = ["tests.test_hooks.with_nonce", *settings.MIDDLEWARE]
    for page in ("preferences/", "inbox/"):
        html = cast.client("alice").get(f"/todos/{page}").content.decode()
        loaded = re.findall(r"<script\b[^>]*>|<link\b[^>]*stylesheet[^>]*>", html)
        assert len(loaded) > 10
        assert [tag for tag in loaded if 'nonce="n0nce"' not in tag] == []
    assert "htmx-2" in html or "django_htmx/htmx.min.js" in html
