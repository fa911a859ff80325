"""What the viewer prefers, and the zone that their browser tells."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from django_todos.dates import resolve_zone
from django_todos.forms import PreferencesForm
from django_todos.models import Preferences
from django_todos.views.pages import Viewer, back, page


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request: HttpRequest) -> HttpResponse:
    """The form of preferences."""
    viewer = Viewer.of(request)
    form = PreferencesForm(request.POST or None, instance=Preferences.of(viewer.user))
    if request.method == "POST" and form.is_valid():
        Preferences.objects.update_or_create(user_id=viewer.user.pk, defaults=form.cleaned_data)
        return back(request, reverse("django_todos:preferences"), kept="preferences")
    return page(
        request, "preferences", "preferences", {"form": form}, status=422 if form.errors else 200
    )


@require_POST
@login_required
def time_zone(request: HttpRequest) -> HttpResponse:
    """Remember where the browser is. What it sends is a name or nothing; 204 either way."""
    viewer = Viewer.of(request)
    zone = resolve_zone(request.POST.get("zone", ""))
    if zone is not None:
        Preferences.objects.update_or_create(
            user_id=viewer.user.pk, defaults={"seen_time_zone": zone.key}
        )
    return HttpResponse(status=204)
