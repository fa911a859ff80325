"""What `manage.py test` runs with: the settings of a real installation."""

from __future__ import annotations

import os

from django.core.management.utils import get_random_secret_key


def prepare() -> None:
    os.environ.setdefault("SECRET_KEY", get_random_secret_key())
    os.environ.setdefault("SITE_URL", "https://testserver")
    os.environ.setdefault("TRUSTED_PROXIES", "1")
    os.environ.setdefault("SIGNUP", "open")
    os.environ["LOG_LEVEL"] = "ERROR"
    if not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = "sqlite://:memory:"
