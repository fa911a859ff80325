"""Signs and keys: #label, @member, +list, !1, p1, // notes, (A), due:2026-12-15, backslashes; and what was turned back."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from functools import lru_cache
from typing import TypeAlias

from ..dates import Moment
from ..limits import MAX_INTERVAL, MAX_KEPT
from ..repeats.rule import Rule
from .dates import read_when
from .english import Words
from .repeats import FREQS
from .result import Part, RepeatRule
from .tokens import GLUE, Context, Token, raw_words, split_word

Plain: TypeAlias = "str | tuple[int, int]"

COMPARED = 12  # words of a turned-back phrase; notes can be very long


def blocked_spans(
    text: str, raw: list[tuple[int, int]], plain: Collection[Plain]
) -> list[tuple[int, int]]:
    """Where the person wants words: spans as they are, words wherever they stand."""
    spans = [span for span in plain if not isinstance(span, str)]
    tokens = None
    for phrase in [p for p in plain if isinstance(p, str)][:MAX_KEPT]:
        if tokens is None:
            tokens = _bare(text, raw)
        wanted = [token.low for token in _bare(phrase, raw_words(phrase))]
        head = wanted[:COMPARED]
        if not head:
            continue
        for i in range(len(tokens) - len(head) + 1):
            if tokens[i].low == head[0] and [t.low for t in tokens[i : i + len(head)]] == head:
                last = tokens[min(i + len(wanted), len(tokens)) - 1]
                spans.append((tokens[i].start, last.end))
    return spans


def _bare(text: str, raw: list[tuple[int, int]]) -> list[Token]:
    """The tokens that are not punctuation."""
    tokens = (token for start, end in raw for token in split_word(text, start, end))
    return [token for token in tokens if len(token.text) > 1 or token.text.isalnum()]


SIGNS = {"#": "label", "@": "assignee", "+": "list"}
MAX_NAME = 100

_TODOTXT_PRIORITY = re.compile(r"\(([A-Z])\)")
_NAME = re.compile(r"[^\W_](?:[^\s,;]*\w)?")
_DIGITS = re.compile(r"[\d.,:/%-]+(?:am|pm)?", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"\d+[a-z]", re.ASCII)
_PATH = re.compile(r"\S*[./]\S")
_REC = re.compile(r"(\+?)(\d{1,3})([a-z])", re.ASCII)
_SPAN = re.compile("[-–/]")
_KEY = re.compile(r"([a-z]+):(\S+)", re.ASCII | re.IGNORECASE)


Names = dict[str, Collection[str] | None]
"""The names that count for each kind; None where any does."""


def read_mark(c: Context, names: Names, start: int, end: int) -> Part | None:
    """The part that this word is by its sign or key."""
    sign, word = c.text[start], c.text[start:end]
    if sign == "\\":
        is_needed = escapable(c.words, word[1:])
        return Part("escape", start, start + 1, sign, sign) if is_needed else None
    if sign in SIGNS:
        return read_sign(c, names[SIGNS[sign]], start, end)
    if sign == "!":
        return read_priority(c, start, end)
    if sign in "pP" and len(word) == 2:
        return read_p(c, start, end)
    if sign == "(" and not c.tokens:
        return read_letter(c, start, end)
    return read_key(c, start, end) if ":" in word else None


@lru_cache(maxsize=64)
def _folded(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Names by how they are compared, the longest first."""
    return tuple(sorted(((fold(name), name) for name in names), key=lambda pair: -len(pair[0])))


def fold(name: str) -> str:
    """`Harbour relaunch`, `harbour-relaunch` and `harbour_relaunch` are one name."""
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def read_sign(c: Context, names: Collection[str] | None, start: int, end: int) -> Part | None:
    """The label, member or list at a word that begins with its sign."""
    kind = SIGNS[c.text[start]]
    quoted = _quoted(c.text, start)
    if quoted:
        name, stop = quoted
        found = name if names is None else _lookup(names, name)
        return Part(kind, start, stop, found, c.text[start:stop]) if found else None
    if names:
        several = _several_words(c.text, start + 1, tuple(names))
        if several:
            name, stop = several
            return Part(kind, start, stop, name, c.text[start:stop])
    match = _NAME.match(c.text, start + 1, end)
    if not match or match.end() - match.start() > MAX_NAME or _DIGITS.fullmatch(match[0]):
        return None
    if any(char not in GLUE and char not in ")]}?…\"'”’»" for char in c.text[match.end() : end]):
        return None
    if names is None and (_OFFSET.fullmatch(match[0]) or set("'’") & set(match[0])):
        return None  # +3d is a date, @sam's is not Sam
    found = match[0] if names is None else _lookup(names, match[0])
    return Part(kind, start, match.end(), found, c.text[start : match.end()]) if found else None


