"""System checks: what a host project forgot, with a hint that says how to mend it."""

from __future__ import annotations

import re
from typing import Any

from django.apps import apps
from django.conf import settings as project
from django.core.checks import CheckMessage, Error, Warning, register

from django_todos.conf import settings


@register("django_todos")
def check_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: ``django_htmx`` is missing: the pages take htmx from it."""
    if apps.is_installed("django_htmx"):
        return []
    hint = "Add 'django_htmx' to INSTALLED_APPS."
    return [Error("django_todos needs django_htmx.", hint=hint, id="django_todos.E001")]


@register("django_todos")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E002: a number of days or bytes that is none. E003: a function that can't be imported. E004: no address."""
    found = []
    for name in ("TRASH_DAYS", "IMPORT_MAX_BYTES"):
        try:
            sound = getattr(settings, name) >= 1
        except (TypeError, ValueError):
            sound = False
        if not sound:
            what = f"TODOS_{name} is not a whole number of at least 1."
            found.append(("django_todos.E002", what, "Remove it or mend it."))
    if not re.fullmatch(r"(https?://[^/\s?#]+)?", settings.BASE_URL):
        hint = "Write it with its scheme and without a path, like https://todo.example."
        found.append(("django_todos.E004", "TODOS_BASE_URL is not an address.", hint))
    try:
        settings.OBJECT_ACCESS  # noqa: B018  imports it
    except (ImportError, AttributeError) as error:
        what = f"TODOS_OBJECT_ACCESS can't be imported: {error}"
        found.append(("django_todos.E003", what, "Give a dotted path."))
    return [Error(what, hint=hint, id=id) for id, what, hint in found]


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
