"""What is said when nothing else can be: the database is away or full, or what was sent came from elsewhere."""

import logging
import sys

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

from django_todos.views.refused import reason_of, refused

logger = logging.getLogger("site.failures")
SECONDS = 30


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500; but for a database that is away the page of a site that is being updated, which asks again by itself."""
    error = sys.exc_info()[1]
    reason = reason_of(error)
    if reason == "full":
        try:
            return refused(request, reason, keep=False)
        except DatabaseError:  # not even who asks can be read
            reason = "away"
    if reason == "away":
        logger.warning("the database does not answer: %s", str(error).partition("\n")[0])
        page = (settings.WHITENOISE_ROOT / "503.html").read_text(encoding="utf-8")
        response = HttpResponse(page, status=503, headers={"Cache-Control": "no-store"})
        response["Retry-After"] = SECONDS
        if request.method == "GET":
            response["Refresh"] = SECONDS
        return response
    return defaults.server_error(request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Says whether it is the page that is too old, or the address that it came from; the log names the setting."""
    origin = ""
    if reason.startswith(("Origin checking", "Referer checking")):
        origin = request.headers.get("Origin") or request.headers.get("Referer") or "nowhere"
        logger.warning("sent from %r, which is not SITE_URL (%s)", origin[:200], settings.SITE_URL)
    page = render_to_string("403_csrf.html", {"origin": origin[:200], "site": settings.SITE_URL})
    return HttpResponse(page, status=403)
