"""The commands: what they print, what they refuse, and that equal databases dump equal."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import serializers
from django.core.management import CommandError, call_command

from django_todos.management.commands._demo import demo_lists
from django_todos.management.commands._dump import _columns, dump_all
from django_todos.models import Completion, ImportDraft, Todo, TodoList, invariants
from django_todos.repeats.occurrences import first_occurrence

from .samples import BERLIN

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 11, 23)


@pytest.fixture
def alice() -> Any:
    return get_user_model().objects.create_user("alice")


def run(name: str, *arguments: str, **options: Any) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command(name, *arguments, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "todo.txt"
    path.write_text("Milk +Shop\nx Tea\nRenew due:2026-02-31\n", encoding="utf-8")
    return path


# -- todos_import


def test_import(alice: Any, file: Path) -> None:
    out, err = run("todos_import", str(file), "--user", "alice")
    assert (
        out.splitlines()[-1] == "Added 2 (1 with a change), changed 0; 0 already here; 1 left out."
    )
    assert "line 2: Tea: It is completed without a date" in out
    assert "line 3: The date 2026-02-31 does not exist." in err
    out, err = run("todos_import", str(file), "--user", "alice", "--accept", verbosity=2)
    assert "Added 1 (0 with a change), changed 0; 2 already here; 0 left out." in out
    assert "line 1: Milk: imported on" in out and "→ Import it without a date" in err


def test_import_only_says(alice: Any, file: Path) -> None:
    out, _err = run("todos_import", str(file), "--user", "alice", "--dry-run", verbosity=2)
    assert "Would add 2 (1 with a change), change 0; 0 already here; 1 can’t be read." in out
    assert "line 1: Milk: add to Shop" in out
    assert not Todo.objects.exists()


def test_import_strictly(alice: Any, file: Path) -> None:
    with pytest.raises(CommandError, match="Nothing was imported: 1"):
        run("todos_import", str(file), "--user", "alice", "--strict")
    assert not Todo.objects.exists()


def test_import_from_standard_input_into_a_list(alice: Any, monkeypatch: Any) -> None:
    todo_list = TodoList.objects.create_for(alice, name="Flat")

    class Stdin:
        buffer = io.BytesIO("Ünïcode".encode("latin-1"))

    monkeypatch.setattr(sys, "stdin", Stdin)
    options = ("--list", "flat", "--format", "todotxt", "--time-zone", "Europe/Berlin")
    _out, err = run("todos_import", "-", "--user", "alice", *options)
    assert todo_list.todos.get().title == "Ünïcode" and "Windows-1252" in err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--user", "zoe"), "There is no user “zoe”"),
        (("--user", "alice", "--list", "None"), "There is no list “None”"),
        (("--user", "alice", "--list", "Twice"), "There are 2 lists “Twice”"),
        (
            ("--user", "alice", "--list", "6f9619ff-8b86-d011-b42d-00cf4fc964ff"),
            "There is no list",
        ),
        (("--user", "alice", "--time-zone", "Mars"), "“Mars” is not a time zone"),
    ],
)
def test_import_refuses(alice: Any, file: Path, options: tuple[str, ...], said: str) -> None:
    for _number in range(2):
        TodoList.objects.create_for(alice, name="Twice")
    with pytest.raises(CommandError, match=said):
        run("todos_import", str(file), *options)


def test_import_of_bad_files(alice: Any, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        run("todos_import", str(tmp_path / "none"), "--user", "alice")
    with pytest.raises(CommandError, match="Is a directory"):
        run("todos_import", str(tmp_path), "--user", "alice")
    bad = tmp_path / "bad.json"
    bad.write_text('[\n{"description": "a"},\n{oops')
    with pytest.raises(CommandError, match=r"bad\.json, line 3: The file is not JSON"):
        run("todos_import", str(bad), "--user", "alice")
    bad.write_text('{"format": "django-todos", "version": 9}')
    with pytest.raises(CommandError, match=r"bad\.json: The file has version 9"):
        run("todos_import", str(bad), "--user", "alice")


# -- todos_export


def test_export(alice: Any, file: Path, tmp_path: Path) -> None:
    run("todos_import", str(file), "--user", "alice")
    out, _err = run("todos_export", "--user", "alice")
    assert [one["name"] for one in json.loads(out)["lists"]] == ["Inbox", "Shop"]
    Todo.objects.filter(title="Milk").update(notes="full")
    target = tmp_path / "out.txt"
    options = ("--format", "todotxt", "--list", "shop", "--output", str(target))
    out, err = run("todos_export", "--user", "alice", *options)
    assert target.read_text().endswith("Milk +Shop\n") and out == ""
    assert "Notes are not in the file. (1)\n" in err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_export_keeps_the_old_file_when_it_fails(
    alice: Any, tmp_path: Path, monkeypatch: Any
) -> None:
    target = tmp_path / "out"
    target.write_text("old")
    with pytest.raises(CommandError, match="No such file"):
        run("todos_export", "--all", "--output", str(tmp_path / "no" / "out"))

    def fail() -> Any:
        yield "new"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("django_todos.management.commands.todos_export.dump_all", fail)
    with pytest.raises(CommandError, match="No space left"):
        run("todos_export", "--all", "--output", str(target))
    assert target.read_text() == "old" and len(list(tmp_path.iterdir())) == 1


def test_export_writes_to_pipes_and_never_replaces_them(alice: Any, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        run("todos_export", "--user", "alice", "--output", str(pipe))
        assert json.loads(os.read(reader, 10_000))["lists"] == []
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    with pytest.raises(CommandError, match="Is a directory"):
        run("todos_export", "--user", "alice", "--output", str(tmp_path))


def test_export_refuses(alice: Any) -> None:
    with pytest.raises(CommandError):
        run("todos_export")
    with pytest.raises(CommandError, match="neither"):
        run("todos_export", "--all", "--format", "todotxt")
    with pytest.raises(CommandError, match="There is no user"):
        run("todos_export", "--user", "zoe")


def test_a_dump_survives_a_restore() -> None:
    run("todos_demo", "--today", "2026-11-23", "--password", "x")
    before = list(dump_all())
    kinds = {json.loads(line)["model"] for line in before}
    assert {"todo", "todolist", "membership", "label", "todo_labels", "completion"} <= kinds
    models = [TodoList, Todo, Completion]
    saved = [serializers.serialize("python", model.objects.all()) for model in models]
    Todo.objects.update(due_at=None, due_tz="", title="x")
    assert list(dump_all()) != before
    for rows in saved:
        for row in serializers.deserialize("python", rows):
            row.save()
    assert list(dump_all()) == before
    out, _err = run("todos_export", "--all")
    assert out == "".join(before)


def test_a_dump_names_rows_by_what_every_database_shares(alice: Any) -> None:
    ImportDraft.objects.create(user=alice, format="json", content=b"\x00\xff")
    (line,) = dump_all()
    assert json.loads(line)["content"] == "AP8=" and json.loads(line)["user__username"] == "alice"
    # A model of the host's without a public identity: its key is all there is.
    groups = get_user_model().groups.through._meta.get_field("group")
    assert _columns(groups) == ["group_id"]


# -- todos_demo


def test_demo() -> None:
    out, _err = run("todos_demo", "--today", "2026-11-23", "--time-zone", "Europe/Berlin")
    alice = get_user_model().objects.get(username="alice")
    password = out.split("Password:")[1].split()[0]
    assert alice.check_password(password)
    names = set(TodoList.objects.visible_to(alice).values_list("name", flat=True))
    assert {"Inbox", "Flat", "Harbour relaunch", "Lisbon in spring", "Garden", "Reading"} < names
    for todo_list in TodoList.objects.all():
        assert invariants(todo_list) == []
    todos = Todo.objects.all()
    assert todos.count() > 200 and todos.filter(is_completed=True).count() > 150
    assert todos.exclude(rrule="").count() >= 10
    assert todos.exclude(assignee=None).count() >= 8
    assert todos.filter(depth=2).exists() and todos.exclude(deleted_at=None).exists()
    assert {todo.due.case for todo in todos.filter(due_date__lt=DAY)} >= {"date", "floating"}


def test_demo_repeats_fall_on_their_rules() -> None:
    for _list, todos in demo_lists(DAY, BERLIN):
        for todo in todos:
            if todo.repeat:
                slots = [done.due for done in todo.completions] + [todo.due]
                rule = todo.repeat.rrule
                assert [first_occurrence(rule, slot) for slot in slots] == slots, todo.title


def test_demo_is_the_same_for_a_day_and_a_seed() -> None:
    assert demo_lists(DAY, BERLIN) == demo_lists(DAY, BERLIN)
    assert demo_lists(DAY, BERLIN) != demo_lists(DAY, BERLIN, seed=2)


@pytest.mark.parametrize("day", ["2024-02-29", "2026-03-29"])
def test_demo_on_odd_days(day: str) -> None:
    run("todos_demo", "--today", day)
    for todo_list in TodoList.objects.all():
        assert invariants(todo_list) == []


def test_demo_refuses_to_run_twice() -> None:
    run("todos_demo", "--today", "2026-11-23")
    number = Todo.objects.count()
    with pytest.raises(CommandError, match="has todos already"):
        run("todos_demo", "--today", "2026-11-23")
    out, _err = run("todos_demo", "--today", "2026-11-24", "--again", "--seed", "5")
    assert "unchanged" in out and Todo.objects.count() > number
    assert TodoList.objects.filter(name="Flat").count() == 1


def test_demo_makes_companions_of_nobody_it_does_not_know() -> None:
    users = get_user_model().objects
    users.create_user("bob", email="bob@real.example")
    run("todos_demo", "--user", "demo", "--today", "2026-11-23")
    assert users.filter(username="demo-bob").exists()
    assert not TodoList.objects.visible_to(users.get(username="bob")).exists()
