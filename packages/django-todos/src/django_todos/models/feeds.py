"""Calendar feeds: a secret address for one person and one list, of which only the hash is kept."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings as project
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from django_todos.conf import settings
from django_todos.instants import InstantField
from django_todos.models.columns import hash_of
from django_todos.models.lists import TodoList
from django_todos.models.querysets import OwnQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class Feed(models.Model):
    """That a person subscribed to a list. It reads what they may read now, and ends with their membership."""

    todo_list = models.ForeignKey(TodoList, models.CASCADE, related_name="+")
    user = models.ForeignKey(project.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = InstantField(default=timezone.now, editable=False)

    objects = OwnQuerySet["Feed"].as_manager()

    if TYPE_CHECKING:
        todo_list_id: int
        user_id: Any

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.UniqueConstraint(fields=["user", "todo_list"], name="todos_feed_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.todo_list}"

    @classmethod
    def renew(cls, todo_list: TodoList, user: AbstractBaseUser, *, at: datetime) -> str:
        """A new address's token; the one before it is worth nothing any more."""
        token = secrets.token_urlsafe(32)
        values = {"token_hash": hash_of(token), "created_at": at}
        cls.objects.update_or_create(todo_list=todo_list, user=user, defaults=values)
        return token

    @classmethod
    def by_token(cls, token: str) -> Feed | None:
        """The feed of that address, if its person may use todos and still sees the list."""
        found = cls.objects.select_related("user").filter(token_hash=hash_of(token)).first()
        if found is None or not (found.user.is_active and settings.MAY_USE(found.user)):
            return None
        visible = TodoList.objects.visible_to(found.user).alive()
        todo_list = visible.filter(pk=found.todo_list_id).first()
        if todo_list is None:
            return None
        found.todo_list = todo_list
        return found
