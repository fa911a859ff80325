"""Lifelike data: somebody's flat, work, trip, garden and shelf, with half a year behind them.

Pure: the same day and seed give the same records. A line is ``title | words // notes``; indentation
makes subtasks. Words: ``+3`` due in three days (a repeat without it: when its
rule says), ``18:00`` at that time, ``from+9`` start, ``!1``
priority, ``#label``, ``@bob`` assigned, ``every:RULE`` / ``every!:RULE`` repeats from due / from
completion, ``past:7x9`` completed nine times, every seven days, ``done-2`` completed two days ago,
``gone-2`` moved to the trash two days ago.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random
from uuid import UUID
from zoneinfo import ZoneInfo

from django_todos.dates import Moment, to_instant
from django_todos.exchange.records import (
    CompletionRecord,
    LabelRecord,
    ListRecord,
    RepeatRecord,
    TodoRecord,
)
from django_todos.repeats.occurrences import first_occurrence
from django_todos.repeats.rule import parse

Group = tuple[ListRecord, list[TodoRecord]]

BOILER = (
    "The display reads **F28** after a restart, then nothing.\n\n- Contract number is on the door"
)
INVOICE = (
    "Hours from the shared sheet, then to <accounts@harbour.example>.\n\n"
    "- PO number goes on page one\n- Travel is billed at cost"
)

INBOX = """
Ring Grandad | +0 #phone every:FREQ=WEEKLY;INTERVAL=2 past:14x6
Ask Marek who fitted his boiler | !9
Band rehearsal | +2 19:30 every:FREQ=WEEKLY past:7x12
"""

FLAT = f"""
Call the landlord about the boiler | -3 !1 #repairs @alice // {BOILER}
  Find the service contract | done-4
  Photograph the error code | +0 @bob // The display on the boiler reads F28 after a restart.
  Ask for a date in writing
Water the fig tree | +0 @rita every:FREQ=WEEKLY past:7x20
Send the meter reading | +0 18:00 !5 #money @bob
Book the chimney sweep | +1 09:00 #phone
Replace the bulb in the hallway | !9 #errand
Compare contents insurance | +9 #money @alice
  List what is worth insuring
  Photograph the receipts
  Ask the current insurer
  Ask two others
Renew the parking permit | +53 from+43
Sharpen the kitchen knives | +5 !9
Pay the rent | #money every:FREQ=MONTHLY;BYMONTHDAY=1 past:30x6
Boiler service | +98 #repairs every:FREQ=YEARLY past:365x2
Descale the kettle | +5 every!:FREQ=WEEKLY;INTERVAL=6 past:42x3
Bleed the radiators | done-2 @bob // With the boiler off, start on the top floor.
Return the drill to Marek | done-3 #errand
Sort the recycling | done-0
Old shelf: sell or keep? | gone-2
"""

HARBOUR = f"""
Stand-up notes to the team | @alice every:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR 09:30 past:1x40
Approve the photo licence | -1 17:00 @alice
Review the redirect map with Priya before the content freeze | +0 14:00 !1 #launch @alice // \
Old addresses are in the shared sheet.
Content freeze | +1 !1 #launch @bob
Draft the accessibility statement | +2 #copy @rita // Use the regulator's template.
Invoice the harbour office | !5 #money #copy @alice \
every:FREQ=MONTHLY;BYDAY=-1FR 09:00 past:28x5 // {INVOICE}
  Collect the hours | done-1
  Have Bob check the rates | @bob
  Send it from the shared mailbox
Move the mail records | +17 !5 @bob
Test the booking form on a phone | +3 #launch @rita
  Berth with electricity
  Berth without
  Pay by card
    A card that is refused
Write the press note | +10 #copy
Ask for the drone pictures | +6 #phone
Switch the name servers | +21 07:00 !1 #launch @bob
Measure the start page | +7 !5
Thank the volunteers
Plan the retrospective | +24 from+20
Buy stock pictures | gone-6
Collect the logos of the sponsors | done-1 @rita
"""

LISBON = """
Choose between Alfama and Graça | +2
  Ask Inês what is quieter | done-2
  Compare the prices in April | done-1
  Check the stairs
  Look at the trams
  Tell Bob
Book the night train to Irun | +12 !5 @bob
Renew the passport | +30 !1 #errand from+10
Learn thirty words of Portuguese | +1 every:FREQ=DAILY;INTERVAL=2 past:2x15
Make a list of azulejo workshops | #idea
"""

GARDEN = """
Cut back the hydrangea | +4 #garden
Order seed potatoes | +60 from+45 #garden
Turn the compost | +16 every!:FREQ=WEEKLY;INTERVAL=3 past:21x4
"""

READING = """
The Summer Book
Invisible Cities | #again
The Makioka Sisters
A Time of Gifts | +30
The Peregrine
Pnin | #again
The Left Hand of Darkness
Austerlitz
Kristin Lavransdatter
  The Wreath | done-20
  The Wife
  The Cross
