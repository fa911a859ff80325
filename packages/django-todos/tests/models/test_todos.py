"""What happens to one todo: added, completed, reopened, edited, deleted, restored. Repeats have their own module."""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from tests.factories import (
    NOW,
    UTC,
    Cast,
    later,
    make_labels,
    make_list,
    make_todo,
    make_tree,
    outline,
)

from django_todos.dates import Moment
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    Completion,
    Conflict,
    Reminder,
    Todo,
    TodoList,
    priority_bucket,
    recording,
)
from django_todos.repeats.occurrences import Repeat

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 12, 15)


def complete(todo: Todo, cast: Cast, **fields):
    return todo.complete(**{"by": cast.alice, "at": later(), "zone": UTC, **fields})


def again(todo: Todo) -> Todo:
    return Todo.objects.get(pk=todo.pk)


# -- adding ----------------------------------------------------------------------------------------


def test_a_new_todo_is_the_last_of_its_list_or_below_its_parent(cast: Cast):
    top = make_todo(cast.flat, "old")
    make_todo(cast.flat, "new", by=cast.bob)
    make_todo(cast.flat, "first below", parent=top)
    make_todo(cast.flat, "second below", parent=top)
    make_todo(cast.flat, "on top", side="before")
    assert outline(cast.flat) == ["on top", "old", "  first below", "  second below", "new"]
    new = Todo.objects.get(title="new")
    assert (new.created_by, new.created_at, new.rrule) == (cast.bob, NOW, "")
    assert new.get_absolute_url() == f"/todos/todos/{new.uuid}/"
    assert TodoList.objects.get(pk=cast.flat.pk).open_count == 5


