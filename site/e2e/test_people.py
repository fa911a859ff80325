"""Two people in two browsers: from the invitation to leaving, with and without JavaScript; and one list that both work in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .conftest import PHONE, People, Person, violations


def shared_list(alice: Person) -> str:
    """A list of alice's, made through the page."""
    page = alice.page
    alice.go("/lists/new/")
    page.get_by_label("Name").fill("Flat")
    page.get_by_role("button", name="Create list").click()
    expect(page.get_by_role("heading", name="Flat", level=1)).to_be_visible()
    return page.url.split("?")[0]


def user_of(person: Person) -> Any:
    from django.contrib.auth import get_user_model

    assert person.client is not None
    return get_user_model().objects.get(pk=person.client.session["_auth_user_id"])


def name_of(person: Person) -> str:
    return str(user_of(person).get_username())


def no_faults(page: Page) -> None:
    assert not violations(page, {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_invite_join_work_and_leave(people: People, script: bool) -> None:
    alice = people.somebody(java_script_enabled=script)
    bob = people.somebody(java_script_enabled=script, viewport=PHONE)
    page, other = alice.page, bob.page
    flat = shared_list(alice)
    page.get_by_role("link", name="Share").click()
    page.get_by_label("Invite someone").fill(name_of(bob))
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_text(f"Invited {name_of(bob)} to Flat.").first).to_be_visible()
    expect(page.get_by_label("Invite someone")).to_have_value("")
    if script:
        expect(page.get_by_label("Invite someone")).to_be_focused()

    bob.go("/lists/")
    other.get_by_role("link", name="1 invitation waits for you").click()
    other.get_by_role("button", name="Join the list").click()
    expect(other.get_by_role("heading", name="Flat", level=1)).to_be_visible()
    other.locator("#quick-add-text").fill("Buy milk")
    other.locator("#quick-add").get_by_role("button", name="Add", exact=True).click()
    expect(other.locator(".todos-title", has_text="Buy milk")).to_be_visible()

    page.goto(f"{flat}members/")
    role = page.get_by_label(f"Role of {name_of(bob)}")
    role.select_option("viewer")
    if not script:
        page.get_by_role("button", name=f"Save the role of {name_of(bob)}").click()
    expect(page.get_by_text(f"Changed the role of {name_of(bob)}.").first).to_be_visible()
    other.goto(flat)
    expect(other.locator(".todos-title", has_text="Buy milk")).to_be_visible()
    expect(other.locator("#quick-add-text")).to_have_count(0)

    page.goto(f"{flat}members/")
    page.get_by_role("button", name=f"Remove {name_of(bob)}").click()
    expect(page.get_by_text(f"Removed {name_of(bob)}.").first).to_be_visible()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_label(f"Role of {name_of(bob)}")).to_have_value("viewer")

    other.goto(f"{flat}members/")
    other.get_by_role("link", name="Leave…").click()
    other.get_by_role("button", name="Leave the list").click()
    expect(other.get_by_text("You left “Flat”.").first).to_be_visible()
    page.goto(f"{flat}activity/")
    expect(page.get_by_text("left the list")).to_be_visible()


