"""One line a request, each with an id that every other line of that request carries too."""

import json
import logging
import re
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.encoding import escape_uri_path

request_id: ContextVar[str] = ContextVar("request_id", default="-")
logger = logging.getLogger("site.request")


class RequestMiddleware:
    """Trusts the headers of as many proxies as there are, and logs a line that keeps secrets.

    The query string is not logged: it holds what people search for. Nor are the keys of links in mails.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        believe(request, settings.TRUSTED_PROXIES)
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        id = given if re.fullmatch("[A-Za-z0-9._-]{8,64}", given) else uuid.uuid4().hex
        token = request_id.set(id)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = id
            known = {
                "method": request.method,
                "path": path_without_keys(request),
                "status": response.status_code,
                "ms": round((time.perf_counter() - started) * 1000),
                "address": request.META.get("REMOTE_ADDR") or "-",
                # Only if somebody asked who it is: the log must not cause a query.
                "user": getattr(getattr(request, "_cached_user", None), "pk", None) or "-",
            }
            logger.info("%(method)s %(path)s %(status)d %(ms)dms %(address)s user=%(user)s", known)
            return response
        finally:
            request_id.reset(token)


def believe(request: HttpRequest, proxies: int) -> None:
    """Set ``REMOTE_ADDR`` to what the outermost of our proxies saw; drop what a client made up.

    Each proxy appends the address it was called from, so the n-th entry from the end is the first one that a stranger
    could not write. Rate limits and the log rely on it.
    """
    forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(forwarded) >= proxies and forwarded[-proxies].strip():
        request.META["REMOTE_ADDR"] = forwarded[-proxies].strip()
    if not proxies:
        request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        request.META.pop("HTTP_X_REQUEST_ID", None)


def path_without_keys(request: HttpRequest) -> str:
    path = request.path
    for name, value in (request.resolver_match.kwargs if request.resolver_match else {}).items():
        if name in ("key", "token"):
            path = path.replace(str(value), "***")
    return escape_uri_path(path)


class Line(logging.Formatter):
    """Times in UTC; a message stays one line, whatever a request put into it."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname} {record.name} [{request_id.get()}] {record.message}"
        return line.replace("\r", "\\r").replace("\n", "\\n")


class Json(Line):
    """An object a line; what the line of a request says stands in it by name too."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "time": self.formatTime(record),
            "level": record.levelname,
            "logger": record.name,
            "request_id": request_id.get(),
            "message": record.getMessage(),
            **(record.args if isinstance(record.args, dict) else {}),
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)
