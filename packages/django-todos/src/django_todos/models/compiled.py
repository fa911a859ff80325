"""Queries that are compiled once: what every page asks, whose building costs many times what the database takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connections, models, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, QuerySet


class Slot(Expression):
    """The place of a value that is given when the query is run."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> tuple[str, list[Any]]:
        """A parameter, which is this slot until it is filled."""
        return "%s", [self]

    def filled(self, values: dict[str, Any], connection: BaseDatabaseWrapper) -> Any:
        """The value as the database takes it."""
        value = values[self.name]
        return self.output_field.get_db_prep_value(value, connection)


class Compiled:
    """A query with slots. It is compiled by the ORM, once for each connection, and run with other values each time.

    What `build` returns (a queryset with ``values_list``) may depend on nothing but `key`.
    """

    def __init__(self, model: type[models.Model], build: Callable[..., QuerySet[Any]]) -> None:
        self._model, self._build = model, build
        self._known: WeakKeyDictionary[BaseDatabaseWrapper, dict[Any, Any]] = WeakKeyDictionary()

    def rows(self, values: dict[str, Any], *key: Any) -> list[Any]:
        """The rows, as ``values_list`` would give them."""
        connection = connections[router.db_for_read(self._model)]
        known = self._known.setdefault(connection, {})
        if key not in known:
            compiler = self._build(*key).query.get_compiler(connection=connection)
            sql, params = compiler.as_sql()
            known[key] = sql, params, compiler, compiler.get_converters([one[0] for one in compiler.select])
        sql, params, compiler, converters = known[key]
        filled = [
            one.filled(values, connection) if isinstance(one, Slot) else one for one in params
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, filled)
            found = cursor.fetchall()
        return list(compiler.apply_converters(found, converters)) if converters else found
