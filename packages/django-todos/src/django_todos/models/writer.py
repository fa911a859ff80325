"""The one way in which todos are written: under the locks of their lists, leaving what undo needs."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from django.db import models, transaction
from django.db.models import F
from django.dispatch import Signal

from django_todos import models as tables  # those that stand on this module: there when asked
from django_todos import signals
from django_todos._compat import batched
from django_todos.instants import aware, now

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from django_todos.models.early import EarlyRead
    from django_todos.models.history import Action, Completion
    from django_todos.models.invitations import Invitation
    from django_todos.models.lists import TodoList
    from django_todos.models.querysets import TodoQuerySet
    from django_todos.models.todos import Todo

TODO_FIELDS = (
    "todo_list_id", "parent_id", "tree", "depth", "position", "title", "notes", "priority",
    "due_date", "due_time", "due_tz", "due_at", "due_moves", "start_date", "start_time", "start_tz", "start_at",
    "assignee_id", "is_completed", "completed_at", "rrule", "repeat_mode",
    "repeat_anchor_date", "repeat_anchor_time", "repeat_anchor_tz", "repeat_since",
    "slot_date", "slot_time", "slot_tz", "occurrence", "deleted_at", "deleted_top_id",
)  # fmt: skip
"""The columns of a todo that an action remembers and undo restores; labels are remembered beside them, by name."""

LIST_FIELDS = ("name", "description", "archived_at", "deleted_at")

Values = dict[str, Any]
Difference = dict[str, list[Any]]
"""By column what it held before and after, as JSON holds it; `labels` holds names."""


class Typed(TypedDict):
    """What quick add read an action from, so that it can be kept as text afterwards."""

    text: str
    list: int
    version: int
    due: str


class MemberChange(TypedDict):
    """Somebody's membership before and after (None: not in the list), and what they lost with it."""

    list: int
    user: Any
    before: Values | None
    after: Values | None
    assigned: NotRequired[list[int]]
    reminders: NotRequired[list[Values]]


class Changes(TypedDict):
    """What an action changed, by primary key; of completions the key, which is None where one doesn't stand.

    An action about people names its list with no difference; of an invitation it says whether it stood before and after.
    """

    todos: dict[str, Difference]
    lists: dict[str, Difference]
    completions: dict[str, tuple[str | None, str | None]]
    typed: NotRequired[Typed]
    members: NotRequired[list[MemberChange]]
    invitations: NotRequired[dict[str, tuple[bool, bool]]]


class ChangedMeanwhile(Exception):
    """Somebody else changed what is to be written, moved it out of the lists that were locked for it, or took away
    the right to write it."""

    kept = "changed"
    """Which sentence a page says it with (wording/actions.py)."""


class Replaced(ChangedMeanwhile):
    """A list about an object of the host can't come back: there is a newer one about the same object."""

    kept = "replaced"


class Conflict(Exception):
    """Somebody changed a field that this edit changes too. `theirs` holds their values by field."""

    def __init__(self, theirs: dict[str, Any]) -> None:
        super().__init__(", ".join(theirs))
        self.theirs = theirs

    @classmethod
    def check(cls, seen: Values, changed: Values, current: Values) -> None:
        """Raises it where a field holds neither what the person saw nor what they made of it."""
        theirs = {
            name: value
            for name, value in current.items()
            if value not in (seen.get(name), changed[name])
        }
        if theirs:
            raise cls(theirs)


