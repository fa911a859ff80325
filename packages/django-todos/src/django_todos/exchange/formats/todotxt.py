"""todo.txt: one line a todo.

Read as the format's own page describes it (github.com/todotxt/todo.txt: priority, dates, ``x``,
``+project``, ``@context``, ``key:value``), with the keys that its programs agreed on: ``due:``,
``t:`` (threshold, our start), ``rec:1w`` from completion and ``rec:+1w`` from due (topydo,
Simpletask, dorecur), ``id:`` / ``p:`` for subtasks (topydo), ``pri:`` on completed lines, ``h:1``.

The first project of a line is its list, further ones and contexts are labels. A word is taken out
of the title only where it stands before or behind all plain words; in the middle of a sentence it
is understood *and* kept. A key we don't know, or a value we can't read, stays in the title.

Keys of our own, where the format has none (docs/exchange.md): ``due_time`` ``due_tz`` ``t_time``
``t_tz`` ``rrule`` ``rmode`` ``anchor`` ``anchor_time`` ``anchor_tz`` ``slot`` ``slot_time``
``slot_tz`` ``list`` ``label``. A backslash before a word keeps it plain, as in quick add.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from django_todos.dates import Moment, local_now, resolve_zone
from django_todos.exchange.formats.values import reader
from django_todos.exchange.records import (
    Groups,
    LineKeys,
    ListRecord,
    Losses,
    Reading,
    RepeatRecord,
    TodoRecord,
    clean_text,
    day_start,
    lines_of,
)
from django_todos.exchange.tree import Gathered
from django_todos.quickadd import parse_date
from django_todos.repeats.rule import EVERY_WORKDAY, Freq, Rule

NAME = "todotxt"

KEYS = frozenset(
    "due due_time due_tz t t_time t_tz rec rrule rmode anchor anchor_time anchor_tz".split()
    + "slot slot_time slot_tz list label id p pri h uid".split()
)
_PAIR = re.compile(r"([A-Za-z][A-Za-z0-9_]*):(\S+)", re.ASCII)
_PRIORITY = re.compile(r"\(([A-Z])\)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LIKE_A_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(T.*)?", re.ASCII)
_REC = re.compile(r"(\+?)(\d{0,4})([dbwmy]?)", re.ASCII)
_UNITS = {
    word + plural: word[0] for word in ("day", "week", "month", "year") for plural in ("", "s")
}
#: Keys that say a date or a period, of which one that we don't know is named.
_UNKNOWN = re.compile(
    r"[A-Za-z_]+:(?:\+?\d{1,4}[dbwmy]|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})", re.ASCII
)
_FREQ: dict[str, Freq] = {"d": "DAILY", "w": "WEEKLY", "m": "MONTHLY", "y": "YEARLY"}


@dataclass(slots=True)
class _Reading:
    """One line on its way to a record."""

    line: int
    text: str
    key: str
    how: Reading
    done: bool = False
    letter: str = ""
    completed: dt.date | None = None
    created: dt.date | None = None
    title: str = ""
    projects: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@reader
def parse(found: Gathered, text: str, how: Reading) -> None:
    """Read a todo.txt file. Bare days of creation and completion begin in its zone."""
    keys = LineKeys()
    rows = [
        _read(number, line, keys.key(line), how)
        for number, line in lines_of(text)
        if line.strip(" \t\x00")
    ]
    ids: dict[str, _Reading] = {}
    for reading in rows:
        ids.setdefault(reading.values.get("id", ""), reading)
    for reading in rows:
        record = _record(reading, ids)
        if reading.broken:
            _refuse(found, reading, record)
        else:
            found.add(record, *reading.notes)


def _read(number: int, text: str, key: str, how: Reading) -> _Reading:
    cleaned = clean_text(text)
    line = cleaned.replace("\t", " ").strip()
    reading = _Reading(number, line, key, how)
    words = _with_units(_read_head(reading, line.split(" ")))
    kinds = [_kind(word, index == 0) for index, word in enumerate(words)]
    plain = [i for i, kind in enumerate(kinds) if kind == "plain" and words[i]]
    first, last = (plain[0], plain[-1]) if plain else (len(words), -1)
    title = []
    for index, (word, kind) in enumerate(zip(words, kinds, strict=True)):
        keep = _take(reading, word, kind)
        if keep or (kind in ("project", "context") and first < index < last):
            title.append(_unescape(word, index == 0))
    reading.title = " ".join(title).strip() or " ".join(words).strip() or line
    reading.key = reading.values.get("uid") or key
    if cleaned != text:
        reading.notes.append(_("Characters that can’t be stored were left out."))
    return reading


def _read_head(reading: _Reading, words: list[str]) -> list[str]:
    """Take ``x``, the priority and the dates off the front."""
    words = list(words)
    if words[0] == "x" and len(words) > 1:
        reading.done = True
        words.pop(0)
    if match := _PRIORITY.fullmatch(words[0]):
        reading.letter = match[1]
        words.pop(0)
    days: list[dt.date] = []
    while words and len(days) < (2 if reading.done else 1) and (day := _day(words[0])):
        days.append(day)
        words.pop(0)
    if reading.done and days:
        reading.completed, *days = days
    reading.created = days[0] if days else None
    if reading.done and words and not reading.letter and (match := _PRIORITY.fullmatch(words[0])):
        reading.letter = match[1]
        words.pop(0)
    return words or [""]


def _with_units(words: list[str]) -> list[str]:
    """``rec:1 month``, as some programs write it, is one word."""
    joined: list[str] = []
    for word in words:
        unit = _UNITS.get(word.lower())
        if unit and joined and re.fullmatch(r"rec:\+?\d{1,4}", joined[-1]):
            joined[-1] += unit
        else:
            joined.append(word)
    return joined


def _kind(word: str, first: bool) -> str:
    """What a word of the body is: plain, escaped, project, context, or the name of a key."""
    if word.startswith("\\") and _special(word.lstrip("\\"), first):
        return "plain"
    if len(word) > 1 and word[0] in "+@" and any(map(str.isalpha, word)):
        return "project" if word[0] == "+" else "context"
    pair = _PAIR.fullmatch(word)
    return pair[1].lower() if pair and pair[1].lower() in KEYS else "plain"


def _special(word: str, first: bool) -> bool:
    """Whether a plain word would be read as something else."""
    head = word == "x" or _PRIORITY.fullmatch(word) or _DAY.fullmatch(word)
    return bool(first and head) or (not word.startswith("\\") and _kind(word, first) != "plain")


def _unescape(word: str, first: bool) -> str:
    return word[1:] if word.startswith("\\") and _special(word.lstrip("\\"), first) else word


def escape(title: str, own: Collection[str] = ()) -> str:
    """The title with a backslash before each word that a reader would take for syntax.

    Words amid the sentence that are the todo's own list or label (``own``) are meant so.
    """
    words = title.split(" ")
    kinds = [_kind(word, index == 0) for index, word in enumerate(words)]
    plain = [index for index, kind in enumerate(kinds) if kind == "plain" and words[index]]
    inner = range(plain[0], plain[-1]) if plain else range(0)
    return " ".join(
        (
            f"\\{word}"
            if _special(word.lstrip("\\"), index == 0) and not (word in own and index in inner)
            else word
        )
        for index, word in enumerate(words)
    )


def _take(reading: _Reading, word: str, kind: str) -> bool:
    """Understand one word; True when it stays in the title as well."""
    if kind == "plain":
        if _UNKNOWN.fullmatch(word):
            text = _("“%(word)s” is not known here; it stays in the title.")
            reading.notes.append(text % {"word": word})
        return True
    if kind == "project":
        reading.projects.append(word[1:])
    elif kind == "context":
        reading.contexts.append(word[1:])
    elif kind == "label":
        reading.contexts.append(unquote(word[6:]))
    elif kind in reading.values:
        reading.notes.append(_("“%(word)s” is given twice.") % {"word": word})
        return True
    else:
        reading.values[kind] = word[len(kind) + 1 :]
    return False


def _record(reading: _Reading, ids: Mapping[str, _Reading]) -> TodoRecord:
    values = reading.values
    due = _moment(reading, "due")
    start = _moment(reading, "t")
    letter = _letter(reading)
    extra = _extra(reading, letter)
    repeat = _repeat(reading, due, start, extra)
    if reading.done and reading.completed is None:
        reading.notes.append(_("It is completed without a date; it is taken as completed today."))
    list_name, labels = _list_and_labels(reading)
    if ids[values.get("id", "")] is not reading and "id" in values:
        reading.notes.append(_("Its id: is used by an earlier line."))
    parent = values.get("p", "")
    if parent:
        parent = ids[parent].key if parent in ids else f"id:{parent}"
    return TodoRecord(
        key=reading.key,
        title=reading.title,
        line=reading.line,
        notes="\n\n".join(reading.unread),
        priority=min("ABCDEFGHI".find(letter) + 1 or 9, 9) if letter else 0,
        due=due,
        start=start,
        labels=labels,
        list_key=list_name,
        parent_key=parent,
        is_completed=reading.done,
        completed_at=day_start(reading.completed, reading.how.tz),
        repeat=repeat,
        created_at=day_start(reading.created, reading.how.tz),
        extra={NAME: extra} if extra else {},
    )


def _letter(reading: _Reading) -> str:
    pri = reading.values.get("pri", "")
    if pri and (reading.letter or not _PRIORITY.fullmatch(f"({pri})")):
        _keep(reading, f"pri:{pri}")
        return reading.letter
    return reading.letter or pri


def _extra(reading: _Reading, letter: str) -> dict[str, Any]:
    """What has no field of ours, and a note about it; which labels were projects."""
    extra: dict[str, Any] = {}
    if further := reading.projects[1:]:
        extra["projects"] = further
    if letter > "I":
        extra["priority"] = letter
        reading.notes.append(_("Priority %(letter)s becomes the lowest.") % {"letter": letter})
    if hidden := reading.values.get("h"):
        extra["h"] = hidden
        reading.notes.append(_("It is hidden in todo.txt (h:); here it is shown."))
    return extra


def _list_and_labels(reading: _Reading) -> tuple[str, tuple[str, ...]]:
    named = unquote(reading.values.get("list", "")).strip()
    projects = list(reading.projects)
    if not named:
        return (projects[0] if projects else ""), (*projects[1:], *reading.contexts)
    if projects and projects[0] == project_word(named):
        projects.pop(0)
    return named, (*projects, *reading.contexts)


def project_word(name: str) -> str:
    """A list's name as the one word that a ``+project`` can be."""
    return "_".join(name.split())


