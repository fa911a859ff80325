"""Pages that are kept as a whole: made once, and shown until anything that they show is another.

A page is known by all that it was made from: who looks, with their preferences, the day and the address; and of each of
their lists the version, which every write raises. What the versions don't tell is in the key too (what `more` reads, how
much went by on the clock) or asked again each time (what others are called). So nothing can be out of date. A browser
that has the page is told so (304): by what it holds, so that any process, and any release, can tell.

A host's own parts of every page (HOLES) are made each time, and told in the tag. Where it replaces other templates, gives
each page a nonce, or has lists about its own objects, none is kept: pages are made from remembered parts each time.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Hashable, Iterable
from contextlib import suppress
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, cast

from django.contrib.auth import get_user_model
from django.core.signals import setting_changed
from django.db.models import Model, QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.template import (
    Origin,
    Template,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    engines,
    loader,
)
from django.template.context import make_context
from django.utils.cache import get_conditional_response
from django.utils.safestring import SafeString

from django_todos._compat import has_nonce
from django_todos.models.compiled import Compiled, OneOf
from django_todos.models.querysets import object_types
from django_todos.templatetags._remembered import MARK, TOKEN, Memory, mark, size_in, where
from django_todos.viewer import Viewer
from django_todos.views._nav import Nav
from django_todos.views._page import Request, frame_of
from django_todos.wording.people import Names, names_noted, names_of

_View = Callable[..., HttpResponseBase]
_TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
HOLES = ("head_links", "nav_links", "account_links", "foot_links")
"""A host's own parts of every page, which are made each time."""
_NOT_SHOWN = ("brand", "invitation_links", "settings_links", "settings_sections")
"""Parts for a host that stand on no page that is kept."""


class _Kept(NamedTuple):
    """A page: its text, packed, with marks where tokens and a host's parts stand."""

    text: bytes
    digest: str
    current: str
    """What the sidebar marks."""
    holes: list[str]
    names: dict[Any, Names | None]
    """What those are called whom it names; its viewer only where that is not what the key says."""

    def __len__(self) -> int:
        return len(self.text)


_pages: Memory[_Kept] = Memory()
_is_ours: dict[Template, bool] = {}


def _forget(**kwargs: Any) -> None:
    _pages.clear()
    _is_ours.clear()


setting_changed.connect(_forget)


def kept(more: Callable[..., Iterable[Model]] | None = None) -> Callable[[_View], _View]:
    """A view whose page is kept; below `signed_in`.

    `more` reads, from the view's arguments, rows that it shows and of which no list knows: the view finds them on the
    request (``todos_more``). A view sets ``request.todos_kept`` to False for a page that can't be kept.
    """

    def decorate(view: _View) -> _View:
        @wraps(view)
        def answered(request: Request, **kwargs: Any) -> HttpResponseBase:
            size = _room(request)
            if not size:
                return view(request, **kwargs)
            request.todos_more = more(request, **kwargs) if more else []
            key = _key(request, view.__name__)
            page = _pages.get(key, size)
            if page is None or not _are_called(page.names):
                request.todos_kept = True
                with names_noted() as names:
                    response = cast(HttpResponse, view(request, **kwargs))
                text, here = response.content, request.todos_nav.current
                holes = [one for one in HOLES if mark(one).encode() in text]
                if not request.todos_kept or response.status_code != 200:
                    response.content = _filled(request, text, _in_holes(request, holes, here))
                    return response
                # A mark is another one in each process.
                digest = hashlib.sha256(text.replace(MARK.encode(), b"")).hexdigest()
                me = request.todos_viewer.user
                if names.get(me.pk) == names_of(me):
                    del names[me.pk]
                page = _Kept(zlib.compress(text, 1), digest, here, holes, names)
                _pages.put(key, page, size)
            return _answer(request, page)

        return answered

    return decorate


def _answer(request: Request, page: _Kept) -> HttpResponseBase:
    """The page with a fresh token; or that the browser has it, with a token that is still good."""
    parts = _in_holes(request, page.holes, page.current)
    get_token(request)  # makes the secret, where this is the first page of a session
    known = repr((page.digest, parts, request.META["CSRF_COOKIE"])).replace(MARK, "")
    etag = f'"{hashlib.sha256(known.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(_filled(request, zlib.decompress(page.text), parts))
    response.headers["ETag"] = etag
    return response


