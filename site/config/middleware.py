"""What is asked of every request and said in every answer, whichever view it is for."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from allauth.core.internal.httpkit import clean_client_ip
from config.logs import request_id
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin
from django.utils.encoding import escape_uri_path

Handler = Callable[[HttpRequest], HttpResponseBase]
logger = logging.getLogger("site.request")
# What no page here uses.
UNUSED = "camera=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=()"


class RequestMiddleware:
    """Trusts the headers of as many proxies as there are, says what browsers may not do, and logs a line.

    The query string is not logged: it holds what people search for.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        believe(request, settings.TRUSTED_PROXIES)
        given = request.META.get("HTTP_X_REQUEST_ID", "") if settings.TRUSTED_PROXIES else ""
        id = given if re.fullmatch("[A-Za-z0-9._-]{8,64}", given) else uuid.uuid4().hex
        token = request_id.set(id)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = id
            response["Permissions-Policy"] = UNUSED
            if request.path.startswith("/accounts/"):
                response["Cache-Control"] = "private, no-store"
            if "site.signed_out" in request.META:
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
            return response
        finally:
            request_id.reset(token)


def believe(request: HttpRequest, proxies: int) -> None:
    """Set ``REMOTE_ADDR`` to what the outermost of our proxies saw, if there is one.

    Each proxy appends the address it was called from, some with its port, so the n-th entry from the end is the first
    one that a stranger could not write. Rate limits and the log rely on it.
    """
    forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
    if proxies and len(forwarded) >= proxies and (seen := clean_client_ip(forwarded[-proxies])):
        request.META["REMOTE_ADDR"] = seen


class BodyLimitMiddleware(MiddlewareMixin):
    """Refuses what is too large before anything of it is read. A body of unknown length is none for Django."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isdecimal() else 0
        if size > settings.MAX_BODY_OF_STRANGERS and (
            size > settings.MAX_BODY or not request.user.is_authenticated
        ):
            return render(request, "413.html", status=413)
        return None
