"""Invitations to a list: bound to what was typed, accepted once, told by a link of which only the hash is kept."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self, cast

from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos import limits
from django_todos._compat import check_constraint
from django_todos.conf import settings
from django_todos.instants import InstantField
from django_todos.models.columns import hash_of
from django_todos.models.history import Verb
from django_todos.models.lists import TodoList
from django_todos.models.members import Membership, Role
from django_todos.models.notices import Notice
from django_todos.models.sharing import set_member
from django_todos.models.writer import ChangedMeanwhile, recording

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from django_todos.models.history import Action
    from django_todos.models.querysets import User

LIFETIME = timedelta(days=14)
DAY = timedelta(days=1)
_RANK = {role: rank for rank, role in enumerate(Role.values)}


class TooManyInvitations(ValueError):
    """One person invited too many today, or one address was invited too often."""


class InvitationQuerySet(QuerySet["Invitation"]):
    """Questions about invitations."""

    def open(self, now: Any) -> Self:
        """Neither answered, taken back nor expired, and their list is not in the trash."""
        return self.in_lists().filter(ending="", expires_at__gt=now, todo_list__deleted_at=None)

    def in_lists(self) -> Self:
        """Each with its list; those whose list is deleted for ever are only counted."""
        return self.exclude(todo_list=None).select_related("todo_list")

    def to(self, user: User) -> Self:
        """Those that were made out to `user`: to their username, or to an address that the host says is theirs."""
        if not user.is_authenticated:
            return self.none()
        addresses = settings.VERIFIED_EMAILS(user)
        if not isinstance(addresses, QuerySet):  # which the database can look into by itself
            addresses = [Invitation.key_of(address) for address in addresses]
        name = Invitation.key_of(user.get_username())
        by_name = Q(key=name) if "@" not in name else Q(pk__in=[])
        return self.filter(by_name | Q(key__contains="@", key__in=addresses))

    def with_people(self) -> Self:
        """Each with its list, who asks, and `member_count`."""
        return (
            self.in_lists()
            .select_related("invited_by")
            .annotate(member_count=Count("todo_list__memberships"))
        )

    def prune(self, now: datetime) -> int:
        """Delete those that ended, or ran out, so long ago that nobody counts or opens them. Returns how many."""
        before = now - timedelta(days=settings.TRASH_DAYS)
        return self.filter(expires_at__lt=before).delete()[0]


class Invitation(models.Model):
    """Somebody is asked into a list. A row says once what was typed, and how it ended; a new link is a new row."""

    class Ending(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    # Empty once the list is deleted for ever: the row still counts for how many somebody may send, and is nothing else.
    todo_list: models.ForeignKey[TodoList, TodoList] = models.ForeignKey(  # type: ignore[misc]
        TodoList, models.SET_NULL, null=True, related_name="invitations"
    )
    typed = models.CharField(_("name or email"), max_length=limits.MAX_INVITED)
    key = models.CharField(max_length=limits.MAX_INVITED, editable=False)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.EDITOR)
    invited_by = models.ForeignKey(
        project.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    token_hash = models.CharField(
        max_length=64, null=True, unique=True, editable=False
    )  # noqa: DJ01  NULLs are distinct
    mail = models.BooleanField(default=True)
    created_at = InstantField(default=timezone.now, editable=False)
    expires_at = InstantField(editable=False)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True, default="")

    objects = InvitationQuerySet.as_manager()

    if TYPE_CHECKING:
        invited_by_id: Any
        member_count: int

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["todo_list", "key"], condition=Q(ending=""), name="todos_invitation_once"
            ),
            check_constraint(Q(role__in=[Role.VIEWER, Role.EDITOR]), name="todos_invitation_role"),
        ]
        indexes = [
            models.Index(fields=["key", "created_at"], name="todos_invitation_to"),
            models.Index(fields=["invited_by", "created_at"], name="todos_invitation_from"),
        ]

    def __str__(self) -> str:
        return f"{self.typed} · {self.todo_list}"

    @property
    def _home(self) -> int:
        return cast(
            "int", self.todo_list_id
        )  # who answers one, or takes it back, found it `in_lists`

    @staticmethod
    def key_of(typed: str) -> str:
        """What makes two spellings one person."""
        return typed.strip().lower()

    @classmethod
    def send(
        cls,
        todo_list: TodoList,
        typed: str,
        role: str,
        *,
        by: AbstractBaseUser,
        at: datetime,
        mail: bool = True,
    ) -> tuple[Invitation, Action | None]:
        """Ask somebody in; an invitation to them that stands is replaced. Whether they have an account changes nothing.

        Raises TooManyInvitations. `mail` False: the person hands the link over.
        """
        key = cls.key_of(typed)
        with recording(by, Verb.LIST_INVITE, {todo_list.pk}, at=at) as rec:
            if rec.lists[todo_list.pk].deleted_at is not None:
                raise ChangedMeanwhile
            cls._count(by, key, at)
            stood = todo_list.invitations.filter(key=key, ending="")
            stood.update(ending=cls.Ending.WITHDRAWN)
            invitation = cls.objects.create(
                todo_list=todo_list,
                typed=typed.strip(),
                key=key,
                role=role,
                invited_by_id=by.pk,
                mail=mail,
                created_at=at,
                expires_at=at + LIFETIME,
            )
            rec.invitation_changes[str(invitation.pk)] = (False, True)
        return invitation, rec.action

    @classmethod
    def _count(cls, by: AbstractBaseUser, key: str, at: datetime) -> None:
        today = cls.objects.filter(created_at__gt=at - DAY)
        if (
            today.filter(invited_by=by.pk).count() >= limits.MAX_INVITATIONS
            or today.filter(key=key).count() >= limits.MAX_INVITED_AGAIN
        ):
            raise TooManyInvitations

    def renew_token(self, now: datetime, *, mailing: bool = False) -> str:
        """A new link's token, for another 14 days; the one before it is worth nothing any more. Only its hash is kept.

        Empty where it has ended; and for a mail, where somebody took a link to hand it over: that is the one that holds.
        """
        token = secrets.token_urlsafe(32)
        self.token_hash, self.expires_at = hash_of(token), now + LIFETIME
        standing = Invitation.objects.filter(pk=self.pk, ending="", mail__in={True, mailing})
        values = {"token_hash": self.token_hash, "expires_at": self.expires_at, "mail": mailing}
        return token if standing.update(**values) else ""

    @classmethod
    def by_token(cls, token: str) -> Invitation | None:
        """The invitation whose link this is, whatever became of it; None where its list is deleted for ever."""
        found = cls.objects.in_lists().select_related("invited_by")
        return found.filter(token_hash=hash_of(token)).first()

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return Invitation.objects.open(now).filter(pk=self.pk).exists()

    def is_for(self, user: User, *, with_link: bool = False) -> bool:
        """Whether `user` is who was typed.

        Who holds the mailed link has shown that the address is theirs, so their account need only name it.
        """
        if Invitation.objects.to(user).filter(pk=self.pk).exists():
            return True
        field = get_user_model().get_email_field_name()
        address = self.key_of(str(getattr(user, field, "") or ""))
        return with_link and "@" in self.key and address == self.key

    def accept(
        self, user: AbstractBaseUser, *, at: datetime, with_link: bool = False
    ) -> Action | None:
        """Let the person in, once. A member already there keeps the higher role. ChangedMeanwhile where it is too late."""
        # Done by them, but asked for rights as the system: the invitation is the right, read again under the lock.
        with recording(None, Verb.LIST_JOIN, {self._home}, at=at) as rec:
            rec.user = user
            self._end(self.Ending.ACCEPTED, user, at, with_link)
            if self.invited_by_id not in (None, user.pk):
                rec.answered.append(self)
            member = Membership.objects.filter(todo_list=self.todo_list_id, user=user.pk).first()
            role = max(self.role, member.role if member else "viewer", key=lambda one: _RANK[one])
            set_member(rec, self._home, user.pk, role=role)
        return rec.action

    def decline(self, user: AbstractBaseUser, *, at: datetime, with_link: bool = False) -> None:
        """Turn it down."""
        with transaction.atomic():
            TodoList.objects.lock({self._home})
            self._end(self.Ending.DECLINED, user, at, with_link)
            if self.invited_by_id not in (None, user.pk):
                Notice.answer(self, at=at).save()

    def _end(self, ending: str, user: AbstractBaseUser, at: datetime, with_link: bool) -> None:
        standing = Invitation.objects.filter(pk=self.pk, token_hash=self.token_hash)
        fresh = (standing if with_link else Invitation.objects.filter(pk=self.pk)).first()
        if fresh is None or not fresh.is_open(at) or not fresh.is_for(user, with_link=with_link):
            raise ChangedMeanwhile
        Invitation.objects.filter(pk=self.pk).update(ending=ending)
        self.ending = ending

    @classmethod
    def block(cls, address: str) -> None:
        """Whose address it is wants no more invitations to it: those that stand are over, and none is mailed again."""
        key = cls.key_of(address)
        BlockedAddress.objects.get_or_create(key_hash=hash_of(key))
        standing = list(cls.objects.filter(key=key, ending="").exclude(invited_by=None))
        cls.objects.filter(key=key, ending="").update(ending=cls.Ending.DECLINED)
        Notice.objects.bulk_create(Notice.answer(one) for one in standing)

    def is_blocked(self) -> bool:
        """Whether this name or address is not to be written to."""
        return BlockedAddress.objects.filter(key_hash=hash_of(self.key)).exists()

    def withdraw(self, *, by: AbstractBaseUser, at: datetime) -> Action | None:
        """Take it back; its link is worth nothing any more. None where it had ended already."""
        with recording(by, Verb.LIST_WITHDRAW, {self._home}, at=at) as rec:
            standing = Invitation.objects.filter(pk=self.pk, ending="")
            if standing.update(ending=self.Ending.WITHDRAWN):
                rec.invitation_changes[str(self.pk)] = (True, False)
        return rec.action

    @classmethod
    def undo(cls, pk: int, *, was: bool, stands: bool, at: datetime) -> None:
        """Make one stand again, or no more. Raises ChangedMeanwhile where it was answered or replaced since."""
        ending = {True: "", False: cls.Ending.WITHDRAWN}
        one = cls.objects.filter(pk=pk, ending=ending[stands]).first()
        if one is None:
            raise ChangedMeanwhile
        rivals = cls.objects.filter(todo_list=one.todo_list_id, key=one.key, ending="")
        if was and rivals.exists():
            raise ChangedMeanwhile
        cls.objects.filter(pk=pk).update(ending=ending[was])


class BlockedAddress(models.Model):
    """An address that wants no invitations by mail, whatever becomes of the lists it was asked into. Only its hash is kept."""

    key_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        verbose_name = _("blocked address")
        verbose_name_plural = _("blocked addresses")

    def __str__(self) -> str:
        return self.key_hash
