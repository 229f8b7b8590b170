"""Wording: the sentence for each fault, made from its code, value and facts in the language of the request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import structlog

from kernel.errors import Fault
from kernel.texts import marked as _
from web import sentences
from web.findings import FINDINGS
from web.objections import POLICIES, REVIEWED, SHUT, USED_UP, WARNED
from web.texts import current_locale, gettext
from web.written import filled

FIELDS: Mapping[str, str] = {
    "missing-field": _("Dette må fylles ut."),
    "unknown-field": _("Feltet er ukjent. Fjern det eller rett navnet."),
    "misspelt-field": _("Feltet er ukjent. Skulle det stå {nearest}?"),
    "not-a-list": _("Her skal det stå en liste, også når det bare er én verdi: [ … ]."),
    "not-fields": _("Her skal det stå felt med verdier: {{ … }}."),
    "not-a-number": _("«{value}» er ikke et tall. Skriv bare sifre."),
    "not-a-whole-number": _("«{value:typed}» er ikke et helt tall. Skriv det uten komma og punktum."),
    "too-small": _("Tallet er for lite. Det må være minst {least}."),
    "too-large": _("Tallet er for stort. Det kan være høyst {most}."),
    "not-above": _("Tallet må være større enn {limit}."),
    "not-below": _("Tallet må være mindre enn {limit}."),
    "not-a-step": _("Tallet må gå opp i {step}."),
    "too-many-digits": _("Tallet har for mange sifre."),
    "not-a-choice": _("«{value}» er ikke et av valgene. Velg {choices}."),
    "not-text": _("«{value}» er ikke tekst. Skriv det i anførselstegn."),
    "unseen-sign": _("Tegn nummer {place} ({value}) vises ikke, eller snur teksten rundt seg. Slett det, eller skriv teksten på nytt."),
    "several-lines": _("Skriv alt på én linje: her går det ikke an å skifte linje eller bruke tabulator."),
    "quoted-number": _("Tallet «{value}» står i anførselstegn. Skriv {value} uten dem."),
    "too-short-text": _("Teksten er for kort. Skriv minst {least} tegn."),
    "too-long-text": _("Teksten er for lang. Skriv høyst {most} tegn."),
    "too-few-items": _("Oppgi minst {least}."),
    "too-many-items": _("Oppgi høyst {most}."),
    "bad-format": _("«{value}» er ikke skrevet slik det skal. Mønsteret er {pattern}."),
    "bad-room": _("«{value}» er ikke et rom. Skriv bygg og rom, for eksempel oren-flerbrukshall/gymsal-1."),
    "not-whole-minutes": _("Tider går på hele minutter, ikke {value}. Skriv for eksempel 18:00."),
    "bad-time": _("«{value}» er ikke et tidspunkt. Skriv for eksempel 2026-11-24T18:00:00+01:00."),
    "no-offset": _("«{value}» mangler tidssone. Legg til for eksempel +01:00."),
    "unwanted-offset": _("«{value}» skal være lokal tid uten tidssone. Skriv for eksempel 2026-11-24T18:00."),
    "not-in-the-past": _("Tidspunktet må ligge bak oss."),
    "not-in-the-future": _("Tidspunktet må ligge foran oss."),
    "bad-length": _("«{value}» er ikke en varighet. Skriv for eksempel PT90M."),
    "not-yes-or-no": _("«{value}» er verken ja eller nei. I JSON skrives det true eller false."),
    "bad-email": _("«{value}» er ikke en e-postadresse. Skriv for eksempel navn@eksempel.no."),
    "bad-phone": _("«{value}» er ikke et telefonnummer. Skriv åtte sifre, eller + og landkode."),
    "bad-address": _("«{value}» er ikke en nettadresse. Skriv for eksempel https://eksempel.no."),
    "not-a-letter": _("«{value}» er ikke en bokstav. Skriv én fra a til z."),
    "bad-identifier": _("«{value}» er ikke en gyldig id."),
    "wrong-kind": _("Verdien er av feil slag. Se beskrivelsen av feltet."),
    "bad-json": _("Innholdet er ikke gyldig JSON ({where})."),
}
# What pages call the fields whose faults are told away from them.
NAMES: Mapping[str, str] = {
    "name": _("Navn"),
    "phone": _("Telefon"),
    "contact_phone": _("Telefon"),
    "contact": _("Kontaktperson"),
    "email": _("E-postadresse"),
    "purpose": _("Formål"),
    "activity": _("Type aktivitet"),
    "participants": _("Deltakere"),
    "heads": _("Hvor mange"),
    "resources": _("Utstyr"),
    "team": _("Lag eller gruppe"),
    "date": _("Dato"),
    "dates": _("Datoer"),
    "from": _("Fra"),
    "to": _("Til"),
    "start": _("Fra"),
    "end": _("Til"),
    "room": _("Rom"),
    "reason": _("Begrunnelse"),
    "public": _("Det alle kan lese"),
    "note": _("Merknad"),
    "text": _("Melding"),
    "message": _("Melding"),
}
MOST_DATES = 5
REQUESTS: Mapping[str, str] = {
    "not-found": _("Vi finner ikke siden. Den kan være flyttet, eller adressen kan være skrevet feil."),
    "method-not-allowed": _("Adressen kan ikke brukes slik. Tillatt: {allowed}."),
    "body-too-large": _("Det du sendte er for stort. Grensen er {limit} MB."),
    "bad-request": _("Forespørselen kan ikke leses. Gå tilbake og prøv igjen."),
    "not-a-json-body": _("Send innholdet som JSON, med Content-Type application/json."),
    "stale-form": _("Skjemaet har stått åpent for lenge, eller du har logget inn på nytt. Last siden på nytt og send igjen."),
    "no-token": _("Send et API-token i hodet Authorization: Bearer."),
    "bad-token": _("Tokenet er ukjent eller trukket tilbake. Lag et nytt."),
    "no-precondition": _("Send hodet If-Match med versjonen du endrer."),
    "bad-precondition": _("«{value}» er ikke en versjon. Bruk verdien fra ETag."),
    "bad-cursor": _("Markøren «{value}» er ikke gyldig. Begynn på første side."),
    "bad-key": _("Nøkkelen må ha mellom 1 og {most} synlige tegn."),
    "gone": _("Dette er trukket tilbake og finnes ikke lenger."),
    "too-many-requests": _("Det har kommet for mange forespørsler. Vent litt og prøv igjen."),
    "refused-request": _("Forespørselen ble ikke godtatt."),
    "unexpected": _(
        "Noe gikk galt hos oss. Se etter om det du gjorde er lagret før du prøver igjen, og oppgi nummeret {request_id} om du tar kontakt."
    ),
}

SENTENCES: Mapping[str, str] = {
    **sentences.KERNEL,
    **sentences.DATABASE,
    **sentences.ACCOUNTS,
    **sentences.VENUES,
    **sentences.SHEETS,
    **sentences.BOOKING,
    **sentences.PLANS,
    **sentences.CALENDARS,
    **POLICIES,
    **FINDINGS,
    **FIELDS,
    **REQUESTS,
}

TITLES: Mapping[str, str] = {
    "refused": _("Ikke godtatt"),
    "invalid": _("Noe må rettes"),
    "missing": _("Finnes ikke"),
    "gone": _("Trukket tilbake"),
    "unidentified": _("Logg inn"),
    "forbidden": _("Ingen tilgang"),
    "conflict": _("Noe står i veien"),
    "declined": _("Reglene sier nei"),
    "taken": _("Tiden er opptatt"),
    "stale": _("Endret av andre"),
    "throttled": _("For mange forsøk"),
    "busy": _("Tjenesten er opptatt"),
    "unexpected": _("Noe gikk galt"),
}


def sentence(fault: Fault) -> str:
    """What is wrong and the way out, in the language of the request; a code without a sentence is logged as a defect.

    A fault of the policy carries the rule's own reason, which follows the sentence.
    """
    reason = _reason(fault)
    if fault.code not in SENTENCES:
        structlog.get_logger("arena").error("no wording", code=fault.code)
        return reason or gettext("Ikke godtatt (%(code)s).", code=fault.code)
    span = f"{fault.facts.get('from')}/{fault.facts.get('to')}"
    facts = {"value": fault.value, "field": fault.field, "span": span, **fault.facts}
    return " ".join(filter(None, (filled(gettext(_words(fault)), facts), reason, _dates(fault))))


def told(fault: Fault, labels: Mapping[str, str] | None = None) -> str:
    """The sentence away from its field, with what the field is called where the sentence alone does not say what it is about."""
    base, labels = re.split(r"[.\[]", fault.field)[0], labels or {}
    named = labels.get(fault.field) or labels.get(base) or (fault.code in FIELDS and _name(base, fault.field))
    return f"{named}: {sentence(fault)}" if named else sentence(fault)


def gathered(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """What differs by its date alone as one fault, with all ``dates``; the ways out of a single date are left out then."""
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        said = {name: fact for name, fact in fault.facts.items() if name not in ("date", "alternatives")}
        found.setdefault(repr((fault.code, fault.field, fault.value, said, "date" in fault.facts)), []).append(fault)
    return tuple(same[0] if len(same) == 1 else _of_dates(same) for same in found.values())


def _of_dates(same: Sequence[Fault]) -> Fault:
    dates = list(dict.fromkeys(str(fault.facts["date"]) for fault in same if "date" in fault.facts))
    return replace(same[0], facts={**same[0].facts, "alternatives": [], "dates": dates} if dates else same[0].facts)


def _dates(fault: Fault) -> str:
    dates = fault.facts.get("dates")
    if not isinstance(dates, list):
        return ""
    first = ", ".join(filled("{date:when}", {"date": day}) for day in dates[:MOST_DATES])
    return gettext("Gjelder %(count)s datoer: %(dates)s.", count=len(dates), dates=first + (" …" if len(dates) > MOST_DATES else ""))


def _name(base: str, field: str) -> str:
    return gettext(NAMES[base]) if base in NAMES else field


def title(kind: str) -> str:
    """The short name of a kind of refusal, in the language of the request."""
    return gettext(TITLES[kind])


def _words(fault: Fault) -> str:
    """The msgid for a fault, by what follows from it and by what is left where that is said in words of its own."""
    effect, limit = str(fault.facts.get("effect")), fault.facts.get("limit")
    softer = {"review": REVIEWED, "warn": WARNED}.get(effect, {}).get(fault.code)
    without = SHUT.get(fault.code) if limit is None else USED_UP.get(fault.code) if limit == 0 else None
    return without or softer or SENTENCES[fault.code]


def _reason(fault: Fault) -> str:
    """The rule's reason in the language of the request, in bokmål where it is not translated."""
    reason = fault.facts.get("reason")
    if not isinstance(reason, Mapping):
        return ""
    return str(reason.get(current_locale().language) or reason.get("nb") or "")
