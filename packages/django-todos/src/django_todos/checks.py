"""System checks: what a host project forgot, with a hint that says how to mend it."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.conf import settings as project
from django.core.checks import CheckMessage, Error, Warning, register
from django.utils.module_loading import import_string

from django_todos.conf import settings


@register("django_todos")
def check_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: ``django_htmx`` is missing: the pages take htmx from it."""
    messages: list[CheckMessage] = []
    if not apps.is_installed("django_htmx"):
        messages.append(
            Error(
                "django_todos needs django_htmx.",
                hint="Add 'django_htmx' to INSTALLED_APPS.",
                id="django_todos.E001",
            )
        )
    return messages


@register("django_todos")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E002: a number of days or bytes that is none. E003: a function that can't be imported. E004: no address."""
    messages: list[CheckMessage] = []
    for name in ("TRASH_DAYS", "IMPORT_MAX_BYTES"):
        try:
            sound = getattr(settings, name) >= 1
        except (TypeError, ValueError):
            sound = False
        if not sound:
            messages.append(
                Error(
                    f"TODOS_{name} is not a whole number of at least 1.",
                    hint="Remove it or mend it.",
                    id="django_todos.E002",
                )
            )
    if not re.fullmatch(r"(https?://[^/\s?#]+)?", settings.BASE_URL):
        messages.append(
            Error(
                "TODOS_BASE_URL is not an address.",
                hint="Write it with its scheme and without a path, like https://todo.example.",
                id="django_todos.E004",
            )
        )
    path = getattr(project, "TODOS_OBJECT_ACCESS", None)
    if path is not None:
        try:
            import_string(path)
        except (ImportError, AttributeError) as error:
            messages.append(
                Error(
                    f"TODOS_OBJECT_ACCESS can't be imported: {error}",
                    hint="Give a dotted path.",
                    id="django_todos.E003",
                )
            )
    return messages


@register("django_todos")
def check_unknown_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W001: a TODOS_ setting that does not exist, most often a misspelling."""
    known = {f"TODOS_{name}" for name in vars(type(settings)) if name.isupper()}
    unknown = sorted(
        name for name in dir(project) if name.startswith("TODOS_") and name not in known
    )
    return [
        Warning(
            f"{name} is not a setting of django_todos.",
            hint=f"Known: {', '.join(sorted(known))}.",
            id="django_todos.W001",
        )
        for name in unknown
    ]
