"""Every rule that the database's own constraints can't hold, checked for one list."""

from __future__ import annotations

from collections.abc import Iterator

from django_todos.models.lists import Label, TodoList
from django_todos.models.members import Role
from django_todos.models.todos import Todo


def invariants(todo_list: TodoList) -> list[str]:
    """What is wrong with the list's rows: an empty list when all is well. Every test that writes ends with it."""
    todo_list = TodoList.objects.get(pk=todo_list.pk)
    todos = {todo.pk: todo for todo in todo_list.todos.all()}
    return [
        *_list_rules(todo_list, todos),
        *(f"“{todo}”: {fault}" for todo in todos.values() for fault in _tree_rules(todo, todos)),
        *(
            f"“{todo}”: {fault}"
            for todo in todos.values()
            for fault in _todo_rules(todo, todo_list)
        ),
    ]


def _list_rules(todo_list: TodoList, todos: dict[int, Todo]) -> Iterator[str]:
    opened = sum(not todo.is_completed and todo.deleted_at is None for todo in todos.values())
    if todo_list.open_count != opened:
        yield f"open_count is {todo_list.open_count}, open todos are {opened}"
    owners = [member.user_id for member in todo_list.memberships.filter(role=Role.OWNER)]
    if not owners and todo_list.object_type_id is None:
        yield "has no owner"
    if todo_list.is_inbox and [one.user_id for one in todo_list.memberships.all()] != [
        todo_list.inbox_of_id
    ]:
        yield "an inbox is shared"
    for label in todo_list.labels.all():
        if label.key != Label.key_of(label.name):
            yield f"label {label.name} has the key {label.key}"


def _tree_rules(todo: Todo, todos: dict[int, Todo]) -> Iterator[str]:
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


def _todo_rules(todo: Todo, todo_list: TodoList) -> Iterator[str]:
    for moment, at in ((todo.due, todo.due_at), (todo.start, todo.start_at)):
        if moment.at() != at:
            yield f"{moment} is stored as {at}"
    if todo.rrule and todo.repeats_by and todo.slot_date is None:
        yield "repeats without a slot"
    if todo.repeat_since > todo.occurrence:
        yield f"repeats since occurrence {todo.repeat_since}, but is at {todo.occurrence}"
    keys = sorted(
        int(key) for key in todo.completions.exclude(key=None).values_list("key", flat=True) if key
    )
    if keys != list(range(todo.occurrence)):
        yield f"occurrence is {todo.occurrence}, completions stand for {keys}"
    if todo.deleted_top_id is not None:
        top = Todo.objects.get(pk=todo.deleted_top_id)
        if top.deleted_at is None or top.deleted_top_id is not None or top.tree != todo.tree:
            yield "went to the trash with a todo that is not its top there"
    if todo.labels.exclude(todo_list=todo_list).exists():
        yield "carries a label of another list"
    if (
        todo.assignee_id is not None
        and not todo_list.memberships.filter(user=todo.assignee_id).exists()
    ):
        yield "is assigned to somebody who is not a member"
