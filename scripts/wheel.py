#!/usr/bin/env python3
"""Build the wheel and the sdist so that the same commit gives the same bytes wherever it is built.

    scripts/wheel.py dist            build into dist/
    scripts/wheel.py --twice dist    build in two folders, fail unless the bytes are equal

The build backend is pinned in the package's pyproject.toml (its version is written into the wheel),
and the time of every file in the archives is hatchling's own constant, whoever builds.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "packages" / "django-todos"
EPOCH = "1580601600"  # what hatchling takes when SOURCE_DATE_EPOCH is not set
IGNORED = shutil.ignore_patterns("__pycache__", "*.pyc", "*.egg-info", ".*_cache", ".hypothesis")


def build(out: Path) -> dict[str, str]:
    """Build a copy of the package in a folder of its own; returns each file's SHA-256."""
    with tempfile.TemporaryDirectory(prefix="todos-wheel-") as folder:
        # The repository's .gitignore is copied along: it decides what the archives leave out.
        copy = Path(folder) / "packages" / "django-todos"
        shutil.copytree(PACKAGE, copy, ignore=IGNORED)
        shutil.copy(ROOT / ".gitignore", folder)
        command = [
            sys.executable,
            "-m",
            "build",
            "--no-isolation",
            "--outdir",
            str(out),
            str(copy),
        ]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH}
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return {path.name: digest(path) for path in sorted(out.iterdir())}


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def publish(built: Path, out: Path) -> None:
    """Replace what `out` holds; each file appears whole, so that readers beside us see no half."""
    out.mkdir(parents=True, exist_ok=True)
    names = {path.name for path in built.iterdir()}
    for path in sorted(built.iterdir()):
        target = out / path.name
        if not target.exists() or digest(target) != digest(path):
            temporary = out / f".{path.name}.new"
            shutil.copy(path, temporary)
            temporary.replace(target)
    for old in [path for path in out.iterdir() if path.name not in names]:
        old.unlink()


def main() -> int:
    """Build, compare when asked to, and say what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--twice", action="store_true")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="todos-dist-") as folder:
        first = Path(folder, "a")
        made = build(first)
        if options.twice:
            again = build(Path(folder, "b"))
            if made != again:
                raise SystemExit(f"wheel.py: two builds differ: {made} {again}")
        publish(first, options.out)
    for name, value in made.items():
        print(f"{value}  {options.out / name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
