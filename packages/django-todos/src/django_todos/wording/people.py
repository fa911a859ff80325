"""What people are called. Any user model will do."""

from __future__ import annotations

import re
from typing import Any


def display_name(user: Any) -> str:
    """The full name, else the user name; nothing for nobody."""
    if not user:
        return ""
    full = user.get_full_name() if hasattr(user, "get_full_name") else ""
    return str(full or user.get_username()).strip()


def initials(user: Any) -> str:
    """Two letters for the round mark: first and last name, else the first two of the only one."""
    words = re.findall(r"\w+", display_name(user))
    if not words:
        return ""
    return words[0][0] + words[-1][0] if len(words) > 1 else words[0][:2]
