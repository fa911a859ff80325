"""A repeat as a sentence of selects: "Every 1 month on the last Friday, counted from the due date".

The selects stand beside the field that takes words. `fold` turns what they say into that field's text before any form
sees it, so that merging, conflicts and errors know one field only. What the selects can't say ("custom") is kept as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from django_todos import limits, quickadd
from django_todos.dates import Moment
from django_todos.forms.dates import ReadField
from django_todos.limits import MAX_COUNT, MAX_INTERVAL
from django_todos.repeats.occurrences import Repeat, first_occurrence, parse_rrule, upcoming
from django_todos.repeats.rule import (
    EVERY_DAY,
    FREQS,
    WEEKEND,
    WORKDAYS,
    Freq,
    Rule,
    RuleError,
    each,
    parse,
)
from django_todos.wording.repeats import describe

if TYPE_CHECKING:
    from django.http import QueryDict

    from django_todos.models import Todo
    from django_todos.viewer import Viewer

Ends = Literal["never", "until", "count"]
# What a counted weekday may be: a day of the week, or one of these.
WORKING_DAY, WEEKEND_DAY, ANY_DAY = 7, 8, 9
_GROUPS = {WORKING_DAY: WORKDAYS, WEEKEND_DAY: WEEKEND, ANY_DAY: EVERY_DAY}
NTHS = (1, 2, 3, 4, 5, -1, -2)


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
        raise RuleError(_("Choose days, weeks, months or years."))
    if not 1 <= fields.interval <= MAX_INTERVAL:
        raise RuleError(_("Enter a number from 1 to %(most)d.") % {"most": MAX_INTERVAL})
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
    if fields.count is None or not 1 <= fields.count <= MAX_COUNT:
        raise RuleError(_("Enter how many times, from 1 to %(most)d.") % {"most": MAX_COUNT})
    return fields.count


def _until(fields: RepeatFields) -> date | None:
    if fields.ends != "until":
        return None
    if fields.until is None:
        raise RuleError(_("Enter the last day."))
    return fields.until


_Days = tuple[tuple[tuple[int, int], ...], tuple[int, ...], tuple[int, ...]]


def _days(fields: RepeatFields) -> _Days:
    """BYDAY, BYMONTHDAY and BYSETPOS."""
    if fields.freq == "WEEKLY":
        if not set(fields.weekdays) <= set(range(7)):
            raise RuleError(_("Choose weekdays from Monday to Sunday."))
        return each(fields.weekdays), (), ()
    if fields.freq == "DAILY":
        return (), (), ()
    if fields.nth is not None or fields.weekday is not None:
        return _counted(fields)
    if fields.month_day is None:
        return (), (), ()
    if fields.freq == "YEARLY" and fields.month is None:
        raise RuleError(_("Choose the month."))
    return _month_day(fields.month_day, fields.month if fields.freq == "YEARLY" else None)


def _counted(fields: RepeatFields) -> _Days:
    nth, weekday = fields.nth, fields.weekday
    if nth not in NTHS or weekday is None or not 0 <= weekday <= ANY_DAY:
        raise RuleError(_("Choose which weekday of the month."))
    if fields.freq == "YEARLY" and fields.month is None:
        raise RuleError(_("Choose the month."))
    if weekday in _GROUPS:
        return each(_GROUPS[weekday]), (), (nth,)
    return ((nth, weekday),), (), ()


def _month_day(day: int, month: int | None) -> _Days:
    if day == -1:
        return (), (day,), ()
    rule = Rule("MONTHLY").on_day(day)
    if day > {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}.get(month or 0, 31):
        raise RuleError(_("That month has no such day."))
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


SAID = "said"
"""Third part of the text: a rule that a person chose, in which the 31st means the last day of a shorter month."""

WORDS = "words"
_NAMES = (
    "freq",
    "interval",
    "nth",
    "weekday",
    "monthday",
    "month",
    "ends",
    "until",
    "count",
    "mode",
)


@dataclass(frozen=True, slots=True)
class RepeatChoice:
    """What the selects show. All of it is text, as it was posted."""

    freq: str = ""
    interval: str = "1"
    weekdays: tuple[str, ...] = ()
    nth: str = ""
    weekday: str = "0"
    monthday: str = ""
    month: str = ""
    ends: str = "never"
    until: str = ""
    count: str = ""
    mode: str = "due"

    @classmethod
    def posted(cls, data: Any) -> RepeatChoice | None:
        """From a form that came with selects."""
        if "repeat_freq" not in data:
            return None
        given = {name: data.get(f"repeat_{name}", "").strip() for name in _NAMES}
        return cls(weekdays=tuple(data.getlist("repeat_weekdays")), **given)

    @classmethod
    def of(cls, text: str) -> RepeatChoice:
        """From the field's text; what the selects can't say is left to words."""
        rrule, _bar, rest = text.partition("|")
        mode = "completion" if rest.strip().startswith("completion") else "due"
        if not rrule.strip():
            return cls()
        try:
            fields = fields_of(rrule.strip())
        except RuleError:
            fields = None
        if fields is None:
            return cls(freq=WORDS, mode=mode)
        nth = str(fields.nth) if fields.nth is not None else "day" if fields.month_day else ""
        return cls(
            freq=fields.freq,
            interval=str(fields.interval),
            weekdays=tuple(map(str, fields.weekdays)),
            nth=nth,
            weekday=str(fields.weekday or 0),
            monthday=str(fields.month_day or ""),
            month=str(fields.month or ""),
            ends=fields.ends,
            until=fields.until.isoformat() if fields.until else "",
            count=str(fields.count or ""),
            mode=mode,
        )

    def text(self) -> str:
        """The field's text. Raises RuleError with what is wrong."""
        if not self.freq:
            return ""
        mode = "completion" if self.mode == "completion" else "due"
        return f"{build(self._fields())} | {mode} | {SAID}"

    def _fields(self) -> RepeatFields:
        counted = self.nth not in ("", "day")
        if self.freq not in FREQS:
            raise RuleError(_("Choose days, weeks, months or years."))
        return RepeatFields(
            freq=self.freq,
            interval=_number(self.interval),
            weekdays=tuple(_number(day) for day in self.weekdays),
            month_day=_number(self.monthday) if self.nth == "day" else None,
            nth=_number(self.nth) if counted else None,
            weekday=_number(self.weekday) if counted else None,
            month=_number(self.month) if self.month else None,
            ends="until" if self.ends == "until" else "count" if self.ends == "count" else "never",
            until=_day(self.until) if self.ends == "until" else None,
            count=_number(self.count) if self.ends == "count" else None,
        )


