"""What every page has in common: somebody signed in, the sidebar's counts, the way back and its message."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial, wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from django_todos._compat import login_not_required
from django_todos.access import read_uuid
from django_todos.conf import settings
from django_todos.models import Action, ChangedMeanwhile, Membership, NotAllowedHere, TodoList
from django_todos.models.querysets import object_types_remembered
from django_todos.templatetags._remembered import TOKEN
from django_todos.viewer import Viewer
from django_todos.views._nav import Nav
from django_todos.views.refused import tried
from django_todos.wording import actions
from django_todos.wording.dates import written

if TYPE_CHECKING:
    from django_todos.models.querysets import User


class Request(HttpRequest):
    """A request of somebody signed in."""

    todos_viewer: Viewer
    todos_nav: Nav
    """The sidebar, where a page is kept that shows it."""
    todos_more: Iterable[Any]
    """What the page shows beside its lists, where that was read for the page that is kept."""
    todos_kept: bool
    """Whether this page may be kept as it is made now (views/_kept.py)."""


def signed_in(
    *methods: str, home: str = "", setting: str = ""
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A view for somebody signed in, by these methods (HEAD wherever GET is): it finds the viewer on the request.

    Anybody else is sent to the login page; a script gets 401, since it would put that page in a row's place.
    Where somebody was quicker, or the tree has no such place, nothing is done and the page says so.
    Where only POST does anything, GET leads to the page that the address belongs to, or to the one named `home`:
    whoever reloads, goes back or signs in there comes to a page. Where the host has switched `setting` off, there is
    nothing; who may not use todos (``TODOS_MAY_USE``) is told so.
    """
    allowed = [*methods, "GET", "HEAD"]

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        # LoginRequiredMiddleware would answer a script with a redirect, too.
        @login_not_required
        @require_http_methods(allowed)
        @wraps(view)
        def guarded(request: Request, *args: Any, **kwargs: Any) -> Any:
            if setting and not getattr(settings, setting):
                raise Http404
            place = request.get_full_path() if "GET" in methods else _home(request, home)
            if not request.user.is_authenticated:
                script = request.headers.get("HX-Request") == "true"
                response = HttpResponse(status=401) if script else redirect_to_login(place)
            elif request.method in methods or "GET" in methods:
                ask_whether_may_use(request.user)
                asked = request.headers.get("Accept-Language", "")
                with object_types_remembered():
                    request.todos_viewer = Viewer.of(request.user, asked)
                    viewer = request.todos_viewer
                    with translation.override(viewer.language), written(viewer.style):
                        response = _settled(view, request, *args, **kwargs)
                    _keep_language(viewer, request, response)
            else:
                response = HttpResponseRedirect(place, status=303)
            # Kept by this person's browser alone, which asks each time whether it still holds.
            response.headers.setdefault("Cache-Control", "private, no-cache")
            varying = ["Cookie", "Accept-Language", "HX-Request", "HX-Boosted"]
            patch_vary_headers(response, varying)
            return response

        return guarded

    return decorate


def _keep_language(viewer: Viewer, request: Request, response: HttpResponse) -> None:
    """Tell Django's own cookie what was chosen, so that the host's pages (signing in, an account) are in it, too."""
    response.headers.setdefault("Content-Language", viewer.language)
    name, chosen = project.LANGUAGE_COOKIE_NAME, viewer.preferences.language
    if viewer.language == chosen != request.COOKIES.get(name):
        response.set_cookie(
            name,
            chosen,
            max_age=project.LANGUAGE_COOKIE_AGE,
            path=project.LANGUAGE_COOKIE_PATH,
            domain=project.LANGUAGE_COOKIE_DOMAIN,
            secure=project.LANGUAGE_COOKIE_SECURE,
            httponly=project.LANGUAGE_COOKIE_HTTPONLY,
            samesite=project.LANGUAGE_COOKIE_SAMESITE,
        )


def forget_language(response: HttpResponse) -> None:
    """The browser asks again."""
    path, domain = project.LANGUAGE_COOKIE_PATH, project.LANGUAGE_COOKIE_DOMAIN
    response.delete_cookie(project.LANGUAGE_COOKIE_NAME, path, domain)


def ask_whether_may_use(user: User) -> None:
    """Raises PermissionDenied for whom the host gives no todos at all."""
    if not settings.MAY_USE(user):
        raise PermissionDenied(_("You have no todos here. Ask who runs this site."))


