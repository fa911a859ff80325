"""Keep one copy of each content below a folder; the other names become links to it. Used while the image is built.

collectstatic keeps every file under its own and under its hashed name, each of them compressed twice more.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path


def link_same(folder: Path) -> int:
    """The bytes that were saved."""
    kept: dict[str, Path] = {}
    saved = 0
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        first = kept.setdefault(hashlib.sha256(path.read_bytes()).hexdigest(), path)
        if first is not path and first.parent == path.parent and path.stat().st_size:
            saved += path.stat().st_size
            path.unlink()
            path.symlink_to(first.name)
    return saved


if __name__ == "__main__":
    print(f"{link_same(Path(sys.argv[1])) / 1e6:.1f} MB saved")
