"""The app's settings, read when used so that ``override_settings`` just works.

None of them may influence a model field, a migration or a URL pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal, Protocol

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


class VerifiedEmails(Protocol):
    """What ``TODOS_VERIFIED_EMAILS`` names: the addresses of a user that the host has verified.

    A queryset of them, in lower case (``values_list``), costs a page no query of its own.
    """

    def __call__(
        self, user: AbstractBaseUser | AnonymousUser
    ) -> Iterable[str] | QuerySet[Any]: ...


@cache
def has_icalendar() -> bool:
    """Whether the extra ``ical`` is installed."""
    return find_spec("icalendar") is not None


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
    def FROM_EMAIL(self) -> str:
        """Who mails come from, like ``Todos <todos@example.org>``; by default the project's ``DEFAULT_FROM_EMAIL``."""
        return str(getattr(project, "TODOS_FROM_EMAIL", "") or project.DEFAULT_FROM_EMAIL)

    @property
    def SHARING(self) -> bool:
        """Whether people share lists with each other. Without it the controls are gone and their addresses answer 404."""
        return bool(getattr(project, "TODOS_SHARING", True))

    @property
    def REMEMBERED_PARTS(self) -> int:
        """How many rows and other parts of pages a process remembers, about 1 kB each, and half as much of whole pages.

        0: nothing.
        """
        return int(getattr(project, "TODOS_REMEMBERED_PARTS", 2000))

    @property
    def FEEDS(self) -> bool:
        """Whether people subscribe to a list with their calendar programs; needs the extra ``ical``."""
        return bool(getattr(project, "TODOS_FEEDS", True)) and has_icalendar()

    @property
    def IMPORT(self) -> bool:
        """Whether people import files. Without it the links are gone and the addresses answer 404."""
        return bool(getattr(project, "TODOS_IMPORT", True))

    @property
    def MAY_USE(self) -> Callable[[Any], bool]:
        """The function that decides who has todos at all. Given as a dotted path; by default everybody signed in."""
        path = getattr(project, "TODOS_MAY_USE", None)
        return import_string(path) if path else lambda user: True

    @property
    def USER_DISPLAY(self) -> Callable[[Any], str]:
        """The function that says what to call a user. Given as a dotted path; by default the full name, else the user name."""
        path = getattr(project, "TODOS_USER_DISPLAY", None)
        return import_string(path) if path else _name_of

    @property
    def OBJECT_ACCESS(self) -> ObjectAccess:
        """The function that decides who may see a list about an object of the host.

        Given as a dotted path; the default goes by the model's view and change permission.
        """
        path = getattr(project, "TODOS_OBJECT_ACCESS", None)
        return import_string(path) if path else _by_model_permission

    @property
    def VERIFIED_EMAILS(self) -> VerifiedEmails:
        """The function that says which addresses are a user's own, for invitations.

        Given as a dotted path; by default none is known to be.
        """
        path = getattr(project, "TODOS_VERIFIED_EMAILS", None)
        return import_string(path) if path else lambda user: ()


def _name_of(user: Any) -> str:
    """The full name where it says something: ``None`` in a nullable name is no word of it."""
    full = user.get_full_name() if hasattr(user, "get_full_name") else ""
    names = [getattr(user, name, "") for name in ("first_name", "last_name")]
    if None in names:
        full = " ".join(name for name in names if name)
    return str(full or user.get_username() or user.pk).strip()


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
