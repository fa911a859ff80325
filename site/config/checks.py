"""Refusing to start with an environment that can't work: one line for each thing to mend."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from config.environment import Problem
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning


def check_environment(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """What the settings found wrong with the environment, as system checks ``site.…``."""
    return [_message(problem) for problem in settings.SITE_PROBLEMS]


def _message(problem: Problem) -> CheckMessage:
    kind = Error if problem.is_error else Warning
    return kind(problem.message, hint=problem.hint, id=f"site.{problem.id}")


def stop_if_misconfigured() -> None:
    """Say each problem in one line on stderr; exit with 1 if the site can't run with it.

    For gunicorn, before a worker is started. Management commands say the same through Django's
    checks.
    """
    problems: list[Problem] = settings.SITE_PROBLEMS
    for problem in problems:
        level = "error" if problem.is_error else "warning"
        print(f"{level} site.{problem.id}: {problem.message} {problem.hint}", file=sys.stderr)
    if any(problem.is_error for problem in problems):
        sys.exit(1)
