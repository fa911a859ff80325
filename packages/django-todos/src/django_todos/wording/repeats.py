"""A repeat rule in words: a sentence for the todo's page, a word or two for its row.

Every whole phrase is one translatable string, because languages put their parts in other orders;
the names of days and months are Django's. A rule that no phrase fits is shown as its RRULE text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy, pgettext

from django_todos.repeats.rule import EVERY_DAY, WEEKEND, WORKDAYS, Rule, RuleError, parse
from django_todos.wording.dates import long_date, month_day

_SMALL = {"es", "fr", "it", "nl", "pl", "pt", "tr", "uk"}
"""Languages that write weekdays and months small within a sentence; catalogs hold some as they stand alone."""
# Once is no number of times: a language with one form for all numbers says "every day" otherwise.
_ONCE = {
    "DAILY": gettext_lazy("every day"),
    "WEEKLY": gettext_lazy("every week"),
    "MONTHLY": gettext_lazy("every month"),
    "YEARLY": gettext_lazy("every year"),
}
_OFTEN = {
    "DAILY": ngettext_lazy("every %(n)d day", "every %(n)d days", "n"),
    "WEEKLY": ngettext_lazy("every %(n)d week", "every %(n)d weeks", "n"),
    "MONTHLY": ngettext_lazy("every %(n)d month", "every %(n)d months", "n"),
    "YEARLY": ngettext_lazy("every %(n)d year", "every %(n)d years", "n"),
}


def describe(rrule: str, mode: str = "due") -> str:
    """The rule as a sentence: "Every 2 weeks on Monday and Thursday, until 1 June 2027"."""
    rule = parse(rrule)
    text = _base(rule)
    if text is None:
        text = _("Custom rule (%(rule)s)") % {"rule": rule}
    elif rule.until is not None:
        text = _("%(rule)s, until %(date)s") % {"rule": text, "date": _day(rule.until)}
    elif rule.count is not None:
        text = ngettext("%(rule)s, %(count)d time", "%(rule)s, %(count)d times", rule.count) % {
            "rule": text,
            "count": rule.count,
        }
    if mode == "completion":
        text = _("%(rule)s, counted from completion") % {"rule": text}
    return capfirst(text)


def short(rrule: str, mode: str = "due") -> str:
    """The rule as a row shows it: "weekly", "weekdays", "every 2 weeks", "last Friday"."""
    rule = parse(rrule)
    text = _short(rule) or pgettext("repeat", "custom")
    return _("%(rule)s after completion") % {"rule": text} if mode == "completion" else text


def stored(rrule: str, mode: str, words: Callable[[str, str], str] = describe) -> str:
    """A rule by `describe` or `short`, if there is one; one that we can't read is shown as it stands."""
    try:
        return words(rrule, mode) if rrule else ""
    except RuleError:
        return rrule


def _day(until: date) -> str:
    day = until.date() if isinstance(until, datetime) else until
    return long_date(day)


def _named(names: Mapping[int, object], number: int) -> str:
    """A weekday or a month as it is written within a sentence."""
    name, language = str(names[number]), (get_language() or "").partition("-")[0]
    return name.lower() if language in _SMALL else name


def _and(words: Iterable[object]) -> str:
    said = [str(word) for word in words]
    if len(said) < 2:
        return "".join(said)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(said[:-1]), "last": said[-1]}


def _every(freq: str, n: int) -> str:
    return str(_ONCE[freq]) if n == 1 else _OFTEN[freq] % {"n": n}


def nth_weekday(nth: int, day: int) -> str | None:
    """ "first Monday", "last Friday"; None for counts that no calendar speaks of."""
    phrases = {
        1: _("first %(weekday)s"),
        2: _("second %(weekday)s"),
        3: _("third %(weekday)s"),
        4: _("fourth %(weekday)s"),
        5: _("fifth %(weekday)s"),
        -1: _("last %(weekday)s"),
        -2: _("second to last %(weekday)s"),
    }
    return phrases[nth] % {"weekday": _named(WEEKDAYS, day)} if nth in phrases else None


def _set_of_days(rule: Rule) -> str | None:
    """The one day that BYSETPOS picks among workdays, weekend days or all days of a month."""
    if len(rule.by_set_pos) != 1 or rule.by_month_day or rule.by_set_pos[0] not in (1, -1):
        return None
    first = rule.by_set_pos[0] == 1
    if rule.weekdays == WORKDAYS:
        return _("first working day") if first else _("last working day")
    if rule.weekdays == WEEKEND:
        return _("first weekend day") if first else _("last weekend day")
    if rule.weekdays == EVERY_DAY:
        return _("first day") if first else _("last day")
    if len(rule.weekdays) == 1:
        return nth_weekday(rule.by_set_pos[0], rule.weekdays[0])
    return None


def _weekdays_of_month(rule: Rule) -> str | None:
    """ "last Friday", "first Monday and third Monday", "last working day"."""
    if rule.by_set_pos:
        return _set_of_days(rule)
    if not rule.by_day or rule.by_month_day:
        return None
    words = [nth_weekday(nth, day) for nth, day in rule.by_day]
    return None if None in words else _and(word for word in words if word)


