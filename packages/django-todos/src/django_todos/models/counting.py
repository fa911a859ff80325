"""Counts that end: what nobody reads to the last one is not counted to the last one."""

from __future__ import annotations

from typing import Any, Self

from django.db.models import IntegerField, QuerySet, Subquery

from django_todos import limits


class Counted(int):
    """A number of rows; of more than `limits.COUNTED_TO` it is that, and `is_more`."""

    is_more = False

    @classmethod
    def of(cls, found: int) -> Self:
        """From a count that ended one row later."""
        return cls(min(found, limits.COUNTED_TO)).or_more(found > limits.COUNTED_TO)

    def or_more(self, is_more: bool) -> Self:
        """The same number, as what was counted of more."""
        number = type(self)(self)
        number.is_more = is_more
        return number

    def less(self, number: int) -> Self:
        """Without so many of them."""
        return type(self)(self - number).or_more(self.is_more)

    def __eq__(self, other: object) -> bool:
        # As the number that it is: `==` between two would ask the other one, which would see a number without `is_more`.
        same = int.__eq__(self, other)  # type: ignore[arg-type]
        return same is True and self.is_more is getattr(other, "is_more", False)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__


def counted(*parts: QuerySet[Any]) -> Counted:
    """How many rows there are. In an order that an index has, no more of them are read than are counted."""
    return Counted.of(sum(rows[: limits.COUNTED_TO + 1].count() for rows in parts))


class _CountedField(IntegerField):  # type: ignore[type-arg]
    def from_db_value(self, value: int, *_args: Any) -> Counted:
        return Counted.of(value)


class AllRows(Subquery):
    """How many rows there are, to the last, as a column of another query, to which they may refer."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"

    output_field = IntegerField()


class CountedRows(AllRows):
    """The same as far as they are counted."""

    output_field = _CountedField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows[: limits.COUNTED_TO + 1])
