"""Every row of ours as a line of text, in an order and a spelling that no database changes.

For comparing, not for reading back: the dump of a restored database, or of one that was carried
from SQLite to PostgreSQL, is equal to the byte. Rows are named by their public identity, people by
their user name; a row without an identity of its own is placed by its text.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Field, Model


def dump_all() -> Iterator[str]:
    """Lines of JSON, one a row, each ending with a newline."""
    models = apps.get_app_config("django_todos").get_models(include_auto_created=True)
    for model in sorted(models, key=lambda one: one._meta.label_lower):
        yield from _rows(model)


def _rows(model: type[Model]) -> Iterator[str]:
    names = [name for field in model._meta.concrete_fields for name in _columns(field)]
    rows = model._default_manager.order_by("pk").values(*names)
    if _has_identity(model):
        for row in rows.order_by("uuid").iterator(chunk_size=2000):
            yield _line(model, row)
    else:
        yield from sorted(_line(model, row) for row in rows.iterator(chunk_size=2000))


def _has_identity(model: type[Model]) -> bool:
    return any(field.name == "uuid" for field in model._meta.concrete_fields)


def _columns(field: Field[Any, Any]) -> list[str]:
    """What says the same in every database: no primary key, if there is something better."""
    if field.primary_key:
        return []
    target = field.related_model
    if target is None or isinstance(target, str):
        return [field.attname]
    if _has_identity(target):
        return [f"{field.name}__uuid"]
    if target is ContentType:
        return [f"{field.name}__app_label", f"{field.name}__model"]
    if target is get_user_model():
        return [f"{field.name}__{get_user_model().USERNAME_FIELD}"]
    return [field.attname]


def _line(model: type[Model], row: dict[str, Any]) -> str:
    values = {"model": model._meta.model_name} | row
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=_plain)
    return text + "\n"


def _plain(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, (bytes, memoryview)):
        return base64.b64encode(bytes(value)).decode()
    return str(value)
