"""The settings: a choice saves itself, a zone is found by its city; without JavaScript each section has its Save."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, People, violations


def saved(page: Page) -> None:
    """The quiet line in the head says so."""
    expect(page.locator("#settings-saved")).to_contain_text("Saved")


def test_a_choice_saves_itself(people: People) -> None:
    page = people.somebody(at="/preferences/").page
    page.get_by_label("Dark").check()
    saved(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("#todos-say")).to_have_text("Saved")
    page.get_by_label("Daily digest").check()
    expect(page.get_by_role("group", name="Preview of the digest")).to_contain_text("at 07:00")
    page.get_by_label("2:05 PM").check()
    expect(page.get_by_role("group", name="Preview of the digest")).to_contain_text("at 7:00 AM")
    expect(page.get_by_label("2:05 PM")).to_be_focused()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("#settings-saved")).to_have_text("Undone")
    expect(page.get_by_label("14:05")).to_be_checked()
    expect(page.get_by_label("14:05")).to_be_focused()
    page.get_by_label("2:05 PM").check()
    saved(page)
    page.reload()
    expect(page.get_by_label("2:05 PM")).to_be_checked()
    expect(page.get_by_label("Dark")).to_be_checked()


def test_a_zone_is_found_by_its_city(people: People) -> None:
    """By the keyboard alone."""
    page = people.somebody(at="/preferences/").page
    zone = page.get_by_label("Time zone")
    zone.press_sequentially("berl")
    option = page.get_by_role("option", name="Berlin")
    expect(option).to_have_attribute("aria-selected", "true")
    assert not violations(page)
    page.keyboard.press("Enter")
    saved(page)
    expect(zone).to_have_value("Berlin")
    expect(zone).to_be_focused()
    zone.fill("Berln")
    page.keyboard.press("Tab")
    wrong = page.get_by_text("No time zone called “Berln”. Did you mean Berlin?")
    expect(wrong.first).to_be_visible()
    expect(zone).to_have_value("Berln")
    page.reload()
    expect(zone).to_have_value("Berlin")


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_without_scripts_each_section_has_its_save(
    people: People, viewport: dict[str, int]
) -> None:
    options = {"java_script_enabled": False, "locale": "en-US", "viewport": viewport}
    page = people.somebody(at="/preferences/", **options).page
    expect(page.get_by_label("2:05 PM")).to_be_checked()  # as people in the United States write
    page.get_by_label("Time zone").fill("lisbon")
    page.keyboard.press("Enter")
    saved(page)
    expect(page.get_by_label("Time zone")).to_have_value("Lisbon")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.locator("#keyboard").get_by_role("button", name="Save").click()
    saved(page)
    expect(page.get_by_label("Single-key shortcuts")).not_to_be_checked()
    expect(page.get_by_role("heading", name="Account", exact=True)).to_be_attached()


def test_the_page_that_learns_the_zone_shows_its_day_at_once(people: People) -> None:
    """At any hour it is another day than in UTC in one of the two."""
    from django_todos.models import Preferences

    now = datetime.now(UTC)
    zone = "Pacific/Kiritimati" if now.hour >= 10 else "Pacific/Pago_Pago"
    person = people.somebody(timezone_id=zone)
    Preferences.objects.update(seen_time_zone="")
    person.go("/")
    today = now.astimezone(ZoneInfo(zone))
    expect(person.page.locator(".todos-sub").first).to_have_text(
        f"{today:%A} {today.day} {today:%B}"
    )
