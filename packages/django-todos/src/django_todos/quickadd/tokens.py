"""Text into tokens, and the cursor that the grammar reads them with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .english import Words

# A line is read up to here; what follows stays words. Far above any title (500 characters), it
# bounds the work that a pasted novel can cause.
MAX_TOKENS = 200
MAX_WORD = 200
# So often is a phrase looked for: no sentence names more days, and a hostile one costs no more.
MAX_LOOKS = 18

_RAW = re.compile(r"\S+")
_HEAD = "([{\"'“‘«¿¡"
_TAIL = ")]}\"'”’»,.;:!?…"
# What may go away with the words it hangs on: "Tomorrow, call" leaves "call". A question mark says
# something, so it stays.
GLUE = frozenset(",.;:!")
PAUSE = frozenset(",.;:!?)]}…-–—|/")
_QUOTES = {'"': '"', "“": "”", "«": "»"}
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
    found = []
    for match in _RAW.finditer(text):
        found.append(match.span())
        if len(found) >= MAX_TOKENS:
            break
    return found


def split_word(text: str, start: int, end: int) -> list[Token]:
    """The tokens of one run: punctuation around it, and what commas separate inside it."""
    if end - start > MAX_WORD:
        word = text[start:end]
        return [Token(word, word.lower(), start, end)]
    tokens: list[Token] = []
    while start < end and text[start] in _HEAD:
        tokens.append(Token(text[start], text[start], start, start + 1))
        start += 1
    tail: list[Token] = []
    while end > start and text[end - 1] in _TAIL and not _DOTTED_DATE.fullmatch(text, start, end):
        end -= 1
        tail.append(Token(text[end], text[end], end, end + 1))
    for piece_start, piece_end in _pieces(text, start, end):
        piece = text[piece_start:piece_end]
        tokens.append(Token(piece, piece.lower(), piece_start, piece_end))
    return tokens + tail[::-1]


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """`mon,fri` is three pieces, `1,000` is one."""
    pieces = []
    for comma in _INNER_COMMA.finditer(text, start, end):
        pieces += [(start, comma.start()), (comma.start(), comma.end())]
        start = comma.end()
    if start < end:
        pieces.append((start, end))
    return [(a, b) for a, b in pieces if a < b]


def hide_quoted(tokens: Sequence[Token]) -> None:
    """Words between double quotes are somebody's words: nothing in them is read."""
    opened: dict[str, int] = {}
    for i, token in enumerate(tokens):
        for opening, closing in _QUOTES.items():
            if token.low == closing and opening in opened:
                for inner in tokens[opened.pop(opening) : i + 1]:
                    inner.free = False
                break
            if token.low == opening:
                opened[opening] = i
                break


@dataclass(slots=True)
class Context:
    """The tokens of one text, and what its words are relative to."""

    text: str
    tokens: list[Token]
    words: Words
    now: datetime  # naive: what the clock on the person's wall shows
    instant: datetime  # the same, aware
    zone: Any
    week_start: int
    day_first: bool
    day: date | None = None  # which a time alone is on
    field: bool = False  # a date field holds nothing but a date: no word is ambiguous there

    @property
    def today(self) -> date:
        return self.now.date()

    def low(self, i: int) -> str:
        """The word at `i` as the tables hold it; empty where there is none to read."""
        if 0 <= i < len(self.tokens) and self.tokens[i].free:
            return self.tokens[i].low
        return ""

    def any_low(self, i: int) -> str:
        """The word at `i`, may it be read or not."""
        return self.tokens[i].low if 0 <= i < len(self.tokens) else ""

    def phrase(self, table: str, i: int) -> tuple[Any, int] | None:
        """The value of the longest phrase of that table at `i`, and where it ends."""
        for words, value in self.words.index[table].get(self.low(i), ()):
            if len(words) == 1 or all(self.low(i + k) == w for k, w in enumerate(words)):
                return value, i + len(words)
        return None

    def skip(self, table: str, i: int) -> int:
        """Past an optional phrase."""
        found = self.phrase(table, i)
        return found[1] if found else i

    def edge(self, j: int) -> bool:
        """Whether no plain word follows: the text ends, pauses, or something else is read."""
        if self.field or j >= len(self.tokens):
            return True
        token = self.tokens[j]
        return token.taken or token.low in PAUSE

    def loose_edge(self, j: int) -> bool:
        """An edge, or a word that numbers may stand before: "at 9 with Bob"."""
        return self.edge(j) or self.low(j) in self.words.joints

    def weak(self, i: int, j: int) -> bool:
        """Whether the words are ordinary ones too."""
        return not self.field and any(
            t.low in self.words.weak for t in self.tokens[i:j] if t.low.isalpha()
        )
