"""A line into a todo: find the parts, choose between them, put the values together; fields and pastes read likewise."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ..dates import Moment, local_now
from ..limits import MAX_DEPTH, MAX_LINES
from .english import ENGLISH, Words
from .repeats import Said, pinned, read_repeat
from .result import ParsedTodo, Part, RepeatRule, glued, with_signs, without
from .signs import (
    SIGNS,
    Known,
    Plain,
    blocked_spans,
    escapable,
    first_possible,
    notes_at,
    read_key,
    read_letter,
    read_p,
    read_priority,
    read_sign,
    readable,
)
from .times import When, read_when
from .tokens import MAX_LOOKS, Context, Token, hide_quoted, raw_words, split_word
from .whole import is_whole

ONE_OF = ("due", "start", "repeat", "priority", "assignee", "list")


def parse(
    text: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    plain: Collection[Plain] = (),
    words: Words = ENGLISH,
    week_start: int = 0,
    day_first: bool | None = None,
    labels: Collection[str] | None = None,
    members: Collection[str] | None = None,
    lists: Collection[str] | None = None,
    day: date | None = None,
) -> ParsedTodo:
    """Read one line: `Pay rent tomorrow 9am every month #home !1 @sam +Flat // the meter`.

    `now` (aware) and `tz` say what today is. `plain` holds what the person turned back into words:
    spans of this text, or the words themselves wherever they stand. `labels`, `members` and
    `lists` are the names that count after their sign; None takes any. `day_first` overrides the
    language's order of 15/12. A time alone is on `day`; without one it is the next such time.

    Never raises, whatever the text; what isn't understood stays in the title, in order.
    """
    c = context(text, now, tz, words, week_start, day_first)
    c.day = day
    line = _Line(c)
    if first_possible(c):
        line.read_marks(Known(labels, members, lists), plain)
        return line.result(line.read_values(line.candidates()))
    return line.result(Fields())


def context(
    text: str,
    now: datetime,
    tz: ZoneInfo,
    words: Words,
    week_start: int,
    day_first: bool | None,
    field: bool = False,
) -> Context:
    """What the grammar reads with; its tokens are still to come."""
    first = words.day_first if day_first is None else day_first
    return Context(
        text, [], words, local_now(now, tz), now, tz, week_start % 7, first, field=field
    )


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A phrase that could be a part: tokens `i` to `j`."""

    kind: str
    i: int
    j: int
    said: Any


@dataclass(slots=True)
class Fields:
    """The values that depend on each other."""

    due: Moment = Moment()
    start: Moment = Moment()
    repeat: RepeatRule | None = None


