"""Notes as HTML. Asked for by those pages alone that show any: the libraries take 4 MB."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

# What notes may contain once rendered. No images: one from another host tells its owner who reads.
NOTES_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "hr", "li", "ol", "p",
    "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
NOTES_SCHEMES = {"http", "https", "mailto", "tel"}
_BARE_ADDRESS = re.compile(r"https?://[^\s<>\"“”]+[^\s<>\"“”.,:;!?'’)\]}]", re.IGNORECASE)


def clean_html(text: str) -> str:
    """Markdown with raw HTML off, then cleaned, so that neither alone must be perfect."""
    return nh3.clean(
        _markdown().render(text),
        tags=NOTES_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=NOTES_SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
    )


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True})
    parser.enable(["table", "strikethrough"])
    parser.core.ruler.push("todos_bare_links", _link_bare_addresses)
    return parser


def _link_bare_addresses(state: StateCore) -> None:
    """Make links of web addresses that stand in the text as they are."""
    for block in state.tokens:
        if block.type == "inline" and block.children:
            block.children = list(_with_links(block.children))


def _with_links(tokens: Iterable[Token]) -> Iterable[Token]:
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text" or inside:
            yield token
            continue
        place = 0
        for match in _BARE_ADDRESS.finditer(token.content):
            yield _text(token.content[place : match.start()])
            yield Token("link_open", "a", 1, attrs={"href": match[0]})
            yield _text(match[0])
            yield Token("link_close", "a", -1)
            place = match.end()
        yield _text(token.content[place:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)
