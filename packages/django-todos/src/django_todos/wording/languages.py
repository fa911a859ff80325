"""Which languages the pages and mails can be in."""

from __future__ import annotations

from django.conf import settings as project
from django.utils import translation
from django.utils.translation import get_language_info, pgettext


def spoken() -> list[tuple[str, str]]:
    """The languages of the project (``LANGUAGES``) that somebody can choose here: code, and its name in itself.

    Those in which a catalog says our words: ours, or one of the host's in ``LOCALE_PATHS``.
    """
    return [
        (code, _own_name(code, str(name))) for code, name in project.LANGUAGES if _is_spoken(code)
    ]


def may_be(code: str) -> bool:
    """Whether the project knows the language: a choice is kept when a host takes one away and brings it back."""
    return bool(code) and code in dict(project.LANGUAGES)


def _is_spoken(code: str) -> bool:
    with translation.override(code):
        # Translators: the code of the language of this catalog, as in the name of its folder: de, pt_BR
        return code.startswith("en") or pgettext("this catalog's language", "en") != "en"


def _own_name(code: str, name: str) -> str:
    try:
        known = get_language_info(code)
    except KeyError:  # a language of the host's own
        return name
    own: str = known["name_local"] if known["code"] == code else name
    return own[:1].upper() + own[1:]
