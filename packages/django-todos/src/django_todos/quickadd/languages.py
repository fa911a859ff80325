"""Other languages' words for days: what their speakers write beside English. Tables alone; see `english`.

Only words that English text does not use are here: "do" is no Thursday and "so" no Sunday.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .english import ENGLISH, Words, numbered, only, say


def beside_english(code: str, **tables: Any) -> Words:
    """English with the phrases of another language added to the tables named."""
    added = {}
    for name, table in tables.items():
        known = ENGLISH.tables[name]
        added[name] = {**known, **table} if isinstance(known, Mapping) else known | table
    return ENGLISH.replace(code, ENGLISH.day_first, **added)


def _days_of_a_week(names: str, coming: str) -> dict[str, int]:
    """The weekdays, Monday first, each also with what says that it is the coming one."""
    days = enumerate(names.split(", "))
    return {phrase: day for day, name in days for phrase in (name, f"{name} {coming}")}


GERMAN = beside_english(
    "de",
    weekdays=numbered(
        "montag, dienstag, mittwoch, donnerstag, freitag, samstag sonnabend, sonntag"
    ),
    weekday_plurals=numbered(
        "montags, dienstags, mittwochs, donnerstags, freitags, samstags sonnabends, sonntags"
    ),
    months=numbered(
        "januar jänner, februar feber, märz, april, mai, juni, juli, august, september, oktober okt, november, dezember dez",
        1,
    ),
    days={**say("heute", 0), **say("morgen", 1), **say("übermorgen", 2)},
    weekend_day=say("dieses wochenende, am wochenende", "this")
    | say("nächstes wochenende", "next"),
    units={
        **say("tag, tage, tagen", ("day", 1)),
        **say("woche, wochen", ("week", 1)),
        **say("monat, monate, monaten", ("month", 1)),
        **say("jahr, jahre, jahren", ("year", 1)),
    },
    clock_units={**say("minute, minuten", 1), **say("stunde, stunden", 60)},
    numbers={
        **say("ein, eine, einem, einer", 1),
        **numbered("zwei, drei, vier, fünf, sechs, sieben, acht, neun, zehn, elf, zwölf", 2),
    },
    next=say("nächste, nächsten, nächster, nächstes, kommende, kommenden"),
    in_=say("in"),
    lead_in=say("am, bis, bis zum, fällig, fällig am, für"),
    on=say("am"),
    and_=say("und, oder"),
    at=say("um"),
    oclock=say("uhr"),
    evening_days=say("heute abend", "evening"),
    dayparts={
        "früh": "morning",
        "vormittag": "morning",
        "nachmittag": "afternoon",
        "abend": "evening",
    },
    every=say("jeden, jede, jedes, alle"),
    last={"letzten": -1, "letzter": -1},
    adverbs={
        "täglich": ("day", 1),
        "wöchentlich": ("week", 1),
        "monatlich": ("month", 1),
        "jährlich": ("year", 1),
    },
    function_words=only("am bis mit bei für von vor nach und oder zu zum zur auf an im um bitte"),
    refused_after=only("der das den dem ein eine einen kein keine seit guten"),
    copulas=only("ist war wird"),
)

FRENCH = beside_english(
    "fr",
    weekdays=_days_of_a_week(
        "lundi, mardi, mercredi, jeudi, vendredi, samedi, dimanche", "prochain"
    ),
    months=numbered(
        "janvier, février, mars, avril, mai, juin, juillet, août, septembre, octobre, novembre, décembre",
        1,
    ),
    days={
        **say("aujourd'hui, aujourd’hui", 0),
        **say("demain", 1),
        **say("après-demain, après demain", 2),
    },
    next_units={
        **say("la semaine prochaine, semaine prochaine", ("week", 1)),
        **say("le mois prochain, mois prochain", ("month", 1)),
        **say("l'année prochaine, l’année prochaine", ("year", 1)),
    },
    units={
        **say("jour, jours", ("day", 1)),
        **say("semaine, semaines", ("week", 1)),
        **say("mois", ("month", 1)),
        **say("année, années, ans", ("year", 1)),
    },
    numbers={
        **say("un, une", 1),
        **numbered("deux, trois, quatre, cinq, six, sept, huit, neuf, dix, onze, douze", 2),
    },
    in_=say("dans"),
    lead_in=say("le, avant, pour le, pour"),
    on=say("le"),
    the=say("le"),
    and_=say("et, ou"),
    at=say("à"),
    every=say("chaque, tous les, toutes les"),
    oclock=say("h, heures, heure"),
    hour_marks=only("h"),
    function_words=only("le la les à avec chez pour avant et ou de du des dans"),
    refused_after=only("un une ce cette depuis du"),
    copulas=only("est sera était"),
)

SPANISH = beside_english(
    "es",
    weekdays=_days_of_a_week(
        "lunes, martes, miércoles, jueves, viernes, sábado, domingo", "que viene"
    ),
    months=numbered(
        "enero, febrero, marzo, abril, mayo, junio, julio, agosto, septiembre setiembre, octubre, noviembre, diciembre",
        1,
    ),
    days={**say("hoy", 0), **say("mañana", 1), **say("pasado mañana", 2)},
    next_units={
        **say("la semana que viene, semana que viene, la próxima semana", ("week", 1)),
        **say("el mes que viene, el próximo mes, próximo mes", ("month", 1)),
        **say("el año que viene, el próximo año", ("year", 1)),
    },
    units={
        **say("día, días", ("day", 1)),
        **say("semana, semanas", ("week", 1)),
        **say("mes, meses", ("month", 1)),
        **say("año, años", ("year", 1)),
    },
    numbers={
        **say("un, una", 1),
        **numbered("dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce", 2),
    },
    next=say("próximo, próxima"),
    in_=say("en, dentro de"),
    lead_in=say("el, para el, antes del"),
    on=say("el, los"),
    the=say("el"),
    of=say("de"),
    and_=say("y, o"),
    at=say("a las, a la"),
    oclock=say("h, horas"),
    hour_marks=only("h"),
    every=say("cada, todos los, todas las"),
    function_words=only("el la los las a con en para por antes y o de del"),
    refused_after=only("un una este esta desde del la"),
    copulas=only("es será fue"),
)

LANGUAGES = {"de": GERMAN, "fr": FRENCH, "es": SPANISH}


def words_for(code: str) -> Words:
    """What is read in a language: "de-at" reads German beside English, and most read English."""
    return LANGUAGES.get(code.split("-")[0], ENGLISH)
