"""What every rule has: who, when and what it is about, its reason and source, and its validity."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    Strict,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from accounts.identity import ApplicantClass, Role
from kernel.errors import Invalid
from kernel.texts import marked as _
from kernel.wallclock import EARLIEST, LATEST, parse_clock
from policies.occasion import MIDNIGHT, DayClass, Occasion, Part, clock
from policies.office import Unit
from policies.request import AgeBand
from policies.seasons import Season
from policies.taxonomy import Activity, is_within
from policies.verdict import Change, Effect, Plain, Reason, Source

LONGEST_TEXT = 2000
DEAREST = 100_000_000


def in_range(day: date) -> date:
    """A date that somebody can mean; no end is written by leaving the date out."""
    if not EARLIEST <= day <= LATEST:
        raise PydanticCustomError("out-of-range", "out-of-range", {"least": EARLIEST.isoformat(), "most": LATEST.isoformat()})
    return day


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


Clock = Annotated[
    int,
    BeforeValidator(_parsed_clock),
    PlainSerializer(clock, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$|^24:00$", "examples": ["17:00"]}),
]
ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _iso_day(written: object) -> object:
    """A date as ISO 8601 writes it; pydantic alone would take seconds since 1970 for one too."""
    if not isinstance(written, str):
        return written
    try:
        return date.fromisoformat(written if ISO_DAY.fullmatch(written) else "")
    except ValueError:
        raise PydanticCustomError("bad-date", "bad-date") from None


LocalDate = Annotated[date, BeforeValidator(_iso_day), Strict(), AfterValidator(in_range)]
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Slug = Annotated[str, StringConstraints(pattern=SLUG, max_length=80)]
Text = Annotated[str, StringConstraints(max_length=LONGEST_TEXT, strip_whitespace=True)]
Weekday = Annotated[int, Field(ge=1, le=7)]
Percent = Annotated[int, Field(ge=0, le=1000)]
Years = Annotated[int, Field(ge=0, le=120)]
OreAmount = Annotated[int, Field(ge=0, le=DEAREST)]
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
        return EFFECT_OF[self]


EFFECT_OF: Mapping[Consequence, Effect | None] = {one: None if one is Consequence.ALLOW else Effect(one.value) for one in Consequence}


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
    AGES = "ages"
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


class Dates(Model):
    """From one date to another, both included."""

    first: LocalDate
    last: LocalDate

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
    periods: tuple[Slug, ...] = ()
    day_classes: tuple[DayClass, ...] = ()

    def on(self, part: Part) -> bool:
        """Whether the local date is meant, whatever the clock."""
        return (
            (not self.weekdays or part.weekday in self.weekdays)
            and (self.dates is None or self.dates.first <= part.date <= self.dates.last)
            and (self.season is None or part.calendar.holds(self.season, part.date))
            and (not self.periods or any(part.calendar.in_period(name, part.date) for name in self.periods))
            and (not self.day_classes or not part.classes.isdisjoint(self.day_classes))
        )

    def touches(self, part: Part) -> bool:
        return self.on(part) and (self.between is None or (part.start < self.between.end and self.between.start < part.end))

    @cached_property
    def limits_time(self) -> bool:
        return any((self.weekdays, self.between, self.dates, self.season, self.periods, self.day_classes))


class Ages(Model):
    """Completed years from one to another, both included; no ``last`` means and older."""

    first: Years = Field(default=0, title=_("Fra og med (år)"))
    last: Years | None = Field(default=None, title=_("Til og med (år)"))

    @model_validator(mode="after")
    def _runs_forward(self) -> "Ages":
        if self.last is not None and self.last < self.first:
            raise PydanticCustomError("end-before-start", "end-before-start")
        return self

    @property
    def cuts(self) -> tuple[int, ...]:
        """The ages at which a new group begins; no band of participants may reach over one."""
        return (*((self.first,) if self.first else ()), *((self.last + 1,) if self.last is not None else ()))

    def heads(self, participants: Iterable[AgeBand]) -> int:
        """How many participants are of these ages; of a band that reaches over an end nobody, for it is refused as such."""
        return sum(band.heads for band in participants if self._holds(band))

    def _holds(self, band: AgeBand) -> bool:
        within = self.last is None or (band.last is not None and band.last <= self.last)
        return band.first >= self.first and within


class AgeShare(Ages):
    """At least so many per cent of the participants are of these ages; who comes has to be known by age."""

    percent: Annotated[int, Field(ge=1, le=100)] = Field(default=100, title=_("Andel av deltakerne i prosent"))

    def is_met(self, participants: Sequence[AgeBand]) -> bool:
        heads = sum(band.heads for band in participants)
        return heads > 0 and self.heads(participants) * 100 >= self.percent * heads


class FigureLimit(Model):
    """A limit for a number that is known of the applicant: the year of its last register update, local members in per cent."""

    figure: Slug = Field(title=_("Hvilket tall"))
    comparator: Comparator = Comparator.AT_LEAST
    value: Count = Field(title=_("Verdi"))

    def holds(self, known: int) -> bool:
        return self.comparator.holds(known, self.value)


class HeadCount(Model):
    """So many people from one number to another, both included."""

    first: Count = Field(default=0, title=_("Fra og med"))
    last: Count | None = None

    def holds(self, heads: int | None) -> bool:
        return heads is not None and self.first <= heads and (self.last is None or heads <= self.last)


class Scope(When):
    """Who, where, when and what a rule is about; the document's layer says where, ``room_kinds`` and ``tags`` narrow it.

    A request is in scope when it meets every limit that is stated; of several values one is enough (of ``figures`` all
    are asked), and of a request over several days one day. What is not known of an applicant is not so: whose home is
    unknown is not ``local``, so that a rule about others than residents is about them too.
    ``outside`` leaves out time that one of its entries holds: the rule is about requests with time in none of them.
    """

    applicants: tuple[ApplicantClass, ...] = Field(default=(), title=_("Søkere"))
    statuses: tuple[Slug, ...] = Field(default=(), title=_("Med status"))
    registered: bool | None = Field(default=None, title=_("I Frivillighetsregisteret"))
    local: bool | None = Field(default=None, title=_("Hører til i kommunen"))
    figures: tuple[FigureLimit, ...] = Field(default=(), title=_("Tall om søkeren"))
    room_kinds: tuple[Text, ...] = Field(default=(), title=_("Type rom"))
    tags: tuple[Text, ...] = Field(default=(), title=_("Rom som har"))
    activities: tuple[Activity, ...] = Field(default=(), title=_("Bruk"))
    commercial: bool | None = Field(default=None, title=_("Kommersiell bruk"))
    alcohol: bool | None = Field(default=None, title=_("Alkohol"))
    open_to_all: bool | None = Field(default=None, title=_("Åpent for alle"))
    in_series: bool | None = Field(default=None, title=_("Faste tider"))
    heads: HeadCount | None = Field(default=None, title=_("Antall deltakere"))
    ages: AgeShare | None = Field(default=None, title=_("Alder på deltakerne"))
    outside: tuple[When, ...] = Field(default=(), title=_("Unntatt disse tidene"))

    def covers(self, occasion: Occasion) -> bool:
        return self.fits(occasion) and (not self.limits_time or any(self.touches(part) for part in occasion.parts))

    def touches(self, part: Part) -> bool:
        return super().touches(part) and (not self.outside or self._reaches_out(part))

    @cached_property
    def limits_time(self) -> bool:
        return super().limits_time or bool(self.outside)

    def _reaches_out(self, part: Part) -> bool:
        """Whether some of the part's time is in none of the stretches left out."""
        left = [(max(part.start, self.between.start), min(part.end, self.between.end)) if self.between else (part.start, part.end)]
        for when in self.outside:
            if when.on(part):
                start, end = (when.between.start, when.between.end) if when.between else (0, MIDNIGHT)
                left = [
                    piece
                    for begun, ended in left
                    for piece in ((begun, min(ended, start)), (max(begun, end), ended))
                    if piece[0] < piece[1]
                ]
        return bool(left)

    def would_cover(self, occasion: Occasion) -> bool:
        """Whether all but the ages of the participants are met."""
        return all(is_met(self, occasion) for is_met in self._tests if is_met is not Scope._how_old) and (
            not self.limits_time or any(self.touches(part) for part in occasion.parts)
        )

    def fits(self, occasion: Occasion) -> bool:
        """Whether who, where and what are met, at whatever time."""
        return all(is_met(self, occasion) for is_met in self._tests)

    @cached_property
    def _tests(self) -> tuple[Callable[["Scope", Occasion], bool], ...]:
        """What has to be asked at all: most scopes limit one thing, and two hundred rules ask for every request."""
        stated = (
            (Scope._who, (Reads.APPLICANT,)),
            (Scope._where, (Reads.ROOM,)),
            (Scope._what, (Reads.USE,)),
            (Scope._how_many, (Reads.HEADS,)),
            (Scope._how_old, (Reads.AGES,)),
        )
        return tuple(is_met for is_met, parts in stated if not self.reads.isdisjoint(parts))

    def _who(self, occasion: Occasion) -> bool:
        known = occasion.facts.applicant
        return (
            (not self.applicants or occasion.request.applicant in self.applicants)
            and (not self.statuses or not set(self.statuses).isdisjoint(known.statuses))
            and self.registered in (None, bool(known.registered))
            and self.local in (None, bool(known.local))
            and all((value := known.figure(limit.figure)) is not None and limit.holds(value) for limit in self.figures)
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

    def _how_many(self, occasion: Occasion) -> bool:
        return self.heads is None or self.heads.holds(occasion.request.heads)

    def _how_old(self, occasion: Occasion) -> bool:
        return self.ages is None or self.ages.is_met(occasion.request.participants)

    @cached_property
    def reads(self) -> frozenset[Reads]:
        stated = {
            Reads.HEADS: self.heads is not None,
            Reads.AGES: self.ages is not None,
            Reads.APPLICANT: bool(self.applicants or self.statuses or self.figures) or {self.registered, self.local} != {None},
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
    """What a rule finds wrong; the verdict joins it with the rule's reason and place into an objection.

    ``is_firm`` marks what no exception can be made from: a closed room, a question that has to be answered first.
    """

    code: str
    field: str
    value: Plain
    limit: Plain
    effect: Effect
    is_firm: bool = False


class Waivable(Model):
    """That exceptions from a rule can be granted, and by whom."""

    by: Role = Field(default=Role.OFFICER, title=_("av"))


# What rules of all kinds have, and what follows when one is not met.
FRAME = {"kind", "id", "scope", "reason", "source", "valid_from", "valid_until", "waiver", "review_by", "effect"}


class Rule(Model):
    """One rule of a document. A new kind is one class: its fields, ``kind``, what it ``reads``, and how it judges.

    A kind that restricts yields breaches from ``judge``; one that ``settles`` something of which a verdict has one
    (who decides, the price) gives it from ``settle``; one that ``gives`` something of which a verdict has many
    (conditions, surcharges) yields it from ``give``. ``mends`` says what change of the request could help. ``topic`` are
    the fields in which two rules of the kind are about different things, so that none says the other otherwise;
    ``follows`` those that say, beside ``effect``, what follows when its limits are not kept. ``called`` is the kind's name
    on screen and ``heading`` the heading that it is told under, both msgids.
    """

    settles: ClassVar[str] = ""
    gives: ClassVar[str] = ""
    own_reads: ClassVar[frozenset[Reads]] = frozenset()
    mends: ClassVar[frozenset[Change]] = frozenset()
    topic: ClassVar[tuple[str, ...]] = ()
    follows: ClassVar[tuple[str, ...]] = ()
    is_safety: ClassVar[bool] = False
    called: ClassVar[str] = ""
    heading: ClassVar[str] = ""

    kind: str
    id: Slug = Field(title=_("Regelens navn"))
    scope: Scope = Field(default=Scope(), title=_("Hvem, hva og når regelen gjelder"))
    reason: Reason = Field(default=Reason(), title=_("Begrunnelse"))
    source: Source = Field(default=Source(), title=_("Hvor det står"))
    valid_from: LocalDate | None = Field(default=None, title=_("Gjelder fra"))
    valid_until: LocalDate | None = Field(default=None, title=_("Gjelder til og med"))
    waiver: Waivable | None = Field(default=None, title=_("Unntak kan gis"))
    review_by: Role | None = Field(default=None, title=_("Den som vurderer når regelen krever det"))

    @model_validator(mode="after")
    def _keeps_safe(self) -> "Rule":
        if self.waiver and self.is_safety:
            raise PydanticCustomError("safety-not-waived", "safety-not-waived")
        return self

    def judge(self, occasion: Occasion) -> Iterator[Breach]:
        """What is wrong with a request that is in scope."""
        yield from ()

    def settle(self, occasion: Occasion) -> Any:
        """What the kind contributes to the verdict of a request that is in scope, in the place of all others of it."""
        return None

    def give(self, occasion: Occasion) -> Iterator[Any]:
        """What the kind adds to the verdict of a request that is in scope."""
        yield from ()

    @cached_property
    def stated(self) -> frozenset[str]:
        """The fields with which the rule says anything of its own, beside what it is about and what follows from it."""
        fields = type(self).model_fields
        told = (name for name in fields.keys() - FRAME - set(self.topic) if not isinstance(getattr(self, name), Comparator))
        return frozenset(name for name in told if getattr(self, name) != fields[name].get_default())

    def left_by(self, nearer: "Rule") -> "Rule | None":
        """The rule without what a nearer one of its kind states, or has unless it says otherwise; None where nothing is left."""
        fields, kept = type(self).model_fields, self.stated - nearer.stated
        if not kept or any(fields[name].is_required() for name in self.stated & nearer.stated):
            return None
        has_limits = any(not isinstance(getattr(self, name), Consequence) for name in kept)
        values = {name: getattr(self, name) for name in fields}
        for name in fields.keys() - FRAME - kept - set(self.topic):
            if has_limits and name in self.follows:
                values[name] = getattr(nearer if name in nearer.stated else self, name)
            elif not isinstance(values[name], Comparator):
                values[name] = Consequence.ALLOW if isinstance(values[name], Consequence) else fields[name].get_default()
        return type(self).model_construct(**values)

    @property
    def restricts(self) -> bool:
        return type(self).judge is not Rule.judge

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
        return tuple(when.between for when in (self.scope, *self.scope.outside) if when.between)

    @property
    def age_cuts(self) -> tuple[int, ...]:
        """The ages that the rule tells apart; participants have to be told so finely."""
        return self.scope.ages.cuts if self.scope.ages else ()

    @property
    def anchors(self) -> Iterator[str]:
        """The yearly dates that the rule names, for the linter."""
        for when in (self.scope, *self.scope.outside):
            if when.season:
                yield from when.season.anchors

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)
