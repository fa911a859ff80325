"""What completing, skipping and opening again do to a todo and to what is below it, repeating or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django_todos import signals
from django_todos.dates import Moment
from django_todos.models.columns import due_columns, slot_columns, start_columns
from django_todos.models.history import Completion
from django_todos.models.writer import Recording
from django_todos.repeats.occurrences import next_occurrence, shift_with, skip_occurrence

if TYPE_CHECKING:
    from django_todos.models.todos import Todo


def pass_on(
    given: Todo, rec: Recording, kind: Completion.Kind, zone: ZoneInfo, seen: int | None
) -> None:
    """Log this occurrence, and go on to the next with all that is below; after the last, it is completed.

    Nothing happens where there is nothing to tick or to skip, or it isn't what the person saw.
    """
    todo, below = rec.reload_family(given)
    is_skip = kind == Completion.Kind.SKIPPED
    is_open = not todo.is_completed and todo.deleted_at is None
    if not is_open or seen not in (None, todo.occurrence) or (is_skip and not todo.rrule):
        return
    step = skip_occurrence if is_skip else next_occurrence
    repeat, following = todo.repeat, None
    if repeat is not None:
        done = todo.completions_of_rule()
        following = step(repeat, todo.repeats_by, rec.at, zone, done, slot=todo.slot)
    _log(todo, rec, kind)
    below = [one for one in below if one.deleted_at is None]
    if following is None:
        _finish(todo, rec, below)
    else:
        _go_on(todo, rec, following, below)
    if not is_skip:
        rec.tell(signals.completed, todo)


def to_close(todo: Todo) -> int:
    """How many open todos completing it is expected to leave fewer, by what was read early."""
    if todo.early is None or todo.rrule:
        return 0
    family = [todo, *todo.below(todo.early.todos)]
    return sum(not one.is_completed and one.deleted_at is None for one in family)


def to_reopen(todo: Todo) -> int:
    """How many reopening it is expected to leave more."""
    count, one = 0, todo if todo.early is not None else None
    while one is not None and one.is_completed:
        count, one = count + 1, one.parent
    return count


def _log(todo: Todo, rec: Recording, kind: str) -> None:
    """Write the completion of this occurrence; its unique key is what makes completing idempotent."""
    rec.completions.append(
        Completion(
            todo=todo,
            key=str(todo.occurrence),
            kind=kind,
            user_id=rec.user_id,
            at=rec.at,
            due_date=todo.due_date,
            due_time=todo.due_time,
            due_tz=todo.due_tz,
        )
    )
    rec.update(todo, occurrence=todo.occurrence + 1)


def _finish(todo: Todo, rec: Recording, below: list[Todo]) -> None:
    """What is open below is done with it; what was completed before keeps its own time."""
    for one in below:
        if not one.is_completed:
            _log(one, rec, Completion.Kind.COMPLETED)
            rec.update(one, is_completed=True, completed_at=rec.at)
    rec.update(todo, is_completed=True, completed_at=rec.at)


def _go_on(todo: Todo, rec: Recording, following: Moment, below: list[Todo]) -> None:
    """Other dates keep their distance to the slot; starting again is starting with all of it open."""
    old, has_only_start = todo.slot, todo.repeats_by != todo.due
    for one in below:
        if one.is_completed:  # its completion stands: it was done, and is to be done again
            rec.update(one, is_completed=False, completed_at=None)
            rec.tell(signals.reopened, one)
        rec.update(one, **due_columns(shift_with(old, following, one.due)))
        rec.update(one, **start_columns(shift_with(old, following, one.start)))
    start = following if has_only_start else shift_with(old, following, todo.start)
    due = todo.due if has_only_start else following
    rec.update(todo, **start_columns(start), **due_columns(due), **slot_columns(following))


def _last_of(todo: Any, rec: Recording) -> Completion | None:
    """What was logged of its last occurrence; nothing is asked where that was read early."""
    key = str(todo.occurrence - 1)
    if rec.early is not None and hasattr(todo, "last_logged"):
        return Completion(pk=todo.last_logged, key=key) if todo.last_logged else None
    return todo.completions.filter(key=key).first()


def take_back(todo: Todo, rec: Recording) -> None:
    """Open it again. Its last completion no longer stands, so that the same occurrence can be completed again."""
    rec.update(todo, is_completed=False, completed_at=None)
    last = _last_of(todo, rec)
    if last is not None:
        rec.set_completion_key(last, None)
        rec.update(todo, occurrence=todo.occurrence - 1)
    rec.tell(signals.reopened, todo)
