"""/healthz and /readyz, for whoever decides whether this process lives and gets requests."""

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

logger = logging.getLogger("site.health")


class HealthMiddleware(MiddlewareMixin):
    """Answers the two probes before any check of host, scheme, session or login.

    ``/healthz`` says which revision answers, and touches nothing: a database that is away must not get every web
    process killed. ``/readyz`` says whether to send requests here.
    """

    migrated = False

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if request.path not in ("/healthz", "/readyz"):
            return None
        wrong = self.why_not_ready() if request.path == "/readyz" else ""
        text = wrong or ("ready" if request.path == "/readyz" else settings.REVISION)
        response = HttpResponse(f"{text}\n", "text/plain; charset=utf-8", 503 if wrong else 200)
        response["Cache-Control"] = "no-store"
        return response

    def why_not_ready(self) -> str:
        if settings.DRAIN_FILE.exists():
            return "draining"
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            if not self.migrated:  # can't change back while this code runs: once seen is enough
                executor = MigrationExecutor(connection)
                self.migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("not ready: %s", str(error).partition("\n")[0])
            connection.close()
            return "the database does not answer"
        if not self.migrated:
            logger.warning("not ready: migrations are missing")
        return "" if self.migrated else "migrations are missing"
