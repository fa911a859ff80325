"""The examples are many, and each of its own shape; and another language is data alone."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date

from django_todos import quickadd
from django_todos.dates import Moment
from django_todos.quickadd.english import ENGLISH

from .test_quickadd_dates import BERLIN
from .test_quickadd_dates import EXAMPLES as DATES
from .test_quickadd_dates import FIELD, NOW, STARTS
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


def test_month_first_is_a_table_entry() -> None:
    american = ENGLISH.replace(day_first=False)
    found = quickadd.parse_date("12/5/2027", now=NOW, tz=BERLIN, words=american)
    assert found == Moment(date(2027, 12, 5))
