"""How mails are written and sent: each once, in batches, over one connection."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from django_todos._compat import mail_connection
from django_todos.conf import settings
from django_todos.models import Delivery
from django_todos.models.reminders import LEASE
from django_todos.wording.dates import written

if TYPE_CHECKING:
    from django_todos.viewer import Viewer

log = logging.getLogger("django_todos")

BATCH = 25
"""Mails that are claimed together, and written down as sent together. A worker that is killed may repeat so many."""


@dataclass
class MailCount:
    """How many mails a run sent, and how many it could not."""

    sent: int = 0
    failed: int = 0


class Outbox:
    """Sends claimed mails over one connection, which is opened anew after a failure.

    A context manager: what was sent is written down when it ends, however it ends.
    """

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.count = MailCount()
        self._connection: Any = None
        self._claimed: dict[str, Delivery] = {}
        self._sent: list[Delivery] = []
        self._until = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._record()
        self._close()

    def claim(self, keys: Mapping[str, Any]) -> set[str]:
        """Take on the next batch, given as keys with the users they are for: the keys that are this worker's to send."""
        self._record()
        self._claimed = Delivery.claim(keys, self.now)
        self._until = monotonic() + LEASE.total_seconds() / 2
        return set(self._claimed)

    def send(self, key: str, write: Callable[[], EmailMultiAlternatives | None] | None) -> bool:
        """Send a claimed mail; None where there turns out to be nothing to say. False where it is still to be sent.

        A batch that takes too long leaves its rest to whoever comes when the claim has run out.
        """
        delivery = self._claimed[key]
        if write is not None:
            return monotonic() < self._until and self._try(delivery, write)
        self._sent.append(delivery)
        return True

    def _try(self, delivery: Delivery, write: Callable[[], EmailMultiAlternatives | None]) -> bool:
        try:
            message = write()
            if message is None:
                self._sent.append(delivery)
                return True
            if self._connection is None:
                self._connection = mail_connection()
                self._connection.open()
            self._connection.send_messages([message])
        except Exception as error:  # whatever a backend or a template raises stops this one only
            log.warning("Mail %s was not sent: %s", delivery, error)
            self._close()
            delivery.failed(self.now, error)
            self.count.failed += 1
            return False
        self._sent.append(delivery)
        self.count.sent += 1
        return True

    def _record(self) -> None:
        if self._sent:
            Delivery.sent(self._sent, self.now)
            self._sent = []

    def _close(self) -> None:
        if self._connection is not None:
            try:
                self._connection.close()
            except Exception as error:  # it is given up anyway
                log.debug("Closing the mail connection failed: %s", error)
            self._connection = None


def compose(
    template: str,
    viewer: Viewer,
    context: dict[str, Any],
    *,
    to: str = "",
    headers: dict[str, str] | None = None,
) -> EmailMultiAlternatives:
    """A mail from the templates ``mail/<template>_subject.txt``, ``.txt`` and ``.html``, in its reader's language.

    To the viewer's own address, unless `to` names another. Text and HTML begin with ``mail/base``.
    """
    context = {"viewer": viewer, "base_url": settings.BASE_URL} | context
    with (
        translation.override(viewer.mail_language),
        timezone.override(viewer.zone),
        written(viewer.style),
    ):
        name = f"django_todos/mail/{template}"
        subject = " ".join(render_to_string(f"{name}_subject.txt", context).split())
        text = render_to_string(f"{name}.txt", context).strip() + "\n"
        html = render_to_string(f"{name}.html", context | {"subject": subject})
    headers = {"Auto-Submitted": "auto-generated", **(headers or {})}
    sender, address = settings.FROM_EMAIL, to or viewer.address
    message = EmailMultiAlternatives(subject, text, sender, [address], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def absolute(path: str) -> str:
    """A path of this project as a link for mails."""
    return settings.BASE_URL + path