def fold(posted: QueryDict) -> QueryDict:
    """A copy of what was posted in which the text of ``repeat`` says what the selects said.

    What they can't say comes back as ``repeat_problem``, which the form shows as the field's error.
    """
    data = posted.copy()
    data.pop("repeat_problem", None)
    choice = RepeatChoice.posted(data)
    if choice is None or choice.freq == WORDS:
        return data
    if choice == RepeatChoice.of(data.get("initial-repeat", "")):
        return data  # nobody touched the selects: the text says what it said, or what was typed
    try:
        data["repeat"] = choice.text()
    except RuleError as error:
        data["repeat_problem"] = str(error)
    return data


def unfold(data: QueryDict) -> None:
    """Take the selects away where the text alone is to be shown."""
    for key in [key for key in data if key.startswith("repeat_")]:
        del data[key]


def is_said(text: str) -> bool:
    """Whether a person said the rule, in words or by the selects, rather than as an RRULE."""
    return "FREQ=" not in text.upper() or text.rstrip().endswith(f"| {SAID}")


def _number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise RuleError(_("Enter a whole number.")) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


# -- what there is to choose from --------------------------------------------------------------------


def units() -> list[tuple[str, str]]:
    """How often, beside a number."""
    return [
        ("", pgettext("repeat", "Never")),
        ("DAILY", pgettext("every N", "days")),
        ("WEEKLY", pgettext("every N", "weeks")),
        ("MONTHLY", pgettext("every N", "months")),
        ("YEARLY", pgettext("every N", "years")),
        (WORDS, _("in words")),
    ]