def _days_of_month(rule: Rule) -> str | None:
    """ "on day 15", "on the last day", "on day 30 or the last day"."""
    days = rule.by_month_day
    if last := rule.last_such_day:
        if last == 31:
            return _("on the last day")
        return _("on day %(day)d or the last day") % {"day": last}
    if not days or rule.by_day or rule.by_set_pos:
        return None
    if days == (-1,):
        return _("on the last day")
    if min(days) < 0:
        return None
    return ngettext("on day %(days)s", "on days %(days)s", len(days)) % {"days": _and(days)}


def _base(rule: Rule) -> str | None:
    if rule.by_week_no or rule.by_year_day:
        return None
    if rule.freq == "YEARLY":
        return _yearly(rule)
    text = {"DAILY": _daily, "WEEKLY": _weekly, "MONTHLY": _monthly}[rule.freq](rule)
    if text and rule.by_month:
        months = _and(_named(MONTHS, month) for month in rule.by_month)
        return _("%(rule)s in %(months)s") % {"rule": text, "months": months}
    return text


def _daily(rule: Rule) -> str | None:
    if rule.by_day or rule.by_month_day or rule.by_set_pos:
        return None
    return _every("DAILY", rule.interval)


def _weekly(rule: Rule) -> str | None:
    if rule.by_set_pos:
        return None
    days = rule.weekdays
    if not days:
        return _every("WEEKLY", rule.interval)
    names = _and(_named(WEEKDAYS, day) for day in days)
    if rule.interval > 1:
        every = _every("WEEKLY", rule.interval)
        return _("%(every)s on %(weekdays)s") % {"every": every, "weekdays": names}
    if days == WORKDAYS:
        return _("every weekday")
    if days == EVERY_DAY:
        return _every("DAILY", 1)
    return _("every %(weekdays)s") % {"weekdays": names}


def _monthly(rule: Rule) -> str | None:
    every = _every("MONTHLY", rule.interval)
    if not (rule.by_day or rule.by_month_day or rule.by_set_pos):
        return every
    if days := _days_of_month(rule):
        return _("%(every)s %(on_days)s") % {"every": every, "on_days": days}
    if weekdays := _weekdays_of_month(rule):
        text = _("%(weekdays)s of every month")
        if rule.interval > 1:
            text = ngettext(
                "%(weekdays)s of every %(n)d month",
                "%(weekdays)s of every %(n)d months",
                rule.interval,
            )
        return text % {"weekdays": weekdays, "n": rule.interval}
    return None


def _yearly(rule: Rule) -> str | None:
    every = _every("YEARLY", rule.interval)
    months = _and(_named(MONTHS, month) for month in rule.by_month)
    if not (rule.by_day or rule.by_month_day or rule.by_set_pos):
        return _("%(rule)s in %(months)s") % {"rule": every, "months": months} if months else every
    if not months:
        return None
    if rule.by_month == (2,) and rule.last_such_day == 29:
        return _("%(every)s on %(day)s, else the day before") % {
            "every": every,
            "day": month_day(2, 29),
        }
    if len(rule.by_month) == len(rule.by_month_day) == 1 and rule.by_month_day[0] > 0:
        if not (rule.by_day or rule.by_set_pos):
            day = month_day(rule.by_month[0], rule.by_month_day[0])
            return _("%(every)s on %(days)s") % {"every": every, "days": day}
    if days := _days_of_month(rule):
        values = {"every": every, "on_days": days, "months": months}
        return _("%(every)s %(on_days)s of %(months)s") % values
    if weekdays := _weekdays_of_month(rule):
        values = {"every": every, "weekdays": weekdays, "months": months}
        return _("%(every)s on the %(weekdays)s of %(months)s") % values
    return None


def _short(rule: Rule) -> str | None:
    if rule.interval > 1:
        return _every(rule.freq, rule.interval)
    if rule.freq == "WEEKLY" and rule.weekdays and not rule.by_set_pos:
        return _short_weekly(rule.weekdays)
    if rule.freq == "MONTHLY" and (weekdays := _weekdays_of_month(rule)):
        return weekdays
    if rule.freq == "DAILY" and not rule.is_plain:
        return None
    return {
        "DAILY": pgettext("repeat", "daily"),
        "WEEKLY": pgettext("repeat", "weekly"),
        "MONTHLY": pgettext("repeat", "monthly"),
        "YEARLY": pgettext("repeat", "yearly"),
    }[rule.freq]


def _short_weekly(days: tuple[int, ...]) -> str:
    if days == WORKDAYS:
        return pgettext("repeat", "weekdays")
    if days == EVERY_DAY:
        return pgettext("repeat", "daily")
    if len(days) == 1:
        return pgettext("repeat", "weekly")
    return _(", ").join(str(WEEKDAYS_ABBR[day]) for day in days)
