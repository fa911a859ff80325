"""Days and times in words."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from django_todos.dates import Moment
from django_todos.wording.dates import city_of, date_words, day_words, moment_words, when_words

NOW = datetime(2026, 11, 23, 10, tzinfo=timezone.utc)  # a Monday
LISBON = ZoneInfo("Europe/Lisbon")
TODAY = date(2026, 11, 23)


def on(
    day: int, month: int = 11, clock: time | None = None, tz: str = "", year: int = 2026
) -> Moment:
    """A moment of 2026."""
    return Moment(date(year, month, day), clock, tz)


MOMENTS = [
    ("2026-11-24", "Tue 24 Nov"),
    ("2026-01-01T09:00", "Thu 1 Jan, 09:00"),
    ("2027-01-01T09:00[Europe/Lisbon]", "Fri 1 Jan 2027, 09:00 Europe/Lisbon"),
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


@pytest.mark.parametrize(
    ("moment", "state", "words"),
    [
        (Moment(), "none", ""),
        (on(20), "late", "Fri 20 Nov"),
        (on(22), "late", "Yesterday"),
        (on(22, clock=time(17)), "late", "Yesterday, 17:00"),
        (on(23), "today", "Today"),
        (on(23, clock=time(18)), "today", "Today, 18:00"),
        (on(23, clock=time(9)), "late", "Today, 09:00"),
        (on(24, clock=time(9)), "later", "Tomorrow, 09:00"),
        (on(2, 12), "later", "Wed 2 Dec"),
        (on(1, 3, year=2027), "later", "Mon 1 Mar 2027"),
    ],
)
def test_when(moment: Moment, state: str, words: str) -> None:
    found = when_words(moment, NOW, LISBON)
    assert (found.state, found.words) == (state, words)


def test_when_says_the_city_of_another_zone_only() -> None:
    assert when_words(on(2, 12, time(9), "Asia/Tokyo"), NOW, LISBON).city == "Tokyo"
    assert when_words(on(2, 12, time(9), "Europe/Lisbon"), NOW, LISBON).city == ""
    assert when_words(on(2, 12, time(9)), NOW, LISBON).iso == "2026-12-02T09:00"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (on(23, clock=time(14)), "14:00"),
        (on(23, clock=time(9)), "09:00"),
        (on(23), ""),
        (on(22, clock=time(17)), "Yesterday, 17:00"),
    ],
)
def test_when_time_only(moment: Moment, words: str) -> None:
    assert when_words(moment, NOW, LISBON, time_only=True).words == words


def test_when_speaks_the_language() -> None:
    with translation.override("de"):
        assert when_words(on(2, 12), NOW, LISBON).words == "Mi 2. Dez"


def test_a_zone_is_named_by_its_city() -> None:
    assert city_of("America/New_York") == "New York"
