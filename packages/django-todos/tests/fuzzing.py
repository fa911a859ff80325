"""Texts that nobody would type: what the fuzzer sends to every form, address, file and reader of words."""

from __future__ import annotations

import json
import uuid
from random import Random
from typing import Any

HOSTILE = [
    "", "x", "\x00", "a\x00b", "-1", "0", "1", "9" * 40, "1e999", "NaN", "²", "٣", "true", "null",
    "[]", "{}", "'", '"', "%", "%s", "{0}", "../..", "//evil.example", "\ud800".encode("utf-8", "replace").decode(),
    "0000-00-00", "9999-12-31", "0001-01-01", "2026-13-45", "24:00", "23:59:60", "09:00", "today",
    "Mars/Base", "Europe/Berlin", "../etc/passwd", "FREQ=DAILY;INTERVAL=99999999999",
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "every day", "every! 3 days", "every 0 days", "FREQ=",
    "theirs", "complete", "delete", "move", "date", "label", "priority", "high", "none", "up",
    "down", "in", "out", "top", "bottom", "list", "before", "after", "under", "me", "nobody",
    "alice", "week", "overdue", "newest", "title", "x" * 600, "a\nb\r\nc", "🥛", "‮", "#", "!1 !!",
    str(uuid.UUID(int=0)), "00000000-0000-0000-0000-00000000000g", "WzFd:1:2",
]  # fmt: skip
GROWING = ["ΐ" * 100, "ŉ" * 100, "ß" * 100, "İ" * 99, "ﬃ" * 100, "\u0345" * 100]
"""Words of a hundred characters, or nearly, that are longer in another case."""
WORDS = """
a milk every every! day days 2 3rd last first mon tuesday fri at 9 9am 14:30 noon in next this from until
between and or to for of the jan 29 feb 2026 2026-02-29 1/2 1.2.2026 31.4. week weekend month quarter year workday
tomorrow today tonight eod no date !1 !! p1 #home #"two words" @alice @bob +flat + # @ // \\# \\ " ( ) , - – ; :
europe/berlin utc FREQ=DAILY INTERVAL=2 COUNT=3 BYDAY=MO,-1FR BYMONTHDAY=31 BYSETPOS=-1 UNTIL=20261231 RRULE: WKST=SU
(A) x 2026-11-22 due:2026-12-01 rec:1w id:1 p:1 t:2026-01-01 pri:A label:x list:y h:1 due_tz:UTC
[ ] ![ ]( * ** _ ` ``` ~~~ > # - | --- <a <!-- &amp; &# http://a.b/c) <script> \n \r\n \t \x00
ΐ İ ß ﬃ ² ٣ 🥛 \u2028 \ufeff e\u0301 \U0001f468\u200d\U0001f469
""".split(" ")
FIELDS = [
    "text", "list", "parent", "view", "plain", "todo", "do", "date", "label", "priority", "title",
    "notes", "due", "due_date", "due_time", "due_tz", "start_date", "start_time", "start_tz",
    "repeat", "repeat_freq", "repeat_interval", "repeat_weekdays", "repeat_until", "labels",
    "assignee", "occurrence", "to", "anchor", "next", "name", "description", "before", "at", "way",
    "color", "theme", "time_zone", "week_start", "reminder_hour", "zone", "keep_due", "keep_repeat",
]  # fmt: skip
QUERY = "after sort due priority label assignee q from page done next completed first text format list download".split()

REPEAT = {"rrule": "FREQ=WEEKLY;BYDAY=MO", "mode": "due", "anchor": "2026-11-23"}
OWN = {
    "format": "django-todos",
    "version": 1,
    "lists": [
        {
            "uuid": "l1",
            "name": "Flat",
            "color": "red",
            "labels": [{"name": "shop", "color": "red"}],
            "todos": [
                {"uuid": "a", "title": "Milk", "due": "2026-12-01", "repeat": REPEAT, "labels": ["shop"]},
                {"uuid": "b", "title": "Oats", "parent": "a", "priority": 1, "assignee": "bob"},
                {"uuid": "c", "title": "Rye", "parent": "b", "completed_at": "2026-11-20T10:00:00Z",
                 "completions": [{"at": "2026-11-20T10:00:00Z", "kind": "completed", "key": "0"}]},
                {"uuid": "d", "title": "Gone", "deleted_at": "2026-11-20T10:00:00Z", "extra": {"x": [1]}},
                {"uuid": "e", "title": "Ring", "start": "2026-12-01T09:00[Europe/Berlin]", "reminders": [{"before": 15}]},
            ],
        }
    ],
}  # fmt: skip
TASKS = [
    {"uuid": "a", "description": "Milk", "status": "pending", "due": "20261201T000000Z", "tags": ["shop"], "project": "Flat"},
    {"uuid": "b", "description": "Oats", "status": "recurring", "recur": "weekly", "due": "20261201T090000Z", "mask": "+-"},
    {"uuid": "c", "description": "Oats", "status": "completed", "parent": "b", "imask": 0, "end": "20261120T090000Z"},
    {"uuid": "d", "description": "Rye", "status": "waiting", "wait": "20261220T000000Z", "depends": "a", "todosparent": "a"},
]  # fmt: skip
LINES = [
    "(A) 2026-11-20 Milk +Flat @shop due:2026-12-01 rec:1w id:1",
    "x 2026-11-22 2026-11-20 Oats p:1 t:2026-11-21",
    "Rye pri:B list:Flat label:x%20y h:1 due:2026-12-01T09:00 due_tz:Europe/Berlin",
]


