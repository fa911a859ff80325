"""The pipeline agrees with itself: YAML, tox.ini, Makefile and metadata say the same, and the linters are content."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tomllib
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))
import ci  # noqa: E402

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent
ACTION = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40}$")
# Programs that a `run:` step may call: each can be called on any machine.
CALLABLE = re.compile(r"^(sudo )?(make [a-z-]+|(deploy|scripts)/[a-z]+)( |$)")


@cache
def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps() -> list[tuple[str, dict[str, Any]]]:
    """Every step of every workflow, with a name for messages."""
    return [
        (f"{path.name}:{job}", step)
        for path in WORKFLOWS
        for job, body in load(path)["jobs"].items()
        for step in body.get("steps", [])
    ]


def runs() -> list[tuple[str, str]]:
    return [(where, step["run"]) for where, step in steps() if "run" in step]


def configuration() -> configparser.SectionProxy:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini")
    return parser["tox"]


def environments() -> set[str]:
    """tox.ini's env_list, its braces expanded."""
    return expanded(configuration()["env_list"])


def expanded(text: str) -> set[str]:
    names: set[str] = set()
    for line in text.split():
        parts = re.split(r"\{([^}]*)\}", line)
        choices = [part.split(",") if i % 2 else [part] for i, part in enumerate(parts)]
        names |= {"".join(choice) for choice in product(*choices)}
    return names


def metadata() -> dict[str, Any]:
    path = ROOT / "packages" / "django-todos" / "pyproject.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))["project"]


def tracked() -> list[Path]:
    """Every tracked file; of a tree without git, every file that is not ignored by a rule of thumb."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    paths = [ROOT / name for name in done.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file()]


def program(name: str) -> str:
    """A tool of this environment; a missing one is a failure, not a skip."""
    found = BIN / name
    assert found.exists(), f"{name} is not installed in this environment"
    return str(found)


def check(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


# -- linters ---------------------------------------------------------------------------------------


def test_zizmor():
    zizmor = program("zizmor")
    check(
        zizmor,
        "--offline",
        "--no-progress",
        "--persona",
        "auditor",
        "--config",
        "scripts/zizmor.yml",
        ".github",
    )


def test_actionlint():
    check(program("actionlint"), *(str(path.relative_to(ROOT)) for path in WORKFLOWS))


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.dependabot", ".github/dependabot.yml"),
        ("vendor.compose-spec", "compose.yaml"),
        ("vendor.compose-spec", "docker/compose.*.yaml"),
    ],
)
def test_schema(schema, pattern):
    files = [str(path) for path in sorted(ROOT.glob(pattern))]
    assert files
    check(program("check-jsonschema"), "--builtin-schema", schema, *files)


def test_shellcheck():
    scripts = [path for path in tracked() if is_shell(path)]
    assert scripts
    check(program("shellcheck"), *map(str, scripts))


def is_shell(path: Path) -> bool:
    with path.open("rb") as file:
        return bool(re.match(rb"#!.*\b(bash|sh)\b", file.readline(80)))


def test_hadolint():
    check(program("hadolint"), "docker/Dockerfile")


# -- YAML, tox.ini, Makefile, metadata -------------------------------------------------------------


def test_every_action_is_pinned_by_sha_with_its_version():
    for where, step in steps():
        if "uses" in step:
            assert ACTION.match(step["uses"]), f"{where}: {step['uses']}"
    for path in WORKFLOWS:
        for line in path.read_text().splitlines():
            if "uses:" in line and "./" not in line:
                assert re.search(r"# v\d+(\.\d+\.\d+)?$", line), f"{path.name}: {line.strip()}"


def test_one_action_one_version():
    used: dict[str, set[str]] = {}
    for _, step in steps():
        if "uses" in step:
            name, _, sha = step["uses"].partition("@")
            used.setdefault(name, set()).add(sha)
    assert not [name for name, shas in used.items() if len(shas) > 1]


def test_each_run_is_one_command_that_works_anywhere():
    assert runs()
    for where, text in runs():
        assert "\n" not in text.strip(), f"{where}: more than one command: {text}"
        assert CALLABLE.match(text), f"{where}: {text}"
        assert "${{" not in text, f"{where}: an expression inside a command: {text}"


def test_what_a_run_calls_exists():
    makefile = (ROOT / "Makefile").read_text()
    for where, text in runs():
        words = text.removeprefix("sudo ").split()
        if words[0] == "make":
            assert re.search(
                rf"^{re.escape(words[1])}:", makefile, re.MULTILINE
            ), f"{where}: {text}"
        else:
            path = ROOT / words[0]
            assert path.exists() and path.stat().st_mode & 0o111, f"{where}: {text}"


def reached() -> set[str]:
    """Every tox environment that a workflow names, by ENVS= or as a cell of the matrix."""
    found: set[str] = set()
    for _, text in runs():
        for names in re.findall(r'ENVS="([^"]*)"', text):
            found |= set(names.split())
    if any("make sbom" in text for _, text in runs()):
        found.add("sbom")
    return found | {f"{cell}-{db}" for cell in cells() for db in ("sqlite", "postgres")}


def cells() -> set[str]:
    """py311-django42, … as the workflow's matrix says."""
    rows = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    return {
        f"py{row['python'].replace('.', '')}-django{row['django'].replace('.', '')}"
        for row in rows["include"]
    }


def test_every_environment_of_the_workflows_exists():
    assert reached() <= environments()


