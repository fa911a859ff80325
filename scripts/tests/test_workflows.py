"""The workflows as the runner reads them: order, conditions, needs, outputs, secrets. `act` runs copies of them here.

In the copy every `run:` only notes its name, writes the outputs that a scene gives it, or fails when the scene says so
(`deploy/allowed` is run for real: it decides), and every action is a stand-in that notes its inputs. act on the host
starts no `services:` and knows neither environments nor `queue:`, which is left out of the copy; what the steps
themselves do is `make ci`'s to show.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
ACT = Path(sys.executable).parent / "act"
DIGEST = "sha256:" + "d" * 64
SHA = "a" * 40
OUTPUTS = {  # what stand-ins for actions answer
    "docker/setup-buildx-action": {"name": "builder"},
    "docker/build-push-action": {"digest": DIGEST},
    "docker/metadata-action": {"tags": "the-tags"},
}
SECRETS = {"DOCKER_USERNAME": "user", "DOCKER_PASSWORD": "word"}
VARS = {
    "DEPLOY_REPOSITORY": "our/todos",
    "IMAGE_NAME": "our/image",
    "STAGING_URL": "https://s.example",
}
NOTE = """printf '%s\\n' {where} >> "$NOTES"
case " $FAIL " in *" "{key}" "*) exit 1 ;; esac
"""


class Scene:
    """A repository with copies of the workflows, and what came of running one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.repository = folder / "repository"
        self.actions: dict[str, set[str]] = {}
        self.outputs: dict[str, dict[str, str]] = {}
        self.notes: list[str] = []
        self.inputs: dict[str, list[dict[str, str]]] = {}
        self.said = ""
        (self.repository / ".github" / "workflows").mkdir(parents=True)
        (self.repository / "deploy").mkdir()
        shutil.copy(ROOT / "deploy" / "allowed", self.repository / "deploy")

    def copy(self) -> None:
        """Every workflow, each step of it replaced, in a repository."""
        for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
            flow = json.loads(json.dumps(yaml.safe_load(path.read_text())))  # a copy of each alias
            flow["on"] = flow.pop("true")  # what YAML 1.1 makes of `on`
            for group in [flow, *flow["jobs"].values()]:
                group.get("concurrency", {}).pop("queue", "")
            for name, job in flow["jobs"].items():
                if "matrix" in job.get("strategy", {}):
                    del job["strategy"]["matrix"]["include"][2:]
                if "steps" in job:
                    # Whether an interpreter is on PATH tells no scene anything, and is half of a job's time here.
                    job["steps"] = [
                        s for s in job["steps"] if "python-version" not in s.get("with", {})
                    ]
                for step in job.get("steps", []):
                    self.replace(name, step)
            (self.repository / ".github" / "workflows" / path.name).write_text(
                yaml.safe_dump(flow)
            )
        for action, names in self.actions.items():
            self.stand_in(action, names)
        git = "git -c user.name=t -c user.email=t@example.org"
        commands = f"git init -q -b main && git add -A && {git} commit -qm scene"
        remote = "git remote add origin https://github.com/our/todos"
        subprocess.run(f"{commands} && {remote}", shell=True, cwd=self.repository, check=True)

    def replace(self, job: str, step: dict[str, Any]) -> None:
        if "uses" in step:
            self.actions.setdefault(step["uses"], set()).update(step.get("with", {}))
            return
        command = step["run"]
        note = NOTE.format(where=f"'{job}: {command}'", key=f"'{job}'")
        for key, value in self.outputs.get(step.get("id", ""), {}).items():
            note += f"echo '{key}={value}' >> \"$GITHUB_OUTPUT\"\n"
        step["run"] = note + (command if command.startswith("deploy/allowed") else "")

    def stand_in(self, action: str, names: set[str]) -> None:
        """An action that notes its name and inputs, and answers with OUTPUTS."""
        name = action.partition("@")[0]
        answers = OUTPUTS.get(name, {})
        note = "\n".join(
            f"echo '{key}={value}' >> \"$GITHUB_OUTPUT\"" for key, value in answers.items()
        )
        folder = self.folder / "actions" / name
        folder.mkdir(parents=True)
        step = {
            "id": "it",
            "shell": "bash",
            "env": {"INPUTS": "${{ toJSON(inputs) }}"},
            "run": f'printf \'{name} %s\\n\' "$(jq -c . <<<"$INPUTS")" >> "$NOTES"\n{note}\n',
        }
        body = {
            "name": name,
            "inputs": {key: {"required": False} for key in sorted(names)},
            "outputs": {key: {"value": f"${{{{ steps.it.outputs.{key} }}}}"} for key in answers},
            "runs": {"using": "composite", "steps": [step]},
        }
        (folder / "action.yml").write_text(yaml.safe_dump(body))

    def play(
        self,
        workflow: str,
        event: str,
        *,
        ref: str = "refs/heads/main",
        fail: str = "",
        fork: bool = False,
        secrets: dict[str, str] = SECRETS,
        variables: dict[str, str] = VARS,
        outputs: dict[str, dict[str, str]] | None = None,
        **payload: Any,
    ) -> bool:
        """Run one workflow; whether it ended well."""
        self.outputs = outputs or {}
        self.copy()
        notes, home = self.folder / "notes", self.folder / "home"
        home.mkdir()
        told = {"ref": ref, "repository": {"full_name": "our/todos", "fork": fork}, **payload}
        (self.folder / "event.json").write_text(json.dumps(told))
        command = [
            str(ACT),
            event,
            "--workflows",
            f".github/workflows/{workflow}",
            "--eventpath",
            "../event.json",
        ]
        command += [
            "--platform",
            "ubuntu-24.04=-self-hosted",
            "--env",
            f"NOTES={notes}",
            "--env",
            f"FAIL={fail}",
        ]
        for action in self.actions:
            local = self.folder / "actions" / action.partition("@")[0]
            command += ["--local-repository", f"{action}={local}"]
        command += [
            part for key, value in secrets.items() for part in ("--secret", f"{key}={value}")
        ]
        command += [
            part for key, value in variables.items() for part in ("--var", f"{key}={value}")
        ]
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_CACHE_HOME": str(home)}
        done = subprocess.run(
            command,
            cwd=self.repository,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        self.said = done.stdout + done.stderr
        for line in notes.read_text().splitlines() if notes.exists() else []:
            name, _, rest = line.partition(" ")
            if rest.startswith("{"):
                self.inputs.setdefault(name, []).append(json.loads(rest))
                self.notes.append(name)
            else:
                self.notes.append(line)
        return done.returncode == 0

    def ran(self) -> list[str]:
        """The jobs of which a `run:` was reached, in order."""
        return list(dict.fromkeys(note.partition(":")[0] for note in self.notes if ": " in note))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


NEWER = {"newer": {"newer": "true"}, "labels": {"args": "VERSION=1"}}
TESTED = {"tested": {"run": "7", "digest": DIGEST, "latest": "true", "line": "true"}}
BEFORE_IMAGE = ["build", "lint", "test", "site", "browser", "migrations"]
PUSHES = "docker/build-push-action"


@pytest.fixture(scope="module")
def green(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """A push to main of which everything ends well."""
    scene = Scene(tmp_path_factory.mktemp("green"))
    assert scene.play("ci.yml", "push", outputs=NEWER), scene.said
    return scene


def test_green_main_is_tested_then_pushed_then_named_then_on_staging(green):
    assert green.ran()[0] == "build"
    assert set(green.ran()[:6]) == set(BEFORE_IMAGE)
    assert green.ran()[6:] == ["image", "deploy", "staging"]
    assert green.notes.count("test: make check-matrix DIST=dist") == 2
    image = [
        note for note in green.notes if note.startswith(("image:", "docker/build", "docker/login"))
    ]
    tests = [note for note in image if "make check" in note]
    first, second = [place for place, note in enumerate(image) if note == PUSHES]
    assert len(tests) == 2 and all(first < image.index(note) < second for note in tests)
    assert second < image.index('image: deploy/image same django-todos:ci "$IMAGE_NAME@$DIGEST"')


def test_what_is_loaded_has_no_attestations_and_what_is_pushed_has_them_and_the_same_labels(green):
    loaded, pushed = green.inputs[PUSHES]
    assert (loaded["load"], loaded["provenance"], loaded["sbom"]) == ("true", "false", "false")
    assert (pushed["provenance"], pushed["sbom"]) == ("mode=max", "true")
    assert (
        "push-by-digest=true" in pushed["outputs"]
        and "name=docker.io/our/image," in pushed["outputs"]
    )
    same = ("builder", "context", "file", "build-args")
    assert [loaded[key] for key in same] == [pushed[key] for key in same] and loaded[
        "build-args"
    ] == "VERSION=1"
    assert green.inputs["docker/login-action"][0] == {"username": "user", "password": "word"}
    assert green.inputs["actions/attest"][0]["subject-digest"] == DIGEST


@pytest.mark.parametrize("job", ["build", "lint", "test", "migrations"])
def test_a_red_job_stops_what_comes_after(scene, job):
    assert not scene.play("ci.yml", "push", fail=job, outputs=NEWER)
    assert job in scene.ran() and PUSHES not in scene.notes
    assert not {"image", "deploy", "staging"} & set(scene.ran())


@pytest.mark.parametrize(("job", "reached"), [("image", []), ("deploy", ["deploy"])])
def test_a_red_image_is_not_pushed_and_a_red_deploy_is_not_staged(scene, job, reached):
    assert not scene.play("ci.yml", "push", fail=job, outputs=NEWER)
    assert scene.ran()[7:] == reached
    assert ("docker/login-action" in scene.notes) == bool(reached)


def test_the_older_of_two_commits_moves_neither_main_nor_staging(scene):
    assert scene.play("ci.yml", "push", outputs={"newer": {"newer": "false"}}), scene.said
    assert scene.ran()[-1] == "deploy"
    assert "type=raw,value=main,enable=false" in scene.inputs["docker/metadata-action"][0]["tags"]


@pytest.mark.parametrize(
    ("event", "ref"),
    [
        ("pull_request", "refs/pull/1/merge"),
        ("push", "refs/heads/develop"),
        ("workflow_dispatch", "refs/heads/main"),
    ],
)
def test_only_a_push_to_main_asks_for_the_registry(scene, event, ref):
    pull = {"number": 1, "head": {"ref": "topic"}, "base": {"ref": "main"}}
    assert scene.play("ci.yml", event, ref=ref, pull_request=pull), scene.said
    assert set(scene.ran()) == {*BEFORE_IMAGE, "image"}
    assert "docker/login-action" not in scene.notes and scene.notes.count(PUSHES) == 1


def test_a_fork_runs_everything_and_is_told_that_nothing_is_deployed(scene):
    assert scene.play("ci.yml", "push", fork=True, secrets={}, variables={}), scene.said
    assert set(scene.ran()) == {*BEFORE_IMAGE, "image"} and scene.notes.count(PUSHES) == 1
    assert "not the repository that deploys" in scene.said


@pytest.mark.parametrize("forgotten", ["DEPLOY_REPOSITORY", "DOCKER_PASSWORD"])
def test_a_forgotten_name_fails_main_and_is_named(scene, forgotten):
    secrets = {key: value for key, value in SECRETS.items() if key != forgotten}
    variables = {key: value for key, value in VARS.items() if key != forgotten}
    assert not scene.play("ci.yml", "push", secrets=secrets, variables=variables)
    assert f"Not set: {forgotten}." in scene.said
    assert "docker/login-action" not in scene.notes


def release(scene, **options):
    return scene.play("release.yml", "push", ref="refs/tags/v1.2.3", outputs=TESTED, **options)


def test_a_release_is_tried_then_published_then_named_then_told(scene):
    assert release(scene), scene.said
    published = "pypa/gh-action-pypi-publish"
    assert scene.ran() == ["agree", "staging", "image", "page"]
    order = [note for note in scene.notes if note.startswith(("staging:", "image:", published))]
    assert [note.partition(":")[0] for note in order] == ["staging", published, "image"]
    assert scene.inputs["actions/download-artifact"][0]["run-id"] == "7"
    assert "flavor" in scene.inputs["docker/metadata-action"][0]
    assert scene.inputs["docker/metadata-action"][0]["flavor"] == "latest=true"


def test_a_release_of_an_older_line_leaves_latest(scene):
    older = {"tested": {**TESTED["tested"], "latest": "false", "line": "true"}}
    assert scene.play("release.yml", "push", ref="refs/tags/v1.1.9", outputs=older), scene.said
    names = scene.inputs["docker/metadata-action"][0]
    assert names["flavor"] == "latest=false"
    assert "pattern={{major}}.{{minor}},enable=true" in names["tags"]


@pytest.mark.parametrize(
    ("job", "published"), [("agree", False), ("staging", False), ("image", True)]
)
def test_a_release_stops_where_it_fails(scene, job, published):
    assert not release(scene, fail=job)
    assert ("pypa/gh-action-pypi-publish" in scene.notes) == published
    assert scene.ran()[-1] == job and "page" not in scene.ran()


def test_a_tag_on_a_fork_publishes_nothing(scene):
    assert release(scene, fork=True, secrets={}, variables={}), scene.said
    assert scene.notes == []


def test_a_rollback_tries_the_digest_then_moves(scene):
    assert scene.play("rollback.yml", "workflow_dispatch", inputs={"digest": DIGEST}), scene.said
    assert scene.ran() == ["try", "staging", "latest"]


@pytest.mark.parametrize("job", ["try", "staging"])
def test_a_rollback_to_a_bad_digest_leaves_latest(scene, job):
    assert not scene.play("rollback.yml", "workflow_dispatch", fail=job, inputs={"digest": DIGEST})
    assert scene.ran()[-1] == job and "docker/login-action" not in scene.notes


def ended(name="CI", branch="main", event="push", repository="our/todos"):
    run = {
        "name": name,
        "head_branch": branch,
        "event": event,
        "head_repository": {"full_name": repository},
    }
    return {"workflow_run": run}


@pytest.mark.parametrize("ways", ["slack", "mail", "slack mail", ""])
def test_a_notice_goes_the_ways_that_are_set_up(scene, ways):
    told = {
        "text": 'said: "so"',
        **{way: str(way in ways.split()).lower() for way in ("slack", "mail")},
    }
    assert scene.play(
        "notice.yml", "workflow_run", outputs={"notice": told}, **ended()
    ), scene.said
    assert ("slackapi/slack-github-action" in scene.notes) == ("slack" in ways)
    assert ("dawidd6/action-send-mail" in scene.notes) == ("mail" in ways)
    if "slack" in ways:
        assert json.loads(scene.inputs["slackapi/slack-github-action"][0]["payload"]) == {
            "text": 'said: "so"'
        }


@pytest.mark.parametrize(
    ("run", "told"),
    [
        (ended("Release", "v1.2.3"), True),
        (ended("Nightly", event="schedule"), True),
        (ended(branch="topic"), False),
        (ended(event="pull_request"), False),
        (ended(repository="their/todos"), False),
    ],
)
def test_notices_are_of_our_main_and_releases(scene, run, told):
    assert scene.play("notice.yml", "workflow_run", **run), scene.said
    assert scene.ran() == (["notice"] if told else [])
