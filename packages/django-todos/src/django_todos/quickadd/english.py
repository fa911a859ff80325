"""The words that quick add knows, as data: another language is another `Words` value.

A key is one word or several ("day after tomorrow"), lower case. Which of them may stand where is
the grammar's business (`when`, `repeats`); nothing here is code. Words that are also ordinary
English ("sun", "may", "second") are marked, so that "sun cream" stays sun cream.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from functools import cached_property
from typing import Any

# What a phrase table becomes: by first word, the whole phrases (longest first) and their values.
Index = dict[str, list[tuple[tuple[str, ...], Any]]]


def _say(phrases: str, value: Any = True) -> dict[str, Any]:
    """A table whose phrases, separated by commas, all mean the same."""
    return {phrase.strip(): value for phrase in phrases.split(",")}


def _numbered(*names: str, first: int = 0) -> dict[str, int]:
    """A table of names counted from `first`; synonyms are separated by spaces."""
    return {word: n for n, names_ in enumerate(names, first) for word in names_.split()}


@dataclass(frozen=True, eq=False)
class Words:
    """One language. Tables are phrases and what they mean; sets hold single words."""

    code: str
    # 15/12 and 1/2 are read day first (15 December, 1 February); False reads them month first.
    day_first: bool

    weekdays: Mapping[str, int]
    weekday_plurals: Mapping[str, int]
    months: Mapping[str, int]
    days: Mapping[str, int]  # a day by its distance from today
    evening_days: Mapping[str, str]  # "tonight": today, and a part of it
    dayparts: Mapping[str, str]
    in_daypart: Mapping[str, str]  # "in the morning"
    daypart_plurals: Mapping[str, str]
    daypart_times: Mapping[str, time]
    clocks: Mapping[str, time]
    units: Mapping[str, tuple[str, int]]  # day, week, month or year, and how many of them
    clock_units: Mapping[str, int]  # minutes
    numbers: Mapping[str, int]
    ordinals: Mapping[str, int]
    adverbs: Mapping[str, tuple[str, int]]  # "daily", "every" and the unit in one word
    workdays: Mapping[str, bool]
    weekends: Mapping[str, bool]
    workday_plurals: Mapping[str, bool]
    weekend_plurals: Mapping[str, bool]

    lead_in: Mapping[str, bool]  # goes with the date that follows: "by friday"
    at: Mapping[str, bool]
    am: Mapping[str, bool]
    pm: Mapping[str, bool]
    oclock: Mapping[str, bool]
    the: Mapping[str, bool]
    of: Mapping[str, bool]
    of_month: Mapping[str, bool]
    of_every_month: Mapping[str, bool]
    on: Mapping[str, bool]
    and_: Mapping[str, bool]
    to: Mapping[str, bool]
    next: Mapping[str, bool]
    this: Mapping[str, bool]
    weekend_day: Mapping[str, str]  # "this weekend": "this" or "next"
    later_this_week: Mapping[str, bool]
    in_: Mapping[str, bool]
    in_minutes: Mapping[str, int]  # "in half an hour"
    from_now: Mapping[str, bool]
    ago: Mapping[str, bool]
    before: Mapping[str, bool]
    after: Mapping[str, bool]
    middle: Mapping[str, bool]
    start_of: Mapping[str, bool]
    end_of: Mapping[str, bool]
    ends: Mapping[str, str]  # "eom": the unit that ends
    no_date: Mapping[str, bool]
    now: Mapping[str, bool]
    starting: Mapping[str, bool]
    until: Mapping[str, bool]
    for_: Mapping[str, bool]
    times: Mapping[str, bool]
    every: Mapping[str, bool]
    other: Mapping[str, int]
    last: Mapping[str, int]
    once: Mapping[str, bool]  # "once a"

    priorities: Mapping[str, int]
    due_keys: Mapping[str, bool]
    start_keys: Mapping[str, bool]
    repeat_keys: Mapping[str, bool]
    short_units: Mapping[str, str]  # the d, w, m, y of "rec:1w" and "+3d"

    ordinal_endings: tuple[str, ...]
    dotted_ordinals: bool = False  # 15. Dezember
    # Ordinary words too: read only where nothing plain follows ("sun" but not "sun cream").
    weak: frozenset[str] = frozenset()
    # Read in lower case only: "tom" is tomorrow, Tom is a person.
    lower_only: frozenset[str] = frozenset()
    # A date right after one of these is talked about, not set: "the friday meeting".
    refused_after: frozenset[str] = frozenset()
    # A number right after one of these counts something: "part 2/3", "Psalm 23:4".
    numbered: frozenset[str] = frozenset()
    # Numbers are not dates before these: "12 March Street", "may 5 people".
    measures: frozenset[str] = frozenset()
    # A phrase goes on with these, so a bare number before one may be read: "at 9 with Bob".
    joints: frozenset[str] = frozenset()
    # "in 3 day" is as odd as "in 3 day intensive": read only where nothing follows.
    singulars: frozenset[str] = frozenset()
    # "once in a week" tells how often, not when.
    how_often: frozenset[str] = frozenset()
    # "after 10 days": counted from completion.
    after_done: frozenset[str] = frozenset()
    # "every day except sunday" is not understood, so no part of it is read.
    exceptions: frozenset[str] = frozenset()
    # The closed classes that can follow a day: what begins with one of them is another phrase.
    function_words: frozenset[str] = frozenset()
    pronouns: frozenset[str] = frozenset()
    # "Tomorrow is another day".
    copulas: frozenset[str] = frozenset()
    range_words: frozenset[str] = frozenset()
    # "after completion", "after the holidays": a day or a rule that is counted from something.
    completions: frozenset[str] = frozenset()
    zones: frozenset[str] = frozenset()
    short_zones: frozenset[str] = frozenset()
    # "from friday" is a start after one of these, or with a repeat.
    froms: frozenset[str] = frozenset()
    beginning: frozenset[str] = frozenset()
    # "Read Luke 2:15".
    reading: frozenset[str] = frozenset()
    # "Upgrade the kernel to 6.12.27" tells a version.
    installing: frozenset[str] = frozenset()
    # "Watch Wednesday": what follows with a capital is a title.
    watching: frozenset[str] = frozenset()
    books: frozenset[str] = frozenset()
    levels: Mapping[str, int] = field(default_factory=dict)
    # Names that hold a date without being one.
    fixed: Mapping[str, bool] = field(default_factory=dict)

    @cached_property
    def index(self) -> dict[str, Index]:
        """Every phrase table by name, arranged for looking a phrase up from its first word."""
        tables = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {name: _indexed(table) for name, table in tables if isinstance(table, Mapping)}

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every single word that some table holds: what a backslash can keep plain."""
        return frozenset(word for table in self.index.values() for word in _words_of(table))


