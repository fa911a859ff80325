"""`manage.py todos_worker`: each of its jobs, once and again."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from django_todos.dates import Moment
from django_todos.management.commands import todos_worker
from django_todos.models import (
    Action,
    Delivery,
    ImportDraft,
    Preferences,
    Reminder,
    Todo,
    TodoList,
)
from django_todos.signals import worker_ran

from .factories import make_list, make_todo

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def base_url(settings):
    settings.TODOS_BASE_URL = "https://todo.example.org"


@pytest.fixture
def restored_signals():
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def work(**options):
    out, err = StringIO(), StringIO()
    call_command("todos_worker", stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def test_old_trash_goes_for_ever_and_new_trash_stays(cast, settings):
    now = timezone.now()
    other = make_list(cast.alice, "Garden")
    for todo_list in (cast.flat, other):
        old, new = make_todo(todo_list, "old"), make_todo(todo_list, "new")
        make_todo(todo_list, "below", parent=old)
        old.trash(by=cast.alice, at=now - timedelta(days=31))
        new.trash(by=cast.alice, at=now - timedelta(days=29))
    gone = make_list(cast.alice, "Gone")
    gone.trash(by=cast.alice, at=now - timedelta(days=31))
    out, _err = work()
    assert "trash: 5" in out
    assert set(Todo.objects.values_list("title", flat=True)) == {"new"}
    assert not TodoList.objects.filter(pk=gone.pk).exists()
    settings.TODOS_TRASH_DAYS = 7
    work()
    assert not Todo.objects.exists()


def test_what_cannot_be_undone_any_more_is_pruned(cast):
    now = timezone.now()
    for days in (31, 29):
        Action.objects.create(user=cast.alice, verb="edit", created_at=now - timedelta(days=days))
    for hours in (25, 23):
        ImportDraft.objects.create(
            user=cast.alice, format="json", content=b"{}", created_at=now - timedelta(hours=hours)
        )
    for days in (91, 89):
        at = now - timedelta(days=days)
        Delivery.objects.create(key=str(days), user=cast.alice, try_at=at, created_at=at)
    work()
    assert Action.objects.count() == ImportDraft.objects.count() == Delivery.objects.count() == 1


def test_reminders_and_digests_go_out(cast, mailoutbox):
    cast.alice.email = "alice@example.org"
    cast.alice.save()
    Preferences.objects.create(user=cast.alice, digest=True, reminder_hour=0, digest_hour=0)
    now = timezone.now()
    todo = make_todo(cast.flat, due=Moment(now.date()))
    before = now - timedelta(days=1)
    Reminder.objects.create(
        todo=todo, user=cast.alice, remind_at=now - timedelta(minutes=1), created_at=before
    )
    out, err = work()
    assert out.startswith("reminders: 1, digests: 1, notices: 0, ")
    assert err == "" and len(mailoutbox) == 2
    assert work() == ("", "")
    assert work(verbosity=2)[0].startswith("reminders: 0")


def test_without_an_address_of_its_own_it_sends_nothing_and_says_so(cast, settings, mailoutbox):
    del settings.TODOS_BASE_URL
    cast.alice.email = "alice@example.org"
    cast.alice.save()
    Preferences.objects.create(user=cast.alice, digest=True, reminder_hour=0, digest_hour=0)
    make_todo(cast.flat, due=Moment(timezone.now().date()))
    assert "TODOS_BASE_URL is not set" in work()[1]
    assert mailoutbox == []


def test_a_job_that_fails_stops_none_of_the_others(cast, monkeypatch, caplog):
    def broken(now):
        raise OSError("disk on fire")

    monkeypatch.setitem(todos_worker.JOBS, "reminders", broken)
    Action.objects.create(user=cast.alice, verb="edit", created_at=timezone.now() - timedelta(99))
    with pytest.raises(CommandError, match="Some jobs failed"):
        work()
    assert not Action.objects.exists()
    assert "disk on fire" in caplog.text


def test_a_host_hears_of_each_run_and_stops_none(monkeypatch, caplog):
    monkeypatch.setattr(todos_worker, "JOBS", {})
    heard = []

    def receiver(sender, **kwargs):
        heard.append(sender)
        raise OSError("disk on fire")

    worker_ran.connect(receiver)
    try:
        work()
    finally:
        worker_ran.disconnect(receiver)
    assert heard == [todos_worker.Command]
    assert "disk on fire" in caplog.text


def test_every_goes_on_until_it_is_stopped(monkeypatch, restored_signals):
    runs = []

    def job(now):
        runs.append(now)
        if len(runs) == 1:
            raise OSError("a bad run is no reason to stop")
        os.kill(os.getpid(), signal.SIGTERM)
        return 1

    monkeypatch.setattr(todos_worker, "JOBS", {"job": job})
    monkeypatch.setattr(todos_worker, "close_old_connections", lambda: None)
    out, _err = work(every=1)
    assert len(runs) == 2 and runs[0] < runs[1]
    assert out == "job: 1\n"


@pytest.mark.parametrize("every", [0, -5])
def test_every_is_a_number_of_seconds(every):
    with pytest.raises(CommandError, match="from 1"):
        work(every=every)
