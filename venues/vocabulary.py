"""Vocabulary: the fixed words for kinds, facilities and access, with the msgid in bokmål that each is shown by; pure."""

import re
from enum import StrEnum

LETTERS = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ö": "o", "ä": "a", "é": "e", "ü": "u"})


def N_(msgid: str) -> str:
    """Marks a msgid for extraction; it is translated when it is shown."""
    return msgid


class Access(StrEnum):
    """The features of access that every room answers with yes, no or unknown."""

    STEP_FREE = "step-free-entrance"
    DOOR_WIDTH = "door-width"
    LIFT = "lift"
    TOILET = "wheelchair-toilet"
    HEARING_LOOP = "hearing-loop"
    PARKING = "parking"


class Answer(StrEnum):
    """What is known of a feature."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


ACCESS_LABELS = {
    Access.STEP_FREE: N_("Trinnfri inngang"),
    Access.DOOR_WIDTH: N_("Brede dører (minst 86 cm)"),
    Access.LIFT: N_("Heis"),
    Access.TOILET: N_("Toalett for rullestol"),
    Access.HEARING_LOOP: N_("Teleslynge"),
    Access.PARKING: N_("Parkering for forflytningshemmede"),
}
ANSWER_LABELS = {Answer.YES: N_("ja"), Answer.NO: N_("nei"), Answer.UNKNOWN: N_("ukjent")}

KIND_LABELS = {
    "activity house": N_("aktivitetshus"),
    "activity room": N_("aktivitetsrom"),
    "arena": N_("arena"),
    "banquet hall": N_("bankettsal"),
    "classroom": N_("klasserom"),
    "community house": N_("samfunnshus"),
    "council chamber": N_("kommunestyresal"),
    "court": N_("bane"),
    "culture house": N_("kulturhus"),
    "district hub": N_("knutepunkt"),
    "football hall": N_("fotballhall"),
    "football pitch": N_("fotballbane"),
    "gallery": N_("galleri"),
    "group room": N_("grupperom"),
    "gym": N_("gymsal"),
    "half pitch": N_("halv bane"),
    "hall": N_("sal"),
    "handball court": N_("håndballbane"),
    "kitchen": N_("kjøkken"),
    "library": N_("bibliotek"),
    "meeting room": N_("møterom"),
    "multi-purpose room": N_("flerbruksrom"),
    "school": N_("skole"),
    "social room": N_("sosialt rom"),
    "sports hall": N_("idrettshall"),
    "stage": N_("scene"),
    "strength room": N_("styrkerom"),
    "town hall": N_("rådhus"),
    "youth club": N_("ungdomsklubb"),
}
FACILITY_LABELS = {
    "blackout": N_("blending"),
    "changing rooms": N_("garderober"),
    "chairs": N_("stoler"),
    "divider": N_("skillevegg"),
    "flip chart": N_("flippover"),
    "handball goals": N_("håndballmål"),
    "hdmi": N_("HDMI"),
    "hearing loop": N_("teleslynge"),
    "kitchen": N_("kjøkken"),
    "lift": N_("heis"),
    "piano": N_("piano"),
    "projector": N_("prosjektor"),
    "showers": N_("dusjer"),
    "sound system": N_("lydanlegg"),
    "stage": N_("scene"),
    "tables": N_("bord"),
    "telescopic stand": N_("teleskoptribune"),
    "tv": N_("TV-skjerm"),
    "wall bars": N_("ribbevegg"),
    "wifi": N_("trådløst nett"),
}
KEY_LABELS = {
    "address": N_("Adresse"),
    "area_m2": N_("Areal (m²)"),
    "built": N_("Byggeår"),
    "capacity": N_("Plass til"),
    "capacity.seated": N_("Sitteplasser"),
    "capacity.standing": N_("Ståplasser"),
    "condition": N_("Tilstand"),
    "conduct": N_("Husregler"),
    "daytime_users": N_("Brukes på dagtid av"),
    "district": N_("Bydel"),
    "entrance": N_("Inngang"),
    "facilities": N_("Utstyr og fasiliteter"),
    "getting_in": N_("Slik kommer du inn"),
    "kind": N_("Type"),
    "location": N_("Koordinater"),
    "minutes_before": N_("Åpent før bookingen (minutter)"),
    "name": N_("Navn"),
    "price_nok_per_hour": N_("Pris per time ifølge kilden (kr)"),
    "price_note": N_("Om prisen"),
    "size_m": N_("Størrelse (m)"),
    "sources": N_("Kilder"),
    "spectators": N_("Tilskuerplasser"),
    "unknown": N_("Dette vet vi ikke"),
}
WORD_LABELS = {
    "free for clubs": N_("gratis for lag og foreninger"),
    "heavy tables": N_("tunge bord"),
    "old stand": N_("gammel tribune"),
    "resin-free": N_("uten klister"),
}
WEEKDAYS = (N_("mandag"), N_("tirsdag"), N_("onsdag"), N_("torsdag"), N_("fredag"), N_("lørdag"), N_("søndag"), N_("helligdager"))
OPENNESS_LABELS = {"open": N_("åpent"), "by-agreement": N_("etter avtale"), "closed": N_("stengt")}
SCHOOL_LABELS = {"break": N_("ferie"), "planning": N_("planleggingsdag"), "ordinary": N_("vanlige skoledager")}


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
