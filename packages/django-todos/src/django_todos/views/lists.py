"""Lists: all of them, one of them, and what can be done to one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.urls import reverse

from django_todos.access import get_list
from django_todos.forms.filters import FilterForm
from django_todos.forms.lists import ListForm
from django_todos.forms.todos import QuickAddForm
from django_todos.models import Conflict, Membership, TodoList
from django_todos.viewer import Viewer
from django_todos.views._page import Request, back, is_htmx, page, partial, signed_in
from django_todos.views._rows import ORDERS, Rows, flat_page, tree_page


@signed_in("GET")
def inbox(request: Request) -> HttpResponse:
    """The viewer's inbox."""
    viewer = request.todos_viewer
    own = TodoList.objects.inbox_of(viewer.user)
    return show_list(
        request, TodoList.objects.with_details().visible_to(viewer.user).get(pk=own.pk)
    )


@signed_in("GET")
def list_index(request: Request) -> HttpResponse:
    """All lists of the viewer with their counts, those archived at the end."""
    viewer = request.todos_viewer
    memberships = (
        Membership.objects.filter(
            user=viewer.user.pk, todo_list__deleted_at=None, todo_list__inbox_of=None
        )
        .select_related("todo_list")
        .order_by("position", "pk")
    )
    everything = list(memberships)
    context = {
        "memberships": [one for one in everything if one.todo_list.archived_at is None],
        "archived": [one for one in everything if one.todo_list.archived_at is not None],
    }
    return page(request, "list_index", "lists", context)


@signed_in("GET", "POST")
def list_create(request: Request) -> HttpResponse:
    """A form, and a new list from it."""
    form = ListForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        viewer = request.todos_viewer
        todo_list = TodoList.objects.create_for(viewer.user, **form.cleaned_data)
        return back(request, todo_list.get_absolute_url())
    return page(request, "list_form", "lists", {"form": form}, status=422 if form.errors else 200)


@signed_in("GET")
def list_detail(request: Request, uuid: UUID) -> HttpResponse:
    """One list: its open todos as a tree, or flat where filters are set."""
    return show_list(request, get_list(request.todos_viewer.user, uuid))


