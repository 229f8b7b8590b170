"""Labels: the words on screen for what the registers say."""

from collections.abc import Mapping

from accounts.identity import ApplicantClass
from accounts.labels import CLASSES
from accounts.register.classes import ClassRow
from accounts.register.keeping import STATUS
from accounts.register.models import Entry
from accounts.register.reading import EntryState
from kernel.texts import marked as _
from web.texts import gettext

STATES: Mapping[EntryState, str] = {
    EntryState.ACTIVE: _("Registrert"),
    EntryState.WINDING_UP: _("Under avvikling"),
    EntryState.BANKRUPT: _("Konkurs"),
    EntryState.DELETED: _("Slettet"),
    EntryState.UNKNOWN: _("Nummeret finnes ikke i registeret"),
}
ROLES: Mapping[str, str] = {
    "LEDE": _("Styreleder"),
    "NEST": _("Nestleder"),
    "MEDL": _("Styremedlem"),
    "DAGL": _("Daglig leder"),
    "KONT": _("Kontaktperson"),
    "INNH": _("Innehaver"),
}
FORMS: Mapping[str, str] = {
    "FLI": _("Forening, lag eller innretning"),
    "STI": _("Stiftelse"),
    "AS": _("Aksjeselskap"),
    "SA": _("Samvirkeforetak"),
    "ENK": _("Enkeltpersonforetak"),
    "KOMM": _("Kommune"),
    "ORGL": _("Organisasjonsledd"),
    "BEDR": _("Underenhet"),
}
ASPECTS: Mapping[str, str] = {
    "state": _("Tilstand"),
    "name": _("Navn"),
    "class": _("Slag"),
    "voluntary": _("Frivillighetsregisteret"),
    "local": _("Hører til i kommunen"),
}
WORDS: Mapping[str, str] = {"yes": _("Ja"), "no": _("Nei"), "": _("Ikke undersøkt")}


def state(value: EntryState) -> str:
    """How it is with an organisation."""
    return gettext(STATES[value])


def role(code: str) -> str:
    """What a role is called."""
    return gettext(ROLES.get(code, code))


def form(code: str) -> str:
    """What a form of organisation is called, with its code."""
    return f"{gettext(FORMS[code])} ({code})" if code in FORMS else code


def aspect(name: str) -> str:
    """What a change is about."""
    return gettext(ASPECTS[name]) if name in ASPECTS else gettext("Status: %(name)s", name=name.removeprefix(STATUS))


def worth(value: str, name: str) -> str:
    """One side of a change."""
    match name:
        case "name":
            return value
        case "state":
            return gettext(STATES[EntryState(value)])
        case "class":
            return gettext(CLASSES[ApplicantClass(value)])
        case _:
            return gettext(WORDS[value])


def because(row: ClassRow, entry: Entry) -> str:
    """Why an entry gives a class: what the row that decided asks for."""
    said = {
        "forms": gettext("organisasjonsformen er %(form)s", form=entry.form),
        "sectors": gettext("sektorkoden er %(sector)s", sector=entry.sector),
        "categories": gettext("kategorien i Frivillighetsregisteret"),
        "states": gettext(STATES[entry.state]).lower(),
        "voluntary": gettext("står i Frivillighetsregisteret") if row.voluntary else gettext("står ikke i Frivillighetsregisteret"),
        "local": gettext("adressen er i kommunen") if row.local else gettext("adressen er utenfor kommunen"),
    }
    return gettext(" og ").join(said[name] for name in row.asks()) or gettext("ingenting tilsier noe annet")
