"""Mails at the right time: reminders of single todos, and the daily digest for who wants it.

Nothing is scheduled ahead. Each run works out what is due now from the todos as they are, so moving a date, changing a
zone or completing a todo needs no bookkeeping; `Delivery` makes each mail go out once, however many workers run.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from django_todos import limits
from django_todos._compat import mail_connection
from django_todos.conf import settings
from django_todos.dates import to_instant
from django_todos.models import Delivery, Preferences, Reminder, Todo
from django_todos.models.reminders import DAY
from django_todos.viewer import Viewer
from django_todos.wording.dates import written

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

log = logging.getLogger("django_todos")

Kind = Literal["reminders", "digest"]

GRACE = timedelta(days=7)
"""How late a reminder may still be sent, when no worker ran."""

_CHUNK = 500
_SALT = "django_todos.unsubscribe"


@dataclass
class MailCount:
    """How many mails a run sent, and how many it could not."""

    sent: int = 0
    failed: int = 0


@dataclass
class _Sender:
    """Sends claimed mails over one connection, which is opened anew after a failure."""

    now: datetime
    report: MailCount = field(default_factory=MailCount)
    connection: Any = None

    def send(self, delivery: Delivery, write: Callable[[], EmailMultiAlternatives]) -> None:
        try:
            message = write()
            self.connection = self.connection or mail_connection()
            self.connection.send_messages([message])
        except Exception as error:  # whatever a backend or a template raises stops this one only
            log.warning("Mail %s was not sent: %s", delivery, error)
            self.close()
            delivery.failed(self.now, error)
            self.report.failed += 1
        else:
            delivery.sent(self.now)
            self.report.sent += 1

    def close(self) -> None:
        if self.connection is not None:
            try:
                self.connection.close()
            except Exception as error:  # it is given up anyway
                log.debug("Closing the mail connection failed: %s", error)
            self.connection = None


# -- reminders -------------------------------------------------------------------------------------


def due_reminders(now: datetime) -> Iterator[tuple[Reminder, Viewer]]:
    """The reminders whose moment has come and which nobody has sent, with whom they are for."""
    candidates = _candidates(now).select_related("todo", "user").order_by("pk").iterator(_CHUNK)
    for chunk in _chunks(candidates):
        viewers = _viewers({reminder.user for reminder in chunk}, now)
        come = [one for one in chunk if _has_come(one, viewers[one.user_id], now)]
        known = _finished({reminder.key() for reminder in come})
        for reminder in come:
            if reminder.key() not in known:
                yield reminder, viewers[reminder.user_id]


def _candidates(now: datetime) -> Any:
    """Reminders that may have come: a day or two more than have, because days differ from zone to zone."""
    first = (now - GRACE).date() - timedelta(days=2)
    soon = Q()
    for days in (1, 8, limits.MAX_REMIND_BEFORE // DAY):
        last = now.date() + timedelta(days=days + 2)
        soon |= Q(minutes_before__lte=days * DAY, todo__due_date__lte=last)
    return Reminder.objects.filter(
        Q(remind_at__lte=now, remind_at__gt=now - GRACE) | Q(todo__due_date__gte=first) & soon,
        todo__is_completed=False,
        todo__deleted_at=None,
        todo__todo_list__deleted_at=None,
        todo__todo_list__archived_at=None,
    )


def _has_come(reminder: Reminder, viewer: Viewer, now: datetime) -> bool:
    if not (viewer.preferences.reminders and viewer.reachable):
        return False
    moment = reminder.moment(viewer.preferences)
    # One whose moment had passed when it was set was set for the next time.
    return moment is not None and max(now - GRACE, reminder.created_at) <= moment <= now


def send_reminders(now: datetime) -> MailCount:
    """Send what is due. A second worker at the same time sends none of the same."""
    sender = _Sender(now)
    for reminder, viewer in due_reminders(now):
        delivery = Delivery.claim(reminder.key(), viewer.user.pk, now)
        if delivery is None:
            continue
        todo = Todo.objects.visible_to(viewer.user).active().open()
        fresh = todo.select_related("todo_list").filter(pk=reminder.todo_id).first()
        if fresh is None:  # left the list, or somebody was quicker: nothing to remind of
            delivery.sent(now)
        else:
            context = {"todo": fresh}
            sender.send(delivery, partial(_message, "reminder", "reminders", viewer, context))
    sender.close()
    return sender.report


# -- the digest ------------------------------------------------------------------------------------


def due_digests(now: datetime) -> Iterator[tuple[str, Viewer]]:
    """Who is to get today's digest, and the key of that mail."""
    wanted = Preferences.objects.filter(digest=True).select_related("user").order_by("pk")
    for chunk in _chunks(wanted.iterator(_CHUNK)):
        keys = {}
        for preferences in chunk:
            viewer = Viewer(preferences.user, preferences, now, preferences.seen_region)
            hour = now.astimezone(viewer.zone).hour
            if viewer.reachable and hour >= preferences.digest_hour:
                keys[f"digest:{preferences.user_id}:{viewer.today}"] = viewer
        known = _finished(set(keys))
        for key, viewer in keys.items():
            if key not in known:
                yield key, viewer


