"""Properties of repeats: invariants of our own, and comparisons with two other implementations.

`dateutil.rrule` expands the same text from the same start; `recurring_ical_events` reads a whole
calendar file, with zones. What is left out of a comparison is what differs on purpose, which
test_occurrences.py pins down case by case.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from itertools import islice
from zoneinfo import ZoneInfo

import hypothesis
from dateutil import rrule as du
from hypothesis import assume, given
from hypothesis import strategies as st

from django_todos.dates import Moment, today_in
from django_todos.forms.repeat import build, fields_of
from django_todos.repeats.occurrences import (
    MAX_PERIODS,
    Repeat,
    first_occurrence,
    next_occurrence,
    parse_rrule,
    skip_occurrence,
    upcoming,
)
from django_todos.repeats.rule import DAY_CODES, Rule, RuleError, parse
from django_todos.wording.repeats import describe, short

UTC = timezone.utc
# Rules that name no day, or end before there is anything to compare, are thrown away by the dozen.
few = hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.filter_too_much])
many = hypothesis.settings(few, max_examples=hypothesis.settings().max_examples * 3)

ZONE_NAMES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]
ZONE_NAMES += ["Pacific/Apia", "Pacific/Tongatapu", "America/St_Johns"]
ZONES = st.sampled_from(ZONE_NAMES).map(ZoneInfo)
DAYS = st.dates(date(1995, 1, 1), date(2045, 12, 31))
# Every quarter of an hour, and more often those that clock changes skip or double.
CLOCKS = st.one_of(
    st.sampled_from([time(1, 30), time(2), time(2, 15), time(2, 30), time()]),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45])),
)
DATED = st.builds(Moment, DAYS)
FLOATING = st.builds(Moment, DAYS, CLOCKS)
ZONED = st.builds(Moment, DAYS, CLOCKS, st.sampled_from(ZONE_NAMES))
MOMENTS = st.one_of(DATED, FLOATING, ZONED)
NOWS = st.datetimes(datetime(1995, 1, 1), datetime(2045, 12, 31), timezones=st.just(UTC))
MODES = st.sampled_from(["due", "completion"])


def some(values, most=3):
    return st.lists(values, min_size=1, max_size=most, unique=True)


def signed(largest):
    return st.one_of(st.integers(1, largest), st.integers(-largest, -1))


WEEKDAYS = some(st.sampled_from(DAY_CODES), 7)
NTH_DAYS = some(st.builds("{}{}".format, signed(5), st.sampled_from(DAY_CODES)))


@st.composite
def day_parts(draw, freq, rare):
    """Which days: at most one kind of naming them, if the frequency takes it."""
    kinds = {
        "BYDAY": WEEKDAYS,
        "BYMONTHDAY": some(signed(31)),
        "NTH": NTH_DAYS,
        "BYYEARDAY": some(signed(366)),
        "BYWEEKNO": some(signed(53)),
    }
    taken = {"DAILY": ["BYDAY", "BYMONTHDAY"], "WEEKLY": ["BYDAY"]}
    names = taken.get(freq, ["BYDAY", "BYMONTHDAY", "NTH"])
    if rare and freq == "YEARLY":
        names = [*names, "BYYEARDAY", "BYWEEKNO"]
    name = draw(st.sampled_from(["", *names]))
    if not name:
        return {}
    parts = {"BYDAY" if name == "NTH" else name: draw(kinds[name])}
    return parts | {"BYDAY": draw(WEEKDAYS)} if name == "BYWEEKNO" else parts


@st.composite
def end_parts(draw, ends):
    kind = draw(st.sampled_from(["COUNT", "UNTIL"] + ([] if ends == "always" else ["", "", ""])))
    if kind == "COUNT":
        return {kind: draw(st.integers(1, 30))}
    return {kind: draw(DAYS).strftime("%Y%m%d")} if kind else {}


@st.composite
def rules(draw, *, ends=True, rare=True, interval=6):
    """RRULE texts that the grammar takes; they may still name no day."""
    freq = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"INTERVAL": draw(st.integers(1, interval))}
    days = draw(day_parts(freq, rare))
    if "BYWEEKNO" not in days and draw(st.integers(0, 4)) == 0:
        days["BYMONTH"] = draw(some(st.integers(1, 12)))
    if days and freq != "WEEKLY" and draw(st.integers(0, 3)) == 0:
        days["BYSETPOS"] = draw(some(signed(3), 2))
    parts |= days | (draw(end_parts(ends)) if ends else {})
    if draw(st.booleans()):
        parts["WKST"] = draw(st.sampled_from(DAY_CODES))
    texts = [f"FREQ={freq}"]
    for name, value in parts.items():
        text = ",".join(map(str, value)) if isinstance(value, list) else value
        texts.append(f"{name}={text}")
    return ";".join(texts)


def given_a_date(found: Moment | None) -> Moment:
    """The date, in a test that has nothing to say where there is none."""
    assume(found is not None)
    assert found is not None
    return found


def naive(moment: Moment) -> datetime:
    """As dateutil counts: a date is its midnight."""
    assert moment.date is not None
    return datetime.combine(moment.date, moment.time or time())


def series(rule, anchor, zone, length):
    """The anchor and the dates that follow it, each completed on time."""
    repeat, found, moment = Repeat(rule, "due", anchor), [anchor], anchor
    while len(found) < length:
        long_ago = datetime(1900, 1, 1, tzinfo=UTC)
        following = next_occurrence(repeat, moment, long_ago, zone)
        if following is None:
            break
        found.append(following)
        moment = following
    return found


# -- invariants ------------------------------------------------------------------------------------


@many
@given(rules())
def test_canonical_text_is_a_fixed_point(text):
    rule = parse(text)
    assert str(parse(str(rule))) == str(rule)
    assert parse(str(rule)) == rule


@given(
    st.text(max_size=80) | st.from_regex(r"FREQ=[A-Z]+(;[A-Z]+=[-+0-9A-Z,]*){0,4}", fullmatch=True)
)
def test_no_text_raises_anything_but_a_rule_error(text):
    try:
        canonical = parse_rrule(text)
    except RuleError as error:
        assert str(error)
    else:
        assert parse_rrule(canonical) == canonical


@many
@given(rules(), MODES, MOMENTS, MOMENTS | st.just(Moment()), NOWS, ZONES, st.integers(0, 40))
def test_the_next_date_is_after_the_old_one_and_now(rule, mode, anchor, current, now, zone, done):
    repeat = Repeat(rule, mode, anchor)
    for step in (next_occurrence, skip_occurrence):
        found = step(repeat, current, now, zone, done)
        if found is None:
            continue
        assert found.case == anchor.case
        assert found.tz == anchor.tz
        if step is next_occurrence and mode == "completion" and repeat.rule.is_plain:
            current = Moment()  # it is no part of the answer
        assert not found.is_overdue(now, zone)
        if found.case == "date":
            assert naive(found).date() > today_in(now, zone)
            assert not current or naive(found) > naive(Moment(current.wall(zone).date))
        else:
            assert found.instant(zone) > now
            if current.case == "date":
                assert naive(found).date() > naive(current).date()
            elif current:
                assert found.instant(zone) > current.instant(zone)


@many
@given(rules(), MODES, MOMENTS, MOMENTS, st.integers(-9, 400), NOWS, ZONES)
def test_an_occurrence_done_early_has_one_result_wherever_it_was_moved(
    rule, mode, anchor, slot, days, now, zone
):
    """Before the rule's next date; moved to or beyond that, it counts from where it was moved to."""
    repeat, moved = Repeat(rule, mode, anchor), slot.shift(days=days)
    for step in (next_occurrence, skip_occurrence):
        if step is skip_occurrence and mode == "completion":
            continue  # it counts from the day skipped
        by_slot = step(repeat, slot, now, zone, slot=slot)
        found = step(repeat, moved, now, zone, slot=slot)
        if by_slot is None or found is None:
            assert found is None
        elif mode == "completion" and repeat.rule.is_plain:
            assert found == by_slot
        elif moved.date + timedelta(days=2) < by_slot.date:  # whatever the zones
            assert found == by_slot
        else:
            assert found.sort_key(zone)[:2] >= moved.sort_key(zone)[:2]


