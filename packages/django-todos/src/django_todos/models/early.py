"""Todos as they were read before their list was locked: as good as under the lock, where nobody wrote since."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, UUIDField, When
from django.db.models.functions import Cast

from django_todos import models as tables  # those that stand on this module: there when asked
from django_todos.models.compiled import AnyUser, Compiled, Slot
from django_todos.models.querysets import IN_A_ROW

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from django_todos.models.lists import Label, TodoList
    from django_todos.models.querysets import TodoQuerySet
    from django_todos.models.todos import Todo

BESIDE = {"up": "before", "before": "before", "down": "after", "after": "after", "out": "after"}
UNDER = {"under": "before", "in": "after"}
AT_AN_END = {"top": "before", "bottom": "after"}
PLACES = BESIDE | UNDER | AT_AN_END
"""Ways to move within a list: on which side of another todo, or at which end of what is under it, or of its siblings."""
NEIGHBOUR = {"up": "up", "in": "up", "down": "down"}
"""Those that are named by the todo above or below."""


@dataclass
class EarlyRead:
    """Whole trees of one list, with what a member may do there, as a single statement read them.

    Whoever writes to a list, or changes its people, raises its version under the lock. Where the version is still the
    one that was read, all of this is as it was, and nothing needs to be read again.
    """

    user_id: Any
    todo_list: TodoList
    todos: list[Todo]
    labels: dict[int, list[Label]] | None
    """By primary key, as a row shows them; not read for what is to be moved."""
    neighbours: dict[str, Todo] = field(default_factory=dict)
    """The todo above (``up``) or below (``down``), where it is to go past it or under it."""
    far: dict[tuple[Any, ...], int | None] = field(default_factory=dict)
    """By the place to move to the position of the next sibling beyond it."""
    _is_claimed: bool = False

    def claim(self, user: Any) -> TodoList | None:
        """Its list, for the one whom it was read for, and once: who writes changes these very todos."""
        claimed, self._is_claimed = self._is_claimed, True
        return None if claimed or user is None or user.pk != self.user_id else self.todo_list


def read_early(user: AbstractBaseUser, uuid: UUID, to: str, beside: UUID | None) -> Todo | None:
    """A todo with its tree, and with that of the one beside or under which it is to go: `beside`, or as `to` says."""
    found: dict[int, Any] = {}
    labels: dict[int, list[Label]] = defaultdict(list)
    values = {"user": user.pk, "uuid": uuid, "beside": beside or uuid}
    to = to if to in PLACES else ""
    rows: Any = _any_trees(values, to)
    for row in rows:
        one = found.setdefault(row.pk, row)
        if not to and row.label_name is not None:
            labels[one.pk].append(tables.Label(name=row.label_name, color=row.label_color))
    todo = next((one for one in found.values() if one.uuid == uuid and not one.deleted_at), None)
    if todo is None:
        return None
    todo.todo_list.role = todo.role
    todos = [one for one in found.values() if one.todo_list_id == todo.todo_list_id]
    early = EarlyRead(user.pk, todo.todo_list, todos, None if to else labels)
    for one in todos:
        one.early, one.todo_list, one.parent = early, todo.todo_list, found.get(one.parent_id)
        if to and one.uuid == todo.beside_uuid:
            _see_place(early, todo, to, one)
    return todo


def _see_place(early: EarlyRead, todo: Todo, to: str, beside: Any) -> None:
    if to in NEIGHBOUR:
        early.neighbours[NEIGHBOUR[to]] = beside
    parent_id = beside.pk if to in UNDER else beside.parent_id
    anchor_id = beside.pk if to in BESIDE else None
    early.far[todo.pk, PLACES[to], parent_id, anchor_id] = beside.far


@Compiled
def _any_trees(to: str) -> TodoQuerySet:
    """Two todos' trees: with labels, a row each, and what was logged last, or with what is known of the place to go to."""
    own = tables.Membership.objects.filter(todo_list=OuterRef("todo_list"), user=AnyUser().pk)
    beside = _beside(to)
    named = tables.Todo.objects.filter(Q(uuid=_UUID) | Q(uuid=beside)).values("tree")
    todos = tables.Todo.objects.filter(tree__in=named, todo_list__deleted_at=None)
    todos = todos.annotate(role=Subquery(own.values("role"))).exclude(role=None)
    todos = todos.select_related("assignee", "todo_list")
    if to:
        far = Case(When(uuid=F("beside_uuid"), then=_far(to)))
        return todos.annotate(beside_uuid=beside).annotate(far=far).in_order()
    key = Cast(OuterRef("occurrence") - 1, CharField(max_length=20))
    logged = tables.Completion.objects.filter(todo=OuterRef("pk"), key=key).values("pk")
    todos = todos.annotate(last_logged=Subquery(logged))
    labels = {"label_name": F("labels__name"), "label_color": F("labels__color")}
    return todos.annotate(**labels).order_by("position", "pk", "labels__name")


_UUID = Slot("uuid", UUIDField())


class _Row(NamedTuple):
    """Stands for a row of the outer query."""

    position: Any = OuterRef("position")
    pk: Any = OuterRef("pk")


def _beside(to: str) -> Any:
    """The one by which a place is named: given, or the todo above or below as the list shows it, or its parent."""
    todo = tables.Todo.objects.filter(uuid=_UUID)
    if to == "out":
        return Subquery(todo.values("parent__uuid")[:1])
    if to not in NEIGHBOUR:
        return Slot("beside", UUIDField())
    shown = _from(to == "down").filter(deleted_at=None)
    shown = shown.filter(Q(is_completed=OuterRef("is_completed")) | Q(depth__gt=0))
    return Subquery(todo.annotate(beside=_first(shown, "uuid")).values("beside")[:1])


def _far(to: str) -> Any:
    """The position that stands first on the other side of the place."""
    others = tables.Todo.objects.filter(todo_list=OuterRef("todo_list")).exclude(uuid=_UUID)
    others = others.order_by(*IN_A_ROW)
    if to in BESIDE:
        return _first(_from(BESIDE[to] == "after"), "position")
    others = others if PLACES[to] == "before" else others.reverse()
    if to in AT_AN_END:
        return _first(others, "position")
    return Subquery(others.filter(parent=OuterRef("pk")).values("position")[:1])


def _from(is_down: bool) -> TodoQuerySet:
    """Others of the list from a row on, the nearest first."""
    others = tables.Todo.objects.filter(todo_list=OuterRef("todo_list")).exclude(uuid=_UUID)
    row: Any = _Row()
    return others.below(row) if is_down else others.above(row).reverse()


def _first(rows: TodoQuerySet, column: str) -> Case:
    """The first of these that is a sibling of the row. A top level has no parent that it could be compared by."""
    tops, others = (
        Subquery(some.values(column)[:1])
        for some in (rows.filter(parent=None), rows.filter(parent=OuterRef("parent")))
    )
    return Case(When(depth=0, then=tops), default=others)