def test_every_environment_is_reached_by_the_pipeline():
    assert environments() <= reached()


def test_matrix_is_the_same_everywhere():
    in_tox = {name.rpartition("-")[0] for name in environments() if "-django" in name}
    assert cells() == in_tox
    classifiers = metadata()["classifiers"]
    djangos = set(re.findall(r"Framework :: Django :: (\d+\.\d+)$", "\n".join(classifiers), re.M))
    pythons = set(re.findall(r"Python :: (3\.\d+)$", "\n".join(classifiers), re.M))
    assert djangos == {f"{name[-2]}.{name[-1]}" for name in in_tox}
    assert pythons == {f"3.{name[3:5]}" for name in in_tox}
    lowest = min(int(version[2:]) for version in pythons)
    assert metadata()["requires-python"] == f">=3.{lowest}"


def test_make_ci_reads_every_step_of_the_workflow_for_each_row_in_order():
    read = ci.steps(load(ROOT / ".github" / "workflows" / "ci.yml"))
    commands = list(dict.fromkeys(step.command for step in read))
    assert commands == list(
        dict.fromkeys(text for where, text in runs() if where.startswith("ci.yml:"))
    )
    rows = [step.given for step in read if "make check-matrix" in step.command]
    assert {
        f"py{row['PYTHON_VERSION']}-django{row['DJANGO']}".replace(".", "") for row in rows
    } == cells()
    assert not [row for row in rows if "${{" in str(row)]


def test_make_test_runs_every_environment_that_needs_no_browser_and_no_engine():
    """Of the matrix its corners and one cell of Django 6.0; 5.2 is the site's; hosted runs all."""
    label = configuration()["labels"].removeprefix("\ntest = ").replace("\\\n", "")
    here = expanded(label.replace(", ", " "))
    rest = {name for name in environments() - here if not name.startswith("py3")}
    assert rest == {
        "e2e", "image", "bare", "load", "audit", "sbom", "newest", "hosts", "hosts42",
    }  # fmt: skip
    cells = {name for name in here if name.startswith("py3")}
    corners = {
        f"{cell}-{db}"
        for cell in ("py311-django42", "py313-django61")
        for db in ("sqlite", "postgres")
    }
    assert cells - corners == {"py312-django60-sqlite"} and corners < cells


def test_the_five_stages_in_their_order():
    names = [job["name"].partition(" (")[0] for job in load(WORKFLOWS[0])["jobs"].values()]
    stages = ["Build & install", "Lint & security", "Test", "Image", "Deploy"]
    assert [name for name in dict.fromkeys(names) if name in stages] == stages


def test_the_deploy_waits_for_every_check():
    jobs = load(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]
    assert set(jobs["image"]["needs"]) == set(jobs) - {"image", "deploy", "staging"}


def test_nothing_that_waits_for_its_turn_is_dropped():
    """Without `queue: max` a third run cancels the second that waits; only CI has a group for each run."""
    for path in WORKFLOWS:
        flow = load(path)
        turns = [
            group["concurrency"]
            for group in [flow, *flow["jobs"].values()]
            if "concurrency" in group
        ]
        for turn in turns:
            own = "github.sha" in turn["group"]
            assert own or (
                turn.get("queue") == "max" and "cancel-in-progress" not in turn
            ), path.name


def test_secrets_are_read_only_where_an_environment_guards_them():
    for path in WORKFLOWS:
        for name, job in load(path)["jobs"].items():
            if "secrets." in str(job.get("steps", "")):
                assert job.get("environment"), f"{path.name}:{name} reads secrets without one"


# -- the repository --------------------------------------------------------------------------------

PASSWORD = re.compile(
    r"""(?ix) (?:password|passwd|secret_key|api_?key|token) ["']? \s* [:=] \s* ["'] (?P<value>[^"'{}$<>\s]{8,}) ["']"""
)
URL = re.compile(r"(?i)\b[a-z+]+://[^/\s:@'\"]*:(?P<value>[^@\s/'\"]+)@")
# A value that says of itself that it is none: placeholders, what tests make up, what the run's id fills in.
HARMLESS = re.compile(
    r"(?i)password|secret|test|example|run-\$|\$\{|\{|<|correct|wrong|x{4,}|^\W+$|\*\*|^\d+/\d*[smhd]/"
)


def test_no_literal_password_in_any_tracked_file():
    for path in tracked():
        if "tests" in path.parts or "e2e" in path.parts or path.suffix in {".png", ".mo", ".ico"}:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        for found in [*PASSWORD.finditer(text), *URL.finditer(text)]:
            value = found["value"]
            line = text.count("\n", 0, found.start()) + 1
            assert HARMLESS.search(value), f"{path.relative_to(ROOT)}:{line}: {value[:3]}…"


def test_no_registry_and_no_path_of_a_machine_is_written_down():
    hosts = ["pypi" + ".org", "files.python" + "hosted.org", "registry.npmjs" + ".org"]
    words = [*hosts, "/root/" + ".pyenv", "/home/" + "user"]
    for path in tracked():
        text = path.read_bytes()
        for word in words:
            assert word.encode() not in text, f"{path.relative_to(ROOT)} names {word}"


def test_programs_can_be_executed():
    for path in [*(ROOT / "scripts").glob("*"), *(ROOT / "deploy").glob("*")]:
        if path.is_file() and path.read_bytes()[:2] == b"#!":
            assert path.stat().st_mode & 0o111, path
