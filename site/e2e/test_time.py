"""Time as people far from the server meet it: dates in words, days, repeats, reminders, with and without JavaScript.

What is expected is worked out from the browser's zone: it may be tomorrow there already, or still yesterday.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import People, Person

pytestmark = pytest.mark.parametrize(
    ("script", "zone"),
    [
        pytest.param(True, "Pacific/Auckland", id="script-auckland"),
        pytest.param(False, "America/New_York", id="no-script-new-york"),
        pytest.param(True, "America/New_York", id="script-new-york", marks=pytest.mark.nightly),
        pytest.param(
            False, "Pacific/Auckland", id="no-script-auckland", marks=pytest.mark.nightly
        ),
    ],
)

DAY = timedelta(days=1)
LINE = "Pay rent tomorrow 9am every week #home !1 // ask about the meter"


@pytest.fixture
def me(people: People, zone: str, script: bool) -> Person:
    """Somebody in that zone."""
    return people.somebody(timezone_id=zone, java_script_enabled=script)


@pytest.fixture
def today(zone: str) -> date:
    """The day in that zone."""
    return datetime.now(ZoneInfo(zone)).date()


def words(day: date, today: date, *, near: bool = True) -> str:
    """A day as pages write it."""
    names = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}
    if near and (day - today).days in names:
        return names[(day - today).days]
    return f"{day:%a} {day.day} {day:%b}" + ("" if day.year == today.year else f" {day.year}")


def said(page: Page, text: str) -> None:
    """The message after an action, wherever it stands."""
    expect(page.locator("#toast, #message-bar").filter(has_text=text)).to_be_visible()


def row(page: Page, title: str) -> Locator:
    """A row by its whole title."""
    return page.locator(
        ".todos-row", has=page.locator(".todos-title").get_by_text(title, exact=True)
    )


def open_todo(page: Page, title: str) -> None:
    """A todo's own page."""
    page.goto(row(page, title).locator(".todos-title").get_attribute("href") or "")


def value(page: Page, name: str) -> Locator:
    """The row of a property on a todo's page."""
    return page.get_by_role("group", name=name, exact=True)


def unfold(page: Page, name: str) -> Locator:
    """A property that opens, open."""
    part = value(page, name)
    if part.locator(":popover-open").count() == 0:
        part.locator("[popovertarget][aria-haspopup]").click()
    return part


def save(page: Page, script: bool, title: str) -> None:
    """Leave the field, which saves it; without scripts by the button. Then see the todo's page again."""
    url = page.url.removesuffix("repeat/")
    if script:
        if page.locator(":popover-open").count():
            page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_be_hidden()
        page.get_by_label("Title", exact=True).focus()
        expect(page.locator("#todo-saved")).to_contain_text("Saved")
    else:
        page.get_by_role("button", name="Save", exact=True).click()
        said(page, f"Saved “{title}”.")
    page.goto(url)


def test_quick_add_reads_the_line(me: Person, today: date, script: bool) -> None:
    page = me.page
    me.go("/inbox/")
    page.locator("#quick-add-text").fill(LINE)
    if script:
        chips = page.locator("#quick-add-chips button")
        expect(chips).to_have_text(
            ["Tomorrow, 09:00", "Every week", "#home", "High", "ask about the meter"]
        )
        page.get_by_role("button", name="Priority: High. Turn back into plain words.").click()
        expect(chips).to_have_count(4)
        expect(page.locator("#quick-add-text")).to_be_focused()
    page.locator("#quick-add").get_by_role("button", name="Add").click()
    title = "Pay rent !1" if script else "Pay rent"
    added = row(page, title)
    for text in ("Tomorrow, 09:00", "home", "weekly", "has notes"):
        expect(added).to_contain_text(text)
    if script:
        expect(page.locator("#quick-add-text")).to_have_value("")
    else:
        said(page, f"Read: due {words(today + DAY, today, near=False)}, 09:00")
        said(page, "High priority, #home, notes")
        page.get_by_role("button", name="Keep as text").click()
        expect(row(page, LINE)).to_be_visible()
        expect(row(page, LINE).locator("time")).to_have_count(0)


def set_due(page: Page, script: bool, typed: str, day: date) -> None:
    """Write a date into the popover, or without scripts choose it in the browser's own field."""
    if not script:
        return page.get_by_label("Due date", exact=True).fill(day.isoformat())
    page.locator("#open-due").click()
    field = page.get_by_role("dialog", name="Due date").locator("input[type=text]").first
    field.fill(typed)
    return field.press("Enter")


