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
from django.template import Engine, Origin, Template, TemplateDoesNotExist, loader
from django.utils.cache import get_conditional_response

from django_todos._compat import has_nonce
from django_todos.models import Preferences
from django_todos.models.compiled import Compiled, Slot
from django_todos.models.querysets import object_types
from django_todos.templatetags._remembered import MARK, TOKEN, Memory, mark, size_in, where
from django_todos.viewer import Viewer
from django_todos.views._nav import Nav
from django_todos.views._page import Request, frame_of
from django_todos.wording.people import names_noted, names_of

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
    names: dict[Any, tuple[str, str]]
    """What others are called whom it names."""

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
            page = _pages.get(key)
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
                names.pop(request.todos_viewer.user.pk, None)
                page = _Kept(zlib.compress(text, 1), digest, here, holes, names)
                _pages.put(key, page, size)
            return _answer(request, page)

        return answered

    return decorate


def _answer(request: Request, page: _Kept) -> HttpResponseBase:
    """The page with a fresh token; or that the browser has it, with a token that is still good."""
    parts = _in_holes(request, page.holes, page.current)
    get_token(request)  # makes the secret, where this is the first page of a session
    known = repr((page.digest, parts, request.META["CSRF_COOKIE"]))
    etag = f'"{hashlib.sha256(known.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = HttpResponse(_filled(request, zlib.decompress(page.text), parts))
    response.headers["ETag"] = etag
    return response


def _in_holes(request: Request, holes: list[str], current: str) -> dict[str, str]:
    request.todos_nav.current = current
    frame = frame_of(request, current) | {"nav": request.todos_nav, "csrf_token": TOKEN}
    return {
        name: loader.render_to_string(f"django_todos/parts/{name}.html", frame, request)
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
    if base not in _is_ours:
        _is_ours.clear()
        names = (path.relative_to(_TEMPLATES).as_posix() for path in _TEMPLATES.rglob("*.html"))
        _is_ours[base] = all(
            Path(_origin(base.engine, name).name).is_relative_to(_TEMPLATES)
            for name in names
            if Path(name).stem not in (*HOLES, *_NOT_SHOWN)
        )
    return size_in(base.engine) // 2 if _is_ours[base] else 0


def _base() -> Template:
    found: Any = loader.get_template("django_todos/base.html")
    return cast(Template, found.template)


def _origin(engine: Engine, name: str) -> Origin:
    """Where a template comes from; it is not made for that."""
    for source in engine.template_loaders:
        for origin in source.get_template_sources(name):
            with suppress(TemplateDoesNotExist):
                origin.loader.get_contents(origin)  # type: ignore[union-attr]  # a loader's own
                return origin
    raise TemplateDoesNotExist(name)


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


def _values(row: Model) -> list[str]:
    unread = row.get_deferred_fields()
    fields = (field for field in row._meta.concrete_fields if field.attname not in unread)
    return [field.value_to_string(row) for field in fields]


def _clock(viewer: Viewer) -> Any:
    """Where clocks change, times of the day come twice or not at all: nothing made in these hours is shown again."""
    hours = (timedelta(hours=n) for n in (-3, 0, 3))
    offsets = {(viewer.now + some).astimezone(viewer.zone).utcoffset() for some in hours}
    return viewer.now if len(offsets) > 1 else None


def _are_called(names: dict[Any, tuple[str, str]]) -> bool:
    """Whether these people are still called so."""
    if not names:
        return True
    keys = list(names)
    size = next((size for size in (1, 8, 64) if size >= len(keys)), 0)
    users: Iterable[Any] = get_user_model()._base_manager.filter(pk__in=keys)
    if size:
        keys += keys[:1] * (size - len(keys))
        users = _PEOPLE.rows({f"user{n}": pk for n, pk in enumerate(keys)}, size)
    return {user.pk: names_of(user) for user in users} == names


def _people(size: int) -> QuerySet[Any]:
    users = get_user_model()
    slots: Any = [Slot(f"user{n}", users._meta.pk) for n in range(size)]
    return users._base_manager.filter(pk__in=slots)


_PEOPLE: Compiled[QuerySet[Any]] = Compiled(Preferences, _people)
