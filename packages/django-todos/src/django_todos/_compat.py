"""The one place that asks which Django this is. Each branch says which version removes it."""

from __future__ import annotations

from typing import Any

import django
from django.db import models


def check_constraint(condition: models.Q, *, name: str) -> models.CheckConstraint:
    """A check constraint under either of its spellings.

    ``check`` became ``condition`` in Django 5.1 and is gone in 6.0; remove this with Django 4.2.
    """
    argument: dict[str, Any] = {"condition" if django.VERSION >= (5, 1) else "check": condition}
    return models.CheckConstraint(name=name, **argument)
