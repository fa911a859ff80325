from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TodosConfig(AppConfig):
    """The app. Its label is ``django_todos``: ``todos`` is the commonest name of a host's own."""

    name = "django_todos"
    label = "django_todos"
    verbose_name = _("Todos")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django_todos import checks  # noqa: F401  registers the system checks
        from django_todos.models import departures

        departures.listen()
