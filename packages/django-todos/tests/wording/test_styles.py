"""The order of day and month, and the clock: chosen, else as people in the browser's region write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation
from tests.factories import NOW, Cast, make_todo

from django_todos.dates import Moment
from django_todos.forms.dates import RescheduleForm
from django_todos.models import Preferences
from django_todos.reminders import send_digests
from django_todos.viewer import Viewer
from django_todos.wording import dates
from django_todos.wording.dates import Style, written
from django_todos.wording.regions import region_of
from django_todos.wording.repeats import describe

TODAY = NOW.date()
AMERICAN = Style(day_first=False, twelve_hours=True)


@pytest.mark.parametrize(
    ("header", "region"),
    [
        ("en-US,en;q=0.9", "US"),
        ("de, en-GB;q=0.8, en-US;q=0.5", "GB"),
        ("zh-Hans-CN", "CN"),
        ("de", ""),
        ("es-419, *;q=0.1", ""),
        ("", ""),
        ("x" * 300, ""),
    ],
)
def test_the_first_region_that_a_browser_names(header: str, region: str) -> None:
    assert region_of(header) == region


@pytest.mark.parametrize(
    ("region", "chosen", "style"),
    [
        ("", {}, Style()),
        ("DE", {}, Style()),
        ("GB", {}, Style()),
        ("US", {}, AMERICAN),
        ("AU", {}, Style(twelve_hours=True)),
        ("JP", {}, Style(day_first=False)),
        ("US", {"day_order": "day", "hour_cycle": "24"}, Style()),
        ("GB", {"day_order": "month", "hour_cycle": "12"}, AMERICAN),
    ],
)
def test_what_is_chosen_comes_before_the_region(
    region: str, chosen: dict[str, str], style: Style
) -> None:
    viewer = Viewer(None, Preferences(**chosen), NOW, region)
    with translation.override("en"):  # whose dates, to Django, are American
        assert viewer.style == style
        assert viewer.reading["day_first"] is style.day_first


def test_every_kind_of_words_obeys() -> None:
    def said() -> list[str]:
        return [
            dates.date_words(date(2027, 1, 2), TODAY),
            dates.date_words(date(2026, 12, 2), TODAY, weekday=False),
            dates.long_day(TODAY, TODAY),
            dates.time_words(time(14, 5)),
            dates.span_words(date(2026, 11, 23), date(2026, 11, 29), TODAY),
            dates.span_words(date(2027, 11, 22), date(2027, 11, 28), TODAY),
            dates.span_words(date(2026, 12, 28), date(2027, 1, 3), TODAY),
            describe("FREQ=DAILY;UNTIL=20270601"),
            describe("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4"),
        ]

    assert said() == [
        "Sat 2 Jan 2027",
        "2 Dec",
        "Monday 23 November",
        "14:05",
        "23 – 29 November",
        "22 – 28 November 2027",
        "28 December – 3 January 2027",
        "Every day, until 1 June 2027",
        "Every year on 4 March",
    ]
    with written(AMERICAN):
        assert said() == [
            "Sat, Jan 2, 2027",
            "Dec 2",
            "Monday, November 23",
            "2:05 PM",
            "November 23 – 29",
            "November 22 – 28, 2027",
            "December 28 – January 3, 2027",
            "Every day, until June 1, 2027",
            "Every year on March 4",
        ]


@pytest.mark.parametrize(
    ("language", "region", "chosen", "first"),
    [("en", "", None, 6), ("de", "", None, 0), ("en", "GB", None, 0), ("de", "US", None, 6),
     ("de", "EG", None, 5), ("de", "US", 0, 0)],
)  # fmt: skip
def test_a_week_starts_as_chosen_else_as_in_the_region_else_as_in_the_language(
    cast: Cast, language: str, region: str, chosen: int | None, first: int
) -> None:
    preferences = Preferences(user=cast.alice, week_start=chosen)
    with translation.override(language):
        assert Viewer(cast.alice, preferences, NOW, region).week_start == first


@pytest.mark.parametrize(
    ("header", "language", "shown", "read"),
    [
        ("en-US", "en", "Wed, Dec 2, 2099, 2:00 PM", date(2027, 1, 5)),
        ("en-GB", "en", "Wed 2 Dec 2099, 14:00", date(2027, 5, 1)),
        ("de", "de", "Mi 2. Dez 2099, 14:00", date(2027, 5, 1)),
        ("de-US", "de", "Mi, Dez 2, 2099, 2:00", date(2027, 1, 5)),
    ],
)
def test_a_page_shows_dates_in_the_order_in_which_it_reads_them(
    cast: Cast, header: str, language: str, shown: str, read: date
) -> None:
    make_todo(cast.flat, due=Moment(date(2099, 12, 2), time(14)))
    address = cast.flat.get_absolute_url()
    with translation.override(language):
        html = cast.client("alice").get(address, headers={"Accept-Language": header})
        assert f">{shown}" in " ".join(html.content.decode().split())
        form = RescheduleForm(
            {"date": "1/5"}, viewer=replace(Viewer.of(cast.alice, header), now=NOW)
        )
        assert form.is_valid()
    assert form.cleaned_data["date"] == Moment(read)


def test_mails_write_as_the_browser_did(cast: Cast, mailoutbox: list[Any]) -> None:
    """They have no browser to ask; its region came along with its time zone."""
    client = cast.client("alice")
    client.post(
        reverse("django_todos:time-zone"),
        {"zone": "America/New_York"},
        headers={"Accept-Language": "en-US"},
    )
    Preferences.objects.update(digest=True)
    get_user_model().objects.update(email="someone@example.org")
    make_todo(cast.flat, "Call", due=Moment(date(2026, 11, 20), time(15)))
    assert send_digests(NOW + timedelta(hours=5)).sent == 1
    assert "Overdue: Fri, Nov 20, 3:00 PM" in mailoutbox[0].body


@pytest.mark.parametrize("style", [Style(), AMERICAN])
def test_where_a_word_follows_the_day_nothing_is_left_out(style: Style) -> None:
    with translation.override("ja"), written(style):
        assert dates.span_words(date(2026, 11, 23), date(2026, 11, 29), TODAY) == (
            "11月23日～11月29日"
        )
        assert describe("FREQ=DAILY").startswith("毎日")
        assert describe("FREQ=DAILY;INTERVAL=2").startswith("2日ごと")
        assert describe("FREQ=WEEKLY;BYDAY=MO,TU,TH") == "毎週月曜日・火曜日・木曜日"
