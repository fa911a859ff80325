"""Ask a web, by default that in this container, for a path; exit 0 when it answers 200. Standard library only.

The request carries the site's own host and scheme, so that the answer is what a visitor's would be,
and no host check or redirect stands in its way.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit


def probe(address: str, path: str, *, site_url: str, timeout: float = 2.5) -> tuple[int, str]:
    """The status and the first line of what `host:port` answers."""
    site = urlsplit(site_url)
    headers = {"Host": site.netloc or "localhost", "X-Forwarded-Proto": site.scheme or "http"}
    connection = http.client.HTTPConnection(address, timeout=timeout)
    try:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read(2000).decode(errors="replace").partition("\n")[0]
    finally:
        connection.close()


def site_url() -> str:
    """SITE_URL, or what the file named by SITE_URL_FILE says."""
    named = os.environ.get("SITE_URL_FILE")
    if named:
        with open(named, encoding="utf-8") as file:
            return file.read().strip()
    return os.environ.get("SITE_URL", "")


def main() -> int:
    """`probe.py [PATH [HOST:PORT]]`, by default /healthz of the web in this container."""
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    address = sys.argv[2] if len(sys.argv) > 2 else f"127.0.0.1:{os.environ.get('PORT') or 8000}"
    try:
        status, said = probe(address, path, site_url=site_url())
    except (OSError, http.client.HTTPException) as error:
        print(f"{path}: no answer: {error}")
        return 1
    print(f"{path}: {status} {said}")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main())
