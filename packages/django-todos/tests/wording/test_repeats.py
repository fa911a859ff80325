"""Rules in words and as the form's fields."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.utils import translation

from django_todos.forms.repeat import (
    ANY_DAY,
    WEEKEND_DAY,
    WORKING_DAY,
    RepeatFields,
    build,
    fields_of,
)
from django_todos.limits import MAX_COUNT, MAX_INTERVAL
from django_todos.repeats.rule import RuleError
from django_todos.wording.repeats import describe, short

SENTENCES = [
    ("FREQ=DAILY", "Every day", "daily"),
    ("FREQ=DAILY;INTERVAL=3", "Every 3 days", "every 3 days"),
    ("FREQ=DAILY;COUNT=1", "Every day, 1 time", "daily"),
    ("FREQ=DAILY;COUNT=10", "Every day, 10 times", "daily"),
    ("FREQ=DAILY;BYMONTH=1,7", "Every day in January and July", "custom"),
    ("FREQ=DAILY;BYDAY=MO", "Custom rule (FREQ=DAILY;BYDAY=MO)", "custom"),
    ("FREQ=WEEKLY", "Every week", "weekly"),
    ("FREQ=WEEKLY;BYDAY=FR", "Every Friday", "weekly"),
    ("FREQ=WEEKLY;BYDAY=MO,TH", "Every Monday and Thursday", "Mon, Thu"),
    ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "Every Monday, Wednesday and Friday", "Mon, Wed, Fri"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Every weekday", "weekdays"),
    ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "Every day", "daily"),
    ("FREQ=WEEKLY;INTERVAL=2", "Every 2 weeks", "every 2 weeks"),
    (
        "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20270601",
        "Every 2 weeks on Monday and Thursday, until 1 June 2027",
        "every 2 weeks",
    ),
    ("FREQ=WEEKLY;UNTIL=20270601T220000Z", "Every week, until 1 June 2027", "weekly"),
    (
        "FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1",
        "Custom rule (FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1)",
        "weekly",
    ),
    ("FREQ=MONTHLY", "Every month", "monthly"),
    ("FREQ=MONTHLY;INTERVAL=3", "Every 3 months", "every 3 months"),
    ("FREQ=MONTHLY;BYMONTHDAY=15", "Every month on day 15", "monthly"),
    ("FREQ=MONTHLY;BYMONTHDAY=1,15", "Every month on days 1 and 15", "monthly"),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", "Every month on the last day", "monthly"),
    ("FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1", "Every month on the last day", "monthly"),
    (
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
        "Every month on day 30 or the last day",
        "monthly",
    ),
    (
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "Custom rule (FREQ=MONTHLY;BYMONTHDAY=-2)",
        "monthly",
    ),
    ("FREQ=MONTHLY;BYDAY=-1FR", "Last Friday of every month", "last Friday"),
    ("FREQ=MONTHLY;BYDAY=FR;BYSETPOS=-1", "Last Friday of every month", "last Friday"),
    (
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "First Monday and third Monday of every month",
        "first Monday and third Monday",
    ),
    ("FREQ=MONTHLY;INTERVAL=2;BYDAY=2TU", "Second Tuesday of every 2 months", "every 2 months"),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1",
        "First working day of every month",
        "first working day",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "Last working day of every month",
        "last working day",
    ),
    (
        "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1",
        "First weekend day of every month",
        "first weekend day",
    ),
    (
        "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=-1",
        "Last weekend day of every month",
        "last weekend day",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1",
        "First day of every month",
        "first day",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-1",
        "Last day of every month",
        "last day",
    ),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "Custom rule (FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1)",
        "monthly",
    ),
    (
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "Custom rule (FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR)",
        "monthly",
    ),
    (
        "FREQ=MONTHLY;BYMONTH=3,6;BYDAY=-1FR",
        "Last Friday of every month in March and June",
        "last Friday",
    ),
    ("FREQ=YEARLY", "Every year", "yearly"),
    ("FREQ=YEARLY;INTERVAL=4", "Every 4 years", "every 4 years"),
    ("FREQ=YEARLY;BYMONTH=6", "Every year in June", "yearly"),
    ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=15", "Every year on 15 June", "yearly"),
    ("FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1", "Every year on day 1 of January and July", "yearly"),
    (
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1",
        "Every year on 29 February, else the day before",
        "yearly",
    ),
    ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1", "Every year on the last day of February", "yearly"),
    (
        "FREQ=YEARLY;BYMONTH=11;BYDAY=4TH",
        "Every year on the fourth Thursday of November",
        "yearly",
    ),
    ("FREQ=YEARLY;BYMONTH=5;BYDAY=MO", "Custom rule (FREQ=YEARLY;BYMONTH=5;BYDAY=MO)", "yearly"),
    ("FREQ=YEARLY;BYDAY=20MO", "Custom rule (FREQ=YEARLY;BYDAY=20MO)", "yearly"),
    ("FREQ=YEARLY;BYWEEKNO=20;COUNT=3", "Custom rule (FREQ=YEARLY;COUNT=3;BYWEEKNO=20)", "yearly"),
]


@pytest.mark.parametrize("rrule, sentence, words", SENTENCES)
def test_rules_in_words(rrule, sentence, words):
    assert describe(rrule) == sentence
    assert short(rrule) == words


def test_from_completion_it_says_so():
    assert (
        describe("FREQ=DAILY;INTERVAL=3", "completion") == "Every 3 days, counted from completion"
    )
    assert short("FREQ=DAILY;INTERVAL=3", "completion") == "every 3 days after completion"


def test_names_of_days_and_months_are_djangos():
    with translation.override("de"):
        assert "Freitag" in describe("FREQ=MONTHLY;BYDAY=-1FR")
        assert "Juni" in describe("FREQ=DAILY;UNTIL=20270601")
        assert short("FREQ=WEEKLY;BYDAY=MO,TH") == "Mo, Do"


FIELDS = [
    ("FREQ=DAILY;INTERVAL=3", RepeatFields("DAILY", 3)),
    ("FREQ=WEEKLY;BYDAY=MO,TH", RepeatFields("WEEKLY", weekdays=(0, 3))),
    ("FREQ=MONTHLY", RepeatFields("MONTHLY")),
    ("FREQ=MONTHLY;BYMONTHDAY=15", RepeatFields("MONTHLY", month_day=15)),
    ("FREQ=MONTHLY;BYMONTHDAY=-1", RepeatFields("MONTHLY", month_day=-1)),
    (
        "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1",
        RepeatFields("MONTHLY", month_day=31),
    ),
    ("FREQ=MONTHLY;BYDAY=-1FR", RepeatFields("MONTHLY", nth=-1, weekday=4)),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        RepeatFields("MONTHLY", nth=-1, weekday=WORKING_DAY),
    ),
    ("FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1", RepeatFields("MONTHLY", nth=1, weekday=WEEKEND_DAY)),
    (
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-2",
        RepeatFields("MONTHLY", nth=-2, weekday=ANY_DAY),
    ),
    ("FREQ=YEARLY;BYMONTH=6", RepeatFields("YEARLY", month=6)),
    ("FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=30", RepeatFields("YEARLY", month=4, month_day=30)),
    (
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1",
        RepeatFields("YEARLY", month=2, month_day=29),
    ),
    ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", RepeatFields("YEARLY", nth=4, weekday=3, month=11)),
    ("FREQ=DAILY;COUNT=10", RepeatFields("DAILY", ends="count", count=10)),
    ("FREQ=DAILY;UNTIL=20270601", RepeatFields("DAILY", ends="until", until=date(2027, 6, 1))),
]


@pytest.mark.parametrize("rrule, fields", FIELDS)
def test_the_forms_fields_in_both_directions(rrule, fields):
    assert build(fields) == rrule
    assert fields_of(rrule) == fields


def test_what_belongs_to_another_frequency_is_left_out():
    filled = RepeatFields("DAILY", weekdays=(0,), month_day=3, nth=1, weekday=2, month=4)
    assert build(filled) == "FREQ=DAILY"
    assert build(RepeatFields("DAILY", count=3, until=date(2027, 1, 1))) == "FREQ=DAILY"


@pytest.mark.parametrize(
    "rrule",
    [
        "FREQ=DAILY;BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=MO;WKST=SU",
        "FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=1",
        "FREQ=MONTHLY;BYMONTHDAY=1,15",
        "FREQ=MONTHLY;BYMONTHDAY=31",  # skips the shorter months: not what the form's 31 means
        "FREQ=MONTHLY;BYMONTHDAY=-2",
        "FREQ=MONTHLY;BYDAY=1MO,3MO",
        "FREQ=MONTHLY;BYDAY=MO",
        "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1,2",
        "FREQ=YEARLY;BYMONTHDAY=15",
        "FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1",
        "FREQ=YEARLY;BYWEEKNO=20",
        "FREQ=YEARLY;BYYEARDAY=100",
        "FREQ=DAILY;UNTIL=20270601T220000Z",
    ],
)
def test_other_rules_are_custom(rrule):
    assert fields_of(rrule) is None


@pytest.mark.parametrize(
    "fields, says",
    [
        (RepeatFields("HOURLY"), "Choose days"),  # type: ignore[arg-type]
        (RepeatFields("DAILY", 0), "number from 1"),
        (RepeatFields("DAILY", MAX_INTERVAL + 1), "number from 1"),
        (RepeatFields("DAILY", ends="count"), "how many times"),
        (RepeatFields("DAILY", ends="count", count=MAX_COUNT + 1), "how many times"),
        (RepeatFields("DAILY", ends="until"), "last day"),
        (RepeatFields("MONTHLY", month_day=32), "days 1 to 31"),
        (RepeatFields("MONTHLY", month_day=0), "days 1 to 31"),
        (RepeatFields("MONTHLY", nth=6, weekday=0), "which weekday"),
        (RepeatFields("MONTHLY", nth=1), "which weekday"),
        (RepeatFields("MONTHLY", weekday=1), "which weekday"),
        (RepeatFields("MONTHLY", nth=1, weekday=10), "which weekday"),
        (RepeatFields("YEARLY", month_day=1), "Choose the month"),
        (RepeatFields("YEARLY", nth=1, weekday=1), "Choose the month"),
        (RepeatFields("YEARLY", month=2, month_day=30), "no such day"),
        (RepeatFields("YEARLY", month=4, month_day=31), "no such day"),
        (RepeatFields("YEARLY", month=13), "BYMONTH"),
        (RepeatFields("WEEKLY", weekdays=(7,)), "Choose weekdays"),
    ],
)
def test_fields_that_make_no_rule_say_why(fields, says):
    with pytest.raises(RuleError, match=says):
        build(fields)


def test_the_example_of_the_documentation():
    page = Path(__file__).parents[2] / "docs" / "recurrence.md"
    (code,) = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    lines = code.replace("describe(rule)", "words = describe(rule)")
    lines = lines.replace("next_occurrence(Repeat", "following = next_occurrence(Repeat")
    names: dict[str, object] = {}
    exec(lines, names)  # nosec B102: the page is ours
    assert f'# "{names["words"]}"' in code
    assert f"# Moment {names['following']}" in code