def text(rng: Random, most: int = 300) -> str:
    """A text of one of the kinds that break programs: hostile, long, of our own words, of any characters."""
    kind = rng.random()
    if kind < 0.3:
        return rng.choice(HOSTILE)
    if kind < 0.35:
        return rng.choice(GROWING)
    if kind < 0.65:
        return " ".join(rng.choices(WORDS, k=rng.randint(1, 12)))[:most]
    if kind < 0.8:
        unit = "".join(rng.choices(WORDS, k=rng.randint(1, 3)))
        return (unit * (most // len(unit) + 1))[: rng.choice([most, most, most + 1, 7])]
    return "".join(chr(_point(rng)) for _ in range(rng.randint(0, min(most, 30))))


def _point(rng: Random) -> int:
    """A character of any kind but half a surrogate, which no request can carry."""
    top = rng.choice([0x20, 0x7F, 0x7F, 0x250, 0x2FFF, 0xD7FF])
    return rng.randrange(top) if rng.random() < 0.97 else rng.randrange(0xE000, 0x110000)


def mutated(rng: Random, sound: str) -> str:
    """A sound text with some pieces left out, doubled, moved, or replaced by a text like those above."""
    for _ in range(rng.randint(0, 4)):
        start = rng.randrange(len(sound) + 1)
        end = min(len(sound), start + rng.choice([0, 1, 1, 3, 20]))
        piece = rng.choice(["", sound[start:end] * 2, text(rng, 40), chr(_point(rng))])
        sound = sound[:start] + piece + sound[end:]
    return sound


def _changed(rng: Random, value: Any, depth: int = 0) -> Any:
    """JSON with some values of another type, missing, hostile, or nested within themselves."""
    if rng.random() < 0.06:
        wrong: list[Any] = [
            None, True, 0, -1, 10**30, 1e400, "", [], {}, [value], {"x": value}, text(rng, 120), "\x00", "\ud800",
        ]  # fmt: skip
        return rng.choice(wrong)
    if rng.random() < 0.004:
        for _ in range(rng.choice([40, 60, 600])):
            value = [value] if rng.random() < 0.5 else {"x": value}
        return value
    if isinstance(value, dict):
        kept = {key: _changed(rng, one, depth + 1) for key, one in value.items()}
        if rng.random() < 0.2:
            kept[rng.choice([*kept, text(rng, 20)])] = text(rng, 60)
        return kept
    if isinstance(value, list):
        found = [_changed(rng, one, depth + 1) for one in value]
        return found * rng.choice([1, 1, 1, 1, 0, 2])
    return value


def file(rng: Random) -> bytes:
    """A file to import: one of ours, of Taskwarrior's or of todo.txt that something happened to, or anything at all."""
    kind = rng.random()
    if kind < 0.35:
        found = json.dumps(_changed(rng, OWN), ensure_ascii=rng.random() < 0.5)
    elif kind < 0.6:
        found = json.dumps(_changed(rng, TASKS))
    elif kind < 0.7:
        found = "\n".join(json.dumps(_changed(rng, task)) for task in TASKS)
    elif kind < 0.9:
        found = "\n".join(rng.choice([*LINES, text(rng, 200)]) for _ in range(rng.randint(1, 6)))
    else:
        found = text(rng, 3000)
    if rng.random() < 0.4:
        found = mutated(rng, found)
    encoding = rng.choice(["utf-8"] * 8 + ["utf-16", "latin-1"])
    return found.encode(encoding, "surrogatepass" if encoding == "utf-8" else "replace")
