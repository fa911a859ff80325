"""What was imported from where, so that importing again changes nothing; and uploads that wait for a yes."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings as project
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos.instants import InstantField
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
    """A file that was uploaded, and is read again when its owner has seen the report and says yes."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    todo_list = models.ForeignKey(
        TodoList, models.CASCADE, null=True, blank=True, related_name="+"
    )
    format = models.CharField(max_length=20)
    name = models.CharField(max_length=255, blank=True)
    content = models.BinaryField()
    created_at = InstantField(default=timezone.now)

    objects = OwnQuerySet["ImportDraft"].as_manager()

    class Meta:
        verbose_name = _("import draft")
        verbose_name_plural = _("import drafts")
        indexes = [models.Index(fields=["created_at"], name="todos_draft_age")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def prune(cls, now: datetime) -> int:
        """Delete uploads that nobody confirmed for a day. Returns how many."""
        return cls.objects.filter(created_at__lt=now - timedelta(days=1)).delete()[0]
