"""What every page has in common: who looks at it and when, the sidebar's counts, the message after an action."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, wraps
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Exists, IntegerField, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from django_todos.dates import today_in
from django_todos.models import (
    ChangedMeanwhile,
    Membership,
    NotAllowedHere,
    Preferences,
    Todo,
    TodoList,
)
from django_todos.views import messages


@dataclass(frozen=True)
class Viewer:
    """Who looks, and what their clock and their preferences say."""

    user: AbstractBaseUser
    preferences: Preferences
    now: datetime

    @classmethod
    def of(cls, request: HttpRequest) -> Viewer:
        """The viewer of a request, asked of the database once."""
        known: Viewer | None = getattr(request, "todos_viewer", None)
        if known is None:
            assert isinstance(request.user, AbstractBaseUser)
            user = request.user
            about_objects = TodoList.objects.exclude(object_type=None)
            saved = (
                Preferences.objects.filter(user=user.pk)
                .annotate(objects_exist=Exists(about_objects))
                .first()
            )
            if saved is not None and not saved.objects_exist:
                # Spares each `visible_to` the question.
                user._todos_object_types = []  # type: ignore[attr-defined]
            known = cls(user, saved or Preferences(user_id=user.pk), timezone.now())
            request.todos_viewer = known  # type: ignore[attr-defined]
        return known

    @property
    def zone(self) -> ZoneInfo:
        """Where the viewer's day is."""
        return self.preferences.zone

    @property
    def tz(self) -> str:
        """The name of that zone."""
        return self.zone.key

    @property
    def today(self) -> date:
        """The viewer's day."""
        return today_in(self.now, self.zone)

    @property
    def theme(self) -> str:
        """``system``, ``light`` or ``dark``."""
        return self.preferences.theme

    @property
    def shortcuts(self) -> bool:
        """Whether single keys do something."""
        return self.preferences.shortcuts

    @property
    def week_start(self) -> int:
        """The first day of the week, 0 for Monday: as chosen, else as the language has it."""
        chosen = self.preferences.week_start
        return (formats.get_format("FIRST_DAY_OF_WEEK") - 1) % 7 if chosen is None else chosen

    @property
    def reading(self) -> dict[str, Any]:
        """What the reading of words for dates depends on. 1/2 is what the language's short dates make of it."""
        return {
            "now": self.now,
            "tz": self.zone,
            "week_start": self.week_start,
            "day_first": formats.get_format("SHORT_DATE_FORMAT")[:1] not in ("m", "n", "N", "M"),
        }


@dataclass(frozen=True)
class NavList:
    """A list as the sidebar shows it."""

    list: TodoList
    color: str
    current: bool


class Nav:
    """The sidebar: the viewer's lists in their order, and how much is open where. One query, made when shown."""

    def __init__(self, viewer: Viewer, current: str) -> None:
        self.viewer = viewer
        self.current = current

    @cached_property
    def _memberships(self) -> list[Any]:
        found = list(self._query())
        if not any(one.todo_list.inbox_of_id == self.viewer.user.pk for one in found):
            TodoList.objects.inbox_of(self.viewer.user)
            found = list(self._query())
        return found

    def _query(self) -> QuerySet[Membership]:
        # The counts don't depend on the row: the database works each of them out once.
        user, viewer = self.viewer.user, self.viewer
        todos = Todo.objects.visible_to(user).active().open()
        due = todos.due_until(viewer.today, viewer.zone).started(viewer.now, viewer.zone)
        return (
            Membership.objects.filter(
                user=user.pk, todo_list__archived_at=None, todo_list__deleted_at=None
            )
            .select_related("todo_list")
            .order_by("position", "pk")
            .annotate(
                today_count=_total(due),
                assigned_count=_total(todos.assigned_to(user)),
                trashed_todos=_total(Todo.objects.editable_by(user).trashed()),
                trashed_lists=_total(TodoList.objects.owned_by(user).trashed()),
            )
        )

    @property
    def lists(self) -> list[NavList]:
        """The lists, the inbox left out."""
        return [
            NavList(one.todo_list, one.color, str(one.todo_list.uuid) == self.current)
            for one in self._memberships
            if not one.todo_list.is_inbox
        ]

    @property
    def inbox(self) -> TodoList:
        """The viewer's inbox."""
        inbox: TodoList = next(
            one.todo_list for one in self._memberships if one.todo_list.is_inbox
        )
        return inbox

    @property
    def inbox_count(self) -> int:
        """Open todos in the inbox."""
        return self.inbox.open_count

    @property
    def today_count(self) -> int:
        """Todos due today or before."""
        return int(self._memberships[0].today_count)

    @property
    def assigned_count(self) -> int:
        """Open todos assigned to the viewer."""
        return int(self._memberships[0].assigned_count)

    @property
    def trash_count(self) -> int:
        """What lies in the trash: todos and lists."""
        return int(self._memberships[0].trashed_todos + self._memberships[0].trashed_lists)


