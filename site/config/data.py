"""Everything the site knows about a person, as one archive."""

from __future__ import annotations

import json
import tempfile
import zipfile
from typing import IO, Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder

from django_todos.exchange.exporter import export
from django_todos.models import Preferences

IN_MEMORY = 5_000_000


def archive(user: User) -> IO[bytes]:
    """A zip file of ``account.json`` and of ``todos.json``, which the import page reads."""
    preferences = Preferences.objects.filter(user=user.pk).first() or Preferences(user=user)
    todos = export(user, "json", tz=preferences.zone)
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("account.json", _text(_account(user)))
        with packed.open(todos.file_name, "w", force_zip64=True) as entry:
            for piece in todos.pieces:
                entry.write(piece.encode())
    file.seek(0)
    return file


def _account(user: User) -> dict[str, Any]:
    addresses = EmailAddress.objects.filter(user=user).order_by("pk")
    preferences = [
        {name: value for name, value in row.items() if name not in ("id", "user_id")}
        for row in Preferences.objects.filter(user=user.pk).values()
    ]
    return {
        "username": user.get_username(),
        "name": user.get_full_name(),
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "addresses": list(addresses.values("email", "verified", "primary")),
        "preferences": preferences[0] if preferences else {},
    }


def _text(values: dict[str, Any]) -> str:
    return json.dumps(values, indent=2, ensure_ascii=False, cls=DjangoJSONEncoder) + "\n"
