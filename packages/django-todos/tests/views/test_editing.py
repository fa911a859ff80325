"""A todo's page: reading, saving, merging with others, settling conflicts; ticking and moving from rows."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse
from django.urls import reverse
from tests.factories import NOW, UTC, Cast, later, make_list, make_todo, make_tree, outline
from tests.views.pages import Page, get, given, message, path, post, untouched

from django_todos import limits
from django_todos.dates import Moment
from django_todos.limits import MAX_DEPTH
from django_todos.models import Action, Todo, TodoList
from django_todos.repeats.occurrences import Repeat


def filled(response: HttpResponse) -> dict[str, Any]:
    """The form of a todo's page as a browser would send it back untouched."""
    return untouched(response.context["form"])


@pytest.fixture
def todo(cast: Cast) -> Todo:
    return make_todo(
        cast.flat,
        "Buy  milk ",
        notes=" two litres\n",
        priority=2,
        due=Moment.parse("2026-12-15T09:00[Europe/Berlin]"),
        labels=["shop", "a, b"],
        assignee=cast.bob,
        repeat=Repeat("FREQ=WEEKLY", "due", Moment(NOW.date())),
    )


def again(todo: Todo) -> Todo:
    return Todo.objects.get(pk=todo.pk)


@pytest.mark.parametrize("htmx", [False, True])
def test_saving_what_was_not_changed_changes_nothing(cast: Cast, todo: Todo, htmx: bool):
    client, before = cast.client("alice"), Todo.objects.values().get()
    response = post(
        client,
        "todo-detail",
        todo.uuid,
        htmx=htmx,
        **filled(given(client, "todo-detail", todo.uuid)),
    )
    assert response.status_code == (200 if htmx else 303)
    assert Todo.objects.values().get() == before
    assert Action.objects.filter(verb="edit").count() == 0


@pytest.mark.parametrize("gone, left", [("shop", ["a, b"]), ("a, b", ["shop"])])
def test_a_label_with_a_comma_is_one_label(cast: Cast, todo: Todo, gone: str, left: list[str]):
    """It came by an import. Taking another one off made two of it, and itself it could not be taken off."""
    client = cast.client("alice")
    data = filled(given(client, "todo-detail", todo.uuid))
    assert data["labels"] == '"a, b", shop'
    data["labels"] = '"a, b"' if gone == "shop" else "shop"
    post(client, "todo-detail", todo.uuid, **data)
    assert [one.name for one in todo.labels.all()] == left
    assert cast.flat.labels.count() == 2


CHANGES = [
    ({"title": "Buy\n oats"}, "title", "Buy oats"),
    ({"notes": "one"}, "notes", "one"),
    ({"priority": "low"}, "priority", 9),
    ({"due_date": "", "due_time": "", "due_tz": ""}, "due", Moment()),
    ({"due_date": "tomorrow", "due_time": "", "due_tz": ""}, "due", Moment.parse("2026-11-24")),
    ({"due_time": "10:30", "due_tz": ""}, "due", Moment.parse("2026-12-15T10:30")),
    ({"start_date": "2026-12-01"}, "start", Moment.parse("2026-12-01")),
    ({"assignee": ""}, "assignee", None),
    ({"assignee": "rita"}, "assignee_id", "rita"),
]


@pytest.mark.parametrize("change, name, expected", CHANGES)
def test_each_field_is_saved_alone(cast: Cast, todo: Todo, change, name: str, expected):
    client = cast.client("bob")
    data = filled(given(client, "todo-detail", todo.uuid)) | change
    response = post(client, "todo-detail", todo.uuid, **data)
    assert path(response) == todo.get_absolute_url()
    action = Action.objects.get(uuid=message(response)["done"])
    after = cast.rita.pk if expected == "rita" else expected
    assert getattr(again(todo), name) == after
    columns = set(action.changes["todos"][str(todo.pk)])
    assert {column.split("_")[0] for column in columns} == {name.split("_")[0]}
    assert message(post(client, "action-undo", action.uuid))["undone"] == "1"
    assert getattr(again(todo), name) == getattr(todo, name)


