"""When a repeating todo comes next: tables, one row a promise."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule as du

from django_todos.dates import Moment
from django_todos.repeats import occurrences
from django_todos.repeats.occurrences import (
    Repeat,
    first_occurrence,
    next_occurrence,
    shift_with,
    skip_occurrence,
    upcoming,
)
from django_todos.repeats.rule import Mode, Rule

UTC = timezone.utc
M = Moment.parse


def aware(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def following(rrule, current, now, zone="UTC", *, mode="due", anchor=None, occurrence=0):
    """The canonical text of the next date, or None."""
    repeat = Repeat(rrule, mode, M(current if anchor is None else anchor))
    found = next_occurrence(repeat, M(current), aware(now, zone), ZoneInfo(zone), occurrence)
    return found and found.format()


def chain(rrule, anchor, length, zone="UTC", mode="due"):
    """The dates a todo has if each is completed on time."""
    repeat, zone_info = Repeat(rrule, mode, M(anchor)), ZoneInfo(zone)
    dates, moment = [anchor], M(anchor)
    while len(dates) < length:
        now = moment.instant(zone_info) or aware(f"{moment.date}T12:00", zone)
        found = next_occurrence(repeat, moment, now, zone_info, len(dates) - 1)
        if found is None:
            break
        dates.append(found.format())
        moment = found
    return dates


# -- the next date ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rrule, current, now, expected",
    [
        # On time, early, late: strictly after both the old date and now.
        ("FREQ=DAILY", "2026-11-23", "2026-11-23T10:00", "2026-11-24"),
        ("FREQ=DAILY", "2026-11-25", "2026-11-23T10:00", "2026-11-26"),
        ("FREQ=DAILY", "2026-01-01", "2026-11-23T10:00", "2026-11-24"),
        ("FREQ=DAILY", "2026-11-23T18:00", "2026-11-23T10:00", "2026-11-24T18:00"),
        ("FREQ=DAILY", "2026-11-22T18:00", "2026-11-23T10:00", "2026-11-23T18:00"),
        ("FREQ=DAILY", "2026-11-22T09:00", "2026-11-23T09:00", "2026-11-24T09:00"),
        ("FREQ=DAILY;INTERVAL=3", "2026-11-20", "2026-11-23T10:00", "2026-11-26"),
        ("FREQ=DAILY;INTERVAL=3", "2026-11-21", "2026-11-23T10:00", "2026-11-24"),
        # Weeks: the weekday of the anchor, named weekdays, every second week from its week.
        ("FREQ=WEEKLY", "2026-11-20", "2026-11-23T10:00", "2026-11-27"),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-23", "2026-11-23T10:00", "2026-11-26"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-11-26", "2026-11-23T10:00", "2026-12-07"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "2026-11-27", "2026-11-27T10:00", "2026-11-30"),
        ("FREQ=WEEKLY;BYDAY=MO,FR;BYSETPOS=-1", "2026-11-20", "2026-11-20T10:00", "2026-11-27"),
        # Months.
        ("FREQ=MONTHLY", "2026-11-15", "2026-11-23T10:00", "2026-12-15"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27", "2026-11-27T10:00", "2026-12-25"),
        ("FREQ=MONTHLY;BYDAY=2TU", "2026-11-10", "2026-11-23T10:00", "2026-12-08"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-11-30", "2026-12-01T10:00", "2026-12-31"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-11-15", "2026-11-23T10:00", "2026-12-01"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            "2026-10-30",
            "2026-11-23T10:00",
            "2026-11-30",
        ),
        ("FREQ=MONTHLY;INTERVAL=18", "2026-11-15", "2026-11-23T10:00", "2028-05-15"),
        # Years, leap days and far anchors.
        ("FREQ=YEARLY", "2026-06-15", "2026-11-23T10:00", "2027-06-15"),
        ("FREQ=YEARLY", "1970-06-15", "2026-11-23T10:00", "2027-06-15"),
        ("FREQ=YEARLY", "2024-02-29", "2026-11-23T10:00", "2028-02-29"),
        ("FREQ=YEARLY", "2096-02-29", "2096-11-23T10:00", "2104-02-29"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-11-26", "2026-11-26T10:00", "2027-11-25"),
        ("FREQ=YEARLY;BYYEARDAY=366", "2024-12-31", "2026-11-23T10:00", "2028-12-31"),
        ("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2026-12-28", "2026-12-28T10:00", "2032-12-27"),
        ("FREQ=DAILY;BYMONTH=1", "2026-01-31", "2026-11-23T10:00", "2027-01-01"),
        ("FREQ=DAILY", "0001-01-01", "2026-11-23T10:00", "2026-11-24"),
    ],
)
def test_the_first_date_after_both_the_old_one_and_now(rrule, current, now, expected):
    assert following(rrule, current, now) == expected


@pytest.mark.parametrize(
    "rrule, current, now, anchor, expected",
    [
        # Moving one date moves that occurrence only: the next is where the rule has it.
        ("FREQ=WEEKLY", "2026-11-25", "2026-11-25T10:00", "2026-11-23", "2026-11-30"),
        ("FREQ=WEEKLY", "2026-12-02", "2026-11-25T10:00", "2026-11-23", "2026-12-07"),
        (
            "FREQ=DAILY",
            "2026-11-23T15:00",
            "2026-11-23T16:00",
            "2026-11-01T09:00",
            "2026-11-24T09:00",
        ),
        # Also to another case: a day is past when it is over, a time when it comes.
        ("FREQ=DAILY", "2026-11-23", "2026-11-23T06:00", "2026-11-01T09:00", "2026-11-24T09:00"),
        ("FREQ=DAILY", "2026-11-23T08:00", "2026-11-22T06:00", "2026-11-01", "2026-11-24"),
        (
            "FREQ=DAILY",
            "2026-11-23T08:00",
            "2026-11-23T06:00",
            "2026-11-01T09:00",
            "2026-11-23T09:00",
        ),
    ],
)
def test_the_anchor_keeps_the_rhythm(rrule, current, now, anchor, expected):
    assert following(rrule, current, now, anchor=anchor) == expected


def test_now_is_the_completers_for_dates_and_floating_times():
    # 22:00 UTC on the 23rd is already the 24th in Tonga.
    arguments = ("FREQ=DAILY", "2026-11-20", "2026-11-23T22:00")
    repeat, current, now = (
        Repeat(arguments[0], "due", M(arguments[1])),
        M(arguments[1]),
        aware(arguments[2]),
    )
    assert next_occurrence(repeat, current, now, ZoneInfo("UTC")) == M("2026-11-24")
    assert next_occurrence(repeat, current, now, ZoneInfo("Pacific/Tongatapu")) == M("2026-11-25")
    floating = Repeat("FREQ=DAILY", "due", M("2026-11-20T09:00"))
    for zone, expected in [("UTC", "2026-11-24T09:00"), ("Pacific/Tongatapu", "2026-11-25T09:00")]:
        found = next_occurrence(floating, floating.anchor, now, ZoneInfo(zone))
        assert found == M(expected)


def test_a_time_in_a_zone_has_the_same_next_for_everybody():
    anchor = M("2026-11-20T09:00[Europe/Berlin]")
    repeat, now = Repeat("FREQ=DAILY", "due", anchor), aware("2026-11-23T22:00")
    for zone in ("UTC", "Pacific/Tongatapu", "America/New_York"):
        found = next_occurrence(repeat, anchor, now, ZoneInfo(zone))
        assert found == M("2026-11-24T09:00[Europe/Berlin]")


@pytest.mark.parametrize(
    "zone, anchor, expected",
    [
        # 09:00 stays 09:00 on the wall.
        ("Europe/Berlin", "2026-03-28T09:00", ["2026-03-29T09:00", "2026-03-30T09:00"]),
        ("Europe/Berlin", "2026-10-24T09:00", ["2026-10-25T09:00", "2026-10-26T09:00"]),
        # A time that doesn't exist moves forward that day, and only that day.
        ("Europe/Berlin", "2026-03-28T02:30", ["2026-03-29T03:30", "2026-03-30T02:30"]),
        ("America/New_York", "2026-03-07T02:30", ["2026-03-08T03:30", "2026-03-09T02:30"]),
        ("Australia/Lord_Howe", "2026-10-03T02:15", ["2026-10-04T02:45", "2026-10-05T02:15"]),
        # A doubled time happens once.
        ("Europe/Berlin", "2026-10-24T02:30", ["2026-10-25T02:30", "2026-10-26T02:30"]),
        ("America/New_York", "2026-10-31T01:30", ["2026-11-01T01:30", "2026-11-02T01:30"]),
        ("Australia/Lord_Howe", "2026-04-04T01:45", ["2026-04-05T01:45", "2026-04-06T01:45"]),
        # UTC+13, and Samoa's lost 30 December 2011, which is the 31st.
        ("Pacific/Tongatapu", "2026-12-31T09:00", ["2027-01-01T09:00", "2027-01-02T09:00"]),
        ("Pacific/Apia", "2011-12-29T09:00", ["2011-12-31T09:00", "2012-01-01T09:00"]),
    ],
)
def test_clock_changes(zone, anchor, expected):
    assert chain("FREQ=DAILY", f"{anchor}[{zone}]", 3) == [
        f"{moment}[{zone}]" for moment in [anchor, *expected]
    ]


def test_the_second_pass_of_a_doubled_hour_is_after_the_first():
    # 02:45 the second time round is later than today's 02:50 (the first): tomorrow it is.
    now = datetime(2026, 10, 25, 2, 45, tzinfo=ZoneInfo("Europe/Berlin"), fold=1)
    anchor = M("2026-10-24T02:50[Europe/Berlin]")
    found = next_occurrence(Repeat("FREQ=DAILY", "due", anchor), anchor, now, ZoneInfo("UTC"))
    assert found == M("2026-10-26T02:50[Europe/Berlin]")


def test_floating_times_keep_what_was_typed():
    # 02:30 doesn't exist in Berlin that day, but the todo floats and may be done elsewhere.
    found = following("FREQ=DAILY", "2026-03-28T02:30", "2026-03-28T12:00", "Europe/Berlin")
    assert found == "2026-03-29T02:30"


@pytest.mark.parametrize(
    "anchor, expected",
    [
        ("2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30"]),
        ("2027-12-30", ["2028-01-30", "2028-02-29", "2028-03-30"]),
        ("2026-12-29", ["2027-01-29", "2027-02-28", "2027-03-29"]),
        ("2026-01-28", ["2026-02-28", "2026-03-28", "2026-04-28"]),
    ],
)
def test_every_month_on_the_31st_means_the_last_such_day(anchor, expected):
    rule = str(Rule("MONTHLY").on_day(date.fromisoformat(anchor).day))
    assert chain(rule, anchor, 4) == [anchor, *expected]


def test_an_imported_rule_keeps_the_meaning_of_the_standard():
    # RFC 5545 skips the months that lack the day.
    assert chain("FREQ=MONTHLY", "2026-01-31", 3) == ["2026-01-31", "2026-03-31", "2026-05-31"]
    assert chain("FREQ=YEARLY", "2024-02-29", 2) == ["2024-02-29", "2028-02-29"]


# -- COUNT and UNTIL -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rrule, anchor, current, now, expected",
    [
        ("FREQ=DAILY;COUNT=3", "2026-11-22", "2026-11-23", "2026-11-23T10:00", "2026-11-24"),
        ("FREQ=DAILY;COUNT=3", "2026-11-22", "2026-11-24", "2026-11-24T10:00", None),
        ("FREQ=DAILY;COUNT=1", "2026-11-22", "2026-11-22", "2026-11-22T10:00", None),
        # Missed ones are counted: the fourth day was the last.
        ("FREQ=DAILY;COUNT=4", "2026-11-20", "2026-11-20", "2026-11-23T10:00", None),
        ("FREQ=DAILY;COUNT=5", "2026-11-20", "2026-11-20", "2026-11-23T10:00", "2026-11-24"),
        # The anchor counts as the first even where the rule would not have it.
        (
            "FREQ=WEEKLY;BYDAY=MO;COUNT=2",
            "2026-11-18",
            "2026-11-18",
            "2026-11-18T10:00",
            "2026-11-23",
        ),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=2", "2026-11-18", "2026-11-23", "2026-11-23T10:00", None),
        # UNTIL is included.
        (
            "FREQ=DAILY;UNTIL=20261124",
            "2026-11-23",
            "2026-11-23",
            "2026-11-23T10:00",
            "2026-11-24",
        ),
        ("FREQ=DAILY;UNTIL=20261124", "2026-11-23", "2026-11-24", "2026-11-24T10:00", None),
        ("FREQ=DAILY;UNTIL=20261124", "2026-11-20", "2026-11-20", "2026-12-24T10:00", None),
    ],
)
def test_ends(rrule, anchor, current, now, expected):
    assert following(rrule, current, now, anchor=anchor) == expected


@pytest.mark.parametrize(
    "until, anchor, last",
    [
        # A date means that whole day, whatever the case.
        ("20261125", "2026-11-23", "2026-11-25"),
        ("20261125", "2026-11-23T09:00", "2026-11-25T09:00"),
        ("20261125", "2026-11-23T09:00[Pacific/Tongatapu]", "2026-11-25T09:00[Pacific/Tongatapu]"),
        # A date looks at the day written, also of a time.
        ("20261125T000000Z", "2026-11-23", "2026-11-25"),
        ("20261125T235959", "2026-11-23", "2026-11-25"),
        # A floating time compares wall times.
        ("20261125T090000", "2026-11-23T09:00", "2026-11-25T09:00"),
        ("20261125T085959", "2026-11-23T09:00", "2026-11-24T09:00"),
        ("20261125T090000Z", "2026-11-23T09:00", "2026-11-25T09:00"),
        # A time in a zone compares instants with UTC, wall times with a local time.
        ("20261125T080000Z", "2026-11-23T09:00[Europe/Berlin]", "2026-11-25T09:00[Europe/Berlin]"),
        ("20261125T075959Z", "2026-11-23T09:00[Europe/Berlin]", "2026-11-24T09:00[Europe/Berlin]"),
        ("20261125T090000", "2026-11-23T09:00[Europe/Berlin]", "2026-11-25T09:00[Europe/Berlin]"),
    ],
)
def test_until_speaks_the_anchors_language(until, anchor, last):
    for mode in ("due", "completion"):
        assert chain(f"FREQ=DAILY;UNTIL={until}", anchor, 9, mode=mode)[-1] == last


# -- counted from completion -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "rrule, current, now, expected",
    [
        ("FREQ=DAILY;INTERVAL=3", "2026-11-20", "2026-11-23T10:00", "2026-11-26"),
        ("FREQ=DAILY;INTERVAL=3", "2026-11-23", "2026-11-23T10:00", "2026-11-26"),
        # Early: a plain interval counts from that day all the same, days with a name come after the old date.
        ("FREQ=DAILY;INTERVAL=3", "2026-11-24", "2026-11-23T10:00", "2026-11-26"),
        ("FREQ=DAILY;INTERVAL=3", "2026-12-20", "2026-11-23T10:00", "2026-11-26"),
        ("FREQ=DAILY;INTERVAL=4", "2026-11-30", "2026-11-23T10:00", "2026-11-27"),
        ("FREQ=WEEKLY;BYDAY=FR", "2026-12-18", "2026-11-23T10:00", "2026-12-25"),
        # The time of day stays; a day that counts as completed is over.
        ("FREQ=DAILY;INTERVAL=3", "2026-11-20T18:00", "2026-11-23T10:00", "2026-11-26T18:00"),
        ("FREQ=DAILY", "2026-11-20T18:00", "2026-11-23T10:00", "2026-11-24T18:00"),
        ("FREQ=WEEKLY", "2026-11-20", "2026-11-23T10:00", "2026-11-30"),
        ("FREQ=WEEKLY;BYDAY=FR", "2026-11-13", "2026-11-23T10:00", "2026-11-27"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", "2026-11-16", "2026-11-25T10:00", "2026-12-07"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-10-30", "2026-11-23T10:00", "2026-11-27"),
        # From the 31st or from 29 February: the last such day, not months later.
        ("FREQ=MONTHLY", "2027-01-15", "2027-01-31T10:00", "2027-02-28"),
        ("FREQ=MONTHLY", "2027-01-15", "2027-01-30T10:00", "2027-02-28"),
        ("FREQ=YEARLY", "2028-01-15", "2028-02-29T10:00", "2029-02-28"),
        ("FREQ=MONTHLY;COUNT=9", "2027-01-15", "2027-01-31T10:00", "2027-02-28"),
    ],
)
def test_counted_from_completion(rrule, current, now, expected):
    assert following(rrule, current, now, mode="completion") == expected


def test_from_completion_the_zone_of_the_todo_says_which_day_it_is():
    # 23:30 in Berlin is the 24th in Tonga: the day counted from is Berlin's.
    anchor = "2026-11-20T09:00[Europe/Berlin]"
    found = following(
        "FREQ=DAILY;INTERVAL=2", anchor, "2026-11-24T11:30", "Pacific/Tongatapu", mode="completion"
    )
    assert found == "2026-11-25T09:00[Europe/Berlin]"


def test_from_completion_count_means_completions():
    for done, expected in [(0, "2026-11-24"), (1, "2026-11-24"), (2, None), (7, None)]:
        found = following(
            "FREQ=DAILY;COUNT=3",
            "2026-11-01",
            "2026-11-23T10:00",
            mode="completion",
            occurrence=done,
        )
        assert found == expected


# -- skip, preview, first, shift -------------------------------------------------------------------


@pytest.mark.parametrize(
    "rrule, mode, current, occurrence, expected",
    [
        ("FREQ=WEEKLY", "due", "2026-11-27", 0, "2026-12-04"),
        ("FREQ=WEEKLY", "due", "2026-11-13", 0, "2026-11-27"),
        ("FREQ=WEEKLY;COUNT=2", "due", "2026-11-27", 0, "2026-12-04"),
        # From completion: counted from the day skipped, or from today if that has passed.
        ("FREQ=DAILY;INTERVAL=3", "completion", "2026-11-25", 0, "2026-11-28"),
        ("FREQ=DAILY;INTERVAL=3", "completion", "2026-11-20", 0, "2026-11-26"),
        # A skip is no completion.
        ("FREQ=DAILY;COUNT=3", "completion", "2026-11-23", 2, "2026-11-24"),
        ("FREQ=DAILY;COUNT=3", "completion", "2026-11-23", 3, None),
    ],
)
def test_skipping(rrule, mode, current, occurrence, expected):
    repeat, now = Repeat(rrule, mode, M(current)), aware("2026-11-23T10:00")
    found = skip_occurrence(repeat, M(current), now, ZoneInfo("UTC"), occurrence)
    assert (found and found.format()) == expected


def test_a_skip_can_end_the_series():
    repeat = Repeat("FREQ=DAILY;UNTIL=20261123", "due", M("2026-11-22"))
    now = aware("2026-11-23T10:00")
    assert skip_occurrence(repeat, M("2026-11-23"), now, ZoneInfo("UTC")) is None


@pytest.mark.parametrize(
    "rrule, mode, current, dates",
    [
        # The picture of the design: the due date first while it is ahead.
        ("FREQ=MONTHLY;BYDAY=-1FR", "due", "2026-11-27", "2026-11-27 2026-12-25 2027-01-29"),
        ("FREQ=DAILY", "due", "2026-11-20", "2026-11-24 2026-11-25 2026-11-26"),
        ("FREQ=DAILY;COUNT=2", "due", "2026-11-24", "2026-11-24 2026-11-25"),
        ("FREQ=DAILY;INTERVAL=3", "completion", "2026-11-25", "2026-11-25 2026-11-28 2026-12-01"),
        ("FREQ=DAILY;INTERVAL=3", "completion", "2026-11-20", "2026-11-26 2026-11-29 2026-12-02"),
        ("FREQ=DAILY;COUNT=2", "completion", "2026-11-24", "2026-11-24 2026-11-25"),
        (
            "FREQ=DAILY",
            "completion",
            "2026-11-24T09:00",
            "2026-11-24T09:00 2026-11-25T09:00 2026-11-26T09:00",
        ),
        ("FREQ=DAILY", "due", "", "2026-11-24 2026-11-25 2026-11-26"),
    ],
)
def test_the_next_dates_before_saving(rrule, mode, current, dates):
    repeat = Repeat(rrule, mode, M(current))
    found = upcoming(repeat, M(current), aware("2026-11-23T10:00"), ZoneInfo("UTC"), count=3)
    assert [moment.format() for moment in found] == dates.split()


def test_five_dates_unless_told_otherwise():
    repeat = Repeat("FREQ=DAILY", "due", M("2026-11-23"))
    assert len(upcoming(repeat, M("2026-11-23"), aware("2026-11-23T10:00"), ZoneInfo("UTC"))) == 5


@pytest.mark.parametrize(
    "rrule, start, expected",
    [
        ("FREQ=WEEKLY;BYDAY=MO", "2026-11-23", "2026-11-23"),
        ("FREQ=WEEKLY;BYDAY=FR", "2026-11-23", "2026-11-27"),
        ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-28T09:00", "2026-12-25T09:00"),
        ("FREQ=DAILY", "2026-03-29T02:30[Europe/Berlin]", "2026-03-29T03:30[Europe/Berlin]"),
        ("FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=15", "2026-11-23", "2027-06-15"),
        ("FREQ=WEEKLY;BYDAY=FR;UNTIL=20261125", "2026-11-23", None),
        ("FREQ=DAILY", "", None),
        ("FREQ=DAILY;BYMONTH=2", "9999-12-30", None),
    ],
)
def test_the_first_date_of_a_rule_without_one(rrule, start, expected):
    found = first_occurrence(rrule, M(start))
    assert (found and found.format()) == expected


def test_a_repeating_todo_without_a_date_gets_one():
    now, zone = aware("2026-11-23T10:00"), ZoneInfo("UTC")
    modes: list[Mode] = ["due", "completion"]
    for mode in modes:
        repeat = Repeat("FREQ=WEEKLY", mode, Moment())
        assert next_occurrence(repeat, Moment(), now, zone) == M("2026-11-30")


@pytest.mark.parametrize(
    "old, new, other, expected",
    [
        ("2026-11-23", "2026-11-30", "2026-11-20", "2026-11-27"),
        ("2026-11-23T09:00", "2026-11-30T09:00", "2026-11-20T08:00", "2026-11-27T08:00"),
        # A moved occurrence doesn't drag other times of day along.
        ("2026-11-23T15:00", "2026-11-24T09:00", "2026-11-23T08:00", "2026-11-24T08:00"),
        (
            "2026-11-23",
            "2026-11-30",
            "2026-03-22T02:30[Europe/Berlin]",
            "2026-03-29T02:30[Europe/Berlin]",
        ),
        ("2026-11-23", "2026-11-30", "", ""),
        ("", "2026-11-30", "2026-11-20", "2026-11-20"),
        ("2026-11-23", "2026-11-30", "9999-12-30", "9999-12-30"),
    ],
)
def test_dates_move_along(old, new, other, expected):
    assert shift_with(M(old), M(new), M(other)) == M(expected)


# -- bounds ----------------------------------------------------------------------------------------


class Walked:
    """Counts the periods that a search walks through."""

    def __init__(self, monkeypatch):
        self.steps = 0
        spend = occurrences._CountedInterval._spend

        def counted(interval):
            self.steps += 1
            spend(interval)

        monkeypatch.setattr(occurrences._CountedInterval, "_spend", counted)


@pytest.mark.parametrize(
    "rrule, anchor, most",
    [
        # Near the date asked for, however old the anchor.
        ("FREQ=DAILY", "1900-01-01", 5),
        ("FREQ=WEEKLY;BYDAY=MO,TH", "1900-01-01", 5),
        ("FREQ=MONTHLY;BYDAY=-1FR", "1900-01-01", 5),
        ("FREQ=YEARLY", "1900-01-01", 5),
        ("FREQ=YEARLY", "1896-02-29", 10),
        # COUNT has to count, but no further than now.
        ("FREQ=DAILY;COUNT=5000", "2026-01-01", 330),
        ("FREQ=DAILY;COUNT=5000", "1900-01-01", 5001),
        # Rules that name no day give up.
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", 401),
        ("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", 4801),
        ("FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31", "2026-02-01", 4801),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=2", "2026-01-01", 6001),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", 20001),
    ],
)
def test_no_search_walks_far(rrule, anchor, most, monkeypatch):
    walked = Walked(monkeypatch)
    following(rrule, anchor, "2026-11-23T10:00")
    assert walked.steps <= most


@pytest.mark.parametrize("freq", ["YEARLY", "MONTHLY", "WEEKLY", "DAILY"])
def test_dateutil_adds_the_interval_once_a_period(freq):
    """What the bound rests on: should a release of dateutil copy INTERVAL, this fails first."""
    interval = occurrences._CountedInterval(2, 10)
    series = du.rrule(getattr(du, freq), dtstart=datetime(2026, 1, 1), interval=interval)
    with pytest.raises(occurrences._OutOfPeriods):
        for _wall in series:
            pass
    assert interval.left == -1


@pytest.mark.parametrize("rrule", ["FREQ=DAILY", "FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=YEARLY"])
@pytest.mark.parametrize(
    "case", ["9999-12-31", "9999-12-31T23:00", "9999-12-31T23:00[America/New_York]"]
)
def test_the_calendar_ends_quietly(rrule, case):
    assert following(rrule, case, "2026-11-23T10:00") is None


# -- where dateutil and we differ, and why ---------------------------------------------------------


def by_dateutil(rrule, start, length):
    series = du.rrulestr(rrule, dtstart=datetime.fromisoformat(start))
    return [wall.date().isoformat() for wall, _n in zip(series, range(length), strict=False)]


def test_differs_the_anchor_is_always_the_first():
    """RFC 5545, 3.8.5.3: DTSTART counts as the first occurrence; dateutil drops it off the rule."""
    rule, start = "FREQ=WEEKLY;BYDAY=MO;COUNT=3", "2026-11-18"
    assert by_dateutil(rule, start, 9) == ["2026-11-23", "2026-11-30", "2026-12-07"]
    assert chain(rule, start, 9) == ["2026-11-18", "2026-11-23", "2026-11-30"]


def test_differs_until_a_date_includes_that_day():
    """A person who says "until Friday" means Friday's 09:00 too; dateutil stops at its midnight."""
    rule = "FREQ=DAILY;UNTIL=20261125"
    assert by_dateutil(rule, "2026-11-23T09:00", 9)[-1] == "2026-11-24"
    assert chain(rule, "2026-11-23T09:00", 9)[-1] == "2026-11-25T09:00"


