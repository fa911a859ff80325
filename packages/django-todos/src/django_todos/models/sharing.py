"""Sharing a list: who comes in, as what, who goes, and what goes with them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, Max

from django_todos import models as tables  # those that stand on this module: there when asked
from django_todos import signals
from django_todos.models.given import Actor, Instant, key_of
from django_todos.models.history import Action, Verb
from django_todos.models.members import GAP, Color, Membership, Role
from django_todos.models.writer import (
    ChangedMeanwhile,
    Changes,
    MemberChange,
    Recording,
    Values,
    plain,
    recording,
    snapshot,
)

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

MEMBER_FIELDS = ("role", "color", "position", "created_at")
REMINDER_FIELDS = ("todo_id", "remind_at", "minutes_before", "created_at")


class LastOwner(ValueError):
    """A list that is about no object of the host would be left without an owner."""


class Shared(models.Model):
    """What can be done about the people of a list.

    `by` None is the system (the admin, a host's code), which leaves no trace in the history. Whoever else does it is
    asked under the list's lock whether they still may: ChangedMeanwhile where they may not, or where the other one is
    no member any more. LastOwner where nobody would own the list.
    """

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        memberships: models.Manager[Membership]
        inbox_of_id: int | None

    def add_member(
        self,
        user: AbstractBaseUser,
        role: str = Role.EDITOR,
        *,
        color: str = Color.GREY,
        by: Actor = None,
        at: Instant = None,
    ) -> Membership:
        """Let `user` into the list, last in the user's own order; a member already there gets the new role.

        Raises ValueError for an inbox that is somebody else's.
        """
        if self.inbox_of_id is not None and self.inbox_of_id != user.pk:
            raise ValueError("An inbox can't be shared.")
        with recording(by, Verb.LIST_ROLE, {self.pk}, at=at) as rec:
            rec.is_remembered = by is not None
            return set_member(rec, self.pk, user.pk, role=role, color=color)

    def remove_member(
        self, user: AbstractBaseUser, *, by: Actor = None, at: Instant = None
    ) -> Action | None:
        """Take `user` out of the list, with their assignments and reminders there. Undo brings all of it back."""
        with recording(by, Verb.LIST_REMOVE, {self.pk}, at=at) as rec:
            rec.is_remembered = by is not None
            remove_member(rec, self.pk, user.pk)
        return rec.action

    def leave(self, *, by: AbstractBaseUser, at: datetime) -> Action | None:
        """Go out of the list. Only an owner can let them in again."""
        with recording(by, Verb.LIST_LEAVE, {self.pk}, at=at, right="can_view") as rec:
            remove_member(rec, self.pk, by.pk)
        return rec.action

    def set_role(
        self, user: AbstractBaseUser, role: str, *, by: Actor, at: datetime
    ) -> Action | None:
        """Give a member another role. None where they have it already."""
        with recording(by, Verb.LIST_ROLE, {self.pk}, at=at) as rec:
            rec.is_remembered = by is not None
            member = Membership.objects.filter(todo_list=self.pk, user=user.pk).first()
            if member is None:
                raise ChangedMeanwhile
            if member.role != role:
                set_member(rec, self.pk, user.pk, role=role)
        return rec.action

    def transfer(
        self, user: AbstractBaseUser, *, by: AbstractBaseUser, at: datetime
    ) -> Action | None:
        """Make another member the owner in one's own place: `by` edits from then on, and can't take it back."""
        with recording(by, Verb.LIST_TRANSFER, {self.pk}, at=at) as rec:
            if user.pk == by.pk or not {(self.pk, user.pk), (self.pk, by.pk)} <= rec.members:
                raise ChangedMeanwhile
            set_member(rec, self.pk, user.pk, role=Role.OWNER)
            if not rec.member_changes:  # an owner already: the history still says to whom
                same = snapshot(
                    Membership.objects.get(todo_list=self.pk, user=user.pk), MEMBER_FIELDS
                )
                _note(rec, self.pk, user.pk, same, same)
            set_member(rec, self.pk, by.pk, role=Role.EDITOR)
        return rec.action


def set_member(rec: Recording, list_id: int, user_id: Any, **values: Any) -> Membership:
    """Let somebody into a locked list with these values, or give a member that role; nothing else of theirs changes."""
    member = Membership.objects.filter(todo_list=list_id, user=user_id).first()
    before = snapshot(member, MEMBER_FIELDS) if member is not None else None
    if member is None:
        values = {"position": last_position(user_id), "created_at": rec.at} | values
        member = Membership.objects.create(todo_list_id=list_id, user_id=user_id, **values)
        rec.__dict__.pop("members", None)
    elif member.role != values["role"]:
        member.role = values["role"]
        member.save(update_fields=["role"])
    if before != (after := snapshot(member, MEMBER_FIELDS)):
        _note(rec, list_id, user_id, before, after)
    return member


def last_position(user_id: Any) -> int:
    """The place behind all the lists of a user."""
    last = Membership.objects.filter(user=user_id).aggregate(last=Max("position"))["last"]
    return int(last or 0) + GAP


def remove_member(rec: Recording, list_id: int, user_id: Any) -> None:
    """Take somebody out of a locked list: their assignments are cleared, their reminders go."""
    member = Membership.objects.filter(todo_list=list_id, user=user_id).first()
    if member is None:
        raise ChangedMeanwhile
    change = _note(rec, list_id, user_id, snapshot(member, MEMBER_FIELDS), None)
    todos = tables.Todo.objects.filter(todo_list=list_id, assignee=user_id)
    change["assigned"] = list(todos.values_list("pk", flat=True))
    todos.update(assignee=None, version=F("version") + 1, updated_at=rec.at)
    reminders = tables.Reminder.objects.filter(todo__todo_list=list_id, user=user_id)
    rows = reminders.values(*REMINDER_FIELDS)
    change["reminders"] = [{name: plain(value) for name, value in row.items()} for row in rows]
    reminders.delete()
    tables.Feed.objects.filter(todo_list=list_id, user=user_id).delete()
    member.delete()
    rec.__dict__.pop("members", None)


def _note(
    rec: Recording, list_id: int, user_id: Any, before: Values | None, after: Values | None
) -> MemberChange:
    was, now = (
        row and {name: plain(value) for name, value in row.items()} for row in (before, after)
    )
    change = MemberChange(list=list_id, user=plain(user_id), before=was, after=now)
    rec.member_changes.append(change)
    _tell(rec, list_id, user_id, before, after)
    return change


def _tell(
    rec: Recording, list_id: int, user_id: Any, before: Values | None, after: Values | None
) -> None:
    """Send the public signal of who came or went. Who it is, is asked only where somebody listens."""
    signal = signals.member_added if before is None else signals.member_removed
    if (before is None) != (after is None) and signal.has_listeners(tables.TodoList):
        member = get_user_model()._default_manager.get(pk=user_id)
        rec.tell(signal, rec.lists[list_id], member=member)


def ask_owners(rec: Recording) -> None:
    """A list whose people were changed still has an owner, or is about an object of the host."""
    for pk in {change["list"] for change in rec.member_changes}:
        owners = Membership.objects.filter(todo_list=pk, role=Role.OWNER)
        if rec.lists[pk].object_type_id is None and not owners.exists():
            raise LastOwner("The last owner can't leave.")


def undo_people(rec: Recording, changes: Changes) -> None:
    """Put the people of a list back. Raises ChangedMeanwhile where theirs has changed since, or their account is gone."""
    for change in reversed(changes.get("members", [])):
        _undo_member(rec, change)
    for pk, (was, stands) in changes.get("invitations", {}).items():
        tables.Invitation.undo(int(pk), was=was, stands=stands, at=rec.at)


def _undo_member(rec: Recording, change: MemberChange) -> None:
    model = get_user_model()
    list_id, user_id = change["list"], key_of(model, change["user"])
    member = Membership.objects.filter(todo_list=list_id, user=user_id).first()
    role = member.role if member is not None else None
    if role != (change["after"] and change["after"]["role"]):
        raise ChangedMeanwhile
    if not model._default_manager.filter(pk=user_id).exists():
        raise ChangedMeanwhile
    before = change["before"]
    if before is None:
        remove_member(rec, list_id, user_id)
        return
    fields = {name: Membership._meta.get_field(name) for name in before}
    values = {name: fields[name].to_python(value) for name, value in before.items()}  # type: ignore[union-attr]
    set_member(rec, list_id, user_id, **values)
    _give_back(rec, change, list_id, user_id)


def _give_back(rec: Recording, change: MemberChange, list_id: int, user_id: Any) -> None:
    """What went with a membership, as far as nobody else has got it meanwhile."""
    todos = tables.Todo.objects.filter(todo_list=list_id)
    nobodys = todos.filter(pk__in=change.get("assigned", []), assignee=None)
    nobodys.update(assignee=user_id, version=F("version") + 1, updated_at=rec.at)
    rows = change.get("reminders", [])
    there = set(todos.filter(pk__in=[row["todo_id"] for row in rows]).values_list("pk", flat=True))
    tables.Reminder.objects.bulk_create(
        [tables.Reminder(user_id=user_id, **row) for row in rows if row["todo_id"] in there],
        ignore_conflicts=True,
    )
