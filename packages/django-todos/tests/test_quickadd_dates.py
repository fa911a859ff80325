"""Dates and times in words: what is read, what is left, on Monday 23 November 2026, 10:30."""

from __future__ import annotations

from datetime import date, datetime, time, timezone
from zoneinfo import ZoneInfo

import pytest

from django_todos import quickadd
from django_todos.dates import Moment

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 30, tzinfo=timezone.utc)  # 10:30 in Berlin, a Monday


def parse(text: str, **options: object) -> quickadd.ParsedTodo:
    return quickadd.parse(text, **{"now": NOW, "tz": BERLIN, **options})  # type: ignore[arg-type]


def shown(moment: Moment | None) -> str:
    """A moment as the tables write it."""
    if moment is None:
        return "?"
    clock = moment.time.strftime("%H:%M") if moment.time else ""
    return " ".join(part for part in (str(moment.date or ""), clock, moment.tz) if part)


# Text, title, due.
EXAMPLES = [
    # Todoist: days and their short forms
    ("Water the fig today", "Water the fig", "2026-11-23"),
    ("tod file the tax form", "file the tax form", "2026-11-23"),
    ("Call the bank tomorrow", "Call the bank", "2026-11-24"),
    ("Iron shirts tom", "Iron shirts", "2026-11-24"),
    ("tmrw order cake", "order cake", "2026-11-24"),
    ("Return the drill the day after tomorrow", "Return the drill", "2026-11-25"),
    ("day after tomorrow post parcel", "post parcel", "2026-11-25"),
    ("Enter mileage, yesterday", "Enter mileage", "2026-11-22"),
    ("Meet Zoë fri", "Meet Zoë", "2026-11-27"),
    ("Friday sweep the yard", "sweep the yard", "2026-11-27"),
    ("Send minutes on wednesday", "Send minutes", "2026-11-25"),
    ("Read the gas meter by thursday", "Read the gas meter", "2026-11-26"),
    ("Slides for tuesday", "Slides", "2026-11-24"),
    ("Rent due friday", "Rent", "2026-11-27"),
    ("Fees due by friday noon", "Fees", "2026-11-27 12:00"),
    ("Invoice due on 4 dec", "Invoice", "2026-12-04"),
    ("Bins monday", "Bins", "2026-11-30"),  # today's weekday: a week from today
    ("next friday tidy loft", "tidy loft", "2026-12-04"),  # of next week
    ("this friday tidy attic", "tidy attic", "2026-11-27"),
    ("Plan trip next week", "Plan trip", "2026-11-30"),
    ("Review goals next month", "Review goals", "2026-12-01"),
    ("Renew passport next year", "Renew passport", "2027-01-01"),
    ("File VAT next quarter", "File VAT", "2027-01-01"),
    ("Mow lawn this weekend", "Mow lawn", "2026-11-28"),
    ("Hike next weekend", "Hike", "2026-12-05"),
    ("Paint at the weekend", "Paint", "2026-11-28"),
    ("later this week phone the vet", "phone the vet", "2026-11-25"),
    ("No party, no date", "No party", ""),
    ("Sort photos no due date", "Sort photos", ""),
    # Todoist: dates of the calendar
    ("Party jan 27", "Party", "2027-01-27"),
    ("27 jan gifts", "gifts", "2027-01-27"),
    ("Board 27/1", "Board", "2027-01-27"),
    ("Ship on 01/12/2026 please", "Ship please", "2026-12-01"),
    ("Ship by 2026/12/01", "Ship", "2026-12-01"),
    ("Launch 2026-12-15", "Launch", "2026-12-15"),
    ("Sign 15-12-2026", "Sign", "2026-12-15"),
    ("Pay Jörg 15.12.", "Pay Jörg", "2026-12-15"),
    ("Concert 3.12. Philharmonie", "Concert Philharmonie", "2026-12-03"),
    ("Pay Ana 15.12.2027 in cash", "Pay Ana in cash", "2027-12-15"),
    ("Miete 1.2.27", "Miete", "2027-02-01"),
    ("Rent 12/25", "Rent", "2026-12-25"),  # there is no month 25
    ("Cards on 1/2", "Cards", "2027-02-01"),
    ("Cards 01/03", "Cards", "2027-03-01"),
    ("Pay the loan 27th", "Pay the loan", "2026-11-27"),
    ("Pay the loan on the 15th", "Pay the loan", "2026-12-15"),
    ("the 31st: close books", "close books", "2026-12-31"),  # November has no 31st
    ("Dentist 15th december", "Dentist", "2026-12-15"),
    ("Dentist the 15th of december", "Dentist", "2026-12-15"),
    ("Optician dec 15th", "Optician", "2026-12-15"),
    ("Optician Dec. 15 at noon", "Optician", "2026-12-15 12:00"),
    ("Optician december 15, 2027", "Optician", "2027-12-15"),
    ("Visa March 5th 2027 at 9am", "Visa", "2027-03-05 09:00"),
    ("Plant bulbs 15 nov", "Plant bulbs", "2027-11-15"),  # past this year
    ("Plant beans 23 nov", "Plant beans", "2026-11-23"),  # today
    ("Archive 15 nov 2024", "Archive", "2024-11-15"),  # a year said is a year meant
    ("Leap party 29 feb", "Leap party", "2028-02-29"),
    ("May 5 picnic", "picnic", "2027-05-05"),
    ("Picnic 5 may", "Picnic", "2027-05-05"),
    ("Concert fri 4 dec", "Concert", "2026-12-04"),
    ("Concert Fri, 4 Dec 2026", "Concert", "2026-12-04"),
    ("Sail Sunday 6.12. 14:30", "Sail", "2026-12-06 14:30"),
    ("mid january taxes", "taxes", "2027-01-15"),
    ("Stocktake middle of march", "Stocktake", "2027-03-15"),
    ("Pay wages end of month", "Pay wages", "2026-11-30"),
    ("Pay cleaner by the end of the month", "Pay cleaner", "2026-11-30"),
    ("Backup end of next month", "Backup", "2026-12-31"),
    ("Report end of february", "Report", "2027-02-28"),
    ("Report end of november", "Report", "2026-11-30"),
    ("Sow at the start of april", "Sow", "2027-04-01"),
    ("Budget beginning of next year", "Budget", "2027-01-01"),
    ("Holiday list eom", "Holiday list", "2026-11-30"),
    ("Inbox zero EOD", "Inbox zero", "2026-11-23"),
    ("Ship it eow", "Ship it", "2026-11-29"),
    ("Ship it by end of the week", "Ship it", "2026-11-29"),
    ("Audit end of the year", "Audit", "2026-12-31"),
    ("Skiing in january", "Skiing", "2027-01-01"),
    ("Skiing in march 2028", "Skiing", "2028-03-01"),
    ("Choir the first monday of january", "Choir", "2027-01-04"),
    ("Drinks on the last friday of the month", "Drinks", "2026-11-27"),
    ("Review friday next week", "Review", "2026-12-04"),
    ("Review next week on friday", "Review", "2026-12-04"),
    ("Reply by tomorrow EOD", "Reply", "2026-11-24"),
    ("Reply by the end of the day please", "Reply please", "2026-11-23"),
    # Todoist: so far from now
    ("Finish in 3 weeks' time", "Finish", "2026-12-14"),
    ("Check mould in 3 days", "Check mould", "2026-11-26"),
    ("in two weeks call Ines", "call Ines", "2026-12-07"),
    ("Follow up in a week", "Follow up", "2026-11-30"),
    ("Renew in a fortnight", "Renew", "2026-12-07"),
    ("Renew in 2 months", "Renew", "2027-01-23"),
    ("Renew in 1 year", "Renew", "2027-11-23"),
    ("in a quarter recheck", "recheck", "2027-02-23"),
    ("Taste pickles +5 days", "Taste pickles", "2026-11-28"),
    ("Taste pickles +2w", "Taste pickles", "2026-12-07"),
    ("Taste cheese 5 days from now", "Taste cheese", "2026-11-28"),
    ("Taste wine 2 weeks from today", "Taste wine", "2026-12-07"),
    ("Was due 2 days ago", "Was", "2026-11-21"),
    ("Turn off oven in 2 hours", "Turn off oven", "2026-11-23 12:30"),
    ("in an hour call Ben", "call Ben", "2026-11-23 11:30"),
    ("Tea in 5 min", "Tea", "2026-11-23 10:35"),
    ("Tea in 45 minutes", "Tea", "2026-11-23 11:15"),
    ("Rice in half an hour", "Rice", "2026-11-23 11:00"),
    ("in an hour and a half check roast", "check roast", "2026-11-23 12:00"),
    ("Check roast in 2h", "Check roast", "2026-11-23 12:30"),
    ("Bread +3 hours", "Bread", "2026-11-23 13:30"),
    # Todoist: days with names
    # Todoist: times
    ("today at 10 stand up", "stand up", "2026-11-23 10:00"),
    ("Tomorrow at 16:00 collect Mia", "collect Mia", "2026-11-24 16:00"),
    ("Pub Fri @ 7pm", "Pub", "2026-11-27 19:00"),
    ("Pub friday @7pm", "Pub", "2026-11-27 19:00"),
    ("Cinema fri at 1900", "Cinema", "2026-11-27 19:00"),
    ("Film fri at 19:00", "Film", "2026-11-27 19:00"),
    ("Swim 6pm", "Swim", "2026-11-23 18:00"),
    ("Swim 9am", "Swim", "2026-11-24 09:00"),  # has passed today
    ("Run 6:15 am", "Run", "2026-11-24 06:15"),
    ("9:30pm lock up", "lock up", "2026-11-23 21:30"),
    ("Radio 9.30pm", "Radio", "2026-11-23 21:30"),
    ("Radio 14:30", "Radio", "2026-11-23 14:30"),
    ("Standup at 9", "Standup", "2026-11-24 09:00"),
    ("Lunch at 12 with Sam", "Lunch with Sam", "2026-11-23 12:00"),
    ("Tea at 4 o'clock", "Tea", "2026-11-23 16:00"),
    ("Tea at 4 in the afternoon", "Tea", "2026-11-23 16:00"),
    ("Wake 5 in the morning", "Wake 5", "2026-11-24 09:00"),
    ("Feed cat at 5 in the morning", "Feed cat", "2026-11-24 05:00"),
    ("Lunch noon", "Lunch", "2026-11-23 12:00"),
    ("Lunch 12 noon", "Lunch", "2026-11-23 12:00"),
    ("Lunch 12:00 noon", "Lunch", "2026-11-23 12:00"),
    ("Lunch at noon with Eva", "Lunch with Eva", "2026-11-23 12:00"),
    ("Fireworks at midnight", "Fireworks", "2026-11-24 00:00"),
    ("Fireworks 31 dec midnight", "Fireworks", "2026-12-31 00:00"),
    ("Launch tonight at midnight", "Launch", "2026-11-24 00:00"),
    ("Dinner tonight", "Dinner", "2026-11-23 19:00"),
    ("Dinner tonight at 8", "Dinner", "2026-11-23 20:00"),
    ("Dinner at 8 tonight", "Dinner", "2026-11-23 20:00"),
    ("Dinner this evening at 7:30", "Dinner", "2026-11-23 19:30"),
    ("tomorrow morning stretch", "stretch", "2026-11-24 09:00"),
    ("tom afternoon nap", "nap", "2026-11-24 12:00"),
    ("Stars tomorrow night", "Stars", "2026-11-24 22:00"),
    ("Choir friday evening", "Choir", "2026-11-27 19:00"),
    ("Choir fri evening at 8", "Choir", "2026-11-27 20:00"),
    ("Vitamins in the morning", "Vitamins", "2026-11-24 09:00"),
    ("Call Bob in the afternoon tomorrow", "Call Bob", "2026-11-24 12:00"),
    ("Walk this afternoon", "Walk", "2026-11-23 12:00"),
    ("9am tomorrow physio", "physio", "2026-11-24 09:00"),
    ("at 9 on friday physio", "physio", "2026-11-27 09:00"),
    ("9am, fri 4 dec physio", "physio", "2026-12-04 09:00"),
    ("15 dec 9am gym", "gym", "2026-12-15 09:00"),
    ("15 dec, 9am gym", "gym", "2026-12-15 09:00"),
    ("Train 2026-12-15 14:30", "Train", "2026-12-15 14:30"),
    ("Train 2026-12-15T14:30", "Train", "2026-12-15 14:30"),
    ("in 3 days at 9am jab", "jab", "2026-11-26 09:00"),
    ("next week 8am kickoff", "kickoff", "2026-11-30 08:00"),
    # a zone that was said; nothing else is zoned
    ("Call Lisbon 15:00 Europe/Lisbon", "Call Lisbon", "2026-11-23 15:00 Europe/Lisbon"),
    ("Deploy fri 6pm UTC", "Deploy", "2026-11-27 18:00 UTC"),
    ("Deploy 2026-12-15T14:30Z", "Deploy", "2026-12-15 15:30 Europe/Berlin"),
    ("Deploy 2026-12-15T14:30-05:00", "Deploy", "2026-12-15 20:30 Europe/Berlin"),
    # where the words stand
    ("Call Bob tomorrow about the boiler", "Call Bob about the boiler", "2026-11-24"),
    ("tomorrow call Bob 9am", "call Bob", "2026-11-24 09:00"),
    ("Buy milk (tomorrow)", "Buy milk", "2026-11-24"),
    ("Renew insurance [15 dec]", "Renew insurance", "2026-12-15"),
    ("Call mum, tomorrow, about the flat", "Call mum, about the flat", "2026-11-24"),
    ("Finish it today!", "Finish it", "2026-11-23"),
    ("Is it due today?", "Is it?", "2026-11-23"),
    ("TOMORROW CALL THE BANK", "CALL THE BANK", "2026-11-24"),
    ("call mum sun", "call mum", "2026-11-29"),
    ("call mum sun 10am", "call mum", "2026-11-29 10:00"),
    ("sat: mow", "mow", "2026-11-28"),
    ("buy paint sat #home", "buy paint", "2026-11-28"),
    ("  spaces   around  fri  ", "spaces around", "2026-11-27"),
    # two dates: the last counts, the first stays words
    ("Move the tomorrow call fri", "Move the tomorrow call", "2026-11-27"),
    ("Check the 4 dec figures on 7 dec", "Check the 4 dec figures", "2026-12-07"),
    ("Tomorrow night ask who comes on 12 dec", "Tomorrow night ask who comes", "2026-12-12"),
    # ends of ranges
    ("Meeting tomorrow 9am to 10am", "Meeting tomorrow 9am to 10am", ""),
]


