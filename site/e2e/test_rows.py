"""Rows: their menu, selecting several, filters; by mouse, by keyboard alone and by touch."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, People, violations

PHONE_TOUCH = {"viewport": PHONE, "has_touch": True, "is_mobile": True}


def accessible(page: Page) -> None:
    """Nothing that axe finds fault with."""
    found = violations(page)
    assert not found, [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_presses_set_a_date_or_a_priority(people: People, scheme: str) -> None:
    page = people.somebody("one", "two", at="/inbox/", color_scheme=scheme).page
    row = page.locator("#rows > .todos-row", has_text="two")
    row.hover()
    row.get_by_role("button", name="Priority").click()
    page.get_by_role("menuitemradio", name="High").click()
    expect(row).to_contain_text("High")
    before = row.bounding_box()
    row.click(button="right")
    expect(page.get_by_role("menu", name="two")).to_be_visible()
    accessible(page)
    page.get_by_role("menuitemradio", name="Tomorrow").click()
    expect(row.locator("time").first).to_have_text("Tomorrow")
    expect(page.get_by_role("menu")).to_be_hidden()
    assert row.bounding_box() == before


def test_the_menu_by_keyboard_alone(people: People) -> None:
    page = people.somebody("one", "two", at="/inbox/").page
    keys = page.keyboard
    keys.press("j")
    first = page.locator("#rows .todos-title").first
    expect(first).to_be_focused()
    expect(
        page.get_by_role("button", name="More", exact=True)
    ).to_be_visible()  # loaded with the first row in use
    page.evaluate(
        "document.activeElement.dispatchEvent(new MouseEvent('contextmenu', {bubbles: true, cancelable: true, button: 0}))"
    )
    expect(page.get_by_role("menuitem", name="Edit")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="None")).to_be_focused()
    keys.press("Escape")
    expect(first).to_be_focused()
    keys.press("Tab")  # the buttons over the row of the cursor are stops
    keys.press("Tab")
    keys.press("Tab")
    expect(page.get_by_role("button", name="More", exact=True)).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("menuitem", name="Edit")).to_be_focused()
    keys.press("d")
    expect(page.get_by_role("menuitem", name="Duplicate")).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#rows .todos-title")).to_have_count(3)
    expect(page.locator("#todos-toasts")).to_contain_text("Duplicated")


def test_several_at_once(people: People) -> None:
    page = people.somebody("one", "two", "three", "four", at="/inbox/").page
    titles = page.locator("#rows .todos-title")
    before = titles.nth(1).bounding_box()
    titles.nth(0).click(modifiers=["Control"])
    titles.nth(2).click(modifiers=["Shift"])
    expect(page.get_by_text("3 of 4 selected")).to_be_visible()
    assert titles.nth(1).bounding_box() == before
    accessible(page)
    page.get_by_role("button", name="Select all 4").click()
    expect(page.get_by_text("4 of 4 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".todos-pick")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("v")
    page.keyboard.press("Shift+ArrowDown")
    expect(page.get_by_text("2 of 4 selected")).to_be_visible()
    page.locator("#bulk-bar summary", has_text="Priority").click()
    page.locator("#bulk-bar").get_by_role("button", name="High").click()
    expect(page.locator("#todos-toasts")).to_contain_text("Set 2 todos to High priority.")
    expect(page.locator("#bulk-bar")).to_have_count(0)
    expect(page.locator("#rows .todos-prio")).to_have_count(2)
    titles.nth(3).click(modifiers=["Control"])
    page.locator("#bulk-bar summary", has_text="More").click()
    page.locator("#bulk-label").fill("home")
    page.keyboard.press("Enter")
    expect(page.locator("#todos-toasts")).to_contain_text("Added #home to")
    expect(page.locator("#rows .todos-row", has_text="home")).to_have_count(1)


def test_a_long_press_opens_a_sheet(people: People) -> None:
    page = people.somebody("one", "two", at="/inbox/", **PHONE_TOUCH).page
    box = page.locator("#rows .todos-title").first.bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    point = {"x": box["x"] + 20, "y": box["y"] + 10}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    page.wait_for_timeout(600)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_role("menu", name="one")).to_be_visible()
    accessible(page)
    page.get_by_role("menuitem", name="Select").tap()
    page.locator("#rows .todos-title").nth(1).tap()
    expect(page.get_by_text("2 of 2 selected")).to_be_visible()
    accessible(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_what_a_page_is_narrowed_to(people: People, scripts: bool) -> None:
    person = people.somebody("one !1", "two", "three", at="/inbox/")
    state = person.context.storage_state()
    page = people.anonymous(java_script_enabled=scripts, storage_state=state).page
    page.goto("/inbox/")
    page.locator("#filter > summary").click()
    if scripts:
        page.get_by_role("radio", name="Today").check()
        expect(page.get_by_role("button", name="Show 0 todos")).to_be_visible()
        accessible(page)
        page.get_by_role("group", name="Due").get_by_role("radio", name="Any").check()
    page.get_by_role("radio", name="High").check()
    page.get_by_role("button", name="Show 1 todo" if scripts else "Show").click()
    expect(page.get_by_text("1 of 3 todos")).to_be_visible()
    if scripts:
        accessible(page)
    page.get_by_role("link", name="Show all 3").click()
    expect(page.locator("#rows .todos-title")).to_have_count(3)


def test_ticks_without_a_connection_are_tried_again(people: People) -> None:
    person = people.somebody("one", "two", at="/inbox/")
    page = person.page
    person.context.set_offline(True)
    for title in ("one", "two"):
        page.get_by_role("button", name=f"Complete “{title}”").click()
        expect(page.locator("#todos-toasts")).to_contain_text("no connection")
    person.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#rows .todos-done")).to_have_count(2)
    person.problems.clear()  # the browser's own lines about the network


def test_a_form_pressed_twice_is_sent_once(people: People) -> None:
    page = people.somebody(at="/lists/new/").page
    page.get_by_label("Name").fill("Garden")
    page.get_by_role("button", name="Create list").dblclick()
    expect(page.get_by_role("heading", name="Garden")).to_be_visible()
    page.goto("/lists/")
    expect(page.locator(".todos-nav").get_by_text("Garden")).to_have_count(1)
