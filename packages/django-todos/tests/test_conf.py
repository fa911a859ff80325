"""Settings are read when used, typed, and influence nothing that is decided at import."""

from __future__ import annotations

import pytest

from django_todos import conf
from django_todos.conf import settings


def nobody(user, model, permission):
    """A host's rule."""
    return model.objects.none()


@pytest.mark.parametrize(
    "name, default, given, typed",
    [("TRASH_DAYS", 30, "7", 7), ("IMPORT_MAX_BYTES", 5_000_000, 10, 10)],
)
def test_numbers(settings: object, name: str, default: int, given: object, typed: int):
    ours = conf.settings
    assert getattr(ours, name) == default
    setattr(settings, f"TODOS_{name}", given)
    assert getattr(ours, name) == typed


def test_a_function_by_its_path(settings):
    assert conf.settings.OBJECT_ACCESS is conf._by_model_permission
    settings.TODOS_OBJECT_ACCESS = f"{__name__}.nobody"
    assert conf.settings.OBJECT_ACCESS is nobody


def test_there_are_few():
    assert len([name for name in vars(type(settings)) if name.isupper()]) <= 12
