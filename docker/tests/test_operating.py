"""Each command of deploy/README.md, on the running stack."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from engine import FIGURES, ROOT, Stack, docker, run, wait

README = (ROOT / "deploy" / "README.md").read_text()
SINK = """
import socketserver
class Sink(socketserver.StreamRequestHandler):
    def handle(self):
        say = lambda line: self.wfile.write(line + b"\\r\\n")
        say(b"220 sink")
        for line in self.rfile:
            word = line[:4].upper().strip()
            if word == b"DATA":
                say(b"354 go on")
                for line in self.rfile:
                    print(line.decode().rstrip(), flush=True)
                    if line == b".\\r\\n": break
            say(b"221 bye" if word == b"QUIT" else b"250 ok")
            if word == b"QUIT": return
socketserver.TCPServer(("0.0.0.0", 2525), Sink).serve_forever()
"""


def documented(*words: str) -> None:
    """What is run here is what the page says, word for word."""
    text = " ".join(words)
    assert text in README, f"deploy/README.md does not say: {text}"


def export_hash(stack: Stack, service: str = "web") -> str:
    documented("exec -T web python manage.py todos_export --all | sha256sum")
    text = stack.compose(
        "exec", "-T", service, "python", "manage.py", "todos_export", "--all"
    ).stdout
    assert text.count("\n") > 1, "an empty export proves nothing"
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture(scope="module")
def filled(stack):
    """The stack with lifelike data of several people."""
    if stack.psql("SELECT count(*) FROM auth_user WHERE username = 'alice'") == "0":
        stack.manage("todos_demo", "--password", "correct horse battery staple")
    assert int(stack.psql("SELECT count(*) FROM django_todos_todo")) > 100
    return stack


def test_make_env_writes_fresh_secrets(tmp_path):
    documented("make env")
    (tmp_path / "scripts").mkdir()
    for name in ("Makefile", ".env.example", "scripts/env.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    for _again in range(2):
        run("make", "--silent", "-C", str(tmp_path), "env")
    text = (tmp_path / ".env").read_text()
    secrets = re.findall(
        r"^(?:SECRET_KEY|POSTGRES_PASSWORD|POSTGRES_WEB_PASSWORD)=([\w-]{40,})$", text, re.M
    )
    assert len(set(secrets)) == 3
    assert (tmp_path / ".env").stat().st_mode & 0o777 == 0o600
    values = dict(line.split("=", 1) for line in text.splitlines() if re.match("[A-Z_]+=", line))
    values = {key: value for key, value in values.items() if key != "TODOS_IMAGE"}
    stack = Stack("env", tmp_path, port=8000, **values)
    assert stack.compose("config", "-q").returncode == 0


def test_first_admin(stack):
    documented("exec web python manage.py createsuperuser")
    command = [
        "python",
        "manage.py",
        "createsuperuser",
        "--no-input",
        "--username",
        "root",
        "--email",
        "root@example.org",
    ]
    docker(
        "exec", "-e", "DJANGO_SUPERUSER_PASSWORD=first-of-all-7", stack.container("web"), *command
    )
    assert stack.psql("SELECT is_superuser FROM auth_user WHERE username = 'root'") == "t"


def test_test_mail(image, stack):
    documented("run --rm web python manage.py sendtestemail you@example.org")
    sink = f"{stack.name}-mail"
    docker("rm", "-f", sink, check=False)
    network = ["--network", f"{stack.name}_todo_network", "--network-alias", "mail"]
    docker(
        "run", "-d", "--name", sink, *network, "--entrypoint", "python", image, "-u", "-c", SINK
    )

    def send(url: str):
        values = ["-e", f"EMAIL_URL={url}"]
        command = ["run", "--rm", "--no-deps", "-T", *values, "web", "python", "manage.py"]
        return stack.compose(*command, "sendtestemail", "you@example.org", check=False)

    try:
        assert send("smtp://mail:2525").returncode == 0
        wait("the mail", lambda: "To: you@example.org" in docker("logs", sink), 10)
        assert send("smtp://nowhere:2525").returncode != 0
        unset = send("")
        assert unset.returncode != 0 and "EMAIL_URL" in unset.stderr
    finally:
        docker("rm", "-f", sink)


@pytest.fixture(scope="module")
def backup(filled, tmp_path_factory) -> str:
    """The newest of a folder that keeps one."""
    folder = tmp_path_factory.mktemp("backups")
    for old in ("todos-20200101T000000Z.dump", "todos-20200101T000000Z.dump.sha256"):
        (folder / old).touch()
    kept = {**filled.environment, "KEEP": "1"}
    return run("deploy/backup", str(folder), env=kept).stdout.strip()


def test_backup_proves_itself(filled, backup):
    """It was restored before it got its name; the hash beside it is that of an export from there."""
    documented("deploy/backup backups")
    names = {str(path) for path in Path(backup).parent.iterdir()}
    assert names == {backup, f"{backup}.sha256"}, "older ones go, and no half one stays"
    FIGURES["backup of the demo data"] = f"{os.path.getsize(backup) / 1e3:.0f} kB"
    assert Path(f"{backup}.sha256").read_text().split()[0] == export_hash(filled)
    databases = filled.psql("SELECT string_agg(datname, ' ') FROM pg_database")
    assert "trial" not in databases


def test_a_backup_that_lost_a_row_is_none(filled, tmp_path):
    """A pg_dump that leaves a table's rows out, as a wrong option in the script would."""
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "docker").write_text(
        '#!/bin/sh\n[ "${3:-}" = pg_dump ] && set -- "$@" --exclude-table-data=django_todos_completion\n'
        'exec /usr/bin/docker "$@"\n'
    )
    (tools / "docker").chmod(0o755)
    path = {**filled.environment, "PATH": f"{tools}:{os.environ['PATH']}"}
    done = run("deploy/backup", str(tmp_path / "to"), check=False, env=path)
    assert done.returncode == 1 and "the restored rows differ" in done.stderr
    assert list((tmp_path / "to").iterdir()) == []


