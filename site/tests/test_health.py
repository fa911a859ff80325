"""The probes: answered by any name, over plain http, and honest about the database."""

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def probe() -> Client:
    """No proxy, no https, a name that is not ours: as an orchestrator asks."""
    return Client(HTTP_HOST="10.0.0.7:8000")


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_before_host_redirect_and_session(probe, path):
    response = probe.get(path)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert not response.cookies


def test_everything_else_checks_the_host(probe):
    assert probe.get("/", HTTP_X_FORWARDED_PROTO="https").status_code == 400


def test_healthz_says_the_revision_and_no_more(probe, settings):
    settings.REVISION = "0123abc"
    response = probe.get("/healthz")
    assert response.content == b"0123abc\n"
    assert response["Content-Type"].startswith("text/plain")


def test_healthz_touches_no_database(probe, django_assert_num_queries):
    with django_assert_num_queries(0):
        probe.get("/healthz")


def test_readyz_without_a_database(probe, monkeypatch, caplog):
    caplog.set_level("WARNING")

    def gone() -> None:
        raise OperationalError("gone\nDETAIL: x")

    monkeypatch.setattr(connection, "cursor", gone)
    response = probe.get("/readyz")
    assert (response.status_code, response.content) == (503, b"the database does not answer\n")
    assert [record.getMessage() for record in caplog.records] == ["not ready: gone"]


def test_readyz_before_a_migration(probe, caplog):
    caplog.set_level("WARNING")
    MigrationRecorder(connection).record_unapplied("django_todos", "0001_initial")
    response = probe.get("/readyz")
    assert (response.status_code, response.content) == (503, b"migrations are missing\n")
    assert [record.getMessage() for record in caplog.records] == [
        "not ready: migrations are missing"
    ]
    MigrationRecorder(connection).record_applied("django_todos", "0001_initial")
    assert probe.get("/readyz").status_code == 200


def test_readyz_asks_little_once_it_has_seen_the_migrations(probe, django_assert_num_queries):
    probe.get("/readyz")
    with django_assert_num_queries(1):
        probe.get("/readyz")


def test_draining(probe, settings, tmp_path, django_assert_num_queries):
    settings.DRAIN_FILE = tmp_path / "drain"
    assert probe.get("/readyz").status_code == 200
    settings.DRAIN_FILE.touch()
    with django_assert_num_queries(0):
        assert probe.get("/readyz").content == b"draining\n"
    assert probe.get("/healthz").status_code == 200
