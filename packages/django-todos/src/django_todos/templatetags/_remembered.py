"""Parts whose text is remembered. Registered in `django_todos`.

Such a part is a pure function: while it is rendered it can read what it is given and nothing else, and what it is given
is what its text is remembered by, with the language, the addresses' prefix and the template itself (a host's own is
another one). So there is nothing that could be out of date, and nobody sees what was made for somebody else unless
both are given the very same values. In the process, bounded; `TODOS_REMEMBERED_PARTS` says how many.

What is another one each time leaves a hole in the text, which is filled afterwards: the token of a form, the nonce of the
policy, and the parts that are there for a host. Where the whole page is kept (views/_kept.py) it has holes, too.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Hashable, Sized
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.conf import settings as project
from django.contrib.staticfiles.storage import StaticFilesStorage, staticfiles_storage
from django.core.signals import setting_changed
from django.template import Context, Engine
from django.template.loaders import cached
from django.templatetags.static import static
from django.urls import get_script_prefix, get_urlconf
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from django_todos._compat import csp_nonce
from django_todos.conf import settings
from django_todos.wording.dates import style_in_force

_Made = TypeVar("_Made", bound=Sized)


class Memory(Generic[_Made]):
    """Texts by what they were made of. The older half is forgotten at once: no lock, and no order to be kept.

    A long text counts as several, so that nobody fills the memory with addresses of 4,000 characters.
    """

    def __init__(self) -> None:
        self._new: dict[Hashable, _Made] = {}
        self._old: dict[Hashable, _Made] = {}
        self._count = 0  # of the newer half

    def get(self, key: Hashable, size: int) -> _Made | None:
        """The text, which is young again."""
        found = self._new.get(key)
        if found is None and (found := self._old.get(key)) is not None:
            self.put(key, found, size)
        return found

    def clear(self) -> None:
        """Forgets all of it."""
        self._new, self._old, self._count = {}, {}, 0

    def put(self, key: Hashable, text: _Made, size: int) -> None:
        """Remembers it, and at most `size` in all."""
        if self._count >= size // 2:
            self._old, self._new, self._count = self._new, {}, 0
        self._new[key] = text
        self._count += 1 + len(text) // _LENGTH


_LENGTH = 1024
"""Of a text that counts as one."""
memory: Memory[SafeString] = Memory()
MARK = secrets.token_hex(8)
"""On both sides of a hole's name: nobody can write what nobody knows."""
_HOLE = re.compile(rf"{MARK}(\w+){MARK}")
# A template's own, with the indentation: a list of 50 weighs 88 kB without them, 94 with.
_LINE_BREAKS = re.compile(r"\s*\n\s*")
# Settings are read where they are shown. They stay as they are while a process lives, but in tests.
setting_changed.connect(lambda **_: memory.clear(), weak=False)


class _Holed(Context):
    """The context of a text whose holes are filled afterwards."""


class Remembered:
    """A part, and what its text depends on beside the values that it shows: the same for all rows of a page."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._template = engine.get_template(f"django_todos/parts/{name}.html")
        self._engine = engine
        self._size = size_in(engine)
        self._where = (self._template, where())

    def text(self, values: dict[str, Any], page: Context | None = None) -> SafeString:
        """The part with these values, and no other context but in its holes (`page`).

        Each can be hashed; or it says by `remembered_by` what it shows, as a form, which would be too much to keep.
        """
        # With their types: 1 and True are equal and look different, a text that is safe is equal to one that isn't.
        given = tuple(
            (name, type(value), getattr(value, "remembered_by", value))
            for name, value in values.items()
        )
        key = (self._where, page is None, given)
        found = memory.get(key, self._size) if self._size else None
        if found is None:
            escapes = self._engine.autoescape
            if page is None:
                shown = Context(values, autoescape=escapes)
            else:
                shown = _Holed({"csrf_token": TOKEN, **values}, autoescape=escapes)
            text = self._template.render(shown)
            found = mark_safe(_LINE_BREAKS.sub(" ", text))  # nosec B308 B703: rendered just there
            if self._size:
                memory.put(key, found, self._size)
        return found if page is None else _filled(found, page)


def size_in(engine: Engine) -> int:
    """How much is remembered of an engine's templates.

    Loaders that don't keep them make a new one each time, by which nothing would be found again; or have another one.
    """
    keeps = all(isinstance(loader, cached.Loader) for loader in engine.template_loaders)
    return settings.REMEMBERED_PARTS if keeps else 0


def where() -> Hashable:
    """What any text depends on that shows words or addresses."""
    return _language(), style_in_force(), get_script_prefix(), get_urlconf(), _static()


def _filled(text: SafeString, page: Context) -> SafeString:
    if MARK not in text:
        return text
    # Each was escaped, or rendered as a template.
    return mark_safe(_HOLE.sub(lambda hole: _in_hole(hole[1], page), text))  # nosec B308 B703


def _in_hole(name: str, page: Context) -> str:
    if (
        page.get("csrf_token") is TOKEN and name != "nonce"
    ):  # filled with the rest, when it is shown
        return mark(name)
    if name == "token":
        return escape(page.get("csrf_token", ""))
    if name == "nonce":
        return escape(csp_nonce(page))
    return engine_of(page).get_template(f"django_todos/parts/{name}.html").render(page)


def _language() -> Hashable:
    """The language in force: its catalog, of which there is another when a file of it was changed meanwhile."""
    if not project.USE_I18N:
        return get_language()
    from django.utils.translation.trans_real import catalog

    return catalog()


def _static() -> str:
    """One address of a static file, where they don't last as long as a process: signed for an hour, or a tenant's own."""
    installed = apps.is_installed("django.contrib.staticfiles")
    lasting = not installed or isinstance(staticfiles_storage, StaticFilesStorage)
    return "" if lasting else static("django_todos/css/base.css")


def engine_of(context: Context) -> Engine:
    """The engine of the template that is being rendered."""
    assert context.template is not None, "bound while it renders"
    return context.template.engine


def todos_part(context: Context, name: str, **values: Any) -> SafeString:
    """``{% todos_part "tabs" current=nav.current %}``: a part that shows these values and is remembered by them."""
    return Remembered(engine_of(context), name).text(values, context)


def todos_hole(context: Context, name: str) -> SafeString:
    """``{% todos_hole "nav_links" %}``, in a part that is remembered: a part of a host's, made each time anew.

    Filled at once where nothing will fill it, as in a part of ours that a host includes: nobody is shown the mark.
    """
    if isinstance(context, _Holed):
        return mark(name)
    return mark_safe(_in_hole(name, context))  # nosec B308 B703: escaped, or rendered


def mark(name: str) -> SafeString:
    """What stands in a text in place of a hole."""
    return mark_safe(f"{MARK}{name}{MARK}")  # nosec B308 B703: names of ours


TOKEN = mark("token")
"""In a page that is kept as a whole, in place of each form's token; and that says that its holes are filled later."""
