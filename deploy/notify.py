#!/usr/bin/env python3
"""Tell people: Slack and e-mail, in one line each and a link.

    deploy/notify.py KIND TEXT       KIND: failed | rolled-back | broken | recovered
    deploy/notify.py after RESULT    on main: RESULT is success or failure; says nothing when it was so before
    deploy/notify.py staging OUTCOME what deploy/staging.py said; a good deploy needs no notice

SLACK_WEBHOOK_URL; SMTP_URL (smtp+tls://user:password@host:587 or smtps://…) with NOTIFY_EMAIL_TO and
NOTIFY_EMAIL_FROM. What is not set is said in a plain line and fails nothing: a missing notice must not turn a
good deploy red.
"""

from __future__ import annotations

import json
import os
import smtplib
import ssl
import sys
import urllib.error
import urllib.request
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from hosting import HostingError, open_url

KINDS = {
    "failed": "failed",
    "rolled-back": "was bad, the previous version runs again",
    "broken": "is broken and needs a person",
    "recovered": "works again",
}


def run_url() -> str:
    """The page of this run of the pipeline."""
    server, repository = os.environ.get("GITHUB_SERVER_URL"), os.environ.get("GITHUB_REPOSITORY")
    run = os.environ.get("GITHUB_RUN_ID")
    return f"{server}/{repository}/actions/runs/{run}" if server and repository and run else ""


def slack(text: str) -> str:
    """Post to the webhook; returns the line to print."""
    url = os.environ.get("SLACK_WEBHOOK_URL")
    if not url:
        return "No Slack notice: SLACK_WEBHOOK_URL is not set."
    headers = {"Content-Type": "application/json"}
    body = json.dumps({"text": text}).encode()
    request = urllib.request.Request(url, data=body, headers=headers)  # noqa: S310
    try:
        open_url(request, timeout=15)
    except (OSError, HostingError) as error:
        return f"No Slack notice: the webhook did not take it ({type(error).__name__})."
    return "Slack was told."


def mail(subject: str, text: str) -> str:
    """Send one mail; returns the line to print."""
    names = ("SMTP_URL", "NOTIFY_EMAIL_TO", "NOTIFY_EMAIL_FROM")
    if missing := [name for name in names if not os.environ.get(name)]:
        return f"No e-mail notice: {', '.join(missing)} not set."
    message = EmailMessage()
    message["Subject"], message["To"] = subject, os.environ["NOTIFY_EMAIL_TO"]
    message["From"] = os.environ["NOTIFY_EMAIL_FROM"]
    message.set_content(text)
    try:
        send(message, os.environ["SMTP_URL"])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        return f"No e-mail notice: the server did not take it ({type(error).__name__})."
    return "E-mail was sent."


def send(message: EmailMessage, url: str) -> None:
    """Over smtps from the start, or over smtp with STARTTLS; plain only to this machine (the tests)."""
    parts = urlsplit(url)
    host, context = parts.hostname or "", ssl.create_default_context()
    if parts.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, parts.port or 465, timeout=20, context=context
        )
    else:
        server = smtplib.SMTP(host, parts.port or 587, timeout=20)
    with server:
        if parts.scheme == "smtp+tls" or (parts.scheme == "smtp" and host not in LOCAL):
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        server.send_message(message)


LOCAL = {"localhost", "127.0.0.1", "::1"}


def tell(kind: str, text: str) -> None:
    """Say it everywhere that is configured; what can't be reached is named, and fails nothing."""
    subject = f"django-todos: {text} {KINDS[kind]}"
    body = f"{subject}\n{run_url()}".strip()
    print(subject)
    print(slack(body))
    print(mail(subject, body + "\n"))


def previous_conclusion() -> str:
    """How the last finished run of this workflow on main ended, as the hosting of the code says."""
    api, repository = os.environ.get("GITHUB_API_URL"), os.environ.get("GITHUB_REPOSITORY")
    workflow, token = os.environ.get("WORKFLOW_FILE"), os.environ.get("GITHUB_TOKEN")
    if not (api and repository and workflow and token):
        return "unknown"
    path = f"{api}/repos/{repository}/actions/workflows/{workflow}/runs"
    query = "?branch=main&status=completed&per_page=10"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json"}
    request = urllib.request.Request(path + query, headers=headers)  # noqa: S310
    try:
        runs = json.loads(open_url(request, timeout=15))["workflow_runs"]
    except (OSError, HostingError, KeyError, ValueError):
        return "unknown"
    ended = [run["conclusion"] for run in runs if run["conclusion"] in {"success", "failure"}]
    return str(ended[0]) if ended else "unknown"


def after(result: str) -> None:
    """A failure on main is told each time; a success only when the run before had failed."""
    if result != "success":
        tell("failed", "the pipeline on main")
    elif previous_conclusion() == "failure":
        tell("recovered", "the pipeline on main")
    else:
        print("Nothing to tell: main works, as it did before.")


def staging(outcome: str) -> None:
    """What became of a deploy; one that ended without a word has failed."""
    if outcome == "deployed":
        print("Nothing to tell: staging runs the new image.")
    else:
        tell(outcome if outcome in KINDS else "failed", "staging")


def main(arguments: list[str]) -> int:
    """Never fails for want of a notice; only for being called wrongly."""
    match arguments:
        case ["after", result]:
            after(result)
        case ["staging", outcome]:
            staging(outcome)
        case [kind, text] if kind in KINDS:
            tell(kind, text)
        case _:
            raise SystemExit(__doc__)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
