"""Quick add: what a person can name in a line, the lines as they are read, and the writing of what was read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos import limits, quickadd
from django_todos.access import get_list, get_todo
from django_todos.dates import Moment
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    Membership,
    NewTodos,
    Side,
    Todo,
    TodoList,
    Verb,
    recording,
)
from django_todos.models.adding import NewTodo, add_many
from django_todos.quickadd.line import titled
from django_todos.repeats.occurrences import Repeat

if TYPE_CHECKING:
    from django_todos.viewer import Viewer


@dataclass(frozen=True)
class Line:
    """One line as read, the list it goes to, and who is meant by its ``@name``."""

    depth: int
    read: quickadd.ParsedTodo
    todo_list: TodoList
    assignee: AbstractBaseUser | None = None


class LineReader:
    """Reads what a person types into a list, or under a todo: their lists and the list's members have names there."""

    def __init__(self, viewer: Viewer, todo_list: TodoList, parent: Todo | None = None) -> None:
        self.viewer = viewer
        self.todo_list = todo_list
        self.parent = parent
        self._members: dict[int, dict[str, AbstractBaseUser]] = {}

    @cached_property
    def lists(self) -> dict[str, TodoList]:
        """The lists that may be named: none for a subtask, which stays with its parent."""
        if self.parent is not None:
            return {}
        editable = TodoList.objects.editable_by(self.viewer.user).active().order_by("-pk")
        lists = [*editable, self.todo_list]
        return {name: one for one in lists for name in (one.name, str(one))}

    def members(self, todo_list: TodoList) -> dict[str, AbstractBaseUser]:
        """Who may be named in a list: by user name, by first or by full name where only one has it."""
        if todo_list.pk not in self._members:
            members = Membership.objects.filter(todo_list=todo_list.pk).select_related("user")
            self._members[todo_list.pk] = _by_name([one.user for one in members])
        return self._members[todo_list.pk]

    def lines(self, text: str, plain: Collection[str] = (), day: date | None = None) -> list[Line]:
        """Every line of a text, as read: a time alone is on `day`. Names cost a query only where their sign stands."""
        options = {**self.viewer.reading, "plain": list(plain), "day": day}
        lists = list(self.lists) if "+" in text else []
        room = limits.MAX_DEPTH - (self.parent.depth + 1 if self.parent is not None else 0)
        found: list[Line] = []
        home = self.todo_list
        here = self._names(home, text)
        for line in quickadd.parse_lines(text, lists=lists, members=list(here), **options):
            depth, read, names = min(line.depth, room), line.todo, here
            if depth == 0:
                home = self.lists[read.list] if read.list else self.todo_list
            if home != self.todo_list or (depth and read.list):
                names = self._names(home, read.text)
                known = {"lists": [] if depth else lists, "members": list(names)}
                read = titled(read.text, {**options, **known})
            found.append(Line(max(depth, 0), read, home, names.get(read.assignee)))
        return found

    def _names(self, todo_list: TodoList, text: str) -> dict[str, AbstractBaseUser]:
        return self.members(todo_list) if "@" in text else {}


def _by_name(users: list[AbstractBaseUser]) -> dict[str, AbstractBaseUser]:
    names: dict[str, AbstractBaseUser] = {}
    for get in ("get_full_name", "get_short_name"):
        said = [(getattr(user, get, str)(), user) for user in users]
        once = [name for name, _user in said]
        names |= {name: user for name, user in said if name and once.count(name) == 1}
    return names | {user.get_username(): user for user in users}


