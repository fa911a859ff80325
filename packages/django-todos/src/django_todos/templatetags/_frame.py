"""What a page of a host needs around ours: styles, scripts, htmx and the frame. Registered in `django_todos`."""

from __future__ import annotations

import inspect
from typing import Any

from django.template import Context, Node, NodeList, TemplateSyntaxError
from django.template.base import Parser, Token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django_htmx.jinja import htmx_script

from django_todos._compat import csp_nonce
from django_todos.templatetags._remembered import Remembered, engine_of

PAGE_STYLES = (
    "base", "frame", "controls", "menu", "quick", "rows", "days", "messages", "keyboard", "lists", "search",
    "modes",
)  # fmt: skip
PAGE_SCRIPTS = ("page", "send", "rows", "messages", "quick", "panel", "menus", "keys", "back")
WIDGET_STYLES = ("base", "controls", "quick", "rows", "messages", "widget")
WIDGET_SCRIPTS = ("widget",)
# It evaluates no text as a program and brings no style of its own: so the pages hold under a strict policy.
_HTMX_CONFIG = mark_safe(  # nosec B308 B703: a constant
    '<meta name="htmx-config" content=\'{'
    '"allowEval": false, "includeIndicatorStyles": false, "selfRequestsOnly": true, "historyCacheSize": 0}\'>'
)
_CHOOSES_VERSION = "version" in inspect.signature(htmx_script).parameters


def todos_styles(context: Context, names: str = "") -> SafeString:
    """The stylesheets of a page, or those of these names."""
    chosen = names.split() or [*PAGE_STYLES, *(["selection"] if context.get("select") else [])]
    return _links(context, "styles", tuple(chosen))


def todos_scripts(context: Context, names: str = "") -> SafeString:
    """The scripts of a page, or those of these names; each is a module."""
    return _links(context, "scripts", tuple(names.split()) or PAGE_SCRIPTS)


def _links(context: Context, part: str, names: tuple[str, ...]) -> SafeString:
    values = {"names": names, "has_nonce": _nonce(context) is not None}
    return Remembered(engine_of(context), part).text(values, context)


def _nonce(context: Context) -> str | None:
    """The page's; a page that has one is good for one answer."""
    nonce = csp_nonce(context)
    request: Any = getattr(context, "request", None)
    if nonce is not None and request is not None:
        request.todos_kept = False
    return nonce


def todos_htmx(context: Context) -> SafeString:
    """htmx 2, set up: django-htmx 1.28 and later brings two major versions and has to be told which."""
    options: dict[str, Any] = {"nonce": _nonce(context)}
    if _CHOOSES_VERSION:
        options["version"] = 2
    return format_html("{}\n{}", _HTMX_CONFIG, htmx_script(**options))


def todos_head(context: Context, htmx: bool = True) -> SafeString:
    """All that the head of a host's own base needs: on our pages everything, else what lists on its pages need.

    `htmx` False: the page has an htmx already.
    """
    request = getattr(context, "request", None)
    match = getattr(request, "resolver_match", None)
    if match is None or "django_todos" not in match.app_names:
        styles, scripts = " ".join(WIDGET_STYLES), " ".join(WIDGET_SCRIPTS)
        parts = [todos_styles(context, styles), todos_scripts(context, scripts)]
    else:
        parts = [todos_styles(context), todos_scripts(context)]
        parts[1:1] = [todos_htmx(context)] if htmx else []
    return format_html_join("\n", "{}", ((part,) for part in parts))


class FrameNode(Node):
    """``{% todos_frame %}…{% endtodos_frame %}``: the way around, and what a page needs, around the page."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        """The page first, then the frame around it."""
        content = self.nodelist.render(context)
        engine = engine_of(context)
        with context.push(content=content):
            return engine.get_template("django_todos/frame.html").render(context)


def todos_frame(parser: Parser, token: Token) -> FrameNode:
    """The blocks of our pages stand between this tag and its end."""
    if len(token.split_contents()) > 1:
        raise TemplateSyntaxError("todos_frame takes no arguments.")
    nodelist = parser.parse(("endtodos_frame",))
    parser.delete_first_token()
    return FrameNode(nodelist)
