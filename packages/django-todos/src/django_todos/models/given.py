"""What another project's code may give in place of our own kinds of values, read once; what can't be meant is refused.

A date, a datetime or words for a moment; an RRULE or words for a repeat; nobody and no time for the system and now.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from django_todos.dates import Moment, today_in
from django_todos.instants import now
from django_todos.limits import MAX_TITLE
from django_todos.models.columns import BUCKETS
from django_todos.models.preferences import Preferences, project_zone
from django_todos.quickadd import parse_date, parse_repeat
from django_todos.repeats.occurrences import Repeat, first_occurrence, parse_rrule
from django_todos.repeats.rule import RuleError

if TYPE_CHECKING:
    from django.db.models import Model

    from django_todos.models.todos import Todo

MomentLike = Moment | date | datetime | str | None
"""A `Moment`, a date, a datetime (without a zone it floats), words like ``"tomorrow 9am"``, or nothing."""

Actor = AbstractBaseUser | None
"""Who does something; nobody is the system."""

Instant = datetime | None
"""When it was done; without one it is now."""

RepeatLike = Repeat | str | None
"""A `Repeat`, an RRULE like ``"FREQ=WEEKLY"``, words like ``"every month"``, or nothing."""


def key_of(model: type[Model], given: Any) -> Any:
    """A primary key that a token, an address or the history names; None where keys are of another kind, perhaps by now."""
    try:
        key = None if "\0" in str(given) else model._meta.pk.to_python(given)
    except (ValidationError, OverflowError):
        return None
    # SQLite can't be asked for more than 8 bytes, and Django 4.2 would do it.
    return None if isinstance(key, int) and abs(key) >= 2**63 else key


def zone_of(by: Actor) -> ZoneInfo:
    """Where the day of the person who acts is; the project's for the system."""
    return project_zone() if by is None else Preferences.of(by).zone


def title_of(value: Any) -> str:
    """A title as it is stored: one line, without spaces at its ends."""
    title = " ".join(str(value).split()) if isinstance(value, str) else ""
    if not title:
        raise ValidationError({"title": _("A todo needs a title.")})
    if len(title) > MAX_TITLE:
        raise ValidationError({"title": _("The title is too long.")})
    return title


def priority_of(value: int | str) -> int:
    """A priority by its number or its word."""
    if isinstance(value, str) and value in BUCKETS:
        return BUCKETS[value]
    if isinstance(value, int) and 0 <= value <= 9:
        return int(value)
    raise ValidationError({"priority": _("“%(value)s” is no priority.") % {"value": value}})


def moment_of(value: MomentLike, *, by: Actor, at: datetime, field: str = "due") -> Moment:
    """The moment that is meant, as the person who acts has their day."""
    if value is None or isinstance(value, Moment):
        return value or Moment()
    if isinstance(value, datetime):
        return _of_datetime(value, by)
    if isinstance(value, date):
        return Moment(value)
    if isinstance(value, str):
        try:
            return Moment.parse(value)
        except ValueError:
            read = parse_date(value, now=at, tz=zone_of(by))
        if read is not None:
            return read
    raise ValidationError({field: _("“%(value)s” is no date.") % {"value": value}})


def _of_datetime(value: datetime, by: Actor) -> Moment:
    """One without a zone floats; of one with a mere offset, the instant is kept, in the zone of who acts."""
    if value.tzinfo is None:
        return Moment.from_datetime(value)
    key = getattr(value.tzinfo, "key", "")
    zone = ZoneInfo(key) if key and key != "UTC" else zone_of(by)
    wall = value.astimezone(zone)
    return Moment(wall.date(), wall.time().replace(tzinfo=None), zone.key)


def repeat_of(
    value: RepeatLike, *, due: Moment, start: Moment, by: Actor, at: datetime
) -> Repeat | None:
    """The repeat that is meant; it begins on the todo's date, else on the first day that it names itself."""
    if not value:
        return None
    if isinstance(value, str):
        value = _read_repeat(value, due or start, by, at)
    if not isinstance(value, Repeat):
        raise ValidationError({"repeat": _("“%(value)s” is no repeat.") % {"value": value}})
    anchor = value.anchor or due or start
    today = Moment(today_in(at, zone_of(by)))
    return replace(value, anchor=anchor or first_occurrence(value.rrule, today) or Moment())


def _read_repeat(value: str, due: Moment, by: Actor, at: datetime) -> Repeat | str:
    """What an RRULE or words say; the text itself where it says nothing."""
    if "FREQ=" in value.upper():
        try:
            return Repeat(parse_rrule(value))
        except RuleError as error:
            raise ValidationError({"repeat": str(error)}) from error
    read = parse_repeat(value, now=at, tz=zone_of(by), due=due)
    return Repeat(read.rrule, read.mode) if read is not None else value


def values_of(todo: Todo, values: dict[str, Any], *, by: Actor, at: Instant) -> dict[str, Any]:
    """What `Todo.edit` is given, as the columns and the history know it."""
    moment, read = at or now(), dict(values)
    for name in {"due", "start"} & read.keys():
        read[name] = moment_of(read[name], by=by, at=moment, field=name)
    repeat = read.get("repeat")
    begins = {name: read.get(name, getattr(todo, name)) for name in ("due", "start")}
    if isinstance(repeat, str):
        read["repeat"] = repeat_of(repeat, by=by, at=moment, **begins)
    elif isinstance(repeat, Repeat):
        anchor = repeat.anchor or begins["due"] or begins["start"]
        read["repeat"] = replace(repeat, anchor=anchor)
    if "title" in read:
        read["title"] = title_of(read["title"])
    if "priority" in read:
        read["priority"] = priority_of(read["priority"])
    return read
