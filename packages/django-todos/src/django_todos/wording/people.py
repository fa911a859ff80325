"""What people are called. Any user model will do."""

from __future__ import annotations

import re
from typing import Any

from django_todos.conf import settings


def display_name(user: Any) -> str:
    """As the host says (``TODOS_USER_DISPLAY``), else the full name, else the user name; nothing for nobody."""
    return settings.USER_DISPLAY(user) if user else ""


def initials(user: Any) -> str:
    """Two letters for the round mark: first and last name, else the first two of the only one."""
    words = re.findall(r"\w+", display_name(user))
    if not words:
        return ""
    return words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]