@given(rules(rare=False), MOMENTS, MOMENTS | st.just(Moment()), NOWS, ZONES)
def test_a_plain_interval_counts_from_the_day_of_completion_alone(text, anchor, due, now, zone):
    rule = Rule(parse(text).freq, parse(text).interval)
    found = next_occurrence(Repeat(str(rule), "completion", anchor), due, now, zone, slot=due)
    again = next_occurrence(Repeat(str(rule), "completion", anchor), Moment(), now, zone)
    assert found == again is not None
    assert naive(found).date() > today_in(now, anchor.zone or zone)


@few
@given(rules(ends=False, interval=1), MODES, MOMENTS, NOWS, ZONES)
def test_a_rule_without_an_end_never_loses_its_date(rule, mode, anchor, now, zone):
    try:
        parse_rrule(rule)
    except RuleError:
        assume(False)
    # With an interval, days that exist can be out of step with it for ever (every 4th year from an
    # odd one, 29 February): the only rules that end without saying so.
    repeat = Repeat(rule, mode, anchor)
    assert next_occurrence(repeat, anchor, now, zone) is not None


@few
@given(rules(), MOMENTS, NOWS, ZONES)
def test_completing_twice_moves_on_twice(rule, anchor, now, zone):
    repeat = Repeat(rule, "due", anchor)
    first = given_a_date(next_occurrence(repeat, anchor, now, zone))
    again = next_occurrence(repeat, anchor, now, zone)
    assert first == again  # the same question has the same answer
    second = next_occurrence(repeat, first, now, zone)
    assert second is None or second.sort_key(zone) > first.sort_key(zone)


