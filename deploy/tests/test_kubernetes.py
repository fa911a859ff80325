"""The overlays render, validate strictly and keep their promises; the rollout against a fake kubectl."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
KUBERNETES = ROOT / "deploy" / "kubernetes"
README = (ROOT / "deploy" / "README.md").read_text()
SCALING = (ROOT / "deploy" / "SCALING.md").read_text()
OVERLAYS = ["staging", "production"]
KINDS = {
    "ConfigMap": 1,
    "Deployment": 2,
    "HorizontalPodAutoscaler": 1,
    "Ingress": 1,
    "Job": 1,
    "NetworkPolicy": 2,
    "PodDisruptionBudget": 1,
    "Service": 1,
}
DIGEST = "someone/django-todos@sha256:" + "a" * 64
KUBECTL = shutil.which("kubectl")

needs_kubectl = pytest.mark.skipif(
    KUBECTL is None and not os.environ.get("CI"),
    reason="kubectl (with kustomize) is not installed",
)


def render(overlay: str, root: Path = KUBERNETES) -> str:
    assert KUBECTL, "kubectl (with kustomize) is not installed"
    command = [KUBECTL, "kustomize", str(root / "overlays" / overlay)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def resources(text: str) -> list[dict]:
    return [document for document in yaml.safe_load_all(text) if document]


@needs_kubectl
@pytest.mark.parametrize("overlay", OVERLAYS)
class TestOverlay:
    def test_validates_strictly(self, overlay, tmp_path):
        file = tmp_path / "all.yaml"
        file.write_text(render(overlay))
        program = str(Path(sys.executable).parent / "kubernetes-validate")
        done = subprocess.run(
            [program, "--strict", str(file)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert (done.stdout + done.stderr).count(" passed ") == sum(KINDS.values())

    def test_holds_the_kinds_that_are_meant_and_no_other(self, overlay):
        kinds = [resource["kind"] for resource in resources(render(overlay))]
        assert {kind: kinds.count(kind) for kind in kinds} == KINDS

    def test_secrets_are_by_reference_only(self, overlay):
        text = render(overlay)
        assert (
            "kind: Secret" not in text and "SECRET_KEY" not in text and "postgres://" not in text
        )
        for pod in pods(text):
            assert {"secretRef": {"name": "django-todos"}} in pod["containers"][0]["envFrom"]

    def test_pods_are_unprivileged_and_read_only(self, overlay):
        for pod in pods(render(overlay)):
            assert (
                pod["securityContext"]["runAsNonRoot"]
                and pod["securityContext"]["runAsUser"] == 10001
            )
            assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
            assert pod["automountServiceAccountToken"] is False
            for container in pod["containers"]:
                assert container["securityContext"] == {
                    "allowPrivilegeEscalation": False,
                    "capabilities": {"drop": ["ALL"]},
                    "readOnlyRootFilesystem": True,
                }
                assert (
                    container["resources"]["limits"]["memory"]
                    and container["resources"]["requests"]
                )

    def test_an_update_takes_nobody_away(self, overlay):
        web = one(render(overlay), "Deployment", "django-todos-web")
        assert web["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}
        container = web["spec"]["template"]["spec"]["containers"][0]
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
        assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
        stop = container["lifecycle"]["preStop"]["exec"]["command"][-1]
        seconds = int(stop.rpartition(" ")[2])
        assert stop.startswith("touch /tmp/drain; "), "with a full /tmp it still waits"
        probe = container["readinessProbe"]
        assert (
            seconds > probe["periodSeconds"] * probe["failureThreshold"] + probe["timeoutSeconds"]
        )
        # gunicorn's graceful timeout is 25 s
        assert web["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] >= seconds + 25

    def test_requests_that_keep_every_thread_busy_kill_nobody(self, overlay):
        """gunicorn itself gives a worker 60 s; the probe has to be more patient than that."""
        web = one(render(overlay), "Deployment", "django-todos-web")["spec"]["template"]["spec"]
        alive = web["containers"][0]["livenessProbe"]
        timeout = re.search(
            r"^timeout = (\d+)", (ROOT / "site/gunicorn.conf.py").read_text(), re.M
        )
        assert alive["periodSeconds"] * alive["failureThreshold"] > int(timeout[1])
        assert alive["timeoutSeconds"] >= 10

    def test_the_heartbeat_of_the_worker_is_looked_at(self, overlay):
        worker = one(render(overlay), "Deployment", "django-todos-worker")["spec"]["template"]
        alive = worker["spec"]["containers"][0]["livenessProbe"]
        minutes = int(re.search(r"/tmp/heartbeat -mmin -(\d+)", alive["exec"]["command"][-1])[1])
        every = int(worker["spec"]["containers"][0]["args"][-1])
        assert 2 * every < minutes * 60

    def test_goes_out_to_the_documented_ports(self, overlay):
        egress = one(render(overlay), "NetworkPolicy", "django-todos")["spec"]["egress"]
        ports = {str(port["port"]) for rule in egress for port in rule["ports"]}
        sentence = re.search(r"Out of the pods go (.*?)\.\n", README, re.S)[1]
        assert ports == set(re.findall(r"\d+", sentence))

    def test_scales_at_what_the_page_says(self, overlay):
        """W × u: the share of its cores that a replica may use before people notice."""
        text = render(overlay)
        u = float(re.search(r"^\| `u` .*\| ([\d.]+) \|", SCALING, re.M)[1])
        target = one(text, "HorizontalPodAutoscaler", "django-todos-web")["spec"]["metrics"][0]
        assert target["resource"]["target"] == {
            "type": "AverageValue",
            "averageValue": f"{int(config(text)['WEB_CONCURRENCY']) * u * 1000:.0f}m",
        }

    def test_as_large_a_body_as_the_proxy_takes(self, overlay):
        ingress = one(render(overlay), "Ingress", "django-todos-web")
        assert ingress["spec"]["ingressClassName"] == "nginx"
        size = ingress["metadata"]["annotations"]["nginx.ingress.kubernetes.io/proxy-body-size"]
        assert f"max_size {size.upper()}iB" in (ROOT / "docker" / "Caddyfile").read_text()

    def test_gateway_in_place_of_the_ingress(self, overlay, tmp_path):
        shutil.copytree(KUBERNETES, tmp_path / "k")
        with (tmp_path / "k" / "overlays" / overlay / "kustomization.yaml").open("a") as file:
            file.write("components: [../../gateway]\n")
        text = render(overlay, tmp_path / "k")
        assert "kind: Ingress" not in text
        route = one(text, "HTTPRoute", "django-todos-web")["spec"]
        assert config(text)["SITE_URL"] == f"https://{route['hostnames'][0]}"
        policy = one(text, "NetworkPolicy", "django-todos-web")["spec"]["ingress"][0]["from"][0]
        labels = policy["namespaceSelector"]["matchLabels"]
        assert labels == {"kubernetes.io/metadata.name": route["parentRefs"][0]["namespace"]}

    def test_host_and_address_agree(self, overlay):
        text = render(overlay)
        ingress = one(text, "Ingress", "django-todos-web")["spec"]
        assert (
            config(text)["SITE_URL"]
            == "https://" + ingress["rules"][0]["host"]
            == "https://" + ingress["tls"][0]["hosts"][0]
        )

    def test_selectors_match_the_pods(self, overlay):
        text = render(overlay)
        labels = one(text, "Deployment", "django-todos-web")["spec"]["template"]["metadata"][
            "labels"
        ]
        for kind, name, path in [
            ("Service", "django-todos-web", ["selector"]),
            ("Deployment", "django-todos-web", ["selector", "matchLabels"]),
            ("PodDisruptionBudget", "django-todos-web", ["selector", "matchLabels"]),
            ("NetworkPolicy", "django-todos-web", ["podSelector", "matchLabels"]),
        ]:
            wanted = one(text, kind, name)["spec"]
            for key in path:
                wanted = wanted[key]
            assert wanted.items() <= labels.items()

    def test_replicas_fit_the_database(self, overlay):
        """deploy/SCALING.md's formula, with PostgreSQL's default of 100 connections, 3 of them its own.

        At the end of an update, as many pods as serve can still be Terminating, with their connections.
        """
        text = render(overlay)
        replicas = one(text, "HorizontalPodAutoscaler", "django-todos-web")["spec"]["maxReplicas"]
        each = int(config(text)["WEB_CONCURRENCY"]) * int(config(text)["WEB_THREADS"])
        assert (2 * replicas + 1) * each + 2 + 1 + 10 <= 100 - 3
        assert "(2R + S) × W × T" in SCALING


def config(text: str) -> dict[str, str]:
    return next(item for item in resources(text) if item["kind"] == "ConfigMap")["data"]


def one(text: str, kind: str, name: str) -> dict:
    return next(r for r in resources(text) if r["kind"] == kind and r["metadata"]["name"] == name)


def pods(text: str) -> list[dict]:
    return [
        r["spec"]["template"]["spec"]
        for r in resources(text)
        if r["kind"] in ("Job", "Deployment")
    ]


FAKE = """#!{python}
import json, os, subprocess, sys
arguments = sys.argv[1:]
if arguments[0] == "kustomize":
    sys.exit(subprocess.call([{real!r}, *arguments]))
