"""Several people at once, in threads with connections of their own: PostgreSQL only, where writers really meet."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from tests.factories import UTC, Cast, faults, later, make_labels, make_list, make_todo, outline

from django_todos.access import get_family
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    Completion,
    Invitation,
    Label,
    LastOwner,
    Membership,
    NotAllowedHere,
    Role,
    Todo,
    TodoList,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one connection"),
]

MANY = 8
ROUNDS = int(os.environ.get("TODOS_RACES", "1"))
"""How often each race of people is run; as test_races.py."""


def at_once(work: Callable[[int], Any], count: int = MANY) -> list[Any]:
    """Run `work` in so many threads that all begin together; gives what each returned or was refused with."""
    barrier = Barrier(count)

    def run(number: int) -> Any:
        try:
            barrier.wait(timeout=20)
            return work(number)
        except (ChangedMeanwhile, NotAllowedHere, LastOwner) as refused:
            return type(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_of_many_who_complete_one_todo_one_does(cast: Cast):
    todo = make_todo(cast.flat)
    done = at_once(
        lambda n: Todo.objects.get(pk=todo.pk).complete(by=cast.bob, at=later(), zone=UTC, seen=0)
    )
    assert sum(action is not None for action in done) == 1
    assert Completion.objects.count() == 1


def test_many_first_requests_make_one_inbox(cast: Cast):
    found = at_once(lambda n: TodoList.objects.inbox_of(cast.charlie).pk)
    assert len(set(found)) == 1 and TodoList.objects.count() == 2


def test_many_moves_at_once_lose_nothing_and_break_no_rule(cast: Cast):
    todos = [make_todo(cast.flat, f"t{n}") for n in range(MANY)]

    def shuffle(number: int) -> None:
        for step in range(4):
            one = Todo.objects.get(pk=todos[number].pk)
            other = Todo.objects.get(pk=todos[(number + step + 1) % MANY].pk)
            place: dict[str, Any] = {"parent": other} if step % 2 else {"anchor": other}
            try:
                one.move(by=cast.bob, at=later(step), side="before", **place)
            except (ChangedMeanwhile, NotAllowedHere):
                continue

    at_once(shuffle)
    assert sorted(line.strip() for line in outline(cast.flat)) == [f"t{n}" for n in range(MANY)]
    assert faults() == []


def test_moves_between_two_lists_in_both_directions_do_not_wait_for_each_other(cast: Cast):
    trip = make_list(cast.alice, "Trip")
    there = [make_todo(cast.flat, f"f{n}") for n in range(MANY // 2)]
    back = [make_todo(trip, f"t{n}") for n in range(MANY // 2)]

    def swap(number: int) -> None:
        todo = (there + back)[number]
        target = trip if number < MANY // 2 else cast.flat
        Todo.objects.get(pk=todo.pk).move(by=cast.alice, at=later(), todo_list=target)

    at_once(swap)
    assert {line[0] for line in outline(trip)} == {"f"}
    assert {line[0] for line in outline(cast.flat)} == {"t"}
    assert faults() == []


def test_undo_and_a_change_at_once_are_one_or_the_other(cast: Cast):
    todo = make_todo(cast.flat)
    action = todo.edit(
        by=cast.alice, at=later(), initial={"title": "Buy milk"}, values={"title": "A"}
    )
    assert action is not None

    def work(number: int) -> Any:
        if number:
            return action.undo(at=later(2))
        edit = {"initial": {"title": "A"}, "values": {"title": "B"}}
        return Todo.objects.get(pk=todo.pk).edit(by=cast.bob, at=later(2), **edit)

    try:
        at_once(work, 2)
    except Exception as conflict:  # the undo was first: the edit saw a value that is no more
        assert type(conflict).__name__ == "Conflict"
    assert Todo.objects.get().title in ("Buy milk", "B")


def test_additions_keep_the_count_true(cast: Cast):
    at_once(lambda n: make_todo(cast.flat, f"t{n}"))
    assert TodoList.objects.get(pk=cast.flat.pk).open_count == MANY


# -- what is taken away while a writer waits for the lock ------------------------------------------

TAKEN: dict[str, Callable[[Cast], Any]] = {
    "removal": lambda c: c.flat.remove_member(c.bob),
    "role change": lambda c: c.flat.add_member(c.bob, Role.VIEWER),
    "archive": lambda c: c.flat.archive(by=c.alice, at=later()),
    "list in the trash": lambda c: c.flat.trash(by=c.alice, at=later()),
    "list deleted": lambda c: c.flat.purge(),
    "user deleted": lambda c: c.bob.delete(),
}


def while_waiting(cast: Cast, write: Callable[[], Any], change: Callable[[Cast], Any]) -> Any:
    """`write` in a thread comes as far as the list's lock, which this one holds; then `change`; then it is free."""

    def run(_number: int) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '20s'")
        return write()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            TodoList.objects.lock({cast.flat.pk})
            job = pool.submit(at_once, run, 1)
            is_waiting = False
            while not (is_waiting or job.done()):
                cursor.execute(
                    "SELECT count(*) FROM pg_locks"
                    " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
                )
                is_waiting = cursor.fetchone() != (0,)
            assert is_waiting
            change(cast)
        return job.result()[0]


