"""The open todo: what it takes to change something, and where the focus is afterwards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, People


def opened(people: People, **options: object) -> Page:
    """Two todos in the inbox; the second is open, beside the list or on its own page."""
    todos = ("Water the fig tree", "Call the bank")
    page = people.somebody(*todos, at="/inbox/", **options).page
    page.get_by_role("link", name="Call the bank").click()
    expect(page.get_by_label("Title", exact=True)).to_be_visible()
    return page


def test_priority_takes_two_presses_from_the_list(people: People) -> None:
    page = opened(people)
    page.get_by_role("link", name="Water the fig tree").click()  # one
    expect(page.get_by_label("Title", exact=True)).to_have_value("Water the fig tree")
    page.locator("#set-priority label", has_text="High").click()  # two
    expect(page.locator("#todo-saved")).to_contain_text("Saved")
    expect(page.get_by_role("radio", name="High")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("radio", name="Medium")).to_be_checked()
    expect(page.locator("#main .todos-check.todos-p-medium")).to_have_count(1)
    page.get_by_role("link", name="Close").click()
    expect(page.locator("#main .todos-row").filter(has_text="Water")).to_contain_text("Medium")


def test_a_second_subtask_is_typing_and_enter(people: People) -> None:
    page = opened(people)
    field = page.get_by_label("Add a subtask")
    field.fill("zip the bag")
    page.keyboard.press("Enter")
    page.keyboard.type("xylophone")
    page.keyboard.press("Enter")
    rows = page.locator("#rows-todo .todos-title")
    expect(rows).to_have_text(["zip the bag", "xylophone"])
    expect(field).to_be_focused()
    expect(field).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator("#todo")).to_be_focused()
    page.keyboard.type("zx")  # no commands: the open todo is no list
    expect(rows).to_have_text(["zip the bag", "xylophone"])
    expect(page.get_by_label("Complete “Call the bank”").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#todos-panel #todo")).to_have_count(0)
    expect(page.locator("#main .todos-title", has_text="Call the bank")).to_be_focused()


def test_typing_is_saved_before_a_subtask_or_another_row(people: People) -> None:
    page = opened(people)
    page.get_by_label("Title", exact=True).fill("Call the bank at nine")
    page.get_by_label("Add a subtask").fill("find the number")
    page.keyboard.press("Enter")
    expect(page.locator("#rows-todo .todos-title")).to_have_text("find the number")
    expect(page.get_by_label("Title", exact=True)).to_have_value("Call the bank at nine")
    page.get_by_role("button", name="Add notes").click()
    page.keyboard.type("Ask for **Ms Okafor**")
    page.get_by_role("link", name="Water the fig tree").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Water the fig tree")
    page.get_by_role("link", name="Call the bank at nine").click()
    expect(page.locator("#set-notes strong")).to_have_text("Ms Okafor")


def test_the_row_that_was_pressed_stays_where_it_is(people: People) -> None:
    page = opened(people)
    page.get_by_role("link", name="Close").click()
    row = page.locator("#main .todos-title", has_text="Water the fig tree")
    before = row.bounding_box()
    row.click()
    expect(page.get_by_label("Title", exact=True)).to_be_visible()
    after = row.bounding_box()
    assert before and after and abs(before["y"] - after["y"]) < 2


@pytest.mark.parametrize(
    "options",
    [{}, pytest.param({"viewport": PHONE}, marks=pytest.mark.nightly)],
    ids=["desktop", "phone"],
)
def test_enter_in_any_field_saves_without_scripts(
    people: People, options: dict[str, object]
) -> None:
    page = opened(people, java_script_enabled=False, **options)
    url = page.url
    fields = page.locator("#todo-form input:not([type=hidden], [type=radio], [type=checkbox])")
    names = [field.get_attribute("name") for field in fields.all()]
    assert len(names) > 9
    for number, name in enumerate(names):
        page.goto(url)
        page.locator("#open-repeat").click()
        field = page.locator(f"#todo-form [name={name}]").last
        if not field.is_visible():
            continue
        page.get_by_label("Title", exact=True).fill(f"Change {number}")
        field.press("Enter")
        expect(page.locator("#message-bar")).to_contain_text(f"Saved “Change {number}”.")
