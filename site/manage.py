#!/usr/bin/env python
"""The site's command line; ``run`` and ``test`` need nothing from the environment."""

from __future__ import annotations

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "run":
        os.environ.setdefault("LOCAL", "true")
    elif command == "test":
        from tests.environment import prepare

        prepare()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
