"""deploy/rollout under continuous load: a good version, three broken ones, a refused one, and back."""

from __future__ import annotations

import json
import os
import re
import time
import urllib.error
import urllib.request

import pytest
from engine import FIGURES, ROOT, Stack, docker, run, stand_ins, wait
from load import Load

PACKAGE = "/app/venv/lib/python3.11/site-packages/django_todos"
# What the next version would bring: a table's worth of change that the old code does not notice.
GOOD_MIGRATION = """
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [("django_todos", "{last}")]
    operations = [migrations.CreateModel("Synthetic", [("id", models.BigAutoField(primary_key=True)),
        ("name", models.CharField(max_length=20))])]
"""
BREAKING_MIGRATION = """
from django.db import migrations
class Migration(migrations.Migration):
    dependencies = [("django_todos", "{last}")]
    operations = [migrations.RemoveField("todo", "notes")]
"""
# Reading works, writing does not: only a smoke test finds it.
BROKEN_WRITES = """
from config.wsgi import application as whole
def application(environ, start_response):
    if environ["REQUEST_METHOD"] == "POST" and "login" not in environ["PATH_INFO"]:
        start_response("500 Internal Server Error", [])
        return [b""]
    return whole(environ, start_response)
"""
PASSWORD = "correct horse battery staple"


NAMES = ("SECRET_KEY", "POSTGRES_PASSWORD", "POSTGRES_WEB_PASSWORD")
SECRETS = {name: f"{name.lower()}-@/#-0123456789-abcdefgh-ijklmnop" for name in NAMES}


@pytest.fixture(scope="module")
def proxied(running, tmp_path_factory):
    """The stack behind its proxy, its secrets in files, with three people in it."""
    folder = tmp_path_factory.mktemp("secrets")
    for name, value in SECRETS.items():
        (folder / name).write_text(f"{value}\n")
        (folder / name).chmod(0o644)
    text = (ROOT / "docker" / "compose.secrets.yaml").read_text()
    (folder / "secrets.yaml").write_text(text.replace("./secrets/", f"{folder}/"))
    overlays = ["docker/compose.proxy.yaml", str(folder / "secrets.yaml")]
    if stand_ins():  # the entrypoint of the stand-in knows no files
        start = (
            "POSTGRES_PASSWORD=$$(cat $$POSTGRES_PASSWORD_FILE) exec docker-entrypoint.sh postgres"
        )
        services = {"db": {"entrypoint": ["sh", "-c", start]}}
        (folder / "db.yaml").write_text(json.dumps({"services": services}))
        overlays.append(str(folder / "db.yaml"))
    values = {"PROXY_HTTP": "127.0.0.1:18020", "PROXY_HTTPS": "127.0.0.1:18021"}
    values |= dict.fromkeys(NAMES, "")
    with running("rollout", *overlays, port=18020, **values) as stack:
        stack.add_people(**{name.replace("-", "_"): PASSWORD for name in people()})
        yield stack


def people() -> dict[str, str]:
    return dict.fromkeys(("load-ann", "load-ben", "load-cy"), PASSWORD)


@pytest.fixture
def load(proxied):
    """Continuous load from before a rollout until after it; then nothing may have failed, nothing be lost."""
    load = Load(proxied.origin, proxied.port)
    proxied.psql(
        "DELETE FROM site_cache"
    )  # the count of logins, which the same people do again and again
    done_before = set(proxied.psql("SELECT title FROM django_todos_todo").splitlines())
    load.start(people())
    yield load
    time.sleep(1)
    load.stop()
    stored = proxied.psql(
        "SELECT title FROM django_todos_todo WHERE title LIKE 'load-%'"
    ).splitlines()
    counts = {title: stored.count(title) for title in set(load.acknowledged)}
    lost = [title for title in load.acknowledged if not counts[title]]
    seen = FIGURES.setdefault("rollouts: requests, writes, failed, lost", "0, 0, 0, 0")
    old = [int(number) for number in seen.split(", ")]
    new = [load.requests, len(load.acknowledged), len(load.failures), len(lost)]
    FIGURES["rollouts: requests, writes, failed, lost"] = ", ".join(
        str(a + b) for a, b in zip(old, new)
    )
    assert load.requests > 50 and len(load.acknowledged) > 20
    assert load.failures == []
    assert lost == []
    # The same people write the same titles in each test: once more each time, never twice at once.
    assert len(stored) >= len(load.acknowledged)
    assert done_before <= set(proxied.psql("SELECT title FROM django_todos_todo").splitlines())
    proxied.psql(
        "DELETE FROM django_todos_completion; UPDATE django_todos_todo SET title = 'old ' || title WHERE title LIKE 'load-%'"
    )


