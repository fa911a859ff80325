"""The page of settings: what a person prefers, section by section."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from django_todos.forms.dates import ZoneField, zone_of
from django_todos.models import DayOrder, HourCycle, Preferences
from django_todos.models.preferences import TELL_FIELDS
from django_todos.viewer import Viewer
from django_todos.wording.dates import Style, city_of, date_words, time_words, written
from django_todos.wording.languages import spoken


@dataclass(frozen=True)
class Section:
    """A part of the page, saved by itself."""

    name: str
    title: Promise
    icon: str
    fields: tuple[str, ...] = ()


SECTIONS = (
    Section("appearance", _("Appearance"), "palette", ("theme", "new_todos")),
    Section(
        "region",
        _("Language and region"),
        "globe",
        ("language", "time_zone", "day_order", "hour_cycle", "week_start"),
    ),
    Section(
        "notifications",
        _("Notifications"),
        "bell",
        (
            "reminders",
            "reminder_hour",
            "digest",
            "digest_hour",
            *TELL_FIELDS,
        ),
    ),
    Section("keyboard", _("Keyboard"), "keyboard", ("shortcuts",)),
    Section("data", _("Your data"), "import"),
)


class CityField(ZoneField):
    """A time zone by the name of its city, as people know it."""

    def prepare_value(self, value: Any) -> Any:
        """The city where its name is enough: Berlin of Europe/Berlin."""
        city = city_of(str(value or ""))
        return city if zone_of(city) == value else value


def _switch() -> forms.CheckboxInput:
    return forms.CheckboxInput(attrs={"role": "switch"})


class PreferencesForm(forms.ModelForm):
    """One section of it. What is in force is what is chosen; only what changed is stored.

    So a choice that was never made keeps following the browser, and a page that stood open overwrites nothing.
    """

    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        help_text=_(
            "Dates in words are read in English; on German, French and Spanish pages in those languages too."
        ),
    )
    time_zone = CityField(
        label=_("Time zone"),
        help_text=_("Empty: where your browser is."),
        widget=forms.TextInput(attrs={"list": "cities", "autocomplete": "off"}),
    )
    day_order = forms.ChoiceField(label=_("Dates"), widget=forms.RadioSelect)
    hour_cycle = forms.ChoiceField(label=_("Times"), widget=forms.RadioSelect)
    week_start = forms.TypedChoiceField(
        label=_("Week starts on"),
        coerce=int,
        choices=[(0, _("Monday")), (5, _("Saturday")), (6, _("Sunday"))],
        widget=forms.RadioSelect,
    )
    reminder_hour = forms.TypedChoiceField(
        label=_("Without a time, remind at"),
        help_text=_("For todos that only have a day."),
        coerce=int,
    )
    digest_hour = forms.TypedChoiceField(label=_("Digest at"), coerce=int)

    class Meta:
        model = Preferences
        fields = [name for section in SECTIONS for name in section.fields]
        widgets = {
            "theme": forms.RadioSelect,
            "new_todos": forms.RadioSelect,
            "reminders": _switch(),
            "digest": _switch(),
            "shortcuts": _switch(),
            **dict.fromkeys(TELL_FIELDS, forms.RadioSelect),
        }
        help_texts = {
            "reminders": _("At the time you set on a todo."),
            "tell_assigned": _("“In the digest” is at once while you get none."),
            "shortcuts": _("They never act while you type in a field."),
            "digest": _("What is due and overdue, once a day. Nothing is sent on empty days."),
        }

    def __init__(self, section: Section, data: Any = None, *, viewer: Viewer) -> None:
        self.section = section
        in_force = {
            "day_order": DayOrder.DAY if viewer.day_first else DayOrder.MONTH,
            "hour_cycle": HourCycle.HALF_DAY if viewer.twelve_hours else HourCycle.DAY,
            "week_start": viewer.week_start,
        }
        super().__init__(data, instance=viewer.preferences, initial=in_force)
        languages = spoken() if "language" in section.fields else []
        choices: dict[str, Callable[[], list[Any]]] = {
            "language": lambda: [("", _("As the browser asks")), *languages],
            "day_order": lambda: list(_orders(viewer)),
            "hour_cycle": lambda: list(_clocks()),
            "reminder_hour": _hours,
            "digest_hour": _hours,
        }
        shown = set(section.fields) - ({"language"} if len(languages) < 2 else set())
        for name in self.fields.keys() - shown:
            del self.fields[name]
        for name in choices.keys() & self.fields.keys():
            offered: Any = self.fields[name]
            offered.choices = choices[name]()

    def save(self, commit: bool = True) -> Preferences:
        """Stores what changed."""
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        user = self.instance.user_id
        saved, _created = Preferences.objects.update_or_create(user_id=user, defaults=changed)
        return saved


def _hours() -> list[tuple[int, str]]:
    return [(hour, time_words(time(hour))) for hour in range(24)]


def _orders(viewer: Viewer) -> Iterator[tuple[str, str]]:
    """Both orders of day and month, each shown by today."""
    for key in DayOrder.values:
        with written(Style(day_first=key == DayOrder.DAY)):
            yield key, date_words(viewer.today, viewer.today, weekday=False)


def _clocks() -> Iterator[tuple[str, str]]:
    """Both clocks, each shown by a time at which they differ."""
    for key in reversed(HourCycle.values):
        with written(Style(twelve_hours=key == HourCycle.HALF_DAY)):
            yield key, time_words(time(14, 5))
