"""Languages: whose choice counts on a page and in a mail, what can be chosen, and what a host adds or says otherwise.

That each catalog is complete is for `scripts/messages.py --check` to say (tox -e lint).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.urls import reverse
from django.utils import translation
from django.utils.translation import trans_real
from tests.factories import NOW, Cast

from django_todos.mail import compose
from django_todos.models import Preferences
from django_todos.quickadd.languages import words_for
from django_todos.reminders import preview
from django_todos.viewer import Viewer
from django_todos.wording.languages import spoken
from django_todos.wording.repeats import describe

from .test_quickadd_dates import parse
from .views.pages import get, post

DOCS = Path(__file__).parent.parent / "docs"
CATALOGS = sorted((DOCS.parent / "src/django_todos/locale").glob("*/LC_MESSAGES/django.po"))


@pytest.mark.parametrize(
    ("chosen", "asked", "lang"),
    [("", "", "en"), ("de", "", "de"), ("de", "en", "de"), ("", "de-AT", "de"), ("xx", "", "en")],
)
def test_a_page_is_in_the_language_that_was_chosen_else_the_browsers(
    cast: Cast, settings: Any, chosen: str, asked: str, lang: str
) -> None:
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "django.middleware.locale.LocaleMiddleware"]
    Preferences.objects.create(user=cast.alice, language=chosen)
    client = cast.client("alice")
    with translation.override("en"):  # the middleware leaves what it activated
        response = client.get(reverse("django_todos:today"), headers={"accept-language": asked})
    page = response.content.decode()
    assert f'lang="{lang}"' in page and response["Content-Language"] == lang
    assert (">Heute<" in page) == (lang == "de")
    kept = response.cookies.get("django_language")
    assert (kept.value if kept else "") == (chosen if chosen == "de" else "")


def test_what_scripts_find_on_a_page_is_in_no_language(cast: Cast) -> None:
    """Words of a template's filters are translated; addresses and the names of attributes are not."""
    names = []
    for code in ("en", "de", "ar"):
        Preferences.objects.update_or_create(user=cast.alice, defaults={"language": code})
        with translation.override(code):
            html = cast.client("alice").get(reverse("django_todos:inbox")).content.decode()
        names.append(sorted(set(re.findall(r"data-todos-[a-z-]+(?==)", html))))
    assert "data-todos-load-save" in names[0] and names[0] == names[1] == names[2]


def test_to_offer_languages_reads_no_catalog(settings: Any) -> None:
    """What is read once stays: a process that speaks two languages would hold all thirteen."""
    settings.LANGUAGES = [
        (code, code) for code in ("en", "de", "ja", "pt-br", "zh-hans", "de-at", "nb")
    ]
    before = set(trans_real._translations)
    assert [code for code, _name in spoken()] == ["en", "de", "ja", "pt-br", "zh-hans", "de-at"]
    assert set(trans_real._translations) == before


def test_the_choice_is_kept_by_djangos_cookie_for_the_hosts_pages(cast: Cast) -> None:
    client = cast.client("alice")
    region = {"section": "region", "day_order": "day", "hour_cycle": "24", "week_start": "0"}
    response = post(client, "preferences", **region, language="de")
    assert response.cookies["django_language"].value == "de"
    assert ">Einstellungen<" in get(client, "preferences").content.decode()
    assert "django_language" not in client.get(reverse("django_todos:today")).cookies
    response = post(client, "preferences", **region, language="")
    assert response.cookies["django_language"]["max-age"] == 0
    assert post(client, "preferences", **region, language="tlh").status_code == 422


def test_languages_in_which_nothing_is_said_are_not_offered(settings: Any, cast: Cast) -> None:
    offered = {"en": "English", "en-ie": "Irish English", "pt-br": "Brazilian", "de": "German"}
    settings.LANGUAGES = [*offered.items(), ("nb", "Norwegian"), ("xx", "Own")]
    names = ["English", "Irish English", "Português Brasileiro", "Deutsch"]
    assert spoken() == list(zip(offered, names, strict=True))
    settings.LANGUAGES = [("en", "English")]
    assert 'name="language"' not in get(cast.client("alice"), "preferences").content.decode()


