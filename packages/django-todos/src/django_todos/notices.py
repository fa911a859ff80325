"""What others did, told by mail: at once or with the digest, as each person prefers; and invitations.

Nothing is told that is not so any more when the mail is written: what was taken back meanwhile, done or undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.urls import reverse

from django_todos._compat import batched
from django_todos.mail import BATCH, MailCount, Outbox, absolute
from django_todos.models import Delivery, Invitation, Membership, Notice, Preferences, Role, Tell
from django_todos.unsubscribing import Kind, with_way_out
from django_todos.viewer import Viewer
from django_todos.wording import people

if TYPE_CHECKING:
    from django.core.mail import EmailMultiAlternatives


@dataclass(frozen=True)
class News:
    """A notice that holds, and the role that its person has in the list now."""

    notice: Notice
    role: str

    @property
    def line(self) -> str:
        """In words, in the language that a mail is written in."""
        return people.news(self.notice, self.role)


SETTLE = timedelta(minutes=1)
"""What is undone within this is told to nobody, and several deeds make one mail."""
GRACE = timedelta(days=7)
"""How long somebody is still told, when no worker ran or their mail failed."""


def send_notices(now: datetime) -> MailCount:
    """Tell everybody who wants it at once what concerns them: a mail a topic, however much it is."""
    Notice.objects.filter(created_at__lt=now - GRACE).delete()
    groups: dict[tuple[Any, str], list[Notice]] = defaultdict(list)
    for notice in _waiting().filter(created_at__lte=now - SETTLE):
        groups[notice.user_id, notice.topic].append(notice)
    viewers = Viewer.of_each({notices[0].user for notices in groups.values()}, now)
    due = [
        notices
        for (user_id, topic), notices in groups.items()
        if _when(viewers[user_id], topic) != Tell.DIGEST
    ]
    told: dict[str, list[int]] = {}
    with Outbox(now) as outbox:
        for batch in batched(due, BATCH):
            keys = {_key(notices): notices for notices in batch}
            claimed = outbox.claim({key: some[0].user_id for key, some in keys.items()})
            for key in claimed:
                notices, viewer = keys[key], viewers[keys[key][0].user_id]
                wanted = _when(viewer, notices[0].topic) == Tell.NOW and viewer.reachable
                lines = still_so(notices) if wanted else []
                outbox.send(key, partial(_mail, viewer, lines) if lines else None)
                told[key] = [one.pk for one in notices]
    sent = Delivery.objects.filter(key__in=told).exclude(sent_at=None)
    done = [pk for key in sent.values_list("key", flat=True) for pk in told[key]]
    Notice.objects.filter(pk__in=done).delete()
    return outbox.count


def _waiting() -> QuerySet[Notice]:
    related = ("user", "action__user", "todo__todo_list", "todo_list", "invitation")
    return Notice.objects.select_related(*related).order_by("pk")


def _key(notices: list[Notice]) -> str:
    return f"notice:{notices[0].user_id}:{notices[0].topic}:{notices[0].pk}"


def _when(viewer: Viewer, topic: str) -> str:
    """When somebody wants to be told; at once where it is to be in a digest that they don't get."""
    chosen: str = getattr(viewer.preferences, f"tell_{topic}")
    return Tell.NOW if chosen == Tell.DIGEST and not viewer.preferences.digest else chosen


def for_digests(viewers: Iterable[Viewer]) -> dict[Any, list[Notice]]:
    """What is to be told in these people's digests beside their todos, by their keys; in one query."""
    by_user = {viewer.user.pk: viewer for viewer in viewers}
    found: dict[Any, list[Notice]] = defaultdict(list)
    for one in _waiting().filter(user__in=list(by_user)):
        if _when(by_user[one.user_id], one.topic) == Tell.DIGEST:
            found[one.user_id].append(one)
    return found


def invitations_in_digest(viewer: Viewer) -> list[Invitation]:
    """The invitations of a day, for who wants them in the digest."""
    if _when(viewer, "invited") != Tell.DIGEST:
        return []
    mine = Invitation.objects.to(viewer.user).open(viewer.now).with_people()
    return list(mine.filter(created_at__gt=viewer.now - timedelta(days=1)).order_by("pk"))


def forget(told: Iterable[Notice]) -> None:
    """The digest went out: what it could tell is told."""
    if pks := [one.pk for one in told]:
        Notice.objects.filter(pk__in=pks).delete()


