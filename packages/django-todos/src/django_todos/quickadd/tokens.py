"""Text into tokens, and the forms (patterns of tokens) that the grammar is a table of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain, islice, pairwise
from typing import Any, NamedTuple

from .english import Index, Words

# A line is read up to here; what follows stays words. Far above any title (500 characters), it
# bounds the work that a pasted novel can cause.
MAX_TOKENS = 200
MAX_WORD = 200
# So often is a phrase looked for: no sentence names more days, and a hostile one costs no more.
MAX_LOOKS = 18
MAX_ITEMS = 31  # of a list of days

_RAW = re.compile(r"\S+")
_HEAD = "([{\"'“‘«¿¡"
_TAIL = ")]}\"'”’»,.;:!?…"
PAUSE = frozenset(",.;:!?)]}…-–—|/")
_QUOTES = {'"': '"', "”": "“", "»": "«"}  # what closes, and what opens
# What there is before and after the tokens, so that the grammar may look around.
_BEYOND = [""] * 16
# Between two words, not inside 1,000.
_INNER_COMMA = re.compile(r"(?<=[^\d\s,]),(?=[^\s,])|(?<=[^\s,]),(?=[^\d\s,])")
_DOTTED_DATE = re.compile(r"\d{1,2}\.\d{1,2}\.", re.ASCII)


@dataclass(slots=True)
class Token:
    """A word or one punctuation mark. `free`: the grammar may read it; `taken`: a part has."""

    text: str
    low: str
    start: int
    end: int
    free: bool = True
    taken: bool = False


def raw_words(text: str) -> list[tuple[int, int]]:
    """Where each run of non-spaces lies."""
    return [match.span() for match in islice(_RAW.finditer(text), MAX_TOKENS)]


def split_word(text: str, start: int, end: int) -> list[Token]:
    """The tokens of one run: punctuation around it, and what commas separate inside it (`mon,fri`, not `1,000`)."""
    cuts = [start, end]
    if end - start <= MAX_WORD and not text[start:end].isalnum():
        begin, stop = start, end
        while begin < stop and text[begin] in _HEAD:
            begin += 1
        while stop > begin and text[stop - 1] in _TAIL:
            if _DOTTED_DATE.fullmatch(text, begin, stop):
                break
            stop -= 1
        commas = (comma.span() for comma in _INNER_COMMA.finditer(text, begin, stop))
        cuts = [*range(start, begin), begin, *chain(*commas), *range(stop, end + 1)]
    words = ((text[a:b], a, b) for a, b in pairwise(cuts) if a < b)
    return [Token(word, word.lower(), a, b) for word, a, b in words]


def hide_quoted(tokens: Sequence[Token]) -> None:
    """Words between double quotes are somebody's words: nothing in them is read."""
    opened: dict[str, int] = {}
    for i, token in enumerate(tokens):
        begin = opened.pop(_QUOTES.get(token.low, ""), None)
        if begin is not None:
            for inner in tokens[begin : i + 1]:
                inner.free = False
        elif token.low in _QUOTES.values():
            opened[token.low] = i


@dataclass(slots=True)
class Context:
    """The tokens of one text, and what its words are relative to."""

    text: str
    words: Words
    now: datetime  # naive: what the clock on the person's wall shows
    instant: datetime  # the same, aware
    zone: Any
    week_start: int
    day_first: bool
    tokens: list[Token] = field(default_factory=list)
    day: date | None = None  # which a time alone is on
    in_field: bool = False  # a date field holds nothing but a date: no word is ambiguous there
    i: int = 0  # where the form that is read begins
    j: int = 0  # and ends
    day_ends: set[int] = field(default_factory=set)  # where a day or a repeat was read before
    known: dict[Any, Any] = field(default_factory=dict)  # what was read where
    lows: list[str] = field(default_factory=lambda: _BEYOND)
    any_lows: list[str] = field(default_factory=lambda: _BEYOND)

    @property
    def today(self) -> date:
        return self.now.date()

    def settle(self, tokens: list[Token]) -> None:
        """Take the tokens, now that they are complete, and note their words for the grammar."""
        self.tokens = tokens
        self.lows = [t.low if t.free else "" for t in self.tokens] + _BEYOND
        self.any_lows = [t.low for t in self.tokens] + _BEYOND

    def field(self, text: str) -> Context:
        """The same for a field that holds that text."""
        inner = replace(self, text=text, in_field=True, known={}, day_ends=set())
        inner.settle([t for start, end in raw_words(text) for t in split_word(text, start, end)])
        return inner

    def phrase(self, table: str, i: int) -> tuple[Any, int] | None:
        """The value of the longest phrase of that table at `i`, and where it ends."""
        return self.phrase_of(self.words.index[table], i)

    def phrase_of(self, index: Index, i: int) -> tuple[Any, int] | None:
        for words, value in index.get(self.lows[i], ()):
            count = len(words)
            if count == 1 or tuple(self.lows[i : i + count]) == words:
                return value, i + count
        return None

    def skip(self, table: str, i: int) -> int:
        """Past an optional phrase."""
        found = self.phrase(table, i)
        return found[1] if found else i

    def has(self, table: str, i: int) -> bool:
        """Whether the word at `i`, may it be read or not, is of that set or alone in that table."""
        return self.any_lows[i] in self.words.tables[table]

    def any_of(self, tables: str, i: int) -> bool:
        """Whether a phrase of one of these tables stands at `i`."""
        return any(self.phrase(table, i) for table in tables.split())

    def edge(self, j: int) -> bool:
        """Whether no plain word follows: the text ends, pauses, or something else is read."""
        if self.in_field or j >= len(self.tokens):
            return True
        token = self.tokens[j]
        return token.taken or token.low in PAUSE

    def loose_edge(self, j: int) -> bool:
        """An edge, or a word that numbers may stand before: "at 9 with Bob"."""
        return self.edge(j) or self.lows[j] in self.words.tables["joints"]


