"""A repeat as a sentence of selects: "Every 1 month on the last Friday, counted from the due date".

Or in words, which stand beside the selects. A rule that the selects can't say ("custom") is shown among the words as its
RRULE, and kept as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundWidget
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from django_todos import limits, quickadd
from django_todos.dates import Moment
from django_todos.forms.dates import ViewerForm, ViewersField, WordsDateField
from django_todos.models import RepeatMode
from django_todos.repeats.occurrences import Repeat, first_occurrence, parse_rrule, upcoming
from django_todos.repeats.rule import (
    EVERY_DAY,
    FREQS,
    WEEKEND,
    WORKDAYS,
    Freq,
    Mode,
    Rule,
    RuleError,
    each,
    parse,
)
from django_todos.wording.repeats import describe

if TYPE_CHECKING:
    from django_todos.models import Todo

Ends = Literal["never", "until", "count"]
# What a counted weekday may be: a day of the week, or one of these.
WORKING_DAY, WEEKEND_DAY, ANY_DAY = 7, 8, 9
_GROUPS = {WORKING_DAY: WORKDAYS, WEEKEND_DAY: WEEKEND, ANY_DAY: EVERY_DAY}
WORDS = "words"

UNITS = [
    ("", pgettext_lazy("repeat", "Never")),
    ("DAILY", pgettext_lazy("every N", "days")),
    ("WEEKLY", pgettext_lazy("every N", "weeks")),
    ("MONTHLY", pgettext_lazy("every N", "months")),
    ("YEARLY", pgettext_lazy("every N", "years")),
    (WORDS, _("in words")),
]
NTHS = {
    1: pgettext_lazy("which weekday of the month", "first"),
    2: pgettext_lazy("which weekday of the month", "second"),
    3: pgettext_lazy("which weekday of the month", "third"),
    4: pgettext_lazy("which weekday of the month", "fourth"),
    5: pgettext_lazy("which weekday of the month", "fifth"),
    -1: pgettext_lazy("which weekday of the month", "last"),
    -2: pgettext_lazy("which weekday of the month", "second to last"),
}
DAYS_OF_MONTH = [
    ("", _("the day of its date")),
    ("day", _("the day with the number")),
    *NTHS.items(),
]
GROUPS_OF_DAYS = [
    (ANY_DAY, pgettext_lazy("counted in a month", "day")),
    (WORKING_DAY, pgettext_lazy("counted in a month", "working day")),
    (WEEKEND_DAY, pgettext_lazy("counted in a month", "weekend day")),
]
MONTHS_OF_YEAR = [("", _("the month of its date")), *MONTHS.items()]
ENDS = [("never", _("never")), ("until", _("on a day")), ("count", _("after so many times"))]


class OpenEnd(RuleError):
    """It ends on a day, and the day is still to come."""


@dataclass(frozen=True, slots=True)
class RepeatFields:
    """One repeat as the form shows it.

    ``weekdays`` belongs to WEEKLY; ``month_day`` (1 to 31, -1 the last) or ``nth`` with
    ``weekday`` to MONTHLY and YEARLY; ``month`` to YEARLY. What isn't given comes from the due
    date.
    """

    freq: Freq = "WEEKLY"
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth: int | None = None
    weekday: int | None = None
    month: int | None = None
    ends: Ends = "never"
    until: date | None = None
    count: int | None = None


def build(fields: RepeatFields) -> str:
    """The canonical RRULE of the fields; `RuleError` where they make none.

    Days 29 to 31 mean "or the last day of a shorter month", as who fills in a form expects.
    """
    if fields.freq not in FREQS:
        raise RuleError(gettext("Choose days, weeks, months or years."))
    if not 1 <= fields.interval <= limits.MAX_INTERVAL:
        raise RuleError(
            gettext("Enter a number from 1 to %(most)d.") % {"most": limits.MAX_INTERVAL}
        )
    by_day, by_month_day, by_set_pos = _days(fields)
    rule = Rule(
        fields.freq,
        fields.interval,
        count=_count(fields),
        until=_until(fields),
        by_month=(fields.month,) if fields.freq == "YEARLY" and fields.month else (),
        by_month_day=by_month_day,
        by_day=by_day,
        by_set_pos=by_set_pos,
    )
    return str(parse(str(rule)))


def _count(fields: RepeatFields) -> int | None:
    if fields.ends != "count":
        return None
    if fields.count is None or not 1 <= fields.count <= limits.MAX_COUNT:
        raise RuleError(
            gettext("Enter how many times, from 1 to %(most)d.") % {"most": limits.MAX_COUNT}
        )
    return fields.count


def _until(fields: RepeatFields) -> date | None:
    if fields.ends != "until":
        return None
    if fields.until is None:
        raise OpenEnd(gettext("Enter the last day."))
    return fields.until


_Days = tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]


def _days(fields: RepeatFields) -> _Days:
    """BYDAY, BYMONTHDAY and BYSETPOS."""
    if fields.freq == "WEEKLY":
        if not set(fields.weekdays) <= set(range(7)):
            raise RuleError(gettext("Choose weekdays from Monday to Sunday."))
        return each(fields.weekdays), (), ()
    if fields.freq == "DAILY":
        return (), (), ()
    if fields.nth is not None or fields.weekday is not None:
        return _counted(fields)
    if fields.month_day is None:
        return (), (), ()
    if fields.freq == "YEARLY" and fields.month is None:
        raise RuleError(gettext("Choose the month."))
    return _month_day(fields.month_day, fields.month if fields.freq == "YEARLY" else None)


def _counted(fields: RepeatFields) -> _Days:
    nth, weekday = fields.nth, fields.weekday
    if nth not in NTHS or weekday is None or not 0 <= weekday <= ANY_DAY:
        raise RuleError(gettext("Choose which weekday of the month."))
    if fields.freq == "YEARLY" and fields.month is None:
        raise RuleError(gettext("Choose the month."))
    if weekday in _GROUPS:
        return each(_GROUPS[weekday]), (), (nth,)
    return ((nth, weekday),), (), ()


def _month_day(day: int, month: int | None) -> _Days:
    if day == -1:
        return (), (day,), ()
    rule = Rule("MONTHLY").on_day(day)
    if day > {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month or 0, 31):
        raise RuleError(gettext("That month has no such day."))
    if month and month != 2:  # only February is shorter in some years than in others
        return (), (day,), ()
    return (), rule.by_month_day, rule.by_set_pos


def fields_of(rrule: str) -> RepeatFields | None:
    """The form's fields of a rule, or None if they couldn't say all of it."""
    rule = parse(rrule)
    until = rule.until.date() if isinstance(rule.until, datetime) else rule.until
    counted = rule.by_day and rule.freq in ("MONTHLY", "YEARLY")
    nth, weekday = _counted_of(rule) if counted else (None, None)
    fields = RepeatFields(
        freq=rule.freq,
        interval=rule.interval,
        weekdays=rule.weekdays if rule.freq == "WEEKLY" else (),
        month_day=rule.by_month_day[-1] if rule.by_month_day else None,
        nth=nth,
        weekday=weekday,
        month=rule.by_month[0] if rule.by_month else None,
        ends="count" if rule.count else "until" if until else "never",
        until=until,
        count=rule.count,
    )
    try:  # the fields say all of it if they make the same rule again
        return fields if build(fields) == str(rule) else None
    except RuleError:
        return None


def _counted_of(rule: Rule) -> tuple[int | None, int | None]:
    if len(rule.by_set_pos) == 1:
        group = {days: code for code, days in _GROUPS.items()}.get(rule.weekdays)
        return rule.by_set_pos[0], group
    return rule.by_day[0]


@dataclass(frozen=True, slots=True)
class RepeatChoice:
    """A rule and what it counts from, as the field gives it."""

    rrule: str
    mode: Mode = "due"
    said: bool = field(default=False, compare=False)
    """By a person, for whom the 31st means the last day of a shorter month; not as the text of an RRULE."""


# What the inputs show until somebody chooses: "after so many times" and "on day" are no error at once.
_BLANK = {
    "": "",  # the words, under the field's own name
    "freq": "",
    "interval": "1",
    "weekdays": [],
    "nth": "",
    "weekday": "0",
    "monthday": "1",
    "month": "",
    "ends": "never",
    "until": "",
    "count": "10",
    "mode": "due",
}


def _attrs(*names: str, **attrs: Any) -> dict[str, Any]:
    """The attributes of an input: how it is dressed, and what a screen reader says of one without a label."""
    if label := attrs.pop("label", None):
        attrs["aria-label"] = label
    return {"class": " ".join(["todos-input", *(f"todos-repeat-{n}" for n in names)]), **attrs}


class RepeatWidget(forms.MultiWidget):
    """The selects, and the words for what they can't say. The stylesheet knows them by their names."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        times = _attrs("number", "count", label=_("How many times"), min=1, max=limits.MAX_COUNT)
        day = _attrs("number", "day", label=_("Day of the month; -1 is the last"), min=-1, max=31)
        last = _attrs("until", label=_("Last day"), type="date")
        inputs: dict[str, Any] = {
            "": forms.TextInput(_attrs(maxlength=limits.MAX_RRULE)),
            "freq": forms.Select(_attrs(label=_("How often")), UNITS),
            "interval": forms.NumberInput(_attrs("number", min=1, max=limits.MAX_INTERVAL)),
            "weekdays": forms.CheckboxSelectMultiple(),
            "nth": forms.Select(_attrs(), DAYS_OF_MONTH),
            "weekday": forms.Select(_attrs("counted", label=_("Weekday"))),
            "monthday": forms.NumberInput(day),
            "month": forms.Select(_attrs(), MONTHS_OF_YEAR),
            "ends": forms.Select(_attrs(), ENDS),
            "until": forms.DateInput(last),
            "count": forms.NumberInput(times),
            "mode": forms.RadioSelect(choices=RepeatMode.choices),
        }
        super().__init__(inputs, attrs)

    def begin_weeks_on(self, first: int) -> None:
        """The days of a week in the viewer's order."""
        week = [((first + n) % 7, WEEKDAYS[(first + n) % 7]) for n in range(7)]
        inputs: dict[str, Any] = dict(zip(_BLANK, self.widgets, strict=True))
        inputs["weekdays"].choices = week
        inputs["weekday"].choices = week + GROUPS_OF_DAYS

    def decompress(self, value: RepeatChoice | None) -> list[Any]:
        """What the inputs show of a rule; one that the selects can't say is left to the words."""
        if value is None:
            return list(_BLANK.values())
        shown = _BLANK | {"": value.rrule, "mode": value.mode}
        try:
            fields = fields_of(value.rrule)
        except RuleError:
            fields = None
        if fields is None:
            return list((shown | {"freq": WORDS}).values())
        day = "day" if fields.month_day else ""
        shown |= {
            "freq": fields.freq,
            "interval": str(fields.interval),
            "weekdays": [str(day) for day in fields.weekdays],
            "nth": day if fields.nth is None else str(fields.nth),
            "weekday": str(fields.weekday or 0),
            "monthday": str(fields.month_day or _BLANK["monthday"]),
            "month": str(fields.month or ""),
            "ends": fields.ends,
            "until": fields.until.isoformat() if fields.until else "",
            "count": str(fields.count or _BLANK["count"]),
        }
        return list(shown.values())


