"""A line into a todo: find the parts, choose between them, put the values together; fields and pastes read likewise."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Required, TypedDict, Unpack
from zoneinfo import ZoneInfo

from ..dates import Moment, local_now
from ..limits import MAX_DEPTH, MAX_LINES
from .dates import When, add, read_field, read_when, same
from .english import ENGLISH, Words
from .repeats import Said, pinned, read_repeat
from .result import ParsedTodo, Part, RepeatRule, glued, with_signs, without
from .signs import Plain, blocked_spans, escapable, read_mark, readable
from .tokens import MAX_LOOKS, Context, Forms, Token, hide_quoted, raw_words, split_word

SAID_BY_SIGNS = ("notes", "priority", "assignee", "list")
ONE_OF = ("due", "start", "repeat", *SAID_BY_SIGNS)
MAX_FIELD = 200
TAB = 4

# One bullet and one empty box: "- ", "* ", "• ", "[ ] "; "2. " only in a paste of several lines.
_BULLET = re.compile(r"(?:[-*+•‣–—]\s+)?(?:\[\s?\]\s+)?(?=\S)")
_ITEM = re.compile(r"(?:(?:[-*+•‣–—]|\(?[0-9]{1,3}[.)])\s+)?(?:\[\s?\]\s+)?(?=\S)")
_END = re.compile(
    r"\d[\d:.apm]*[-–—][\d:.apm]*\d?[apm]*|\d+(?:st|nd|rd|th)?", re.ASCII
)  # of a range
_RANGE = re.compile(r"\d[\d:.]*(?:[ap]m)?[-–—]\d[\d:.]*(?:[ap]m)?", re.ASCII)
# todo.txt's completed line is not due then: x 2026-11-22 2026-11-20 Return books
_DONE = re.compile(r"\Ax(?:\s+\d{4}\S*){1,2}", re.ASCII)
_MINUTES = re.compile(r"\d{1,2}:(\d{2})", re.ASCII)


class ReadingOptions(TypedDict, total=False):
    """What words are relative to: `now` (aware) and `tz` say what today is, `words` the language; `day_first` overrides
    the language's order of 15/12."""

    now: Required[datetime]
    tz: Required[ZoneInfo]
    words: Words
    week_start: int
    day_first: bool | None


def parse(
    text: str,
    *,
    plain: Collection[Plain] = (),
    labels: Collection[str] | None = None,
    members: Collection[str] | None = None,
    lists: Collection[str] | None = None,
    day: date | None = None,
    **reading: Unpack[ReadingOptions],
) -> ParsedTodo:
    """Read one line: `Pay rent tomorrow 9am every month #home !1 @sam +Flat // the meter`.

    `plain` holds what the person turned back into words: spans of this text, or the words themselves wherever they
    stand. `labels`, `members` and `lists` are the names that count after their sign; None takes any. A time alone is on
    `day`; without one it is the next such time.

    Never raises, whatever the text; what isn't understood stays in the title, in order.
    """
    c = _context(text, reading)
    c.day = day
    line = _Line(c)
    if _has_tomorrow(c):
        line.read_marks({"label": labels, "assignee": members, "list": lists}, plain)
        return line.result(line.read_values(line.candidates()))
    return line.result({})


def _context(text: str, reading: ReadingOptions) -> Context:
    """What the grammar reads with; its tokens are still to come."""
    now, tz, words = reading["now"], reading["tz"], reading.get("words", ENGLISH)
    first = reading.get("day_first")
    return Context(
        text,
        words=words,
        now=local_now(now, tz),
        instant=now,
        zone=tz,
        week_start=reading.get("week_start", 0) % 7,
        day_first=words.day_first if first is None else first,
    )


