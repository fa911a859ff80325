"""The settings: sections saved by themselves, cities, choices that follow the browser, the preview of the digest."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from tests.factories import Cast, make_todo

from django_todos.dates import Moment
from django_todos.models import Preferences

from .pages import get, message, post

SAVED = {"kept": "preferences"}
REGION = {
    "section": "region",
    "time_zone": "",
    "day_order": "day",
    "hour_cycle": "24",
    "week_start": "6",
}
NOTIFICATIONS = {
    "section": "notifications",
    "reminder_hour": "9",
    "digest_hour": "7",
    **dict.fromkeys(
        ("tell_assigned", "tell_invited", "tell_role", "tell_removed", "tell_answered"), "now"
    ),
}


def test_a_section_saves_what_changed_in_it_alone(cast: Cast) -> None:
    Preferences.objects.create(user=cast.alice, theme="dark", shortcuts=False)
    client = cast.client("alice")
    assert message(post(client, "preferences", **REGION | {"hour_cycle": "12"})) == SAVED
    saved = Preferences.objects.get()
    assert (saved.theme, saved.shortcuts, saved.hour_cycle) == ("dark", False, "12")
    # What was only shown as it is in force keeps following the browser.
    assert (saved.day_order, saved.week_start) == ("", None)


def test_switches_are_off_when_they_are_not_sent(cast: Cast) -> None:
    client = cast.client("alice")
    assert message(post(client, "preferences", **NOTIFICATIONS, digest="on")) == SAVED
    saved = Preferences.objects.get()
    assert (saved.reminders, saved.digest, saved.digest_hour) == (False, True, 7)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("America/New York", "America/New_York"),
        ("UTC", "UTC"),
        ("", ""),
    ],
)
def test_a_zone_is_found_by_its_city(cast: Cast, typed: str, zone: str) -> None:
    Preferences.objects.create(user=cast.alice, time_zone="Asia/Kathmandu")
    client = cast.client("alice")
    assert message(post(client, "preferences", **REGION | {"time_zone": typed})) == SAVED
    assert Preferences.objects.get().time_zone == zone


def test_a_saved_zone_is_shown_as_its_city(cast: Cast) -> None:
    Preferences.objects.create(user=cast.alice, time_zone="America/New_York")
    html = get(cast.client("alice"), "preferences").content.decode()
    assert 'value="New York"' in html


@pytest.mark.parametrize(
    ("section", "wrong", "says"),
    [
        ("region", {"time_zone": "Berln"}, "No time zone called “Berln”. Did you mean Berlin?"),
        ("region", {"time_zone": "Qqqqqq"}, "No time zone called “Qqqqqq”."),
        ("region", {"week_start": "7"}, "7 is not one of the available choices"),
        ("region", {"day_order": "year"}, "year is not one of the available choices"),
        ("notifications", {"digest_hour": "24"}, "24 is not one of the available choices"),
    ],
)
def test_what_is_refused_is_said_at_its_field(
    cast: Cast, section: str, wrong: dict[str, str], says: str
) -> None:
    sound: dict[str, Any] = REGION if section == "region" else NOTIFICATIONS
    response = post(cast.client("alice"), "preferences", **sound | wrong)
    assert response.status_code == 422
    field = next(iter(wrong))
    [form] = [form for form in response.context["forms"] if form.section.name == section]
    assert says in form.errors[field][0]
    assert f'id="id_{field}_error"' in response.content.decode()
    assert not Preferences.objects.exists()


@pytest.mark.parametrize("section", ["", "elsewhere", "data"])
def test_a_section_that_is_not_there(cast: Cast, section: str) -> None:
    response = post(cast.client("alice"), "preferences", section=section, theme="dark")
    assert response.status_code in (303, 422)
    assert not Preferences.objects.exclude(theme="system").exists()


def test_tomorrows_digest(cast: Cast) -> None:
    Preferences.objects.create(user=cast.alice, digest=True, digest_hour=7, hour_cycle="12")
    client = cast.client("alice")
    assert "nothing would be sent" in get(client, "preferences").content.decode()
    day = timezone.now().date()
    for distance in (0, 1, 9):
        make_todo(cast.flat, f"In {distance}", due=Moment(day + timedelta(distance)))
    html = get(client, "preferences").content.decode()
    assert "Tomorrow at 7:00 AM you would get 2 todos:" in " ".join(html.split())
    assert "In 0" in html and "In 1" in html and "In 9" not in html


def test_no_preview_without_a_digest(cast: Cast) -> None:
    assert get(cast.client("alice"), "preferences").context["preview"] is None