def send_digests(now: datetime) -> MailCount:
    """Send the digests of the day: what is overdue and what is due. Who has nothing to do gets none."""
    sender = _Sender(now)
    for key, viewer in due_digests(now):
        delivery = Delivery.claim(key, viewer.user.pk, now)
        if delivery is None:
            continue
        context = _digest(viewer)
        if context["count"]:
            sender.send(delivery, partial(_message, "digest", "digest", viewer, context))
        else:
            delivery.sent(now)
    sender.close()
    return sender.report


def _digest(viewer: Viewer, most: int | None = None) -> dict[str, Any]:
    todos = Todo.objects.visible_to(viewer.user).active().open()
    due = todos.due_until(viewer.today, viewer.zone).started(viewer.now, viewer.zone)
    found = due.select_related("todo_list").order_by("due_date", "due_time", "pk")
    count = found.count()
    named = sorted(found[: most or limits.DIGEST], key=lambda todo: todo.due.sort_key(viewer.zone))
    return {
        "count": count,
        "more": count - len(named),
        "overdue": [one for one in named if not one.due.is_today(viewer.today, viewer.zone)],
        "today": [one for one in named if one.due.is_today(viewer.today, viewer.zone)],
    }


def preview(viewer: Viewer) -> dict[str, Any]:
    """What tomorrow's digest would say if nothing changed until then."""
    hour = time(viewer.preferences.digest_hour)
    now = to_instant(datetime.combine(viewer.today + timedelta(days=1), hour), viewer.zone)
    then = replace(viewer, now=now)
    return {"at": hour, "viewer": then, **_digest(then, most=6)}


# -- one mail --------------------------------------------------------------------------------------


def _message(
    template: str, kind: Kind, viewer: Viewer, context: dict[str, Any]
) -> EmailMultiAlternatives:
    unsubscribe = absolute(
        reverse("django_todos:unsubscribe", args=[unsubscribe_token(viewer.user, kind)])
    )
    context = context | {
        "viewer": viewer,
        "base_url": settings.BASE_URL,
        "today_url": absolute(reverse("django_todos:today")),
        "unsubscribe_url": unsubscribe,
    }
    with (
        translation.override(project.LANGUAGE_CODE),
        timezone.override(viewer.zone),
        written(viewer.style),
    ):
        name = f"django_todos/mail/{template}"
        subject = " ".join(render_to_string(f"{name}_subject.txt", context).split())
        text = render_to_string(f"{name}.txt", context).strip() + "\n"
        html = render_to_string(f"{name}.html", context)
    # RFC 8058: a mail program posts to the address by itself; both headers are needed.
    headers = {
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMultiAlternatives(
        subject, text, settings.FROM_EMAIL, [viewer.address], headers=headers
    )
    message.attach_alternative(html, "text/html")
    return message


def absolute(path: str) -> str:
    """A path of this project as a link for mails."""
    return settings.BASE_URL + path


def unsubscribe_token(user: AbstractBaseUser, kind: Kind) -> str:
    """What an unsubscribe link carries: it can't be forged, and does nothing but this."""
    return signing.dumps([str(user.pk), kind], salt=_SALT)


def read_unsubscribe_token(token: str) -> tuple[AbstractBaseUser, Kind] | None:
    """Whose mails of which kind, or None for a token that we did not make."""
    try:
        pk, kind = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        return None
    user = get_user_model()._default_manager.filter(pk=pk).first()
    return None if user is None or kind not in ("reminders", "digest") else (user, kind)


def unsubscribe(user: AbstractBaseUser, kind: Kind) -> None:
    """No more mails of that kind."""
    Preferences.objects.update_or_create(user_id=user.pk, defaults={kind: False})


# -- helpers ---------------------------------------------------------------------------------------


def _viewers(users: set[Any], now: datetime) -> dict[Any, Viewer]:
    saved = {one.user_id: one for one in Preferences.objects.filter(user__in=users)}
    known = {user: saved.get(user.pk) or Preferences(user_id=user.pk) for user in users}
    return {user.pk: Viewer(user, one, now, one.seen_region) for user, one in known.items()}


def _finished(keys: set[str]) -> set[str]:
    """Those that were sent or given up."""
    done = Delivery.objects.filter(key__in=keys).exclude(sent_at=None, given_up_at=None)
    return set(done.values_list("key", flat=True))


def _chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
