"""The words and marks on a page."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory

from django_todos.dates import Moment
from django_todos.templatetags import django_todos as tags
from django_todos.templatetags._rows import start_words, todos_snippet

NOW = datetime(2026, 11, 23, 10, tzinfo=timezone.utc)  # a Monday
LISBON = ZoneInfo("Europe/Lisbon")
TODAY = date(2026, 11, 23)


def on(
    day: int, month: int = 11, clock: time | None = None, tz: str = "", year: int = 2026
) -> Moment:
    """A moment of 2026."""
    return Moment(date(year, month, day), clock, tz)


def render(source: str, request: Any = None, **context: Any) -> str:
    """A template with the library loaded and a viewer in Lisbon."""
    values = {"viewer": SimpleNamespace(now=NOW, zone=LISBON, today=TODAY), **context}
    built = Context(values)
    if request is not None:
        built.request = request  # type: ignore[attr-defined]
    return Template("{% load django_todos %}" + source).render(built)


def todo(**fields: Any) -> SimpleNamespace:
    """What the tags ask of a todo."""
    base = {
        "due": Moment(),
        "start": Moment(),
        "is_completed": False,
        "rrule": "",
        "repeat_mode": "due",
    }
    return SimpleNamespace(**{**base, **fields})


def test_due_of_a_completed_todo_is_not_late() -> None:
    source = "{% todos_due todo as due %}{{ due.state }} {{ due.words }}"
    assert render(source, todo=todo(due=on(20))) == "late Fri 20 Nov"
    assert render(source, todo=todo(due=on(20), is_completed=True)) == "done Fri 20 Nov"
    assert render(source, todo=todo(due=on(23, clock=time(18))), view="today") == "today 18:00"


@pytest.mark.parametrize(
    ("start", "done", "words"),
    [
        (Moment(), False, ""),
        (on(22), False, ""),
        (on(23), False, ""),
        (on(25), False, "25 Nov"),
        (on(25), True, ""),
        (on(5, 1, year=2027), False, "5 Jan 2027"),
    ],
)
def test_start_is_said_until_it_comes(start: Moment, done: bool, words: str) -> None:
    one = todo(start=start, is_completed=done)
    viewer = SimpleNamespace(now=NOW, zone=LISBON, today=TODAY)
    assert start_words(one, viewer).words == words


def test_instants_are_said_in_the_viewers_zone() -> None:
    late = datetime(2026, 7, 23, 23, 30, tzinfo=timezone.utc)
    source = "{% todos_instant at as when %}{{ when.words }}"
    assert render(source, at=late) == "Fri 24 Jul, 00:30"
    assert render(source, at=None) == ""
    assert render("{% todos_clock at %}", at=late) == "00:30"
    assert render("{% todos_moment m as when %}{{ when.state }}", m=on(20)) == "done"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 11, 23), date(2026, 11, 29), "23 – 29 November"),
        (date(2026, 11, 30), date(2026, 12, 6), "30 November – 6 December"),
        (date(2026, 12, 28), date(2027, 1, 3), "28 December – 3 January 2027"),
        (date(2027, 1, 4), date(2027, 1, 10), "4 – 10 January 2027"),
        (date(2027, 1, 29), date(2027, 2, 4), "29 January – 4 February 2027"),
        (date(2027, 12, 27), date(2028, 1, 2), "27 December 2027 – 2 January 2028"),
    ],
)
def test_span(first: date, last: date, words: str) -> None:
    assert render("{% todos_span first last %}", first=first, last=last) == words


def test_days() -> None:
    assert tags.todos_day(TODAY) == "Monday 23 November"
    days = (TODAY, date(2026, 11, 22), date(2025, 12, 31))
    said = [render("{% todos_log_day day %}", day=day) for day in days]
    assert said == ["Today", "Sunday 22 November", "Wednesday 31 December 2025"]
    assert render("{% todos_day_short day %}", day=date(2026, 11, 24)) == "Tue 24 Nov"


def test_small_words() -> None:
    assert [tags.todos_priority(one) for one in ("high", "medium", "low", "none")] == [
        "High",
        "Medium",
        "Low",
        "None",
    ]


def test_search_hits_are_marked() -> None:
    assert (
        tags.todos_marked("The Boiler, a boiler", "boiler")
        == "The <mark>Boiler</mark>, a <mark>boiler</mark>"
    )
    assert tags.todos_marked("a.b", "") == "a.b"
    assert tags.todos_marked("a.b acb", "a.b") == "<mark>a.b</mark> acb"
    assert tags.todos_marked("<b> & <i>", "b") == "&lt;<mark>b</mark>&gt; &amp; &lt;i&gt;"


def test_a_snippet_stands_around_the_first_hit() -> None:
    text = "one two three four five six seven eight nine ten BOILER " + "and so on " * 20
    snippet = todos_snippet(text, "boiler")
    assert (
        snippet.startswith("… ")
        and snippet.endswith(" …")
        and "BOILER" in snippet
        and len(snippet) < 140
    )
    assert todos_snippet("short boiler", "boiler") == "short boiler"
    assert todos_snippet(text, "nothing") == ""
    assert todos_snippet(text, "") == ""


@pytest.mark.parametrize(
    ("text", "has", "has_not"),
    [
        ("**bold** and\nnew line", ["<strong>bold</strong>", "<br>"], []),
        ("<script>alert(1)</script><b>x</b>", ["&lt;script&gt;"], ["<script", "<b>"]),
        ("[x](javascript:alert(1))", [], ["href", "<a "]),
        ("![cat](https://evil.example/cat.png)", [], ["<img", "src="]),
        (
            "see https://a.example/x?y=1. Or not",
            ['href="https://a.example/x?y=1"', "</a>. Or not"],
            [],
        ),
        (
            "[https://a.example](https://b.example)",
            ['href="https://b.example"'],
            ['href="https://a.example"'],
        ),
        ("`https://a.example/x`", ["<code>https://a.example/x</code>"], ["<a "]),
        ("<alice@a.example>", ['href="mailto:alice@a.example"'], []),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["<table>", "<td>1</td>"], ["style="]),
        ("~~gone~~", ["<s>gone</s>"], []),
        ("https://a.example", ["noopener noreferrer nofollow"], ["target="]),
        ("", [], ["<"]),
    ],
)
def test_notes(text: str, has: list[str], has_not: list[str]) -> None:
    html = tags.todos_markdown(text)
    assert all(one in html for one in has), html
    assert not any(one in html for one in has_not), html


def test_repeats() -> None:
    weekly = todo(rrule="FREQ=WEEKLY")
    assert tags.todos_repeat(weekly) == "weekly"
    assert tags.todos_repeat_long(weekly) == "Every week"
    assert tags.todos_repeat(todo()) == tags.todos_repeat_long(todo()) == ""
    unreadable = todo(rrule="FREQ=SOMETIMES")
    assert tags.todos_repeat(unreadable) == tags.todos_repeat_long(unreadable) == "FREQ=SOMETIMES"


class Fields(forms.Form):
    """A field with help, and one without."""

    title = forms.CharField(help_text="Short")
    more = forms.CharField(required=False, show_hidden_initial=True)


def test_a_widget_is_tied_to_its_help_and_its_error() -> None:
    html = tags.todos_widget(Fields({})["title"])
    assert 'class="todos-input"' in html and 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    plain = tags.todos_widget(Fields()["more"], "todos-input todos-input-auto")
    assert "aria-invalid" not in plain and 'class="todos-input todos-input-auto"' in plain


def test_what_was_seen_travels_along() -> None:
    html = tags.todos_initial(Fields(initial={"more": "before"})["more"])
    assert 'type="hidden"' in html and 'name="initial-more"' in html and 'value="before"' in html


def test_query_keeps_what_it_is_not_told_to_change() -> None:
    request = RequestFactory().get("/x/?q=a&done=1&after=c&select=1")
    assert render("{% todos_query select=None %}", request) == "/x/?q=a"
    assert render("{% todos_query after='d' %}", request) == "/x/?q=a&amp;select=1&amp;after=d"
    assert render("{% todos_query q='' select='' %}", request) == "/x/"


def test_view_is_the_pages_or_the_forms() -> None:
    request = RequestFactory().post("/x/", {"view": "today"})
    assert render("{% todos_view as v %}{{ v }}", request) == "today"
    assert render("{% todos_view as v %}{{ v }}", request, view="list") == "list"
    assert render("{% todos_view as v %}{{ v }}") == ""


def test_list_colors_come_from_the_sidebar() -> None:
    source = "{% todos_list_color 7 %} {% todos_list_color 8 %}"
    assert render(source, nav=SimpleNamespace(colors={7: "teal"})) == "teal grey"
    assert render(source) == "grey grey"


def test_icon_and_counts() -> None:
    html = render("{% todos_icon 'check' small=True turn=True %}")
    assert 'href="#todos-i-check"' in html and "todos-i-s" in html and "todos-i-turn" in html
    rows = [SimpleNamespace(todo=todo(is_completed=True)), SimpleNamespace(todo=todo())]
    assert tags.todos_done(rows) == 1


PLAIN = [
    ("see [the boiler](https://example.org/x) **now**", "see the boiler now"),
    ("# Boiler\n\n- [x] `a` 2 * 3\n> *b*", "Boiler a 2 * 3 b"),
    ("snake_case _boiler_ ~~x~~\n---\n1. one", "snake_case boiler x one"),
]


@pytest.mark.parametrize("notes, words", PLAIN)
def test_a_snippet_is_text(notes: str, words: str) -> None:
    assert todos_snippet(notes, "boiler") == words
