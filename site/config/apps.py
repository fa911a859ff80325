from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The site as an app: it brings the system checks, the cache table and the command `run`."""

    name = "config"
    label = "site"
    verbose_name = "Site"

    def ready(self) -> None:
        from config.checks import check_environment
        from django.core import checks

        checks.register(check_environment)
