"""Todos as people write them: one, a line of quick add, or what to do to many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from uuid import UUID

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_todos import limits
from django_todos.dates import Moment
from django_todos.forms.dates import ReadField, ViewerForm, WordsDateField, ZoneField
from django_todos.forms.repeat import RepeatChoice, RepeatField, RepeatPart
from django_todos.models import BUCKETS, PRIORITY_CHOICES, Label, priority_bucket
from django_todos.models.lists import LabelShown
from django_todos.wording import repeats
from django_todos.wording.dates import MomentWords, moment_words, when_words
from django_todos.wording.people import display_name, initials

if TYPE_CHECKING:
    from django.http import QueryDict

    from django_todos.models import Todo
    from django_todos.viewer import Viewer


FAR_OFF = 50  # years: rather a slip of the finger than a plan


class GroupShown(NamedTuple):
    """All that a group of fields shows while nothing was typed: two that are equal look the same."""

    name: str
    label: str
    icon: str
    is_set: bool
    inputs: tuple[Any, ...]
    """What stands in them."""
    offered: tuple[Any, ...] = ()
    """Who may be chosen."""
    words: str = ""
    """A person, or the repeat as a sentence."""
    mark: str = ""
    """The round mark of that person."""
    when: MomentWords = MomentWords()
    caution: str = ""
    """What is odd about a date, though it is taken."""
    labels: tuple[LabelShown, ...] = ()
    uuid: UUID | None = None
    """Of the todo, where other labels are asked for."""


class FieldGroup:
    """The inputs that make up one value of a todo, folded behind what it says now. The rest of the form is nothing that
    a remembered part may show."""

    remembered_by = "shown"
    """A part that shows it is given that, too."""

    def __init__(self, form: TodoForm, shown: GroupShown) -> None:
        self._form, self.shown = form, shown

    @property
    def fields(self) -> list[forms.BoundField]:
        """Its inputs."""
        return [self._form[one] for one in TodoForm.INPUTS[self.shown.name]]


# Those of Arabic, Chinese and Japanese, too: what the comma's key gives there.
_COMMA = "[,،、，]"
# In quotes what would be read otherwise: an import, or a host's code, may have brought such a name.
_NAME = re.compile(rf'\s*"((?:#|[^"]*{_COMMA})[^"]*)"\s*(?={_COMMA}|$)|([^,،、，]+)')


class LabelsField(ReadField):
    """Names of labels, separated by commas, or by spaces where each begins with ``#`` (js/labels.js reads them, too)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=limits.MAX_LABELS, **kwargs)

    def read(self, text: str) -> list[str]:
        """The names, each once, in the order of their keys."""
        parts = _NAME.findall(text)
        if text.startswith("#") and len(parts) == 1:
            parts = [("", word) for word in text.split()]
        found = (quoted.strip() or plain.strip().lstrip("#").strip() for quoted, plain in parts)
        names = {Label.key_of(name): name for name in found if name}
        too_long = [name for name in names.values() if len(name) > limits.MAX_LABEL]
        if too_long:
            raise ValidationError(
                gettext("A label has at most %(most)d characters.") % {"most": limits.MAX_LABEL}
            )
        return [names[key] for key in sorted(names)]

    def prepare_value(self, value: Any) -> Any:
        """Shows the names as they are typed."""
        if not isinstance(value, list):
            return value
        return ", ".join(one if self.read(one) == [one] else f'"{one}"' for one in value)


_ISO = re.compile(r"\d{4}-\d\d-\d\d")


class DayInput(forms.TextInput):
    """A date in the browser's own field; words, which that would drop, in a plain one."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """The field's type follows from what stands in it."""
        context = super().get_context(name, value, attrs)
        shown = context["widget"]["value"] or ""
        context["widget"]["type"] = "date" if not shown or _ISO.fullmatch(shown) else "text"
        return context


