"""Todos on pages of the host: a list about one of its objects, as a part of whatever page it stands on."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.core import signing
from django.db.models import Count, Model, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from django_todos.access import get_list
from django_todos.conf import settings
from django_todos.forms.adding import QuickAddForm
from django_todos.models import TodoList
from django_todos.models.given import key_of
from django_todos.models.orders import ORDERS
from django_todos.viewer import Viewer
from django_todos.views._page import (
    Request,
    back_after,
    here,
    message_of,
    next_url,
    page,
    signed_in,
)
from django_todos.views._rows import flat_page, tree_page

_SALT = "django_todos.about"
_DONE = 20
"""How many completed todos a part shows; the list's page has them all."""


def viewer_of(request: HttpRequest) -> Viewer:
    """Who looks at a page of the host; asked once a request."""
    if not hasattr(request, "todos_viewer"):
        asked = request.headers.get("Accept-Language", "")
        request.todos_viewer = Viewer.of(request.user, asked)  # type: ignore[arg-type, attr-defined]
    viewer: Viewer = request.todos_viewer  # type: ignore[attr-defined]
    return viewer


def part_about(request: HttpRequest, obj: Model, title: str = "") -> dict[str, Any] | None:
    """What the part about an object of the host shows; None where the person may see none of it."""
    user = request.user
    if not (user.is_authenticated and settings.MAY_USE(user)):
        return None
    lists = TodoList.objects.alive().for_object(obj).with_details()
    todo_list = lists.with_rights(user).first()
    if todo_list is not None:
        return part_of(request, todo_list, title)
    model = obj._meta.concrete_model  # of a lazy `request.user` and of a proxy, too
    assert model is not None
    if not settings.OBJECT_ACCESS(user, model, "view").filter(pk=obj.pk).exists():
        return None
    about = ""
    if settings.OBJECT_ACCESS(user, model, "change").filter(pk=obj.pk).exists():
        about = signing.dumps([model._meta.label_lower, str(obj.pk)], salt=_SALT)
    name = title or str(obj)
    return {"viewer": viewer_of(request), "here": here(request), "title": name, "about": about}


def part_of(request: HttpRequest, todo_list: TodoList, title: str = "") -> dict[str, Any]:
    """What the part with a list shows: its open todos as a tree, and the last that were completed."""
    todos = todo_list.todos.filter(deleted_at=None)
    done = todos.completed().roots()
    counts = todos.roots().aggregate(
        total=Count("pk"), done=Count("pk", filter=Q(is_completed=True))
    )
    viewer = viewer_of(request)
    told = getattr(
        request, "_todos_told", False
    )  # of several parts on a page the first tells what was done
    request._todos_told = True  # type: ignore[attr-defined]
    return {
        "viewer": viewer,
        "here": here(request),
        "title": title or todo_list.name,
        "todo_list": todo_list,
        "rows": tree_page(todo_list, ORDERS["manual"], ""),
        "completed": flat_page(done, ORDERS["completed"], "").rows[:_DONE],
        "counts": counts,
        "toast": None if told else message_of(request),  # type: ignore[arg-type]
    }


@signed_in("GET")
def list_part(request: Request, uuid: UUID) -> HttpResponse:
    """A list as a part, for the script of such parts; for anybody else the list's page."""
    todo_list = get_list(request.todos_viewer.user, uuid)
    if "Todos-Part" not in request.headers:
        return HttpResponseRedirect(todo_list.get_absolute_url(), status=303)
    context = part_of(request, todo_list, request.GET.get("title", ""))
    return render(request, "django_todos/parts/todo_list.html", context)


@signed_in("POST", home="today")
def object_add(request: Request) -> HttpResponse:
    """The first todo about an object of the host (``about``, which the part signed): its list is made with it."""
    viewer = request.todos_viewer
    try:
        label, pk = signing.loads(request.POST.get("about", ""), salt=_SALT)
        model = apps.get_model(label)
    except (signing.BadSignature, LookupError):
        raise Http404 from None
    theirs = settings.OBJECT_ACCESS(viewer.user, model, "change")
    obj = get_object_or_404(theirs, pk=key_of(model, pk))
    data = request.POST.copy()
    data["list"] = str(TodoList.objects.create_about(obj, name=str(obj)).uuid)
    form = QuickAddForm(data, viewer=viewer)
    if not form.is_valid():
        context = {
            "quick_add": form,
            "here": next_url(request, reverse("django_todos:today")),
        }
        return page(request, "todo_create", "", context, status=422)
    action, first = form.save()
    return back_after(action, request, form.home, anchor=first.uuid)
