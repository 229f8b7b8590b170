"""Labels: the words on screen for grounds in law, readers, places where contact details are seen, and why something is kept."""

from collections.abc import Mapping

from accounts.personal.held import Basis, Kept, Personal, Reader, Way
from kernel.texts import marked as _
from web.texts import gettext

BASES: Mapping[Basis, str] = {
    Basis.AGREEMENT: _("Avtale med den det gjelder (personvernforordningen artikkel 6 nr. 1 b)"),
    Basis.TASK: _("Kommunens oppgave etter lov (personvernforordningen artikkel 6 nr. 1 e)"),
    Basis.LAW: _("Kommunens plikt etter lov (personvernforordningen artikkel 6 nr. 1 c)"),
}
READERS: Mapping[Reader, str] = {
    Reader.SELF: _("den det gjelder"),
    Reader.ORGANISATION: _("de som handler for samme organisasjon"),
    Reader.CARETAKER: _("byggets vaktmestere"),
    Reader.OFFICER: _("saksbehandlere"),
    Reader.ADMINISTRATOR: _("administratorer"),
    Reader.ANYBODY: _("alle"),
    Reader.NOBODY: _("ingen"),
}
ENDS: Mapping[Way, str] = {
    Way.EMPTIED: _("Innholdet slettes, raden blir stående uten det."),
    Way.DELETED: _("Raden slettes."),
    Way.KEPT: _("Blir stående uten navn."),
}
PLACES: Mapping[str, str] = {
    "accounts.people_page": _("Listen over personer"),
    "accounts.person_page": _("Siden om personen"),
    "accounts.organisation_page": _("Siden om organisasjonen"),
    "booking.case_page": _("Siden om bookingen"),
    "booking.caretaker": _("Vaktmesterens dag"),
    "booking.day_sheet": _("Dagsarket"),
    "booking.search": _("Søket til saksbehandlerne"),
    "calendars.health_page": _("Kalendere som ikke virker"),
}
LAWS: Mapping[str, str] = {
    "books": _("bokføringsloven"),
    "unbilled": _("noe som ikke er fakturert ennå"),
    "complaint": _("en klage som ikke er avgjort"),
}


def basis(value: Basis) -> str:
    """The ground in law."""
    return gettext(BASES[value])


def readers(values: tuple[Reader, ...]) -> str:
    """Who reads it, in one line."""
    return ", ".join(gettext(READERS[value]) for value in values)


def end(value: Way) -> str:
    """What becomes of it."""
    return gettext(ENDS[value])


def place(endpoint: str) -> str:
    """Where something was seen; over the API and in files by its name."""
    return gettext(PLACES[endpoint]) if endpoint in PLACES else endpoint


def cause(kept: Kept, personal: Personal) -> str:
    """Why something is kept."""
    open_cases = {one.code: one.why for one in personal.evidence}
    return gettext(open_cases.get(kept.code) or LAWS[kept.code])
