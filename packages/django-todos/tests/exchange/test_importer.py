"""Import into the database: plan first, all or nothing, and never twice."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.factories import make_labels

from django_todos import signals
from django_todos.dates import Moment
from django_todos.exchange.export import export, losses
from django_todos.exchange.planning import Plan, plan
from django_todos.exchange.survey import Survey, stored_key
from django_todos.exchange.writing import Report, apply
from django_todos.models import (
    ChangedMeanwhile,
    ImportedFrom,
    Label,
    Membership,
    Todo,
    TodoList,
    invariants,
)

pytestmark = pytest.mark.django_db

UTC = ZoneInfo("UTC")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
STAMP_ISO = "2026-11-22T23:51:46Z"


@pytest.fixture
def alice() -> Any:
    return get_user_model().objects.create_user("alice")


@pytest.fixture
def bob() -> Any:
    return get_user_model().objects.create_user("bob")


@pytest.fixture(autouse=True)
def _everything_holds() -> Iterator[None]:
    """Every test of this module ends with the rules of every list."""
    yield
    for todo_list in TodoList.objects.all():
        assert invariants(todo_list) == []


def imported(user: Any, data: Any, *, accept: tuple[int, ...] = (), **options: Any) -> Report:
    return apply(planned(user, data, **options), at=NOW, accept=accept)


def planned(user: Any, data: Any, **options: Any) -> Plan:
    data = data if isinstance(data, (str, bytes)) else json.dumps(data)
    return plan(user, data, **{"tz": BERLIN} | options)


def own(*todos: dict[str, Any], **values: Any) -> dict[str, Any]:
    rows = [
        {"uuid": f"t{number}", "title": f"T{number}"} | row for number, row in enumerate(todos)
    ]
    entry = {"uuid": "l1", "name": "Flat", "todos": rows} | values
    return {"format": "django-todos", "version": 1, "lists": [entry]}


def exported(user: Any, format: str = "json", **options: Any) -> str:
    return "".join(export(user, format, **{"tz": BERLIN} | options).pieces)


def without_identities(text: str) -> Any:
    """The export with each uuid replaced by the place where it stands."""
    data = json.loads(text)
    numbers: dict[str, str] = {}
    for todo_list in data["lists"]:
        for row in (todo_list, *todo_list["todos"]):
            numbers[row["uuid"]] = str(len(numbers))
    for todo_list in data["lists"]:
        for row in (todo_list, *todo_list["todos"]):
            for key in ("uuid", "parent", "deleted_with"):
                if key in row:
                    row[key] = numbers[row[key]]
    return data


# -- what happens to a row


def test_a_plan_writes_nothing(alice: Any) -> None:
    found = planned(alice, "Milk\nTea +Shop\ndue:2026-02-31 Bad")
    assert (found.format, found.adds, found.changed, found.same, found.bad) == (
        "todotxt",
        2,
        0,
        0,
        1,
    )
    assert [row.number for row in found.rows] == [1, 2, 3]
    assert [(row.list_name, row.is_new_list) for row in found.rows[:2]] == [
        ("Inbox", False),
        ("Shop", True),
    ]
    assert found.new_lists == ("Shop",) and not found.is_empty
    assert not TodoList.objects.exists() and not ImportedFrom.objects.exists()


def test_rows_become_todos(alice: Any) -> None:
    text = (
        "(A) 2026-11-22 Submit due:2026-12-07 +admin @computer\n(B) Filter rec:+3m due:2026-12-01"
    )
    report = imported(alice, text)
    assert (report.added, report.same, report.left_out, report.lists) == (2, 0, 0, ("admin",))
    submit = Todo.objects.get(title="Submit")
    assert submit.priority == 1 and submit.due == Moment(dt.date(2026, 12, 7))
    assert submit.todo_list.name == "admin" and submit.created_by == alice
    assert [label.name for label in submit.labels.all()] == ["computer"]
    rent = Todo.objects.get(title="Filter")
    assert rent.todo_list.inbox_of == alice
    assert rent.rrule == "FREQ=MONTHLY;INTERVAL=3" and rent.repeat_mode == "due"
    assert rent.repeat_anchor == rent.due == Moment(dt.date(2026, 12, 1))
    assert Membership.objects.get(todo_list__name="admin").role == "owner"


def test_importing_twice_changes_nothing(alice: Any) -> None:
    text = "Milk\nMilk\nTea +Shop\nCups p:1\nKettle id:1"
    imported(alice, text)
    before = exported(alice)
    report = imported(alice, text)
    assert (report.added, report.same, report.action) == (0, 5, None)
    assert exported(alice) == before
    assert {row.here for row in planned(alice, text).rows} == {
        "imported on 23 November 2026, unchanged"
    }


def test_what_changed_since_is_neither_duplicated_nor_revived(alice: Any, bob: Any) -> None:
    text = "Edited\nTrashed\nPurged\nMoved\nTaken\n"
    imported(alice, text)
    todos = {todo.title: todo for todo in Todo.objects.all()}
    Todo.objects.filter(title="Edited").update(title="New")
    todos["Trashed"].trash(by=alice, at=NOW)
    inbox = todos["Purged"].todo_list
    todos["Purged"].delete()
    gone = TodoList.objects.create_for(alice, name="Gone")
    todos["Moved"].move(by=alice, at=NOW, todo_list=gone)
    gone.trash(by=alice, at=NOW)
    theirs = TodoList.objects.create_for(bob, name="Theirs")
    todos["Taken"].move(by=None, at=NOW, todo_list=theirs)
    TodoList.objects.filter(pk=inbox.pk).update(
        open_count=Todo.objects.filter(todo_list=inbox, deleted_at=None).count()
    )
    found = planned(alice, text)
    assert [row.here.split(", ", 1)[1] for row in found.rows] == [
        "changed since",
        "in the trash",
        "deleted since",
        "in the trash",
        "in a list that you no longer see",
    ]
    assert apply(found, at=NOW).added == 0
    assert Todo.objects.count() == 4


def test_only_new_rows_are_added_beside_their_siblings(alice: Any) -> None:
    imported(alice, "Tea +Shop")
    TodoList.objects.filter(name="Shop").update(name="Market")
    report = imported(alice, "Tea +Shop\nCake +Shop")
    assert report.added == 1 and report.lists == ()
    assert [todo.title for todo in Todo.objects.in_order()] == ["Tea", "Cake"]
    assert TodoList.objects.filter(name="Market").count() == 1


def test_two_people_import_the_same_file(alice: Any, bob: Any) -> None:
    imported(alice, "Tea +Shop")
    assert imported(bob, "Tea +Shop").added == 1
    assert Todo.objects.count() == TodoList.objects.filter(name="Shop").count() == 2


def test_ones_own_export_is_already_here(alice: Any) -> None:
    imported(alice, "Tea +Shop\nMilk")
    text = exported(alice)
    found = planned(alice, text)
    assert [row.here for row in found.rows] == ["this very todo"] * 2
    Todo.objects.get(title="Milk").delete()
    TodoList.objects.filter(inbox_of=alice).update(open_count=0)
    assert imported(alice, text).added == 1


def test_taskwarriors_own_ids_go_back(alice: Any) -> None:
    uuids = ["8ab0f8f6-f176-49e7-aac9-54fb5b02011c", "d74065f8-c69b-4956-a442-eb36010935eb"]
    tasks = [
        {"uuid": uuids[0], "description": "a"},
        {"uuid": uuids[1], "description": "b", "depends": [uuids[0]]},
    ]
    imported(alice, tasks)
    text = exported(alice, "taskwarrior")
    assert [task["uuid"] for task in json.loads(text)] == uuids
    imported(alice, "c")
    found = planned(alice, exported(alice, "taskwarrior"))
    assert [row.here.split(", ")[-1] for row in found.rows] == [
        "unchanged",
        "unchanged",
        "this very todo",
    ]


def test_a_time_read_in_another_zone_is_no_change(alice: Any) -> None:
    tasks = [{"uuid": "u", "description": "a", "due": "20261215T180000Z"}]
    imported(alice, tasks, tz=BERLIN)
    assert planned(alice, tasks, tz=UTC).rows[0].here.endswith("unchanged")


# -- lists and permission


def test_lists_are_found_by_name_if_they_may_be_edited(alice: Any, bob: Any) -> None:
    mine = TodoList.objects.create_for(alice, name="FLAT")
    read_only = TodoList.objects.create_for(bob, name="Work")
    read_only.add_member(alice, "viewer")
    shared = TodoList.objects.create_for(bob, name="Garden")
    shared.add_member(alice, "editor")
    imported(alice, "a +flat\nb +Work\nc +Garden")
    assert Todo.objects.get(title="a").todo_list == mine
    assert Todo.objects.get(title="b").todo_list != read_only
    assert Todo.objects.get(title="c").todo_list == shared


def test_the_chosen_list_takes_what_names_none(alice: Any) -> None:
    chosen = TodoList.objects.create_for(alice, name="Chosen")
    imported(alice, "a\nb +Other", todo_list=chosen)
    assert Todo.objects.get(title="a").todo_list == chosen
    assert Todo.objects.get(title="b").todo_list.name == "Other"
    assert imported(alice, "a\nb +Other\nc", todo_list=chosen).added == 1


@pytest.mark.parametrize("role", ["viewer", None])
def test_the_chosen_list_must_be_editable(alice: Any, bob: Any, role: str | None) -> None:
    theirs = TodoList.objects.create_for(bob, name="Theirs")
    theirs.add_member(alice, "editor")
    found = planned(alice, "a", todo_list=theirs)
    Membership.objects.filter(user=alice).delete()
    if role:
        theirs.add_member(alice, role)
    with pytest.raises(PermissionDenied):
        planned(alice, "a", todo_list=theirs)
    with pytest.raises(ChangedMeanwhile):
        apply(found, at=NOW)
    assert not Todo.objects.exists()


def test_a_list_made_between_plan_and_confirmation_is_used(alice: Any) -> None:
    found = planned(alice, "a +Shop")
    shop = TodoList.objects.create_for(alice, name="Shop")
    apply(found, at=NOW)
    assert Todo.objects.get().todo_list == shop


def test_the_same_plan_twice_imports_once(alice: Any) -> None:
    found = planned(alice, "a +Shop\nb")
    assert apply(found, at=NOW).added == 2
    assert apply(found, at=NOW).added == 0


def test_lists_of_our_format(alice: Any) -> None:
    data = own(labels=[{"name": "x", "color": "red"}], color="green", description="d")
    data["lists"] += [
        {"uuid": "l2", "name": "Flat", "todos": [{"uuid": "b", "title": "b"}]},
        {"uuid": "l3", "name": "Old", "archived_at": "2026-01-01T00:00:00Z"},
        {"uuid": "l4", "name": "Gone", "deleted_at": "2026-01-01T00:00:00Z", "color": "odd"},
        {"uuid": "l5", "name": "In", "inbox": True, "labels": [{"name": "y", "color": "odd"}]},
    ]
    assert imported(alice, data).lists == ("Flat", "Flat", "Old", "Gone")
    first = TodoList.objects.filter(name="Flat").earliest("pk")
    flat = TodoList.objects.get(name="Flat", description="d")
    assert flat.memberships.get().color == "green" and flat.labels.get().color == "red"
    assert first.todos.count() + flat.todos.count() == 1
    assert TodoList.objects.get(name="Old").archived_at
    assert TodoList.objects.get(name="Gone").deleted_at
    assert Label.objects.get(name="y").todo_list.inbox_of == alice
    assert imported(alice, data).lists == ()
    assert TodoList.objects.count() == 5


# -- trees, repeats, people, history


def test_trees(alice: Any) -> None:
    imported(alice, "c p:2\na id:1\nb id:2 p:1\nd p:1")
    todos = {todo.title: todo for todo in Todo.objects.all()}
    assert todos["c"].parent == todos["b"] and todos["b"].parent == todos["a"]
    assert [todo.depth for todo in (todos["a"], todos["b"], todos["c"])] == [0, 1, 2]
    assert {todo.tree for todo in todos.values()} == {todos["a"].uuid}
    assert todos["b"].position < todos["d"].position


def test_new_subtasks_of_what_is_here(alice: Any) -> None:
    rows = [{}, {"parent": "t0"}, {}, {}, {}]
    imported(alice, own(*rows))
    parent = Todo.objects.get(title="T0")
    other = TodoList.objects.create_for(alice, name="Other")
    parent.move(by=alice, at=NOW, todo_list=other)
    found = planned(alice, own(*rows, {"parent": "t0"}))
    assert found.rows[5].notes == ("It goes to “Other”, where its parent is.",)
    apply(found, at=NOW)
    assert [todo.title for todo in parent.subtasks.in_order()] == ["T1", "T5"]


def test_a_parent_that_can_take_no_subtask(alice: Any) -> None:
    imported(alice, own({}))
    Todo.objects.get().trash(by=alice, at=NOW)
    found = planned(alice, own({}, {"parent": "t0"}))
    assert found.rows[1].kind == "changed" and "moved up" in found.rows[1].notes[0]
    apply(found, at=NOW)
    assert Todo.objects.get(title="T1").parent is None


def test_a_parent_in_a_list_that_may_only_be_read(alice: Any, bob: Any) -> None:
    theirs = TodoList.objects.create_for(bob, name="Flat")
    theirs.add_member(alice, "editor")
    imported(alice, own({}))
    Membership.objects.filter(user=alice, todo_list=theirs).update(role="viewer")
    found = planned(alice, own({}, {"parent": "t0"}))
    assert [row.kind for row in found.rows] == ["same", "changed"]
    apply(found, at=NOW)
    assert Todo.objects.get(title="T1").todo_list != theirs


def test_labels_that_are_there_are_used(alice: Any) -> None:
    flat = TodoList.objects.create_for(alice, name="Flat")
    (label,) = make_labels(flat, "Home")
    make_labels(flat, "Other")
    imported(alice, "a +Flat @home @new")
    todo = Todo.objects.get()
    assert label in todo.labels.all() and flat.labels.count() == 3


def test_lists_that_change_all_the_time(alice: Any, monkeypatch: Any) -> None:
    found = planned(alice, "a +Shop")
    run = Survey.run

    def meanwhile(survey: Survey) -> Survey:
        TodoList.objects.filter(name="Shop").update(name="Old")
        TodoList.objects.create_for(alice, name="Shop")
        return run(survey)

    monkeypatch.setattr(Survey, "run", meanwhile)
    with pytest.raises(ChangedMeanwhile):
        apply(found, at=NOW)
    assert not Todo.objects.exists()


def test_open_subtasks_of_completed_todos_move_up(alice: Any) -> None:
    imported(alice, "x 2026-11-22 Done id:1\nOpen p:1\nx 2026-11-22 Also p:1")
    assert Todo.objects.get(title="Open").parent is None
    assert Todo.objects.get(title="Also").parent == Todo.objects.get(title="Done")


def test_a_sixth_level_under_what_is_here_moves_up(alice: Any) -> None:
    chain = [{}, *({"parent": f"t{number}"} for number in range(4))]
    imported(alice, own(*chain))
    found = planned(alice, own(*chain, {"parent": "t4"}))
    assert found.rows[5].kind == "changed"
    apply(found, at=NOW)
    assert Todo.objects.get(title="T5").depth < 5


def test_the_trash_is_imported_as_trash(alice: Any) -> None:
    at = "2026-11-20T00:00:00Z"
    imported(
        alice,
        own(
            {"deleted_at": at},
            {"deleted_at": at, "deleted_with": "t0", "parent": "t0"},
            {"deleted_at": at, "deleted_with": "t1", "parent": "t1"},
            {"deleted_at": at, "deleted_with": "nowhere"},
            {"deleted_with": "t0"},
        ),
    )
    tops = {todo.title: todo.deleted_top and todo.deleted_top.title for todo in Todo.objects.all()}
    assert tops == {"T0": None, "T1": "T0", "T2": None, "T3": None, "T4": None}
    assert TodoList.objects.get(name="Flat").open_count == 1


def test_a_rule_that_cannot_be_followed_is_kept_as_text(alice: Any) -> None:
    data = own({"due": "2026-12-01", "repeat": {"rrule": "FREQ=HOURLY", "mode": "due"}})
    found = planned(alice, data)
    assert "FREQ=HOURLY" in found.rows[0].notes[0]
    apply(found, at=NOW)
    todo = Todo.objects.get()
    assert todo.rrule == "" and todo.extra == {"rrule": "FREQ=HOURLY", "rrule_mode": "due"}


def test_assignees(alice: Any, bob: Any) -> None:
    flat = TodoList.objects.create_for(alice, name="Flat")
    flat.add_member(bob)
    data = own({"assignee": "bob"}, {"assignee": "alice"}, {"assignee": "zoe"})
    data["lists"].append(
        {"uuid": "n", "name": "New", "todos": [{"uuid": "x", "title": "x", "assignee": "bob"}]}
    )
    found = planned(alice, data)
    assert [row.kind for row in found.rows] == ["add", "add", "changed", "changed"]
    apply(found, at=NOW)
    names = {todo.title: todo.assignee and todo.assignee.username for todo in Todo.objects.all()}
    assert names == {"T0": "bob", "T1": "alice", "T2": None, "x": None}


def test_completions(alice: Any) -> None:
    at, undone = "2026-11-20T10:00:00Z", "2026-11-21T10:00:00Z"
    history = [
        {"at": undone, "kind": "skipped", "key": "7"},
        {"at": at, "key": "3", "due": "2026-11-20"},
        {"at": at, "undone_at": undone},
    ]
    imported(alice, own({"completions": history}, {"completed_at": at}))
    first, second = Todo.objects.order_by("title")
    assert first.occurrence == 2 and first.completions.filter(key=None).count() == 1
    assert [one.kind for one in first.completions.exclude(key=None).order_by("key")] == [
        "completed",
        "skipped",
    ]
    assert second.completions.get().at.isoformat() == "2026-11-20T10:00:00+00:00"
    second.reopen(by=alice, at=NOW)
    second.refresh_from_db()
    assert second.occurrence == 0 and not second.is_completed


def test_reminders_are_ones_own_and_set_now(alice: Any, bob: Any) -> None:
    imported(alice, own({"reminders": [{"before": 30}, {"before": 30}, {"at": STAMP_ISO}]}))
    todo = Todo.objects.get()
    todo.todo_list.add_member(bob)
    assert {one.created_at for one in todo.reminders.all()} == {NOW}
    assert todo.reminders.filter(user=alice).count() == 2
    assert "reminders" not in exported(bob)


def test_completed_without_a_date_is_completed_now(alice: Any) -> None:
    imported(alice, "x Done")
    assert Todo.objects.get().completed_at == NOW


# -- bad files and rows


@pytest.mark.parametrize("data", ['{"format": "django-todos"', "[{", b"[" * 99_999])
def test_a_bad_file_changes_nothing(alice: Any, data: Any) -> None:
    found = planned(alice, data)
    assert found.error and not found.is_empty
    with pytest.raises(ValueError, match="."):
        apply(found, at=NOW)
    assert not Todo.objects.exists()


def test_bad_rows_are_left_out_unless_chosen(alice: Any) -> None:
    text = "Good\nRenew due:31/02/2026 +flat\nOther due:2026-02-30"
    found = planned(alice, text)
    good, renew, other = found.rows
    assert (renew.kind, renew.number, renew.title) == ("bad", 2, "Renew")
    assert renew.reason == "The date 31/02/2026 does not exist."
    assert renew.text == "Renew due:31/02/2026 +flat" and renew.choice
    report = apply(found, at=NOW, accept={renew.index, good.index, 99})
    assert (report.added, report.left_out) == (2, 1)
    again = planned(alice, text)
    assert [row.kind for row in again.rows] == ["same", "same", "bad"]
    assert apply(again, at=NOW, accept={renew.index, other.index}).added == 1


def test_an_error_in_the_middle_rolls_everything_back(alice: Any, monkeypatch: Any) -> None:
    def fail(self: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("django_todos.exchange.writing.Writer._remember", fail)
    with pytest.raises(RuntimeError):
        imported(alice, "a +Shop")
    assert not Todo.objects.exists() and not TodoList.objects.filter(name="Shop").exists()


def test_notes_of_the_file(alice: Any) -> None:
    assert "Windows-1252" in planned(alice, b"caf\xe9").notes[0]
    assert planned(alice, "").is_empty
    found = planned(alice, [{"description": "a", "due": "20261215T000000Z"}])
    assert "UTC" in found.notes[0] and found.rows[0].kind == "add"


def test_a_file_of_one_line_is_counted(alice: Any) -> None:
    tasks = [{"description": "a", "depends": ["x"]}, {"description": "b"}]
    found = planned(alice, json.dumps(tasks))
    assert [(row.number, row.kind) for row in found.rows] == [(1, "changed"), (2, "add")]
    found = planned(alice, own({"watchers": [1]}, {}))
    assert [row.kind for row in found.rows] == ["changed", "add"]


ODD = "a\x00\ud800" + "é" * 600


@pytest.mark.parametrize(
    "data",
    [
        f"{ODD} +{ODD} @{ODD} rrule:{ODD} due:2026-12-01 p:{ODD}\nb due:2026-02-31 +{ODD}",
        json.dumps([{key: ODD for key in "description project todosrrule todosparent x".split()}]),
        json.dumps([{"description": ODD, "tags": [ODD], ODD: {ODD: [ODD]}, "annotations": []}]),
        json.dumps([{"description": ODD, "tags": ODD}, {"status": ODD, "description": "a"}]),
        json.dumps(own({"title": ODD, "notes": ODD, "labels": [ODD], "assignee": ODD, ODD: ODD})),
        json.dumps(own({"repeat": {"rrule": ODD}}, {"priority": ODD}, name=ODD, color=ODD)),
        json.dumps(own(description="d" * 3000, about=ODD, labels=[{"name": ODD}], **{ODD: 1})),
    ],
)
def test_what_no_database_stores(alice: Any, data: str) -> None:
    found = planned(alice, data)
    accept = {row.index for row in found.rows if row.choice}
    json.dumps([str(row) for row in found.rows] + list(found.notes), ensure_ascii=False).encode()
    apply(found, at=NOW, accept=accept)
    assert exported(alice).encode()


def test_long_ids(alice: Any) -> None:
    data = own({"uuid": "x" * 5000})
    assert imported(alice, data).added == 1 and imported(alice, data).added == 0
    assert stored_key("x" * 201) != stored_key("x" * 202) and stored_key("x") == "x"


# -- undo, signals, cost


def test_undo_moves_the_import_to_the_trash(alice: Any) -> None:
    at = "2026-11-20T00:00:00Z"
    report = imported(alice, own({}, {"parent": "t0"}, {"parent": "t1"}, {}, {"deleted_at": at}))
    assert report.action is not None and report.action.verb == "bulk-import"
    assert report.action.undo(at=NOW)
    assert not Todo.objects.filter(deleted_at=None).exists()
    assert {todo.title for todo in Todo.objects.trashed()} == {"T0", "T3", "T4"}
    Todo.objects.get(title="T0").restore(by=alice, at=NOW)
    assert Todo.objects.filter(deleted_at=None).count() == 3


def test_created_is_sent_for_each(alice: Any, django_capture_on_commit_callbacks: Any) -> None:
    heard: list[str] = []

    def listen(todo: Todo, **kwargs: Any) -> None:
        heard.append(todo.title)

    signals.created.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            imported(alice, "a\nb")
    finally:
        signals.created.disconnect(listen)
    assert heard == ["a", "b"]


def test_a_thousand_rows_take_few_queries(alice: Any) -> None:
    text = "\n".join(
        f"Todo {n} +list{n % 10} @label{n % 7} id:{n} p:{n // 2}" for n in range(1000)
    )
    with CaptureQueriesContext(
        connection,
    ) as planning:
        found = planned(alice, text)
    with CaptureQueriesContext(connection) as applying:
        apply(found, at=NOW)
    assert found.adds == 1000
    assert len(planning) <= 6
    assert len(applying) < 100
    with CaptureQueriesContext(connection) as exporting:
        exported(alice)
    assert len(exporting) <= 3 + 5 * TodoList.objects.count()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a database in memory has one connection"
)
def test_two_at_once_import_once(alice: Any) -> None:
    found = planned(alice, "\n".join(f"Todo {n} +Shop" for n in range(200)))
    together = threading.Barrier(4)

    def confirm() -> int:
        together.wait()
        try:
            return apply(found, at=NOW).added
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        added = [job.result() for job in [pool.submit(confirm) for _number in range(4)]]
    assert sorted(added) == [0, 0, 0, 200]
    assert Todo.objects.count() == 200 and TodoList.objects.filter(name="Shop").count() == 1


# -- there and back


FULL = own(
    {
        "notes": "a\n\nb",
        "priority": 7,
        "due": "2026-12-01T09:00[Europe/Berlin]",
        "start": "2026-11-30T08:00",
        "labels": ["b", "A"],
        "repeat": {"rrule": "FREQ=WEEKLY;BYDAY=MO", "mode": "completion", "anchor": "2026-11-02"},
        "occurrence": 1,
        "completions": [
            {
                "at": "2026-11-20T10:00:00.123456Z",
                "kind": "skipped",
                "key": "0",
                "due": "2026-11-20",
            },
            {
                "at": "2026-11-19T10:00:00Z",
                "kind": "completed",
                "undone_at": "2026-11-19T11:00:00Z",
            },
        ],
        "reminders": [{"at": "2026-11-30T07:00:00Z"}, {"before": 0}, {"before": 1440}],
        "created_at": "2026-01-01T00:00:00Z",
        "extra": {"taskwarrior": {"depends": ["x"]}},
    },
    {"parent": "t0", "deleted_at": "2026-11-20T00:00:00Z"},
    {"parent": "t1", "deleted_at": "2026-11-20T00:00:00Z", "deleted_with": "t1"},
    {
        "completed_at": "2026-11-20T00:00:00Z",
        "completions": [{"at": "2026-11-20T00:00:00Z", "kind": "completed", "key": "0"}],
        "occurrence": 1,
    },
    {"due": "2026-12-01"},
    labels=[{"name": "b", "color": "red"}, {"name": "A", "color": "blue"}],
    description="text",
    color="teal",
    created_at="2026-01-01T00:00:00Z",
)
FULL["lists"].insert(
    0, {"uuid": "in", "name": "Inbox", "inbox": True, "todos": [{"uuid": "i", "title": "In"}]}
)
FULL["lists"].append(
    {
        "uuid": "l2",
        "name": "Flat",
        "created_at": "2026-01-02T00:00:00Z",
        "color": "grey",
        "todos": [],
    }
)


def test_export_import_export_is_equal_but_for_identities(alice: Any, bob: Any) -> None:
    imported(alice, FULL)
    first = exported(alice)
    found = planned(bob, first)
    assert {row.kind for row in found.rows} == {"add"}, [row.notes for row in found.rows]
    apply(found, at=NOW + dt.timedelta(days=1))
    assert without_identities(exported(bob)) == without_identities(first)
    assert exported(alice) == first


words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=10)
rows = st.fixed_dictionaries(
    {},
    optional={
        "title": words.filter(str.strip),
        "notes": words,
        "priority": st.integers(0, 9),
        "due": st.sampled_from(["2026-12-01", "2026-12-01T09:00", "2026-12-01T09:00[Asia/Tokyo]"]),
        "labels": st.lists(st.sampled_from(["a", "A", "ß", "ss", "b c"]), max_size=3),
        "parent": st.sampled_from(["t0", "t1", "t2", "t3"]),
        "completed_at": st.just("2026-11-20T00:00:00Z"),
        "deleted_at": st.just("2026-11-20T00:00:00Z"),
        "deleted_with": st.sampled_from(["t0", "t1", "t2"]),
        "created_at": st.just("2026-11-19T00:00:00.5Z"),
    },
)


@given(st.lists(rows, max_size=8))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=settings.default.max_examples // 2,
)
def test_any_file_round_trips(alice: Any, bob: Any, todos: list[dict[str, Any]]) -> None:
    for user in (alice, bob):
        TodoList.objects.filter(memberships__user=user).delete()
        ImportedFrom.objects.filter(user=user).delete()
    imported(alice, own(*todos))
    first = exported(alice)
    apply(planned(bob, first), at=NOW)
    assert without_identities(exported(bob)) == without_identities(first)
    for todo_list in TodoList.objects.all():
        assert invariants(todo_list) == []


def test_labels_come_in_the_order_of_the_file(alice: Any, bob: Any) -> None:
    """Of those that todos wear, too: else what is exported and imported would not be the same."""
    imported(alice, own({"labels": ["b"]}, {"labels": ["a", "B"]}, {"labels": ["c"]}))
    first = exported(alice)
    apply(planned(bob, first), at=NOW)
    assert without_identities(exported(bob)) == without_identities(first)
    assert [label.name for label in Label.objects.order_by("pk")] == ["b", "a", "c"] * 2


@pytest.mark.parametrize("format", ["todotxt", "taskwarrior"])
def test_the_other_formats_carry_time(alice: Any, bob: Any, format: str) -> None:
    imported(alice, FULL)
    apply(planned(bob, exported(alice, format), tz=BERLIN), at=NOW)
    fields = (
        "title due_date due_time due_tz due_at start_date start_time rrule repeat_mode".split()
    )
    fields += ["repeat_anchor_date", "priority", "is_completed"]
    for todo in Todo.objects.filter(created_by=alice, deleted_at=None):
        (back,) = Todo.objects.filter(created_by=bob, title=todo.title)
        assert [getattr(back, name) for name in fields] == [getattr(todo, name) for name in fields]
    assert losses(alice, format, tz=BERLIN)


def test_an_export_holds_what_one_sees(alice: Any, bob: Any) -> None:
    imported(alice, "a +Mine\nb +Shared\nc +Trashed\nd")
    lists = {one.name: one for one in TodoList.objects.all()}
    lists["Shared"].add_member(bob, "viewer")
    lists["Trashed"].add_member(bob, "editor")
    lists["Trashed"].trash(by=alice, at=NOW)
    names = [one["name"] for one in json.loads(exported(bob))["lists"]]
    assert names == ["Shared"]
    assert len(json.loads(exported(alice))["lists"]) == 4
    chosen = exported(bob, lists=TodoList.objects.all())
    assert [one["name"] for one in json.loads(chosen)["lists"]] == ["Shared"]
    assert export(alice, "todotxt", tz=UTC).file_name == "todo.txt"
    assert export(alice, "json", tz=UTC).file_name == "todos.json"


def test_a_todotxt_comes_back_edited(cast: Any) -> None:
    """Nothing doubles; edits, completions and new lines arrive; what is gone from the file stays."""
    user, flat = cast.alice, cast.flat
    before = flat.todos.count()
    for title, due in (("Rent", "2026-12-01"), ("Cups", ""), ("Gone", ""), ("Bins", "2026-12-02")):
        Todo.add(flat, title, by=user, at=NOW, due=Moment.parse(due))
    out = "".join(export(user, "todotxt", tz=BERLIN).pieces)
    again = planned(user, out)
    assert (again.adds, again.edits, again.bad) == (0, 0, 0) and again.same == len(again.rows)
    lines = [line for line in out.splitlines() if "Gone" not in line]
    text = "\n".join(lines).replace("due:2026-12-01", "due:2026-12-05") + "\nSalt +Flat\n"
    text = "\n".join(f"x 2026-11-24 {one}" if "Cups" in one else one for one in text.split("\n"))
    found = planned(user, text)
    assert (found.adds, found.edits) == (1, 2)
    (note,) = found.notes
    assert note == "1 open todo of “Flat” is not in the file; it stays as it is: Gone"
    assert not planned(user, "Rent +Flat\nPepper +Flat").notes  # the list did not come back
    assert [row.notes for row in found.rows if row.kind == "edit"][0] == (
        "due: Tue 1 Dec → Sat 5 Dec.",
    )
    report = apply(found, at=NOW)
    assert (report.added, report.edited) == (1, 2)
    todos = {one.title: one for one in flat.todos.all()}
    assert str(todos["Rent"].due.date) == "2026-12-05" and todos["Cups"].is_completed
    assert "Salt" in todos and not todos["Gone"].is_completed and len(todos) == before + 5
    assert planned(user, text).edits == planned(user, text).adds == 0
    assert report.action is not None and report.action.undo(at=NOW)
    assert str(flat.todos.get(title="Rent").due.date) == "2026-12-01"


def test_a_line_with_a_key_may_change_its_title(
    cast: Any, django_assert_max_num_queries: Any
) -> None:
    todo = Todo.add(cast.flat, "Rent", by=cast.alice, at=NOW, due=Moment.parse("2026-12-01"))
    Todo.add(cast.flat, "Bins", by=cast.alice, at=NOW)
    out = "".join(export(cast.alice, "todotxt", tz=BERLIN, with_keys=True).pieces)
    line = next(one for one in out.splitlines() if "Rent" in one)
    with CaptureQueriesContext(connection) as of_one:
        planned(cast.alice, line)
    with django_assert_max_num_queries(len(of_one)):
        assert planned(cast.alice, out).same > 1
    assert f"uid:{todo.uuid}" in line
    apply(
        planned(cast.alice, line.replace("Rent", "Pay rent").replace("due:2026-12-01 ", "")),
        at=NOW,
    )
    todo = Todo.objects.get(pk=todo.pk)
    assert (todo.title, todo.due) == ("Pay rent", Moment())
    rita = planned(cast.rita, line.replace("Rent", "Hers"))
    assert (rita.adds, rita.edits) == (0, 0)


def test_a_repeat_goes_with_the_words_that_said_it(cast: Any) -> None:
    due = Moment.parse("2026-12-01")
    todo = Todo.add(cast.flat, "Rent", by=cast.alice, at=NOW, due=due, repeat="FREQ=WEEKLY")
    out = "".join(export(cast.alice, "todotxt", tz=BERLIN, with_keys=True).pieces)
    line = next(one for one in out.splitlines() if "Rent" in one)
    assert planned(cast.alice, line).edits == 0
    apply(planned(cast.alice, line.replace("due:2026-12-01 ", "")), at=NOW)
    todo = Todo.objects.get(pk=todo.pk)
    assert (todo.due, todo.rrule) == (Moment(), "")


def test_a_checklist_comes_back_with_what_it_says(cast: Any) -> None:
    """Days, a coarse priority, labels and a repeat arrive; a time of day that it can't hold stays."""
    at_nine = Moment.parse("2026-12-01T09:00")
    todo = Todo.add(
        cast.flat, "Rent", by=cast.alice, at=NOW, due=at_nine, priority=7, labels=["home"]
    )
    again = "# Flat\n\n- [ ] Rent #home 🔽 📅 2026-12-01\n"
    assert planned(cast.alice, again).edits == 0
    edited = "# Flat\n\n- [ ] Rent #home #money ⏫ 🔁 every week 📅 2026-12-03\n"
    found = planned(cast.alice, edited)
    assert [row.notes for row in found.rows if row.kind == "edit"] == [
        (
            "due: Tue 1 Dec, 09:00 → Thu 3 Dec, 09:00.",
            "priority: 7 → 1.",
            "labels: home → home, money.",
            "repeat: none → weekly.",
        )
    ]
    apply(found, at=NOW)
    todo = Todo.objects.get(pk=todo.pk)
    assert (todo.due, todo.priority, todo.rrule) == (
        Moment.parse("2026-12-03T09:00"),
        1,
        "FREQ=WEEKLY",
    )
    assert sorted(label.name for label in todo.labels.all()) == ["home", "money"]