@few
@given(rules(), MODES, MOMENTS, NOWS, ZONES, st.integers(1, 6))
def test_the_preview_is_in_order_and_not_in_the_past(rule, mode, anchor, now, zone, count):
    dates = upcoming(Repeat(rule, mode, anchor), anchor, now, zone, count)
    assert len(dates) <= count
    assert dates == sorted(set(dates), key=lambda moment: moment.sort_key(zone))
    assert not any(moment.is_overdue(now, zone) for moment in dates)


@few
@given(rules(rare=False), MOMENTS)
def test_the_first_date_of_a_rule_fits_it(rule, start):
    found = given_a_date(first_occurrence(rule, start))
    assert found.sort_key(ZoneInfo("UTC")) >= start.sort_key(ZoneInfo("UTC")) or found.tz
    parsed = parse(rule)
    assert not parsed.by_month or naive(found).month in parsed.by_month
    assert not parsed.weekdays or naive(found).weekday() in parsed.weekdays


@st.composite
def any_rules(draw):
    """RRULE texts with parts of every size, most of which no calendar program would write."""
    parts = {
        "BYDAY": some(
            st.builds("{}{}".format, st.just("") | signed(53), st.sampled_from(DAY_CODES))
        ),
        "BYMONTH": some(st.integers(1, 12)),
        "BYMONTHDAY": some(signed(31)),
        "BYYEARDAY": some(signed(366)),
        "BYWEEKNO": some(signed(53)),
        "BYSETPOS": some(signed(366)),
    }
    names = draw(st.lists(st.sampled_from(sorted(parts)), max_size=3, unique=True))
    texts = [f"FREQ={draw(st.sampled_from(['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY']))}"]
    texts += [f"{name}={','.join(map(str, draw(parts[name])))}" for name in names]
    return ";".join([*texts, f"INTERVAL={draw(st.sampled_from([1, 2, 7, 1000]))}"])


@many
@given(any_rules(), MODES, MOMENTS | st.just(Moment(date(9999, 12, 30))), NOWS, ZONES)
def test_no_rule_that_is_taken_raises_anywhere(text, mode, anchor, now, zone):
    try:
        repeat = Repeat(str(parse(text)), mode, anchor)
    except RuleError as error:
        assert str(error)
        return
    upcoming(repeat, anchor, now, zone)
    for step in (next_occurrence, skip_occurrence):
        step(repeat, anchor, now, zone, slot=anchor.shift(days=-3))
    first_occurrence(repeat.rrule, anchor)
    assert describe(repeat.rrule, mode) and short(repeat.rrule, mode)


@few
@given(st.lists(signed(53), min_size=1, max_size=2), st.sampled_from(DAY_CODES), DAYS)
def test_weeks_are_those_of_iso_8601(weeks, day, start):
    text = f"FREQ=YEARLY;BYWEEKNO={','.join(map(str, weeks))};BYDAY={day}"
    found = given_a_date(first_occurrence(text, Moment(start))).date
    assert found is not None and found.weekday() == DAY_CODES.index(day)
    year, week, _weekday = found.isocalendar()
    assert {week, week - 1 - date(year, 12, 28).isocalendar()[1]} & set(weeks)


@given(st.integers(1, 31), st.integers(2000, 2040), st.integers(1, 12), ZONES)
def test_every_month_means_every_month(day, year, month, zone):
    rule = str(Rule("MONTHLY").on_day(day))
    start = first_occurrence(rule, Moment(date(year, month, 1)))
    found = series(rule, start, zone, 14)
    months = [moment.date.year * 12 + moment.date.month for moment in found]
    assert months == list(range(months[0], months[0] + 14))
    for moment in found:
        following = moment.date + timedelta(days=1)
        assert moment.date.day == day or (moment.date.day < day and following.day == 1)


