"""Where a todo stands: its list, its parent, its order, and everything below it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Self
from uuid import UUID

from django.db.models import Max, Min, Q

from django_todos import signals
from django_todos.models.actions import Action, ChangedMeanwhile, Recording, recording
from django_todos.models.lists import GAP, TodoList
from django_todos.models.todo_fields import MAX_DEPTH, TodoFields
from django_todos.querysets import TodoQuerySet

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

Side = Literal["before", "after"]


class NotAllowedHere(ValueError):
    """A place that the tree can't have: inside itself, too deep, or under a todo of another list."""


class TodoTree(TodoFields):
    """Places, moves and subtrees."""

    class Meta(TodoFields.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A todo that nobody is above heads its own tree."""
        if self.parent_id is None:
            self.tree = self.uuid
        super().save(*args, **kwargs)

    def siblings(self) -> TodoQuerySet:
        """The todos at the same level, this one left out, those completed or in the trash included."""
        row = type(self).objects.filter(todo_list=self.todo_list_id, parent=self.parent_id)
        return row.exclude(pk=self.pk).in_order()  # type: ignore[return-value]

    def descendants(self) -> list[Self]:
        """Everything below, parents before their subtasks; one query, which reads the whole tree."""
        tree = type(self).objects.filter(tree=self.tree).in_order()
        return self.below(list(tree))  # type: ignore[arg-type]

    def below(self, tree: list[Self]) -> list[Self]:
        """Those of `tree`, which holds all of it, that are below this todo: parents before their subtasks."""
        children: dict[int | None, list[Self]] = defaultdict(list)
        for todo in tree:
            children[todo.parent_id].append(todo)
        below: list[Self] = []
        level = children.get(self.pk, [])
        while level:
            below += level
            level = [child for todo in level for child in children.get(todo.pk, [])]
        return below

    def fits(self) -> bool:
        """Whether list, parent, depth and tree agree with the rows in the database."""
        if self.parent_id is None:
            at_home = self.tree == self.uuid and self.depth == 0
        else:
            parent = type(self).objects.filter(pk=self.parent_id).first()
            at_home = parent is not None and self.fits_under(parent)
        return at_home and all(
            one.fits_under(self) for one in type(self).objects.filter(parent=self.pk)
        )

    def fits_under(self, parent: TodoTree) -> bool:
        """Whether it can be a subtask of `parent`, and alive or open only where that one is."""
        here = (self.todo_list_id, self.tree, self.depth) == (
            parent.todo_list_id,
            parent.tree,
            parent.depth + 1,
        )
        if self.deleted_at is not None:
            return here
        return (
            here and parent.deleted_at is None and (self.is_completed or not parent.is_completed)
        )

    def move(
        self,
        *,
        by: AbstractBaseUser,
        at: datetime,
        todo_list: TodoList | None = None,
        parent: Self | None = None,
        side: Side = "after",
        anchor: Self | None = None,
        within: Recording | None = None,
    ) -> Action | None:
        """Move it with everything below: into `todo_list` (or its own), under `parent` (or to the top level).

        `side` and `anchor`: before or after that one; without an anchor ``"before"`` is the first place and
        ``"after"`` the last. Raises NotAllowedHere, having changed nothing, for a place that can't be.
        """
        target = self.todo_list_id if todo_list is None else todo_list.pk
        with recording(by, "move", {self.todo_list_id, target}, at=at, within=within) as rec:
            todo = rec.reload(self)  # type: ignore[arg-type]
            above = rec.reload(parent) if parent is not None else None  # type: ignore[arg-type]
            beside = rec.reload(anchor) if anchor is not None else None  # type: ignore[arg-type]
            rec.flush()
            subtree = rec.load(todo.descendants())
            if todo.deleted_at is not None:
                raise ChangedMeanwhile
            _check_place(todo, target, above, beside, subtree)
            todo._go(rec, target, above, subtree)
            rec.update(todo, position=todo._position(rec, side, beside))
            rec.tell(signals.moved, todo)  # type: ignore[arg-type]
        return rec.action

    def move_by_one(
        self, *, by: AbstractBaseUser, at: datetime, direction: Literal["up", "down"]
    ) -> Action | None:
        """Change places with the open neighbour above or below. None at the end of the row."""
        beside = self.neighbour(direction)
        if beside is None:
            return None
        side: Side = "before" if direction == "up" else "after"
        return self.move(by=by, at=at, parent=self.parent, side=side, anchor=beside)  # type: ignore[arg-type]

    def neighbour(self, direction: Literal["up", "down"]) -> Self | None:
        """The todo above or below at the same level, as the list shows it."""
        shown = self.siblings().filter(deleted_at=None)
        if self.parent_id is None:
            shown = shown.filter(is_completed=self.is_completed)
        if direction == "up":
            above = Q(position__lt=self.position) | Q(position=self.position, pk__lt=self.pk)
            return shown.filter(above).reverse().first()  # type: ignore[return-value]
        below = Q(position__gt=self.position) | Q(position=self.position, pk__gt=self.pk)
        return shown.filter(below).first()  # type: ignore[return-value]

    def indent(self, *, by: AbstractBaseUser, at: datetime) -> Action | None:
        """Make it a subtask, the last one, of the todo above it. None when there is none."""
        above = self.neighbour("up")
        return self.move(by=by, at=at, parent=above) if above is not None else None

    def outdent(self, *, by: AbstractBaseUser, at: datetime) -> Action | None:
        """Take it out one level, to right behind the todo it was under. None at the top level."""
        if self.parent is None:
            return None
        above = self.parent
        return self.move(by=by, at=at, parent=above.parent, anchor=above)  # type: ignore[arg-type]

    def _go(self, rec: Recording, target: int, parent: Self | None, subtree: list[Self]) -> None:
        step = (parent.depth + 1 if parent is not None else 0) - self.depth
        tree = parent.tree if parent is not None else self.uuid
        rec.update(self, parent_id=parent.pk if parent is not None else None)  # type: ignore[arg-type]
        for todo in [self, *subtree]:
            todo._settle(rec, target, tree, todo.depth + step)

    def take_along(self, rec: Recording, values: dict[str, Any], *, passing: set[int]) -> None:
        """Before undo puts this todo back: what came below it since goes along. `passing` has what undo does itself."""
        target, tree, depth = (
            values.get(name, getattr(self, name)) for name in ("todo_list_id", "tree", "depth")
        )
        step = depth - self.depth
        for todo in rec.load(self.descendants()):  # type: ignore[arg-type]
            if todo.pk in passing:
                continue
            passing.add(todo.pk)
            if todo.depth + step > MAX_DEPTH:
                raise ChangedMeanwhile
            todo._settle(rec, target, tree, todo.depth + step)

    def _settle(self, rec: Recording, target: int, tree: UUID, depth: int) -> None:
        """Write where it stands now. In another list it keeps its labels by name, and its assignee if a member."""
        names: list[str] = []
        if target != self.todo_list_id:
            names = rec.labels(self)  # type: ignore[arg-type]
            members = rec.lists[target].memberships
            if self.assignee_id and not members.filter(user=self.assignee_id).exists():
                rec.update(self, assignee_id=None)  # type: ignore[arg-type]
        rec.update(self, todo_list_id=target, tree=tree, depth=depth)  # type: ignore[arg-type]
        if names:
            rec.set_labels(self, names)  # type: ignore[arg-type]

    def _position(self, rec: Recording, side: Side, anchor: Self | None) -> int:
        """A position among the siblings that are in the database, where this todo itself does not count."""
        siblings = self.siblings()
        if anchor is None:
            ends = siblings.aggregate(first=Min("position"), last=Max("position"))
            if ends["first"] is None:
                return 0
            return int(ends["first"] - GAP if side == "before" else ends["last"] + GAP)
        others = siblings.exclude(pk=anchor.pk)
        if side == "before":
            other = (
                others.filter(position__lte=anchor.position)
                .exclude(position=anchor.position, pk__gt=anchor.pk)
                .last()
            )
            low, high = (other.position if other else anchor.position - 2 * GAP), anchor.position
        else:
            other = (
                others.filter(position__gte=anchor.position)
                .exclude(position=anchor.position, pk__lt=anchor.pk)
                .first()
            )
            low, high = anchor.position, (other.position if other else anchor.position + 2 * GAP)
        if high - low > 1:
            return low + (high - low) // 2
        self._respace(rec)
        return self._position(rec, side, anchor)

    def _respace(self, rec: Recording) -> None:
        """Give the siblings room again, in the order they have. Recorded, because undo puts back positions."""
        for index, todo in enumerate(rec.load(self.siblings()), start=1):
            rec.update(todo, position=index * GAP)
        rec.flush()


def _check_place(
    todo: TodoTree,
    target: int,
    parent: TodoTree | None,
    anchor: TodoTree | None,
    subtree: list[Any],
) -> None:
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
