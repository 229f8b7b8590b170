"""The rule kinds about the ages of those who come: what share of them, and which ages have which hours."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar, Literal

from pydantic import Field

from kernel.texts import marked as _
from policies.occasion import Occasion, Part, clock
from policies.request import AgeBand
from policies.rules.base import Ages, AgeShare, Band, Breach, Consequence, Count, Percent, Reads, Rule, When
from policies.verdict import Change

AGES = frozenset({Reads.AGES})


class AgeMix(Rule):
    """How many, or how large a share, of those who come are of certain ages; what follows when not, or when it is not told.

    ``others_percent`` is for how much of one each of the others counts towards ``at_least``: 50 where two adults are one child.
    """

    own_reads: ClassVar[frozenset[Reads]] = AGES
    called: ClassVar[str] = _("Hvor gamle de som kommer, er")
    heading: ClassVar[str] = _("Hvem og hva")

    topic: ClassVar[tuple[str, ...]] = ("ages",)
    follows: ClassVar[tuple[str, ...]] = ("otherwise", "unknown")

    kind: Literal["age_mix"] = "age_mix"
    ages: Ages = Field(title=_("Alder"))
    at_least: Count | None = Field(default=None, title=_("Minst så mange"))
    others_percent: Percent | None = Field(default=None, title=_("Hver av de andre regnes som så mange prosent av én"))
    at_most: Count | None = Field(default=None, title=_("Høyst så mange"))
    at_least_percent: Percent | None = Field(default=None, title=_("Minst så stor andel i prosent"))
    at_most_percent: Percent | None = Field(default=None, title=_("Høyst så stor andel i prosent"))
    otherwise: Consequence = Field(default=Consequence.REFUSE, title=_("Ellers"))
    unknown: Consequence = Field(default=Consequence.REVIEW, title=_("Når alderen ikke er oppgitt"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        participants = occasion.request.participants
        everybody = sum(band.heads for band in participants)
        if not everybody:
            if self.unknown.effect:
                yield Breach("ages-unknown", "participants", None, _written(self.ages), self.unknown.effect, is_firm=True)
            return
        heads = self.ages.heads(participants)
        counted = heads + (everybody - heads) * (self.others_percent or 0) // 100
        # Shares are compared without division: 90 % of 11 people is 10 of them, as 9 would be less.
        limits = (
            ("too-few-of-age", self.at_least, counted, self.at_least is not None and counted < self.at_least),
            ("too-many-of-age", self.at_most, heads, self.at_most is not None and heads > self.at_most),
            ("too-small-share", self.at_least_percent, heads * 100 // everybody, _less(heads, everybody, self.at_least_percent)),
            ("too-large-share", self.at_most_percent, -(-heads * 100 // everybody), _more(heads, everybody, self.at_most_percent)),
        )
        for code, limit, value, is_broken in limits:
            if is_broken and self.otherwise.effect:
                yield Breach(code, "participants", value, limit, self.otherwise.effect)

    @property
    def age_cuts(self) -> tuple[int, ...]:
        return (*super().age_cuts, *self.ages.cuts)


class AgeHours(When):
    """Hours of certain ages."""

    ages: AgeShare = Field(title=_("Alder"))


class PrimeTime(Rule):
    """Which ages have which hours: others are kept out of them, or those of the ages are kept inside."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.AGES, Reads.TIME})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME, Change.LENGTH})
    called: ClassVar[str] = _("Tider for barn, unge og eldre")
    heading: ClassVar[str] = _("Når")

    kind: Literal["prime_time"] = "prime_time"
    hours: tuple[AgeHours, ...] = Field(min_length=1, title=_("Tider"))
    others: Consequence = Field(default=Consequence.REFUSE, title=_("Andre i disse tidene"))
    elsewhere: Consequence = Field(default=Consequence.ALLOW, title=_("De samme utenfor tidene"))
    unknown: Consequence = Field(default=Consequence.REVIEW, title=_("Når alderen ikke er oppgitt"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        for part in occasion.parts:
            if self.scope.touches(part):
                yield from self._on(part, occasion)

    def _on(self, part: Part, occasion: Occasion) -> Iterator[Breach]:
        participants = occasion.request.participants
        met = [hours for hours in self.hours if hours.touches(part)]
        if not any(band.heads for band in participants):
            if met and self.unknown.effect:
                yield Breach("ages-unknown", "participants", None, _written(met[0].ages), self.unknown.effect, is_firm=True)
            return
        strangers = next((hours for piece in self._pieces(part) if (hours := self._of_others(piece, participants))), None)
        if self.others.effect and strangers:
            yield Breach("hours-of-other-ages", "start", _clocks(part), _hours(strangers), self.others.effect)
        own = [hours for hours in self.hours if hours.on(part) and hours.ages.is_met(participants)]
        if self.elsewhere.effect and own and not any(_holds(hours.between, part) for hours in own):
            field = "end" if own[0].between and part.end > own[0].between.end else "start"
            yield Breach("outside-hours-of-age", field, _clocks(part), _hours(own[0]), self.elsewhere.effect)

    def _of_others(self, piece: Part, participants: Sequence[AgeBand]) -> AgeHours | None:
        """Hours that a stretch lies in, where it lies in none of the participants' own."""
        met = [hours for hours in self.hours if hours.touches(piece)]
        return None if any(hours.ages.is_met(participants) for hours in met) else next(iter(met), None)

    def _pieces(self, part: Part) -> Iterator[Part]:
        """The part cut where hours begin and end, so that nobody stays on from the own hours into those of others."""
        edges = {edge for hours in self.hours if hours.between for edge in (hours.between.start, hours.between.end)}
        cuts = [part.start, *sorted(edge for edge in edges if part.start < edge < part.end), part.end]
        yield from (replace(part, start=start, end=end) for start, end in pairwise(cuts))

    @property
    def bands(self) -> tuple[Band, ...]:
        return (*super().bands, *(hours.between for hours in self.hours if hours.between))

    @property
    def age_cuts(self) -> tuple[int, ...]:
        return (*super().age_cuts, *(cut for hours in self.hours for cut in hours.ages.cuts))


def _less(heads: int, everybody: int, percent: int | None) -> bool:
    return percent is not None and heads * 100 < percent * everybody


def _more(heads: int, everybody: int, percent: int | None) -> bool:
    return percent is not None and heads * 100 > percent * everybody


def _holds(band: Band | None, part: Part) -> bool:
    return band is None or (band.start <= part.start and part.end <= band.end)


def _written(ages: Ages) -> str:
    return f"{ages.first}-{ages.last}" if ages.last is not None else f"{ages.first}+"


def _clocks(part: Part) -> str:
    return f"{clock(part.start)}-{clock(part.end)}"


def _hours(hours: AgeHours) -> str:
    band = f" {clock(hours.between.start)}-{clock(hours.between.end)}" if hours.between else ""
    return f"{_written(hours.ages)}{band}"
