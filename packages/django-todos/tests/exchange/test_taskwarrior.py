"""Taskwarrior: its attributes one by one, families of recurring tasks, and there and back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_todos.dates import Moment
from django_todos.exchange.formats.taskwarrior import parse as parse_file
from django_todos.exchange.formats.taskwarrior import write
from django_todos.exchange.formats.taskwarrior_time import (
    advance,
    period_of,
    recur_of,
    rule_of,
    to_moment,
)
from django_todos.exchange.records import (
    CompletionRecord,
    ListRecord,
    Losses,
    ParseResult,
    Reading,
    RepeatRecord,
    TodoRecord,
)

from .samples import BERLIN, todos

UTC = ZoneInfo("UTC")
ENTRY = dt.datetime(2026, 11, 22, 23, 51, 46, tzinfo=dt.UTC)
STAMP = "20261122T235146Z"


def parse(text: str, tz: ZoneInfo) -> ParseResult:
    return parse_file(text, Reading(tz, ENTRY))


def read(*tasks: Any, tz: ZoneInfo = BERLIN) -> ParseResult:
    return parse(json.dumps([{"uuid": f"u{n}"} | task for n, task in enumerate(tasks)]), tz=tz)


def one(**task: Any) -> TodoRecord:
    (record,) = read({"description": "Call", **task}).records
    return record


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ({}, {"title": "Call", "key": "u0", "line": 1}),
        ({"entry": STAMP}, {"created_at": ENTRY}),
        ({"priority": "H"}, {"priority": 1}),
        ({"priority": "M"}, {"priority": 5}),
        ({"priority": "L"}, {"priority": 9}),
        ({"priority": "X"}, {"priority": 0, "extra": {"taskwarrior": {"priority": "X"}}}),
        ({"project": "Home.Admin"}, {"list_key": "Home.Admin"}),
        ({"tags": ["a", "b"]}, {"labels": ("a", "b")}),
        ({"due": "20261214T230000Z"}, {"due": Moment(dt.date(2026, 12, 15))}),
        (
            {"due": "20261215T180000Z"},
            {"due": Moment(dt.date(2026, 12, 15), dt.time(19), "Europe/Berlin")},
        ),
        ({"due": "2026-07-14T22:00:00Z"}, {"due": Moment(dt.date(2026, 7, 15))}),
        ({"scheduled": "20261214T230000Z"}, {"start": Moment(dt.date(2026, 12, 15))}),
        ({"wait": "20261214T230000Z"}, {"start": Moment(dt.date(2026, 12, 15))}),
        ({"status": "completed", "end": STAMP}, {"is_completed": True, "completed_at": ENTRY}),
        ({"status": "deleted", "end": STAMP}, {"deleted_at": ENTRY, "is_completed": False}),
        ({"status": "waiting"}, {"is_completed": False}),
        ({"annotations": [{"description": "a"}]}, {"notes": "a"}),
        ({"annotations": [{"description": "a\nb"}, {"description": "c"}]}, {"notes": "a\nb\n\nc"}),
        (
            {"estimate": "P1D", "id": 3, "urgency": 1.5},
            {"extra": {"taskwarrior": {"estimate": "P1D"}}},
        ),
        ({"depends": "a,b"}, {"extra": {"taskwarrior": {"depends": "a,b"}}}),
    ],
)
def test_attributes(task: dict[str, Any], expected: dict[str, Any]) -> None:
    record = one(**task)
    assert {name: getattr(record, name) for name in expected} == expected


def test_the_later_of_two_starts_is_kept() -> None:
    record = one(scheduled="20261206T000000Z", wait="20261205T000000Z", start=STAMP, until=STAMP)
    assert record.start == to_moment(dt.datetime(2026, 12, 6, tzinfo=dt.UTC), BERLIN)
    kept = record.extra["taskwarrior"]
    assert kept == {"wait": "20261205T000000Z", "start": STAMP, "until": STAMP}


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"status": "deleted", "end": STAMP}, "trash"),
        ({"scheduled": STAMP, "wait": STAMP}, "both scheduled and waiting"),
        ({"start": STAMP}, "worked on"),
        ({"until": STAMP}, "expires"),
        ({"depends": ["x"]}, "depends"),
        ({"priority": "X"}, "Priority X"),
        ({"status": "recurring", "due": STAMP, "recur": "2hours"}, "“2hours”"),
        ({"status": "recurring", "due": STAMP}, "doesn’t say how"),
        ({"todosparent": "nowhere"}, "parent is not in the file"),
    ],
)
def test_what_changes_is_said(task: dict[str, Any], said: str) -> None:
    (note,) = read({"description": "Call"} | task).notes
    assert said in note.text and note.line == 1


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"description": ""}, "“description” is missing"),
        ({"status": "odd"}, "“odd”"),
        ({"tags": "a"}, "wrong type"),
        ({"status": "deleted"}, "doesn’t say when"),
        ({"annotations": ["a"]}, "not a JSON object"),
    ],
)
def test_bad_rows(task: dict[str, Any], said: str) -> None:
    result = read({"description": "Call"} | task, {"description": "Good"})
    assert [record.title for record in result.records] == ["Good"]
    assert said in result.problems[0].reason and result.problems[0].line == 1


@pytest.mark.parametrize("date", ["20260231T000000Z", "soon", 5])
def test_a_bad_date_leaves_a_choice(date: Any) -> None:
    result = read({"description": "Call", "due": date, "wait": "x", "project": "P"})
    (problem,) = result.problems
    assert str(date) in problem.reason and problem.fallback
    assert problem.fallback.title == "Call" and not problem.fallback.due
    assert (
        problem.fallback.notes == f"due: {date}\n\nwait: x" or "wait: x" in problem.fallback.notes
    )
    assert result.lists == (ListRecord("P", "P"),)


@pytest.mark.parametrize(
    "text", ["[", "[{]", '[{"description": "a"},', "[1] 2", "words", "[" * 9999, "3", "null", "{"]
)
def test_files_that_are_none(text: str) -> None:
    result = parse(text, tz=BERLIN)
    assert (result.error or result.problems) and not result.records


def test_an_empty_file_is_empty() -> None:
    assert parse("[]", tz=BERLIN) == parse("", tz=BERLIN) == ParseResult()


def test_line_delimited_and_single() -> None:
    text = '\ufeff{"description": "a", "uuid": "1"},\r\n\n{oops\n{"description": "b"}'
    result = parse(text, tz=BERLIN)
    assert [(one.title, one.line) for one in result.records] == [("a", 1), ("b", 4)]
    assert [one.line for one in result.problems] == [3]
    assert len(parse('\n{"description":\n "a"}', tz=BERLIN).records) == 1


def test_lines_of_an_array() -> None:
    text = (
        '[\n{"description": "a"},\n\n{"description": "b",\n "tags": 5},\n{"description": "c"}]\n'
    )
    result = parse(text, tz=BERLIN)
    assert [one.line for one in result.records] == [2, 6] and result.problems[0].line == 4


def test_equal_tasks_without_an_id_have_keys() -> None:
    result = parse('[{"description": "a"}, {"description": "a"}]', tz=BERLIN)
    assert len({one.key for one in result.records}) == 2


def test_a_file_from_another_zone_is_suspected() -> None:
    tasks = [{"description": "a", "due": "20261215T000000Z"}]
    assert "UTC" in read(*tasks).notes[0].text and read(*tasks).notes[0].line == 0
    assert not read(*tasks, tz=UTC).notes


@pytest.mark.parametrize(
    ("recur", "period"),
    [
        ("daily", ("DAILY", 1)),
        ("3days", ("DAILY", 3)),
        ("3 d", ("DAILY", 3)),
        ("weekly", ("WEEKLY", 1)),
        ("2wks", ("WEEKLY", 2)),
        ("biweekly", ("WEEKLY", 2)),
        ("fortnight", ("WEEKLY", 2)),
        ("monthly", ("MONTHLY", 1)),
        ("2mo", ("MONTHLY", 2)),
        ("bimonthly", ("MONTHLY", 2)),
        ("quarterly", ("MONTHLY", 3)),
        ("2q", ("MONTHLY", 6)),
        ("semiannual", ("MONTHLY", 6)),
        ("yearly", ("YEARLY", 1)),
        ("biannual", ("YEARLY", 2)),
        ("P2W", ("WEEKLY", 2)),
        ("P1M", ("MONTHLY", 1)),
        ("PT5H", None),
        ("2hours", None),
        ("0days", None),
        ("often", None),
    ],
)
def test_periods(recur: str, period: tuple[str, int] | None) -> None:
    assert period_of(recur) == period


def test_rules() -> None:
    date = Moment(dt.date(2026, 1, 31))
    zoned = Moment(dt.date(2026, 1, 5), dt.time(9), "Europe/Berlin")
    until = dt.datetime(2027, 6, 29, 22, tzinfo=dt.UTC)
    last = "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
    assert rule_of("monthly", date, until, BERLIN) == f"{last};UNTIL=20270630"
    assert rule_of("weekdays", zoned, until, BERLIN).endswith("FR;UNTIL=20270629T220000Z")
    floating = replace(zoned, tz="")
    assert rule_of("daily", floating, until, BERLIN) == "FREQ=DAILY;UNTIL=20270630T000000"
    assert rule_of("2hours", zoned, None, BERLIN) == ""


@pytest.mark.parametrize(
    ("rrule", "recur"),
    [
        ("FREQ=DAILY", "daily"),
        ("FREQ=WEEKLY;INTERVAL=3", "3weeks"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "weekdays"),
        ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "monthly"),
        ("FREQ=WEEKLY;UNTIL=20270101", "weekly"),
        ("FREQ=WEEKLY;BYDAY=MO", ""),
        ("FREQ=DAILY;COUNT=3", ""),
        ("FREQ=HOURLY", ""),
        ("nonsense", ""),
    ],
)
def test_periods_of_rules(rrule: str, recur: str) -> None:
    assert recur_of(rrule) == recur


@pytest.mark.parametrize(
    ("day", "recur", "steps", "expected"),
    [
        (dt.date(2026, 1, 31), "monthly", 1, dt.date(2026, 2, 28)),
        (dt.date(2026, 1, 31), "monthly", 2, dt.date(2026, 3, 31)),
        (dt.date(2024, 2, 29), "yearly", 1, dt.date(2025, 2, 28)),
        (dt.date(2026, 12, 30), "2days", 2, dt.date(2027, 1, 3)),
        (dt.date(2026, 12, 30), "weekly", 1, dt.date(2027, 1, 6)),
        (dt.date(2026, 12, 30), "2hours", 1, dt.date(2026, 12, 30)),
        (dt.date(9999, 12, 30), "weekly", 1, dt.date(9999, 12, 30)),
        (dt.date(9999, 12, 30), "monthly", 1, dt.date(9999, 12, 30)),
    ],
)
def test_steps(day: dt.date, recur: str, steps: int, expected: dt.date) -> None:
    assert advance(Moment(day), recur, steps) == Moment(expected)


# -- templates and their children

TEMPLATE = {
    "uuid": "t",
    "description": "Pay rent",
    "status": "recurring",
    "recur": "monthly",
    "due": "20261130T230000Z",
    "mask": "+X-",
}
CHILDREN = [
    {"status": "completed", "end": STAMP, "due": "20261130T230000Z", "imask": 0},
    {"status": "deleted", "end": STAMP, "due": "20261231T230000Z", "imask": 1},
    {"status": "pending", "due": "20270131T230000Z", "imask": 2},
]


def child(**values: Any) -> dict[str, Any]:
    base = {"description": "Pay rent", "recur": "monthly", "parent": "t"}
    return base | {"uuid": f"c{values.get('imask', 0)}"} | values


def test_a_family_is_one_repeating_todo() -> None:
    (record,) = read(TEMPLATE, *(child(**values) for values in CHILDREN)).records
    anchor = Moment(dt.date(2026, 12, 1))
    assert record.key == "t" and record.due == Moment(dt.date(2027, 2, 1))
    assert record.repeat == RepeatRecord("FREQ=MONTHLY", "due", anchor)
    assert record.completions == (
        CompletionRecord(ENTRY, "completed", "0", anchor),
        CompletionRecord(ENTRY, "skipped", "1", Moment(dt.date(2027, 1, 1))),
    )
    assert not record.is_completed


def test_without_an_open_child_the_next_date_is_computed() -> None:
    template = TEMPLATE | {"mask": "+X", "rtype": "chained"}
    (record,) = read(template, *(child(**values) for values in CHILDREN[:2])).records
    assert record.due == Moment(dt.date(2027, 2, 1))
    assert record.repeat and record.repeat.mode == "completion"
    assert read(TEMPLATE | {"mask": ""}).records[0].due == Moment(dt.date(2026, 12, 1))


def test_several_open_children_are_one() -> None:
    late = child(imask=3, due="20270228T230000Z", description="Pay more")
    noted = child(**CHILDREN[2], annotations=[{"description": "ask"}])
    result = read(TEMPLATE, late, noted)
    (record,) = result.records
    assert record.due == Moment(dt.date(2027, 2, 1))
    assert record.notes == "ask\n\nPay more"
    assert {"2 open occurrences" in note.text for note in result.notes} == {True, False}


def test_children_without_their_template() -> None:
    (record,) = read(child(**CHILDREN[2])).records
    assert record.key == "t" and record.repeat
    assert record.repeat.rrule == "FREQ=MONTHLY" and record.repeat.anchor == record.due
    (alone,) = read(child(**CHILDREN[0])).records
    assert alone.key == "c0" and alone.is_completed and alone.repeat is None
    assert alone.extra == {"taskwarrior": {"recur": "monthly"}}


# -- there and back


def written(
    *records: TodoRecord, todo_list: ListRecord | None = None, tz: ZoneInfo = BERLIN
) -> str:
    todo_list = todo_list or ListRecord("", "Inbox", is_inbox=True)
    return "".join(write([(todo_list, list(records))], tz=tz, losses=Losses()))


@given(todos(), st.sampled_from([BERLIN, UTC, ZoneInfo("America/New_York")]))
def test_all_an_attribute_holds_comes_back(todo: TodoRecord, tz: ZoneInfo) -> None:
    text = written(todo, todo_list=ListRecord("l", "My house"), tz=tz)
    (back,) = parse(text, tz=BERLIN).records
    fields = (
        "key title notes priority due start labels is_completed completed_at repeat created_at"
    )
    for field in fields.split():
        assert getattr(back, field) == getattr(todo, field), field
    assert back.list_key == "My house" and back.extra == {}


def test_what_taskwarrior_changed_wins_over_our_attributes() -> None:
    todo = TodoRecord(
        "k",
        "a",
        priority=2,
        labels=("in town",),
        due=Moment(dt.date(2026, 12, 1), dt.time(9)),
        repeat=RepeatRecord("FREQ=WEEKLY", "due", Moment(dt.date(2026, 12, 1), dt.time(9))),
    )
    (task,) = json.loads(written(todo))
    assert task["status"] == "recurring" and task["recur"] == "weekly"
    changed = {"due": "20261201T100000Z", "priority": "L", "tags": ["away"], "recur": "daily"}
    (record,) = parse(json.dumps([task | changed]), tz=BERLIN).records
    assert record.due == Moment(dt.date(2026, 12, 1), dt.time(11), "Europe/Berlin")
    assert record.priority == 9 and record.labels == ("away",)
    assert record.repeat == RepeatRecord("FREQ=DAILY", "due", record.due)
    (record,) = parse(json.dumps([task | {"todosdue": "soon|Mars"}]), tz=BERLIN).records
    assert record.due.tz == "Europe/Berlin"


def test_annotations_go_back_as_they_were() -> None:
    rows = [{"entry": STAMP, "description": "a"}, {"entry": STAMP, "description": "b"}]
    record = one(annotations=rows)
    assert json.loads(written(record))[0]["annotations"] == rows
    changed = json.loads(written(replace(record, notes="c")))[0]["annotations"]
    assert changed == [{"description": "c"}]
    assert "annotations" not in json.loads(written(replace(record, notes="")))[0]


def test_an_unreadable_repeat_goes_back() -> None:
    (record,) = read(TEMPLATE | {"recur": "2hours"}).records
    (task,) = json.loads(written(record))
    assert task["recur"] == "2hours" and task["status"] == "recurring"
    assert read(task).records[0].extra == record.extra


def test_trees_and_trash_come_back() -> None:
    parent = TodoRecord("a", "a", deleted_at=ENTRY, is_completed=True, completed_at=ENTRY)
    back = parse(written(parent, TodoRecord("b", "b", parent_key="a")), tz=BERLIN).records
    assert back[0].deleted_at == back[0].completed_at == ENTRY
    assert back[1].parent_key == "a"


def test_losses_are_counted() -> None:
    losses = Losses()
    full = TodoRecord(
        "a",
        "a",
        parent_key="b",
        assignee="bob",
        repeat=RepeatRecord("FREQ=DAILY;COUNT=2"),
        completions=(CompletionRecord(ENTRY),),
        extra={"todotxt": {}},
    )
    shelf = ListRecord("l", "L", description="d", color="red", archived_at=ENTRY)
    text = "".join(write([(shelf, [full])], tz=BERLIN, losses=losses))
    assert json.loads(text)[0]["status"] == "pending"
    assert len(losses.lines()) == 8


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str) -> None:
    parse(text, tz=BERLIN)
    parse("[" + text, tz=BERLIN)


KEYS = (
    "uuid description status due wait scheduled until end entry recur parent imask mask tags "
    "project priority annotations depends todosdue todosrrule todosparent start x"
).split()
VALUES = st.one_of(
    st.none(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(
        ["pending", "recurring", "completed", STAMP, "weekly", "99991231T235959Z", "a"]
    ),
    st.lists(st.one_of(st.text(max_size=4), st.dictionaries(st.just("description"), st.text()))),
)


@given(st.lists(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=8), max_size=5))
def test_no_task_is_too_strange(tasks: list[Any]) -> None:
    parse(json.dumps(tasks), tz=BERLIN)
