"""Todos as rows of a page: trees and flat rows, sorted, filtered, and continued by keyset."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import BigAutoField, Count, QuerySet, UUIDField, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse

from django_todos import limits
from django_todos.models import Action, Label, Todo, TodoList
from django_todos.models.compiled import Compiled, OneOf, Slot
from django_todos.models.counting import Counted, counted
from django_todos.models.label_uses import UsedLabel
from django_todos.models.orders import ORDERS, Order
from django_todos.models.querysets import TodoQuerySet, any_member, object_types
from django_todos.views._nav import Nav
from django_todos.views._page import Request, back_after, is_htmx, part
from django_todos.wording import actions

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

_UNSEEN = (
    "due_at", "due_moves", "start_at", "repeat_anchor_date", "repeat_anchor_time", "repeat_anchor_tz", "repeat_since",
    "slot_date", "slot_time", "slot_tz", "extra", "deleted_top", "version", "created_by", "created_at", "updated_at",
)  # fmt: skip
"""Columns that no row shows: nearly half of what a page of rows would read, and a value made of each."""


@dataclass
class Row:
    """A todo on a page, with the rows below it and how many more there are."""

    todo: Todo
    children: list[Row] = field(default_factory=list)
    more: int = 0
    current: bool = False


@dataclass(frozen=True)
class Rows:
    """One page of rows, and the cursor of the next (empty at the end)."""

    rows: list[Row]
    cursor: str = ""

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def tree_page(todo_list: TodoList, order: Order, cursor: str) -> Rows:
    """A page of a list's open todos with what is below each; one query, and one for labels."""
    if cursor:
        family = _family(order, todo_list.pk, cursor)
    else:  # what most pages are
        family = _first_family({"list": todo_list.pk}, order.name, limits.PAGE, limits.BELOW)
    found = list(family)
    for todo in found:
        todo.todo_list = todo_list
    add_labels(found)
    tops = [todo for todo in found if todo.depth == 0]
    shown = {todo.tree for todo in tops[: limits.PAGE]}
    rows = nest(todo for todo in found if todo.tree in shown)
    for row in rows:
        row.more = max(0, row.todo.family - 1 - limits.BELOW)  # type: ignore[attr-defined]
    return Rows(rows, order.cursor(tops[limits.PAGE - 1]) if len(tops) > limits.PAGE else "")


def _family(order: Order, todo_list: Any, cursor: str = "") -> TodoQuerySet:
    """The first roots of a list after the cursor, each with the first todos below it."""
    todos = Todo.objects.filter(deleted_at=None)
    tops = order.of(todos.open().roots().filter(todo_list=todo_list), cursor)[: limits.PAGE + 1]
    # All of a tree is in one list. Said again here, SQLite would read that list to the end.
    return (
        order.apply(details(todos.filter(tree__in=tops.values("uuid"))))
        .annotate(
            rank=Window(RowNumber(), partition_by="tree", order_by=["depth", "position", "id"]),
            family=Window(Count("*"), partition_by="tree"),
        )
        .filter(rank__lte=limits.BELOW + 1)
        .order_by("depth", *order.columns)
    )


@Compiled
def _first_family(order: str, *_limits: int) -> TodoQuerySet:
    return _family(ORDERS[order], Slot("list", BigAutoField()))


def flat_page(
    todos: TodoQuerySet, order: Order, cursor: str, user: AbstractBaseUser | None = None
) -> Rows:
    """A page of todos by themselves: a list's own; or of any lists, with what `user` may do there."""
    return page_of(list(one_page(todos, order, cursor)), order, user)


def one_page(todos: TodoQuerySet, order: Order, cursor: str = "") -> TodoQuerySet:
    """As many todos as a page shows, and one more, which says that there are more."""
    return order.of(details(todos), cursor)[: limits.PAGE + 1]


def page_of(found: list[Todo], order: Order, user: AbstractBaseUser | None = None) -> Rows:
    """The page that `one_page` found."""
    page = found[: limits.PAGE]
    if user is not None:
        page = add_lists(page, user)
    add_labels(page)
    cursor = order.cursor(found[limits.PAGE - 1]) if len(found) > limits.PAGE else ""
    return Rows([Row(todo) for todo in page], cursor)


def count_of(parts: list[TodoQuerySet]) -> Counted:
    """How many there are. The latest are counted, which an index has, and which are neighbours in the table."""
    return counted(*map(ORDERS["newest"].of, parts))


def narrowed(
    parts: list[TodoQuerySet], rows: Rows, order: Order, cursor: str, total: int
) -> dict[str, int]:
    """What a page that is filtered says of itself: how many of how many it shows, and how many it hides, if that is known."""
    is_all = not rows.cursor and not order.values_of(cursor)
    found = Counted(len(rows)) if is_all else count_of(parts)
    is_known = not found.is_more and not getattr(total, "is_more", False)
    return {"found": found, "total": total, "hidden": max(0, total - found) if is_known else 0}


def is_counting(request: Request) -> bool:
    """Whether a page is only asked how many todos its filters leave, while somebody chooses them."""
    return "count" in request.GET and request.headers.get("HX-Request") == "true"


def answer_count(
    request: Request, parts: list[TodoQuerySet], labels: list[UsedLabel]
) -> HttpResponse:
    """That number, and the labels there are, most used first."""
    context = {"matching": count_of(parts), "labels": labels}
    return part(request, "filter_show", context)


def details(todos: TodoQuerySet) -> TodoQuerySet:
    """With what a row shows beside its list, and without what none does; its labels come by `add_labels`."""
    return todos.with_subtask_counts().select_related("assignee").defer(*_UNSEEN)


