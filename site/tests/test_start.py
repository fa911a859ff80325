"""Starting and not starting: by gunicorn, by manage.py, by `manage.py run`."""

from __future__ import annotations

import os
import signal
import socket
import subprocess  # nosec B404
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.test import SimpleTestCase
from tests.base import PRODUCTION, SITE, run_python


class Refusing(SimpleTestCase):
    def test_gunicorn_says_one_line_for_each(self) -> None:
        done = run_python("-m", "gunicorn", "-c", "gunicorn.conf.py", IN_IMAGE="1")
        self.assertEqual(done.returncode, 1)
        lines = done.stderr.splitlines()
        self.assertEqual(len(lines), 3, done.stderr)
        for name, line in zip(("SECRET_KEY", "SITE_URL", "DATABASE_URL"), lines, strict=True):
            self.assertIn(f"{name} is not set", line)

    def test_gunicorn_names_a_senseless_number(self) -> None:
        done = run_python(
            "-m", "gunicorn", "-c", "gunicorn.conf.py", **PRODUCTION, WEB_THREADS="x"
        )
        self.assertEqual(done.returncode, 1)
        self.assertIn("WEB_THREADS", done.stderr)
        self.assertNotIn("Traceback", done.stderr)

    def test_commands_say_it_as_system_checks(self) -> None:
        done = run_python("manage.py", "migrate", IN_IMAGE="1")
        self.assertEqual(done.returncode, 1)
        self.assertNotIn("Traceback", done.stderr)
        for text in ("site.E001", "site.E003", "site.E005", "HINT"):
            self.assertIn(text, done.stderr)

    def test_static_files_need_no_secret(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            done = run_python("manage.py", "collectstatic", "--no-input", STATIC_ROOT=folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertTrue((Path(folder) / "staticfiles.json").exists())

    def test_deployed_settings_pass_djangos_own_checks(self) -> None:
        done = run_python("manage.py", "check", "--deploy", "--fail-level=WARNING", **PRODUCTION)
        self.assertEqual(done.returncode, 0, done.stderr)


class Running(SimpleTestCase):
    def test_from_nothing_to_a_served_page_and_out_again(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            data, drain, port = Path(folder) / "data", Path(folder) / "drain", free_port()
            environ = {"LOCAL": "true", "DATA_DIR": str(data), "DRAIN_FILE": str(drain)}
            prepared = run_python("manage.py", "run", "--prepare", **environ)
            self.assertEqual(prepared.returncode, 0, prepared.stderr)
            self.assertTrue((data / "db.sqlite3").exists())
            server = start_server(port, **environ)
            try:
                self.assertEqual(get(port, "/healthz"), 200)
                self.assertEqual(get(port, "/readyz"), 200)
                self.assertEqual(get(port, "/accounts/login/"), 200)
                drain.touch()
                self.assertEqual(get(port, "/readyz"), 503)
                self.assertEqual(get(port, "/healthz"), 200)
                self.assertEqual(get(port, "/accounts/login/"), 200)
            finally:
                server.send_signal(signal.SIGTERM)
                out, _ = server.communicate(timeout=30)
            self.assertEqual(server.returncode, 0, out)
            # One line a request, and none for the probes.
            self.assertEqual(out.count("GET /accounts/login/ 200"), 2, out)
            self.assertNotIn("/readyz", out)

    def test_a_port_that_is_taken(self) -> None:
        with tempfile.TemporaryDirectory() as folder, socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = str(taken.getsockname()[1])
            done = run_python("manage.py", "run", DATA_DIR=folder, PORT=port)
            self.assertEqual(done.returncode, 1)
            self.assertIn(f"Port {port} can't be used", done.stderr)

    def test_data_of_an_older_development_version(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "db.sqlite3").touch()
            (Path(folder) / "made_by").write_text("an older version")
            done = run_python("manage.py", "run", "--prepare", DATA_DIR=folder)
            self.assertEqual(done.returncode, 1)
            self.assertIn("older development version", done.stderr)
            self.assertNotIn("Traceback", done.stderr)


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
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py"],
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


def get(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(
            f"http://localhost:{port}{path}", timeout=10
        ) as answer:  # nosec
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