@dataclass(slots=True)
class _Line:
    c: Context
    parts: list[Part] = field(default_factory=list)
    blocked: list[tuple[int, int]] = field(default_factory=list)
    read_to: int = -1
    """Where the last phrase that was read ends."""

    # ---- signs, keys, escapes

    def read_marks(self, known: Known, plain: Collection[Plain]) -> None:
        c = self.c
        raw = raw_words(c.text)
        self.blocked = blocked_spans(c.text, raw, plain)
        reach = 0
        for n, (start, end) in enumerate(raw):
            if start < reach:
                continue
            if notes_at(c.text, start, end) and not self._is_blocked(start, end):
                self._notes(start)
                break
            part, free = self._mark(known, start, end, first=n == 0)
            reach = self._tokens(part, free, start, end)
        hide_quoted(c.tokens)
        self._hide_done_mark()

    def _mark(self, known: Known, start: int, end: int, first: bool) -> tuple[Part | None, bool]:
        """The part that this word is, and whether the grammar may read it otherwise."""
        c = self.c
        if self._is_blocked(start, end):
            return None, False  # and an edge: turning one part back must not change another
        sign = c.text[start]
        if sign == "\\":
            if escapable(c.words, c.text[start + 1 : end]):
                return Part("escape", start, start + 1, "\\", "\\"), False
            return None, True
        if sign in SIGNS:
            return read_sign(c, known, start, end), True
        if sign == "!":
            return read_priority(c, start, end), True
        if sign in "pP" and end - start == 2:
            return read_p(c, start, end), True
        if sign == "(" and first:
            return read_letter(c, start, end), True
        return (read_key(c, start, end) if ":" in c.text[start:end] else None), True

    def _tokens(self, part: Part | None, free: bool, start: int, end: int) -> int:
        """Add the word's tokens, and say how far they reach."""
        c = self.c
        if part is None or part.kind == "escape":
            tokens = split_word(c.text, start, end)
            for token in tokens:
                token.free, token.taken = free and not part, not (free or part)
            c.tokens += tokens
            if part:
                self.parts.append(part)
            return end
        end_of_part = glued(c.text, part.end)
        part = replace(part, end=end_of_part, text=c.text[part.start : end_of_part])
        self.parts.append(part)
        c.tokens.append(Token(part.text, "", part.start, part.end, free=False, taken=True))
        if part.end < end:
            c.tokens += split_word(c.text, part.end, end)
        return max(end, part.end)

    def _notes(self, start: int) -> None:
        text = self.c.text[start:]
        self.parts.append(Part("notes", start, len(self.c.text), text[2:].strip(), text))
        self.c.tokens.append(Token("//", "", start, len(self.c.text), free=False, taken=True))

    def _hide_done_mark(self) -> None:
        """`x 2026-11-22 2026-11-20 Return books`: todo.txt's completed line is not due then."""
        tokens = self.c.tokens
        if tokens and tokens[0].text == "x" and tokens[0].start == 0:
            for token in tokens[1:3]:
                if not token.low[:4].isdigit():
                    break
                token.free = False

    def _is_blocked(self, start: int, end: int) -> bool:
        return any(a < end and start < b for a, b in self.blocked)

    # ---- phrases

    def candidates(self) -> list[_Candidate]:
        found: list[_Candidate] = []
        i, looks, tokens = 0, 0, self.c.tokens
        while i < len(tokens) and looks < MAX_LOOKS:
            may_begin = _may_begin(self.c, i)
            looks += may_begin
            step = self._at(i) if may_begin else None
            if step is None:
                i += 1
                continue
            candidates, i = step
            found += candidates
        begins = any(token.low in self.c.words.beginning for token in tokens)
        if begins or any(one.kind == "repeat" for one in found):
            return [replace(one, kind="start") if one.kind == "from" else one for one in found]
        return [one for one in found if one.kind != "from"]

    def _at(self, i: int) -> tuple[list[_Candidate], int] | None:
        """What is said at `i`, and where to go on."""
        c = self.c
        fixed = c.phrase("fixed", i)
        if fixed:
            return [], fixed[1]
        repeat = read_repeat(c, i)
        if repeat and (self._unheard(i) or not is_whole(c, i, repeat[1], None, self.read_to)):
            return [], self._not_understood(repeat[1])
        if repeat:
            self.read_to = repeat[1]
            return [_Candidate("repeat", i, repeat[1], repeat[0])], repeat[1]
        every = c.phrase("every", i)
        if every:
            return [], self._not_understood(every[1])
        lead = c.phrase("starting", i)
        if lead:
            when = read_when(c, lead[1])
            if when and when[0].day and not self._refused(i):
                kind = "from" if c.low(i) in c.words.froms else "start"
                return self._alone(kind, i, when)
        when = read_when(c, i)
        if not when:
            return None
        if self._refused(i) or not is_whole(c, i, when[1], when[0], self.read_to):
            return [], when[1]
        return self._alone("due" if when[0].day or when[0].none else "time", i, when)

    def _alone(
        self, kind: str, i: int, when: tuple[When, int]
    ) -> tuple[list[_Candidate], int] | None:
        """The phrase, unless it is one end of a range or one of several: mon to fri, 4 or 5 pm."""
        end = self._chain(when[1])
        if end == when[1]:
            self.read_to = end
            return [_Candidate(kind, i, when[1], when[0])], end
        return [], end

    def _chain(self, j: int) -> int:
        """Where the dates joined to this one end."""
        c = self.c
        while True:
            k = j + 1 if c.any_low(j) == "," else j
            for table in ("and_", "to", "until"):
                k = c.skip(table, k)
            listed = k > j or c.phrase("weekdays", j) and c.phrase("weekdays", j - 1)
            other = read_when(c, k) if listed and c.low(k) not in c.words.index["at"] else None
            if not other or read_repeat(c, k):
                return j
            j = other[1]

    def _not_understood(self, j: int) -> int:
        """Past an `every …` that no rule can say, and the days and times it lists."""
        c = self.c
        reach = j
        while j < len(c.tokens):
            known = readable(c.words, [c.tokens[j]]) if c.tokens[j].free else False
            if not known and c.any_low(j) not in (",", "!"):
                break
            j += 1
            reach = j if known else reach
        return reach

    def _unheard(self, i: int) -> bool:
        """Whether a repeat is only talked about: "3 times daily", "every day except weekends"."""
        c = self.c
        said = c.low(i - 1) in c.words.how_often or c.any_low(i - 1) in c.words.exceptions
        return said or not c.phrase("every", i) and self._refused(i)

    def _refused(self, i: int) -> bool:
        """Whether the word before says that the date is only talked about."""
        before = self.c.any_low(i - 1)
        return before in self.c.words.refused_after and not self.c.edge(i - 1)

    # ---- values

    def read_values(self, candidates: list[_Candidate]) -> Fields:
        """Choose between the candidates (the last of a kind wins) and resolve them together."""
        c, fields = self.c, Fields()
        key = self._keyed("due")
        due = None if key else _last(candidates, "due")
        clock = _last(candidates, "time")
        if key:
            fields.due = key
        elif due:
            fields.due = due.said.moment(c)
        if fields.due.time or due and due.said.none:
            clock = None
        elif fields.due and clock:
            fields.due = Moment(fields.due.date, clock.said.time, clock.said.tz)
        start = None if self._keyed("start") else _last(candidates, "start")
        clock = self._repeat(fields, _last(candidates, "repeat"), clock, start)
        if clock and not fields.due:
            fields.due = clock.said.moment(c)
        self._recurrence(fields)
        self._emit(due, "due", fields.due)
        if clock:
            alone = not (due or key)
            self._emit(clock, "due" if alone else "time", fields.due if alone else clock.said.time)
        fields.start = start.said.moment(c) if start else self._keyed("start") or Moment()
        self._emit(start, "start", fields.start)
        return fields

    def _keyed(self, kind: str) -> Any:
        """The value of the last part of a kind that signs and keys gave."""
        return next((part.value for part in reversed(self.parts) if part.kind == kind), None)

    def _repeat(
        self,
        fields: Fields,
        found: _Candidate | None,
        clock: _Candidate | None,
        start: _Candidate | None,
    ) -> _Candidate | None:
        """Resolve the repeat with the due date; returns the time that is still of use."""
        if found is None or self._keyed("repeat"):
            return clock
        said: Said = found.said
        if said.time and not fields.due.time:
            clock = None
            if fields.due:
                fields.due = Moment(fields.due.date, said.time.time, said.time.tz)
        elif clock:
            said = replace(said, time=clock.said)
        if start and not said.start:
            said = replace(said, start=start.said)
        first = said.first(self.c, fields.due)
        rule = said.bound(first) if first else None
        if not first or not rule:
            return clock
        fields.due, fields.repeat = first, rule
        self._emit(found, "repeat", rule)
        return clock

    def _recurrence(self, fields: Fields) -> None:
        """A todo.txt rec: without a date begins today."""
        keyed = self._keyed("repeat")
        if keyed and not fields.repeat:
            fields.due = fields.due or Moment(self.c.today)
            fields.repeat = pinned(keyed, fields.due)

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

    def result(self, fields: Fields) -> ParsedTodo:
        """The fields, and the parts that they come from, in order."""
        for kind in ONE_OF:
            self._keep_last(kind)
        parts = tuple(sorted(self.parts, key=lambda part: part.start))
        return ParsedTodo(
            text=self.c.text,
            title=without(self.c.text, parts),
            notes=self._keyed("notes") or "",
            priority=self._keyed("priority") or 0,
            due=fields.due,
            start=fields.start,
            repeat=fields.repeat,
            labels=_unique(part.value for part in parts if part.kind == "label"),
            assignee=self._keyed("assignee") or "",
            list=self._keyed("list") or "",
            spans=parts,
        )

    def _keep_last(self, kind: str) -> None:
        of_kind = [part for part in self.parts if part.kind == kind]
        for part in of_kind[:-1]:
            self.parts.remove(part)


