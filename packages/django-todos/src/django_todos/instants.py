"""Instants: aware and exact in this app, whatever the host's ``USE_TZ`` says.

A host with ``USE_TZ = False`` keeps local times without a zone, and so does Django for it. What people do has to be in
order over the night in which the clocks go back, too; so these columns hold UTC there, as they do with ``USE_TZ = True``.
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from django.conf import settings as project
from django.db import models
from django.utils.timezone import get_default_timezone


def now() -> datetime:
    """This instant, aware also where the host's clock is not."""
    return datetime.now(timezone.utc)


def aware(value: datetime) -> datetime:
    """An instant. One without a zone is read as the project's own time."""
    return value.replace(tzinfo=get_default_timezone()) if value.tzinfo is None else value


def _utc(value: datetime) -> datetime:
    return value.astimezone(timezone.utc)


class InstantField(models.DateTimeField):
    """A column of instants: aware in Python, UTC in the database. To migrations it is Django's own field."""

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As ``DateTimeField``: nothing of it shows in the table."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs

    def get_default(self) -> Any:
        """``timezone.now`` is naive where the host's times are."""
        value = super().get_default()
        return aware(value) if isinstance(value, datetime) else value

    def to_python(self, value: Any) -> Any:
        """A text or a time without a zone is the project's time."""
        value = super().to_python(value)
        return aware(value) if isinstance(value, datetime) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """UTC without a zone for SQLite, which can't hold one; PostgreSQL takes it as it is."""
        if not project.USE_TZ and connection.vendor != "postgresql":
            value = value if prepared else self.get_prep_value(value)
            if isinstance(value, datetime):
                value = _utc(value).replace(tzinfo=None)
            prepared = True
        return super().get_db_prep_value(value, connection, prepared)

    def get_db_converters(self, connection: Any) -> list[Any]:
        """What comes back without a zone gets its own again: UTC, on PostgreSQL the connection's."""
        if project.USE_TZ:
            return []  # a step less for each value of each row
        zone = get_default_timezone() if connection.vendor == "postgresql" else timezone.utc
        return [lambda value, *_: None if value is None else _utc(value.replace(tzinfo=zone))]