@pytest.mark.parametrize(
    ("chosen", "seen", "word"),
    [("", "", "Tuesday"), ("de", "", "Dienstag"), ("", "de", "Dienstag"), ("en", "de", "Tuesday")],
)
def test_a_mail_is_in_its_readers_language(cast: Cast, chosen: str, seen: str, word: str) -> None:
    preferences = Preferences(user=cast.alice, language=chosen, seen_language=seen)
    with translation.override("fr"):  # whoever sent it
        viewer = Viewer(cast.alice, preferences, NOW)
        message = compose("digest", viewer, preview(viewer))
    assert word in message.body
    assert f'lang="{chosen or seen or "en"}"' in str(message.alternatives[0][0])


def test_the_browsers_language_is_remembered_for_the_mails(cast: Cast) -> None:
    client = cast.client("alice")
    with translation.override("de"):
        client.post(reverse("django_todos:time-zone"), {"zone": "Europe/Berlin"})
    assert Preferences.objects.get(user=cast.alice).seen_language == "de"


def test_a_host_adds_a_language_and_says_words_otherwise(
    tmp_path: Path, settings: Any, cast: Cast
) -> None:
    samples = re.findall(r"```po\n(.*?)```", (DOCS / "languages.md").read_text(), re.S)
    for code, text in zip(("de", "eo"), samples, strict=True):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "django.po").write_text(text)
        with (folder / "django.po").open("rb") as source, (folder / "django.mo").open("wb") as to:
            write_mo(to, read_po(source, locale=code))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGES = [("en", "English"), ("de", "German"), ("eo", "Esperanto")]
    assert [code for code, _name in spoken()] == ["en", "de", "eo"]
    client = cast.client("alice")
    for code, word in (("de", "Ablage"), ("eo", "Hodiaŭ")):
        Preferences.objects.update_or_create(user=cast.alice, defaults={"language": code})
        assert f">{word}<" in get(client, "today").content.decode()


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parent.parent.name)
def test_the_lines_to_try_are_read_in_every_language(path: Path) -> None:
    """Today's examples promise it: their dates stay English where a language has no words of its own."""
    with path.open("rb") as source:
        catalog = read_po(source)
    for line in (
        "Buy stamps today",
        "Water the plants every monday #home",
        "Ring the dentist tomorrow 9am !1",
    ):
        message = catalog.get(line)
        assert message is not None
        code = path.parent.parent.name.lower().replace("_", "-")
        assert parse(str(message.string), words=words_for(code)).due, (code, message.string)


def test_things_are_called_as_the_docs_say() -> None:
    tables = (DOCS / "languages.md").read_text().split("## What things are called")[1]
    rows = [line.strip("| ").split(" | ") for line in tables.splitlines() if "| " in line]
    heads = [n for n, row in enumerate(rows) if row[0] == "Language"]
    for n, (code, *words) in enumerate(rows):
        head = rows[max(at for at in heads if at <= n)][1:]
        with translation.override(code if n not in heads else "en"):
            assert [translation.gettext(word) for word in head] == words, code
    assert len(rows) == len(heads) * (1 + len(CATALOGS))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("de", "Jeden Montag und Donnerstag"),
        ("fr", "Chaque lundi et jeudi"),
        ("pt-br", "A cada segunda-feira e quinta-feira"),
        ("pl", "Co tydzień: poniedziałek i czwartek"),
    ],
)
def test_a_weekday_is_written_within_a_sentence_as_its_language_does(code: str, says: str) -> None:
    with translation.override(code):
        assert describe("FREQ=WEEKLY;BYDAY=MO,TH") == says
