"""The history of a list and of a todo: sentences from what actions changed, and whom they are told."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import translation
from tests.factories import NOW, UTC, Cast, later, make_list, make_todo, make_tree

from django_todos.dates import Moment
from django_todos.models import Action, Preferences, Todo, TodoList, Verb, recording
from django_todos.repeats.occurrences import Repeat
from django_todos.viewer import Viewer
from django_todos.wording.activity import told

PAST = Moment.parse("2026-11-16")


def viewer(user: Any) -> Viewer:
    return Viewer(user, Preferences(user=user), NOW)


def lines(user: Any, about: Todo | TodoList) -> list[str]:
    """The sentences as text, latest first: <old> and [new], a note after a bar."""
    rows = (
        Action.objects.told_of(about)
        if isinstance(about, Todo)
        else Action.objects.told_in(about.pk)
    )
    found = []
    for line in told(
        rows.select_related("user").order_by("-created_at", "-pk"), viewer(user), about
    ):
        text = re.sub(r"<(/?)(?:del)>", r"~", line.text)
        text = re.sub(r"<(/?)ins>", lambda m: "]" if m[1] else "[", text)
        found.append(re.sub(r"<[^>]+>", "", text) + (f" | {line.note}" if line.note else ""))
    return found


def edit(todo: Todo, by: Any, at: int = 0, **values: Any) -> None:
    """One value changed on the todo's page."""
    names = {"assignee": "assignee_id"}
    now = Todo.objects.get(pk=todo.pk)
    seen = {"labels": [one.name for one in now.labels.all()], "repeat": now.repeat}
    initial = {
        names.get(n, n): seen[n] if n in seen else getattr(now, names.get(n, n)) for n in values
    }
    changed = {names.get(n, n): value for n, value in values.items()}
    now.edit(by=by, at=later(at), initial=initial, values=changed)


EDITS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"title": "Buy oats"}, "changed the title from ~Buy milk~ to [Buy oats]"),
    ({}, {"notes": "Two litres"}, "changed the notes"),
    ({}, {"priority": 1}, "set the priority to [High]"),
    ({"priority": 9}, {"priority": 1}, "changed the priority from ~Low~ to [High]"),
    ({"priority": 5}, {"priority": 0}, "took the priority ~Medium~ off"),
    ({}, {"due": Moment(NOW.date())}, "set the due date to [Today]"),
    ({"due": PAST}, {"due": Moment.parse("2026-11-27T09:00")},
     "changed the due date from ~Mon 16 Nov~ to [Fri 27 Nov, 09:00]"),
    ({"due": PAST}, {"due": Moment.parse("2026-11-16T09:00")}, "set the time to [09:00]"),
    ({"due": PAST}, {"due": Moment()}, "took the due date ~Mon 16 Nov~ off"),
    ({}, {"start": PAST}, "set the start to [Mon 16 Nov]"),
    ({"due": PAST}, {"repeat": Repeat("FREQ=WEEKLY", "due", PAST)}, "set the repeat to [Every week]"),
    ({"labels": ["a"]}, {"labels": ["b"]}, "changed the labels from ~#a~ to [#b]"),
    ({}, {"labels": ["b", "c"]}, "added [#b #c]"),
    ({}, {"assignee": "alice"}, "assigned it to [You]"),
    ({"assignee": "bob"}, {"assignee": None}, "took it from ~bob~"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", "You changed the notes"),
        ("de", "alice (du) hat die Notizen geändert"),  # never "Du hat"
        ("pl", "Ty: zmieniono notatki"),
    ],
)
def test_a_verb_agrees_with_who_did_it(cast: Cast, language: str, says: str) -> None:
    todo = make_todo(make_list(cast.alice, "Home"), "Buy milk")
    edit(todo, cast.alice, notes="Two litres")
    with translation.override(language):
        assert lines(cast.alice, todo)[0] == says


