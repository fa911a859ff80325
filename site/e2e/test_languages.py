"""Signing up, adding, sharing and reading the mail of it, in a language from right to left, in one without spaces, in German."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import expect

from .conftest import DESKTOP, PASSWORD, PHONE, People, violations
from .test_people import user_of

TITLES = {"ar": "شراء الحليب (2 لتر)", "ja": "明日は牛乳を買う", "de": "Fußböden wischen"}


def invitation_to(address: str) -> EmailMultiAlternatives:
    """The mail that asks somebody into a list, as the worker sends it."""
    from django_todos.notices import send_invitations

    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        send_invitations(datetime.now(UTC))
    [letter] = [one for one in mail.outbox if one.to == [address]]
    assert isinstance(letter, EmailMultiAlternatives)
    return letter


@pytest.mark.parametrize(
    ("code", "viewport"), [("ar", PHONE), ("ja", DESKTOP), ("de", PHONE)], ids=["ar", "ja", "de"]
)
def test_sign_up_add_share_and_read_the_mail(
    people: People, code: str, viewport: dict[str, int]
) -> None:
    from allauth.account.models import EmailAddress

    from django_todos.models import Preferences

    def said(text: str, **values: str) -> str:
        with translation.override(code):
            return gettext(text) % values

    page = people.anonymous(locale=code, viewport=viewport).page
    page.goto("/accounts/signup/")
    expect(page.locator("html")).to_have_attribute("lang", code)
    page.locator("input[name=username]").fill("host-" + secrets.token_hex(4))
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.get_by_role("button", name=said("Create account")).click()
    expect(page.get_by_role("heading", name=said("Today"), level=1)).to_be_visible()

    page.goto("/inbox/")
    page.locator("#quick-add-text").fill(TITLES[code])
    page.locator("#quick-add").get_by_role("button", name=said("Add"), exact=True).click()
    expect(page.locator("#rows .todos-title", has_text=TITLES[code])).to_be_visible()
    assert not violations(page)
    page.goto(f"/search/?q={TITLES[code].split()[0][-3:] if code == 'ja' else TITLES[code][:4]}")
    expect(page.locator(".todos-title", has_text=TITLES[code])).to_be_visible()

    bob = people.somebody(locale=code, viewport=viewport)
    bobs = user_of(bob)
    bobs.email = f"{bobs}@example.org"
    bobs.save()
    EmailAddress.objects.create(user=bobs, email=bobs.email, primary=True, verified=True)
    Preferences.objects.filter(user=bobs).update(language=code)
    page.goto("/lists/new/")
    page.locator("main input[name=name]").fill(TITLES[code])
    page.get_by_role("button", name=said("Create list")).click()
    expect(page.get_by_role("heading", name=TITLES[code], level=1)).to_be_visible()
    page.goto(page.url.split("?")[0] + "members/")
    page.get_by_label(said("Invite someone")).fill(str(bobs))
    page.get_by_role("button", name=said("Invite"), exact=True).click()
    expect(
        page.get_by_text(
            said("Invited %(person)s to %(title)s.", person=str(bobs), title=TITLES[code])
        ).first
    ).to_be_visible()
    assert not violations(page)

    letter = invitation_to(bobs.email)
    assert TITLES[code] in letter.subject
    bob.page.set_content(str(letter.alternatives[0][0]))
    expect(bob.page.locator("html")).to_have_attribute("lang", code)
    expect(bob.page.get_by_role("link", name=said("See the invitation"))).to_be_visible()
    assert (bob.page.locator("html").get_attribute("dir") == "rtl") == (code == "ar")

    bob.go("/lists/")
    bob.page.locator("main a[href*=invitation]").first.click()
    bob.page.get_by_role("button", name=said("Join the list")).click()
    expect(bob.page.get_by_role("heading", name=TITLES[code], level=1)).to_be_visible()


@pytest.mark.parametrize("code", ["fr", "it", "uk"])
def test_long_words_fit_the_narrowest_window(people: People, code: str) -> None:
    """WCAG 1.4.10: nothing is wider than 320 pixels, the filter's and a todo's choices, long repeats and tabs among it."""
    person = people.somebody(locale=code, viewport={"width": 320, "height": 640})
    person.add("Invoice the harbour office every! last friday 9am !1 #money")
    todo = person.todo("Invoice the harbour office")
    for path in ("/upcoming/", "/inbox/", "/search/?q=the", "/preferences/", todo):
        person.go(path)
        assert person.page.evaluate("document.documentElement.scrollWidth") == 320, path
    person.go("/upcoming/")
    for name in person.page.locator(".todos-tab > span").all():
        assert name.evaluate("name => name.scrollWidth <= name.parentElement.clientWidth")
