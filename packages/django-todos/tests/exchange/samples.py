"""Records as hypothesis draws them: everything that a todo of ours can be."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from django_todos.dates import Moment
from django_todos.exchange.records import RepeatRecord, TodoRecord, clean_line, clean_text

BERLIN = ZoneInfo("Europe/Berlin")

days = st.dates(dt.date(1990, 1, 1), dt.date(2090, 1, 1))
times = st.builds(lambda at: at.replace(microsecond=0), st.times())
zones = st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"])
some_moments = st.one_of(
    st.builds(Moment, days), st.builds(Moment, days, times), st.builds(Moment, days, times, zones)
)
moments = st.one_of(st.just(Moment()), some_moments)
stamps = st.builds(
    lambda at: at.replace(microsecond=0, tzinfo=dt.UTC),
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2090, 1, 1)),
)

words = st.one_of(
    st.text(min_size=1, max_size=12),
    st.sampled_from(
        "x (A) 2026-11-22 +house @shop due:2026-12-01 due:x rec:1w id:1 p:1 \\ \\x \\+a +49 @ + "
        "http://a.b:1 10:30 h:1 pri:A label:x list:y due_tz:UTC".split()
    ),
)
titles = st.lists(words, min_size=1, max_size=6).map(" ".join).map(clean_line).filter(bool)
labels = st.lists(
    st.text(min_size=1, max_size=12).map(clean_line).filter(bool),
    max_size=4,
    unique_by=str.casefold,
).map(tuple)
texts = st.text(max_size=60).map(clean_text)
rules = st.sampled_from(
    [
        "FREQ=DAILY",
        "FREQ=DAILY;INTERVAL=3",
        "FREQ=WEEKLY",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270601",
        "FREQ=MONTHLY",
        "FREQ=MONTHLY;BYDAY=-1FR",
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        "FREQ=YEARLY;COUNT=5",
    ]
)


@st.composite
def todos(draw: st.DrawFn, key: str = "k") -> TodoRecord:
    """One todo without a tree around it, its stamps at whole seconds."""
    due = draw(moments)
    repeat = None
    if due and draw(st.booleans()):
        anchor = draw(st.one_of(st.just(due), some_moments))
        slot = draw(st.one_of(st.just(Moment()), some_moments))
        mode = draw(st.sampled_from(["due", "completion"]))
        repeat = RepeatRecord(draw(rules), mode, anchor, slot if slot != due else Moment())
    completed = draw(st.one_of(st.none(), stamps))
    return TodoRecord(
        key=key,
        title=draw(titles),
        notes=draw(texts),
        priority=draw(st.integers(0, 9)),
        due=due,
        start=draw(moments),
        labels=draw(labels),
        is_completed=completed is not None,
        completed_at=completed,
        repeat=repeat,
        created_at=draw(stamps),
    )
