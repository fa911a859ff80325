"""The probes: answered by any name, over plain http, and honest about the database."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest import mock

from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, TestCase, override_settings


class Probes(TestCase):
    def setUp(self) -> None:
        # No proxy, no https, a name that is not ours: as an orchestrator asks.
        self.client = Client(HTTP_HOST="10.0.0.7:8000")

    def test_before_host_redirect_and_session(self) -> None:
        for path in ("/healthz", "/readyz"):
            with self.subTest(path=path):
                response = self.client.get(path)
                self.assertEqual(response.status_code, 200)
                self.assertEqual(response["Cache-Control"], "no-store")
                self.assertFalse(response.cookies)

    def test_everything_else_checks_the_host(self) -> None:
        answer = self.client.get("/", HTTP_X_FORWARDED_PROTO="https")
        self.assertEqual(answer.status_code, 400)

    def test_healthz_touches_no_database(self) -> None:
        with self.assertNumQueries(0):
            self.client.get("/healthz")

    def test_readyz_without_a_database(self) -> None:
        with (
            mock.patch.object(
                connection, "cursor", side_effect=OperationalError("gone\nDETAIL: x")
            ),
            mock.patch.object(connection, "close"),
            self.assertLogs("site.health", "WARNING") as logs,
        ):
            response = self.client.get("/readyz")
        self.assertEqual(response.status_code, 503)
        self.assertEqual(response.content, b"the database does not answer\n")
        self.assertIn("gone", logs.output[0])

    def test_readyz_before_a_migration(self) -> None:
        MigrationRecorder(connection).record_unapplied("site", "0001_cache_table")
        with self.assertLogs("site.health", "WARNING"):
            response = self.client.get("/readyz")
        self.assertEqual(
            (response.status_code, response.content), (503, b"migrations are missing\n")
        )
        MigrationRecorder(connection).record_applied("site", "0001_cache_table")
        self.assertEqual(self.client.get("/readyz").status_code, 200)

    def test_readyz_asks_little_once_it_has_seen_the_migrations(self) -> None:
        self.client.get("/readyz")
        with self.assertNumQueries(1):
            self.client.get("/readyz")

    def test_draining(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            drain = Path(folder) / "drain"
            with override_settings(DRAIN_FILE=str(drain)):
                self.assertEqual(self.client.get("/readyz").status_code, 200)
                drain.touch()
                with self.assertNumQueries(0):
                    self.assertEqual(self.client.get("/readyz").content, b"draining\n")
                self.assertEqual(self.client.get("/healthz").status_code, 200)