def _has_tomorrow(c: Context) -> bool:
    """On the calendar's last years nothing is read."""
    return add(c.today, "year", 10) is not None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A phrase that could be a part: tokens `i` to `j`."""

    kind: str
    i: int
    j: int
    said: Any


@dataclass(slots=True)
class _Line:
    c: Context
    parts: list[Part] = field(default_factory=list)
    read_to: int = -1
    """Where the last phrase that was read ends."""

    # ---- signs, keys, escapes

    def read_marks(
        self, names: dict[str, Collection[str] | None], plain: Collection[Plain]
    ) -> None:
        c, reach = self.c, 0
        raw = raw_words(c.text)
        blocked = blocked_spans(c.text, raw, plain)
        blocked += [match.span() for match in _DONE.finditer(c.text)]
        for start, end in raw:
            if start < reach:
                continue
            # what is blocked is an edge: turning one part back must not change another
            is_free = not any(a < end and start < b for a, b in blocked)
            part = read_mark(c, names, start, end) if is_free else None
            if part and part.kind == "escape":
                is_free = False
            elif part:
                start = glued(c.text, part.end)
                part = replace(part, end=start, text=c.text[part.start : start])
                c.tokens.append(Token(part.text, "", part.start, start, free=False, taken=True))
            if part:
                self.parts.append(part)
            for token in split_word(c.text, start, end):
                token.free, token.taken = is_free, not is_free
                c.tokens.append(token)
            reach = max(end, start)
        hide_quoted(c.tokens)
        c.settle(c.tokens)

    # ---- phrases

    def candidates(self) -> list[_Candidate]:
        found: list[_Candidate] = []
        i, looks, tokens, c = 0, 0, self.c.tokens, self.c
        while i < len(tokens) and looks < MAX_LOOKS:
            may_begin = bool(c.lows[i] and _BEGINNING.may_begin(c.words, c.lows[i]))
            looks += may_begin
            step = self._at(i) if may_begin else None
            if step and step[0]:
                found.append(step[0])
                self.read_to = step[1]
            i = step[1] if step else i + 1
        is_begun = any(c.has("beginning", n) for n in range(len(tokens)))
        is_begun = is_begun or any(one.kind == "repeat" for one in found)
        return [one for one in found if is_begun or not c.has("froms", one.i)]

    def _at(self, i: int) -> tuple[_Candidate | None, int] | None:
        """What is said at `i`, if anything that counts, and where to go on."""
        c = self.c
        fixed = c.phrase("fixed", i)
        if fixed:
            return None, fixed[1]
        repeat, every = read_repeat(c, i), c.phrase("every", i)
        if repeat:
            only_told = c.has("how_often", i - 1) or c.has("exceptions", i - 1)
            if not (only_told or not every and _is_told(c, i)) and self._is_whole(i, repeat[1]):
                return _Candidate("repeat", i, repeat[1], repeat[0]), repeat[1]
        not_understood = repeat or every
        if not_understood:
            return None, self._not_understood(not_understood[1])
        lead = c.phrase("starting", i)
        when = read_when(c, lead[1]) if lead else None
        if when and when[0].day and not _is_told(c, i):
            return self._alone("start", i, when)
        when = read_when(c, i)
        if not when:
            return None
        if _is_told(c, i) or not self._is_whole(i, when[1], when[0]):
            return None, when[1]
        return self._alone("due" if when[0].day or when[0].none else "time", i, when)

    def _alone(self, kind: str, i: int, when: tuple[When, int]) -> tuple[_Candidate | None, int]:
        """The phrase, unless it is one end of a range or one of several: mon to fri, 4 or 5 pm."""
        end = _chain(self.c, when[1])
        return (_Candidate(kind, i, end, when[0]) if end == when[1] else None), end

    def _not_understood(self, j: int) -> int:
        """Past an `every …` that no rule can say, and the days and times it lists."""
        c = self.c
        reach = j
        while j < len(c.tokens):
            known = c.tokens[j].free and readable(c.words, [c.tokens[j]])
            if not known and c.any_lows[j] not in (",", "!"):
                break
            j += 1
            reach = j if known else reach
        return reach

    def _is_whole(self, i: int, j: int, when: When | None = None) -> bool:
        """A whole phrase or nothing: whether tokens `i` to `j`, a date or (without `when`) a repeat, stand for
        themselves, or the words around belong to them."""
        c = self.c
        return not (
            _is_end_of_range(c, i)
            or i > self.read_to
            and _names_days(c, i - 1)
            or _has_qualifier(c, i, j, is_repeat=when is None)
            or _is_listed(c, j)
            or _is_title(c, i, j)
            or when
            and (_has_zone(c, j, when) or _describes(c, i, j, when))
        )

    # ---- values

    def read_values(self, candidates: list[_Candidate]) -> dict[str, Any]:
        """Resolve the last of each kind together; what a key says goes before words."""
        c = self.c
        keyed = {part.kind: part.value for part in self.parts}
        found = {one.kind: one for one in candidates if one.kind not in keyed}
        day, clock, start, repeat = map(found.get, ("due", "time", "start", "repeat"))
        due: Moment = keyed.get("due") or (day.said.moment(c) if day else Moment())
        if due.time or day and day.said.none:
            clock = None
        elif due and clock:
            due = Moment(due.date, clock.said.time, clock.said.tz)
        rule = None
        if repeat:
            if repeat.said.time.time and not due.time:
                clock = None
            due, rule = self._repeat(repeat.said, due, clock, start)
        if rule:
            self._emit(repeat, "repeat", rule)
        if clock and not due:
            due = clock.said.moment(c)
        if "repeat" in keyed:  # todo.txt's rec: without a date begins today
            due = due or Moment(c.today)
            rule = pinned(keyed["repeat"], due)
        begin = start.said.moment(c) if start else keyed.get("start", Moment())
        is_alone = not (day or "due" in keyed)
        self._emit(day, "due", due)
        self._emit(clock, "due" if is_alone else "time", due if is_alone else due.time)
        self._emit(start, "start", begin)
        return {"due": due, "start": begin, "repeat": rule}

    def _repeat(
        self, said: Said, due: Moment, clock: _Candidate | None, start: _Candidate | None
    ) -> tuple[Moment, RepeatRule | None]:
        """The first date and the rule, as they are said together with the date, time and start elsewhere."""
        at = clock.said if clock else said.time
        if due and at.time and not due.time:
            due = Moment(due.date, at.time, at.tz)
        begin = start.said if start and said.start == When() else said.start
        said = replace(said, time=at, start=begin)
        first = said.first(self.c, due)
        rule = said.bound(first) if first else None
        return (first, rule) if first and rule else (due, None)

    def _emit(self, found: _Candidate | None, kind: str, value: Any) -> None:
        if found is None:
            return
        tokens, text = self.c.tokens, self.c.text
        start, end = tokens[found.i].start, tokens[found.j - 1].end
        if start and text[start - 1] + text[end : end + 1] in ("()", "[]", "{}"):
            start, end = start - 1, end + 1
        start, end = with_signs(text, start, glued(text, end))
        if any(part.end > start and part.start < end for part in self.parts):
            start, end = tokens[found.i].start, tokens[found.j - 1].end
        self.parts.append(Part(kind, start, end, value, text[start:end]))

    def result(self, fields: dict[str, Any]) -> ParsedTodo:
        """The fields, and the parts that they come from, in order; of those that there is one of, the last."""
        last = {part.kind: part for part in self.parts}
        kept = (part for part in self.parts if part.kind not in ONE_OF or part is last[part.kind])
        parts = tuple(sorted(kept, key=lambda part: part.start))
        labels = [part.value for part in reversed(parts) if part.kind == "label"]
        return ParsedTodo(
            text=self.c.text,
            title=without(self.c.text, parts),
            labels=tuple({name.casefold(): name for name in labels}.values())[::-1],
            spans=parts,
            **{kind: last[kind].value for kind in SAID_BY_SIGNS if kind in last},
            **fields,
        )


# What a phrase can begin with: a quick look before the readers try.
_BEGINNING = Forms("BEGINNING", {"DATE | REPEAT | starting | fixed | every": same})


def _chain(c: Context, j: int) -> int:
    """Where the dates joined to the one before `j` end."""
    while True:
        k = j + 1 if c.any_lows[j] == "," else j
        for table in ("and_", "to", "until"):
            k = c.skip(table, k)
        listed = k > j or c.any_of("weekdays", j) and c.any_of("weekdays", j - 1)
        other = read_when(c, k) if listed and not c.any_of("at", k) else None
        if not other or read_repeat(c, k):
            return j
        j = other[1]


# ---- whole phrases: what directly precedes or follows must not belong to them


def _is_told(c: Context, i: int) -> bool:
    """The friday: the word before says that the date is only talked about."""
    return c.has("refused_after", i - 1) and not c.edge(i - 1)


def _is_name(c: Context, i: int) -> bool:
    return c.has("weekdays", i) or c.has("months", i)


def _names_days(c: Context, i: int) -> bool:
    """3-7 may, mon-fri: the rest of a date or a range that was not understood."""
    if c.has("months", i):
        return bool(_END.fullmatch(c.any_lows[i - 1]))
    is_weekday = c.has("weekdays", i) and not c.has("weak", i)
    return is_weekday or bool(_RANGE.fullmatch(c.any_lows[i]))


def _is_end_of_range(c: Context, i: int) -> bool:
    """14 - 21 feb; between 4 and 8 jan; from 3 to fri."""
    if c.has("range_words", i - 2) and _END.fullmatch(c.any_lows[i - 1]):
        return c.has("froms", i - 4) or "m" in c.any_lows[i - 1] + c.any_lows[i - 3][-1:]
    is_end = bool(_END.fullmatch(c.any_lows[i - 2])) or _is_name(c, i - 2)
    return c.has("range_words", i - 1) and is_end


def _is_listed(c: Context, j: int) -> bool:
    """And sep; to 10; - 14: another item, or the other end, that was not read with it."""
    if c.any_lows[j] == ",":
        k = j + 2 if c.has("and_", j + 1) else j + 1
        return c.has("months", k) and not c.any_lows[k + 1][:1].isdigit()
    if not c.has("range_words", j):
        return False
    if _is_name(c, j + 1):
        return c.any_lows[j + 1] != "may"
    is_end = bool(_END.fullmatch(c.any_lows[j + 1]))
    return is_end and (not c.has("and_", j) or c.edge(j + 2))


def _has_qualifier(c: Context, i: int, j: int, *, is_repeat: bool) -> bool:
    """Thursday of next week; every 5 weeks after completion; every first workday of the quarter; a "3rd last monday"."""
    if c.has("of", j) and (not c.has("in_", j) or is_repeat and c.has("months", j + 1)):
        return True
    if is_repeat and c.has("of", i - 1) and not c.has("in_", i - 1):
        return True
    if c.has("in_", i) and (c.has("before", j) or c.has("how_often", i - 1)):
        return True  # "in 24 hours before the flight", "once in a week"
    if c.has("after", j) or c.has("before", j):
        is_named = j + 1 < len(c.tokens) and c.tokens[j + 1].text[0].isupper()
        is_told = c.has("completions", j + 1) or c.has("next", j + 1) or is_named
        return is_told and not c.has("froms", j)
    if c.has("last", j):
        return c.any_of("weekdays units", j + 1)
    is_other = _is_name(c, j) and not c.has("weak", j) and c.any_lows[j] != "may"
    return bool(_RANGE.fullmatch(c.any_lows[j])) or is_other and not read_when(c, j)


def _has_zone(c: Context, j: int, when: When) -> bool:
    """10:30 pst; 9am Denver time."""
    if when.time is None or not c.any_lows[j]:
        return False
    is_short = c.tokens[j].text in c.words.tables["short_zones"]
    return is_short or c.has("zones", j) or c.any_lows[j + 1] == "time" and c.edge(j + 2)


def _describes(c: Context, i: int, j: int, when: When) -> bool:
    """Tuesday speech; Saturday Morning Cartoons; the slides for Friday standup; a 9am flight; tomorrow is another day."""
    if c.edge(j) or not c.tokens[j].text[0].isalpha():
        return False
    ends_in_part = c.has("dayparts", j - 1)
    if i == 0:
        is_name = c.has("weekdays", 0) and ends_in_part and c.tokens[j].text.istitle()
        return is_name or c.has("copulas", j)
    before = c.tokens[i - 1]
    is_free = before.taken or not before.free or c.edge(i - 1) or c.has("pronouns", i - 1)
    if is_free or c.has("function_words", j) or read_when(c, j) or c.any_of("every adverbs", j):
        return False
    if c.has("lead_in", i):
        # "for friday standup" is about the standup; "on friday call Bob" is a day
        is_about = c.has("for_", i) and c.has("weekdays", i + 1)
        return is_about and not c.tokens[j].text[0].isupper()
    if c.has("weekdays", i) or ends_in_part or when.day is None and c.any_lows[i][0].isdigit():
        return True
    return c.has("days", i) and c.tokens[j].text.istitle() and c.tokens[j - 1].text.istitle()


def _is_title(c: Context, i: int, j: int) -> bool:
    """The Day After Tomorrow; Watch Wednesday; Luke 2:14, minutes that no clock is set to."""
    words = [token.text for token in c.tokens[i:j]]
    if len(words) > 2 and c.any_of("days", i) and all(word.istitle() for word in words[1:]):
        return True
    if i == 1 and c.has("watching", 0):
        return words[0][0].isupper() and words[0].isalpha()
    match = _MINUTES.fullmatch(words[0]) if len(words) == 1 and i > 1 else None
    is_odd = match and (int(match[1]) % 5 or c.has("watching", 0))
    return bool(is_odd) and c.tokens[i - 1].text[0].isupper()


# ---- fields


def parse_date(text: str, **reading: Unpack[ReadingOptions]) -> Moment | None:
    """The date that the whole text says; empty for "" and "no date", None if not understood.

    In a field nothing else can be meant, so what a sentence leaves alone is read here too: "sun", "15", "1/2", "5 days",
    "weekend", "now".
    """
    return read_field(_field(text, reading)) if text.strip() else Moment()


def parse_repeat(
    text: str, *, due: Moment | None = None, **reading: Unpack[ReadingOptions]
) -> RepeatRule | None:
    """The rule that the whole text says, as it starts with `due`; None if not understood.

    Without `due` it starts with its own first day, and "every month" stays open to the day that it will be given. A time
    in it is not understood here: it belongs to the due date.
    """
    c = _field(text, reading)
    found = read_repeat(c, 0) if c.tokens else None
    if not found or found[1] != len(c.tokens) or found[0].time.time:
        return None
    first = found[0].first(c, due)
    return found[0].bound(first, pin=bool(due)) if first else None


def _field(text: str, reading: ReadingOptions) -> Context:
    c = _context(text, reading)
    return c.field(text) if len(text) <= MAX_FIELD and _has_tomorrow(c) else c


# ---- many lines


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One todo of a paste; `depth` 0 is at the top, n is below the line before it at n - 1."""

    depth: int
    todo: ParsedTodo