BAD = [
    ({"title": " "}, "title"),
    ({"title": "x" * 501}, "title"),
    ({"notes": "x" * 100_001}, "notes"),
    ({"priority": "huge"}, "priority"),
    ({"due_date": "31 feb"}, "due_date"),
    ({"due_date": ""}, "due_date"),
    ({"due_time": "25:00"}, "due_time"),
    ({"due_time": ""}, "due_time"),
    ({"due_tz": "Mars/Base"}, "due_tz"),
    ({"labels": "x" * 101}, "labels"),
    ({"assignee": "charlie"}, "assignee"),
]


@pytest.mark.parametrize("change, name", BAD)
def test_what_does_not_hold_comes_back_with_every_word(cast: Cast, todo: Todo, change, name: str):
    client, before = cast.client("alice"), Todo.objects.values().get()
    data = filled(given(client, "todo-detail", todo.uuid)) | {"notes": "my words"} | change
    response = post(client, "todo-detail", todo.uuid, **data)
    assert response.status_code == 422
    form = response.context["form"]
    assert name in form.errors
    assert form["notes"].value() == data["notes"]
    page = Page(response)
    assert page.faults == []
    assert "initial-title" in page.values("name")
    assert Todo.objects.values().get() == before


def test_a_conflicts_author_is_looked_for_among_the_latest_actions_of_the_list(
    cast: Cast, todo: Todo, monkeypatch: pytest.MonkeyPatch
):
    client, data = cast.client("alice"), {"initial-title": todo.title, "title": "mine"}
    todo.edit(by=cast.bob, at=NOW, values={"title": "theirs"})
    make_todo(cast.flat, by=cast.alice)
    for count, who in ((2, cast.bob), (1, None)):
        monkeypatch.setattr(limits, "CONFLICT", count)
        response = post(client, "todo-detail", todo.uuid, htmx=True, only="title", **data)
        assert (response.status_code, response.context["changed_by"]) == (409, who)


def test_a_conflict_with_what_somebody_took_back_is_theirs(cast: Cast, todo: Todo):
    client = cast.client("alice")
    action = todo.edit(by=cast.bob, at=later(), values={"title": "theirs"})
    assert action is not None and action.undo(at=later(2))
    data = {"only": "title", "initial-title": "theirs", "title": "mine"}
    response = post(client, "todo-detail", todo.uuid, htmx=True, **data)
    assert (response.status_code, response.context["changed_by"]) == (409, cast.bob)


def test_others_changes_to_other_fields_are_kept(cast: Cast, todo: Todo):
    alice, bob = cast.client("alice"), cast.client("bob")
    data = filled(given(alice, "todo-detail", todo.uuid))
    post(bob, "todo-detail", todo.uuid, **data | {"title": "Buy oats"})
    message(post(alice, "todo-detail", todo.uuid, **data | {"notes": "three"}))
    assert (again(todo).title, again(todo).notes) == ("Buy oats", "three")


CONFLICTS = [
    ("title", {"title": "theirs"}, {"title": "mine"}),
    ("notes", {"notes": "theirs"}, {"notes": "mine"}),
    ("priority", {"priority": "low"}, {"priority": "medium"}),
    ("due", {"due_time": "10:00"}, {"due_time": "11:00"}),
    ("start", {"start_date": "2026-12-01"}, {"start_date": "2026-12-02"}),
    ("assignee_id", {"assignee": "rita"}, {"assignee": "alice"}),
]


