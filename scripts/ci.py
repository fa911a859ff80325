#!/usr/bin/env python3
"""Every `run:` step of the hosted pipeline that can run here, in its order: `make ci`.

The steps are read from .github/workflows/ci.yml, a matrix's for each of its rows. The rest is named with its reason.
No service is started here: a value that only the runner knows is left out, and scripts/postgres.py takes its place.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import yaml

ROOT = Path(__file__).resolve().parent.parent
EXPRESSION = re.compile(r"\$\{\{\s*(?:matrix\.)?(.*?)\s*\}\}")
HOSTED = re.compile(r"secrets\.|vars\.|steps\.|needs\.|github\.(?:token|ref)|IMAGE_NAME")


class Step(NamedTuple):
    """One command, with its job, what the job gives it, and why it can't run here."""

    job: str
    command: str
    given: dict[str, str]
    obstacle: str


def steps(workflow: dict[str, Any]) -> list[Step]:
    """All that a workflow runs, in order."""
    return [
        read(job, row, step)
        for job in workflow["jobs"].values()
        for row in job.get("strategy", {}).get("matrix", {}).get("include", [{}])
        for step in job.get("steps", [])
        if "run" in step
    ]


def read(job: dict[str, Any], row: dict[str, str], step: dict[str, Any]) -> Step:
    """One step for one row of its job's matrix."""

    def fill(value: object) -> str:
        return EXPRESSION.sub(lambda match: row.get(match[1], match[0]), str(value))

    values = {
        name: fill(value) for name, value in (job.get("env", {}) | step.get("env", {})).items()
    }
    given = {name: value for name, value in values.items() if "${{" not in value}
    hosted = "needs what the hosted run alone has" if HOSTED.search(str(step)) else ""
    return Step(fill(job["name"]), step["run"], given, hosted or obstacle(step["run"], row))


def obstacle(command: str, row: dict[str, str]) -> str:
    """Why a command can't run on this machine; empty when it can."""
    if command.startswith("sudo "):
        return "installs on the machine"
    if "audit" in command:
        return "needs the advisory service"
    if re.search("image|load", command) and not works("docker", "info"):
        return "needs a container engine"
    python = f"python{row.get('python', '3')}"
    return "" if works(python, "--version") else f"{python} is not here"


@functools.cache
def works(*command: str) -> bool:
    """Whether a program is here and answers."""
    there = shutil.which(command[0])
    return bool(there) and not subprocess.run(command, capture_output=True).returncode


def main() -> int:
    """Run them; one that fails makes all fail."""
    states, lines = [], []
    for step in steps(yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())):
        print(f"\n=== {step.job}: {step.command}", flush=True)
        began, state = time.monotonic(), "not run"
        if not step.obstacle:
            given = {**os.environ, **step.given}
            # The shell of the runner reads these lines too.
            done = subprocess.run(step.command, shell=True, cwd=ROOT, env=given)  # nosec B602
            state = "failed" if done.returncode else "passed"
        states.append(state)
        note = step.obstacle or f"{time.monotonic() - began:.0f} s"
        lines.append(f"{state:<7}  {step.job}: {step.command} ({note})")
    print("", *lines, sep="\n")
    print(f"{states.count('passed')} passed, {states.count('failed')} failed")
    return 1 if "failed" in states or "passed" not in states else 0


if __name__ == "__main__":
    sys.exit(main())