def parse_lines(text: str, *, limit: int = MAX_LINES, **options: Any) -> tuple[ParsedLine, ...]:
    """Read up to `limit` lines; the options are `parse`'s.

    A line that would have no title keeps its words: "Monday:" above its list is a heading.
    """
    lines = [line for line in text.splitlines() if line.strip()][:limit]
    bullet = _ITEM if len(lines) > 1 else _BULLET
    found: list[ParsedLine] = []
    indents: list[int] = []
    for line in lines:
        indent = len(line[: -len(line.lstrip())].expandtabs(TAB))
        while indents and indents[-1] >= indent:
            indents.pop()
        depth = min(len(indents), MAX_DEPTH)
        indents.append(indent)
        found.append(ParsedLine(depth, titled(bullet.sub("", line.strip(), count=1), options)))
    return tuple(found)


def titled(line: str, options: dict[str, Any]) -> ParsedTodo:
    """One line; a line that would have no title is all title."""
    todo = parse(line, **options)
    return todo if todo.title else ParsedTodo(text=line, title=" ".join(line.split()))


def escape(text: str, words: Words = ENGLISH) -> str:
    """The text with a backslash before each word that could be read: `parse` gives it back."""
    for start, end in reversed(raw_words(text)):
        if escapable(words, text[start:end]):
            text = f"{text[:start]}\\{text[start:]}"
    return text
