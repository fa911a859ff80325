"""What the person turned back into words."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeAlias

from ..limits import MAX_KEPT
from .tokens import Token, raw_words, split_word

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
