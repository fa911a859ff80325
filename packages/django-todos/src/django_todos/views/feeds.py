"""A list as a calendar that other programs subscribe to, and the page on which a person asks for its address."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from django_todos import limits
from django_todos._compat import login_not_required
from django_todos.access import get_list
from django_todos.conf import settings
from django_todos.exchange.export import calendar
from django_todos.models import Feed
from django_todos.viewer import Viewer
from django_todos.views._page import Request, back, current_of, page, signed_in


@signed_in("GET", "POST", setting="FEEDS")
def list_feed(request: Request, uuid: UUID) -> HttpResponse:
    """Whether the viewer has an address for the list. POST makes a new one, shown once, or stops it."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    mine = Feed.objects.visible_to(viewer.user).filter(todo_list=todo_list.pk)
    context: dict[str, Any] = {"todo_list": todo_list}
    if "stop" in request.POST:
        mine.delete()
        return back(request, request.path)
    if request.method == "POST":
        token = Feed.renew(todo_list, viewer.user, at=viewer.now)
        context["url"] = request.build_absolute_uri(reverse("django_todos:feed", args=[token]))
    response = page(request, "list_feed", current_of(todo_list), context | {"feed": mine.first()})
    if "url" in context:
        response["Cache-Control"] = "no-store"
    return response


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar. Its address is the permission: no cookie is looked at, and none is set.

    A program keeps what it got and asks whether it changed: that costs next to nothing, and is not counted.
    """
    found = Feed.by_token(token) if settings.FEEDS else None
    if found is None:
        raise Http404
    viewer = Viewer.of(found.user, "")
    with translation.override(viewer.language):
        name = str(found.todo_list)
        said = f"{found.token_hash} {found.todo_list.version} {name} {request.get_host()}"
        etag = f'"{hashlib.sha256(said.encode()).hexdigest()[:32]}"'
        response = get_conditional_response(request, etag=etag)
        if response is None and _is_too_often(found):
            response = HttpResponse(status=429, headers={"Retry-After": "60"})
        elif response is None:
            base = request.build_absolute_uri("/").rstrip("/")
            response = HttpResponse(
                calendar(found.todo_list, name, base),
                content_type="text/calendar; charset=utf-8",
                headers={"ETag": etag, "Content-Disposition": 'inline; filename="todos.ics"'},
            )
    # Kept by the program that subscribed alone, which asks each time whether it still holds.
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


def _is_too_often(found: Feed) -> bool:
    key = f"django_todos.feed.{found.pk}"
    cache.add(key, 0, 60)
    with suppress(ValueError):  # a cache that keeps nothing counts nothing
        return cache.incr(key) > limits.FEED_A_MINUTE
    return False