def _last(candidates: Iterable[_Candidate], kind: str) -> _Candidate | None:
    return next((found for found in reversed(list(candidates)) if found.kind == kind), None)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({name.casefold(): name for name in reversed(list(names))}.values())[::-1]


def _may_begin(c: Context, i: int) -> bool:
    """A quick look before the readers try."""
    word = c.low(i)
    return bool(word) and (
        word[0].isdigit() or word[0] in "+@" or word in c.words.vocabulary or _is_range(c, word)
    )


def _is_range(c: Context, word: str) -> bool:
    return "-" in word and word.split("-")[0] in c.words.weekdays


MAX_FIELD = 200


def parse_date(
    text: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    words: Words = ENGLISH,
    week_start: int = 0,
    day_first: bool | None = None,
) -> Moment | None:
    """The date that the whole text says; empty for "" and "no date", None if not understood.

    In a field nothing else can be meant, so what a sentence leaves alone is read here too: "sun",
    "15", "1/2", "5 days", "weekend", "now".
    """
    c = _field(text, now, tz, words, week_start, day_first)
    if not c.tokens:
        return Moment() if not text.strip() else None
    at_once = c.phrase("now", 0)
    if at_once and at_once[1] == len(c.tokens):
        return Moment(c.today, c.now.time().replace(second=0, microsecond=0))
    found = read_when(c, 0)
    return found[0].moment(c) if found and found[1] == len(c.tokens) else None


