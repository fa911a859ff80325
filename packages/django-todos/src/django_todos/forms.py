"""What people type, checked. A form that does not hold keeps every word of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from django_todos import quickadd, recurrence
from django_todos.conf import settings
from django_todos.dates import Moment, resolve_zone
from django_todos.models import (
    BUCKETS,
    MAX_NOTES,
    MAX_TITLE,
    Color,
    Label,
    Preferences,
    TodoList,
    priority_bucket,
)

if TYPE_CHECKING:
    from django_todos.models import Todo
    from django_todos.views.pages import Viewer

PRIORITIES = [("none", _("None")), ("low", _("Low")), ("medium", _("Medium")), ("high", _("High"))]


class WordsDateField(forms.CharField):
    """A date in the language's own formats, as ISO 8601, or in words: “fri”, “in 3 days”.

    Gives a `Moment`, because words may bring a time along. `viewer` is set by the form.
    """

    viewer: Viewer

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError for what is no date, in the words of the parser where it has any."""
        text = super().to_python(value)
        if not text:
            return Moment()
        try:
            return Moment(forms.DateField(localize=True).clean(text))
        except ValidationError:
            moment = quickadd.parse_date(text, now=self.viewer.now, tz=self.viewer.zone)
        if moment is None:
            raise ValidationError(
                gettext(
                    "“%(text)s” is not a date that exists. Write it as %(example)s, or in words: “fri”, “in 3 days”."
                )
                % {
                    "text": text,
                    "example": formats.date_format(self.viewer.today, "SHORT_DATE_FORMAT"),
                }
            )
        return moment

    def prepare_value(self, value: Any) -> Any:
        """Shows a date as people here write it."""
        return formats.localize_input(value) if isinstance(value, date) else value


class ZoneField(forms.CharField):
    """The IANA name of a time zone; empty for a time that floats."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=64, **kwargs)

    def clean(self, value: Any) -> str:
        """Raises ValidationError for a name that the zone database does not have."""
        name = str(super().clean(value)).replace(" ", "_")
        if name and resolve_zone(name) is None:
            raise ValidationError(
                gettext("“%(name)s” is no time zone. Write it like Europe/Berlin.")
                % {"name": name}
            )
        return name


class LabelsField(forms.CharField):
    """Names of labels, separated by commas, or by spaces where each begins with ``#``."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=2000, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The names, each once, in the order of their keys."""
        text = super().to_python(value)
        parts = text.split() if text.startswith("#") and "," not in text else text.split(",")
        names = {
            Label.key_of(name): name
            for name in (part.strip().lstrip("#").strip() for part in parts)
            if name
        }
        too_long = [name for name in names.values() if len(name) > 100]
        if too_long:
            raise ValidationError(gettext("A label has at most 100 characters."))
        return [names[key] for key in sorted(names)]

    def prepare_value(self, value: Any) -> Any:
        """Shows the names as they are typed."""
        return ", ".join(value) if isinstance(value, list) else value


class RepeatField(forms.CharField):
    """A repeat in words (“every 2 weeks”, “every! 3 days”) or as an RFC 5545 RRULE. Gives (rule, mode) or None."""

    viewer: Viewer

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=500, **kwargs)

    def to_python(self, value: Any) -> Any:
        """Raises ValidationError with what is wrong with the rule."""
        text = super().to_python(value).strip()
        if not text:
            return None
        try:
            if "FREQ=" in text.upper():
                rule, _bar, mode = text.partition("|")
                return recurrence.parse_rrule(rule.strip()), (
                    "completion" if mode.strip() == "completion" else "due"
                )
            found = quickadd.parse_repeat(text, now=self.viewer.now, tz=self.viewer.zone)
        except recurrence.RuleError as error:
            raise ValidationError(str(error)) from error
        if found is None:
            raise ValidationError(
                gettext("“%(text)s” is no repeat. Write it like “every 2 weeks on mon and thu”.")
                % {"text": text}
            )
        return found