@pytest.mark.parametrize(("text", "title", "due"), EXAMPLES)
def test_dates(text: str, title: str, due: str) -> None:
    todo = parse(text)
    assert (todo.title, shown(todo.due)) == (title, due)
    assert todo.repeat is None and not todo.start


# Text and what it says in a date field, where nothing else can be meant.
FIELD = [
    ("sun", "2026-11-29"),
    ("in 3 days", "2026-11-26"),
    ("3 days", "2026-11-26"),
    ("2 hours", "2026-11-23 12:30"),
    ("5d", "2026-11-28"),
    ("a week", "2026-11-30"),
    ("15 dec 9am", "2026-12-15 09:00"),
    ("27", "2026-11-27"),
    ("1/2", "2027-02-01"),
    ("15.12", "2026-12-15"),
    ("15/12/26", "2026-12-15"),
    ("weekend", "2026-11-28"),
    ("at 9", "2026-11-24 09:00"),
    ("noon", "2026-11-23 12:00"),
    ("now", "2026-11-23 10:30"),
    ("no date", ""),
    ("", ""),
    ("   ", ""),
    ("last friday", "?"),
    ("soon", "?"),
    ("tomorrow please", "?"),
    ("31 june", "?"),
    ("25:00", "?"),
    ("2026-02-30", "?"),
    ("in 99999 weeks", "?"),
    ("x" * 300, "?"),
]