def _home(request: HttpRequest, name: str) -> str:
    """The page of that name, else the one a step up the address, as a todo's of ``…/complete/``; else Today."""
    if name:
        return reverse(f"django_todos:{name}")
    step = request.path.rstrip("/").rfind("/") + 1 - len(request.path)
    with suppress(Resolver404):
        if resolve(request.path_info[:step]).app_name == "django_todos":
            return request.path[:step]
    return reverse("django_todos:today")


def _settled(view: Callable[..., Any], request: Request, *args: Any, **kwargs: Any) -> Any:
    try:
        return tried(view, request, *args, **kwargs)
    except NotAllowedHere:
        response = back(request, reverse("django_todos:today"), kept="place")
    except ChangedMeanwhile as refusal:
        response = back(request, reverse("django_todos:today"), kept=refusal.kept)
    if is_htmx(request):  # it asked for a row, and would put the page in its place
        return HttpResponse(headers={"HX-Redirect": response["Location"]})
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Whether htmx asks for a part. What it boosts (the page's own forms) is answered as a browser is, with a page.

    Read from its headers, so that a host needs no middleware for it.
    """
    return request.headers.get("HX-Request") == "true" and "HX-Boosted" not in request.headers


def current_of(todo_list: TodoList) -> str:
    """What the sidebar marks on the pages of a list and of its todos."""
    return "inbox" if todo_list.is_inbox else str(todo_list.uuid)


def members_url(todo_list: TodoList) -> str:
    """Where the people of a list are."""
    return reverse("django_todos:list-members", args=[todo_list.uuid])


def page(
    request: Request,
    template: str,
    current: str,
    context: dict[str, Any],
    *,
    more: str = "",
    status: int = 200,
) -> HttpResponse:
    """A whole page in the frame. `current` is what the sidebar marks; `more` the part that continues it for htmx."""
    if more and is_htmx(request) and "after" in request.GET:
        return part(request, more, {"view": template.removesuffix("_detail")} | context)
    frame = frame_of(request, current) | {
        "toast": message_of(request),
        "people": partial(_people, request, context.get("todo_list")),
    }
    return render(request, f"django_todos/{template}.html", frame | context, status=status)


def frame_of(request: Request, current: str) -> dict[str, Any]:
    """What every page has, and all that a host's own parts of it can rely on."""
    frame = {
        "viewer": request.todos_viewer,
        "here": here(request),
        "path": request.path,
        "login_url": resolve_url(project.LOGIN_URL),
    }
    if not getattr(request, "todos_kept", False):
        return frame | {"nav": Nav(request.todos_viewer, current)}
    request.todos_nav.current = current
    return frame | {"nav": request.todos_nav, "csrf_token": TOKEN}


def _people(request: Request, todo_list: TodoList | None) -> QuerySet[Any]:
    """Whom the viewer shares the list with, or where a page shows several, any of their lists. Asked when shown."""
    me, users = request.todos_viewer.user.pk, get_user_model()._default_manager.all()
    if users.query.where:  # whom a host's manager leaves out may be others a moment later
        request.todos_kept = False
    mine = {"todo_list__memberships__user": me}
    here = mine if todo_list is None else {"todo_list": todo_list.pk}
    members = Membership.objects.filter(**here).exclude(user=me)
    return users.filter(pk__in=members.values("user")).order_by(users.model.USERNAME_FIELD)


def message_of(request: Request) -> actions.Toast | None:
    """The message that a redirect carries: ``done=<action>``, ``undone=1``, ``undone=0`` or ``kept=<reason>``."""
    if "undone" in request.GET:
        return actions.undone(request.GET["undone"] == "1")
    if "kept" in request.GET:
        return actions.kept(request.GET["kept"])
    if (key := read_uuid(request.GET.get("done", ""))) is None:
        return None
    viewer = request.todos_viewer
    return actions.about(Action.objects.visible_to(viewer.user).filter(uuid=key).first(), viewer)


def part(
    request: Request,
    template: str,
    context: dict[str, Any],
    *,
    current: str = "",
    status: int = 200,
) -> HttpResponse:
    """A part of a page, for htmx."""
    frame = frame_of(request, current) | {"here": next_url(request, "")}
    return render(request, f"django_todos/parts/{template}.html", frame | context, status=status)


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


def back_after(
    action: Action | None,
    request: HttpRequest,
    fallback: str,
    *,
    anchor: uuid.UUID | None = None,
    same: str | None = None,
) -> HttpResponse:
    """The same after an action, which the page then tells; or with `same` said, where there was nothing to do."""
    if action is None:
        return back(request, fallback, anchor=anchor, kept=same)
    return back(request, fallback, anchor=anchor, done=action.uuid)
