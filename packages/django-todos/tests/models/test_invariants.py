"""`invariants` finds each fault that it is there for; else the tests that end with it prove nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.factories import (
    NOW,
    Cast,
    later,
    make_labels,
    make_list,
    make_todo,
    make_tree,
    make_user,
)

from django_todos.models import (
    ImportDraft,
    ImportedFrom,
    Label,
    Membership,
    Todo,
    TodoList,
    invariants,
)

FAULTS = [
    ("open_count is", lambda d: TodoList.objects.filter(pk=d["flat"]).update(open_count=9)),
    ("has no owner", lambda d: Membership.objects.filter(role="owner").update(role="viewer")),
    ("has the key", lambda d: Label.objects.update(key="other")),
    ("parent is in another list", lambda d: d["b"].update(todo_list=d["trip"])),
    ("depth or tree", lambda d: d["b"].update(depth=2)),
    ("alive under a todo in the trash", lambda d: d["a"].update(deleted_at=NOW)),
    ("open under a completed", lambda d: d["a"].update(is_completed=True, completed_at=NOW)),
    ("below itself", lambda d: d["b"].update(parent=d["c"].get())),
    ("is stored as", lambda d: d["z"].update(due_at=NOW)),
    ("occurrence is", lambda d: d["a"].update(occurrence=3)),
    (
        "completions stand for",
        lambda d: d["a"].get().completions.create(todo_list=d["trip"], key="7"),
    ),
    ("for another list", lambda d: d["a"].get().completions.create(todo_list=d["trip"], key="0")),
    ("not its top", lambda d: d["c"].update(deleted_at=NOW, deleted_top=d["a"].get())),
    ("label of another list", lambda d: d["a"].get().labels.add(d["foreign"])),
    ("not a member", lambda d: d["a"].update(assignee=d["dora"])),
]


@pytest.mark.parametrize("fault, break_it", FAULTS)
def test_each_fault_is_found(db, fault: str, break_it):
    alice = make_user("alice")
    flat, trip = make_list(alice), make_list(alice, "Trip")
    tree = make_tree(flat, "    a\n      b\n        c\n    z\n")
    Todo.objects.filter(title="z").update(
        due_date=NOW.date(), due_time=later(9).time(), due_tz="UTC", due_at=later(9)
    )
    things = {name: Todo.objects.filter(pk=todo.pk) for name, todo in tree.items()}
    things |= {"flat": flat.pk, "trip": trip, "dora": make_user("dora")}
    things["foreign"] = make_labels(trip, "x")[0]
    make_labels(flat, "y")
    assert invariants(flat) == invariants(trip) == []
    break_it(things)
    assert any(fault in one for one in invariants(flat)), invariants(flat)


def test_a_shared_inbox_is_a_fault(db):
    alice = make_user("alice")
    inbox = TodoList.objects.inbox_of(alice)
    Membership.objects.create(todo_list=inbox, user=make_user("bob"))
    assert invariants(inbox) == ["an inbox is shared"]


def test_origins_outlive_their_todo_and_drafts_are_pruned_after_a_day(cast: Cast):
    todo = make_todo(cast.flat)
    origin = ImportedFrom.objects.create(user=cast.alice, source="todo.txt", key="1", todo=todo)
    todo.trash(by=cast.alice, at=NOW)
    Todo.objects.purge()
    origin.refresh_from_db()
    assert (origin.todo, str(origin)) == (None, "todo.txt:1")
    for hours in (23, 25):
        ImportDraft.objects.create(
            user=cast.alice, name=f"{hours}", created_at=NOW - timedelta(hours=hours)
        )
    assert ImportDraft.prune(NOW) == 1
    assert str(ImportDraft.objects.get()) == "23"
