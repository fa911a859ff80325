import sys

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import register


class SiteConfig(AppConfig):
    """The site as an app: it brings system checks and commands."""

    name = "config"

    def ready(self) -> None:
        from config import events  # noqa: F401

        register(lambda **kwargs: settings.SITE_PROBLEMS)


def stop_if_misconfigured() -> None:
    """For what starts without Django's checks: each problem on stderr; exit 1 if one is an error."""
    for problem in settings.SITE_PROBLEMS:
        level = "error" if problem.is_serious() else "warning"
        print(f"{level} {problem.id}: {problem.msg} {problem.hint}", file=sys.stderr)
    if any(problem.is_serious() for problem in settings.SITE_PROBLEMS):
        sys.exit(1)
