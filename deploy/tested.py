#!/usr/bin/env python3
"""What CI made of a commit of main: its wheel, and the digest of its image.

    deploy/tested.py COMMIT FOLDER

Downloads the wheel and the sdist of the run that tested the commit on main into FOLDER and hands the digest that
the registry holds under `sha-COMMIT` to the workflow. Fails when main has no good run of that commit: a release
is only ever of something that was tested.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from image import ImageError, output, remote_digest


def gh(*arguments: str) -> str:
    """The command line of the code's hosting."""
    done = subprocess.run(["gh", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise ImageError(f"gh {arguments[0]}: {lines[-1] if lines else done.returncode}")
    return done.stdout


def good_run(commit: str) -> str:
    """The newest good run of CI on main for the commit."""
    where = ("--workflow", "ci.yml", "--branch", "main", "--commit", commit)
    found = gh(
        "run", "list", *where, "--status", "success", "--limit", "1", "--json", "databaseId"
    )
    if not (runs := json.loads(found)):
        raise ImageError(f"CI has no good run of {commit} on main; merge it there first")
    return str(runs[0]["databaseId"])


def main(arguments: list[str]) -> int:
    """Download, look up, hand on."""
    try:
        commit, folder = arguments
        gh("run", "download", good_run(commit), "--name", "dist", "--dir", folder)
        digest = remote_digest(f"{os.environ['IMAGE_NAME']}:sha-{commit}")
    except ValueError:
        raise SystemExit(__doc__) from None
    except (ImageError, KeyError) as error:
        print(f"tested: {error}", file=sys.stderr)
        return 1
    output("digest", digest)
    print(f"{commit} was tested; its image is {digest}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
