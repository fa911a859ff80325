"""A user goes: what becomes of their lists, and of what they did in other people's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, QuerySet
from django.db.models.signals import pre_delete

from django_todos.models.history import Action
from django_todos.models.lists import TodoList
from django_todos.models.members import Membership, Role
from django_todos.models.querysets import TodoListQuerySet
from django_todos.models.todos import Todo

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True)
class Departure:
    """What the deletion of accounts would take along, and what would stay: told before it is done."""

    going: list[tuple[TodoList, int]]
    """Lists that nobody else shares, the inbox among them, those archived and in the trash, too; each with how many
    todos are in it, completed ones and those in the trash included."""
    staying: list[tuple[TodoList, AbstractBaseUser | None]]
    """Lists that others share, each with who would become its owner, where nobody is beside these."""

    @property
    def todo_count(self) -> int:
        """Every todo in the lists that would go."""
        return sum(count for _list, count in self.going)

    @classmethod
    def of(cls, *users: AbstractBaseUser) -> Departure:
        """As it would be now, for one account, or for several that go together."""
        alone = _alone(*users).annotate(todo_total=Count("todos")).order_by("pk")
        going: list[tuple[TodoList, int]] = [(one, one.todo_total) for one in alone]
        shared = _mine(*users).exclude(pk__in=[one.pk for one, _count in going]).order_by("pk")
        staying = [(one, _heir(_others(one, *users))) for one in shared]
        return cls(going, [(one, heir.user if heir else None) for one, heir in staying])


def _of(users: Iterable[AbstractBaseUser]) -> QuerySet[Membership]:
    return Membership.objects.filter(user__in=[user.pk for user in users])


def _mine(*users: AbstractBaseUser) -> TodoListQuerySet:
    return TodoList.objects.filter(pk__in=_of(users).values("todo_list"))


def _alone(*users: AbstractBaseUser) -> TodoListQuerySet:
    """Lists that nobody else is in. One about an object of the host stays with the object."""
    own = _of(users).values("pk")
    others = Membership.objects.filter(todo_list=OuterRef("pk")).exclude(pk__in=own)
    return _mine(*users).filter(~Exists(others), object_type=None)


def _others(todo_list: TodoList, *users: AbstractBaseUser) -> QuerySet[Membership]:
    others = todo_list.memberships.exclude(pk__in=_of(users).values("pk"))
    return others.select_related("user").order_by("created_at", "pk")


def _heir(others: QuerySet[Membership]) -> Membership | None:
    """Of a list's members, longest-standing first, who becomes its owner where none is: an editor, else a viewer."""
    if others.filter(role=Role.OWNER).exists():
        return None
    return others.filter(role=Role.EDITOR).first() or others.first()


def _promote_heir(others: QuerySet[Membership]) -> None:
    if heir := _heir(others):
        Membership.objects.filter(pk=heir.pk).update(role=Role.OWNER)


class _OneMore(Exception):
    """A list came while the others were locked."""


def _lock(user: AbstractBaseUser) -> None:
    """Lock the user's lists, then the user: nobody writes for them, or gives them anything, until they are gone.

    Whoever writes takes the list first, and by their name in what they write the user, too: this order keeps the two
    from waiting for each other. A savepoint gives the locks back where a list is missing among them.
    """
    while True:
        with suppress(_OneMore), transaction.atomic():
            locked = set(_mine(user).values_list("pk", flat=True))
            TodoList.objects.lock(locked)
            people = get_user_model()._base_manager.select_for_update()
            people.filter(pk=user.pk).values_list("pk").first()
            if not locked >= set(_mine(user).values_list("pk", flat=True)):
                raise _OneMore
            return


def hand_over(user: AbstractBaseUser) -> None:
    """Settle the lists of a user who is about to be deleted.

    A list that others share goes to its longest-standing editor, else viewer, where no owner is left; a list that
    nobody else shares goes with the account, and so does what the user did in it. What they did elsewhere stays in
    those lists' history, without their name.
    """
    with transaction.atomic():
        _lock(user)
        _alone(user).erase()
        for todo_list in _mine(user):
            _promote_heir(_others(todo_list, user))
        given = Todo.objects.filter(assignee=user.pk)
        given.update(assignee=None, version=F("version") + 1)
        # Of several users deleted at once the next one must not find this one among those who are left.
        Membership.objects.filter(user=user.pk).delete()
        Action.objects.filter(user=user.pk, lists=None).delete()


def let_go_of_objects(now: datetime) -> int:
    """Settle the lists whose object of the host is gone: theirs no longer, they belong to their members.

    A list without members goes. Returns how many were settled. The worker asks, since no host can be expected to tell.
    """
    count = 0
    for todo_list in TodoList.objects.about_nothing():
        with transaction.atomic():
            TodoList.objects.lock({todo_list.pk})
            members = todo_list.memberships.order_by("created_at", "pk")
            if members:
                _promote_heir(members)
                TodoList.objects.filter(pk=todo_list.pk).update(object_type=None, object_id="")
            else:
                TodoList.objects.filter(pk=todo_list.pk).erase()
        count += 1
    return count


def _before_user_is_deleted(sender: Any, instance: AbstractBaseUser, **kwargs: Any) -> None:
    hand_over(instance)


def _user_models() -> Iterator[type[AbstractBaseUser]]:
    user = get_user_model()
    yield user
    yield from (one for one in apps.get_models() if one._meta.proxy and issubclass(one, user))


def listen() -> None:
    """Called once, when the apps are ready: the host's user model, and proxies of it, are known only then."""
    for model in _user_models():
        label = f"django_todos.{model._meta.label}"
        pre_delete.connect(_before_user_is_deleted, sender=model, dispatch_uid=label)
