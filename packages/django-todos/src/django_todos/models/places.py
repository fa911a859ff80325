"""Where a todo can stand: its list, its parent, its level, and its position among its siblings."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from django_todos import models as tables
from django_todos import signals
from django_todos.limits import MAX_DEPTH
from django_todos.models.members import GAP
from django_todos.models.writer import ChangedMeanwhile, Recording

if TYPE_CHECKING:
    from django_todos.models.querysets import TodoQuerySet
    from django_todos.models.todos import Todo

Side = Literal["before", "after"]

NEAR = 64
"""How many siblings are looked at for room between two of them, before all are."""


class NotAllowedHere(ValueError):
    """A place that the tree can't have: inside itself, too deep, or under a todo of another list."""


def _check_place(
    todo: Todo, target: int, parent: Todo | None, anchor: Todo | None, subtree: list[Todo]
) -> None:
    """Raises NotAllowedHere for a place that can't be, ChangedMeanwhile for one that is there no more."""
    if anchor is not None and (
        anchor.pk == todo.pk
        or anchor.todo_list_id != target
        or anchor.parent_id != (parent.pk if parent else None)
    ):
        raise ChangedMeanwhile
    if parent is None:
        return
    if parent.pk == todo.pk or parent.pk in {one.pk for one in subtree}:
        raise NotAllowedHere("inside itself")
    if parent.todo_list_id != target or parent.deleted_at is not None:
        raise ChangedMeanwhile
    if parent.is_completed and not todo.is_completed:
        raise NotAllowedHere("completed")
    height = max((one.depth for one in subtree), default=todo.depth) - todo.depth
    if parent.depth + 1 + height > MAX_DEPTH:
        raise NotAllowedHere("too deep")


def move(
    rec: Recording, given: Todo, target: int, parent: Todo | None, side: Side, anchor: Todo | None
) -> None:
    """Put a todo, with all below it, where `Todo.move` says."""
    todo = rec.alive(given)
    above = rec.reload(parent) if parent is not None else None
    beside = rec.reload(anchor) if anchor is not None else None
    rec.flush()
    subtree = rec.below(todo)
    _check_place(todo, target, above, beside, subtree)
    step = (above.depth + 1 if above is not None else 0) - todo.depth
    tree = above.tree if above is not None else todo.uuid
    rec.update(todo, parent_id=above.pk if above is not None else None)
    for one in [todo, *subtree]:
        _settle(rec, one, target, tree, one.depth + step)
    rec.update(todo, position=position(rec, todo, side, beside))
    rec.tell(signals.moved, todo)


def _settle(rec: Recording, todo: Todo, target: int, tree: UUID, depth: int) -> None:
    """Write where it stands now. In another list it keeps its labels by name, and its assignee if a member."""
    names: list[str] = []
    if target != todo.todo_list_id:
        names = rec.labels(todo)
        if todo.assignee_id and (target, todo.assignee_id) not in rec.members:
            rec.update(todo, assignee_id=None)
    rec.update(todo, todo_list_id=target, tree=tree, depth=depth)
    if names:
        rec.set_labels(todo, names)


def take_along(rec: Recording, todo: Todo, values: dict[str, Any], *, passing: set[int]) -> None:
    """Before undo puts a todo back: what came below it since goes along. `passing` has what undo does itself."""
    target, tree, depth = (
        values.get(name, getattr(todo, name)) for name in ("todo_list_id", "tree", "depth")
    )
    step = depth - todo.depth
    for one in rec.below(todo):
        if one.pk not in passing:
            passing.add(one.pk)
            if one.depth + step > MAX_DEPTH:
                raise ChangedMeanwhile
            _settle(rec, one, target, tree, one.depth + step)


def position(rec: Recording, todo: Todo, side: Side, anchor: Todo | None = None) -> int:
    """A position among the siblings that are in the database, where this todo itself does not count."""
    siblings, is_before = todo.siblings(), side == "before"
    near = siblings
    if anchor is not None:
        near = siblings.above(anchor) if is_before else siblings.below(anchor)
    positions = near.values_list("position", flat=True)
    place = todo.pk, side, todo.parent_id, anchor and anchor.pk
    if rec.early is not None and place in rec.early.far:
        far = rec.early.far[place]
    else:
        far = positions.first() if is_before == (anchor is None) else positions.last()
    if anchor is None:
        return 0 if far is None else far - GAP if is_before else far + GAP
    if far is None:
        far = anchor.position + 2 * GAP * (-1 if is_before else 1)
    low, high = sorted((anchor.position, far))
    if high - low < 2:
        high += _make_room(rec, siblings, anchor, is_before)
    return low + (high - low) // 2


def _make_room(rec: Recording, siblings: TodoQuerySet, anchor: Todo, is_before: bool) -> int:
    """Move what is below a place further down, as far as to where there is room; by how much.

    Undo puts back positions, so making room is recorded as well.
    """
    for count in (NEAR, None):
        run = [anchor] * is_before + list(siblings.below(anchor)[:count])
        free = [min(below.position - one.position, GAP) for one, below in pairwise(run)]
        if count is None or len(run) < count:  # there is nothing behind the last
            free.append(GAP)
        if max(free) > 3:
            break
    run = run[: free.index(max(free)) + 1]
    first, last = run[0], run[-1]
    rows = siblings.filter(position__range=(first.position, last.position))
    rec.shift(run, rows.exclude(position=first.position, pk__lt=first.pk), max(free) // 2)
    return max(free) // 2


def all_fit(todos: Collection[Todo]) -> bool:
    """Whether list, parent, depth and tree of each agree with the rows in the database."""
    known = {one.pk: one for one in todos}
    rows = tables.Todo.objects
    known |= rows.in_bulk({one.parent_id for one in todos if one.parent_id} - known.keys())
    for todo in (*todos, *rows.filter(parent__in=[one.pk for one in todos])):
        if todo.parent_id is None:
            at_home = todo.tree == todo.uuid and todo.depth == 0
        else:
            parent = known.get(todo.parent_id)
            at_home = parent is not None and todo.fits_under(parent)
        if not at_home:
            return False
    return True
