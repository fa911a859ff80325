"""The main job, with and without JavaScript, on a phone and on a desktop: from signing up to taking one's data along."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from .conftest import DESKTOP, PASSWORD, PHONE, People, Person

pytestmark = pytest.mark.parametrize(
    ("script", "viewport"),
    [
        pytest.param(True, PHONE, id="script-phone"),
        pytest.param(False, DESKTOP, id="no-script-desktop"),
        pytest.param(True, DESKTOP, id="script-desktop", marks=pytest.mark.nightly),
        pytest.param(False, PHONE, id="no-script-phone", marks=pytest.mark.nightly),
    ],
)

TODOTXT = """\
(A) 2026-11-22 Submit the VAT return due:2026-12-07 +admin @computer
2026-11-22 Back up the laptop rec:1w due:2026-11-23 t:2026-11-22 @computer
2026-11-22 Email Zoë about the naïve café plan +work @mail
2026-11-22 Read http://example.org/a:b?c=d key:value with colons 10:30
x 2026-11-22 2026-11-20 Return library books due:2026-11-20 +errands
"""

TASKWARRIOR = [
    {
        "description": "Renew passport",
        "due": "20261215T000000Z",
        "entry": "20261122T235146Z",
        "priority": "H",
        "project": "Home.Admin",
        "status": "pending",
        "uuid": "d297dc8b-13f2-45db-b67c-82f3ee614493",
        "tags": ["errand"],
    },
    {
        "description": "Old thing",
        "end": "20261122T235146Z",
        "entry": "20261122T235146Z",
        "project": "Home.Admin",
        "status": "completed",
        "uuid": "74ff31ae-a0d4-4f4b-a8e1-522ac837d7e3",
    },
]


@pytest.fixture
def alice(people: People, viewport: dict[str, int], script: bool) -> Person:
    """Somebody without a todo yet."""
    return people.somebody(viewport=viewport, java_script_enabled=script)


def add(page: Page, *titles: str) -> None:
    """Add todos, one after the other."""
    for title in titles:
        page.locator("#quick-add-text").fill(title)
        page.locator("#quick-add").get_by_role("button", name="Add", exact=True).click()
        expect(row(page, title)).to_be_visible()


def row(page: Page, title: str) -> Locator:
    """The title of a row."""
    return page.locator(".todos-rows .todos-title").get_by_text(title, exact=True)


def titles(page: Page) -> list[str]:
    """What the page's rows say, in order."""
    return [text.strip() for text in page.locator("#rows .todos-title").all_inner_texts()]


def upload(page: Page, path: Path) -> None:
    """Choose a file on the import page and see what it would do."""
    page.goto("/import/")
    page.get_by_label("File").set_input_files(path)
    page.locator("main form").get_by_role("button").last.click()


def test_signing_up(people: People, viewport: dict[str, int], script: bool) -> None:
    person = people.anonymous(viewport=viewport, java_script_enabled=script)
    page = person.page
    person.go("/accounts/signup/")
    page.get_by_label("Username").fill("alice-" + secrets.token_hex(4))
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="Today", level=1)).to_be_visible()
    expect(page.get_by_text("Buy stamps today")).to_be_visible()


def test_add_tick_and_undo(alice: Person) -> None:
    page = alice.page
    alice.go("/inbox/")
    add(page, "Buy milk", "Water the fig tree")
    assert titles(page) == ["Buy milk", "Water the fig tree"]
    page.get_by_role("button", name="Complete “Buy milk”").click()
    expect(page.get_by_text("Completed “Buy milk”.").first).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_role("button", name="Complete “Buy milk”")).to_be_visible()
    page.get_by_role("button", name="Complete “Buy milk”").click()
    expect(page.get_by_text("Completed “Buy milk”.").first).to_be_visible()
    expect(page.get_by_role("button", name="Complete “Buy milk”")).to_have_count(0)
    alice.go("/completed/")
    expect(page.get_by_text("Buy milk")).to_be_visible()


