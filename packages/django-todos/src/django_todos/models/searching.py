"""Searching by words.

PostgreSQL has an index of every word by list, which the first migration makes. Elsewhere each row that somebody can see
is looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import connections, models
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

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
        todos = todos.filter(_match(todos.model, by_index))
    if by_row := [word for word in words if word not in by_index]:
        # No index is used for that, but what statistics say of its expression.
        todos = todos.filter(_match(todos.model, by_row, " IS TRUE"))
    return todos


def is_indexed(todos: TodoQuerySet) -> bool:
    """Whether the database has the index."""
    return connections[todos.db].vendor == "postgresql"


def _raw(sql: str, *params: Any) -> RawSQL:
    # Tables' own names around constants; what was typed travels as a parameter.
    return RawSQL(sql, params, output_field=BooleanField())  # nosec B611


def _match(model: type[models.Model], words: list[str], so: str = "") -> Q | RawSQL:
    # The expression is the index's own, to the letter: PostgreSQL uses the index for nothing else.
    parts = [word for word in words if any(sign.isalpha() or sign.isdecimal() for sign in word)]
    if not parts:
        return Q(*(Q(title__icontains=word) | Q(notes__icontains=word) for word in words))
    # Each is taken apart by the database, as the text was: dates, addresses and vowel signs are cut as nowhere else.
    quoted = (part.replace("\\", "\\\\").replace("'", "''") for part in parts)
    query = " & ".join(f"'{part}':*" for part in quoted)
    table = model._meta.db_table
    text = f"{table}.title || ' ' || {table}.notes"
    return _raw(f"(to_tsvector('simple', {text}) @@ to_tsquery('simple', %s)){so}", query)


def rare_of(todos: TodoQuerySet, text: str, at_least: int) -> list[str]:
    """The words that are worth looking up: that few todos hold, as the database's statistics say, so that it reads none.

    Where nothing better than an index can be done, the rarest are, however many hold them.
    """
    most = _estimated(todos) * _RARE
    spaced = (word for word in words_of(text) if not _UNSPACED.search(word))
    held = sorted((_estimated(holding(todos, [word], (), None)), word) for word in spaced)
    return [word for n, (number, word) in enumerate(held) if n < at_least or number <= most]


def _estimated(todos: TodoQuerySet) -> int:
    plan = json.loads(todos.explain(format="json"))
    return max(1, int(plan[0]["Plan"]["Plan Rows"]))
