"""Each example on the manual's page is read as the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from django_todos import quickadd
from django_todos.quickadd.languages import words_for

from .test_quickadd_dates import parse, shown

DOCS = Path(__file__).parent.parent / "docs"
PAGE = (DOCS / "quickadd.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(.+?)` \| (.*?) \| ?(.*?) ?\|$", re.MULTILINE)
ROWS = ROW.findall(PAGE)
SPOKEN = re.findall(
    r"^\| (\w\w) (\| `.+)$", (DOCS / "languages.md").read_text(encoding="utf-8"), re.MULTILINE
)


def described(todo: quickadd.ParsedTodo) -> str:
    said = [f"label {label}" for label in todo.labels]
    for name, value in (
        ("assignee", todo.assignee),
        ("list", todo.list),
        ("priority", todo.priority),
        ("notes", todo.notes),
        ("start", shown(todo.start)),
        ("due", shown(todo.due)),
    ):
        if value:
            said.append(f"{name} {value}")
    if todo.repeat:
        mode = " from completion" if todo.repeat.mode == "completion" else ""
        said.append(f"repeat {todo.repeat.rrule}{mode}")
    return " · ".join(said)


def test_the_page_has_examples() -> None:
    assert len(ROWS) == PAGE.count("\n| `") >= 80


@pytest.mark.parametrize(("text", "title", "read"), ROWS)
def test_documented(text: str, title: str, read: str) -> None:
    todo = parse(text)
    assert (todo.title, described(todo)) == (title, read)


@pytest.mark.parametrize(("code", "row"), SPOKEN)
def test_documented_in_another_language(code: str, row: str) -> None:
    [(text, title, read)] = ROW.findall(row)
    todo = parse(text, words=words_for(code))
    assert (todo.title, described(todo)) == (title, read)


def test_the_promised_line() -> None:
    line = next(row for row in PAGE.splitlines() if row.startswith("    Pay rent"))
    assert described(parse(line)) == (
        "label home · assignee sam · list Flat · priority 1 · notes ask about the meter"
        " · due 2026-11-24 09:00 · repeat FREQ=MONTHLY"
    )