class HiddenRepeatWidget(RepeatWidget):
    """The same, as what the person saw travels along."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.widgets = [
            forms.MultipleHiddenInput() if name == "weekdays" else forms.HiddenInput()
            for name in _BLANK
        ]


class RepeatField(ViewersField, forms.MultiValueField):
    """A repeat by selects, in words (“every 2 weeks”, “every! 3 days”) or as an RFC 5545 RRULE."""

    widget: Any = RepeatWidget
    hidden_widget = HiddenRepeatWidget
    is_preview = False
    """Who chose that it ends on a day is not told at once that the day is missing: that waits for saving."""

    def __init__(self, **kwargs: Any) -> None:
        words = forms.CharField(required=False, max_length=limits.MAX_RRULE)
        parts = [words] + [forms.Field(required=False) for _name in list(_BLANK)[1:]]
        super().__init__(parts, required=False, require_all_fields=False, **kwargs)

    def to_python(self, value: RepeatChoice | None) -> RepeatChoice | None:
        """A stored rule as its inputs would be read again."""
        return self.compress(self.widget.decompress(value)) if value else None

    def compress(self, data_list: list[Any]) -> RepeatChoice | None:
        """Raises ValidationError with what is wrong with the rule.

        Words count where they are chosen, where nothing is (a form without the selects), and under "never"; but there
        not the text of the rule that just went.
        """
        if not data_list:
            return None
        given = dict(zip(_BLANK, data_list, strict=True))
        words, freq = given[""], given["freq"]
        mode: Mode = "completion" if given["mode"] == "completion" else "due"
        is_rrule = "FREQ=" in words.upper()
        try:
            if freq and freq != WORDS:
                return RepeatChoice(build(_fields(given)), mode, said=True)
            if not words or (is_rrule and freq == ""):
                return None
            if is_rrule:
                return RepeatChoice(parse_rrule(words), mode)
            found = quickadd.parse_repeat(words, **self.viewer.reading)
        except RuleError as error:
            if self.is_preview and isinstance(error, OpenEnd):
                return None
            raise ValidationError(str(error)) from error
        if found is None:
            raise ValidationError(
                gettext("“%(text)s” is no repeat. Write it like “every 2 weeks on mon and thu”.")
                % {"text": words}
            )
        return RepeatChoice(found.rrule, found.mode, said=True)


def _fields(given: dict[str, Any]) -> RepeatFields:
    nth, ending = given["nth"] or "", given["ends"]
    counted = nth not in ("", "day")
    return RepeatFields(
        freq=given["freq"],
        interval=_number(given["interval"]),
        weekdays=tuple(_number(day) for day in given["weekdays"] or ()),
        month_day=_number(given["monthday"]) if nth == "day" else None,
        nth=_number(nth) if counted else None,
        weekday=_number(given["weekday"]) if counted else None,
        month=_number(given["month"]) if given["month"] else None,
        ends=ending if ending in ("until", "count") else "never",
        until=_day(given["until"]) if ending == "until" else None,
        count=_number(given["count"]) if ending == "count" else None,
    )


def _number(text: str | None) -> int:
    try:
        return int(text or "")
    except ValueError:
        raise RuleError(gettext("Enter a whole number.")) from None


def _day(text: str | None) -> date | None:
    """None while it is still to come."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise RuleError(gettext("Enter the last day.")) from None


