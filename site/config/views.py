"""The few pages that are the site's own: the front door and what belongs to an account."""

import json
from itertools import chain
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.usersessions.adapter import get_adapter
from allauth.usersessions.models import UserSession
from config.forms import reauthenticate
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.forms import Form
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from django_todos.exchange.export import export
from django_todos.models import Departure, Preferences
from django_todos.views.days import today


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Today for whoever is signed in, what this is for everybody else."""
    if request.user.is_authenticated:
        return today(request)
    return render(request, "site/landing.html")


@require_safe
@login_required
def account_data(request: HttpRequest) -> StreamingHttpResponse:
    """Download all my data: the export of my todos, which the import page reads, and beside them the account."""
    user = cast(User, request.user)  # `login_required` has made sure of that
    todos = export(user, "json", tz=Preferences.of(user).zone)
    known = json.dumps({"account": known_about(user)}, ensure_ascii=False, cls=DjangoJSONEncoder)
    begun = f"{known[:-1]},\n{next(todos.pieces)[1:]}"  # one object of two
    response = StreamingHttpResponse(chain([begun], todos.pieces), content_type=todos.content_type)
    name = slugify(user.get_username()) or "account"
    response["Content-Disposition"] = f'attachment; filename="todos-{name}.json"'
    return response


def known_about(user: User) -> dict[str, Any]:
    """What the site knows about somebody beside their todos; never a password's hash."""
    addresses = EmailAddress.objects.filter(user=user).order_by("pk")
    devices = UserSession.objects.filter(user=user).order_by("pk")
    return {
        "username": user.get_username(),
        "name": user.get_full_name(),
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "addresses": list(addresses.values("email", "verified", "primary")),
        "devices": list(devices.values("ip", "user_agent", "created_at")),
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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_delete(request: HttpRequest) -> HttpResponse:
    """Deletes the account; what becomes of its lists hangs on the deletion, in the package."""
    user = cast(User, request.user)
    # Who comes by a provider has no password to ask for; of others, an unlocked screen is not enough.
    form = Form(request.POST or None)
    if user.has_usable_password():
        form = reauthenticate(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user.delete()
        logout(request)
        return redirect("site_account_deleted")
    status = 422 if form.is_bound else 200
    context = {"form": form, "departure": Departure.of(user)}
    return render(request, "site/account_delete.html", context, status=status)
