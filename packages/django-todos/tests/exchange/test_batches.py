"""Large imports: part by part, to the same end as at once, and taken back the same way."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.exchange.samples import todos as some_todos
from tests.factories import UTC, Cast
from tests.views.pages import Page, get, path, post

from django_todos import limits
from django_todos.exchange import batches
from django_todos.exchange.planning import plan
from django_todos.exchange.records import TodoRecord
from django_todos.exchange.stored import packed, unpacked
from django_todos.instants import now
from django_todos.models import (
    ImportDraft,
    ImportedFrom,
    ImportPart,
    Todo,
    TodoList,
    invariants,
)

from .test_importer import (
    FULL,
    NOW,
    _everything_holds,
    alice,
    bob,
    exported,
    imported,
    own,
    planned,
    rows,
    without_identities,
)

__all__ = ["_everything_holds", "alice", "bob"]
pytestmark = pytest.mark.django_db
AT = "2026-11-20T00:00:00Z"


@pytest.fixture(autouse=True)
def _small(monkeypatch: Any) -> None:
    monkeypatch.setattr(limits, "IMPORT_BATCH", 2)


@given(some_todos())
def test_a_record_is_kept_as_it_is(record: TodoRecord) -> None:
    assert unpacked(json.loads(json.dumps(packed(record)))) == record


def begun(user: Any, data: Any, **accept: Any) -> ImportDraft:
    draft = ImportDraft.objects.create(user=user, content=b"x")
    batches.begin(planned(user, data), draft, at=NOW, **accept)
    draft.refresh_from_db()
    return draft


def run(draft: ImportDraft, user: Any) -> ImportDraft:
    for _number in range(50):
        if draft.ending:
            return draft
        batches.step(draft, user, at=NOW)
    raise AssertionError("it doesn't end")


def same_as_at_once(alice: Any, bob: Any, data: Any) -> None:
    imported(alice, data)
    draft = run(begun(bob, data), bob)
    assert draft.ending == "written" and draft.written == draft.total
    assert without_identities(exported(bob)) == without_identities(exported(alice))
    assert not ImportPart.objects.exclude(records=[]).exists()
    assert planned(bob, data).adds == 0


def test_everything_arrives_as_it_does_at_once(alice: Any, bob: Any) -> None:
    archived = own({}, {"parent": "t0"}, {}, uuid="l9", name="Old", archived_at=AT)["lists"]
    gone = own({"uuid": "g"}, uuid="l8", name="Gone", deleted_at=AT)["lists"]
    for number, row in enumerate(archived[0]["todos"]):
        row |= {"uuid": f"o{number}"} | ({"parent": "o0"} if "parent" in row else {})
    same_as_at_once(alice, bob, FULL | {"lists": [*FULL["lists"], *archived, *gone]})


@given(st.lists(rows, min_size=3, max_size=9))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.default.max_examples // 2,
)
def test_any_tree_arrives_as_it_does_at_once(
    alice: Any, bob: Any, todos: list[dict[str, Any]]
) -> None:
    for user in (alice, bob):
        TodoList.objects.filter(memberships__user=user).delete()
        ImportedFrom.objects.filter(user=user).delete()
    same_as_at_once(alice, bob, own(*todos))
    for todo_list in TodoList.objects.all():
        assert invariants(todo_list) == []


def test_equal_lines_and_edits_find_their_todos(cast: Cast) -> None:
    for title in ("Milk", "Rent", "Bins"):
        Todo.add(cast.flat, title, by=cast.alice, at=NOW)
    text = "Milk due:2026-12-01 +Flat\nMilk +Flat\nx Rent +Flat\nBins +Flat\nMilk +Flat\nTea +Flat"
    found = planned(cast.alice, text)
    assert (found.adds, found.edits, found.same) == (3, 2, 1)
    draft = run(begun(cast.alice, text), cast.alice)
    assert (draft.added, draft.edited, draft.same) == (3, 2, 1)
    assert cast.flat.todos.filter(title="Milk").count() == 3
    assert cast.flat.todos.get(title="Rent").is_completed
    run_back(draft, cast.alice)
    assert not cast.flat.todos.get(title="Rent").is_completed
    assert cast.flat.todos.filter(title="Milk", deleted_at=None).get().due.date is None


def run_back(draft: ImportDraft, user: Any) -> ImportDraft:
    batches.begin_undo(draft, user, at=NOW)
    draft.refresh_from_db()
    return run(draft, user)


def test_whoever_is_slower_writes_nothing(alice: Any) -> None:
    draft = begun(alice, "a\nb\nc\nd\ne")
    again = ImportDraft.objects.get()
    batches.begin(planned(alice, "a\nb\nc"), again, at=NOW)  # a double click
    assert ImportPart.objects.count() == 3
    batches.step(draft, alice, at=NOW)
    batches.step(again, alice, at=NOW)  # another tab
    assert Todo.objects.count() == again.added == 2
    batches.begin_undo(draft, alice, at=NOW)
    batches.step(draft, alice, at=NOW)
    assert Todo.objects.count() == 2  # nothing more is written
    draft.refresh_from_db()
    assert run(draft, alice).ending == "undone" and draft.taken_back == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a database in memory has one connection"
)
def test_a_part_is_written_once_by_many_at_once(alice: Any) -> None:
    draft = begun(alice, "\n".join(f"Todo {n} +Shop" for n in range(6)))
    together = threading.Barrier(4)

    def ask() -> None:
        mine = ImportDraft.objects.get()
        together.wait()
        try:
            batches.step(mine, alice, at=NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for job in [pool.submit(ask) for _number in range(4)]:
            job.result()
    draft.refresh_from_db()
    assert draft.done == 1 and draft.added == Todo.objects.count() == 2
    assert run(draft, alice).added == Todo.objects.count() == 6


def test_a_list_that_is_lost_ends_it(cast: Cast) -> None:
    draft = begun(cast.bob, "a +Flat\nb +Flat\nc +Flat\nd")
    batches.step(draft, cast.bob, at=NOW)
    cast.flat.memberships.filter(user=cast.bob).delete()
    assert run(draft, cast.bob).ending == "lost" and draft.added == 2
    page = get(cast.client("bob"), "import-draft", draft.uuid)
    assert "can’t be written to any more" in page.content.decode() and not Page(page).faults
    assert run_back(draft, cast.bob).stayed == 2  # they are out of reach
    assert Todo.objects.filter(title__in="ab", deleted_at=None).count() == 2


def test_what_was_changed_since_stays(alice: Any) -> None:
    draft = run(begun(alice, own({}, {"parent": "t0"}, {"parent": "t1"}, {}, {}, {})), alice)
    todos = {one.title: one for one in Todo.objects.all()}
    todos["T3"].trash(by=alice, at=NOW)
    todos["T1"].move(by=alice, at=NOW)  # with T2 out of T0
    Todo.add(todos["T4"].todo_list, "New", by=alice, at=NOW, parent=todos["T4"])
    draft = run_back(draft, alice)
    assert (draft.ending, draft.taken_back, draft.stayed) == ("undone", 4, 2)
    assert set(Todo.objects.filter(deleted_at=None).values_list("title", flat=True)) == {
        "T4",
        "New",
    }


def test_the_page_moves_it_on_with_and_without_scripts(cast: Cast) -> None:
    client = cast.client("alice")
    text = "\n".join(f"Row {number} +Shop" for number in range(5)) + "\nBad due:2026-02-31"
    draft = ImportDraft.objects.create(user=cast.alice, name="todo.txt", content=text.encode())
    address = reverse("django_todos:import-draft", args=[draft.uuid])
    assert path(post(client, "import-draft", draft.uuid)) == address
    assert post(client, "import-draft", draft.uuid).status_code == 303
    assert "0 of 5, paused" in get(client, "import").content.decode()
    page = get(client, "import-draft", draft.uuid)
    assert "2 of 5 todos" in page.content.decode() and not Page(page).faults
    assert '<meta http-equiv="refresh" content="0">' in page.content.decode()
    client.head(address)
    part = get(client, "import-draft", draft.uuid, htmx=True)
    assert "4 of 5 todos" in part.content.decode() and "HX-Refresh" not in part
    for _number in range(2):
        part = get(client, "import-draft", draft.uuid, htmx=True)
    assert part["HX-Refresh"] == "true"
    page = get(client, "import-draft", draft.uuid)
    assert (
        "5 todos were added." in page.content.decode()
        and "http-equiv" not in page.content.decode()
    )
    assert "1 could not be read." in page.content.decode()
    post(client, "import-draft", draft.uuid, do="undo")
    for _number in range(5):
        page = get(client, "import-draft", draft.uuid)
    assert "Undone: 5 todos" in page.content.decode() and not Page(page).faults
    assert not Todo.objects.filter(title__startswith="Row", deleted_at=None).exists()
    assert get(cast.client("bob"), "import-draft", draft.uuid).status_code == 404
    assert ImportDraft.prune(now()) == 0


def test_rows_are_counted_not_lines(alice: Any) -> None:
    todo = "BEGIN:VTODO\r\nUID:u{}\r\nSUMMARY:A\r\nEND:VTODO\r\n"
    text = "BEGIN:VCALENDAR\r\n" + "".join(map(todo.format, range(3))) + "END:VCALENDAR\r\n"
    for data in (text, json.dumps(own({}, {}, {}), indent=1)):
        assert plan(alice, data, tz=UTC, most=5).adds == 3
        assert "more than 2 rows" in plan(alice, data, tz=UTC, most=2).error