def test_both_work_in_it(people: People) -> None:
    from django_todos.models import TodoList

    alice, bob = people.somebody(), people.somebody()
    owner, editor = user_of(alice), user_of(bob)
    flat = TodoList.objects.create_for(owner, name="Flat")
    flat.add_member(editor)
    path = flat.get_absolute_url()
    alice.go(path)
    for title in ("Boil eggs", "Slice bread"):
        alice.page.locator("#quick-add-text").fill(title)
        alice.page.locator("#quick-add-text").press("Enter")
        expect(alice.page.locator(".todos-title", has_text=title)).to_be_visible()
    bob.go(path)
    bob.page.get_by_role("button", name="Complete “Boil eggs”").click()
    expect(bob.page.get_by_text("Completed “Boil eggs”.").first).to_be_visible()
    # A page that comes back into sight shows what others did.
    alice.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(alice.page.get_by_role("button", name="Complete “Boil eggs”")).to_have_count(0)
    bob.page.get_by_role("button", name="Undo").first.click()
    expect(bob.page.get_by_role("button", name="Complete “Boil eggs”")).to_be_visible()
    # Removed while the page is open: what is pressed then is refused, and nothing breaks.
    flat.remove_member(editor)
    bob.page.get_by_role("button", name="Complete “Slice bread”").click()
    expect(bob.page.locator("#todos-toasts > *, #message-bar, .todos-lone").first).to_be_visible()
    alice.page.reload()
    expect(alice.page.get_by_role("button", name="Complete “Slice bread”")).to_be_visible()
    bob.problems[:] = [problem for problem in bob.problems if "404" not in problem]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_of_people_are_accessible(people: People, scheme: str) -> None:
    alice = people.somebody(
        color_scheme=scheme, viewport=PHONE if scheme == "dark" else {"width": 1280, "height": 900}
    )
    page = alice.page
    flat = shared_list(alice)
    alice.go(f"{flat}members/")
    page.get_by_label("Invite someone").fill("dora@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Invited dora@example.org").first).to_be_visible()
    page.get_by_role("button", name="New link for dora@example.org").click()
    expect(page.locator("#new-link")).to_be_focused()
    no_faults(page)
    link = page.locator("#new-link").input_value()
    for path in (f"{flat}activity/", f"{flat}duplicate/", "/invitations/"):
        alice.go(path)
        no_faults(page)
    stranger = people.anonymous(color_scheme=scheme)
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("link", name="Sign in to join")).to_be_visible()
    no_faults(stranger.page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_a_todo_is_given_to_a_member(people: People, script: bool) -> None:
    from django.contrib.auth import get_user_model

    from django_todos.models import Todo, TodoList

    alice = people.somebody(java_script_enabled=script)
    owner = user_of(alice)
    flat = TodoList.objects.create_for(owner, name="Flat")
    name = name_of(alice)
    for first in ("Anna", "Bruno", "Cleo", "Dora", "Émile", "Fritz", "Gala"):
        flat.add_member(
            get_user_model().objects.create(username=f"{name}-{first.lower()}", first_name=first)
        )
    alice.client.post("/todos/new/", {"text": "Buy milk", "list": str(flat.uuid)})
    todo = Todo.objects.get(title="Buy milk", todo_list=flat)
    page = alice.page
    alice.go(todo.get_absolute_url())
    if not script:
        page.get_by_label("Assignee").last.select_option(label="Cleo")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("img", name="Assigned to Cleo")).to_be_visible()
        alice.go(todo.get_absolute_url())
        page.locator("#todo-list").select_option(label="Inbox")
        page.get_by_role("button", name="Move", exact=True).click()
        expect(page.locator("#breadcrumb")).to_contain_text("Inbox")
        return

    page.wait_for_load_state("networkidle")  # what opens it is loaded after the page
    button = page.locator("#open-choose-assignee")
    search = page.locator("#choose-assignee").get_by_role("combobox")
    button.press("Enter")
    expect(search).to_be_focused()
    page.keyboard.press("Escape")
    expect(search).to_be_hidden()
    expect(button).to_be_focused()
    button.press("Enter")
    page.keyboard.type("emi")
    expect(page.locator("#choose-assignee").get_by_role("option")).to_have_text(["ÉmÉmile"])
    page.keyboard.press("Enter")
    expect(page.locator("#todo-saved")).to_contain_text("Saved")
    expect(button).to_have_text("Assignee: ÉmÉmile")
    expect(button).to_be_focused()
    button.press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".todos-chosen", has_text="Fritz")).to_be_visible()
    expect(page.locator("[name=initial-assignee]")).to_have_value(f"{name}-fritz")
    page.locator("#todo-undo").get_by_role("button").click()
    expect(page.locator("[name=initial-assignee]")).to_have_value(f"{name}-émile")
    button.click()
    no_faults(page)
    page.keyboard.press("Home")
    search.fill("nob")
    page.get_by_role("option", name="Nobody").click()
    expect(button).to_have_text("Assignee: Add")
    page.locator("#open-choose-list").click()
    page.get_by_role("option", name="Inbox").click()
    expect(page.locator("#breadcrumb")).to_contain_text("Inbox")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no-script"])
def test_two_people_and_one_todo(people: People, script: bool) -> None:
    """Both edit it, one gives it away, one completes many, takes that back, and leaves."""
    from django_todos.models import TodoList

    alice = people.somebody(java_script_enabled=script)
    bob = people.somebody(java_script_enabled=script)
    flat = TodoList.objects.create_for(user_of(alice), name="Flat")
    flat.add_member(user_of(bob))
    lines = {"text": "Boil eggs\nSlice bread\nSet the table", "list": str(flat.uuid)}
    assert alice.client.post("/todos/new/", lines).status_code == 303
    todo = flat.todos.get(title="Boil eggs")
    page, other = alice.page, bob.page
    for one in (page, other):
        one.goto(todo.get_absolute_url())
        one.wait_for_load_state("networkidle")

    def title(one: Page, text: str) -> None:
        one.get_by_label("Title", exact=True).fill(text)
        if script:
            one.keyboard.press("Enter")
        else:
            one.get_by_role("button", name="Save", exact=True).click()

    title(other, "Boil four eggs")
    expect(other.get_by_text(re.compile("^Saved( “Boil four eggs”.)?$")).first).to_be_visible()
    title(page, "Boil six eggs")
    expect(page.get_by_text("Boil four eggs").first).to_be_visible()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Boil six eggs")
    page.get_by_role("button", name="Keep this one").first.click()
    expect(page.get_by_text("Keep this one")).to_have_count(0)
    todo.refresh_from_db()
    assert todo.title in {"Boil four eggs", "Boil six eggs"}

    other.goto(flat.get_absolute_url() + "?select=1")
    for box in other.locator("#rows input[type=checkbox]").all():
        box.check()
    other.locator("#bulk-bar summary", has_text="More").click()
    other.locator("#bulk-assignee").select_option(name_of(alice))
    other.locator("#bulk-bar").get_by_role("button", name="Assign").click()
    expect(other.get_by_text("Gave 3 todos to").first).to_be_visible()
    page.goto("/assigned/")
    expect(page.locator(".todos-title", has_text="Set the table")).to_be_visible()
    page.goto(flat.get_absolute_url() + "?select=1")
    for box in page.locator("#rows input[type=checkbox]").all():
        box.check()
    page.locator("#bulk-bar").get_by_role("button", name="Complete", exact=True).click()
    expect(page.get_by_text("Completed 3 todos.").first).to_be_visible()
    other.goto(flat.get_absolute_url())
    expect(other.locator("#rows .todos-title")).to_have_count(0)
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("#rows .todos-title")).to_have_count(3)

    other.goto(f"{flat.get_absolute_url()}members/")
    other.get_by_role("link", name="Leave…").click()
    other.get_by_role("button", name="Leave the list").click()
    expect(other.get_by_text("You left “Flat”.").first).to_be_visible()
    page.goto(f"{flat.get_absolute_url()}activity/")
    for said in ("left the list", "Set the table"):
        expect(page.get_by_text(said).first).to_be_visible()
