"""Who the client is, with a known number of proxies before us."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class TrustedProxiesMiddleware:
    """Sets ``REMOTE_ADDR`` to what the outermost of our proxies saw; drops what a client made up.

    Each proxy appends the address it was called from, so the n-th entry from the end is the
    first one that a stranger could not write. Rate limits and the log rely on it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        forwarded = request.META.pop("HTTP_X_FORWARDED_FOR", "").split(",")
        proxies: int = settings.TRUSTED_PROXIES
        if proxies and len(forwarded) >= proxies and forwarded[-proxies].strip():
            request.META["REMOTE_ADDR"] = forwarded[-proxies].strip()
        if not proxies:
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
            request.META.pop("HTTP_X_REQUEST_ID", None)
        return self.get_response(request)