def made(cast: Cast, early: bool) -> Todo:
    """A todo as it was made, or as it was read by somebody who is about to write."""
    todo = make_todo(cast.flat)
    return get_family(cast.bob, todo.uuid) if early else todo


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("taken", TAKEN)
def test_what_is_taken_away_from_a_writer_who_waits_is_not_written(
    cast: Cast, taken: str, early: bool
):
    write = partial(made(cast, early).complete, by=cast.bob, at=later(), zone=UTC, seen=0)
    assert while_waiting(cast, write, TAKEN[taken]) is ChangedMeanwhile
    assert not Completion.objects.exists() and not Action.objects.filter(verb="complete").exists()
    assert faults() == []


@pytest.mark.parametrize("early", [False, True])
def test_nothing_taken_away_is_written_after_the_wait(cast: Cast, early: bool):
    write = partial(made(cast, early).complete, by=cast.bob, at=later(), zone=UTC, seen=0)
    assert isinstance(while_waiting(cast, write, lambda c: None), Action)
    assert faults() == []


def test_what_was_read_before_a_wait_is_read_again_where_it_changed(cast: Cast):
    """A subtask that comes while its parent's tick waits is ticked along."""
    todo = made(cast, early=True)
    write = partial(todo.complete, by=cast.bob, at=later(), zone=UTC, seen=0)
    below = partial(make_todo, cast.flat, "below", parent=Todo.objects.get())
    assert isinstance(while_waiting(cast, write, lambda c: below()), Action)
    assert not Todo.objects.filter(is_completed=False).exists() and faults() == []


def test_nobody_is_given_a_todo_while_they_go(cast: Cast):
    values = {"initial": {"assignee_id": None}, "values": {"assignee_id": cast.bob.pk}}
    write = partial(make_todo(cast.flat).edit, by=cast.alice, at=later(), **values)
    assert while_waiting(cast, write, TAKEN["removal"]) is ChangedMeanwhile
    assert faults() == []


@pytest.mark.parametrize("taken", ["removal", "user deleted"])
def test_undo_that_waits_does_not_bring_back_who_goes(cast: Cast, taken: str):
    values = {"initial": {"assignee_id": cast.bob.pk}, "values": {"assignee_id": None}}
    todo = make_todo(cast.flat, assignee=cast.bob)
    action = todo.edit(by=cast.alice, at=later(), **values)
    assert action is not None
    assert while_waiting(cast, partial(action.undo, at=later(2)), TAKEN[taken]) is True
    assert Todo.objects.get().assignee is None and faults() == []


def test_what_is_restored_while_the_trash_is_emptied_stays(cast: Cast):
    todo = make_todo(cast.flat)
    todo.trash(by=cast.alice, at=later())
    empty = Todo.objects.trashed().purge
    assert while_waiting(cast, empty, lambda c: todo.restore(by=c.alice, at=later(2))) == 0
    assert Todo.objects.get().deleted_at is None


PLACED: dict[str, Callable[[Cast], Any]] = {
    "place": lambda c: c.flat.memberships.get(user=c.rita).place(after=None),
    "colour": lambda c: c.client("rita").post(
        f"/todos/lists/{c.flat.uuid}/edit/", {"color": "red"}
    ),
    "label": lambda c: Label.objects.get().save(),
}
CHANGED: dict[str, Callable[[Cast], Any]] = {
    "place": lambda c: c.flat.set_role(c.rita, Role.EDITOR, by=c.alice, at=later()),
    "colour": lambda c: c.flat.set_role(c.rita, Role.EDITOR, by=c.alice, at=later()),
    "label": lambda c: Label.objects.update(color="red"),
}


@pytest.mark.parametrize("write", PLACED)
def test_whoever_writes_to_what_belongs_to_a_list_locks_the_list_first(
    cast: Cast, write: str, caplog: pytest.LogCaptureFixture
):
    """Else it would hold what the other one, who holds the list, is about to write."""
    make_list(cast.rita, "Trip")
    make_labels(cast.flat, "shop")
    while_waiting(cast, partial(PLACED[write], cast), CHANGED[write])
    assert not caplog.records  # of one that was refused, and tried again
    assert cast.flat.memberships.get(user=cast.rita).role == Role.EDITOR or write == "label"


def test_one_person_puts_lists_in_order_in_two_windows(cast: Cast):
    for name in ("Trip", "Work"):
        make_list(cast.charlie, name)
    mine = Membership.objects.filter(user=cast.charlie).order_by("pk")

    def place(number: int) -> None:
        for _step in range(20):
            mine[number].place(after=mine[1 - number])

    at_once(place, 2)
    assert len(set(mine.values_list("position", flat=True))) == 2


# -- people ----------------------------------------------------------------------------------------

rounds = pytest.mark.parametrize("cast", range(ROUNDS), indirect=True)


def invited(cast: Cast) -> Invitation:
    return Invitation.send(cast.flat, "charlie", Role.EDITOR, by=cast.alice, at=later())[0]


