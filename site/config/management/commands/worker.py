"""`manage.py worker --every 60`: the package's worker with what the site adds to its jobs."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session

from django_todos.management.commands import todos_worker


def expired_sessions(now: datetime) -> int:
    """Nor is it kept from where they were used."""
    ended = Session.objects.filter(expire_date__lt=now).delete()[0]
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    return ended


class Command(todos_worker.Command):
    jobs = {**todos_worker.JOBS, "sessions": expired_sessions}

    def run(self, verbosity: int) -> bool:
        """One run; that it came to its end is seen by the age of HEARTBEAT_FILE."""
        worked = super().run(verbosity)
        settings.HEARTBEAT_FILE.touch()
        return worked
