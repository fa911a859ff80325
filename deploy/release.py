#!/usr/bin/env python3
"""Whether version, tag and changelog agree; the notes of a release; the tags of its image.

deploy/release.py check v1.2.3      exit 1 unless pyproject.toml and CHANGELOG.md say 1.2.3 too
deploy/release.py notes v1.2.3      the changelog's section, for the release's page
deploy/release.py tags v1.2.3       1.2.3, 1.2 and latest, one a line (a pre-release: its own alone)
deploy/release.py same DIST OTHER   exit 1 unless both folders hold the same wheel and sdist, byte for byte
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from image import ImageError, move_tags

PACKAGE = Path(__file__).resolve().parent.parent / "packages" / "django-todos"
TAG = re.compile(r"v(\d+)\.(\d+)\.(\d+)((?:a|b|rc)\d+)?")


class Disagreement(Exception):
    """What does not agree, in one line."""


def version_of(tag: str) -> str:
    """1.2.3 for v1.2.3."""
    if not TAG.fullmatch(tag):
        raise Disagreement(f"{tag} is no release tag; one looks like v1.2.3 or v1.2.3rc1")
    return tag.removeprefix("v")


def section(version: str, package: Path = PACKAGE) -> tuple[str, str]:
    """Date and text of the version's section in the changelog."""
    text = (package / "CHANGELOG.md").read_text(encoding="utf-8")
    heading = rf"^## \[{re.escape(version)}\] - (\S+)\n(.*?)(?=^## \[|\Z)"
    found = re.search(heading, text, re.MULTILINE | re.DOTALL)
    if not found:
        raise Disagreement(f"CHANGELOG.md has no section for {version}")
    return found[1], found[2].strip()


def check(tag: str, package: Path = PACKAGE) -> str:
    """The version, when everything says the same."""
    version = version_of(tag)
    metadata = tomllib.loads((package / "pyproject.toml").read_text(encoding="utf-8"))
    if (declared := metadata["project"]["version"]) != version:
        raise Disagreement(f"the tag says {version}, pyproject.toml says {declared}")
    date, text = section(version, package)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        raise Disagreement(f"CHANGELOG.md dates {version} {date!r}; a release has a day")
    if not text:
        raise Disagreement(f"CHANGELOG.md says nothing about {version}")
    return version


def tags(tag: str) -> list[str]:
    """The image's tags; a pre-release never moves the others."""
    version = version_of(tag)
    found = TAG.fullmatch(tag)
    assert found is not None  # version_of would have raised
    return [version] if found[4] else [version, f"{found[1]}.{found[2]}", "latest"]


def same(first: Path, second: Path) -> None:
    """Both hold the same distributions."""

    def sums(folder: Path) -> dict[str, str]:
        files = [path for path in folder.iterdir() if path.suffix in {".whl", ".gz"}]
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}

    left, right = sums(first), sums(second)
    if not left or left != right:
        raise Disagreement(f"the builds differ: {sorted(left.items())} {sorted(right.items())}")


def page(tag: str, dist: Path) -> None:
    """Make the release's page with the command line of the code's hosting."""
    version = version_of(tag)
    kind = [] if re.fullmatch(r"[\d.]+", version) else ["--prerelease"]
    command = ["gh", "release", "create", tag, "--verify-tag", "--title", version, *kind]
    files = [str(path) for path in sorted(dist.iterdir())]
    notes = section(version)[1]
    subprocess.run([*command, "--notes-file", "-", *files], input=notes, text=True, check=True)


def main(arguments: list[str]) -> int:
    """Do what the arguments say."""
    try:
        match arguments:
            case ["check", tag]:
                print(f"{check(tag)}: tag, pyproject.toml and CHANGELOG.md agree")
            case ["notes", tag]:
                print(section(version_of(tag))[1])
            case ["tags", tag]:
                print("\n".join(tags(tag)))
            case ["move", tag, reference]:
                move_tags(reference, tags(tag))
            case ["page", tag, dist]:
                page(tag, Path(dist))
            case ["same", first, second]:
                same(Path(first), Path(second))
                print("equal bytes")
            case _:
                raise SystemExit(__doc__)
    except (Disagreement, ImageError, subprocess.CalledProcessError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