def parse_repeat(
    text: str,
    *,
    now: datetime,
    tz: ZoneInfo,
    words: Words = ENGLISH,
    week_start: int = 0,
    day_first: bool | None = None,
    due: Moment | None = None,
) -> RepeatRule | None:
    """The rule that the whole text says, as it starts with `due`; None if not understood.

    Without `due` it starts with its own first day, and "every month" stays open to the day that it
    will be given. A time in it is not understood here: it belongs to the due date.
    """
    c = _field(text, now, tz, words, week_start, day_first)
    found = read_repeat(c, 0) if c.tokens else None
    if not found or found[1] != len(c.tokens) or found[0].time:
        return None
    first = found[0].first(c, due)
    return found[0].bound(first, pin=bool(due)) if first else None


def _field(
    text: str,
    now: datetime,
    tz: ZoneInfo,
    words: Words,
    week_start: int,
    day_first: bool | None,
) -> Context:
    c = context(text, now, tz, words, week_start, day_first, field=True)
    if len(text) <= MAX_FIELD and first_possible(c):
        c.tokens = [t for start, end in raw_words(text) for t in split_word(text, start, end)]
    return c


TAB = 4

# One bullet and one empty box: "- ", "* ", "• ", "[ ] "; "2. " only in a paste of several lines.
_BULLET = re.compile(r"(?:[-*+•‣–—]\s+)?(?:\[\s?\]\s+)?")
_NUMBERED = re.compile(r"(?:\(?\d{1,3}[.)]\s+)?(?:\[\s?\]\s+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One todo of a paste; `depth` 0 is at the top, n is below the line before it at n - 1."""

    depth: int
    todo: ParsedTodo


def parse_lines(text: str, *, limit: int = MAX_LINES, **options: Any) -> tuple[ParsedLine, ...]:
    """Read up to `limit` lines; the options are `parse`'s.

    A line that would have no title keeps its words: "Monday:" above its list is a heading.
    """
    lines = list(_lines(text, limit))
    found: list[ParsedLine] = []
    indents: list[int] = []
    for indent, content in lines:
        while indents and indents[-1] >= indent:
            indents.pop()
        depth = min(len(indents), MAX_DEPTH)
        indents.append(indent)
        found.append(ParsedLine(depth, titled(_stripped(content, len(lines) > 1), options)))
    return tuple(found)


def _lines(text: str, limit: int) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(line for line in text.splitlines() if line.strip()):
        if number >= limit:
            return
        content = line.lstrip()
        yield len(line[: len(line) - len(content)].expandtabs(TAB)), content.rstrip()


def _stripped(content: str, many: bool) -> str:
    """Without its bullet, unless nothing would be left."""
    for pattern in (_BULLET, _NUMBERED) if many else (_BULLET,):
        match = pattern.match(content)
        if match and match.end() and content[match.end() :].strip():
            return content[match.end() :]
    return content


def titled(line: str, options: dict[str, Any]) -> ParsedTodo:
    """One line; a line that would have no title is all title."""
    todo = parse(line, **options)
    if todo.title:
        return todo
    return ParsedTodo(text=line, title=" ".join(line.split()))


def escape(text: str, words: Words = ENGLISH) -> str:
    """The text with a backslash before each word that could be read: `parse` gives it back."""
    pieces, at = [], 0
    for start, end in raw_words(text):
        could = escapable(words, text[start:end])
        pieces.append(text[at:start] + ("\\" if could else ""))
        at = start
    return "".join([*pieces, text[at:]])
