"""The trash: what goes in, comes back, or goes for ever."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from django_todos.access import get_family, get_list, get_todo
from django_todos.conf import settings
from django_todos.models import Todo, TodoList
from django_todos.models.counting import counted
from django_todos.models.orders import ORDERS
from django_todos.views._page import Request, back, back_after, page, signed_in
from django_todos.views._rows import flat_page


@signed_in("GET")
def trash(request: Request) -> HttpResponse:
    """What was deleted, latest first: lists, then todos that did not go with their list."""
    viewer = request.todos_viewer
    cursor, order = request.GET.get("after", ""), ORDERS["deleted"]
    readable = TodoList.objects.visible_to(viewer.user).alive()
    todos = order.first_in(readable, Todo.objects.trashed(), cursor)
    rows = flat_page(todos, order, cursor, viewer.user)
    lists = TodoList.objects.owned_by(viewer.user).trashed().order_by("-deleted_at", "-pk")
    context = {"rows": rows, "lists": [] if cursor else lists, "days": settings.TRASH_DAYS}
    return page(request, "trash", "trash", context)


@signed_in("GET", "POST")
def trash_empty(request: Request) -> HttpResponse:
    """Delete for ever what the viewer may delete. Asks first."""
    viewer = request.todos_viewer
    todos = Todo.objects.editable_by(viewer.user).trashed()
    lists = TodoList.objects.owned_by(viewer.user).trashed()
    if request.method != "POST":
        editable = TodoList.objects.editable_by(viewer.user)
        todo_count = counted(ORDERS["deleted"].countable_in(editable, Todo.objects.trashed()))
        context = {"todo_count": todo_count, "list_count": lists.count()}
        return page(request, "trash_empty", "trash", context)
    with transaction.atomic():
        # All locks at once, in their order: two who empty their trash don't wait for each other.
        ids = {*todos.values_list("todo_list", flat=True), *lists.values_list("pk", flat=True)}
        TodoList.objects.lock(ids)
        todos.filter(todo_list__in=ids).purge()
        lists.filter(pk__in=ids).purge()
    return back(request, reverse("django_todos:trash"))


@signed_in("POST")
def todo_delete(request: Request, uuid: UUID) -> HttpResponse:
    """Move a todo, with everything below it, to the trash."""
    viewer = request.todos_viewer
    todo = get_family(viewer.user, uuid)
    action = todo.trash(by=viewer.user, at=viewer.now)
    return back_after(action, request, todo.todo_list.get_absolute_url(), same="done")


@signed_in("POST", home="trash")
def todo_restore(request: Request, uuid: UUID) -> HttpResponse:
    """Bring a todo back: where it was, else to its list's top level, else to the viewer's inbox."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit", trashed=True)
    fallback = (
        TodoList.objects.inbox_of(viewer.user) if todo.todo_list.archived_at is not None else None
    )
    action = todo.restore(by=viewer.user, at=viewer.now, fallback=fallback)
    return back_after(action, request, reverse("django_todos:trash"), same="done")


@signed_in("GET", "POST")
def todo_purge(request: Request, uuid: UUID) -> HttpResponse:
    """Delete one todo of the trash for ever. Asks first."""
    viewer = request.todos_viewer
    todo = get_todo(viewer.user, uuid, "edit", trashed=True)
    if request.method != "POST":
        below = [one for one in todo.descendants() if one.deleted_at is not None]
        return page(request, "todo_purge", "trash", {"todo": todo, "below": len(below)})
    lists = TodoList.objects.recoverable_by(viewer.user)
    Todo.objects.in_lists(lists).trashed().filter(pk=todo.pk).purge()
    return back(request, reverse("django_todos:trash"))


@signed_in("GET", "POST")
def list_delete(request: Request, uuid: UUID) -> HttpResponse:
    """Move a list with everything in it to the trash; asks first when others are in it."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid, "own")
    if request.method != "POST":
        return page(request, "list_delete", str(todo_list.uuid), {"todo_list": todo_list})
    action = todo_list.trash(by=viewer.user, at=viewer.now)
    # The page that the form stood on may be the list's own, which is gone now.
    return back_after(action, request, reverse("django_todos:list-index"), same="done")


@signed_in("POST", home="trash")
def list_restore(request: Request, uuid: UUID) -> HttpResponse:
    """Bring a list back from the trash."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid, "own", trashed=True)
    action = todo_list.restore(by=viewer.user, at=viewer.now)
    return back_after(action, request, reverse("django_todos:trash"), same="done")


@signed_in("GET", "POST")
def list_purge(request: Request, uuid: UUID) -> HttpResponse:
    """Delete a list of the trash, with everything in it, for ever. Asks first."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid, "own", trashed=True)
    if request.method != "POST":
        return page(request, "list_purge", "trash", {"todo_list": todo_list})
    TodoList.objects.owned_by(viewer.user).trashed().filter(pk=todo_list.pk).purge()
    return back(request, reverse("django_todos:trash"))
