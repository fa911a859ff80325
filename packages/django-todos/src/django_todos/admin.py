"""The admin: where superusers see other people's lists, by the rules that hold for everybody."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.filters import EmptyFieldListFilter
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from django_todos.instants import now
from django_todos.models import (
    Action,
    ChangedMeanwhile,
    Completion,
    Departure,
    Label,
    LastOwner,
    Membership,
    Preferences,
    Role,
    Todo,
    TodoList,
    Verb,
    project_zone,
)
from django_todos.models.given import key_of
from django_todos.viewer import Viewer
from django_todos.wording.activity import told


def _ways(*ways: tuple[type[Model], Any, str, Model]) -> SafeString:
    """Links to the change lists of other models, each narrowed to one row by the filter of that name."""
    rows = (
        (reverse(f"admin:django_todos_{model._meta.model_name}_changelist"), name, row.pk, words)
        for model, words, name, row in ways
    )
    return format_html_join(" · ", '<a href="{}?{}={}">{}</a>', rows)


def _with_todos(todo_list: TodoList, count: int) -> str:
    said = ngettext("%(list)s, with %(count)d todo", "%(list)s, with %(count)d todos", count)
    return said % {"list": todo_list, "count": count}


class DepartureMixin(admin.ModelAdmin):
    """For the admin of a host's users: before accounts are deleted it is said what becomes of their lists and todos."""

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """With the true numbers, and who will own what others share."""
        names, counts, perms_needed, protected = super().get_deleted_objects(objs, request)
        departure = Departure.of(*objs)
        told = [_with_todos(one, count) for one, count in departure.going]
        told += [
            _("“%(list)s” stays; %(heir)s becomes its owner") % {"list": one, "heir": heir}
            for one, heir in departure.staying
            if heir is not None
        ]
        lost = {TodoList: len(departure.going), Todo: departure.todo_count}
        counts |= {str(model._meta.verbose_name_plural): count for model, count in lost.items()}
        return [*names, *told], counts, perms_needed, protected


class ChangesOnlyAdmin(admin.ModelAdmin):
    """Rows that others write at the same time: only what was changed in the form is saved."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come into being elsewhere: a person makes a list, a todo its labels, who chooses something preferences."""
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """The whole row would put back the counts that stood in it when it was read."""
        obj.save(update_fields=form.changed_data)


class MembershipFormSet(BaseInlineFormSet):
    """A list's people: an owner at least, and of an inbox nobody but whose it is."""

    def clean(self) -> None:
        """Said in the form; under the list's lock it is asked once more."""
        super().clean()
        rows = [one.cleaned_data for one in self.forms if one.is_valid() and one.cleaned_data]
        stay = [row for row in rows if not row.get("DELETE")]
        todo_list: TodoList = self.instance
        if todo_list.is_inbox and [row["user"].pk for row in stay] != [todo_list.inbox_of_id]:
            raise ValidationError(_("An inbox can't be shared."))
        has_owner = any(row["role"] == Role.OWNER for row in stay)
        if not has_owner and todo_list.object_type_id is None:
            raise ValidationError(_("A list has an owner."))


class MembershipInline(admin.TabularInline):
    """Who is in a list. Removing somebody here clears their assignments, as everywhere."""

    model = Membership
    formset = MembershipFormSet
    extra = 0
    fields = ("user", "role", "color")
    raw_id_fields = ("user",)


