"""Words: aspects, condition grades, for whom something is missing, costs, what can be missing and what can be measured; pure."""

from enum import IntEnum, StrEnum

from kernel.texts import marked as _
from venues.vocabulary import FEATURE_LABELS, slug_of


class Aspect(StrEnum):
    """What of a room is graded."""

    ACOUSTICS = "acoustics"
    STORAGE = "storage"
    ACCESS = "access"
    LIGHTING = "lighting"


class Grade(IntEnum):
    """The condition grades of NS 3424: none, slight, considerable and large deviation from what it should be."""

    GOOD = 0
    SLIGHT = 1
    CONSIDERABLE = 2
    LARGE = 3


class For(StrEnum):
    """For whom something is missing: by what they do or need, never by a diagnosis."""

    EVERYBODY = "everybody"
    WHEELCHAIR = "wheelchair"
    HEARING = "hearing"
    SIGHT = "sight"
    CHILDREN = "children"
    MUSIC = "music"
    SPORT = "sport"
    EVENTS = "events"


class Cost(StrEnum):
    """A rough class of what it costs to mend."""

    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


class Measure(StrEnum):
    """What is measured on site, with its unit in the name: seconds, centimetres, lux."""

    REVERBERATION = "reverberation_s"
    DOOR = "door_cm"
    LUX = "lux"


# The width of a door that counts as wide, as the answers on access have it.
WIDE_DOOR_CM = 86
MEASURED = "measured."
ASPECTS = {
    Aspect.ACOUSTICS: _("Lyd og akustikk"),
    Aspect.STORAGE: _("Lagring"),
    Aspect.ACCESS: _("Tilgjengelighet"),
    Aspect.LIGHTING: _("Lys"),
}
GRADES = {
    Grade.GOOD: _("Bra"),
    Grade.SLIGHT: _("Litt å rette"),
    Grade.CONSIDERABLE: _("Mye å rette"),
    Grade.LARGE: _("Kan ikke brukes slik det er"),
}
GROUPS = {
    For.EVERYBODY: _("alle"),
    For.WHEELCHAIR: _("den som bruker rullestol"),
    For.HEARING: _("den som hører dårlig"),
    For.SIGHT: _("den som ser dårlig"),
    For.CHILDREN: _("barn"),
    For.MUSIC: _("kor og musikk"),
    For.SPORT: _("trening"),
    For.EVENTS: _("arrangementer"),
}
COSTS = {Cost.SMALL: _("under 50 000 kr"), Cost.MEDIUM: _("50 000–500 000 kr"), Cost.LARGE: _("over 500 000 kr")}
GRAVITIES = {1: _("til bry"), 2: _("hindrer noen"), 3: _("kan ikke brukes av dem")}
MEASURES = {
    Measure.REVERBERATION: _("Etterklangstid (sekunder)"),
    Measure.DOOR: _("Trinnfri bredde i smaleste dør (cm)"),
    Measure.LUX: _("Lys midt i rommet (lux)"),
}
# What can be missing: whatever a room can have or a wish can ask for, and what no wish has a key for.
LACKS = {
    "acoustics": _("demping av lyd"),
    "storage": _("lagerplass"),
    "lighting": _("godt lys"),
    **{slug_of(key): label for key, label in FEATURE_LABELS.items()},
}
