"""Starting and not starting: by gunicorn, by manage.py, by `manage.py run`."""

import json
import os
import signal
import socket
import subprocess  # nosec B404
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.conf import settings

from .base import PRODUCTION, SITE, run_python

GUNICORN = ("-m", "gunicorn", "-c", "gunicorn.conf.py")

_POST = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\n"
# More of each kind than the server has threads.
HALF_SENT = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\n",
    _POST + b"Content-Length: 1000\r\n\r\nlogin=",
    _POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\nlo",
)


def test_gunicorn_says_one_line_for_each():
    done = run_python(*GUNICORN, IN_IMAGE="1")
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 3, done.stderr
    for name, line in zip(("SECRET_KEY", "SITE_URL", "DATABASE_URL"), lines, strict=True):
        assert f"{name} is not set" in line


def test_gunicorn_names_a_senseless_number():
    done = run_python(*GUNICORN, **PRODUCTION, WEB_THREADS="x")
    assert done.returncode == 1
    assert "WEB_THREADS" in done.stderr
    assert "Traceback" not in done.stderr


def test_commands_say_it_as_system_checks():
    done = run_python("manage.py", "migrate", IN_IMAGE="1")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.count("site.E001") == 3 and "HINT" in done.stderr


def test_static_files_need_no_secret(static_files: subprocess.CompletedProcess[str]):
    assert static_files.returncode == 0, static_files.stderr
    assert (Path(settings.STATIC_ROOT) / "staticfiles.json").exists()


def test_deployed_settings_pass_djangos_own_checks():
    done = run_python("manage.py", "check", "--deploy", "--fail-level=WARNING", **PRODUCTION)
    assert done.returncode == 0, done.stderr


def test_from_nothing_to_a_served_page_and_out_again(tmp_path: Path):
    data, drain, port = tmp_path / "data", tmp_path / "drain", free_port()
    environ = {"LOCAL": "true", "DATA_DIR": str(data), "DRAIN_FILE": str(drain)}
    environ["LOG_FORMAT"] = "json"
    prepared = run_python("manage.py", "run", "--prepare", **environ)
    assert prepared.returncode == 0, prepared.stderr
    for name in ("db.sqlite3", "secret_key"):
        assert (data / name).stat().st_mode & 0o077 == 0, name
    server = start_server(port, **environ)
    try:
        assert get(port, "/healthz") == 200
        assert get(port, "/readyz") == 200
        assert get(port, "/accounts/login/") == 200
        strangers = send(
            port, b"GET /x/accounts/login/ HTTP/1.1\r\nHost: localhost\r\nScript_Name: /x\r\n\r\n"
        )
        assert strangers.recv(12) == b"HTTP/1.1 404", "where the site begins is not theirs to say"
        strangers.close()
        drain.touch()
        assert get(port, "/readyz") == 503
        assert get(port, "/healthz") == 200
        assert get(port, "/accounts/login/") == 200
        half_sent = [send(port, part) for part in HALF_SENT for _ in range(8)]
        assert get(port, "/accounts/login/") == 200
        for connection in half_sent:
            connection.close()
        begun = send(port, _POST + b"Content-Length: 11\r\n\r\nlogin=")
        time.sleep(0.5)
        server.send_signal(signal.SIGTERM)
        time.sleep(1)
        begun.sendall(b"alice")
        assert begun.recv(12) == b"HTTP/1.1 403", "who stops finishes what has begun"
        begun.close()
    finally:
        server.send_signal(signal.SIGTERM)
        out, _ = server.communicate(timeout=30)
    assert server.returncode == 0, out
    assert {json.loads(line)["logger"] for line in out.splitlines()} == {
        "gunicorn.error",
        "django.security.csrf",  # what was sent in chunks is an empty body
        "site.request",
    }
    # One line a request, and none for the probes.
    assert out.count("GET /accounts/login/ 200") == 3, out
    assert "/readyz" not in out


def test_a_port_that_is_taken(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_python("manage.py", "run", DATA_DIR=str(tmp_path), PORT=port)
    assert done.returncode == 1
    assert f"Port {port} can't be used" in done.stderr


def test_a_folder_that_can_not_be_written(tmp_path: Path):
    (tmp_path / "file").touch()
    done = run_python("manage.py", "run", "--prepare", DATA_DIR=str(tmp_path / "file"))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "can't be written" in done.stderr and "HINT: Set DATA_DIR." in done.stderr


def test_data_of_an_older_development_version(tmp_path: Path):
    (tmp_path / "db.sqlite3").touch()
    (tmp_path / "made_by").write_text("an older version")
    done = run_python("manage.py", "run", "--prepare", DATA_DIR=str(tmp_path))
    assert done.returncode == 1
    assert "older development version" in done.stderr
    assert "Traceback" not in done.stderr


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def start_server(port: int, **environ: str) -> subprocess.Popen[str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "PYTHONPATH", "HOME") if name in os.environ
    }
    server = subprocess.Popen(  # nosec B603
        [sys.executable, *GUNICORN],
        cwd=SITE,
        env={**kept, **environ, "PORT": str(port), "WEB_CONCURRENCY": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and server.poll() is None:
        try:
            get(port, "/healthz")
            break
        except OSError:
            time.sleep(0.1)
    return server


def send(port: int, part: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port))
    connection.sendall(part)
    return connection


def get(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(
            f"http://localhost:{port}{path}", timeout=10
        ) as answer:  # nosec
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
