"""Vocabulary: the fixed words for kinds, facilities and access, with the msgid in bokmål that each is shown by; pure."""

import re
from collections.abc import Iterable
from enum import StrEnum

from kernel.texts import marked as _
from venues.statements import ACCESS

LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ö": "o", "ä": "a", "é": "e", "ü": "u"})


class Access(StrEnum):
    """The features of access that every room answers with yes, no or unknown."""

    STEP_FREE = "step-free-entrance"
    DOOR_WIDTH = "door-width"
    LIFT = "lift"
    TOILET = "wheelchair-toilet"
    HEARING_LOOP = "hearing-loop"
    PARKING = "parking"


class ResourceKind(StrEnum):
    """What a date can have beside its room: loose things, or people who are there."""

    EQUIPMENT = "equipment"
    ATTENDANT = "attendant"


class Answer(StrEnum):
    """What is known of a feature."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


ACCESS_LABELS = {
    Access.STEP_FREE: _("Trinnfri inngang"),
    Access.DOOR_WIDTH: _("Brede dører (minst 86 cm)"),
    Access.LIFT: _("Heis"),
    Access.TOILET: _("Toalett for rullestol"),
    Access.HEARING_LOOP: _("Teleslynge"),
    Access.PARKING: _("Parkering for forflytningshemmede"),
}
RESOURCE_LABELS = {ResourceKind.EQUIPMENT: _("Løst utstyr"), ResourceKind.ATTENDANT: _("Folk")}
ANSWER_LABELS = {Answer.YES: _("ja"), Answer.NO: _("nei"), Answer.UNKNOWN: _("ukjent")}

KIND_LABELS = {
    "activity house": _("aktivitetshus"),
    "activity room": _("aktivitetsrom"),
    "arena": _("arena"),
    "assembly hall": _("aula"),
    "banquet hall": _("bankettsal"),
    "classroom": _("klasserom"),
    "community house": _("samfunnshus"),
    "council chamber": _("kommunestyresal"),
    "court": _("bane"),
    "culture house": _("kulturhus"),
    "district hub": _("knutepunkt"),
    "football hall": _("fotballhall"),
    "football pitch": _("fotballbane"),
    "gallery": _("galleri"),
    "group room": _("grupperom"),
    "gym": _("gymsal"),
    "half pitch": _("halv bane"),
    "hall": _("sal"),
    "handball court": _("håndballbane"),
    "kitchen": _("kjøkken"),
    "library": _("bibliotek"),
    "meeting room": _("møterom"),
    "multi-purpose room": _("flerbruksrom"),
    "school": _("skole"),
    "social room": _("sosialt rom"),
    "sports hall": _("idrettshall"),
    "stage": _("scene"),
    "strength room": _("styrkerom"),
    "town hall": _("rådhus"),
    "youth club": _("ungdomsklubb"),
}
FACILITY_LABELS = {
    "blackout": _("blending"),
    "changing rooms": _("garderober"),
    "chairs": _("stoler"),
    "divider": _("skillevegg"),
    "fire-approved": _("brannvesenets godkjenning for overnatting"),
    "flip chart": _("flippover"),
    "handball goals": _("håndballmål"),
    "hdmi": _("HDMI"),
    "hearing loop": _("teleslynge"),
    "kitchen": _("kjøkken"),
    "lift": _("heis"),
    "piano": _("piano"),
    "projector": _("prosjektor"),
    "showers": _("dusjer"),
    "sound system": _("lydanlegg"),
    "stage": _("scene"),
    "tables": _("bord"),
    "telescopic stand": _("teleskoptribune"),
    "tv": _("TV-skjerm"),
    "wall bars": _("ribbevegg"),
    "wifi": _("trådløst nett"),
}
# What a room has and may be out of order, by the word that closures and needs have for it.
FEATURE_LABELS = {**FACILITY_LABELS, **{str(feature): label for feature, label in ACCESS_LABELS.items() if feature != Access.LIFT}}
KEY_LABELS = {
    "access": _("Tilgjengelighet"),
    "address": _("Adresse"),
    "area_m2": _("Areal (m²)"),
    "built": _("Byggeår"),
    "capacity": _("Plass til"),
    "capacity.seated": _("Sitteplasser"),
    "capacity.standing": _("Ståplasser"),
    "condition": _("Tilstand"),
    "conduct": _("Husregler"),
    "daytime_users": _("Brukes på dagtid av"),
    "district": _("Bydel"),
    "entrance": _("Inngang"),
    "facilities": _("Utstyr og fasiliteter"),
    "getting_in": _("Slik kommer du inn"),
    "kind": _("Type"),
    "location": _("Koordinater"),
    "measured.door_cm": _("Trinnfri bredde i smaleste dør (cm)"),
    "measured.lux": _("Lys midt i rommet (lux)"),
    "measured.reverberation_s": _("Etterklangstid (sekunder)"),
    "minutes_before": _("Åpent før bookingen (minutter)"),
    "name": _("Navn"),
    "price_nok_per_hour": _("Pris per time ifølge kilden (kr)"),
    "price_note": _("Om prisen"),
    "size_m": _("Størrelse (m)"),
    "sources": _("Kilder"),
    "spectators": _("Tilskuerplasser"),
    "unknown": _("Dette vet vi ikke"),
}
WORD_LABELS = {
    "free for clubs": _("gratis for lag og foreninger"),
    "heavy tables": _("tunge bord"),
    "old stand": _("gammel tribune"),
    "resin-free": _("uten klister"),
}
# What the inventory says, in the words of its notes, that nobody knows.
NOTE_LABELS = {
    "number of courts: B is assumed": _("hvor mange baner det er; at det finnes en bane B, er antatt"),
    "number of meeting rooms": _("hvor mange møterom det er"),
    "rooms": _("hvilke rom som finnes her"),
    "which multisal seats 80 and which 150: the source says 80-150 for both": _(
        "hvilken multisal som har plass til 80 og hvilken som har plass til 150; kilden sier 80–150 om begge"
    ),
}
WEEKDAYS = (_("mandag"), _("tirsdag"), _("onsdag"), _("torsdag"), _("fredag"), _("lørdag"), _("søndag"), _("helligdager"))
OPENNESS_LABELS = {"open": _("åpent"), "by-agreement": _("etter avtale"), "closed": _("stengt")}
SCHOOL_LABELS = {"break": _("ferie"), "planning": _("planleggingsdag"), "ordinary": _("vanlige skoledager")}


def slug_of(name: str) -> str:
    """A name as an address writes it: lower case, æ ae, ø o, å a, anything else a hyphen."""
    plain = name.strip().lower().translate(LETTERS)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def label_of(word: str, *labels: dict[str, str]) -> str:
    """The msgid of a word of the inventory; a word that is not known is shown as it is written."""
    for known in (*labels, KIND_LABELS, FACILITY_LABELS, WORD_LABELS):
        if word in known:
            return known[word]
    return word


NEEDS = {slug_of(key): label for key, label in FEATURE_LABELS.items()}


def need_words(need: str) -> str:
    """The msgid of what somebody needs that is said by a key (``access.lift``, ``sound-system``); other words as they are written."""
    return NEEDS.get(need.removeprefix(ACCESS), need)


def is_need(written: str, feature: str) -> bool:
    """Whether somebody's words for what they need name a feature: by its key, or by its label anywhere in them."""
    label = re.escape(FEATURE_LABELS.get(feature, feature).casefold())
    return written.casefold().removeprefix(ACCESS) == feature or bool(re.search(rf"\b{label}\b", written.casefold()))


def keeps_out(feature: str, needs: Iterable[str]) -> bool:
    """Whether a closure keeps out who needs these things: one of all, without a feature, keeps out everybody."""
    return not feature or any(is_need(need, feature) for need in needs)
