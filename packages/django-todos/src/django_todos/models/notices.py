"""What a person is to be told because somebody else did it: they were given a todo, let into a list, put out of it, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings as project
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos.instants import InstantField
from django_todos.models.history import Action, Verb
from django_todos.models.querysets import OwnQuerySet
from django_todos.models.writer import plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django_todos.models.invitations import Invitation
    from django_todos.models.writer import Recording


class Notice(models.Model):
    """An action that concerns somebody else. It waits here until a worker has told them, or found that nothing is left to tell."""

    class Topic(models.TextChoices):
        ASSIGNED = "assigned", _("Given a todo")
        ROLE = "role", _("Another role")
        REMOVED = "removed", _("Taken out of a list")
        ANSWERED = "answered", _("Invitation answered")

    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    action = models.ForeignKey(Action, models.CASCADE, null=True, related_name="notices")
    """What was done; none where an invitation was turned down, which is nobody's business but the two's."""
    topic = models.CharField(max_length=10, choices=Topic.choices)
    todo = models.ForeignKey("django_todos.Todo", models.CASCADE, null=True, related_name="+")
    todo_list = models.ForeignKey("django_todos.TodoList", models.CASCADE, related_name="+")
    invitation = models.ForeignKey(
        "django_todos.Invitation", models.CASCADE, null=True, related_name="+"
    )
    created_at = InstantField(default=timezone.now, editable=False)

    objects = OwnQuerySet["Notice"].as_manager()

    if TYPE_CHECKING:
        action_id: int | None
        user_id: Any

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    def __str__(self) -> str:
        return f"{self.user} · {self.topic}"

    @classmethod
    def note(cls, rec: Recording, action: Action) -> None:
        """Note whom what was just recorded concerns, its author left out."""
        if rec.verb == Verb.BULK_IMPORT:
            return
        found: list[Notice] = [*cls._given(rec, action), *cls._members(rec, action)]
        found += [cls.answer(one, action=action) for one in rec.answered]
        for one in found:
            one.created_at = action.created_at
        if found:
            Notice.objects.bulk_create(found, batch_size=500)

    @classmethod
    def _given(cls, rec: Recording, action: Action) -> Iterator[Notice]:
        for todo in rec.newly_assigned():
            if todo.assignee_id is not None and todo.assignee_id != rec.user_id:
                yield cls(
                    user_id=todo.assignee_id,
                    action=action,
                    topic=cls.Topic.ASSIGNED,
                    todo_id=todo.pk,
                    todo_list_id=todo.todo_list_id,
                )

    @classmethod
    def _members(cls, rec: Recording, action: Action) -> Iterator[Notice]:
        for change in rec.member_changes:
            is_own = change["user"] == plain(rec.user_id)
            if not is_own and change["before"] != change["after"]:
                topic = cls.Topic.REMOVED if change["after"] is None else cls.Topic.ROLE
                yield cls(
                    user_id=change["user"], action=action, topic=topic, todo_list_id=change["list"]
                )

    @classmethod
    def answer(
        cls, invitation: Invitation, *, action: Action | None = None, at: datetime | None = None
    ) -> Notice:
        """That an invitation was accepted or turned down: for who sent it. To be saved."""
        return cls(
            user_id=invitation.invited_by_id,  # type: ignore[misc]  # asked for one that has it
            action=action,
            topic=cls.Topic.ANSWERED,
            invitation=invitation,
            todo_list_id=invitation.todo_list_id,
            created_at=at or timezone.now(),
        )