def _total(rows: QuerySet[Any]) -> Coalesce:
    counted = (
        rows.order_by()
        .annotate(todos_all=Value(1))
        .values("todos_all")
        .annotate(n=Count("*"))
        .values("n")
    )
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks. Read from its header, so that a host needs no middleware for it."""
    return request.headers.get("HX-Request") == "true"


def page(
    request: HttpRequest,
    template: str,
    current: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """A whole page in the frame. `current` is what the sidebar marks. The same URL may give htmx less, and says so."""
    viewer = Viewer.of(request)
    everything = {
        "viewer": viewer,
        "nav": Nav(viewer, current),
        "toast": messages.from_request(request, viewer),
        "here": here(request),
        **(context or {}),
    }
    response = render(request, f"django_todos/{template}.html", everything, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def partial(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    current: str = "",
    status: int = 200,
) -> HttpResponse:
    """A part of a page, for htmx. The same URL gives something else without it, and says so."""
    viewer = Viewer.of(request)
    everything = {
        "viewer": viewer,
        "nav": Nav(viewer, current),
        "here": next_url(request, ""),
        **context,
    }
    response = render(request, f"django_todos/parts/{template}.html", everything, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def here(request: HttpRequest) -> str:
    """The address of this page without the message of the last action: where its actions return to."""
    query = [
        (key, value) for key, value in request.GET.items() if key not in ("done", "undone", "kept")
    ]
    return request.path + (f"?{urlencode(query)}" if query else "")


def next_url(request: HttpRequest, fallback: str) -> str:
    """Where to go afterwards: the path and query of ``next`` when it is an address of this site, else `fallback`.

    What is left of an allowed address is looked at once more: ``http://us//them`` without the host is ``//them``.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not _is_ours(request, wanted):
        return fallback
    local = urlunsplit(("", "", *urlsplit(wanted)[2:4], ""))
    return local if local.startswith("/") and _is_ours(request, local) else fallback


def _is_ours(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )


def back(
    request: HttpRequest, fallback: str, *, anchor: uuid.UUID | None = None, **message: Any
) -> HttpResponse:
    """Redirect after a POST, to `next_url`, with a message (``done=<action>``) and the row to return to."""
    parts = urlsplit(next_url(request, fallback))
    query = [
        (key, value)
        for key, value in parse_qsl(parts.query)
        if key not in ("done", "undone", "kept")
    ]
    query += [(key, str(value)) for key, value in message.items() if value is not None]
    fragment = f"todo-row-{anchor}" if anchor is not None else ""
    return HttpResponseRedirect(
        urlunsplit(("", "", parts.path, urlencode(query), fragment)), status=303
    )


def settled(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that writes: where somebody was quicker, or the tree has no such place, nothing is done and the page says so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAllowedHere:
            response = back(request, reverse("django_todos:today"), kept="place")
        except ChangedMeanwhile:
            response = back(request, reverse("django_todos:today"), kept="changed")
        if is_htmx(request):  # it asked for a row, and would put the page in its place
            return HttpResponse(headers={"HX-Redirect": response["Location"]})
        return response

    return guarded


@require_safe
@login_required
def keyboard(request: HttpRequest) -> HttpResponse:
    """Every key and what it does."""
    return page(request, "keyboard", "keyboard")
