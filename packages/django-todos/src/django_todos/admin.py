"""The admin: where superusers see other people's lists, and their members."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from django_todos.instants import now
from django_todos.models import (
    ChangedMeanwhile,
    Completion,
    Label,
    LastOwner,
    Membership,
    Preferences,
    Role,
    Todo,
    TodoList,
)


class ChangesOnlyAdmin(admin.ModelAdmin):
    """Rows that others write at the same time: only what was changed in the form is saved."""

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """The whole row would put back the counts that stood in it when it was read."""
        obj.save(update_fields=form.changed_data if change else None)


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


class ListChangeForm(forms.ModelForm):
    """A list's own columns."""

    def clean(self) -> dict[str, Any]:
        """An inbox stays where it is: the constraint would say so with an error 500."""
        cleaned = super().clean() or {}
        for name in ("archived_at", "deleted_at"):
            if self.instance.is_inbox and cleaned.get(name):
                self.add_error(name, _("An inbox can't be archived or deleted."))
        return cleaned


@admin.register(TodoList)
class TodoListAdmin(ChangesOnlyAdmin):
    """Lists and their members."""

    form = ListChangeForm
    list_display = ("name", "open_count", "archived_at", "deleted_at", "created_at")
    list_filter = ("archived_at", "deleted_at")
    search_fields = ("name",)
    readonly_fields = (
        "uuid",
        "inbox_of",
        "object_type",
        "object_id",
        "open_count",
        "created_at",
        "updated_at",
    )
    inlines = (MembershipInline,)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """In numbers what goes with the lists: to name each of 100,000 todos would say less."""
        names = [
            _("%(name)s, with %(count)d todos") % {"name": one.name, "count": one.todos.count()}
            for one in objs
        ]
        counts = {self.opts.verbose_name_plural: len(names)}
        return names, counts, set(), []

    def delete_model(self, request: HttpRequest, obj: TodoList) -> None:
        """Under its lock, and in batches."""
        obj.purge()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[TodoList]) -> None:
        """The same for several."""
        TodoList.objects.filter(pk__in=queryset).purge()

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


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the app writes: their rules can't be kept by editing columns."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nothing is added here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing is changed here."""
        return False


@admin.register(Todo)
class TodoAdmin(ReadOnlyAdmin):
    """Todos, to look at and to move to the trash."""

    list_display = ("title", "todo_list", "due_date", "is_completed", "deleted_at")
    list_filter = ("is_completed", "deleted_at")
    search_fields = ("title",)
    list_select_related = ("todo_list",)

    def delete_model(self, request: HttpRequest, obj: Todo) -> None:
        """Moves it to the trash, so that counts stay true; the trash empties itself. The admin's own log says who."""
        obj.trash(by=None, at=now())

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Todo]) -> None:
        """The same for several."""
        for todo in queryset:
            todo.trash(by=None, at=now())


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
    search_fields = ("name",)
    form = LabelForm
    fields = ("name", "color")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Labels are made by todos that carry them."""
        return False


@admin.register(Completion)
class CompletionAdmin(ReadOnlyAdmin):
    """The log of what was completed."""

    list_display = ("todo", "kind", "user", "at", "undone_at")
    list_filter = ("kind",)
    date_hierarchy = "at"


@admin.register(Preferences)
class PreferencesAdmin(ChangesOnlyAdmin):
    """What people prefer."""

    list_display = ("user", "time_zone", "theme", "digest")
    fields = (
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

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They come into being when somebody prefers something."""
        return False