def rollout(stack: Stack, image: str, **values: str):
    environment = {**stack.environment, "READY_SECONDS": "20", **values}
    began = time.monotonic()
    done = run("deploy/rollout", image, check=False, env=environment)
    FIGURES[f"rollout of {image.rpartition(':')[2]}"] = (
        f"{time.monotonic() - began:.0f} s, exit {done.returncode}"
    )
    print(done.stdout, done.stderr)
    return done


def serving(stack: Stack) -> str:
    return docker("inspect", "-f", "{{.Config.Image}}", stack.container("web"))


def last_migration(image: str) -> str:
    names = docker("run", "--rm", "--entrypoint", "ls", image, f"{PACKAGE}/migrations")
    return max(re.findall(r"^(\d{4}_\w+)\.py$", names, re.M))


def still_serves_the_old(stack: Stack, before: str, done, reason: str) -> None:
    assert done.returncode == 1
    assert reason in done.stderr, done.stderr
    assert serving(stack) == before
    assert f"TODOS_IMAGE={before}" in stack.env_file.read_text()
    assert not stack.container("web-next")


def test_one_that_crashes(proxied, derived, load):
    before = serving(proxied)
    image = derived(
        "crashes",
        "COPY wsgi.py /app/site/config/wsgi.py",
        **{"wsgi.py": "raise SystemExit('no such setting')\n"},
    )
    still_serves_the_old(proxied, before, rollout(proxied, image), "crashed: no such setting")


def test_one_that_is_never_ready(proxied, derived, load):
    before = serving(proxied)
    image = derived("never-ready", "ENV DRAIN_FILE=/app/bin/entrypoint")
    done = rollout(proxied, image, READY_SECONDS="6")
    still_serves_the_old(proxied, before, done, "was not ready within 6 s: /readyz: 503 draining")


def test_one_that_fails_the_smoke_test(proxied, derived, load):
    before = serving(proxied)
    image = derived(
        "cannot-write",
        "RUN mv /app/site/config/wsgi.py /app/site/config/whole.py",
        "COPY wsgi.py /app/site/config/wsgi.py",
        **{"wsgi.py": BROKEN_WRITES.replace("config.wsgi", "config.whole")},
    )
    still_serves_the_old(proxied, before, rollout(proxied, image), "smoke test: POST")


def test_one_whose_migration_the_old_version_could_not_live_with(proxied, derived, load):
    before = serving(proxied)
    text = BREAKING_MIGRATION.format(last=last_migration(before))
    image = derived(
        "breaking", f"COPY m.py {PACKAGE}/migrations/9000_breaking.py", **{"m.py": text}
    )
    done = rollout(proxied, image)
    still_serves_the_old(proxied, before, done, "the migrations were refused or failed")
    assert "django_todos.9000_breaking: Remove field notes from todo" in done.stdout + done.stderr


def test_a_good_one_and_back(proxied, derived, load):
    before = serving(proxied)
    text = GOOD_MIGRATION.format(last=last_migration(before))
    image = derived("good", f"COPY m.py {PACKAGE}/migrations/9000_good.py", **{"m.py": text})
    for target in (image, before):
        done = rollout(proxied, target)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "warning" not in done.stdout
        assert serving(proxied) == target
        assert docker("inspect", "-f", "{{.Config.Image}}", proxied.container("worker")) == target
        assert f"TODOS_IMAGE={target}" in proxied.env_file.read_text()
    assert proxied.psql("SELECT count(*) FROM django_todos_synthetic") == "0"


def test_secrets_in_files_are_in_no_configuration(proxied):
    for service in ("db", "migrate", "web", "worker"):
        inspected = docker("inspect", proxied.container(service))
        assert not [name for name, value in SECRETS.items() if value in inspected], service


def test_the_proxy_alone_is_published_and_believed(proxied):
    """Whoever writes X-Forwarded-For himself is counted under the address that the proxy saw."""
    for service in ("web", "worker", "db"):
        ports = json.loads(docker("inspect", proxied.container(service)))[0]["NetworkSettings"]
        assert not [bound for bound in ports["Ports"].values() if bound], service
    headers = {"X-Forwarded-For": "192.0.2.66", "Host": proxied.origin.removeprefix("http://")}
    request = urllib.request.Request(f"http://127.0.0.1:{proxied.port}/forged/", headers=headers)
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=10)
    web = proxied.container("web")
    wait("its line in the log", lambda: "/forged/" in docker("logs", web), 5)
    line = next(line for line in docker("logs", web).splitlines() if "/forged/" in line)
    assert "192.0.2.66" not in line and re.search(r"\b172\.\d+|\b192\.168\.|\b10\.", line), line


def test_says_how_it_is_called():
    done = run("deploy/rollout", check=False)
    assert done.returncode == 2 and "usage: deploy/rollout IMAGE" in done.stderr
    done = run(
        "deploy/rollout", "x", check=False, env={**os.environ, "ENV_FILE": str(ROOT / "missing")}
    )
    assert done.returncode == 1 and "make env" in done.stderr