class QuickAddForm(forms.Form):
    """One line makes a todo; several lines make several.

    A bound form knows where they go (`todo_list`, `above`) once it is asked whether it holds. Whoever
    may not write there gets no answer to that: 404 or 403.
    """

    lines: Sequence[Line] = ()
    later = ""
    """The lines that are too many for one request, where the person chose to add the first of them."""

    text = forms.CharField(
        label=_("Add a todo"),
        max_length=limits.MAX_QUICK_ADD,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 1}),
    )
    list = forms.UUIDField(required=False, widget=forms.HiddenInput)
    parent = forms.UUIDField(required=False, widget=forms.HiddenInput)
    view = forms.ChoiceField(
        required=False,
        choices=[(name, name) for name in ("", "inbox", "list", "today", "upcoming", "todo")],
        widget=forms.HiddenInput,
    )
    due = forms.DateField(required=False)
    label = forms.CharField(required=False, max_length=limits.MAX_LABEL, widget=forms.HiddenInput)
    at = forms.ChoiceField(
        required=False,
        choices=[(name, name) for name in ("", "-over", "-day")],
        widget=forms.HiddenInput,
    )
    way = forms.ChoiceField(required=False, choices=[("first", ""), ("notes", "")])

    def __init__(self, data: Any = None, *, viewer: Viewer | None = None, **kwargs: Any) -> None:
        self.viewer: Viewer = viewer  # type: ignore[assignment]  # who only shows the form needs none
        super().__init__(data, **kwargs)

    @property
    def remembered_by(self) -> Any:
        """All that it shows while nothing was typed: two such forms where that is equal look the same."""
        shown = tuple(self.initial.get(name) for name in self.fields)
        return object() if self.is_bound else shown

    def clean_text(self) -> str:
        """Not more todos at once than one request can add well: those, or the first of them where that is asked for."""
        lines = self.typed
        if not lines:
            raise ValidationError(gettext("Write what there is to do."))
        if len(lines) > limits.MAX_LINES and self.data.get("way") == "first":
            whole = _whole_trees(lines)
            self.later = "\n".join(lines[whole:])
            return "\n".join(lines[:whole])
        if len(lines) > limits.MAX_LINES:
            raise ValidationError(gettext("Too many lines at once."), code="lines")
        return "\n".join(lines)

    def clean(self) -> dict[str, Any]:
        """Reads the lines. A title that is too long is the text's error, unless its rest may go to the notes."""
        cleaned = super().clean() or {}
        self.todo_list, self.above = self._place(cleaned)
        if "text" not in cleaned:
            return cleaned
        reader = LineReader(self.viewer, self.todo_list, self.above)
        self.lines = reader.lines(cleaned["text"], self.kept, cleaned.get("due"))
        if cleaned.get("way") == "notes":
            self.lines = [_shortened(line) for line in self.lines]
        if self.left < 0:
            self.add_error("text", ValidationError(gettext("The title is too long."), code="long"))
        return cleaned

    @property
    def left(self) -> int:
        """How many characters the longest title leaves; below nought they are too many."""
        return limits.MAX_TITLE - max((len(line.read.title) for line in self.lines), default=0)

    @property
    def over(self) -> int:
        """How many characters the longest title has too many."""
        return -self.left

    @property
    def lands_in(self) -> TodoList:
        """The list that a line names, else the form's."""
        return self.lines[0].todo_list if len(self.lines) == 1 else self.todo_list

    @property
    def lands_on(self) -> Moment:
        """The day that a line names, else the form's."""
        read = self.lines[0].read.due if len(self.lines) == 1 else None
        given = self.cleaned_data if self.is_bound else self.initial
        return read or Moment(given.get("due"))

    @cached_property
    def typed(self) -> Sequence[str]:
        """The lines in which something stands."""
        lines = str(self.data.get("text", "")).splitlines()
        return [line for line in lines if line.strip()]

    @property
    def first(self) -> int:
        """How many of too many lines would be added first."""
        return _whole_trees(self.typed)

    def _place(self, cleaned: dict[str, Any]) -> tuple[TodoList, Todo | None]:
        """The list, and the todo above, that the form names; the inbox when it names none."""
        user = self.viewer.user
        if parent := cleaned.get("parent"):
            above = get_todo(user, parent, "edit")
            return above.todo_list, above
        if uuid := cleaned.get("list"):
            return get_list(user, uuid, "edit"), None
        return TodoList.objects.inbox_of(user), None

    @property
    def kept(self) -> Sequence[str]:
        """The phrases that were turned back into words and that the text still has; each once."""
        words = " ".join(str(self.data.get("text", "")).split()).casefold()
        plain = cast(QueryDict, self.data).getlist("plain")
        kept = {" ".join(phrase.split()): None for phrase in plain if phrase.strip()}
        return [one for one in list(kept)[: limits.MAX_KEPT] if one.casefold() in words]

    @property
    def home(self) -> str:
        """The page of the todo above, else of the list."""
        return (self.above or self.todo_list).get_absolute_url()

    def save(self) -> tuple[Action, Todo]:
        """Add the lines, in their order, as one action. Gives that and the first of the todos.

        They get the day and the label of the page they were added on, unless they say otherwise. What was typed stays
        with the action, so that it can be kept as text afterwards (`keep_as_text`).
        """
        lines, viewer = self.lines, self.viewer
        verb = Verb.CREATE if len(lines) == 1 else Verb.BULK_CREATE
        targets = {line.todo_list.pk for line in lines} | {self.todo_list.pk}
        today = viewer.today if self.cleaned_data["view"] == "today" else None
        default = Moment(self.cleaned_data["due"] or today)
        with recording(viewer.user, verb, targets, at=viewer.now) as rec:
            on_top = self.above is None and viewer.preferences.new_todos == NewTodos.TOP
            new = [self._new(line, default) for line in lines]
            side: Side = "before" if on_top else "after"
            first = add_many(new, rec=rec, above=self.above, side=side)[0]
            if len(lines) == 1 and lines[0].read.spans:
                rec.typed = {
                    "text": lines[0].read.text,
                    "list": self.todo_list.pk,
                    "version": first.version,
                    "due": default.format(),
                }
        assert rec.action is not None
        return rec.action, first

    def _new(self, line: Line, default: Moment) -> NewTodo:
        """A line as it is added: a root gets the day and the label of the page, unless it says otherwise."""
        read, label = line.read, "" if line.depth else self.cleaned_data["label"]
        said = any(part.kind == "due" for part in read.spans)  # "no date" is said, too
        due = read.due if read.due or said or line.depth else default
        repeat = read.repeat and Repeat(read.repeat.rrule, read.repeat.mode, read.due)
        labels = [*read.labels, *filter(None, [label])]
        columns = {"notes": read.notes, "priority": read.priority, "assignee": line.assignee}
        home = line.todo_list.pk
        return NewTodo(home, read.title, line.depth, due, read.start, repeat, labels, columns)


