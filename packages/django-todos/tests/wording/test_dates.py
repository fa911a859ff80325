"""Days and times in words."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation

from django_todos.dates import Moment
from django_todos.wording.dates import date_words, day_words, moment_words

TODAY = date(2026, 11, 23)

MOMENTS = [
    ("2026-11-24", "Tue 24 Nov"),
    ("2026-01-01T09:00", "Thu 1 Jan 09:00"),
    ("2027-01-01T09:00[Europe/Lisbon]", "Fri 1 Jan 2027 09:00 Europe/Lisbon"),
    ("2025-12-31", "Wed 31 Dec 2025"),
]


@pytest.mark.parametrize(("text", "words"), MOMENTS)
def test_a_moment_says_the_year_only_when_it_is_not_this_one(text: str, words: str) -> None:
    assert moment_words(Moment.parse(text), TODAY) == words


def test_no_moment_says_nothing() -> None:
    assert moment_words(Moment(), TODAY) == ""


def test_near_days_have_names_and_dates() -> None:
    tomorrow = date(2026, 11, 24)
    assert (day_words(tomorrow, TODAY), date_words(tomorrow, TODAY)) == ("Tomorrow", "Tue 24 Nov")
    assert date_words(tomorrow, TODAY, weekday=False) == "24 Nov"


def test_names_follow_the_language() -> None:
    with translation.override("de"):
        assert date_words(date(2026, 5, 4), TODAY).startswith("Mo")
