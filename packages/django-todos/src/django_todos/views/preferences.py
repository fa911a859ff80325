"""The settings, the zone that their browser tells, and the way out of mails that needs no login."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from django_todos import reminders, unsubscribing
from django_todos._compat import login_not_required
from django_todos.dates import resolve_zone
from django_todos.forms.dates import cities
from django_todos.forms.preferences import SECTIONS, PreferencesForm
from django_todos.models import Preferences
from django_todos.views._page import Request, back, forget_language, page, signed_in
from django_todos.wording.dates import city_of

_KINDS: dict[unsubscribing.Kind, Any] = {
    "reminders": _("reminders by mail"),
    "digest": _("daily mails"),
    "assigned": _("mails about todos that you are given"),
    "invited": _("invitations by mail"),
    "role": _("mails about your role in a list"),
    "removed": _("mails about lists that you were taken out of"),
    "answered": _("mails about answers to your invitations"),
    "address": _("invitations to this address"),
}
"""What can be ended by one click, in words."""


@signed_in("GET", "POST")
def preferences(request: Request) -> HttpResponse:
    """The settings in sections, each a form of its own."""
    viewer = request.todos_viewer
    chosen = request.POST.get("section")
    forms = {
        section.name: PreferencesForm(
            section, request.POST if section.name == chosen else None, viewer=viewer
        )
        for section in SECTIONS
    }
    if chosen in forms and forms[chosen].is_valid():
        forms[chosen].save()
        response = back(request, reverse("django_todos:preferences"), kept="preferences")
        if not viewer.preferences.language:
            forget_language(response)
        return response
    context = {
        "forms": forms.values(),
        "cities": sorted(cities().values(), key=city_of),
        "preview": reminders.preview(viewer) if viewer.preferences.digest else None,
    }
    return page(
        request,
        "preferences",
        "preferences",
        context,
        status=422 if request.method == "POST" else 200,
    )


@signed_in("POST")
def time_zone(request: Request) -> HttpResponse:
    """Remember where the browser is, its region and its language for the mails. It sends a name or nothing; 204 either way."""
    viewer = request.todos_viewer
    zone = resolve_zone(request.POST.get("zone", ""))
    if zone is not None:
        seen = {
            "seen_time_zone": zone.key,
            "seen_region": viewer.region,
            "seen_language": get_language() or "",
        }
        Preferences.objects.update_or_create(user_id=viewer.user.pk, defaults=seen)
    return HttpResponse(status=204)


@signed_in("GET", "POST")
def keyboard(request: Request) -> HttpResponse:
    """Every key and what it does, and whether single keys do anything."""
    if request.method == "POST":
        on = "shortcuts" in request.POST
        user = request.todos_viewer.user
        Preferences.objects.update_or_create(user_id=user.pk, defaults={"shortcuts": on})
        return back(request, reverse("django_todos:keyboard"), kept="preferences")
    return page(request, "keyboard", "keyboard", {})


@login_not_required
@csrf_exempt  # the signed token is the permission, and mail programs post without our cookie (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, because programs follow links in mails to look at them; POST does it, without a login."""
    found = unsubscribing.read_unsubscribe_token(token)
    if found is None:
        raise Http404
    user, kind = found
    if request.method == "POST":
        unsubscribing.unsubscribe(user, kind)
    context = {"kind": kind, "what": _KINDS[kind], "done": request.method == "POST"}
    response = render(request, "django_todos/unsubscribe.html", context)
    response["Referrer-Policy"] = "no-referrer"  # the address is the permission
    response["Cache-Control"] = "no-store"
    return response
