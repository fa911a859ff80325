"""The main job by keyboard alone: adding, going through the rows, ticking, moving, opening, saving, undoing, help."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, People


@pytest.fixture(
    params=[DESKTOP, pytest.param(PHONE, marks=pytest.mark.nightly)], ids=["desktop", "phone"]
)
def page(request: pytest.FixtureRequest, people: People) -> Page:
    """The inbox of somebody who touches no mouse."""
    return people.somebody(at="/inbox/", viewport=request.param).page


def add(page: Page, *titles: str) -> None:
    """Add todos by Shift+Enter, again and again."""
    page.keyboard.press("q")
    field = page.locator("#quick-add-text-over")
    for title in titles:
        expect(field).to_be_focused()
        page.keyboard.type(title)
        page.keyboard.press("Shift+Enter")
        expect(page.locator("#rows > li .todos-title").last).to_have_text(title)
        expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()


def test_add_complete_undo(page: Page) -> None:
    add(page, "First", "Second", "Third")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.get_by_role("button", name="Reopen “Second”")).to_be_visible()
    page.keyboard.press("z")
    expect(page.get_by_role("button", name="Complete “Second”")).to_be_visible()


def test_order_and_levels(page: Page) -> None:
    add(page, "First", "Second", "Third")
    page.keyboard.press("j")
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#rows > li .todos-title").nth(1)).to_have_text("First")
    page.keyboard.press("Alt+ArrowRight")
    expect(page.locator(".todos-rows-in .todos-title")).to_have_text("First")
    page.keyboard.press("Alt+ArrowLeft")
    expect(page.locator(".todos-rows-in .todos-title")).to_have_count(0)


def test_priority_and_edit(page: Page) -> None:
    add(page, "Pay the rent")
    page.keyboard.press("j")
    page.keyboard.press("1")
    expect(page.locator("#rows .todos-meta")).to_contain_text("High")
    expect(page.locator("#rows [aria-current=true]")).to_have_count(1)
    page.keyboard.press("e")
    expect(page.locator("#id_title")).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type(" and the gas")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved").first).to_be_visible()
    page.goto("/inbox/")
    expect(page.locator("#rows .todos-title")).to_have_text("Pay the rent and the gas")


def test_ways_and_help(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#search-text")).to_be_focused()
    page.keyboard.type("j q x")
    expect(page.locator("#search-text")).to_have_value("j q x")


def test_tab_reaches_everything(page: Page) -> None:
    """The skip link comes first; each stop has an outline or a drawn ring."""
    add(page, "Buy milk")
    page.reload()
    page.keyboard.press("Tab")
    expect(page.locator(".todos-skip")).to_be_focused()
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
            )
        )
    assert {"Complete “Buy milk”", "Buy milk", "Move “Buy milk”"} <= seen


COVERED = """() => {
  const at = document.activeElement.getBoundingClientRect();
  const tabs = document.querySelector(".todos-tabs").getBoundingClientRect();
  return !document.activeElement.closest(".todos-tabs") && at.bottom > tabs.top + 1;
}"""


def test_nothing_in_focus_is_behind_the_tabs(people: People) -> None:
    """WCAG 2.4.11: a browser brings what gets the focus just into the window, whose foot the tabs stand on."""
    page = people.somebody(at="/preferences/", viewport=PHONE).page
    covered = []
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(COVERED):
            covered.append(page.evaluate("document.activeElement.outerHTML.slice(0, 100)"))
        if page.evaluate("document.activeElement.closest('.todos-tabs') !== null"):
            break
    assert not covered
