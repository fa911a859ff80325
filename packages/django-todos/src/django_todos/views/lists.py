"""Lists: all of them, one of them, and what can be done to one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import BigAutoField, QuerySet
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from django_todos import limits
from django_todos.access import get_list
from django_todos.conf import settings
from django_todos.forms.adding import QuickAddForm
from django_todos.forms.filters import FilterForm
from django_todos.forms.lists import DuplicateForm, ListForm
from django_todos.models import Conflict, Membership, TodoList
from django_todos.models.compiled import AnyUser, Compiled, Slot
from django_todos.models.label_uses import most_used
from django_todos.models.orders import ORDERS
from django_todos.viewer import Viewer
from django_todos.views._kept import kept
from django_todos.views._page import (
    Request,
    back,
    back_after,
    current_of,
    is_htmx,
    page,
    part,
    signed_in,
)
from django_todos.views._rows import answer_count, flat_page, is_counting, narrowed, tree_page


class ListCard(NamedTuple):
    """A list among all lists: what its card shows."""

    uuid: UUID
    name: str
    description: str
    open_count: int
    archived_at: datetime | None
    color: str
    role: str


@Compiled
def _cards() -> QuerySet[Any]:
    lists = {"todo_list__deleted_at": None, "todo_list__inbox_of": None}
    own = Membership.objects.filter(user=AnyUser().pk, **lists).order_by("position", "pk")
    return own.values_list(
        *(f"todo_list__{name}" for name in ListCard._fields[:5]), "color", "role"
    )


@signed_in("GET")
@kept()
def inbox(request: Request) -> HttpResponse:
    """The viewer's inbox."""
    user = request.todos_viewer.user
    own = TodoList.objects.inbox_of(user)
    return _list_page(request, get_list(user, own.uuid))


