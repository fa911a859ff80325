"""Staging gets the digest; a bad one goes back by itself; nothing secret is printed."""

from __future__ import annotations

import itertools

import pytest
import staging
from conftest import BAD, GOOD, WORSE, Fake
from hosting import Hosting, HostingError

REFERENCE = "docker.io/todos/app"


def place(fake: Fake, smoke=lambda url: None, **more) -> staging.Staging:
    """Staging at the fake service, with a clock that runs a second a look."""
    ticks = itertools.count()
    hosting = Hosting(
        "rnd_key", fake.url, patience=20, sleep=lambda s: None, clock=lambda: next(ticks)
    )
    said: list[str] = []
    services = ["web", "worker"]
    return staging.Staging(
        hosting, services, fake.url, smoke, said.append, wait_for_health=5, notes=said, **more
    )


def stripped(image: str | None) -> str | None:
    return image and image.replace(":main", "")


def test_good_image_goes_to_every_service(fake):
    fake.live = {"web": GOOD, "worker": GOOD}
    assert place(fake).deploy(WORSE) == "deployed"
    assert fake.live == {"web": WORSE, "worker": WORSE}
    assert fake.keys >= {"Bearer rnd_key"}


def test_first_deploy_ever(fake):
    assert place(fake).deploy(GOOD) == "deployed"


@pytest.mark.parametrize("status", ["build_failed", "update_failed", "pre_deploy_failed"])
def test_failing_deploy_goes_back(fake, status):
    fake.live = {"web": GOOD, "worker": GOOD}
    fake.ends[BAD] = status
    assert place(fake).deploy(BAD) == "rolled-back"
    assert stripped(fake.live["web"]) == GOOD


@pytest.mark.parametrize("probe", ["healthz", "readyz"])
def test_sick_image_goes_back_and_the_old_one_is_looked_at(fake, probe):
    fake.live = {"web": GOOD, "worker": GOOD}
    fake.sick[BAD] = probe
    assert place(fake).deploy(BAD) == "rolled-back"
    assert stripped(fake.live["web"]) == stripped(fake.live["worker"]) == GOOD
    after = fake.asked[[path for _, path, _ in fake.asked].index("/" + probe) :]
    assert ("GET", "/readyz", None) in after


def test_failing_smoke_test_goes_back(fake):
    fake.live = {"web": GOOD, "worker": GOOD}

    def smoke(url: str) -> None:
        if fake.live["web"] == BAD:
            raise HostingError("the smoke test failed: 500")

    assert place(fake, smoke).deploy(BAD) == "rolled-back"


def test_never_ready_is_not_waited_for_for_ever(fake):
    fake.live = {"web": GOOD}
    fake.ends[BAD] = "update_in_progress"
    here = place(fake)
    assert here.deploy(BAD) == "rolled-back"
    assert any("gave up waiting" in line for line in here.notes)


def test_broken_when_the_previous_is_bad_too(fake):
    fake.live = {"web": BAD, "worker": BAD}
    fake.sick = {BAD: "readyz", WORSE: "readyz"}
    assert place(fake).deploy(WORSE) == "broken"


def test_broken_when_there_is_nothing_to_go_back_to(fake):
    fake.sick[BAD] = "readyz"
    assert place(fake).deploy(BAD) == "broken"


def test_busy_service_is_asked_again(fake):
    fake.errors = [503, 429, 500]
    assert place(fake).deploy(GOOD) == "deployed"


def test_refused_when_the_service_says_no(fake):
    fake.errors = [401]
    assert place(fake).deploy(GOOD) == "refused"
    assert not fake.deploys


def test_secrets_are_stored_and_never_printed(fake, monkeypatch, capsys):
    monkeypatch.setenv("RENDER_API_KEY", "rnd_key")
    monkeypatch.setenv("RENDER_SERVICES", "web worker")
    monkeypatch.setenv("RENDER_API_URL", fake.url)
    monkeypatch.setenv("STAGING_URL", fake.url)
    monkeypatch.setenv("STAGING_ENV_DATABASE_URL", "postgres://u:very-secret@db/x")
    monkeypatch.setenv("STAGING_ENV_EMPTY", "")
    assert staging.main(["configure"]) == 0
    assert fake.variables == {
        ("web", "DATABASE_URL"): "postgres://u:very-secret@db/x",
        ("worker", "DATABASE_URL"): "postgres://u:very-secret@db/x",
    }
    printed = capsys.readouterr()
    assert "very-secret" not in printed.out + printed.err
    assert "rnd_key" not in printed.out + printed.err


@pytest.mark.parametrize(
    ("outcome", "code"), [("deployed", 0), ("rolled-back", 1), ("broken", 2), ("refused", 3)]
)
def test_outcome_reaches_the_workflow(tmp_path, monkeypatch, outcome, code):
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "out"))
    assert staging.finish(outcome) == code
    assert (tmp_path / "out").read_text() == f"outcome={outcome}\n"


def test_a_tag_is_no_digest(capsys):
    assert staging.main(["deploy", "todos/app:latest"]) == 3
    assert "named by its digest" in capsys.readouterr().err


def test_missing_secret_is_one_line(monkeypatch, capsys):
    for name in ("RENDER_API_KEY", "RENDER_SERVICES", "STAGING_URL"):
        monkeypatch.delenv(name, raising=False)
    assert staging.main(["deploy", GOOD]) == 3
    assert capsys.readouterr().err.count("\n") == 1


def test_wrong_usage_says_how():
    with pytest.raises(SystemExit):
        staging.main([])


def test_only_http_is_opened():
    with pytest.raises(HostingError):
        staging.open_url("file:///etc/passwd", 1)
