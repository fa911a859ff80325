"""What the database refuses is tried once more, then said; nothing that was typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, OperationalError
from django.test import Client
from django.urls import reverse
from tests.factories import Cast, later, make_todo
from tests.views.pages import HTMX

from django_todos.models import Todo, TodoList
from django_todos.views.refused import reason_of


def says(**attributes: Any) -> DatabaseError:
    """An error as Django raises it, from one of a driver's."""
    cause, error = RuntimeError(), OperationalError("as it says")
    for name, value in attributes.items():
        setattr(cause, name, value)
    error.__cause__ = cause
    return error


REASONS = [
    (IntegrityError("twice"), "again"),
    (says(sqlstate="40P01"), "again"),
    (says(sqlstate="40001"), "again"),
    (says(pgcode="55P03"), "again"),
    (says(sqlite_errorname="SQLITE_BUSY_SNAPSHOT"), "again"),
    (OperationalError(1213, "Deadlock found"), "again"),
    (says(sqlstate="53100"), "full"),
    (says(sqlite_errorname="SQLITE_FULL"), "full"),
    (says(sqlite_errorname="SQLITE_IOERR_WRITE"), "full"),
    (says(sqlstate="42P01"), None),
    (OperationalError("no such table"), None),
    (says(sqlstate="57P01"), "away"),
    (says(sqlstate=None), "away"),
    (says(sqlite_errorname="SQLITE_CANTOPEN"), "away"),
]


@pytest.mark.parametrize(("error", "reason"), REASONS)
def test_what_an_error_means(error: DatabaseError, reason: str | None):
    assert reason_of(error) == reason


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[DatabaseError]:
    """What the next writes of a todo end with; those after them go well."""
    errors: list[DatabaseError] = []
    edit = Todo.edit

    def failing(self: Todo, **kwargs: Any) -> Any:
        action = edit(self, **kwargs)
        if errors:
            raise errors.pop(0)
        return action

    monkeypatch.setattr(Todo, "edit", failing)
    return errors


def post(cast: Cast, **headers: str) -> Any:
    form = {"title": "Oat milk", "priority": "none", "notes": "a\nb <i>"}
    todo = make_todo(cast.flat)
    return cast.client("bob").post(todo.get_absolute_url(), form, **headers)


def test_a_collision_is_tried_once_more(cast: Cast, failing: list[DatabaseError]):
    failing.append(says(sqlstate="40P01"))
    assert post(cast).status_code == 303
    assert Todo.objects.get().title == "Oat milk"


def test_after_the_second_it_is_said_and_the_text_is_kept(
    cast: Cast, failing: list[DatabaseError]
):
    failing += [says(sqlstate="40P01"), IntegrityError("twice")]
    answer = post(cast)
    assert (answer.status_code, answer["Retry-After"]) == (409, "1")
    assert Todo.objects.get().title == "Buy milk"
    page = answer.content.decode()
    assert 'name="notes" value="a\nb &lt;i&gt;"' in page and 'value="Oat milk"' in page
    assert f'action="{Todo.objects.get().get_absolute_url()}"' in page


def test_a_script_is_answered_without_a_page(cast: Cast, failing: list[DatabaseError]):
    failing += [says(sqlstate="40P01")] * 2
    answer = post(cast, **HTMX)
    assert (answer.status_code, answer.content, answer["Retry-After"]) == (409, b"", "1")


def test_a_full_disk_is_said_at_once(cast: Cast, failing: list[DatabaseError]):
    failing += [says(sqlstate="53100")] * 2
    answer = post(cast)
    assert answer.status_code == 507 and "no room left" in answer.content.decode()
    assert len(failing) == 1
    assert cast.client("bob").get(reverse("django_todos:today")).status_code == 200


def test_a_fault_of_ours_is_not_hidden(cast: Cast, failing: list[DatabaseError]):
    failing.append(says(sqlstate="42P01"))
    with pytest.raises(OperationalError):
        post(cast)


def test_a_list_about_an_object_comes_back_only_where_there_is_no_newer_one(cast: Cast):
    group = Group.objects.create(name="house")
    older = TodoList.objects.create_about(group, name="Older")
    older.add_member(cast.alice, "owner")
    action = older.trash(by=cast.alice, at=later())
    newer = TodoList.objects.create_about(group, name="Newer")
    client = cast.client("alice")
    answer = client.post(reverse("django_todos:list-restore", args=[older.uuid]), follow=True)
    assert "there is a newer list about the same thing" in answer.content.decode()
    assert action is not None
    answer = client.post(reverse("django_todos:action-undo", args=[action.uuid]))
    assert "undone=0" in answer["Location"]
    older.refresh_from_db()
    assert older.deleted_at is not None
    newer.purge()
    assert older.restore(by=cast.alice, at=later(2)) is not None


def test_pages_are_kept_by_their_reader_alone(cast: Cast):
    for client in (cast.client("alice"), Client()):
        answer = client.get(reverse("django_todos:today"))
        assert answer["Cache-Control"] == "private, no-cache" and "Cookie" in answer["Vary"]
    download = cast.client("alice").get(
        reverse("django_todos:export"), {"download": "anyway", "format": "json"}
    )
    assert download["Cache-Control"] == "private, no-store"