@pytest.mark.parametrize(("text", "due"), FIELD)
def test_date_field(text: str, due: str) -> None:
    assert shown(quickadd.parse_date(text, now=NOW, tz=BERLIN)) == due


# Text, title, start, due.
STARTS = [
    ("Paint the fence starting fri", "Paint the fence", "2026-11-27", ""),
    ("Paint starting on 5 dec", "Paint", "2026-12-05", ""),
    ("Seeds starting mid march", "Seeds", "2027-03-15", ""),
    ("Thesis starts next week due 15 dec", "Thesis", "2026-11-30", "2026-12-15"),
    (
        "Begin thesis due 15 dec from tomorrow 9am",
        "Begin thesis",
        "2026-11-24 09:00",
        "2026-12-15",
    ),
]


@pytest.mark.parametrize(("text", "title", "start", "due"), STARTS)
def test_start_dates(text: str, title: str, start: str, due: str) -> None:
    todo = parse(text)
    assert (todo.title, shown(todo.start), shown(todo.due)) == (title, start, due)


def test_today_is_the_day_of_the_zone() -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=timezone.utc)
    for name, day in (("Europe/Berlin", 24), ("America/New_York", 23), ("Pacific/Tongatapu", 24)):
        todo = parse("Call today", now=late, tz=ZoneInfo(name))
        assert todo.due == Moment(date(2026, 11, day))