assert arguments[:2] == ["--namespace", {namespace!r}], arguments
arguments = arguments[2:]
with open({log!r}, "a") as log:
    log.write(json.dumps(arguments) + "\\n")
answers = json.loads(os.environ["FAKE_ANSWERS"])
line = " ".join(arguments)
for start, (code, said) in answers.items():
    if line.startswith(start):
        print(said)
        sys.exit(code)
if line.startswith("get job"):
    print("Complete")
if line.startswith("get deployment"):
    applied = open({log!r}).read().count('"apply"') > 1
    print(8 if applied else 7)
"""


@pytest.fixture
def rollout(tmp_path):
    """Runs deploy/kubernetes/rollout with a kubectl that remembers; returns its end and what it was told."""

    def call(*arguments: str, **answers: tuple[int, str]):
        log, fake = tmp_path / "log", tmp_path / "kubectl"
        fake.write_text(
            FAKE.format(
                python=sys.executable, real=KUBECTL, namespace="django-todos-staging", log=str(log)
            )
        )
        fake.chmod(0o755)
        answers = {key.replace("_", " "): value for key, value in answers.items()}
        environment = {
            **os.environ,
            "KUBECTL": str(fake),
            "FAKE_ANSWERS": json.dumps(answers),
            "WAIT_SECONDS": "2",
            "POLL_SECONDS": "0.1",
        }
        done = subprocess.run(
            [KUBERNETES / "rollout", *arguments],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        told = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return done, [" ".join(words) for words in told]

    return call


def starts(told: list[str], *beginnings: str) -> list[str]:
    return [line for line in told if line.startswith(beginnings)]


@needs_kubectl
class TestRollout:
    def test_migrates_first_then_the_rest(self, rollout):
        done, told = rollout("staging", DIGEST)
        assert done.returncode == 0, done.stderr
        order = [line.partition(" -f")[0] for line in told]
        assert order[:4] == [
            "get secret django-todos",
            "delete job django-todos-migrate --ignore-not-found --wait",
            "apply",
            'get job django-todos-migrate -o jsonpath={.status.conditions[?(@.status=="True")].type}',
        ]
        first, second = starts(told, "apply")
        assert first.endswith("notin (web, worker)") and second.endswith("in (web, worker)")
        assert told.index(second) > told.index(first) + 1
        assert told[-1] == "exec deployment/django-todos-web -- /app/bin/entrypoint smoke"
        assert not starts(told, "rollout undo")

    def test_failed_migrations_change_nothing_else(self, rollout):
        done, told = rollout(
            "staging", DIGEST, get_job=(0, "Failed"), logs=(0, "migrate: refused x.0002")
        )
        assert done.returncode == 1
        assert (
            "nothing else was changed" in done.stderr and "migrate: refused x.0002" in done.stderr
        )
        assert len(starts(told, "apply")) == 1 and not starts(told, "rollout")

    def test_migrations_that_never_end(self, rollout):
        done, told = rollout("staging", DIGEST, get_job=(0, ""))
        assert done.returncode == 1 and "did not end within 2 s" in done.stderr
        assert len(starts(told, "apply")) == 1

    def test_pods_that_do_not_become_ready_are_undone(self, rollout):
        done, told = rollout(
            "staging", DIGEST, **{"rollout_status_deployment/django-todos-web": (1, "")}
        )
        assert done.returncode == 1 and "django-todos-web did not become ready" in done.stderr
        undone = starts(told, "rollout undo")
        assert undone == [
            "rollout undo deployment/django-todos-web --to-revision=7",
            "rollout undo deployment/django-todos-worker --to-revision=7",
        ]
        assert starts(
            told[told.index(undone[-1]) :], "rollout status"
        ), "that the old one is ready is looked at"

    def test_what_was_not_changed_is_not_undone(self, rollout):
        """The apply was refused, or the worker is the same as before: a blind undo would go back one too far."""
        unchanged = {"get_deployment_django-todos-worker": (0, "7")}
        done, told = rollout("staging", DIGEST, exec=(1, "smoke test: no"), **unchanged)
        assert done.returncode == 1
        assert starts(told, "rollout undo") == [
            "rollout undo deployment/django-todos-web --to-revision=7"
        ]

    def test_the_first_rollout_has_nothing_to_go_back_to(self, rollout):
        done, told = rollout("staging", DIGEST, exec=(1, "no"), get_deployment=(0, ""))
        assert done.returncode == 1 and not starts(told, "rollout undo")

    def test_a_failed_smoke_test_is_undone(self, rollout):
        done, told = rollout("staging", DIGEST, exec=(1, "smoke test: signing in did not work"))
        assert done.returncode == 1 and "smoke test: signing in did not work" in done.stderr
        assert len(starts(told, "rollout undo")) == 2

    def test_without_the_secret_nothing_is_touched(self, rollout):
        done, told = rollout("staging", DIGEST, get_secret=(1, "not found"))
        assert done.returncode == 1 and "Secret django-todos is missing" in done.stderr
        assert not starts(told, "apply", "delete")

    @pytest.mark.parametrize(
        "arguments", [(), ("staging",), ("nowhere", DIGEST), ("staging", "untagged")]
    )
    def test_says_how_it_is_called(self, rollout, arguments):
        done, told = rollout(*arguments)
        assert done.returncode == 2 and done.stderr.startswith("usage:") and not told

    def test_the_image_named_is_the_one_applied(self, tmp_path):
        """What is rendered for the cluster names the digest, and nothing else of ours."""
        fake = tmp_path / "kubectl"
        fake.write_text(
            f'#!/bin/sh\n[ "$1" = kustomize ] && {{ {KUBECTL} "$@" | tee {tmp_path}/rendered; exit; }}\nexit 1\n'
        )
        fake.chmod(0o755)
        subprocess.run(
            [KUBERNETES / "rollout", "staging", DIGEST],
            env={**os.environ, "KUBECTL": str(fake)},
            check=False,
        )
        images = {
            pod["containers"][0]["image"] for pod in pods((tmp_path / "rendered").read_text())
        }
        assert images == {DIGEST}


def test_the_proxy_lets_go_of_a_connection_before_the_site_does():
    def seconds(path: str, pattern: str) -> int:
        return int(re.search(pattern, (ROOT / path).read_text())[1])

    proxy = seconds("docker/Caddyfile", r"\n\t+keepalive (\d+)s\n")
    assert proxy < seconds("site/gunicorn.conf.py", r"\nkeepalive = (\d+)\n")