class Recording:
    """One user action in the making.

    Todos are read through it, under the locks of their lists, and changed through it. At the end it writes all of it
    at once, keeps the lists' counts true, and leaves an `Action` from which undo can work.
    """

    def __init__(
        self, user: AbstractBaseUser | None, verb: str, lists: dict[int, TodoList], at: datetime
    ) -> None:
        self.user = user
        self.verb = verb
        self.lists = lists
        self.at = at
        self.action: Action | None = None
        self.is_remembered = True
        """Whether it leaves an action: not where it takes one back, or is too large to be taken back."""
        self.typed: Typed | None = None
        self.todos: dict[int, Todo] = {}
        self.early: EarlyRead | None = None
        """What was read before the locks and still holds."""
        self._counted: Counter[int] = Counter()
        self._trees: set[uuid.UUID] = set()
        """Those of which every todo was loaded."""
        self._callers: list[Todo | TodoList] = []
        self.member_changes: list[MemberChange] = []
        """What was done to the people of its lists: models/sharing.py."""
        self.invitation_changes: dict[str, tuple[bool, bool]] = {}
        self.answered: list[Invitation] = []
        """Accepted, and who sent them is to know."""
        self._before: dict[int, Values] = {}
        self._lists_before = {pk: snapshot(one, LIST_FIELDS) for pk, one in lists.items()}
        self._added: dict[int | None, int | None] = {}
        self._dirty: dict[int, set[str]] = {}
        self._labels: dict[int, list[str]] = {}
        self._relabelled: dict[int, Todo] = {}
        self._bare: set[int] = set()
        """Those that were added and have no labels in the database."""
        self.completions: list[Completion] = []
        """To be written with the rest."""
        self._completion_keys: dict[str, tuple[str | None, str | None]] = {}
        self._signals: list[tuple[Signal, Todo | TodoList, dict[str, Any]]] = []

    @property
    def user_id(self) -> Any:
        """None for the system."""
        return self.user and self.user.pk

    def trust(self, early: EarlyRead, step: int) -> None:
        """Go on with what was read before the lock, since nobody wrote; `step` was counted with it."""
        self.early, self._counted[early.todo_list.pk] = early, step
        self._trees |= {todo.tree for todo in self.load(early.todos)}

    def load(self, todos: Iterable[Todo]) -> list[Todo]:
        """The given todos (most often a queryset) as they are under the lock; one object a row all along."""
        loaded = []
        for todo in todos:
            if todo.todo_list_id not in self.lists:
                raise ChangedMeanwhile
            if todo.pk not in self.todos:
                self.todos[todo.pk] = todo
                self._before[todo.pk] = snapshot(todo, TODO_FIELDS)
            loaded.append(self.todos[todo.pk])
        return loaded

    def reload(self, todo: Todo) -> Todo:
        """One todo as it is under the lock; the caller's own object holds in the end what was made of it.

        Raises ChangedMeanwhile when it is gone.
        """
        if todo.pk not in self.todos:
            fresh = type(todo).objects.filter(pk=todo.pk).first()
            if fresh is None:
                raise ChangedMeanwhile
            self.load([fresh])
        self._callers.append(todo)
        return self.todos[todo.pk]

    def reload_family(self, todo: Todo) -> tuple[Todo, list[Todo]]:
        """The same, and all that is below it, parents before their subtasks; one query, which reads the whole tree."""
        self.load_tree(todo)
        fresh = self.reload(todo)
        return fresh, self.below(fresh)

    def load_tree(self, todo: Todo) -> list[Todo]:
        """The whole tree that a todo is in, in order, as it is by now."""
        if todo.tree not in self._trees:
            self.load(type(todo).objects.filter(tree=todo.tree))
            self._trees.add(todo.tree)
        tree = (one for one in self.todos.values() if one.tree == todo.tree)
        return sorted(tree, key=lambda one: (one.position, one.pk))

    def below(self, todo: Todo) -> list[Todo]:
        """All that is below a loaded todo by now, parents before their subtasks."""
        return todo.below(self.load_tree(todo))

    def reload_list(self, todo_list: TodoList) -> TodoList:
        """The same for one of its lists."""
        self._callers.append(todo_list)
        return self.lists[todo_list.pk]

    def alive(self, todo: Todo) -> Todo:
        """The same, for what is done to no todo in the trash. Raises ChangedMeanwhile when it went there."""
        fresh = self.reload(todo)
        if fresh.deleted_at is not None:
            raise ChangedMeanwhile
        return fresh

    def update(self, todo: Todo, **values: Any) -> None:
        """Set columns of a loaded todo. Written by `flush`."""
        for name, value in values.items():
            if getattr(todo, name) != value:
                setattr(todo, name, value)
                self._dirty.setdefault(todo.pk, set()).add(name)

    def shift(self, todos: list[Todo], rows: TodoQuerySet, step: int) -> None:
        """Move todos down among their siblings, at once: `rows` are they, all in one statement, however many."""
        for one in self.load(todos):
            one.position, one.version, one.updated_at = (
                one.position + step,
                one.version + 1,
                self.at,
            )
        rows.update(position=F("position") + step, version=F("version") + 1, updated_at=self.at)

    def update_list(self, pk: int, **values: Any) -> None:
        """Set columns of a locked list, at once."""
        todo_list = self.lists[pk]
        changed = [name for name in values if getattr(todo_list, name) != values[name]]
        for name in changed:
            setattr(todo_list, name, values[name])
        if "deleted_at" in changed and _is_replaced(todo_list):
            raise Replaced
        models.Model.save(todo_list, update_fields=changed)

    def add_lists(self, lists: Iterable[TodoList]) -> None:
        """Lists that were made in this very transaction: nobody else can see them, so they count as locked."""
        self.lists |= {todo_list.pk: todo_list for todo_list in lists}

    def add(self, todos: list[Todo]) -> None:
        """Insert new todos, parents before their subtasks. Undoing that moves them to the trash."""
        tables.Todo._base_manager.bulk_create(todos, batch_size=500)
        for todo in todos:
            self.todos[todo.pk], self._labels[todo.pk] = todo, []
            self._bare.add(todo.pk)
            self._before[todo.pk] = before = snapshot(todo, TODO_FIELDS)
            top = self._added.get(todo.parent_id)
            if todo.deleted_at is None:  # one that is imported into the trash stays there
                before |= {"deleted_at": self.at, "deleted_top_id": top}
                top = top or todo.pk
            self._added[todo.pk] = top
            self.tell(signals.created, todo)

    @cached_property
    def members(self) -> set[tuple[int, Any]]:
        """Every list with every member of it, under the locks: who can be given a todo there."""
        rows = tables.Membership.objects.filter(todo_list__in=self.lists)
        return set(rows.values_list("todo_list_id", "user_id"))

    def labels(self, todo: Todo) -> list[str]:
        """The names of a loaded todo's labels by now, in order. Those of all that are loaded are read with the first."""
        if todo.pk not in self._labels:
            self._labels |= tables.Label.names_of(
                [pk for pk in self.todos if pk not in self._labels]
            )
        return self._labels[todo.pk]

    def set_labels(self, todo: Todo, names: Sequence[str]) -> None:
        """Give a todo the labels of its list with exactly these names, made where missing. Written by `flush`.

        What is new has them from the beginning, and keeps them in the trash where its adding is undone.
        """
        if todo.pk not in self._added:
            self._before[todo.pk].setdefault("labels", self.labels(todo))
        self._labels[todo.pk] = list(names)
        self._relabelled[todo.pk] = todo

    def _write_labels(self) -> None:
        names: dict[int, list[str]] = defaultdict(list)
        for pk, todo in self._relabelled.items():
            names[todo.todo_list_id] += self._labels[pk]
        labels = tables.Label.named_in(names)
        wanted: dict[tuple[int, int], None] = {}  # in the order given
        for pk, todo in self._relabelled.items():
            keys = filter(None, map(tables.Label.key_of, self._labels[pk]))
            own = {key: labels[todo.todo_list_id, key] for key in keys}
            self._labels[pk] = [own[key].name for key in sorted(own)]
            wanted |= dict.fromkeys((pk, label.pk) for label in own.values())
        through = tables.Todo.labels.through
        there: dict[tuple[int, int], int] = {}
        for part in batched(self._relabelled.keys() - self._bare):
            rows = through._default_manager.filter(todo__in=part)
            there |= {(row.todo_id, row.label_id): row.pk for row in rows}
        gone = there.keys() - wanted.keys()
        for part in batched(there[pair] for pair in gone):
            through._default_manager.filter(pk__in=part).delete()
        new = [pair for pair in wanted if pair not in there]
        made = [through(todo_id=todo_id, label_id=label) for todo_id, label in new]
        through._default_manager.bulk_create(made, batch_size=500)
        for todo_id, _label in (*gone, *new):
            if todo_id not in self._added:
                self._dirty.setdefault(todo_id, set())
        self._bare -= self._relabelled.keys()
        self._relabelled.clear()

    def set_completion_key(self, completion: Completion, key: str | None) -> None:
        """Take a completion back (None) or let it stand again, at once."""
        self._completion_keys[str(completion.pk)] = (completion.key, key)
        completion.key, completion.undone_at = key, None if key is not None else self.at
        completion.save(update_fields=["key", "undone_at"])

    def tell(self, signal: Signal, about: Todo | TodoList, **more: Any) -> None:
        """Send a public signal about a todo or a list after the commit."""
        self._signals.append((signal, about, more))

    def flush(self) -> None:
        """Write the changes of todos so far: a step that asks the database about order needs them there."""
        if self._relabelled:
            self._write_labels()
        changed = [self.todos[pk] for pk in self._dirty]
        fields = sorted(set().union(*self._dirty.values()))
        for todo in changed:
            todo.version += 1
            todo.updated_at = self.at
        if len(changed) == 1:
            models.Model.save(changed[0], update_fields=[*fields, "version", "updated_at"])
        elif changed:
            self._flush_many(changed, fields)
        if "todo_list_id" in fields:
            self._take_completions_along()
        self._dirty.clear()

    def _take_completions_along(self) -> None:
        moved: dict[int, list[int]] = defaultdict(list)
        for pk, names in self._dirty.items():
            if "todo_list_id" in names:
                moved[self.todos[pk].todo_list_id].append(pk)
        for home, todos in moved.items():
            tables.Completion.objects.filter(todo__in=todos).update(todo_list=home)

    def _flush_many(self, changed: list[Todo], fields: list[str]) -> None:
        """Todos that got the same values share a statement, which costs a tenth of one with a case for each."""
        alike: dict[str, list[Todo]] = defaultdict(list)
        for todo in changed:
            alike[repr([getattr(todo, field) for field in fields])].append(todo)
        rest: list[Todo] = []
        for some in alike.values():
            if len(some) < 10:
                rest += some
                continue
            values = {field: getattr(some[0], field) for field in fields}
            for part in batched(one.pk for one in some):
                rows = tables.Todo.objects.filter(pk__in=part)
                rows.update(**values, version=F("version") + 1, updated_at=self.at)
        names = [field.removesuffix("_id") for field in fields]
        tables.Todo.objects.bulk_update(rest, [*names, "version", "updated_at"], batch_size=100)

    def finish(self) -> None:
        """Write what is left, the counts, and the action."""
        self.flush()
        self._ask_assignees()
        tables.ask_owners(self)
        for completion in self.completions:
            completion.todo_list_id = self.todos[completion.todo_id].todo_list_id
        for completion in tables.Completion.objects.bulk_create(self.completions, batch_size=100):
            self._completion_keys[str(completion.pk)] = (None, completion.key)
        self._count()
        changes = self._changes() if self.is_remembered else None
        if changes is not None and any(changes.values()):
            self.action = tables.Action.objects.create(
                user_id=self.user_id, verb=self.verb, created_at=self.at, changes=changes
            )
            tables.ListAction.objects.bulk_create(
                tables.ListAction(todo_list_id=pk, action=self.action)
                for pk in sorted(self._lists_of(changes))
            )
            tables.Notice.note(self, self.action)
            self.action._recording = self
        self._tell_changes()
        self._refresh_callers()
        if self._signals:
            transaction.on_commit(self._send)

    def _refresh_callers(self) -> None:
        """Whoever called a method goes on with the same object: it must not hold what was true before."""
        for given in self._callers:
            is_todo = isinstance(given, tables.Todo)
            if is_todo and "labels" in self._before[given.pk]:
                getattr(given, "_prefetched_objects_cache", {}).pop("labels", None)
            fresh = self.todos[given.pk] if is_todo else self.lists[given.pk]
            for name in (*(TODO_FIELDS if is_todo else LIST_FIELDS), "version", "updated_at"):
                setattr(given, name, getattr(fresh, name))

    def _lists_of(self, changes: Changes) -> set[int]:
        """Every list that `changes` are about."""
        lists = {int(pk) for pk in changes["lists"]}
        for pk in map(int, changes["todos"]):
            lists |= {self._before[pk]["todo_list_id"], self.todos[pk].todo_list_id}
        return lists

    def newly_assigned(self) -> list[Todo]:
        """Those that somebody was given by this."""
        return [
            todo
            for pk, todo in self.todos.items()
            if todo.assignee_id is not None
            and (pk in self._added or todo.assignee_id != self._before[pk]["assignee_id"])
        ]

    def _ask_assignees(self) -> None:
        """A todo is given to members of its list alone. Who is no member any more was one when the form was made."""
        given = {(todo.todo_list_id, todo.assignee_id) for todo in self.newly_assigned()}
        if given and not given <= self.members:
            raise ChangedMeanwhile

    def _tell_changes(self) -> None:
        for pk, todo in self.todos.items():
            before, is_new = self._before[pk], pk in self._added
            if todo.assignee_id != (None if is_new else before["assignee_id"]):
                self.tell(signals.assigned, todo)
            if any(
                getattr(todo, name) != before[name] for name in ("due_date", "due_time", "due_tz")
            ):
                self.tell(signals.due_changed, todo)
        for pk, before in self._lists_before.items():
            if snapshot(self.lists[pk], LIST_FIELDS) != before:
                self.tell(signals.list_changed, self.lists[pk])

    def _send(self) -> None:
        for signal, about, more in self._signals:
            what = {"todo" if isinstance(about, tables.Todo) else "todo_list": about, **more}
            signal.send_robust(sender=type(about), **what, user=self.user, action=self.action)

    def _count(self) -> None:
        steps: Counter[int] = Counter()
        for pk, todo in self.todos.items():
            before = self._before[pk]
            if not before["is_completed"] and before["deleted_at"] is None:
                steps[before["todo_list_id"]] -= 1
            if not todo.is_completed and todo.deleted_at is None:
                steps[todo.todo_list_id] += 1
        lists: dict[int, list[int]] = defaultdict(list)
        for pk in self.lists:
            lists[steps[pk] - self._counted[pk]].append(pk)
            self.lists[pk].open_count += steps[pk]
        for step in lists.keys() - {0}:
            tables.TodoList.objects.filter(pk__in=lists[step]).update(
                open_count=F("open_count") + step
            )

    def _changes(self) -> Changes:
        todos = {}
        for pk, todo in self.todos.items():
            before, after = self._before[pk], snapshot(todo, TODO_FIELDS)
            if "labels" in before:
                after["labels"] = self._labels[pk]
            if difference := _difference(before, after):
                todos[str(pk)] = difference
        lists = {
            str(pk): difference
            for pk, before in self._lists_before.items()
            if (difference := _difference(before, snapshot(self.lists[pk], LIST_FIELDS)))
        }
        changes = Changes(todos=todos, lists=lists, completions=self._completion_keys)
        if self.typed:
            changes["typed"] = self.typed
        if self.member_changes:
            changes["members"] = self.member_changes
        if self.invitation_changes:
            changes["invitations"] = self.invitation_changes
        if self.member_changes or self.invitation_changes:
            lists |= {str(pk): {} for pk in self.lists if str(pk) not in lists}
        return changes