@pytest.mark.parametrize("keep", ["yours", "theirs"])
@pytest.mark.parametrize("name, theirs, mine", CONFLICTS)
def test_a_field_that_both_changed_is_shown_twice_and_then_settled(
    cast: Cast, todo: Todo, name: str, theirs, mine, keep: str
):
    alice, bob = cast.client("alice"), cast.client("bob")
    data = filled(given(alice, "todo-detail", todo.uuid))
    other = {"title": "also mine"} if name != "title" else {"notes": "also mine"}
    merged = {"notes": "merged in"} if name != "notes" else {"priority": "none"}
    merged = merged if name != "title" else {"priority": "none"}
    post(bob, "todo-detail", todo.uuid, **data | theirs | merged)
    between = Todo.objects.values().get()
    response = post(alice, "todo-detail", todo.uuid, **data | mine | other)
    assert response.status_code == 409
    assert Todo.objects.values().get() == between
    (conflict,) = response.context["conflicts"]
    assert conflict["field"] == name and conflict["theirs"] != conflict["yours"]
    assert response.context["changed_by"] == cast.bob
    page = Page(response)
    assert page.faults == []
    assert f"keep_{name}" in page.values("name")
    second = filled(response) | {f"keep_{name}": keep}
    assert second | mine | other == second  # nothing that was typed is lost
    message(post(alice, "todo-detail", todo.uuid, **second))
    after = filled(given(alice, "todo-detail", todo.uuid))
    expected = after | (mine if keep == "yours" else theirs) | other | merged
    shown = {key: value[:5] if key.endswith("time") else value for key, value in after.items()}
    assert (
        shown | {key: value for key, value in expected.items() if not key.startswith("initial")}
        == shown
    )


def test_labels_of_both_stay_also_where_something_else_is_asked(cast: Cast, todo: Todo):
    alice, bob = cast.client("alice"), cast.client("bob")
    data = filled(given(alice, "todo-detail", todo.uuid)) | {"labels": "shop"}
    data["initial-labels"] = "shop"
    make = {"title": "Theirs", "labels": "shop, theirs"}
    message(post(bob, "todo-detail", todo.uuid, **data | make))
    asked = post(
        alice, "todo-detail", todo.uuid, **data | {"title": "Mine", "labels": "shop, mine"}
    )
    assert [one["field"] for one in asked.context["conflicts"]] == ["title"]
    assert filled(asked)["labels"].split(", ")[-3:] == ["mine", "shop", "theirs"]
    message(post(alice, "todo-detail", todo.uuid, **filled(asked)))
    names = todo.labels.order_by("key").values_list("name", flat=True)
    assert again(todo).title == "Mine" and list(names)[-3:] == ["mine", "shop", "theirs"]


def test_no_half_of_a_date_is_merged_into_the_other_half(cast: Cast):
    """Theirs got a time while ours lost its date: a time without a date would be neither."""
    todo = make_todo(cast.flat, due=Moment.parse("2026-12-15"))
    alice, bob = cast.client("alice"), cast.client("bob")
    data = filled(given(alice, "todo-detail", todo.uuid))
    post(bob, "todo-detail", todo.uuid, **data | {"due_time": "09:00"})
    asked = post(alice, "todo-detail", todo.uuid, **data | {"due_date": ""})
    assert asked.status_code == 409
    (conflict,) = asked.context["conflicts"]
    assert (conflict["theirs"], conflict["yours"]) == ("Tue 15 Dec, 09:00", "None")
    message(post(alice, "todo-detail", todo.uuid, **filled(asked)))
    assert not again(todo).due


def test_notes_with_spaces_and_line_ends_of_another_program_can_be_edited(cast: Cast, todo: Todo):
    Todo.objects.update(notes="a\r\n b \n", title=" x ")
    client = cast.client("alice")
    data = filled(given(client, "todo-detail", todo.uuid)) | {"notes": "new", "title": "y"}
    message(post(client, "todo-detail", todo.uuid, **data))
    assert (again(todo).notes, again(todo).title) == ("new", "y")


def test_readers_see_no_form(cast: Cast, todo: Todo):
    response = get(cast.client("rita"), "todo-detail", todo.uuid)
    assert "todo-form" not in Page(response).ids
    assert not response.context["todo"].can_edit


# -- rows ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_tick_twice_untick(cast: Cast, htmx: bool):
    todo, client = make_todo(cast.flat), cast.client("bob")
    first = post(client, "todo-complete", todo.uuid, htmx=htmx, occurrence="0")
    second = post(client, "todo-complete", todo.uuid, htmx=htmx, occurrence="0")
    assert again(todo).is_completed and todo.completions.count() == 1
    if htmx:
        assert f"todo-row-{todo.uuid}" in Page(first).ids and Page(first).faults == []
        assert first.context["toast"].text == "Completed “Buy milk”."
        assert second.context["toast"] is None
    else:
        assert "done" in message(first) and message(second) == {"kept": "done"}
    post(client, "todo-reopen", todo.uuid, htmx=htmx)
    assert not again(todo).is_completed


