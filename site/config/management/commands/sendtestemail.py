from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import sendtestemail


class Command(sendtestemail.Command):
    """Django's own would be content with a site that throws its mail away."""

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MAIL_CONFIGURED:
            raise CommandError("EMAIL_URL is not set: this site sends no mail.")
        super().handle(*args, **options)
