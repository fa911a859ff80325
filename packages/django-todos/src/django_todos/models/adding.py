"""Adding todos: one, or the lines of a paste with their subtasks, in a number of queries that doesn't depend on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Max, Min

from django_todos import limits
from django_todos import models as tables  # those that stand on this module: there when asked
from django_todos.dates import Moment
from django_todos.models.columns import due_columns, repeat_columns, start_columns
from django_todos.models.members import GAP
from django_todos.models.places import NotAllowedHere, Side
from django_todos.models.writer import ChangedMeanwhile, Recording
from django_todos.repeats.occurrences import Repeat

if TYPE_CHECKING:
    from django_todos.models.todos import Todo


@dataclass(frozen=True, slots=True)
class NewTodo:
    """A todo to be added; `depth` 0 is a root, n a subtask of the last one before it at n - 1."""

    todo_list_id: int
    title: str
    depth: int = 0
    due: Moment = Moment()
    start: Moment = Moment()
    repeat: Repeat | None = None
    labels: Sequence[str] = ()
    columns: dict[str, Any] = field(default_factory=dict)

    def row(self, rec: Recording, parent: Todo | None) -> Todo:
        """It as a row that is not stored yet and has no position."""
        repeat = self.repeat
        if repeat is not None:
            repeat = replace(repeat, anchor=repeat.anchor or self.due or self.start)
        todo = tables.Todo(
            todo_list_id=self.todo_list_id,
            parent=parent,
            depth=parent.depth + 1 if parent is not None else 0,
            title=self.title,
            created_by_id=rec.user_id,
            created_at=rec.at,
            updated_at=rec.at,
            **due_columns(self.due),
            **start_columns(self.start),
            **repeat_columns(repeat),
            **self.columns,
        )
        todo.tree = parent.tree if parent is not None else todo.uuid
        return todo


def add_many(
    new: Sequence[NewTodo], *, rec: Recording, above: Todo | None = None, side: Side = "after"
) -> list[Todo]:
    """Add todos in their order: last in their lists, or under `above`; or first (`side`)."""
    if any(rec.lists[one.todo_list_id].deleted_at is not None for one in new):
        raise ChangedMeanwhile
    if above is not None:
        above = rec.alive(above)
        above.reopen(within=rec)
    made: list[Todo] = []
    line: list[Todo] = []  # the todo above, by depth
    for one in new:
        del line[one.depth :]
        todo = one.row(rec, line[-1] if line else above)
        if todo.depth > limits.MAX_DEPTH:
            raise NotAllowedHere("too deep")
        line.append(todo)
        made.append(todo)
    _place(made, above, side)
    for depth in sorted({todo.depth for todo in made}):
        rec.add([todo for todo in made if todo.depth == depth])
    for todo, one in zip(made, new, strict=True):
        if one.labels:
            rec.set_labels(todo, one.labels)
    return made


def _place(made: Iterable[Todo], above: Todo | None, side: Side) -> None:
    """Positions in the order given; the roots beside those that are there."""
    groups: dict[tuple[int, UUID | None], list[Todo]] = {}
    for todo in made:
        parent = todo.parent.uuid if todo.parent is not None else None
        groups.setdefault((todo.todo_list_id, parent), []).append(todo)
    there = tables.Todo.objects.filter(
        todo_list__in={todo_list for todo_list, _parent in groups}, parent=above
    )
    ends = {
        row["todo_list"]: (row["first"], row["last"])
        for row in there.order_by()
        .values("todo_list")
        .annotate(first=Min("position"), last=Max("position"))
    }
    for (todo_list, _parent), group in groups.items():
        begin = 0
        if group[0].parent is above and todo_list in ends:
            first, last = ends[todo_list]
            begin = first - GAP * len(group) if side == "before" else last + GAP
        for number, todo in enumerate(group):
            todo.position = begin + GAP * number