def test_skip(cast: Cast):
    todo = make_todo(cast.flat, repeat=Repeat("FREQ=DAILY"), due=Moment.parse("2026-11-23"))
    client = cast.client("bob")
    assert "done" in message(post(client, "todo-skip", todo.uuid, occurrence="0"))
    assert message(post(client, "todo-skip", todo.uuid, occurrence="0")) == {"kept": "done"}
    assert str(again(todo).due) == "2026-11-24"


@pytest.mark.parametrize(
    "data, priority, due",
    [
        ({"priority": "high"}, 1, "2026-11-23T09:00"),
        ({"priority": "none"}, 0, "2026-11-23T09:00"),
        ({"priority": "low"}, 7, "2026-11-23T09:00"),
        ({"priority": "huge"}, 7, "2026-11-23T09:00"),
        ({"due": "2026-12-01"}, 7, "2026-12-01T09:00"),
        ({"due": "in 2 days"}, 7, "2026-11-25T09:00"),
        ({"due": ""}, 7, ""),
        ({"due": "never"}, 7, "2026-11-23T09:00"),
        ({}, 7, "2026-11-23T09:00"),
    ],
)
def test_set_one_thing(cast: Cast, data, priority: int, due: str):
    todo = make_todo(cast.flat, priority=7, due=Moment.parse("2026-11-23T09:00"))
    response = post(cast.client("bob"), "todo-set", todo.uuid, **data)
    changed = (priority, due) != (7, "2026-11-23T09:00")
    assert list(message(response)) == (["done"] if changed else ["kept"])
    assert (again(todo).priority, str(again(todo).due)) == (priority, due)


MOVES = [
    ("b", {"to": "up"}, "b a a1 c", "done"),
    ("b", {"to": "down"}, "a a1 c b", "done"),
    ("a", {"to": "up"}, "a a1 b c", "edge"),
    ("b", {"to": "in"}, "a a1 b c", "done"),
    ("a1", {"to": "out"}, "a a1 b c", "done"),
    ("c", {"to": "top"}, "c a a1 b", "done"),
    ("a", {"to": "bottom"}, "b c a a1", "done"),
    ("c", {"to": "before", "anchor": "b"}, "a a1 c b", "done"),
    ("a", {"to": "after", "anchor": "b"}, "b a a1 c", "done"),
    ("c", {"to": "under", "anchor": "a"}, "a c a1 b", "done"),
    ("a", {"to": "under", "anchor": "a1"}, "a a1 b c", "place"),
    ("c", {"to": "before", "anchor": "c"}, "a a1 b c", "changed"),
    ("c", {"to": "before"}, "a a1 b c", "place"),
    ("c", {"to": "nowhere", "anchor": "?"}, "a a1 b c", "place"),
    ("c", {"to": "list"}, "a a1 b c", "place"),
]


@pytest.mark.parametrize("title, data, after, says", MOVES)
def test_moves(cast: Cast, title: str, data: dict[str, str], after: str, says: str):
    tree = make_tree(cast.flat, "    a\n      a1\n    b\n    c\n")
    if data.get("anchor") in tree:
        data = data | {"anchor": str(tree[data["anchor"]].uuid)}
    client = cast.client("bob")
    before = outline(cast.flat)
    told = message(post(client, "todo-move", tree[title].uuid, **data))
    assert [line.strip() for line in outline(cast.flat)] == after.split()
    assert ("done" in told) if says == "done" else told == {"kept": says}
    if says == "done":
        assert message(post(client, "action-undo", told["done"])) == {"undone": "1"}
        assert outline(cast.flat) == before


def test_to_another_list(cast: Cast):
    todo, trip = make_todo(cast.flat), make_list(cast.bob, "Trip")
    client = cast.client("bob")
    offered = get(client, "todo-move", todo.uuid).context["lists"]
    assert {one.name for one in offered} == {"Inbox", "Trip"}
    post(client, "todo-move", todo.uuid, to="list", list=str(trip.uuid))
    assert outline(trip) == ["Buy milk"]
    foreign = make_list(cast.charlie, "Foreign")
    assert (
        post(client, "todo-move", todo.uuid, to="list", list=str(foreign.uuid)).status_code == 404
    )


