"""The four date cases, zones by name, and days on the clock changes of the world."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from django_todos.dates import (
    EARLIEST,
    LATEST,
    Moment,
    day_bounds,
    local_now,
    resolve_zone,
    to_instant,
    today_in,
)

UTC = timezone.utc
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
TONGA = ZoneInfo("Pacific/Tongatapu")
DAY = date(2026, 12, 15)
NINE = time(9)

ZONES = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia"]
    + ["Pacific/Tongatapu", "Asia/Kolkata", "America/St_Johns", "America/Sao_Paulo"]
)
DATES = st.dates()
TIMES = st.times().map(lambda clock: clock.replace(microsecond=0))
MOMENTS = st.one_of(
    st.just(Moment()),
    st.builds(Moment, DATES),
    st.builds(Moment, DATES, TIMES),
    st.builds(Moment, DATES, TIMES, ZONES),
)


@pytest.mark.parametrize(
    "moment, case, text",
    [
        (Moment(), "none", ""),
        (Moment(DAY), "date", "2026-12-15"),
        (Moment(DAY, NINE), "floating", "2026-12-15T09:00"),
        (Moment(DAY, time(9, 0, 30)), "floating", "2026-12-15T09:00:30"),
        (Moment(DAY, time()), "floating", "2026-12-15T00:00"),
        (Moment(DAY, NINE, "Europe/Berlin"), "zoned", "2026-12-15T09:00[Europe/Berlin]"),
        (Moment(date(5, 1, 2)), "date", "0005-01-02"),
    ],
)
def test_the_four_cases_and_their_text(moment, case, text):
    assert moment.case == case
    assert moment.format() == str(moment) == text
    assert Moment.parse(text) == moment
    assert bool(moment) is (case != "none")


@pytest.mark.parametrize(
    "arguments",
    [
        (None, NINE),
        (None, None, "Europe/Berlin"),
        (DAY, None, "Europe/Berlin"),
        (DAY, NINE, "Mars/Base"),
        (DAY, NINE, "../../etc/passwd"),
        (datetime(2026, 12, 15, 9),),
        ("2026-12-15",),
        (DAY, time(9, tzinfo=UTC)),
    ],
)
def test_what_is_not_a_moment(arguments):
    with pytest.raises(ValueError):
        Moment(*arguments)


@pytest.mark.parametrize(
    "text",
    ["tomorrow", "2026-13-01", "2026-12-15T25:00", "2026-12-15 09:00", "2026-12-15[UTC]"]
    + ["2026-12-15T09:00Z", "2026-12-15T09:00[]", "2026-12-15T09:00[Nowhere]", "2026-12-15\n"]
    + ["٢٠٢٦-١٢-١٥"],
)
def test_text_that_is_no_canonical_moment(text):
    with pytest.raises(ValueError):
        Moment.parse(text)


def test_a_moment_is_precise_to_the_second_and_ignores_the_fold():
    assert Moment(DAY, time(9, 0, 0, 5, fold=1)) == Moment(DAY, NINE)
    assert hash(Moment(DAY, time(9, fold=1))) == hash(Moment(DAY, NINE))


@pytest.mark.parametrize(
    "columns, moment",
    [
        ((None, None, ""), Moment()),
        ((None, NINE, "UTC"), Moment()),
        ((DAY, None, "UTC"), Moment(DAY)),
        ((DAY, NINE, "Gone/Zone"), Moment(DAY, NINE)),
        ((DAY, NINE, "UTC"), Moment(DAY, NINE, "UTC")),
    ],
)
def test_a_stored_row_is_read_without_raising(columns, moment):
    assert Moment.stored(*columns) == moment


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../etc/passwd",
        "/etc/passwd",
        "Europe",
        "Europe/",
        "europe//berlin",
        "UTC\n",
        "a\0",
    ]
    + ["right/UTC", "posix/UTC", "posixrules", "localtime", "Factory", "zone.tab", "x" * 500]
    + ["Ünited/Kingdom", None, 7, b"UTC", ["UTC"], object()],
)
def test_odd_zone_names_are_no_zone(name):
    assert resolve_zone(name) is None


def test_every_zone_of_the_database_is_found():
    assert {name for name in available_timezones() if resolve_zone(name) is None} <= {
        "localtime",
        "Factory",
    }


@given(st.text())
def test_no_zone_name_raises(name):
    zone = resolve_zone(name)
    assert zone is None or zone.key == name


@pytest.mark.parametrize(
    "wall, zone, instant",
    [
        # Skipped: read with the offset before the gap.
        (datetime(2026, 3, 29, 2, 30), "Europe/Berlin", datetime(2026, 3, 29, 1, 30)),
        (datetime(2026, 3, 8, 2, 30), "America/New_York", datetime(2026, 3, 8, 7, 30)),
        (datetime(2026, 10, 4, 2, 15), "Australia/Lord_Howe", datetime(2026, 10, 3, 15, 45)),
        (datetime(2011, 12, 30, 9), "Pacific/Apia", datetime(2011, 12, 30, 19)),
        # Doubled: the first.
        (datetime(2026, 10, 25, 2, 30), "Europe/Berlin", datetime(2026, 10, 25, 0, 30)),
        (datetime(2026, 11, 1, 1, 30), "America/New_York", datetime(2026, 11, 1, 5, 30)),
        (datetime(2026, 4, 5, 1, 45), "Australia/Lord_Howe", datetime(2026, 4, 4, 14, 45)),
        (datetime(2026, 12, 15, 9), "Pacific/Tongatapu", datetime(2026, 12, 14, 20)),
    ],
)
def test_wall_times_on_clock_changes(wall, zone, instant):
    assert to_instant(wall, ZoneInfo(zone)) == instant.replace(tzinfo=UTC)
    assert Moment.from_datetime(wall, zone).at() == instant.replace(tzinfo=UTC)


def test_the_ends_of_the_calendar_do_not_overflow():
    assert Moment(date.min, time(), "Pacific/Tongatapu").at() == EARLIEST
    assert Moment(date.max, time(23), "America/New_York").at() == LATEST
    assert Moment(date.max, time(23), "America/New_York").wall(TONGA).date == date(9999, 12, 30)
    assert local_now(datetime.max.replace(tzinfo=UTC), TONGA).year == 9999


@pytest.mark.parametrize(
    "day, zone, start, hours",
    [
        (date(2026, 12, 15), "Pacific/Tongatapu", datetime(2026, 12, 14, 11), 24),
        (date(2026, 3, 29), "Europe/Berlin", datetime(2026, 3, 28, 23), 23),
        (date(2026, 10, 25), "Europe/Berlin", datetime(2026, 10, 24, 22), 25),
        (date(2026, 10, 4), "Australia/Lord_Howe", datetime(2026, 10, 3, 13, 30), 23.5),
        (date(2026, 4, 5), "Australia/Lord_Howe", datetime(2026, 4, 4, 13), 24.5),
        (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3), 23),  # no midnight
        (
            date(1919, 3, 31),
            "America/Toronto",
            datetime(1919, 3, 31, 4, 30),
            23.5,
        ),  # 23:30 → 00:30
        (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10), 0),  # no such day
    ],
)
def test_days_begin_at_their_first_instant(day, zone, start, hours):
    begin, end = day_bounds(day, ZoneInfo(zone))
    assert begin == start.replace(tzinfo=UTC)
    assert end - begin == timedelta(hours=hours)


@given(DATES, ZONES)
def test_the_bounds_of_a_day_hold_that_day(day, name):
    zone = ZoneInfo(name)
    begin, end = day_bounds(day, zone)
    assert begin <= end
    if begin < end and EARLIEST < begin < end < LATEST:
        assert today_in(begin, zone) == today_in(end - timedelta.resolution, zone) == day
        assert today_in(begin - timedelta.resolution, zone) < day
        assert today_in(end, zone) > day


@pytest.mark.parametrize("name", ["UTC", "Asia/Tokyo", "America/New_York", "Pacific/Apia"])
@pytest.mark.parametrize(
    "day",
    [date.min, date(1, 1, 2), date(1, 1, 3), date(9999, 12, 29), date(9999, 12, 30), date.max],
)
def test_the_first_and_last_days_of_the_calendar_have_bounds(day, name):
    begin, end = day_bounds(day, ZoneInfo(name))
    assert EARLIEST <= begin <= end <= LATEST


def test_a_wall_shows_other_zones_and_leaves_what_floats():
    zoned = Moment(DAY, NINE, "Europe/Berlin")
    assert zoned.wall(NEW_YORK) == Moment(DAY, time(3), "America/New_York")
    assert zoned.wall(ZoneInfo("Pacific/Tongatapu")).date == DAY
    assert Moment(DAY, time(20), "Europe/Berlin").wall(TONGA).date == date(2026, 12, 16)
    for moment in (Moment(), Moment(DAY), Moment(DAY, NINE)):
        assert moment.wall(NEW_YORK) is moment


@pytest.mark.parametrize(
    "moment, at_utc, zone, overdue",
    [
        (Moment(), datetime(2030, 1, 1), "UTC", False),
        # A date is overdue once it is over for the viewer, not for the server.
        (Moment(DAY), datetime(2026, 12, 15, 23), "UTC", False),
        (Moment(DAY), datetime(2026, 12, 15, 23), "Pacific/Tongatapu", True),
        (Moment(DAY), datetime(2026, 12, 16, 1), "America/New_York", False),
        # A floating time waits for the viewer's clock.
        (Moment(DAY, NINE), datetime(2026, 12, 15, 9, 1), "UTC", True),
        (Moment(DAY, NINE), datetime(2026, 12, 15, 9, 1), "America/New_York", False),
        # A time in a zone is the same instant for everybody.
        (Moment(DAY, NINE, "Europe/Berlin"), datetime(2026, 12, 15, 8), "America/New_York", False),
        (Moment(DAY, NINE, "Europe/Berlin"), datetime(2026, 12, 15, 8, 1), "UTC", True),
    ],
)
def test_overdue_is_the_viewers(moment, at_utc, zone, overdue):
    assert moment.is_overdue(at_utc.replace(tzinfo=UTC), ZoneInfo(zone)) is overdue


def test_today_is_the_viewers():
    evening = Moment(DAY, time(20), "Europe/Berlin")
    assert evening.is_today(DAY, BERLIN) and not evening.is_today(DAY, TONGA)
    assert evening.is_today(date(2026, 12, 16), TONGA)
    assert Moment(DAY).is_today(DAY, TONGA) and Moment(DAY, NINE).is_today(DAY, TONGA)
    assert not Moment().is_today(DAY, BERLIN)


def test_order_is_by_day_times_before_whole_days_no_date_last():
    in_order = [
        Moment(date(2026, 12, 14)),
        Moment(DAY, time(14), "Pacific/Tongatapu"),  # 02:00 in Berlin
        Moment(DAY, NINE),
        Moment(DAY),
        Moment(date(2026, 12, 16)),
        Moment(),
    ]
    assert sorted(reversed(in_order), key=lambda moment: moment.sort_key(BERLIN)) == in_order


def test_shifting_keeps_the_time_on_the_wall():
    before = Moment(date(2026, 3, 28), NINE, "Europe/Berlin")
    after = before.shift(days=1)
    assert after == Moment(date(2026, 3, 29), NINE, "Europe/Berlin")
    assert (before.at(), after.at()) == (
        datetime(2026, 3, 28, 8, tzinfo=UTC),
        datetime(2026, 3, 29, 7, tzinfo=UTC),  # 23 hours later
    )
    assert Moment(DAY).shift(timedelta(days=2, hours=5)) == Moment(date(2026, 12, 17))
    assert Moment(DAY, NINE).shift(timedelta(hours=20)) == Moment(date(2026, 12, 16), time(5))
    assert Moment().shift(days=3) == Moment()
    with pytest.raises(OverflowError):
        Moment(date.max).shift(days=1)


@given(MOMENTS)
def test_text_goes_round(moment):
    assert Moment.parse(moment.format()) == moment


@given(MOMENTS, ZONES)
def test_a_wall_is_the_same_instant(moment, name):
    wall = moment.wall(ZoneInfo(name))
    assert wall.case == moment.case
    # A wall can't say which of two equal times it shows; apart from that nothing is lost.
    if moment.at() is not None and EARLIEST < moment.at() < LATEST:
        assert abs(wall.at() - moment.at()) <= timedelta(hours=24)
        if to_instant(wall.naive, ZoneInfo(name)) == moment.at():
            assert wall.wall(ZoneInfo(name)) == wall


@given(MOMENTS, st.datetimes(min_value=datetime(1900, 1, 1)), ZONES)
def test_overdue_and_today_never_raise(moment, now, name):
    zone = ZoneInfo(name)
    now = now.replace(tzinfo=UTC)
    assert moment.is_overdue(now, zone) in (True, False)
    assert moment.is_today(today_in(now, zone), zone) in (True, False)
    assert moment.sort_key(zone) == moment.sort_key(zone)