# -- in the form -----------------------------------------------------------------------------------


class RepeatShown:
    """The field of a repeat and its inputs: a fifth of what a todo's page costs, and the same for all that don't repeat."""

    def __init__(self, form: RepeatPart) -> None:
        self.field = form["repeat"]
        # What somebody typed is like nothing else.
        seen = form.initial["repeat"], form.viewer.week_start
        self.remembered_by: Any = object() if form.is_bound else seen

    def inputs(self) -> dict[str, BoundWidget | list[BoundWidget]]:
        """The inputs of the repeat, each by its name; boxes and circles as a list."""
        bound, renderer = self.field, self.field.form.renderer
        widget = bound.field.widget
        parts = dict(zip(_BLANK, bound.subwidgets[0].data["subwidgets"], strict=True))
        words = parts[""]["attrs"]
        words["aria-describedby"] = f"{bound.auto_id}_helptext"
        if bound.errors:
            words |= {"aria-invalid": "true"}
            words["aria-describedby"] += f" {bound.auto_id}_error"
        inputs: dict[str, Any] = {
            name or "words": BoundWidget(widget, part, renderer) for name, part in parts.items()
        }
        for name in ("weekdays", "mode"):
            options = [one for _group, some, _index in parts[name]["optgroups"] for one in some]
            inputs[name] = [BoundWidget(widget, one, renderer) for one in options]
        return inputs