def test_into_an_empty_volume_and_to_a_newer_version(filled, backup, tmp_path):
    """The page's own override, with the database that is at hand; all that was there is there."""
    documented("deploy/restore backups/")
    before = export_hash(filled)
    accounts = filled.psql("SELECT username, password FROM auth_user ORDER BY id")

    refused = run("deploy/restore", backup, check=False, env=filled.environment)
    assert refused.returncode == 1 and "only an empty one is restored into" in refused.stderr

    page = re.search(r"```yaml\n# postgres17.yaml\n(.*?)```", README, re.S)[1]
    override = tmp_path / "postgres17.yaml"
    here = docker("inspect", "-f", "{{.Config.Image}}", filled.container("db"))
    override.write_text(re.sub(r"image: \S+", f"image: {here}", page))
    filled.compose("down", "--timeout", "5")
    filled.write(COMPOSE_FILE=f"{filled.values['COMPOSE_FILE']}:{override}")
    filled.compose("up", "-d", "db")
    run("deploy/restore", backup, env=filled.environment)
    filled.up()
    assert export_hash(filled) == before
    assert filled.psql("SELECT username, password FROM auth_user ORDER BY id") == accounts
    assert "signed in" in docker("exec", filled.container("web"), "/app/bin/entrypoint", "smoke")
    documented("docker volume rm django-todos_postgres_data")
    docker("volume", "rm", f"{filled.name}_postgres_data")  # nothing uses the old one


def test_a_backup_that_fails_says_so_and_leaves_nothing(filled, tmp_path):
    """A full disk: here a folder on a file system of 64 kB."""
    full = tmp_path / "full"
    full.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=64k", "none", str(full))
    try:
        (full / "todos-20200101T000000Z.dump").write_text("the last good one")
        done = run(
            "deploy/backup", str(full), check=False, env={**filled.environment, "KEEP": "1"}
        )
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1 and "backup: FAILED" in done.stderr
        assert [path.name for path in full.iterdir()] == ["todos-20200101T000000Z.dump"]
    finally:
        run("umount", str(full))