def _indexed(table: Mapping[str, Any]) -> Index:
    index: Index = {}
    for phrase, value in table.items():
        words = tuple(phrase.split())
        index.setdefault(words[0], []).append((words, value))
    for phrases in index.values():
        phrases.sort(key=lambda item: -len(item[0]))
    return index


def _words_of(index: Index) -> Iterable[str]:
    return (word for phrases in index.values() for words, _ in phrases for word in words)


_WEEKDAYS = _numbered(
    "monday mon", "tuesday tue tues", "wednesday wed weds", "thursday thu thur thurs",
    "friday fri", "saturday sat", "sunday sun",
)  # fmt: skip
_MONTHS = _numbered(
    "january jan", "february feb", "march mar", "april apr", "may", "june jun", "july jul",
    "august aug", "september sep sept", "october oct", "november nov", "december dec", first=1,
)  # fmt: skip

ENGLISH = Words(
    code="en",
    day_first=True,
    weekdays=_WEEKDAYS,
    weekday_plurals=_numbered(
        "mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays"
    ),
    months=_MONTHS,
    days={
        **_say("today, tod", 0),
        **_say("tomorrow, tom, tmr, tmrw", 1),
        **_say("day after tomorrow, the day after tomorrow", 2),
        "yesterday": -1,
    },
    evening_days={"tonight": "evening"},
    dayparts={
        "morning": "morning",
        "afternoon": "afternoon",
        "evening": "evening",
        "night": "night",
    },
    in_daypart={
        **_say("in the morning, this morning", "morning"),
        **_say("in the afternoon, this afternoon", "afternoon"),
        **_say("in the evening, this evening", "evening"),
    },
    daypart_plurals={
        "mornings": "morning",
        "afternoons": "afternoon",
        "evenings": "evening",
        "nights": "night",
    },
    daypart_times={
        "morning": time(9),
        "afternoon": time(12),
        "evening": time(19),
        "night": time(22),
    },
    clocks={**_say("noon, midday", time(12)), "midnight": time(0)},
    units={
        **_say("day, days, d, days time, days ' time, days ’ time", ("day", 1)),
        **_say("week, weeks, wk, wks, w, weeks time, weeks ' time, weeks ’ time", ("week", 1)),
        **_say("fortnight, fortnights", ("week", 2)),
        **_say("month, months, mo, months time, months ' time, months ’ time", ("month", 1)),
        **_say("quarter, quarters", ("month", 3)),
        **_say("year, years, yr, yrs, y", ("year", 1)),
    },
    clock_units={
        **_say("minute, minutes, min, mins", 1),
        **_say("hour, hours, hr, hrs, h", 60),
    },
    numbers={
        **_say("a, an, one", 1), "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
        "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    },  # fmt: skip
    ordinals=_numbered(
        *"first second third fourth fifth sixth seventh eighth ninth tenth".split(), first=1
    ),
    adverbs={
        **_say("daily, everyday", ("day", 1)),
        "weekly": ("week", 1),
        **_say("fortnightly, biweekly", ("week", 2)),
        "monthly": ("month", 1),
        "quarterly": ("month", 3),
        **_say("yearly, annually", ("year", 1)),
    },
    workdays=_say("weekday, week day, workday, working day, business day, workdays, working days"),
    weekends=_say("weekend"),
    workday_plurals=_say("weekdays, workdays"),
    weekend_plurals=_say("weekends"),
    lead_in=_say("on, by, due, due on, due by, for, at"),
    at=_say("at, @"),
    am=_say("am, a.m, a.m."),
    pm=_say("pm, p.m, p.m."),
    oclock=_say("o'clock, o’clock"),
    the=_say("the"),
    of=_say("of, in"),
    of_month=_say("of the month, of each month, of every month, in the month, of a month"),
    of_every_month=_say("of every month, of each month, every month, each month"),
    on=_say("on"),
    and_=_say("and, &, or"),
    to=_say("to, -, –, —, through, thru"),
    next=_say("next"),
    this=_say("this"),
    weekend_day={
        **_say("this weekend, at the weekend, on the weekend, over the weekend", "this"),
        "next weekend": "next",
    },
    later_this_week=_say("later this week"),
    in_=_say("in"),
    in_minutes={
        "in a quarter of an hour": 15,
        **_say("in half an hour, in a half hour", 30),
        **_say("in an hour and a half, in one and a half hours, in 1.5 hours", 90),
    },
    from_now=_say("from now, from today, hence"),
    ago=_say("ago"),
    before=_say("before"),
    after=_say("after, from"),
    middle=_say("mid, middle of"),
    start_of=_say(
        "start of, beginning of, start of the, beginning of the, the start of, the start of the"
    ),
    end_of=_say("end of, end of the, the end of, the end of the"),
    ends={"eod": "day", "eow": "week", "eom": "month", "eoy": "year"},
    no_date=_say("no date, no due date"),
    now=_say("now, right now"),
    starting=_say("starting, starting on, starting from, starting at, from, start, starts"),
    until=_say("until, till, til, ending, ending on, ending in, ends, ends on, up to"),
    for_=_say("for"),
    times=_say("times, time, occurrences"),
    every=_say("every, ev, each, once every"),
    other=_say("other", 2),
    last=_say("last", -1),
    once=_say("once a"),
    priorities={
        **_say("1, high, hi, urgent", 1),
        **_say("2, medium, med", 5),
        **_say("3, low, lo", 9),
    },
    due_keys=_say("due"),
    start_keys=_say("t, start"),
    repeat_keys=_say("rec"),
    short_units={"d": "day", "w": "week", "m": "month", "y": "year"},
    ordinal_endings=("st", "nd", "rd", "th"),
    weak=frozenset(
        "sun sat mon wed weds tom yesterday daily everyday weekly monthly"
        " yearly annually quarterly fortnightly biweekly weekdays workdays weekends noon midday"
        " midnight mondays tuesdays wednesdays thursdays fridays saturdays sundays".split()
    ),
    lower_only=frozenset({"tom", "tod"}),
    refused_after=frozenset(
        "the a an my your his her its our their this that these those to of about before after"
        " since than last past previous not no more some enough much except but first"
        " second third fourth fifth like from born dated founded one versus vs until till good black cyber every each".split()
    ),
    numbered=frozenset(
        "part chapter ch page pages p pp step room no no. nr nr. number version v episode ep"
        " season scale ratio size volume vol issue unit level act scene verse track platform gate"
        " bus tram line highway route channel psalm psalms genesis exodus romans corinthians"
        " revelation isaiah score scored rated rate rating task build release firmware kernel django python section sections fig figure"
        " table clause article paragraph para rule equation".split()
    ),
    measures=frozenset(
        "street st road rd avenue ave lane drive close court place square hill terrace km kms m cm"
        " mm mi mile miles kg g lb lbs oz l ml cup cups tsp tbsp litre litres liter liters people"
        " persons guests friends pages chapters % percent € $ £ eur usd euro euros dollar dollars"
        " pound pounds times x second seconds sec secs minute minutes min mins items boxes pieces"
        " pcs degrees".split()
    ),
    joints=frozenset(
        "with for about at in on from by if because near via re until till every then sharp"
        " starting".split()
    ),
    singulars=frozenset({"day", "week", "month", "year", "hour", "minute"}),
    how_often=frozenset({"once", "twice", "times", "time"}),
    after_done=frozenset({"after"}),
    exceptions=frozenset({"except", "excluding", "but", "unless"}),
    function_words=frozenset(
        "with for about at in on from by if because near via re until till every then sharp starting to and or but so"
        " as than when while after before since unless without into onto over under out up off down around through"
        " during per me him her us them it you i we they the a an my your his our their this that these those some"
        " all both please again already maybe also too only just not now latest instead latest first once twice"
        " is are was were be will would should can could must may has have had ends starts".split()
    ),
    copulas=frozenset("is was will never isn't wasn't comes".split()),
    pronouns=frozenset("me him her us them it you".split()),
    range_words=frozenset("to - – — through thru until till and & or between".split()),
    completions=frozenset(
        "completion completing completed done finishing finished that the this easter christmas".split()
    ),
    zones=frozenset(
        "pst pdt est edt mst mdt cst cdt cet cest bst ist jst aest aedt acst awst eet eest wet msk hst akst akdt nzst"
        " nzdt sgt hkt kst sast gmt utc eastern pacific".split()
    ),
    short_zones=frozenset({"ET", "PT", "CT", "MT"}),
    froms=frozenset({"from"}),
    beginning=frozenset(
        "start starts begin begins commence commences resume resumes open opens".split()
    ),
    installing=frozenset(
        "install upgrade update downgrade flash release deploy patch pin bump tag".split()
    ),
    watching=frozenset("watch rewatch stream read listen binge".split()),
    reading=frozenset("read study memorise memorize reread quote preach".split()),
    books=frozenset(
        "matthew mark luke john acts james peter job ruth daniel joel amos jonah samuel kings proverbs hebrews"
        " galatians ephesians philippians timothy titus jude ezekiel jeremiah hosea quran surah".split()
    ),
    levels={"p1": 1, "p2": 5, "p3": 9, "p4": 0},
    fixed=_say(
        "black friday, good friday, cyber monday, easter monday, easter sunday, ash wednesday,"
        " blue monday, freaky friday, casual friday, ruby tuesday, taco tuesday, throwback thursday, manic monday,"
        " giving tuesday, super tuesday, super sunday, sunday times, wednesday addams, saturday night live,"
        " saturday night fever, palm sunday, shrove tuesday, bloody sunday, super bowl sunday, sunday roast,"
        " sunday best, friday night lights, monday night football, man friday, may day, usa today, today show, may i,"
        " daily mail, second hand, 24/7, 9/11, 7/11, 50/50, 20/20, 4/4, high noon, midnight sun,"
        " midnight express, midnight oil, 9 to 5, nine to five"
    ),
)
