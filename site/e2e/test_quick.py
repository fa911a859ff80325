"""Quick add wherever one is; coming back to a page; the drawer: what was typed and where one was stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .conftest import PHONE, People, violations

SCRIPT = pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
TITLES = ".todos-rows .todos-title"


@SCRIPT
def test_what_is_too_long_or_too_much_stays_and_has_a_way_on(people: People, script: bool) -> None:
    me = people.somebody(at="/inbox/", java_script_enabled=script)
    page, field = me.page, me.page.locator("#quick-add-text")
    add = page.locator("#quick-add .todos-btn-main")
    field.fill("word " * 102 + "!")
    add.click()
    expect(page.get_by_text("11 characters too many for a title.")).to_be_visible()
    expect(field).to_have_value("word " * 102 + "!")
    assert page.goto(page.url).ok  # type: ignore[union-attr]
    me.go("/inbox/")
    field.fill("word " * 102 + "!")
    add.click()
    page.get_by_role("button", name="Move the rest to the notes").click()
    expect(page.locator(TITLES)).to_have_count(1)
    lines = [f"Line {n}" for n in range(501)]
    field.fill("\n".join(lines))
    if script:
        expect(add).to_have_text("Add 500 of 501")
        add.click()
    else:
        add.click()
        expect(page.get_by_text("501 lines: at most 500 at once.")).to_be_visible()
        expect(field).to_have_value("\n".join(lines))
        page.get_by_role("button", name="Add 500 of 501").click()
    expect(field).to_have_value("Line 500")
    assert page.goto(page.url).ok  # type: ignore[union-attr]


def test_quick_add_over_a_page(people: People) -> None:
    me = people.somebody(at="/")
    page, field = me.page, me.page.locator("#quick-add-text-over")
    page.keyboard.press("q")
    expect(field).to_be_focused()
    day = page.get_by_role("button", name="Day No date")
    expect(page.locator("#quick-add-home")).to_have_text("Inbox")
    page.keyboard.type("Water the figs")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    me.go("/upcoming/")
    page.keyboard.press("q")
    expect(field).to_have_value("Water the figs")
    page.keyboard.type(" tomorrow")
    page.keyboard.press("Shift+Enter")
    expect(field).to_have_value("")
    page.keyboard.type("x" * 501)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 character too many for a title.")).to_be_visible()
    expect(field).to_have_value("x" * 501)
    field.fill("Prune the pear")
    day.click()
    page.get_by_role("dialog", name="Due date").get_by_role("button", name="Tomorrow").click()
    expect(page.locator("#quick-add-day")).to_have_text("Tomorrow")
    page.locator("#quick-add-foot summary").click()
    assert not violations(page)
    page.locator("#quick-add-foot").get_by_role("button", name="Inbox").click()
    expect(page.locator("#quick-add-foot summary")).to_be_focused()
    field.press("Enter")
    expect(field).to_be_hidden()
    expect(page.locator(TITLES)).to_have_text(["Water the figs", "Prune the pear"])


@SCRIPT
def test_a_day_of_upcoming_takes_a_todo(people: People, script: bool) -> None:
    page = people.somebody(at="/upcoming/", java_script_enabled=script).page
    page.locator(".todos-day-add").nth(2).click()
    field = page.locator("#quick-add-text-day" if script else "#quick-add-text")
    field.fill("Fetch the tickets 5pm")
    page.locator("form:has([name=text]) .todos-btn-main").click()
    expect(page.locator(".todos-day").nth(2).locator(".todos-title")).to_have_text(
        "Fetch the tickets"
    )
    if script:
        expect(field).to_be_focused()


def test_coming_back_shows_what_was_added_elsewhere(people: People) -> None:
    me = people.somebody(at="/inbox/")
    me.add("From the other tab")
    me.page.locator("#quick-add-text").fill("half typed")
    me.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(me.page.locator(TITLES)).to_have_text(["From the other tab"])
    expect(me.page.locator("#quick-add-text")).to_have_value("half typed")
    with me.page.expect_response("**/version/") as answer:
        me.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert answer.value.status == 304


def test_the_drawer_keeps_the_focus(people: People) -> None:
    page = people.somebody(at="/", viewport=PHONE).page
    page.get_by_role("button", name="Menu").click()
    expect(page.locator("#sidebar :focus")).to_have_count(1)
    for _ in range(30):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('#sidebar')"
        )
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Menu")).to_be_focused()
