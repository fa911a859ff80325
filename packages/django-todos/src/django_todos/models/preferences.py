"""What a user prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.conf import settings as project
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos._compat import check_constraint
from django_todos.dates import resolve_zone
from django_todos.limits import MAX_LANGUAGE_CODE, MAX_ZONE_NAME
from django_todos.models.querysets import OwnQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class Theme(models.TextChoices):
    """Which of the two looks."""

    SYSTEM = "system", _("Match system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class DayOrder(models.TextChoices):
    """Which comes first in a date, the day or the month; empty: as the region of the browser writes."""

    DAY = "day", _("Day first")
    MONTH = "month", _("Month first")


class HourCycle(models.TextChoices):
    """Clock of 12 or 24 hours; empty: as the region of the browser writes."""

    HALF_DAY = "12", _("12 hours")
    DAY = "24", _("24 hours")


class NewTodos(models.TextChoices):
    """Where in its list a new todo goes."""

    BOTTOM = "bottom", _("To the end")
    TOP = "top", _("To the top")


class Tell(models.TextChoices):
    """Whether and when what others did is told by mail."""

    NOW = "now", _("At once")
    DIGEST = "digest", _("In the digest")
    NEVER = "never", _("Never")


TELL_FIELDS = ("tell_assigned", "tell_invited", "tell_role", "tell_removed", "tell_answered")
"""What is to be told of, each by a `Tell`."""


def _tell(name: Any) -> models.CharField[str, str]:
    return models.CharField(name, max_length=6, choices=Tell.choices, default=Tell.NOW)


class Preferences(models.Model):
    """What one user chose, and the language, zone and region that their browser told last."""

    user = models.OneToOneField(
        project.AUTH_USER_MODEL, models.CASCADE, related_name="todos_preferences"
    )
    language = models.CharField(_("language"), max_length=MAX_LANGUAGE_CODE, blank=True)
    seen_language = models.CharField(max_length=MAX_LANGUAGE_CODE, blank=True, editable=False)
    time_zone = models.CharField(_("time zone"), max_length=MAX_ZONE_NAME, blank=True)
    seen_time_zone = models.CharField(max_length=MAX_ZONE_NAME, blank=True, editable=False)
    seen_region = models.CharField(max_length=2, blank=True, editable=False)
    day_order = models.CharField(
        _("dates"), max_length=5, choices=DayOrder.choices, blank=True, default=""
    )
    hour_cycle = models.CharField(
        _("times"), max_length=2, choices=HourCycle.choices, blank=True, default=""
    )
    week_start = models.PositiveSmallIntegerField(_("week starts on"), null=True, blank=True)
    theme = models.CharField(
        _("theme"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM
    )
    new_todos = models.CharField(
        _("new todos go"), max_length=6, choices=NewTodos.choices, default=NewTodos.BOTTOM
    )
    reminder_hour = models.PositiveSmallIntegerField(
        _("reminder hour"), default=9, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    reminders = models.BooleanField(_("reminders by mail"), default=True)
    digest = models.BooleanField(_("daily digest"), default=False)
    digest_hour = models.PositiveSmallIntegerField(
        _("digest at"), default=7, validators=[MinValueValidator(0), MaxValueValidator(23)]
    )
    tell_assigned = _tell(_("Mail when somebody gives you a todo"))
    tell_invited = _tell(_("Mail when somebody invites you"))
    tell_role = _tell(_("Mail when your role in a list changes"))
    tell_removed = _tell(_("Mail when somebody takes you out of a list"))
    tell_answered = _tell(_("Mail when your invitation is answered"))
    shortcuts = models.BooleanField(_("single-key shortcuts"), default=True)
    hints = models.BooleanField(_("examples for the first todo"), default=True)

    objects = OwnQuerySet["Preferences"].as_manager()

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")
        constraints = [
            check_constraint(Q(theme__in=Theme.values), name="todos_preferences_theme"),
            check_constraint(
                Q(day_order__in=["", *DayOrder.values]), name="todos_preferences_day_order"
            ),
            check_constraint(
                Q(hour_cycle__in=["", *HourCycle.values]), name="todos_preferences_hour_cycle"
            ),
            check_constraint(Q(new_todos__in=NewTodos.values), name="todos_preferences_new"),
            check_constraint(
                Q(**{f"{name}__in": Tell.values for name in TELL_FIELDS}),
                name="todos_preferences_tell",
            ),
            check_constraint(Q(reminder_hour__lte=23), name="todos_preferences_hour"),
            check_constraint(Q(digest_hour__lte=23), name="todos_preferences_digest_hour"),
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
