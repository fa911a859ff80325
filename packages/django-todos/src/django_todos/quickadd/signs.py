"""Signs and keys: #label, @member, +list, !1, p1, // notes, (A), due:2026-12-15, backslashes; and what was turned back."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any, TypeAlias

from ..dates import Moment
from ..limits import MAX_KEPT
from .dates import read_field
from .english import Words
from .repeats import plain_rule
from .result import Part, RepeatRule
from .tokens import Context, Token, raw_words, split_word

Plain: TypeAlias = "str | tuple[int, int]"

COMPARED = 12  # words of a turned-back phrase; notes can be very long


def blocked_spans(
    text: str, raw: list[tuple[int, int]], plain: Collection[Plain]
) -> list[tuple[int, int]]:
    """Where the person wants words: spans as they are, words wherever they stand."""
    spans = [span for span in plain if not isinstance(span, str)]
    phrases = [phrase for phrase in plain if isinstance(phrase, str)][:MAX_KEPT]
    tokens = _bare(text, raw) if phrases else []
    for phrase in phrases:
        wanted = [token.low for token in _bare(phrase, raw_words(phrase))]
        head = wanted[:COMPARED]
        for i in range(len(tokens) - len(head) + 1 if head else 0):
            if [token.low for token in tokens[i : i + len(head)]] == head:
                last = tokens[min(i + len(wanted), len(tokens)) - 1]
                spans.append((tokens[i].start, last.end))
    return spans


def _bare(text: str, raw: list[tuple[int, int]]) -> list[Token]:
    """The tokens that are not punctuation."""
    tokens = (token for start, end in raw for token in split_word(text, start, end))
    return [token for token in tokens if len(token.text) > 1 or token.text.isalnum()]


SIGNS = {"#": "label", "@": "assignee", "+": "list"}
MAX_NAME = 100

_LETTER = re.compile(r"\(([A-Z])\)")
_QUOTED = re.compile(rf'"([^"]{{1,{MAX_NAME}}})"')
_NAME = re.compile(r"[^\W_](?:[^\s,;]*\w)?(?=[,.;:!)\]}?…\"'”’»]*(?:\s|$))")
_DIGITS = re.compile(r"[\d.,:/%-]+(?:am|pm)?", re.ASCII | re.IGNORECASE)
_OFFSET = re.compile(r"\d+[a-z]", re.ASCII)
_PATH = re.compile(r"\S*[./]\S")
_REC = re.compile(r"(\+?)(\d{1,3})([a-z])", re.ASCII)
_SPAN = re.compile("[-–/]")
_KEY = re.compile(r"([a-z]+):(\S+)", re.ASCII | re.IGNORECASE)


# The names that count for each kind; None where any does.
Names = dict[str, Collection[str] | None]


def read_mark(c: Context, names: Names, start: int, end: int) -> Part | None:
    """The part that this word is by its sign or key."""
    sign, word = c.text[start], c.text[start:end]
    if sign == "\\":
        is_needed = escapable(c.words, word[1:])
        return Part("escape", start, start + 1, sign, sign) if is_needed else None
    if sign == "/":
        return _notes(c, start, word)
    if sign in SIGNS:
        return _named(c, names[SIGNS[sign]], start, end)
    if sign in "!(" or sign in "pP" and len(word) == 2:
        return _priority(c, start, end)
    return _keyed(c, start, end) if ":" in word else None


def _part(c: Context, kind: str, start: int, end: int, value: Any) -> Part | None:
    """The part, if there is a value."""
    return None if value is None else Part(kind, start, end, value, c.text[start:end])


def _notes(c: Context, start: int, word: str) -> Part | None:
    """Notes begin with // alone or before a word, not //server/share."""
    text = c.text[start + 2 :].strip()
    is_notes = word[:2] == "//" and word[2:3] != "/" and not _PATH.match(word[2:])
    return _part(c, "notes", start, len(c.text), text) if is_notes and text else None