def _whole_trees(lines: Sequence[str]) -> int:
    """As many of the lines as can be added at once, without those whose subtasks would be left behind."""
    most = min(len(lines), limits.MAX_LINES)
    whole = next(
        (n for n in range(most, 0, -1) if not lines[n : n + 1] or lines[n][:1].strip()), 0
    )
    return whole or most


def _shortened(line: Line) -> Line:
    """The line with what a title has no room for at the start of its notes."""
    read = line.read
    if len(read.title) <= limits.MAX_TITLE:
        return line
    room = read.title.rfind(" ", 0, limits.MAX_TITLE + 1)
    title = read.title[: room if room > 0 else limits.MAX_TITLE]
    notes = "\n\n".join(filter(None, [read.title[len(title) :].strip(), read.notes]))
    return replace(line, read=replace(read, title=title, notes=notes))


def keep_as_text(viewer: Viewer, action: Action) -> tuple[Action | None, Todo]:
    """Take the reading back, not the adding: the title is what was typed, the list the one it was typed in.

    Raises ChangedMeanwhile where the todo was changed since.
    """
    typed = action.changes.get("typed")
    todo = Todo.objects.alive().filter(pk__in=action.todo_ids).first()
    lists = TodoList.objects.editable_by(viewer.user)
    home = lists.filter(pk=typed["list"]).first() if typed is not None else None
    if typed is None or todo is None or home is None:
        raise ChangedMeanwhile
    text = " ".join(typed["text"].split())
    with recording(viewer.user, Verb.EDIT, {todo.todo_list_id, home.pk}, at=viewer.now) as rec:
        todo = rec.reload(todo)
        if todo.version != typed["version"]:
            raise ChangedMeanwhile
        values = {
            "title": text[: limits.MAX_TITLE],
            "notes": text if len(text) > limits.MAX_TITLE else "",
            "priority": 0,
            "due": Moment.parse(typed["due"]),
            "start": Moment(),
            "labels": [],
            "assignee_id": None,
            "repeat": None,
        }
        current = {name: getattr(todo, name) for name in values if name != "labels"}
        current["labels"] = rec.labels(todo)
        todo.edit(by=viewer.user, at=viewer.now, initial=current, values=values, within=rec)
        if todo.todo_list_id != home.pk:
            todo.move(by=viewer.user, at=viewer.now, todo_list=home, within=rec)
    return rec.action, todo
