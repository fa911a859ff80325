"""What a user prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings as project
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos._compat import check_constraint
from django_todos.dates import resolve_zone
from django_todos.limits import MAX_ZONE_NAME
from django_todos.models.querysets import OwnQuerySet

if TYPE_CHECKING:
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
    time_zone = models.CharField(_("time zone"), max_length=MAX_ZONE_NAME, blank=True)
    seen_time_zone = models.CharField(max_length=MAX_ZONE_NAME, blank=True, editable=False)
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

    objects = OwnQuerySet["Preferences"].as_manager()

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
