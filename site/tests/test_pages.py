"""The site's own pages: the front door, and what is shown when something is wrong."""

import re
from typing import NoReturn

import pytest
from config import urls
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertContains, assertNotContains, assertTemplateUsed

from django_todos.models import TodoList
from django_todos.testing import make_list, make_user

from .base import SITE, SecureClient

pytestmark = pytest.mark.django_db


def test_signed_out(client, django_assert_num_queries):
    response = client.get("/")
    assertContains(response, "One line in.")
    assertContains(response, "/accounts/signup/")
    with django_assert_num_queries(0):
        client.get("/")


def test_signed_in_it_is_today(client, alice):
    client.force_login(alice)
    response = client.get("/")
    assertTemplateUsed(response, "django_todos/today.html")
    assertContains(response, "/accounts/logout/")


def test_what_browsers_ask_for_unasked(client):
    icon = client.get("/favicon.ico", follow=True)
    assert (icon.status_code, icon["Content-Type"]) == (200, "image/svg+xml")


def test_only_reading(client):
    assert client.post("/").status_code == 405


def test_404(client, alice):
    answer = client.get("/nowhere/")
    assertContains(answer, "nothing at this address", status_code=404)
    assertContains(answer, "Sign in", status_code=404)
    client.force_login(alice)
    assertContains(client.get("/nowhere/"), "Open the trash", status_code=404)


def test_400_of_a_foreign_host(client):
    answer = client.get("/", HTTP_HOST="evil.example")
    assertContains(answer, "makes no sense", status_code=400)
    assertNotContains(answer, "evil", status_code=400)


def test_a_form_that_has_grown_too_old():
    client = SecureClient(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {}, HTTP_REFERER="https://testserver/")
    assertContains(answer, "too old", status_code=403)


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Client:
    """A browser of a site whose front door raises an error."""

    def fail(request: HttpRequest) -> NoReturn:
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(urls.urlpatterns[0], "callback", fail)
    return SecureClient(raise_request_exception=False)


def test_500_needs_no_database(broken, django_assert_num_queries, caplog):
    with django_assert_num_queries(0):
        answer = broken.get("/")
    assert "django.request" in [record.name for record in caplog.records]
    assertContains(answer, "Something broke on our side", status_code=500)
    assertNotContains(answer, "on purpose", status_code=500)
    assert "default-src 'self'" in answer["Content-Security-Policy"]


def test_what_breaks_goes_to_the_admins_by_mail(broken, settings, mailoutbox):
    settings.ADMINS = [("", "root@harbour.example")]
    broken.get("/")
    assert [message.to for message in mailoutbox] == [["root@harbour.example"]]
    assert "broken on purpose" in mailoutbox[0].body


def test_a_503_of_a_probe_is_no_news_for_the_admins(client, settings, tmp_path, mailoutbox):
    settings.ADMINS = [("", "root@harbour.example")]
    settings.DRAIN_FILE = tmp_path
    assert client.get("/readyz").status_code == 503
    assert mailoutbox == []


@pytest.mark.parametrize(
    ("name", "words"), [("403.html", "not change it"), ("429.html", "too often")]
)
def test_403_and_429(name, words):
    assert words in render_to_string(name)


@pytest.mark.parametrize(
    ("name", "whose", "says"),
    [
        ("reader", "shared", "You can read this list, but not change it."),
        (
            "editor",
            "shared",
            "Only an owner of the list decides about it: its name, its people, archive and trash.",
        ),
        ("owner", "inbox", "The inbox can&#x27;t be renamed, shared, archived or deleted."),
    ],
)
def test_a_403_says_what_is_not_allowed(client, name, whose, says):
    people = {who: make_user(who) for who in ("owner", "editor", "reader")}
    shared = make_list(people["owner"], editors=[people["editor"]], viewers=[people["reader"]])
    found = shared if whose == "shared" else TodoList.objects.inbox_of(people["owner"])
    client.force_login(people[name])
    answer = client.get(reverse("django_todos:list-delete", args=[found.uuid]))
    assertContains(answer, says, status_code=403)


def test_503_is_a_file_of_its_own():
    text = (SITE / "maintenance" / "503.html").read_text()
    assert "{%" not in text
    assert "<style" not in text
    assert (SITE / "maintenance" / "503.css").exists()


def check_markup(client: Client, path: str) -> None:
    """Under `default-src 'self'` nothing inline works, and every file has its hashed name."""
    html = client.get(path, follow=True).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", html)
    for address in re.findall(r'(?:src|href)="(/static/[^"]+)"', html):
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", address)
        assert client.get(address).status_code == 200, address
    assert len(re.findall("<h1", html)) == 1
    assert html.count("<main") == 1


@pytest.mark.parametrize(
    "path",
    ["/", "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/", "/nowhere/"],
)
def test_markup_signed_out(client, path):
    check_markup(client, path)


@pytest.mark.parametrize(
    "path", ["/", "/preferences/", "/accounts/email/", "/accounts/delete/", "/accounts/logout/"]
)
def test_markup_signed_in(client, alice, path):
    client.force_login(alice)
    check_markup(client, path)


def test_files_are_kept_by_browsers_for_good(client):
    html = client.get("/").content.decode()
    address = re.findall(r'href="(/static/[^"]+\.css)"', html)[0]
    answer = client.get(address, HTTP_ACCEPT_ENCODING="gzip")
    assert "immutable" in answer["Cache-Control"]
    assert answer["Content-Encoding"] == "gzip"


def test_lines_of_templates_can_be_read():
    templates = sorted((SITE / "templates").rglob("*.*"))
    long = [
        f"{path.name}:{number}"
        for path in templates
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 120
    ]
    assert templates and long == []
