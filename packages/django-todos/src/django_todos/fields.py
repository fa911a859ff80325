"""Form fields for what this app asks of people: dates in words, zones, labels, repeats."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext

from django_todos import limits, quickadd
from django_todos.dates import Moment, resolve_zone
from django_todos.models import Label
from django_todos.repeats.occurrences import parse_rrule
from django_todos.repeats.rule import RuleError

if TYPE_CHECKING:
    from django_todos.viewer import Viewer


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


class WordsDateField(ReadField):
    """A date in the language's own formats, as ISO 8601, or in words: “fri”, “in 3 days”.

    Gives a `Moment`, because words may bring a time along. `viewer` is set by the form.
    """

    viewer: Viewer

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=limits.MAX_DATE_WORDS, **kwargs)

    def read(self, text: str) -> Moment:
        """Raises ValidationError for what is no date, in the words of the parser where it has any."""
        if not text:
            return Moment()
        try:
            return Moment(forms.DateField(localize=True).clean(text))
        except ValidationError:
            moment = quickadd.parse_date(text, **self.viewer.reading)
        if moment is None:
            raise ValidationError(
                gettext(
                    "“%(text)s” is not a date that exists. Write it as %(example)s, or in words: “fri”, “in 3 days”."
                )
                % {
                    "text": text,
                    "example": formats.date_format(self.viewer.today, "SHORT_DATE_FORMAT"),
                }
            )
        return moment

    def prepare_value(self, value: Any) -> Any:
        """Shows a date as people here write it."""
        return formats.localize_input(value) if isinstance(value, date) else value


class ZoneField(forms.CharField):
    """The IANA name of a time zone; empty for a time that floats."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=limits.MAX_ZONE_NAME, **kwargs)

    def clean(self, value: Any) -> str:
        """Raises ValidationError for a name that the zone database does not have."""
        name = str(super().clean(value)).replace(" ", "_")
        if name and resolve_zone(name) is None:
            raise ValidationError(
                gettext("“%(name)s” is no time zone. Write it like Europe/Berlin.")
                % {"name": name}
            )
        return name


class LabelsField(ReadField):
    """Names of labels, separated by commas, or by spaces where each begins with ``#``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=limits.MAX_LABELS, **kwargs)

    def read(self, text: str) -> list[str]:
        """The names, each once, in the order of their keys."""
        parts = text.split() if text.startswith("#") and "," not in text else text.split(",")
        names = {
            Label.key_of(name): name
            for name in (part.strip().lstrip("#").strip() for part in parts)
            if name
        }
        too_long = [name for name in names.values() if len(name) > limits.MAX_LABEL]
        if too_long:
            raise ValidationError(
                gettext("A label has at most %(most)d characters.") % {"most": limits.MAX_LABEL}
            )
        return [names[key] for key in sorted(names)]

    def prepare_value(self, value: Any) -> Any:
        """Shows the names as they are typed."""
        return ", ".join(value) if isinstance(value, list) else value


class RepeatField(ReadField):
    """A repeat in words (“every 2 weeks”, “every! 3 days”) or as an RFC 5545 RRULE. Gives (rule, mode) or None."""

    viewer: Viewer

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=limits.MAX_RRULE, **kwargs)

    def read(self, text: str) -> tuple[str, str] | None:
        """Raises ValidationError with what is wrong with the rule."""
        if not text:
            return None
        try:
            if "FREQ=" in text.upper():
                rule, _bar, rest = text.partition("|")
                mode = rest.partition("|")[0].strip()
                return parse_rrule(rule.strip()), ("completion" if mode == "completion" else "due")
            found = quickadd.parse_repeat(text, **self.viewer.reading)
        except RuleError as error:
            raise ValidationError(str(error)) from error
        if found is None:
            raise ValidationError(
                gettext("“%(text)s” is no repeat. Write it like “every 2 weeks on mon and thu”.")
                % {"text": text}
            )
        return found