class RepeatPart(ViewerForm):
    """The part of a todo's form that is about its repeat."""

    todo: Todo

    repeat_first = WordsDateField(
        label=_("First date"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "todos-input"}, format="%Y-%m-%d"),
    )
    """Asked where the todo has no date that a repeat could begin on; today is offered."""

    repeat_sentence = ""
    """The repeat that was previewed."""

    def ask_first(self) -> None:
        """Ask for the first date of a repeat, or don't; who was asked may answer, also where it got a date meanwhile."""
        if (self.todo.due or self.todo.start) and "repeat_first" not in self.data:
            del self.fields["repeat_first"]
        else:
            self.initial["repeat_first"] = self.viewer.today

    @cached_property
    def repeat_dates(self) -> list[Moment]:
        """The next five dates: of the todo as it is, or of the repeat that was previewed."""
        try:
            return self._next_dates(self.todo.repeat, self.todo.repeats_by)
        except RuleError:
            return []

    @property
    def repeat_fails(self) -> bool:
        """Whether what is wrong with it has to be in sight."""
        return bool({"repeat", "repeat_first"} & set(self.errors))

    def give_date(self, cleaned: dict[str, Any]) -> None:
        """A new repeat on a todo without a date begins on its first day from the one that was asked for; from today
        where nobody was asked."""
        found: RepeatChoice | None = cleaned.get("repeat")
        if found is None or self._is_own(found) or cleaned.get("due") or cleaned.get("start"):
            return
        begin: Moment = cleaned.get("repeat_first") or Moment()
        if not begin and "repeat_first" in self.data:
            if "repeat_first" not in self.errors:
                said = gettext("A repeat needs a first date: today, or another one.")
                self.add_error("repeat_first", said)
            return
        first = first_occurrence(found.rrule, begin or Moment(self.viewer.today))
        if first is None:
            self.add_error("repeat", gettext("No day fits this repeat rule."))
        elif "due" in cleaned:
            cleaned["due"] = first

    def repeat_of(self, found: RepeatChoice | None, first: Moment) -> Repeat | None:
        """The rule that was chosen for a todo that is due (or starts) then; its own, with its anchor, where it is the
        same."""
        if found is None:
            return None
        if self._is_own(found):
            return self.todo.repeat
        anchor = first or Moment(self.viewer.today)
        rule = parse(found.rrule)
        if found.said:
            rule = rule.said_on(anchor.date, found.mode)
        return Repeat(str(rule), found.mode, anchor)

    def preview(self) -> None:
        """Shows the repeat as it is typed, before it is saved: in a sentence, and its next five dates."""
        self.repeat_dates, field = [], self.fields["repeat"]
        assert isinstance(field, RepeatField)
        field.is_preview = True
        if {"repeat", "repeat_first", "due_date", "due_time", "due_tz"} & set(self.errors):
            return
        first = self.cleaned_data["due"] or self.cleaned_data.get("start") or Moment()
        repeat = self.repeat_of(self.cleaned_data["repeat"], first)
        if repeat is not None:
            self.repeat_sentence = describe(repeat.rrule, repeat.mode)
            self.repeat_dates = self._next_dates(repeat, first)

    def repeat_shown(self) -> RepeatShown:
        """Its field and its inputs."""
        return RepeatShown(self)

    def _is_own(self, found: RepeatChoice) -> bool:
        return (found.rrule, found.mode) == (self.todo.rrule, self.todo.repeat_mode)

    def _next_dates(self, repeat: Repeat | None, first: Moment) -> list[Moment]:
        if repeat is None:
            return []
        viewer, is_own = self.viewer, repeat == self.todo.repeat
        done = self.todo.completions_of_rule() if is_own else 0
        slot = self.todo.slot if is_own else first
        return upcoming(repeat, first, viewer.now, viewer.zone, 5, done, slot=slot)