@pytest.mark.parametrize(
    ("zone", "now", "text", "due"),
    [
        # Berlin springs forward: 01:30 and two real hours later it is 04:30
        ("Europe/Berlin", (2026, 3, 29, 0, 30), "in 2 hours", "2026-03-29 04:30"),
        # New York falls back: 00:30 and two real hours later it is 01:30 again
        ("America/New_York", (2026, 11, 1, 4, 30), "in 2 hours", "2026-11-01 01:30"),
        # Lord Howe moves by half an hour
        ("Australia/Lord_Howe", (2026, 10, 3, 15, 0), "in 1 hour", "2026-10-04 03:00"),
        # a day is a day of the calendar, however long it is
        ("Europe/Berlin", (2026, 3, 28, 12, 0), "in 1 day at 13:00", "2026-03-29 13:00"),
        # a wall time that does not exist is kept as it was said; Moment says what it means
        ("Europe/Berlin", (2026, 3, 28, 12, 0), "tomorrow 2:30", "2026-03-29 02:30"),
        # 2:15 has passed here, not there
        ("America/New_York", (2026, 11, 23, 14, 0), "10:00 America/Chicago", None),
    ],
)
def test_clock_changes(zone: str, now: tuple[int, ...], text: str, due: str | None) -> None:
    moment = datetime(*now, tzinfo=timezone.utc)  # type: ignore[misc,arg-type]
    found = quickadd.parse_date(text, now=moment, tz=ZoneInfo(zone))
    assert shown(found) == (due or "2026-11-23 10:00 America/Chicago")


