"""Instants are the same in a host whose own times have no zone (``USE_TZ = False``)."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from tests.factories import NOW, UTC, Cast, make_todo

from django_todos.dates import Moment
from django_todos.instants import InstantField, aware, now
from django_todos.models import Todo


@pytest.fixture(params=[True, False], ids=["USE_TZ", "naive"])
def use_tz(request, settings) -> bool:
    settings.USE_TZ = request.param
    settings.TIME_ZONE = "Asia/Kathmandu"
    return request.param


def test_a_time_without_a_zone_is_the_projects(use_tz: bool):
    assert aware(datetime(2026, 11, 23, 15, 45)) == NOW
    assert aware(NOW) is NOW
    assert InstantField().to_python("2026-11-23 15:45") == NOW
    assert InstantField().deconstruct()[1] == "django.db.models.DateTimeField"
    assert now().tzinfo is timezone.utc


def test_what_is_written_is_read_as_the_same_instant(use_tz: bool, cast: Cast):
    """Made, found, updated, changed in bulk and undone."""
    due = Moment(NOW.date(), (NOW + timedelta(hours=1)).time(), "Europe/Lisbon")
    todo = make_todo(cast.flat, due=due)
    todo.refresh_from_db()
    assert (todo.created_at, todo.due_at) == (NOW, due.at())
    assert list(Todo.objects.all().overdue(NOW, UTC)) == []
    assert list(Todo.objects.all().overdue(NOW + timedelta(hours=2), UTC)) == [todo]
    action = todo.complete(by=cast.alice, at=NOW, zone=UTC)
    todo.refresh_from_db()
    assert todo.completed_at == NOW and todo.completions.get().at == NOW
    assert Todo.objects.filter(completed_at__gte=NOW).exists()
    assert action is not None and action.undo(at=NOW)
    cast.flat.refresh_from_db()
    assert abs(cast.flat.updated_at - now()) < timedelta(minutes=1)  # the database's own clock
    todo.trash(by=None, at=datetime(2026, 11, 23, 15, 45))  # a host's own naive time
    assert Todo.objects.get().deleted_at == NOW


def test_pages_work(use_tz: bool, cast: Cast):
    todo = make_todo(cast.flat, due=Moment(NOW.date(), NOW.time(), "Asia/Kathmandu"))
    client = cast.client("alice")
    assert client.post(f"/todos/todos/{todo.uuid}/complete/").status_code == 303
    for page in ("", "completed/", f"todos/{todo.uuid}/", "preferences/"):
        assert client.get(f"/todos/{page}").status_code == 200, page


def test_an_hour_that_comes_twice_stays_in_order(settings, cast: Cast):
    settings.USE_TZ, settings.TIME_ZONE = False, "Europe/Lisbon"
    first = datetime(2026, 10, 25, 1, 30, tzinfo=ZoneInfo("Europe/Lisbon"))
    second = first.replace(fold=1)
    make_todo(cast.flat, "second", at=second)
    make_todo(cast.flat, "first", at=first)
    assert [one.title for one in Todo.objects.order_by("created_at")] == ["first", "second"]
