"""Measures: what is counted and by what, each with its one definition; pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property

from kernel.texts import marked as _

# Fewer people than this are not told of: who knows the place would know who they are.
FEWEST = 5
TENTH = Decimal("0.1")


class Dimension(StrEnum):
    """What figures are spread over; WEEK is weekday and hour together."""

    ROOM = "room"
    VENUE = "venue"
    DISTRICT = "district"
    WEEKDAY = "weekday"
    HOUR = "hour"
    WEEK = "week"
    MONTH = "month"
    CLASS = "class"
    ORGANISATION = "organisation"
    ACTIVITY = "activity"
    AGE = "age"

    @property
    def is_of_time(self) -> bool:
        """Whether opening hours and searches spread over it as well as dates do."""
        return self in OF_PLACE or self in OF_TIME

    @property
    def has_persons(self) -> bool:
        """Whether a row of it can be so few people that nothing is told of them."""
        return self in (Dimension.CLASS, Dimension.ORGANISATION, Dimension.AGE)


OF_PLACE = (Dimension.ROOM, Dimension.VENUE, Dimension.DISTRICT)
OF_TIME = (Dimension.WEEKDAY, Dimension.HOUR, Dimension.WEEK, Dimension.MONTH)


class Unit(StrEnum):
    """MINUTES of time, ORE of money, a COUNT, a SHARE in per cent."""

    MINUTES = "minutes"
    ORE = "ore"
    COUNT = "count"
    SHARE = "share"


# What is added up, by the codes of measures: minutes, dates and øre; ``people`` are those told of who are no organisation.
Sums = Counter[str]


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of a row: its unit, its name and its definition in words (gettext)."""

    code: str
    unit: Unit
    name: str
    definition: str


@dataclass(frozen=True)
class Figures:
    """The figures of a row, by code; None where one has no meaning there, all None where too few people are behind them."""

    sums: Sums
    shown: tuple[str, ...]
    is_hidden: bool = False

    @cached_property
    def values(self) -> Mapping[str, int | Decimal | None]:
        """Each shown figure by its code."""
        made = {"value": self.sums["listed"] - self.sums["charged"], "share": share(self.sums["within"], self.sums["open"])}
        return {code: None if self.is_hidden else made[code] if code in made else self.sums[code] for code in self.shown}


def share(part: int, whole: int) -> Decimal | None:
    """Per cent with one decimal, half a tenth up; None of nothing."""
    return (Decimal(part * 100) / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP) if whole > 0 else None


