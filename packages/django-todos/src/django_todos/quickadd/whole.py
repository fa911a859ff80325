"""A whole phrase or nothing: whether the words around what could be read belong to it.

Each question is about a kind of neighbour, not about a word: the other end of a range, another item of a list, a
qualifier, a zone, a noun that the day describes. The closed classes of words that they need are in the language's table.
"""

from __future__ import annotations

import re

from .times import When, read_when
from .tokens import Context

_SPAN = re.compile(r"\d[\d:.apm]*[-–—][\d:.apm]*\d?[apm]*|\d+(?:st|nd|rd|th)?", re.ASCII)
_RANGE = re.compile(r"\d[\d:.]*(?:[ap]m)?[-–—]\d[\d:.]*(?:[ap]m)?", re.ASCII)
_MINUTES = re.compile(r"\d{1,2}:(\d{2})", re.ASCII)


def is_whole(c: Context, i: int, j: int, when: When | None, read_to: int) -> bool:
    """Whether tokens `i` to `j` stand for themselves. `when`: what they say, None for a repeat; `read_to`: how far
    the phrase before reached."""
    if c.field:
        return True
    return not (
        _is_end_of_range(c, i)
        or (i > read_to and _names_day(c, i - 1))
        or _has_qualifier(c, i, j, is_repeat=when is None)
        or _is_listed(c, j)
        or (when is not None and (_has_zone(c, j, when) or _describes(c, i, j, when)))
        or _is_verse(c, i, j)
        or _is_title(c, i, j)
    )


def _names_day(c: Context, i: int) -> bool:
    """Whether a word there names a day or a range of days, by itself: the rest of a date that was not understood."""
    word = c.any_low(i)
    if word in c.words.months:
        return bool(_SPAN.fullmatch(c.any_low(i - 1)))
    return word in c.words.weekdays and word not in c.words.weak or bool(_RANGE.fullmatch(word))


def _is_end_of_range(c: Context, i: int) -> bool:
    """14 - 21 feb; between 4 and 8 jan; from 3 to fri."""
    joined = c.any_low(i - 1)
    if c.any_low(i - 2) in c.words.range_words and _SPAN.fullmatch(joined):
        return c.any_low(i - 4) in c.words.froms or "m" in joined + c.any_low(i - 3)[-1:]
    if joined not in c.words.range_words:
        return False
    other = c.any_low(i - 2)
    return bool(_SPAN.fullmatch(other)) or other in c.words.weekdays or other in c.words.months


def _has_qualifier(c: Context, i: int, j: int, *, is_repeat: bool) -> bool:
    """Thursday of next week; every 5 weeks after completion; every first workday of the quarter; a "3rd last monday"."""
    word, following = c.any_low(j), c.any_low(j + 1)
    if word in c.words.index["of"] and (word != "in" or is_repeat and following in c.words.months):
        return True
    if is_repeat and c.any_low(i - 1) != "in" and c.any_low(i - 1) in c.words.index["of"]:
        return True
    if word in c.words.index["before"] and c.low(i) in c.words.index["in_"]:
        return True  # "in 24 hours before the flight"
    if word in c.words.index["after"] or word in c.words.index["before"]:
        return word != "from" and (
            following in c.words.completions
            or following in c.words.index["next"]
            or bool(following and c.tokens[j + 1].text[0].isupper())
        )
    if word in c.words.index["last"]:
        return bool(c.phrase("weekdays", j + 1) or c.phrase("units", j + 1))
    if is_repeat and word in c.words.exceptions:
        return True
    return bool(_RANGE.fullmatch(word)) or (
        (word in c.words.months or word in c.words.weekdays)
        and word not in c.words.weak
        and word != "may"
        and not read_when(c, j)
    )


def _is_listed(c: Context, j: int) -> bool:
    """And sep; to 10; - 14: another item, or the other end, that was not read with it."""
    word = c.any_low(j)
    if word not in c.words.range_words and word != ",":
        return False
    k = j + 1
    if word == "," and c.any_low(k) in c.words.index["and_"]:
        k += 1
    following = c.any_low(k)
    if word == ",":
        return following in c.words.months and not c.any_low(k + 1)[:1].isdigit()
    if following in c.words.months or following in c.words.weekdays:
        return following != "may"
    if not _SPAN.fullmatch(following):
        return False
    return word not in c.words.index["and_"] or c.edge(k + 1)


def _has_zone(c: Context, j: int, when: When) -> bool:
    """10:30 pst; 9am Denver time."""
    if when.time is None:
        return False
    word = c.any_low(j)
    if word in c.words.zones or (
        c.text[c.tokens[j].start : c.tokens[j].end] in c.words.short_zones if word else False
    ):
        return True
    return bool(word) and c.any_low(j + 1) == "time" and c.edge(j + 2)


def _describes(c: Context, i: int, j: int, when: When) -> bool:
    """Tuesday speech; Saturday Morning Cartoons; the slides for Friday standup; a 9am flight; tomorrow is another day."""
    if j >= len(c.tokens) or c.edge(j) or not c.tokens[j].text[0].isalpha():
        return False
    word, first = c.any_low(j), c.any_low(i)
    if i == 0:
        is_name = first in c.words.weekdays and c.tokens[j - 1].low in c.words.dayparts
        return word in c.words.copulas or is_name and c.tokens[j].text.istitle()
    if word in c.words.function_words or _may_go_on(c, j):
        return False
    before = c.tokens[i - 1]
    if before.taken or not before.free or c.edge(i - 1) or c.any_low(i - 1) in c.words.pronouns:
        return False
    if first in c.words.index["lead_in"]:
        # "for friday standup" is about the standup; "on friday call Bob" is a day
        is_about = first == "for" and c.low(i + 1) in c.words.weekdays
        return is_about and not c.tokens[j].text[0].isupper()
    if first in c.words.weekdays or c.tokens[j - 1].low in c.words.dayparts:
        return True
    if when.day is None and first[0].isdigit():
        return True
    return first in c.words.days and c.tokens[j].text.istitle() and c.tokens[j - 1].text.istitle()


def _may_go_on(c: Context, j: int) -> bool:
    """Whether another date or a repeat follows."""
    return bool(read_when(c, j) or c.phrase("every", j) or c.phrase("adverbs", j))


def _is_title(c: Context, i: int, j: int) -> bool:
    """The Day After Tomorrow; "Watch Wednesday"."""
    words = [token.text for token in c.tokens[i:j]]
    if (
        len(words) > 2
        and words[1:] == [word.title() for word in words[1:]]
        and c.low(i) in ("the", "day")
    ):
        return True
    return (
        words[0][0].isupper()
        and i == 1
        and c.any_low(0) in c.words.watching
        and words[0].isalpha()
    )


def _is_verse(c: Context, i: int, j: int) -> bool:
    """Luke 2:14: minutes that no clock is set to, after a name; or after a book, where somebody reads."""
    match = _MINUTES.fullmatch(c.any_low(i)) if j == i + 1 and i > 1 else None
    if not match or not c.tokens[i - 1].text[0].isupper():
        return False
    reads = c.any_low(0) in c.words.reading
    return int(match[1]) % 5 > 0 or (reads and c.any_low(i - 1) in c.words.books)