def _moment(reading: _Reading, key: str) -> Moment:
    """The date under ``key`` with the time and zone beside it; the unreadable is kept."""
    day = reading.values.get(key, "")
    clock = reading.values.get(f"{key}_time", "")
    zone = reading.values.get(f"{key}_tz", "")
    moment = _read_moment(day)
    if moment is None and (moment := _read_digits(reading, day)) is not None:
        text = _("“%(word)s” is read as %(date)s.")
        reading.notes.append(text % {"word": f"{key}:{day}", "date": reading.how.words(moment)})
    if moment is None:
        if _LIKE_A_DAY.fullmatch(day):
            reading.broken.append(day)
        _keep(reading, f"{key}:{day}")
        moment = Moment()
    if not moment and (clock or zone):
        _keep(reading, f"{key}_time:{clock} {key}_tz:{zone}")
    elif clock or zone:
        moment = _with_time(reading, moment, key, clock, zone)
    return moment


def _read_moment(text: str) -> Moment | None:
    """A day, or (some programs write it) a day and a time; with Z it is in UTC."""
    try:
        return Moment.parse(f"{text[:-1]}[UTC]" if text.endswith("Z") else text)
    except ValueError:
        return None


def _read_digits(reading: _Reading, text: str) -> Moment | None:
    """A day that is written otherwise (9/8/2027), in the person's own order of day and month."""
    how = reading.how
    if not _LIKE_A_DAY.fullmatch(text) or "T" in text or _DAY.fullmatch(text):
        return None
    return parse_date(text, now=how.now, tz=how.tz, day_first=how.day_first)


