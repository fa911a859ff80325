"""Every rule that the database's own constraints can't hold, checked for one list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django_todos.models.history import Completion
from django_todos.models.lists import Label, TodoList
from django_todos.models.members import Role
from django_todos.models.todos import Todo


def invariants(todo_list: TodoList) -> list[str]:
    """What is wrong with the list's rows: an empty list when all is well. Every test that writes ends with it."""
    rows = _Rows(TodoList.objects.get(pk=todo_list.pk))
    return [
        *_list_rules(rows),
        *(
            f"“{todo}”: {fault}"
            for rules in (_tree_rules, _todo_rules)
            for todo in rows.todos.values()
            for fault in rules(todo, rows)
        ),
    ]


class _Rows:
    """All that belongs to a list, each kind read once."""

    def __init__(self, todo_list: TodoList) -> None:
        self.todo_list = todo_list
        self.members = dict(todo_list.memberships.values_list("user_id", "role"))
        self.labels = list(todo_list.labels.all())
        self.todos = {todo.pk: todo for todo in todo_list.todos.all()}
        self.keys: defaultdict[int, list[int]] = defaultdict(list)
        self.strange: set[int] = set()
        self.astray = 0
        if self.todos:
            logged = Completion.objects.filter(todo__todo_list=todo_list)
            self.astray = logged.exclude(todo_list=todo_list).count()
            for pk, key in logged.exclude(key=None).values_list("todo_id", "key"):
                self.keys[pk].append(int(key or 0))
            carried = Todo.labels.through.objects.filter(todo__todo_list=todo_list)
            others = carried.exclude(label__todo_list=todo_list)
            self.strange.update(others.values_list("todo_id", flat=True))


def _list_rules(rows: _Rows) -> Iterator[str]:
    todo_list = rows.todo_list
    opened = sum(not todo.is_completed and todo.deleted_at is None for todo in rows.todos.values())
    if todo_list.open_count != opened:
        yield f"open_count is {todo_list.open_count}, open todos are {opened}"
    if Role.OWNER not in rows.members.values() and todo_list.object_type_id is None:
        yield "has no owner"
    if todo_list.is_inbox and list(rows.members) != [todo_list.inbox_of_id]:
        yield "an inbox is shared"
    if rows.astray:
        yield f"{rows.astray} completions are kept for another list"
    for label in rows.labels:
        if label.key != Label.key_of(label.name):
            yield f"label {label.name} has the key {label.key}"


def _tree_rules(todo: Todo, rows: _Rows) -> Iterator[str]:
    todos = rows.todos
    if todo.parent_id is None:
        return
    parent = todos.get(todo.parent_id)
    if parent is None:
        yield "its parent is in another list"
        return
    if not todo.fits_under(parent):
        yield "its depth or tree is not its parent's"
    if parent.deleted_at is not None and todo.deleted_at is None:
        yield "is alive under a todo in the trash"
    if (
        parent.is_completed
        and not todo.is_completed
        and todo.deleted_at is None
        and parent.deleted_at is None
    ):
        yield "is open under a completed todo"
    seen = {todo.pk}
    while parent is not None:
        if parent.pk in seen:
            yield "is below itself"
            return
        seen.add(parent.pk)
        parent = todos.get(parent.parent_id) if parent.parent_id is not None else None


def _todo_rules(todo: Todo, rows: _Rows) -> Iterator[str]:
    for moment, at in ((todo.due, todo.due_at), (todo.start, todo.start_at)):
        if moment.at() != at:
            yield f"{moment} is stored as {at}"
    if todo.rrule and todo.repeats_by and todo.slot_date is None:
        yield "repeats without a slot"
    if todo.repeat_since > todo.occurrence:
        yield f"repeats since occurrence {todo.repeat_since}, but is at {todo.occurrence}"
    keys = sorted(rows.keys[todo.pk])
    if keys != list(range(todo.occurrence)):
        yield f"occurrence is {todo.occurrence}, completions stand for {keys}"
    if todo.deleted_top_id is not None:
        top = rows.todos.get(todo.deleted_top_id)
        if (
            top is None
            or top.deleted_at is None
            or top.deleted_top_id is not None
            or top.tree != todo.tree
        ):
            yield "went to the trash with a todo that is not its top there"
    if todo.pk in rows.strange:
        yield "carries a label of another list"
    if todo.assignee_id is not None and todo.assignee_id not in rows.members:
        yield "is assigned to somebody who is not a member"
