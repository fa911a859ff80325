"""One list, todo or action for a request, with the rights that the person has in it: the only place that decides.

Not visible: 404, as if it did not exist. Visible but not allowed: 403. Anonymous: to the login page, which `signed_in`
sees to. What comes back answers `can_edit` and `can_own` itself.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import OuterRef, Subquery, UUIDField
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from django_todos.models import Action, ImportDraft, Membership, Todo, TodoList, TodoListQuerySet
from django_todos.models.compiled import AnyUser, Compiled, Slot
from django_todos.models.early import read_early
from django_todos.models.querysets import (
    TodoQuerySet,
    any_member,
    object_types,
    object_types_remembered,
)

if TYPE_CHECKING:
    from django_todos.models.querysets import User

Need = Literal["view", "edit", "own"]


def read_uuid(text: str) -> UUID | None:
    """What a browser, a file or a command names something by; None for what names nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


def get_list(user: User, uuid: UUID, need: Need = "view", *, trashed: bool = False) -> TodoList:
    """The list, with its details. `trashed` asks for one in the trash, else for one that is not."""
    with object_types_remembered():
        if object_types() or not user.is_authenticated:
            todo_list = _list(user, uuid, trashed).first()
        else:
            todo_list = next(iter(_any_list({"user": user.pk, "uuid": uuid}, trashed)), None)
    if todo_list is None:
        raise Http404
    if need == "own" and todo_list.is_inbox:
        raise PermissionDenied(_("The inbox can't be renamed, shared, archived or deleted."))
    if need == "own" and todo_list.can_edit and not todo_list.can_own:
        raise PermissionDenied(
            _(
                "Only an owner of the list decides about it: its name, its people, archive and trash."
            )
        )
    _check({"view": True, "edit": todo_list.can_edit, "own": todo_list.can_own}[need])
    return todo_list


def get_todo(
    user: User, uuid: UUID, need: Literal["view", "edit"] = "view", *, trashed: bool = False
) -> Todo:
    """The todo with its list. `trashed` asks for one in the trash, else for one that is not."""
    with object_types_remembered():
        if object_types() or not user.is_authenticated:
            todo = get_object_or_404(_todos(trashed), uuid=uuid)
            lists = TodoList.objects.with_rights(user)
            todo.todo_list = get_object_or_404(lists, pk=todo.todo_list_id)
        else:
            found = list(_any_todo({"user": user.pk, "uuid": uuid}, trashed))
            if not found:
                raise Http404
            todo = found[0]
            todo.todo_list.role = todo.role  # type: ignore[attr-defined]  # annotated
    _check(need == "view" or todo.can_edit)
    return todo


def get_family(user: User, uuid: UUID, to: str = "", beside: UUID | None = None) -> Todo:
    """The todo, to be changed with what is below it: read with its tree; to be moved, with the place that is named."""
    with object_types_remembered():
        if object_types() or not user.is_authenticated:
            return get_todo(user, uuid, "edit")
        todo = read_early(user, uuid, to, beside)
    if todo is None:
        raise Http404
    _check(todo.can_edit)
    return todo


def get_todos(user: User, uuids: Collection[UUID]) -> list[Todo]:
    """Those of the todos that are there, highest first. One that may only be read refuses all."""
    todos = Todo.objects.visible_to(user).alive().filter(uuid__in=uuids).with_rights(user)
    # A list may be lost between the query for the todos and that for their lists.
    found = [
        todo for todo in todos.order_by("depth", "position", "pk") if hasattr(todo, "todo_list")
    ]
    _check(all(todo.can_edit for todo in found))
    return found


def get_action(user: User, uuid: UUID) -> Action:
    """One of the user's own actions, as long as its lists may still be changed by them."""
    action = get_object_or_404(Action.objects.visible_to(user), uuid=uuid)
    ids = action.list_ids
    lists = TodoList.objects.with_rights(user).in_bulk(ids)
    owned = {int(pk) for pk in action.changes["lists"]}
    _check(
        lists.keys() == ids
        and all(one.can_own if pk in owned else one.can_edit for pk, one in lists.items())
    )
    return action


def get_draft(user: User, uuid: UUID) -> ImportDraft:
    """One of the user's own uploads that wait for a yes."""
    return get_object_or_404(ImportDraft.objects.visible_to(user), uuid=uuid)


def _list(user: Any, uuid: Any, trashed: bool) -> TodoListQuerySet:
    lists = TodoList.objects.with_details().with_rights(user).filter(uuid=uuid)
    return lists.trashed() if trashed else lists.alive()


@Compiled
def _any_list(trashed: bool) -> TodoListQuerySet:
    with any_member() as anybody:
        return _list(anybody, Slot("uuid", UUIDField()), trashed)


def _todos(trashed: bool) -> TodoQuerySet:
    todos = Todo.objects.select_related("assignee", "parent", "todo_list")
    return todos.trashed() if trashed else todos.alive()


@Compiled
def _any_todo(trashed: bool) -> TodoQuerySet:
    """One of a list of which the user is a member."""
    own = Membership.objects.filter(todo_list=OuterRef("todo_list"), user=AnyUser().pk)
    todos = _todos(trashed).filter(uuid=Slot("uuid", UUIDField()))
    return todos.annotate(role=Subquery(own.values("role"))).exclude(role=None)


def _check(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied(_("You can read this list, but not change it."))
