"""Rules in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.utils import translation

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


def test_the_example_of_the_documentation():
    page = Path(__file__).parents[2] / "docs" / "recurrence.md"
    (code,) = re.findall(r"^```python\n(.*?)^```", page.read_text(encoding="utf-8"), re.M | re.S)
    lines = code.replace("describe(rule)", "words = describe(rule)")
    lines = lines.replace("next_occurrence(Repeat", "following = next_occurrence(Repeat")
    names: dict[str, object] = {}
    exec(lines, names)  # nosec B102: the page is ours
    assert f'# "{names["words"]}"' in code
    assert f"# Moment {names['following']}" in code