def test_undo_that_comes_too_late_says_so(cast: Cast):
    todo, client = make_todo(cast.flat), cast.client("bob")
    done = message(post(client, "todo-complete", todo.uuid))["done"]
    again(todo).reopen(by=cast.alice, at=later())
    assert message(post(client, "action-undo", done)) == {"undone": "0"}
    assert not again(todo).is_completed


def test_undo_needs_the_list_still(cast: Cast):
    todo, client = make_todo(cast.flat), cast.client("bob")
    done = message(post(client, "todo-complete", todo.uuid))["done"]
    cast.flat.remove_member(cast.bob)
    assert post(client, "action-undo", done).status_code == 403


@pytest.mark.parametrize(
    "name, data, is_purged, htmx",
    [
        ("todo-complete", {}, True, False),
        ("todo-complete", {}, True, True),
        ("todo-set", {"priority": "high"}, False, True),
        ("todo-move", {"to": "day", "day": "2026-12-01"}, False, False),
    ],
)
def test_somebody_was_quicker(
    cast: Cast, name: str, data, is_purged: bool, htmx: bool, monkeypatch: pytest.MonkeyPatch
):
    todo = make_todo(cast.flat)
    same = Todo.objects.filter(pk=todo.pk)

    def meanwhile(*args):
        monkeypatch.undo()
        same.get().trash(by=cast.alice, at=later())
        if is_purged:
            same.purge()
        return TodoList.objects.lock(*args)

    monkeypatch.setattr(type(TodoList.objects), "lock", lambda self, *args: meanwhile(*args))
    response = post(cast.client("bob"), name, todo.uuid, htmx=htmx, **data)
    assert not same.exclude(priority=0, due_date=None).exists()
    if htmx:
        assert response["HX-Redirect"] == "/todos/?kept=changed"
    else:
        assert message(response) == {"kept": "changed"}


def test_no_subtask_below_the_fifth_level(cast: Cast):
    todo = make_todo(cast.flat)
    for level in range(MAX_DEPTH):
        todo = make_todo(cast.flat, f"level {level}", parent=todo)
    client = cast.client("bob")
    response = post(client, "todo-create", text="too deep", parent=str(todo.uuid))
    assert message(response) == {"kept": "place"}
    assert Todo.objects.count() == MAX_DEPTH + 1


def test_a_copy_is_told_and_returned_to(cast: Cast):
    client, tree = cast.client("bob"), make_tree(cast.flat, "a\n  b\nz")
    response = post(client, "todo-duplicate", tree["a"].uuid, next="/todos/?sort=due")
    copy = Todo.objects.filter(title="a").latest("pk")
    assert response["Location"].endswith(f"#todo-row-{copy.uuid}")
    toast = client.get(response["Location"]).context["toast"]
    assert toast.text == "Duplicated “a” and 1 subtask."
    assert outline(cast.flat) == ["a", "  b", "a", "  b", "z"]


def test_one_field_is_saved_by_itself(cast: Cast, todo: Todo):
    client = cast.client("alice")
    data = {"only": "title", "initial-title": todo.title, "title": "Buy oats"}
    response = post(client, "todo-detail", todo.uuid, htmx=True, **data)
    assert response.status_code == 200
    action = Action.objects.get(verb="edit")
    assert set(action.changes["todos"][str(todo.pk)]) == {"title"}
    page = Page(response)
    assert page.faults == []
    assert {"set-title", "todo-saved", f"todo-row-{todo.uuid}", "sidebar"} <= set(page.ids)
    assert f"/actions/{action.uuid}/undo/" in " ".join(page.values("action", "form"))


def test_one_field_that_another_changed_meanwhile_is_a_conflict_by_itself(cast: Cast, todo: Todo):
    client, seen = cast.client("alice"), todo.title
    todo.edit(by=cast.bob, at=NOW, initial={"title": seen}, values={"title": "theirs"})
    data = {"only": "title", "initial-title": seen, "title": "mine"}
    response = post(client, "todo-detail", todo.uuid, htmx=True, **data)
    assert response.status_code == 409
    assert [one["field"] for one in response.context["conflicts"]] == ["title"]
    assert response.context["form"]["title"].value() == "mine"
    data = {"only": "title", "initial-title": "theirs", "title": "mine", "keep_title": "theirs"}
    assert post(client, "todo-detail", todo.uuid, htmx=True, **data).status_code == 200
    assert again(todo).title == "theirs"


