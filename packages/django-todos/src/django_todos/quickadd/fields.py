"""Fields that take words: a date ("fri", "in 3 days"), a repeat ("every last friday")."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from ..dates import Moment
from .line import context
from .marks import first_possible
from .repeats import RepeatRule, read_repeat
from .tokens import Context, raw_words, split_word
from .when import read_when
from .words import ENGLISH, Words

MAX_FIELD = 200


def parse_date(
    text: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    words: Words = ENGLISH,
    week_start: int = 0,
    day_first: bool | None = None,
) -> Moment | None:
    """The date that the whole text says; empty for "" and "no date", None if not understood.

    In a field nothing else can be meant, so what a sentence leaves alone is read here too: "sun",
    "15", "1/2", "5 days", "weekend", "now".
    """
    c = _field(text, now, tz, words, week_start, day_first)
    if not c.tokens:
        return Moment() if not text.strip() else None
    at_once = c.phrase("now", 0)
    if at_once and at_once[1] == len(c.tokens):
        return Moment(c.today, c.now.time().replace(second=0, microsecond=0))
    found = read_when(c, 0)
    return found[0].moment(c) if found and found[1] == len(c.tokens) else None


def parse_repeat(
    text: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    words: Words = ENGLISH,
    week_start: int = 0,
    day_first: bool | None = None,
    due: Moment | None = None,
) -> RepeatRule | None:
    """The rule that the whole text says, as it starts with `due`; None if not understood.

    Without `due` it starts with its own first day, and "every month" stays open to the day that it
    will be given. A time in it is not understood here: it belongs to the due date.
    """
    c = _field(text, now, tz, words, week_start, day_first)
    found = read_repeat(c, 0) if c.tokens else None
    if not found or found[1] != len(c.tokens) or found[0].time:
        return None
    first = found[0].first(c, due)
    return found[0].bound(first, pin=bool(due)) if first else None


def _field(
    text: str,
    now: datetime,
    tz: ZoneInfo,
    words: Words,
    week_start: int,
    day_first: bool | None,
) -> Context:
    c = context(text, now, tz, words, week_start, day_first, field=True)
    if len(text) <= MAX_FIELD and first_possible(c):
        c.tokens = [t for start, end in raw_words(text) for t in split_word(text, start, end)]
    return c
