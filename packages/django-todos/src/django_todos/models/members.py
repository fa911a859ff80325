"""Who is in a list, as what, and where it stands in their own order."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings as project
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos import models as tables  # a list stands on this module: there when asked
from django_todos._compat import check_constraint
from django_todos.instants import InstantField
from django_todos.models.querysets import OwnQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from django_todos.models.lists import TodoList

GAP = 1 << 32
"""The distance between neighbours in an order: thirty-two insertions at one place before a group is re-spaced."""


class Color(models.TextChoices):
    """The colours that the stylesheet knows, each in a light and a dark value."""

    GREY = "grey", _("Grey")
    RED = "red", _("Red")
    ORANGE = "orange", _("Orange")
    AMBER = "amber", _("Amber")
    GREEN = "green", _("Green")
    TEAL = "teal", _("Teal")
    BLUE = "blue", _("Blue")
    VIOLET = "violet", _("Violet")
    PINK = "pink", _("Pink")


class Role(models.TextChoices):
    """What a member may do: each role includes those before it."""

    VIEWER = "viewer", _("Viewer")
    EDITOR = "editor", _("Editor")
    OWNER = "owner", _("Owner")


class Membership(models.Model):
    """A user's role in a list, and the place and colour that the user gives it in their own sidebar."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    todo_list = models.ForeignKey(
        "django_todos.TodoList", models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        project.AUTH_USER_MODEL, models.CASCADE, related_name="todos_memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.EDITOR)
    color = models.CharField(_("colour"), max_length=10, choices=Color.choices, default=Color.GREY)
    position = models.BigIntegerField(default=0, editable=False)
    created_at = InstantField(default=timezone.now, editable=False)

    objects = OwnQuerySet["Membership"].as_manager()

    if TYPE_CHECKING:
        todo_list_id: int
        user_id: Any

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["todo_list", "user"], name="todos_member_once"),
            check_constraint(Q(role__in=Role.values), name="todos_member_role"),
            check_constraint(Q(color__in=Color.values), name="todos_member_color"),
        ]
        indexes = [models.Index(fields=["user", "position"], name="todos_member_order")]

    def __str__(self) -> str:
        return f"{self.user} · {self.todo_list}"

    def place(self, *, after: Membership | None) -> None:
        """Move the list in its user's own order: behind `after`, or first."""
        with transaction.atomic():
            # The list first, as every writer; then the others in an order that each place of this user has.
            tables.TodoList.objects.lock({self.todo_list_id})
            mine = Membership.objects.filter(user=self.user_id).order_by("pk").select_for_update()
            others = sorted(mine, key=lambda one: (one.position, one.pk))
            others = [one for one in others if one != self]
            others.insert(others.index(after) + 1 if after in others else 0, self)
            for index, one in enumerate(others, start=1):
                one.position = index * GAP
            Membership.objects.bulk_update(others, ["position"])

    @classmethod
    def move_by_one(
        cls, user: AbstractBaseUser, todo_list: TodoList, direction: Literal["up", "down"]
    ) -> bool:
        """Change places of a list with the one shown above or below in the user's order. False at its ends."""
        mine = cls.objects.filter(user=user.pk, todo_list__deleted_at=None)
        listed = list(mine.select_related("todo_list").order_by("position", "pk"))
        row = [one for one in listed if one.todo_list == todo_list or one._is_shown_by(todo_list)]
        here = next((n for n, one in enumerate(row) if one.todo_list == todo_list), None)
        if here is None:  # seen through an object of the host: it stands in nobody's order
            return False
        before = here + (-2 if direction == "up" else 1)
        if not -1 <= before < len(row):
            return False
        row[here].place(after=row[before] if before >= 0 else None)
        return True

    def _is_shown_by(self, other: TodoList) -> bool:
        is_archived = self.todo_list.archived_at is not None
        return not self.todo_list.is_inbox and is_archived == (other.archived_at is not None)


class Pin(models.Model):
    """A user keeps a list about an object of the host in their sidebar: a place, and no right to read it."""

    todo_list = models.ForeignKey("django_todos.TodoList", models.CASCADE, related_name="+")
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")

    objects = OwnQuerySet["Pin"].as_manager()

    class Meta:
        verbose_name = _("pinned list")
        verbose_name_plural = _("pinned lists")
        constraints = [
            models.UniqueConstraint(fields=["user", "todo_list"], name="todos_pin_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.todo_list}"
