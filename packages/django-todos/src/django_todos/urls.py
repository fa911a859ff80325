"""Every URL of the app, under the namespace ``django_todos``. A name is ``<thing>-<role>``; views across lists are one word."""

from __future__ import annotations

from django.urls import path

from django_todos.views import (
    dates,
    days,
    exchange,
    lists,
    preferences,
    search,
    todos,
    trash,
)

app_name = "django_todos"

urlpatterns = [
    path("", days.today, name="today"),
    path("upcoming/", days.upcoming, name="upcoming"),
    path("overdue/reschedule/", days.overdue_reschedule, name="overdue-reschedule"),
    path("dates/", dates.date_picker, name="date-picker"),
    path("completed/", days.completed, name="completed"),
    path("inbox/", lists.inbox, name="inbox"),
    path("assigned/", search.assigned, name="assigned"),
    path("search/", search.search, name="search"),
    path("labels/<path:name>/", search.label_detail, name="label-detail"),
    path("lists/", lists.list_index, name="list-index"),
    path("lists/new/", lists.list_create, name="list-create"),
    path("lists/<uuid:uuid>/", lists.list_detail, name="list-detail"),
    path("lists/<uuid:uuid>/completed/", lists.list_completed, name="list-completed"),
    path("lists/<uuid:uuid>/edit/", lists.list_edit, name="list-edit"),
    path("lists/<uuid:uuid>/move/", lists.list_move, name="list-move"),
    path("lists/<uuid:uuid>/archive/", lists.list_archive, name="list-archive"),
    path("lists/<uuid:uuid>/unarchive/", lists.list_unarchive, name="list-unarchive"),
    path("lists/<uuid:uuid>/delete/", trash.list_delete, name="list-delete"),
    path("lists/<uuid:uuid>/restore/", trash.list_restore, name="list-restore"),
    path("lists/<uuid:uuid>/purge/", trash.list_purge, name="list-purge"),
    path("todos/new/", todos.todo_create, name="todo-create"),
    path("todos/preview/", todos.todo_preview, name="todo-preview"),
    path("todos/bulk/", todos.todo_bulk, name="todo-bulk"),
    path("todos/<uuid:uuid>/", todos.todo_detail, name="todo-detail"),
    path("todos/<uuid:uuid>/subtasks/", todos.todo_subtasks, name="todo-subtasks"),
    path("todos/<uuid:uuid>/complete/", todos.todo_complete, name="todo-complete"),
    path("todos/<uuid:uuid>/reopen/", todos.todo_reopen, name="todo-reopen"),
    path("todos/<uuid:uuid>/repeat/", todos.todo_repeat, name="todo-repeat"),
    path("todos/<uuid:uuid>/skip/", todos.todo_skip, name="todo-skip"),
    path("todos/<uuid:uuid>/duplicate/", todos.todo_duplicate, name="todo-duplicate"),
    path("todos/<uuid:uuid>/set/", todos.todo_set, name="todo-set"),
    path("todos/<uuid:uuid>/move/", todos.todo_move, name="todo-move"),
    path("todos/<uuid:uuid>/delete/", trash.todo_delete, name="todo-delete"),
    path("todos/<uuid:uuid>/restore/", trash.todo_restore, name="todo-restore"),
    path("todos/<uuid:uuid>/purge/", trash.todo_purge, name="todo-purge"),
    path("todos/<uuid:uuid>/remind/", todos.reminder_create, name="reminder-create"),
    path("reminders/<uuid:uuid>/delete/", todos.reminder_delete, name="reminder-delete"),
    path("unsubscribe/<str:token>/", preferences.unsubscribe, name="unsubscribe"),
    path("trash/", trash.trash, name="trash"),
    path("trash/empty/", trash.trash_empty, name="trash-empty"),
    path("actions/<uuid:uuid>/undo/", todos.action_undo, name="action-undo"),
    path("actions/<uuid:uuid>/plain/", todos.action_plain, name="action-plain"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/time-zone/", preferences.time_zone, name="time-zone"),
    path("import/", exchange.import_upload, name="import"),
    path("import/<uuid:uuid>/", exchange.import_draft, name="import-draft"),
    path("export/", exchange.export, name="export"),
    path("keyboard/", preferences.keyboard, name="keyboard"),
]