class PersonSelect(forms.Select):
    """Its options carry the round mark of their person, for the script that shows them."""

    marks: Mapping[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option of one person, or of nobody."""
        option = super().create_option(name, value, *args, **kwargs)
        if value:
            option["attrs"] |= {"data-css": "todos-who", "data-mark": self.marks.get(value, "")}
        return option


def _time_field(label: Any) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, required=False, widget=widget)


def _zone_field() -> ZoneField:
    widget = forms.TextInput(attrs={"placeholder": _("Time zone")})
    help_text = _("Empty: the same time wherever you are.")
    return ZoneField(label=_("Time zone"), help_text=help_text, widget=widget)


class TodoForm(RepeatPart):
    """A todo's own page. Each field travels with the value that the person saw, so that edits can be merged.

    `values` and `seen` are what `Todo.edit` takes. ``only`` (one or more names of `INPUTS`) says that nothing else was
    sent along: the rest stays as it is.
    """

    INPUTS: ClassVar = {
        "due": ("due_date", "due_time", "due_tz"),
        "start": ("start_date", "start_time", "start_tz"),
        "assignee_id": ("assignee",),
    } | {name: (name,) for name in ("title", "notes", "priority", "repeat", "labels")}
    """The inputs that make up each of `values`."""

    GROUPS: ClassVar = (
        ("due", _("Due"), "calendar"),
        ("start", _("Start"), "skip"),
        ("repeat", _("Repeat"), "repeat"),
        ("priority", _("Priority"), "bars"),
        ("labels", _("Labels"), "hash"),
        ("assignee_id", _("Assignee"), "person"),
    )
    """The lines of a todo's page: which of `values`, what it is called, its symbol."""

    title = forms.CharField(
        label=_("Title"),
        max_length=limits.MAX_TITLE,
        widget=forms.Textarea(attrs={"rows": 1, "dir": "auto", "aria-label": _("Title")}),
    )
    notes = forms.CharField(
        label=_("Notes"),
        max_length=limits.MAX_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown works: **bold**, lists, links."),
    )
    priority = forms.ChoiceField(
        label=_("Priority"), choices=PRIORITY_CHOICES, widget=forms.RadioSelect
    )
    due_date = WordsDateField(label=_("Due date"), required=False, widget=DayInput)
    due_time = _time_field(_("Due time"))
    due_tz = _zone_field()
    start_date = WordsDateField(label=_("Start date"), required=False, widget=DayInput)
    start_time = _time_field(_("Start time"))
    start_tz = _zone_field()
    repeat = RepeatField(
        label=_("Repeat"), help_text=_("In words: “every last friday”, “every! 3 days”.")
    )
    labels = LabelsField(
        label=_("Labels"),
        help_text=_("Separated by commas."),
        widget=forms.TextInput(attrs={"placeholder": _("Add"), "list": "todo-labels"}),
    )
    assignee = forms.ChoiceField(label=_("Assignee"), required=False, widget=PersonSelect)

    def __init__(self, data: Any = None, *, todo: Todo, viewer: Viewer, **kwargs: Any) -> None:
        self.todo = todo
        self.members = {
            member.user.get_username(): member.user
            for member in todo.todo_list.memberships.select_related("user").order_by(
                "created_at", "pk"
            )
        }
        super().__init__(self._settled(data), initial=self.current(), viewer=viewer, **kwargs)
        if data and (only := data.getlist("only")):
            self._complete(only)
        self.ask_first()
        for field in self.fields.values():
            field.show_hidden_initial = True
        self.fields["repeat"].widget.begin_weeks_on(viewer.week_start)
        self._offered = tuple(
            (name, display_name(user), initials(user)) for name, user in self.members.items()
        )
        choices = [(name, words) for name, words, _mark in self._offered]
        assignee: Any = self.fields["assignee"]
        assignee.choices = [("", _("Nobody")), *choices]
        assignee.widget.marks = {name: mark for name, _words, mark in self._offered}
        if len(self.members) < 2 and todo.assignee_id is None:
            assignee.widget = forms.HiddenInput()

    def groups(self) -> list[FieldGroup]:
        """The fields as the page shows them: a line for each of `GROUPS`, less those that have nothing to choose."""
        todo, person = self.todo, self.todo.assignee
        rule = repeats.stored(todo.rrule, todo.repeat_mode)
        labels = tuple(LabelShown(label.name, label.color) for label in todo.labels.all())
        seen = {name: tuple(map(self.initial.get, self.INPUTS[name])) for name in self.INPUTS}
        said: dict[str, dict[str, Any]] = {
            "due": {**self._date_shown("due"), "words": rule},
            "start": {**self._date_shown("start"), "words": rule},
            "repeat": {"is_set": bool(rule), "words": rule},
            "priority": {"is_set": bool(todo.priority)},
            "labels": {"is_set": bool(labels), "labels": labels, "uuid": todo.uuid},
            "assignee_id": {
                "is_set": person is not None,
                "words": display_name(person),
                "mark": initials(person),
                "offered": self._offered,
            },
        }
        seen["labels"] = ()  # a list, and said already
        lines = [
            FieldGroup(
                self,
                GroupShown(name, str(label), icon, inputs=seen[name], **said[name]),
            )
            for name, label, icon in self.GROUPS
        ]
        return [line for line in lines if not line.fields[0].is_hidden]

    def _date_shown(self, name: str) -> dict[str, Any]:
        todo, viewer = self.todo, self.viewer
        moment, done = getattr(todo, name), todo.is_completed or name == "start"
        when = when_words(moment, viewer.now, viewer.zone, done=done)
        return {"is_set": bool(moment), "when": when, "caution": self._caution(name)}

    def _caution(self, name: str) -> str:
        """A due date before the start, a year far off: taken, and said."""
        todo, today = self.todo, self.viewer.today
        day = getattr(todo, name).date
        years = abs(day.year - today.year) if day else 0
        if years > FAR_OFF:
            said = ngettext("This is %(years)d year away.", "This is %(years)d years away.", years)
            return said % {"years": years}
        if name == "due" and day and todo.start.date and day < todo.start.date:
            return gettext("This is before it starts, %(start)s.") % {
                "start": moment_words(Moment(todo.start.date), today)
            }
        return ""

    def current(self) -> dict[str, Any]:
        """What the fields show for the todo as it is."""
        todo = self.todo
        return {
            "title": todo.title,
            "notes": todo.notes,
            "priority": todo.priority_bucket,
            "due_date": todo.due_date,
            "due_time": todo.due_time,
            "due_tz": todo.due_tz,
            "start_date": todo.start_date,
            "start_time": todo.start_time,
            "start_tz": todo.start_tz,
            "repeat": RepeatChoice(todo.rrule, todo.repeat_mode) if todo.rrule else None,  # type: ignore[arg-type]
            "labels": sorted((label.name for label in todo.labels.all()), key=Label.key_of),
            "assignee": todo.assignee.get_username() if todo.assignee is not None else "",
        }

    @classmethod
    def _keys(cls, name: str) -> list[str]:
        """The names under which a field is posted: its own, or those of the inputs of its widget."""
        return [
            name + part for part in getattr(cls.base_fields[name].widget, "widgets_names", [""])
        ]

    @classmethod
    def _settled(cls, posted: Any) -> Any:
        """What was posted; where a conflict was settled for the other value (``keep_<field>=theirs``), with that one."""
        theirs = [
            key
            for value, inputs in cls.INPUTS.items()
            if posted and posted.get(f"keep_{value}") == "theirs"
            for name in inputs
            for key in cls._keys(name)
        ]
        if not theirs:
            return posted
        data = posted.copy()
        for key in theirs:
            data.setlist(key, posted.getlist(f"initial-{key}"))
        return data

    def _complete(self, only: list[str]) -> None:
        """Adds to what was sent what the todo's other fields show."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        kept = [
            name for value, inputs in self.INPUTS.items() if value not in only for name in inputs
        ]
        now = TodoForm(todo=self.todo, viewer=self.viewer)
        for key, shown in (pair for name in kept for pair in now.shown(name)):
            self.data.setlist(key, shown)  # type: ignore[attr-defined]

    def shown(self, name: str) -> list[tuple[str, list[str]]]:
        """What a field's inputs would send, untouched: their names and values."""
        widget, value = self.fields[name].widget, self[name].value()
        keys = self._keys(name)
        parts = widget.decompress(value) if len(keys) > 1 else [value]
        texts = [
            part if isinstance(part, list) else ["" if part is None else str(part)]
            for part in parts
        ]
        return list(zip(keys, texts, strict=True))

    def merged(self, fresh: Todo, both: Iterable[str]) -> TodoForm:
        """The form over the todo as it is now: what others changed is merged in, but for the values that both changed.

        The hidden initial values become those that stand now, so that saving again is a deliberate choice.
        """
        now = TodoForm(todo=fresh, viewer=self.viewer)
        data: QueryDict = self.data.copy()  # type: ignore[attr-defined]
        # A date of theirs with a time of ours would be neither: the inputs of one value stay together.
        ours = {name for value in both for name in self.INPUTS[value]}
        labels = self.seen["labels"], self.values["labels"], now.current()["labels"]
        data["labels"] = self.fields["labels"].prepare_value(Label.merge(*labels))
        for name in now.fields:
            same = all(
                data.getlist(key) == data.getlist(f"initial-{key}") for key in self._keys(name)
            )
            for key, shown in now.shown(name):
                if same and name not in ours:
                    data.setlist(key, shown)
                data.setlist(f"initial-{key}", shown)
        form = TodoForm(data, todo=fresh, viewer=self.viewer)
        form.is_valid()
        return form

    def clean(self) -> dict[str, Any]:
        """Puts dates together: words may have brought a time, and a time needs a date."""
        cleaned = super().clean() or {}
        for name in ("due", "start"):
            if any(f"{name}_{part}" in self.errors for part in ("date", "time", "tz")):
                continue
            clock, tz = cleaned.get(f"{name}_time"), cleaned.get(f"{name}_tz", "")
            day: Moment = cleaned[f"{name}_date"]
            if not day and clock:
                self.add_error(f"{name}_date", gettext("A time needs a date."))
            elif tz and not (clock or day.time):
                self.add_error(f"{name}_time", gettext("A time zone needs a time."))
            else:
                cleaned[name] = (
                    Moment(day.date, clock or day.time, tz or day.tz) if day else Moment()
                )
        self.give_date(cleaned)
        return cleaned

    def as_text(self, name: str, value: Any) -> str:
        """One of the `values` for people to read, where two of them stand to choose."""
        if name in ("due", "start"):
            return moment_words(value, self.viewer.today) or gettext("None")
        if name == "assignee_id":
            return next(
                (display_name(user) for user in self.members.values() if user.pk == value),
                gettext("Nobody"),
            )
        if name == "priority":
            return str(dict(PRIORITY_CHOICES)[priority_bucket(value)])
        if name == "repeat":
            return (
                repeats.describe(value.rrule, value.mode)
                if value is not None
                else gettext("Never")
            )
        return ", ".join(value) if name == "labels" else str(value)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as `Todo.edit` takes it."""
        return self._exact(self._edit_values(self.cleaned_data))

    @property
    def seen(self) -> dict[str, Any]:
        """What the person saw when they began; what stands now, for a field that came without it."""
        seen = self._shown()
        for name, field in self.fields.items():
            initial = self.add_initial_prefix(name)
            if initial in self.data:
                widget = field.hidden_widget()
                with suppress(ValidationError):
                    seen[name] = field.clean(
                        widget.value_from_datadict(self.data, self.files, initial)
                    )
        return self._exact(self._edit_values(_put_together(seen)))

    def _shown(self) -> dict[str, Any]:
        """The todo as it is, read from what the fields show of it; empty where a field could not take what is stored."""
        shown: dict[str, Any] = {}
        for name, value in self.current().items():
            field = self.fields[name]
            try:
                shown[name] = field.to_python(field.prepare_value(value))
            except ValidationError:
                shown[name] = field.to_python("")
        return shown

    def _exact(self, values: dict[str, Any]) -> dict[str, Any]:
        """`values`, and the todo's own where they say what the fields show of it: a priority of 2 is shown as “high”,
        and spaces around notes are not shown at all, but both survive an edit of something else.
        """
        todo = self.todo
        shown = self._edit_values(_put_together(self._shown()))
        exact = {name: getattr(todo, name) for name in values if name != "labels"}
        exact["labels"] = self.current()["labels"]
        return {
            name: exact[name] if value == shown[name] else value for name, value in values.items()
        }

    def _edit_values(self, source: dict[str, Any]) -> dict[str, Any]:
        user = self.members.get(source["assignee"])
        return {
            "title": " ".join(source["title"].split()),
            "notes": source["notes"].replace("\r\n", "\n"),
            "priority": BUCKETS[source["priority"]],
            "due": source["due"],
            "start": source["start"],
            "labels": source["labels"],
            "assignee_id": user.pk if user is not None else None,
            "repeat": self.repeat_of(source["repeat"], source["due"] or source["start"]),
        }


def _put_together(values: dict[str, Any]) -> dict[str, Any]:
    """Adds the moments of separate dates, times and zones that are known to hold."""
    for name in ("due", "start"):
        day, clock, tz = (values[f"{name}_{part}"] for part in ("date", "time", "tz"))
        values[name] = Moment.stored(day.date, clock, tz)
    return values


class BulkForm(ViewerForm):
    """What to do to the todos that were picked."""

    do = forms.ChoiceField(
        required=False,
        choices=[
            (one, one)
            for one in "complete delete move date label priority assign duplicate".split()
        ],
    )
    list = forms.UUIDField(label=_("List"), required=False)
    date = WordsDateField(label=_("Date"), required=False)
    label = LabelsField(label=_("Labels"))
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=PRIORITY_CHOICES)
    assignee = forms.CharField(label=_("Assignee"), required=False)

    def clean_assignee(self) -> Any:
        """The primary key of who is named, None for nobody. Whether they are in the list is asked under its lock."""
        name = self.cleaned_data["assignee"]
        users = get_user_model()._default_manager
        found = users.filter(**{users.model.USERNAME_FIELD: name}).first() if name else None
        if name and found is None:
            raise ValidationError(_("Nobody has this name."))
        return found.pk if found is not None else None

    def clean(self) -> dict[str, Any]:
        """A button of a list or a priority says by itself what to do."""
        cleaned = super().clean() or {}
        if not cleaned.get("do") and not self.errors:
            cleaned["do"] = "move" if cleaned["list"] else "priority"
        return cleaned
