#!/usr/bin/env python3
"""Carry one OCI archive to the registry without changing a byte of it, and move tags between digests.

    deploy/image.py digest ARCHIVE               the digest of what the archive holds
    deploy/image.py load ARCHIVE NAME:TAG        into the local engine, for the tests
    deploy/image.py push ARCHIVE NAME TAG ...    push; fails unless the registry holds the archive's digest
    deploy/image.py tag NAME@DIGEST TAG ...      let tags name a digest that is in the registry already
    deploy/image.py allowed                      may this run deploy? `deploy=true|false` for the workflow

Pushing needs DOCKER_USERNAME and DOCKER_PASSWORD, and `skopeo`, which copies archives between places
with their digests kept. The digest is written to GITHUB_OUTPUT as `digest`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

REGISTRY = "docker.io"
NAMED = re.compile(r"[a-z0-9][a-z0-9./_-]*@sha256:[0-9a-f]{64}")


class ImageError(Exception):
    """Why the image did not get where it should, in one line."""


def digest(archive: Path) -> str:
    """The digest that a registry will give it: that of the one entry of the archive's index."""
    try:
        with tarfile.open(archive) as content:
            member = content.extractfile("index.json")
            manifests = json.load(member)["manifests"] if member else []
    except (OSError, KeyError, ValueError, tarfile.TarError) as error:
        raise ImageError(f"{archive} is no OCI archive ({type(error).__name__})") from error
    if len(manifests) != 1:
        raise ImageError(f"{archive} holds {len(manifests)} images; one was expected")
    return str(manifests[0]["digest"])


def skopeo(*arguments: str, given: str | None = None) -> bytes:
    """Run skopeo; its last line is the reason when it fails."""
    command = ["skopeo", *arguments]
    feed = None if given is None else given.encode()
    try:
        done = subprocess.run(command, input=feed, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise ImageError("skopeo is not installed") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise ImageError(f"skopeo {arguments[0]}: {lines[-1] if lines else done.returncode}")
    return done.stdout


def login() -> None:
    """Sign in to the registry; the password goes through standard input."""
    names = ("DOCKER_USERNAME", "DOCKER_PASSWORD")
    if missing := [name for name in names if not os.environ.get(name)]:
        raise ImageError(f"{' and '.join(missing)} not set (secrets of the environment `docker`)")
    user = ("--username", os.environ["DOCKER_USERNAME"])
    skopeo("login", *user, "--password-stdin", REGISTRY, given=os.environ["DOCKER_PASSWORD"])


def remote_digest(reference: str) -> str:
    """What the registry holds under a name."""
    raw = skopeo("inspect", "--raw", f"docker://{REGISTRY}/{reference}")
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def copy(source: str, reference: str) -> None:
    """Copy everything (platforms, SBOM, provenance) with the digests kept."""
    target = f"docker://{REGISTRY}/{reference}"
    skopeo("copy", "--all", "--preserve-digests", "--retry-times", "3", source, target)


def push(archive: Path, name: str, tags: list[str]) -> str:
    """Push under each tag, and look that the registry holds what was tested."""
    tested = digest(archive)
    login()
    for tag in tags:
        copy(f"oci-archive:{archive}", f"{name}:{tag}")
        if (pushed := remote_digest(f"{name}:{tag}")) != tested:
            raise ImageError(f"{name}:{tag} is {pushed}, tested was {tested}")
        print(f"{name}:{tag} is {tested}")
    return tested


def move_tags(reference: str, tags: list[str]) -> str:
    """Let the tags name the digest."""
    if not NAMED.fullmatch(reference):
        raise ImageError(f"an image is named by its digest, not as {reference!r}")
    name, _, wanted = reference.partition("@")
    login()
    if remote_digest(reference) != wanted:
        raise ImageError(f"the registry does not hold {reference}")
    for tag in tags:
        copy(f"docker://{REGISTRY}/{reference}", f"{name}:{tag}")
        if remote_digest(f"{name}:{tag}") != wanted:
            raise ImageError(f"{name}:{tag} did not move")
        print(f"{name}:{tag} is {wanted}")
    return wanted


def allowed() -> bool:
    """The project's own main deploys; a fork does not; main without secrets fails with a reason."""
    if os.environ.get("GITHUB_REPOSITORY") != os.environ.get("DEPLOY_REPOSITORY"):
        print("A fork: nothing is deployed.")
        return False
    if os.environ.get("GITHUB_REF") != "refs/heads/main":
        print("Not main: nothing is deployed.")
        return False
    names = ("DOCKER_USERNAME", "DOCKER_PASSWORD")
    if missing := [name for name in names if not os.environ.get(name)]:
        raise ImageError(f"main can't be deployed: {' and '.join(missing)} not set")
    return True


def output(name: str, value: str) -> None:
    """Hand a value to the workflow's later steps."""
    if path := os.environ.get("GITHUB_OUTPUT"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{name}={value}\n")


def main(arguments: list[str]) -> int:
    """Do what the arguments say."""
    try:
        match arguments:
            case ["digest", archive]:
                print(digest(Path(archive)))
            case ["load", archive, reference]:
                skopeo("copy", f"oci-archive:{archive}", f"docker-daemon:{reference}")
            case ["push", archive, name, *tags] if tags:
                output("digest", push(Path(archive), name, tags))
            case ["tag", reference, *tags] if tags:
                output("digest", move_tags(reference, tags))
            case ["allowed"]:
                output("deploy", str(allowed()).lower())
            case _:
                raise SystemExit(__doc__)
    except ImageError as error:
        print(f"image: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
