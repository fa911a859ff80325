"""A write that the database refuses: tried once more where others were in the way, then said, with nothing typed lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, Literal

from django.db import DatabaseError, Error, IntegrityError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

logger = logging.getLogger("django_todos.refused")

Reason = Literal["again", "full", "away"]

CODES: dict[Any, Reason] = {
    # a deadlock, a serialisation failure, a lock or an answer that did not come in time
    "40P01": "again", "40001": "again", "55P03": "again", "57014": "again",  # PostgreSQL
    "SQLITE_BUSY": "again", "SQLITE_LOCKED": "again",
    1213: "again", 1205: "again",  # MariaDB and MySQL
    # no room left, or nothing is written at all
    "53100": "full", "25006": "full",
    "SQLITE_FULL": "full", "SQLITE_READONLY": "full", "SQLITE_IOERR": "full",
    1021: "full", 1114: "full", 1290: "full",
    # nobody there: it starts, it stops, it takes no more connections, or a driver's error without a code
    "57P01": "away", "57P02": "away", "57P03": "away", "53300": "away", "08006": "away", "08001": "away", None: "away",
    "SQLITE_CANTOPEN": "away",
    2002: "away", 2003: "away", 2006: "away", 2013: "away",
}  # fmt: skip
"""What databases say, by their own codes, and what it means to a person."""
STATUS: dict[Reason, int] = {"again": 409, "full": 507, "away": 503}


def reason_of(error: BaseException | None) -> Reason | None:
    """Whether others wrote at the same moment, the disk is full, or nobody answers; None where it is a fault of ours."""
    if isinstance(error, IntegrityError):
        return "again"
    if not isinstance(error, Error):
        return None
    cause = error.__cause__
    name = "_".join(str(getattr(cause, "sqlite_errorname", "")).split("_")[:2])
    codes = [name, *error.args[:1]]
    codes += [getattr(cause, one) for one in ("sqlstate", "pgcode") if hasattr(cause, one)]
    return next((CODES[code] for code in codes if code in CODES), None)


def tried(
    view: Callable[..., Any], request: HttpRequest, *args: Any, **kwargs: Any
) -> HttpResponse:
    """The view's answer. What others were in the way of is tried once more, from the beginning."""
    for is_last in (False, True):
        # In a transaction of the host's (ATOMIC_REQUESTS) only what the view did is taken back.
        within = transaction.atomic() if connection.in_atomic_block else nullcontext()
        try:
            with within:
                response: HttpResponse = view(request, *args, **kwargs)
                return response
        except DatabaseError as error:
            reason = reason_of(error)
            if (
                reason is None or reason == "away"
            ):  # a project says for all its pages that it is away
                raise
            logger.warning("not written (%s): %s", reason, str(error).partition("\n")[0])
            if is_last or reason == "full":
                return refused(request, reason)
            for file in request.FILES.values():
                file.seek(0)  # type: ignore[union-attr]  # no field of ours takes several
    raise AssertionError("unreachable")


def refused(request: HttpRequest, reason: Reason, *, keep: bool = True) -> HttpResponse:
    """Says so, and offers to send the same again (`keep`: not where a password may be in it).

    A script gets no page: what was typed still stands where it was typed, and there the offer is made.
    """
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=STATUS[reason])
    else:
        typed = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name != "csrfmiddlewaretoken"
        ]
        context = {
            "reason": reason,
            "typed": typed,
            "is_form": keep and request.method == "POST" and not request.FILES,
            "address": request.get_full_path(),
        }
        response = render(request, "django_todos/refused.html", context, status=STATUS[reason])
    response["Retry-After"] = "1"
    return response
