"""The smallest host the package promises to work in: what `startproject` gives, less what we don't need.

No `sites`, no middleware of django-htmx (the four lines of the README name none). SQLite in memory, or
what DATABASE_URL names; the test database carries the tox environment's name, so that environments can
share one server.
"""

from __future__ import annotations

import os
import re
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import django


def database(url: str) -> dict[str, Any]:
    """DATABASE_URL as Django wants it; `postgres://user@//socket/folder/name` names a socket."""
    label = re.sub(r"\W", "_", os.environ.get("TOX_ENV_NAME", "local"))
    parts = urlsplit(url)
    if parts.scheme in {"", "sqlite"}:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": parts.path or ":memory:"}
    path = unquote(parts.path[1:])
    host, _, name = path.rpartition("/") if path.startswith("/") else (parts.hostname, "", path)
    host = parse_qs(parts.query).get("host", [host])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host or "",
        "PORT": str(parts.port or ""),
        "TEST": {"NAME": f"test_todos_{label}"},
    }


SECRET_KEY = "only-for-tests-" + "x" * 40
ALLOWED_HOSTS = ["testserver", "localhost"]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"  # not ours: the package must pin its own
if django.VERSION >= (6, 1):  # else each mail warns that the older settings go
    MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}
DATABASES = {"default": database(os.environ.get("DATABASE_URL", ""))}
ROOT_URLCONF = "tests.urls"
STATIC_URL = "/static/"
LOGIN_URL = "/accounts/login/"
# Neither a statement to sign in nor one a request: what sessions cost is the host's.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",  # the admin's demand; tests/hosts has projects without either
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_todos",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
