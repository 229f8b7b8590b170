"""The rule kinds about precedence: who comes first, by what points, and who may take another's time."""

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from kernel.texts import marked as _
from policies.occasion import Occasion
from policies.rules.base import Breach, Consequence, Count, Model, Reads, Rule, Scope, Slug
from policies.taxonomy import Activity, is_within
from policies.verdict import Displacement, Rank, Reason

Points = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
Thousandths = Annotated[int, Field(ge=0, le=1_000_000_000)]
WHO = frozenset({Reads.APPLICANT, Reads.USE, Reads.AGES, Reads.TIME, Reads.ROOM, Reads.HEADS})


class RankedClass(Scope):
    """One class of a priority order; a request belongs to the first that it fits."""

    name: Reason = Field(default=Reason(), title=_("Hva gruppen kalles"))


class Priority(Rule):
    """Who comes first where several want the same time: classes in order, those who fit none after all of them."""

    settles: ClassVar[str] = "rank"
    own_reads: ClassVar[frozenset[Reads]] = WHO
    called: ClassVar[str] = _("Hvem som går foran")
    heading: ClassVar[str] = _("Hvem som går foran")

    kind: Literal["priority"] = "priority"
    order: tuple[RankedClass, ...] = Field(min_length=1, title=_("Rekkefølge, den første går foran"))

    def settle(self, occasion: Occasion) -> Rank:
        place, name = next(
            ((place, one.name) for place, one in enumerate(self.order, start=1) if one.covers(occasion)), (len(self.order) + 1, Reason())
        )
        return Rank(place=place, of=len(self.order) + 1, name=name, rule=self.id)

    @property
    def age_cuts(self) -> tuple[int, ...]:
        return (*super().age_cuts, *(cut for one in self.order if one.ages for cut in one.ages.cuts))


class Preference(Rule):
    """Points for uses that a room is meant for, among requests of the same class; negative ones count against."""

    gives: ClassVar[str] = "points"
    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.USE})
    called: ClassVar[str] = _("Hva rommet helst brukes til")
    heading: ClassVar[str] = _("Hvem som går foran")

    kind: Literal["preference"] = "preference"
    preferred: tuple[Activity, ...] = Field(min_length=1, title=_("Bruk"))
    points: Points = Field(title=_("Poeng"))

    def give(self, occasion: Occasion) -> Iterator[int]:
        if any(is_within(occasion.request.activity, wider) for wider in self.preferred):
            yield self.points


class Unit(Model):
    """So many thousandths of a point for each of a number that is known of the applicant."""

    figure: Slug = Field(title=_("Tall"))
    weight: Thousandths = Field(title=_("Vekt i tusendeler"))


class Formula(Rule):
    """Points from an applicant's activity figures: each number times its weight, summed, in whole points half up.

    ``guarantee`` are minutes a week that each gets in a shared season before the rest is shared by points, ``reserve``
    the per cent of the time that is kept back; the sharing itself reads them.
    """

    gives: ClassVar[str] = "points"
    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.APPLICANT})
    called: ClassVar[str] = _("Poeng etter aktivitetstall")
    heading: ClassVar[str] = _("Hvem som går foran")

    kind: Literal["formula"] = "formula"
    units: tuple[Unit, ...] = Field(min_length=1, title=_("Tall og vekter"))
    guarantee: Count = Field(default=0, title=_("Garanterte minutter i uka"))
    reserve: Annotated[int, Field(ge=0, le=100)] = Field(default=0, title=_("Andel som holdes tilbake, i prosent"))
    unknown: Consequence = Field(default=Consequence.WARN, title=_("Når et tall mangler"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        known = occasion.facts.applicant
        missing = sorted({unit.figure for unit in self.units if known.figure(unit.figure) is None})
        if missing and self.unknown.effect:
            yield Breach("figures-unknown", "organisation", None, ", ".join(missing), self.unknown.effect)

    def give(self, occasion: Occasion) -> Iterator[int]:
        known = occasion.facts.applicant
        yield (sum((known.figure(unit.figure) or 0) * unit.weight for unit in self.units) + 500) // 1000


class DisplacementRule(Rule):
    """Whose use goes before whose: the greater strength may take the time of a lesser one, with notice and an offer."""

    settles: ClassVar[str] = "displacement"
    own_reads: ClassVar[frozenset[Reads]] = WHO
    called: ClassVar[str] = _("Hvem som må vike")
    heading: ClassVar[str] = _("Hvem som går foran")

    kind: Literal["displacement"] = "displacement"
    strength: Annotated[int, Field(ge=0, le=100)] = Field(title=_("Styrke, 0 til 100"))
    notice_days: Annotated[int, Field(ge=0, le=366)] = Field(default=14, title=_("Varsel i dager"))
    compensation: Reason = Field(default=Reason(), title=_("Hva den som må vike, får"))

    def settle(self, occasion: Occasion) -> Displacement:
        return Displacement(strength=self.strength, notice_days=self.notice_days, compensation=self.compensation, rule=self.id)
