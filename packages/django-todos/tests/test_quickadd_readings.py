"""What real lines are read as: one table, and every difference at once."""

from __future__ import annotations

from pathlib import Path

from django_todos import quickadd

from .test_quickadd_dates import parse

TABLE = Path(__file__).with_name("quickadd_readings.tsv").read_text(encoding="utf-8")
ROWS = [row.split("\t") for row in TABLE.splitlines()[1:]]


def read(line: str) -> str:
    """The title, and the dates, the repeat and the priority that were read; ``=`` for nothing."""
    todo: quickadd.ParsedTodo = parse(line)
    said = [todo.title]
    said += [f"{kind} {moment}" for kind in ("due", "start") if (moment := getattr(todo, kind))]
    if todo.repeat:
        said.append(("every " if todo.repeat.mode == "due" else "every! ") + todo.repeat.rrule)
    if todo.priority:
        said.append(f"!{todo.priority}")
    return "=" if said == [line] else " | ".join(said)


def test_real_lines() -> None:
    wrong = {line: (found, right) for line, right in ROWS if (found := read(line)) != right}
    assert wrong == {}
    assert len(ROWS) == len({line for line, _right in ROWS}) > 400
