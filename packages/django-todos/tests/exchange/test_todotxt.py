"""todo.txt: the words of the format one by one, then whole todos there and back."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from django_todos.dates import Moment
from django_todos.exchange.formats.todotxt import parse, repeat_of, write
from django_todos.exchange.records import (
    CompletionRecord,
    ListRecord,
    Losses,
    ParseResult,
    Reading,
    ReminderRecord,
    RepeatRecord,
    TodoRecord,
)

from .samples import BERLIN, titles, todos

DAY = dt.date(2026, 11, 22)
NOON = dt.datetime(2026, 11, 22, 11, tzinfo=dt.UTC)
MIDNIGHT = dt.datetime(2026, 11, 21, 23, tzinfo=dt.UTC)


def read(text: str) -> ParseResult:
    return parse(text, Reading(BERLIN, NOON, True))


def one(line: str) -> TodoRecord:
    (record,) = read(line).records
    return record


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Call mum", {"title": "Call mum"}),
        ("(A) Call", {"title": "Call", "priority": 1}),
        ("(I) Call", {"priority": 9}),
        ("(a) Call", {"title": "(a) Call", "priority": 0}),
        ("(A)Call", {"title": "(A)Call"}),
        ("2026-11-22 Call", {"title": "Call", "created_at": MIDNIGHT}),
        ("2026-02-31 Call", {"title": "2026-02-31 Call", "created_at": None}),
        ("(B) 2026-11-22 Call", {"title": "Call", "priority": 2, "created_at": MIDNIGHT}),
        ("x Call", {"title": "Call", "is_completed": True, "completed_at": None}),
        ("x 2026-11-22 Call", {"completed_at": MIDNIGHT, "created_at": None}),
        ("x 2026-11-22 2026-11-22 Call", {"completed_at": MIDNIGHT, "created_at": MIDNIGHT}),
        ("x (A) 2026-11-22 Call", {"priority": 1, "completed_at": MIDNIGHT, "title": "Call"}),
        ("x 2026-11-22 (C) Call", {"priority": 3, "title": "Call"}),
        ("x 2026-11-22 Call pri:D", {"priority": 4, "title": "Call"}),
        ("X Call", {"title": "X Call", "is_completed": False}),
        ("xylophone lesson", {"title": "xylophone lesson", "is_completed": False}),
        ("Call +home @phone", {"title": "Call", "list_key": "home", "labels": ("phone",)}),
        ("@phone +home Call", {"title": "Call", "list_key": "home", "labels": ("phone",)}),
        ("Call +a +b", {"list_key": "a", "labels": ("b",)}),
        ("Ask @mum about +flat now", {"title": "Ask @mum about +flat now", "labels": ("mum",)}),
        ("Call +49 30 1234", {"title": "Call +49 30 1234", "list_key": ""}),
        ("Meet @ noon", {"title": "Meet @ noon", "labels": ()}),
        ("Mail a@b.c", {"title": "Mail a@b.c", "labels": ()}),
        ("Call due:2026-11-22", {"title": "Call", "due": Moment(DAY)}),
        ("Call due:2026-11-22T09:00", {"due": Moment(DAY, dt.time(9))}),
        ("Call due:2026-11-22T09:00Z", {"due": Moment(DAY, dt.time(9), "UTC")}),
        ("Call due:2026-11-22 due_time:09:00", {"due": Moment(DAY, dt.time(9))}),
        (
            "Call due:2026-11-22 due_time:09:00 due_tz:Europe/Berlin",
            {"due": Moment(DAY, dt.time(9), "Europe/Berlin")},
        ),
        ("Call t:2026-11-22", {"title": "Call", "start": Moment(DAY)}),
        ("Call due:tomorrow", {"title": "Call", "due": Moment(), "notes": "due:tomorrow"}),
        ("Read http://example.org/a:b?c=d", {"title": "Read http://example.org/a:b?c=d"}),
        ("Run 10:30 key:value", {"title": "Run 10:30 key:value"}),
        ("Call list:My%20list", {"title": "Call", "list_key": "My list"}),
        ("Call +My_list list:My%20list", {"list_key": "My list", "labels": ()}),
        ("Call +other list:My%20list", {"list_key": "My list", "labels": ("other",)}),
        ("Call label:in%20town", {"title": "Call", "labels": ("in town",)}),
        ("\\x \\(A) \\+49 \\+house", {"title": "x \\(A) \\+49 +house", "list_key": ""}),
        ("+house", {"title": "+house", "list_key": "house"}),
        ("x", {"title": "x", "is_completed": False}),
        ("\tTabbed\tline ", {"title": "Tabbed line"}),
    ],
)
def test_words(line: str, expected: dict[str, Any]) -> None:
    record = one(line)
    assert {name: getattr(record, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("rec", "day", "rrule", "mode"),
    [
        ("1d", DAY, "FREQ=DAILY", "completion"),
        ("+1d", DAY, "FREQ=DAILY", "due"),
        ("3", DAY, "FREQ=DAILY;INTERVAL=3", "completion"),
        ("w", DAY, "FREQ=WEEKLY", "completion"),
        ("+2w", DAY, "FREQ=WEEKLY;INTERVAL=2", "due"),
        ("+3m", DAY, "FREQ=MONTHLY;INTERVAL=3", "due"),
        ("+1m", dt.date(2026, 1, 30), "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1", "due"),
        ("+1y", dt.date(2024, 2, 29), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "due"),
        ("+1y", dt.date(2024, 3, 31), "FREQ=YEARLY", "due"),
        ("1b", DAY, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "completion"),
    ],
)
def test_rec(rec: str, day: dt.date, rrule: str, mode: str) -> None:
    assert repeat_of(rec, Moment(day)) == RepeatRecord(rrule, mode, Moment(day))


@pytest.mark.parametrize("rec", ["", "+", "0d", "+00w", "3b", "weekly", "-1d", "1.5w"])
def test_rec_that_is_kept(rec: str) -> None:
    assert repeat_of(rec, Moment(DAY)) is None
    if rec:
        record = one(f"Call rec:{rec}")
        assert record.repeat is None and record.extra == {"todotxt": {"rec": rec}}


def test_a_repeat_starts_with_the_due_date_else_the_start() -> None:
    assert one("a rec:1w due:2026-11-22").repeat == RepeatRecord(
        "FREQ=WEEKLY", "completion", Moment(DAY)
    )
    repeat = one("a rec:+1w t:2026-11-22").repeat
    assert repeat is not None and repeat.anchor == Moment(DAY)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("(K) Call", "Priority K"),
        ("x Call", "completed without a date"),
        ("Call h:1", "hidden"),
        ("Call rec:3b", "“3b”"),
        ("Call due:soon", "“due:soon”"),
        ("Call due:2026-11-22 due:2026-11-23", "“due:2026-11-23” is given twice"),
        ("Call due_time:09:00", "due_time:09:00"),
        ("Call due:2026-11-22 due_tz:Mars/North", "due_tz:Mars/North"),
        ("Call due:2026-11-22 due_time:late", "due_time:late"),
        ("(A) Call pri:B", "pri:B"),
        ("Call pri:high", "pri:high"),
        ("Call p:9", "parent is not in the file"),
    ],
)
def test_what_changes_is_said(line: str, said: str) -> None:
    notes = read(line).notes
    assert len(notes) == 1 and notes[0].line == 1 and said in notes[0].text


@pytest.mark.parametrize("date", ["31/02/2026", "2026-02-31", "2026-13-01", "2026-11-22T25:00"])
def test_a_date_that_does_not_exist_is_a_problem_with_a_way_out(date: str) -> None:
    result = read(f"first\nRenew due:{date} @money +flat")
    (problem,) = result.problems
    assert problem.line == 2 and date in problem.reason and problem.choice
    assert problem.fallback is not None
    assert problem.fallback.title == "Renew" and not problem.fallback.due
    assert date in problem.fallback.notes
    assert [record.title for record in result.records] == ["first"]
    assert [todo_list.name for todo_list in result.lists] == ["flat"]


def test_letters_beyond_i_come_back() -> None:
    record = one("(K) Call")
    assert record.priority == 9 and record.extra == {"todotxt": {"priority": "K"}}
    assert written(record).startswith("(K) ")
    assert written(replace(record, priority=2)).startswith("(B) ")


def test_subtasks() -> None:
    result = read("Buy paint p:5 +house\nPaint id:5 +house\nTwice id:5\nSand p:5 due:2026-02-31")
    parent, child, other = result.records
    assert (parent.title, child.title, other.title) == ("Paint", "Buy paint", "Twice")
    assert child.parent_key == parent.key
    assert result.problems[0].fallback and result.problems[0].fallback.parent_key == parent.key
    assert "earlier line" in result.notes[0].text


def test_equal_lines_have_keys_of_their_own() -> None:
    first, second = read("Milk\r\n\r\nMilk\r\n").records
    assert first.key != second.key and (first.line, second.line) == (1, 3)


def written(record: TodoRecord, todo_list: ListRecord | None = None, **losses: Losses) -> str:
    todo_list = todo_list or ListRecord("", "Inbox", is_inbox=True)
    (line,) = write([(todo_list, [record])], tz=BERLIN, losses=losses.get("losses", Losses()))
    return line


def test_written_as_other_programs_write_it() -> None:
    record = TodoRecord(
        "k",
        "Change the filter",
        priority=2,
        due=Moment(DAY),
        start=Moment(DAY),
        labels=("shop", "in town"),
        repeat=RepeatRecord("FREQ=MONTHLY;INTERVAL=3", "due", Moment(DAY)),
        created_at=MIDNIGHT,
    )
    assert written(record, ListRecord("l", "My house")) == (
        "(B) 2026-11-22 Change the filter due:2026-11-22 t:2026-11-22 rec:+3m"
        " +My_house list:My%20house @shop label:in%20town\n"
    )


def test_losses_are_counted() -> None:
    losses = Losses()
    full = TodoRecord(
        "a",
        "a",
        notes="n",
        assignee="bob",
        completions=(CompletionRecord(MIDNIGHT),),
        reminders=(ReminderRecord(5),),
        created_at=NOON,
        extra={"taskwarrior": {}, "todotxt": {"h": "1", "rec": "3b"}},
    )
    trashed = TodoRecord("b", "b", deleted_at=MIDNIGHT)
    shelf = ListRecord("l", "L", description="d", color="red", archived_at=MIDNIGHT)
    gone = ListRecord("g", "G", deleted_at=MIDNIGHT)
    lines = list(write([(shelf, [full, trashed]), (gone, [full])], tz=BERLIN, losses=losses))
    assert lines == ["2026-11-22 a rec:3b +L h:1\n"]
    assert sorted(losses.counts.values()) == [1] * 9 + [2]


def test_a_tree_comes_back() -> None:
    records = [
        TodoRecord("a", "a"),
        TodoRecord("b", "b", parent_key="a"),
        TodoRecord("c", "c", parent_key="b"),
        TodoRecord("d", "d"),
    ]
    todo_list = ListRecord("l", "L")
    text = "".join(write([(todo_list, records)], tz=BERLIN, losses=Losses()))
    back = {record.title: record for record in read(text).records}
    assert back["b"].parent_key == back["a"].key and back["c"].parent_key == back["b"].key
    assert not back["d"].parent_key


@given(titles)
@example("x")
@example("(A) 2026-11-22")
@example("+a @b due:2026-12-01")
@example("\\\\+a")
def test_any_title_comes_back(title: str) -> None:
    assert one(written(TodoRecord("k", title))).title == title.replace("\t", " ").strip()


@given(todos(), st.sampled_from(["", "House", "My house", "2026", "50% off", "+x", "a_b"]))
def test_all_a_line_holds_comes_back(todo: TodoRecord, name: str) -> None:
    todo_list = ListRecord("l", name, is_inbox=not name)
    back = one(written(todo, todo_list))
    for field in ("priority", "due", "start", "labels", "is_completed", "repeat"):
        assert getattr(back, field) == getattr(todo, field), field
    assert back.list_key == name


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text: str) -> None:
    result = read(text)
    rows = [record.line for record in result.records] + [one.line for one in result.problems]
    assert len(rows) == sum(
        bool(line.strip(" \t\x00"))
        for line in text.removeprefix("\ufeff")
        .replace("\r\n", "\n")
        .replace("\r", "\n")
        .split("\n")
    )