def test_the_date_field_takes_words(me: Person, today: date, script: bool) -> None:
    page = me.page
    me.add("Plan the trip")
    me.go("/inbox/")
    friday = today + DAY * ((4 - today.weekday()) % 7 or 7)
    for text, day in (("fri", friday), ("in 3 days", today + 3 * DAY)):
        open_todo(page, "Plan the trip")
        set_due(page, script, text, day)
        save(page, script, "Plan the trip")
        expect(page.locator("#open-due")).to_contain_text(words(day, today))
        page.goto("/inbox/")
    open_todo(page, "Plan the trip")
    page.get_by_label("Title", exact=True).fill("Plan the long trip")
    if script:
        set_due(page, script, "31 Feb", today)
        typed = page.get_by_role("dialog", name="Due date").locator("input[type=text]").first
        expect(typed).to_have_attribute("aria-invalid", "true")
        expect(typed).to_have_value("31 Feb")
        expect(page.get_by_label("Title", exact=True)).to_have_value("Plan the long trip")
        page.keyboard.press("Escape")
        # Left, it stands in the todo's own field, with what is wrong.
        field = page.locator("#set-due [name=due_date]")
        expect(field).to_have_value("31 Feb")
        expect(field).to_have_attribute("aria-invalid", "true")
        field.fill("tomorrow")
    else:
        set_due(page, script, "tomorrow", today + DAY)
    save(page, script, "Plan the long trip")
    expect(page.locator("#open-due")).to_contain_text("Tomorrow")


def test_repeats_show_their_dates_and_move_on(me: Person, today: date, script: bool) -> None:
    page = me.page
    me.add("Water the fig tree today")
    me.go("/inbox/")
    open_todo(page, "Water the fig tree")
    part = unfold(page, "Repeat")
    part.get_by_label("How often").select_option("in words")
    part.get_by_role("textbox", name="Repeat", exact=True).fill("every 3 days")
    dates(page, script, [today + n * 3 * DAY for n in range(5)], part)
    if script:
        expect(page.locator("#todo-saved")).to_contain_text("Saved")  # it was left
    part = unfold(page, "Repeat")
    part.get_by_label("How often").select_option("weeks")
    part.get_by_label("Every", exact=True).fill("2")
    dates(page, script, [today + n * 14 * DAY for n in range(5)], part)
    save(page, script, "Water the fig tree")
    expect(page.locator("#open-repeat")).to_contain_text("Every 2 weeks")
    following = words(today + 14 * DAY, today, near=False)
    page.get_by_label("Todo menu").click()
    page.get_by_role("button", name="Skip this time").click()
    said(page, f"Skipped “Water the fig tree”. Next: {following}.")
    expect(page.locator("#open-due")).to_contain_text(following)
    undo(page)
    expect(page.locator("#open-due")).to_contain_text("Today")
    me.go("/inbox/")
    due = row(page, "Water the fig tree").locator(".todos-row-body time")
    page.get_by_role("button", name="Complete “Water the fig tree”").click()
    said(page, f"Completed “Water the fig tree”. Next: {following}.")
    expect(due).to_have_text(following)
    undo(page)
    expect(due).to_have_text("Today")


def dates(page: Page, script: bool, expected: list[date], part: Locator) -> None:
    """The next five dates, before anything is saved."""
    if script:
        page.keyboard.press("Tab")
    else:
        page.get_by_role("button", name="Preview the repeat").click()
    expect(page.locator("#repeat-dates li b")).to_have_text([str(day.day) for day in expected])
    expect(page.locator("#repeat-dates li").first).to_contain_text(f"{expected[0]:%a}")


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_text("Undone.").first).to_be_attached()


def test_today_is_the_viewers(me: Person, zone: str, today: date, script: bool) -> None:
    page = me.page
    sent: list[str] = []
    page.on("request", lambda asked: sent.append(asked.url) if "zone" in asked.url else None)
    me.go("/")
    if script:
        assert page.locator("body").get_attribute("data-todos-zone") == zone
    expect(page.locator(".todos-sub").first).to_have_text(f"{today:%A} {today.day} {today:%B}")
    yesterday = today - DAY
    me.add(f"Call the bank {yesterday}", f"Send the letter {yesterday} 9am", "Buy milk today")
    me.go("/")
    expect(page.locator("#rows-overdue .todos-row")).to_have_count(2)
    expect(page.locator("#rows .todos-title")).to_have_text(["Buy milk"])
    expect(row(page, "Call the bank")).to_contain_text("Yesterday")
    page.get_by_role("button", name="Move all to today").click()
    said(page, f"Moved 2 todos to {words(today, today, near=False)}.")
    expect(row(page, "Call the bank")).not_to_contain_text("Overdue")
    expect(page.locator(".todos-title")).to_have_count(3)
    undo(page)
    expect(page.locator("#rows-overdue .todos-row")).to_have_count(2)
    if script:
        one_by_one(page)
    assert not sent, "The zone was sent again."


def one_by_one(page: Page) -> None:
    """By keys from Today: what was overdue is for today, then for tomorrow, and the focus goes to the next row."""
    title = row(page, "Call the bank").locator(".todos-title")
    title.focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#rows .todos-title")).to_have_text(["Call the bank", "Buy milk"])
    expect(title).to_be_focused()
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#rows .todos-title")).to_have_text(["Buy milk"])
    expect(page.locator("#rows .todos-title")).to_be_focused()


