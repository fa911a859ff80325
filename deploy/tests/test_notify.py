"""Notices reach the webhook and the mail server; a missing one is a plain line and no failure."""

from __future__ import annotations

import notify
import pytest


@pytest.fixture(autouse=True)
def nowhere(monkeypatch):
    for name in ("SLACK_WEBHOOK_URL", "SMTP_URL", "NOTIFY_EMAIL_TO", "NOTIFY_EMAIL_FROM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://code.example")
    monkeypatch.setenv("GITHUB_REPOSITORY", "o/r")
    monkeypatch.setenv("GITHUB_RUN_ID", "7")


def test_both_are_told_with_a_link(fake, mailbox, monkeypatch, capsys):
    url, mails = mailbox
    monkeypatch.setenv("SLACK_WEBHOOK_URL", fake.url + "/hook")
    monkeypatch.setenv("SMTP_URL", url)
    monkeypatch.setenv("NOTIFY_EMAIL_TO", "team@example.org")
    monkeypatch.setenv("NOTIFY_EMAIL_FROM", "ci@example.org")
    assert notify.main(["rolled-back", "staging"]) == 0
    assert "previous version runs again" in fake.posted[0]["text"]
    assert "https://code.example/o/r/actions/runs/7" in fake.posted[0]["text"]
    assert "To: team@example.org" in mails[0]
    assert "Slack was told.\nE-mail was sent." in capsys.readouterr().out


def test_missing_secrets_are_said_and_fail_nothing(capsys):
    assert notify.main(["failed", "staging"]) == 0
    printed = capsys.readouterr().out
    assert "SLACK_WEBHOOK_URL is not set" in printed
    assert "SMTP_URL, NOTIFY_EMAIL_TO, NOTIFY_EMAIL_FROM not set" in printed


def test_unreachable_ones_fail_nothing_and_print_no_secret(monkeypatch, capsys):
    monkeypatch.setenv("SLACK_WEBHOOK_URL", "http://127.0.0.1:9/very-secret")
    monkeypatch.setenv("SMTP_URL", "smtp://user:very-secret@127.0.0.1:9")
    monkeypatch.setenv("NOTIFY_EMAIL_TO", "a@example.org")
    monkeypatch.setenv("NOTIFY_EMAIL_FROM", "b@example.org")
    assert notify.main(["broken", "staging"]) == 0
    printed = capsys.readouterr()
    assert "very-secret" not in printed.out + printed.err
    assert "did not take it" in printed.out


@pytest.mark.parametrize(
    ("result", "before", "said"),
    [
        ("failure", ["success"], "failed"),
        ("cancelled", [], "failed"),
        ("success", ["cancelled", "failure", "success"], "works again"),
        ("success", ["success", "failure"], "Nothing to tell"),
        ("success", [], "Nothing to tell"),
    ],
)
def test_main_is_told_about_when_it_changes(fake, monkeypatch, capsys, result, before, said):
    fake.runs = before
    monkeypatch.setenv("GITHUB_API_URL", fake.url)
    monkeypatch.setenv("GITHUB_TOKEN", "t")
    monkeypatch.setenv("WORKFLOW_FILE", "ci.yml")
    assert notify.main(["after", result]) == 0
    assert said in capsys.readouterr().out


def test_unknown_history_is_no_recovery(monkeypatch, capsys):
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    notify.main(["after", "success"])
    assert "Nothing to tell" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("deployed", "Nothing to tell"),
        ("rolled-back", "previous version runs again"),
        ("broken", "needs a person"),
        ("refused", "staging failed"),
        ("", "staging failed"),
    ],
)
def test_what_became_of_staging(capsys, outcome, said):
    assert notify.main(["staging", outcome]) == 0
    assert said in capsys.readouterr().out
