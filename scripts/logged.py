#!/usr/bin/env python3
"""Run a command, show what it prints and keep a copy, so that checks.py can count the tests in it.

scripts/logged.py .tox/results/site.log python manage.py test
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def main(log: Path, command: list[str]) -> int:
    """Copy the command's output line by line; its exit code is ours."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("wb") as copy,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            copy.write(line)
            sys.stdout.buffer.write(line)
            sys.stdout.buffer.flush()
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
