"""Ask a web, by default that in this container, for a path; exit 0 when it answers 200. Standard library only.

    probe.py [PATH [HOST:PORT]]       /healthz of the web in this container

Probes are answered before any check of host or scheme (site/config/middleware.py), so no header has to be right.
"""

import http.client
import os
import sys

path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
address = sys.argv[2] if len(sys.argv) > 2 else f"127.0.0.1:{os.environ.get('PORT') or 8000}"
try:
    connection = http.client.HTTPConnection(address, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    said = answer.read(2000).decode(errors="replace").partition("\n")[0]
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"{path}: no answer: {error}")
print(f"{path}: {answer.status} {said}")
sys.exit(answer.status != 200)
