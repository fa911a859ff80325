"""How many mails a second of its own CPU the worker sends: `python benchmarks/bench_mail.py [people]`.

Digests of five todos each, and a reminder each, over a mail backend that keeps them in memory. Prints figures; asserts
nothing. On SQLite in memory, whatever DATABASE_URL names: it writes.
"""

from __future__ import annotations

import os
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ["DJANGO_SETTINGS_MODULE"], os.environ["DATABASE_URL"] = "tests.settings", ""

import django  # noqa: E402
from django.conf import settings  # noqa: E402

django.setup()
settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

from django.core.mail import get_connection  # noqa: E402
from django.core.management import call_command  # noqa: E402
from tests.factories import make_list, make_many, make_user  # noqa: E402

from django_todos.mail import MailCount  # noqa: E402
from django_todos.models import Preferences, Reminder, Todo  # noqa: E402
from django_todos.reminders import send_digests, send_reminders  # noqa: E402

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)


def make_data(people: int) -> None:
    for n in range(people):
        user = make_user(f"user{n}")
        user.email = f"user{n}@example.org"
        user.save()
        Preferences.objects.update_or_create(
            user_id=user.pk, defaults={"digest": True, "reminders": True, "digest_hour": 7}
        )
        todos = make_many(make_list(user, f"List {n}"), 5, due_date=NOW.date())
        Todo.objects.filter(pk=todos[0].pk).update(due_date=NOW.date() - timedelta(days=2))
        Reminder.objects.create(todo=todos[1], user_id=user.pk, remind_at=NOW - timedelta(hours=1))
    Reminder.objects.update(created_at=NOW - timedelta(days=1))


def main(people: int = 500) -> None:
    call_command("migrate", verbosity=0)
    make_data(people)
    get_connection().open()
    for name, send in (("reminders", send_reminders), ("digests", send_digests)):
        begin = process_time()
        count: MailCount = send(NOW)
        took = process_time() - begin
        print(
            f"{name}: {count.sent} sent, {count.failed} failed, {count.sent / took:.0f} a second"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
