"""What a host project can listen to.

Each is sent after the transaction has been committed, with ``sender=Todo`` and the keyword arguments ``todo`` (as it
is after the change), ``user`` (who did it, or None) and ``action`` (the `Action` that can undo it, or None). Receivers
that raise are logged by Django and stop nobody (``send_robust``).
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
