"""deploy/render.yaml against our own schema, and that schema against what it must not let pass."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
BLUEPRINT = yaml.safe_load((ROOT / "deploy" / "render.yaml").read_text())
SCHEMA = json.loads((ROOT / "deploy" / "render.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_the_blueprint_holds():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert [error.message for error in VALIDATOR.iter_errors(BLUEPRINT)] == []


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
    settings = (ROOT / "site" / "config" / "settings.py").read_text()
    for service in BLUEPRINT["services"]:
        for variable in service["envVars"]:
            assert re.search(rf"^    {variable['key']} ", settings, re.M), variable["key"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda b: b["services"].pop(),
        lambda b: b["services"][0].update(type="pserv"),
        lambda b: b["services"][0].update(healthCheckPath="/"),
        lambda b: b["services"][0].pop("preDeployCommand"),
        lambda b: b["services"][0].update(autoDeployTrigger="commit"),
        lambda b: b["services"][0].update(surprise=1),
        lambda b: b["services"][0]["image"].update(url="someone/else:main"),
        lambda b: b["services"][1].update(dockerCommand="sh"),
        lambda b: b["services"][0]["envVars"].append(
            {"key": "SECRET_KEY", "value": "in the open"}
        ),
        lambda b: b["services"][0]["envVars"].pop(0),
        lambda b: b["databases"][0].update(ipAllowList=[{"source": "0.0.0.0/0"}]),
        lambda b: b["databases"][0].update(postgresMajorVersion="14"),
    ],
)
def test_what_must_not_pass(spoil):
    blueprint = copy.deepcopy(BLUEPRINT)
    spoil(blueprint)
    assert list(VALIDATOR.iter_errors(blueprint))