class TodoForm(forms.Form):
    """A todo's own page. Each field travels with the value that the person saw, so that edits can be merged.

    `values` and `seen` are what `Todo.edit` takes.
    """

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    notes = forms.CharField(
        label=_("Notes"),
        max_length=MAX_NOTES,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Markdown works: **bold**, lists, links."),
    )
    priority = forms.ChoiceField(label=_("Priority"), choices=PRIORITIES)
    due_date = WordsDateField(label=_("Due date"), required=False, max_length=100)
    due_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    due_tz = ZoneField(label=_("Time zone"), help_text=_("Empty: the same time wherever you are."))
    start_date = WordsDateField(label=_("Start date"), required=False, max_length=100)
    start_time = forms.TimeField(
        label=_("Time"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    start_tz = ZoneField(
        label=_("Time zone"), help_text=_("Empty: the same time wherever you are.")
    )
    repeat = RepeatField(
        label=_("Repeat"), help_text=_("In words: “every last friday”, “every! 3 days”.")
    )
    labels = LabelsField(label=_("Labels"), help_text=_("Separated by commas."))
    assignee = forms.ChoiceField(label=_("Assignee"), required=False)

    def __init__(self, data: Any = None, *, todo: Todo, viewer: Viewer, **kwargs: Any) -> None:
        self.todo = todo
        self.viewer = viewer
        self.members = {
            member.user.get_username(): member.user
            for member in todo.todo_list.memberships.select_related("user").order_by("created_at")
        }
        super().__init__(data, initial=self.current(), **kwargs)
        for field in self.fields.values():
            field.show_hidden_initial = True
            if isinstance(field, WordsDateField | RepeatField):
                field.viewer = viewer
        choices = [("", _("Nobody"))] + [
            (name, user.get_full_name() or name) for name, user in self.members.items()
        ]
        self.fields["assignee"].choices = choices  # type: ignore[attr-defined]

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
            "repeat": f"{todo.rrule} | {todo.repeat_mode}" if todo.rrule else "",
            "labels": sorted(todo.labels.values_list("name", flat=True), key=Label.key_of),
            "assignee": todo.assignee.get_username() if todo.assignee is not None else "",
        }

    def clean_title(self) -> str:
        """A title is one line."""
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean(self) -> dict[str, Any]:
        """Puts dates together: words may have brought a time, and a time needs a date."""
        cleaned = super().clean() or {}
        for name in ("due", "start"):
            if any(f"{name}_{part}" in self.errors for part in ("date", "time", "tz")):
                continue
            day, clock, tz = (cleaned.get(f"{name}_{part}") for part in ("date", "time", "tz"))
            if not day and clock:
                self.add_error(f"{name}_date", gettext("A time needs a date."))
            elif tz and not (clock or day.time):
                self.add_error(f"{name}_time", gettext("A time zone needs a time."))
            else:
                cleaned[name] = (
                    Moment(day.date, clock or day.time, tz or day.tz) if day else Moment()
                )
        return cleaned

    def as_text(self, name: str, value: Any) -> str:
        """One of the `values` for people to read, where two of them stand to choose."""
        if name in ("due", "start"):
            return _moment_text(value)
        if name == "assignee_id":
            return next(
                (str(user) for user in self.members.values() if user.pk == value),
                gettext("Nobody"),
            )
        if name == "priority":
            return str(dict(PRIORITIES)[priority_bucket(value)])
        if name == "repeat":
            return (
                recurrence.describe(value.rrule, value.mode)
                if value is not None
                else gettext("Never")
            )
        return ", ".join(value) if name == "labels" else str(value)

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, as `Todo.edit` takes it."""
        return self._edit_values(self.cleaned_data)

    @property
    def seen(self) -> dict[str, Any]:
        """What the person saw when they began; what stands now, for a field that came without it."""
        seen: dict[str, Any] = {}
        for name, field in self.fields.items():
            raw = self.data.get(self.add_initial_prefix(name))
            try:
                seen[name] = field.to_python(self.current()[name] if raw is None else raw)
            except ValidationError:
                seen[name] = field.to_python(self.current()[name])
        for name in ("due", "start"):
            day, clock, tz = (seen[f"{name}_{part}"] for part in ("date", "time", "tz"))
            seen[name] = Moment(day.date, clock, tz if clock else "") if day else Moment()
        return self._edit_values(seen)

    def _edit_values(self, source: dict[str, Any]) -> dict[str, Any]:
        user = self.members.get(source["assignee"])
        kept = source["priority"] == self.todo.priority_bucket
        return {
            "title": source["title"],
            "notes": source["notes"].replace("\r\n", "\n"),
            "priority": self.todo.priority if kept else BUCKETS[source["priority"]],
            "due": source["due"],
            "start": source["start"],
            "labels": source["labels"],
            "assignee_id": user.pk if user is not None else None,
            "repeat": self._repeat(source["repeat"], source["due"]),
        }

    def _repeat(self, found: tuple[str, str] | None, due: Moment) -> recurrence.Repeat | None:
        if found is None:
            return None
        if found == (self.todo.rrule, self.todo.repeat_mode):
            return self.todo.repeat
        anchor = due or Moment(self.viewer.today)
        return recurrence.Repeat(found[0], found[1], anchor)  # type: ignore[arg-type]


def _moment_text(moment: Moment) -> str:
    if moment.date is None:
        return gettext("None")
    parts = [formats.date_format(moment.date, "SHORT_DATE_FORMAT")]
    if moment.time is not None:
        parts.append(formats.time_format(moment.time, "TIME_FORMAT"))
    return " ".join([*parts, moment.tz]).strip()


class ListForm(forms.ModelForm):
    """A list's name and description, and the colour that the person gives it."""

    color = forms.ChoiceField(
        label=_("Colour"), choices=Color.choices, widget=forms.RadioSelect, initial=Color.GREY
    )

    class Meta:
        model = TodoList
        fields = ["name", "description"]
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}


