"""For strain.py, in a process of its own with the site's settings: make people, hold locks, look at what is there."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

SITE = Path(__file__).resolve().parent.parent / "site"
PASSWORD = "strain-test-harbour-9"  # nosec B105
LISTS = 3


def prepare() -> Any:
    """People with one password, and lists that all of them may edit."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User

    from django_todos.models import Role, TodoList

    password = make_password(PASSWORD)
    people = [
        User(username=f"person{number}", password=password)
        for number in range(int(sys.stdin.read()))
    ]
    for one in people:
        one.save()
    lists = [TodoList.objects.create_for(people[0], f"List {number}") for number in range(LISTS)]
    for todo_list in lists:
        for one in people[1:]:
            todo_list.add_member(one, Role.EDITOR)
    return {"people": [one.username for one in people], "lists": [str(one.uuid) for one in lists]}


def look() -> Any:
    """What was acknowledged and is not so, and every broken rule."""
    from django_todos.models import Todo, TodoList, invariants

    known = json.load(sys.stdin)
    there = {
        str(todo.uuid): todo
        for todo in Todo.objects.filter(uuid__in=known["todos"]).select_related("todo_list")
    }
    titles = Counter(
        Todo.objects.filter(title__in=known["titles"]).values_list("title", flat=True)
    )
    lost = [f"{title}: {titles[title]} times" for title in known["titles"] if titles[title] != 1]
    for uuid, expected in known["todos"].items():
        if (todo := there.get(uuid)) is None:
            lost.append(f"{expected['title']} is not there")
        elif not expected["unsure"]:
            is_so = {
                "title": todo.title,
                "list": str(todo.todo_list.uuid),
                "done": todo.is_completed,
                "trashed": todo.deleted_at is not None,
            }
            if expected["occurrence"] is not None:
                is_so["occurrence"] = todo.occurrence
            lost += [
                f"{todo.title}: {name} is {value!r}, acknowledged {expected[name]!r}"
                for name, value in is_so.items()
                if expected[name] != value
            ]
    broken = [fault for one in TodoList.objects.all() for fault in invariants(one)]
    return {"lost": lost, "broken": broken}


def hold() -> Any:
    """Keep the lists' locks until the input ends."""
    from django.db import transaction

    from django_todos.models import TodoList

    with transaction.atomic():
        TodoList.objects.lock(set(TodoList.objects.values_list("pk", flat=True)))
        print("held", flush=True)
        sys.stdin.read()
    return {}


if __name__ == "__main__":
    import django

    sys.path.insert(0, str(SITE))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    print(json.dumps({"prepare": prepare, "look": look, "hold": hold}[sys.argv[1]]()))
