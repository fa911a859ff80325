#!/usr/bin/env python
"""The site's command line; ``run`` and ``test`` need nothing from the environment."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    command = "".join(sys.argv[1:2])
    if command == "run":
        os.environ.setdefault("LOCAL", "true")
    settings = "tests.settings" if command == "test" else "config.settings"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", settings)
    execute_from_command_line(sys.argv)
