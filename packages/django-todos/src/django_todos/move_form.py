"""To which day a todo moves: by buttons for the usual ones, else in words."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos.dates import Moment
from django_todos.fields import WordsDateField

if TYPE_CHECKING:
    from django_todos.viewer import Viewer


class MoveToDayForm(forms.Form):
    """The day to move to. Words may bring a time along, which is then the new one."""

    day = WordsDateField(
        label=_("Date"),
        help_text=_("A date, or words: “fri”, “in 3 days”."),
    )

    def __init__(self, data: Any = None, *, viewer: Viewer) -> None:
        super().__init__(data, auto_id="move-%s")
        self.fields["day"].viewer = viewer  # type: ignore[attr-defined]
        self.today = viewer.today

    def clean_day(self) -> Moment:
        """There must be one: here nothing takes the date away."""
        moment: Moment = self.cleaned_data["day"]
        if not moment:
            raise ValidationError(
                gettext("Write a day: a date, or words like “fri” or “in 3 days”.")
            )
        return moment

    @property
    def choices(self) -> list[tuple[date, Any]]:
        """The days that have a button of their own."""
        named = ((0, _("Today")), (1, _("Tomorrow")), (7, _("In a week")))
        return [(self.today + timedelta(days=days), words) for days, words in named]
