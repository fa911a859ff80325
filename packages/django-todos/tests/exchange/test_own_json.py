"""Our own format: everything comes back, and every way a file can be wrong has a sentence."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_todos.dates import Moment
from django_todos.exchange.formats.own_json import parse as parse_file
from django_todos.exchange.formats.own_json import write
from django_todos.exchange.records import (
    CompletionRecord,
    LabelRecord,
    ListRecord,
    Losses,
    ParseResult,
    Reading,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
)

from .samples import todos

UTC = ZoneInfo("UTC")
AT = dt.datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=dt.UTC)
DAY = Moment(dt.date(2026, 11, 22))

FULL_LIST = ListRecord(
    key="l1",
    name="Flat",
    description="two\nlines",
    color="green",
    labels=(LabelRecord("home", "red"), LabelRecord("unused", "blue")),
    archived_at=AT,
    created_at=AT,
)
FULL = TodoRecord(
    key="t1",
    title="Pay “rent” 日本",
    line=3,
    notes="a\n\n- b",
    priority=3,
    due=Moment(dt.date(2026, 12, 1), dt.time(9), "Europe/Berlin"),
    start=Moment(dt.date(2026, 11, 30), dt.time(8, 30)),
    labels=("home",),
    list_key="l1",
    assignee="bob",
    is_completed=True,
    completed_at=AT,
    completions=(
        CompletionRecord(AT, "skipped", "0", DAY),
        CompletionRecord(AT, "completed", "", DAY, undone_at=AT),
        CompletionRecord(AT, "completed", "1"),
    ),
    reminders=(ReminderRecord(0), ReminderRecord(30), ReminderRecord(at=AT)),
    repeat=RepeatRecord("FREQ=MONTHLY;COUNT=2", "completion", DAY, Moment(dt.date(2026, 1, 2)), 1),
    occurrence=2,
    created_at=AT,
    extra={"taskwarrior": {"depends": ["x"]}},
)
CHILD = TodoRecord(
    "t2", "Child", line=4, list_key="l1", parent_key="t1", deleted_at=AT, deleted_with="t9"
)


def text_of(*groups: tuple[ListRecord, list[TodoRecord]]) -> str:
    return "".join(write(groups, UTC, Losses()))


def parse(text: str) -> ParseResult:
    return parse_file(text, Reading(UTC, AT))


def document(*rows: Any, **values: Any) -> str:
    entry = {"uuid": "l1", "name": "Flat", "todos": list(rows)}
    return json.dumps({"format": "django-todos", "version": 1, "lists": [entry]} | values)


def test_everything_comes_back() -> None:
    result = parse(text_of((FULL_LIST, [FULL, CHILD]), (ListRecord("l2", "Empty"), [])))
    assert result.lists == (FULL_LIST, ListRecord("l2", "Empty"))
    assert result.records == (FULL, CHILD)
    assert not (result.problems or result.notes or result.error)


def test_one_todo_a_line_and_no_empty_values() -> None:
    text = text_of((ListRecord("l1", "Flat"), [TodoRecord("t1", "Milk"), TodoRecord("t2", "Tea")]))
    assert text.split("\n")[1:4] == [
        '{"uuid": "l1", "name": "Flat", "todos": [',
        '  {"uuid": "t1", "title": "Milk"},',
        '  {"uuid": "t2", "title": "Tea"}]}',
    ]


@given(todos("t1"))
def test_any_todo_comes_back(todo: TodoRecord) -> None:
    result = parse(text_of((ListRecord("l1", "Flat"), [todo])))
    (back,) = result.records
    again = parse(text_of((ListRecord("l1", "Flat"), [back])))
    assert again.records == result.records
    for field in ("title", "notes", "priority", "due", "start", "labels", "repeat", "created_at"):
        assert getattr(back, field) == getattr(todo, field), field


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1, column 1"),
        ("{", "line 1"),
        ("[]", "not an export"),
        ('{"format": "django-todos"}', "version None"),
        ('{"format": "django-todos", "version": 2, "lists": []}', "version 2"),
        ('{"format": "django-todos", "version": 1}', "no lists"),
        ("[" * 100_000, "not JSON"),
        ('{"a": ' + "1" * 5000 + "}", "not JSON"),
    ],
)
def test_a_file_that_is_none(text: str, said: str) -> None:
    result = parse(text)
    assert said in result.error
    assert not result.records and not result.lists


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("words", "not a JSON object"),
        ({"title": "a"}, "“uuid” is missing"),
        ({"uuid": "t"}, "“title” is missing"),
        ({"uuid": "t", "title": "  "}, "“title” is missing"),
        ({"uuid": "t", "title": 5}, "“title” is of the wrong type"),
        ({"uuid": "t", "title": "a", "priority": 10}, "between 0 and 9"),
        ({"uuid": "t", "title": "a", "priority": True}, "wrong type"),
        ({"uuid": "t", "title": "a", "due": "2026-02-31"}, "“2026-02-31” is not a date"),
        ({"uuid": "t", "title": "a", "due": "2026-01-01T09:00[Mars]"}, "is not a date"),
        ({"uuid": "t", "title": "a", "created_at": "2026-01-01T00:00:00"}, "is not a date"),
        ({"uuid": "t", "title": "a", "labels": [1]}, "something else than text"),
        ({"uuid": "t", "title": "a", "repeat": {"mode": "due"}}, "“rrule” is missing"),
        ({"uuid": "t", "title": "a", "repeat": {"rrule": "x", "mode": "y"}}, "neither"),
        ({"uuid": "t", "title": "a", "reminders": [{"before": 86401}]}, "between 0 and 86400"),
        ({"uuid": "t", "title": "a", "completions": [{}]}, "A completion"),
        ({"uuid": "t", "title": "a", "completions": [{"at": 3}]}, "wrong type"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_stands(row: Any, said: str) -> None:
    result = parse(document(row, {"uuid": "good", "title": "Good"}))
    assert [record.title for record in result.records] == ["Good"]
    assert [said in problem.reason for problem in result.problems] == [True]
    assert result.problems[0].text


def test_a_bad_list_is_named() -> None:
    result = parse(document(lists=[{"name": "x"}, 3]))
    assert [problem.reason for problem in result.problems] == [
        "“uuid” is missing.",
        "The row is not a JSON object.",
    ]


def test_lines_are_named() -> None:
    text = text_of((ListRecord("l1", "Flat"), [TodoRecord("t1", "a"), TodoRecord("t2", "b")]))
    result = parse(text.replace('"title": "b"', '"title": 7'))
    assert result.records[0].line == 3 and result.problems[0].line == 4


def test_unknown_keys_are_kept_and_named() -> None:
    row = {"uuid": "t", "title": "a", "watchers": [1], "extra": {"json": 5, "x": 1}}
    result = parse(document(row))
    assert result.records[0].extra == {"json": {"watchers": [1]}, "x": 1}
    assert "watchers" in result.notes[0].text
    listed = [{"uuid": "l", "name": "n", "about": "shop.order 7", "size": 3}]
    assert len(parse(document(lists=listed)).notes) == 2


def test_stamps_far_away_are_kept_in_the_calendar() -> None:
    row = {"uuid": "t", "title": "a", "created_at": "0001-01-01T00:00:00+14:00"}
    assert parse(document(row)).records[0].created_at


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)
KEYS = (
    "uuid title notes parent priority due start labels completed_at repeat occurrence "
    "completions created_at deleted_at extra assignee x"
).split()


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), values, max_size=6), max_size=4))
def test_no_row_is_too_strange(rows: list[Any]) -> None:
    result = parse(document(*rows))
    assert not result.error
    assert len(result.records) + len(result.problems) == len(rows)


@given(st.text(max_size=100))
def test_no_text_is_too_strange(text: str) -> None:
    assert parse(text).error or not parse(text).records
