"""What is asked of every request and said in every answer, whichever view it is for."""

import logging
import re
import time
import uuid
from typing import Any, cast

from allauth.core.internal.httpkit import clean_client_ip
from config.logs import request_id
from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.encoding import escape_uri_path

logger = logging.getLogger("site.request")
health = logging.getLogger("site.health")
# What no page here uses.
UNUSED = "camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


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
        except Error as error:
            health.warning("not ready: %s", str(error).partition("\n")[0])
            return "the database does not answer"
        if not self.migrated:
            health.warning("not ready: migrations are missing")
        return "" if self.migrated else "migrations are missing"


class RequestMiddleware(MiddlewareMixin):
    """Trusts the headers of as many proxies as there are, says what browsers may not do, and logs a line.

    The query string is not logged: it holds what people search for.
    """

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        believe(request, settings.TRUSTED_PROXIES)
        given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXIES else ""
        id = given if re.fullmatch("[A-Za-z0-9._-]{8,64}", given) else uuid.uuid4().hex
        token = request_id.set(id)
        response = cast(HttpResponseBase, self.get_response(request))
        response["X-Request-ID"] = id
        response["Permissions-Policy"] = UNUSED
        if request.path.startswith("/accounts/"):
            response["Cache-Control"] = "private, no-store"
        session = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if session and session["max-age"] == 0:  # signed out, here or from another device
            response["Clear-Site-Data"] = '"cache"'
        known = {
            "method": request.method,
            "path": escape_uri_path(request.path),
            "status": response.status_code,
            "ms": round((time.perf_counter() - started) * 1000),
            "address": request.META.get("REMOTE_ADDR") or "-",
            # Only if somebody asked who it is: the log must not cause a query.
            "user": getattr(getattr(request, "_cached_user", None), "pk", None) or "-",
        }
        logger.info("%(method)s %(path)s %(status)d %(ms)dms %(address)s user=%(user)s", known)
        request_id.reset(token)
        return response

    def process_view(self, request: HttpRequest, *args: Any) -> HttpResponse | None:
        """Refuses what is too large before anything of it is read. A body of unknown length is none for Django."""
        request.csp_nonce = None  # type: ignore[attr-defined]  # the policy has none, and a page without is kept
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdecimal() else 0
        if size > settings.MAX_BODY or (
            size > settings.MAX_BODY_OF_STRANGERS and not request.user.is_authenticated
        ):
            return render(request, "413.html", status=413)
        return None


def believe(request: HttpRequest, proxies: int) -> None:
    """Set ``REMOTE_ADDR`` to what the outermost of our proxies saw, if there is one.

    Each proxy appends the address it was called from, some with its port, so the n-th entry from the end is the first
    one that a stranger could not write. Rate limits and the log rely on it.
    """
    forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(forwarded) >= proxies and (seen := clean_client_ip(forwarded[-proxies])):
        request.META["REMOTE_ADDR"] = seen
