"""What quick add returns: frozen values that know which characters they were read from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..dates import Moment
from ..repeats.rule import Mode

# What may go away with the words it hangs on: "Tomorrow, call" leaves "call". A question mark says something.
_HANGING = re.compile(r"[,.;:!]+(?=\s|\Z)|,(?![,.;:!])")
_JOINT = re.compile(r"(?:,|\s[-–—|])\Z")
_DASH = re.compile(r"\s+[-–—|](?=\s)")


class RepeatRule(NamedTuple):
    """An RRULE and what it counts from."""

    rrule: str
    mode: Mode


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was read: `text[start:end]`, which is no part of the title.

    `kind` and `value`: due (Moment), time (time; it completes the due date's), start (Moment),
    repeat (RepeatRule), priority (int), label, assignee, list, notes (str), escape (the backslash
    that kept a word plain).
    """

    kind: str
    start: int
    end: int
    value: Any
    text: str


@dataclass(frozen=True, slots=True)
class ParsedTodo:
    """A line of quick add as fields, and the parts they were read from.

    `text` without the parts' spans, whitespace collapsed, is `title`. `due` and `start` are empty
    moments where nothing was said; a repeat always has a `due`, which is its anchor.
    """

    text: str
    title: str
    notes: str = ""
    priority: int = 0
    due: Moment = Moment()
    start: Moment = Moment()
    repeat: RepeatRule | None = None
    labels: tuple[str, ...] = ()
    assignee: str = ""
    list: str = ""
    spans: tuple[Part, ...] = ()


def glued(text: str, end: int) -> int:
    """Past the punctuation that hangs on a part's end, if the word ends with it."""
    hanging = _HANGING.match(text, end)
    return hanging.end() if hanging else end


def with_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with what would dangle: a dash before or after it, the space before a question mark."""
    before = text[:start].rstrip()
    if before and text[end : end + 1] in ("?", "…"):
        return len(before), end
    if _JOINT.search(before) and not text[end:].strip():
        return len(before) - 1, end
    dash = None if before else _DASH.match(text, end)
    return start, dash.end() if dash else end


def without(text: str, parts: Sequence[Part]) -> str:
    """The text minus the parts' spans, whitespace collapsed."""
    kept, at = [], 0
    for part in parts:
        kept.append(text[at : part.start])
        at = part.end
    return " ".join("".join([*kept, text[at:]]).split())
