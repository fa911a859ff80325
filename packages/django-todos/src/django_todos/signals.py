"""What a host project can listen to.

Each but the last is sent after the transaction has been committed, with ``sender`` (the model) and the keyword arguments
``todo`` or ``todo_list`` (as it is after the change), ``user`` (who did it, or None) and ``action`` (the `Action` that can
undo it, or None). Receivers that raise are logged by Django and stop nobody (``send_robust``).
"""

from __future__ import annotations

from django.dispatch import Signal

completed = Signal()
"""A todo, or one occurrence of a repeating todo, was completed."""

reopened = Signal()
"""A completed todo is open again, by reopening it or by undoing its completion."""

created = Signal()
"""A todo was added by a person or by an import."""

deleted = Signal()
"""A todo went to the trash."""

moved = Signal()
"""A todo changed its place: its list, its parent or its order."""

due_changed = Signal()
"""A todo is due at another time: an edit, a repeat that moved on, an undo."""

assigned = Signal()
"""A todo was given to somebody (``todo.assignee``), or to nobody any more."""

reminded = Signal()
"""Somebody (``user``) was sent the mail that reminds them of a todo. ``action`` is None."""

list_created = Signal()
"""A list was made; an inbox is made when its owner first needs it."""

list_changed = Signal()
"""A list was renamed, archived, brought back, or went to the trash."""

member_added = Signal()
"""Somebody (``member``) is in a list now: added, joined by an invitation, or back by an undo. Not who made the list."""

member_removed = Signal()
"""Somebody (``member``) is no longer in a list: taken out, gone, or out by an undo. Not whose account was deleted."""

worker_ran = Signal()
"""`todos_worker` has done all its jobs once; ``sender`` is the command. For what a host wants done as regularly."""