def _quoted(text: str, start: int) -> tuple[str, int] | None:
    if text[start + 1 : start + 2] != '"':
        return None
    close = text.find('"', start + 2, start + 3 + MAX_NAME)
    name = text[start + 2 : close].strip() if close > 0 else ""
    return (name, close + 1) if name else None


def _lookup(names: Collection[str], name: str) -> str | None:
    wanted = fold(name)
    return next((full for folded, full in _folded(tuple(names)) if folded == wanted), None)


def _several_words(text: str, start: int, names: tuple[str, ...]) -> tuple[str, int] | None:
    """The longest known name that stands here word for word."""
    for _, name in _folded(names):
        stop = start + len(name)
        if " " in name and text[start:stop].casefold() == name.casefold():
            if stop == len(text) or not (text[stop].isalnum() or text[stop] in "-_'’"):
                return name, stop
    return None


def read_priority(c: Context, start: int, end: int) -> Part | None:
    """!1, !high."""
    stop = end
    while stop > start + 1 and c.text[stop - 1] in GLUE:
        stop -= 1
    level = c.words.tables["priorities"].get(c.text[start + 1 : stop].lower())
    return Part("priority", start, stop, level, c.text[start:stop]) if level else None


def read_p(c: Context, start: int, end: int) -> Part | None:
    """p1 to p4, as Todoist has them; before a plain word it is a name ("the P1 visa")."""
    level = c.words.tables["levels"].get(c.text[start:end].lower())
    following = c.text[end:].split(maxsplit=1) if start or c.text[0] == "P" else []
    if (
        level is None
        or following
        and not (
            following[0][0] in "#@+!/\\"
            or readable(c.words, split_word(following[0], 0, len(following[0])))
        )
    ):
        return None
    return Part("priority", start, end, level, c.text[start:end])


def read_letter(c: Context, start: int, end: int) -> Part | None:
    """todo.txt's (A) in front: A to I are 1 to 9, J to Z are 9."""
    match = _TODOTXT_PRIORITY.fullmatch(c.text, start, end)
    if not match or end >= len(c.text):
        return None
    level = min(ord(match[1]) - ord("A") + 1, 9)
    return Part("priority", start, end, level, match[0])


def notes_at(text: str, start: int, end: int) -> bool:
    """Whether notes begin here: // alone or before a word, not //server/share."""
    word = text[start:end]
    if not word.startswith("//") or word.startswith("///"):
        return False
    return not _PATH.match(word[2:]) and bool(text[start + 2 :].strip())


def read_key(c: Context, start: int, end: int) -> Part | None:
    """todo.txt's due:, t: and rec:, where the value is understood."""
    while end > start and c.text[end - 1] in GLUE:
        end -= 1
    match = _KEY.fullmatch(c.text, start, end)
    if not match:
        return None
    key, value = match[1].lower(), match[2]
    if key in c.words.tables["repeat_keys"]:
        rule = _recurrence(c, value.lower())
        return Part("repeat", start, end, rule, match[0]) if rule else None
    for kind, keys in (
        ("due", c.words.tables["due_keys"]),
        ("start", c.words.tables["start_keys"]),
    ):
        if key in keys:
            moment = _key_moment(c, value)
            return Part(kind, start, end, moment, match[0]) if moment else None
    return None


def _key_moment(c: Context, value: str) -> Moment | None:
    inner = replace(c, text=value, in_field=True, known={}, day_ends=set())
    inner.settle(split_word(value, 0, len(value)))
    if not (value[0].isdigit() or value[0] == "+" or value.isalpha()) or value.isdigit():
        return None
    found = read_when(inner, 0)
    return found[0].moment(c) if found and found[1] == len(inner.tokens) else None


def _recurrence(c: Context, value: str) -> RepeatRule | None:
    match = _REC.fullmatch(value)
    unit = c.words.tables["short_units"].get(match[3]) if match else None
    if not match or not unit or not 1 <= int(match[2]) <= MAX_INTERVAL:
        return None
    return RepeatRule(str(Rule(FREQS[unit], int(match[2]))), "due" if match[1] else "completion")


def escapable(words: Words, word: str) -> bool:
    """Whether a backslash before this word keeps it plain: whether it could be read otherwise.

    Any other backslash is the person's own and stays.
    """
    if not word:
        return False
    if word[0] in "\\#@+!(" or word.startswith("//") or word[0].isdigit():
        return True
    return readable(words, split_word(word, 0, len(word)))


def readable(words: Words, tokens: list[Token]) -> bool:
    """Whether quick add knows one of these words."""
    for token in tokens:
        word = token.low
        if word[:1].isdigit() or word[:1] == "@" or word in words.vocabulary:
            return True
        if _KEY.fullmatch(word) or word[1:2].isdigit():
            return True
        if any(piece in words.tables["weekdays"] for piece in _SPAN.split(word)):
            return True
    return False
