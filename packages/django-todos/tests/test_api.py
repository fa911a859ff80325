"""What other projects' code does: values as they have them, and a sentence where it would go wrong."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.http import Http404
from tests.factories import NOW, Cast, make_list, make_todo

from django_todos import signals
from django_todos.api import open_counts, quick_add
from django_todos.dates import Moment
from django_todos.models import Action, Completion, Preferences, Todo, TodoList

DAY = date(2026, 12, 15)
LISBON = ZoneInfo("Europe/Lisbon")


@pytest.mark.parametrize(
    "given, due",
    [
        (None, Moment()),
        ("", Moment()),
        (DAY, Moment(DAY)),
        (datetime(2026, 12, 15, 9), Moment(DAY, time(9))),
        (datetime(2026, 12, 15, 9, tzinfo=LISBON), Moment(DAY, time(9), "Europe/Lisbon")),
        (datetime(2026, 12, 15, 9, tzinfo=timezone(timedelta(hours=2))), Moment(DAY, time(8), "Europe/Berlin")),
        (Moment(DAY, time(9)), Moment(DAY, time(9))),
        ("2026-12-15T09:00[Europe/Lisbon]", Moment(DAY, time(9), "Europe/Lisbon")),
        ("tomorrow 9am", Moment(date(2026, 11, 24), time(9))),
    ],
)  # fmt: skip
def test_a_date_is_given_as_one_has_it(cast: Cast, given: Any, due: Moment):
    Preferences.objects.create(user=cast.alice, time_zone="Europe/Berlin")
    todo = Todo.add(cast.flat, "Rent", due=given, by=cast.alice, at=NOW)
    todo.refresh_from_db()
    assert todo.due == due


@pytest.mark.parametrize(
    "repeat, due, rrule, first",
    [
        ("every month", DAY, "FREQ=MONTHLY", DAY),
        ("FREQ=WEEKLY;BYDAY=TU", DAY, "FREQ=WEEKLY;BYDAY=TU", DAY),
        ("every friday", None, "FREQ=WEEKLY;BYDAY=FR", date(2026, 11, 27)),
        ("", DAY, "", DAY),
        (None, None, "", None),
    ],
)
def test_a_repeat_is_an_rrule_or_words(
    cast: Cast, repeat: Any, due: Any, rrule: str, first: date | None
):
    todo = Todo.add(cast.flat, "Rent", due=due, repeat=repeat, at=NOW)
    todo.refresh_from_db()
    assert (todo.rrule, todo.due_date) == (rrule, first)


@pytest.mark.parametrize(
    "wrong",
    [
        {"due": "when it rains"},
        {"due": 7},
        {"start": "yesterday morning at eight and a half"},
        {"repeat": "now and then"},
        {"repeat": "FREQ=HOURLY"},
        {"repeat": 3},
        {"title": " \n"},
        {"title": "x" * 501},
        {"title": None},
        {"priority": 10},
        {"priority": "urgent"},
    ],
)
def test_what_can_not_be_meant_is_refused_by_its_field(cast: Cast, wrong: dict[str, Any]):
    with pytest.raises(ValidationError) as refused:
        Todo.add(cast.flat, **{"title": "Rent", **wrong})
    assert list(refused.value.message_dict) == list(wrong)
    assert not Todo.objects.exists()


def test_nothing_but_a_list_and_a_title_is_needed(cast: Cast):
    """Nobody and now, unless they are given."""
    todo = Todo.add(cast.flat, "  Pay\nrent ", priority="high")
    assert (todo.title, todo.priority, todo.created_by) == ("Pay rent", 1, None)
    assert todo.edit(
        values={"title": "Pay the rent", "due": "2026-12-15", "repeat": "every month"}
    )
    assert todo.complete() and todo.reopen() is None and todo.move(parent=make_todo(cast.flat))
    todo.refresh_from_db()
    assert (todo.title, todo.due_date) == ("Pay the rent", date(2027, 1, 15))
    copy = todo.duplicate(by=cast.bob)
    assert copy.trash() and copy.restore()
    assert (
        cast.flat.edit(values={"name": "House"}) and cast.flat.archive() and cast.flat.unarchive()
    )
    assert TodoList.objects.create_for(cast.alice, "Trip").memberships.get().role == "owner"


@pytest.mark.parametrize("by", [None, "bob"])
def test_the_object_that_a_method_was_called_on_goes_on_being_true(cast: Cast, by: str | None):
    """A host goes on with it: two calls in a row need no `refresh_from_db` between them."""
    who = getattr(cast, by) if by else None
    other = make_list(cast.alice)
    other.add_member(cast.bob)
    above, todo = (Todo.add(cast.flat, title, by=who) for title in ("House", "Rent"))
    steps: list[Callable[[], Any]] = [
        lambda: todo.indent(by=who),
        lambda: todo.outdent(by=who),
        lambda: todo.move_by_one(by=who, direction="up"),
        lambda: todo.move(by=who, todo_list=other),
        lambda: todo.edit(
            by=who, values={"due": DAY, "repeat": "every month", "labels": ["bank"]}
        ),
        lambda: todo.skip(by=who),
        lambda: todo.complete(by=who, seen=todo.occurrence),
        lambda: todo.edit(by=who, values={"repeat": None, "labels": []}),
        lambda: todo.complete(by=who, seen=todo.occurrence),
        lambda: todo.reopen(by=who),
        lambda: todo.trash(by=who),
        lambda: todo.restore(by=who),
        lambda: todo.move(by=who, todo_list=cast.flat, parent=above),
        lambda: other.edit(by=cast.alice, values={"name": "Trip"}),
        lambda: other.edit(by=cast.alice, values={"name": "Trips"}),
        lambda: other.archive(by=cast.alice),
        lambda: other.unarchive(by=cast.alice),
        lambda: other.trash(by=cast.alice),
        lambda: other.restore(by=cast.alice),
    ]
    for number, step in enumerate(steps):
        assert step() is not None, number
        for held in (todo, above, other):
            row = type(held)._base_manager.get(pk=held.pk)
            changed = {
                field.attname
                for field in held._meta.concrete_fields
                if getattr(held, field.attname) != getattr(row, field.attname)
            }
            assert changed - {"open_count", "version", "updated_at"} == set(), number
        assert todo.todo_list.pk == todo.todo_list_id


@pytest.mark.parametrize(
    "write",
    [
        lambda cast: Todo.objects.create(todo_list=cast.flat, title="Rent"),
        lambda cast: cast.flat.todos.create(title="Rent"),
        lambda cast: Todo(todo_list=cast.flat, title="Rent").save(),
        lambda cast: Todo.objects.bulk_create([Todo(todo_list=cast.flat, title="Rent")]),
        lambda cast: Todo.objects.get_or_create(todo_list=cast.flat, title="Rent"),
        lambda cast: Todo.objects.update_or_create(todo_list=cast.flat, title="Rent"),
    ],
)
def test_writing_past_the_methods_is_refused_with_the_right_call(cast: Cast, write: Any):
    with pytest.raises(NotImplementedError, match=r"Todo\.add\(todo_list, title"):
        write(cast)
    assert not Todo.objects.exists()


def test_rows_come_back_from_a_dump(cast: Cast, tmp_path: Any):
    make_todo(cast.flat, labels=["shop"])
    out = io.StringIO()
    call_command("dumpdata", "django_todos", stdout=out)
    (tmp_path / "rows.json").write_text(out.getvalue())
    Todo._base_manager.all().delete()
    call_command("loaddata", str(tmp_path / "rows.json"), verbosity=0)
    assert Todo.objects.get().labels.get().name == "shop"


def test_a_line_is_added_as_the_field_would(cast: Cast):
    """By whom, into which list, and with their rights."""
    todo = quick_add(cast.bob, "Pay rent #home !1 @alice", todo_list=cast.flat)
    assert (todo.title, todo.priority, todo.assignee) == ("Pay rent", 1, cast.alice)
    assert quick_add(cast.charlie, "Milk").todo_list.is_inbox
    with pytest.raises(PermissionDenied):
        quick_add(cast.rita, "Milk", todo_list=cast.flat)
    with pytest.raises(Http404):
        quick_add(cast.charlie, "Milk", todo_list=cast.flat)
    for wrong in ("", "x" * 501):
        with pytest.raises(ValidationError):
            quick_add(cast.alice, wrong)


def test_how_much_there_is_to_do(cast: Cast, django_assert_num_queries: Any, settings: Any):
    make_todo(cast.flat, due=Moment(date(2020, 1, 1)))
    make_todo(cast.flat)
    make_todo(make_list(cast.charlie))
    Preferences.objects.create(user=cast.rita)
    with django_assert_num_queries(2):  # the person's day, and the counts
        counts = open_counts(cast.rita)
    assert (counts.open, counts.overdue) == (2, 1)
    assert open_counts(None).open == 0


def heard(told: list[str]) -> Any:
    def listen(sender: Any, signal: Any, user: Any, action: Any, **kwargs: Any) -> None:
        name = next(name for name, value in vars(signals).items() if value is signal)
        told.append(f"{name} {kwargs.get('todo') or kwargs.get('todo_list')} {user}")

    return listen


def test_hosts_hear_what_happens(cast: Cast, django_capture_on_commit_callbacks: Any):
    told: list[str] = []
    listen = heard(told)
    public = [one for one in vars(signals).values() if isinstance(one, signals.Signal)]
    for signal in public:
        signal.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            trip = TodoList.objects.create_for(cast.alice, "Trip")
            todo = Todo.add(cast.flat, "Rent", due=DAY, assignee=cast.bob, by=cast.alice)
            todo.edit(values={"due": None, "assignee_id": None}, by=cast.bob)
            trip.edit(values={"name": "Tour"}, by=cast.alice)
    finally:
        for signal in public:
            signal.disconnect(listen)
    assert sorted(told) == [
        "assigned Rent alice", "assigned Rent bob", "created Rent alice", "due_changed Rent bob", "list_changed Tour alice",
        "list_created Tour alice",
    ]  # fmt: skip
    assert Action.objects.count() == 3 and not Completion.objects.exists()