def test_from_sqlite_without_losing_a_row(image, stack, tmp_path_factory):
    """A folder that `make run` made, into an empty database: same accounts, same rows, equal exports."""
    documented(
        'run --rm --no-deps --user "$(id -u):$(id -g)" -v "$PWD/data:/data" migrate from-sqlite /data/db.sqlite3'
    )
    data = tmp_path_factory.mktemp("data")
    mine = ["--user", f"{os.getuid()}:{os.getgid()}", "-v", f"{data}:/data"]
    local = ["-e", "IN_IMAGE=", "-e", "LOCAL=true", "-e", "DATA_DIR=/data", *mine]

    def before(*arguments: str) -> str:
        command = ["run", "--rm", "--tmpfs", "/tmp", *local, "--entrypoint", "python", image]
        return docker(*command, "manage.py", *arguments)

    def after(*command: str, **options):
        url = ["-e", "DATABASE_URL=postgres://todos@db:5432/empty"]
        run_it = ["run", "--rm", "--no-deps", "-T", *url, *mine, "migrate"]
        return stack.compose(*run_it, *command, **options)

    before("migrate", "--no-input", "-v", "0")
    before("todos_demo", "--password", "correct horse battery staple")
    stack.psql("CREATE DATABASE empty")
    after("migrate")
    said = after("from-sqlite", "/data/db.sqlite3").stdout
    assert re.search(r"^from-sqlite: \d{3,} rows copied$", said, re.M)
    look = ("python", "manage.py", "shell", "-v", "0", "-c", COUNT)
    assert json.loads(after(*look).stdout) == json.loads(before(*look[2:]))
    exported = after("python", "manage.py", "todos_export", "--all").stdout
    assert exported.strip() == before("todos_export", "--all")
    # New rows get new numbers: the sequences went along.
    after("python", "manage.py", "todos_demo", "--user", "fresh", "--password", "once more now")
    again = after("from-sqlite", "/data/db.sqlite3", check=False)
    assert again.returncode == 1 and "it must be empty" in again.stderr


COUNT = """
import json
from django.apps import apps
skip = {"contenttypes", "sessions"}
print(json.dumps({m._meta.label: m._base_manager.count() for m in apps.get_models(include_auto_created=True)
    if m._meta.app_label not in skip and m._meta.label != "auth.Permission"}, sort_keys=True))
"""


def test_upgrade_by_hand_checks_first(filled):
    documented("run --rm migrate migrate --check")
    said = filled.compose("run", "--rm", "--no-deps", "-T", "migrate", "migrate", "--check")
    assert "can live with" in said.stdout


def test_every_command_of_the_page_is_one_that_runs_here():
    """A command in the page that no test names has to be added here, or to what can't run."""
    blocks = re.findall(r"```sh\n(.*?)```", README, re.S)
    lines = [
        line.strip()
        for block in blocks
        for line in block.splitlines()
        if line.strip() and line[0] != "#"
    ]
    sources = "".join(path.read_text() for path in (ROOT / "docker" / "tests").glob("*.py"))
    for line in lines:
        words = re.sub(r"^(docker compose|docker|kubectl)( -f \S+)*( -n \S+)* ", "", line).split(
            " #"
        )[0]
        key = next((word for word in KNOWN if word in words), None)
        assert key, f"no test knows: {line}"
        assert KNOWN[key] in sources + "hosted" + "kubernetes", key


# Part of a command in deploy/README.md → what runs it: a test's name, or why none here can.
KNOWN = {
    "make env": "test_make_env_writes_fresh_secrets",
    "deploy/backup": "test_backup_proves_itself",
    "restic": "hosted",
    "deploy/restore": "test_into_an_empty_volume_and_to_a_newer_version",
    "volume rm": "test_into_an_empty_volume_and_to_a_newer_version",
    "up -d": "test_from_empty_to_ready",
    "down": "test_into_an_empty_volume_and_to_a_newer_version",
    "createsuperuser": "test_first_admin",
    "sendtestemail": "test_test_mail",
    "migrate --check": "test_upgrade_by_hand_checks_first",
    "from-sqlite": "test_from_sqlite_without_losing_a_row",
    "todos_export --all": "test_from_sqlite_without_losing_a_row",
    "stop web": "test_start_to_ready_within_two_seconds",
    "entrypoint smoke": "test_the_main_job_and_still_there_after_a_restart",
    "deploy/rollout": "test_a_good_one_and_back",
    "run --rm migrate": "test_a_good_one_and_back",
    "deploy/kubernetes/rollout": "kubernetes",
    "create namespace": "kubernetes",
    "create secret": "kubernetes",
    "get pods": "kubernetes",
    "pull": "hosted",
    "ALTER ROLE": "test_changing_the_password_of_the_database",
    "logs": "test_the_worker_stays_up",
    "up": "test_live_development",
}


def test_changing_the_password_of_the_database(stack):
    documented("psql -U todos -d todos -c \"ALTER ROLE todos PASSWORD 'the-new-one'\"")
    stack.psql("ALTER ROLE todos PASSWORD 'the-new-one'")
    stack.write(POSTGRES_PASSWORD="the-new-one", POSTGRES_WEB_PASSWORD="another/new#one")
    stack.up()
