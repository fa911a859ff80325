"""Which format a file is."""

from __future__ import annotations

import pytest

from django_todos.exchange.detect import detect
from django_todos.exchange.formats import FORMATS


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ('{"format": "django-todos", "version": 1, "lists": []}', "json"),
        ('\ufeff\n{"version": 1, "lists": [], "format": "django-todos"}', "json"),
        ('[{"description": "a"}]', "taskwarrior"),
        ("[]", "taskwarrior"),
        ('{"description": "a"}\n{"description": "b"}', "taskwarrior"),
        ('{"lists": 1, "description": "a"}', "taskwarrior"),
        ("[ ] buy milk", "todotxt"),
        ("- [ ] buy milk", "markdown"),
        ("(A) Call mum +family", "todotxt"),
        ("", "todotxt"),
    ],
)
def test_sniffing(text: str, name: str) -> None:
    assert detect(text) == name
    assert FORMATS[name].label
