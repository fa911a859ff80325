"""The orders in which pages show todos, and the indexes that have them: a page reads what it shows of however large a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core import signing
from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    F,
    Field,
    Func,
    Index,
    IntegerField,
    Q,
    QuerySet,
    TimeField,
    Value,
)
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    LessThan,
    LessThanOrEqual,
)

from django_todos import limits

if TYPE_CHECKING:
    from django_todos.models.querysets import TodoListQuerySet, TodoQuerySet
    from django_todos.models.todos import Todo

# An index is used for its own expression alone, to the letter: so no value in one is a parameter.
_COMPUTED: dict[str, tuple[str, str, Field[Any, Any]]] = {
    "order_date": ("due_date", "COALESCE(%(expressions)s, '9999-12-31')", DateField()),
    "order_time": ("due_time", "COALESCE(%(expressions)s, '23:59:59')", TimeField()),
    "order_priority": ("priority", "COALESCE(NULLIF(%(expressions)s, 0), 10)", IntegerField()),
    "order_title": ("title", "LOWER(%(expressions)s)", CharField()),
    # Not the key itself: PostgreSQL would go by its index, backwards through all the todos of others.
    "order_newest": ("id", "-%(expressions)s", BigIntegerField()),
}


def _computed(name: str) -> Func:
    column, template, field = _COMPUTED[name]
    return Func(F(column), template=template, output_field=field)


def dated(first: Any, last: Any) -> Q:
    """Where the order by due date has these days, or whatever is before the last one. What has no date is behind all."""
    day = _computed("order_date")
    until = Q(LessThanOrEqual(day, last))
    return until if first is None else Q(GreaterThanOrEqual(day, first)) & until


class _AsOne(Func):
    """Several values that are compared as one: an index knows where that is."""

    template = "(%(expressions)s)"


@dataclass(frozen=True)
class Order:
    """A total order by columns that are never NULL, so that a page can continue after any row of it.

    All of them go forwards, or all backwards.
    """

    name: str
    columns: tuple[str, ...]

    @property
    def _names(self) -> list[str]:
        return [column.lstrip("-") for column in self.columns]

    def apply(self, todos: TodoQuerySet) -> TodoQuerySet:
        """Adds the columns. `continue_after` and the order itself rely on them."""
        return todos.annotate(
            **{name: _computed(name) for name in self._names if name in _COMPUTED}
        )

    def continue_after(self, todos: TodoQuerySet, cursor: str) -> TodoQuerySet:
        """The todos behind the row that `cursor` names. A cursor that nobody gave out is the beginning."""
        values = self.values_of(cursor)
        if not values:
            return todos
        own: Any = todos.model._meta
        there = [
            Value(value, _COMPUTED[name][2] if name in _COMPUTED else own.get_field(name))
            for name, value in zip(self._names, values, strict=True)
        ]
        behind = LessThan if self.columns[0].startswith("-") else GreaterThan
        rows = (_AsOne(*row, output_field=IntegerField()) for row in (self._names, there))
        return todos.filter(behind(*rows))

    def of(self, todos: TodoQuerySet, cursor: str = "") -> TodoQuerySet:
        """`todos` in this order, behind the row that a cursor names."""
        return self.continue_after(self.apply(todos), cursor).order_by(*self.columns)

    def values_of(self, cursor: str) -> list[Any]:
        """Of the columns of the row that a cursor names; none of one that nobody gave out, or for another order."""
        try:
            name, *values = signing.loads(cursor, salt=__name__)
        except signing.BadSignature:
            return []
        return values if name == self.name else []

    def keys_in(self, lists: TodoListQuerySet, todos: TodoQuerySet, count: int) -> QuerySet[Any]:
        """Primary keys of the first `count` of `todos` in each of these lists."""
        return self.apply(todos).keys_of_first(lists, self.columns, count)

    def countable_in(self, lists: TodoListQuerySet, todos: TodoQuerySet) -> QuerySet[Any]:
        """Of `todos` in these lists as many as are counted."""
        return self.keys_in(lists, todos, limits.COUNTED_TO + 1)

    def first_in(self, lists: TodoListQuerySet, todos: TodoQuerySet, cursor: str) -> TodoQuerySet:
        """`todos` in these lists, of large ones no more than a page can show: an index has this order."""
        here = self.continue_after(self.apply(todos), cursor)
        return here.first_of_each(lists, self.columns, limits.PAGE + 1)

    def cursor(self, todo: Todo) -> str:
        """What names a row."""
        values = [getattr(todo, name) for name in self._names]
        plain = [value if isinstance(value, int | str) else value.isoformat() for value in values]
        return signing.dumps([self.name, *plain], salt=__name__)


ORDERS = {
    order.name: order
    for order in (
        Order("manual", ("position", "id")),
        # A position is one among siblings, and says nothing beside those on other levels.
        Order("levels", ("depth", "position", "id")),
        Order("due", ("order_date", "order_time", "position", "id")),
        Order("priority", ("order_priority", "position", "id")),
        Order("title", ("order_title", "id")),
        Order("newest", ("order_newest",)),
        Order("completed", ("-completed_at", "-id")),
        Order("deleted", ("-deleted_at", "-id")),
    )
}


_OPEN = Q(is_completed=False, deleted_at=None)
INDEXES = [
    Index(
        fields=["todo_list", "depth", "position", "id"], condition=_OPEN, name="todos_todo_by_hand"
    ),
    Index(
        "todo_list",
        _computed("order_date"),
        _computed("order_time"),
        "position",
        "id",
        condition=_OPEN,
        name="todos_todo_by_due",
    ),
    Index(
        "todo_list",
        _computed("order_priority"),
        "position",
        "id",
        condition=_OPEN,
        name="todos_todo_by_priority",
    ),
    Index(
        "todo_list",
        _computed("order_title"),
        "id",
        condition=_OPEN,
        name="todos_todo_by_title",
    ),
    Index("todo_list", _computed("order_newest"), condition=_OPEN, name="todos_todo_newest"),
    Index(
        fields=["todo_list", "-completed_at", "-id"],
        condition=Q(depth=0, is_completed=True, deleted_at=None),
        name="todos_todo_completed",
    ),
    Index(
        fields=["todo_list", "-deleted_at", "-id"],
        condition=Q(deleted_at__isnull=False),
        name="todos_todo_trash",
    ),
]
"""Each begins with the list: of several lists, the first of each are the first of all."""
