"""The database away, full or taken for somebody else's: what people are told, and what the log says."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django.asserts import assertContains

from .base import PASSWORD, SecureClient

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def failing(monkeypatch: pytest.MonkeyPatch, **attributes: object) -> None:
    """From now on every question to the database ends with this error of its driver."""

    def fail(*_: object, **__: object) -> None:
        cause = RuntimeError()
        for name, value in attributes.items():
            setattr(cause, name, value)
        raise OperationalError("gone\nDETAIL") from cause

    monkeypatch.setattr(connection, "cursor", fail)
    monkeypatch.setattr(connection, "chunked_cursor", fail)


@pytest.fixture
def signed_in(alice) -> Client:
    client = SecureClient(raise_request_exception=False)
    client.force_login(alice)
    return client


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_while_the_database_is_away(signed_in, monkeypatch, headers, caplog, settings, mailoutbox):
    settings.ADMINS = [("", "root@harbour.example")]
    caplog.set_level("WARNING", "site.failures")
    stranger = SecureClient(raise_request_exception=False)
    failing(monkeypatch, sqlstate=None)
    posted = {"login": "alice", "password": PASSWORD}
    answers = [
        signed_in.get("/", **headers),
        signed_in.get("/upcoming/", **headers),
        signed_in.post("/todos/new/", {"text": "Milk"}, **headers),
        stranger.post("/accounts/login/", posted, **headers),
    ]
    for answer in answers:
        assertContains(answer, "Back in a few minutes", status_code=503)
        assert answer["Retry-After"] == "30" and "no-store" in answer["Cache-Control"]
    assert ["Refresh" in answer for answer in answers] == [True, True, False, False]
    assert "the database does not answer: gone" in [one.getMessage() for one in caplog.records]
    assert mailoutbox == []
    monkeypatch.undo()
    assert signed_in.get("/").status_code == 200


def test_the_503_page_finds_its_style():
    answer = SecureClient().get("/503.css")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/css")


def test_a_full_disk_while_signing_in_keeps_no_password(monkeypatch):
    client = SecureClient(raise_request_exception=False)
    failing(monkeypatch, sqlstate="53100")
    answer = client.post("/accounts/login/", {"login": "alice", "password": PASSWORD})
    assertContains(answer, "no room left", status_code=507)
    assert PASSWORD.encode() not in answer.content


def test_a_disk_so_full_that_nothing_can_be_read(signed_in, monkeypatch):
    failing(monkeypatch, sqlite_errorname="SQLITE_IOERR_SHMSIZE")
    for path in ("/", "/upcoming/"):
        assertContains(signed_in.get(path), "Back in a few minutes", status_code=503)


@pytest.mark.parametrize("origin", ["null", "https://elsewhere.example"])
def test_a_refused_origin_is_named_beside_the_address(origin, caplog, settings):
    caplog.set_level("WARNING", "django.security.csrf")
    client = SecureClient(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {}, HTTP_ORIGIN=origin)
    assertContains(answer, f"came from “{origin}”", status_code=403)
    assertContains(answer, settings.SITE_URL, status_code=403)
    assert b"too old" not in answer.content and b"cookies" not in answer.content
    (said,) = [one.getMessage() for one in caplog.records if one.name == "django.security.csrf"]
    assert f"{origin} does not match any trusted origins" in said
