"""Each command of deploy/README.md, on the running stack."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil

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


def environment(stack: Stack) -> dict[str, str]:
    return {**os.environ, "ENV_FILE": str(stack.env_file), "COMPOSE_PROJECT_NAME": stack.name}


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
    shutil.copy(ROOT / "scripts" / "env.py", tmp_path / "scripts")
    shutil.copy(ROOT / ".env.example", tmp_path)
    for _again in range(2):
        run("python3", str(tmp_path / "scripts" / "env.py"))
    text = (tmp_path / ".env").read_text()
    secrets = re.findall(r"^(?:SECRET_KEY|POSTGRES_PASSWORD)=([\w-]{40,})$", text, re.M)
    assert len(set(secrets)) == 2
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
    try:
        command = ["run", "--rm", "--no-deps", "-T", "-e", "EMAIL_URL=smtp://mail:2525", "web"]
        stack.compose(*command, "python", "manage.py", "sendtestemail", "you@example.org")
        wait("the mail", lambda: "To: you@example.org" in docker("logs", sink), 10)
        command[5] = "EMAIL_URL=smtp://nowhere:2525"
        failed = stack.compose(
            *command, "python", "manage.py", "sendtestemail", "you@example.org", check=False
        )
        assert failed.returncode != 0
    finally:
        docker("rm", "-f", sink)


def test_backup_to_an_empty_volume_is_equal(filled, tmp_path_factory):
    documented("deploy/backup")
    documented("deploy/restore backups/")
    folder = tmp_path_factory.mktemp("backups")
    for _ in range(2):
        file = run(
            "deploy/backup", str(folder), env={**environment(filled), "KEEP": "1"}
        ).stdout.strip()
    assert [str(path) for path in folder.iterdir()] == [
        file
    ], "older ones go, and no half one stays"
    FIGURES["backup of the demo data"] = f"{os.path.getsize(file) / 1e3:.0f} kB"
    before = export_hash(filled)
    accounts = filled.psql("SELECT username, password FROM auth_user ORDER BY id")

    refused = run("deploy/restore", file, check=False, env=environment(filled))
    assert refused.returncode == 1 and "only an empty one is restored into" in refused.stderr

    filled.compose("down", "--timeout", "5")
    docker("volume", "rm", f"{filled.name}_postgres_data")
    filled.compose("up", "-d", "db")
    run("deploy/restore", file, env=environment(filled))
    filled.compose("up", "-d", "--no-build")
    wait("the site is ready", filled.is_ready)
    assert export_hash(filled) == before
    assert filled.psql("SELECT username, password FROM auth_user ORDER BY id") == accounts
    assert "signed in" in docker("exec", filled.container("web"), "/app/bin/entrypoint", "smoke")


def test_a_backup_that_fails_says_so_and_leaves_nothing(filled, tmp_path):
    """A full disk: here a folder on a file system of 64 kB."""
    full = tmp_path / "full"
    full.mkdir()
    run("mount", "-t", "tmpfs", "-o", "size=64k", "none", str(full))
    try:
        (full / "todos-20200101T000000Z.dump").write_text("the last good one")
        done = run(
            "deploy/backup", str(full), check=False, env={**environment(filled), "KEEP": "1"}
        )
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1 and "backup: FAILED" in done.stderr
        assert [path.name for path in full.iterdir()] == ["todos-20200101T000000Z.dump"]
    finally:
        run("umount", str(full))


def test_from_sqlite_without_losing_a_row(image, tmp_path_factory):
    """A folder that `make run` made, into the stack: same accounts, same rows, equal exports."""
    documented(
        'run --rm --no-deps --user "$(id -u):$(id -g)" -v "$PWD/data:/data" web from-sqlite /data/db.sqlite3'
    )
    data = tmp_path_factory.mktemp("data")
    mine = ["--user", f"{os.getuid()}:{os.getgid()}", "-v", f"{data}:/data"]
    local = ["-e", "IN_IMAGE=", "-e", "LOCAL=true", "-e", "DATA_DIR=/data", *mine]

    def manage(*arguments: str) -> str:
        return docker(
            "run",
            "--rm",
            "--tmpfs",
            "/tmp",
            *local,
            "--entrypoint",
            "python",
            image,
            "manage.py",
            *arguments,
        )

    manage("migrate", "--no-input", "-v", "0")
    manage("todos_demo", "--password", "correct horse battery staple")
    before = manage("todos_export", "--all")
    counts = json.loads(manage("shell", "-v", "0", "-c", COUNT))

    stack = Stack(
        "sqlite", tmp_path_factory.mktemp("env"), port=18040, WEB_PUBLISH="127.0.0.1:18040"
    )
    stack.down()
    try:
        stack.compose("up", "-d", "--no-build")
        wait("the site is ready", stack.is_ready)
        command = [
            "run",
            "--rm",
            "--no-deps",
            "-T",
            *mine,
            "web",
            "from-sqlite",
            "/data/db.sqlite3",
        ]
        said = stack.compose(*command).stdout
        assert re.search(r"^from-sqlite: \d{3,} rows copied$", said, re.M)
        web = stack.container("web")
        after = docker("exec", web, "python", "manage.py", "todos_export", "--all")
        assert hashlib.sha256(after.encode()).digest() == hashlib.sha256(before.encode()).digest()
        assert (
            json.loads(docker("exec", web, "python", "manage.py", "shell", "-v", "0", "-c", COUNT))
            == counts
        )
        # New rows get new numbers: the sequences went along.
        assert "signed in" in docker("exec", web, "/app/bin/entrypoint", "smoke")
        again = stack.compose(*command, check=False)
        assert again.returncode == 1 and "it must be empty" in again.stderr
    finally:
        stack.down()


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
    "up -d": "test_from_empty_to_ready",
    "up": "test_live_development",
    "createsuperuser": "test_first_admin",
    "sendtestemail": "test_test_mail",
    "migrate --check": "test_upgrade_by_hand_checks_first",
    "deploy/backup": "test_backup_to_an_empty_volume_is_equal",
    "deploy/restore": "test_backup_to_an_empty_volume_is_equal",
    "down": "test_backup_to_an_empty_volume_is_equal",
    "volume rm": "test_backup_to_an_empty_volume_is_equal",
    "todos_export --all": "test_backup_to_an_empty_volume_is_equal",
    "from-sqlite": "test_from_sqlite_without_losing_a_row",
    "stop web": "test_start_to_ready_within_two_seconds",
    "entrypoint smoke": "test_the_main_job_and_still_there_after_a_restart",
    "deploy/rollout": "test_a_good_one_and_back",
    "run --rm migrate": "test_a_good_one_and_back",
    "deploy/test-image": "test_from_empty_to_ready",
    "deploy/kubernetes/rollout": "kubernetes",
    "kustomize": "kubernetes",
    "create namespace": "kubernetes",
    "create secret": "kubernetes",
    "get pods": "kubernetes",
    "pull": "hosted",
    "ALTER ROLE": "test_changing_the_password_of_the_database",
    "logs": "test_the_worker_stays_up",
    "build": "test_from_empty_to_ready",
}


def test_changing_the_password_of_the_database(stack):
    documented("psql -U todos -d todos -c \"ALTER ROLE todos PASSWORD 'the-new-one'\"")
    before = re.search(r"^POSTGRES_PASSWORD=(.*)$", stack.env_file.read_text(), re.M)[1]
    stack.psql("ALTER ROLE todos PASSWORD 'the-new-one'")
    stack.env_file.write_text(stack.env_file.read_text().replace(before, "the-new-one"))
    stack.compose("up", "-d", "--no-build")
    wait("the site is ready", stack.is_ready)
