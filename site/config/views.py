"""The few pages that are the site's own: the front door, what belongs to an account, and what is said when all else fails."""

import json
import logging
import sys
from contextlib import suppress
from itertools import chain
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views import defaults
from django.views.decorators.http import require_POST, require_safe

from django_todos.exchange.export import export
from django_todos.models import Departure, Preferences
from django_todos.views.days import today
from django_todos.views.refused import reason_of, refused

logger = logging.getLogger("site.failures")


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Today for whoever is signed in, what this is for everybody else."""
    return (
        today(request) if request.user.is_authenticated else render(request, "site/landing.html")
    )


@require_safe
@login_required
def account_data(request: HttpRequest) -> StreamingHttpResponse:
    """Download all my data: the export of my todos, which the import page reads, and beside them the account."""
    user = cast(User, request.user)  # `login_required` has made sure of that
    todos = export(user, "json", tz=Preferences.of(user).zone)
    known = json.dumps({"account": known_about(user)}, ensure_ascii=False, cls=DjangoJSONEncoder)
    begun = f"{known[:-1]},\n{next(todos.pieces)[1:]}"  # one object of two
    name = content_disposition_header(True, f"todos-{user.get_username()}.json") or ""
    pieces, headers = chain([begun], todos.pieces), {"Content-Disposition": name}
    return StreamingHttpResponse(pieces, content_type=todos.content_type, headers=headers)


def known_about(user: User) -> dict[str, Any]:
    """What the site knows about somebody beside their todos; never a password's hash."""
    fields = ("username", "first_name", "last_name", "email", "date_joined", "last_login")
    addresses = EmailAddress.objects.filter(user=user).values("email", "verified", "primary")
    devices = UserSession.objects.filter(user=user).values("ip", "user_agent", "created_at")
    return {
        **model_to_dict(user, fields),
        "addresses": list(addresses),
        "devices": list(devices),
        "preferences": Preferences.objects.filter(user=user.pk).values().first(),
    }


@require_POST
@login_required
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Signs one other device out, or all others."""
    others = UserSession.objects.filter(user=request.user.pk)
    others = others.exclude(session_key=request.session.session_key)
    if (one := request.POST.get("session", "")).isdecimal():
        others = others.filter(pk=int(one))
    get_adapter().end_sessions(others)
    return redirect("/preferences/#devices")


@login_required
@reauthentication_required(allow_get=True)
def account_delete(request: HttpRequest) -> HttpResponse:
    """Deletes the account; what becomes of its lists hangs on the deletion, in the package."""
    user = cast(User, request.user)
    if request.method == "POST":
        user.delete()
        logout(request)
        return redirect("site_account_deleted")
    return render(request, "site/account_delete.html", {"departure": Departure.of(user)})


def server_error(request: HttpRequest) -> HttpResponse:
    """The 500; but for a database that is away the page of a site that is being updated, which asks again by itself."""
    error = sys.exc_info()[1]
    reason = reason_of(error)
    if reason == "full":
        with suppress(DatabaseError):  # not even who asks can be read: it is as good as away
            return refused(request, reason, keep=False)
    if reason not in ("full", "away"):
        return defaults.server_error(request)
    logger.warning("the database does not answer: %s", str(error).partition("\n")[0])
    page = (settings.WHITENOISE_ROOT / "503.html").read_text(encoding="utf-8")
    again = {"Refresh": "30"} if request.method == "GET" else {}
    headers = {"Cache-Control": "no-store", "Retry-After": "30", **again}
    return HttpResponse(page, status=503, headers=headers)
