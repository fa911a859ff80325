"""What a person prefers."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from django_todos.forms.dates import ZoneField
from django_todos.models import Preferences


class PreferencesForm(forms.ModelForm):
    """What a person prefers."""

    time_zone = ZoneField(label=_("Time zone"), help_text=_("Empty: where your browser is."))
    week_start = forms.TypedChoiceField(
        label=_("Week starts on"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("As the language has it")),
            (0, _("Monday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )

    class Meta:
        model = Preferences
        fields = [
            "theme",
            "time_zone",
            "week_start",
            "reminder_hour",
            "reminders",
            "digest",
            "shortcuts",
        ]
        widgets = {"theme": forms.RadioSelect}
