"""The rule kinds about access: what has to be done before anybody enters, who is on site, and how one gets in."""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from kernel.texts import marked as _
from policies.entry import due_by
from policies.occasion import Occasion
from policies.office import Unit
from policies.rules.base import Breach, Consequence, Count, Minutes, Model, OreAmount, Reads, Rule, Slug, Text, Years
from policies.seasons import Anchored
from policies.verdict import Access, By, Condition, Effect, Reason, Task, Where, Whose

TIME = frozenset({Reads.TIME})


class Overdue(StrEnum):
    """What follows when a condition is not met by its date: a warning, or that the time may be withdrawn after a hearing."""

    WARN = "warn"
    WITHDRAW = "withdraw"


class Before(Model):
    """So long before the date of use."""

    amount: Count = Field(title=_("Antall"))
    unit: Literal[Unit.DAYS, Unit.WEEKS] = Field(default=Unit.DAYS, title=_("Enhet"))

    @property
    def days(self) -> int:
        return self.amount * (7 if self.unit is Unit.WEEKS else 1)


class Conditional(Rule):
    """What all kinds have that put a condition on access; the booking stands, the door stays shut until it is met."""

    gives: ClassVar[str] = "conditions"
    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.TIME, Reads.MOMENT})
    is_safety: ClassVar[bool] = True
    heading: ClassVar[str] = _("Før dere kommer")

    due: Anchored | None = Field(default=None, title=_("Må være gjort innen denne datoen hvert år"))
    due_before: Before | None = Field(default=None, title=_("Må være gjort så lenge før bruken"))
    overdue: Overdue = Field(default=Overdue.WARN, title=_("Når det ikke er gjort i tide"))

    def _condition(self, occasion: Occasion, **fields: Any) -> Condition:
        return Condition(
            rule=self.id, due=self._due(occasion), overdue=self.overdue.value, reason=self.reason, source=self.source, **fields
        )

    def _due(self, occasion: Occasion) -> date | None:
        """The earlier of both dates that has not passed when it is asked for; the yearly one is the last before the use."""
        day = occasion.parts[0].date
        yearly = occasion.calendar.last_before(self.due, day, ends=True) if self.due else None
        before = day - timedelta(days=self.due_before.days) if self.due_before else None
        return due_by((yearly, before), decided=occasion.submitted.date(), use=day)

    @property
    def anchors(self) -> Iterator[str]:
        yield from super().anchors
        if self.due:
            yield self.due


class ConditionRule(Conditional):
    """One thing to be done before anybody enters: sign a text, upload a document, or confirm that something is so."""

    called: ClassVar[str] = _("Vilkår før dere slipper inn")

    topic: ClassVar[tuple[str, ...]] = ("what",)

    kind: Literal["condition"] = "condition"
    what: Slug = Field(title=_("Navn på vilkåret, det samme i alle regler om det"))
    task: Literal[Task.SIGN, Task.UPLOAD, Task.CONFIRM] = Field(title=_("Hva som må gjøres"))
    title: Reason = Field(title=_("Hva vilkåret kalles"))
    text: Reason = Field(default=Reason(), title=_("Teksten som underskrives"))
    text_version: Text = Field(default="", title=_("Tekstens versjon"))
    whose: Whose = Field(default=Whose.BOOKING, title=_("Gjelder når det er gjort for"))
    where: Where = Field(default=Where.VENUE, title=_("Gjelder når det er gjort i"))
    by: By = Field(default=By.HOLDER, title=_("Hvem som gjør det"))
    valid_days: Annotated[int, Field(ge=1, le=3660)] | None = Field(default=None, title=_("Gjelder så mange dager"))

    def give(self, occasion: Occasion) -> Iterator[Condition]:
        names = ("what", "task", "title", "text", "text_version", "whose", "where", "by", "valid_days")
        yield self._condition(occasion, **{name: getattr(self, name) for name in names})


