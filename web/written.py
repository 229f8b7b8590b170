"""Written: values inside sentences, as people write them."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from string import Formatter
from typing import Any

from kernel.texts import marked as _
from web import formats
from web.texts import gettext

LONGEST_VALUE = 100
CLOCK = re.compile(r"\d\d:\d\d")
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WORDS: Mapping[str, str] = {
    "caretaker": _("vaktmester"),
    "officer": _("saksbehandler"),
    "administrator": _("administrator"),
    "holder": _("låntaker"),
    "delegate": _("representant for organisasjonen"),
    "leader": _("leder i organisasjonen"),
    "organisation": _("frivillig organisasjon"),
    "group": _("gruppe uten organisasjonsnummer"),
    "person": _("privatperson"),
    "business": _("bedrift"),
    "public-body": _("offentlig virksomhet"),
    "municipality": _("kommunen"),
    "economic-activity": _("økonomisk aktivitet"),
    "venue": _("bygget"),
    "room": _("rommet"),
    "nb": _("bokmål"),
    "nn": _("nynorsk"),
    "en": _("engelsk"),
    "unconfirmed": _("venter på bekreftelse"),
    "requested": _("venter på svar"),
    "booked": _("booket"),
    "refused": _("avslått"),
    "cancelled": _("avlyst"),
    "lapsed": _("bortfalt"),
    "waiting": _("i kø"),
    "displaced": _("måtte vike"),
    "skipped": _("ikke med"),
    "accepted": _("godtatt"),
    "monday": _("mandag"),
    "tuesday": _("tirsdag"),
    "wednesday": _("onsdag"),
    "thursday": _("torsdag"),
    "friday": _("fredag"),
    "saturday": _("lørdag"),
    "sunday": _("søndag"),
    "public-holiday": _("på helligdager"),
    "school-break": _("i skoleferier"),
    "hours": _("timer"),
    "days": _("dager"),
    "weeks": _("uker"),
    "months": _("måneder"),
    "working-hours": _("arbeidstimer"),
    "working-days": _("virkedager"),
    "at-least": _("minst"),
    "over": _("over"),
    "at-most": _("høyst"),
    "under": _("under"),
    # statuses and figures that the program and its library name
    "main-club": _("hovedlag"),
    "sports-council-club": _("idrettslag i idrettsrådet"),
    "allocated-time": _("søker med tildelt tid"),
    "own-hall": _("klubb med egen hall"),
    "active-members": _("aktive medlemmer"),
    "teams": _("lag"),
    "school-start": _("skolestart"),
    "reason": _("begrunnelse"),
    "title": _("navn"),
    "name": _("navn"),
    "text": _("tekst"),
    "text_version": _("versjon"),
    "task": _("oppgave"),
    "body": _("klageinstans"),
    "checklist": _("huskeliste"),
    "compensation": _("erstatning"),
    "fetched": _("hentested"),
}


def filled(sentence: str, facts: Mapping[str, object]) -> str:
    """The sentence with its placeholders filled.

    ``{x:kr}`` is øre as money, ``{x:minutes}`` a length of time, ``{x:when}`` a date or time in ISO form (also two with a stroke
    between, or a date and its name), ``{x:word}`` one of our own words or several with commas between, ``{x:weekly}`` times of
    the week, ``{x:named}`` what a policy names by slugs, ``{x:figure}`` a figure with its limit, ``{x:hours}`` and ``{x:whom}``
    the hours and the ages of ``0-19 16:00-19:00``; ``{x:nearest}`` a sentence of its own with what is most like it, nothing when
    nothing is, and ``{x:lent}`` one with what can be had in a room, ``{x:typed}`` a number as it was
    sent; plain ``{x}`` is the value by its type. What is not known is
    a dash.
    """
    return _Sentence().vformat(sentence, (), defaultdict(lambda: None, facts))


def written(value: object) -> str:
    """A value as people write it, cut where it grows long."""
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nei")
    if isinstance(value, float):
        return formats.number(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.long_date(value)
    if isinstance(value, timedelta):
        return formats.duration(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping):
        return listed([written(item) for item in value])
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"


def listed(words: list[str]) -> str:
    """``a``, ``a eller b``, ``a, b eller c``."""
    if len(words) < 2:
        return "".join(words)
    return gettext("%(first)s eller %(last)s", first=", ".join(words[:-1]), last=words[-1])


def named(slug: str) -> str:
    """What a policy names by a slug: by our own word for it, else as the slug reads."""
    sector = slug.removeprefix("sector-")
    if sector != slug and sector.isdecimal():
        return gettext("sektorkode %(code)s", code=sector)
    return gettext(WORDS[slug]) if slug in WORDS else gettext("«%(name)s»", name=slug.replace("-", " ").replace("_", " "))


def limited(text: str) -> str:
    """A figure with its limit, as faults carry it: ``active-members at-least 20``."""
    figure, _space, limit = text.partition(" ")
    comparator, _space, value = limit.partition(" ")
    return f"{named(figure)} {gettext(WORDS[comparator])} {value}" if comparator in WORDS else named(figure)


def aged(first: int, last: int | None) -> str:
    """Ages in completed years: ``6–12 år``, ``67 år og eldre``, ``under 13 år``."""
    if not first and last is not None:
        return gettext("under %(age)s år", age=last + 1)
    if last is None:
        return gettext("%(age)s år og eldre", age=first)
    return gettext("%(ages)s år", ages=f"{first}–{last}")


class _Sentence(Formatter):
    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "nearest":
            nearest = gettext("Det som likner mest: %(names)s.", names=written(value))
            return f" {nearest}" if value else ""
        if format_spec == "lent":
            lent = gettext("Å få i rommet: %(names)s.", names=written(value))
            return lent if value else gettext("I rommet er det ikke noe utstyr å få.")
        if value is None:
            return "–"
        if format_spec in ("kr", "minutes"):
            return formats.kroner(value) if format_spec == "kr" else formats.duration(value)
        if format_spec in SPECS:
            return SPECS[format_spec](str(value))
        return written(value) or "–"


def _whom(text: str) -> str:
    """Those who are of the ages of ``0-19 16:00-19:00`` or ``67+``."""
    first, _stroke, last = text.partition(" ")[0].rstrip("+").partition("-")
    return gettext("dem som er %(ages)s", ages=aged(int(first), int(last) if last else None))


def _hours(text: str) -> str:
    """The hours of ``0-19 16:00-19:00`` as a sentence begins with them; none are the whole day."""
    start, _stroke, end = text.partition(" ")[2].partition("-")
    return gettext("Mellom %(start)s og %(end)s", start=start, end=end) if end else gettext("Hele dagen")


def _when(text: str) -> str:
    """ISO text as a date, a moment, a span of dates or of moments, or a date and its name in brackets; other text as it stands."""
    first, _stroke, last = text.partition("/")
    if "T" in first and "T" in last:
        return formats.iso_span(first, last)
    if last:
        return f"{_when(first)} – {_when(last)}"
    day, _space, rest = text.partition(" ")
    try:
        if len(day) != len("2026-11-24"):
            return written(datetime.fromisoformat(text))
        if not rest or CLOCK.match(rest):
            return written(datetime.fromisoformat(text) if rest else date.fromisoformat(day))
        return f"{written(date.fromisoformat(day))} ({rest})"
    except ValueError:
        return written(text)


def _weekly(text: str) -> str:
    """Times of the week as ``2 18:00-20:00, 4 18:00-20:00``: the ISO weekday and clock times."""
    found = []
    for one in text.split(", "):
        day, _space, clocks = one.partition(" ")
        found.append(f"{gettext(WORDS[WEEKDAYS[int(day) - 1]])} {clocks.replace('-', '–')}")
    return listed(found)


def _clocks(text: str) -> str:
    """Clock times as ``08:00-12:00, 16:00-23:00``."""
    return text.replace("-", "–")


def _words(text: str) -> str:
    return listed([gettext(WORDS[word]) if word in WORDS else word for word in text.split(", ")])


def _names(text: str) -> str:
    return listed([named(slug) for slug in text.split(", ")])


# How the text of a value is told by what stands after its colon; packages above add what only they have words for.
SPECS: dict[str, Callable[[str], str]] = {
    "typed": written,
    "when": _when,
    "weekly": _weekly,
    "clocks": _clocks,
    "word": _words,
    "named": _names,
    "figure": limited,
    "hours": _hours,
    "whom": _whom,
}
