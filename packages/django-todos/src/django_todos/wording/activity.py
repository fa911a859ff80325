"""What people did, told: who, what, from what to what, and when. The history of a list and of a todo.

Every sentence is one string to translate. In the history of a list a sentence names the todo; in a todo's own it does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext

from django_todos.dates import today_in
from django_todos.models import (
    PRIORITY_CHOICES,
    Action,
    Completion,
    Invitation,
    Todo,
    TodoList,
    Verb,
    priority_bucket,
)
from django_todos.models.given import key_of
from django_todos.wording.dates import at, city_of, date_words, day_words
from django_todos.wording.people import display_name
from django_todos.wording.repeats import stored
from django_todos.wording.sentences import CHANGED, DONE, MANY, WITH_SUBTASKS

if TYPE_CHECKING:
    from django_todos.models.writer import Difference
    from django_todos.viewer import Viewer

TOGETHER = timedelta(minutes=1)
"""What one person does of one kind within this time is told in one line."""
NAMED = 5
"""So many todos of a line are named."""


@dataclass(frozen=True)
class Told:
    """One line of a history. `note` stands below it: what comes next, or which todos they were."""

    user: Any
    at: datetime
    text: SafeString
    note: str = ""


@dataclass(frozen=True)
class ActivityDay:
    """A day of a history, as it is where the viewer is."""

    date: date
    lines: list[Told]


def by_day(lines: Iterable[Told], viewer: Viewer) -> list[ActivityDay]:
    """The lines by the viewer's days, in the order given."""
    days = groupby(lines, key=lambda line: today_in(line.at, viewer.zone))
    return [ActivityDay(day, list(some)) for day, some in days]


def told(actions: Iterable[Action], viewer: Viewer, about: Todo | TodoList) -> list[Told]:
    """What the actions (latest first) did to a todo, or in a list, in sentences.

    Of what they did elsewhere, nothing: an action may have changed todos of lists that the viewer doesn't see.
    """
    changes: list[_Change] = []
    known = _Known(list(actions), viewer, about)
    for action in known.actions:
        for change in _changes(action, known):
            if not changes or (both := changes[-1].along_with(change)) is None:
                changes.append(change)
            else:
                changes[-1] = both
    return [known.line(change) for change in changes if change.kind]


def completed(completions: Iterable[Completion], viewer: Viewer) -> list[Told]:
    """The same of a todo's completions from before its actions were pruned."""
    lines = []
    for one in completions:
        is_skip = one.kind == one.Kind.SKIPPED
        day = one.due_date and date_words(one.due_date, viewer.today, weekday=False)
        sentence = CHANGED["skip" if is_skip else "pass"][1][0] if day else DONE["complete"][0]
        text = _html(sentence, who=_who(one.user, viewer), old=format_html("{}", day))
        lines.append(Told(one.user, one.at, text))
    return lines


@dataclass(frozen=True)
class _Change:
    """One thing that was done to todos or to the list: its `kind` names the sentence."""

    action: Action
    kind: str
    todos: list[int] = field(default_factory=list)
    below: int = 0
    """How many subtasks went along."""
    old: str = ""
    new: str = ""
    person: str = ""

    def along_with(self, earlier: _Change) -> _Change | None:
        """Both in one, where one line tells both."""
        mine, theirs = self.action, earlier.action
        is_near = mine.created_at - theirs.created_at <= TOGETHER
        if self.kind != earlier.kind or mine.user_id != theirs.user_id or not is_near:
            return None
        if self.kind in MANY and not set(self.todos) & set(earlier.todos):
            todos, below = self.todos + earlier.todos, self.below + earlier.below
            return replace(self, todos=todos, below=below)
        is_value = self.kind in ("title", "notes", "priority", "due", "start", "time", "repeat")
        if not is_value or self.todos != earlier.todos:
            return None
        is_back = self.new == earlier.old and self.kind != "notes"
        return replace(self, old=earlier.old, kind="" if is_back else self.kind)


