#!/usr/bin/env python3
"""Write .env with fresh secrets, from .env.example: `make env`. One that exists is never touched.

Each empty NAME_PASSWORD= and NAME_SECRET_KEY= of the example gets a secret of its own; the rest is copied.
"""

from __future__ import annotations

import re
import secrets
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Names that stand empty in the example and hold a secret.
SECRET = re.compile(r"^([A-Z_]*(?:SECRET_KEY|PASSWORD))=\s*$", re.MULTILINE)


def filled(example: str) -> str:
    """The example with a secret of its own after each empty SECRET_KEY= and PASSWORD=."""
    return SECRET.sub(lambda match: f"{match[1]}={secrets.token_urlsafe(40)}", example)


def main(root: Path = ROOT) -> int:
    """Write the file, readable for its owner alone."""
    target = root / ".env"
    if target.exists():
        print(".env exists; it was not touched.")
        return 0
    text = filled((root / ".env.example").read_text(encoding="utf-8"))
    target.touch(mode=0o600)
    target.write_text(text, encoding="utf-8")
    print("Wrote .env with fresh secrets, readable for you alone.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
