"""What has to happen without anybody asking: old trash goes, reminders and digests go out."""

from __future__ import annotations

import logging
import signal
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from django_todos import notices, reminders
from django_todos.conf import settings
from django_todos.instants import now
from django_todos.mail import MailCount
from django_todos.models import (
    Action,
    Delivery,
    ImportDraft,
    Invitation,
    Todo,
    TodoList,
    let_go_of_objects,
)
from django_todos.signals import worker_ran

log = logging.getLogger("django_todos")


def empty_trash(now: datetime) -> int:
    """Delete for ever what has been in the trash for `TODOS_TRASH_DAYS`. Returns how many todos and lists went."""
    limit = now - timedelta(days=settings.TRASH_DAYS)
    old = Todo.objects.trashed().filter(deleted_at__lt=limit)
    count = 0
    # List by list, so that no writer waits for more than their own.
    for pk in set(old.values_list("todo_list", flat=True)):
        count += old.filter(todo_list=pk).purge()
    lists = TodoList.objects.trashed().filter(deleted_at__lt=limit)
    for pk in lists.values_list("pk", flat=True):
        count += lists.filter(pk=pk).purge()
    return count


def _mails(send: Callable[[datetime], MailCount]) -> Callable[[datetime], int]:
    return lambda now: send(now).sent if settings.BASE_URL else 0


JOBS: dict[str, Callable[[datetime], int]] = {
    "reminders": _mails(reminders.send_reminders),
    "digests": _mails(reminders.send_digests),
    "notices": _mails(notices.send_notices),
    "invitations": _mails(notices.send_invitations),
    "trash": empty_trash,
    "actions": Action.objects.prune,
    "uploads": ImportDraft.prune,
    "objects": let_go_of_objects,
    "deliveries": Delivery.objects.prune,
    "old invitations": Invitation.objects.prune,
}


class Command(BaseCommand):
    """``manage.py todos_worker`` runs each job once; ``--every 60`` runs them each minute until it is stopped.

    Any number of them may run at the same time.
    """

    help = "Send reminders and digests, empty old trash, prune what can't be undone any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """``--every``: seconds between runs."""
        parser.add_argument(
            "--every", type=int, metavar="SECONDS", help="Go on, with a run every so many seconds."
        )

    def handle(self, *args: Any, every: int | None = None, **options: Any) -> None:
        """Once, or until SIGTERM or SIGINT, which let the run in progress end."""
        if every is not None and every < 1:
            raise CommandError("--every takes a number of seconds from 1.")
        if not settings.BASE_URL:
            self.stderr.write("TODOS_BASE_URL is not set: no reminders and digests are sent.")
        if every is None:
            if not self.run(options["verbosity"]):
                raise CommandError("Some jobs failed; the log says why.")
            return
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: stop.set())
        while not stop.is_set():
            close_old_connections()
            self.run(options["verbosity"])
            stop.wait(every)

    def run(self, verbosity: int) -> bool:
        """One run. A job that fails is logged and stops none of the others; False if one did."""
        done = {}
        failed = False
        for name, job in JOBS.items():
            try:
                done[name] = job(now())
            except Exception:
                log.exception("todos_worker: %s failed", name)
                failed = True
        if verbosity > 1 or any(done.values()):
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in done.items()))
        worker_ran.send_robust(type(self))
        return not failed
