"""Dates as people write them: the fields, and the forms that ask for nothing else."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos import limits, quickadd
from django_todos.dates import Moment, resolve_zone, to_instant
from django_todos.models import Todo
from django_todos.models.reminders import DAY, before_text
from django_todos.wording.dates import city_of, date_words, weekday_words

if TYPE_CHECKING:
    from django_todos.viewer import Viewer

OFFERED = (0, 5, 15, 30, 60, 120, DAY, 2 * DAY, 7 * DAY)
"""Minutes before the due date that the form of a reminder offers; others can be posted."""


class ViewersField(forms.Field):
    """A field that reads what its viewer writes. A `ViewerForm` says who that is."""

    viewer: Viewer


class ViewerForm(forms.Form):
    """A form that knows who fills it in."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        for field in self.fields.values():
            if isinstance(field, ViewersField):
                field.viewer = viewer


class ReadField(forms.CharField):
    """Text that is read into something else. Its length and the rest are checked before, as text."""

    def read(self, text: str) -> Any:
        """The value of the text, or ValidationError."""
        raise NotImplementedError

    def to_python(self, value: Any) -> Any:
        """Checks the text, then reads it."""
        text = super().to_python(value) or ""
        super().run_validators(text)
        return self.read(text)

    def run_validators(self, value: Any) -> None:
        """They ran on the text."""


class WordsDateField(ViewersField, ReadField):
    """A date in digits, in the viewer's order of day and month, as ISO 8601, or in words: “fri”, “in 3 days”.

    Gives a `Moment`, because words may bring a time along.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=limits.MAX_DATE_WORDS, **kwargs)

    def read(self, text: str) -> Moment:
        """Raises ValidationError for what is no date, in the words of the parser where it has any."""
        if not text:
            return Moment()
        moment = quickadd.parse_date(text, **self.viewer.reading)
        if moment is None:
            today = self.viewer.today
            raise ValidationError(
                gettext(
                    "“%(text)s” is not a date that exists. Write it as %(example)s, or in words: “fri”, “in 3 days”."
                )
                % {"text": text, "example": date_words(today, today, weekday=False)}
            )
        return moment


class ZoneField(forms.CharField):
    """A time zone, by its IANA name or its city; empty for a time that floats."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=limits.MAX_ZONE_NAME, **kwargs)

    def clean(self, value: Any) -> str:
        """Raises ValidationError for a place that the zone database does not have, with the nearest that it has."""
        name = str(super().clean(value))
        if not name or zone_of(name):
            return zone_of(name)
        said = gettext("No time zone called “%(name)s”.") % {"name": name}
        if near := get_close_matches(name.casefold(), cities(), n=1, cutoff=0.7):
            city = city_of(cities()[near[0]])
            said = gettext("%(said)s Did you mean %(city)s?") % {"said": said, "city": city}
        raise ValidationError(said)


@cache
def cities() -> dict[str, str]:
    """The zones of the database by their cities in small letters."""
    names = sorted(name for name in available_timezones() if "/" in name)
    old = ("Etc/", "SystemV/", "US/", "Mexico/", "Brazil/", "Canada/", "Chile/")
    return {city_of(name).casefold(): name for name in names if not name.startswith(old)}


def zone_of(place: str) -> str:
    """The IANA name of a zone that somebody named or whose city they wrote; empty where there is none."""
    if found := cities().get(place.casefold()):
        return found
    zone = resolve_zone(place.replace(" ", "_"))
    return zone.key if zone else ""


class RescheduleForm(ViewerForm):
    """To which day."""

    date = WordsDateField(label=_("Date"))


class DueForm(ViewerForm):
    """When a todo is due. A day by itself keeps the time of day; a time with it, or in its words, is the new one."""

    due = WordsDateField(required=False)
    due_time = forms.TimeField(required=False)
    due_tz = ZoneField()

    def clean(self) -> dict[str, Any]:
        """`due`, with the time that came with it."""
        cleaned = super().clean() or {}
        clock, day = cleaned.get("due_time"), cleaned.get("due")
        if clock is not None and day:
            cleaned["due"] = Moment(day.date, clock, cleaned.get("due_tz", ""))
        return cleaned

    @property
    def has_time(self) -> bool:
        """Whether it was asked for the time, too, which may have been taken off."""
        return "due_time" in self.data


class PickerForm(ViewerForm):
    """What the date popover asks: what `text` says, and on which of the six weeks from `first` on something is due."""

    DAYS = timedelta(days=41)

    text = WordsDateField(required=False)
    first = forms.DateField(required=False, validators=[MaxValueValidator(date.max - DAYS)])

    def __init__(self, data: Any, *, viewer: Viewer) -> None:
        super().__init__(data, viewer=viewer)
        self.is_valid()

    @property
    def moment(self) -> Moment | None:
        """What the text says; None where it says nothing."""
        return self.cleaned_data.get("text") if self.data.get("text", "").strip() else None

    def busy(self) -> list[date]:
        """The days on which the viewer has something open to do."""
        first, zone = self.cleaned_data.get("first"), self.viewer.zone
        if first is None:
            return []
        todos = Todo.objects.visible_to(self.viewer.user).active().open()
        due = todos.due_between(first, first + self.DAYS, zone).order_by()
        moments = due.values_list("due_date", "due_time", "due_tz").distinct()
        days = (Moment.stored(*parts).wall(zone).date for parts in moments)
        return sorted({day for day in days if day is not None})

    def presets(self) -> list[tuple[Any, str, date, str]]:
        """The days that have a button of their own: what each is called, its symbol, its weekday."""
        today = self.viewer.today
        saturday, begin = (
            today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
            for weekday in (5, self.viewer.week_start)
        )
        days = [
            (_("Today"), "today", today),
            (_("Tomorrow"), "sun", today + timedelta(days=1)),
            (_("Weekend"), "weekend", saturday),
            (_("Next week"), "next", begin),
        ]
        return [(name, icon, day, weekday_words(day, today)) for name, icon, day in days]


class MoveToDayForm(ViewerForm):
    """The day to move to. Words may bring a time along, which is then the new one."""

    day = WordsDateField(
        label=_("Date"),
        help_text=_("A date, or words: “fri”, “in 3 days”."),
    )

    def __init__(self, data: Any = None, *, viewer: Viewer) -> None:
        super().__init__(data, auto_id="move-%s", viewer=viewer)

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
        return [(self.viewer.today + timedelta(days=days), words) for days, words in named]


class ReminderForm(ViewerForm):
    """Either `before`, in minutes, or `at`, a time on the viewer's wall. Gives the columns of a `Reminder`."""

    before = forms.IntegerField(required=False, min_value=0, max_value=limits.MAX_REMIND_BEFORE)
    at = forms.DateTimeField(required=False, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])

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
