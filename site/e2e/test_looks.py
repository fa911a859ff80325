"""Every page, light and dark, on a phone and on a desktop: nothing for axe to find, nothing wider than the screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import DESKTOP, PHONE, People, Person

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}

PAGES = {
    "today": "/",
    "upcoming": "/upcoming/",
    "inbox": "/inbox/",
    "select": "/inbox/?select=1",
    "assigned": "/assigned/",
    "completed": "/completed/",
    "trash": "/trash/",
    "empty-trash": "/trash/empty/",
    "search": "/search/?q=a",
    "label": "/labels/home/",
    "lists": "/lists/",
    "new-list": "/lists/new/",
    "preferences": "/preferences/",
    "import": "/import/",
    "export": "/export/",
    "keyboard": "/keyboard/",
    "account": "/accounts/email/",
    "password": "/accounts/password/change/",
    "nowhere": "/lists/00000000-0000-0000-0000-000000000000/",
}
SIGNED_OUT = {
    "landing": "/",
    "login": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "reset": "/accounts/password/reset/",
}

LOOKS = [
    pytest.param(viewport, scheme, id=f"{name}-{scheme}")
    for name, viewport in (("desktop", DESKTOP), ("phone", PHONE))
    for scheme in ("light", "dark")
]


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_pages(people: People, viewport: dict[str, int], scheme: str) -> None:
    person = people.sign_up(viewport=viewport, color_scheme=scheme)
    fill(person)
    faults = [fault for name, path in PAGES.items() for fault in look(person.page, name, path)]
    todo = next(iter(person.page.locator(".todos-title").all()), None)
    assert (
        todo is None
    )  # the last page, "nowhere", has no rows: the todo's own page is looked at below
    person.go("/inbox/")
    address = person.page.locator(".todos-title").first.get_attribute("href") or ""
    faults += look(person.page, "todo", address) + look(person.page, "move", f"{address}move/")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_signed_out_pages(people: People, viewport: dict[str, int], scheme: str) -> None:
    page = people.anonymous(viewport=viewport, color_scheme=scheme).page
    faults = [fault for name, path in SIGNED_OUT.items() for fault in look(page, name, path)]
    assert not faults, "\n".join(faults)


def test_narrowest(people: People) -> None:
    """320 px, and a title without a place to break."""
    person = people.sign_up(viewport={"width": 320, "height": 640})
    fill(
        person,
        title="Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde" * 3,
    )
    wide = [name for name, path in PAGES.items() if overflow(person.page, path)]
    assert not wide


def test_right_to_left_and_forced_colours(people: People) -> None:
    """The frame turns with the direction of the text, and nothing leaves the screen."""
    person = people.sign_up(forced_colors="active")
    fill(person)
    person.go("/inbox/")
    person.page.evaluate("document.documentElement.dir = 'rtl'")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 1280
    side = person.page.locator("#sidebar").bounding_box()
    assert side is not None and side["x"] > 640


def fill(person: Person, title: str = "Call the landlord about the boiler") -> None:
    """Something to look at in every state."""
    page = person.page
    person.go("/inbox/")
    texts = [title, "Ring Grandad tomorrow #home", "Send the meter reading !2"]
    for count, text in enumerate([*texts, "Bleed the radiators", "Old paint"], start=1):
        page.locator("#quick-add-text").fill(text)
        page.locator("#quick-add").get_by_role("button", name="Add", exact=True).click()
        expect(page.locator("#rows > li")).to_have_count(count)
    page.get_by_role("button", name="Complete “Bleed the radiators”").click()
    expect(page.get_by_role("button", name="Complete “Bleed the radiators”")).to_have_count(0)
    page.goto(page.locator(".todos-title", has_text="Old paint").first.get_attribute("href") or "")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Moved “Old paint” to the trash.").first).to_be_visible()


def look(page: Page, name: str, path: str) -> list[str]:
    """What is wrong with one page."""
    wide = overflow(page, path)
    faults = [f"{name}: wider than the screen"] if wide else []
    for violation in Axe().run(page, options=RULES).response["violations"]:
        places = "; ".join(node["html"][:120] for node in violation["nodes"][:3])
        faults.append(f"{name}: {violation['id']}: {violation['help']}: {places}")
    return faults


def overflow(page: Page, path: str) -> bool:
    """Whether the page scrolls sideways."""
    page.goto(path)
    return bool(
        page.evaluate(
            "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        )
    )