def test_reminders_are_at_the_viewers_time(me: Person, today: date) -> None:
    page = me.page
    me.add("Catch the train tomorrow 9am")
    me.go("/inbox/")
    open_todo(page, "Catch the train")
    page.get_by_label("Add a reminder").click()
    page.get_by_role("button", name="15 minutes before").click()
    reminders = page.locator("#reminders .todos-off")
    expect(reminders).to_have_count(1)
    expect(value(page, "Reminders")).to_contain_text("15 minutes before")
    if not page.get_by_label("At a time").is_visible():
        page.get_by_label("Add a reminder").click()
    page.get_by_label("At a time").fill(f"{today + 2 * DAY}T07:30")
    page.get_by_label("At a time").press("Enter")
    expect(reminders).to_have_count(2)
    expect(page.locator("#reminders")).to_contain_text(f"{words(today + 2 * DAY, today)}, 07:30")


def day_rows(page: Page, day: date) -> Locator:
    """The rows of a day of Upcoming."""
    return page.locator(f"#day-{day} .todos-title")


def test_upcoming_moves_todos_between_days(me: Person, today: date, script: bool) -> None:
    page = me.page
    me.add("Book the dentist tomorrow", "Water the fig tree tomorrow every day")
    me.go("/upcoming/")
    expect(page.locator(".todos-day")).to_have_count(7)
    expect(day_rows(page, today + DAY)).to_have_count(2)
    ways = [by_menu, by_keys, by_dragging] if script else [by_page]
    day = today + DAY
    for way in ways:
        day = way(page, "Book the dentist", today, day)
        said(page, f"Moved “Book the dentist” to {words(day, today, near=False)}.")
        if not script:
            me.go("/upcoming/")
        expect(day_rows(page, day)).to_have_text(["Book the dentist"])
    if not script:
        page.go_back()
    undo(page)
    me.go("/upcoming/")
    expect(day_rows(page, day)).to_have_count(0)
    bad_day(page, today, script)
    me.go(f"/upcoming/?from={today + 7 * DAY}")
    expect(page.locator(f"#day-{today + 13 * DAY}")).to_be_visible()


def by_menu(page: Page, title: str, today: date, day: date) -> date:
    row(page, title).hover()
    page.get_by_role("button", name=f"Move “{title}”").click()
    expect(page.locator("#todos-float").get_by_role("button", name="Move up")).to_have_count(0)
    page.locator("#todos-float").get_by_role("button", name="Today").click()
    return today


def by_keys(page: Page, title: str, today: date, day: date) -> date:
    row(page, title).locator(".todos-title").focus()
    page.keyboard.press("Alt+ArrowUp")  # there is nothing before today
    expect(page.locator("#todos-say")).to_have_text("It can't go any further.")
    for _day in range(3):
        page.keyboard.press("Alt+ArrowDown")
    expect(day_rows(page, day + 3 * DAY)).to_have_text([title])
    expect(row(page, title).locator(".todos-title")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    return day + 2 * DAY


def by_dragging(page: Page, title: str, today: date, day: date) -> date:
    row(page, title).hover()
    row(page, title).locator(".todos-grip").hover()
    page.mouse.down()
    box = page.locator(f"#day-{day + DAY}").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 150, box["y"] + 4, steps=5)
    expect(page.locator(f"#day-{day + DAY}.todos-day-target")).to_be_visible()
    page.mouse.up()
    return day + DAY


def by_page(page: Page, title: str, today: date, day: date) -> date:
    move_page(page, title)
    page.get_by_label("Date", exact=True).fill("in 4 days")
    page.get_by_role("button", name="Move to that day").click()
    return today + 4 * DAY


def move_page(page: Page, title: str) -> None:
    """The way to it without a script."""
    open_todo(page, title)
    page.get_by_label("Todo menu").click()
    page.get_by_role("link", name="Move", exact=True).click()


def bad_day(page: Page, today: date, script: bool) -> None:
    """What is no date is said to be none and stays; the next try of a repeating todo moves this occurrence only."""
    title = "Water the fig tree"
    page.goto("/upcoming/")
    if script:
        row(page, title).hover()
        page.get_by_role("button", name=f"Move “{title}”").click()
    else:
        move_page(page, title)
    page.get_by_label("Date", exact=True).fill("31 Feb")
    page.get_by_label("Date", exact=True).press("Enter")
    expect(page.get_by_text("“31 Feb” is not a date that exists")).to_be_visible()
    expect(page.get_by_label("Date", exact=True)).to_have_value("31 Feb")
    page.get_by_label("Date", exact=True).fill(f"{today + 5 * DAY}")
    page.get_by_label("Date", exact=True).press("Enter")
    said(page, f"Moved “{title}” to {words(today + 5 * DAY, today, near=False)}.")
    page.goto("/upcoming/")
    expect(day_rows(page, today + 5 * DAY)).to_have_text([title])
    expect(row(page, title)).to_contain_text("daily")
