"""Words: why a calendar of others gave nothing, and why events in it were left out, in the language of the request."""

from collections.abc import Mapping

from calendars.incoming.models import SourceState
from kernel.texts import marked as _
from web.texts import gettext

# Of fetching, then of reading, then of what would have come of it.
FAILURES: Mapping[str, str] = {
    "bad-address": _("Adressen er ingen nettadresse. Skriv den slik den som har kalenderen, oppgir den."),
    "inside-address": _("Adressen ligger på et internt nett, og dit henter vi ingenting. Be den som drifter tjenesten, om å åpne for den."),
    "unknown-host": _("Vi finner ikke maskinen som adressen ligger på."),
    "unreachable": _("Maskinen svarer ikke."),
    "too-slow": _("Det tok for lang tid å hente den."),
    "unsafe-connection": _("Forbindelsen er ikke trygg: sertifikatet er ikke gyldig."),
    "not-safe-onward": _("Adressen sender oss videre til en uten kryptering."),
    "too-many-redirects": _("Adressen sender oss videre for mange ganger."),
    "bad-answer": _("Svaret kan ikke leses."),
    "unknown-packing": _("Svaret er pakket på en måte vi ikke kjenner."),
    "truncated": _("Den kom ikke hel fram."),
    "too-large": _("Den er større enn 10 MB."),
    "compressed": _("Den er pakket. Pakk den ut først."),
    "web-page": _("Dette er en nettside og ingen kalender. Se etter en adresse som slutter på .ics."),
    "not-a-calendar": _("Dette er ingen kalender (iCalendar)."),
    "empty": _("Den er tom."),
    "no-dates": _("Den har ingen datoer lenger. Er det riktig, kan du fjerne den her, så blir tiden ledig."),
    "nested": _("Den kan ikke leses: delene i den er flettet i hverandre."),
    "too-many-events": _("Den har for mange hendelser."),
    "too-much-work": _("Den har gjentakelser som det tar for lang tid å regne ut."),
    "room-retired": _("Rommet er tatt ut av bruk."),
}
STATUSES: Mapping[str, str] = {
    "status-401": _("Den andre siden krever innlogging. Be om en adresse som virker uten."),
    "status-403": _("Den andre siden lar oss ikke hente den. Be om en ny adresse."),
    "status-404": _("Den andre siden har ikke denne kalenderen. Be om en ny adresse."),
    "status-410": _("Kalenderen er trukket tilbake på den andre siden. Be om en ny adresse."),
}
SKIPPED: Mapping[str, str] = {
    "takes-no-time": _("er merket som ledig tid"),
    "no-length": _("varer ikke"),
    "too-long": _("varer lenger enn en måned"),
    "no-start": _("har ingen start"),
    "bad-start": _("har en start som ikke kan leses"),
    "bad-instance": _("gjelder en dato som ikke kan leses"),
    "end-before-start": _("slutter før den begynner"),
    "bad-duration": _("har en varighet som ikke kan leses"),
    "bad-rule": _("har en gjentakelse som ikke kan leses"),
    "bad-addition": _("har datoer i tillegg som ikke kan leses"),
    "too-frequent": _("gjentas oftere enn hver dag"),
    "too-many-occurrences": _("gjentas for mange ganger"),
    "too-much-work": _("gjentas slik at det tar for lang tid å regne ut"),
    "superseded": _("er erstattet av en nyere utgave i samme fil"),
    "out-of-range": _("er utenfor årene vi kan regne med"),
    "unclosed": _("er ikke avsluttet"),
}
STATES: Mapping[SourceState, str] = {
    SourceState.DRAFT: _("Ikke tatt i bruk"),
    SourceState.ACTIVE: _("Følges"),
    SourceState.PAUSED: _("Satt på pause"),
}


def failure_text(code: str) -> str:
    """Why nothing came."""
    known = FAILURES.get(code) or STATUSES.get(code)
    if known:
        return gettext(known)
    if code.startswith("status-"):
        return gettext("Den andre siden svarte med feilkode %(status)s.", status=code.removeprefix("status-"))
    return gettext("Den kan ikke leses (%(code)s).", code=code)


def skipped_text(code: str) -> str:
    """Why an event was left out, to follow what it is."""
    known = SKIPPED.get(code)
    return gettext(known) if known else gettext("kan ikke leses (%(code)s)", code=code)


def source_state(value: str) -> str:
    """Whether a calendar is followed."""
    return gettext(STATES[SourceState(value)])
