"""The words that quick add knows, as data: another language is the same tables with other words (`Words.replace`).

A phrase is one word or several ("day after tomorrow"), lower case. Which phrases may stand where is the grammar's
business (`dates`, `repeats`); nothing here is code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import cached_property
from typing import Any

# What a phrase table becomes: by first word, the whole phrases (longest first) and their values.
Index = dict[str, list[tuple[tuple[str, ...], Any]]]


@dataclass(frozen=True, eq=False)
class Words:
    """One language: tables of phrases and what they mean, and sets of single words that no part is made of."""

    code: str
    # 15/12 and 1/2 are read day first (15 December, 1 February); False reads them month first.
    day_first: bool
    tables: Mapping[str, Any]
    firsts: dict[Any, Any] = field(default_factory=dict, repr=False)  # which forms a word begins

    def replace(self, code: str = "", day_first: bool | None = None, **tables: Any) -> Words:
        """The same language, or another one, with some tables changed."""
        first = self.day_first if day_first is None else day_first
        return Words(code or self.code, first, {**self.tables, **tables})

    @cached_property
    def index(self) -> dict[str, Index]:
        """Every phrase table by name, arranged for looking a phrase up from its first word."""
        found: dict[str, Index] = {}
        for name, table in self.tables.items():
            if isinstance(table, Mapping):
                index = found[name] = {}
                for phrase, value in sorted(table.items(), key=lambda row: -len(row[0].split())):
                    words = tuple(phrase.split())
                    index.setdefault(words[0], []).append((words, value))
        return found

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every single word of the phrases: what a backslash can keep plain."""
        tables = (table for table in self.tables.values() if isinstance(table, Mapping))
        return frozenset(word for table in tables for phrase in table for word in phrase.split())


def say(phrases: str, value: Any = True) -> dict[str, Any]:
    """A table whose phrases, separated by commas, all mean the same."""
    return {phrase.strip(): value for phrase in phrases.split(",")}


def numbered(names: str, first: int = 0) -> dict[str, int]:
    """A table of names counted from `first`, separated by commas; synonyms by spaces."""
    return {word: n for n, group in enumerate(names.split(","), first) for word in group.split()}


def only(words: str) -> frozenset[str]:
    return frozenset(words.split())


_JOINTS = (
    "with for about at in on from by if because near via re until till every then sharp starting"
)
_WEEKDAYS = "monday mon, tuesday tue tues, wednesday wed weds, thursday thu thur thurs, friday fri, saturday sat, sunday sun"
_MONTHS = (
    "january jan, february feb, march mar, april apr, may, june jun, july jul, august aug, september sep sept,"
    " october oct, november nov, december dec"
)
_DAYPARTS = {"morning": time(9), "afternoon": time(12), "evening": time(19), "night": time(22)}
_FIXED = """
    black friday, good friday, cyber monday, easter monday, easter sunday, ash wednesday, blue monday, freaky friday,
    casual friday, ruby tuesday, taco tuesday, throwback thursday, manic monday, giving tuesday, super tuesday,
    super sunday, sunday times, wednesday addams, saturday night live, saturday night fever, palm sunday,
    shrove tuesday, bloody sunday, super bowl sunday, sunday roast, sunday best, friday night lights,
    monday night football, man friday, may day, usa today, today show, may i, daily mail, second hand, 24/7, 9/11,
    7/11, 50/50, 20/20, 4/4, high noon, midnight sun, midnight express, midnight oil, 9 to 5, nine to five"""

