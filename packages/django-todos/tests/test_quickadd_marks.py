"""Signs, keys, notes and backslashes; what was turned back; names that are known."""

from __future__ import annotations

from datetime import date, time

import pytest

from django_todos import quickadd
from django_todos.dates import Moment
from django_todos.quickadd import Part, escape

from .test_quickadd_dates import BERLIN, NOW, parse, shown

# Text, title, and the fields that are read.
EXAMPLES: list[tuple[str, str, dict[str, object]]] = [
    ("Buy milk #shop", "Buy milk", {"labels": ("shop",)}),
    ("#shop #home Buy milk", "Buy milk", {"labels": ("shop", "home")}),
    ("Buy milk #Shop #shop", "Buy milk", {"labels": ("Shop",)}),
    ("Buy #milk, eggs", "Buy eggs", {"labels": ("milk",)}),
    ("Sort #tax-2026 papers", "Sort papers", {"labels": ("tax-2026",)}),
    ("Lesen #Bücher", "Lesen", {"labels": ("Bücher",)}),
    ('Sort #"to read" pile', "Sort pile", {"labels": ("to read",)}),
    ("Ask @sam", "Ask", {"assignee": "sam"}),
    ("@anna.lee: call the roofer", "call the roofer", {"assignee": "anna.lee"}),
    ("Ask @sam or @kim", "Ask @sam or", {"assignee": "kim"}),
    ("Mop +Flat", "Mop", {"list": "Flat"}),
    ('Mop +"Harbour relaunch" floor', "Mop floor", {"list": "Harbour relaunch"}),
    ("Mop !1", "Mop", {"priority": 1}),
    ("Mop !2 soon", "Mop soon", {"priority": 5}),
    ("!3 Mop", "Mop", {"priority": 9}),
    ("!high Mop", "Mop", {"priority": 1}),
    ("Mop !Medium", "Mop", {"priority": 5}),
    ("Mop !low, later", "Mop later", {"priority": 9}),
    ("Mop !1 !3", "Mop !1", {"priority": 9}),
    ("Pay // ask about tomorrow #x", "Pay", {"notes": "ask about tomorrow #x"}),
    ("Pay //soon", "Pay", {"notes": "soon"}),
    ("See http://a.example/b // and ftp://c", "See http://a.example/b", {"notes": "and ftp://c"}),
    ("(A) Call mum", "Call mum", {"priority": 1}),
    ("(Z) Call dad", "Call dad", {"priority": 9}),
    ("(D) call (B) side", "call (B) side", {"priority": 4}),
    ("Submit due:2026-12-07 +admin", "Submit", {"due": "2026-12-07", "list": "admin"}),
    ("Submit due:tomorrow", "Submit", {"due": "2026-11-24"}),
    ("Submit due:fri, please", "Submit please", {"due": "2026-11-27"}),
    ("Due: tomorrow submit", "submit", {"due": "2026-11-24"}),
    ("Submit due:+2w", "Submit", {"due": "2026-12-07"}),
    ("Submit due:2026-12-15T09:00", "Submit", {"due": "2026-12-15 09:00"}),
    ("Submit due:2026-12-15 9am", "Submit", {"due": "2026-12-15 09:00"}),
    ("Submit fri due:2026-12-15", "Submit fri", {"due": "2026-12-15"}),
    ("Seed t:2027-03-01", "Seed", {"start": "2027-03-01"}),
    ("2026-11-22 Back up due:2026-11-24", "2026-11-22 Back up", {"due": "2026-11-24"}),
    (r"Watch \tomorrow", "Watch tomorrow", {}),
    (r"Tag \#home and \@sam", "Tag #home and @sam", {}),
    (r"Ship \!1 \+Flat \// done", "Ship !1 +Flat // done", {}),
    (r"\\tomorrow", r"\tomorrow", {}),
    (r"\next friday gig", "next gig", {"due": "2026-11-27"}),
    (r"\(A) grade", "(A) grade", {}),
    (r"\due:2026-12-15 form", "due:2026-12-15 form", {}),
    (
        "Pay rent tomorrow 9am every month #home !1 @sam +Flat // ask about the meter",
        "Pay rent",
        {
            "due": "2026-11-24 09:00",
            "labels": ("home",),
            "priority": 1,
            "assignee": "sam",
            "list": "Flat",
            "notes": "ask about the meter",
        },
    ),
]


@pytest.mark.parametrize(("text", "title", "fields"), EXAMPLES)
def test_marks(text: str, title: str, fields: dict[str, object]) -> None:
    todo = parse(text)
    read: dict[str, object] = {
        "labels": todo.labels,
        "assignee": todo.assignee,
        "list": todo.list,
        "priority": todo.priority,
        "notes": todo.notes,
        "due": shown(todo.due),
        "start": shown(todo.start),
    }
    assert todo.title == title
    assert {name: value for name, value in read.items() if value} == fields