def test_edit_keeps_what_was_typed(alice: Person, script: bool) -> None:
    page = alice.page
    alice.go("/inbox/")
    add(page, "Plan the trip")
    page.goto(page.locator(".todos-title", has_text="Plan the trip").get_attribute("href") or "")
    page.get_by_label("Title", exact=True).fill("Plan the trip to Lisbon")
    if script:
        page.get_by_role("combobox", name="Add a label").press_sequentially("travel,")
    else:
        labels = page.locator("#id_labels")
        labels.fill("x" * 101)
        labels.press("Enter")
        expect(page.get_by_text("at most 100 characters").first).to_be_visible()
        expect(page.get_by_label("Title", exact=True)).to_have_value("Plan the trip to Lisbon")
        expect(labels).to_have_value("x" * 101)
        labels.fill("travel")
        labels.press("Enter")
    expect(page.get_by_text("Saved").first).to_be_visible()
    alice.go("/inbox/")
    expect(row(page, "Plan the trip to Lisbon")).to_be_visible()
    expect(page.locator(".todos-label", has_text="travel")).to_be_visible()


def test_subtasks_order_trash_search(alice: Person) -> None:
    page = alice.page
    alice.go("/inbox/")
    add(page, "First", "Second", "Third")
    move(page, "Third", "Move up")
    assert titles(page) == ["First", "Third", "Second"]
    move(page, "Second", "Make a subtask of “Third”")
    expect(page.locator(".todos-rows-in .todos-title", has_text="Second")).to_be_visible()
    page.goto(page.locator(".todos-title", has_text="First").get_attribute("href") or "")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Moved “First” to the trash.").first).to_be_visible()
    alice.go("/search/?q=sec")
    expect(page.locator(".todos-title", has_text="Second")).to_be_visible()
    alice.go("/trash/")
    page.get_by_role("button", name="Restore “First”").click()
    expect(page.get_by_text("Restored “First”").first).to_be_visible()
    alice.go("/inbox/")
    expect(row(page, "First")).to_be_visible()


def move(page: Page, title: str, to: str) -> None:
    """Move a todo through its move page, then return to where it was."""
    back = page.url.split("?")[0]
    href = page.locator(".todos-title", has_text=title).first.get_attribute("href") or ""
    page.goto(f"{href}move/")
    page.get_by_role("button", name=to, exact=True).click()
    expect(page.get_by_text(f"Moved “{title}”").first).to_be_visible()
    page.goto(back)


def test_import_work_export_import(
    alice: Person, people: People, script: bool, tmp_path: Path
) -> None:
    page = alice.page
    (tmp_path / "todo.txt").write_text(TODOTXT, encoding="utf-8")
    upload(page, tmp_path / "todo.txt")
    expect(page.get_by_text("Nothing is saved yet").first).to_be_visible()
    page.get_by_role("button", name="Import").last.click()
    (tmp_path / "tasks.json").write_text(json.dumps(TASKWARRIOR), encoding="utf-8")
    upload(page, tmp_path / "tasks.json")
    page.get_by_role("button", name="Import").last.click()
    alice.go("/search/?q=vat")
    expect(page.locator(".todos-title", has_text="Submit the VAT return")).to_be_visible()
    alice.go("/search/?q=passport")
    expect(page.locator(".todos-title", has_text="Renew passport")).to_be_visible()
    exported = tmp_path / "export.json"
    download(page, exported)
    bob = people.somebody(java_script_enabled=script)
    upload(bob.page, exported)
    bob.page.get_by_role("button", name="Import").last.click()
    again = tmp_path / "again.json"
    download(bob.page, again)
    assert essence(exported) == essence(again)
    upload(page, tmp_path / "todo.txt")
    expect(page.get_by_text("already here").first).to_be_visible()


def download(page: Page, path: Path) -> None:
    """Export everything as our JSON."""
    page.goto("/export/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    download.value.save_as(path)


def essence(path: Path) -> list[tuple[object, ...]]:
    """What an export says, without the identities and moments of rows."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return sorted(_todos(document))


def _todos(node: object) -> list[tuple[object, ...]]:
    found = []
    if isinstance(node, dict):
        if "title" in node:
            found.append(
                (
                    node["title"],
                    str(node.get("due")),
                    str(node.get("priority")),
                    str(node.get("rrule")),
                )
            )
        for value in node.values():
            found += _todos(value)
    elif isinstance(node, list):
        for value in node:
            found += _todos(value)
    return found
