"""Wording: the sentence in bokmål for each fault code; the other languages stand in the catalogues."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from string import Formatter
from typing import Any

import structlog

from kernel.errors import Fault
from web import formats
from web.texts import current_locale, gettext

LONGEST_VALUE = 100


def _(msgid: str) -> str:
    """Marks a msgid for extraction; it is translated when the sentence is made."""
    return msgid


SENTENCES: Mapping[str, str] = {
    # kernel
    "missing-hour": _("{value} finnes ikke: klokka stilles fram denne natta. Velg et tidspunkt før hoppet, eller {after}."),
    "end-before-start": _("Slutten må være etter starten."),
    "no-such-date": _("Datoen {value} finnes ikke. Sjekk dag og måned."),
    "bad-date": _("«{value}» er ikke en dato. Skriv for eksempel 24.11.2026."),
    "bad-clock": _("«{value}» er ikke et klokkeslett. Skriv for eksempel 18:00."),
    "unknown-zone": _("Tidssonen «{value}» finnes ikke. Bruk et navn som {example}."),
    "bad-rule": _("Gjentakelsen «{value}» kan ikke leses. Skriv for eksempel FREQ=WEEKLY;COUNT=10."),
    "endless-rule": _("Gjentakelsen har ingen slutt. Oppgi antall ganger eller siste dato."),
    "empty-rule": _("Gjentakelsen gir ingen datoer. Endre regelen eller datoene som er unntatt."),
    "too-many-dates": _("Gjentakelsen gir for mange datoer. En serie kan ha høyst {most} datoer og vare i fem år."),
    # database
    "lost-race": _("Noen andre endret det samme akkurat nå. Se på det på nytt og prøv igjen."),
    "database-busy": _("Tjenesten er opptatt akkurat nå. Vent litt og prøv igjen."),
    "key-reused": _("Nøkkelen «{value}» er alt brukt til en annen forespørsel. Lag en ny nøkkel."),
    # accounts
    "sign-in-first": _("Du må logge inn først."),
    "not-your-role": _("Du har ikke tilgang til dette. Det kreves rollen {need}."),
    # venues
    # policies
    "document-too-large": _("Retningslinjen er for stor ({value} tegn). Grensen er {most}."),
    "unknown-rule-kind": _("Regeltypen «{value}» finnes ikke. Mente du {nearest}?"),
    "repeated-field": _("Feltet {value} står to ganger. Behold ett av dem."),
    "repeated-rule-id": _("Regelen «{value}» har samme navn som {first}. Gi den et annet."),
    "wrong-place": _("Retningslinjen sier at den gjelder «{value}», og det passer ikke med nivået {layer}."),
    "language-missing": _("Regelen {rule} mangler begrunnelse på {language}."),
    "never-valid": _("Regelen {rule} slutter før den begynner. Rett datoene."),
    "no-length-fits": _("Ingen lengde passer regelen {rule}: minst {at_least} og høyst {value} minutter."),
    "limits-nothing": _("Regelen {rule} begrenser ingenting. Fyll den ut eller fjern den."),
    "tariffs-overlap": _("To prislister i regelen {rule} gjelder samtidig ({value} og {other})."),
    "price-class-without-price": _("Prisklassen {value} mangler pris i prislisten {tariff}."),
    "price-rows-overlap": _("To rader for {value} i regelen {rule} gjelder det samme."),
    "price-class-unnamed": _("Prisklassen {value} i regelen {rule} mangler navn."),
    "never-reached": _("Regelen {rule} nås aldri: {other} gjelder alltid først."),
    "no-draft": _("Det finnes ikke noe utkast her."),
    "unknown-policy-version": _("Versjonen {value} av retningslinjen finnes ikke."),
    # booking
    "bad-age-band": _("«{value}» er ikke en aldersgruppe. Skriv for eksempel 6-12 eller 65+."),
    "overlapping-age-bands": _("Aldersgruppene {value} går over i hverandre. Del dem slik at ingen telles to ganger."),
    "bad-organisation": _("«{value}» er ikke en organisasjon. Skriv organisasjonsnummeret med ni sifre."),
    "unknown-organisation": _("Vi kjenner ingen organisasjon med nummeret {value}. Registrer den først, eller book som privatperson."),
    "unknown-agreement": _("Avtalen finnes ikke eller er avsluttet. Velg en annen, eller book uten avtale."),
    "not-their-agreement": _("Avtalen gjelder en annen organisasjon."),
    "unknown-grant": _("Tilskuddet finnes ikke eller er avsluttet."),
    "not-their-grant": _("Tilskuddet gjelder en annen organisasjon."),
    "unknown-person": _("Personen finnes ikke. Søk på navn eller telefon, eller legg inn den som ringer."),
    "unknown-booking": _("Vi finner ingen booking med referansen {value}, eller den er ikke din."),
    "unknown-date": _("Bookingen har ingen dato nummer {value}."),
    "changed-meanwhile": _("Noen andre har endret dette mens du så på det (versjon {value} er nå {now}). Se på det på nytt."),
    "wrong-state": _("Dette kan ikke gjøres nå: saken er i tilstanden {value}."),
    "in-the-past": _("Det som har vært, kan ikke endres."),
    "reason-missing": _("Skriv hvorfor. Den som søkte, får lese begrunnelsen."),
    "time-taken": _("{space} er opptatt fra {from} til {to}."),
    "meets-own-date": _("Denne datoen går inn i en annen dato i samme serie."),
    "closure-meets-bookings": _("Stengningen møter {reference} i {room}, {value}. Avlys den samtidig, eller velg en annen tid."),
    "out-of-range": _("{value} er utenfor det som er mulig: fra {least} til {most}."),
    "too-long-span": _("Tidsrommet er for langt. Spør om høyst {days} dager om gangen."),
    # calendars
    # web: fields
    "missing-field": _("Dette må fylles ut."),
    "unknown-field": _("Feltet er ukjent. Fjern det eller rett navnet."),
    "not-a-number": _("«{value}» er ikke et tall. Skriv bare sifre."),
    "not-a-whole-number": _("«{value}» er ikke et helt tall."),
    "too-small": _("Tallet er for lite. Det må være minst {least}."),
    "too-large": _("Tallet er for stort. Det kan være høyst {most}."),
    "not-above": _("Tallet må være større enn {limit}."),
    "not-below": _("Tallet må være mindre enn {limit}."),
    "not-a-step": _("Tallet må gå opp i {step}."),
    "too-many-digits": _("Tallet har for mange sifre."),
    "not-a-choice": _("«{value}» er ikke et av valgene. Velg {choices}."),
    "not-text": _("Her må det stå tekst uten kontrolltegn."),
    "too-short-text": _("Teksten er for kort. Skriv minst {least} tegn."),
    "too-long-text": _("Teksten er for lang. Skriv høyst {most} tegn."),
    "too-few-items": _("Oppgi minst {least}."),
    "too-many-items": _("Oppgi høyst {most}."),
    "bad-format": _("«{value}» er ikke skrevet slik det skal."),
    "bad-time": _("«{value}» er ikke et tidspunkt. Skriv for eksempel 2026-11-24T18:00:00+01:00."),
    "no-offset": _("«{value}» mangler tidssone. Legg til for eksempel +01:00."),
    "unwanted-offset": _("«{value}» skal være lokal tid uten tidssone."),
    "not-in-the-past": _("Tidspunktet må ligge bak oss."),
    "not-in-the-future": _("Tidspunktet må ligge foran oss."),
    "bad-length": _("«{value}» er ikke en varighet. Skriv for eksempel PT90M."),
    "not-yes-or-no": _("Svar ja eller nei."),
    "bad-email": _("«{value}» er ikke en e-postadresse. Skriv for eksempel navn@eksempel.no."),
    "bad-phone": _("«{value}» er ikke et telefonnummer. Skriv åtte sifre, eller + og landkode."),
    "bad-address": _("«{value}» er ikke en nettadresse. Skriv for eksempel https://eksempel.no."),
    "bad-identifier": _("«{value}» er ikke en gyldig id."),
    "wrong-kind": _("Verdien er av feil slag. Se beskrivelsen av feltet."),
    "bad-json": _("Innholdet er ikke gyldig JSON ({where})."),
    # web: requests
    "not-found": _("Vi finner ikke siden. Den kan være flyttet, eller adressen kan være skrevet feil."),
    "method-not-allowed": _("Adressen kan ikke brukes slik. Tillatt: {allowed}."),
    "body-too-large": _("Det du sendte er for stort. Grensen er {limit} MB."),
    "bad-request": _("Forespørselen kan ikke leses. Gå tilbake og prøv igjen."),
    "not-json": _("Send innholdet som JSON, med Content-Type application/json."),
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

TITLES: Mapping[str, str] = {
    "refused": _("Ikke godtatt"),
    "invalid": _("Noe må rettes"),
    "missing": _("Finnes ikke"),
    "gone": _("Trukket tilbake"),
    "unidentified": _("Logg inn"),
    "forbidden": _("Ingen tilgang"),
    "conflict": _("Noe står i veien"),
    "declined": _("Retningslinjene sier nei"),
    "taken": _("Opptatt"),
    "stale": _("Endret av andre"),
    "throttled": _("For mange forsøk"),
    "busy": _("Tjenesten er opptatt"),
    "unexpected": _("Noe gikk galt"),
}


def sentence(fault: Fault) -> str:
    """What is wrong and the way out, in the language of the request; a code without a sentence is logged as a defect."""
    if fault.code.startswith("policy:"):
        return _reason(fault)
    if fault.code not in SENTENCES:
        structlog.get_logger("arena").error("no wording", code=fault.code)
        return gettext("Ikke godtatt (%(code)s).", code=fault.code)
    facts = {"value": fault.value, "field": fault.field, **fault.facts}
    return _Words(facts).vformat(gettext(SENTENCES[fault.code]), (), facts)


def _reason(fault: Fault) -> str:
    """The rule's own reason, which stands in the policy in three languages."""
    reason = fault.facts.get("reason")
    texts = reason if isinstance(reason, Mapping) else {}
    return str(texts.get(current_locale().language) or texts.get("nb") or fault.code)


def title(kind: str) -> str:
    """The short name of a kind of refusal, in the language of the request."""
    return gettext(TITLES[kind])


class _Words(Formatter):
    """Fills placeholders with values as people write them; ``{x:kr}`` is øre as money, ``{x:minutes}`` a duration."""

    def __init__(self, facts: Mapping[str, object]) -> None:
        self._facts = facts

    def get_value(self, key: int | str, args: object, kwargs: object) -> Any:
        return self._facts.get(str(key))

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == "kr":
            return formats.kroner(value)
        if format_spec == "minutes":
            return formats.duration(value)
        return written(value)


def written(value: object) -> str:
    """A value as people write it, cut where it grows long."""
    if isinstance(value, bool):
        return gettext("ja") if value else gettext("nei")
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
