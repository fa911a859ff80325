"""What a user prefers, and what becomes of lists when a user goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import pre_delete
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos._compat import check_constraint
from django_todos.dates import resolve_zone
from django_todos.models.lists import Membership, Role, TodoList
from django_todos.querysets import OwnQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.base_user import AbstractBaseUser


class Theme(models.TextChoices):
    """Which of the two looks."""

    SYSTEM = "system", _("As the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Preferences(models.Model):
    """What one user chose, and the zone that their browser was in last."""

    user = models.OneToOneField(
        project.AUTH_USER_MODEL, models.CASCADE, related_name="todos_preferences"
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    seen_time_zone = models.CharField(max_length=64, blank=True, editable=False)
    week_start = models.PositiveSmallIntegerField(_("week starts on"), null=True, blank=True)
    theme = models.CharField(
        _("theme"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM
    )
    reminder_hour = models.PositiveSmallIntegerField(
        _("reminder hour"), default=9, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    reminders = models.BooleanField(_("reminders by mail"), default=True)
    digest = models.BooleanField(_("daily digest"), default=False)
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)

    objects: ClassVar[models.Manager[Preferences]] = OwnQuerySet["Preferences"].as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints = [
            check_constraint(Q(theme__in=Theme.values), name="todos_preferences_theme"),
            check_constraint(Q(reminder_hour__lte=23), name="todos_preferences_hour"),
            check_constraint(
                Q(week_start=None) | Q(week_start__lte=6), name="todos_preferences_week"
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)

    @classmethod
    def of(cls, user: AbstractBaseUser) -> Preferences:
        """The user's preferences; the defaults, unsaved, for who never chose."""
        return cls.objects.filter(user=user.pk).first() or cls(user_id=user.pk)

    @property
    def zone(self) -> ZoneInfo:
        """Where the user's day is: as chosen, else where their browser was last, else the project's."""
        return resolve_zone(self.time_zone) or resolve_zone(self.seen_time_zone) or project_zone()


def project_zone() -> ZoneInfo:
    """The project's own time zone."""
    zone = timezone.get_default_timezone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo("UTC")


def hand_over(user: AbstractBaseUser) -> None:
    """Settle the lists of a user who is about to be deleted.

    A list that others share goes to its longest-standing editor, else viewer, where no owner is left; a list that
    nobody else shares goes with the account. One about an object of the host stays with the object.
    """
    with transaction.atomic():
        mine = TodoList.objects.filter(memberships__user=user.pk)
        TodoList.objects.lock(set(mine.values_list("pk", flat=True)))
        for todo_list in mine.filter(inbox_of=None):
            others = todo_list.memberships.exclude(user=user.pk).order_by("created_at", "pk")
            if not others and todo_list.object_type_id is None:
                todo_list.delete()
            elif others:
                _promote_heir(others)
        # Of several users deleted at once the next one must not find this one among those who are left.
        Membership.objects.filter(user=user.pk, todo_list__inbox_of=None).delete()


def _promote_heir(others: QuerySet[Membership]) -> None:
    """Of a list's members, longest-standing first, make an editor, else a viewer, its owner where none is."""
    if not others.filter(role=Role.OWNER).exists():
        heir = others.filter(role=Role.EDITOR).first() or others[0]
        Membership.objects.filter(pk=heir.pk).update(role=Role.OWNER)


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
                todo_list.delete()
        count += 1
    return count


def _before_user_is_deleted(sender: Any, instance: AbstractBaseUser, **kwargs: Any) -> None:
    hand_over(instance)


def listen() -> None:
    """Called once, when the apps are ready: the host's user model, and proxies of it, are known only then."""
    user = get_user_model()
    for model in [
        user,
        *(one for one in apps.get_models() if one._meta.proxy and issubclass(one, user)),
    ]:
        pre_delete.connect(
            _before_user_is_deleted, sender=model, dispatch_uid=f"django_todos.{model._meta.label}"
        )
