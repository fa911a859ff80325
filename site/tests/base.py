"""What the tests of the site are written with: a browser, people, settings read with another environment."""

import os
import runpy
import subprocess  # nosec B404
import sys
from pathlib import Path
from typing import Any
from unittest import mock

from django.contrib.auth.models import User
from django.test import Client

SITE = Path(__file__).resolve().parent.parent
PASSWORD = "correct horse battery"  # nosec B105

PRODUCTION = {
    "SECRET_KEY": "k3zj7-w0mfq_8vru1x5n2y6hd4sbc9tg-pa-elo-iqz-0k8w3h5n2",
    "DATABASE_URL": "postgres://todos:s%40cret@db:5432/todos",
    "SITE_URL": "https://todos.example.org",
    "TRUSTED_PROXIES": "1",
}


class SecureClient(Client):
    """A browser behind one proxy that ends TLS."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            **{"HTTP_HOST": "testserver", "HTTP_X_FORWARDED_PROTO": "https", **kwargs}
        )


def make_user(name: str, **kwargs: Any) -> User:
    return User.objects.create_user(name, f"{name}@harbour.example", PASSWORD, **kwargs)


def settings_of(**environ: str) -> dict[str, Any]:
    """The settings file read with exactly this environment."""
    with mock.patch.dict(os.environ, environ, clear=True):
        return runpy.run_path(str(SITE / "config" / "settings.py"))


def ids(found: dict[str, Any]) -> list[str]:
    return [problem.id.removeprefix("site.") for problem in found["SITE_PROBLEMS"]]


def problems_of(**environ: str) -> list[str]:
    return ids(settings_of(**environ))


def run_python(*args: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """A command in the site's folder with exactly this environment (and what Python needs)."""
    kept = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ
    }
    return subprocess.run(  # nosec B603
        [sys.executable, *args],
        cwd=SITE,
        env={**kept, **environ},
        capture_output=True,
        text=True,
        timeout=120,
    )
