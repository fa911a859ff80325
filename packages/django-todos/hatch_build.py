"""Compile the catalogs when the package is built or installed to work in: what Django reads are .mo files."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogs(BuildHookInterface):
    """With Babel, because no bare machine has gettext's own programs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """A .mo beside each .po."""
        for path in Path(self.root, "src/django_todos/locale").glob("*/LC_MESSAGES/django.po"):
            with path.open("rb") as source, path.with_suffix(".mo").open("wb") as target:
                write_mo(target, read_po(source, locale=path.parent.parent.name))