def _in_holes(request: Request, holes: list[str], current: str) -> dict[str, str]:
    request.todos_nav.current = current
    # Equal to TOKEN, and not it: a part of ours within one of the host's has its own holes filled at once.
    frame = frame_of(request, current) | {
        "nav": request.todos_nav,
        "csrf_token": SafeString(TOKEN),  # nosec B703: ours
    }
    engine = _base().engine
    return {
        name: engine.get_template(f"django_todos/parts/{name}.html").render(
            make_context(dict(frame), request, autoescape=engine.autoescape)
        )
        for name in holes
    }


def _filled(request: Request, text: bytes, parts: dict[str, str]) -> bytes:
    for name, part in (*parts.items(), ("token", get_token(request))):
        text = text.replace(mark(name).encode(), part.encode())
    return text


def _room(request: Request) -> int:
    """How much may be kept; nothing for this request where something else has a part in its page."""
    has_message = any(name in request.GET for name in ("done", "undone", "kept"))
    if request.method == "POST" or has_message or has_nonce(request) or object_types():
        return 0
    base = _base()
    size = size_in(base.engine) // 2
    if not size:  # no template stays: to look at all of them would cost more than the page
        return 0
    is_ours = _is_ours.get(base)
    if is_ours is None:
        names = (path.relative_to(_TEMPLATES).as_posix() for path in _TEMPLATES.rglob("*.html"))
        is_ours = all(
            _is_found_in(base, name)
            for name in names
            if Path(name).stem not in (*HOLES, *_NOT_SHOWN)
        )
        _is_ours.clear()
        _is_ours[base] = is_ours
    return size if is_ours else 0


def _base() -> Template:
    found: Any = loader.get_template("django_todos/base.html")
    return cast(Template, found.template)


def _is_found_in(base: Template, name: str) -> bool:
    """Whether a template is ours: the first that any engine finds, and in that of our base."""
    for backend in engines.all():
        engine = getattr(backend, "engine", None)
        if engine is not None:
            if (origin := _origin(engine, name)) is not None:
                return engine is base.engine and Path(origin.name).is_relative_to(_TEMPLATES)
        elif _is_hosts(backend, name):
            return False
    return False


def _is_hosts(backend: Any, name: str) -> bool:
    """Whether an engine that is not Django's finds one of this name, and be it one that it can't read."""
    with suppress(TemplateDoesNotExist):
        with suppress(TemplateSyntaxError):
            backend.get_template(name)
        return True
    return False


def _origin(engine: Any, name: str) -> Origin | None:
    """Where a template comes from; it is not made for that."""
    for source in engine.template_loaders:
        for origin in source.get_template_sources(name):
            with suppress(TemplateDoesNotExist):
                origin.loader.get_contents(origin)
                return cast(Origin, origin)
    return None


def _key(request: Request, name: str) -> Hashable:
    viewer = request.todos_viewer
    request.todos_nav = Nav(viewer, "")
    sent = (request.headers.get(one) for one in ("HX-Request", "HX-Boosted", "Todos-Current"))
    seen = (
        name,
        (request.scheme, request.get_host(), request.get_full_path(), *sent),
        [_values(row) for row in (viewer.user, viewer.preferences, *request.todos_more)],
        (names_of(viewer.user), viewer.region),
        _clock(viewer),
        request.todos_nav.seen,
    )
    return _base(), where(), hashlib.sha256(repr(seen).encode()).digest()


def _values(row: Model) -> list[str | None]:
    unread = row.get_deferred_fields()
    fields = (field for field in row._meta.concrete_fields if field.attname not in unread)
    # Some fields can't write None.
    return [
        None if field.value_from_object(row) is None else field.value_to_string(row)
        for field in fields
    ]


def _clock(viewer: Viewer) -> Any:
    """Where clocks change, times of the day come twice or not at all: nothing made in these hours is shown again."""
    hours = (timedelta(hours=n) for n in (-3, 0, 3))
    offsets = {(viewer.now + some).astimezone(viewer.zone).utcoffset() for some in hours}
    return viewer.now if len(offsets) > 1 else None


def _are_called(names: dict[Any, Names | None]) -> bool:
    """Whether these people are still called so."""
    if not names:
        return True
    return {user.pk: names_of(user) for user in _people({"users": names})} == names


@Compiled
def _people() -> QuerySet[Any]:
    users = get_user_model()
    return users._base_manager.filter(OneOf("pk", users, "users"))
