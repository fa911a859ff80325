#!/usr/bin/env python3
"""Bring the catalogs of the package and of the site to what the code says: scripts/messages.py [--add CODE] [--check].

With Babel instead of `makemessages`, whose xgettext no bare machine has. A new language is begun with --add. --check
writes nothing; it names what is missing, no longer there or broken, and fails.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {
    "django-todos": ROOT / "packages/django-todos/src/django_todos",
    "django-todos site": ROOT / "site",
}
KEYWORDS = DEFAULT_KEYWORDS | {
    f"{name}_lazy": DEFAULT_KEYWORDS[name] for name in ("gettext", "ngettext", "pgettext")
}
NOT_SAID = {"tests", "e2e", "migrations", "static"}
NOTE = ["Translators:"]
PLACE = re.compile(r"%\(\w+\)\w|\{\w*\}")


def found(folder: Path) -> Iterator[tuple[Any, list[str], str | None]]:
    """Every message of the room: itself or its forms, what is said to translators, the context."""
    for path in sorted(folder.rglob("*.*")):
        inside = path.relative_to(folder).parts
        if path.suffix not in {".py", ".html", ".txt"} or NOT_SAID.intersection(inside):
            continue
        text = path.read_text()
        if (
            path.suffix != ".py"
        ):  # what Django makes of it, without the indentation that Python would read
            text = "\n".join(line.strip() for line in templatize(text).splitlines())
        for _line, message, notes, context in extract(
            "python", BytesIO(text.encode()), KEYWORDS, NOTE
        ):
            yield message, notes, context


def said_of(project: str) -> dict[str, Any]:
    """What stands at the head of a catalog; no dates, so that it changes with its words alone."""
    when = datetime(2026, 1, 1, tzinfo=UTC)
    team = {"last_translator": "the django-todos contributors", "language_team": "django-todos"}
    header = f"# {project}, under the same licence."
    dates = {"creation_date": when, "revision_date": when}
    return {
        "project": project,
        "version": "",
        "header_comment": header,
        "fuzzy": False,
        **team,
        **dates,
    }


def template_of(project: str, folder: Path) -> Catalog:
    """What the code says, untranslated."""
    catalog = Catalog(**said_of(project))
    for message, notes, context in found(folder):
        catalog.add(message, auto_comments=notes, context=context)
    return catalog


def read(path: Path) -> Catalog:
    """A catalog, in the language that its folder is named after."""
    with path.open("rb") as source:
        return read_po(source, locale=path.parent.parent.name)


def written(catalog: Catalog) -> bytes:
    """The catalog as a file."""
    target = BytesIO()
    write_po(target, catalog, width=100, sort_output=True, no_location=True, omit_header=False)
    return target.getvalue()


def updated(path: Path, template: Catalog) -> Catalog:
    """The catalog with what is new, without what is gone; nothing is guessed."""
    catalog = read(path)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    catalog.obsolete.clear()
    return catalog


def faults(path: Path, catalog: Catalog) -> Iterator[str]:
    """What keeps a catalog from being complete."""
    if written(catalog) != path.read_bytes():
        yield "is not what the code says: run scripts/messages.py"
    for message in catalog:
        if not message.id:
            continue
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy or not all(said):
            yield f"lacks {message.id!r}"
            continue
        # "One" may be a word; the last form says the number, and may be the only one.
        source = str(message.id[-1] if message.pluralizable else message.id)
        offered = set(PLACE.findall(" ".join(message.auto_comments)))
        if set(PLACE.findall(source)) != set(PLACE.findall(str(said[-1]))) - offered:
            yield f"has other placeholders: {message.id!r}"
        if message.pluralizable:  # the first form may be every number's, or that of 21, too
            message.id = [source, source]
        yield from (f"{error}: {message.id!r}" for error in message.check(catalog))


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--add", metavar="CODE", help="begin a language: de, pt_BR")
    options.add_argument("--check", action="store_true")
    asked = options.parse_args()
    settings.configure()
    wrong = 0
    for project, folder in ROOMS.items():
        template = template_of(project, folder)
        if asked.add:
            new = folder / "locale" / str(Locale.parse(asked.add)) / "LC_MESSAGES/django.po"
            new.parent.mkdir(parents=True, exist_ok=True)
            if not new.exists():
                new.write_bytes(written(Catalog(locale=asked.add, **said_of(project))))
        for path in sorted(folder.glob("locale/*/LC_MESSAGES/django.po")):
            catalog = updated(path, template)
            if not asked.check:
                path.write_bytes(written(catalog))
            for fault in faults(path, catalog):
                wrong += 1
                print(f"{path.relative_to(ROOT)} {fault}", file=sys.stderr)
    return int(asked.check and bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
