"""The formats of other programs: a file as each writes it, what is read of it, and there and back."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from textwrap import dedent

import pytest
from hypothesis import given

from django_todos.dates import Moment
from django_todos.exchange.detect import detect
from django_todos.exchange.formats import FORMATS, WRITTEN
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
from django_todos.repeats.occurrences import parse_rrule

from .samples import BERLIN, todos

NOW = dt.datetime(2026, 11, 23, 9, 30, tzinfo=dt.UTC)
READING = Reading(BERLIN, NOW, day_first=True)


def read(name: str, text: str) -> ParseResult:
    """What is read of a file that is recognised as what it is."""
    assert detect(text) == name
    return FORMATS[name].parse(text, READING)


def said(result: ParseResult) -> list[str]:
    """Each todo as one line: its place, its state, what it has."""
    assert result.error == ""
    titles = {one.key: one.title for one in result.records}
    names = {one.key: one.name for one in result.lists}
    lines = []
    for one in result.records:
        words = [
            f"{names.get(one.list_key, one.list_key)}:" if one.list_key else "",
            f"{titles[one.parent_key]} >" if one.parent_key else "",
            "x" if one.is_completed else "",
            one.title,
            f"!{one.priority}" if one.priority else "",
            one.due.format(),
            f"from {one.start.format()}" if one.start else "",
            one.repeat.rrule if one.repeat else "",
            " ".join(f"#{label}" for label in one.labels),
            f"// {one.notes}" if one.notes else "",
        ]
        lines.append(" ".join(filter(None, words)))
    return lines


ICAL = """\
    BEGIN:VCALENDAR
    VERSION:2.0
    X-WR-CALNAME:Garden
    BEGIN:VTODO
    UID:child
    RELATED-TO:root
    SUMMARY:Fill the can\\, then water
    STATUS:COMPLETED
    COMPLETED:20261101T080000Z
    END:VTODO
    BEGIN:VTODO
    UID:root
    SUMMARY:Water the balcony
    DUE;VALUE=DATE:20261204
    RRULE:FREQ=WEEKLY;BYDAY=FR
    PRIORITY:3
    CATEGORIES:plants,out
      side
    X-KEPT;A=b:c
    END:VTODO
    BEGIN:VTODO
    UID:zoned
    SUMMARY:Call
    DTSTART:20261201T080000
    DUE;TZID=America/New_York:20261201T090000
    LOCATION:Gare du Nord
    BEGIN:VALARM
    ACTION:DISPLAY
    TRIGGER:-PT15M
    END:VALARM
    END:VTODO
    BEGIN:VTODO
    UID:broken
    DUE:soon
    SUMMARY:Bad date
    END:VTODO
    BEGIN:VEVENT
    UID:e
    END:VEVENT
    END:VCALENDAR
    """
TODOIST = """\
    TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE
    task,Order oat milk @shop,,4,1,,Jo (12),tomorrow at 5pm,en,Europe/Berlin
    task,the small cartons,,3,2,,,,en,
    note,"Ask
    first",,,,,,,,
    section,Pantry,,,,,,,,
    task,Salt,two bags,1,1,,,every 2 weeks,en,
    task,Brot,,4,1,,,jeden Montag,de,
    what,Odd,,,,,,,,
    """
TICKTICK = """\
    "Date: 2025-11-25+0000"
    "Version: 7.1"
    "Status:
    0 Normal
    1 Completed"
    "Folder Name","List Name","Title","Kind","Tags","Content","Is Check list","Start Date","Due Date","Reminder","Repeat","Priority","Status","Created Time","Completed Time","Order","Timezone","Is All Day","Is Floating","Column Name","taskId","parentId"
    "Home","Flat","Pay rent","TEXT","money, home","two
    lines","N","2026-11-30T23:00:00+0000","2026-11-30T23:00:00+0000","","FREQ=MONTHLY;BYMONTHDAY=1","5","0","2022-10-09T15:09:48+0000","","1","Europe/Berlin","true","false","Now","1",""
    "","Inbox","Call","TEXT","","","N","","2026-12-01T08:00:00+0000","P0DT0H15M0S","","0","0","","","2","Europe/Berlin","false","false","","2","1"
    "","Inbox","Pack","CHECKLIST","","Soon ▪socks▫shoes","Y","","","","","0","0","","","3","","","false","","3",""
    """
GOOGLE = {
    "kind": "tasks#taskLists",
    "items": [
        {
            "title": "Errands",
            "items": [
                {
                    "id": "t1",
                    "title": "Post the form",
                    "notes": "window 3",
                    "due": "2026-12-02T00:00:00Z",
                },
                {
                    "id": "t2",
                    "parent": "t1",
                    "title": "Stamp",
                    "status": "completed",
                    "completed": "2026-11-20T09:00:00Z",
                },
            ],
        }
    ],
}
MICROSOFT = [
    {
        "id": "l1",
        "displayName": "House",
        "tasks": [
            {
                "id": "m1",
                "title": "Clean the roof",
                "importance": "high",
                "status": "notStarted",
                "body": {"content": "<p>ladder</p>", "contentType": "html"},
                "categories": ["Blue"],
                "dueDateTime": {"dateTime": "2026-12-01T00:00:00.0000000", "timeZone": "UTC"},
                "recurrence": {
                    "pattern": {
                        "type": "relativeMonthly",
                        "interval": 2,
                        "daysOfWeek": ["tuesday"],
                        "index": "first",
                    },
                    "range": {"type": "noEnd"},
                },
                "checklistItems": [{"displayName": "Ladder", "isChecked": True}],
            },
            {"id": "m2", "title": "Bad", "dueDateTime": {"dateTime": "never"}},
        ],
    }
]
TRELLO = {
    "id": "b",
    "name": "Move",
    "lists": [
        {"id": "doing", "name": "Doing", "pos": 2},
        {"id": "todo", "name": "To do", "pos": 1},
    ],
    "cards": [
        {
            "id": "c1",
            "name": "Boxes",
            "idList": "doing",
            "desc": "forty",
            "due": "2026-12-01T08:00:00.000Z",
            "labels": [{"name": "shop", "color": "red"}],
            "pos": 1,
        },
        {"id": "c2", "name": "Van", "idList": "todo", "dueComplete": True, "pos": 2},
    ],
    "checklists": [
        {"idCard": "c1", "checkItems": [{"id": "i", "name": "Tape", "state": "complete"}]}
    ],
}
BACKUP = {
    "projects": [{"id": "p", "name": "Flat"}, {"id": "i", "name": "Inbox", "inbox_project": True}],
    "items": [
        {
            "id": "1",
            "project_id": "p",
            "content": "Rent",
            "priority": 4,
            "labels": ["money"],
            "due": {
                "date": "2026-12-01",
                "string": "every month",
                "is_recurring": True,
                "lang": "en",
            },
        },
        {"id": "2", "project_id": "p", "parent_id": "1", "content": "Slip", "checked": True},
        {"id": "3", "project_id": "i", "content": "Loose", "due": {"date": "2026-12-01T09:00:00"}},
    ],
    "notes": [{"item_id": "2", "content": "in the drawer"}],
}
MARKDOWN = """\
    # Move
    - [ ] Cancel the lease #flat ⏫ 📅 2026-12-01
      by letter
      - [x] Find the contract ✅ 2026-11-20
    * [ ] Read the #meters today 🔁 every month 📅 2026-12-31
    Some prose.
    ## Later
    1. [-] Paint
    """
TABLE = """\
    Task;Project;Due Date;Priority;Tags;Done;Notes
    Buy oil;Flat;01/12/2026;High;shop, car;;
    Call;;tomorrow;odd;;yes;"two
    lines"
    ;Flat;;;;;x
    """


@pytest.mark.parametrize(
    ("name", "text", "lines", "notes", "problems"),
    [
        (
            "ical",
            dedent(ICAL),
            [
                "Garden: Water the balcony !3 2026-12-04 FREQ=WEEKLY;BYDAY=FR #plants #out side",
                "Garden: Water the balcony > x Fill the can, then water",
                "Garden: Call 2026-12-01T09:00[America/New_York] from 2026-12-01T08:00 // Gare du Nord",
            ],
            ["Events and notes", "location is in the notes"],
            ["not iCalendar"],
        ),
        (
            "todoist",
            dedent(TODOIST),
            [
                "Order oat milk 2026-11-24T17:00 #shop",
                "Order oat milk > the small cartons !9 // Ask\nfirst",
                "Salt !1 2026-11-23 FREQ=WEEKLY;INTERVAL=2 // two bags",
                "Brot // jeden Montag",
            ],
            ["“Pantry”", "“jeden Montag” can’t be read"],
            ["neither a task"],
        ),
        (
            "ticktick",
            dedent(TICKTICK),
            [
                "Flat: Pay rent !1 2026-12-01 FREQ=MONTHLY;BYMONTHDAY=1 #money #home // two\nlines",
                "Pay rent > Call 2026-12-01T09:00[Europe/Berlin]",
                "Pack // Soon",
                "Pack > x socks",
                "Pack > shoes",
            ],
            ["Folder “Home”", "Section “Now”"],
            [],
        ),
        (
            "google",
            json.dumps(GOOGLE),
            ["Errands: Post the form 2026-12-02 // window 3", "Errands: Post the form > x Stamp"],
            [],
            [],
        ),
        (
            "microsoft",
            json.dumps(MICROSOFT),
            [
                "House: Clean the roof !1 2026-12-01 FREQ=MONTHLY;INTERVAL=2;BYDAY=1TU #Blue // ladder",
                "House: Clean the roof > x Ladder",
            ],
            [],
            ["not a date"],
        ),
        (
            "trello",
            json.dumps(TRELLO),
            [
                "Move: x Van #To do",
                "Move: Boxes 2026-12-01T09:00[Europe/Berlin] #Doing #shop // forty",
                "Move: Boxes > x Tape",
            ],
            ["“To do” of the board", "“Doing” of the board"],
            [],
        ),
        (
            "todoist",
            json.dumps(BACKUP),
            [
                "Flat: Rent !1 2026-12-01 FREQ=MONTHLY #money",
                "Flat: Rent > x Slip // in the drawer",
                "Loose 2026-12-01T09:00",
            ],
            [],
            [],
        ),
        (
            "markdown",
            dedent(MARKDOWN),
            [
                "Move: Cancel the lease !1 2026-12-01 #flat // by letter",
                "Move: Cancel the lease > x Find the contract",
                "Move: Read the today 2026-12-31 FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1 #meters",
                "Later: x Paint",
            ],
            ["cancelled"],
            ["no item of a checklist"],
        ),
        (
            "csv",
            dedent(TABLE),
            ["Flat: Buy oil !1 2026-12-01 #shop #car", "x Call 2026-11-24 // two\nlines"],
            ["Priority odd"],
            ["no title"],
        ),
    ],
)
def test_what_is_read(
    name: str, text: str, lines: list[str], notes: list[str], problems: list[str]
) -> None:
    result = read(name, text)
    assert said(result) == lines
    for words, found in [*zip(notes, result.notes, strict=True)]:
        assert words in found.text
    for words, problem in [*zip(problems, result.problems, strict=True)]:
        assert words in problem.reason and problem.line


def test_reminders_and_what_is_kept() -> None:
    root, _child, zoned = read("ical", dedent(ICAL)).records
    assert root.extra == {"ical": ["X-KEPT;A=b:c"]}
    text = "".join(WRITTEN["ical"]([(FLAT, [root])], BERLIN, Losses()))
    assert FORMATS["ical"].parse(text, READING).records[0].extra == root.extra
    assert zoned.reminders == (ReminderRecord(before=15),)
    assert read("ticktick", dedent(TICKTICK)).records[1].reminders == (ReminderRecord(before=15),)


def test_rows_that_are_cut_short_and_cells_without_end_break_nothing() -> None:
    short = read("ticktick", f"{dedent(TICKTICK)}\n,Home,Rake\n").records[-1]
    assert (short.title, short.is_completed) == ("Rake", False)
    assert FORMATS["todoist"].parse('"' + "a" * 140_000, READING).error


def test_a_table_is_read_by_the_columns_that_are_chosen() -> None:
    text = "Was,Wann,Wo\nBrot,2026-12-01,\n"
    assert detect(text) == "csv"
    assert FORMATS["csv"].parse(text, READING).error
    chosen = replace(READING, columns={"title": "Was", "due": "Wann"})
    assert said(FORMATS["csv"].parse(text, chosen)) == ["Brot 2026-12-01"]


FLAT = ListRecord("flat", "Flat")
#: What each format keeps of a todo; the rest is what its writer counts as lost.
KEEPS = {
    "ical": "title notes priority due start labels completed_at created_at is_completed repeat reminders",
    "csv": "title notes priority due start labels assignee completed_at created_at is_completed repeat",
}


@pytest.mark.parametrize("name", KEEPS)
@given(todo=todos())
def test_there_and_back(name: str, todo: TodoRecord) -> None:
    todo = replace(
        todo,
        list_key="Flat",
        labels=tuple(label for label in todo.labels if not set(r",\=+@'") & set(label)),
        title="a" + todo.title,
        notes=" ".join(todo.notes.split()).lstrip("=+@'"),
        repeat=todo.repeat if todo.due or todo.start else None,
    )
    text = "".join(WRITTEN[name]([(FLAT, [todo])], BERLIN, Losses()))
    (back,) = read(name, text).records
    for field in KEEPS[name].split():
        mine, theirs = getattr(todo, field), getattr(back, field)
        if field == "repeat" and mine is not None:
            assert theirs is not None
            mine, theirs = ((parse_rrule(one.rrule), one.mode) for one in (mine, theirs))
        if field in ("due", "start"):  # what is in UTC is shown in the reader's zone
            mine, theirs = mine.at() or mine, theirs.at() or theirs
        if field == "reminders":
            mine = tuple(one for one in mine if one.at or todo.due.time)
            mine, theirs = set(mine), set(theirs)
        assert theirs == mine, field


def test_markdown_there_and_back() -> None:
    lines = "# Flat\n\n- [ ] Cancel the lease #flat ⏫ 📅 2026-12-01\n  by letter\n  - [x] Find it ✅ 2026-11-20\n"
    result = read("markdown", lines)
    assert "".join(WRITTEN["markdown"]([(FLAT, result.records)], BERLIN, Losses())) == lines


RICH = TodoRecord(
    key="k",
    title="=Rent",
    notes="by letter\n\nsoon",
    priority=5,
    due=Moment.parse("2026-12-01T09:00[Europe/Berlin]"),
    start=Moment.parse("2026-11-30"),
    labels=("two words", "a,b"),
    assignee="bob",
    is_completed=True,
    completed_at=NOW,
    completions=(CompletionRecord(NOW, key="0"), CompletionRecord(NOW, key="1")),
    repeat=RepeatRecord("FREQ=DAILY", "completion", Moment.parse("2026-12-01")),
    reminders=(ReminderRecord(before=15), ReminderRecord(at=NOW)),
    created_at=NOW,
    extra={"ical": ["X-A:" + "b" * 100, "no colon", 3]},
)


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("ical", 4),  # assignee, history, mode, trash
        ("csv", 5),  # reminders, history, another format's words, a comma, trash
        ("markdown", 8),
        ("todotxt", 7),
        ("taskwarrior", 5),
    ],
)
def test_what_a_format_cannot_hold_is_said(name: str, lost: int) -> None:
    losses = Losses()
    child = replace(RICH, key="c", parent_key="k", priority=9, title="Child")
    gone = replace(RICH, key="g", deleted_at=NOW)
    text = "".join(WRITTEN[name]([(FLAT, [RICH, child, gone])], BERLIN, losses))
    assert len(losses.counts) == lost, losses.lines()
    back = read(name, text)
    assert [one.title for one in back.records][:2] == ["=Rent", "Child"]
    assert back.records[1].parent_key == back.records[0].key and back.records[0].is_completed


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("ical", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nEND:VEVENT\nEND:VCALENDAR\n", "no todos (VTODO)"),
        ("google", '{"kind": "x", "items": 3}', "wrong type"),
        (
            "google",
            '{"kind": "x", "items": [{"title": "L", "items": [{"deleted": true}]}]}',
            "when",
        ),
        (
            "google",
            '{"kind": "x", "items": [{"items": [{"title": "a", "due": "x"}]}]}',
            "not a date",
        ),
        ("microsoft", '{"value": [3], "displayName": "x"}', "no lists"),
        ("trello", '{"cards": [3], "lists": []}', "not a JSON object"),
        ("trello", '{"cards": 1, "lists": []}', "wrong type"),
        ("todoist", '{"items": 1, "projects": []}', "wrong type"),
        (
            "todoist",
            '{"items": [{"content": "a", "due": {"date": "x"}}], "projects": []}',
            "not a date",
        ),
        ("ticktick", '"a","b"\n', "names of the columns"),
        ("csv", "task,due\na,never\n", "not a date"),
    ],
)
def test_what_can_not_be_read_is_named(name: str, text: str, said: str) -> None:
    result = FORMATS[name].parse(text, READING)
    reasons = [result.error, *(problem.reason for problem in result.problems)]
    assert any(said in reason for reason in reasons), reasons


def test_what_is_rare_in_a_calendar() -> None:
    text = (
        "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:p\nSUMMARY:Parent\nRELATED-TO;RELTYPE=CHILD:c\n"
        "DTSTART:20261201T080000\nDURATION:PT2H\nX-APPLE-SORT-ORDER:9\nURL:http://a.example\n"
        "BEGIN:VALARM\nTRIGGER;VALUE=DATE-TIME:20261201T060000Z\nEND:VALARM\n"
        "BEGIN:VALARM\nTRIGGER:PT15M\nEND:VALARM\nEND:VTODO\n"
        "BEGIN:VTODO\nUID:c\nSUMMARY:Child\nSTATUS:CANCELLED\nRRULE:FREQ=DAILY\nRRULE:FREQ=WEEKLY\n"
        "DTSTART;VALUE=DATE:20261201\nDURATION:P1D\nEXDATE:20261202T000000\nEND:VTODO\n"
        "BEGIN:VTODO\nUID:c\nRECURRENCE-ID:20261201\nSUMMARY:Once\nEND:VTODO\n"
        "BEGIN:VTODO\nUID:old\nSUMMARY:Old\nDUE:00010101T000000Z\nEND:VTODO\nEND:VCALENDAR\n"
    )
    result = read("ical", text)
    assert said(result) == [
        "Parent 2026-12-01T10:00 from 2026-12-01T08:00 // http://a.example",
        "Parent > x Child 2026-12-02 from 2026-12-01 FREQ=DAILY",
    ]
    assert len(result.problems) == 2
    words = " ".join(note.text for note in result.notes)
    for one in (
        "url is in",
        "reminder can’t be kept",
        "cancelled",
        "several repeats",
        "EXDATE is kept",
    ):
        assert one in words


def test_what_is_rare_in_the_others() -> None:
    rows = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,DURATION,DEADLINE\n"
    rows += "task,A,,9,1,,90,2026-12-31\ntask,B,,4,1,2026-12-01,,2026-12-31\ntask,C,,4,1,,,soon\n"
    result = read("todoist", rows)
    assert said(result)[:2] == ["A 2026-12-31", "B 2026-12-01 // Deadline: 2026-12-31"]
    assert "Priority 9" in " ".join(note.text for note in result.notes)
    marks = "- [ ] A 🔁 now and then 📅 2026-13-01 #x ❌\n"
    assert [note.text[:12] for note in read("markdown", marks).notes] == [
        "“📅 2026-13-0",
        "It was cance",
        "The repeat “",
    ]
    table = "title,repeat,start\nA,every week,2026-12-01\nB,FREQ=DAILY,2026-12-01\n"
    assert said(read("csv", table))[1] == "B from 2026-12-01 FREQ=DAILY"
    yearly = {"type": "absoluteYearly", "interval": 1, "month": 3, "dayOfMonth": 4}
    patterns = (
        (
            yearly,
            {"type": "endDate", "endDate": "2030-01-01"},
            "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=4;UNTIL=20300101",
        ),
        ({"type": "daily"}, {"type": "numbered", "numberOfOccurrences": 3}, "FREQ=DAILY;COUNT=3"),
        ({"type": "odd"}, {}, ""),
    )
    for pattern, end, rrule in patterns:
        task = {"title": "A", "dueDateTime": {"dateTime": "2026-12-01T00:00:00"}}
        task["recurrence"] = {"pattern": pattern, "range": end}
        record = read("microsoft", json.dumps({"value": [task]})).records[0]
        assert (record.repeat.rrule if record.repeat else "") == rrule
