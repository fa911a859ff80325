"""Repeats in words: the rule, what it counts from, and the first date."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from django_todos import quickadd
from django_todos.dates import Moment
from django_todos.repeats.occurrences import Repeat, parse_rrule, upcoming

from .test_quickadd_dates import BERLIN, NOW, parse, shown

LAST_31 = "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"
WORKDAYS = "MO,TU,WE,TH,FR"

# Text, title, due, rule; "!" before the rule counts from completion.
EXAMPLES = [
    # Todoist: plain ones
    ("Vitamins every day", "Vitamins", "2026-11-23", "FREQ=DAILY"),
    ("everyday floss, daily", "everyday floss", "2026-11-23", "FREQ=DAILY"),
    ("Floss everyday", "Floss", "2026-11-23", "FREQ=DAILY"),
    ("Stretch ev day", "Stretch", "2026-11-23", "FREQ=DAILY"),
    ("Stretch daily", "Stretch", "2026-11-23", "FREQ=DAILY"),
    ("Pill every morning", "Pill", "2026-11-24 09:00", "FREQ=DAILY"),
    ("Eye drops every afternoon", "Eye drops", "2026-11-23 12:00", "FREQ=DAILY"),
    ("Diary every evening", "Diary", "2026-11-23 19:00", "FREQ=DAILY"),
    ("Lock up every night", "Lock up", "2026-11-23 22:00", "FREQ=DAILY"),
    ("Backup every night at 2am", "Backup", "2026-11-24 02:00", "FREQ=DAILY"),
    ("Choir every evening at 8", "Choir", "2026-11-23 20:00", "FREQ=DAILY"),
    ("every week day run", "run", "2026-11-23", f"FREQ=WEEKLY;BYDAY={WORKDAYS}"),
    ("every weekday commute", "commute", "2026-11-23", f"FREQ=WEEKLY;BYDAY={WORKDAYS}"),
    ("every workday stand up", "stand up", "2026-11-23", f"FREQ=WEEKLY;BYDAY={WORKDAYS}"),
    ("Commute weekdays", "Commute", "2026-11-23", f"FREQ=WEEKLY;BYDAY={WORKDAYS}"),
    ("Bins every week", "Bins", "2026-11-23", "FREQ=WEEKLY"),
    ("Bins weekly", "Bins", "2026-11-23", "FREQ=WEEKLY"),
    ("Parkrun every weekend", "Parkrun", "2026-11-28", "FREQ=WEEKLY;BYDAY=SA"),
    ("Bake on weekends", "Bake", "2026-11-28", "FREQ=WEEKLY;BYDAY=SA"),
    ("Rent every month", "Rent", "2026-11-23", "FREQ=MONTHLY"),
    ("Rent monthly", "Rent", "2026-11-23", "FREQ=MONTHLY"),
    ("VAT every quarter", "VAT", "2026-11-23", "FREQ=MONTHLY;INTERVAL=3"),
    ("VAT quarterly", "VAT", "2026-11-23", "FREQ=MONTHLY;INTERVAL=3"),
    ("MOT every year", "MOT", "2026-11-23", "FREQ=YEARLY"),
    ("MOT yearly", "MOT", "2026-11-23", "FREQ=YEARLY"),
    ("MOT annually", "MOT", "2026-11-23", "FREQ=YEARLY"),
    ("Call mum once a week", "Call mum", "2026-11-23", "FREQ=WEEKLY"),
    # Todoist: intervals
    ("Shave every 3 days", "Shave", "2026-11-23", "FREQ=DAILY;INTERVAL=3"),
    ("Shave every three days", "Shave", "2026-11-23", "FREQ=DAILY;INTERVAL=3"),
    ("Water figs every other day", "Water figs", "2026-11-23", "FREQ=DAILY;INTERVAL=2"),
    ("Cleaner every other week", "Cleaner", "2026-11-23", "FREQ=WEEKLY;INTERVAL=2"),
    ("Descale every other month", "Descale", "2026-11-23", "FREQ=MONTHLY;INTERVAL=2"),
    ("Biennale every other year", "Biennale", "2026-11-23", "FREQ=YEARLY;INTERVAL=2"),
    ("Bins every other fri", "Bins", "2026-11-27", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"),
    ("Dose every second day", "Dose", "2026-11-23", "FREQ=DAILY;INTERVAL=2"),
    ("Dose every 3rd week", "Dose", "2026-11-23", "FREQ=WEEKLY;INTERVAL=3"),
    ("Payroll fortnightly", "Payroll", "2026-11-23", "FREQ=WEEKLY;INTERVAL=2"),
    ("Payroll every fortnight", "Payroll", "2026-11-23", "FREQ=WEEKLY;INTERVAL=2"),
    ("Yoga every 2 mondays", "Yoga", "2026-11-23", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
    ("Boiler every 6 months", "Boiler", "2026-11-23", "FREQ=MONTHLY;INTERVAL=6"),
    # Todoist: counted from completion
    ("Filter every! 3 months", "Filter", "2026-11-23", "!FREQ=MONTHLY;INTERVAL=3"),
    ("Haircut ev! 6 weeks", "Haircut", "2026-11-23", "!FREQ=WEEKLY;INTERVAL=6"),
    ("Dust every! other day", "Dust", "2026-11-23", "!FREQ=DAILY;INTERVAL=2"),
    ("Plants every! day at 7pm", "Plants", "2026-11-23 19:00", "!FREQ=DAILY"),
    ("Ring Ida after 10 days", "Ring Ida", "2026-12-03", "!FREQ=DAILY;INTERVAL=10"),
    # Todoist: weekdays
    ("Bins every tuesday", "Bins", "2026-11-24", "FREQ=WEEKLY;BYDAY=TU"),
    ("Bins ev mon", "Bins", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO"),
    ("Gym every monday, friday", "Gym", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO,FR"),
    ("Gym ev mon,fri", "Gym", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO,FR"),
    ("Gym every mon, wed and fri", "Gym", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
    ("Yoga every mon wed fri", "Yoga", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
    ("Gym every tue & thu", "Gym", "2026-11-24", "FREQ=WEEKLY;BYDAY=TU,TH"),
    ("Gym each mon/wed", "Gym", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO,WE"),
    ("Office every mon-thu", "Office", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH"),
    ("Office every tue to fri", "Office", "2026-11-24", "FREQ=WEEKLY;BYDAY=TU,WE,TH,FR"),
    ("Bar fri every fri-mon", "Bar", "2026-11-27", "FREQ=WEEKLY;BYDAY=MO,FR,SA,SU"),
    ("Take bins out sunday nights", "Take bins out", "2026-11-29 22:00", "FREQ=WEEKLY;BYDAY=SU"),
    ("Choir on tuesdays", "Choir", "2026-11-24", "FREQ=WEEKLY;BYDAY=TU"),
    ("Choir tuesdays and sundays", "Choir", "2026-11-24", "FREQ=WEEKLY;BYDAY=TU,SU"),
    ("Swim weekly on mondays", "Swim", "2026-11-23", "FREQ=WEEKLY;BYDAY=MO"),
    ("Swim every week on wed", "Swim", "2026-11-25", "FREQ=WEEKLY;BYDAY=WE"),
    (
        "Sauna every 2 weeks on mon and thu until 1 june",
        "Sauna",
        "2026-11-23",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270601;BYDAY=MO,TH",
    ),
    # Todoist: days of a month and of a year
    ("Pub every 3rd friday", "Pub", "2026-12-18", "FREQ=MONTHLY;BYDAY=3FR"),
    ("Pub every first monday", "Pub", "2026-12-07", "FREQ=MONTHLY;BYDAY=1MO"),
    ("Pub every last friday", "Pub", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("Pub every 2nd tue of the month", "Pub", "2026-12-08", "FREQ=MONTHLY;BYDAY=2TU"),
    ("Jazz every 1st and 3rd thu", "Jazz", "2026-12-03", "FREQ=MONTHLY;BYDAY=1TH,3TH"),
    ("Jazz every 1st thu and 3rd thu", "Jazz", "2026-12-03", "FREQ=MONTHLY;BYDAY=1TH,3TH"),
    ("Rent on the first of every month", "Rent", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("Pay 1st of every month", "Pay", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("Drinks the last fri of each month", "Drinks", "2026-11-27", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("Meter every last day", "Meter", "2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("Meter every month on the last day", "Meter", "2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("Card bill every 27th", "Card bill", "2026-11-27", "FREQ=MONTHLY;BYMONTHDAY=27"),
    ("Card bill every 27", "Card bill", "2026-11-27", "FREQ=MONTHLY;BYMONTHDAY=27"),
    ("Pay in every 2, 15, 27", "Pay in", "2026-11-27", "FREQ=MONTHLY;BYMONTHDAY=2,15,27"),
    ("Pay out ev 1st and 15th", "Pay out", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ("Count stock every 15th of the month", "Count stock", "2026-12-15",
     "FREQ=MONTHLY;BYMONTHDAY=15"),
    ("Close books every 31st", "Close books", "2026-11-30", LAST_31),
    ("Close till every 30th", "Close till", "2026-11-30",
     "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    ("Rent every month on the 1st", "Rent", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("Rent monthly on the 1st and 15th", "Rent", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1,15"),
    ("Pub every 2 months on the last friday", "Pub", "2026-11-27",
     "FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR"),
    ("Timesheet every last workday at 3pm", "Timesheet", "2026-11-30 15:00",
     f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=-1"),
    ("Order every first workday", "Order", "2026-12-01",
     f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=1"),
    ("Pay every 15th workday, first workday, last workday", "Pay", "2026-11-30",
     f"FREQ=MONTHLY;BYDAY={WORKDAYS};BYSETPOS=1,15,-1"),
    ("Birthday every jan 27th", "Birthday", "2027-01-27", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=27"),
    ("Birthday every 5 january", "Birthday", "2027-01-05", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5"),
    ("Birthday every year on 5 jan", "Birthday", "2027-01-05",
     "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=5"),
    ("Roses every year on the 2nd sunday of may", "Roses", "2027-05-09",
     "FREQ=YEARLY;BYMONTH=5;BYDAY=2SU"),
    ("Wages every end of month", "Wages", "2026-11-30", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    ("Rent every month on the first", "Rent", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("Count every first of the month", "Count", "2026-12-01", "FREQ=MONTHLY;BYMONTHDAY=1"),
    ("Hoover once every 2 weeks", "Hoover", "2026-11-23", "FREQ=WEEKLY;INTERVAL=2"),
    ("Birthday every feb 29", "Birthday", "2027-02-28",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
    ("Tax every 14 jan, 14 apr, 14 jul", "Tax", "2027-01-14",
     "FREQ=YEARLY;BYMONTH=1,4,7;BYMONTHDAY=14"),
    ("Board every 1st wed jan", "Board", "2027-01-06", "FREQ=YEARLY;BYMONTH=1;BYDAY=1WE"),
    ("Clocks every last sunday of march", "Clocks", "2027-03-28",
     "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU"),
    # Todoist: times, starts and ends
    ("Call every mon, fri at 20:00", "Call", "2026-11-23 20:00", "FREQ=WEEKLY;BYDAY=MO,FR"),
    ("Call every tue, fri at 2300", "Call", "2026-11-24 23:00", "FREQ=WEEKLY;BYDAY=TU,FR"),
    ("Chips every fri at noon", "Chips", "2026-11-27 12:00", "FREQ=WEEKLY;BYDAY=FR"),
    ("Toast every jan 1 at midnight", "Toast", "2027-01-01 00:00",
     "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1"),
    ("Bus every monday morning", "Bus", "2026-11-30 09:00", "FREQ=WEEKLY;BYDAY=MO"),
    ("Pray every day 9am", "Pray", "2026-11-24 09:00", "FREQ=DAILY"),
    ("Pray daily at 12", "Pray", "2026-11-23 12:00", "FREQ=DAILY"),
    ("Jog every day starting on aug 3", "Jog", "2027-08-03", "FREQ=DAILY"),
    ("Jog everyday from aug 3", "Jog", "2027-08-03", "FREQ=DAILY"),
    ("Read everyday ending aug 3", "Read", "2026-11-23", "FREQ=DAILY;UNTIL=20270803"),
    ("Read every day until 15 dec", "Read", "2026-11-23", "FREQ=DAILY;UNTIL=20261215"),
    ("Rehearse everyday from 10 May until 20 May", "Rehearse", "2027-05-10",
     "FREQ=DAILY;UNTIL=20270520"),
    ("Course every day from 30 nov to 4 dec", "Course", "2026-11-30",
     "FREQ=DAILY;UNTIL=20261204"),
    ("Fast everyday for 3 weeks", "Fast", "2026-11-23", "FREQ=DAILY;UNTIL=20261213"),
    ("Sell every Wednesday, Friday ending Saturday", "Sell", "2026-11-25",
     "FREQ=WEEKLY;UNTIL=20261128;BYDAY=WE,FR"),
    ("Physio every week for 5 times", "Physio", "2026-11-23", "FREQ=WEEKLY;COUNT=5"),
    ("Physio every mon 5 times", "Physio", "2026-11-23", "FREQ=WEEKLY;COUNT=5;BYDAY=MO"),
    ("Club every 3rd Tuesday starting dec 29 ending in 6 months", "Club", "2027-01-19",
     "FREQ=MONTHLY;UNTIL=20270523;BYDAY=3TU"),
    ("Club every 3rd Tuesday starting Aug 29 until 1 may 2028", "Club", "2027-09-21",
     "FREQ=MONTHLY;UNTIL=20280501;BYDAY=3TU"),
    ("Tablet every day at 10am starting Friday for 8 weeks", "Tablet", "2026-11-27 10:00",
     "FREQ=DAILY;UNTIL=20270121"),
    ("Tablet every 14 days 7am starting 1 dec", "Tablet", "2026-12-01 07:00",
     "FREQ=DAILY;INTERVAL=14"),
    ("Tablet every day starting tomorrow 8pm", "Tablet", "2026-11-24 20:00", "FREQ=DAILY"),
    # together with a date
    ("Pay rent tomorrow 9am every month", "Pay rent", "2026-11-24 09:00", "FREQ=MONTHLY"),
    ("every month pay flat on 1 dec", "pay flat", "2026-12-01", "FREQ=MONTHLY"),
    ("Bill 31 jan every month", "Bill", "2027-01-31", LAST_31),
    ("Bill 31 jan every! month", "Bill", "2027-01-31", "!FREQ=MONTHLY"),
    ("Leap 29 feb every year", "Leap", "2028-02-29",
     "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
    ("every day call mum 9am", "call mum", "2026-11-24 09:00", "FREQ=DAILY"),
    ("every wed go to choir starting 5 dec", "go to choir", "2026-12-09",
     "FREQ=WEEKLY;BYDAY=WE"),
    ("Gym every mon call Bob at 7pm", "Gym call Bob", "2026-11-23 19:00", "FREQ=WEEKLY;BYDAY=MO"),
    ("Stars sun every week", "Stars", "2026-11-29", "FREQ=WEEKLY"),
    # two repeats: the last counts
    ("every monday plan every friday", "every monday plan", "2026-11-27", "FREQ=WEEKLY;BYDAY=FR"),
    # todo.txt
    ("Laptop rec:1w", "Laptop", "2026-11-23", "!FREQ=WEEKLY"),
    ("Laptop rec:+2m due:2026-12-01", "Laptop", "2026-12-01", "FREQ=MONTHLY;INTERVAL=2"),
    ("Laptop due:2026-12-31 rec:+1m", "Laptop", "2026-12-31", LAST_31),
]  # fmt: skip


def written(todo: quickadd.ParsedTodo) -> str:
    if not todo.repeat:
        return ""
    return ("!" if todo.repeat.mode == "completion" else "") + todo.repeat.rrule


@pytest.mark.parametrize(("text", "title", "due", "rule"), EXAMPLES)
def test_repeats(text: str, title: str, due: str, rule: str) -> None:
    todo = parse(text)
    assert (todo.title, shown(todo.due), written(todo)) == (title, due, rule)


@pytest.mark.parametrize("text", [example[0] for example in EXAMPLES])
def test_rules_are_canonical_and_go_on(text: str) -> None:
    todo = parse(text)
    assert todo.repeat and parse_rrule(todo.repeat.rrule) == todo.repeat.rrule
    repeat = Repeat(todo.repeat.rrule, todo.repeat.mode, todo.due)
    assert upcoming(repeat, todo.due, NOW, BERLIN, count=2)[:1] == [todo.due]


# Text and what it says in a repeat field.
FIELD = [
    ("every last friday", "FREQ=MONTHLY;BYDAY=-1FR"),
    ("every! 3 days", "!FREQ=DAILY;INTERVAL=3"),
    ("daily", "FREQ=DAILY"),
    ("weekdays", f"FREQ=WEEKLY;BYDAY={WORKDAYS}"),
    ("mondays and fridays", "FREQ=WEEKLY;BYDAY=MO,FR"),
    ("every 15th until 1 june 2027", "FREQ=MONTHLY;UNTIL=20270601;BYMONTHDAY=15"),
    ("every month for 5 times", "FREQ=MONTHLY;COUNT=5"),
    ("every other tue 5 times", "FREQ=WEEKLY;INTERVAL=2;COUNT=5;BYDAY=TU"),
    ("every day for 2 weeks starting fri", "FREQ=DAILY;UNTIL=20261210"),
    ("every day at 9am", "?"),
    ("every hour", "?"),
    ("tomorrow", "?"),
    ("every day please", "?"),
    ("", "?"),
]


@pytest.mark.parametrize(("text", "rule"), FIELD)
def test_repeat_field(text: str, rule: str) -> None:
    found = quickadd.parse_repeat(text, now=NOW, tz=BERLIN)
    mark = "!" if found and found.mode == "completion" else ""
    assert (mark + found.rrule if found else "?") == rule


def test_repeat_field_is_anchored_to_the_due_date() -> None:
    due = Moment(date(2027, 1, 31))
    found = quickadd.parse_repeat("every month", now=NOW, tz=BERLIN, due=due)
    assert found and found.rrule == LAST_31


def test_repeat_field_without_a_date_stays_open() -> None:
    end = datetime(2027, 1, 31, 12, tzinfo=timezone.utc)
    found = quickadd.parse_repeat("every month", now=end, tz=BERLIN)
    assert found and found.rrule == "FREQ=MONTHLY"


def test_week_start_is_written_where_it_matters() -> None:
    todo = parse("Sauna every 2 weeks on mon and sun", week_start=6)
    assert todo.repeat and todo.repeat.rrule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU"
    todo = parse("Sauna every week on mon and sun", week_start=6)
    assert todo.repeat and "WKST" not in todo.repeat.rrule


def test_a_rule_starts_on_the_last_day_of_a_short_month() -> None:
    end = datetime(2027, 1, 31, 12, tzinfo=timezone.utc)
    todo = parse("Pay every month", now=end)
    assert todo.repeat and todo.repeat.rrule == LAST_31