def test_week_start_moves_next_week() -> None:
    for week_start, day in (
        (0, date(2026, 11, 30)),
        (6, date(2026, 11, 30)),  # its first working day
        (5, date(2026, 11, 30)),
    ):
        assert parse("Plan next week", week_start=week_start).due == Moment(day)


def test_next_weekday_is_of_next_week() -> None:
    saturday = datetime(2026, 11, 28, 12, tzinfo=timezone.utc)
    assert parse("x next friday", now=saturday).due.date == date(2026, 12, 4)
    assert parse("x next sunday", now=saturday).due.date == date(2026, 12, 6)
    assert parse("x next sunday", now=saturday, week_start=6).due.date == date(2026, 11, 29)


def test_weekends() -> None:
    for day, this, following in ((27, 28, 5), (28, 28, 5), (29, 29, 5)):
        now = datetime(2026, 11, day, 12, tzinfo=timezone.utc)
        assert parse("x this weekend", now=now).due.date == date(2026, 11, this)
        assert parse("x next weekend", now=now).due.date == date(2026, 12, following)


def test_month_first() -> None:
    assert parse("Pay 12/5/2027", day_first=False).due.date == date(2027, 12, 5)
    assert parse("Pay 12/5/2027").due.date == date(2027, 5, 12)
    assert parse("Pay 5.12.2027", day_first=False).due.date == date(2027, 12, 5)


def test_tonight_late() -> None:
    late = datetime(2026, 11, 23, 20, 0, tzinfo=timezone.utc)
    assert parse("Dishes tonight", now=late).due.time == time(22)


def test_no_date_says_so() -> None:
    assert [(part.kind, part.value) for part in parse("Think no date").spans] == [
        ("due", Moment())
    ]


def test_the_ends_of_the_calendar() -> None:
    for year in (1, 1999, 9990, 9999):
        now = datetime(year, 12, 31, 12, tzinfo=timezone.utc)
        for text in ("x tomorrow", "x next year", "x in 9999 years", "every day", "x 29 feb"):
            assert parse(text, now=now).text == text