def test_parts_know_where_they_were() -> None:
    text = "Pay rent tomorrow, #home 9am"
    todo = parse(text)
    assert todo.spans == (
        Part("due", 9, 18, Moment(date(2026, 11, 24), time(9)), "tomorrow,"),
        Part("label", 19, 24, "home", "#home"),
        Part("time", 25, 28, time(9), "9am"),
    )


def test_known_names() -> None:
    lists = ["Harbour relaunch", "Lisbon in spring", "Flat"]
    for text, name, title in (
        ("Mail +flat", "Flat", "Mail"),
        ("Mail +harbour-relaunch crew", "Harbour relaunch", "Mail crew"),
        ("Book +Lisbon in spring flights", "Lisbon in spring", "Book flights"),
        ("Book +Lisbon flights", "", "Book +Lisbon flights"),
        ("Book +Nowhere", "", "Book +Nowhere"),
    ):
        todo = parse(text, lists=lists)
        assert (todo.list, todo.title) == (name, title)
    assert parse("Ask @Sam and @kim", members=["sam"]).assignee == "sam"
    assert parse("Ask #home", labels=[]).labels == ()


@pytest.mark.parametrize(
    ("text", "plain", "title", "due"),
    [
        ("Call tomorrow 9am", ["tomorrow 9am"], "Call tomorrow 9am", ""),
        ("Call tomorrow 9am", ["9am"], "Call 9am", "2026-11-24"),
        ("Call  TOMORROW,  now", ["tomorrow"], "Call TOMORROW, now", ""),
        ("Call tomorrow", [(5, 13)], "Call tomorrow", ""),
        ("Ask fri about mon", ["mon"], "Ask about mon", "2026-11-27"),
        ("Ask fri about fri", [(14, 17)], "Ask about fri", "2026-11-27"),
        ("Water every 2 weeks", ["every 2 weeks"], "Water every 2 weeks", ""),
        ("Pay sun #home", ["#home"], "Pay #home", "2026-11-29"),
        ("Pay sat // due fri", ["// due fri"], "Pay // due fri", "2026-11-28"),
        ("(A) pay fri", ["(A)"], "(A) pay", "2026-11-27"),
        ("Pay fri", ["", "   ", "nothing", "fri and more"], "Pay", "2026-11-27"),
    ],
)
def test_turned_back(text: str, plain: list[object], title: str, due: str) -> None:
    todo = parse(text, plain=plain)
    assert (todo.title, shown(todo.due)) == (title, due)


def test_escape_gives_the_words_back() -> None:
    text = "Pay rent tomorrow 9am every month #home !1 @sam +Flat // ask about the meter"
    assert parse(escape(text)).title == text
    assert escape("Feed the cat") == "Feed \\the cat"


# Pasted text, and depth and title of each todo.
PASTES = [
    ("Buy milk", [(0, "Buy milk")]),
    ("Trip\n  Tickets\n    Train fri\n  Hotel\nHome", [
        (0, "Trip"), (1, "Tickets"), (2, "Train"), (1, "Hotel"), (0, "Home")]),
    ("- [ ] Milk\n\t- [ ] Oat\n* Eggs\n+ Bread\n• Jam", [
        (0, "Milk"), (1, "Oat"), (0, "Eggs"), (0, "Bread"), (0, "Jam")]),
    ("1. Wash\n2) Dry\n(3) Fold", [(0, "Wash"), (0, "Dry"), (0, "Fold")]),
    ("2. Dezember feiern", [(0, "2. Dezember feiern")]),
    ("- [x] Done already\n[ ] Open", [(0, "[x] Done already"), (0, "Open")]),
    ("Monday:\n  - Sweep", [(0, "Monday:"), (1, "Sweep")]),
    ("\n\n  A\n\n  B\r\n", [(0, "A"), (0, "B")]),
    ("a\n b\n  c\n   d\n    e\n     f\n      g", [
        (0, "a"), (1, "b"), (2, "c"), (3, "d"), (4, "e"), (4, "f"), (4, "g")]),
    ("    deep\n  less\nnone", [(0, "deep"), (0, "less"), (0, "none")]),
    ("-\n- ", [(0, "-"), (0, "-")]),
    ("", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "todos"), PASTES)
def test_pastes(text: str, todos: list[tuple[int, str]]) -> None:
    found = quickadd.parse_lines(text, now=NOW, tz=BERLIN)
    assert [(line.depth, line.todo.title) for line in found] == todos


def test_pastes_are_limited() -> None:
    many = "Buy milk\n" * 900
    assert len(quickadd.parse_lines(many, now=NOW, tz=BERLIN)) == 500
    assert len(quickadd.parse_lines(many, limit=3, now=NOW, tz=BERLIN)) == 3
