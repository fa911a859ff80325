#!/usr/bin/env python3
"""Print .env.example with a secret of its own after each empty …SECRET_KEY= and …PASSWORD=."""

import re
import secrets
from pathlib import Path

example = (Path(__file__).resolve().parent.parent / ".env.example").read_text(encoding="utf-8")
empty = re.compile(r"^([A-Z_]*(?:SECRET_KEY|PASSWORD))=\s*$", re.MULTILINE)
print(empty.sub(lambda match: f"{match[1]}={secrets.token_urlsafe(40)}", example), end="")