class _Known:
    """What the sentences need beside the actions: todos, lists and people by their keys, each read once."""

    def __init__(self, actions: list[Action], viewer: Viewer, about: Todo | TodoList) -> None:
        self.actions = actions
        self.viewer = viewer
        self.todo = about if isinstance(about, Todo) else None
        self.list_id = about.todo_list_id if isinstance(about, Todo) else about.pk
        changes = [change for one in actions for change in self._wanted(one)]
        pks = {pk for pk, _change in changes if self.todo is None}
        columns = ("uuid", "title", "parent_id", "todo_list_id", "deleted_at")
        self.todos = Todo.objects.only(*columns).in_bulk(pks | set(_held(changes, "parent_id")))
        places = {
            *_held(changes, "todo_list_id"),
            *(one.todo_list_id for one in self.todos.values()),
        }
        visible = TodoList.objects.visible_to(viewer.user) if places else TodoList.objects.none()
        self.lists = visible.only("name").in_bulk(places)
        members = [one for action in actions for one in action.changes.get("members", ())]
        people = {*_held(changes, "assignee_id"), *(one["user"] for one in members)}
        asked = [int(pk) for action in actions for pk in action.changes.get("invitations", ())]
        self.invitations = Invitation.objects.in_bulk(asked) if asked else {}
        owned = TodoList.objects.owned_by(viewer.user)
        self.is_owner = bool(asked) and owned.filter(pk=self.list_id).exists()
        model = get_user_model()
        keys = {key_of(model, one) for one in people} - {None}
        users = model._default_manager.in_bulk(keys) if keys else {}
        self.people = {str(pk): user for pk, user in users.items()}

    def name(self, pk: Any) -> str:
        """What somebody is called, by their key as JSON holds it."""
        user = self.people.get(str(pk))
        return _person(user, self.viewer) if user is not None else gettext("somebody")

    def _wanted(self, action: Action) -> Iterator[tuple[int, Difference]]:
        for key, change in action.changes["todos"].items():
            if self.todo is None or int(key) == self.todo.pk:
                yield int(key), change

    def changes(self, action: Action) -> dict[int, Difference]:
        """What an action did to todos that the history is of; of one deleted for ever nothing is left to tell."""
        return {
            pk: change
            for pk, change in self._wanted(action)
            if self.todo is not None or self._is_here(pk, change)
        }

    def _is_here(self, pk: int, change: Difference) -> bool:
        todo = self.todos.get(pk)
        moved = change.get("todo_list_id", [])
        return todo is not None and self.list_id in (todo.todo_list_id, *moved)

    def title(self, pk: int) -> str:
        """What a todo is called now, where the viewer may know that."""
        todo = self.todos.get(pk)
        return (
            todo.title
            if todo is not None and todo.todo_list_id in self.lists
            else gettext("a todo")
        )

    def line(self, change: _Change) -> Told:
        """The sentence of a change."""
        action, new = change.action, format_html(_NEW, change.new)
        is_day = change.kind in ("pass", "skip")  # which is done, not gone
        old = format_html("{}", change.old) if is_day else _old(change.old)
        first = change.todos[0] if change.todos else 0
        sentence = _sentence(change, is_own=self.todo is not None)
        who = _who(action.user, self.viewer)
        person = format_html("<b><bdi>{}</bdi></b>", change.person)
        text = _html(sentence, who=who, todo=self._link(first), old=old, new=new, person=person)
        return Told(action.user, action.created_at, text, self._note(change))

    def _link(self, pk: int) -> SafeString:
        todo, title = self.todos.get(pk), self.title(pk)
        if todo is None or todo.deleted_at is not None or todo.todo_list_id not in self.lists:
            return format_html("<b><bdi>{}</bdi></b>", title)
        return format_html('<a href="{}"><bdi>{}</bdi></a>', todo.get_absolute_url(), title)

    def _note(self, change: _Change) -> str:
        if change.kind in ("pass", "skip") and change.new:
            return gettext("Next: %(day)s") % {"day": change.new}
        if len(change.todos) < 2 or self.todo is not None:
            return ""
        named = [self.title(pk) for pk in change.todos[:NAMED]]
        more = len(change.todos) - NAMED
        return gettext(", ").join(named) + (
            gettext(" and %(count)d more") % {"count": more} if more > 0 else ""
        )


_NEW = "<ins><bdi>{}</bdi></ins>"


