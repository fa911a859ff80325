"""Refusing to start with an environment that can't work: one line for each thing to mend."""

import sys
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, register


@register
def check_environment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """What the settings found wrong with the environment, as system checks ``site.…``."""
    return list(settings.SITE_PROBLEMS)


def stop_if_misconfigured() -> None:
    """For what starts without Django's checks: each problem on stderr; exit 1 if one is an error."""
    for problem in settings.SITE_PROBLEMS:
        level = "error" if problem.is_serious() else "warning"
        print(f"{level} {problem.id}: {problem.msg} {problem.hint}", file=sys.stderr)
    if any(problem.is_serious() for problem in settings.SITE_PROBLEMS):
        sys.exit(1)
