"""Enter in a field does what its form is for, on every page, without scripts; and no way ends where one can't reload."""

from __future__ import annotations

from .conftest import People, Person
from .test_looks import PAGES, SIGNED_OUT, TITLE, busy

# Each field that Enter submits, with the button that this presses.
FIELDS = """() => (document.querySelectorAll("details").forEach((one) => (one.open = true)), [...document.forms].flatMap((form, n) => [...form.elements].flatMap((field, at) => {
    const texts = ["text", "search", "email", "password", "date", "time", "number", "url", "datetime-local"];
    if (!texts.includes(field.type) || !field.checkVisibility()) return [];
    const button = [...form.elements].find((one) => one.type === "submit");
    if (button?.disabled) return []; // Enter does nothing there
    return [[n, at, field.name, button?.ariaLabel || button?.textContent.trim()]];
})))"""
SAVES = {
    "Add",
    "Save",
    "Search",
    "Show",
    "Create list",
    "Move to that day",
    "Sign in",
    "Create account",
    "Continue",
}
SAVES |= {"Change password", "Add address", "Send link", "Reset password"}


def test_enter_presses_the_button_that_a_form_is_for(people: People) -> None:
    person = busy(people, java_script_enabled=False)
    todo = person.todo(TITLE)
    pages = [*PAGES.values(), todo, f"{todo}move/", "/todos/new/"]
    wrong = [fault for path in pages for fault in walk(person, path)]
    wrong += [
        fault
        for path in SIGNED_OUT.values()
        for fault in walk(people.anonymous(java_script_enabled=False), path)
    ]
    assert not wrong, "\n".join(wrong)


def walk(person: Person, path: str) -> list[str]:
    """Press Enter in a field of each form of a page; tell what is wrong with any of them."""
    page = person.page
    person.go(path)
    fields = page.evaluate(FIELDS)
    wrong = [f"{path}: {name}: {button}" for *_at, name, button in fields if button not in SAVES]
    for n, at in {n: at for n, at, *_rest in reversed(fields)}.items():
        person.go(path)
        page.evaluate(FIELDS)
        field = page.evaluate_handle(f"document.forms[{n}].elements[{at}]").as_element()
        assert field is not None
        field.press("Enter")
        page.wait_for_load_state()
        answer = page.goto(page.url)
        if answer is None or not answer.ok:
            wrong.append(f"{path}: leads to {page.url}")
    return wrong
