"""Searching: by words, and among what is due next.

PostgreSQL has an index of every word by list, and one of what is open in each list by when it is due; the first
migration makes both. Elsewhere each row that somebody can see is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connections, models
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from django_todos import models as tables
from django_todos.limits import MAX_SEARCH_WORDS

if TYPE_CHECKING:
    from django_todos.models.querysets import TodoQuerySet

_Todos = TypeVar("_Todos", bound="TodoQuerySet")

# Thai to Khmer, kana, Han
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
_RARE = 0.05
"""The share of all todos up to which reading a word's place in the index costs less than looking at rows."""


def words_of(text: str) -> list[str]:
    """The different words that are looked for."""
    return list(dict.fromkeys(text.replace("\x00", " ").split()))[:MAX_SEARCH_WORDS]


def holding(
    todos: _Todos, words: list[str], lists: Collection[int], indexed: Collection[str] | None
) -> _Todos:
    """Those that hold every word: see `TodoQuerySet.search`, which this is."""
    if not words:
        return todos.none()
    for word in filter(_UNSPACED.search, words):
        todos = todos.filter(Q(title__icontains=word) | Q(notes__icontains=word))
    words = [word for word in words if not _UNSPACED.search(word)]
    if not is_indexed(todos):
        for word in words:
            pattern = (r"\b" if word[0].isalnum() else "") + re.escape(word)
            todos = todos.filter(Q(title__iregex=pattern) | Q(notes__iregex=pattern))
        return todos
    by_index = [word for word in words if indexed is None or word in indexed]
    if by_index and lists:
        # The index's first column: without an extension it takes a number as an array of one.
        here = f"ARRAY[{todos.model._meta.db_table}.todo_list_id] && %s::bigint[]"
        todos = todos.filter(_raw(here, list(lists)))
    if by_index:
        todos = todos.filter(_match(todos.model, by_index, "notes"))
    if by_row := [word for word in words if word not in by_index]:
        todos = todos.filter(_match(todos.model, by_row, "notes || ''"))
    return todos


def is_indexed(todos: TodoQuerySet) -> bool:
    """Whether the database has the two indexes."""
    return connections[todos.db].vendor == "postgresql"


def _raw(sql: str, *params: Any) -> RawSQL:
    # Tables' own names around constants; what was typed travels as a parameter.
    return RawSQL(sql, params, output_field=BooleanField())  # nosec B611


def _match(model: type[models.Model], words: list[str], notes: str) -> Q | RawSQL:
    # The expression is the index's own, to the letter: PostgreSQL uses the index for nothing else.
    parts = [word for word in words if any(sign.isalpha() or sign.isdecimal() for sign in word)]
    if not parts:
        return Q(*(Q(title__icontains=word) | Q(notes__icontains=word) for word in words))
    # Each is taken apart by the database, as the text was: dates, addresses and vowel signs are cut as nowhere else.
    quoted = (part.replace("\\", "\\\\").replace("'", "''") for part in parts)
    query = " & ".join(f"'{part}':*" for part in quoted)
    table = model._meta.db_table
    text = f"{table}.title || ' ' || {table}.{notes}"
    return _raw(f"to_tsvector('simple', {text}) @@ to_tsquery('simple', %s)", query)


def shares_of(todos: TodoQuerySet, words: list[str]) -> dict[str, float]:
    """Which part of all todos holds each of the words: as the database's statistics say, so that it reads none."""
    total = _estimated(todos)
    spaced = [word for word in words if not _UNSPACED.search(word)]
    return {word: _estimated(holding(todos, [word], (), None)) / total for word in spaced}


def rare_of(shares: Mapping[str, float]) -> list[str]:
    """The words that are worth looking up: those that are rare, else the rarest."""
    rare = [word for word, share in shares.items() if share <= _RARE]
    return rare or sorted(shares, key=lambda word: shares[word])[:1]


def _estimated(todos: TodoQuerySet) -> int:
    plan = json.loads(todos.explain(format="json"))
    return max(1, int(plan[0]["Plan"]["Plan Rows"]))


def next_due(
    found: TodoQuerySet, lists: Collection[int], after: Sequence[Any], near: int, count: int
) -> list[int]:
    """Of the `near` todos that are due next and open in these lists, the first that are `found`: their primary keys.

    The order is that of pages: by date and time, none being last, then by position. It goes on after the row with the
    values `after`. No more rows are read than it takes to find `count`.
    """
    table = tables.Todo._meta.db_table
    day, hour = (
        "COALESCE(due_date, '9999-12-31'::date)",
        "COALESCE(due_time, '23:59:59'::time)",
    )
    begin = f"AND ({day}, {hour}, position, id) > (%s::date, %s::time, %s, %s)" if after else ""
    here = found.filter(pk=RawSQL("near.id", ())).values("pk")  # nosec B611
    is_found, params = here.query.sql_with_params()
    # A value that may be NULL is asked for one row after the other, until there are enough; what EXISTS, all at once.
    sql = f"""SELECT id FROM (
            SELECT open.* FROM unnest(%s::bigint[]) AS list, LATERAL (
                SELECT {day} AS day, {hour} AS hour, position AS place, id FROM {table}
                WHERE todo_list_id = list AND NOT is_completed AND deleted_at IS NULL {begin}
                ORDER BY {day}, {hour}, position, id LIMIT %s
            ) AS open ORDER BY day, hour, place, id LIMIT %s
        ) AS near WHERE ({is_found}) IS NOT NULL ORDER BY day, hour, place, id LIMIT %s
    """  # nosec B608  (columns and constants; values are parameters)
    with connections[found.db].cursor() as cursor:
        cursor.execute(sql, [list(lists), *after, near, near, *params, count])
        return [pk for (pk,) in cursor.fetchall()]
