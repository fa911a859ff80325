"""The grammar of repeats, and what people mean beyond it."""

from __future__ import annotations

import pytest

from django_todos.dates import Moment
from django_todos.repeats.occurrences import Repeat, parse_rrule
from django_todos.repeats.rule import Rule, RuleError


@pytest.mark.parametrize(
    "text, canonical",
    [
        ("FREQ=DAILY", "FREQ=DAILY"),
        (" rrule:freq=daily;interval=1; ", "FREQ=DAILY"),
        ("INTERVAL=2;FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2"),
        ("FREQ=WEEKLY;BYDAY=TH,MO,TH", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("FREQ=WEEKLY;WKST=MO", "FREQ=WEEKLY"),
        ("FREQ=WEEKLY;WKST=SU;INTERVAL=2;BYDAY=SU", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU"),
        ("FREQ=MONTHLY;BYDAY=+1MO,-1FR", "FREQ=MONTHLY;BYDAY=1MO,-1FR"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1,15,1", "FREQ=MONTHLY;BYMONTHDAY=1,15,-1"),
        ("FREQ=DAILY;COUNT=05", "FREQ=DAILY;COUNT=5"),
        ("FREQ=DAILY;UNTIL=20270601", "FREQ=DAILY;UNTIL=20270601"),
        ("FREQ=DAILY;UNTIL=20270601T090000", "FREQ=DAILY;UNTIL=20270601T090000"),
        ("FREQ=DAILY;UNTIL=20270601T090000z", "FREQ=DAILY;UNTIL=20270601T090000Z"),
        ("FREQ=DAILY;UNTIL=00020601", "FREQ=DAILY;UNTIL=00020601"),
        ("FREQ=YEARLY;BYYEARDAY=-1,100", "FREQ=YEARLY;BYYEARDAY=100,-1"),
        ("FREQ=YEARLY;BYDAY=MO;BYWEEKNO=20", "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO"),
        ("FREQ=YEARLY;BYDAY=20MO", "FREQ=YEARLY;BYDAY=20MO"),
        (
            "FREQ=MONTHLY;BYSETPOS=-1;BYDAY=FR,TH,WE,TU,MO",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        ),
    ],
)
def test_rules_have_one_canonical_text(text, canonical):
    assert parse_rrule(text) == canonical
    assert parse_rrule(canonical) == canonical


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "Enter a repeat rule"),
        ("every day", "not part of a repeat rule"),
        ("DAILY", "not part of a repeat rule"),
        ("INTERVAL=2", "DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=FORTNIGHTLY", "DAILY, WEEKLY, MONTHLY or YEARLY"),
        ("FREQ=HOURLY", "not by hours"),
        ("FREQ=MINUTELY;INTERVAL=5", "not by hours"),
        ("FREQ=SECONDLY", "not by hours"),
        ("FREQ=DAILY;BYHOUR=9", "the time comes from the due date"),
        ("FREQ=DAILY;BYMINUTE=0", "the time comes from the due date"),
        ("FREQ=DAILY;BYSECOND=0", "the time comes from the due date"),
        ("FREQ=DAILY;BYEASTER=1", "not part of a repeat rule"),
        ("FREQ=DAILY;RSCALE=CHINESE", "not part of a repeat rule"),
        ("FREQ=DAILY;FREQ=DAILY", "stands twice"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=1001", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=1.5", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL"),
        ("FREQ=DAILY;INTERVAL=٣", "INTERVAL"),
        ("FREQ=DAILY;COUNT=0", "COUNT"),
        ("FREQ=DAILY;COUNT=5001", "COUNT"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20270101", "not both"),
        ("FREQ=DAILY;UNTIL=20270230", "UNTIL"),
        ("FREQ=DAILY;UNTIL=2027-01-01", "UNTIL"),
        ("FREQ=DAILY;UNTIL=20270101T250000", "UNTIL"),
        ("FREQ=WEEKLY;BYDAY=XX", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=MO,", "BYDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY"),
        ("FREQ=YEARLY;BYDAY=54MO", "BYDAY"),
        ("FREQ=WEEKLY;BYDAY=1MO", "count weekdays"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "count weekdays"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "days of the month"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "days of the year"),
        ("FREQ=MONTHLY;BYWEEKNO=1", "weeks of the year"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH"),
        ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH"),
        ("FREQ=MONTHLY;BYSETPOS=1", "needs another part"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS"),
        ("FREQ=WEEKLY;WKST=1", "WKST"),
        ("FREQ=DAILY;BYMONTHDAY=" + ",".join(["1"] * 400), "too long"),
        # Days that no calendar has.
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "No day fits"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "No day fits"),
        ("FREQ=MONTHLY;BYMONTH=4,6;BYMONTHDAY=31", "No day fits"),
        ("FREQ=MONTHLY;BYDAY=6MO", "at most 5"),
        ("FREQ=MONTHLY;BYDAY=1MO,8MO", "at most 5"),
        ("FREQ=MONTHLY;BYDAY=-6FR", "at most 5"),
        ("FREQ=YEARLY;BYMONTH=2,11;BYDAY=2TU,7TU", "at most 5"),
        ("FREQ=MONTHLY;BYMONTHDAY=1;BYSETPOS=2", "No day fits"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", "No day fits"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "No day fits"),
        ("FREQ=YEARLY;BYYEARDAY=1;BYMONTH=2", "No day fits"),
    ],
)
def test_what_is_no_rule_says_why(text, says):
    with pytest.raises(RuleError, match=says):
        parse_rrule(text)


def test_a_repeat_is_a_rule_and_a_mode():
    with pytest.raises(RuleError):
        Repeat("FREQ=HOURLY")
    with pytest.raises(RuleError):
        Repeat("FREQ=DAILY", "sometimes")  # type: ignore[arg-type]
    assert Repeat("FREQ=DAILY") == Repeat("FREQ=DAILY", "due", Moment())


@pytest.mark.parametrize("day", [0, 32, -1])
def test_months_have_31_days_at_most(day):
    with pytest.raises(RuleError):
        Rule("MONTHLY").on_day(day)
