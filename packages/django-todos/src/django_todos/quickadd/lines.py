"""Many lines pasted: each makes a todo, indentation makes subtasks, bullets go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..limits import MAX_DEPTH, MAX_LINES
from .line import parse
from .marks import escapable
from .parts import ParsedTodo
from .tokens import raw_words
from .words import ENGLISH, Words

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