def still_so(notices: Iterable[Notice]) -> list[News]:
    """Those of one person that are true now, of each todo and list the last."""
    latest = {
        (one.topic, one.invitation_id or one.todo_id or one.todo_list_id): one for one in notices
    }
    lists = {one.todo_list_id for one in latest.values()}
    users: set[Any] = {one.user_id for one in latest.values()}
    users |= {one.action.user_id for one in latest.values() if one.action is not None}
    rows = Membership.objects.filter(todo_list__in=lists, user__in=users)
    members = {(one.user_id, one.todo_list_id): one for one in rows}
    found = []
    for one in latest.values():
        if one.todo_list.deleted_at is None and _is_so(one, members):
            member = members.get((one.user_id, one.todo_list_id))
            found.append(News(one, str(member.get_role_display()) if member is not None else ""))
    return found


def _is_so(notice: Notice, members: dict[tuple[Any, int], Membership]) -> bool:
    member = members.get((notice.user_id, notice.todo_list_id))
    todo, action = notice.todo, notice.action
    if action is not None and action.undone_at is not None:
        return False
    if notice.topic == Notice.Topic.REMOVED:
        return member is None
    if notice.topic == Notice.Topic.ANSWERED:
        stays = action is None or (action.user_id, notice.todo_list_id) in members
        return stays and member is not None and member.role == Role.OWNER
    if todo is None:
        return member is not None
    given = todo.assignee_id == notice.user_id and not todo.is_completed
    return given and todo.deleted_at is None and todo.todo_list.archived_at is None


def _mail(viewer: Viewer, some: list[News]) -> EmailMultiAlternatives:
    first = some[0].notice
    kind: Kind = first.topic  # type: ignore[assignment]  # its values are kinds
    context = {"topic": first.topic, "notices": some, "url": absolute(_place(some))}
    return with_way_out("notice", kind, viewer, context)


def _place(some: list[News]) -> str:
    """The page that the mail's button leads to."""
    first = some[0].notice
    if first.topic == Notice.Topic.REMOVED:
        return reverse("django_todos:list-index")
    if len(some) > 1:
        return reverse("django_todos:assigned" if first.todo else "django_todos:list-index")
    if first.topic == Notice.Topic.ANSWERED:
        return reverse("django_todos:list-members", args=[first.todo_list.uuid])
    return (first.todo or first.todo_list).get_absolute_url()


# -- invitations -----------------------------------------------------------------------------------


def send_invitations(now: datetime) -> MailCount:
    """Mail the invitations that wait for it, each with a link that nobody else has."""
    waiting = Invitation.objects.open(now).with_people().filter(mail=True).order_by("pk")
    asked: dict[str, int] = {}
    with Outbox(now) as outbox:
        for batch in batched(waiting.exclude(invited_by=None), BATCH):
            keys = {f"invitation:{one.pk}": one for one in batch}
            asked |= {key: one.pk for key, one in keys.items()}
            for key in outbox.claim({key: one.invited_by_id for key, one in keys.items()}):
                outbox.send(key, _invitation(keys[key], now))
    sent = Delivery.objects.filter(key__in=asked).exclude(sent_at=None)
    done = [asked[key] for key in sent.values_list("key", flat=True)]
    Invitation.objects.filter(pk__in=done).update(mail=False)
    return outbox.count


def _invitation(invitation: Invitation, now: datetime) -> Any:
    """What writes the mail; None where there is nobody to write to, or who doesn't want it."""
    account = _account(invitation)
    if account is None and ("@" not in invitation.key or invitation.is_blocked()):
        return None
    user: Any = account or invitation.invited_by
    preferences = Preferences.of(user) if account is not None else Preferences(user=user)
    viewer = Viewer(user, preferences, now, preferences.seen_region)
    if account is not None and not (viewer.reachable and _when(viewer, "invited") == Tell.NOW):
        return None
    return partial(_invitation_mail, invitation, viewer, account is not None)


def _account(invitation: Invitation) -> Any:
    """Whose account is meant, as far as the host knows; nobody is told whether there is one."""
    model = get_user_model()
    field = model.USERNAME_FIELD
    if "@" in invitation.key:
        field = model.get_email_field_name()
    found = model._default_manager.filter(**{f"{field}__iexact": invitation.key})
    return next((one for one in found[:5] if invitation.is_for(one)), None)


def _invitation_mail(
    invitation: Invitation, viewer: Viewer, has_account: bool
) -> EmailMultiAlternatives | None:
    token = invitation.renew_token(viewer.now, mailing=True)
    if not token:
        return None
    link = reverse("django_todos:invitation-link", args=[token])
    context = {
        "invitation": invitation,
        "list": invitation.todo_list,
        "count": invitation.member_count,
        "url": absolute(link),
    }
    if has_account:
        return with_way_out("invitation", "invited", viewer, context)
    return with_way_out("invitation", "address", viewer, context, to=invitation.key)
