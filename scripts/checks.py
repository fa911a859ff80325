#!/usr/bin/env python3
"""What a change must pass, in the pipeline's order: `make test`, `make ci`, `.ci/run`.

    scripts/checks.py test           everything that needs neither a browser nor a container engine
    scripts/checks.py ci             all stages of the hosted pipeline, in its order
    scripts/checks.py run ENV ...    the named tox environments
    scripts/checks.py report FILE N  one table of all that earlier calls with CHECKS_REPORT=FILE ran, in N seconds

Every check is an environment of tox.ini; this program only chooses them, runs two at a time against
one wheel, and says what ran, what did not, and why. Under CI=true something promised that could not
run is a failure.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
LOGS = ROOT / ".tox" / "results"
HOSTED = os.environ.get("GITHUB_ACTIONS") == "true"
STRICT = os.environ.get("CI", "").lower() in {"1", "true"}
# Debian 12 has no Python 3.14: only the hosted pipeline promises it.
PROMISED = ("py311", "py312", "py313", *(["py314"] if HOSTED else []))
# The longest first, so that the two workers end together.
FIRST = (
    "py311-django42-sqlite",
    "py313-django61-sqlite",
    "py311-django42-postgres",
    "py313-django61-postgres",
    "site",
    "types",
)
TEST_LINE = re.compile(r"(\d+) (passed|failed|errors?|skipped)\b")
COVERAGE_LINE = re.compile(r"^TOTAL\s.*\s([\d.]+%)$", re.MULTILINE)
UNITTEST_LINE = re.compile(r"^Ran (\d+) tests?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Result:
    """One row of the table at the end."""

    name: str
    state: str  # "passed", "failed", "not run"
    seconds: float = 0.0
    note: str = ""
    stage: str = ""


def environments() -> list[str]:
    """Every environment of tox.ini."""
    command = [sys.executable, "-m", "tox", "list", "--no-desc", "-q"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line]


def matrix(names: Iterable[str]) -> list[str]:
    """Those that test the package against one Django and Python."""
    return [name for name in names if re.match(r"py\d+-django", name)]


def interpreter(name: str) -> str:
    """`python3.12` for `py312-…`."""
    return "python3." + name.removeprefix("py3").partition("-")[0]


def available(name: str) -> bool:
    """Whether the environment's interpreter is here, and not only a version manager's shim of it."""
    program = interpreter(name)
    if not shutil.which(program):
        return False
    command = [program, "-c", "import sys; print(sys.version_info[:2])"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def missing(name: str) -> Result:
    """An interpreter that is not here: a failure only where the gate promises it."""
    promised = STRICT and name.startswith(PROMISED)
    note = f"{interpreter(name)} is not installed"
    return Result(name, "failed" if promised else "not run", note=note)


def tests_in(name: str) -> str:
    """What the environment's own runner said it ran."""
    log = LOGS / f"{name}.log"
    if not log.exists():
        return ""
    text = log.read_text(errors="replace")
    if total := COVERAGE_LINE.search(text):
        return f"{total[1]} with branches"
    if ran := UNITTEST_LINE.findall(text):
        return f"{ran[-1]} tests"
    for line in reversed(text.splitlines()):
        if found := TEST_LINE.findall(line):
            return ", ".join(f"{number} {word}" for number, word in found)
    return "no tests"


def tox(names: list[str], wheel: Path | None, *extra: str) -> list[Result]:
    """Run environments, two at a time."""
    if not names:
        return []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [sys.executable, "-m", "tox", "run-parallel", "--parallel", "2"]
        command += ["--parallel-no-spinner", "--result-json", str(report), "-e", ",".join(names)]
        command += ["--installpkg", str(wheel)] if wheel else []
        subprocess.run([*command, *extra], cwd=ROOT, check=False)
        found = json.loads(report.read_text())["testenvs"] if report.exists() else {}
    return [read(name, found.get(name, {}).get("result")) for name in names]


def read(name: str, result: dict[str, object] | None) -> Result:
    """A row of tox's report; one that tox skipped, or never began, has not passed."""
    if not result or result.get("skipped"):
        return Result(name, "failed" if STRICT else "not run", note="tox did not run it")
    tests = tests_in(name)
    state = "passed" if result["success"] and tests not in {"no tests", "0 tests"} else "failed"
    return Result(name, state, float(str(result["duration"])), tests)


def build() -> Path:
    """The one wheel that everything installs: built now, or what DIST holds (the pipeline's artifact)."""
    if given := os.environ.get("DIST"):
        return next((ROOT / given).glob("*.whl"))
    program = str(ROOT / "scripts" / "wheel.py")
    subprocess.run([sys.executable, program, str(DIST)], cwd=ROOT, check=True)
    return next(DIST.glob("*.whl"))


