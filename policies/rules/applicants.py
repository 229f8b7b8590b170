"""The rule kind about applicants: who may book."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from accounts.identity import ApplicantClass
from kernel.texts import marked as _
from policies.occasion import Occasion
from policies.rules.base import Breach, Comparator, Consequence, Count, FigureLimit, Model, Reads, Rule, Slug
from policies.verdict import Effect


class Age(Model):
    """A limit in completed years: ``over 15`` is met by one who has turned 16, ``at-least 15`` by one who has turned 15."""

    comparator: Comparator
    years: Count


class Eligibility(Rule):
    """Who may book: what is asked of the applicant, and what follows when it is not met or not known."""

    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.APPLICANT})

    follows: ClassVar[tuple[str, ...]] = ("unknown",)
    called: ClassVar[str] = _("Hvem som kan låne")

    kind: Literal["eligibility"] = "eligibility"
    allowed: tuple[ApplicantClass, ...] = Field(default=(), title=_("Disse kan booke"))
    registered: bool | None = Field(default=None, title=_("Må stå i Frivillighetsregisteret"))
    local: bool | None = Field(default=None, title=_("Må høre til i kommunen"))
    any_status: tuple[Slug, ...] = Field(default=(), title=_("Må ha en av disse statusene"))
    no_status: tuple[Slug, ...] = Field(default=(), title=_("Kan ikke ha en av disse statusene"))
    any_role: tuple[Slug, ...] = Field(default=(), title=_("Den som booker må ha en av disse rollene"))
    figures: tuple[FigureLimit, ...] = Field(default=(), title=_("Tall om søkeren"))
    age: Age | None = Field(default=None, title=_("Den som booker må være"))
    effect: Effect = Effect.REFUSE
    unknown: Consequence = Field(default=Consequence.REVIEW, title=_("Når vi ikke vet det, bookingen"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        yield from self._class(occasion)
        yield from self._known("registered", self.registered, occasion.facts.applicant.registered)
        yield from self._known("local", self.local, occasion.facts.applicant.local)
        yield from self._one_of("status", self.any_status, occasion.facts.applicant.statuses)
        yield from self._none_of(occasion.facts.applicant.statuses)
        yield from self._figures(occasion)
        yield from self._one_of("role", self.any_role, occasion.facts.applicant.roles)
        yield from self._age(occasion.request.age)

    def _class(self, occasion: Occasion) -> Iterator[Breach]:
        applicant = occasion.request.applicant
        if self.allowed and applicant not in self.allowed:
            yield Breach("applicant-not-allowed", "applicant", applicant.value, ", ".join(self.allowed), self.effect)

    def _known(self, name: str, asked: bool | None, known: bool | None) -> Iterator[Breach]:
        if asked is None or asked == known:
            return
        if known is not None:
            yield Breach(f"not-{name}" if asked else f"is-{name}", "organisation", known, asked, self.effect)
        elif self.unknown.effect:
            yield Breach(f"{name}-unknown", "organisation", None, asked, self.unknown.effect)

    def _one_of(self, name: str, asked: tuple[str, ...], held: tuple[str, ...]) -> Iterator[Breach]:
        if asked and set(asked).isdisjoint(held):
            yield Breach(f"{name}-missing", "organisation", ", ".join(held), ", ".join(asked), self.effect)

    def _none_of(self, held: tuple[str, ...]) -> Iterator[Breach]:
        barred = sorted(set(self.no_status) & set(held))
        if barred:
            yield Breach("status-barred", "organisation", ", ".join(barred), None, self.effect)

    def _figures(self, occasion: Occasion) -> Iterator[Breach]:
        for limit in self.figures:
            known = occasion.facts.applicant.figure(limit.figure)
            if known is None and self.unknown.effect:
                yield Breach(
                    "figure-unknown", "organisation", None, f"{limit.figure} {limit.comparator} {limit.value}", self.unknown.effect
                )
            elif known is not None and not limit.holds(known):
                code = "figure-too-low" if limit.comparator in (Comparator.AT_LEAST, Comparator.OVER) else "figure-too-high"
                yield Breach(code, "organisation", known, f"{limit.figure} {limit.comparator} {limit.value}", self.effect)

    def _age(self, age: int | None) -> Iterator[Breach]:
        if self.age is None:
            return
        if age is None and self.unknown.effect:
            yield Breach("age-unknown", "age", None, self.age.years, self.unknown.effect)
        elif age is not None and not self.age.comparator.holds(age, self.age.years):
            code = {Comparator.AT_LEAST: "too-young", Comparator.OVER: "too-young"}.get(self.age.comparator, "too-old")
            yield Breach(code, "age", age, _nearest(self.age), self.effect)


def _nearest(age: Age) -> int:
    """The age in completed years that is just met."""
    return age.years + {Comparator.OVER: 1, Comparator.UNDER: -1}.get(age.comparator, 0)