def test_one_field_that_does_not_hold_comes_back(cast: Cast, todo: Todo):
    data = {"only": "title", "initial-title": todo.title, "title": " "}
    response = post(cast.client("alice"), "todo-detail", todo.uuid, htmx=True, **data)
    assert response.status_code == 422
    assert set(response.context["form"].errors) == {"title"}


def test_the_history_of_a_todo_is_a_page_or_a_part_and_goes_on(cast: Cast, monkeypatch):
    monkeypatch.setattr(limits, "ACTIVITY", 2)
    client, todo = cast.client("rita"), make_todo(
        cast.flat, "T0", by=cast.bob, at=NOW - timedelta(days=50)
    )
    old = {"user": cast.bob, "due_date": NOW.date() - timedelta(days=50), "key": "0"}
    todo.completions.create(at=NOW - timedelta(days=40), todo_list=todo.todo_list, **old)
    Todo.objects.update(occurrence=1)
    for n in range(3):
        values = {"title": f"T{n + 1}"}
        again(todo).edit(by=cast.bob, at=later(n * 5), initial={"title": f"T{n}"}, values=values)
    assert given(client, "todo-detail", todo.uuid).context["activity"] == 4
    with time_machine.travel(later(60), tick=False):
        first = get(client, "todo-activity", todo.uuid)
        part = get(client, "todo-activity", todo.uuid, htmx=True, after=first.context["cursor"])
    assert [len(day.lines) for day in first.context["days"]] == [2]
    said = [line.text for day in part.context["days"] for line in day.lines]
    assert ["created" in one for one in said] == [False, True, False]
    assert "completed the 4 Oct occurrence" in said[-1]
    assert part.context["cursor"] == "" and b"<html" not in part.content
    for nonsense in ("x", str(todo.uuid)):
        assert len(given(client, "todo-activity", todo.uuid, after=nonsense).context["days"]) == 1


def test_labels_are_suggested_most_used_first(cast: Cast, todo: Todo):
    for title in "ab":
        make_todo(cast.flat, title, labels=["post", "shop"])
    make_todo(cast.flat, "done", labels=["a, b"]).complete(by=cast.bob, at=NOW, zone=UTC)
    response = get(cast.client("bob"), "todo-labels", todo.uuid, htmx=True)
    uses = [(label.name, label.uses) for label in response.context["labels"]]
    assert uses == [("shop", 3), ("post", 2), ("a, b", 1)]
    page = Page(response)
    assert page.faults == [] and page.values("data-name") == ["shop", "post", "a, b"]
    assert "“{name}”" in page.values("data-create")[0]


def test_the_chips_of_a_todo_are_those_of_its_form(cast: Cast, todo: Todo):
    client, address = cast.client("bob"), reverse("django_todos:todo-labels", args=[todo.uuid])
    page = Page(get(client, "todo-detail", todo.uuid))
    assert page.values("data-name") == ["a, b", "shop"]
    assert address in page.values("href")
    page = Page(client.get(address, follow=True))  # what a link is without a script
    assert page.values("data-name") == ["a, b", "shop", "a, b", "shop"]
    assert "todo-labels" in page.values("list", "input") and "todo-labels" in page.values(
        "id", "datalist"
    )


def test_a_day_has_the_browser_s_field_and_words_a_plain_one(cast: Cast):
    todo, client = make_todo(cast.flat, due=Moment(NOW.date())), cast.client("bob")
    html = get(client, "todo-detail", todo.uuid).content.decode()
    assert f'<input type="date" name="due_date" value="{NOW.date()}"' in html
    assert '<input type="date" name="start_date"' in html
    html = post(client, "todo-detail", todo.uuid, title="x", due_date="blorp").content.decode()
    assert '<input type="text" name="due_date" value="blorp"' in html