def show_list(
    request: Request,
    todo_list: TodoList,
    *,
    quick_add: QuickAddForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page of a list; `quick_add` brings back what was typed and did not hold."""
    viewer = request.todos_viewer
    members = list(todo_list.memberships.select_related("user").order_by("created_at", "pk"))
    mine = next((one for one in members if one.user_id == viewer.user.pk), None)
    filters = FilterForm(request.GET)
    can_edit = _may_edit(viewer, todo_list, mine)
    rows = _rows(request, viewer, todo_list, filters, can_edit)
    context = {
        "todo_list": todo_list,
        "color": mine.color if mine is not None else "grey",
        "role": mine.role if mine is not None else "",
        "members": members,
        "others": [one.user for one in members if one.user_id != viewer.user.pk],
        "rows": rows,
        "filters": filters,
        "select": "select" in request.GET and can_edit,
        "can_edit": can_edit,
        "can_own": mine is not None and mine.role == "owner" and not todo_list.is_inbox,
        "quick_add": quick_add or QuickAddForm(initial=_place(todo_list)),
    }
    if is_htmx(request) and "after" in request.GET:
        return partial(request, "todo_page", context)
    current = "inbox" if todo_list.inbox_of_id == viewer.user.pk else str(todo_list.uuid)
    return page(request, "list_detail", current, context, status=status)


def _place(todo_list: TodoList) -> dict[str, Any]:
    return {"list": todo_list.uuid, "view": "inbox" if todo_list.is_inbox else "list"}


def _may_edit(viewer: Viewer, todo_list: TodoList, mine: Membership | None) -> bool:
    """The rule of `editable_by`, read from what the page has loaded where that decides it."""
    if todo_list.archived_at is not None:
        return False
    if mine is not None and mine.role in ("editor", "owner"):
        return True
    if todo_list.object_type_id is None:
        return False
    return TodoList.objects.editable_by(viewer.user).filter(pk=todo_list.pk).exists()


def _rows(
    request: Request, viewer: Viewer, todo_list: TodoList, filters: FilterForm, can_edit: bool
) -> Rows:
    order = ORDERS[filters.chosen.get("sort", "manual")]
    todos = todo_list.todos.all().open().filter(deleted_at=None)  # type: ignore[attr-defined]
    cursor = request.GET.get("after", "")
    if filters.filters:
        return flat_page(filters.apply(todos, viewer), order, cursor, editable=can_edit)
    return tree_page(todos.roots(), order, cursor, can_edit=can_edit)


@signed_in("GET")
def list_completed(request: Request, uuid: UUID) -> HttpResponse:
    """The completed todos of a list, latest first: a fold of its page, or a page of their own."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    can_edit = TodoList.objects.editable_by(viewer.user).filter(pk=todo_list.pk).exists()
    done = todo_list.todos.all().completed().roots().filter(deleted_at=None)  # type: ignore[attr-defined]
    rows = flat_page(done, ORDERS["completed"], request.GET.get("after", ""), editable=can_edit)
    context = {"todo_list": todo_list, "rows": rows, "can_edit": can_edit}
    if is_htmx(request):
        return partial(request, "completed_rows", context)
    return page(request, "list_completed", str(todo_list.uuid), context)


@signed_in("GET", "POST")
def list_edit(request: Request, uuid: UUID) -> HttpResponse:
    """Name and description, for owners; the colour is each member's own."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    membership = todo_list.memberships.filter(user=viewer.user.pk).first()
    color = membership.color if membership is not None else "grey"
    can_own = (
        TodoList.objects.owned_by(viewer.user).filter(pk=todo_list.pk).exists()
        and not todo_list.is_inbox
    )
    form = ListForm(request.POST or None, instance=todo_list, initial={"color": color})
    if not can_own:
        for name in ("name", "description"):
            form.fields[name].disabled = True
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                return _save_list(request, viewer, form, membership)
            status = 422
        except Conflict as conflict:
            form.ask_again(conflict.theirs)
            status = 409
    context = {"form": form, "todo_list": todo_list, "can_own": can_own}
    return page(request, "list_form", str(todo_list.uuid), context, status=status)


def _save_list(
    request: Request, viewer: Viewer, form: ListForm, membership: Membership | None
) -> HttpResponse:
    todo_list: TodoList = form.instance
    with transaction.atomic():
        action = todo_list.edit(
            by=viewer.user, at=viewer.now, initial=form.seen, values=form.values
        )
        if membership is not None:
            membership.color = form.cleaned_data["color"]
            membership.save(update_fields=["color"])
    return back(
        request, todo_list.get_absolute_url(), done=action.uuid if action is not None else None
    )


@signed_in("POST")
def list_move(request: Request, uuid: UUID) -> HttpResponse:
    """Move a list up or down in the viewer's own order."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    mine = list(
        Membership.objects.filter(user=viewer.user.pk, todo_list__deleted_at=None)
        .select_related("todo_list")
        .order_by("position", "pk")
    )
    shown = [one for one in mine if one.todo_list_id == todo_list.pk or _is_shown(one, todo_list)]
    index = next((i for i, one in enumerate(shown) if one.todo_list_id == todo_list.pk), None)
    if index is None:  # seen through an object of the host: it stands in nobody's order
        return back(request, reverse("django_todos:list-index"), kept="edge")
    before = index - 2 if request.POST.get("to") == "up" else index + 1
    if before < -1 or before >= len(shown):
        return back(request, reverse("django_todos:list-index"), kept="edge")
    shown[index].place(after=shown[before] if before >= 0 else None)
    return back(request, reverse("django_todos:list-index"))


def _is_shown(one: Membership, beside: TodoList) -> bool:
    """Whether a list stands in the same row of the viewer's lists as `beside`."""
    other = one.todo_list
    return not other.is_inbox and (other.archived_at is None) == (beside.archived_at is None)


@signed_in("POST")
def list_archive(request: Request, uuid: UUID) -> HttpResponse:
    """Put a list aside."""
    viewer = request.todos_viewer
    action = get_list(viewer.user, uuid, "own").archive(by=viewer.user, at=viewer.now)
    return back(request, reverse("django_todos:list-index"), done=action and action.uuid)


@signed_in("POST")
def list_unarchive(request: Request, uuid: UUID) -> HttpResponse:
    """Bring an archived list back."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid, "own")
    action = todo_list.unarchive(by=viewer.user, at=viewer.now)
    return back(request, todo_list.get_absolute_url(), done=action and action.uuid)
