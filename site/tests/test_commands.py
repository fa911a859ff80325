"""What the site adds to Django's commands and the package's."""

import logging
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from django_todos.management.commands.todos_worker import JOBS

from .base import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def heartbeat(settings: Any, tmp_path: Path) -> Path:
    settings.HEARTBEAT_FILE = tmp_path / "heartbeat"
    return tmp_path / "heartbeat"


def test_the_worker_ends_sessions_that_have_run_out(heartbeat, alice):
    now = timezone.now()
    for name, expires in (("old", now - timedelta(minutes=1)), ("new", now + timedelta(days=1))):
        Session.objects.create(session_key=name, session_data="", expire_date=expires)
        UserSession.objects.create(user=alice, session_key=name, ip="127.0.0.1")
    call_command("todos_worker", stdout=StringIO(), stderr=StringIO())
    for kind in (Session, UserSession):
        assert [session.session_key for session in kind.objects.all()] == ["new"]
    assert heartbeat.exists()


def test_a_job_that_fails_stops_neither_the_worker_nor_its_heartbeat(
    heartbeat, monkeypatch, caplog
):
    caplog.set_level(logging.ERROR)
    monkeypatch.setitem(JOBS, "trash", lambda now: 1 / 0)
    monkeypatch.setattr(SessionStore, "clear_expired", lambda: 1 / 0)
    with pytest.raises(CommandError):
        call_command("todos_worker", stdout=StringIO(), stderr=StringIO())
    assert "trash failed" in caplog.text and "forget_expired_sessions" in caplog.text
    assert heartbeat.exists()


def test_a_test_mail_fails_where_mail_is_not_set_up(settings, mailoutbox):
    with pytest.raises(CommandError, match="EMAIL_URL is not set"):
        call_command("sendtestemail", "you@example.org")
    settings.MAIL_CONFIGURED = True
    call_command("sendtestemail", "you@example.org")
    assert [message.to for message in mailoutbox] == [["you@example.org"]]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")
def test_the_web_needs_to_own_nothing(client):
    """All that it does is done by a role that may read and write rows, and no more."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE site_test_web")
        cursor.execute(
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO site_test_web"
        )
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO site_test_web")
        cursor.execute("SET LOCAL ROLE site_test_web")
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("site_test_web",)
    assert client.get("/readyz").content == b"ready\n"
    new = {"username": "alice", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post("/accounts/signup/", new).status_code == 302
    client.post("/todos/new/", {"text": "Water the fig tree", "next": "/inbox/"})
    assert "Water the fig tree" in client.get("/inbox/").content.decode()
    assert client.get("/accounts/data/").status_code == 200
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.post("/accounts/delete/")["Location"] == "/accounts/deleted/"