def test_a_subtask_opens_what_is_completed_above_it(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n")
    complete(tree["a"], cast)
    make_todo(cast.flat, "c", parent=again(tree["b"]))
    assert outline(cast.flat) == ["a", "  b", "    c"]


# -- copying ---------------------------------------------------------------------------------------


def test_a_copy_stands_behind_it_with_its_subtasks_all_open(cast: Cast):
    moments = {"due": Moment(DAY, time(9), "Europe/Berlin"), "start": Moment(DAY)}
    tree = make_tree(cast.flat, "    a\n      b\n        c\n      gone\n    z\n")
    again(tree["gone"]).trash(by=cast.bob, at=NOW)
    values = {
        "priority": 3,
        "notes": "n",
        "labels": ["Home"],
        "assignee_id": cast.bob.pk,
        **moments,
    }
    values["repeat"] = Repeat("FREQ=DAILY", "due", moments["due"])
    empty = {"priority": 0, "notes": "", "labels": [], "due": Moment(), "start": Moment()}
    again(tree["a"]).edit(by=cast.alice, at=NOW, initial=empty, values=values)
    complete(again(tree["b"]), cast)
    for user in (cast.alice, cast.bob):
        Reminder.objects.create(todo=again(tree["a"]), user=user, minutes_before=15)
    copy = again(tree["a"]).duplicate(by=cast.alice, at=later(2))
    assert outline(cast.flat) == ["a", "  ✓ b", "    ✓ c", "a", "  b", "    c", "z"]
    assert (copy.due, copy.start, copy.repeat) == (*moments.values(), values["repeat"])
    assert (copy.priority, copy.notes, copy.assignee, copy.occurrence) == (3, "n", cast.bob, 0)
    assert (copy.created_by, copy.created_at) == (cast.alice, later(2))
    assert [label.name for label in copy.labels.all()] == ["Home"]
    assert [one.user for one in copy.reminders.all()] == [cast.alice]
    assert not any(one.is_completed for one in copy.descendants())
    assert TodoList.objects.get(pk=cast.flat.pk).open_count == 5


def test_undoing_a_copy_moves_it_to_the_trash_as_one(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n    z\n")
    for name in ("a", "z"):  # no room between them: making it is undone as well
        Todo.objects.filter(title=name).update(position=0)
    before = list(Todo.objects.order_by("pk").values("pk", "position"))
    again(tree["a"]).duplicate(by=cast.bob, at=later())
    assert outline(cast.flat) == ["a", "  b", "a", "  b", "z"]
    Action.objects.latest("pk").undo(at=later(2))
    assert outline(cast.flat) == ["a", "  b", "z"]
    assert (
        list(Todo.objects.filter(deleted_at=None).order_by("pk").values("pk", "position"))
        == before
    )
    assert [one.title for one in Todo.objects.trashed()] == ["a"]


def test_a_copy_of_what_is_under_something_completed_opens_that(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n")
    complete(tree["a"], cast)
    again(tree["b"]).duplicate(by=cast.alice, at=later(2))
    assert [(one.title, one.is_completed) for one in Todo.objects.order_by("pk")] == [
        ("a", False), ("b", True), ("b", False)
    ]  # fmt: skip


def in_trash(cast: Cast, todo: Todo) -> None:
    again(todo).trash(by=cast.bob, at=NOW)


def gone(cast: Cast, todo: Todo) -> None:
    in_trash(cast, todo)
    Todo.objects.trashed().purge()


def in_another_list(cast: Cast, todo: Todo) -> None:
    again(todo).move(by=cast.bob, at=NOW, todo_list=make_list(cast.bob, "Trip"))


def list_in_trash(cast: Cast, todo: Todo) -> None:
    TodoList.objects.get(pk=cast.flat.pk).trash(by=cast.alice, at=NOW)


def list_gone(cast: Cast, todo: Todo) -> None:
    TodoList.objects.get(pk=cast.flat.pk).purge()


@pytest.mark.parametrize("meanwhile", [in_trash, gone, in_another_list, list_in_trash, list_gone])
def test_a_subtask_of_what_went_meanwhile_is_not_added(cast: Cast, meanwhile):
    todo = make_todo(cast.flat)
    meanwhile(cast, todo)
    with pytest.raises(ChangedMeanwhile):
        make_todo(cast.flat, "below", parent=todo)
    assert not Todo.objects.filter(title="below").exists()


CHANGES = {
    "complete": lambda todo, cast: complete(todo, cast),
    "skip": lambda todo, cast: todo.skip(by=cast.alice, at=later(), zone=UTC),
    "reopen": lambda todo, cast: todo.reopen(by=cast.alice, at=later()),
    "trash": lambda todo, cast: todo.trash(by=cast.alice, at=later()),
    "duplicate": lambda todo, cast: todo.duplicate(by=cast.alice, at=later()),
    "edit": lambda todo, cast: todo.edit(
        by=cast.alice, at=later(), initial={"title": "Buy milk"}, values={"title": "Buy oats"}
    ),
    "move": lambda todo, cast: todo.move(by=cast.alice, at=later()),
    "restore": lambda todo, cast: todo.restore(by=cast.alice, at=later()),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("meanwhile", [gone, in_another_list, list_gone])
def test_nothing_happens_to_a_todo_that_went_meanwhile(cast: Cast, change: str, meanwhile):
    todo = make_todo(cast.flat)
    meanwhile(cast, todo)
    with pytest.raises(ChangedMeanwhile):
        CHANGES[change](todo, cast)


@pytest.mark.parametrize("change", ["complete", "skip", "trash"])
def test_what_is_in_the_trash_is_not_done(cast: Cast, change: str):
    todo = make_todo(cast.flat, repeat=Repeat("FREQ=DAILY"), due=Moment(DAY))
    in_trash(cast, todo)
    before = Todo.objects.values().get()
    assert CHANGES[change](todo, cast) is None
    assert Todo.objects.values().get() == before


@pytest.mark.parametrize("change", ["edit", "duplicate", "move"])
def test_what_is_in_the_trash_is_not_changed(cast: Cast, change: str):
    todo = make_todo(cast.flat)
    in_trash(cast, todo)
    with pytest.raises(ChangedMeanwhile):
        CHANGES[change](todo, cast)


# -- completing and reopening ----------------------------------------------------------------------


def test_completing_completes_what_is_open_below_and_one_undo_restores_it(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n        c\n      d\n    e\n")
    complete(tree["d"], cast)
    action = complete(tree["a"], cast, at=later(2))
    assert outline(cast.flat) == ["✓ a", "  ✓ b", "    ✓ c", "  ✓ d", "e"]
    assert Completion.objects.filter(at=later(2), user=cast.alice).count() == 3
    assert action.undo(at=later(3))
    assert outline(cast.flat) == ["a", "  b", "    c", "  ✓ d", "e"]
    assert Completion.objects.standing().get().todo == tree["d"]


def test_completing_twice_is_completing_once(cast: Cast):
    todo, same = make_todo(cast.flat), Todo.objects.get()
    assert complete(todo, cast, seen=0)
    assert complete(same, cast, by=cast.bob, seen=0, at=later(2)) is None
    completion = Completion.objects.get()
    assert (completion.user, completion.at, completion.key) == (cast.alice, later(), "0")
    assert again(todo).completed_at == later()
    assert "Buy milk" in str(completion)


def test_reopening_opens_what_is_above_and_takes_the_completion_back(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n        c\n      d\n")
    complete(tree["a"], cast)
    action = tree["c"].reopen(by=cast.bob, at=later(2))
    assert outline(cast.flat) == ["a", "  b", "    c", "  ✓ d"]
    assert [one.todo.title for one in Completion.objects.standing()] == ["d"]
    assert again(tree["c"]).completed_at is None
    assert action.undo(at=later(3))
    assert outline(cast.flat) == ["✓ a", "  ✓ b", "    ✓ c", "  ✓ d"]
    assert Completion.objects.standing().count() == 4
    assert make_todo(cast.flat).reopen(by=cast.bob, at=later(4)) is None


# -- editing ---------------------------------------------------------------------------------------

NEW = {
    "title": ("Buy milk", "Buy oat milk"),
    "notes": ("", "Two *litres*"),
    "priority": (0, 1),
    "due": (Moment(), Moment(DAY, time(9), "Europe/Berlin")),
    "start": (Moment(), Moment(DAY, time(9))),
    "labels": ([], ["home", "shop"]),
    "repeat": (None, Repeat("FREQ=DAILY", "completion", Moment(DAY))),
}


def state(todo: Todo, name: str):
    fresh = again(todo)
    if name == "labels":
        return sorted(fresh.labels.values_list("name", flat=True))
    return getattr(fresh, name)


@pytest.mark.parametrize("name", NEW)
def test_each_field_is_edited_and_undone(cast: Cast, name: str):
    todo, (old, new) = make_todo(cast.flat), NEW[name]
    action = todo.edit(by=cast.bob, at=later(), initial={name: old}, values={name: new})
    assert state(todo, name) == new
    assert again(todo).version == 1
    assert action.undo(at=later(2))
    assert state(todo, name) == old


def test_a_repeat_is_taken_away_with_its_anchor(cast: Cast):
    todo, repeat = make_todo(cast.flat, due=Moment(DAY)), NEW["repeat"][1]
    edit = {"by": cast.bob, "at": later()}
    todo.edit(**edit, initial={"repeat": None}, values={"repeat": repeat})
    action = todo.edit(**edit, initial={"repeat": repeat}, values={"repeat": None})
    assert (state(todo, "rrule"), state(todo, "repeat_anchor")) == ("", Moment())
    action.undo(at=later(2))
    assert state(todo, "repeat") == repeat


def test_nothing_changed_is_no_action(cast: Cast):
    todo = make_todo(cast.flat)
    same = {"title": "Buy milk", "labels": []}
    assert todo.edit(by=cast.bob, at=later(), initial=same, values=same) is None
    assert again(todo).version == 0


@pytest.mark.parametrize("name", ["due", "start"])
def test_a_rule_given_to_edit_begins_on_the_todos_date(cast: Cast, name: str):
    todo = make_todo(cast.flat, **{name: Moment(DAY)})
    todo.edit(by=cast.alice, at=later(), values={"repeat": Repeat("FREQ=WEEKLY")})
    assert again(todo).repeat == Repeat("FREQ=WEEKLY", "due", Moment(DAY))


def test_edits_of_other_fields_are_merged(cast: Cast):
    todo = make_todo(cast.flat, notes="1")
    seen = {"title": "Buy milk", "notes": "1", "labels": []}
    todo.edit(by=cast.bob, at=later(), initial=seen, values={**seen, "title": "Buy oats"})
    todo.edit(by=cast.alice, at=later(), initial=seen, values={**seen, "notes": "2"})
    assert (state(todo, "title"), state(todo, "notes")) == ("Buy oats", "2")


# What two people saw, what each made of it, and what it is then.
LABELS = [
    ([], ["home"], ["shop"], ["home", "shop"]),
    (["home"], [], ["home", "shop"], ["shop"]),
    (["home"], ["Home", "post"], ["shop"], ["post", "shop"]),
    (["home", "shop"], ["home"], ["home"], ["home"]),
    ([], ["Shop"], ["shop"], ["Shop"]),
]


@pytest.mark.parametrize("seen, first, second, then", LABELS)
def test_labels_are_put_on_and_taken_off_one_by_one(cast: Cast, seen, first, second, then):
    todo = make_todo(cast.flat, labels=seen)
    for who, wanted in ((cast.bob, first), (cast.alice, second)):
        todo.edit(by=who, at=later(), initial={"labels": seen}, values={"labels": wanted})
    assert state(todo, "labels") == then


@pytest.mark.parametrize("name", sorted(NEW.keys() - {"labels"}))
def test_a_field_that_two_changed_is_a_conflict_and_overwrites_nothing(cast: Cast, name: str):
    third = {"title": "Buy soy", "notes": "3", "priority": 5, "repeat": None}
    third |= {"due": Moment(date(2027, 1, 1)), "start": Moment(date(2027, 1, 1))}
    start = NEW[name][1] if name == "repeat" else NEW[name][0]
    theirs = Repeat("FREQ=WEEKLY", "due", Moment(DAY)) if name == "repeat" else NEW[name][1]
    todo = make_todo(cast.flat)
    edit = {"by": cast.bob, "at": later()}
    todo.edit(**edit, initial={name: NEW[name][0]}, values={name: start})
    todo.edit(**edit, initial={name: start}, values={name: theirs})
    with pytest.raises(Conflict, match=name) as conflict:
        todo.edit(**edit, initial={name: start, "x": 1}, values={name: third[name]})
    assert conflict.value.theirs == {name: theirs}
    assert state(todo, name) == theirs


@pytest.mark.parametrize("name", NEW)
def test_two_who_make_the_same_change_agree_and_the_second_writes_nothing(cast: Cast, name: str):
    todo, (old, new) = make_todo(cast.flat), NEW[name]
    edit = {"initial": {name: old}, "values": {name: new}}
    assert todo.edit(by=cast.bob, at=later(), **edit)
    before = Todo.objects.values().get()
    assert todo.edit(by=cast.alice, at=later(2), **edit) is None
    assert todo.edit(by=cast.alice, at=later(3), values={name: new}) is None
    assert Todo.objects.values().get() == before


# -- another day -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "due, zone, after",
    [
        ("", UTC, "2026-12-24"),
        ("2026-12-15", UTC, "2026-12-24"),
        ("2026-12-15T09:00", BERLIN, "2026-12-24T09:00"),
        ("2026-12-15T09:00[Europe/Berlin]", BERLIN, "2026-12-24T09:00[Europe/Berlin]"),
        # In Tokyo 23:00 in Berlin is the morning after.
        (
            "2026-12-15T23:00[Europe/Berlin]",
            ZoneInfo("Asia/Tokyo"),
            "2026-12-23T23:00[Europe/Berlin]",
        ),
    ],
)
def test_rescheduling_keeps_the_time_of_day_and_means_the_viewers_day(
    cast: Cast, due, zone, after
):
    todo = make_todo(cast.flat, due=Moment.parse(due))
    for day, expected in [(date(2026, 12, 24), after), (Moment(), "")]:
        with recording(cast.alice, "edit", {cast.flat.pk}, at=later()) as rec:
            rec.reload(todo).reschedule(day, rec=rec, zone=zone)
        assert str(again(todo).due) == expected


# -- the trash -------------------------------------------------------------------------------------


def test_delete_and_restore_with_everything_below(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n        c\n    d\n")
    before = outline(cast.flat)
    tree["c"].trash(by=cast.alice, at=NOW)  # earlier, by itself
    tree["a"].trash(by=cast.alice, at=later())
    assert outline(cast.flat) == ["d"]
    assert {one.title for one in Todo.objects.trashed()} == {"a", "c"}
    action = again(tree["a"]).restore(by=cast.alice, at=later(2))
    assert outline(cast.flat) == ["a", "  b", "d"]
    assert action.undo(at=later(3)) and outline(cast.flat) == ["d"]
    again(tree["a"]).restore(by=cast.alice, at=later(4))
    again(tree["c"]).restore(by=cast.alice, at=later(5))
    assert outline(cast.flat) == before


def test_restored_to_the_top_level_where_its_place_is_no_more(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n        c\n    d\n")
    tree["b"].trash(by=cast.alice, at=NOW)
    tree["a"].trash(by=cast.alice, at=later())
    again(tree["b"]).restore(by=cast.alice, at=later(2))
    assert outline(cast.flat) == ["d", "b", "  c"]
    again(tree["a"]).restore(by=cast.alice, at=later(3))
    complete(tree["d"], cast)
    again(tree["c"]).trash(by=cast.alice, at=NOW)
    complete(again(tree["b"]), cast)
    again(tree["c"]).restore(by=cast.alice, at=later(4))
    assert outline(cast.flat) == ["a", "✓ d", "✓ b", "c"]


def test_restored_to_the_inbox_where_its_list_cant_take_it(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n")
    tree["a"].trash(by=cast.bob, at=NOW)
    cast.flat.archive(by=cast.alice, at=NOW)
    theirs = TodoList.objects.inbox_of(cast.bob)
    with pytest.raises(ChangedMeanwhile):  # an editor would take it out of the others' sight
        again(tree["a"]).restore(by=cast.bob, at=later(), fallback=theirs)
    inbox = TodoList.objects.inbox_of(cast.alice)
    again(tree["a"]).restore(by=cast.alice, at=later(), fallback=inbox)
    assert outline(inbox) == ["a", "  b"]


def test_what_went_along_is_not_restored_by_itself(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n")
    tree["a"].trash(by=cast.alice, at=NOW)
    assert again(tree["b"]).restore(by=cast.alice, at=NOW) is None
    assert make_todo(cast.flat).restore(by=cast.alice, at=NOW) is None


def test_purging_takes_what_is_below_and_only_from_the_trash(cast: Cast):
    tree = make_tree(cast.flat, "    a\n      b\n        c\n    d\n")
    tree["c"].trash(by=cast.alice, at=NOW)
    tree["a"].trash(by=cast.alice, at=NOW)
    assert Todo.objects.purge() == 3
    assert Todo.objects.get().title == "d"
    assert Todo.objects.purge() == 0


# -- small things ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "priority, word",
    [(0, "none"), (1, "high"), (4, "high"), (5, "medium"), (6, "low"), (9, "low")],
)
def test_priorities_in_words(priority: int, word: str):
    assert priority_bucket(priority) == word == Todo(priority=priority).priority_bucket


def test_labels_that_a_todo_takes_along_are_made_once(cast: Cast):
    trip = make_list(cast.alice, "Trip")
    make_labels(trip, "SHOP")
    todo = make_todo(cast.flat, labels=["shop"])
    todo.move(by=cast.alice, at=later(), todo_list=trip)
    assert [label.name for label in trip.labels.all()] == ["SHOP"]
