"""The examples are many, and each of its own shape; and another language is data alone."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

import pytest

from django_todos import quickadd
from django_todos.dates import Moment
from django_todos.quickadd.english import ENGLISH, say

from .test_quickadd_dates import BERLIN
from .test_quickadd_dates import EXAMPLES as DATES
from .test_quickadd_dates import FIELD, NOW, STARTS, parse, shown
from .test_quickadd_marks import EXAMPLES as MARKS
from .test_quickadd_plain import BESIDE, PLAIN
from .test_quickadd_repeats import EXAMPLES as REPEATS
from .test_quickadd_repeats import FIELD as REPEAT_FIELD

LINES = [row[0] for table in (DATES, STARTS, REPEATS, MARKS, BESIDE) for row in table] + PLAIN
FIELDS = [row[0] for table in (FIELD, REPEAT_FIELD) for row in table]

WEEKDAY = "|".join(
    sorted(
        [*ENGLISH.tables["weekdays"], *ENGLISH.tables["weekday_plurals"]], key=len, reverse=True
    )
)


def shape(text: str) -> str:
    """The text with every number and weekday the same."""
    text = re.sub(rf"\b(?:{WEEKDAY})\b", "DAY", text.casefold())
    return " ".join(re.sub(r"\d+", "0", text).split())


def test_there_are_three_hundred_examples_of_different_shapes() -> None:
    shapes = Counter(shape(line) for line in LINES if line.strip())
    assert [line for line, times in shapes.items() if times > 1] == []
    assert len(shapes) >= 300


def test_sixty_of_them_hold_no_date() -> None:
    assert len(PLAIN) >= 60
    assert not set(PLAIN) - set(LINES)


def test_fields_have_shapes_of_their_own() -> None:
    shapes = Counter(shape(text) for text in FIELDS if text.strip())
    assert [text for text, times in shapes.items() if times > 1] == []


# As much German as the examples below need: tables, no code.
GERMAN = ENGLISH.replace(
    code="de",
    weekdays={"montag": 0, "mo": 0, "donnerstag": 3, "do": 3, "freitag": 4, "fr": 4},
    weekday_plurals={"montags": 0},
    months={"dezember": 12, "dez": 12, "juni": 6},
    days={"heute": 0, "morgen": 1, "übermorgen": 2},
    evening_days={"heute abend": "evening"},
    dayparts={"früh": "morning", "abend": "evening"},
    units={"tagen": ("day", 1), "tag": ("day", 1), "wochen": ("week", 1), "monat": ("month", 1)},
    numbers={"einem": 1, "zwei": 2},
    adverbs={"täglich": ("day", 1)},
    next=say("nächsten, nächste"),
    lead_in=say("am, bis, fällig am"),
    at=say("um"),
    oclock=say("uhr"),
    on=say("am"),
    and_=say("und"),
    until=say("bis, bis zum"),
    every=say("jeden, alle, jede"),
    last={"letzten": -1},
    priorities={"hoch": 1, "1": 1},
    due_keys=say("fällig"),
    weak=frozenset({"mo", "do"}),
    refused_after=frozenset({"der", "die", "das"}),
)


@pytest.mark.parametrize(
    ("text", "title", "due", "rule"),
    [
        ("Miete zahlen morgen um 9 Uhr jeden Monat", "Miete zahlen", "2026-11-24 09:00",
         "FREQ=MONTHLY"),
        ("Übermorgen Fenster putzen !hoch", "Fenster putzen", "2026-11-25", ""),
        ("Steuer bis 15. Dezember", "Steuer", "2026-12-15", ""),
        ("Steuer am 15.12.", "Steuer", "2026-12-15", ""),
        ("Sport alle zwei Wochen am Mo und Do bis zum 1 Juni", "Sport", "2026-11-23",
         "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270601;BYDAY=MO,TH"),
        ("Chor montags", "Chor", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO"),
        ("Zähler jeden letzten Freitag", "Zähler", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("Essen heute abend", "Essen", "2026-11-23 19:00", ""),
        ("Call mum tomorrow", "Call mum tomorrow", "", ""),
        ("der Freitag kommt", "der Freitag kommt", "", ""),
    ],
)  # fmt: skip
def test_another_language_is_data(text: str, title: str, due: str, rule: str) -> None:
    todo = parse(text, words=GERMAN)
    assert (todo.title, shown(todo.due)) == (title, due)
    assert (todo.repeat.rrule if todo.repeat else "") == rule


def test_month_first_is_a_table_entry() -> None:
    american = ENGLISH.replace(day_first=False)
    found = quickadd.parse_date("12/5/2027", now=NOW, tz=BERLIN, words=american)
    assert found == Moment(date(2027, 12, 5))
