"""What `migrate` lets pass while an older version runs: judged inside the image, without a database."""

from __future__ import annotations

import json

import pytest
from engine import docker

# Name → (an operation on the model T with a nullable `a`, a required `b` of 20 characters; what is said, "" = it passes)
CASES = {
    "new table": ('CreateModel("N", [("id", models.BigAutoField(primary_key=True))])', ""),
    "nullable column": ('AddField("t", "n", models.TextField(null=True))', ""),
    "column with a default in the database": (
        'AddField("t", "n", models.IntegerField(db_default=0))',
        "",
    ),
    "column with a default in Python": (
        'AddField("t", "n", models.IntegerField(default=0))',
        "no default in the database",
    ),
    "column gone": ('RemoveField("t", "b")', "still reads and writes the column"),
    "column renamed": ('RenameField("t", "b", "c")', "old name"),
    "table gone": ('DeleteModel("T")', "still reads and writes the table"),
    "table renamed": ('RenameModel("T", "U")', "old name"),
    "longer": ('AlterField("t", "b", models.CharField(max_length=30))', ""),
    "shorter": ('AlterField("t", "b", models.CharField(max_length=10))', "changes its type"),
    "another type": ('AlterField("t", "b", models.IntegerField())', "changes its type"),
    "no longer empty": ('AlterField("t", "a", models.TextField())', "may leave the column empty"),
    "may be empty": ('AlterField("t", "b", models.CharField(max_length=20, null=True))', ""),
    "unique": (
        'AlterField("t", "b", models.CharField(max_length=20, unique=True))',
        "may write what it forbids",
    ),
    "constraint": (
        'AddConstraint("t", models.UniqueConstraint(fields=["b"], name="u"))',
        "may write what it forbids",
    ),
    "index": ('AddIndex("t", models.Index(fields=["b"], name="i"))', ""),
    "words only": ('AlterModelOptions("t", {"verbose_name": "x"})', ""),
    "code": ("RunPython(print)", "can not be judged"),
    "SQL": ('RunSQL("SELECT 1")', "can not be judged"),
}
SCRIPT = """
import json, sys
sys.path.insert(0, "/app/bin")
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
import django; django.setup()
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from migrate import judge
first = migrations.Migration("0001", "x")
first.operations = [migrations.CreateModel("T", [("id", models.BigAutoField(primary_key=True)),
    ("a", models.TextField(null=True)), ("b", models.CharField(max_length=20))])]
found = {}
for name, source in json.loads(sys.stdin.read()).items():
    second = migrations.Migration("0002", "x")
    second.operations = [eval(source, {"models": models, **vars(migrations)})]
    found[name] = list(judge(second, first.mutate_state(ProjectState()), set(), connection))
third = migrations.Migration("0002", "x")
third.operations = [migrations.CreateModel("N", [("id", models.BigAutoField(primary_key=True))]),
    migrations.AddField("n", "k", models.IntegerField()), migrations.AlterField("n", "k", models.TextField())]
found["a table of its own plan"] = list(judge(third, first.mutate_state(ProjectState()), set(), connection))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def judged(image):
    sources = json.dumps({name: source for name, (source, _said) in CASES.items()})
    return json.loads(
        docker(
            "run",
            "--rm",
            "-i",
            "--network",
            "none",
            "--entrypoint",
            "python",
            image,
            "-c",
            SCRIPT,
            input=sources,
        )
    )


@pytest.mark.parametrize("name", CASES)
def test_operation(judged, name):
    said = CASES[name][1]
    assert len(judged[name]) == (1 if said else 0), judged[name]
    assert said in "".join(judged[name])


def test_what_the_plan_itself_made_is_free(judged):
    assert judged["a table of its own plan"] == []