@many
@given(rules(), MODES)
def test_words_depend_on_the_meaning_alone(text, mode):
    canonical = str(parse(text))
    assert describe(text, mode) == describe(canonical, mode)
    assert short(text, mode) == short(canonical, mode)
    assert "%(" not in describe(text, mode) + short(text, mode)


@many
@given(rules())
def test_the_form_says_all_of_a_rule_or_nothing(text):
    fields = fields_of(text)
    assert fields is None or build(fields) == str(parse(text))


def test_bounds_are_those_of_the_calendar():
    """After 400 years (a whole number of weeks) it repeats: months and years need no more."""
    assert MAX_PERIODS["YEARLY"] == 400
    assert MAX_PERIODS["MONTHLY"] == 400 * 12
    assert (date(2401, 1, 1) - date(2001, 1, 1)).days % 7 == 0


# -- against dateutil ------------------------------------------------------------------------------


@many
@given(rules(), DATED | FLOATING)
def test_the_same_dates_as_dateutil(text, start):
    rule = parse(text)
    anchor = given_a_date(first_occurrence(text, start))  # dateutil drops a start off the rule
    if rule.until is not None:  # dateutil takes an UNTIL date for its midnight
        text = str(replace(rule, until=datetime.combine(rule.until, time(23, 59))))
    ours = series(text, anchor, ZoneInfo("UTC"), 12)
    theirs = du.rrulestr(text, dtstart=naive(anchor))
    # One more where the rule says that it ends; else dateutil might look for one until 9999.
    limit = 12 if rule.ends and len(ours) < 12 else len(ours)
    walls = [naive(moment) for moment in ours]
    assert list(islice(theirs, limit)) == walls


@many
@given(rules(ends=False), DATED | FLOATING, st.integers(0, 4000))
def test_jumping_ahead_finds_what_walking_finds(text, start, days):
    anchor = given_a_date(first_occurrence(text, start))
    late = anchor.shift(days=days)
    now = datetime(1900, 1, 1, tzinfo=UTC)
    found = given_a_date(next_occurrence(Repeat(text, "due", anchor), late, now, ZoneInfo("UTC")))
    begin = naive(anchor)
    walked = du.rrulestr(text, dtstart=begin).after(naive(late))
    assert naive(found) == walked


# -- against recurring_ical_events -----------------------------------------------------------------


def calendar_dates(rule, anchor, begin, end):
    import icalendar
    import recurring_ical_events

    value = anchor.date.strftime("%Y%m%d")
    if anchor.time is None:
        start = f"DTSTART;VALUE=DATE:{value}"
    else:
        start = f"{value}T{anchor.time:%H%M%S}"
        start = f"DTSTART;TZID={anchor.tz}:{start}" if anchor.tz else f"DTSTART:{start}"
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", "BEGIN:VEVENT", "UID:1"]
    lines += ["DTSTAMP:20260101T000000Z", start, f"RRULE:{rule}", "END:VEVENT", "END:VCALENDAR"]
    calendar = icalendar.Calendar.from_ical("\r\n".join(lines) + "\r\n")
    events = recurring_ical_events.of(calendar).between(begin, end)
    return sorted(event["DTSTART"].dt for event in events)


def comparable(moment, zone):
    return moment.date if moment.time is None else moment.instant(zone)


@few
@given(rules(ends=False, rare=False), DATED | ZONED)
def test_the_same_dates_as_a_calendar_program(text, anchor):
    """Also from starts off the rule: RFC 5545 counts them in, and so do both."""
    ours = series(text, anchor, ZoneInfo("UTC"), 10)
    assume(len(ours) > 1)
    end = ours[-1].date + timedelta(days=1)
    assume(end.year < 2100)
    theirs = calendar_dates(text, anchor, anchor.date - timedelta(days=2), end)
    zone = ZoneInfo("UTC")
    moments = [day.astimezone(UTC) if isinstance(day, datetime) else day for day in theirs]
    # The window's last day may hold occurrences after our tenth.
    assert moments[: len(ours)] == [comparable(moment, zone) for moment in ours]


@few
@given(rules(ends="always", rare=False, interval=2), DATED)
def test_the_same_end_as_a_calendar_program(text, start):
    if parse(text).until is not None:
        start = Moment(min(start.date, parse(text).until))
    anchor = given_a_date(first_occurrence(text, start))
    ours = series(text, anchor, ZoneInfo("UTC"), 40)
    assume(len(ours) < 40 and ours[-1].date.year < 2100)
    theirs = calendar_dates(text, anchor, anchor.date, ours[-1].date + timedelta(days=800))
    assert theirs == [moment.date for moment in ours]
