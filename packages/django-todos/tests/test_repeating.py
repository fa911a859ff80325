"""Completing, skipping and undoing repeating todos: models and pure rules together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, connections, transaction

from django_todos import signals
from django_todos.dates import Moment
from django_todos.models import (
    ChangedMeanwhile,
    Completion,
    Todo,
    TodoList,
    invariants,
    recording,
)
from django_todos.repeats.occurrences import Repeat

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 10, tzinfo=timezone.utc)
UTC = ZoneInfo("UTC")
M = Moment.parse


@pytest.fixture
def alice(db):
    return get_user_model().objects.create_user("alice")


@pytest.fixture
def bob(db):
    return get_user_model().objects.create_user("bob")


@pytest.fixture
def flat(alice):
    todo_list = TodoList.objects.create_for(alice, name="Flat")
    yield todo_list
    assert invariants(todo_list) == []


def make_repeating(
    todo_list: TodoList, rrule: str, due: str, mode: str = "due", **fields: Any
) -> Todo:
    return Todo.add(
        todo_list,
        fields.pop("title", "Water the fig tree"),
        by=None,
        at=NOW,
        due=M(due),
        repeat=Repeat(rrule, mode, M(fields.pop("anchor", due))) if rrule else None,
        **fields,
    )


def complete(todo: Todo, by=None, *, at=NOW, zone=UTC, seen=None):
    action = todo.complete(by=by, at=at, zone=zone, seen=seen)
    todo.refresh_from_db()
    return action


def history(todo: Todo) -> list[tuple[str | None, str, str]]:
    return [(one.key, one.kind, str(one.due)) for one in todo.completions.order_by("pk")]


@pytest.mark.parametrize(
    "rrule, mode, due, expected",
    [
        ("FREQ=WEEKLY", "due", "2026-11-20", "2026-11-27"),
        ("FREQ=WEEKLY", "completion", "2026-11-20", "2026-11-30"),
        ("FREQ=DAILY", "due", "2026-11-20T18:00", "2026-11-23T18:00"),
        (
            "FREQ=DAILY",
            "due",
            "2026-11-23T09:00[Europe/Berlin]",
            "2026-11-24T09:00[Europe/Berlin]",
        ),
        ("FREQ=MONTHLY;BYDAY=-1FR", "due", "2026-11-27", "2026-12-25"),
    ],
)
def test_completing_moves_the_same_todo_on(flat, alice, rrule, mode, due, expected):
    todo = make_repeating(flat, rrule, due, mode)
    action = complete(todo, alice)
    assert str(todo.due) == expected
    assert todo.due_at == M(expected).at()
    assert (todo.is_completed, todo.completed_at, todo.occurrence) == (False, None, 1)
    assert history(todo) == [("0", "completed", due)]
    assert (action.verb, action.user) == ("complete", alice)
    flat.refresh_from_db()
    assert flat.open_count == 1


def test_the_completer_decides_which_day_it_is(flat):
    late = datetime(2026, 11, 23, 22, tzinfo=timezone.utc)
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
    complete(todo, at=late, zone=ZoneInfo("Pacific/Tongatapu"))
    assert todo.due == M("2026-11-25")


def test_a_double_click_completes_once(flat, alice):
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
    assert complete(todo, alice, seen=0) is not None
    assert complete(todo, alice, seen=0) is None
    assert todo.due == M("2026-11-24")
    assert history(todo) == [("0", "completed", "2026-11-23")]
    assert complete(todo, alice, seen=1) is not None


def test_a_stale_object_completes_nothing_twice(flat, alice, bob):
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
    flat.add_member(bob)
    hers, his = Todo.objects.get(pk=todo.pk), Todo.objects.get(pk=todo.pk)
    assert hers.complete(by=alice, at=NOW, zone=UTC, seen=0) is not None
    assert his.complete(by=bob, at=NOW, zone=UTC, seen=0) is None
    assert Completion.objects.get().user == alice


def test_the_database_refuses_a_second_completion_of_an_occurrence(flat):
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
    complete(todo)
    with pytest.raises(IntegrityError), transaction.atomic():
        Completion.objects.create(todo=todo, todo_list=todo.todo_list, key="0")


def test_count_ends_by_completing_the_todo(flat, alice):
    todo = make_repeating(flat, "FREQ=DAILY;COUNT=2", "2026-11-23")
    complete(todo, alice)
    assert todo.due == M("2026-11-24")
    complete(todo, alice, at=NOW + timedelta(days=1))
    assert todo.is_completed and todo.due == M("2026-11-24")
    assert [key for key, _kind, _due in history(todo)] == ["0", "1"]


def test_count_from_the_due_date_counts_what_was_missed(flat):
    todo = make_repeating(flat, "FREQ=DAILY;COUNT=4", "2026-11-20")
    complete(todo)
    assert todo.is_completed


def test_count_from_completion_counts_completions_not_skips(flat, alice):
    todo = make_repeating(flat, "FREQ=DAILY;COUNT=2", "2026-11-23", "completion")
    todo.skip(by=alice, at=NOW, zone=UTC)
    todo.refresh_from_db()
    complete(todo)
    assert not todo.is_completed and todo.occurrence == 2
    complete(todo)
    assert todo.is_completed


def test_a_new_rule_counts_its_own_completions(flat, alice):
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23", "completion")
    for _time in range(3):
        complete(todo)
    rule = Repeat("FREQ=DAILY;COUNT=2", "completion", todo.due)
    todo.edit(by=alice, at=NOW, initial={"repeat": todo.repeat}, values={"repeat": rule})
    todo.refresh_from_db()
    complete(todo)
    assert not todo.is_completed
    complete(todo)
    assert todo.is_completed


def test_until_ends_by_completing_the_todo(flat):
    todo = make_repeating(flat, "FREQ=DAILY;UNTIL=20261124", "2026-11-23")
    complete(todo)
    assert todo.due == M("2026-11-24") and not todo.is_completed
    complete(todo)
    assert todo.is_completed


def test_the_last_occurrence_completes_open_subtasks_too(flat):
    todo = make_repeating(flat, "FREQ=DAILY;COUNT=1", "2026-11-23")
    sub = Todo.add(flat, "Fill the can", by=None, at=NOW, parent=todo)
    complete(todo)
    sub.refresh_from_db()
    assert sub.is_completed


def test_moving_one_date_moves_that_occurrence_only(flat, alice):
    todo = make_repeating(flat, "FREQ=WEEKLY", "2026-11-23")
    todo.edit(
        by=alice, at=NOW, initial={"due": M("2026-11-23")}, values={"due": M("2026-11-25T15:00")}
    )
    todo.refresh_from_db()
    complete(todo, at=NOW + timedelta(days=2, hours=6))
    assert todo.due == M("2026-11-30")


SLOTS = [
    # repeat, due, start | what happened | due and start after completing it
    ("FREQ=WEEKLY;BYDAY=TH", "2026-11-26", "", "due 2026-11-25", "2026-12-03", ""),
    ("FREQ=MONTHLY", "2026-12-01", "", "due 2026-11-23", "2027-01-01", ""),
    ("FREQ=MONTHLY", "2026-12-01", "", "", "2027-01-01", ""),
    ("FREQ=WEEKLY", "2026-11-24", "", "due 2026-11-26", "2026-12-01", ""),
    # beyond the next one
    ("FREQ=WEEKLY", "2026-11-24", "", "due 2026-12-02", "2026-12-08", ""),
    # twice moved, taken away, moved by a menu
    ("FREQ=WEEKLY", "2026-11-24", "", "due 2026-11-29, due 2026-11-23", "2026-12-01", ""),
    ("FREQ=WEEKLY", "2026-11-24", "", "due ", "2026-12-01", ""),
    ("FREQ=WEEKLY", "2026-11-24", "", "day 2026-11-23", "2026-12-01", ""),
    # the start keeps its distance from the slot, moved or not
    ("FREQ=WEEKLY", "2026-11-30", "2026-11-28", "due 2026-11-23", "2026-12-07", "2026-12-05"),
    ("FREQ=WEEKLY", "2026-11-30", "2026-11-28", "", "2026-12-07", "2026-12-05"),
    # only a start
    ("FREQ=DAILY", "", "2026-11-22", "", "", "2026-11-24"),
    ("FREQ=WEEKLY", "", "2026-11-24", "start 2026-11-23", "", "2026-12-01"),
    # a due date beside it, or instead of it: it repeats by that, from there on
    ("FREQ=WEEKLY", "", "2026-11-24", "due 2026-11-27", "2026-12-04", "2026-12-01"),
    ("FREQ=WEEKLY", "2026-11-27", "2026-11-24", "due ", "", "2026-12-01"),
    ("!FREQ=DAILY;INTERVAL=4", "2026-11-30", "", "", "2026-11-27", ""),
    ("!FREQ=DAILY;INTERVAL=4", "2026-11-30", "", "due 2026-12-24", "2026-11-27", ""),
    ("!FREQ=WEEKLY;BYDAY=MO", "2026-11-30", "", "due 2026-11-25", "2026-12-07", ""),
    ("!FREQ=DAILY;INTERVAL=4", "2026-11-30", "", "skip", "2026-11-27", ""),
    ("FREQ=WEEKLY", "2026-11-24", "", "due 2026-11-23, skip", "2026-12-08", ""),
]


def test_an_occurrence_is_known_by_its_slot(flat, alice):
    """On Monday, 23 November. Undoing the completion puts slot and dates back."""
    columns = ["due_date", "start_date", "slot_date", "repeat_since", "occurrence"]
    for rule, due, start, what, due_after, start_after in SLOTS:
        mode = "completion" if rule[0] == "!" else "due"
        todo = make_repeating(
            flat, rule.lstrip("!"), due, mode, start=M(start), anchor=due or start
        )
        for verb, _space, day in (step.partition(" ") for step in what.split(", ")):
            if verb == "skip":
                todo.skip(by=alice, at=NOW, zone=UTC)
            elif verb == "day":
                with recording(alice, "date", {flat.pk}, at=NOW) as rec:
                    rec.reload(todo).reschedule(M(day).date, rec=rec, zone=UTC)
            elif verb:
                old = getattr(todo, verb)
                todo.edit(by=alice, at=NOW, initial={verb: old}, values={verb: M(day)})
            todo.refresh_from_db()
        before = Todo.objects.values(*columns).get(pk=todo.pk)
        action = complete(todo, alice)
        assert (str(todo.due), str(todo.start)) == (due_after, start_after), (rule, due, what)
        assert todo.slot == todo.repeats_by
        action.undo(at=NOW)
        assert Todo.objects.values(*columns).get(pk=todo.pk) == before


def test_start_and_subtasks_move_along_and_are_open_again(flat):
    todo = make_repeating(flat, "FREQ=WEEKLY", "2026-11-27", start=M("2026-11-25"))
    done = Todo.add(flat, "Fill the can", by=None, at=NOW, parent=todo, due=M("2026-11-26"))
    below = Todo.add(
        flat, "Find the can", by=None, at=NOW, parent=done, start=M("2026-11-24T08:00")
    )
    gone = Todo.add(flat, "Buy a can", by=None, at=NOW, parent=todo, due=M("2026-11-26"))
    gone.trash(by=None, at=NOW)
    complete(done)
    complete(todo)
    for one in (done, below, gone):
        one.refresh_from_db()
    assert (todo.due, todo.start) == (M("2026-12-04"), M("2026-12-02"))
    assert (done.due, done.is_completed) == (M("2026-12-03"), False)
    assert (below.start, below.is_completed) == (M("2026-12-01T08:00"), False)
    assert gone.due == M("2026-11-26")  # what is in the trash stays as it was
    # It was done last week: that stands, and it can be done again.
    assert history(done) == [("0", "completed", "2026-11-26")]
    complete(done)
    assert [key for key, _kind, _due in history(done)] == ["0", "1"]


def test_undo_restores_exactly_what_was(flat, alice):
    todo = make_repeating(
        flat, "FREQ=WEEKLY", "2026-11-27T09:00[Europe/Berlin]", start=M("2026-11-25")
    )
    sub = Todo.add(flat, "Fill the can", by=None, at=NOW, parent=todo, due=M("2026-11-26"))
    complete(sub)
    columns = [field.name for field in Todo._meta.concrete_fields]
    columns = [name for name in columns if name not in ("version", "updated_at")]
    before = list(Todo.objects.order_by("pk").values(*columns))
    action = complete(todo, alice)
    assert action.undo(at=NOW) is True
    assert list(Todo.objects.order_by("pk").values(*columns)) == before
    assert history(todo) == [(None, "completed", "2026-11-27T09:00[Europe/Berlin]")]
    assert action.undo(at=NOW) is False
    # The occurrence can be completed again: the key is free.
    todo.refresh_from_db()
    assert complete(todo, alice, seen=0) is not None


def test_undo_of_the_last_occurrence_opens_it_again(flat, alice):
    todo = make_repeating(flat, "FREQ=DAILY;COUNT=1", "2026-11-23")
    action = complete(todo, alice)
    assert todo.is_completed
    action.undo(at=NOW)
    todo.refresh_from_db()
    assert (todo.is_completed, todo.due, todo.occurrence) == (False, M("2026-11-23"), 0)


def test_undo_after_somebody_went_on_changes_nothing(flat, alice, bob):
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
    action = complete(todo, alice)
    flat.add_member(bob)
    complete(todo, bob)
    with pytest.raises(ChangedMeanwhile):
        action.undo(at=NOW)
    todo.refresh_from_db()
    assert todo.due == M("2026-11-25") and todo.occurrence == 2


def test_skipping_moves_on_without_completing(flat, alice):
    todo = make_repeating(flat, "FREQ=WEEKLY", "2026-11-27", start=M("2026-11-25"))
    action = todo.skip(by=alice, at=NOW, zone=UTC, seen=0)
    assert action is not None
    todo.refresh_from_db()
    assert (todo.due, todo.start, todo.occurrence) == (M("2026-12-04"), M("2026-12-02"), 1)
    assert history(todo) == [("0", "skipped", "2026-11-27")]
    assert todo.skip(by=alice, at=NOW, zone=UTC, seen=0) is None
    action.undo(at=NOW)
    todo.refresh_from_db()
    assert (todo.due, todo.occurrence) == (M("2026-11-27"), 0)


def test_skipping_the_last_occurrence_ends_it(flat, alice):
    todo = make_repeating(flat, "FREQ=DAILY;UNTIL=20261123", "2026-11-23")
    todo.skip(by=alice, at=NOW, zone=UTC)
    todo.refresh_from_db()
    assert todo.is_completed
    assert history(todo) == [("0", "skipped", "2026-11-23")]


@pytest.mark.parametrize("state", ["plain", "completed", "trashed"])
def test_what_does_not_repeat_is_not_skipped(flat, alice, state):
    todo = make_repeating(flat, "" if state == "plain" else "FREQ=DAILY;COUNT=1", "2026-11-23")
    if state == "completed":
        complete(todo)
    if state == "trashed":
        todo.trash(by=alice, at=NOW)
    assert todo.skip(by=alice, at=NOW, zone=UTC) is None


@pytest.mark.parametrize("rrule", ["FREQ=MONTHLY;BYDAY=1MO,8MO", "FREQ=SOMETIMES"])
def test_a_stored_rule_that_is_none_ends_here_and_can_be_mended(flat, alice, rrule):
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
    Todo.objects.update(rrule=rrule)
    action = complete(todo, alice)
    assert todo.is_completed
    action.undo(at=NOW)
    rule = Repeat("FREQ=WEEKLY", "due", todo.due)
    todo.refresh_from_db()
    todo.edit(by=alice, at=NOW, initial={"repeat": todo.repeat}, values={"repeat": rule})
    todo.refresh_from_db()
    complete(todo, alice)
    assert todo.due == M("2026-11-30")


def test_without_a_date_completing_gives_it_one(flat):
    todo = make_repeating(flat, "FREQ=DAILY;INTERVAL=3", "", "completion")
    complete(todo)
    assert todo.due == M("2026-11-26")


def test_the_rest_of_the_world_hears_of_it_once(flat, alice, django_capture_on_commit_callbacks):
    heard = []

    def hear(sender, todo, **kwargs):
        heard.append((todo.pk, todo.due))

    signals.completed.connect(hear)
    try:
        todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
        with django_capture_on_commit_callbacks(execute=True):
            todo.complete(by=alice, at=NOW, zone=UTC, seen=0)
            todo.complete(by=alice, at=NOW, zone=UTC, seen=0)
    finally:
        signals.completed.disconnect(hear)
    assert heard == [(todo.pk, M("2026-11-24"))]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("verbs", [["complete"], ["complete", "skip"]])
def test_fifty_threads_complete_one_occurrence_once(verbs):
    alice = get_user_model().objects.create_user("alice")
    flat = TodoList.objects.create_for(alice, name="Flat")
    todo = make_repeating(flat, "FREQ=DAILY", "2026-11-23")
    ready = Barrier(50)

    def act(number: int) -> bool:
        try:
            mine = Todo.objects.get(pk=todo.pk)
            ready.wait(timeout=30)
            move_on = getattr(mine, verbs[number % len(verbs)])
            return move_on(by=alice, at=NOW, zone=UTC, seen=0) is not None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as threads:
        won = list(threads.map(act, range(50)))
    todo.refresh_from_db()
    assert won.count(True) == 1
    assert (todo.due, todo.occurrence) == (M("2026-11-24"), 1)
    assert [key for key, _kind, _due in history(todo)] == ["0"]
    assert invariants(flat) == []