class PreferencesForm(forms.ModelForm):
    """What a person prefers."""

    time_zone = ZoneField(label=_("Time zone"), help_text=_("Empty: where your browser is."))
    week_start = forms.TypedChoiceField(
        label=_("Week starts on"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[
            ("", _("As the language has it")),
            (0, _("Monday")),
            (5, _("Saturday")),
            (6, _("Sunday")),
        ],
    )

    class Meta:
        model = Preferences
        fields = [
            "theme",
            "time_zone",
            "week_start",
            "reminder_hour",
            "reminders",
            "digest",
            "shortcuts",
        ]
        widgets = {"theme": forms.RadioSelect}


class FilterForm(forms.Form):
    """Filters and sorting, as they stand in the URL. What it does not know, it ignores."""

    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=[
            ("", _("My order")),
            ("due", _("Due date")),
            ("priority", _("Priority")),
            ("title", _("Title")),
            ("newest", _("Newest first")),
        ],
    )
    due = forms.ChoiceField(
        label=_("Due"),
        required=False,
        choices=[
            ("", _("Any time")),
            ("overdue", _("Overdue")),
            ("today", _("Today")),
            ("week", _("Next 7 days")),
            ("none", _("No date")),
        ],
    )
    priority = forms.ChoiceField(
        label=_("Priority"), required=False, choices=[("", _("Any")), *PRIORITIES]
    )
    label = forms.CharField(label=_("Label"), required=False, max_length=100)
    assignee = forms.ChoiceField(
        label=_("Assignee"),
        required=False,
        choices=[("", _("Anybody")), ("me", _("Me")), ("nobody", _("Nobody"))],
    )

    @property
    def chosen(self) -> dict[str, str]:
        """What was understood: name and value of each field that is not empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def filters(self) -> dict[str, str]:
        """The same without the sorting."""
        return {name: value for name, value in self.chosen.items() if name != "sort"}

    def apply(self, todos: Any, viewer: Viewer) -> Any:
        """`todos` less those that were filtered out."""
        chosen = self.filters
        if "priority" in chosen:
            bounds = {"none": (0, 0), "high": (1, 4), "medium": (5, 5), "low": (6, 9)}[
                chosen["priority"]
            ]
            todos = todos.filter(priority__range=bounds)
        if "label" in chosen:
            todos = todos.with_label(Label.key_of(chosen["label"].lstrip("#")))
        if chosen.get("assignee") == "me":
            todos = todos.assigned_to(viewer.user)
        elif chosen.get("assignee") == "nobody":
            todos = todos.filter(assignee=None)
        return _due_filter(todos, chosen.get("due"), viewer)


def _due_filter(todos: Any, due: str | None, viewer: Viewer) -> Any:
    if due == "overdue":
        return todos.overdue(viewer.now, viewer.zone)
    if due == "today":
        return todos.due_on(viewer.today, viewer.zone)
    if due == "week":
        return todos.due_between(
            viewer.today, viewer.today.fromordinal(viewer.today.toordinal() + 6), viewer.zone
        )
    return todos.filter(due_date=None) if due == "none" else todos


class QuickAddForm(forms.Form):
    """One line makes a todo; several lines make several."""

    text = forms.CharField(
        label=_("Add a todo"),
        max_length=100_000,
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

    def clean_text(self) -> str:
        """At most 500 todos at once, each with a title of at most 500 characters."""
        lines = [line for line in str(self.cleaned_data["text"]).splitlines() if line.strip()]
        if not lines:
            raise ValidationError(gettext("Write what there is to do."))
        if len(lines) > 500:
            raise ValidationError(
                gettext("Add at most 500 todos at once; import a file for more.")
            )
        return "\n".join(lines)


class BulkForm(forms.Form):
    """What to do to the todos that were picked."""

    do = forms.ChoiceField(
        choices=[(one, one) for one in ("complete", "delete", "move", "date", "label", "priority")]
    )
    list = forms.UUIDField(label=_("List"), required=False)
    date = WordsDateField(label=_("Date"), required=False, max_length=100)
    label = LabelsField(label=_("Labels"))
    priority = forms.ChoiceField(label=_("Priority"), required=False, choices=PRIORITIES)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].viewer = viewer  # type: ignore[attr-defined]


class ImportForm(forms.Form):
    """A file to import, and where to."""

    file = forms.FileField(label=_("File"))
    format = forms.ChoiceField(
        label=_("Format"),
        required=False,
        choices=[
            ("", _("Find out")),
            ("json", "django-todos JSON"),
            ("todotxt", "todo.txt"),
            ("taskwarrior", "Taskwarrior"),
        ],
    )
    list = forms.ChoiceField(
        label=_("List"),
        required=False,
        help_text=_("For todos that name none; without it, the inbox."),
    )

    def __init__(self, *args: Any, lists: Iterable[TodoList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            ("", _("Inbox")),
            *((str(one.uuid), one.name) for one in lists if not one.is_inbox),
        ]
        self.fields["list"].choices = choices  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Not larger than the project allows."""
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                gettext("The file has %(size)s bytes; at most %(most)s are taken.")
                % {
                    "size": formats.number_format(file.size),
                    "most": formats.number_format(settings.IMPORT_MAX_BYTES),
                }
            )
        return file


class RescheduleForm(forms.Form):
    """To which day."""

    date = WordsDateField(label=_("Date"), max_length=100)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["date"].viewer = viewer  # type: ignore[attr-defined]
