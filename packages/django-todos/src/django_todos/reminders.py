"""Mails at the right time: reminders of single todos, and the daily digest for who wants it.

Nothing is scheduled ahead. Each run works out what is due now from the todos as they are, so moving a date, changing a
zone or completing a todo needs no bookkeeping; `Delivery` makes each mail go out once, however many workers run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from django_todos import limits, notices, signals
from django_todos._compat import batched
from django_todos.dates import to_instant
from django_todos.mail import BATCH, MailCount, Outbox, absolute
from django_todos.models import Delivery, Membership, Preferences, Reminder, Todo
from django_todos.models.compiled import Compiled
from django_todos.models.querysets import (
    TodoQuerySet,
    any_member,
    object_types,
    object_types_remembered,
)
from django_todos.models.reminders import DAY
from django_todos.unsubscribing import with_way_out
from django_todos.viewer import ANY_INSTANTS, Viewer

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.core.mail import EmailMultiAlternatives

GRACE = timedelta(days=7)
"""How late a reminder may still be sent, when no worker ran."""

_CHUNK = 500
_SHOWN = (
    "uuid",
    "todo_list",
    "title",
    "priority",
    "is_completed",
    "due_date",
    "due_time",
    "due_tz",
    "todo_list__name",
    "todo_list__inbox_of",
)


# -- reminders -------------------------------------------------------------------------------------


def due_reminders(now: datetime) -> Iterator[tuple[Reminder, Viewer]]:
    """The reminders whose moment has come and which nobody has sent, with whom they are for."""
    candidates = _candidates(now).select_related("todo", "user").order_by("pk").iterator(_CHUNK)
    for chunk in batched(candidates, _CHUNK):
        viewers = Viewer.of_each({reminder.user for reminder in chunk}, now)
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
    with Outbox(now) as outbox:
        for batch in batched(due_reminders(now), BATCH):
            claimed = outbox.claim({one.key(): one.user_id for one, _viewer in batch})
            fresh = _still_open([one for one, _viewer in batch if one.key() in claimed])
            for reminder, viewer in batch:
                if (key := reminder.key()) in claimed:
                    todo = fresh.get(reminder.pk)
                    write = partial(_reminder_mail, reminder, todo, viewer) if todo else None
                    if outbox.send(key, write) and todo:
                        signals.reminded.send_robust(
                            sender=Todo, todo=todo, user=reminder.user, action=None
                        )
    return outbox.count


def _still_open(reminders: list[Reminder]) -> dict[int, Todo]:
    """Their todos as they are now, by reminder: none that is done, or that the person can't read any more."""
    active = Todo.objects.active().open()
    member = Membership.objects.filter(
        todo_list=OuterRef("todo__todo_list"), user=OuterRef("user")
    )
    rows = Reminder.objects.filter(
        pk__in=[one.pk for one in reminders], todo__in=active
    ).select_related("todo__todo_list", "user")
    return {
        row.pk: row.todo
        for row in rows.annotate(is_member=Exists(member))
        if row.is_member or _may_by_object(row.todo, row.user)
    }


def _may_by_object(todo: Todo, user: AbstractBaseUser) -> bool:
    """Whether somebody who is no member reads the list for the sake of the host's object that it is about."""
    if todo.todo_list.object_type_id is None:
        return False
    return Todo.objects.visible_to(user).filter(pk=todo.pk).exists()


def _reminder_mail(reminder: Reminder, todo: Todo, viewer: Viewer) -> EmailMultiAlternatives:
    moment = reminder.moment(viewer.preferences) or viewer.now
    context = {"todo": todo, "moment": moment, "url": absolute(todo.get_absolute_url())}
    return with_way_out("reminder", "reminders", viewer, context)


# -- the digest ------------------------------------------------------------------------------------


def due_digests(now: datetime) -> Iterator[tuple[str, Viewer]]:
    """Who is to get today's digest, and the key of that mail."""
    wanted = Preferences.objects.filter(digest=True).select_related("user").order_by("pk")
    for chunk in batched(wanted.iterator(_CHUNK), _CHUNK):
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
    with object_types_remembered(), Outbox(now) as outbox:
        for batch in batched(due_digests(now), BATCH):
            claimed = outbox.claim({key: viewer.user.pk for key, viewer in batch})
            waiting = notices.for_digests(viewer for key, viewer in batch if key in claimed)
            for key, viewer in batch:
                if key in claimed:
                    told = waiting.get(viewer.user.pk, [])
                    others = {
                        "notices": notices.still_so(told) if told else [],
                        "invitations": notices.invitations_in_digest(viewer),
                    }
                    digest = _digest(viewer) | others
                    write = partial(with_way_out, "digest", "digest", viewer, digest)
                    has_news = digest["count"] or any(others.values())
                    if outbox.send(key, write if has_news else None):
                        notices.forget(told)
    return outbox.count


def _digest(viewer: Viewer, most: int | None = None) -> dict[str, Any]:
    """What is overdue and what is due: the first of them, and how many there are of each."""
    most = most or limits.DIGEST
    found = list(_first_due(viewer, most + 1))
    named = sorted(found[:most], key=lambda todo: todo.due.sort_key(viewer.zone))
    overdue = [one for one in named if not one.due.is_today(viewer.today, viewer.zone)]
    count, late = len(named), len(overdue)
    if len(found) > most:
        due = _due(viewer.user, viewer.instants)
        count = due.count()
        late = count - due.due_on(viewer.today, viewer.zone).count()
    return {
        "count": count,
        "more": count - len(named),
        "overdue": overdue,
        "overdue_count": late,
        "today": named[len(overdue) :],
        "today_count": count - late,
        "today_url": absolute(reverse("django_todos:today")),
        "view": "today",  # which says the day once, and then times alone
        "at": time(viewer.preferences.digest_hour),
    }


def _due(user: Any, at: dict[str, Any]) -> TodoQuerySet:
    return Todo.objects.visible_to(user).active().open().due_by(at)


def _in_order(due: TodoQuerySet, most: int) -> TodoQuerySet:
    shown = due.select_related("todo_list").only(*_SHOWN)
    return shown.order_by("due_date", "due_time", "pk")[:most]


@Compiled
def _any_due(most: int) -> TodoQuerySet:
    with any_member() as anybody:
        due = _due(anybody, ANY_INSTANTS)
        # Says nothing new, but lets the database begin with a person's lists instead of everybody's todos.
        own = Membership.objects.filter(user=anybody.pk)
        return _in_order(due.filter(todo_list__in=own.values("todo_list")), most)


def _first_due(viewer: Viewer, most: int) -> TodoQuerySet:
    if object_types():
        return _in_order(_due(viewer.user, viewer.instants), most)
    return _any_due({"user": viewer.user.pk, **viewer.instants}, most)


def preview(viewer: Viewer) -> dict[str, Any]:
    """What tomorrow's digest would say if nothing changed until then."""
    hour = time(viewer.preferences.digest_hour)
    now = to_instant(datetime.combine(viewer.today + timedelta(days=1), hour), viewer.zone)
    then = replace(viewer, now=now)
    return {"viewer": then, **_digest(then, most=6)}


# -- helpers ---------------------------------------------------------------------------------------


def _finished(keys: set[str]) -> set[str]:
    """Those that were sent or given up."""
    done = Delivery.objects.filter(key__in=keys).exclude(sent_at=None, given_up_at=None)
    return set(done.values_list("key", flat=True))
