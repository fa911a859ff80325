"""A mypy plugin that keeps django-stubs' from crashing on our abstract models.

An abstract model has no primary key until somebody inherits it. django-stubs 6.1.2 asks for one all the same when an
abstract model with a foreign key to itself is queried (`parent` in models/todo_tree.py), and mypy ends with "No primary
key defined". The key that the concrete model will have is the one our app config pins. Remove this when it is mended
there.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from mypy.plugin import Plugin
from mypy_django_plugin.django.context import DjangoContext

_get = DjangoContext.get_primary_key_field


def _primary_key(self: DjangoContext, model: type[models.Model]) -> Any:
    if model._meta.abstract and not any(
        getattr(field, "primary_key", False) for field in model._meta.get_fields()
    ):
        key: models.Field[Any, Any] = models.BigAutoField(primary_key=True)
        key.set_attributes_from_name("id")
        key.model = model
        return key
    return _get(self, model)


def plugin(version: str) -> type[Plugin]:
    """What mypy calls: nothing of our own, but the patch is in place."""
    DjangoContext.get_primary_key_field = _primary_key  # type: ignore[method-assign, assignment]
    return Plugin
