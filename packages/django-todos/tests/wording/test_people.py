"""What people are called, whatever the host's user model knows."""

from __future__ import annotations

from typing import Any

import pytest

from django_todos.wording import people


class Person:
    """A user model of a host: it need not know full names."""

    def __init__(self, username: str, full: str | None = None) -> None:
        self.username = username
        if full is not None:
            self.get_full_name = lambda: full

    def get_username(self) -> str:
        return self.username


@pytest.mark.parametrize(
    ("user", "name", "initials"),
    [
        (None, "", ""),
        (Person("alice", "Alice Moreau"), "Alice Moreau", "AM"),
        (Person("bob", ""), "bob", "bo"),
        (Person("carla"), "carla", "ca"),
        (Person("x", "Jean Marie de Boer"), "Jean Marie de Boer", "JB"),
        (Person("--"), "--", ""),
    ],
)
def test_people(user: Any, name: str, initials: str) -> None:
    assert (people.display_name(user), people.initials(user)) == (name, initials)
