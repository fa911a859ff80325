"""The date popover: two presses for another day, a month walked by keys, words, a sheet on the phone; nothing for axe."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from .conftest import PHONE, People, violations

DAY = timedelta(days=1)


def dated(people: People, **options: object) -> tuple[Page, date]:
    """The inbox of somebody with one todo, due today in their zone."""
    page = people.somebody("Pay rent today", at="/inbox/", **options).page
    return page, datetime.now(ZoneInfo("Europe/Berlin")).date()


def due(page: Page) -> Locator:
    """The due words of the one row."""
    return page.locator("#rows .todos-due time")


def popover(page: Page) -> Locator:
    """The popover, opened by the due words, or by the button that stands over them in a row under the mouse."""
    due(page).click(force=True)
    dialog = page.get_by_role("dialog", name="Due date")
    expect(dialog).to_be_visible()
    return dialog


def look(page: Page, dialog: Locator) -> None:
    """Nothing for axe to find in the open popover, light and dark."""
    dialog.get_by_text("Time zone:").click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert not violations(page)


def label(day: date) -> str:
    """What a day of the month is called."""
    return f"{day.day} {day:%B}"


def test_tomorrow_is_two_presses_away(people: People) -> None:
    page, _today = dated(people)
    popover(page).get_by_role("button", name="Tomorrow").click()
    expect(due(page)).to_have_text("Tomorrow")
    expect(page.locator("#rows .todos-row:focus-within")).to_have_count(1)
    popover(page).get_by_role("button", name="No date").click()
    expect(due(page)).to_have_count(0)
    page.keyboard.press("z")
    expect(due(page)).to_have_text("Tomorrow")


def test_a_click_is_not_lost_to_what_comes_for_the_row_under_the_mouse(people: People) -> None:
    page, held = people.somebody("Pay rent today").page, []
    page.route("**/js/rowmenu*.js", lambda route: held.append(route))
    page.goto("/inbox/")
    with page.expect_request("**/js/rowmenu*.js"):
        due(page).hover()
    page.mouse.down()
    with page.expect_response("**/js/rowmenu*.js"):
        held.pop().continue_()
    page.wait_for_timeout(200)  # until it has run; nothing tells of it
    page.mouse.up()
    expect(page.get_by_role("dialog", name="Due date")).to_be_visible()


def test_the_month_by_keys(people: People) -> None:
    page, today = dated(people)
    dialog = popover(page)
    day = dialog.get_by_role("button", name=label(today))
    expect(day).to_have_attribute("aria-pressed", "true")
    expect(day).to_have_accessible_name(f"{label(today)}, has todos")
    expect(day).to_have_attribute("aria-current", "date")
    day.focus()
    week = today - today.weekday() * DAY
    for key, to in [
        ("ArrowRight", today + DAY),
        ("ArrowDown", today + 8 * DAY),
        ("ArrowUp", today + DAY),
        ("ArrowLeft", today),
        ("Home", week),
        ("End", week + 6 * DAY),
        ("PageDown", None),
        ("PageUp", None),
    ]:
        page.keyboard.press(key)
        if to:
            expect(page.locator(":focus")).to_have_attribute("data-todos-day", to.isoformat())
    expect(dialog.locator("tbody [tabindex='0']")).to_have_count(1)
    expect(page.locator(":focus")).to_have_attribute("tabindex", "0")
    chosen = page.locator(":focus").get_attribute("data-todos-day") or ""
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    if chosen != today.isoformat():
        expect(due(page)).to_have_attribute("datetime", chosen)
    expect(page.locator("#rows .todos-row:focus-within")).to_have_count(1)


def test_words_and_a_time(people: People) -> None:
    page, today = dated(people)
    dialog = popover(page)
    look(page, dialog)
    page.locator("#todos-date-text").fill("blurp")
    page.keyboard.press("Enter")
    expect(page.locator("#todos-date-text")).to_have_attribute("aria-invalid", "true")
    page.locator("#todos-date-text").fill("in 3 days 9am")
    expect(dialog.get_by_role("status")).to_contain_text("09:00 · Enter to set")
    page.keyboard.press("Enter")
    there = (today + 3 * DAY).isoformat()
    expect(due(page)).to_have_attribute("datetime", f"{there}T09:00")
    popover(page).get_by_label("Time", exact=True).fill("14:30")
    page.keyboard.press("Escape")  # closes, and keeps
    expect(due(page)).to_have_attribute("datetime", f"{there}T14:30")


def test_the_open_todo(people: People) -> None:
    page, today = dated(people)
    page.locator("#rows .todos-title").click()
    button = page.locator("#open-due")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#todos-date-text")).to_be_focused()
    page.keyboard.type("in 3 days 9am")
    page.keyboard.press("Enter")
    expect(page.locator("#todo-saved")).to_contain_text("Saved")
    expect(button).to_contain_text(", 09:00")
    expect(button).to_be_focused()
    expect(due(page)).to_have_attribute("datetime", f"{(today + 3 * DAY).isoformat()}T09:00")
    page.get_by_role("button", name="Remove the due date").click()
    expect(button).to_contain_text("Add")
    expect(button).to_be_focused()
    expect(due(page)).to_have_count(0)


def test_a_sheet_on_the_phone(people: People) -> None:
    page, today = dated(people, viewport=PHONE, has_touch=True)
    sheet = popover(page)
    expect(sheet).to_contain_text("Pay rent")
    expect(page.locator("#todos-date-text")).to_be_hidden()  # so that no keyboard opens
    expect(page.locator(":focus")).to_have_attribute("data-todos-day", today.isoformat())
    box = sheet.bounding_box()
    assert box and (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    look(page, sheet)
    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_be_hidden()
    popover(page).get_by_role("button", name="Tomorrow").tap()
    expect(due(page)).to_have_text("Tomorrow")


def test_a_day_is_named_as_its_language_does(people: People) -> None:
    """Where a month is a number with a word behind it, the word is said once."""
    page, today = dated(people, locale="ja")
    due(page).click(force=True)
    expect(page.locator("#date-picker .todos-day-btn[aria-current=date]")).to_have_accessible_name(
        re.compile(f"^{today.month}月{today.day}日、")
    )
