"""The rule kinds about handling: who decides and by when, and the time kept around a booking."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from accounts.identity import Role
from kernel.texts import marked as _
from kernel.wallclock import to_wall, zone_of
from policies.occasion import Occasion
from policies.office import Office, Unit
from policies.rules.base import Band, Breach, Consequence, Minutes, Model, Reads, Rule, Weekday
from policies.rules.timing import MONDAY_TO_FRIDAY
from policies.verdict import Change, Complaint, Decider, Reason

# An answer that is promised for later than this is none that anybody can plan by.
LONGEST_WAIT_WEEKS = 26
MINUTES = {Unit.HOURS: 60, Unit.DAYS: 24 * 60, Unit.WEEKS: 7 * 24 * 60}


class Route(StrEnum):
    AT_ONCE = "at-once"
    BY_ROLE = "by-role"


class Hold(Model):
    """How long a waiting request keeps its time."""

    amount: int = Field(ge=1, le=1000)
    unit: Literal[Unit.HOURS, Unit.DAYS, Unit.WEEKS]


class Promise(Model):
    """Within how much working time an answer is promised."""

    amount: int = Field(ge=1, le=400)
    unit: Literal[Unit.WORKING_HOURS, Unit.WORKING_DAYS]


class OfficeHours(Model):
    """When the office that decides answers; public holidays are never among its days."""

    weekdays: tuple[Weekday, ...] = Field(default=MONDAY_TO_FRIDAY, min_length=1)
    hours: Band = Field(title=_("Klokkeslett"))

    def on(self, holidays: Collection[date]) -> Office:
        """The office with its holidays."""
        return Office(self.weekdays, self.hours.start, self.hours.end, holidays)


OFFICE = OfficeHours(hours=Band.model_validate({"start": "08:00", "end": "15:30"}))


class DecisionRoute(Rule):
    """Who decides: nobody, at once, or a role within a promised time; a waiting request keeps its time or competes.

    Role, promise and hold are also those of a request that goes at once but meets a rule that wants a review.
    """

    settles: ClassVar[str] = "decider"
    own_reads: ClassVar[frozenset[Reads]] = frozenset({Reads.MOMENT, Reads.TIME})
    mends: ClassVar[frozenset[Change]] = frozenset({Change.TIME})
    called: ClassVar[str] = _("Hvem som svarer, og når")

    kind: Literal["decision_route"] = "decision_route"
    route: Route = Field(title=_("Søkeren får"))
    role: Role = Field(default=Role.OFFICER, title=_("Den som avgjør"))
    title: Reason = Field(default=Reason(), title=_("Det den som avgjør kalles for søkeren"))
    promise: Promise | None = Field(default=None, title=_("Svar innen"))
    office: OfficeHours = Field(default=OFFICE, title=_("Arbeidstiden som fristen regnes i"))
    hold: Hold | None = Field(default=None, title=_("Tiden holdes av i"))
    late: Consequence = Field(default=Consequence.WARN, title=_("Det som begynner før svaret kan komme"))

    @model_validator(mode="after")
    def _answers_in_time(self) -> "DecisionRoute":
        if self.promise and self._weeks(self.promise) > LONGEST_WAIT_WEEKS:
            raise PydanticCustomError("promise-too-long", "promise-too-long", {"weeks": LONGEST_WAIT_WEEKS, "missing": "promise"})
        return self

    def _weeks(self, promise: Promise) -> float:
        """How many weeks of the office's hours a promise comes to, holidays apart."""
        hours = self.office.hours
        in_week = len(set(self.office.weekdays)) * ((hours.end - hours.start) / 60 if promise.unit is Unit.WORKING_HOURS else 1)
        return promise.amount / in_week

    def settle(self, occasion: Occasion) -> Decider:
        held = self.hold.amount * MINUTES[self.hold.unit] if self.hold else None
        return Decider(role=self.role, title=self.title, promised_by=self._promised(occasion), hold_minutes=held, rule=self.id)

    def lateness(self, occasion: Occasion) -> Iterator[Breach]:
        """What follows when a review is needed and its answer is promised only after the start."""
        promised = self._promised(occasion)
        if promised and self.late.effect and promised > occasion.request.interval.start:
            due = to_wall(promised, occasion.request.wall.zone)
            start = occasion.request.wall.start
            yield Breach("answer-too-late", "start", f"{start:%Y-%m-%dT%H:%M}", f"{due:%Y-%m-%dT%H:%M}", self.late.effect)

    def _promised(self, occasion: Occasion) -> datetime | None:
        if self.promise is None:
            return None
        due = self.office.on(occasion.facts.office_holidays).due(occasion.submitted, self.promise.amount, self.promise.unit)
        return due.replace(tzinfo=zone_of(occasion.request.wall.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Margins:
    """Minutes kept before and after a booking, and what is to be done by those who leave."""

    before: int = 0
    after: int = 0
    checklist: tuple[Reason, ...] = ()


class Buffers(Rule):
    """Time kept for set-up before and clean-up after a booking, during which nobody else has the room; what is to be done then."""

    settles: ClassVar[str] = "buffers"
    called: ClassVar[str] = _("Klargjøring og rydding")

    kind: Literal["buffers"] = "buffers"
    before: Minutes = Field(default=0, title=_("Minutter før, til klargjøring"))
    after: Minutes = Field(default=0, title=_("Minutter etter, til rydding"))
    checklist: tuple[Reason, ...] = Field(default=(), title=_("Det som skal gjøres før man går"))

    def settle(self, occasion: Occasion) -> Margins:
        return Margins(self.before, self.after, self.checklist)


class Publicity(Rule):
    """Whether anybody may read whose a booking is, unless who books says otherwise."""

    settles: ClassVar[str] = "publicity"
    called: ClassVar[str] = _("Vises offentlig")
    heading: ClassVar[str] = _("Hvem og hva")

    kind: Literal["publicity"] = "publicity"
    shown: bool = Field(title=_("Vis hvem som har booket"))

    def settle(self, occasion: Occasion) -> bool:
        return self.shown


class ComplaintRule(Rule):
    """How a decision can be contested: within how many days, and to whom (Public Administration Act, sections 28 and 29)."""

    settles: ClassVar[str] = "complaint"
    called: ClassVar[str] = _("Klage")
    heading: ClassVar[str] = _("Hvem som svarer")

    kind: Literal["complaint"] = "complaint"
    days: int = Field(default=21, ge=1, le=366, title=_("Frist i dager"))
    body: Reason = Field(default=Reason(), title=_("Hvem man klager til"))

    def settle(self, occasion: Occasion) -> Complaint:
        return Complaint(rule=self.id, days=self.days, body=self.body, source=self.source)
