"""What every rule has: who, when and what it is about, its reason and source, and its validity."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from accounts.identity import ApplicantClass
from kernel.errors import Invalid
from kernel.wallclock import parse_clock
from policies.occasion import MIDNIGHT, DayClass, Occasion, Part, clock
from policies.office import Unit
from policies.taxonomy import Activity, is_within
from policies.verdict import Change, Effect, Plain, Reason, Source

LONGEST_TEXT = 2000


class Model(BaseModel):
    """Strict, frozen, and silent about nothing: an unknown field is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _parsed_clock(written: object) -> object:
    if not isinstance(written, str):
        raise PydanticCustomError("bad-clock", "bad-clock")
    try:
        return int(parse_clock(written, "").total_seconds() // 60)
    except Invalid:
        raise PydanticCustomError("bad-clock", "bad-clock") from None


def _checked_month_day(written: str) -> str:
    """A day of some year; 29 February is one, 31 April is not."""
    try:
        date.fromisoformat(f"2024-{written}")
    except ValueError:
        raise PydanticCustomError("no-such-date", "no-such-date") from None
    return written


Clock = Annotated[
    int,
    BeforeValidator(_parsed_clock),
    PlainSerializer(clock, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", "examples": ["17:00"]}),
]
MonthDay = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$"), AfterValidator(_checked_month_day)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, strip_whitespace=True)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Minutes = Annotated[int, Field(ge=0, le=366 * MIDNIGHT)]
Amount = Annotated[int, Field(ge=0, le=1000)]
Count = Annotated[int, Field(ge=0, le=1_000_000)]


class Consequence(StrEnum):
    """What follows from a circumstance: an effect, or nothing."""

    ALLOW = "allow"
    WARN = "warn"
    REVIEW = "review"
    REFUSE = "refuse"

    @property
    def effect(self) -> Effect | None:
        return None if self is Consequence.ALLOW else Effect(self.value)


class Comparator(StrEnum):
    """How a number is compared with a limit; ``over 15`` and ``at least 15`` differ by one year."""

    AT_LEAST = "at-least"
    OVER = "over"
    AT_MOST = "at-most"
    UNDER = "under"

    def holds(self, value: int, limit: int) -> bool:
        match self:
            case Comparator.AT_LEAST:
                return value >= limit
            case Comparator.OVER:
                return value > limit
            case Comparator.AT_MOST:
                return value <= limit
            case Comparator.UNDER:
                return value < limit


class Reads(StrEnum):
    """The parts of request and facts that a rule may read; a verdict's parts are computed once per equal ones."""

    ROOM = "room"
    TIME = "time"
    MOMENT = "moment"
    HEADS = "heads"
    APPLICANT = "applicant"
    USE = "use"
    COUNTS = "counts"


class Band(Model):
    """A stretch of the local day, ``start`` to ``end``; an end of 24:00 is midnight."""

    start: Clock
    end: Clock

    @model_validator(mode="after")
    def _runs_forward(self) -> "Band":
        if self.end <= self.start:
            raise PydanticCustomError("end-before-start", "end-before-start")
        return self


class Season(Model):
    """The same dates every year, both included; from November to April when ``first`` is the later of the two."""

    first: MonthDay
    last: MonthDay

    def holds(self, day: date) -> bool:
        written = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= written <= self.last
        return written >= self.first or written <= self.last


class Dates(Model):
    """From one date to another, both included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _runs_forward(self) -> "Dates":
        if self.last < self.first:
            raise PydanticCustomError("end-before-start", "end-before-start")
        return self


class Span(Model):
    """So many hours, days or working days."""

    amount: Amount
    unit: Unit


class When(Model):
    """On which days and at what times something applies; what is left out does not limit it."""

    weekdays: tuple[Weekday, ...] = ()
    between: Band | None = None
    dates: Dates | None = None
    season: Season | None = None
    day_classes: tuple[DayClass, ...] = ()

    def on(self, part: Part) -> bool:
        """Whether the local date is meant, whatever the clock."""
        return (
            (not self.weekdays or part.weekday in self.weekdays)
            and (self.dates is None or self.dates.first <= part.date <= self.dates.last)
            and (self.season is None or self.season.holds(part.date))
            and (not self.day_classes or not part.classes.isdisjoint(self.day_classes))
        )

    def touches(self, part: Part) -> bool:
        return self.on(part) and (self.between is None or (part.start < self.between.end and self.between.start < part.end))

    @cached_property
    def limits_time(self) -> bool:
        return any((self.weekdays, self.between, self.dates, self.season, self.day_classes))


class Scope(When):
    """Who, where, when and what a rule is about; the document's layer says where, ``room_kinds`` and ``tags`` narrow it.

    A request is in scope when it meets every limit that is stated; of several values one is enough, and of a
    request over several days one day.
    """

    applicants: tuple[ApplicantClass, ...] = ()
    statuses: tuple[Slug, ...] = ()
    room_kinds: tuple[Text, ...] = ()
    tags: tuple[Text, ...] = ()
    activities: tuple[Activity, ...] = ()
    commercial: bool | None = None
    alcohol: bool | None = None
    open_to_all: bool | None = None
    in_series: bool | None = None

    def covers(self, occasion: Occasion) -> bool:
        return self.fits(occasion) and (not self.limits_time or any(self.touches(part) for part in occasion.parts))

    def fits(self, occasion: Occasion) -> bool:
        """Whether who, where and what are met, at whatever time."""
        return all(is_met(self, occasion) for is_met in self._tests)

    @cached_property
    def _tests(self) -> tuple[Callable[["Scope", Occasion], bool], ...]:
        """What has to be asked at all: most scopes limit one thing, and two hundred rules ask for every request."""
        stated = ((Scope._who, (Reads.APPLICANT,)), (Scope._where, (Reads.ROOM,)), (Scope._what, (Reads.USE,)))
        return tuple(is_met for is_met, parts in stated if not self.reads.isdisjoint(parts))

    def _who(self, occasion: Occasion) -> bool:
        return (not self.applicants or occasion.request.applicant in self.applicants) and (
            not self.statuses or not set(self.statuses).isdisjoint(occasion.facts.applicant.statuses)
        )

    def _where(self, occasion: Occasion) -> bool:
        room = occasion.facts.room
        return (not self.room_kinds or room.kind in self.room_kinds) and (not self.tags or not set(self.tags).isdisjoint(room.tags))

    def _what(self, occasion: Occasion) -> bool:
        request = occasion.request
        return (
            (not self.activities or any(is_within(request.activity, wider) for wider in self.activities))
            and self.commercial in (None, request.commercial)
            and self.alcohol in (None, request.alcohol)
            and self.open_to_all in (None, request.open_to_all)
            and self.in_series in (None, request.in_series)
        )

    @cached_property
    def reads(self) -> frozenset[Reads]:
        stated = {
            Reads.APPLICANT: bool(self.applicants or self.statuses),
            Reads.ROOM: bool(self.room_kinds or self.tags),
            Reads.TIME: self.limits_time,
            Reads.USE: bool(self.activities) or {self.commercial, self.alcohol, self.open_to_all, self.in_series} != {None},
        }
        return frozenset(part for part, is_read in stated.items() if is_read)

    @cached_property
    def width(self) -> int:
        """How many limits are stated: of two rules of one layer the one with more is the more special."""
        return sum(getattr(self, name) != field.default for name, field in Scope.model_fields.items())


@dataclass(frozen=True, slots=True)
class Breach:
    """What a rule finds wrong; the verdict joins it with the rule's reason and place into an objection."""

    code: str
    field: str
    value: Plain
    limit: Plain
    effect: Effect


class Rule(Model):
    """One rule of a document. A new kind is one class: its fields, ``kind``, what it ``reads``, and how it judges.

    A kind that restricts yields breaches from ``judge``; one that ``settles`` something of which a verdict has one
    (who decides, the price) gives it from ``settle``. ``mends`` says what change of the request could help.
    """

    settles: ClassVar[str] = ""
    own_reads: ClassVar[frozenset[Reads]] = frozenset()
    mends: ClassVar[frozenset[Change]] = frozenset()

    kind: str
    id: Slug
    scope: Scope = Scope()
    reason: Reason = Reason()
    source: Source = Source()
    valid_from: date | None = None
    valid_until: date | None = None

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        """What is wrong with a request that is in scope."""
        yield from ()

    def settle(self, occasion: Occasion) -> Any:
        """What the kind contributes to the verdict of a request that is in scope."""
        return None

    @cached_property
    def reads(self) -> frozenset[Reads]:
        return self.own_reads | self.scope.reads

    @cached_property
    def cures(self) -> frozenset[Change]:
        """Another time helps also where the scope itself is limited in time."""
        return self.mends | {Change.TIME} if self.scope.limits_time else self.mends

    @property
    def bands(self) -> tuple[Band, ...]:
        """The stretches of the local day at whose ends the rule's answer may turn."""
        return (self.scope.between,) if self.scope.between else ()

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)
