"""/healthz and /readyz, for whoever decides whether this process lives and gets requests."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

logger = logging.getLogger("site.health")


class HealthMiddleware:
    """Answers the two probes before any check of host, scheme, session or login.

    ``/healthz`` says that the process answers, and touches nothing: a database that is away
    must not get every web process killed. ``/readyz`` says whether to send requests here: not
    while draining, without the database, or before its migrations.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.migrated = False

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path == "/healthz":
            return _answer("ok", 200)
        if request.path == "/readyz":
            reason = self.why_not_ready()
            return _answer(reason or "ready", 503 if reason else 200)
        return self.get_response(request)

    def why_not_ready(self) -> str:
        if Path(settings.DRAIN_FILE).exists():
            return "draining"
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            # Migrations of this code can't become unapplied while it runs: once seen is enough.
            self.migrated = self.migrated or not _pending()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("not ready: %s", str(error).partition("\n")[0])
            connection.close()
            return "the database does not answer"
        if not self.migrated:
            logger.warning("not ready: migrations are missing")
            return "migrations are missing"
        return ""


def _pending() -> bool:
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _answer(text: str, status: int) -> HttpResponse:
    response = HttpResponse(f"{text}\n", content_type="text/plain; charset=utf-8", status=status)
    response["Cache-Control"] = "no-store"
    return response
