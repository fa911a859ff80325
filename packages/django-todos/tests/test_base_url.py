"""The address that mails link to: read without a closing slash, and checked."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks

from django_todos.conf import settings as todos_settings


@pytest.mark.parametrize(
    "value, read, ids",
    [
        ("https://todo.example", "https://todo.example", []),
        ("http://localhost:8000/", "http://localhost:8000", []),
        ("", "", []),
        (None, "", []),
        ("todo.example", "todo.example", ["django_todos.E004"]),
        ("https://todo.example/app", "https://todo.example/app", ["django_todos.E004"]),
        ("https://todo.example?x", "https://todo.example?x", ["django_todos.E004"]),
    ],
)
def test_the_address(settings, value, read, ids):
    settings.TODOS_BASE_URL = value
    assert todos_settings.BASE_URL == read
    assert [message.id for message in run_checks(tags=["django_todos"])] == ids
