"""Labels: dimensions, lines, measures and cells of statistics in words, and how figures are written."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from babel.dates import format_date

from accounts.identity import ApplicantClass
from accounts.labels import applicant_class
from booking.statistics.measures import FEWEST, MEASURES, NOTES, Dimension, Measure, Unit
from booking.statistics.places import UNKNOWN, Places
from kernel.texts import marked as _
from policies.labels import activity
from venues.labels import initial, weekday_label
from web import formats
from web.texts import current_locale, gettext

DIMENSIONS: Mapping[Dimension, str] = {
    Dimension.ROOM: _("Rom"),
    Dimension.VENUE: _("Lokale"),
    Dimension.DISTRICT: _("Bydel"),
    Dimension.WEEKDAY: _("Ukedag"),
    Dimension.HOUR: _("Time på dagen"),
    Dimension.WEEK: _("Ukedag og time"),
    Dimension.MONTH: _("Måned"),
    Dimension.CLASS: _("Type låner"),
    Dimension.ORGANISATION: _("Organisasjon"),
    Dimension.ACTIVITY: _("Aktivitet"),
    Dimension.AGE: _("Alder"),
}
PLURALS: Mapping[str, str] = {
    ApplicantClass.PERSON: _("Privatpersoner, samlet"),
    ApplicantClass.GROUP: _("Grupper uten organisasjonsnummer, samlet"),
}
UNNAMED: Mapping[Dimension, str] = {
    Dimension.ROOM: _("Uten bestemt rom"),
    Dimension.VENUE: _("Uten bestemt lokale"),
    Dimension.DISTRICT: _("Uten bydel"),
}
WITHOUT_TIME = _("Uten klokkeslett")
# What is shown in one table.
THEMES: Mapping[str, tuple[str, ...]] = {
    "use": ("open", "booked", "within", "share", "dates", "minutes", "visits"),
    "lost": (
        "unused_dates",
        "unused",
        "cancelled_dates",
        "cancelled",
        "displaced_dates",
        "displaced",
        "refused_dates",
        "wishes",
        "searches",
    ),
    "value": ("dates", "listed", "charged", "value", "unvalued"),
}
THEME_NAMES: Mapping[str, str] = {
    "use": _("Bruk og åpningstid"),
    "lost": _("Ikke brukt, mistet og avvist"),
    "value": _("Pris og verdi"),
}
Order = tuple[Any, ...]


def name_of(by: Dimension, key: Any, found: Places, organisations: Mapping[int, str]) -> tuple[Order, str, str]:
    """By what a line is sorted before its name, the code by which programs know it, and its name."""
    if by in UNNAMED:
        return _of_place(by, key, found)
    match by:
        case Dimension.WEEKDAY | Dimension.HOUR | Dimension.WEEK:
            return _of_time(by, key)
        case Dimension.MONTH:
            return (key,), f"{key:%Y-%m}", initial(format_date(key, "MMMM y", locale=current_locale()))
        case Dimension.ORGANISATION:
            return (not key.isdigit(),), key, organisations[int(key)] if key.isdigit() else _class(key)
        case Dimension.CLASS:
            return (), key, _class(key)
        case Dimension.ACTIVITY:
            return (), key, initial(activity(key))
        case _:
            return (not key, int(key.rstrip("+").partition("-")[0] or 0)), key, age_label(key)


def dimension_label(by: Dimension) -> str:
    return gettext(DIMENSIONS[by])


def theme_label(theme: str) -> str:
    return gettext(THEME_NAMES[theme])


def age_label(written: str) -> str:
    """Ages as they were written, or that they are not known."""
    return gettext("%(ages)s år", ages=written.replace("-", "–")) if written else gettext("Ukjent alder")


def measure_label(code: str) -> str:
    return gettext(MEASURES[code].name)


def definitions(codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """The name and the definition of each measure."""
    return [(gettext(MEASURES[code].name), gettext(MEASURES[code].definition)) for code in codes]


def notes() -> list[str]:
    """What goes for all figures."""
    return [gettext(note) % {"fewest": FEWEST} if "%(" in note else gettext(note) for note in NOTES]


def written(measure: Measure, value: int | Decimal | None, *, is_hidden: bool = False) -> str:
    """A figure as pages show it: hours with at most one decimal, whole kroner; a dash where there is none."""
    if is_hidden:
        return gettext("skjult")
    if value is None:
        return "–"
    match measure.unit:
        case Unit.MINUTES:
            return formats.number(float(exact(measure, value).quantize(Decimal("0.1"))))
        case Unit.ORE:
            return formats.number(round(value / 100))
        case Unit.SHARE:
            return gettext("%(share)s %%", share=formats.number(float(value)))
        case _:
            return formats.number(int(value))


def exact(measure: Measure, value: int | Decimal) -> Decimal:
    """A figure in the unit that its name says: hours of two decimals, kroner with øre."""
    match measure.unit:
        case Unit.MINUTES:
            return (Decimal(value) / 60).quantize(Decimal("0.01"))
        case Unit.ORE:
            return Decimal(value) / 100
        case _:
            return Decimal(value)


def _of_place(by: Dimension, key: int, found: Places) -> tuple[Order, str, str]:
    if key == UNKNOWN:
        return (True,), "", gettext(UNNAMED[by])
    rooms = found.rooms.values()
    match by:
        case Dimension.ROOM:
            room = found.rooms[key]
            return (False,), f"{room.venue.slug}/{room.slug}", f"{room.venue.name}, {room.name}"
        case Dimension.VENUE:
            venue = next(room.venue for room in rooms if room.venue_id == key)
            return (False,), venue.slug, venue.name
        case _:
            district = next(one for room in rooms if (one := room.venue.district) and one.id == key)
            return (False,), district.slug, district.name


def _of_time(by: Dimension, key: Any) -> tuple[Order, str, str]:
    weekday = key[0] if by is Dimension.WEEK else key if by is Dimension.WEEKDAY else None
    hour = key[1] if by is Dimension.WEEK else key if by is Dimension.HOUR else None
    known = [one for one in (weekday, hour) if one is not None]
    if UNKNOWN in known:
        return (True, *known), "-".join("" if one == UNKNOWN else str(one) for one in known), gettext(WITHOUT_TIME)
    words = [initial(weekday_label(weekday))] if weekday is not None else []
    words += [gettext("kl. %(from)s–%(to)s", **{"from": f"{hour:02}", "to": f"{hour + 1:02}"})] if hour is not None else []
    return (False, *known), "-".join(map(str, known)), initial(" ".join(words))


def _class(code: str) -> str:
    return gettext(PLURALS[code]) if code in PLURALS else applicant_class(ApplicantClass(code))