@pytest.mark.parametrize(("before", "values", "says"), EDITS)
def test_a_change_is_told_from_what_to_what(cast: Cast, before: Any, values: Any, says: str):
    if before.get("assignee"):
        before = {"assignee": getattr(cast, before["assignee"])}
    if values.get("assignee"):
        values = {"assignee": getattr(cast, values["assignee"]).pk}
    todo = make_todo(cast.flat, **before, by=cast.bob)
    edit(todo, cast.bob, 5, **values)
    assert lines(cast.alice, todo) == [f"bob {says}", "bob created it"]


def test_what_one_person_does_within_a_minute_is_one_line(cast: Cast):
    todo = make_todo(cast.flat, "Buy", by=cast.alice)
    for title in ("Buy m", "Buy mi", "Buy milk"):
        edit(todo, cast.alice, 3, title=title)
    edit(todo, cast.bob, 3, priority=1)
    edit(todo, cast.bob, 3, priority=0)
    says = ["You changed the title from ~Buy~ to [Buy milk]", "You created it"]
    assert lines(cast.alice, todo) == says
    for name in "abcdefg":
        make_todo(cast.flat, name, by=cast.bob, at=later(9))
    assert lines(cast.alice, cast.flat)[0] == "bob added 7 todos | g, f, e, d, c and 2 more"


def test_a_repeat_says_which_day_was_done_and_which_is_next(cast: Cast):
    todo = make_todo(cast.flat, due=PAST, repeat=Repeat("FREQ=WEEKLY"), by=cast.bob)
    todo.complete(by=cast.alice, at=later(), zone=UTC)
    Todo.objects.get(pk=todo.pk).skip(by=cast.bob, at=later(5), zone=UTC)
    assert lines(cast.alice, todo)[:2] == [
        "bob skipped the 30 Nov occurrence | Next: Mon 7 Dec",
        "You completed the 16 Nov occurrence | Next: Mon 30 Nov",
    ]


def test_a_list_names_the_todos_and_what_went_along(cast: Cast):
    tree = make_tree(cast.flat, "Radiators\n  Bleed\n  Paint")
    tree["Radiators"].complete(by=cast.alice, at=later(10), zone=UTC)
    tree["Paint"].trash(by=cast.bob, at=later(20))
    cast.flat.edit(by=cast.alice, at=later(30), initial={"name": "Flat"}, values={"name": "Home"})
    assert lines(cast.alice, cast.flat)[:3] == [
        "You renamed the list from ~Flat~ to [Home]",
        "bob moved Paint to the trash",
        "You completed Radiators with 2 subtasks",
    ]


def test_nothing_is_told_of_lists_that_one_does_not_see(cast: Cast):
    own = make_list(cast.bob, "Secret")
    here, there = make_todo(cast.flat, "Here", by=cast.bob), make_todo(own, "There", by=cast.bob)
    with recording(cast.bob, Verb.BULK_COMPLETE, {cast.flat.pk, own.pk}, at=later(5)) as rec:
        for todo in (here, there):
            rec.reload(todo).complete(by=cast.bob, at=later(5), zone=UTC, within=rec)
    here.move(by=cast.bob, at=later(9), todo_list=own)
    edit(here, cast.bob, 12, title="Here, hidden")
    told_to_alice = lines(cast.alice, cast.flat)
    assert told_to_alice[0] == "bob moved a todo from ~Flat~ to [another list]"
    assert not any(word in " ".join(told_to_alice) for word in ("There", "Secret", "hidden"))
    here.refresh_from_db()
    assert lines(cast.bob, here)[1] == "You moved it from ~Flat~ to [Secret]"


def test_what_was_undone_is_not_told_and_words_are_escaped(cast: Cast):
    todo = make_todo(cast.flat, "<b>%(who)s", by=cast.alice)
    edit(todo, cast.alice, 5, title="<i>%s")
    edit(todo, cast.alice, 9, priority=1)
    Action.objects.latest("pk").undo(at=later(10))
    assert (
        lines(cast.alice, todo)[0]
        == "You changed the title from ~&lt;b&gt;%(who)s~ to [&lt;i&gt;%s]"
    )
    Action.objects.update(verb="snooze-all_day")
    assert "You: Snooze all day" in lines(cast.alice, todo)