def test_differs_the_first_week_is_a_whole_one():
    """BYSETPOS chooses among the days of a week; dateutil's first week begins at DTSTART."""
    rule = "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2"
    assert by_dateutil(rule, "2026-11-25", 2) == ["2026-11-27", "2026-12-02"]
    assert chain(rule, "2026-11-25", 2) == ["2026-11-25", "2026-12-02"]


def test_differs_a_week_of_the_year_keeps_the_weekday():
    """RFC 5545 takes what a rule lacks from DTSTART; dateutil takes all seven days."""
    rule = "FREQ=YEARLY;BYWEEKNO=20"
    assert by_dateutil(rule, "2026-05-13", 3) == ["2026-05-13", "2026-05-14", "2026-05-15"]
    assert chain(rule, "2026-05-13", 3) == ["2026-05-13", "2027-05-19", "2028-05-17"]


def test_differs_counted_and_plain_weekdays_mean_either():
    """BYDAY is a list of alternatives; dateutil asks for days that are both."""
    rule = "FREQ=MONTHLY;BYDAY=1MO,FR"
    assert by_dateutil(rule + ";UNTIL=20270101", "2026-12-04", 3) == []
    assert chain(rule, "2026-12-04", 3) == ["2026-12-04", "2026-12-07", "2026-12-11"]


def test_differs_instants_are_made_after_expanding():
    """dateutil repeats an aware DTSTART by the wall as well, but leaves 02:30 where there is none."""
    start = datetime(2026, 3, 28, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    second = list(du.rrule(du.DAILY, dtstart=start, count=2))[1]
    assert second.time() == time(2, 30)  # a time that no clock shows
    assert chain("FREQ=DAILY", "2026-03-28T02:30[Europe/Berlin]", 2)[1][11:16] == "03:30"
    assert M("2026-03-29T03:30[Europe/Berlin]").at() == start.astimezone(UTC) + timedelta(days=1)