ENGLISH = Words(
    "en",
    day_first=True,
    tables={
        # ---- days
        "weekdays": numbered(_WEEKDAYS),
        "weekday_plurals": numbered(
            "mondays, tuesdays, wednesdays, thursdays, fridays, saturdays, sundays"
        ),
        "months": numbered(_MONTHS, 1),
        # a day by its distance from today
        "days": {
            **say("today, tod", 0),
            **say("tomorrow, tom, tmr, tmrw", 1),
            **say("day after tomorrow, the day after tomorrow", 2),
            "yesterday": -1,
        },
        "next": say("next"),
        "next_units": {},  # where a language says "week next": the whole phrase, and its unit
        "this": say("this"),
        "weekends": say("weekend"),
        "weekend_day": {
            **say("this weekend, at the weekend, on the weekend, over the weekend", "this"),
            "next weekend": "next",
        },
        "later_this_week": say("later this week"),
        # day, week, month or year, and how many of them
        "units": {
            **say("day, days, d, days time, days ' time, days ’ time", ("day", 1)),
            **say("week, weeks, wk, wks, w, weeks time, weeks ' time, weeks ’ time", ("week", 1)),
            **say("fortnight, fortnights", ("week", 2)),
            **say("month, months, mo, months time, months ' time, months ’ time", ("month", 1)),
            **say("quarter, quarters", ("month", 3)),
            **say("year, years, yr, yrs, y", ("year", 1)),
        },
        "clock_units": {
            **say("minute, minutes, min, mins", 1),
            **say("hour, hours, hr, hrs, h", 60),
        },
        "short_units": {"d": "day", "w": "week", "m": "month", "y": "year"},  # rec:1w, +3d
        "numbers": {
            **say("a, an, one", 1),
            **numbered("two, three, four, five, six, seven, eight, nine, ten, eleven, twelve", 2),
        },
        "ordinals": numbered(
            "first, second, third, fourth, fifth, sixth, seventh, eighth, ninth, tenth", 1
        ),
        "ordinal_endings": say("st, nd, rd, th"),
        "last": say("last", -1),
        "in_": say("in"),
        "in_minutes": {
            "in a quarter of an hour": 15,
            **say("in half an hour, in a half hour", 30),
            "in an hour and a half": 90,
        },
        "from_now": say("from now, from today, hence"),
        "ago": say("ago"),
        "middle": say("mid, middle of"),
        "start_of": say(
            "start of, beginning of, start of the, beginning of the, the start of, the start of the"
        ),
        "end_of": say("end of, end of the, the end of, the end of the"),
        "ends": {"eod": "day", "eow": "week", "eom": "month", "eoy": "year"},
        "no_date": say("no date, no due date"),
        "now": say("now, right now"),
        # ---- times
        "evening_days": {"tonight": "evening"},  # today, and a part of it
        "dayparts": {name: name for name in _DAYPARTS},
        "in_daypart": {
            f"{lead} {name}": name
            for lead in ("in the", "this")
            for name in _DAYPARTS
            if name != "night"
        },
        "daypart_plurals": {name + "s": name for name in _DAYPARTS},
        "daypart_times": _DAYPARTS,
        "clocks": {**say("noon, midday", time(12)), "midnight": time(0)},
        "half": {**say("am, a.m, a.m.", "a"), **say("pm, p.m, p.m.", "p")},
        "oclock": say("o'clock, o’clock"),
        "hour_marks": only(""),  # "h" where 14h30 is a time
        "at": say("at, @"),
        # ---- what stands between
        "lead_in": say("on, by, due, due on, due by, for, at"),  # goes with the date that follows
        "the": say("the"),
        "of": say("of, in"),
        "on": say("on"),
        "and_": say("and, &, or"),
        "to": say("to, -, –, —, through, thru"),
        "before": say("before"),
        "after": say("after, from"),
        # ---- repeats
        "every": say("every, ev, each, once every"),
        "other": say("other", 2),
        "once": say("once a"),
        "after_done": say("after"),  # "after 10 days": counted from completion
        "adverbs": {
            **say("daily, everyday", ("day", 1)),
            "weekly": ("week", 1),
            **say("fortnightly, biweekly", ("week", 2)),
            "monthly": ("month", 1),
            "quarterly": ("month", 3),
            **say("yearly, annually", ("year", 1)),
        },
        "workdays": say(
            "weekday, week day, workday, working day, business day, workdays, working days"
        ),
        "group_plurals": {**say("weekdays, workdays", (0, 1, 2, 3, 4)), "weekends": (5,)},
        "of_month": say("of the month, of each month, of every month, in the month, of a month"),
        "of_every_month": say("of every month, of each month, every month, each month"),
        "starting": say("starting, starting on, starting from, starting at, from, start, starts"),
        "until": say("until, till, til, ending, ending on, ends, ends on, up to"),
        "for_": say("for"),
        "times": say("times, time, occurrences"),
        # ---- signs and keys
        "priorities": {
            **say("1, high, hi, urgent", 1),
            **say("2, medium, med", 5),
            **say("3, low, lo", 9),
        },
        "levels": {"p1": 1, "p2": 5, "p3": 9, "p4": 0},
        "keys": {"due": "due", "t": "start", "start": "start", "rec": "repeat"},
        # ---- names that hold a date without being one
        "fixed": say(_FIXED),
        # ---- sets: kinds of neighbours, each with the line that made it necessary
        # "sun cream": ordinary words too, read only where nothing plain follows
        "weak": only("sun sat mon wed weds tom yesterday noon midday midnight"),
        # "Call Tom": read in lower case only
        "lower_only": only("tom tod"),
        # "the friday meeting": a date after one of these is talked about, not set
        "refused_after": only(
            "the a an my your his her its our their this that these those to of about before after since than last past"
            " previous not no more some enough much except but first second third fourth fifth like from born dated"
            " founded one versus vs until till good black cyber every each"
        ),
        # "part 2/3", "Psalm 23:4": a number after one of these counts something
        "numbered": only(
            "part chapter ch page pages p pp step room no no. nr nr. number version v episode ep season scale ratio size"
            " volume vol issue unit level act scene verse track platform gate bus tram line highway route channel psalm"
            " psalms genesis exodus romans corinthians revelation isaiah score scored rated rate rating task build"
            " release firmware kernel django python section sections fig figure table clause article paragraph para rule"
            " equation"
        ),
        # "12 March Street", "may 5 people": numbers are not dates before these
        "measures": only(
            "street st road rd avenue ave lane drive close court place square hill terrace km kms m cm mm mi mile miles"
            " kg g lb lbs oz l ml cup cups tsp tbsp litre litres liter liters people persons guests friends pages"
            " chapters % percent € $ £ eur usd euro euros dollar dollars pound pounds times x second seconds sec secs"
            " minute minutes min mins items boxes pieces pcs degrees"
        ),
        # "at 9 with Bob": a bare number before one of these may be read
        "joints": only(_JOINTS),
        # "in 3 day intensive": as odd as "in 3 day", read only where nothing follows
        "singulars": only("day week month year hour minute"),
        # "3 times daily", "once in a week": how often, not when
        "how_often": only("once twice times time"),
        # "every day except sunday"
        "exceptions": only("except excluding but unless"),
        # "tomorrow at the office": the closed classes that begin another phrase
        "function_words": only(
            _JOINTS
            + " to and or but so as than when while after before since unless without into onto over under out up off"
            " down around through during per me him her us them it you i we they the a an my your his our their this"
            " that these those some all both please again already maybe also too only just not now latest instead first"
            " once twice is are was were be will would should can could must may has have had ends starts"
        ),
        # "Tell her tuesday works"
        "pronouns": only("me him her us them it you"),
        # "Tomorrow is another day"
        "copulas": only("is was will never isn't wasn't comes"),
        # "14 - 21 feb"
        "range_words": only("to - – — through thru until till and & or between"),
        # "every 5 weeks after completion"
        "completions": only(
            "completion completing completed done finishing finished that the this easter christmas"
        ),
        # "8:45 mst"
        "zones": only(
            "pst pdt est edt mst mdt cst cdt cet cest bst ist jst aest aedt acst awst eet eest wet msk hst akst akdt"
            " nzst nzdt sgt hkt kst sast gmt utc eastern pacific"
        ),
        "short_zones": only("ET PT CT MT"),  # as they are written
        # "from friday" is a start after a verb of beginning, or with a repeat
        "froms": only("from"),
        "beginning": only(
            "start starts begin begins commence commences resume resumes open opens"
        ),
        # "Flash the router with 4.11.27" tells a version
        "installing": only(
            "install upgrade update downgrade flash release deploy patch pin bump tag"
        ),
        # "Watch Wednesday" is a title, "Read Luke 2:15" a verse
        "watching": only(
            "watch rewatch stream read listen binge study memorise memorize reread quote preach"
        ),
    },
)
