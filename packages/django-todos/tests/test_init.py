"""What the package says of itself, and that asking for it costs next to nothing."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata

import pytest

import django_todos


def test_version_is_the_distributions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "version", lambda name: f"{name} 1.2.3")
    assert django_todos.__version__ == "django-todos 1.2.3"


def test_nothing_else_is_made_up() -> None:
    with pytest.raises(AttributeError):
        django_todos.vresion  # noqa: B018


def test_importing_the_package_loads_neither_django_nor_metadata() -> None:
    code = (
        "import sys; before = set(sys.modules); import django_todos;"
        "print({'django', 'importlib.metadata'} & (set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_libraries_for_notes_and_repeats_wait_until_they_are_needed() -> None:
    code = (
        "import sys, django; django.setup();"
        "from django.template.loader import get_template; get_template('django_todos/list_detail.html');"
        "print({'dateutil', 'icalendar', 'markdown_it', 'nh3'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
