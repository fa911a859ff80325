"""The tables: lists and their members, todos and their completions, actions, preferences, imports."""

from django_todos.models.columns import (
    BUCKETS,
    PRIORITY_CHOICES,
    due_columns,
    priority_bucket,
    repeat_columns,
    slot_columns,
    start_columns,
)
from django_todos.models.departures import Departure, let_go_of_objects
from django_todos.models.feeds import Feed
from django_todos.models.history import Action, Completion, ListAction, Verb
from django_todos.models.imports import ImportDraft, ImportedFrom, ImportPart
from django_todos.models.invariants import invariants
from django_todos.models.invitations import Invitation, TooManyInvitations
from django_todos.models.lists import Label, TodoList, color_for
from django_todos.models.members import GAP, Color, Membership, Pin, Role
from django_todos.models.notices import Notice
from django_todos.models.places import NotAllowedHere, Side
from django_todos.models.preferences import (
    DayOrder,
    HourCycle,
    NewTodos,
    Preferences,
    Tell,
    project_zone,
)
from django_todos.models.querysets import TodoListQuerySet, WrittenPast
from django_todos.models.reminders import Delivery, Reminder
from django_todos.models.sharing import LastOwner, ask_owners, last_position, undo_people
from django_todos.models.todos import RepeatMode, Todo
from django_todos.models.writer import ChangedMeanwhile, Conflict, Recording, recording

__all__ = [
    "BUCKETS",
    "GAP",
    "PRIORITY_CHOICES",
    "Action",
    "ChangedMeanwhile",
    "Color",
    "Completion",
    "Conflict",
    "DayOrder",
    "Departure",
    "Delivery",
    "Feed",
    "HourCycle",
    "ImportDraft",
    "ImportPart",
    "ImportedFrom",
    "Invitation",
    "Label",
    "LastOwner",
    "ListAction",
    "Membership",
    "NewTodos",
    "NotAllowedHere",
    "Notice",
    "Pin",
    "Preferences",
    "Recording",
    "Reminder",
    "RepeatMode",
    "Role",
    "Side",
    "Tell",
    "Todo",
    "TodoList",
    "TodoListQuerySet",
    "TooManyInvitations",
    "Verb",
    "WrittenPast",
    "ask_owners",
    "color_for",
    "due_columns",
    "invariants",
    "last_position",
    "let_go_of_objects",
    "priority_bucket",
    "project_zone",
    "recording",
    "repeat_columns",
    "slot_columns",
    "start_columns",
    "undo_people",
]
