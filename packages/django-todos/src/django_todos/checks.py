"""System checks: what a host project forgot, with a hint that says how to mend it, before anything breaks half-way.

All of them run before ``migrate`` does anything.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.shortcuts import resolve_url
from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.urls import NoReverseMatch, Resolver404, get_script_prefix, resolve, reverse

from django_todos.conf import settings
from django_todos.models import TodoList

_LEAST = {"TRASH_DAYS": 1, "IMPORT_MAX_BYTES": 1, "REMEMBERED_PARTS": 0}
_FUNCTIONS = ("OBJECT_ACCESS", "MAY_USE", "USER_DISPLAY", "VERIFIED_EMAILS")
_VENDORS = ("sqlite", "postgresql")


@register("django_todos")
def check_installed(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E001: ``django_htmx`` is missing: the pages take htmx from it."""
    if apps.is_installed("django_htmx"):
        return []
    hint = "Add 'django_htmx' to INSTALLED_APPS."
    return [Error("django_todos needs django_htmx.", hint=hint, id="django_todos.E001")]


@register("django_todos")
def check_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E002: a number that is none. E003: a function that can't be imported. E004: no address."""
    found = []
    for name, least in _LEAST.items():
        try:
            sound = getattr(settings, name) >= least
        except (TypeError, ValueError, OverflowError):
            sound = False
        if not sound:
            what = f"TODOS_{name} is not a whole number of at least {least}."
            found.append(("django_todos.E002", what, "Remove it or mend it."))
    for name in _FUNCTIONS:
        try:
            sound, why = callable(getattr(settings, name)), "it is no function"
        except (ImportError, AttributeError) as error:
            sound, why = False, str(error)
        if not sound:
            what = f"TODOS_{name} can't be used: {why}"
            hint = "Give the dotted path of a function."
            found.append(("django_todos.E003", what, hint))
    if not re.fullmatch(r"(https?://[^/\s?#]+)?", settings.BASE_URL):
        hint = "Write it with its scheme and without a path, like https://todo.example."
        found.append(("django_todos.E004", "TODOS_BASE_URL is not an address.", hint))
    return [Error(what, hint=hint, id=id) for id, what, hint in found]


@register("django_todos")
def check_database(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E005: a database that the app can't use. E006: tables away from those of users and content types, or all of them
    away from the database that transactions are of.

    Not tagged ``database``: `migrate` runs it without, and from Django 6.0 on plain `check` leaves out what has that tag.
    """
    home = router.db_for_write(TodoList)
    beside = {model: router.db_for_write(model) for model in (get_user_model(), ContentType)}
    asked = {router.db_for_read(model) for model in (TodoList, *beside)}
    if {home, *beside.values(), *asked} == {DEFAULT_DB_ALIAS}:
        if (vendor := connections[home].vendor) in _VENDORS:
            return []
        what = f"django_todos keeps its promises on SQLite and PostgreSQL, not on {vendor}."
        hint = f"Use one of these as the database {home!r}, or take django_todos out of INSTALLED_APPS."
        return [Error(what, hint=hint, id="django_todos.E005")]
    places = ", ".join(f"{model._meta.label} in {name!r}" for model, name in beside.items())
    what = f"Lists would be kept in {home!r}, {places}; reading asks {sorted(asked)}."
    hint = "Let DATABASE_ROUTERS keep django_todos, auth and contenttypes in the database 'default', and read it there."
    return [Error(what, hint=hint, id="django_todos.E006")]


@register("django_todos")
def check_urls(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """W002: no addresses. E007: another pattern takes ours. W003: a login page that is not there."""
    try:
        today = reverse("django_todos:today")
    except NoReverseMatch:
        hint = 'Add path("todos/", include("django_todos.urls")) to the root urls.py.'
        what = "The addresses of django_todos are in no urls.py."
        return [Warning(what, hint=hint, id="django_todos.W002")]
    found: list[CheckMessage] = []
    if (taken := _answers(today)) != "django_todos":
        what = f"Another pattern ({taken or 'none of ours'}) answers {today}, where django_todos should."
        hint = "Put the include of django_todos.urls above patterns that match everything."
        found.append(Error(what, hint=hint, id="django_todos.E007"))
    with suppress(NoReverseMatch):
        login = resolve_url(project.LOGIN_URL)
        if not urlsplit(login).netloc and _answers(urlsplit(login).path) is None:
            what = f"Who is not signed in is sent to {login}, which is no page of this project."
            hint = (
                "Set LOGIN_URL to the name of a login page, like 'admin:login', or include"
                " django.contrib.auth.urls and write registration/login.html."
            )
            found.append(Warning(what, hint=hint, id="django_todos.W003"))
    return found


def _answers(path: str) -> str | None:
    """The app whose pattern answers a path, or the name of the view; None where nothing does."""
    with suppress(Resolver404):
        match = resolve("/" + path.removeprefix(get_script_prefix()).lstrip("/"))
        return match.app_name or match.view_name
    return None


@register("django_todos")
def check_templates(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """E008: the templates are not found. W004: a base template of the host's own that lacks what the pages need."""
    try:
        found = _sources("django_todos/base.html")
    except (TemplateDoesNotExist, AttributeError):
        hint = "Set APP_DIRS (or the app directories loader) in a TEMPLATES entry of Django's own engine."
        what = "The templates of django_todos are not found."
        return [Error(what, hint=hint, id="django_todos.E008")]
    text = "\n".join(found)
    lacks = [
        what
        for what, pattern in (
            ("{% todos_head %}", r"{%-?\s*todos_head|block todos_styles"),
            ("{% todos_frame %}", r"{%-?\s*todos_frame|parts/foot\.html"),
            ("{% block todos_page_head %}", r"{%-?\s*block todos_page_head\b"),
            ("{% block todos_main %}", r"{%-?\s*block todos_main\b"),
        )
        if not re.search(pattern, text)
    ]
    if not lacks:
        return []
    what = f"Your django_todos/base.html lacks {', '.join(lacks)}."
    hint = "Write it as “Your own base template” in the documentation shows."
    return [Warning(what, hint=hint, id="django_todos.W004")]


def _sources(name: str) -> list[str]:
    """What is written in a template and in those that it extends, by name."""
    texts: list[str] = []
    while name and len(texts) < 9:
        texts.append(get_template(name).template.source)  # type: ignore[attr-defined]
        extended = re.search(r"{%\s*extends\s+[\"']([^\"']+)[\"']", texts[-1])
        name = extended[1] if extended else ""
    return texts


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