Reader = Callable[[Context, int], "tuple[Any, int] | None"]
# What forms are made of besides tables: readers by name, and what they can begin with.
READERS: dict[str, tuple[Reader, Any]] = {}


def matching(name: str, begins: str, pattern: str) -> None:
    """A reader of one word of that pattern; `begins` has the kinds of words that it can be (see `_kind`)."""
    compiled = re.compile(pattern, re.ASCII)

    def read(c: Context, i: int) -> tuple[re.Match[str], int] | None:
        match = compiled.fullmatch(c.lows[i])
        return (match, i + 1) if match else None

    READERS[name] = (read, begins)


def _kind(word: str) -> str:
    """0 for what begins with a digit, + and @ for those, - for several words in one."""
    if word[0].isdigit():
        return "0"
    if word[0] in "+@":
        return word[0]
    return "-" if "-" in word or "/" in word or "–" in word else ""


def _begins(words: Words, name: str) -> Iterable[str]:
    """The words and kinds of words that this table, reader or sign can begin with."""
    name = name.rstrip("+*") or name
    if name not in READERS:
        return words.index.get(name, (name,))
    begins = READERS[name][1]
    return begins.firsts(words) if isinstance(begins, Forms) else begins


class _Form(NamedTuple):
    elements: list[
        tuple[Reader, bool, bool]
    ]  # each, whether it may be missing, whether it is silent
    means: Callable[..., Any]
    in_field: bool

    def read(self, c: Context, i: int) -> tuple[Any, int] | None:
        values, j = [], i
        for read, may_miss, is_silent in self.elements:
            found = read(c, j)
            if found:
                j = found[1]
            elif not may_miss:
                return None
            if not is_silent:
                values.append(found and found[0])
        c.i, c.j = i, j
        value = self.means(c, *values)
        return None if value is None else (value, j)


class Forms:
    """A table of forms, and what each means: `".in_ NUMBER units | PLUS units": _in_units`.

    An element is a table of the language, a reader (in capitals) or a sign. `x?` may be missing, the value of `.x`
    is of no interest, `x+` is a list of them, `x*` one that needs no commas. A form that begins with `=` counts in a
    field only. The meaning is a function of the context (`c.i` and `c.j` are where the form begins and ends) and the
    elements' values; None says that it means nothing. The longest form counts, of equal ones the first.
    """

    def __init__(
        self, name: str, table: Mapping[str, Callable[..., Any]], is_day: bool = False
    ) -> None:
        self.table, self.is_day = table, is_day
        READERS[name] = (self.read, self)

    def firsts(self, words: Words) -> dict[str, list[_Form]]:
        """The forms that a word, or a kind of word, can begin."""
        found: dict[str, list[_Form]] | None = words.firsts.get(self)
        if found is None:
            found = words.firsts[self] = {}
            for patterns, means in self.table.items():
                for pattern in patterns.split("|"):
                    self._add(words, found, pattern.strip(), means)
        return found

    def _add(
        self, words: Words, found: dict[str, list[_Form]], pattern: str, means: Callable[..., Any]
    ) -> None:
        form = _Form([], means, pattern[0] == "=")
        begins: set[str] = set()
        for element in pattern.lstrip("=").split():
            name = element.strip("?.") or element[0]
            if all(may_miss for _, may_miss, _ in form.elements):
                begins.update(_begins(words, name))
            form.elements.append((_element(words, name), element[-1] == "?", element[0] in ".,:"))
        for word in begins:
            found.setdefault(word, []).append(form)

    def may_begin(self, words: Words, word: str) -> list[_Form]:
        """The forms that may begin with that word."""
        table = self.firsts(words)
        return table.get(word) or table.get(_kind(word)) or []

    def read(self, c: Context, i: int) -> tuple[Any, int] | None:
        """What is said at `i`, and where it ends."""
        word, key = c.lows[i], (self, i)
        if not word:
            return None
        if key not in c.known:
            best = None
            for form in self.may_begin(c.words, word):
                found = form.read(c, i) if c.in_field or not form.in_field else None
                if found and (best is None or found[1] > best[1]):
                    best = found
            c.known[key] = best
            if best and self.is_day:
                c.day_ends.add(best[1])
        known: tuple[Any, int] | None = c.known[key]
        return known


def _listed(item: Reader, loose: bool) -> Reader:
    """Items with a comma, an "and" or both between them (mon, wed and fri), or, where it is `loose`, nothing."""

    def read(c: Context, i: int) -> tuple[list[Any], int] | None:
        items: list[Any] = []
        j, end = i, i - 1
        while len(items) < MAX_ITEMS and (loose or j > end) and (found := item(c, j)):
            items.append(found[0])
            end = found[1]
            j = c.skip("and_", end + 1 if c.any_lows[end] == "," else end)
        return (items, end) if items else None

    return read


def _element(words: Words, name: str) -> Reader:
    item = name.rstrip("+*")
    if item and item != name:
        return _listed(_element(words, item), name[-1] == "*")
    if name in READERS:
        return READERS[name][0]
    if name in words.index:
        index = words.index[name]
        return lambda c, i: c.phrase_of(index, i)
    return lambda c, i: (True, i + 1) if c.any_lows[i] == name else None
