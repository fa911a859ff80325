"""Nothing typed in an open todo is lost: signed out, refused, changed by another, offline, reloaded."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from .conftest import PASSWORD, People, Person


@pytest.fixture
def alice(people: People) -> Person:
    """Somebody with one todo, open beside the inbox."""
    alice = people.somebody("Water the fig tree", at="/inbox/")
    alice.page.get_by_role("link", name="Water the fig tree").click()
    expect(title(alice.page)).to_be_visible()
    return alice


def title(page: Page) -> Locator:
    """The title of the open todo."""
    return page.get_by_label("Title", exact=True)


def saved(page: Page) -> Locator:
    """What the head of the open todo says about saving."""
    return page.locator("#todo-saved")


def stored(person: Person) -> str:
    """The title as the server has it."""
    text = person.context.request.get(person.page.url).text()
    return re.search(r'name="initial-title" value="([^"]*)"', text)[1]  # type: ignore[index]


def row(page: Page) -> Locator:
    """The row of the todo, in its list."""
    return page.locator("#main .todos-row .todos-title").first


def press_meanwhile(target: Locator, held: list[Route]) -> None:
    """Presses it, and releases when the answer that was held back has replaced it."""
    page, old = target.page, target.element_handle()
    target.hover()
    page.mouse.down()
    held[0].continue_()
    page.wait_for_function("old => !old.isConnected", arg=old)
    page.mouse.up()


def test_a_press_is_a_click_though_an_answer_replaces_what_was_pressed(alice: Person) -> None:
    page, held = alice.page, []
    link = page.locator("#sidebar").get_by_role("link", name="Upcoming")
    page.route("**/todos/*/", lambda route: route.continue_() if held else held.append(route))
    title(page).fill("Water both fig trees")
    with page.expect_request("**/todos/*/"):
        page.keyboard.press("Enter")
    press_meanwhile(link, held)
    page.wait_for_url("**/upcoming/")


def test_a_press_on_a_button_is_none_on_that_of_another_action(people: People) -> None:
    """The way back of the one that was ticked first stands where that of the second comes."""
    alice = people.somebody("Buy soil", "Buy oils", at="/inbox/")
    page, held = alice.page, []
    page.get_by_role("button", name="Complete “Buy soil”").click()
    undo = page.locator("#todos-toasts").get_by_role("button", name="Undo")
    page.route("**/complete/", lambda route: held.append(route))
    with page.expect_request("**/complete/"):
        page.get_by_role("button", name="Complete “Buy oils”").click()
    press_meanwhile(undo, held)
    page.wait_for_load_state("networkidle")
    page.goto("/completed/")
    expect(page.get_by_role("link", name="Buy soil")).to_be_visible()
    expect(page.get_by_role("link", name="Buy oils")).to_be_visible()


def test_the_title_saves_as_it_is_left_and_can_be_undone(alice: Person) -> None:
    page = alice.page
    title(page).fill("Water both fig trees")
    page.keyboard.press("Enter")
    expect(saved(page)).to_contain_text("Saved")
    expect(row(page)).to_have_text("Water both fig trees")
    expect(title(page)).to_be_focused()
    saved(page).get_by_role("button", name="Undo").click()
    expect(title(page)).to_have_value("Water the fig tree")
    expect(title(page)).to_be_focused()
    expect(row(page)).to_have_text("Water the fig tree")
    title(page).fill("Water no fig tree")
    page.keyboard.press("Tab")
    expect(saved(page)).to_contain_text("Saved")
    assert stored(alice) == "Water no fig tree"


def test_what_is_typed_is_saved_by_leaving_the_todo_in_any_way(alice: Person) -> None:
    page = alice.page
    ways = {
        "Closed by its cross": lambda: page.get_by_role("link", name="Close").click(),
        "Closed by Escape": lambda: (page.keyboard.press("Escape"), page.keyboard.press("Escape")),
        "Left by a link": lambda: page.get_by_role("link", name="Today").first.click(),
    }
    for text, leave in ways.items():
        title(page).fill(text)
        leave()
        page.wait_for_url(lambda url: "/todos/" not in url)
        page.goto("/inbox/")
        expect(row(page)).to_have_text(text)
        row(page).click()


def test_offline_it_is_kept_and_sent_when_back(alice: Person) -> None:
    page = alice.page
    alice.context.set_offline(True)
    title(page).fill("Typed in a tunnel")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Your text is kept here")).to_be_visible()
    expect(saved(page)).to_have_text("Title not saved")
    expect(title(page)).to_have_value("Typed in a tunnel")
    expect(page.get_by_text("You're offline. 1 change is kept on this device")).to_be_visible()
    unsaved = page.locator("#main .todos-unsaved")
    expect(unsaved).to_contain_text("Title not saved. Kept here.")
    unsaved.get_by_role("button", name="Discard").click()
    expect(unsaved).to_have_count(0)
    expect(page.get_by_text("You're offline.")).to_have_count(0)
    expect(title(page)).to_have_value("Water the fig tree")
    title(page).fill("Typed in a tunnel")
    page.keyboard.press("Tab")
    unsaved.get_by_role("button", name="Try again").click()
    expect(unsaved).to_be_visible()
    alice.context.set_offline(False)
    expect(saved(page)).to_contain_text("Saved")
    expect(unsaved).to_have_count(0)
    assert stored(alice) == "Typed in a tunnel"
    alice.problems.clear()  # the browser's own line about the network


def test_what_is_refused_stays_with_its_reason_also_over_a_reload(alice: Person) -> None:
    page = alice.page
    title(page).evaluate("field => field.removeAttribute('maxlength')")
    title(page).fill("x" * 501)
    page.keyboard.press("Enter")
    for _ in range(2):
        expect(page.locator("#id_title_error")).to_be_visible()
        expect(title(page)).to_have_value("x" * 501)
        expect(title(page)).to_be_focused()
        expect(saved(page)).to_have_text("Title not saved")
        page.reload()
    title(page).fill("Short")
    page.keyboard.press("Enter")
    expect(saved(page)).to_contain_text("Saved")
    expect(page.locator("#id_title_error")).to_have_count(0)


def test_typed_but_not_left_survives_a_reload(alice: Person) -> None:
    page = alice.page
    title(page).fill("Half a sen")
    page.reload()
    expect(title(page)).to_have_value("Half a sen")


@pytest.mark.parametrize("keep", ["Mine", "Theirs"])
def test_a_conflict_is_announced_with_both_values(alice: Person, keep: str) -> None:
    page = alice.page
    title(page).fill("Mine")
    other = alice.context.new_page()
    other.goto(page.url)
    title(other).fill("Theirs")
    other.keyboard.press("Enter")
    expect(saved(other)).to_contain_text("Saved")
    other.close()
    title(page).press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("changed “Title” while you were typing")
    expect(page.get_by_role("radio", name="Mine")).to_be_focused()
    page.get_by_role("radio", name=keep).check()
    page.get_by_role("button", name="Keep this one").click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(title(page)).to_have_value(keep)
    expect(title(page)).to_be_focused()
    assert stored(alice) == keep


def test_signed_out_meanwhile_one_signs_in_where_one_is(alice: Person) -> None:
    page = alice.page
    title(page).fill("Typed while signed out")
    alice.context.clear_cookies(name=re.compile("session"))
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="You were signed out")
    expect(dialog).to_contain_text("Typed while signed out")
    dialog.get_by_label("Password").fill("wrong")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(saved(page)).to_contain_text("Saved")
    expect(title(page)).to_be_focused()
    assert stored(alice) == "Typed while signed out"
    alice.problems.clear()  # the browser's own lines about 401
