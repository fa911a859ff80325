"""Queries that are compiled once: what every page asks, whose building costs many times what the database takes."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from django.conf import settings as project
from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import BooleanField, Expression, F, Field, QuerySet

_Rows = TypeVar("_Rows", bound=QuerySet[Any])


class Slot(Expression):
    """The place of a value that is given when the query is run."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """A parameter, which is this slot until it is filled."""
        return "%s", [self]

    def filled(self, values: dict[str, Any], connection: Any) -> Any:
        """Its value as the database takes it."""
        return self.output_field.get_db_prep_value(values[self.name], connection)


class _Keys(Field):  # type: ignore[type-arg]
    """Primary keys of a model, as many as there are, as one value."""

    def __init__(self, model: type[models.Model]) -> None:
        super().__init__()
        self.key: Any = model._meta.pk

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        keys = [self.key.get_db_prep_value(one, connection) for one in value]
        return keys if connection.vendor == "postgresql" else json.dumps(keys)


class OneOf(Expression):
    """Whether a column holds one of the keys of a model that are given when the query is run.

    How many there are PostgreSQL is not told: for a hundred it would rather read a whole table of 20,000 small rows.
    """

    conditional = True

    def __init__(self, column: str, model: type[models.Model], name: str) -> None:
        super().__init__(BooleanField())
        self.column, self.keys = F(column), Slot(name, _Keys(model))
        self.key: Any = model._meta.pk

    def get_source_expressions(self) -> list[Any]:
        """The column, and the place of the keys."""
        return [self.column, self.keys]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """As they were resolved."""
        self.column, self.keys = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """In any order, and each as often as it is wanted."""
        (column, before), (keys, after) = map(compiler.compile, self.get_source_expressions())
        if connection.vendor == "postgresql":
            kind = self.key.rel_db_type(connection)
            given = f"= ANY(ARRAY(SELECT unnest({keys}::{kind}[])))"
        else:
            given = f"IN (SELECT value FROM json_each({keys}))"  # nosec B608: a placeholder
        return f"{column} {given}", [*before, *after]


class AnyUser:
    """Stands for whoever is signed in while a query is built: ``{"user": user.pk}`` fills it."""

    is_authenticated = True

    @property
    def pk(self) -> Slot:
        """Whose."""
        return Slot("user", get_user_model()._meta.pk)


known: dict[Any, tuple[Any, Any, Any]] = {}
"""What has been compiled, for all threads."""


class Compiled(Generic[_Rows]):
    """Decorates what builds a query with slots. It is compiled by the ORM once, and run with other values each time.

    What is built may depend on nothing but the `key` that follows the values.
    """

    def __init__(self, build: Callable[..., _Rows]) -> None:
        self.build = build

    def __call__(self, values: dict[str, Any], *key: Any) -> _Rows:
        """The queryset, to be read: what is filtered or ordered after that would be built anew."""
        connection = connections[DEFAULT_DB_ALIAS]  # there is no other: checks.py
        # How instants are read goes by these two, which tests of a host may change.
        place = self, project.USE_TZ, project.TIME_ZONE, key
        if place not in known:
            built = self.build(*key)
            compiler = built.query.get_compiler(connection=connection)
            sql = compiler.as_sql()
            # A connection belongs to a thread, and is kept by nothing that outlives it.
            compiler.connection = None
            known[place] = built, compiler, sql
        built, compiler, (sql, params) = known[place]
        filled = [
            one.filled(values, connection) if isinstance(one, Slot) else one for one in params
        ]
        rows = object.__new__(type(built))
        rows.__dict__ = {**built.__dict__, "_db": connection.alias, "_result_cache": None}
        rows._query = _Query(built.query, compiler, (sql, tuple(filled)), connection)
        return rows


class _Query:
    """A query whose SQL is known."""

    def __init__(self, query: Any, compiler: Any, sql: Any, connection: Any) -> None:
        self._as_it_was = query
        self._compiler = copy.copy(compiler)
        self._compiler.connection = connection
        self._compiler.as_sql = lambda *args, **kwargs: sql
        # How each column is read: found anew for each query, that is 3 % of a page.
        readers = connection.__dict__.setdefault("_django_todos_readers", {})
        if compiler not in readers:
            columns = [expression for expression, *_ in compiler.select[: compiler.col_count]]
            readers[compiler] = self._compiler.get_converters(columns)
        self._compiler.get_converters = lambda expressions: readers[compiler]

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        """One that has compiled already."""
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._as_it_was, name)
