"""The form that sets a reminder: so long before the todo is due, or at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from django_todos.dates import to_instant
from django_todos.limits import MAX_REMIND_BEFORE
from django_todos.models.reminders import DAY, before_text

if TYPE_CHECKING:
    from datetime import datetime

    from django_todos.models import Todo
    from django_todos.viewer import Viewer

OFFERED = (0, 5, 15, 30, 60, 120, DAY, 2 * DAY, 7 * DAY)
"""Minutes before the due date that the form offers; others can be posted."""


class ReminderForm(forms.Form):
    """Either `before`, in minutes, or `at`, a time on the viewer's wall. Gives the columns of a `Reminder`."""

    before = forms.IntegerField(required=False, min_value=0, max_value=MAX_REMIND_BEFORE)
    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer

    def clean_at(self) -> datetime | None:
        """The instant; only one that lies ahead can remind of anything."""
        typed: datetime | None = self.cleaned_data["at"]
        if typed is None:
            return None
        instant = to_instant(typed.replace(tzinfo=None), self.viewer.zone)
        if instant <= self.viewer.now:
            raise ValidationError(gettext("That time has passed."))
        return instant

    def clean(self) -> dict[str, Any]:
        """Exactly one of both."""
        cleaned = super().clean() or {}
        before, at = cleaned.get("before"), cleaned.get("at")
        if not self.errors and (before is None) == (at is None):
            raise ValidationError(gettext("Choose when to be reminded."))
        return {"minutes_before": before if at is None else None, "remind_at": at}


def offered(todo: Todo) -> list[tuple[int, str]]:
    """What to choose from, in words; hours and minutes make no sense before a whole day."""
    sizes = OFFERED if todo.due_time is not None else [n for n in OFFERED if n % DAY == 0]
    return [(minutes, before_text(minutes)) for minutes in sizes]