def add_labels(todos: list[Todo]) -> None:
    """To each its labels, as ``prefetch_related("labels")`` would; one query, whatever their number."""
    found: dict[int, list[Label]] = defaultdict(list)
    for pair in _labels({"todos": [todo.pk for todo in todos]}) if todos else ():
        found[pair.todo_id].append(pair.label)
    _give_labels(todos, found)


def _give_labels(todos: list[Todo], labels: Mapping[int, list[Label]]) -> None:
    empty = Label.objects.none()
    for todo in todos:
        own = object.__new__(type(empty))  # a clone of a queryset is a tenth of what a row costs
        own.__dict__ = {**empty.__dict__, "_result_cache": labels.get(todo.pk, [])}
        todo.__dict__.setdefault("_prefetched_objects_cache", {})["labels"] = own


@Compiled
def _labels() -> QuerySet[Any]:
    pairs = Todo.labels.through._default_manager.filter(OneOf("todo", Todo, "todos"))
    return pairs.select_related("label").order_by("label__name")


def add_lists(todos: list[Todo], user: AbstractBaseUser) -> list[Todo]:
    """To each its list with what `user` may do there, as `with_rights` would; one query, whatever their number.

    Those are left out whose list went, or was taken from the user, since they were read.
    """
    ids = {todo.todo_list_id for todo in todos}
    if object_types():
        found = TodoList.objects.with_rights(user).in_bulk(ids)
    else:
        rows = _rights({"user": user.pk, "lists": ids}) if ids else ()
        found = {one.pk: one for one in rows}
    there = [todo for todo in todos if todo.todo_list_id in found]
    for todo in there:
        todo.todo_list = found[todo.todo_list_id]
    return there


@Compiled
def _rights() -> QuerySet[TodoList]:
    with any_member() as anybody:
        lists = TodoList.objects.with_rights(anybody)
    return lists.filter(OneOf("pk", TodoList, "lists"))


def nest(todos: Iterable[Todo]) -> list[Row]:
    """Rows in the given order, each below its parent where that one is given too."""
    rows = {todo.pk: Row(todo) for todo in todos}
    children: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows.values():
        parent = row.todo.parent_id
        children[parent if parent in rows else None].append(row)
    for pk, row in rows.items():
        row.children = children.get(pk, [])
    return children.get(None, [])


@dataclass(frozen=True)
class Family:
    """A todo as its own page shows it: with its labels, the todos above it and the rows below."""

    todo: Todo
    above: list[Todo]
    below: list[Row]
    actions: int
    """How long its history is."""


def family_of(todo: Todo) -> Family:
    """A todo with what stands above and below it, as it is now; a query, one for labels and one for the history."""
    found = list(_whole_tree({"list": todo.todo_list_id, "tree": todo.tree}))
    for one in found:
        one.todo_list = todo.todo_list
    add_labels(found)
    tree = {one.pk: one for one in found}
    fresh = tree.get(todo.pk, todo)
    above: list[Todo] = []
    # Somebody may have moved it between two queries: then its way up ends early.
    while (parent := tree.get((above[0] if above else fresh).parent_id or 0)) is not None:
        above.insert(0, parent)
    below = [one for one in fresh.below(list(tree.values())) if one.deleted_at is None]
    return Family(fresh, above, nest(below), Action.objects.told_of(todo).count())


def row_of(todo: Todo, action: Action | None = None) -> Row:
    """One todo as a row, with its subtasks, as it is now, or as `action` left it just now."""
    known = action.tree_now(todo) if action is not None else None
    tree = _tree({"list": todo.todo_list_id, "tree": todo.tree}) if known is None else known
    family = [one for one in tree if one.deleted_at is None and one.depth >= todo.depth]
    if known is None:
        for one in family:
            one.todo_list = todo.todo_list
        add_labels(family)
    else:
        _add_known(family)
    rows = nest(family)
    stack = list(rows)
    while stack:
        row = stack.pop()
        if row.todo.pk == todo.pk:
            return row
        stack += row.children
    return Row(todo)


def _add_known(family: list[Todo]) -> None:
    """To todos that were read early what a row shows beside."""
    totals = Counter(one.parent_id for one in family)
    done = Counter(one.parent_id for one in family if one.is_completed)
    for one in family:
        one.subtask_total, one.subtask_done = totals[one.pk], done[one.pk]
        _give_labels([one], one.early and one.early.labels or {})


@Compiled
def _tree() -> TodoQuerySet:
    """A todo with all above and below it."""
    todos = Todo.objects.filter(todo_list=Slot("list", BigAutoField()))
    return details(todos.filter(tree=Slot("tree", UUIDField()))).in_order()


@Compiled
def _whole_tree() -> TodoQuerySet:
    """The same with all that is known of each."""
    return _tree.build().defer(None).select_related("assignee", "created_by")


def answer_row(
    request: Request, todo: Todo, action: Action | None, *, same: str = "done"
) -> HttpResponse:
    """After something was done to one row: the row as it is now for htmx, else back to it."""
    if is_htmx(request):
        nav = Nav(request.todos_viewer, request.headers.get("Todos-Current", ""))
        toast = actions.about(action, request.todos_viewer)
        context = {
            "row": row_of(todo, action),
            "toast": toast,
            "nav": nav,
            "lists": nav.of_list(todo.todo_list_id),
        }
        return part(request, "todo_row_update", context)
    fallback = todo.todo_list.get_absolute_url()
    return back_after(action, request, fallback, anchor=todo.uuid, same=same)
