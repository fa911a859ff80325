"""django-todo's tables, of the shape that its 2.7.0 and 2.4 make, without that package."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError
from django.db import connection
from tests.factories import Cast, make_list

from django_todos.models import Todo, TodoList, invariants

from .test_commands import run

pytestmark = pytest.mark.django_db
COLUMNS = {
    "tasklist": "name varchar(60), slug varchar(50), group_id integer",
    "task": "title varchar(140), task_list_id integer, created_date date, due_date date, completed bool, "
    "completed_date date, created_by_id integer, note text, priority integer",
    "comment": "author_id integer, task_id integer, date {time}, email_from varchar(320), "
    "email_message_id varchar(255), body text",
    "attachment": "task_id integer, added_by_id integer, timestamp {time}, file varchar(255)",
    "task_assigned_to": "task_id integer, user_id integer",
}


def make(name: str, *rows: list[Any], more: str = "") -> None:
    time = "timestamp with time zone" if connection.vendor == "postgresql" else "datetime"
    columns = COLUMNS[name].format(time=time) + more
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE todo_{name} (id integer PRIMARY KEY, {columns})")
        for number, row in enumerate(rows, 1):
            marks = ", ".join(["%s"] * (len(row) + 1))
            cursor.execute(f"INSERT INTO todo_{name} VALUES ({marks})", [number, *row])


def group(*users: Any) -> int:
    made = Group.objects.create(name="Flatmates")
    made.user_set.add(*users)
    return int(made.pk)


def fill(cast: Cast, *, many: bool = True) -> None:
    day, bob = dt.date(2026, 11, 2), cast.bob.pk
    make("tasklist", ["Kitchen", "kitchen", group(cast.bob, cast.alice)], ["Empty", "empty", 0])
    tasks = [
        ["Descale", 1, day, dt.date(2026, 12, 1), False, None, bob, "With vinegar", 2],
        ["Shelf", 1, day, None, True, dt.date(2026, 11, 5), bob, None, 1],
        ["Lost", None, None, None, False, None, None, "", None],
    ]
    if not many:
        tasks = [[*task, bob if number == 0 else None] for number, task in enumerate(tasks)]
    make("task", *tasks, more="" if many else ", assigned_to_id integer")
    at = dt.datetime(2026, 11, 3, 9, 30, tzinfo=dt.timezone.utc)
    make(
        "comment",
        [bob, 1, at, None, None, "Which one?"],
        [None, 1, at, "a@example.org", "m", "All"],
    )
    if many:
        make("attachment", [2, bob, at, "tasks/attachments/2/plan.pdf"])
        make("task_assigned_to", [1, bob], [1, cast.charlie.pk])


def test_lists_tasks_people_and_what_was_said_below(cast: Cast) -> None:
    fill(cast)
    out, _err = run(
        "todos_import_django_todo", "--user", "alice", "--time-zone", "UTC", "--dry-run"
    )
    assert "Would add 3; 0 already here." in out and not Todo.objects.filter(title="Shelf")
    out, _err = run("todos_import_django_todo", "--user", "alice", "--time-zone", "UTC")
    assert "Added 3 and 1 members; 0 already here." in out
    kitchen = TodoList.objects.get(name="Kitchen")
    assert {one.user.username: one.role for one in kitchen.memberships.all()} == {
        "alice": "owner",
        "bob": "editor",
    }
    shelf, descale = kitchen.todos.in_order()
    assert (shelf.title, shelf.is_completed, str(shelf.completed_at.date())) == (
        "Shelf",
        True,
        "2026-11-05",
    )
    assert shelf.notes == "Attachment: tasks/attachments/2/plan.pdf"
    assert (descale.assignee, str(descale.due.date)) == (cast.bob, "2026-12-01")
    assert descale.notes.split("\n\n") == [
        "With vinegar",
        "It was also assigned to charlie.",
        "bob, 2026-11-03 09:30: Which one?",
        "a@example.org, 2026-11-03 09:30: All",
    ]
    assert Todo.objects.get(title="Lost").todo_list.is_inbox
    assert TodoList.objects.get(name="Empty").todos.count() == 0
    assert invariants(kitchen) == []
    out, _err = run("todos_import_django_todo", "--user", "alice", "--time-zone", "UTC")
    assert "Added 0 and 0 members; 3 already here." in out
    assert TodoList.objects.filter(name__in=["Kitchen", "Empty"]).count() == 2


def test_nobody_is_let_into_a_list_that_was_here(cast: Cast) -> None:
    mine = make_list(cast.alice, "Kitchen")
    fill(cast, many=False)
    out, _err = run("todos_import_django_todo", "--user", "alice", "--time-zone", "UTC")
    assert "“bob”, to whom it was assigned, is not a member of the list." in out
    assert mine.memberships.count() == 1 and mine.todos.count() == 2


def test_without_its_tables_it_says_so(cast: Cast) -> None:
    with pytest.raises(
        CommandError, match="not in this database: todo_comment, todo_task, todo_tasklist"
    ):
        run("todos_import_django_todo", "--user", "alice")


def test_two_groups_may_have_lists_of_one_name(cast: Cast) -> None:
    """Each keeps its todos and lets its own group in."""
    others = Group.objects.create(name="Others")
    others.user_set.add(cast.charlie)
    make("tasklist", ["Chores", "a", group(cast.bob)], ["Chores", "b", others.pk])
    day = dt.date(2026, 11, 2)
    make(
        "task",
        *(
            [f"Of {number}", number, day, None, False, None, None, "", 1, None]
            for number in (2, 1)
        ),
        more=", assigned_to_id integer",
    )
    make("comment")
    for _again in range(2):
        run("todos_import_django_todo", "--user", "alice", "--time-zone", "UTC")
    found = {
        (todo.title, *sorted(todo.todo_list.memberships.values_list("user__username", flat=True)))
        for todo in Todo.objects.filter(todo_list__name="Chores")
    }
    assert found == {("Of 1", "alice", "bob"), ("Of 2", "alice", "charlie")}
