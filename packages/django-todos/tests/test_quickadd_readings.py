"""What real lines are read as: one table, and every difference at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from django_todos import quickadd
from django_todos.quickadd import Words
from django_todos.quickadd.languages import LANGUAGES

from .test_quickadd_dates import parse

TABLE = Path(__file__).with_name("quickadd_readings.tsv").read_text(encoding="utf-8")
ROWS = [row.split("\t") for row in TABLE.splitlines()[1:]]


# Read otherwise where French or Spanish is read too: 18h is a time there.
OTHERWISE = {"fr": ["Report at 18h"], "es": ["Report at 18h"]}


def read(line: str, words: Words = quickadd.ENGLISH) -> str:
    """The title, and the dates, the repeat and the priority that were read; ``=`` for nothing."""
    todo: quickadd.ParsedTodo = parse(line, words=words)
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


@pytest.mark.parametrize("code", LANGUAGES)
def test_english_is_read_the_same_beside_another_language(code: str) -> None:
    words = LANGUAGES[code]
    changed = [line for line, right in ROWS if read(line, words) != right]
    assert changed == OTHERWISE.get(code, [])