@signed_in("GET")
@kept()
def list_index(request: Request) -> HttpResponse:
    """All lists of the viewer with their counts, those archived at the end."""
    viewer = request.todos_viewer
    everything = list(map(ListCard._make, _cards({"user": viewer.user.pk})))
    context = {
        "cards": [one for one in everything if one.archived_at is None],
        "archived": [one for one in everything if one.archived_at is not None],
        "objects": TodoList.objects.active().kept_by(viewer.user),
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
@kept()
def list_detail(request: Request, uuid: UUID) -> HttpResponse:
    """One list: its open todos as a tree, or flat where filters are set."""
    return _list_page(request, get_list(request.todos_viewer.user, uuid))


class ListMenu(NamedTuple):
    """What decides about a list's menu: the list, and what the person is in it."""

    uuid: UUID
    is_inbox: bool
    is_archived: bool
    is_about_object: bool
    can_edit: bool
    can_own: bool
    role: str
    is_pinned: bool
    has_feeds: bool

    @classmethod
    def of(cls, todo_list: TodoList, mine: Membership | None, viewer: Viewer) -> ListMenu:
        """A list's, for a member or for somebody who sees it by other ways."""
        return cls(
            todo_list.uuid,
            todo_list.is_inbox,
            todo_list.archived_at is not None,
            todo_list.object_type_id is not None,
            todo_list.can_edit,
            todo_list.can_own,
            mine.role if mine is not None else "",
            mine is None and todo_list.is_pinned_by(viewer.user),
            settings.FEEDS,
        )


@Compiled
def _members() -> QuerySet[Membership]:
    here = Membership.objects.filter(todo_list=Slot("list", BigAutoField()))
    return here.select_related("user").order_by("created_at", "pk")


def _list_page(request: Request, todo_list: TodoList) -> HttpResponse:
    viewer = request.todos_viewer
    members = list(_members({"list": todo_list.pk}))
    mine = next((one for one in members if one.user_id == viewer.user.pk), None)
    others = [one.user for one in members if one.user_id != viewer.user.pk]
    filters = FilterForm(request.GET, others)
    by_hand = "levels" if filters.filters else "manual"
    order, cursor = ORDERS[filters.chosen.get("sort", by_hand)], request.GET.get("after", "")
    counts: dict[str, int] = {}
    if is_counting(request) or filters.filters:
        todos = filters.apply(
            todo_list.todos.all().open().filter(deleted_at=None), viewer, [todo_list.pk]
        )
        if is_counting(request):
            here = TodoList.objects.filter(pk=todo_list.pk)
            labels = most_used(here, limits.SUGGESTIONS, limits.COUNTED_TO)
            return answer_count(request, [todos], labels)
        rows = flat_page(todos, order, cursor)
        counts = narrowed([todos], rows, order, cursor, todo_list.open_count)
    else:
        rows = tree_page(todo_list, order, cursor)
    place = {"list": todo_list.uuid, "view": "inbox" if todo_list.is_inbox else "list"}
    context = {
        "todo_list": todo_list,
        "color": mine.color if mine is not None else "grey",
        "menu": ListMenu.of(todo_list, mine, viewer),
        "members": members,
        "others": others,
        "rows": rows,
        "filters": filters,
        **counts,
        "select": "select" in request.GET and todo_list.can_edit,
        "quick_add": QuickAddForm(initial=place),
    }
    return page(request, "list_detail", current_of(todo_list), context, more="todo_page")


@signed_in("GET")
@kept()
def list_completed(request: Request, uuid: UUID) -> HttpResponse:
    """The completed todos of a list, latest first: a fold of its page, or a page of their own."""
    todo_list = get_list(request.todos_viewer.user, uuid)
    done = todo_list.todos.all().completed().roots().filter(deleted_at=None)
    rows = flat_page(done, ORDERS["completed"], request.GET.get("after", ""))
    context = {"todo_list": todo_list, "rows": rows}
    if is_htmx(request):
        return part(request, "completed_rows", context)
    return page(request, "list_completed", current_of(todo_list), context)


@signed_in("GET", "POST")
def list_edit(request: Request, uuid: UUID) -> HttpResponse:
    """Name and description, for owners; the colour is each member's own."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    membership = todo_list.memberships.filter(user=viewer.user.pk).first()
    color = membership.color if membership is not None else "grey"
    form = ListForm(request.POST or None, instance=todo_list, initial={"color": color})
    if not todo_list.can_own:
        for name in ("name", "description"):
            form.fields[name].disabled = True
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                return _save_list(request, viewer, form)
            status = 422
        except Conflict as conflict:
            form.ask_again(conflict.theirs)
            status = 409
    context = {"form": form, "todo_list": todo_list}
    return page(request, "list_form", current_of(todo_list), context, status=status)


def _save_list(request: Request, viewer: Viewer, form: ListForm) -> HttpResponse:
    todo_list: TodoList = form.instance
    action = None
    with transaction.atomic():
        TodoList.objects.lock({todo_list.pk})  # its pages show the colour
        if todo_list.can_own:
            action = todo_list.edit(
                by=viewer.user, at=viewer.now, initial=form.seen, values=form.values
            )
        todo_list.memberships.filter(user=viewer.user.pk).update(color=form.cleaned_data["color"])
    return back_after(action, request, todo_list.get_absolute_url())


@signed_in("GET", "POST")
def list_duplicate(request: Request, uuid: UUID) -> HttpResponse:
    """A list of one's own with the same todos: whoever reads a list can take it as a template."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid)
    name = _("%(name)s (copy)") % {"name": todo_list.name[: limits.MAX_LIST_NAME - 20]}
    # A checklist that is all ticked off is wanted once more as a whole.
    initial = {"name": name, "dates": "keep", "completed": not todo_list.open_count}
    form = DuplicateForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        return back(request, form.made_from(todo_list, viewer).get_absolute_url(), kept="copied")
    context = {"todo_list": todo_list, "form": form}
    status = 422 if form.errors else 200
    return page(request, "list_duplicate", current_of(todo_list), context, status=status)


@signed_in("POST")
def list_move(request: Request, uuid: UUID) -> HttpResponse:
    """Move a list up or down in the viewer's own order."""
    user = request.todos_viewer.user
    direction: Literal["up", "down"] = "up" if request.POST.get("to") == "up" else "down"
    moved = Membership.move_by_one(user, get_list(user, uuid), direction)
    return back(request, reverse("django_todos:list-index"), kept=None if moved else "edge")


@signed_in("POST")
def list_pin(request: Request, uuid: UUID) -> HttpResponse:
    """Keep a list about an object of the host in the viewer's sidebar, or no longer."""
    user = request.todos_viewer.user
    todo_list = get_list(user, uuid)
    if "pin" in request.POST:
        todo_list.pin(user)
    else:
        todo_list.unpin(user)
    return back(request, todo_list.get_absolute_url())


@signed_in("POST")
def list_archive(request: Request, uuid: UUID) -> HttpResponse:
    """Put a list aside."""
    viewer = request.todos_viewer
    action = get_list(viewer.user, uuid, "own").archive(by=viewer.user, at=viewer.now)
    return back_after(action, request, reverse("django_todos:list-index"))


@signed_in("POST")
def list_unarchive(request: Request, uuid: UUID) -> HttpResponse:
    """Bring an archived list back."""
    viewer = request.todos_viewer
    todo_list = get_list(viewer.user, uuid, "own")
    action = todo_list.unarchive(by=viewer.user, at=viewer.now)
    return back_after(action, request, todo_list.get_absolute_url())
