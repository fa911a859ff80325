"""deploy/render.yaml: what it refers to exists, and it leaves the deploys to the pipeline."""

from __future__ import annotations

from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
BLUEPRINT = yaml.safe_load((ROOT / "deploy" / "render.yaml").read_text())


def test_the_pipeline_deploys_and_looks_where_the_host_looks():
    web, worker = BLUEPRINT["services"]
    assert web["healthCheckPath"] == "/healthz"
    assert web["image"] == worker["image"] and web["image"]["url"].startswith("docker.io/")
    assert {service["autoDeployTrigger"] for service in BLUEPRINT["services"]} == {"off"}


def test_references_lead_somewhere():
    names = {service["name"] for service in BLUEPRINT["services"]}
    databases = {database["name"] for database in BLUEPRINT["databases"]}
    keys = {variable["key"] for variable in BLUEPRINT["services"][0]["envVars"]}
    for service in BLUEPRINT["services"]:
        for variable in service["envVars"]:
            if source := variable.get("fromService"):
                assert source["name"] in names and source["envVarKey"] in keys
            if source := variable.get("fromDatabase"):
                assert source["name"] in databases


def test_variables_are_ones_that_the_site_knows():
    documented = (ROOT / "site" / "README.md").read_text()
    for service in BLUEPRINT["services"]:
        for variable in service["envVars"]:
            assert f"| `{variable['key']}` |" in documented, variable["key"]
