"""What was imported from where, so that importing again changes nothing; uploads that wait for a yes; imports under way."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings as project
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos import limits
from django_todos.conf import settings
from django_todos.instants import InstantField
from django_todos.models.history import Action
from django_todos.models.lists import TodoList
from django_todos.models.querysets import OwnQuerySet
from django_todos.models.todos import Todo


class ImportedFrom(models.Model):
    """The todo that a row of a foreign file became. It outlives the todo: what was deleted is not revived."""

    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    source = models.CharField(max_length=30)
    key = models.CharField(max_length=255)
    todo = models.ForeignKey(Todo, models.SET_NULL, null=True, related_name="+")
    created_at = InstantField(default=timezone.now)

    objects = OwnQuerySet["ImportedFrom"].as_manager()

    class Meta:
        verbose_name = _("import origin")
        verbose_name_plural = _("import origins")
        constraints = [
            models.UniqueConstraint(fields=["user", "source", "key"], name="todos_imported_once")
        ]

    def __str__(self) -> str:
        return f"{self.source}:{self.key}"


class ImportDraft(models.Model):
    """A file that was uploaded, and is read again when its owner has seen the report and says yes.

    What is written at once is gone then. A large one begins: its todos are kept in parts, each of which is written in
    a transaction of its own, and taken back by the action that it left.
    """

    class Outcome(models.TextChoices):
        WRITTEN = "written", _("imported")
        LOST = "lost", _("ended, since a list can’t be written to any more")
        UNDONE = "undone", _("undone")

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    todo_list = models.ForeignKey(
        TodoList, models.CASCADE, null=True, blank=True, related_name="+"
    )
    format = models.CharField(max_length=20)
    name = models.CharField(max_length=255, blank=True)
    content = models.BinaryField()
    created_at = InstantField(default=timezone.now)
    begun_at = InstantField(null=True)
    lists: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    """Into which list the todos of each of the file's lists go; of those that name none it is the empty one."""
    closing: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    """Of new lists that are archived or in the trash in the file, since when: they are so once all is written."""
    zone = models.CharField(max_length=limits.MAX_ZONE_NAME, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    """Of its parts, how many are written and not taken back: whoever moves it on does the work."""
    same = models.PositiveIntegerField(default=0)
    left_out = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    edited = models.PositiveIntegerField(default=0)
    taken_back = models.PositiveIntegerField(default=0)
    stayed = models.PositiveIntegerField(default=0)
    """Todos that were changed since, which undo leaves as they are."""
    is_undoing = models.BooleanField(default=False)
    ending = models.CharField(max_length=10, choices=Outcome.choices, blank=True, default="")

    objects = OwnQuerySet["ImportDraft"].as_manager()

    if TYPE_CHECKING:
        user_id: Any

    class Meta:
        verbose_name = _("import draft")
        verbose_name_plural = _("import drafts")
        indexes = [models.Index(fields=["created_at"], name="todos_draft_age")]

    def __str__(self) -> str:
        return self.name

    @property
    def written(self) -> int:
        """Of `total` todos to be written, how many are."""
        return self.added + self.edited

    def move(self, *, undoing: bool, **values: Any) -> bool:
        """Move it on from where it is, unless somebody was quicker: then nothing is to be done."""
        here = type(self).objects.filter(
            pk=self.pk, done=self.done, is_undoing=undoing, ending=self.ending
        )
        return bool(here.update(**values))

    @property
    def progress(self) -> int:
        """What is done of `total`; while it is undone, what is left."""
        return self.written - self.taken_back - self.stayed

    @property
    def is_under_way(self) -> bool:
        """Whether there is more to write or to take back."""
        return self.begun_at is not None and not self.ending

    @classmethod
    def prune(cls, now: datetime) -> int:
        """Delete uploads that nobody confirmed for a day, and imports that are as old as what the trash lets go of."""
        waiting = Q(begun_at=None, created_at__lt=now - timedelta(days=1))
        begun = Q(begun_at__lt=now - timedelta(days=settings.TRASH_DAYS))
        return cls.objects.filter(waiting | begun).delete()[0]


class ImportPart(models.Model):
    """A number of todos of a large import, to be written in one transaction; what it left is taken back by `action`."""

    draft = models.ForeignKey(ImportDraft, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    records: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(
        default=list
    )
    links: models.JSONField[dict[str, int], dict[str, int]] = models.JSONField(default=dict)
    """Todos that were here when the import began, by the keys of the file: parents, and those that are changed."""
    whole: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    """Keys of those that a line with a key of ours changes."""
    action = models.ForeignKey(Action, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("part of an import")
        verbose_name_plural = _("parts of an import")
        constraints = [
            models.UniqueConstraint(fields=["draft", "number"], name="todos_import_part_once")
        ]

    def __str__(self) -> str:
        return f"{self.draft} · {self.number}"
