"""The app's settings, read when used so that ``override_settings`` just works.

None of them may influence a model field, a migration or a URL pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from django.conf import settings as project
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.db.models import Model, QuerySet


class ObjectAccess(Protocol):
    """What ``TODOS_OBJECT_ACCESS`` names: which objects of a host's model a user may view or change."""

    def __call__(
        self,
        user: AbstractBaseUser | AnonymousUser,
        model: type[Model],
        permission: Literal["view", "change"],
    ) -> QuerySet[Model]: ...


class Settings:
    """Typed, uncached views of the ``TODOS_*`` settings."""

    @property
    def TRASH_DAYS(self) -> int:
        """Days that something stays in the trash, and an action stays undoable; at least 1."""
        return int(getattr(project, "TODOS_TRASH_DAYS", 30))

    @property
    def IMPORT_MAX_BYTES(self) -> int:
        """The largest file that the import page takes, in bytes."""
        return int(getattr(project, "TODOS_IMPORT_MAX_BYTES", 5_000_000))

    @property
    def BASE_URL(self) -> str:
        """Where the project is reached, like ``https://todo.example.org``: mails have no request to ask.

        Without it no reminders and digests are sent.
        """
        return str(getattr(project, "TODOS_BASE_URL", "") or "").rstrip("/")

    @property
    def OBJECT_ACCESS(self) -> ObjectAccess:
        """The function that decides who may see a list about an object of the host.

        Given as a dotted path; the default goes by the model's view and change permission.
        """
        path = getattr(project, "TODOS_OBJECT_ACCESS", None)
        return import_string(path) if path else _by_model_permission


def _by_model_permission(
    user: AbstractBaseUser | AnonymousUser,
    model: type[Model],
    permission: Literal["view", "change"],
) -> QuerySet[Model]:
    from django.contrib.auth import get_permission_codename

    codename = f"{model._meta.app_label}.{get_permission_codename(permission, model._meta)}"
    objects = model._default_manager.all()
    # Superusers hold every permission, but see other people's lists in the admin only.
    allowed = not getattr(user, "is_superuser", False) and user.has_perm(codename)  # type: ignore[union-attr]
    return objects if allowed else objects.none()


settings = Settings()