def nths() -> list[tuple[str, str]]:
    """Which day of a month."""
    names = {
        1: pgettext("which weekday of the month", "first"),
        2: pgettext("which weekday of the month", "second"),
        3: pgettext("which weekday of the month", "third"),
        4: pgettext("which weekday of the month", "fourth"),
        5: pgettext("which weekday of the month", "fifth"),
        -1: pgettext("which weekday of the month", "last"),
        -2: pgettext("which weekday of the month", "second to last"),
    }
    same = [("", _("the day of its date")), ("day", _("the day with the number"))]
    return same + [(str(nth), names[nth]) for nth in NTHS]


def weekdays(week_start: int) -> list[tuple[str, str]]:
    """The days of a week, from the viewer's first on."""
    order = [(week_start + n) % 7 for n in range(7)]
    return [(str(day), str(WEEKDAYS[day])) for day in order]


def counted_days(week_start: int) -> list[tuple[str, str]]:
    """What can be counted in a month."""
    return weekdays(week_start) + [
        (str(ANY_DAY), pgettext("counted in a month", "day")),
        (str(WORKING_DAY), pgettext("counted in a month", "working day")),
        (str(WEEKEND_DAY), pgettext("counted in a month", "weekend day")),
    ]


def months() -> list[tuple[str, str]]:
    """The months, or that of the date."""
    return [("", _("the month of its date"))] + [(str(n), str(MONTHS[n])) for n in range(1, 13)]


# -- in the form -----------------------------------------------------------------------------------


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


class RepeatPart(forms.Form):
    """The part of a todo's form that is about its repeat."""

    todo: Todo
    viewer: Viewer

    def check_repeat(self) -> None:
        """What the selects could not say is the field's error."""
        if problem := self.data.get("repeat_problem"):
            self.add_error("repeat", problem)

    def saved_dates(self) -> list[Moment]:
        """The next five dates of the todo as it is."""
        try:
            repeat = self.todo.repeat
        except RuleError:
            return []
        if repeat is None:
            return []
        viewer, done = self.viewer, self.todo.completions_of_rule()
        return upcoming(repeat, self.todo.due, viewer.now, viewer.zone, 5, done)

    def give_date(self, cleaned: dict[str, Any]) -> None:
        """A new repeat on a todo without a date begins on its first day from today on."""
        found = cleaned.get("repeat")
        if not found or found == (self.todo.rrule, self.todo.repeat_mode) or cleaned.get("due"):
            return
        first = first_occurrence(found[0], Moment(self.viewer.today))
        if first is None:
            self.add_error("repeat", gettext("No day fits this repeat rule."))
        elif "due" in cleaned:
            cleaned["due"] = first

    def repeat_of(self, found: tuple[str, str] | None, due: Moment) -> Repeat | None:
        """The rule that was typed for a todo due then; the todo's own, with its anchor, where it is the same."""
        if found is None:
            return None
        if found == (self.todo.rrule, self.todo.repeat_mode):
            return self.todo.repeat
        rrule, mode = found
        anchor = due or Moment(self.viewer.today)
        if is_said(self.data.get("repeat", "")):
            rrule = str(parse(rrule).said_on(anchor.date, mode))  # type: ignore[arg-type]
        return Repeat(rrule, mode, anchor)  # type: ignore[arg-type]

    def preview(self) -> tuple[str, list[Moment]]:
        """The repeat as it is typed, before it is saved: in a sentence, and its next five dates."""
        if {"repeat", "due_date", "due_time", "due_tz"} & set(self.errors):
            return "", []
        due = self.cleaned_data["due"]
        repeat = self.repeat_of(self.cleaned_data["repeat"], due)
        if repeat is None:
            return "", []
        done = self.todo.completions_of_rule() if repeat == self.todo.repeat else 0
        viewer = self.viewer
        dates = upcoming(repeat, due, viewer.now, viewer.zone, 5, done)
        return describe(repeat.rrule, repeat.mode), dates

    def repeat_options(self) -> dict[str, Any]:
        """What the selects beside the repeat's text offer."""
        start = self.viewer.week_start
        return {
            "units": units(),
            "weekdays": weekdays(start),
            "nths": nths(),
            "counted": counted_days(start),
            "months": months(),
        }

    @property
    def repeat_choice(self) -> RepeatChoice:
        """What the selects beside the repeat's text show."""
        chosen = RepeatChoice.posted(self.data) if self.is_bound else None
        return chosen or RepeatChoice.of(str(self["repeat"].value() or ""))
