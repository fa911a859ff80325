"""The tables: lists and their members, todos and their completions, actions, preferences, imports."""

from django_todos.models.actions import Action, ChangedMeanwhile, Conflict, Recording, recording
from django_todos.models.imports import ImportDraft, ImportedFrom
from django_todos.models.invariants import invariants
from django_todos.models.lists import GAP, Color, Label, Membership, Role, TodoList
from django_todos.models.people import Preferences, Theme, hand_over, project_zone
from django_todos.models.reminders import Delivery, Reminder
from django_todos.models.todo_fields import (
    BUCKETS,
    MAX_DEPTH,
    MAX_NOTES,
    MAX_TITLE,
    RepeatMode,
    anchor_columns,
    due_columns,
    priority_bucket,
    start_columns,
)
from django_todos.models.todo_tree import NotAllowedHere
from django_todos.models.todos import Completion, Todo

__all__ = [
    "BUCKETS",
    "GAP",
    "MAX_DEPTH",
    "MAX_NOTES",
    "MAX_TITLE",
    "Action",
    "ChangedMeanwhile",
    "Color",
    "Completion",
    "Conflict",
    "Delivery",
    "ImportDraft",
    "ImportedFrom",
    "Label",
    "Membership",
    "NotAllowedHere",
    "Preferences",
    "Recording",
    "Reminder",
    "RepeatMode",
    "Role",
    "Theme",
    "Todo",
    "TodoList",
    "anchor_columns",
    "due_columns",
    "hand_over",
    "invariants",
    "priority_bucket",
    "project_zone",
    "recording",
    "start_columns",
]
