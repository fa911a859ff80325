"""One line a request, each with an id that every other line of that request carries too."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

request_id: ContextVar[str] = ContextVar("request_id", default="-")
logger = logging.getLogger("site.request")
ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
SECRET_ARGUMENTS = ("key", "token")


class RequestLogMiddleware:
    """Logs method, path, status, time, address and user, and returns the id as ``X-Request-ID``.

    An id that a trusted proxy brings is kept (config.proxies drops a stranger's). The query
    string is not logged: it holds what people search for. Nor are the keys of links in mails.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        id = given if ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(id)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = id
            logger.info(
                "%s %s %d %.0fms %s %s",
                request.method,
                _path(request),
                response.status_code,
                (time.perf_counter() - started) * 1000,
                request.META.get("REMOTE_ADDR") or "-",
                _user(request),
            )
            return response
        finally:
            request_id.reset(token)


def _path(request: HttpRequest) -> str:
    path = request.path
    for name, value in (request.resolver_match.kwargs if request.resolver_match else {}).items():
        if name in SECRET_ARGUMENTS:
            path = path.replace(str(value), "***")
    return escape_uri_path(path)


def _user(request: HttpRequest) -> str:
    # Only if somebody asked who it is: the log must not cause a query.
    user = getattr(request, "_cached_user", None)
    return f"user={user.pk}" if user is not None and user.pk else "user=-"


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class NoProbesFilter(logging.Filter):
    """Django calls each 503 an error; /readyz says 503 by design, and says why itself."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(getattr(record, "request", None), "path", "") != "/readyz"


class LineFormatter(logging.Formatter):
    """Times in UTC; a message stays one line, whatever a request put into it."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:
        return super().formatMessage(record).replace("\r", "\\r").replace("\n", "\\n")
