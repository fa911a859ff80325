"""Every page, light and dark, on a phone and on a desktop: nothing for axe to find, nothing wider than the screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from .conftest import DESKTOP, PHONE, People, Person, violations

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
TITLE = "Call the landlord about the boiler"
SIGNED_OUT = {
    "landing": "/",
    "login": "/accounts/login/",
    "sign-up": "/accounts/signup/",
    "reset": "/accounts/password/reset/",
}

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop-light"),
    pytest.param(PHONE, "dark", id="phone-dark"),
    pytest.param(DESKTOP, "dark", id="desktop-dark", marks=pytest.mark.nightly),
    pytest.param(PHONE, "light", id="phone-light", marks=pytest.mark.nightly),
]


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_pages(people: People, viewport: dict[str, int], scheme: str) -> None:
    person = busy(people, viewport=viewport, color_scheme=scheme)
    todo = person.todo(TITLE)
    pages = PAGES | {"todo": todo, "move": f"{todo}move/"}
    faults = [fault for name, path in pages.items() for fault in look(person.page, name, path)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_signed_out_pages(people: People, viewport: dict[str, int], scheme: str) -> None:
    page = people.anonymous(viewport=viewport, color_scheme=scheme).page
    faults = [fault for name, path in SIGNED_OUT.items() for fault in look(page, name, path)]
    assert not faults, "\n".join(faults)


def test_narrowest(people: People) -> None:
    """320 px, and a title without a place to break."""
    long = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverleihungsurkunde" * 3
    person = busy(people, long, viewport={"width": 320, "height": 640})
    wide = [name for name, path in PAGES.items() if overflow(person.page, path)]
    assert not wide


def test_right_to_left_and_forced_colours(people: People) -> None:
    """The frame turns with the direction of the text, and nothing leaves the screen."""
    person = busy(people, forced_colors="active")
    person.go("/inbox/")
    person.page.evaluate("document.documentElement.dir = 'rtl'")
    assert person.page.evaluate("document.documentElement.scrollWidth") <= 1280
    side = person.page.locator("#sidebar").bounding_box()
    assert side is not None and side["x"] > 640


def busy(people: People, title: str = TITLE, **options: object) -> Person:
    """Somebody with something to look at in every state."""
    texts = [title, "Ring Grandad tomorrow #home", "Send the meter reading !2"]
    person = people.somebody(*texts, "Bleed the radiators", "Old paint", **options)
    person.client.post(person.todo("Bleed the radiators") + "complete/")
    person.client.post(person.todo("Old paint") + "delete/")
    return person


def look(page: Page, name: str, path: str) -> list[str]:
    """What is wrong with one page."""
    wide = overflow(page, path)
    faults = [f"{name}: wider than the screen"] if wide else []
    for violation in violations(page, RULES):
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