MEASURES: Mapping[str, Measure] = {
    measure.code: measure
    for measure in (
        Measure(
            "open",
            Unit.MINUTES,
            _("Åpent, flatetimer"),
            _(
                "Tid med fast åpningstid, for hver flate som kan lånes ut for seg. En hall med tre deler har tre flatetimer i timen."
                " Stengninger og tid som holdes av uten bruk, er trukket fra. Tid etter avtale er ikke med."
            ),
        ),
        Measure(
            "booked", Unit.MINUTES, _("Booket, flatetimer"), _("Booket tid for hver flate som er opptatt. Hel hall teller alle delene.")
        ),
        Measure("within", Unit.MINUTES, _("Booket i åpningstiden, flatetimer"), _("Den delen av booket tid som ligger i åpningstiden.")),
        Measure(
            "share",
            Unit.SHARE,
            _("Belegg, prosent"),
            _("Booket i åpningstiden delt på åpent, begge i flatetimer. Kvelder og helger teller som de er."),
        ),
        Measure(
            "dates",
            Unit.COUNT,
            _("Datoer"),
            _("Bookede datoer, talt én gang uansett hvor mange flater de har. En dato hører til dagen og timen den begynner."),
        ),
        Measure("minutes", Unit.MINUTES, _("Booket, timer"), _("Lengden av bookede datoer, uansett hvor mange flater de har.")),
        Measure(
            "unused_dates",
            Unit.COUNT,
            _("Ikke møtt, datoer"),
            _("Bookede datoer der det er notert at ingen kom, eller der låneren sist svarte at rommet ikke ble brukt."),
        ),
        Measure("unused", Unit.MINUTES, _("Ikke møtt, timer"), _("Lengden av datoene der ingen kom.")),
        Measure(
            "cancelled_dates",
            Unit.COUNT,
            _("Gitt tilbake, datoer"),
            _(
                "Datoer som ble avbestilt eller gitt tilbake, av låner eller kommune."
                " Forespørsler som ble trukket før noen avgjorde dem, er ikke med."
            ),
        ),
        Measure("cancelled", Unit.MINUTES, _("Gitt tilbake, timer"), _("Lengden av datoene som ble gitt tilbake.")),
        Measure(
            "displaced_dates",
            Unit.COUNT,
            _("Måtte vike, datoer"),
            _("Datoer som mistet tiden sin til en annen booking eller en stengning."),
        ),
        Measure("displaced", Unit.MINUTES, _("Måtte vike, timer"), _("Lengden av datoene som måtte vike.")),
        Measure(
            "refused_dates",
            Unit.COUNT,
            _("Fikk nei, datoer"),
            _("Datoer det ble spurt om, som fikk avslag, eller der andre hadde tiden og den ikke ble ledig før dagen kom."),
        ),
        Measure(
            "wishes",
            Unit.COUNT,
            _("Avvist med en gang"),
            _("Ønsker om et bestemt rom som reglene eller andre bookinger stoppet med en gang. Prøver noen igjen, teller det igjen."),
        ),
        Measure("searches", Unit.COUNT, _("Søk uten treff"), _("Søk som ikke fant noe ledig rom. Hvem som søkte, blir ikke lagret.")),
        Measure(
            "listed",
            Unit.ORE,
            _("Listepris, kroner"),
            _("Det bookede datoer koster etter prislista, eller etter en datert beregningssats der rommet ikke har noen pris."),
        ),
        Measure("charged", Unit.ORE, _("Betalt pris, kroner"), _("Det låneren skal betale for datoene som har en listepris.")),
        Measure(
            "value", Unit.ORE, _("Verdi av fri bruk, kroner"), _("Listepris minus betalt pris. Det er det kommunen gir i form av rom.")
        ),
        Measure(
            "unvalued",
            Unit.MINUTES,
            _("Uten kjent verdi, timer"),
            _("Booket tid der verken pris eller sats er kjent. Den er ikke med i kronene, og teller ikke som null."),
        ),
        Measure(
            "visits",
            Unit.COUNT,
            _("Besøk"),
            _("Deltakere ganger datoer, slik de ble bekreftet etter bruk, ellers slik de ble booket. Datoer der ingen kom, er ikke med."),
        ),
    )
}
OF_USE = ("minutes", "unused_dates", "unused", "cancelled_dates", "cancelled", "displaced_dates", "displaced", "refused_dates")
OF_MONEY = ("listed", "charged", "value", "unvalued")
BY_TIME = ("open", "booked", "within", "share", "dates", *OF_USE, "wishes", "searches", *OF_MONEY)
BY_BOOKER = ("dates", *OF_USE, *OF_MONEY)


def shown_by(dimension: Dimension) -> tuple[str, ...]:
    """The codes of the measures that have a meaning for a dimension, in the order in which they are told."""
    if dimension is Dimension.AGE:
        return ("visits",)
    return BY_TIME if dimension.is_of_time else BY_BOOKER


NOTES: tuple[str, ...] = (
    _("Alle klokkeslett er lokal tid. Døgn med 23 og 25 timer teller som de er."),
    _("Rommenes åpningstid, pris og deling i flater er slik de er registrert nå."),
    _("En flate er åpen når det minste rommet den er en del av, er åpent."),
    _(
        "Private og grupper uten organisasjonsnummer vises bare samlet. Tall som gjelder færre enn %(fewest)s, er skjult,"
        " og da er også den minste raden ved siden av skjult, så ingen kan regne dem ut."
    ),
)