def _old(text: str) -> SafeString:
    return format_html("<del><bdi>{}</bdi></del>", text)


def _who(user: Any, viewer: Viewer) -> SafeString:
    return format_html("<b><bdi>{}</bdi></b>", _person(user, viewer))


def _person(user: Any, viewer: Viewer) -> str:
    """What somebody is called: the viewer “You”, or by name where the language's verbs want it."""
    if user is None:
        return gettext("Somebody")
    if user.pk != viewer.user.pk:
        return display_name(user)
    # Translators: before the verb of a third person; where that can't follow "you", say "%(name)s (you)"
    return pgettext("who did it", "You") % {"name": display_name(user)}


def _html(sentence: Any, **values: SafeString) -> SafeString:
    # The values are HTML already.
    return mark_safe(escape(sentence) % values)  # nosec B308 B703


def _held(changes: list[tuple[int, Difference]], name: str) -> Iterator[Any]:
    for _pk, change in changes:
        yield from (value for value in change.get(name, ()) if value is not None)


def _changes(action: Action, known: _Known) -> Iterator[_Change]:
    """What an action did, kind by kind; to the one todo that the history is of, else to those that stand highest."""
    todos = known.changes(action)
    if action.verb not in Verb.values:
        yield _Change(action, "other", list(todos)[:1])
        return
    if known.todo is None:
        yield from _list_changes(action, action.changes["lists"].get(str(known.list_id), {}))
        yield from _people_changes(action, known)
    tops = [pk for pk in todos if known.todo or known.todos[pk].parent_id not in todos]
    total = len(action.changes["todos"] if action.verb == Verb.COMPLETE else todos)
    below = total - len(tops) if len(tops) == 1 else 0
    for pk in tops:
        change = todos[pk]
        if event := _event(action.verb, change):
            old, new = _between(event, change, known)
            yield _Change(action, event, [pk], below if event in MANY else 0, old, new)
        else:
            yield from _value_changes(action, pk, change, known)


def _value_changes(
    action: Action, pk: int, change: Difference, known: _Known
) -> Iterator[_Change]:
    for name, words in _VALUES.items():
        if _COLUMNS.get(name, {name}) & change.keys():
            is_time = name in ("due", "start") and f"{name}_date" not in change
            yield _Change(action, "time" if is_time else name, [pk], 0, *words(change, known))


def _people_changes(action: Action, known: _Known) -> Iterator[_Change]:
    """What was done to the people of the list. Who was invited, owners know."""
    roles = {"viewer": gettext("viewer"), "editor": gettext("editor"), "owner": gettext("owner")}
    if change := action.member_change:
        old, new = (
            roles[row["role"]] if row is not None else ""
            for row in (change["before"], change["after"])
        )
        has_role = action.verb in CHANGED
        person = known.name(change["user"])
        yield _Change(action, action.verb, [], 0, old * has_role, new * has_role, person)
    for pk in action.changes.get("invitations", ()):
        one = known.invitations.get(int(pk))
        typed = one.typed if one is not None and known.is_owner else gettext("somebody")
        role = roles[one.role] if one is not None else ""
        yield _Change(action, action.verb, [], 0, "", role, typed)


def _list_changes(action: Action, change: Difference) -> Iterator[_Change]:
    if change and action.verb != Verb.LIST_EDIT:
        yield _Change(action, action.verb)
    elif "name" in change:
        yield _Change(action, "list-name", [], 0, *change["name"])
    if action.verb == Verb.LIST_EDIT and "description" in change:
        yield _Change(action, "list-description")


def _event(verb: str, change: Difference) -> str:
    """What became of a todo as a whole; nothing where only its values changed."""
    if "deleted_at" in change:
        if change["deleted_at"][1] is not None:
            return "delete"
        return {Verb.BULK_IMPORT: "import", Verb.RESTORE: "restore"}.get(Verb(verb), "add")
    if "is_completed" in change:
        return "complete" if change["is_completed"][1] else "reopen"
    if "occurrence" in change:
        return "skip" if verb == Verb.SKIP else "pass"
    if "todo_list_id" in change:
        return "move"
    if "parent_id" in change:
        return "under"
    return "order" if verb == Verb.MOVE and "position" in change else ""


