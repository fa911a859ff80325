#!/usr/bin/env python3
"""Sign in, add, tick, at any address: deploy/smoke.py URL. The image's own smoke test, from outside."""

from __future__ import annotations

import runpy
from pathlib import Path

runpy.run_path(
    str(Path(__file__).parent.parent / "docker" / "bin" / "smoke.py"), run_name="__main__"
)
