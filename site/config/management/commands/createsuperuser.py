from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User


class Command(createsuperuser.Command):
    help = "An administrator, whose address counts as confirmed: who may run this is believed."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        user = User.objects.filter(is_superuser=True).latest("pk")
        if user.email and not EmailAddress.objects.filter(user=user).exists():
            address = EmailAddress(user=user, email=user.email.lower(), primary=True)
            address.verified = address.can_set_verified()
            address.save()