def _with_time(reading: _Reading, moment: Moment, key: str, clock: str, zone: str) -> Moment:
    try:
        time = dt.time.fromisoformat(clock) if clock else moment.time
        if zone and resolve_zone(zone) is None:
            _keep(reading, f"{key}_tz:{zone}")
            zone = ""
        return Moment(moment.date, time, zone or moment.tz)
    except ValueError:
        _keep(reading, f"{key}_time:{clock}")
        return moment


def _keep(reading: _Reading, words: str) -> None:
    """A key whose value can't be read: it goes into the notes, and is named."""
    reading.unread.append(words)
    reading.notes.append(_("“%(words)s” can’t be read; it is in the notes.") % {"words": words})


def _repeat(
    reading: _Reading, due: Moment, start: Moment, extra: dict[str, Any]
) -> RepeatRecord | None:
    values = reading.values
    anchor = _moment(reading, "anchor") if "anchor" in values else Moment()
    if rrule := values.get("rrule"):
        mode = "completion" if values.get("rmode") == "completion" else "due"
        slot = _moment(reading, "slot") if "slot" in values else Moment()
        return RepeatRecord(rrule, mode, anchor or due or start, slot)
    rec, first = values.get("rec"), anchor or due or start
    repeat = repeat_of(rec, first) if rec and first else None
    if rec and repeat is None:
        extra["rec"] = rec
        dateless = _("The repeat “%(rec)s” needs a date to begin with; it is kept and exports.")
        text = _("The repeat “%(rec)s” can’t be followed; it is kept and exports.")
        reading.notes.append((text if first else dateless) % {"rec": rec})
    return repeat


