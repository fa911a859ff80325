"""The only place that says who may do what to one object.

Not visible: 404, as if it did not exist. Visible but not editable: 403. Anonymous: to the login page, which the
``login_required`` of each view sees to. Each helper here takes a queryset through `visible_to` first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from django_todos.models import Action, ImportDraft, Todo, TodoList

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    User = AbstractBaseUser | AnonymousUser

Need = Literal["view", "edit", "own"]


def get_list(user: User, uuid: UUID, need: Need = "view", *, trashed: bool = False) -> TodoList:
    """The list, with its details. `trashed` asks for one in the trash, else for one that is not."""
    lists = TodoList.objects.with_details()
    lists = lists.trashed() if trashed else lists.alive()
    todo_list = get_object_or_404(lists.visible_to(user), uuid=uuid)
    allowed = {
        "view": TodoList.objects.all,
        "edit": lambda: TodoList.objects.editable_by(user),
    }.get(need, lambda: TodoList.objects.owned_by(user))
    if need != "view" and not allowed().filter(pk=todo_list.pk).exists():  # type: ignore[no-untyped-call]
        raise PermissionDenied(_("You can read this list, but not change it."))
    if need == "own" and todo_list.is_inbox:
        raise PermissionDenied(_("The inbox stays as it is."))
    return todo_list


def get_todo(
    user: User, uuid: UUID, need: Literal["view", "edit"] = "view", *, trashed: bool = False
) -> Todo:
    """The todo with its list. `trashed` asks for one in the trash, else for one that is not."""
    editable = Todo.objects.editable_by(user).filter(pk=OuterRef("pk"))
    todos = Todo.objects.select_related("todo_list", "assignee", "parent")
    todos = todos.annotate(editable=Exists(editable)).visible_to(user)
    todo = get_object_or_404(todos.trashed() if trashed else todos.alive(), uuid=uuid)
    if need == "edit" and not can_edit(todo):
        raise PermissionDenied(_("You can read this list, but not change it."))
    return todo


def can_edit(todo: Todo) -> bool:
    """Whether the person that `get_todo` asked for may change this todo."""
    return bool(todo.editable)  # type: ignore[attr-defined]


def get_action(user: User, uuid: UUID) -> Action:
    """One of the user's own actions, as long as its lists may still be changed by them."""
    action = get_object_or_404(Action.objects.editable_by(user), uuid=uuid)  # type: ignore[attr-defined]
    lists = TodoList.objects.filter(pk__in=action.list_ids)
    owned = {int(pk) for pk in action.changes["lists"]}
    allowed = set(lists.editable_by(user).values_list("pk", flat=True))
    allowed |= owned & set(lists.owned_by(user).values_list("pk", flat=True))
    if not action.list_ids <= allowed:
        raise PermissionDenied(_("You can read this list, but not change it."))
    return action


def get_draft(user: User, uuid: UUID) -> ImportDraft:
    """One of the user's own uploads that wait for a yes."""
    draft = ImportDraft.objects.visible_to(user).filter(uuid=uuid).first()  # type: ignore[attr-defined]
    if draft is None:
        raise Http404
    return draft