@lru_cache(maxsize=64)
def _folded(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Names by how they are compared, the longest first."""
    return tuple(sorted(((fold(name), name) for name in names), key=lambda pair: -len(pair[0])))


def fold(name: str) -> str:
    """`Harbour relaunch`, `harbour-relaunch` and `harbour_relaunch` are one name."""
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def _named(c: Context, names: Collection[str] | None, start: int, end: int) -> Part | None:
    """The label, member or list behind a sign: between quotes, of several words that are known, or one word."""
    text, kind = c.text, SIGNS[c.text[start]]
    quoted = _QUOTED.match(text, start + 1)
    if quoted and quoted[1].strip():
        return _part(c, kind, start, quoted.end(), _lookup(names, quoted[1].strip()))
    for _, name in _folded(tuple(names or ())):
        stop = start + 1 + len(name)
        if " " in name and text[start + 1 : stop].casefold() == name.casefold():
            if stop == len(text) or not (text[stop].isalnum() or text[stop] in "-_'’"):
                return _part(c, kind, start, stop, name)
    match = _NAME.match(text, start + 1, end)
    if not match or len(match[0]) > MAX_NAME or _DIGITS.fullmatch(match[0]):
        return None
    if names is None and (_OFFSET.fullmatch(match[0]) or set("'’") & set(match[0])):
        return None  # +3d is a date, @sam's is not Sam
    return _part(c, kind, start, match.end(), _lookup(names, match[0]))


def _lookup(names: Collection[str] | None, name: str) -> str | None:
    if names is None:
        return name
    wanted = fold(name)
    return next((full for folded, full in _folded(tuple(names)) if folded == wanted), None)


def _priority(c: Context, start: int, end: int) -> Part | None:
    """!1, !high; p1 to p4, as Todoist has them; todo.txt's (A) in front."""
    word = c.text[start:end]
    if word[0] == "!":
        name = word[1:].rstrip(",.;:!")
        level = c.words.tables["priorities"].get(name.lower())
        return _part(c, "priority", start, start + 1 + len(name), level)
    if word[0] == "(":  # A to I are 1 to 9, J to Z are 9
        match = _LETTER.fullmatch(word) if not c.tokens and end < len(c.text) else None
        return _part(c, "priority", start, end, min(ord(match[1]) - 64, 9)) if match else None
    # before a plain word it is a name ("the P1 visa")
    following = c.text[end:].split(maxsplit=1) if start or word[0] == "P" else []
    is_name = following and not (
        following[0][0] in "#@+!/\\"
        or readable(c.words, split_word(following[0], 0, len(following[0])))
    )
    level = None if is_name else c.words.tables["levels"].get(word.lower())
    return _part(c, "priority", start, end, level)


def _keyed(c: Context, start: int, end: int) -> Part | None:
    """todo.txt's due:, t: and rec:, where the value is understood."""
    match = _KEY.fullmatch(c.text[start:end].rstrip(",.;:!"))
    kind = c.words.tables["keys"].get(match[1].lower()) if match else None
    if not match or not kind:
        return None
    value = _recurrence(c, match[2].lower()) if kind == "repeat" else _moment(c, match[2])
    return _part(c, kind, start, start + match.end(), value)


def _moment(c: Context, value: str) -> Moment | None:
    if not (value[0].isdigit() or value[0] == "+" or value.isalpha()) or value.isdigit():
        return None
    return read_field(c.field(value)) or None


def _recurrence(c: Context, value: str) -> RepeatRule | None:
    match = _REC.fullmatch(value)
    unit = c.words.tables["short_units"].get(match[3]) if match else None
    rule = plain_rule(int(match[2]), (unit, 1)) if match and unit else None
    return RepeatRule(str(rule), "due" if match and match[1] else "completion") if rule else None


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
    return any(
        word in words.vocabulary
        or word[:1] == "@"
        or word[:1].isdigit()
        or word[1:2].isdigit()
        or _KEY.fullmatch(word)
        or any(piece in words.tables["weekdays"] for piece in _SPAN.split(word))
        for word in (token.low for token in tokens)
    )
