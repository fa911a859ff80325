"""Which languages the pages and mails can be in."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings as project
from django.utils import translation
from django.utils.translation import get_language_info, pgettext

OURS = Path(__file__).parent.parent / "locale"


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
    """By what lies there: a catalog that is read stays in the process, and all of them are 8 MB."""
    if code.startswith("en") or _has_catalog(OURS, code):
        return True
    if not any(_has_catalog(folder, code) for folder in project.LOCALE_PATHS):
        return False
    with translation.override(code):
        # Translators: the code of the language of this catalog, as in the name of its folder: de, pt_BR
        return pgettext("this catalog's language", "en") != "en"


def _has_catalog(folder: str | Path, code: str) -> bool:
    """Also that of the language without its region, which Django falls back to."""
    names = {translation.to_locale(one) for one in (code, code.partition("-")[0])}
    return any(Path(folder, name, "LC_MESSAGES/django.mo").exists() for name in names)


def _own_name(code: str, name: str) -> str:
    try:
        known = get_language_info(code)
    except KeyError:  # a language of the host's own
        return name
    own: str = known["name_local"] if known["code"] == code else name
    return own[:1].upper() + own[1:]
