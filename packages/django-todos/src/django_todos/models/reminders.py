"""Reminders that a person set on a todo, and the log of mails that makes each of them go out once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings as project
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_todos._compat import check_constraint
from django_todos.dates import Moment
from django_todos.instants import InstantField
from django_todos.limits import MAX_REMIND_BEFORE
from django_todos.models.preferences import Preferences
from django_todos.models.querysets import OwnQuerySet
from django_todos.models.todos import Todo

DAY = 24 * 60
"""Minutes."""

LEASE = timedelta(minutes=10)
"""How long a claimed mail is left to the worker that claimed it. Longer than any mail server's patience."""

BACK_OFF = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720)]
"""Waits after each failure; after the last one the mail is given up."""


class Reminder(models.Model):
    """One person is reminded of one todo: at a time, or some time before it is due.

    What moves along with the todo is not stored: a reminder before the due date has no time of its own, so it follows
    every change of the date, of the person's zone and of their hour.
    """

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    todo = models.ForeignKey(Todo, models.CASCADE, related_name="reminders")
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    remind_at = InstantField(_("remind at"), null=True, blank=True)
    minutes_before = models.PositiveIntegerField(_("minutes before"), null=True, blank=True)
    created_at = InstantField(default=timezone.now, editable=False)

    objects = OwnQuerySet["Reminder"].as_manager()

    if TYPE_CHECKING:
        todo_id: int
        user_id: Any

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            check_constraint(
                Q(remind_at=None, minutes_before__isnull=False)
                | Q(remind_at__isnull=False, minutes_before=None),
                name="todos_reminder_one_kind",
            ),
            check_constraint(
                Q(minutes_before=None) | Q(minutes_before__lte=MAX_REMIND_BEFORE),
                name="todos_reminder_before",
            ),
            models.UniqueConstraint(
                fields=["todo", "user", "minutes_before"],
                condition=Q(minutes_before__isnull=False),
                name="todos_reminder_before_once",
            ),
            models.UniqueConstraint(
                fields=["todo", "user", "remind_at"],
                condition=Q(remind_at__isnull=False),
                name="todos_reminder_at_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["remind_at"],
                condition=Q(remind_at__isnull=False),
                name="todos_reminder_time",
            ),
        ]

    def __str__(self) -> str:
        if self.minutes_before is None:
            return str(self.remind_at)
        return before_text(self.minutes_before)

    def moment(self, preferences: Preferences) -> datetime | None:
        """When it goes out, for the person whose preferences these are; None while the todo has no date.

        A todo with a date alone is due at the person's chosen hour of that day. Whole days are counted on the wall:
        a day before Sunday 09:00 is Saturday 09:00, also when the clocks change between.
        """
        if self.minutes_before is None:
            return self.remind_at
        due = self.todo.due
        if due.case == "date":
            due = Moment(due.date, time(preferences.reminder_hour))
        days, minutes = divmod(self.minutes_before, DAY)
        try:
            instant = due.shift(days=-days).instant(preferences.zone)
        except OverflowError:
            return None
        return None if instant is None else instant - timedelta(minutes=minutes)

    def key(self) -> str:
        """What its delivery is known by: this reminder for this date. A date that moves, and back, reminds anew."""
        what = str(self.remind_at)
        if self.minutes_before is not None:
            what = f"{self.todo.due_moves}:{self.todo.due}"
        return f"reminder:{self.pk}:{what}"


def before_text(minutes: int) -> str:
    """ "When due", "15 minutes before", "2 days before"."""
    if minutes == 0:
        return gettext("When due")
    if minutes % DAY == 0:
        days = minutes // DAY
        return ngettext("%(n)d day before", "%(n)d days before", days) % {"n": days}
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("%(n)d hour before", "%(n)d hours before", hours) % {"n": hours}
    return ngettext("%(n)d minute before", "%(n)d minutes before", minutes) % {"n": minutes}


class DeliveryQuerySet(OwnQuerySet["Delivery"]):
    """Questions about mails."""

    def prune(self, now: datetime) -> int:
        """Delete the record of mails that nothing can ask for again. Returns how many."""
        return self.filter(created_at__lt=now - timedelta(days=90)).delete()[0]


class Delivery(models.Model):
    """One mail: to be sent, sent, or given up.

    `key` is unique, so two workers can't both begin it; a worker claims a batch by an UPDATE that only one of them can
    make for each row, and finds its own by `claimed_by`; a claim runs out after a while, so a worker that is killed
    between sending and recording repeats mails rather than losing them.
    """

    key = models.CharField(max_length=120, unique=True)
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    claimed_by = models.UUIDField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = InstantField()
    sent_at = InstantField(null=True)
    given_up_at = InstantField(null=True)
    error = models.CharField(max_length=200, blank=True)
    created_at = InstantField(default=timezone.now)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        constraints = [
            check_constraint(Q(sent_at=None) | Q(given_up_at=None), name="todos_delivery_one_end"),
        ]
        indexes = [models.Index(fields=["created_at"], name="todos_delivery_age")]

    def __str__(self) -> str:
        return self.key

    @staticmethod
    def claim(keys: Mapping[str, Any], now: datetime) -> dict[str, Delivery]:
        """The mails with these keys (each with the user it is for) that are this worker's to send now, by key.

        What is done, waits or is another's is left out.
        """
        worker, waiting = uuid.uuid4(), Delivery.objects.filter(key__in=keys, sent_at=None)
        new = [
            Delivery(key=key, user_id=keys[key], try_at=now, created_at=now)
            for key in sorted(keys)
        ]
        Delivery.objects.bulk_create(new, ignore_conflicts=True)
        waiting.filter(given_up_at=None, try_at__lte=now).update(
            attempts=F("attempts") + 1, try_at=now + LEASE, claimed_by=worker
        )
        return {one.key: one for one in waiting.filter(claimed_by=worker)}

    @staticmethod
    def sent(deliveries: list[Delivery], now: datetime) -> None:
        """These mails of one claim went out, or there was nothing to say."""
        claimed = Delivery.objects.filter(claimed_by=deliveries[0].claimed_by, sent_at=None)
        claimed.filter(pk__in=[one.pk for one in deliveries]).update(sent_at=now, error="")

    def failed(self, now: datetime, error: Exception) -> None:
        """It did not: try again later, each time after a longer while, and give up in the end."""
        text = f"{type(error).__name__}: {error}"[:200]
        if self.attempts > len(BACK_OFF):
            self._record(given_up_at=now, error=text)
        else:
            self._record(try_at=now + BACK_OFF[self.attempts - 1], error=text)

    def _record(self, **values: object) -> None:
        # A later claim (this one had run out) is another worker's to record.
        Delivery.objects.filter(pk=self.pk, claimed_by=self.claimed_by, sent_at=None).update(
            **values
        )