def repeat_of(rec: str, anchor: Moment) -> RepeatRecord | None:
    """``rec:``: number and unit, from completion, or with a plus from the due date.

    A month's or year's step from a day that not every month has stays at the last such day, as the
    programs that write it do (RFC 5545 alone would leave such months out).
    """
    match = _REC.fullmatch(rec)
    if not match or match[2].strip("0") == "" and match[2] or not (match[2] or match[3]):
        return None
    number, unit = int(match[2] or 1), match[3] or "d"
    mode = "due" if match[1] else "completion"
    if unit == "b":
        return RepeatRecord(str(EVERY_WORKDAY), mode, anchor) if number == 1 else None
    rule = Rule(_FREQ[unit], number).said_on(anchor.date)
    return RepeatRecord(str(rule), mode, anchor)


def _day(word: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(word) if _DAY.fullmatch(word) else None
    except ValueError:
        return None


def _refuse(found: Gathered, reading: _Reading, record: TodoRecord) -> None:
    date = reading.broken[0]
    missing = _("The date %(date)s does not exist.")
    reason = (_("The date %(date)s can’t be read.") if "T" in date else missing) % {"date": date}
    choice = _("Import it without a date")
    found.refuse(reading.line, reason, reading.text, record.title, record, choice)


# -- writing


def write(
    groups: Groups, tz: ZoneInfo, losses: Losses, *, with_keys: bool = False
) -> Iterator[str]:
    """Lines of a todo.txt file, list by list, parents before their subtasks.

    ``with_keys``: each line says by ``uid:`` which todo it is, so that its title may be changed elsewhere.
    """
    numbers: dict[str, int] = {}
    for todo_list, todos in groups:
        losses.add_list(todo_list)
        kept = list(losses.outside_trash(todo_list, todos))
        for todo in kept:
            if todo.parent_key and todo.parent_key not in numbers:
                numbers[todo.parent_key] = len(numbers) + 1
        for todo in kept:
            _count_losses(todo, losses, tz)
            key = f" uid:{todo.key}" if with_keys else ""
            yield _line(todo, todo_list, numbers, tz) + key + "\n"


def _line(todo: TodoRecord, todo_list: ListRecord, numbers: dict[str, int], tz: ZoneInfo) -> str:
    own = [] if todo_list.is_inbox or not todo_list.name else _list_words(todo_list.name)
    further = todo.kept(NAME).get("projects")
    further = further if isinstance(further, list) else []
    own += [f"+{label}" if label in further else _label_word(label) for label in todo.labels]
    title = escape(" ".join(todo.title.split("\t")), own)
    said = set(title.split(" "))
    words = [*_head(todo, tz), title, *_dates(todo), *(word for word in own if word not in said)]
    if todo.key in numbers:
        words.append(f"id:{numbers[todo.key]}")
    if todo.parent_key in numbers:
        words.append(f"p:{numbers[todo.parent_key]}")
    if hidden := todo.kept(NAME).get("h"):
        words.append(f"h:{hidden}")
    return " ".join(words)


def _head(todo: TodoRecord, tz: ZoneInfo) -> list[str]:
    letter = priority_letter(todo)
    created = [_written_day(todo.created_at, tz)] if todo.created_at else []
    if not todo.is_completed:
        return ([f"({letter})"] if letter else []) + created
    completed = [_written_day(todo.completed_at, tz)] if todo.completed_at else []
    # The format knows no creation date without one of completion.
    head = ["x", *completed, *(created if completed else [])]
    return head + ([f"({letter})"] if letter else [])


def priority_letter(todo: TodoRecord) -> str:
    """A–I for 1–9; a letter beyond that which was read once comes back."""
    letter = todo.kept(NAME).get("priority")
    if todo.priority == 9 and letter in list("JKLMNOPQRSTUVWXYZ"):
        return str(letter)
    return "ABCDEFGHI"[todo.priority - 1] if todo.priority else ""


def _written_day(moment: dt.datetime, tz: ZoneInfo) -> str:
    return local_now(moment, tz).date().isoformat()


def _dates(todo: TodoRecord) -> list[str]:
    words = [*_moment_words("due", todo.due), *_moment_words("t", todo.start)]
    repeat = todo.repeat
    if repeat is None:
        rec = todo.kept(NAME).get("rec")
        return [*words, f"rec:{rec}"] if rec else words
    usual = todo.due or todo.start
    for rec in _recs(repeat.rrule, "+" if repeat.mode == "due" else ""):
        if repeat.anchor == usual and repeat_of(rec, usual) == replace(repeat, since=0):
            return [*words, f"rec:{rec}"]
    words += [f"rrule:{repeat.rrule}", f"rmode:{repeat.mode}"]
    if repeat.anchor != usual:
        words += _moment_words("anchor", repeat.anchor)
    words += _moment_words("slot", repeat.slot)
    return words


def _recs(rrule: str, plus: str) -> list[str]:
    """Candidates for ``rec:``; whichever reads back as the very rule is used."""
    parts = dict(part.partition("=")[::2] for part in rrule.split(";"))
    unit = parts.get("FREQ", "")[:1].lower()
    return [f"{plus}{parts.get('INTERVAL', '1')}{unit}", f"{plus}1b"]


def _moment_words(key: str, moment: Moment) -> list[str]:
    if moment.date is None:
        return []
    words = [f"{key}:{moment.date.isoformat()}"]
    if moment.time is not None:
        seconds = "seconds" if moment.time.second else "minutes"
        words.append(f"{key}_time:{moment.time.isoformat(seconds)}")
    if moment.tz:
        words.append(f"{key}_tz:{moment.tz}")
    return words


def _list_words(name: str) -> list[str]:
    word = f"+{project_word(name)}"
    projects = [word] if _kind(word, False) == "project" else []
    return projects if projects and word[1:] == name else [*projects, f"list:{quote(name)}"]


def _label_word(name: str) -> str:
    word = f"@{name}"
    if _kind(word, False) == "context" and not any(map(str.isspace, name)):
        return word
    return f"label:{quote(name)}"


def _count_losses(todo: TodoRecord, losses: Losses, tz: ZoneInfo) -> None:
    stamps = [stamp for stamp in (todo.created_at, todo.completed_at) if stamp]
    if any(local_now(stamp, tz).time() != dt.time() for stamp in stamps):
        losses.add(_("Creation and completion keep their day, not their time."))
    losses.add_todo(todo, own=NAME)
