"""What holds for every text: nothing raises, nothing is swallowed, work is bounded."""

from __future__ import annotations

from datetime import datetime, timezone
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from django_todos import quickadd
from django_todos.quickadd import ENGLISH, escape
from django_todos.repeats.occurrences import parse_rrule

from .test_quickadd_dates import BERLIN
from .test_quickadd_dates import EXAMPLES as DATES
from .test_quickadd_dates import NOW, parse
from .test_quickadd_marks import EXAMPLES as MARKS
from .test_quickadd_plain import PLAIN
from .test_quickadd_repeats import EXAMPLES as REPEATS

many = settings(max_examples=settings.default.max_examples * 6)

SAMPLES = [row[0] for row in [*DATES, *REPEATS, *MARKS]] + PLAIN
BITS = [
    "#home", "!1", "!high", "@sam", "+Flat", "//", "http://a.b//c", "due:2026-12-15", "t:fri",
    "rec:+1w", "(A)", "9am", "at 9", "14:30", "15/12", "15.12.", "2026-12-15T09:00Z", "27th",
    "every!", "every 3rd", "mon-fri", "in 3", "1,000", '"', "“", "”", "\\", "\\#x", "(", ")", ",",
    ".", "!", "?", "½", "٣", "²", "İ", "ß", "\u200d", "\x00", "\n", "\t", "\u2028", "milk", "x",
]  # fmt: skip
words = st.sampled_from(sorted(ENGLISH.vocabulary) + BITS)
phrases = st.lists(words, max_size=14).map(" ".join)
glued = st.lists(words, max_size=8).map("".join)
texts = st.one_of(
    phrases, phrases, glued, st.text(max_size=80), st.sampled_from(SAMPLES),
    st.tuples(st.sampled_from(SAMPLES), phrases).map(" ".join),
)  # fmt: skip
moments = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=st.just(timezone.utc))
zones = st.sampled_from(["UTC", "Europe/Berlin", "Pacific/Tongatapu", "Australia/Lord_Howe"])


def collapsed(text: str) -> str:
    return " ".join(text.split())


def check(text: str, todo: quickadd.ParsedTodo) -> None:
    """Spans are in order, inside and apart; what they leave is the title, in order."""
    at, kept = 0, []
    for part in todo.spans:
        assert at <= part.start < part.end <= len(text)
        assert part.text == text[part.start : part.end]
        kept.append(text[at : part.start])
        at = part.end
    assert todo.title == collapsed("".join([*kept, text[at:]]))
    assert todo.text == text
    if todo.repeat:
        assert todo.due and parse_rrule(todo.repeat.rrule) == todo.repeat.rrule


@many
@given(texts, moments, zones, st.integers(0, 6))
def test_never_raises_and_never_swallows(
    text: str, now: datetime, zone: str, week_start: int
) -> None:
    options = {"now": now, "tz": ZoneInfo(zone), "week_start": week_start}
    check(text, parse(text, **options))
    quickadd.parse_date(text, **options)  # type: ignore[arg-type]
    found = quickadd.parse_repeat(text, **options)  # type: ignore[arg-type]
    assert found is None or parse_rrule(found.rrule) == found.rrule
    for line in quickadd.parse_lines(text, **options):
        check(line.todo.text, line.todo)
        assert line.todo.title and 0 <= line.depth <= 4


@many
@given(texts)
def test_backslashes_keep_every_word(text: str) -> None:
    todo = parse(escape(text))
    assert todo.title == collapsed(text)
    assert {part.kind for part in todo.spans} <= {"escape"}


@many
@given(texts, st.integers(0, 20), st.booleans())
def test_turning_a_part_back_removes_just_that_part(text: str, n: int, by_words: bool) -> None:
    parts = [part for part in parse(text).spans if part.kind != "escape"]
    assume(parts)
    turned = parts[n % len(parts)]
    assume(not by_words or text.lower().count(turned.text.lower()) == 1)
    todo = parse(text, plain=[turned.text if by_words else (turned.start, turned.end)])
    check(text, todo)
    if turned.kind == "notes":  # what follows it was never looked at before
        return
    assert not any(p.start < turned.end and turned.start < p.end for p in todo.spans)
    independent = {"label", "notes", "escape"} | {
        kind for kind in ("priority", "assignee", "list") if kind != turned.kind
    }
    left = [(p.kind, p.start, p.end, p.value) for p in todo.spans]
    for part in parts:
        if part is not turned and part.kind in independent:
            assert (part.kind, part.start, part.end, part.value) in left


@many
@given(st.text(max_size=30), st.lists(st.one_of(st.text(max_size=9), st.tuples(
    st.integers(-5, 40), st.integers(-5, 40))), max_size=4))  # fmt: skip
def test_any_plain_is_taken(text: str, plain: list[str | tuple[int, int]]) -> None:
    check(text, parse(text, plain=plain))


def test_hostile_texts_stay_bounded() -> None:
    """Each is a hundred thousand characters and more: the work is capped, so this ends soon."""
    for bit in (
        "every ", "mon and ", "1st and ", "in 3 ", "the ", "(", '"', "\\", "#a ", "9:", "fri - ",
        "every mon, ", "every jan 5, ", "due:", "+", "1,2", "a,", "mon-", "15 dec to ", "//x/",
    ):  # fmt: skip
        text = bit * (100_000 // len(bit))
        check(text, parse(text, plain=[bit * 5, "fri"], lists=["a b", "mon"]))
        quickadd.parse_date(text, now=NOW, tz=BERLIN)