class Distribution(Conditional):
    """That a club says which of its teams has which of its times, and what it may do with them."""

    is_safety: ClassVar[bool] = False
    called: ClassVar[str] = _("Intern fordeling i klubben")

    kind: Literal["distribution"] = "distribution"
    title: Reason = Field(
        default=Reason("Intern fordeling er sendt inn", "Intern fordeling er send inn", "Internal distribution sent"),
        title=_("Hva vilkåret kalles"),
    )
    swaps: Literal["free", "reported", "with-consent", "forbidden"] = Field(default="reported", title=_("Bytte av tid mellom klubber"))
    joint: bool = Field(default=False, title=_("Én felles søknad fra hovedlaget"))

    def give(self, occasion: Occasion) -> Iterator[Condition]:
        if occasion.request.organisation is not None:
            yield self._condition(
                occasion,
                what="internal-distribution",
                task=Task.CONFIRM,
                title=self.title,
                whose=Whose.ORGANISATION,
                where=Where.ANYWHERE,
                by=By.STAFF,
                valid_days=366,
            )

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        request = occasion.request
        if self.joint and request.in_series and request.organisation and "main-club" not in occasion.facts.applicant.statuses:
            yield Breach("joint-application", "organisation", None, "main-club", Effect.REVIEW)


class Responsible(Conditional):
    """That adults who are on site are named: so many, or one for each so many who come, of an age."""

    own_reads: ClassVar[frozenset[Reads]] = Conditional.own_reads | {Reads.HEADS}
    called: ClassVar[str] = _("Ansvarlige voksne til stede")

    kind: Literal["responsible"] = "responsible"
    number: Annotated[int, Field(ge=1, le=50)] = Field(default=1, title=_("Antall voksne"))
    per_heads: Annotated[int, Field(ge=1)] | None = Field(default=None, title=_("Én for hver så mange deltakere"))
    least_age: Years = Field(default=18, title=_("Minste alder"))
    title: Reason = Field(
        default=Reason("Navngi de ansvarlige", "Namngi dei ansvarlege", "Name the people responsible"), title=_("Hva vilkåret kalles")
    )

    def give(self, occasion: Occasion) -> Iterator[Condition]:
        heads = occasion.request.heads or 0
        number = max(self.number, -(-heads // self.per_heads)) if self.per_heads else self.number
        yield self._condition(
            occasion, what="responsible", task=Task.APPOINT, title=self.title, number=number, least_age=self.least_age, whose=Whose.BOOKING
        )


class Attendant(Conditional):
    """That somebody of the municipality has to be there; staff confirm who it is, before that nothing is promised."""

    called: ClassVar[str] = _("Vakt eller tilsyn til stede")

    kind: Literal["attendant"] = "attendant"
    until_found: Consequence = Field(default=Consequence.REVIEW, title=_("Til noen er funnet"))
    title: Reason = Field(default=Reason("Vakt er funnet", "Vakt er funnen", "An attendant has been found"), title=_("Hva vilkåret kalles"))

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        if self.until_found.effect:
            yield Breach("attendant-needed", "start", None, None, self.until_found.effect)

    def give(self, occasion: Occasion) -> Iterator[Condition]:
        yield self._condition(occasion, what="attendant", task=Task.CONFIRM, title=self.title, whose=Whose.BOOKING, by=By.STAFF)


class Means(StrEnum):
    """How one gets in."""

    KEY = "key"
    CARD = "card"
    CODE = "code"
    STAFF = "staff"


class AccessRule(Rule):
    """How one gets in, from how long before until how long after, where it is fetched, and what is deposited for it."""

    gives: ClassVar[str] = "access"
    own_reads: ClassVar[frozenset[Reads]] = TIME
    called: ClassVar[str] = _("Nøkkel, kort eller kode")
    heading: ClassVar[str] = _("Før dere kommer")

    kind: Literal["access"] = "access"
    means: Means = Field(title=_("Hvordan man kommer inn"))
    before: Minutes = Field(default=0, title=_("Minutter før"))
    after: Minutes = Field(default=0, title=_("Minutter etter"))
    fetched: Reason = Field(default=Reason(), title=_("Hvor det hentes"))
    deposit: OreAmount = Field(default=0, title=_("Depositum"))

    def give(self, occasion: Occasion) -> Iterator[Access]:
        interval = occasion.request.interval
        yield Access(
            rule=self.id,
            means=self.means.value,
            begins=interval.start - timedelta(minutes=self.before),
            ends=interval.end + timedelta(minutes=self.after),
            fetched=self.fetched,
            deposit=self.deposit,
        )