def owners(cast: Cast) -> set[str]:
    return set(
        cast.flat.memberships.filter(role=Role.OWNER).values_list("user__username", flat=True)
    )


@rounds
def test_one_person_invited_by_many_at_once_has_one_invitation(cast: Cast):
    at_once(lambda n: invited(cast), 4)
    assert Invitation.objects.filter(ending="").count() == 1
    assert Invitation.objects.count() == 4


@rounds
def test_an_invitation_is_accepted_once(cast: Cast):
    invitation = invited(cast)
    done = at_once(
        lambda n: Invitation.objects.get(pk=invitation.pk).accept(cast.charlie, at=later())
    )
    assert sum(isinstance(one, Action) for one in done) == 1
    assert done.count(ChangedMeanwhile) == MANY - 1
    assert Membership.objects.filter(user=cast.charlie).count() == 1


@rounds
def test_of_accepting_and_taking_back_one_happens(cast: Cast):
    invitation = invited(cast)
    acts = [
        lambda: invitation.accept(cast.charlie, at=later()),
        lambda: invitation.withdraw(by=cast.alice, at=later()),
    ]
    accepted, withdrawn = at_once(lambda n: acts[n](), 2)
    came_in = Membership.objects.filter(user=cast.charlie).exists()
    assert came_in == isinstance(accepted, Action) == (withdrawn is None)


@rounds
def test_of_two_owners_who_demote_each_other_one_stays(cast: Cast):
    cast.flat.add_member(cast.bob, Role.OWNER)
    pairs = [(cast.alice, cast.bob), (cast.bob, cast.alice)]
    done = at_once(
        lambda n: cast.flat.set_role(pairs[n][1], Role.VIEWER, by=pairs[n][0], at=later()), 2
    )
    assert len(owners(cast)) == 1 and done.count(ChangedMeanwhile) == 1


@rounds
def test_of_two_owners_who_leave_one_stays(cast: Cast):
    cast.flat.add_member(cast.bob, Role.OWNER)
    people = [cast.alice, cast.bob]
    done = at_once(lambda n: cast.flat.leave(by=people[n], at=later()), 2)
    assert len(owners(cast)) == 1 and done.count(LastOwner) == 1


@rounds
def test_leaving_while_being_made_owner(cast: Cast):
    acts = [
        lambda: cast.flat.leave(by=cast.bob, at=later()),
        lambda: cast.flat.transfer(cast.bob, by=cast.alice, at=later()),
    ]
    left, handed = at_once(lambda n: acts[n](), 2)
    # Either he was gone already, or he had become the last owner.
    assert {left, handed} & {LastOwner, ChangedMeanwhile}
    assert owners(cast) == ({"bob"} if left is LastOwner else {"alice"})
    assert faults() == []


@rounds
def test_of_two_successors_at_once_one_becomes_owner(cast: Cast):
    cast.flat.add_member(cast.charlie)
    heirs = [cast.bob, cast.charlie]
    done = at_once(lambda n: cast.flat.transfer(heirs[n], by=cast.alice, at=later()), 2)
    assert done.count(ChangedMeanwhile) == 1 and faults() == []
    assert owners(cast) in ({"bob"}, {"charlie"})


@rounds
def test_two_owners_give_one_person_two_roles(cast: Cast):
    cast.flat.add_member(cast.bob, Role.OWNER)
    cast.flat.add_member(cast.charlie)
    acts = [(cast.alice, Role.VIEWER), (cast.bob, Role.OWNER)]
    done = at_once(
        lambda n: cast.flat.set_role(cast.charlie, acts[n][1], by=acts[n][0], at=later()), 2
    )
    role = cast.flat.memberships.get(user=cast.charlie).role
    assert role in (Role.VIEWER, Role.OWNER) and faults() == []
    assert all(isinstance(one, Action) for one in done)


@rounds
def test_removal_while_the_removed_one_edits(cast: Cast):
    todo = make_todo(cast.flat)
    values = {"initial": {"assignee_id": None}, "values": {"assignee_id": cast.bob.pk}}
    acts = [
        lambda: todo.edit(by=cast.bob, at=later(), **values),
        lambda: cast.flat.remove_member(cast.bob, by=cast.alice, at=later()),
    ]
    at_once(lambda n: acts[n](), 2)
    assert Todo.objects.get().assignee is None and faults() == []


@rounds
def test_an_account_is_deleted_while_its_other_tab_writes(cast: Cast):
    mine = [make_list(cast.alice, name) for name in ("One", "Two")]
    cast.flat.add_member(cast.alice, Role.OWNER)

    def write(number: int) -> None:
        if number == 0:
            cast.alice.delete()
            return
        for step in range(10):
            try:
                todo = make_todo(
                    (cast.flat, *mine)[number % 3], by=cast.alice, assignee=cast.alice
                )
                todo.complete(by=cast.alice, at=later(step), zone=UTC)
                make_list(cast.alice, "New")
            except (IntegrityError, Todo.DoesNotExist):
                return  # theirs is an account no more

    at_once(write, 4)
    assert owners(cast) == {"bob"} and faults() == []
    assert not TodoList.objects.filter(memberships=None).exists()