The Door | @rita
Stoner
"""

MOVE = """
Book the van | done-210
Give notice for the old flat | done-250
Repaint the old kitchen | done-203
Tell everybody the new address | done-195
  Bank | done-200
  Insurance | done-199
  Grandad | done-198
"""

#: What such lists had on them before: verb, and what it was done to.
BEFORE: dict[str, list[tuple[str, str]]] = {
    "Flat": [
        ("Buy", "milk|bread|coffee|soap|batteries|light bulbs|bin bags|stamps|rice|a door mat"),
        ("Clean", "the oven|the windows|the bathroom|the fridge|the balcony|under the sofa"),
        ("Mend", "the tap|the curtain rail|the chair|the bicycle light|the drawer|the doorbell"),
        ("Take back", "the bottles|the parcel|the library books|the ladder|the neighbour's key"),
        ("Pay", "the electricity|the internet|the caretaker|the water bill|the broadcasting fee"),
    ],
    "Harbour relaunch": [
        ("Review", "the start page|the berth plan|the timetable|the legal notice|the search"),
        ("Write", "the opening hours|the alt texts|the harbour rules|the error pages|the FAQ"),
        ("Test", "the contact form|the map|printing|the keyboard order|the slow network"),
        ("Move", "the news archive|the pictures|the newsletter|the forms|the old logs"),
        ("Discuss with Priya", "the colours|the menu|the budget|the schedule|the pictures"),
    ],
    "Garden": [
        ("Sow", "spinach|radishes|sweet peas|lettuce|marigolds|beans"),
        ("Weed", "the long bed|the path|between the stones|the herb spiral"),
        ("Water", "the tomatoes|the new roses|the pots|the apple tree"),
        ("Prune", "the roses|the apple tree|the raspberries|the lavender"),
    ],
    "Reading": [
        ("Finish", "Middlemarch|Gilead|Solaris|Piranesi|Orlando|Kindred|Independent People"),
        ("Return", "The Leopard|Beloved|Effi Briest|Dubliners|The Waves"),
    ],
}


@dataclass(slots=True)
class _Builder:
    """Turns lines into records; everything is counted from ``today``."""

    today: dt.date
    tz: ZoneInfo
    random: Random
    people: dict[str, str]

    def key(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def at(self, days: int, clock: dt.time | None = None) -> dt.datetime:
        """The instant so many days from today, at a waking hour."""
        hour, minute = self.random.randint(8, 20), self.random.randint(0, 59)
        day = self.today + dt.timedelta(days=days)
        if clock is None:  # what happened today happened this morning
            clock = dt.time(7 if days == 0 else hour, minute)
        return to_instant(dt.datetime.combine(day, clock), self.tz)

    def lines(self, text: str, list_key: str) -> list[TodoRecord]:
        records: list[TodoRecord] = []
        above: list[str] = []
        for line in text.replace("\n\n- ", "\x00- ").replace("\n- ", "\x01- ").splitlines():
            if line.strip():
                level = (len(line) - len(line.lstrip())) // 2
                parent = above[level - 1] if level else ""
                record = self.line(line.strip(), list_key, parent)
                above[level:] = [record.key]
                records.append(record)
        return records

    def line(self, line: str, list_key: str, parent: str) -> TodoRecord:
        head, _slashes, notes = line.partition(" // ")
        title, _bar, words = head.partition(" | ")
        record = TodoRecord(
            key=self.key(),
            title=title,
            notes=notes.replace("\x00", "\n\n").replace("\x01", "\n"),
            list_key=list_key,
            parent_key=parent,
            created_at=self.at(-self.random.randint(3, 40)),
        )
        for word in words.split():
            record = self.word(record, word)
        return record

    def word(self, record: TodoRecord, word: str) -> TodoRecord:
        if word[0] in "+-":
            return replace(record, due=Moment(self.day(word)))
        if word.startswith("from"):
            return replace(record, start=Moment(self.day(word[4:])))
        if word[0] == "!":
            return replace(record, priority=int(word[1:]))
        if word[0] == "#":
            return replace(record, labels=(*record.labels, word[1:]))
        if word[0] == "@":
            return replace(record, assignee=self.people.get(word[1:], ""))
        if word.startswith("every"):
            kind, _colon, rule = word.partition(":")
            mode = "completion" if kind == "every!" else "due"
            due = record.due or first_occurrence(rule, Moment(self.today)) or Moment()
            return replace(record, due=due, repeat=RepeatRecord(rule, mode, due))
        if word.startswith("past:"):
            return self.past(record, *map(int, word[5:].split("x")))
        if word.startswith("done"):
            return self.done(record, self.at(int(word[4:])))
        if word.startswith("gone"):
            return replace(record, deleted_at=self.at(int(word[4:])))
        due = Moment(record.due.date, dt.time.fromisoformat(word))
        repeat = record.repeat and replace(record.repeat, anchor=due)
        return replace(record, due=due, repeat=repeat)

    def day(self, offset: str) -> dt.date:
        return self.today + dt.timedelta(days=int(offset))

    def past(self, record: TodoRecord, step: int, number: int) -> TodoRecord:
        """So many completions before, each about on its day, the oldest first."""
        completions = []
        for key, due in enumerate(self.slots(record, step, number)):
            days = (due.date - self.today).days if due.date else 0
            kind = "skipped" if self.random.random() < 0.08 else "completed"
            at = self.at(min(days + self.random.randint(0, 1), -1))
            completions.append(CompletionRecord(at, kind, str(key), due))
        first = self.at(-step * number - 2)
        repeat = record.repeat
        if repeat is not None and record.due:
            repeat = replace(repeat, anchor=completions[0].due)
        return replace(
            record,
            repeat=repeat,
            completions=tuple(completions),
            occurrence=number,
            created_at=first,
        )

    def slots(self, record: TodoRecord, step: int, number: int) -> list[Moment]:
        """The dates before the next: those that the rule names, else every so many days."""
        due, rule = record.due, record.repeat.rrule if record.repeat else ""
        if not rule or parse(rule).is_plain:
            return [due.shift(days=-step * (number - key)) for key in range(number)]
        found, day = [], first_occurrence(rule, due.shift(days=-2 * step * number))
        while day and day.date and due.date and day.date < due.date:
            found.append(day)
            day = first_occurrence(rule, day.shift(days=1))
        return found[-number:]

    def done(self, record: TodoRecord, at: dt.datetime) -> TodoRecord:
        created = record.created_at
        if created is None or created > at:
            created = at - dt.timedelta(days=self.random.randint(1, 9))
        key = str(len(record.completions))
        completion = CompletionRecord(at, "completed", key, record.due)
        return replace(
            record,
            is_completed=True,
            completed_at=at,
            created_at=created,
            completions=(*record.completions, completion),
            repeat=None,
        )

    def before(self, list_key: str, name: str) -> Iterator[TodoRecord]:
        """What was done in the half year before, one by one."""
        for verb, things in BEFORE.get(name, []):
            for thing in things.split("|"):
                for _again in range(self.random.choice((1, 1, 2, 3))):
                    record = TodoRecord(self.key(), f"{verb} {thing}", list_key=list_key)
                    if self.random.random() < 0.3:
                        record = replace(record, priority=self.random.choice((1, 5, 9)))
                    yield self.done(record, self.at(-self.random.randint(1, 180)))


def demo_lists(
    today: dt.date, tz: ZoneInfo, *, seed: int = 1, people: dict[str, str] | None = None
) -> list[Group]:
    """Lists with their todos. ``people`` maps alice, bob and rita to user names."""
    builder = _Builder(today, tz, Random(seed), people or {})  # nosec B311
    lists = [
        ("Inbox", "", "", INBOX),
        ("Flat", "green", "Shared with Bob and Rita", FLAT),
        ("Harbour relaunch", "blue", f"Goes live on {_day(today, 21)}", HARBOUR),
        ("Lisbon in spring", "pink", "", LISBON),
        ("Garden", "amber", "", GARDEN),
        ("Reading", "grey", "", READING),
        ("Move", "teal", "", MOVE),
    ]
    return [_list(builder, *entry) for entry in lists]


def _day(today: dt.date, days: int) -> str:
    day = today + dt.timedelta(days=days)
    return f"{day.day} {day:%B}"


def _list(builder: _Builder, name: str, color: str, description: str, text: str) -> Group:
    key = builder.key()
    todos = builder.lines(text, key)
    todos += sorted(builder.before(key, name), key=lambda one: str(one.completed_at), reverse=True)
    labels = dict.fromkeys(label for todo in todos for label in todo.labels)
    record = ListRecord(
        key=key,
        name=name,
        description=description,
        color=color,
        is_inbox=name == "Inbox",
        labels=tuple(LabelRecord(label) for label in labels),
        archived_at=builder.at(-190) if name == "Move" else None,
        created_at=builder.at(-400),
    )
    return record, todos