def run(names: list[str]) -> list[Result]:
    """Run environments against one wheel, then the coverage of what the matrix ran."""
    if not names:
        return []
    wheel = build()
    here = [name for name in names if name not in matrix(names) or available(name)]
    absent = [missing(name) for name in names if name not in here]
    for name in here:
        (LOGS / f"{name}.log").unlink(missing_ok=True)
    if combine := "coverage" in here:
        here.remove("coverage")
        if matrix(here):  # else the data are another job's, brought here to be combined
            shutil.rmtree(ROOT / "coverage", ignore_errors=True)
    here.sort(key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    results = tox(here, wheel)
    if combine:
        results += tox(["coverage"], wheel)
    return results + absent


def summarise(lines: list[str]) -> None:
    """Put the table, and the coverage where it was combined, on the page of the hosted run."""
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if not path:
        return
    report = LOGS / "coverage.log"
    if report.exists():
        lines = [*lines, "", *report.read_text(errors="replace").splitlines()]
    with Path(path).open("a") as summary:
        summary.write("```\n" + "\n".join(lines) + "\n```\n")


def remember(results: list[Result]) -> None:
    """Append the rows to the file that CHECKS_REPORT names, for `report`."""
    if path := os.environ.get("CHECKS_REPORT"):
        with Path(path).open("a") as report:
            report.writelines(json.dumps(asdict(result)) + "\n" for result in results)


def recall(path: Path) -> list[Result]:
    """The rows of earlier calls."""
    return [Result(**json.loads(line)) for line in path.read_text().splitlines()]


def table(results: list[Result], seconds: float) -> int:
    """Print what ran and what did not; the exit code."""
    if not results:
        print("checks: 0 passed, 1 failed")
        return 1
    width = max(len(result.name) for result in results)
    ran = [r.name for r in results if r.state == "passed" and r.name in matrix([r.name])]
    absent = [r.name for r in results if r.state == "not run"]
    counts = {state: sum(r.state == state for r in results) for state in ("passed", "failed")}
    lines = [row(result, width) for result in results]
    lines += ["-" * 78]
    lines += [f"matrix: {len(ran)} environments ran; not run: {', '.join(absent) or 'none'}"]
    lines += [f"{seconds:.0f} s", f"checks: {counts['passed']} passed, {counts['failed']} failed"]
    summarise(lines)
    print("\n" + "-" * 78, *lines, sep="\n", flush=True)
    return 1 if counts["failed"] or not counts["passed"] else 0


def row(result: Result, width: int) -> str:
    """One line of the table."""
    took = f"{result.seconds:6.1f} s" if result.seconds else " " * 8
    stage = f"{result.stage:<16} " if result.stage else ""
    return f"{stage}{result.name:<{width}}  {result.state:<8} {took}  {result.note}".rstrip()


def stages(every: list[str]) -> list[tuple[str, list[str]]]:
    """The hosted pipeline's stages, in its order; Deploy is hosted only."""
    return [
        ("Build & install", ["package"]),
        ("Lint & security", ["lint", "types", "pipeline", "docs", "audit"]),
        ("Test", [*matrix(every), "coverage", "site", "e2e"]),
        ("Migrations", ["migrations"]),
        ("Image", ["image", "load"]),
    ]


def hosted_only(name: str) -> str:
    """Why an environment can't run here; empty when it can."""
    if name == "audit" and not HOSTED:
        return "needs the advisory service, which is hosted"
    if name == "image" and not engine():
        return "needs a container engine"
    return ""


def engine() -> bool:
    """Whether a container engine answers."""
    if not shutil.which("docker"):
        return False
    return subprocess.run(["docker", "info"], capture_output=True, check=False).returncode == 0


def pipeline() -> list[Result]:
    """`make ci`: each stage in its order, as far as it can be run here."""
    results = []
    for stage, names in stages(environments()):
        print(f"\n=== {stage} ===", flush=True)
        apart = {name: hosted_only(name) for name in names}
        ended = run([name for name, reason in apart.items() if not reason])
        ended += [Result(name, "not run", note=why) for name, why in apart.items() if why]
        results += [replace(result, stage=stage) for result in ended]
    reason = "pushes to a registry, and only from the hosted main"
    return [*results, Result("deploy", "not run", note=reason, stage="Deploy")]


def main(arguments: list[str]) -> int:
    """Choose the environments and run them."""
    began = time.monotonic()
    every = environments()
    match arguments:
        case ["test"]:
            names = [*matrix(every), "coverage", "site", "package", "lint", "types"]
            names += ["migrations", "pipeline", "docs"]
        case ["ci"]:
            return table(pipeline(), time.monotonic() - began)
        case ["run", *names] if names:
            pass
        case ["report", path, seconds]:
            return table(recall(Path(path)), float(seconds))
        case _:
            raise SystemExit(__doc__)
    results = run(names)
    remember(results)
    return table(results, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