@contextmanager
def recording(
    user: AbstractBaseUser | None,
    verb: str,
    list_ids: set[int],
    *,
    at: datetime | None = None,
    right: Literal["can_recover", "can_view"] | None = None,
    within: Recording | None = None,
    early: EarlyRead | None = None,
    step: int = 0,
) -> Iterator[Recording]:
    """Lock the lists, record what is done to their todos, and write it; or join the recording `within`.

    A context manager around every write. `at` is the moment of the action, now unless it is given. What the verb
    needs (or `right`, another property of `TodoList`) is asked again under the locks; `user` None is the system,
    which may do everything. Raises ChangedMeanwhile where a list or the right is gone. What was read `early` is not
    read again where nobody wrote since; `step` is what the list's count of open todos is expected to go by.
    """
    if within is not None:
        if not list_ids <= within.lists.keys():
            raise ChangedMeanwhile
        yield within
        return
    with transaction.atomic():
        known = early.claim(user) if early is not None else None
        lists = tables.TodoList.objects.lock(list_ids, user, known, step)
        needed = right or ("can_own" if verb.startswith("list-") else "can_edit")
        may = user is None or all(getattr(todo_list, needed) for todo_list in lists.values())
        if lists.keys() != list_ids or not may:
            raise ChangedMeanwhile
        rec = Recording(user, verb, lists, aware(at) if at is not None else now())
        if early is not None and known is not None and lists.get(known.pk) is known:
            rec.trust(early, step)
        yield rec
        rec.finish()


def _is_replaced(todo_list: TodoList) -> bool:
    """Whether another list is about its object by now, so that it can't be outside the trash."""
    if todo_list.object_type_id is None or todo_list.deleted_at is not None:
        return False
    same = type(todo_list).objects.alive().filter(object_type=todo_list.object_type_id)
    return same.filter(object_id=todo_list.object_id).exclude(pk=todo_list.pk).exists()


def snapshot(row: models.Model, names: tuple[str, ...]) -> Values:
    """What these columns of a row hold."""
    return {name: getattr(row, name) for name in names}


def plain(value: Any) -> Any:
    """A column's value as JSON holds it, exact to the microsecond."""
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _difference(before: Values, after: Values) -> Difference:
    return {
        name: [plain(before[name]), plain(after[name])]
        for name in before
        if name in after and before[name] != after[name]
    }
