"""What an open todo is filled in with: labels, notes, repeat, reminders, subtasks, dates in words; and what it tells."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .conftest import People, Person, violations
from .test_looks import RULES

PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const paste = { clipboardData: data, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", paste));
}"""


@pytest.fixture
def alice(people: People) -> Person:
    """Somebody with a todo open beside the inbox; two others have labels."""
    todos = ("Call the bank", "Post it #launch #later", "Send it #launch")
    alice = people.somebody(*todos, at="/inbox/")
    alice.page.get_by_role("link", name="Call the bank").click()
    expect(alice.page.get_by_label("Title", exact=True)).to_be_visible()
    return alice


def saved(page: Page) -> None:
    """What was chosen has been saved."""
    expect(page.locator("#todo-saved")).to_contain_text("Saved")


def faults(page: Page) -> list[str]:
    """What axe finds in this state of the page."""
    return [fault["id"] for fault in violations(page, RULES)]


def test_labels_are_chips_found_by_typing(alice: Person) -> None:
    page = alice.page
    field = page.get_by_role("combobox", name="Add a label")
    options = page.locator("#label-options [role=option]:visible")
    chips = page.locator("#set-labels .todos-tag")
    field.focus()
    expect(options).to_contain_text(["launch", "later"])
    page.keyboard.type("la")
    expect(options).to_have_count(3)
    expect(options.last).to_contain_text("Create “la”")
    assert faults(page) == []
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(chips).to_have_text(["later"])
    saved(page)
    page.keyboard.type("new,")
    expect(chips).to_have_text(["later", "new"])
    expect(field).to_be_focused()
    page.keyboard.type("launch ")
    expect(chips).to_have_text(["later", "new", "launch"])
    page.keyboard.press("Backspace")
    expect(chips).to_have_text(["later", "new"])
    page.get_by_role("button", name="Remove the label later").press("Enter")
    expect(page.get_by_role("button", name="Remove the label new")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("half typed")
    page.get_by_label("Title", exact=True).focus()
    expect(page.locator("#set-labels [name=labels]").last).to_have_value("half, new, typed")
    row = page.locator("#main .todos-row", has_text="Call the bank")
    expect(row.locator(".todos-label")).to_have_text(["half", "new", "typed"])


def test_a_todos_page_is_as_it_stays_before_its_scripts_have_come(alice: Person) -> None:
    """What scripts hide and show, changed when they come, moved a third of the page under the reader."""
    page, held = alice.page, []
    page.route("**/js/page*.js", lambda route: held.append(route))
    page.goto(alice.todo("Call the bank"), wait_until="commit")
    expect(page.locator("#open-due")).to_be_visible()
    expect(page.locator("#set-due [name=due_date]")).to_be_hidden()
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_hidden()
    held.pop().continue_()
    expect(page.locator("#open-due")).to_be_visible()


def test_a_label_with_a_comma_is_one_chip(people: People) -> None:
    page = people.somebody('Call the bank #"bank, home" #z', at="/inbox/").page
    page.get_by_role("link", name="Call the bank").click()
    chips = page.locator("#set-labels .todos-tag")
    expect(chips).to_have_text(["bank, home", "z"])
    page.get_by_role("button", name="Remove the label z").click()
    expect(page.locator("[name=initial-labels]")).to_have_value('"bank, home"')
    page.get_by_role("button", name="Remove the label bank, home").click()
    expect(page.locator("[name=initial-labels]")).to_have_value("")
    page.get_by_role("combobox", name="Add a label").focus()
    page.locator("#label-options [role=option]", has_text="bank, home").click()
    expect(chips).to_have_text(["bank, home"])
    expect(page.locator("[name=initial-labels]")).to_have_value('"bank, home"')


def test_an_answer_that_is_older_than_the_chips_takes_no_focus(alice: Person) -> None:
    page, held = alice.page, []
    field = page.get_by_role("combobox", name="Add a label")
    field.focus()
    page.keyboard.type("first,second,third,")
    expect(page.locator("[name=initial-labels]")).to_have_value("first, second, third")
    page.route("**/todos/*/", lambda route: held.append(route))
    with page.expect_request("**/todos/*/"):
        page.keyboard.press("Backspace")
    page.get_by_role("button", name="Remove the label first").press("Enter")
    last = page.get_by_role("button", name="Remove the label second")
    expect(last).to_be_focused()
    with page.expect_response("**/todos/*/"):
        held.pop(0).continue_()
    expect(page.locator("#set-labels .todos-tag")).to_have_text(["second"])
    expect(last).to_be_focused()


def test_what_is_put_back_while_it_is_saved_stays(alice: Person) -> None:
    page, held = alice.page, []
    none, high = (
        page.locator(f"#set-priority [type=radio][value={one}]") for one in ("none", "high")
    )
    page.route("**/todos/*/", lambda route: route.continue_() if held else held.append(route))
    with page.expect_request("**/todos/*/"):
        high.check()
    none.check()
    with page.expect_response("**/todos/*/"):
        held[0].continue_()
    saved(page)
    expect(none).to_be_checked()
    page.reload()
    expect(none).to_be_checked()


def test_notes_turn_into_their_field_and_back(alice: Person) -> None:
    page = alice.page
    page.get_by_role("button", name="Add notes").press("Enter")
    page.keyboard.type("Ask for\nMs Okafor")
    page.keyboard.press("Shift+Home")
    page.get_by_role("button", name="Bold").click()
    page.keyboard.press("Control+a")
    page.locator("#set-notes").get_by_role("button", name="List").click()
    expect(page.locator("#id_notes")).to_have_value("- Ask for\n- **Ms Okafor**")
    page.keyboard.press("Escape")
    expect(page.locator("#set-notes li strong")).to_have_text("Ms Okafor")
    expect(page.locator("#todo")).to_be_focused()
    page.keyboard.press("e")
    expect(page.locator("#id_notes")).to_be_focused()


def test_pasted_lines_are_subtasks_and_have_the_menu_of_rows(alice: Person) -> None:
    page = alice.page
    page.get_by_label("Add a subtask").focus()
    page.evaluate(PASTE, "Find the number\nCall\n")
    rows = page.locator("#rows-todo .todos-title")
    expect(rows).to_have_text(["Find the number", "Call"])
    expect(page.locator("#todo-saved")).to_contain_text("Added. 0 of 2")
    expect(page.get_by_label("Add a subtask")).to_be_focused()
    rows.first.hover()
    expect(page.locator("#rows-todo .todos-acts")).to_be_visible()
    rows.first.click(button="right")
    page.get_by_role("menuitemradio", name="High").click()
    expect(page.locator("#rows-todo .todos-check.todos-p-high")).to_have_count(1)
    expect(page.locator("#main .todos-rows-in .todos-check.todos-p-high")).to_have_count(1)
    expect(rows.first).to_be_focused()


def test_a_pasted_list_is_undone_as_one(alice: Person) -> None:
    page = alice.page
    page.get_by_label("Add a subtask").focus()
    page.evaluate(PASTE, "One\nTwo\nThree")
    expect(page.locator("#rows-todo .todos-title")).to_have_count(3)
    page.locator("#todo-saved").get_by_role("button", name="Undo").click()
    expect(page.locator("#rows-todo .todos-title")).to_have_count(0)
    expect(page.get_by_label("Add a subtask")).to_be_focused()
    page.evaluate(PASTE, "\n".join("x" * 501))  # too many lines
    expect(page.get_by_text("at most 500 lines")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Add a subtask")).to_have_value("\n".join("x" * 501))


def test_repeat_and_reminders_stand_in_popovers(alice: Person) -> None:
    page = alice.page
    page.locator("#open-repeat").press("Enter")
    pop = page.get_by_role("dialog", name="Repeat")
    expect(pop.get_by_label("How often")).to_be_focused()
    pop.get_by_label("How often").select_option("weeks")
    expect(pop.locator(".todos-leaf")).to_have_count(5)
    assert faults(page) == []
    page.keyboard.press("Escape")
    expect(pop).to_be_hidden()
    expect(page.locator("#open-repeat")).to_contain_text("Every week")
    expect(page.locator("#open-repeat")).to_be_focused()
    page.get_by_role("button", name="Add a reminder").click()
    page.get_by_role("dialog", name="Reminders").get_by_role("button", name="1 day before").click()
    expect(page.get_by_label("Remove the reminder “1 day before”")).to_be_visible()
    expect(page.get_by_role("button", name="Add a reminder")).to_be_focused()
    page.locator(".todos-fold summary").click()
    assert faults(page) == []
    expect(page.locator(".todos-log")).to_contain_text("You set the repeat to Every week")


def test_words_that_are_no_date_stay_with_the_reason(alice: Person) -> None:
    page = alice.page
    page.locator("#open-due").click()
    expect(page.get_by_label("Type a date")).to_be_focused()
    page.keyboard.type("blorpday")
    page.mouse.click(600, 780)
    for _ in range(2):
        expect(page.locator("#set-due")).to_contain_text("“blorpday” is not a date")
        expect(page.locator("#id_due_date")).to_have_value("blorpday")
        page.reload()
    page.locator("#id_due_date").fill("tomorrow 9am")
    page.keyboard.press("Enter")
    expect(page.locator("#open-due")).to_contain_text("Tomorrow, 09:00")


def test_a_tab_that_is_closed_in_the_middle_of_a_word_loses_none(alice: Person) -> None:
    page = alice.page
    url = page.url
    page.get_by_label("Title", exact=True).fill("Call the bank at ni")
    page.close(run_before_unload=True)
    other = alice.context.new_page()
    for _ in range(20):
        other.goto(url)
        if other.get_by_label("Title", exact=True).input_value() == "Call the bank at ni":
            return
    raise AssertionError("not saved")