def _between(event: str, change: Difference, known: _Known) -> tuple[str, str]:
    """From where to where; of a repeat, from which day to which."""
    if event == "move":
        names = (known.lists.get(pk) for pk in change["todo_list_id"])
        old, new = (str(one) if one is not None else gettext("another list") for one in names)
        return old, new
    if event == "under":
        old, new = ("" if pk is None else known.title(pk) for pk in change["parent_id"])
        return old, new
    if event not in ("pass", "skip"):
        return "", ""
    name = "due" if "due_date" in change else "start"  # a repeat with a start alone
    old, new = _moments(name, change, known)
    day = change.get(f"{name}_date", [""])[0]
    if day:  # what names an occurrence is its day of the calendar
        old = date_words(date.fromisoformat(day), known.viewer.today, weekday=False)
    return old, new


# -- values in words -------------------------------------------------------------------------------


def _moments(name: str, change: Difference, known: _Known) -> tuple[str, str]:
    """A date before and after: of day, time and zone those that changed."""
    day, clock, tz = (change.get(f"{name}_{part}") for part in ("date", "time", "tz"))
    today = known.viewer.today
    both = []
    for side in (0, 1):
        said = day_words(date.fromisoformat(day[side]), today) if day and day[side] else ""
        text = at(said, time.fromisoformat(clock[side]) if clock and clock[side] else None)
        both.append(f"{text} {city_of(tz[side])}".strip() if tz and tz[side] else text)
    return both[0], both[1]


def _repeats(change: Difference, known: _Known) -> tuple[str, str]:
    modes = change.get("repeat_mode", ["due", "due"])
    rules = change.get("rrule", ["", ""])
    old, new = map(stored, rules, modes)
    return old, new


def _priorities(change: Difference, known: _Known) -> tuple[str, str]:
    words = dict(PRIORITY_CHOICES) | {"none": ""}
    old, new = (str(words[priority_bucket(value)]) for value in change["priority"])
    return old, new


def _labels(change: Difference, known: _Known) -> tuple[str, str]:
    """Which went and which came."""
    before, after = (set(names) for names in change["labels"])
    old, new = (
        " ".join(f"#{name}" for name in sorted(some)) for some in (before - after, after - before)
    )
    return old, new


def _assignees(change: Difference, known: _Known) -> tuple[str, str]:
    old, new = (known.name(pk) if pk is not None else "" for pk in change["assignee_id"])
    return old, new


_VALUES: dict[str, Any] = {
    "title": lambda change, known: tuple(change["title"]),
    "notes": lambda change, known: ("", ""),
    "priority": _priorities,
    "due": lambda change, known: _moments("due", change, known),
    "start": lambda change, known: _moments("start", change, known),
    "repeat": _repeats,
    "labels": _labels,
    "assignee_id": _assignees,
}
"""What can change in a todo, and how it is said from what to what."""
_COLUMNS = {
    "due": {"due_date", "due_time", "due_tz"},
    "start": {"start_date", "start_time", "start_tz"},
    "repeat": {"rrule", "repeat_mode"},
}


_OPEN = {name: f"%({name})s" for name in ("who", "todo", "old", "new", "person")}


def _sentence(change: _Change, *, is_own: bool) -> str:
    """The sentence with its places left open, but for a number, on which its words depend."""
    kind, count = change.kind, len(change.todos)
    if kind == "other":
        words = capfirst(re.sub(r"[\W_]+", " ", change.action.verb).strip())
        pattern = (
            gettext("%(who)s: %(verb)s")
            if is_own or not count
            else gettext("%(who)s: %(verb)s, %(todo)s")
        )
        return pattern % {**_OPEN, "verb": words}
    if kind in MANY and count > 1:
        return str(MANY[kind] % {**_OPEN, "count": count})
    if kind == "complete" and change.below:
        return str(WITH_SUBTASKS[not is_own] % {**_OPEN, "count": change.below})
    if kind in CHANGED and (change.old or change.new):
        step = 1 if change.old and change.new else 0 if change.new else 2
        return str(CHANGED[kind][step][not is_own])
    return str(DONE.get(kind, DONE["edit"])[not is_own])