class TrashAdmin(admin.ModelAdmin):
    """What is deleted here goes to the trash, whose rules the models keep, and comes back from it."""

    show_full_result_count = False
    actions: tuple[str, ...] = ("restore",)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Moves it to the trash, so that counts stay true; the trash empties itself. The admin's own log says who."""
        obj.trash()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """The same for several."""
        for one in queryset:
            self.delete_model(request, one)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes along comes back with it, so it isn't listed, however much it is."""
        return [str(one) for one in objs], {}, set(), []

    @admin.action(description=_("Restore from the trash"), permissions=["delete"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Brings back what was deleted by itself; what went along comes with it."""
        for one in queryset.exclude(deleted_at=None):
            one.restore()


class _ByWay(admin.SimpleListFilter):
    """Narrows to what one row belongs to. It is chosen by a link, or in the address: a select of all would be endless."""

    model: type[Model]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The chosen one alone."""
        return [(pk, str(self._chosen(pk) or pk))] if (pk := self.value()) else []

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """All, where none is chosen; nothing, where it is none that there is."""
        if not (pk := self.value()):
            return queryset
        found = self._chosen(pk)
        return queryset.none() if found is None else self.narrowed(queryset, found)

    def _chosen(self, pk: str) -> Model | None:
        return self.model._default_manager.filter(pk=key_of(self.model, pk)).first()

    def narrowed(self, queryset: QuerySet[Any], chosen: Any) -> QuerySet[Any]:
        """What belongs to it."""
        raise NotImplementedError


class ListFilter(_ByWay):
    """Of one list."""

    title, parameter_name, model = _("list"), "list", TodoList

    def narrowed(self, queryset: QuerySet[Any], chosen: Any) -> QuerySet[Any]:
        """A todo's, or those in whose history an action stands."""
        return queryset.filter(**{"lists" if queryset.model is Action else "todo_list": chosen})


class TodoFilter(_ByWay):
    """The history of one todo."""

    title, parameter_name, model = _("todo"), "todo", Todo

    def narrowed(self, queryset: QuerySet[Any], chosen: Any) -> QuerySet[Any]:
        """In the list that it is in."""
        key = str(chosen.pk)
        return queryset.filter(lists=chosen.todo_list_id, changes__todos__has_key=key)


class PersonFilter(_ByWay):
    """Of one person."""

    title, parameter_name, model = _("person"), "person", get_user_model()
    lookup = "user"

    def narrowed(self, queryset: QuerySet[Any], chosen: Any) -> QuerySet[Any]:
        """What they did."""
        return queryset.filter(**{self.lookup: chosen})


class AssigneeFilter(PersonFilter):
    """Whom a todo is given to."""

    title, parameter_name, lookup = _("assignee"), "assignee", "assignee"


class MemberFilter(PersonFilter):
    """Who is in a list, or in the list of a todo."""

    title, parameter_name = _("member"), "member"

    def narrowed(self, queryset: QuerySet[Any], chosen: Any) -> QuerySet[Any]:
        """By their memberships."""
        mine = Membership.objects.filter(user=chosen.pk).values("todo_list")
        is_list = queryset.model is TodoList
        return queryset.filter(**{"pk__in" if is_list else "todo_list__in": mine})


class VerbFilter(admin.SimpleListFilter):
    """What was done."""

    title, parameter_name = _("what was done"), "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """The app's own verbs: to ask which occur would read every row."""
        return [*Verb.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Actions of that verb."""
        return queryset.filter(verb=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    """What a list is."""

    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Three kinds."""
        return [("list", _("List")), ("inbox", _("Inbox")), ("object", _("About an object"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of one kind."""
        kinds: dict[str, dict[str, Any]] = {
            "list": {"inbox_of": None, "object_type": None},
            "inbox": {"inbox_of__isnull": False},
            "object": {"object_type__isnull": False},
        }
        return queryset.filter(**kinds.get(self.value() or "", {}))


@admin.register(TodoList)
class TodoListAdmin(TrashAdmin, ChangesOnlyAdmin):
    """Lists and their members."""

    list_display = ("name", "inbox_of", "open_count", "archived_at", "deleted_at", "created_at")
    list_filter = (
        KindFilter,
        ("archived_at", EmptyFieldListFilter),
        ("deleted_at", EmptyFieldListFilter),
        MemberFilter,
    )
    fields = (
        "name",
        "description",
        "ways",
        "inbox_of",
        "object_type",
        "object_id",
        "open_count",
        "archived_at",
        "deleted_at",
        "created_at",
        "updated_at",
        "uuid",
    )
    readonly_fields = fields[2:]
    inlines = (MembershipInline,)
    actions = ("archive", "unarchive", "restore")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """By name, and by who is in it."""
        return ("name", f"memberships__user__{get_user_model().USERNAME_FIELD}")

    def get_queryset(self, request: HttpRequest) -> QuerySet[TodoList]:
        """The type of the object it is about with it."""
        return super().get_queryset(request).select_related("inbox_of", "object_type")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """An inbox goes with its owner."""
        is_inbox = isinstance(obj, TodoList) and obj.is_inbox
        return not is_inbox and super().has_delete_permission(request, obj)

    def delete_model(self, request: HttpRequest, obj: TodoList) -> None:
        """To the trash; an inbox among several stays where it is."""
        if not obj.is_inbox:
            obj.trash()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """In numbers what goes with the lists: to name each of 100,000 todos would say less."""
        names = [_with_todos(one, one.todos.count()) for one in objs]
        counts = {self.opts.verbose_name_plural: len(names)}
        return names, counts, set(), []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """As people change them: who goes leaves no assignment behind. New owners come before old ones go."""
        todo_list: TodoList = form.instance
        formset.save(commit=False)
        changed = [one for one, _fields in formset.changed_objects]
        try:
            for one in sorted(
                [*formset.new_objects, *changed], key=lambda one: one.role != Role.OWNER
            ):
                todo_list.add_member(one.user, one.role, color=one.color)
                todo_list.memberships.filter(user=one.user_id).update(color=one.color)
            for one in formset.deleted_objects:
                todo_list.remove_member(one.user)
        except (LastOwner, ChangedMeanwhile):  # somebody else was at it, too
            self.message_user(request, _("The members were changed meanwhile."), messages.ERROR)

    @admin.display(description=_("more"))
    def ways(self, todo_list: TodoList) -> SafeString:
        """To its todos, and to its history."""
        return _ways(
            (Todo, _("Todos"), "list", todo_list), (Action, _("History"), "list", todo_list)
        )

    @admin.action(description=_("Archive"))
    def archive(self, request: HttpRequest, queryset: QuerySet[TodoList]) -> None:
        """Puts lists aside; an inbox can't be."""
        for todo_list in queryset.filter(inbox_of=None, deleted_at=None):
            todo_list.archive()

    @admin.action(description=_("Bring back from the archive"))
    def unarchive(self, request: HttpRequest, queryset: QuerySet[TodoList]) -> None:
        """Brings archived lists back."""
        for todo_list in queryset.filter(inbox_of=None, deleted_at=None):
            todo_list.unarchive()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the app writes: their rules can't be kept by editing columns."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is changed here."""
        return False


class OverdueFilter(admin.SimpleListFilter):
    """What should have been done, as the project's own day is."""

    title = _("overdue")
    parameter_name = "overdue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """One choice beside all."""
        return [("1", _("Overdue"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Todo]) -> QuerySet[Todo]:
        """Open ones, due before now."""
        if self.value() != "1":
            return queryset
        overdue = Todo.objects.all().alive().open().overdue(now(), project_zone())
        return queryset.filter(pk__in=overdue.values("pk"))


@admin.register(Todo)
class TodoAdmin(TrashAdmin, ReadOnlyAdmin):
    """Todos, to look at, to move to the trash and to bring back."""

    list_display = ("title", "list_way", "assignee_way", "due_date", "is_completed", "deleted_at")
    list_filter = (
        "is_completed",
        OverdueFilter,
        ("assignee", EmptyFieldListFilter),
        ("deleted_at", EmptyFieldListFilter),
        ListFilter,
        AssigneeFilter,
        MemberFilter,
    )
    list_select_related = ("todo_list", "assignee")
    raw_id_fields = ("todo_list", "parent", "assignee", "deleted_top")
    fields = (
        "title",
        "notes",
        "ways",
        "assignee",
        "parent",
        "due_date",
        "due_time",
        "due_tz",
        "priority",
        "rrule",
        "is_completed",
        "completed_at",
        "deleted_at",
        "created_at",
        "updated_at",
        "uuid",
    )
    readonly_fields = ("ways",)

    @admin.display(description=_("list"), ordering="todo_list")
    def list_way(self, todo: Todo) -> SafeString:
        """Its list, as the way to what else is in it."""
        return _ways((Todo, todo.todo_list, "list", todo.todo_list))

    @admin.display(description=_("assignee"), ordering="assignee")
    def assignee_way(self, todo: Todo) -> SafeString | str:
        """Who is to do it, as the way to what else they are to do."""
        return _ways((Todo, todo.assignee, "assignee", todo.assignee)) if todo.assignee else "–"

    @admin.display(description=_("more"))
    def ways(self, todo: Todo) -> SafeString:
        """To its list, and to its history."""
        url = reverse("admin:django_todos_todolist_change", args=[todo.todo_list_id])
        home = format_html('<a href="{}">{}</a>', url, todo.todo_list)
        return format_html("{} · {}", home, _ways((Action, _("History"), "todo", todo)))

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """By title, list and assignee."""
        return ("title", "todo_list__name", f"assignee__{get_user_model().USERNAME_FIELD}")


class LabelForm(forms.ModelForm):
    """A label's name, unlike the others of its list."""

    def clean_name(self) -> str:
        """Two spellings of one word are one label."""
        name: str = self.cleaned_data["name"]
        others = self.instance.todo_list.labels.exclude(pk=self.instance.pk)
        if others.filter(key=Label.key_of(name)).exists():
            raise ValidationError(_("The list has this label already."))
        return name


@admin.register(Label)
class LabelAdmin(ChangesOnlyAdmin):
    """Labels and their colours."""

    list_display = ("name", "todo_list", "color")
    list_select_related = ("todo_list",)
    search_fields = ("name",)
    form = LabelForm
    fields = ("name", "color")


@admin.register(Action)
class ActionAdmin(ReadOnlyAdmin):
    """The history: who did what. It is read, and undone by nobody but who did it."""

    list_display = ("created_at", "user", "verb", "where", "undone_at")
    list_filter = (
        VerbFilter,
        ("undone_at", EmptyFieldListFilter),
        ListFilter,
        TodoFilter,
        PersonFilter,
    )
    list_select_related = ("user",)
    ordering = ("-pk",)
    fields = ("created_at", "user", "verb", "where", "what", "undone_at", "uuid")

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """By who did it."""
        return (f"user__{get_user_model().USERNAME_FIELD}",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Action]:
        """With the lists, of one page at once, and without what was changed, which may be large."""
        found = super().get_queryset(request).prefetch_related("lists")
        return found if request.resolver_match.url_name.endswith("change") else found.defer("changes")  # type: ignore[union-attr]

    def get_object(self, request: HttpRequest, *args: Any) -> Action | None:
        """It is told as whoever looks reads it."""
        action: Action | None = super().get_object(request, *args)
        if action is not None:
            who: Any = request.user
            action.viewer = Viewer.of(who, "")  # type: ignore[attr-defined]
        return action

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """It is forgotten by the worker, when nobody can undo it any more."""
        return False

    @admin.display(description=_("lists"))
    def where(self, action: Action) -> SafeString:
        """The lists that it touched, each as the way to their history."""
        return _ways(*((Action, one, "list", one) for one in action.lists.all()))

    @admin.display(description=_("what was done"))
    def what(self, action: Action) -> SafeString:
        """In the words of the pages."""
        viewer: Viewer = action.viewer  # type: ignore[attr-defined]
        lines = (line for one in action.lists.all() for line in told([action], viewer, one))
        return format_html_join(
            "", "<div>{}</div><div>{}</div>", ((one.text, one.note) for one in lines)
        )


@admin.register(Completion)
class CompletionAdmin(ReadOnlyAdmin):
    """The log of what was completed."""

    list_display = ("todo", "kind", "user", "at", "undone_at")
    list_filter = ("kind",)
    list_select_related = ("todo", "user")


@admin.register(Preferences)
class PreferencesAdmin(ChangesOnlyAdmin):
    """What people prefer."""

    list_display = ("user", "time_zone", "theme", "digest")
    list_select_related = ("user",)
    readonly_fields = ("ways",)
    fields = (
        "ways",
        "theme",
        "new_todos",
        "time_zone",
        "day_order",
        "hour_cycle",
        "week_start",
        "reminders",
        "reminder_hour",
        "digest",
        "digest_hour",
        "shortcuts",
        "hints",
    )

    def get_search_fields(self, request: HttpRequest) -> tuple[str, ...]:
        """By whose they are."""
        return (f"user__{get_user_model().USERNAME_FIELD}",)

    @admin.display(description=_("more"))
    def ways(self, preferences: Preferences) -> SafeString:
        """To the person's lists, to what they are to do, and to what they did."""
        user = preferences.user
        return _ways(
            (TodoList, _("Lists"), "member", user),
            (Todo, _("Assigned"), "assignee", user),
            (Action, _("History"), "person", user),
        )
